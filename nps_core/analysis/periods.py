"""Periods side by side: each with its score, against the one before, and what they say together."""

import datetime as dt
import functools
import math
from collections.abc import Sequence
from typing import ClassVar, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.comparisons import Difference, difference_columns, difference_or_none, with_sign
from nps_core.analysis.counts import GroupCounts
from nps_core.analysis.differences import Differences, differences_of
from nps_core.analysis.estimates import Estimates, estimates_of
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import NetPromoterScore, level_in_words, remarks, score_or_none, scores_columns
from nps_core.analysis.signals import (
    ChangePoint,
    EarlyWarning,
    Level,
    Limits,
    OneSeries,
    Series,
    Slope,
    TooFewPeriods,
    change_points,
)
from nps_core.counting.calendar import Every
from nps_core.counting.periods import Calendar
from nps_core.counting.zones import NAIVE
from nps_core.display import numbers, timelines
from nps_core.display.tables import Table
from nps_core.errors import MissingDependencyError, unknown_name
from nps_core.model.tabular import Columns
from nps_core.stats.differences import DifferenceMethod

_MOST_NAMES: Final = 8
_FEW: Final = 12
"""Periods among which only large changes of level are found."""
"""So many names stand in a sentence."""


@attrs.frozen(kw_only=True)
class Period:
    """One period of a trend.

    Attributes:
        label: Its name: 2026-03-06, 2026-W10, 2026-03, 2026-Q1 or 2026; FY2026-Q1 or FY2026 in a fiscal year, which is
            named after the year it ends in.
        start: Its first day.
        score: Its score, None if it has no answer with a score.
        n: How many answers carry a score.
        missing: How many gave no answer.
        invalid: How many gave an answer that is not a score.
        change: The period minus the one before it, None where one of the two has no answer.
        change_on_year: The period minus the same one a year before: the same date, week number, month or quarter; None
            where one of the two has no answer.
    """

    label: str
    start: dt.date
    score: NetPromoterScore | None
    n: int
    missing: int
    invalid: int
    change: Difference | None
    change_on_year: Difference | None


