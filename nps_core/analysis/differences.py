"""From scores to differences, for all pairs at once."""

from collections.abc import Callable
from typing import Any, Self

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.estimates import POINTS, Estimates, blank
from nps_core.model.immutable import Immutable, content, freeze
from nps_core.stats.differences import DifferenceMethod, mover_interval, mover_pvalue
from nps_core.stats.intervals import (
    Floats,
)
from nps_core.stats.normal import Alternative


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

    def take(self, rows: NDArray[np.intp]) -> Self:
        """Some of the pairs."""
        return self._each(lambda array: array[rows], lambda estimates: estimates.take(rows))

    def without(self, rows: NDArray[np.bool_]) -> Self:
        """The same but for some pairs, of which nothing is kept."""
        if not rows.any():
            return self
        return self._each(lambda array: blank(array, rows), lambda estimates: estimates.without(rows))

    def _each(self, change: Callable[[Floats], Floats], of_side: Callable[[Estimates], Estimates]) -> Self:
        """The same change to every array of numbers, and to both sides."""
        names = ("values", "standard_errors", "lows", "highs", "pvalues")
        arrays: dict[str, Any] = {name: change(getattr(self, name)) for name in names}
        return attrs.evolve(self, scores=of_side(self.scores), references=of_side(self.references), **arrays)


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


def _difference(scores: Estimates, references: Estimates) -> Floats:
    """The differences of the scores: of counts, rounded once, so that a tie is shown as what it is."""
    if scores.kish is not None or references.kish is not None:
        return scores.values - references.values
    (y1, _, x1), (y2, _, x2) = scores.effective.T, references.effective.T
    n1, n2 = scores.effective.sum(axis=1), references.effective.sum(axis=1)
    products = np.where((n1 > 0) & (n2 > 0), n1 * n2, np.nan)
    return np.asarray(POINTS * ((x1 - y1) * n2 - (x2 - y2) * n1) / products)
