"""Scores of trailing windows, counted at a cost that does not grow with their length."""

from collections.abc import Sequence
from typing import Any, Final, overload

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.counts import GroupCounts, tally_of
from nps_core.analysis.estimates import estimates_of
from nps_core.analysis.windows import RollingScores, SegmentRolling
from nps_core.counting.calendar import Every, check_every, period_range, period_starts
from nps_core.counting.kernel import INVALID, MISSING
from nps_core.counting.windows import stays, sums_in_windows, sums_while_present, window_starts
from nps_core.counting.zones import Days, local_days
from nps_core.errors import InvalidInputError, NoAnswersError, must_be_one_of
from nps_core.model.columns import LabelColumn
from nps_core.model.gathering import number_groups
from nps_core.model.selection import number_persons
from nps_core.model.sources import as_whole
from nps_core.model.survey import Survey
from nps_core.model.tally import Tally, Tallyable, as_names
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod

_MOST_CELLS: Final = 20_000_000
"""More segments times days would not fit into most memories."""

_LONGEST: Final = 100_000
"""Days or months in a window: more than the calendar has."""

_KINDS: Final = 5
"""Detractors, passives, promoters, missing, invalid."""


@overload
def rolling(
    data: Tallyable,
    *,
    days: int | None = None,
    months: int | None = None,
    every: Every = "day",
    by: None = None,
    latest: bool = False,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
) -> RollingScores: ...
@overload
def rolling(
    data: Tallyable,
    *,
    days: int | None = None,
    months: int | None = None,
    every: Every = "day",
    by: str | Sequence[str],
    latest: bool = False,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
) -> SegmentRolling: ...
def rolling(
    data: Tallyable,
    *,
    days: int | None = None,
    months: int | None = None,
    every: Every = "day",
    by: str | Sequence[str] | None = None,
    latest: bool = False,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
) -> RollingScores | SegmentRolling:
    """The score of the last days or months, day after day: for looking only.

    Neighbouring windows share most of their answers, so no test runs on them: a straight line through rolling scores
    finds a trend in a third of all series without one. :func:`trend` tells what is real.

    Args:
        data: A survey with times, a tally by day, or anything else with their ``tally()``.
        days: The length of a window: the day it ends on and those before it.
        months: Or its length in months: 12 for the days after the same day a year before.
        every: How often a window ends: on every ``"day"``, or the last day of every ``"week"``, ``"month"``,
            ``"quarter"`` or ``"year"``. Answers between windows that are shorter than that are in none, and the
            result says how many.
        by: The name of a segment, or several: rolling scores of each segment, over the same windows.
        latest: Of each respondent only the latest answer in the window counts, as by :meth:`Survey.latest`; with
            ``by=``, in the segment. It needs a survey with respondents.
        confidence_level: Between 0 and 1.
        method: ``"score"``, ``"wald"`` or ``"adjusted-wald"``.

    Raises:
        InvalidInputError: If there are no times, or not one of ``days`` and ``months``.
        NoAnswersError: If there is no answer with a known time.
        UnknownNameError: If there is no such segment.

    Example:
        >>> import datetime as dt
        >>> import nps_core as nc
        >>> at = [dt.date(2026, 1, 1), dt.date(2026, 1, 2), dt.date(2026, 1, 9)]
        >>> survey = nc.Survey.from_scores([3, 9, 10], at=at, time_zone="naive")
        >>> rolling = nc.rolling(survey, days=7)
        >>> [point.score.value for point in rolling.points if point.n]
        [-100.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 100.0, 100.0]
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    check_every(every)
    _check_length(days, months)
    names = () if by is None else as_names(by)
    if by is not None and not names:
        raise InvalidInputError("by must name at least one segment")
    tally = tally_of(data, by=names, every="day")
    dated = ~np.isnat(np.asarray(tally.starts, "datetime64[D]"))
    known = np.asarray(tally.starts, "datetime64[D]")[dated]
    if not len(known):
        raise NoAnswersError("rolling scores need answers with a known time, got none")
    first, last = known.min(), known.max()
    ends = _ends(first, last, every)
    of_segment, segments, _ = number_groups([tally._key(name) for name in names], None, len(tally))
    k, n_days = len(segments), int((ends[-1] - first).astype(np.int64)) + 1
    if k * n_days > _MOST_CELLS:
        raise InvalidInputError(
            f"segments times days must be {_MOST_CELLS:,} at most, got {k:,} x {n_days:,}; take fewer segments at once"
        )
    windows = _Windows(first=first, ends=ends, n_days=n_days, days=days, months=months, segments=k)
    if latest:
        counts = windows.latest(_with_respondents(data), names, tally)
    else:
        counts = windows.all(tally, of_segment, dated)
    scores = estimates_of(counts, confidence_level=confidence_level, method=method)
    answers = tally.n + tally.missing + tally.invalid
    undated, between = np.zeros(k, np.int64), np.zeros(k, np.int64)
    np.add.at(undated, of_segment[~dated], answers[~dated])
    outside = windows.between(known)
    np.add.at(between, of_segment[dated][outside], answers[dated][outside])
    common: dict[str, Any] = {
        "days": days,
        "months": months,
        "every": every,
        "latest": latest,
        "time_zone": tally.time_zone,
        "ends": tuple(ends.tolist()),
        "confidence_level": scores.confidence_level,
        "method": method,
        "first_day": first.tolist(),
        "last_day": last.tolist(),
        "scores": scores,
    }
    if by is None:
        return RollingScores(undated=int(undated.sum()), between=int(between.sum()), **common)
    keys = [LabelColumn(codes, tally._key(name).labels) for codes, name in zip(segments.T, names, strict=True)]
    labels = tuple(zip(*(key.values() for key in keys), strict=True))
    return SegmentRolling(by=names, labels=labels, undated=undated, between=between, **common)


@attrs.frozen(kw_only=True, eq=False)
class _Windows:
    """Trailing windows over days from a first one on, and the counts in each of them, per segment.

    Attributes:
        first: The first day.
        ends: The last day of each window.
        n_days: How many days there are until the end of the last window.
        days: The length of the windows.
        months: Or their length in months.
        segments: How many segments there are, k.
    """

    first: np.datetime64
    ends: Days
    n_days: int
    days: int | None
    months: int | None
    segments: int

    def places(self, days: Days) -> NDArray[np.int64]:
        """Which of the days each is, negative before the first."""
        return np.asarray((days - self.first).astype(np.int64))

    def starts(self, ends: Days) -> NDArray[np.int64]:
        """The place of the first day of the window that ends on each day."""
        return self.places(window_starts(ends, days=self.days, months=self.months))

    def between(self, days: Days) -> NDArray[np.bool_]:
        """Which days are in no window: windows that are shorter than the steps leave some out."""
        first_window = np.searchsorted(self.ends, days)
        return np.asarray(self.starts(self.ends)[first_window] > self.places(days))

    def all(self, tally: Tally, of_segment: NDArray[np.intp], dated: NDArray[np.bool_]) -> GroupCounts:
        """The counts of all answers in each window."""
        places = self.places(np.asarray(tally.starts, "datetime64[D]")[dated])
        row = of_segment[dated]

        def in_windows(amounts: NDArray[Any]) -> NDArray[Any]:
            by_day = np.zeros((self.segments, self.n_days, *amounts.shape[1:]), amounts.dtype)
            by_day[row, places] = amounts[dated]
            found = sums_in_windows(by_day, self.starts(self.ends), self.places(self.ends))
            return found.reshape(-1, *amounts.shape[1:])

        weights = tally.category_weights
        return self._counts(
            tally,
            in_windows(tally.category_counts),
            in_windows(tally.missing),
            in_windows(tally.invalid),
            None if weights is None else np.stack([in_windows(part) for part in weights]),
        )

    def latest(self, survey: Survey, names: tuple[str, ...], tally: Tally) -> GroupCounts:
        """The counts of the latest answer of each respondent in each window."""
        days = local_days(survey._times(), survey.time_zone)
        rows = np.flatnonzero(~np.isnat(days))
        places = self.places(days[rows])
        segment = number_groups([survey._column(name) for name in names], None, len(survey))[0][rows]
        persons = number_persons(survey._persons("latest=True"))[rows]
        nobody = persons < 0
        persons[nobody] = len(survey) + np.arange(np.count_nonzero(nobody))
        persons = persons * self.segments + segment
        cells = survey._cells[rows]
        leaves = np.searchsorted(
            self.starts(self.first + np.arange(self.n_days, dtype="timedelta64[D]")), places, side="right"
        )
        order = np.lexsort((survey._times()[rows], persons))
        begins, until = stays(persons, order, places, cells < MISSING, leaves)
        counted = begins < until
        kinds = (cells >= survey.scale.passives_from).astype(np.int64) + (cells >= survey.scale.promoters_from)
        kinds = np.where(cells == MISSING, 3, np.where(cells == INVALID, 4, kinds))
        row = (segment * _KINDS + kinds)[counted]
        stay = begins[counted], until[counted]

        def in_windows(amounts: NDArray[Any]) -> NDArray[Any]:
            present = sums_while_present(amounts, row, *stay, shape=(self.segments * _KINDS, self.n_days))
            at_ends = present[:, self.places(self.ends)].reshape(self.segments, _KINDS, -1)
            return at_ends.swapaxes(1, 2).reshape(-1, _KINDS)

        found, weights, sums = in_windows(np.ones(len(row), np.int64)), survey._weights, None
        if weights is not None:
            kept = weights[rows][counted]
            sums = np.stack([in_windows(part)[:, :3] for part in (kept, kept**2)])
        return self._counts(tally, found[:, :3], found[:, 3], found[:, 4], sums)

    def _counts(
        self,
        tally: Tally,
        categories: NDArray[np.int64],
        missing: NDArray[np.int64],
        invalid: NDArray[np.int64],
        weights: NDArray[np.float64] | None,
    ) -> GroupCounts:
        """The counts of the windows, one segment after another."""
        return GroupCounts(
            scale=tally.scale,
            categories=categories,
            missing=missing,
            invalid=invalid,
            weights=weights,
            sample_size=int((tally.n + tally.missing + tally.invalid).sum()),
        )


def _check_length(days: int | None, months: int | None) -> None:
    """Refuse windows without a length, or with two."""
    if (days is None) == (months is None):
        raise InvalidInputError(f"a window must have either days= or months=, got days={days!r} and months={months!r}")
    name, length = ("days", days) if months is None else ("months", months)
    whole = as_whole(length)
    if whole is None or not 1 <= whole <= _LONGEST:
        raise InvalidInputError(f"{name} must be a whole number from 1 to {_LONGEST:,}, got {length!r}")


def _ends(first: np.datetime64, last: np.datetime64, every: Every) -> Days:
    """The last day of each period from that of the first day to that of the last."""
    begin, end = period_starts(np.array([first, last]), every)
    starts = period_range(begin, end, every)
    after = period_range(end, end + np.timedelta64(370, "D"), every)[1]
    return np.asarray(np.append(starts[1:], after) - np.timedelta64(1, "D"), "datetime64[D]")


def _with_respondents(data: object) -> Survey:
    if not isinstance(data, Survey):
        raise InvalidInputError(
            f"latest=True must be asked of a Survey, which knows who answered, got {type(data).__name__}"
        )
    return data
