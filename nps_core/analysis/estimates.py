"""From counts to scores and intervals, for all groups of a tally at once."""

from collections.abc import Callable
from typing import Any, Final, Self

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.counts import GroupCounts
from nps_core.analysis.samples import DomainEstimates
from nps_core.errors import InvalidInputError, listed, must_be_one_of
from nps_core.model.immutable import Immutable, content, freeze, freeze_optional
from nps_core.stats.designs import design_effect, kish_size
from nps_core.stats.differences import DIFFERENCE_METHODS
from nps_core.stats.intervals import (
    CLOSED_FORMS,
    METHODS,
    N_RESAMPLES,
    Floats,
    Method,
    RngLike,
    estimate,
    interval,
    standard_error,
)
from nps_core.stats.normal import check_confidence_level, quantile
from nps_core.stats.student import Freedom, stretched

POINTS: Final = 100.0
"""Shares times this are points."""

TIE_DECIMALS: Final = 9
"""Weighted scores that differ by less, in points, differ by rounding only."""

CENSUS: Final = 1e15
"""Where everybody was asked, chance has no part in the score, and the answers count as so many."""


@attrs.frozen(kw_only=True)
class Estimates(Immutable):
    """The scores of k groups, in points; NaN where a group has no answer.

    Attributes:
        counts: What they are computed from.
        confidence_level: The level of the intervals.
        method: How the intervals were computed.
        effective: The counts behind the intervals, shape (k, 3): the counts themselves or, with weights, the weighted
            shares of the effective sample size.
        values: The scores, shape (k,).
        standard_errors: Their standard errors, shape (k,).
        lows: Lower limits, shape (k,).
        highs: Upper limits, shape (k,).
        kish: Kish's effective sample sizes, shape (k,), None without weights and design.
        design_effects: The design effects, shape (k,), None without weights and design.
        degrees_of_freedom: Of the standard errors, shape (k,), None without a design.
    """

    counts: GroupCounts
    confidence_level: float
    method: Method
    effective: Floats = attrs.field(converter=freeze, eq=content)
    values: Floats = attrs.field(converter=freeze, eq=content)
    standard_errors: Floats = attrs.field(converter=freeze, eq=content)
    kish: Floats | None = attrs.field(default=None, converter=freeze_optional, eq=content)
    design_effects: Floats | None = attrs.field(default=None, converter=freeze_optional, eq=content)
    degrees_of_freedom: Floats | None = attrs.field(default=None, converter=freeze_optional, eq=content)
    lows: Floats = attrs.field(converter=freeze, eq=content)
    highs: Floats = attrs.field(converter=freeze, eq=content)

    @property
    def freedom(self) -> Freedom | None:
        """Degrees of freedom, and the n that the formula of the interval allows for; None where they go together."""
        df, n = self.degrees_of_freedom, self.counts.n
        if df is None or (self.method != "wald" and (df == n - 1).all()):
            return None
        return df, np.inf if self.method == "wald" else n

    @property
    def triple(self) -> tuple[Floats, Floats, Floats]:
        """Effective promoters, passives, detractors, as the formulas take them."""
        y, m, x = self.effective.T
        return x, m, y

    def take(self, rows: NDArray[np.intp]) -> Self:
        """Some of the groups."""
        return self._each(lambda array: array[rows], self.counts.take(rows))

    def without(self, rows: NDArray[np.bool_]) -> Self:
        """The same but for some groups, of which nothing is kept."""
        return self._each(lambda array: blank(array, rows), self.counts.without(rows))

    def _each(self, change: Callable[[Floats], Floats], counts: GroupCounts) -> Self:
        """The same change to every array of numbers, and other counts."""
        names = ("effective", "values", "standard_errors", "lows", "highs")
        optional = ("kish", "design_effects", "degrees_of_freedom")
        arrays: dict[str, Any] = {name: change(getattr(self, name)) for name in names}
        arrays |= {name: change(getattr(self, name)) for name in optional if getattr(self, name) is not None}
        return attrs.evolve(self, counts=counts, **arrays)

    def without_sample(self) -> Self:
        """The same numbers, without the sample that they come from: what a result keeps."""
        return attrs.evolve(self, counts=attrs.evolve(self.counts, domains=None))


@np.errstate(under="ignore")  # of weights far apart the light ones vanish, as they should
def estimates_of(
    counts: GroupCounts,
    *,
    confidence_level: float,
    method: Method,
    n_resamples: int = N_RESAMPLES,
    rng: RngLike = None,
) -> Estimates:
    """The scores of all groups, with their intervals."""
    must_be_one_of("method", method, METHODS)
    level = check_confidence_level(confidence_level)
    if counts.weights is None and counts.domains is None:
        return _plain_estimates(counts, level, method, n_resamples, rng)
    if method not in DIFFERENCE_METHODS:
        raise InvalidInputError(
            f"with weights or a design, method must be one of {listed(DIFFERENCE_METHODS)}, got {method!r}"
        )
    found = _weighted(counts) if counts.domains is None else counts.domains.estimates()
    total = np.where(found.weights.sum(axis=1) > 0, found.weights.sum(axis=1), np.nan)
    shares = found.weights / total[:, None]
    y, m, x = shares.T
    v = estimate(x, m, y)[1]
    effects = design_effect(found.variances, v, np.where(counts.n > 0, counts.n, np.nan))
    estimates = Estimates(
        counts=counts,
        confidence_level=level,
        method=method,
        effective=shares * _effective_sizes(counts, found, v, method)[:, None],
        values=np.clip(POINTS * (found.weights[:, 2] - found.weights[:, 0]) / total, -POINTS, POINTS),
        standard_errors=POINTS * np.sqrt(np.maximum(found.variances, 0.0)),
        kish=found.kish,
        design_effects=effects,
        degrees_of_freedom=found.degrees_of_freedom,
        lows=y,
        highs=x,
    )
    z = stretched(quantile(level), estimates.freedom)
    lows, highs = CLOSED_FORMS[method](*estimates.triple, z)
    if found.degrees_of_freedom is not None:  # with none left, nothing is ruled out
        nothing = (found.degrees_of_freedom <= 0) & ~np.isnan(v)
        lows, highs = np.where(nothing, -1.0, lows), np.where(nothing, 1.0, highs)
    return _with_limits(estimates, lows, highs)


