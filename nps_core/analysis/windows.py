"""Rolling scores: what the last days or months say, day after day. For looking only."""

import datetime as dt
from typing import ClassVar, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.estimates import Estimates
from nps_core.analysis.labelled import ResultBySegment, label_text, shown_label
from nps_core.analysis.periods import undated_in_words, zone_in_words
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import NetPromoterScore, level_in_words, remarks_on, score_or_none, scores_columns
from nps_core.counting.calendar import Every
from nps_core.counting.windows import window_starts
from nps_core.counting.zones import Days
from nps_core.display import numbers, timelines
from nps_core.display.pictures import check_number
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError
from nps_core.model.immutable import content, freeze
from nps_core.model.tabular import Columns, Labels, label_columns
from nps_core.stats.differences import DifferenceMethod

_MOST_ROWS: Final = 40
"""So many of the last windows are printed."""


@attrs.frozen(kw_only=True)
class RollingScore:
    """The score of one window.

    Attributes:
        start: The first day of the window.
        end: The last day.
        score: The score of the answers in it, None if none of them has one.
        n: How many answers carry a score.
        missing: How many gave no answer.
        invalid: How many gave an answer that is not a score.
        complete: Whether the window lies within the days that have answers: it does not begin before the first of
            them, nor end after the last.
    """

    start: dt.date
    end: dt.date
    score: NetPromoterScore | None
    n: int
    missing: int
    invalid: int
    complete: bool


@attrs.frozen(kw_only=True, repr=False)
class RollingScores(Result):
    """The scores of trailing windows: for looking only, no test runs on them.

    Neighbouring windows share most of their answers, so what looks like a trend is there by chance in a third of all
    series without one. Ask :func:`trend` what is real. ``rolling.points`` are the windows, ``rolling[day]`` is the one
    that ends on a day.

    Attributes:
        days: The length of the windows in days, None if it is in months.
        months: The length in months.
        every: How often a window ends: on the last day of each of these periods.
        latest: Whether of each respondent only the latest answer in the window counts.
        time_zone: The zone of the calendar, ``"naive"`` for times taken as written.
        undated: How many answers, with a score or without, have no known time and are in no window.
        between: How many lie between windows that are shorter than the steps from one to the next, and are in none.
        ends: The last day of each window.
        confidence_level: The level of the intervals.
        method: How the intervals were computed.
    """

    days: int | None
    months: int | None
    every: Every
    latest: bool
    time_zone: str | None
    undated: int
    between: int
    ends: tuple[dt.date, ...]
    confidence_level: float
    method: DifferenceMethod
    _first_day: dt.date = attrs.field(alias="first_day")
    _last_day: dt.date = attrs.field(alias="last_day")
    _scores: Estimates = attrs.field(alias="scores")

    __iter__: ClassVar[None] = None  # or Python would ask for the windows 0, 1, 2

    def __len__(self) -> int:
        """How many windows there are."""
        return len(self.ends)

    @property
    def points(self) -> tuple[RollingScore, ...]:
        """Every window."""
        starts = self._starts.tolist()
        return tuple(self._point(row, starts[row]) for row in range(len(self)))

    def __getitem__(self, end: dt.date) -> RollingScore:
        """The window that ends on a day.

        Raises:
            InvalidInputError: If none does.
        """
        if end not in self.ends:
            raise InvalidInputError(
                f"a window must end on the last day of a {self.every} from {self.ends[0]} to {self.ends[-1]}, got {end}"
            )
        row = self.ends.index(end)
        return self._point(row, self._starts[row].tolist())

    @property
    def _starts(self) -> Days:
        return window_starts(np.array(self.ends, "datetime64[D]"), days=self.days, months=self.months)

    def _picture(self) -> timelines.Timeline:
        return self._drawn(f"NPS of the last {_length_in_words(self.days, self.months)}, for looking only")

    def _drawn(self, title: str) -> timelines.Timeline:
        scores = self._scores
        values, lows, highs = (part.tolist() for part in (scores.values, scores.lows, scores.highs))
        return timelines.Timeline(
            title=title,
            days=self.ends,
            values=values,
            lows=lows,
            highs=highs,
            interval=level_in_words(self.confidence_level),
            counts=scores.counts.n.tolist(),
        )

    def _point(self, row: int, start: dt.date) -> RollingScore:
        counts = self._scores.counts
        return RollingScore(
            start=start,
            end=self.ends[row],
            score=score_or_none(self._scores, row),
            n=int(counts.categories[row].sum()),
            missing=int(counts.missing[row]),
            invalid=int(counts.invalid[row]),
            complete=start >= self._first_day and self.ends[row] <= self._last_day,
        )

    def _columns(self) -> Columns:
        ends = np.array(self.ends, "datetime64[D]")
        return _window_columns(ends, self._starts, self._first_day, self._last_day) | scores_columns(self._scores)

    def _table(self) -> Table:
        columns = self._plain_columns()
        shown = slice(-_MOST_ROWS, None)
        rows = zip(
            [f"{start} to {end}" for start, end in zip(columns["start"][shown], columns["end"][shown], strict=True)],
            map(numbers.decimal, columns["nps"][shown]),
            map(numbers.span, columns["low"][shown], columns["high"][shown]),
            map(numbers.count, columns["n"][shown]),
            ["" if complete else "not full" for complete in columns["complete"][shown]],
            strict=True,
        )
        before = len(self) - _MOST_ROWS
        return Table(
            title=f"NPS of the last {_length_in_words(self.days, self.months)}, for looking only",
            header=("window", "NPS", level_in_words(self.confidence_level), "n", ""),
            rows=tuple(rows),
            notes=(
                f"Windows share answers: no test runs on them. {zone_in_words(self.time_zone)}.",
                *_latest_in_words(self.latest),
                *([f"Before these: {numbers.count(before)} windows; to_dicts() has all."] if before > 0 else []),
                *remarks_on(self._scores),
                *undated_in_words(self.undated),
                *_between_in_words(self.between),
            ),
        )

    def __repr__(self) -> str:
        """The size, without the numbers."""
        return f"RollingScores({_length(self.days, self.months)}, every={self.every!r}, windows={len(self)})"


