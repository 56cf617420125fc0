"""Before and after an activity: what changed with it, and what had been under way already."""

import datetime as dt
import math
import warnings
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from nps_core.analysis.changes import ChangeDecomposition, Effect, decompose_change
from nps_core.analysis.comparisons import Difference, compare, with_sign
from nps_core.analysis.counts import period_of, tally_of
from nps_core.analysis.designs import Design
from nps_core.analysis.pairing import Pairing
from nps_core.analysis.periods import Trend, some_of, undated_in_words
from nps_core.analysis.result import Result
from nps_core.analysis.signals import ChangePoint, Series, Slope, Step, TooFewPeriods
from nps_core.analysis.trends import trend
from nps_core.counting.calendar import Every
from nps_core.counting.columns import is_missing
from nps_core.display import numbers
from nps_core.display.pictures import SECOND
from nps_core.display.rows import Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import AlreadyMovingWarning, InvalidInputError, NoAnswersError
from nps_core.model.selection import to_moment
from nps_core.model.sources import as_whole
from nps_core.model.survey import Survey
from nps_core.model.tabular import Columns
from nps_core.model.tally import Tally, Tallyable, as_names
from nps_core.stats import series
from nps_core.stats.differences import DifferenceMethod

_FEWEST_FOR_STEP: Final = 4
_LONGEST: Final = 100_000


@attrs.frozen(kw_only=True)
class ActivityEffect(Result):
    """The score before and after an activity.

    That the score changed after something does not say that it changed because of it. What can be seen in the answers
    is here: whether other people answered (mix), and whether the score had been moving before.

    Attributes:
        at: The first moment after it.
        difference: After minus before, with ``difference.reference`` and ``difference.score`` the scores themselves.
        by: The names of the segments of the decomposition, empty without.
        decomposition: What other shares of the segments did, and what other scores within them; None without ``by=``.
        every: The periods by which the trend was looked at.
        trend_before: How much the score rose per period before the activity.
        already_moving: Whether it did, at the level of the intervals.
        beyond_wobble: After minus before once more, from the scores of the periods: its interval and p-value allow for
            how much periods differ anyway, as those of ``difference`` do not.
        beyond_trend: By how much the score was higher after the activity than a straight line through all periods has
            it; with a trend under way the fairer figure, if the trend went on as it was.
        change_points: When the level changed, as the periods show it by themselves, wherever the date is.
        undated: How many answers have no known time, and are on neither side.
    """

    at: dt.date
    difference: Difference
    by: tuple[str, ...]
    decomposition: ChangeDecomposition | None
    every: Every
    trend_before: Slope | TooFewPeriods
    already_moving: bool
    beyond_wobble: Step | TooFewPeriods
    beyond_trend: Step | TooFewPeriods
    change_points: tuple[ChangePoint, ...] | TooFewPeriods
    undated: int

    def _columns(self) -> Columns:
        parts = self.decomposition
        slope = self.trend_before or None
        optional = {
            "mix": parts and parts.mix.value,
            "rate": parts and parts.rate.value,
            "slope_before": slope and slope.value,
            "slope_before_pvalue": slope and slope.pvalue,
            **_step_columns("beyond_wobble", self.beyond_wobble),
            **_step_columns("beyond_trend", self.beyond_trend),
        }
        return {
            "at": [self.at] if isinstance(self.at, dt.datetime) else np.array([self.at], "datetime64[D]"),
            **self.difference._columns(),
            **{name: np.array([value], np.float64) for name, value in optional.items()},
            "already_moving": [self.already_moving],
        }

    def _picture(self) -> Rows:
        picture = attrs.evolve(self.difference._picture(), title=self._table().title)
        steps = {"allowing for wobble": self.beyond_wobble, "beyond the trend": self.beyond_trend}
        more = [_row(label, step) for label, step in steps.items() if step]
        return attrs.evolve(picture, rows=(*picture.rows, *more))

    def _table(self) -> Table:
        table = self.difference._table()
        return attrs.evolve(
            table,
            title=table.title.replace("Difference", f"Since {self.at}:", 1),
            notes=(
                *self._on_periods(),
                *self._on_parts(),
                *self._on_trend(),
                *table.notes,
                *undated_in_words(self.undated),
            ),
        )

    def _on_periods(self) -> list[str]:
        notes, found = [], self.change_points
        if self.beyond_wobble:
            notes.append(f"Allowing for how {self.every}s differ anyway: {_in_words(self.beyond_wobble)}.")
        if not isinstance(found, TooFewPeriods):
            told = (
                f"a change of level in {some_of(tuple(point.label for point in found))}"
                if found
                else "no change of level"
            )
            notes.append(f"By themselves the {self.every}s show {told}.")
        return notes

    def _on_parts(self) -> list[str]:
        if self.decomposition is None:
            return []
        mix, rate = map(_in_words, (self.decomposition.mix, self.decomposition.rate))
        return [f"Other shares by {', '.join(self.by)} (mix): {mix}. Other scores within them (rate): {rate}."]

    def _on_trend(self) -> list[str]:
        slope, step = self.trend_before, self.beyond_trend
        if not slope or not step or not self.already_moving:
            return []
        return [f"Moving already before: {_slope_in_words(slope, self.every)}. Beyond that trend: {_in_words(step)}."]