def _plain_estimates(
    counts: GroupCounts, confidence_level: float, method: Method, n_resamples: int, rng: RngLike
) -> Estimates:
    """Scores of answers that all count the same and are independent."""
    y, m, x = counts.categories.T
    values, errors, lows, highs = in_points(x, m, y, confidence_level, method=method, n_resamples=n_resamples, rng=rng)
    return Estimates(
        counts=counts,
        confidence_level=confidence_level,
        method=method,
        effective=counts.categories.astype(np.float64),
        values=values,
        standard_errors=errors,
        lows=lows,
        highs=highs,
    )


def in_points(
    x: Any,
    m: Any,
    y: Any,
    confidence_level: float,
    *,
    method: Method,
    n_resamples: int = N_RESAMPLES,
    rng: RngLike = None,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Values, standard errors, lower and upper limits of whole numbers of promoters, passives and detractors.

    One formula for one group (plain numbers, at least one answer) and for many (arrays): so the digits are the same.
    """
    lows, highs = interval(x, m, y, confidence_level, method=method, n_resamples=n_resamples, rng=rng)
    with np.errstate(invalid="ignore"):
        values = POINTS * (x - y) / (x + m + y)
    return values, POINTS * standard_error(x, m, y), *_holding(values, POINTS * lows, POINTS * highs, method)


def _with_limits(estimates: Estimates, lows: Floats, highs: Floats) -> Estimates:
    """The estimates with their limits in points."""
    lows, highs = _holding(estimates.values, POINTS * lows, POINTS * highs, estimates.method)
    return attrs.evolve(estimates, lows=lows, highs=highs)


def _holding(values: Floats, lows: Floats, highs: Floats, method: Method) -> tuple[Floats, Floats]:
    """Limits that hold the value after rounding, too, where the method's do."""
    if method not in {"score", "wald"}:
        return lows, highs
    return np.fmin(lows, values), np.fmax(highs, values)


def blank(array: Floats, rows: NDArray[np.bool_]) -> Floats:
    """The array with NaN in some rows."""
    return np.where(rows.reshape(-1, *[1] * (array.ndim - 1)), np.nan, array)


def _weighted(counts: GroupCounts) -> DomainEstimates:
    """What weighted answers say that are independent, as R's ``survey`` linearises them.

    With W the sum of a group's weights, s_k the coding of category k, W2_k its sum of squared weights and n the size of
    the whole sample, the variance is n / (n - 1) sum_k (s_k - d)^2 W2_k / W^2.
    """
    sums, squares = np.asarray(counts.weights, np.float64)
    total = np.where(sums.sum(axis=1) > 0, sums.sum(axis=1), np.nan)
    low, middle, high = (sums / total[:, None]).T
    away = np.stack([-(middle + 2 * high), low - high, middle + 2 * low], axis=1)  # s_k - d, without cancellation
    n = counts.sample_size
    correction = n / (n - 1) if n > 1 else 1.0
    variances = correction * (np.square(away / total[:, None]) * squares).sum(axis=1)
    return DomainEstimates(sums, variances, kish_size(sums, squares), None, None)


def _effective_sizes(counts: GroupCounts, found: DomainEstimates, v: Floats, method: Method) -> Floats:
    """How many independent, equally weighted answers would tell as much, shape (k,).

    So many answers have the score's variance V, estimated as in the n answers that the groups are part of:
    v / V n / (n - 1), which is n / deff for all of them; of a simple sample from N people n (N - 1) / (N - n). They are
    not more than Kish's size, but for what strata and finite populations can take out of the variance of an answer: a
    variance that is small by chance, as of two clusters that happen to agree, must not make the score look sure. The
    textbook interval takes the variance as it is.
    """
    n = counts.sample_size
    population = None if counts.domains is None else counts.domains.sample.population
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "wald":
            sizes = v / found.variances
            return np.minimum(np.where((v > 0) & ~np.isnan(sizes), sizes, found.kish), CENSUS)
        if population is not None:
            return np.minimum(counts.n * np.float64(population - 1) / (population - n), CENSUS)
        sizes = v / found.variances * (n / (n - 1) if n > 1 else 1.0)
        most = found.kish
        if found.is_census:
            most = np.where(v > 0, np.inf, most)
        elif found.within is not None:  # nothing within the strata is as little evidence as nothing in all
            most = most * np.where(found.within > 0, v / found.within, 1.0)
    return np.minimum(np.fmin(np.where(v > 0, sizes, np.inf), most), CENSUS)