@attrs.frozen(kw_only=True, repr=False)
class SegmentRolling(ResultBySegment[RollingScores]):
    """The rolling scores of each segment, over the same windows: for looking only, no test runs on them.

    ``rolling["north"]`` is one :class:`RollingScores`. The records and frames are tidy: a row per segment and window.

    Attributes:
        by: The names of the segments.
        labels: The labels of each segment, one per name in ``by``.
        days: The length of the windows in days, None if it is in months.
        months: The length in months.
        every: How often a window ends: on the last day of each of these periods.
        latest: Whether of each respondent only the latest answer in the window, and in the segment, counts.
        time_zone: The zone of the calendar, ``"naive"`` for times taken as written.
        ends: The last day of each window.
        confidence_level: The level of the intervals.
        method: How the intervals were computed.
    """

    by: tuple[str, ...]
    labels: tuple[Labels, ...]
    days: int | None
    months: int | None
    every: Every
    latest: bool
    time_zone: str | None
    ends: tuple[dt.date, ...]
    confidence_level: float
    method: DifferenceMethod
    _first_day: dt.date = attrs.field(alias="first_day")
    _last_day: dt.date = attrs.field(alias="last_day")
    _undated: NDArray[np.int64] = attrs.field(alias="undated", converter=freeze, eq=content)
    _between: NDArray[np.int64] = attrs.field(alias="between", converter=freeze, eq=content)
    _scores: Estimates = attrs.field(alias="scores")

    def _picture(self) -> timelines.SmallMultiples:
        check_number(len(self), "segments", timelines.MOST_TIMELINES)
        length = _length_in_words(self.days, self.months)
        return timelines.SmallMultiples(
            title=f"NPS of the last {length} by {', '.join(self.by)}, for looking only",
            parts=[self._segment(row)._drawn(label_text(labels)) for row, labels in enumerate(self.labels)],
        )

    def _segment(self, row: int) -> RollingScores:
        n = len(self.ends)
        return RollingScores(
            days=self.days,
            months=self.months,
            every=self.every,
            latest=self.latest,
            time_zone=self.time_zone,
            undated=int(self._undated[row]),
            between=int(self._between[row]),
            ends=self.ends,
            confidence_level=self.confidence_level,
            method=self.method,
            first_day=self._first_day,
            last_day=self._last_day,
            scores=self._scores.take(np.arange(row * n, (row + 1) * n)),
        )

    def _columns(self) -> Columns:
        k, ends = len(self), np.array(self.ends, "datetime64[D]")
        starts = window_starts(ends, days=self.days, months=self.months)
        numbers_of = _window_columns(np.tile(ends, k), np.tile(starts, k), self._first_day, self._last_day)
        numbers_of |= scores_columns(self._scores)
        labels = [each for each in self.labels for _ in range(len(ends))]
        return label_columns(self.by, labels, numbers_of) | numbers_of

    def _table(self) -> Table:
        last = np.arange(1, len(self) + 1) * len(self.ends) - 1
        scores = self._scores.take(last)
        values, lows, highs = (
            [None if np.isnan(value) else value for value in part.tolist()]
            for part in (scores.values, scores.lows, scores.highs)
        )
        ends = np.array(self.ends[-1:], "datetime64[D]")
        starts = window_starts(ends, days=self.days, months=self.months)
        is_complete = np.all(_window_columns(ends, starts, self._first_day, self._last_day)["complete"])
        is_full = "" if is_complete else "not full"
        rows = zip(
            *([shown_label(label) for label in column] for column in zip(*self.labels, strict=True)),
            map(numbers.decimal, values),
            map(numbers.span, lows, highs),
            map(numbers.count, scores.counts.n.tolist()),
            [is_full] * len(self),
            strict=True,
        )
        return Table(
            title=f"NPS of the last {_length_in_words(self.days, self.months)} until {self.ends[-1]}, for looking only",
            header=(*self.by, "NPS", level_in_words(self.confidence_level), "n", ""),
            rows=tuple(rows),
            left=len(self.by),
            notes=(
                f"The last of {numbers.count(len(self.ends))} windows; to_dicts() has all.",
                f"{zone_in_words(self.time_zone)}.",
                *_latest_in_words(self.latest),
                *remarks_on(self._scores),
                *undated_in_words(int(self._undated.sum())),
                *_between_in_words(int(self._between.sum())),
            ),
        )

    def __repr__(self) -> str:
        """The size, without the numbers."""
        return (
            f"SegmentRolling(by={list(self.by)}, segments={len(self)}, {_length(self.days, self.months)}, "
            f"every={self.every!r}, windows={len(self.ends)})"
        )


def _window_columns(ends: Days, starts: Days, first_day: dt.date, last_day: dt.date) -> Columns:
    complete = (starts >= np.datetime64(first_day)) & (ends <= np.datetime64(last_day))
    return {"start": starts, "end": ends, "complete": complete}


def _length_in_words(days: int | None, months: int | None) -> str:
    """The length of a window as it stands in a title."""
    length, unit = (days, "day") if months is None else (months, "month")
    return unit if length == 1 else f"{length} {unit}s"


def _length(days: int | None, months: int | None) -> str:
    """The length of a window as it was asked for."""
    return f"days={days}" if months is None else f"months={months}"


def _between_in_words(between: int) -> list[str]:
    return [f"{numbers.count(between)} answers lie between the windows, in none of them."] if between else []


def _latest_in_words(latest: bool) -> list[str]:  # noqa: FBT001
    return ["Of each respondent the latest answer in the window."] if latest else []
