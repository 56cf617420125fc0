"""From counts to numbers, for all groups of a tally at once: what every analysis begins with."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Self

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.designs import Design, DomainEstimates, Domains, Sample
from nps_core.counting.calendar import Every
from nps_core.errors import InvalidInputError, listed, must_be_one_of
from nps_core.model.gathering import number_groups
from nps_core.model.immutable import Immutable, content, freeze, freeze_optional
from nps_core.model.scale import Scale
from nps_core.model.survey import Survey
from nps_core.model.tally import Tally, Tallyable, as_names
from nps_core.stats.designs import design_effect, kish_size
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod, mover_interval, mover_pvalue
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
from nps_core.stats.normal import Alternative, check_confidence_level, quantile
from nps_core.stats.student import Freedom, stretched

POINTS: Final = 100.0
"""Shares times this are points."""

_CENSUS: Final = 1e15
"""Where everybody was asked, chance has no part in the score, and the answers count as so many."""


@attrs.frozen(kw_only=True)
class GroupCounts(Immutable):
    """The counts of k groups.

    Attributes:
        scale: The scale of the question.
        categories: Detractors, passives, promoters, shape (k, 3).
        missing: Answers not given, shape (k,).
        invalid: Answers that are not scores, shape (k,).
        weights: Sums of the weights and of their squares per category, shape (2, k, 3), None without weights.
        sample_size: How many answers, with a score or without, the groups are a part of.
        domains: The groups within the sample that a design describes, None without a design.
    """

    scale: Scale
    categories: NDArray[np.int64] = attrs.field(converter=freeze, eq=content)
    missing: NDArray[np.int64] = attrs.field(converter=freeze, eq=content)
    invalid: NDArray[np.int64] = attrs.field(converter=freeze, eq=content)
    weights: NDArray[np.float64] | None = attrs.field(converter=freeze_optional, eq=content)
    sample_size: int
    domains: Domains | None = attrs.field(default=None, eq=False, repr=False)

    @classmethod
    def of(cls, tally: Tally, domains: Domains | None = None) -> Self:
        """The counts of a tally's groups."""
        return cls(
            scale=tally.scale,
            categories=tally.category_counts,
            missing=tally.missing,
            invalid=tally.invalid,
            weights=tally.category_weights,
            sample_size=int((tally.n + tally.missing + tally.invalid).sum()),
            domains=domains,
        )

    @property
    def n(self) -> NDArray[np.int64]:
        """Answers with a score, shape (k,)."""
        return np.asarray(self.categories.sum(axis=1))

    def rest(self) -> Self:
        """For each group, the counts of all the others together."""
        domains = None if self.domains is None else attrs.evolve(self.domains, others=True)
        return self._each(_all_others, domains)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """Some of the groups."""
        domains = None if self.domains is None else attrs.evolve(self.domains, codes=self.domains.codes[rows])
        return self._each(lambda array: array[rows], domains)

    def spread(self, rows: NDArray[np.intp], k: int) -> Self:
        """The same groups in the given rows of k; the other rows hold nothing."""

        def spread(array: NDArray[Any], nothing: int = 0) -> NDArray[Any]:
            target = np.full((k, *array.shape[1:]), nothing, array.dtype)
            target[rows] = array
            return target

        domains = self.domains
        if domains is not None:
            domains = attrs.evolve(domains, codes=spread(domains.codes, -1))
        return self._each(spread, domains)

    def without(self, rows: NDArray[np.bool_]) -> Self:
        """The same but for some groups, of which nothing is kept."""

        def without(array: NDArray[Any]) -> NDArray[Any]:
            kept = array.copy()
            kept[rows] = 0
            return kept

        return self._each(without, None)

    def _each(self, change: Callable[[NDArray[Any]], NDArray[Any]], domains: Domains | None) -> Self:
        """The same change to every array of groups."""
        return attrs.evolve(
            self,
            categories=change(self.categories),
            missing=change(self.missing),
            invalid=change(self.invalid),
            weights=None if self.weights is None else np.stack([change(part) for part in self.weights]),
            domains=domains,
        )


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
        return self._each(lambda array: _blank(array, rows), self.counts.without(rows))

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


