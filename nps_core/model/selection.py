"""Which responses: masks over the rows of a survey."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.columns import as_column, check_length, is_missing
from nps_core.counting.kernel import MISSING, Codes
from nps_core.counting.labels import NO_LABEL
from nps_core.counting.times import to_instants
from nps_core.counting.zones import NAIVE, Instants
from nps_core.errors import InvalidInputError, must_be_one_of
from nps_core.model.scale import Category, Scale


def checked_mask(mask: Any, n: int) -> NDArray[np.bool_]:
    """A mask as given, as n booleans."""
    column = as_column(mask, "mask")
    if np.ma.is_masked(column):
        raise InvalidInputError("mask must hold booleans, got masked values among them")
    array = np.array(column)
    if array.dtype != np.bool_ and len(array):
        raise InvalidInputError(f"mask must hold booleans, got {array.dtype}")
    check_length("mask", len(array), n)
    return array.astype(np.bool_)


def checked_segments(segments: object) -> Mapping[str, Any]:
    """Wanted labels by segment; nothing if there are none."""
    if segments is not None and not isinstance(segments, Mapping):
        raise InvalidInputError(f"segments must be a mapping of names to labels, got {type(segments).__name__}")
    return segments or {}


def category_mask(
    cells: NDArray[np.uint8], scale: Scale, category: Category | str | Collection[Category | str]
) -> NDArray[np.bool_]:
    """The answers of a category, or of several."""
    several = isinstance(category, Collection) and not isinstance(category, str)
    categories: list[Any] = [*category] if several else [category]
    mask = np.zeros(len(cells), np.bool_)
    for one in categories:
        must_be_one_of("category", one, [str(known) for known in Category])
        scores = scale.range_of(Category(one))
        mask |= (cells >= scores[0]) & (cells <= scores[-1])
    return mask


def to_moment(moment: dt.date, what: str, time_zone: str | None) -> np.datetime64:
    """A moment that times are compared with: a datetime, or the first of a date in the calendar of the times."""
    if not isinstance(moment, dt.date) or is_missing(moment):  # as pandas.NaT is, a datetime
        raise InvalidInputError(f"{what} must be a datetime or a date, got {moment!r}")
    if isinstance(moment, dt.datetime) and moment.tzinfo is None and time_zone != NAIVE:
        raise InvalidInputError(f"{what} must carry a time zone, as the survey's times do, got {moment!r}")
    instants, _ = to_instants([moment], time_zone)
    return np.datetime64(instants[0])


def latest_mask(
    respondents: Sequence[str | int | None], times: Instants, has_score: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The latest answer of each respondent, those with a score first; of two at one moment the later row."""
    return last_of_each(number_persons(respondents), [_moments(times), has_score])


def first_mask(
    respondents: Sequence[str | int | None], times: Instants, has_score: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The first answer of each respondent, those with a score first; of two at one moment the earlier row."""
    back = slice(None, None, -1)  # time runs backwards, but for the unknown one, which stays the lowest number
    return last_of_each(number_persons(respondents)[back], [-_moments(times)[back], has_score[back]])[back]


def number_persons(respondents: Sequence[str | int | None]) -> NDArray[np.int64]:
    """The number of each row's respondent, in the order in which they come; -1 for none."""
    numbers: dict[Any, int] = {}
    known = (NO_LABEL if each is None else numbers.setdefault(each, len(numbers)) for each in respondents)
    return np.fromiter(known, np.int64, len(respondents))


def latest_rows(
    respondents: Codes, times: Instants, cells: NDArray[np.uint8], others: Sequence[NDArray[Any]] = ()
) -> NDArray[np.bool_]:
    """The same without an order of rows, which an engine does not have: of two at one moment the lower score.

    Of two with the same score, the one that comes later by the other columns, the first of which decides first.
    """
    return last_of_each(respondents, [*others[::-1], -cells.astype(np.int8), _moments(times), cells < MISSING])


def last_of_each(persons: NDArray[np.integer[Any]], order: Sequence[NDArray[Any]]) -> NDArray[np.bool_]:
    """The last row of each person in an order, of which the last column says most; whoever is unknown, -1, is new."""
    rows = np.lexsort((*order, persons))
    ordered = persons[rows]
    is_last = np.ones(len(rows), np.bool_)
    is_last[:-1] = (ordered[1:] != ordered[:-1]) | (ordered[:-1] == NO_LABEL)
    mask = np.zeros(len(rows), np.bool_)
    mask[rows[is_last]] = True
    return mask


def _moments(times: Instants) -> NDArray[np.int64]:
    """Times as numbers, of which the unknown one is the lowest."""
    return times.astype("datetime64[us]", copy=False).view(np.int64)
