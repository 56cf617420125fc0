"""Scores of many small groups, each drawn towards the mean of all as far as its own answers are few."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from nps_core.errors import InvalidInputError
from nps_core.stats.intervals import Floats, Interval, estimate
from nps_core.stats.normal import quantile
from nps_core.stats.roots import find_roots

FEWEST: Final = 4
"""Fewer groups do not tell how groups differ."""

_PRIOR_ANSWERS: Final = 3.0

_SMALLEST: Final = 1e-300
"""Instead of a variance of 0, where everybody in every group agrees."""


def group_variances(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike) -> Floats:
    """The variance of each group's score, from its counts and three answers spread as those of all groups together.

    The plug-in variance of a small group is 0 too often to be divided by.

    Args:
        promoters: Counts, shape (k,), fractions allowed.
        passives: Counts, shape (k,).
        detractors: Counts, shape (k,).

    Returns:
        Variances, shape (k,), NaN for groups without an answer.
    """
    counts = np.array([promoters, passives, detractors], np.float64)
    n = counts.sum(axis=0)
    pooled = counts.sum(axis=1, keepdims=True) / counts.sum()
    _, v = estimate(*(counts + _PRIOR_ANSWERS * pooled))
    return np.asarray(v / np.where(n > 0, n, np.nan))


def between_variance(values: ArrayLike, variances: ArrayLike) -> float:
    """The variance of the true scores between groups, by the method of Paule and Mandel.

    It is the tau^2 for which sum (d_k - mean)^2 / (s2_k + tau^2) is k - 1, the number that chance would give (Paule and
    Mandel 1982, Journal of Research of the NBS 87:377-385); 0 where the groups differ less than chance would make them.

    Args:
        values: The score of each group, shape (k,).
        variances: The variance s2 of each, above 0, shape (k,).
    """
    d, s2 = np.asarray(values, np.float64), np.asarray(variances, np.float64)

    def excess(tau2: Floats) -> Floats:
        weights = 1 / np.maximum(s2 + tau2, _SMALLEST)
        mean = (weights * d).sum() / weights.sum()
        return np.asarray((weights * np.square(d - mean)).sum() - (len(d) - 1))

    return float(find_roots(excess, 0.0, 4.0, ()))


def empirical_bayes(values: ArrayLike, variances: ArrayLike, confidence_level: float = 0.95) -> tuple[Floats, Interval]:
    """Shrunken scores of k groups, with Morris' intervals, which allow for the mean and the spread being estimated.

    (Morris 1983, JASA 78:47-55, for unequal variances.)

    Args:
        values: The score of each group, shape (k,), at least four.
        variances: The variance of each, above 0, shape (k,).
        confidence_level: Between 0 and 1.

    Returns:
        Shrunken scores, and lower and upper limits between -1 and 1, each of shape (k,).

    Raises:
        InvalidInputError: If there are fewer than four groups.
    """
    d, s2, z = np.asarray(values, np.float64), np.asarray(variances, np.float64), quantile(confidence_level)
    k = len(d)
    if k < FEWEST:
        raise InvalidInputError(f"shrinkage needs at least {FEWEST} groups, got {k}")
    tau2 = between_variance(d, s2)
    weights = 1 / np.maximum(s2 + tau2, _SMALLEST)
    shares = weights / weights.sum()
    mean = (shares * d).sum()
    typical = (shares * s2).sum()
    pull = (k - 3) / (k - 1) * s2 * weights
    shrunken = d + pull * (mean - d)
    uncertain_pull = 2 / (k - 3) * np.square(pull) * (typical + tau2) * weights
    spread = s2 * (1 - (1 - shares) * pull) + uncertain_pull * np.square(d - mean)
    margin = z * np.sqrt(spread)
    return shrunken, (np.maximum(shrunken - margin, -1.0), np.minimum(shrunken + margin, 1.0))