@attrs.frozen(kw_only=True)
class Differences(Immutable):
    """Scores minus their references, k pairs, in points; NaN where one of the two has no answer.

    Attributes:
        scores: The scores.
        references: What each is compared with.
        values: The differences, shape (k,).
        standard_errors: Their standard errors, shape (k,).
        lows: Lower limits, shape (k,).
        highs: Upper limits, shape (k,).
        pvalues: p-values, shape (k,).
    """

    scores: Estimates
    references: Estimates
    values: Floats = attrs.field(converter=freeze, eq=content)
    standard_errors: Floats = attrs.field(converter=freeze, eq=content)
    lows: Floats = attrs.field(converter=freeze, eq=content)
    highs: Floats = attrs.field(converter=freeze, eq=content)
    pvalues: Floats = attrs.field(converter=freeze, eq=content)

    def without(self, rows: NDArray[np.bool_]) -> Self:
        """The same but for some pairs, of which nothing is kept."""
        if not rows.any():
            return self
        names = ("values", "standard_errors", "lows", "highs", "pvalues")
        arrays: dict[str, Any] = {name: _blank(getattr(self, name), rows) for name in names}
        return attrs.evolve(
            self,
            scores=self.scores.without(rows),
            references=self.references.without(rows),
            **arrays,
        )


def tally_of(data: object, what: str = "data", *, by: str | Sequence[str] = (), every: Every | None = None) -> Tally:
    """The tally of something that can be tallied, or an error that says what can."""
    if not isinstance(data, Tallyable) or isinstance(data, type):
        advice = "; a frame is counted by Tally.from_frame" if hasattr(data, "columns") else ""
        raise InvalidInputError(
            f"{what} must be a Survey, a Tally or an object with their tally(), got {type(data).__name__}{advice}"
        )
    tally: object = data.tally(by, every=every)
    names = as_names(by)
    if not isinstance(tally, Tally) or tally.by != names or tally.every != every:
        raise InvalidInputError(
            f"the tally() of {type(data).__name__} must give a Tally by {list(names)} and every {every}, got {tally!r}"
        )
    return tally


def as_tallyable(data: object) -> object:
    """The data as they are or, if they are scores, as a survey."""
    return data if isinstance(data, Tallyable) or hasattr(data, "columns") else Survey.from_scores(data)


def counted(
    data: object,
    what: str = "data",
    *,
    by: str | Sequence[str] = (),
    every: Every | None = None,
    design: Design | None = None,
) -> tuple[Tally, GroupCounts]:
    """The tally of something, and its counts; with a design, counted as finely as that needs."""
    if design is None:
        tally = tally_of(data, what, by=by, every=every)
        return tally, GroupCounts.of(tally)
    if not isinstance(design, Design):
        raise InvalidInputError(f"design must be a Design, got {type(design).__name__}")
    names = as_names(by)
    fine = tally_of(data, what, by=tuple(dict.fromkeys([*names, *design.names])), every=every)
    tally = fine.tally(names, every=every)
    if not tally.n.any():
        return tally, GroupCounts.of(tally)
    codes, table, _ = number_groups([fine._key(name) for name in names], fine.starts, len(fine))
    return tally, GroupCounts.of(tally, Domains(Sample.of(fine, design, codes), np.arange(len(table))))


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
        values=POINTS * (found.weights[:, 2] - found.weights[:, 0]) / total,
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
    n = np.where(counts.n > 0, counts.n, np.nan)
    lows, highs = interval(x, m, y, confidence_level, method=method, n_resamples=n_resamples, rng=rng)
    estimates = Estimates(
        counts=counts,
        confidence_level=confidence_level,
        method=method,
        effective=counts.categories.astype(np.float64),
        values=POINTS * (x - y) / n,
        standard_errors=POINTS * standard_error(x, m, y),
        lows=lows,
        highs=highs,
    )
    return _with_limits(estimates, lows, highs)


def _with_limits(estimates: Estimates, lows: Floats, highs: Floats) -> Estimates:
    """The estimates with their limits in points."""
    lows, highs = POINTS * lows, POINTS * highs
    if estimates.method in {"score", "wald"}:  # these hold the score; so they do after rounding
        lows, highs = np.fmin(lows, estimates.values), np.fmax(highs, estimates.values)
    return attrs.evolve(estimates, lows=lows, highs=highs)


