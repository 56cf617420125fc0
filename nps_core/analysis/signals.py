"""What a series of scores says beyond its points: where it is going, what is unusual in it, and when it changed."""

import datetime as dt
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, Self

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.estimates import POINTS, Estimates
from nps_core.analysis.scoring import ConfidenceInterval
from nps_core.display import numbers
from nps_core.stats import series
from nps_core.stats.intervals import Floats
from nps_core.stats.normal import quantile
from nps_core.stats.student import t_pvalue, t_reach


@attrs.frozen(kw_only=True)
class TooFewPeriods:
    """Stands where an answer would, had there been more periods with answers. It counts as false.

    Attributes:
        needed: How many periods with answers it takes.
        got: How many there are.

    Example:
        >>> import nps_core as nc
        >>> too_few = nc.TooFewPeriods(needed=3, got=2)
        >>> bool(too_few), str(too_few)
        (False, 'it takes 3 periods with answers, and there are 2')
    """

    needed: int
    got: int

    def __bool__(self) -> Literal[False]:
        """False: ``if trend.slope:`` asks whether there is one."""
        return False

    def __str__(self) -> str:
        return f"it takes {self.needed} periods with answers, and there are {self.got}"


@attrs.frozen(kw_only=True)
class _Coefficient:
    """What a regression of periods says of one of its columns, in points."""

    value: float
    confidence_interval: ConfidenceInterval
    standard_error: float
    pvalue: float
    degrees_of_freedom: int

    @classmethod
    def _of(cls, value: float, standard_error: float, degrees_of_freedom: int, confidence_level: float) -> Self:
        """The value with the interval and the p-value that Student's t gives it; from shares to points."""
        value, standard_error = POINTS * value, POINTS * standard_error
        margin = float(t_reach(confidence_level, degrees_of_freedom)) * standard_error
        return cls(
            value=value,
            confidence_interval=ConfidenceInterval(value - margin, value + margin, confidence_level),
            standard_error=standard_error,
            pvalue=float(t_pvalue(value / standard_error, degrees_of_freedom)),
            degrees_of_freedom=degrees_of_freedom,
        )


@attrs.frozen(kw_only=True)
class Slope(_Coefficient):
    """How much the score rises per period, along a straight line.

    Attributes:
        value: Points per period; negative if the score falls.
        confidence_interval: The interval around it.
        standard_error: Its standard error.
        pvalue: The p-value of "it neither rises nor falls".
        degrees_of_freedom: Of Student's t: the periods with answers minus 2.
    """


@attrs.frozen(kw_only=True)
class Step(_Coefficient):
    """By how much the score was higher from a date on: than before, or than a straight line would have it.

    Attributes:
        value: Points; negative if it was lower.
        confidence_interval: The interval around it.
        standard_error: Its standard error.
        pvalue: The p-value of "there was no step".
        degrees_of_freedom: Of Student's t: the periods with answers minus 2, beside a straight line minus 3.
    """


@attrs.frozen(kw_only=True)
class Limits:
    """What a period may show without being unusual: three standard deviations, allowing for natural wobble.

    Attributes:
        mean: The mean of all periods.
        wobble: By how much periods differ beyond sampling error, as a standard deviation in points.
        lows: The lower limit of each period, None where it has no answer.
        highs: The upper limits.
        unusual: The names of the periods outside their limits.
    """

    mean: float
    wobble: float
    lows: tuple[float | None, ...]
    highs: tuple[float | None, ...]
    unusual: tuple[str, ...]

    def __str__(self) -> str:
        told = f"unusual: {', '.join(self.unusual)}" if self.unusual else "no period is unusual"
        return f"{told} (mean {numbers.decimal(self.mean)}, natural wobble {numbers.decimal(self.wobble)})"


