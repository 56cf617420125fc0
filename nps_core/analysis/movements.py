"""Segments from period to period: a trend of each, and which of them moved."""

import datetime as dt
import functools
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.differences import Differences
from nps_core.analysis.estimates import Estimates
from nps_core.analysis.labelled import Labelled, ResultBySegment, label_text, shown_label
from nps_core.analysis.periods import Trend, undated_in_words, zone_in_words
from nps_core.analysis.scoring import NetPromoterScore, level_in_words, remarks, score_or_none, scores_columns
from nps_core.analysis.signals import OneSeries, Series, Slope, TooFewPeriods
from nps_core.counting.calendar import Every
from nps_core.counting.periods import Calendar
from nps_core.display import numbers, timelines
from nps_core.display.pictures import check_number
from nps_core.display.tables import Table
from nps_core.errors import NoAnswersError
from nps_core.model.immutable import content, freeze
from nps_core.model.tabular import Columns, Labels, label_columns
from nps_core.stats.differences import DifferenceMethod
from nps_core.stats.multiplicity import benjamini_hochberg

_MOST_LEVELS: Final = 1_000
"""Of more segments the changes of level are not printed: they take a millisecond each."""


@attrs.frozen(kw_only=True)
class SegmentMove(Labelled):
    """Whether one segment moved.

    Attributes:
        labels: Its labels, one per name in ``by``; None where answers carry none.
        slope: How much its score rises per period, or how many periods that would take.
        adjusted_pvalue: The p-value of its slope, adjusted for all segments by Benjamini and Hochberg; None without.
        moved: Whether that is below 1 - ``confidence_level``: of the segments of which this is said, so many are
            expected to be still at most.
    """

    labels: Labels
    slope: Slope | TooFewPeriods
    adjusted_pvalue: float | None
    moved: bool


