"""Differences between the scores of two independent groups, for any number of pairs at once.

Counts go in as arrays of one shape, as triples (promoters, passives, detractors); differences are first minus second,
as shares on the scale from -2 to 2.
"""

from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from nps_core.errors import must_be_one_of
from nps_core.stats.intervals import CLOSED_FORMS, Floats, Interval, estimate, standard_error
from nps_core.stats.normal import quantile, two_sided

DifferenceMethod: TypeAlias = Literal["score", "wald", "adjusted-wald"]
"""The intervals of one score from which an interval of a difference can be made."""

DIFFERENCE_METHODS: Final[tuple[DifferenceMethod, ...]] = get_args(DifferenceMethod)

Counts: TypeAlias = tuple[ArrayLike, ArrayLike, ArrayLike]

_FARTHEST: Final = 40.0
"""Beyond so many standard errors a p-value is 0 in double precision."""

_HALVINGS: Final = 60


def difference(first: Counts, second: Counts) -> Floats:
    """The difference of the two scores."""
    return estimate(*first)[0] - estimate(*second)[0]


def difference_standard_error(first: Counts, second: Counts) -> Floats:
    """The estimated standard error of the difference, sqrt(v1 / n1 + v2 / n2)."""
    return np.hypot(standard_error(*first), standard_error(*second))


def mover_interval(
    first: Counts, second: Counts, confidence_level: float = 0.95, *, method: DifferenceMethod = "score"
) -> Interval:
    """The interval of a difference by the method of variance estimates recovery.

    Each score's own limits tell how uncertain it is towards the side that matters (Zou and Donner 2008, Statistics in
    Medicine 27:1693-1702; for score limits Newcombe 1998, Statistics in Medicine 17:873-890). With ``method="wald"``
    it is the textbook interval exactly.

    Args:
        first: Counts of the first group of each pair, 0 or more, fractions allowed.
        second: Counts of the second group, of the same shape.
        confidence_level: Between 0 and 1.
        method: The interval of each score.

    Returns:
        Lower and upper limits between -2 and 2 (``"wald"`` is not cut off), NaN where a group has no answer.
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    return _mover(_arrays(first), _arrays(second), quantile(confidence_level), method)


def mover_pvalue(first: Counts, second: Counts, *, null: ArrayLike = 0.0, method: DifferenceMethod = "score") -> Floats:
    """The two-sided p-value of a difference: one minus the level at which the interval touches the null.

    The interval widens with the level, so the level is found by bisection.

    Args:
        first: Counts of the first group of each pair.
        second: Counts of the second group, of the same shape.
        null: The difference under the null hypothesis, between -2 and 2.
        method: The interval of each score.

    Returns:
        p-values between 0 and 1, NaN where a group has no answer.
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    one, two = _arrays(first), _arrays(second)
    value = np.asarray(null, np.float64)
    away = difference(one, two) - value
    inside, outside = np.full(away.shape, _FARTHEST), np.zeros(away.shape)
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        low, high = _mover(one, two, middle, method)
        covers = np.where(away >= 0, low <= value, high >= value)
        inside, outside = np.where(covers, middle, inside), np.where(covers, outside, middle)
    pvalue = two_sided(inside)
    pvalue = np.where(inside == _FARTHEST, 0.0, pvalue)
    return np.where(np.isnan(away), np.nan, np.where(away == 0, 1.0, pvalue))


def _mover(first: Counts, second: Counts, z: float | Floats, method: DifferenceMethod) -> Interval:
    (d1, _), (d2, _) = estimate(*first), estimate(*second)
    low1, high1 = CLOSED_FORMS[method](*first, z)
    low2, high2 = CLOSED_FORMS[method](*second, z)
    gap = d1 - d2
    # An adjusted interval at a low level may lie to one side of its score: then the way to the nearer limit is 0.
    low1, low2, high1, high2 = np.minimum(low1, d1), np.minimum(low2, d2), np.maximum(high1, d1), np.maximum(high2, d2)
    return gap - np.hypot(d1 - low1, high2 - d2), gap + np.hypot(high1 - d1, d2 - low2)


def _arrays(counts: Counts) -> tuple[Floats, Floats, Floats]:
    x, m, y = np.broadcast_arrays(*(np.asarray(c, np.float64) for c in counts))
    return x, m, y
