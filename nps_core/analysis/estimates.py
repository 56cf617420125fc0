"""From counts to numbers, for all groups of a tally at once: what every analysis begins with."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Self

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.counting.calendar import Every
from nps_core.errors import InvalidInputError, listed
from nps_core.model.immutable import Immutable, content, freeze, freeze_optional
from nps_core.model.scale import Scale
from nps_core.model.survey import Survey
from nps_core.model.tally import Tally, Tallyable, as_names
from nps_core.stats.differences import (
    DIFFERENCE_METHODS,
    DifferenceMethod,
    mover_interval,
    mover_pvalue,
)
from nps_core.stats.intervals import N_RESAMPLES, Floats, Method, RngLike, estimate, interval, standard_error
from nps_core.stats.normal import check_confidence_level

POINTS: Final = 100.0
"""Shares times this are points."""


@attrs.frozen(kw_only=True)
class GroupCounts(Immutable):
    """The counts of k groups.

    Attributes:
        scale: The scale of the question.
        categories: Detractors, passives, promoters, shape (k, 3).
        missing: Answers not given, shape (k,).
        invalid: Answers that are not scores, shape (k,).
        weights: Sums of the weights and of their squares per category, shape (2, k, 3), None without weights.
    """

    scale: Scale
    categories: NDArray[np.int64] = attrs.field(converter=freeze, eq=content)
    missing: NDArray[np.int64] = attrs.field(converter=freeze, eq=content)
    invalid: NDArray[np.int64] = attrs.field(converter=freeze, eq=content)
    weights: NDArray[np.float64] | None = attrs.field(converter=freeze_optional, eq=content)

    @classmethod
    def of(cls, tally: Tally) -> Self:
        """The counts of a tally's groups."""
        return cls(
            scale=tally.scale,
            categories=tally.category_counts,
            missing=tally.missing,
            invalid=tally.invalid,
            weights=tally.category_weights,
        )

    @property
    def n(self) -> NDArray[np.int64]:
        """Answers with a score, shape (k,)."""
        return np.asarray(self.categories.sum(axis=1))

    def rest(self) -> Self:
        """For each group, the counts of all the others together."""
        return self._each(_all_others)

    def take(self, rows: NDArray[np.bool_]) -> Self:
        """Some of the groups."""
        return self._each(lambda array: array[rows])

    def spread(self, rows: NDArray[np.intp], k: int) -> Self:
        """The same groups in the given rows of k; the other rows hold nothing."""

        def spread(array: NDArray[Any]) -> NDArray[Any]:
            target = np.zeros((k, *array.shape[1:]), array.dtype)
            target[rows] = array
            return target

        return self._each(spread)

    def _each(self, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Self:
        """The same change to every array of groups."""
        return type(self)(
            scale=self.scale,
            categories=change(self.categories),
            missing=change(self.missing),
            invalid=change(self.invalid),
            weights=None if self.weights is None else np.stack([change(part) for part in self.weights]),
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
    """

    counts: GroupCounts
    confidence_level: float
    method: Method
    effective: Floats = attrs.field(converter=freeze, eq=content)
    values: Floats = attrs.field(converter=freeze, eq=content)
    standard_errors: Floats = attrs.field(converter=freeze, eq=content)
    lows: Floats = attrs.field(converter=freeze, eq=content)
    highs: Floats = attrs.field(converter=freeze, eq=content)


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
        pvalues: Two-sided p-values, shape (k,).
    """

    scores: Estimates
    references: Estimates
    values: Floats = attrs.field(converter=freeze, eq=content)
    standard_errors: Floats = attrs.field(converter=freeze, eq=content)
    lows: Floats = attrs.field(converter=freeze, eq=content)
    highs: Floats = attrs.field(converter=freeze, eq=content)
    pvalues: Floats = attrs.field(converter=freeze, eq=content)


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


def tally_of_scores(data: object, what: str = "data") -> Tally:
    """The same, in one group, also of the scores themselves."""
    if isinstance(data, Tallyable) or hasattr(data, "columns"):
        return tally_of(data, what)
    return Survey.from_scores(data).tally()


def estimates_of(
    counts: GroupCounts,
    *,
    confidence_level: float,
    method: Method,
    n_resamples: int = N_RESAMPLES,
    rng: RngLike = None,
) -> Estimates:
    """The scores of all groups, with their intervals."""
    y, m, x = counts.categories.T
    n = np.where(counts.n > 0, counts.n, np.nan)
    if counts.weights is None:
        effective = counts.categories.astype(np.float64)
        values, errors = POINTS * (x - y) / n, POINTS * standard_error(x, m, y)
    else:
        if method not in DIFFERENCE_METHODS:
            raise InvalidInputError(f"with weights, method must be one of {listed(DIFFERENCE_METHODS)}, got {method!r}")
        effective, values, errors = _weighted(n, *counts.weights, plug_in=method == "wald")
    lows, highs = interval(*_triple(effective), confidence_level, method=method, n_resamples=n_resamples, rng=rng)
    lows, highs = POINTS * lows, POINTS * highs
    if method in {"score", "wald"}:  # these hold the score; so they do after rounding
        lows, highs = np.fmin(lows, values), np.fmax(highs, values)
    return Estimates(
        counts=counts,
        confidence_level=check_confidence_level(confidence_level),
        method=method,
        effective=effective,
        values=values,
        standard_errors=errors,
        lows=lows,
        highs=highs,
    )


def differences_of(scores: Estimates, references: Estimates, method: DifferenceMethod) -> Differences:
    """The scores minus the references, pair by pair, with the interval and the p-value of each."""
    first, second = _triple(scores.effective), _triple(references.effective)
    lows, highs = mover_interval(first, second, scores.confidence_level, method=method)
    return Differences(
        scores=scores,
        references=references,
        values=_difference(scores, references),
        standard_errors=np.hypot(scores.standard_errors, references.standard_errors),
        lows=POINTS * lows,
        highs=POINTS * highs,
        pvalues=mover_pvalue(first, second, method=method),
    )


def _difference(scores: Estimates, references: Estimates) -> Floats:
    """The differences of the scores: of counts, rounded once, so that a tie is shown as what it is."""
    if scores.counts.weights is not None or references.counts.weights is not None:
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


def _triple(effective: Floats) -> tuple[Floats, Floats, Floats]:
    """Promoters, passives, detractors, as the formulas take them."""
    y, m, x = effective.T
    return x, m, y


def _weighted(n: Floats, sums: Floats, squares: Floats, *, plug_in: bool) -> tuple[Floats, Floats, Floats]:
    """Effective counts, values and standard errors of weighted groups, as R's ``survey`` linearises them.

    With W the sum of the weights, s_k the coding of category k and W2_k its sum of squared weights, the variance is
    n / (n - 1) sum_k (s_k - d)^2 W2_k / W^2. The effective sample size is what gives that variance, but not more than
    Kish's, (sum of w)^2 / sum of w^2 (Kish 1965, Survey Sampling); ``plug_in`` makes it reproduce the variance exactly.
    """
    total = np.where(sums.sum(axis=1) > 0, sums.sum(axis=1), np.nan)
    shares = sums / total[:, None]
    _, v = estimate(shares[:, 2], shares[:, 1], shares[:, 0])
    low, middle, high = sums.T
    deviations = np.stack([-(middle + 2 * high), low - high, middle + 2 * low], axis=1) / total[:, None]  # s_k - d
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = (np.square(deviations) * squares).sum(axis=1) / np.square(total)
        variance = np.where(n > 1, n / (n - 1), 1.0) * spread
        kish = np.square(total) / squares.sum(axis=1)
        size = v / variance if plug_in else np.fmin(v * n / (variance * (n - 1)), kish)
    size = np.where(np.isfinite(size), size, kish)
    values = POINTS * (sums[:, 2] - sums[:, 0]) / total  # d, with one rounding less
    return shares * size[:, None], values, POINTS * np.sqrt(variance)
