"""Hypothesis strategies: scales, scores, responses, surveys and tallies for the tests of one's own code.

Needs the extra ``testing``. Everything drawn can exist; answers may be missing or invalid, as they are in life.
"""

import datetime as dt
import operator
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from nps_core._optional import require
from nps_core.counting.calendar import Every, check_every
from nps_core.counting.zones import NAIVE, check_time_zone
from nps_core.errors import must_be_bool
from nps_core.model.response import Response
from nps_core.model.scale import Scale, check_scale
from nps_core.model.survey import KINDS, Survey
from nps_core.model.tally import Tally, as_names

if TYPE_CHECKING:
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
else:
    st = require("hypothesis.strategies", extra="testing", purpose="nps_core.testing")

__all__ = ["responses", "scales", "scores", "surveys", "tallies"]

Drawn = TypeVar("Drawn")

_LABELS = st.none() | st.sampled_from(["north", "south", "east", "west", "", "näkymä <b>"])
_LETTERS = "aZ09 .,;:!?'\"=+-@#%&<>/\\|\n\r\t\0\u00a0äéßñЯ漢字😀\u0301\u200b\u202e\u2028\ufeff"
"""What texts break on; of all letters there are, Hypothesis takes a second to make a list."""

_STANDARD = st.just(Scale.STANDARD)
_EARLIEST, _LATEST = dt.datetime(1990, 1, 1), dt.datetime(2039, 12, 31)  # noqa: DTZ001  the zone is drawn beside them


def scales() -> "SearchStrategy[Scale]":
    """Every possible scale.

    Example:
        >>> from hypothesis import given
        >>> from nps_core import testing
        >>> @given(testing.scales())
        ... def no_category_is_empty(scale):
        ...     assert all(scale.range_of(category) for category in ("detractor", "passive", "promoter"))
        >>> no_category_is_empty()
    """
    four = st.lists(st.integers(0, 11), min_size=4, max_size=4, unique=True).map(sorted)
    return four.map(lambda p: Scale(lowest=p[0], passives_from=p[1], promoters_from=p[2], highest=p[3] - 1))


_ANY_SEGMENTS = st.lists(st.sampled_from(["region", "product"]), unique=True)

_ANY_SCALE = _STANDARD | scales()
"""What breaks on every scale is shown on the one that everybody knows."""


def scores(scale: Scale = Scale.STANDARD) -> "SearchStrategy[int]":
    """Scores of a scale.

    Example:
        >>> from hypothesis import given
        >>> from nps_core import Scale, testing
        >>> @given(testing.scores(Scale.FIVE_POINT))
        ... def scores_are_on_the_scale(score):
        ...     assert 1 <= score <= 5
        >>> scores_are_on_the_scale()
    """
    check_scale(scale)
    return st.integers(scale.lowest, scale.highest)


def responses(
    *,
    scale: Scale = Scale.STANDARD,
    segments: str | Sequence[str] = ("region", "product"),
    time_zone: str | None = "Europe/Helsinki",
    timed: bool = False,
    weighted: bool = False,
) -> "SearchStrategy[Response]":
    """Responses, complete or not.

    Args:
        scale: The scale of their scores.
        segments: The names of their segments.
        time_zone: The zone of their times, ``"naive"`` or None for times without a zone.
        timed: Whether all of them carry a time.
        weighted: Whether they carry weights.

    Raises:
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> from hypothesis import given
        >>> from nps_core import testing
        >>> @given(testing.responses(segments=["region"]))
        ... def only_the_segments_asked_for_occur(response):
        ...     assert set(response.segments) <= {"region"}
        >>> only_the_segments_asked_for_occur()
    """
    _check_options(scale, time_zone, timed=timed, weighted=weighted)
    rows = _rows(scale, as_names(segments, "segments"), time_zone, timed=timed, weighted=weighted)
    return rows.flatmap(lambda row: st.builds(Response, **{name: st.just(value) for name, value in row.items()}))


def surveys(
    *,
    scale: Scale | None = None,
    segments: str | Sequence[str] | None = None,
    time_zone: str = "Europe/Helsinki",
    timed: bool = False,
    weighted: bool = False,
    max_size: int = 10,
) -> "SearchStrategy[Survey]":
    """Surveys, empty ones among them.

    Args:
        scale: The scale of their scores; any by default.
        segments: The names of their segments, which all of them have; any of "region" and "product" by default.
        time_zone: The zone of their calendar, or ``"naive"``.
        timed: Whether all their responses carry a time, so that there is a calendar even without any.
        weighted: Whether their responses carry weights.
        max_size: How many responses there are at most.

    Raises:
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> from hypothesis import given
        >>> from nps_core import testing
        >>> @given(testing.surveys())
        ... def nothing_gets_lost(survey):
        ...     assert survey.n + survey.missing + survey.invalid == len(survey)
        >>> nothing_gets_lost()
    """
    _check_options(Scale.STANDARD if scale is None else scale, time_zone, timed=timed, weighted=weighted)
    scales_ = _ANY_SCALE if scale is None else st.just(scale)
    names = _ANY_SEGMENTS if segments is None else st.just([*as_names(segments, "segments")])
    return _surveys(scales_, names, time_zone, timed=timed, weighted=weighted, max_size=max_size)