@attrs.frozen(kw_only=True)
class EarlyWarning:
    """An exponentially weighted moving average: it sees a small change that lasts before a single period shows it.

    It begins anew with the current level, and looks for what may become the next change of level. ``if
    trend.early_warning:`` asks whether there is one now.

    Attributes:
        mean: The mean of the periods of the current level, about which the limits lie.
        values: The average after each period, None where that has no answer, or is before the current level.
        lows: The lower limit of each average.
        highs: The upper limits.
        outside: The names of the periods after which it was outside its limits.
        since: The name of the period since which it has been outside until now, None if it is not.
    """

    mean: float
    values: tuple[float | None, ...]
    lows: tuple[float | None, ...]
    highs: tuple[float | None, ...]
    outside: tuple[str, ...]
    since: str | None

    def __bool__(self) -> bool:
        """Whether the average is outside its limits now."""
        return self.since is not None

    def __str__(self) -> str:
        if self.since is None:
            return "no early warning: the moving average is within its limits"
        return f"early warning: the moving average has been outside its limits since {self.since}"


@attrs.frozen(kw_only=True)
class Level:
    """Periods in a row between which nothing changed but by chance and wobble.

    Attributes:
        first: The name of its first period.
        last: The name of its last one.
        start: The first day.
        periods: How many of its periods have answers.
        n: How many answers with a score they have.
        value: The level: the mean of the periods, weighted by how well each is known.
        confidence_interval: The band around it; it allows for wobble.
    """

    first: str
    last: str
    start: dt.date
    periods: int
    n: int
    value: float
    confidence_interval: ConfidenceInterval


@attrs.frozen(kw_only=True)
class ChangePoint:
    """A change of level.

    Attributes:
        label: The name of the first period after it.
        start: The first day of that period.
        before: The level before.
        after: The level after.
    """

    label: str
    start: dt.date
    before: Level
    after: Level

    @property
    def change(self) -> float:
        """By how much the level changed, in points."""
        return self.after.value - self.before.value

    @property
    def confidence_interval(self) -> ConfidenceInterval:
        """The interval around the change, from those of the two levels: as if the date had been known beforehand."""
        before, after = self.before.confidence_interval, self.after.confidence_interval
        margin = math.hypot(before.high - before.low, after.high - after.low) / 2
        return ConfidenceInterval(self.change - margin, self.change + margin, after.confidence_level)


@attrs.frozen(kw_only=True, eq=False)
class Series:
    """The scores of k series of T periods each, as the formulas take them: shares, NaN where there is no answer.

    Attributes:
        values: Scores, shape (k, T).
        triple: Effective promoters, passives and detractors, each of shape (k, T).
    """

    values: Floats
    triple: tuple[Floats, Floats, Floats]

    @classmethod
    def of(cls, scores: Estimates, k: int = 1) -> Self:
        """The series of estimates that stand one series after another."""
        values = (scores.values / POINTS).reshape(k, -1)
        x, m, y = (np.where(np.isnan(values), 0.0, part.reshape(k, -1)) for part in scores.triple)
        return cls(values=values, triple=(x, m, y))

    def slopes(self, confidence_level: float) -> list[Slope | TooFewPeriods]:
        """The slope of each series."""
        line = series.straight_line(self.values.shape[1])
        found = series.regress(self.values, series.own_variances(*self.triple), line)
        rows = zip(found.coefficients[:, 1], found.standard_errors[:, 1], found.degrees_of_freedom, strict=True)
        return [
            Slope._of(float(value), float(error), int(df), confidence_level)
            if df > 0
            else TooFewPeriods(needed=series.FEWEST_FOR_SLOPE, got=int(df) + 2)
            for value, error, df in rows
        ]