@attrs.frozen(kw_only=True, repr=False)
class SegmentTrends(ResultBySegment[Trend]):
    """The trend of each segment, all over the same periods.

    ``trends["north"]`` is one :class:`Trend` (with several names in ``by`` ``trends["north", "web"]``),
    ``trends.moves`` tells which segments moved. The records and frames are tidy: a row per segment and period.

    Attributes:
        by: The names of the segments.
        labels: The labels of each segment, one per name in ``by``.
        every: The length of a period.
        fiscal_start_month: The month that the year begins with.
        time_zone: The zone of the calendar, ``"naive"`` for times taken as written.
        overall: The score of all answers together, dated or not.
        confidence_level: The level of all intervals.
        method: How the intervals were computed.
    """

    by: tuple[str, ...]
    labels: tuple[Labels, ...]
    every: Every
    fiscal_start_month: int
    time_zone: str | None
    overall: NetPromoterScore
    confidence_level: float
    method: DifferenceMethod
    _starts: tuple[dt.date, ...] = attrs.field(alias="starts")
    _scores: Estimates = attrs.field(alias="scores")
    _overalls: Estimates = attrs.field(alias="overalls")
    _undated: NDArray[np.int64] = attrs.field(alias="undated_of_each", converter=freeze, eq=content)
    _known_changes: tuple[Differences, Differences] | None = attrs.field(alias="known_changes")

    @property
    def periods(self) -> tuple[str, ...]:
        """The name of each period."""
        return tuple(map(Calendar(self.every, self.fiscal_start_month).label, self._starts))

    @functools.cached_property
    def moves(self) -> tuple[SegmentMove, ...]:
        """For each segment its slope, and whether it moved, with the share of false claims held down.

        Raises:
            MissingDependencyError: If SciPy is not installed.
        """
        slopes = Series.of(self._scores, len(self)).slopes(self.confidence_level)
        adjusted = benjamini_hochberg([slope.pvalue if slope else np.nan for slope in slopes]).tolist()
        return tuple(
            SegmentMove(
                labels=labels,
                slope=slope,
                adjusted_pvalue=pvalue if slope else None,
                moved=bool(slope) and pvalue <= 1 - self.confidence_level,
            )
            for labels, slope, pvalue in zip(self.labels, slopes, adjusted, strict=True)
        )

    def _picture(self) -> timelines.SmallMultiples:
        with_scores = np.flatnonzero(~np.isnan(self._overalls.values)).tolist()
        check_number(len(with_scores), "segments", timelines.MOST_TIMELINES)
        return timelines.SmallMultiples(
            title=f"NPS by {self.every} and {', '.join(self.by)}",
            parts=[self._segment(row)._drawn(label_text(self.labels[row])) for row in with_scores],
        )

    def _segment(self, row: int) -> Trend:
        overall = score_or_none(self._overalls, row)
        if overall is None:
            raise NoAnswersError(
                f"a trend needs answers with a score, got none of the segment {label_text(self.labels[row])!r}"
            )
        rows = np.arange(row * len(self._starts), (row + 1) * len(self._starts))
        known = self._known_changes
        return Trend(
            every=self.every,
            fiscal_start_month=self.fiscal_start_month,
            time_zone=self.time_zone,
            overall=overall,
            undated=int(self._undated[row]),
            confidence_level=self.confidence_level,
            method=self.method,
            starts=self._starts,
            scores=self._scores.take(rows),
            known_changes=None if known is None else (known[0].take(rows), known[1].take(rows)),
        )

    def _columns(self) -> Columns:
        k, n_periods = len(self), len(self._starts)
        numbers_of: Columns = {
            "period": list(self.periods) * k,
            "start": np.tile(np.array(self._starts, "datetime64[D]"), k),
            **scores_columns(self._scores),
        }
        labels = [each for each in self.labels for _ in range(n_periods)]
        return label_columns(self.by, labels, numbers_of) | numbers_of

    def _table(self) -> Table:
        interval = level_in_words(self.confidence_level)
        values = self._scores.values.reshape(len(self), -1)
        changes = self._changes_in_words() if len(self) <= _MOST_LEVELS else []
        rows = [
            (
                *map(shown_label, move.labels),
                *map(numbers.decimal, _ends(values[row])),
                *_slope_cells(move),
                "moved" if move.moved else "",
                *([changes[row]] if changes else []),
            )
            for row, move in enumerate(self.moves)
        ]
        return Table(
            title=f"NPS by {', '.join(self.by)} and {self.every}, {self.periods[0]} to {self.periods[-1]} "
            f"(overall {numbers.decimal(self.overall.value)}, n = {numbers.count(self.overall.n)})",
            header=(
                *self.by,
                "first",
                "last",
                f"slope per {self.every}",
                interval,
                "adjusted p",
                "",
                *(["level changed"] if changes else []),
            ),
            rows=tuple(rows),
            left=len(self.by),
            notes=(
                f"{zone_in_words(self.time_zone)}; p-values adjusted by Benjamini and Hochberg.",
                *remarks(self.overall),
                *undated_in_words(int(self._undated.sum())),
            ),
        )

    def _changes_in_words(self) -> list[str]:
        """When the level of each segment last changed, from what to what."""
        told = []
        for row in range(len(self)):
            n = len(self._starts)
            points = OneSeries.of(
                self._scores.take(np.arange(row * n, (row + 1) * n)), self.periods, self._starts
            ).levels(self.confidence_level)
            if not points or len(points) == 1:
                told.append("")
                continue
            before, now = points[-2:]
            told.append(f"{now.first}, {numbers.decimal(before.value)} to {numbers.decimal(now.value)}")
        return told

    def __repr__(self) -> str:
        """The size, without the numbers."""
        return (
            f"SegmentTrends(by={list(self.by)}, segments={len(self)}, every={self.every!r}, "
            f"periods={len(self._starts)}, overall={self.overall.value})"
        )


def _ends(values: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """The first and the last score that there is."""
    known = values[~np.isnan(values)].tolist()
    return (known[0], known[-1]) if known else (None, None)


def _slope_cells(move: SegmentMove) -> tuple[str, str, str]:
    if not move.slope:
        return numbers.NOTHING, numbers.NOTHING, numbers.NOTHING
    interval = move.slope.confidence_interval
    return (
        numbers.signed(move.slope.value, 2),
        f"{numbers.signed(interval.low, 2)} to {numbers.signed(interval.high, 2)}",
        numbers.pvalue(move.adjusted_pvalue),
    )