def _step_columns(name: str, step: Step | TooFewPeriods) -> dict[str, float | None]:
    """A step with its interval, None where there is none."""
    if not step:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"))
    interval = step.confidence_interval
    return {name: step.value, f"{name}_low": interval.low, f"{name}_high": interval.high}


def _row(label: str, step: Step) -> Row:
    """A step as a row of a picture."""
    low, high = step.confidence_interval.low, step.confidence_interval.high
    note = f"p {with_sign(step.pvalue)}"
    return Row(label=label, value=step.value, low=low, high=high, note=note, stands_out=True, colour=SECOND)


def effect_of(
    data: Tallyable,
    at: dt.date,
    *,
    by: str | Sequence[str] = (),
    every: Every | None = None,
    days: int | None = None,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
    pairing: Pairing = "independent",
    design: Design | None = None,
) -> ActivityEffect:
    """What changed with an activity: the score before and after a date. Needs the extra ``stats``.

    Args:
        data: A survey with times, a tally with periods, or anything else with their ``tally()``.
        at: The first day after the activity, in the calendar of the data; of a survey also a datetime. A period of a
            tally must begin on that day.
        by: The names of segments, the coarsest first, to split the change by: into other shares and other scores.
        every: The periods by which to look for a trend under way: weeks, or those of a tally that has longer ones.
        days: So many days on each side count; all if not given.
        confidence_level: Between 0 and 1.
        method: ``"score"``, ``"wald"`` or ``"adjusted-wald"``.
        pairing: As of :func:`compare`; of each respondent the latest answer on each side counts, if they are paired.
        design: How the answers were sampled, as of :func:`compare`; the decomposition and the trend do not use it.

    Raises:
        InvalidInputError: If there are no times, or an option is not what it must be.
        NoAnswersError: If there is no answer with a score on one of the sides.
        MissingDependencyError: If SciPy is not installed.

    Warns:
        AlreadyMovingWarning: If the score had been rising or falling before the date.
        NotIndependentWarning: If the same respondents answered before and after.

    Example:
        >>> import datetime as dt
        >>> import nps_core as nc
        >>> weeks = [dt.date(2026, 1, 5) + dt.timedelta(weeks=week) for week in range(8)]
        >>> rows = [(day, score, 10) for day in weeks for score in (9, 9 if day.month == 2 else 7, 3)]
        >>> effect = nc.effect_of(nc.Tally.from_cells(rows, every="week"), dt.date(2026, 2, 2))
        >>> print(effect)
        Since 2026-02-02: +33.3 points (95 % interval +10.5 to +54.6, p = 0.004)
        <BLANKLINE>
                 NPS  95 % interval    n
        --------------------------------
        before   0.0  -14.5 to 14.5  120
        after   33.3   15.7 to 48.9  120
        <BLANKLINE>
        Allowing for how weeks differ anyway: +33.3 (+5.6 to +61.1).
        By themselves the weeks show no change of level.
    """
    names = as_names(by)
    every = period_of(data, every, "week")
    before, after = _sides(data, at, names, days)
    if pairing != "independent" and isinstance(before, Survey) and isinstance(after, Survey):
        before, after = before.latest(), after.latest()
    difference = compare(
        before, after, confidence_level=confidence_level, method=method, pairing=pairing, design=design
    )
    parts = None
    if names:
        parts = decompose_change(before, after, by=names, confidence_level=confidence_level)
    earlier, later = (trend(side, every=every, confidence_level=confidence_level) for side in (before, after))
    slope = earlier.slope
    moving = bool(slope and slope.pvalue <= 1 - confidence_level)
    if slope and moving:
        warnings.warn(
            f"the score must have been level before {at} for the difference to be the activity's, got a slope of "
            f"{_slope_in_words(slope, every)}; see beyond_trend",
            AlreadyMovingWarning,
            stacklevel=2,
        )
    return ActivityEffect(
        at=at,
        difference=attrs.evolve(difference, names=("before", "after")),
        by=names,
        decomposition=parts,
        every=every,
        trend_before=slope,
        already_moving=moving,
        beyond_wobble=_step(earlier, later, confidence_level, beside_trend=False),
        beyond_trend=_step(earlier, later, confidence_level, beside_trend=True),
        change_points=trend(data, every=every, confidence_level=confidence_level).change_points,
        undated=_undated(data),
    )