@attrs.frozen(kw_only=True, repr=False)
class Trend(Result):
    """The score of each period, its change against the one before, and what the periods say together.

    Every period from the first to the last is there, also those without an answer. ``trend["2026-03"]`` is one
    :class:`Period`, ``trend.periods`` are all of them. What they say together is computed when it is asked for, and is
    a :class:`TooFewPeriods`, which is false and says how many it takes, if there are not enough. The formulas are in
    :doc:`trends`.

    Attributes:
        every: The length of a period.
        fiscal_start_month: The month that the year begins with.
        time_zone: The zone of the calendar, ``"naive"`` for times taken as written.
        overall: The score of all answers together, dated or not.
        undated: How many answers, with a score or without, have no known time and are in no period.
        confidence_level: The level of all intervals.
        method: How the intervals were computed.
    """

    every: Every
    fiscal_start_month: int
    time_zone: str | None
    overall: NetPromoterScore
    undated: int
    confidence_level: float
    method: DifferenceMethod
    _starts: tuple[dt.date, ...] = attrs.field(alias="starts")
    _scores: Estimates = attrs.field(alias="scores")
    _known_changes: tuple[Differences, Differences] | None = attrs.field(alias="known_changes")

    @property
    def _calendar(self) -> Calendar:
        return Calendar(self.every, self.fiscal_start_month)

    @functools.cached_property
    def _changes(self) -> tuple[Differences, Differences]:
        """Against the period before and against a year before: most of the work, and done when it is asked for."""
        if self._known_changes is not None:
            return self._known_changes
        return changes_of(self._scores, self._calendar, self._starts, self.method)

    def __len__(self) -> int:
        """How many periods there are."""
        return len(self._starts)

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each period."""
        return tuple(map(self._calendar.label, self._starts))

    @property
    def periods(self) -> tuple[Period, ...]:
        """Every period."""
        return tuple(self._period(row) for row in range(len(self)))

    __iter__: ClassVar[None] = None  # or Python would ask for the periods 0, 1, 2

    def __getitem__(self, label: str) -> Period:
        """The period of a name, such as ``"2026-03"``.

        Raises:
            UnknownNameError: If there is no such period.
        """
        if not isinstance(label, str) or label not in self.labels:
            raise unknown_name("period", label, self.labels)
        return self._period(self.labels.index(label))

    @functools.cached_property
    def slope(self) -> Slope | TooFewPeriods:
        """How much the score rises per period; it takes 3 periods with answers, and the extra ``stats``.

        Raises:
            MissingDependencyError: If SciPy is not installed.
        """
        return Series.of(self._scores).slopes(self.confidence_level)[0]

    @functools.cached_property
    def limits(self) -> Limits | TooFewPeriods:
        """Which periods are unusual; it takes 12 periods with answers."""
        return self._series.limits()

    @functools.cached_property
    def early_warning(self) -> EarlyWarning | TooFewPeriods:
        """Whether a small change has lasted long enough to be seen; it takes 6 periods with answers."""
        return self._series.early_warning()

    @functools.cached_property
    def levels(self) -> tuple[Level, ...] | TooFewPeriods:
        """The levels between changes, at least one, the last being the current; it takes 6 periods with answers."""
        return self._series.levels(self.confidence_level)

    @property
    def current_level(self) -> Level | TooFewPeriods:
        """The level since the last change."""
        return self.levels if isinstance(self.levels, TooFewPeriods) else self.levels[-1]

    @property
    def change_points(self) -> tuple[ChangePoint, ...] | TooFewPeriods:
        """When the level changed, with the levels before and after; empty if it did not."""
        return self.levels if isinstance(self.levels, TooFewPeriods) else change_points(self.levels)

    @property
    def _series(self) -> OneSeries:
        return OneSeries.of(self._scores, self.labels, self._starts)

    def _period(self, row: int) -> Period:
        counts = self._scores.counts
        change, on_year = (difference_or_none(changes, row) for changes in self._changes)
        return Period(
            label=self._calendar.label(self._starts[row]),
            start=self._starts[row],
            score=score_or_none(self._scores, row),
            n=int(counts.categories[row].sum()),
            missing=int(counts.missing[row]),
            invalid=int(counts.invalid[row]),
            change=change,
            change_on_year=on_year,
        )

    @property
    def _steps(self) -> tuple[Level, ...]:
        """The levels if there are several, otherwise none."""
        levels = self.levels
        return levels if isinstance(levels, tuple) and len(levels) > 1 else ()

    def _picture(self) -> timelines.Timeline:
        return self._drawn(f"NPS by {self.every} (overall {numbers.decimal(self.overall.value)})")

    def _drawn(self, title: str) -> timelines.Timeline:
        scores, place = self._scores, {label: row for row, label in enumerate(self.labels)}
        limits = None if self._steps else self.limits  # those of a series that keeps one level
        return timelines.Timeline(
            title=title,
            days=self._starts,
            values=scores.values.tolist(),
            lows=scores.lows.tolist(),
            highs=scores.highs.tolist(),
            interval=level_in_words(self.confidence_level),
            counts=scores.counts.n.tolist(),
            note=f"n = {numbers.count(self.overall.n)}",
            levels=[
                timelines.Step(start=level.start, end=self._starts[place[level.last]], value=level.value)
                for level in self._steps
            ],
            limits=(_floats(limits.lows), _floats(limits.highs)) if limits else None,
            unusual=[place[label] for label in (limits.unusual if limits else ())],
        )

    def _columns(self) -> Columns:
        change, on_year = self._changes
        return {
            "period": list(self.labels),
            "start": np.array(self._starts, "datetime64[D]"),
            **scores_columns(self._scores),
            **difference_columns(change, "change"),
            **difference_columns(on_year, "change_on_year"),
        }

    def _table(self) -> Table:
        columns = self._plain_columns()
        rows = zip(
            columns["period"],
            map(numbers.decimal, columns["nps"]),
            map(numbers.span, columns["low"], columns["high"]),
            map(numbers.count, columns["n"]),
            map(numbers.signed, columns["change"]),
            map(numbers.signed_span, columns["change_low"], columns["change_high"]),
            map(numbers.pvalue, columns["change_pvalue"]),
            strict=True,
        )
        interval = level_in_words(self.confidence_level)
        return Table(
            title=f"NPS by {self.every} (overall {numbers.decimal(self.overall.value)}, "
            f"n = {numbers.count(self.overall.n)})",
            header=(self.every, "NPS", interval, "n", "change", interval, "p"),
            rows=tuple(rows),
            notes=(
                f"Change: against the {self.every} before, in points. {zone_in_words(self.time_zone)}.",
                *in_words(self),
                *remarks(self.overall),
                *undated_in_words(self.undated),
            ),
        )

    def __repr__(self) -> str:
        """The size, without the numbers."""
        return f"Trend(every={self.every!r}, periods={len(self)}, overall={self.overall.value})"


def _floats(values: Sequence[float | None]) -> list[float]:
    """Numbers, NaN for None."""
    return [math.nan if value is None else value for value in values]


def changes_of(
    scores: Estimates, calendar: Calendar, starts: Sequence[dt.date], method: DifferenceMethod, k: int = 1
) -> tuple[Differences, Differences]:
    """Each period of k series, one after another, against the one before, and against the same one a year before."""
    days = np.array(starts, "datetime64[D]")
    rows = np.arange(len(days))
    place = {day: row for row, day in enumerate(days.tolist())}
    year_before = np.array([place.get(day, -1) for day in calendar.year_before(days).tolist()])
    change, on_year = (_against(scores, _in_each(reference, k), method) for reference in (rows - 1, year_before))
    return change, on_year


def _in_each(reference: NDArray[np.intp], k: int) -> NDArray[np.intp]:
    """Rows of one series as rows of k series, one after another; -1 stays -1."""
    first = np.arange(k)[:, None] * len(reference)
    return np.where(reference < 0, -1, reference + first).ravel()


def _against(scores: Estimates, reference: NDArray[np.intp], method: DifferenceMethod) -> Differences:
    """Each row against another row, -1 for none."""
    counts = _of_rows(scores.counts, reference)
    references = estimates_of(counts, confidence_level=scores.confidence_level, method=method)
    return differences_of(scores, references, method)


def _of_rows(counts: GroupCounts, rows: NDArray[np.intp]) -> GroupCounts:
    """The counts of other rows in the place of each; nothing where there is none, -1."""
    places = np.flatnonzero(rows >= 0)
    return counts.take(rows[places]).spread(places, len(rows))


def zone_in_words(time_zone: str | None) -> str:
    """Whose calendar the periods are of."""
    return "Times as written, without a zone" if time_zone in {NAIVE, None} else f"Time zone {time_zone}"


def undated_in_words(undated: int) -> list[str]:
    """A sentence on answers that are in no period, if there are any."""
    return [f"Of no known time, and in no period: {numbers.count(undated)}."] if undated else []


def in_words(trend: Trend) -> list[str]:
    """What the periods say together, in sentences."""
    notes = [_slope_in_words(trend), *_levels_in_words(trend)]
    limits, warning = trend.limits, trend.early_warning
    if limits and limits.unusual and not trend._steps:
        notes.append(f"Unusual, with a natural wobble of {numbers.decimal(limits.wobble)}: {some_of(limits.unusual)}.")
    if warning and warning.since is not None:
        notes.append(f"Early warning: the moving average has been outside its limits since {warning.since}.")
    return [note for note in notes if note]


def _slope_in_words(trend: Trend) -> str:
    try:
        slope = trend.slope
    except MissingDependencyError:
        return "Slope: it needs SciPy, which pip install 'nps_core[stats]' brings."
    if not slope:
        return ""
    interval = slope.confidence_interval
    return (
        f"Slope: {numbers.signed(slope.value, 2)} points per {trend.every} "
        f"({numbers.signed(interval.low, 2)} to {numbers.signed(interval.high, 2)}, p {with_sign(slope.pvalue)})."
    )


def _levels_in_words(trend: Trend) -> list[str]:
    levels = trend.levels
    if not levels:
        return []
    if len(levels) == 1:
        periods = sum(period.score is not None for period in trend.periods)
        few = ", so few that only a large one would show" if periods < _FEW else ""
        return [f"No change of level found among {periods} {trend.every}s{few}."]
    last = change_points(levels)[-1]
    from_to = f"from {numbers.decimal(last.before.value)} to {numbers.decimal(last.after.value)}"
    interval = last.confidence_interval
    by = f"{numbers.signed(last.change)} points ({numbers.signed_span(interval.low, interval.high)})"
    return [f"The level changed, last with {last.label}: {from_to}, by {by}."]


def some_of(labels: tuple[str, ...]) -> str:
    """Names, but not too many of them."""
    shown = ", ".join(labels[-_MOST_NAMES:])
    more = len(labels) - _MOST_NAMES
    return f"{shown} and {more} before" if more > 0 else shown
