"""Which responses: masks over the rows of a survey."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.columns import as_column, check_length
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
    if not isinstance(moment, dt.date):
        raise InvalidInputError(f"{what} must be a datetime or a date, got {moment!r}")
    if isinstance(moment, dt.datetime) and moment.tzinfo is None and time_zone != NAIVE:
        raise InvalidInputError(f"{what} must carry a time zone, as the survey's times do, got {moment!r}")
    instants, _ = to_instants([moment], time_zone)
    return np.datetime64(instants[0])


def latest_mask(
    respondents: Sequence[str | int | None], times: Instants, has_score: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The latest answer of each respondent, those with a score first; whoever is unknown is somebody else each time."""
    numbers: dict[Any, int] = {}
    keys = ((row,) if respondent is None else respondent for row, respondent in enumerate(respondents))
    person = np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.intp)
    moment = np.where(np.isnat(times), np.iinfo(np.int64).min, times.astype(np.int64))
    order = np.lexsort((moment, has_score, person))
    is_last = np.ones(len(order), np.bool_)
    is_last[:-1] = person[order][1:] != person[order][:-1]
    mask = np.zeros(len(order), np.bool_)
    mask[order[is_last]] = True
    return mask