def _sides(
    data: object, at: dt.date, names: tuple[str, ...], days: int | None
) -> tuple[Survey | Tally, Survey | Tally]:
    """The answers before and after, of which both sides must have some."""
    if not isinstance(at, dt.date) or is_missing(at):  # as pandas.NaT is, a datetime
        raise InvalidInputError(f"at must be a date or a datetime, such as datetime.date(2026, 1, 31), got {at!r}")
    reach = None if days is None else as_whole(days)
    if days is not None and (reach is None or not 1 <= reach <= _LONGEST):
        raise InvalidInputError(f"days must be a whole number from 1 to {_LONGEST:,}, or None, got {days!r}")
    whole = data if isinstance(data, (Survey, Tally)) else tally_of(data, by=names, every="day")
    if isinstance(whole, Survey):
        whole._times()
        to_moment(at, "at", whole.time_zone)
    else:
        whole._periods("at")
        whole._first_day(at, "at")
    before = whole.where(since=_moved(at, -reach if reach else None), until=at)
    after = whole.where(since=at, until=_moved(at, reach))
    for word, side in (("before", before), ("after", after)):
        if not np.sum(side.n):
            raise NoAnswersError(f"there must be answers with a score on both sides of {at}, got none {word}")
        weights = side.tally().category_weights if isinstance(side, Survey) else side.category_weights
        if weights is not None and not weights[0].any():
            raise NoAnswersError(f"some answers on each side of {at} must have a weight above 0, got none {word}")
    return before, after


def _moved(at: dt.date, days: int | None) -> dt.date | None:
    """A moment so many days later, None for one beyond the calendar."""
    if days is None:
        return None
    try:
        return at + dt.timedelta(days=days)
    except OverflowError:
        return None


def _undated(data: object) -> int:
    """How many answers are on no side, because nobody knows when they were given."""
    tally = tally_of(data, every=data.every if isinstance(data, Tally) else "day")
    rows = np.isnat(np.asarray(tally.starts, "datetime64[D]"))
    return int((tally.n + tally.missing + tally.invalid)[rows].sum())


def _step(before: Trend, after: Trend, confidence_level: float, *, beside_trend: bool) -> Step | TooFewPeriods:
    """The step at the date, through the periods of both sides, alone or beside a straight line."""
    sides = [Series.of(side._scores) for side in (before, after)]
    values, variances = (
        np.concatenate(parts)
        for parts in zip(*((side.values[0], series.own_variances(*side.triple)[0]) for side in sides), strict=True)
    )
    known = np.count_nonzero(~np.isnan(values))
    is_after = np.arange(len(values)) >= len(before)
    days = np.array([*before._starts, *after._starts], "datetime64[D]").astype(np.float64)
    line = [days - days.mean()] if beside_trend else []
    columns = np.column_stack([is_after, np.ones(len(values)), *line])
    needed = columns.shape[1] + 1
    if known < needed:
        return TooFewPeriods(needed=needed, got=int(known))
    found = series.regress(values, variances, columns)
    return Step._of(
        float(found.coefficients[0]), float(found.standard_errors[0]), int(found.degrees_of_freedom), confidence_level
    )


def _slope_in_words(slope: Slope, every: Every) -> str:
    return f"{_rate(slope.value)} points per {every} (p {with_sign(slope.pvalue)})"


def _rate(value: float) -> str:
    """A slope with two digits that say something: per week it may be small."""
    return numbers.signed(value, max(2, 1 - math.floor(math.log10(abs(value)))) if value else 2)


def _in_words(effect: Effect | Step) -> str:
    """A value with its interval."""
    interval = effect.confidence_interval
    return f"{numbers.signed(effect.value)} ({numbers.signed_span(interval.low, interval.high)})"