@attrs.frozen(kw_only=True, eq=False)
class OneSeries:
    """One series with the names and the first days of its periods, and what can be asked of it.

    Attributes:
        labels: The names of the T periods.
        starts: Their first days.
        n: Answers with a score in each, shape (T,).
        values: Scores as shares, shape (T,), NaN where there is no answer.
        variances: Their sampling variances, if all periods had the same distribution, shape (T,).
    """

    labels: Sequence[str]
    starts: Sequence[dt.date]
    n: NDArray[np.int64]
    values: Floats
    variances: Floats

    @classmethod
    def of(cls, scores: Estimates, labels: Sequence[str], starts: Sequence[dt.date]) -> Self:
        """The series that estimates, one per period, make."""
        found = Series.of(scores)
        return cls(
            labels=labels,
            starts=starts,
            n=scores.counts.n,
            values=found.values[0],
            variances=series.common_variances(*found.triple)[0],
        )

    def _too_few(self, needed: int) -> TooFewPeriods | None:
        got = int(np.count_nonzero(~np.isnan(self.values)))
        return TooFewPeriods(needed=needed, got=got) if got < needed else None

    def limits(self) -> Limits | TooFewPeriods:
        """The limits of what is usual."""
        if (too_few := self._too_few(series.FEWEST_FOR_LIMITS)) is not None:
            return too_few
        mean, margins, wobble = series.natural_limits(self.values, self.variances)
        return Limits(
            mean=POINTS * float(mean),
            wobble=POINTS * float(np.sqrt(wobble)),
            lows=_points(np.maximum(mean - margins, -1.0)),
            highs=_points(np.minimum(mean + margins, 1.0)),
            unusual=self._named(np.abs(self.values - mean) > margins),
        )

    def early_warning(self) -> EarlyWarning | TooFewPeriods:
        """The moving average."""
        if (too_few := self._too_few(series.FEWEST_FOR_LEVELS)) is not None:
            return too_few
        rows = np.flatnonzero(~np.isnan(self.values))
        firsts, spread = series.levels(self.values[rows], self.variances[rows])
        rows = rows[firsts[-1] :]
        found = series.moving_average(self.values[rows], spread[firsts[-1] :])
        values, margins = np.full((2, len(self.values)), np.nan)
        values[rows], margins[rows] = found.values, found.margins
        is_outside = np.abs(found.values - found.centre) > found.margins
        since = int(np.flatnonzero([True, *~is_outside])[-1])  # how many periods there are up to the last inside
        return EarlyWarning(
            mean=POINTS * found.centre,
            values=_points(values),
            lows=_points(np.maximum(found.centre - margins, -1.0)),
            highs=_points(np.minimum(found.centre + margins, 1.0)),
            outside=self._named(np.abs(values - found.centre) > margins),
            since=self.labels[int(rows[since])] if since < len(rows) else None,
        )

    def levels(self, confidence_level: float) -> tuple[Level, ...] | TooFewPeriods:
        """The levels, one after the other."""
        if (too_few := self._too_few(series.FEWEST_FOR_LEVELS)) is not None:
            return too_few
        rows = np.flatnonzero(~np.isnan(self.values))
        firsts, spread = series.levels(self.values[rows], self.variances[rows])
        return tuple(
            self._level(rows[first:end], spread[first:end], confidence_level)
            for first, end in zip(firsts, [*firsts[1:], len(rows)], strict=True)
        )

    def _level(self, rows: NDArray[np.intp], spread: Floats, level: float) -> Level:
        first, last = int(rows[0]), int(rows[-1])
        value = float(np.average(self.values[rows], weights=1 / spread))
        margin = quantile(level) * float((1 / spread).sum()) ** -0.5
        return Level(
            first=self.labels[first],
            last=self.labels[last],
            start=self.starts[first],
            periods=len(rows),
            n=int(self.n[rows].sum()),
            value=POINTS * value,
            confidence_interval=ConfidenceInterval(
                POINTS * max(value - margin, -1.0), POINTS * min(value + margin, 1.0), level
            ),
        )

    def _named(self, which: NDArray[np.bool_]) -> tuple[str, ...]:
        return tuple(self.labels[row] for row in np.flatnonzero(which).tolist())


def change_points(levels: Sequence[Level]) -> tuple[ChangePoint, ...]:
    """The changes between levels."""
    return tuple(
        ChangePoint(label=after.first, start=after.start, before=before, after=after)
        for before, after in pairwise(levels)
    )


def _points(shares: Floats) -> tuple[float | None, ...]:
    """Shares in points, None for NaN."""
    return tuple(None if np.isnan(share) else POINTS * share for share in shares.tolist())
