"""The score from period to period."""

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.counts import GroupCounts, counted, period_of
from nps_core.analysis.designs import Design
from nps_core.analysis.estimates import estimates_of
from nps_core.analysis.movements import SegmentTrends
from nps_core.analysis.periods import Trend, changes_of
from nps_core.analysis.scoring import nps
from nps_core.counting.calendar import Every
from nps_core.counting.periods import Calendar
from nps_core.counting.zones import Days
from nps_core.errors import InvalidInputError, NoAnswersError, must_be_one_of
from nps_core.model.gathering import number_groups
from nps_core.model.tally import Tally, Tallyable, as_names
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod

_MOST_SCORES = 50_000_000
"""More scores of segments in periods than that would not fit into most memories."""


@overload
def trend(
    data: Tallyable,
    *,
    every: Every | None = None,
    by: None = None,
    fiscal_start_month: int = 1,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
    design: Design | None = None,
) -> Trend: ...
@overload
def trend(
    data: Tallyable,
    *,
    every: Every | None = None,
    by: str | Sequence[str],
    fiscal_start_month: int = 1,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
    design: Design | None = None,
) -> SegmentTrends: ...
def trend(
    data: Tallyable,
    *,
    every: Every | None = None,
    by: str | Sequence[str] | None = None,
    fiscal_start_month: int = 1,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
    design: Design | None = None,
) -> Trend | SegmentTrends:
    """The score of each calendar period, its changes, and what the periods say together.

    Args:
        data: A survey with times, a tally with periods, or anything else with their ``tally()``.
        every: ``"day"``, ``"week"`` (ISO, from Monday), ``"month"``, ``"quarter"`` or ``"year"``. If not given, months,
            or the periods of a tally that do not add up to months.
        by: The name of a segment, or several: a trend of each segment, over the same periods.
        fiscal_start_month: The month that the year begins with, for quarters and years: 4 for a year from April. A
            tally must have been counted by month or day.
        confidence_level: Between 0 and 1.
        method: ``"score"``, ``"wald"`` or ``"adjusted-wald"``.
        design: How the answers were sampled. Clusters that answered in two periods make them less independent.

    Raises:
        InvalidInputError: If there are no times, or there is no such period.
        UnknownNameError: If there is no such segment.
        NoAnswersError: If there is no answer with a score and a known time.

    Example:
        >>> import datetime as dt
        >>> import nps_core as nc
        >>> at = [dt.date(2026, 1, 5), dt.date(2026, 1, 9), dt.date(2026, 3, 2)]
        >>> survey = nc.Survey.from_scores([9, 3, 10], at=at, time_zone="naive")
        >>> trend = nc.trend(survey, every="month")
        >>> trend.labels
        ('2026-01', '2026-02', '2026-03')
        >>> trend["2026-01"].score.value, trend["2026-02"].score
        (0.0, None)
        >>> print(trend.slope)
        it takes 3 periods with answers, and there are 2
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    calendar = Calendar(period_of(data, every, "month"), fiscal_start_month)
    names = () if by is None else as_names(by)
    if by is not None and not names:
        raise InvalidInputError("by must name at least one segment")
    tally, counts = counted(data, by=names, calendar=calendar, design=design)
    whole = tally if design is None else data  # a tally is quicker, but has not the strata and clusters of a design
    overall = nps(whole, confidence_level=confidence_level, method=method, design=design)
    starts, is_dated = _starts_and_dated(tally)
    days = calendar.between(starts[is_dated].min(), starts[is_dated].max())
    of_segment, segments, _ = number_groups([tally._key(name) for name in names], None, len(tally))
    k = len(segments)
    if k * len(days) > _MOST_SCORES:
        raise InvalidInputError(
            f"segments times periods must be {_MOST_SCORES:,} at most, got {k:,} x {len(days):,}; "
            "choose a longer every=, or fewer segments"
        )
    cells = of_segment * len(days) + np.searchsorted(days, starts)
    by_period = counts.take(is_dated).spread(cells[is_dated], k * len(days))
    scores = estimates_of(by_period, confidence_level=confidence_level, method=method)
    known_changes = None if design is None else changes_of(scores, calendar, days.tolist(), method, k)
    common: dict[str, Any] = {
        "every": calendar.every,
        "fiscal_start_month": calendar.first_month,
        "time_zone": tally.time_zone,
        "overall": overall,
        "confidence_level": scores.confidence_level,
        "method": method,
        "starts": tuple(days.tolist()),
        "scores": scores.without_sample(),
        "known_changes": known_changes,
    }
    undated = _undated(counts, is_dated, of_segment, k)
    if by is None:
        return Trend(undated=int(undated.sum()), **common)
    of_each, each = counted(whole, by=names, design=design)
    overalls = estimates_of(each, confidence_level=confidence_level, method=method)
    return SegmentTrends(
        by=names, labels=of_each.groups, overalls=overalls.without_sample(), undated_of_each=undated, **common
    )


def _starts_and_dated(tally: Tally) -> tuple[Days, NDArray[np.bool_]]:
    """The first day of each group's period, and which groups have one; some of those must have an answer."""
    starts = tally.starts
    if starts is None or not tally.n[~np.isnat(starts)].any():
        raise NoAnswersError("a trend needs answers with a score and a known time, got none")
    return starts, ~np.isnat(starts)


def _undated(
    counts: GroupCounts, is_dated: NDArray[np.bool_], of_segment: NDArray[np.intp], k: int
) -> NDArray[np.int64]:
    """How many answers of each segment are in no period."""
    undated = np.zeros(k, np.int64)
    np.add.at(undated, of_segment[~is_dated], (counts.n + counts.missing + counts.invalid)[~is_dated])
    return undated