def differences_of(
    scores: Estimates,
    references: Estimates,
    method: DifferenceMethod,
    *,
    covariances: Floats | None = None,
    correlations: Floats | None = None,
    alternative: Alternative = "two-sided",
) -> Differences:
    """The scores minus the references, pair by pair, with the interval and the p-value of each.

    Args:
        scores: The scores.
        references: What each is compared with.
        method: The interval of each score.
        covariances: Of the scores with their references, shape (k,); if not given, those of their design, or 0.
        correlations: The correlations for the interval, if they are not simply those of the covariances.
        alternative: What the p-values are of.
    """
    product = scores.standard_errors * references.standard_errors / POINTS**2
    if covariances is None:
        mine, other = scores.counts.domains, references.counts.domains
        covariances = np.zeros(len(product)) if mine is None or other is None else mine.covariances(other)
    if correlations is None:
        with np.errstate(divide="ignore", invalid="ignore"):
            correlations = np.where(covariances == 0, 0.0, np.clip(covariances / product, -1.0, 1.0))
    common: dict[str, Any] = {
        "method": method,
        "correlation": np.nan_to_num(correlations),
        "alternative": alternative,
        "freedoms": (scores.freedom, references.freedom),
    }
    first, second = scores.triple, references.triple
    lows, highs = mover_interval(first, second, scores.confidence_level, **common)
    variances = np.square(scores.standard_errors) + np.square(references.standard_errors)
    return Differences(
        scores=scores.without_sample(),
        references=references.without_sample(),
        values=_difference(scores, references),
        standard_errors=np.sqrt(np.maximum(variances - 2 * POINTS**2 * covariances, 0.0)),
        lows=POINTS * lows,
        highs=POINTS * highs,
        pvalues=mover_pvalue(first, second, **common),
    )


def _blank(array: Floats, rows: NDArray[np.bool_]) -> Floats:
    """The array with NaN in some rows."""
    return np.where(rows.reshape(-1, *[1] * (array.ndim - 1)), np.nan, array)


def _difference(scores: Estimates, references: Estimates) -> Floats:
    """The differences of the scores: of counts, rounded once, so that a tie is shown as what it is."""
    if scores.kish is not None or references.kish is not None:
        return scores.values - references.values
    (y1, _, x1), (y2, _, x2) = scores.effective.T, references.effective.T
    n1, n2 = scores.effective.sum(axis=1), references.effective.sum(axis=1)
    products = np.where((n1 > 0) & (n2 > 0), n1 * n2, np.nan)
    return np.asarray(POINTS * ((x1 - y1) * n2 - (x2 - y2) * n1) / products)


def _all_others(array: NDArray[Any]) -> NDArray[Any]:
    """For each row the sum of the rows before and after it: the total minus the row would cancel."""
    nothing = np.zeros_like(array[:1])
    before = np.concatenate([nothing, np.cumsum(array[:-1], axis=0)])
    after = np.concatenate([nothing, np.cumsum(array[:0:-1], axis=0)])[::-1]
    return np.asarray(before + after)


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
    return DomainEstimates(sums, variances, kish_size(sums, squares), None)


def _effective_sizes(counts: GroupCounts, found: DomainEstimates, v: Floats, method: Method) -> Floats:
    """How many independent, equally weighted answers would tell as much, shape (k,).

    So many answers have the score's variance V, estimated as in the n answers that the groups are part of:
    v / V n / (n - 1), which is n / deff for all of them. With weights alone they are not more than Kish's size; of a
    simple sample from N people they are n (N - 1) / (N - n). Where everybody agrees the variance tells nothing, and
    Kish's size stands in. The textbook interval takes the variance as it is.
    """
    n = counts.sample_size
    population = None if counts.domains is None else counts.domains.sample.population
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "wald":
            sizes = v / found.variances
        elif population is not None:
            return np.minimum(counts.n * np.float64(population - 1) / (population - n), _CENSUS)
        else:
            sizes = v / found.variances * (n / (n - 1) if n > 1 else 1.0)
            sizes = np.fmin(sizes, found.kish) if counts.domains is None else sizes
    return np.minimum(np.where((v > 0) & ~np.isnan(sizes), sizes, found.kish), _CENSUS)