@st.composite
def _surveys(
    draw: st.DrawFn,
    scales_: "SearchStrategy[Scale]",
    segments: "SearchStrategy[list[str]]",
    time_zone: str,
    *,
    timed: bool,
    weighted: bool,
    max_size: int,
) -> Survey:
    scale, names = draw(scales_), draw(segments)
    rows = draw(st.lists(_rows(scale, names, time_zone, timed=timed, weighted=weighted), max_size=max_size))
    is_invalid = ["invalid" in row for row in rows]
    times = [row.get("at") for row in rows]
    has_calendar = timed or _are_any(times)
    options = {
        "at": times if has_calendar else None,
        "time_zone": time_zone if has_calendar else None,
        "respondents": [row.get("respondent") for row in rows],
        "reasons": [row.get("reason") for row in rows],
        "suggestions": [row.get("suggestion") for row in rows],
        "segments": {name: [row.get("segments", {}).get(name) for row in rows] for name in names},
        "weights": [row.get("weight") for row in rows],
        "scale": scale,
        "invalid": "exclude" if any(is_invalid) else None,
    }
    options |= draw(st.fixed_dictionaries({}, optional={"name": st.just("spring"), "kind": st.sampled_from(KINDS)}))
    values = [scale.highest + 1 if invalid else row["score"] for invalid, row in zip(is_invalid, rows, strict=True)]
    return draw(_call(Survey.from_scores, values, options, always=["at"] if has_calendar else []))


def tallies(
    *,
    scale: Scale | None = None,
    by: str | Sequence[str] = ("region",),
    every: Every | None = None,
    max_cells: int = 10,
) -> "SearchStrategy[Tally]":
    """Tallies, empty ones among them.

    Args:
        scale: The scale of their scores; any by default.
        by: The names of the segments that make their groups.
        every: The calendar period that makes their groups, too.
        max_cells: How many different counts there are at most.

    Raises:
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> from hypothesis import given
        >>> from nps_core import testing
        >>> @given(testing.tallies(by=["region", "product"]))
        ... def dropping_the_groups_keeps_the_answers(tally):
        ...     assert tally.tally().n.sum() == tally.n.sum()
        >>> dropping_the_groups_keeps_the_answers()
    """
    if scale is not None:
        check_scale(scale)
    if every is not None:
        check_every(every)
    return _tallies(_ANY_SCALE if scale is None else st.just(scale), as_names(by), every, max_cells)


@st.composite
def _tallies(
    draw: st.DrawFn, scales_: "SearchStrategy[Scale]", by: Sequence[str], every: Every | None, max_cells: int
) -> Tally:
    scale = draw(scales_)
    days = [st.none() | st.dates(_EARLIEST.date(), _LATEST.date())] if every else []
    answer = scores(scale) | st.none() | st.just(-1)  # -1 is counted as invalid
    row = st.tuples(*[_LABELS for _ in by], *days, answer, st.integers(0, 1_000_000))
    rows = draw(st.lists(row, max_size=max_cells))
    is_invalid = [score == -1 for *_, score, _ in rows]
    options = {"by": [*by], "every": every, "scale": scale, "invalid": "exclude" if any(is_invalid) else None}
    return draw(_call(Tally.from_cells, rows, options))


def _check_options(scale: Scale, time_zone: str | None, *, timed: bool, weighted: bool) -> None:
    check_scale(scale)
    check_time_zone(time_zone)
    must_be_bool("timed", timed)
    must_be_bool("weighted", weighted)


def _rows(
    scale: Scale, segments: Sequence[str], time_zone: str | None, *, timed: bool, weighted: bool
) -> "SearchStrategy[dict[str, Any]]":
    """What responses are made of; what is not known is not in it."""
    zone = st.none() if time_zone in {None, NAIVE} else st.just(zoneinfo.ZoneInfo(str(time_zone)))
    text = st.text(_LETTERS, max_size=12)
    at = {"at": st.datetimes(_EARLIEST, _LATEST, timezones=zone)}
    needed: dict[str, SearchStrategy[Any]] = {
        **(at if timed else {}),
        **({"weight": st.just(0.0) | st.floats(0.001, 1000)} if weighted else {}),
    }
    others: dict[str, SearchStrategy[Any]] = {
        **({} if timed else at),
        "respondent": st.sampled_from(["ann", "bob", "cleo"]) | st.integers(1, 3),
        "reason": text,
        "suggestion": text,
        "segments": st.fixed_dictionaries({}, optional=dict.fromkeys(segments, _LABELS)),
    }
    no_answer: list[dict[str, Any]] = [{"score": None}, {"score": None, "invalid": True}]
    answer = st.fixed_dictionaries({"score": scores(scale)}) | st.sampled_from(no_answer)
    return st.builds(operator.or_, answer, st.fixed_dictionaries(needed, optional=others))


def _call(
    function: Callable[..., Drawn], values: list[Any], options: Mapping[str, Any], always: Sequence[str] = ()
) -> "SearchStrategy[Drawn]":
    """A call, which Hypothesis shows as such; options that say nothing are not said, unless they always are."""

    def called(*args: Any, **kwargs: Any) -> Drawn:
        return function(*args, **kwargs)

    called.__name__ = function.__qualname__
    said = {name: st.just(value) for name, value in options.items() if name in always or _says_something(value)}
    return st.builds(called, st.just(values), **said)


def _says_something(option: Any) -> bool:
    return _are_any(option) if isinstance(option, list) else option not in (None, {}, Scale.STANDARD)


def _are_any(column: list[Any]) -> bool:
    return any(value is not None for value in column)
