"""Differences between two scores, for any number of pairs at once.

Counts go in as arrays of one shape, as triples (promoters, passives, detractors); differences are first minus second,
as shares on the scale from -2 to 2. The two may be independent or, with a correlation, share respondents.
"""

from typing import Final, Literal, Self, TypeAlias, get_args

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray

from nps_core.errors import must_be_one_of
from nps_core.stats.intervals import CLOSED_FORMS, Floats, Interval, estimate, standard_error
from nps_core.stats.normal import Alternative, pvalue, reach
from nps_core.stats.roots import find_roots
from nps_core.stats.student import Freedom, stretched

DifferenceMethod: TypeAlias = Literal["score", "wald", "adjusted-wald"]
"""The intervals of one score from which an interval of a difference can be made."""

DIFFERENCE_METHODS: Final[tuple[DifferenceMethod, ...]] = get_args(DifferenceMethod)

Counts: TypeAlias = tuple[ArrayLike, ArrayLike, ArrayLike]

_FARTHEST: Final = 40.0
"""Beyond so many standard errors a p-value is 0 in double precision."""

_CODING: Final = np.array([1.0, 0.0, -1.0])
"""What a promoter, a passive and a detractor count for."""


def difference(first: Counts, second: Counts) -> Floats:
    """The difference of the two scores."""
    return estimate(*first)[0] - estimate(*second)[0]


def difference_standard_error(first: Counts, second: Counts) -> Floats:
    """The estimated standard error of the difference of independent groups, sqrt(v1 / n1 + v2 / n2)."""
    return np.hypot(standard_error(*first), standard_error(*second))


def mover_interval(
    first: Counts,
    second: Counts,
    confidence_level: float = 0.95,
    *,
    method: DifferenceMethod = "score",
    correlation: ArrayLike = 0.0,
    alternative: Alternative = "two-sided",
    freedoms: tuple[Freedom | None, Freedom | None] = (None, None),
) -> Interval:
    """The interval of a difference by the method of variance estimates recovery.

    Each score's own limits tell how uncertain it is towards the side that matters (Zou and Donner 2008, Statistics in
    Medicine 27:1693-1702; for score limits Newcombe 1998, Statistics in Medicine 17:873-890; for correlated scores
    Zou 2007, Psychological Methods 12:399-413). With ``method="wald"`` it is the textbook interval exactly.

    Args:
        first: Counts of the first group of each pair, 0 or more, fractions allowed.
        second: Counts of the second group, of the same shape.
        confidence_level: Between 0 and 1.
        method: The interval of each score.
        correlation: Of the two estimated scores, between -1 and 1, of the same shape; 0 for independent groups.
        alternative: ``"greater"`` gives a lower limit only, ``"less"`` an upper one; the other is then 2 or -2.
        freedoms: Degrees of freedom of each side, where a design leaves few.

    Returns:
        Lower and upper limits between -2 and 2 (``"wald"`` is not cut off), NaN where a group has no answer.
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    one, two = _Side.of(first, freedoms[0]), _Side.of(second, freedoms[1])
    z, r = np.asarray(reach(confidence_level, alternative)), np.asarray(correlation, np.float64)
    gap = one.score - two.score
    low, high = gap - _reach_down(one, two, z, method, r), gap + _reach_down(two, one, z, method, r)
    unknown = np.isnan(gap)
    nothing = one.has_no_freedom | two.has_no_freedom
    if alternative == "less" or nothing.any():
        low = np.where(~unknown & ((alternative == "less") | nothing), -2.0, low)
    if alternative == "greater" or nothing.any():
        high = np.where(~unknown & ((alternative == "greater") | nothing), 2.0, high)
    return low, high


def mover_pvalue(
    first: Counts,
    second: Counts,
    *,
    null: ArrayLike = 0.0,
    method: DifferenceMethod = "score",
    correlation: ArrayLike = 0.0,
    alternative: Alternative = "two-sided",
    freedoms: tuple[Freedom | None, Freedom | None] = (None, None),
) -> Floats:
    """The p-value of a difference: one minus the level at which the interval touches the null.

    The interval widens with the level, so there is one such level, found by bracketing.

    Args:
        first: Counts of the first group of each pair.
        second: Counts of the second group, of the same shape.
        null: The difference under the null hypothesis, between -2 and 2.
        method: The interval of each score.
        correlation: Of the two estimated scores, between -1 and 1, of the same shape.
        alternative: ``"greater"`` asks whether the difference is greater than the null.
        freedoms: Degrees of freedom of each side, where a design leaves few.

    Returns:
        p-values between 0 and 1, NaN where a group has no answer.
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    one, two = _Side.of(first, freedoms[0]), _Side.of(second, freedoms[1])
    away, r = np.broadcast_arrays(one.score - two.score - np.asarray(null, np.float64), correlation)
    # Where the difference is below the null, the pair changes places: then always the lower limit meets it.
    above, below = _Side.choose(away < 0, two, one), _Side.choose(away < 0, one, two)

    def room(z: Floats) -> Floats:
        return np.asarray(np.abs(away) - _reach_down(above, below, z, method, r))

    z = find_roots(room, 0.0, _FARTHEST, away.shape)
    z = np.where(one.has_no_freedom | two.has_no_freedom, 0.0, z)
    statistic = np.where(away == 0, 0.0, np.copysign(np.where(z == _FARTHEST, np.inf, z), away))
    return pvalue(np.where(np.isnan(away), np.nan, statistic), alternative)


def standardized_interval(
    counts: Counts, shares: ArrayLike, confidence_level: float = 0.95, *, method: DifferenceMethod = "score"
) -> Interval:
    """The interval of the mean of independent scores, weighted by known shares: MOVER over strata.

    Each score's own limits tell how uncertain it is to each side: L = d - sqrt(sum share^2 (d_h - l_h)^2), and U
    accordingly (Zou and Donner 2008, Statistics in Medicine 27:1693-1702).

    Args:
        counts: Promoters, passives and detractors of the strata, each of shape (k,), fractions allowed.
        shares: The known share of each stratum, 0 or more, adding up to 1, shape (k,).
        confidence_level: Between 0 and 1.
        method: The interval of each score.

    Returns:
        A lower and an upper limit between -1 and 1 (``"wald"`` is not cut off), NaN where a stratum has no answer.
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    side, share = _Side.of(counts, None), np.asarray(shares, np.float64)
    down, up = side.margins(np.asarray(reach(confidence_level)), method)
    mean = (share * side.score).sum()
    return (
        np.asarray(mean - np.sqrt(np.square(share * down).sum())),
        np.asarray(mean + np.sqrt(np.square(share * up).sum())),
    )


def panel_correlation(pairs: ArrayLike) -> Floats:
    """The correlation of the two scores of a panel, people who answered twice.

    With 2/9 added to each cell, two pairs in all, it is defined for every table and drawn towards 0 in small ones.

    Args:
        pairs: How many people went from which category to which, shape (..., 3, 3): promoters, passives, detractors in
            the first sample by the same in the second.

    Returns:
        Correlations between -1 and 1, shape (...).
    """
    table = np.asarray(pairs, np.float64) + 2 / 9
    covariance, v1, v2 = _moments(table)
    return np.asarray(covariance / np.sqrt(v1 * v2))


def overlap_correlation(pairs: ArrayLike, n_first: ArrayLike, n_second: ArrayLike) -> Floats:
    """The correlation of two scores when some people, not all, are in both samples.

    It is that of the people in both, times n12 / sqrt(n1 n2): what the others answered is independent.

    Args:
        pairs: The table of the people in both, as for :func:`panel_correlation`.
        n_first: Everybody in the first sample, shape (...).
        n_second: Everybody in the second sample, shape (...).
    """
    shared = np.asarray(pairs, np.float64).sum(axis=(-2, -1))
    return np.asarray(panel_correlation(pairs) * shared / np.sqrt(np.multiply(n_first, n_second)))


def pair_covariance(pairs: ArrayLike, n_first: ArrayLike, n_second: ArrayLike) -> Floats:
    """The covariance of two estimated scores that share people: n12 / (n1 n2) times that of their answers."""
    table = np.asarray(pairs, np.float64)
    shared = table.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = np.where(shared > 0, _moments(table)[0], 0.0)
    return np.asarray(shared * covariance / np.multiply(n_first, n_second))


def _moments(table: Floats) -> tuple[Floats, Floats, Floats]:
    """The covariance and the two variances of the answers of pairs."""
    shares = table / table.sum(axis=(-2, -1), keepdims=True)
    first, second = shares.sum(axis=-1), shares.sum(axis=-2)
    d1, d2 = first @ _CODING, second @ _CODING
    covariance = np.einsum("...ij,...i,...j->...", shares, _CODING - d1[..., None], _CODING - d2[..., None])
    return (
        covariance,
        (first * np.square(_CODING - d1[..., None])).sum(-1),
        (second * np.square(_CODING - d2[..., None])).sum(-1),
    )


@attrs.frozen(eq=False)
class _Side:
    """One side of the pairs: counts, and its degrees of freedom."""

    x: Floats
    m: Floats
    y: Floats
    freedom: Freedom | None

    @classmethod
    def of(cls, counts: Counts, freedom: Freedom | None) -> Self:
        x, m, y = np.broadcast_arrays(*(np.asarray(count, np.float64) for count in counts))
        return cls(x, m, y, freedom)

    @classmethod
    def choose(cls, which: NDArray[np.bool_], yes: Self, no: Self) -> Self:
        """From each pair the one or the other."""
        x, m, y = (np.where(which, a, b) for a, b in ((yes.x, no.x), (yes.m, no.m), (yes.y, no.y)))
        if yes.freedom is None and no.freedom is None:
            return cls(x, m, y, None)
        (df, n), (other_df, other_n) = (side.freedom or (np.inf, np.inf) for side in (yes, no))
        return cls(x, m, y, (np.where(which, df, other_df), np.where(which, n, other_n)))

    @property
    def has_no_freedom(self) -> NDArray[np.bool_]:
        """Where nothing is known of how the score varies, so that nothing is ruled out."""
        return np.zeros((), np.bool_) if self.freedom is None else np.asarray(self.freedom[0]) <= 0

    @property
    def score(self) -> Floats:
        return estimate(self.x, self.m, self.y)[0]

    def margins(self, z: Floats, method: DifferenceMethod) -> Interval:
        """The ways from the score down and up to its limits."""
        low, high = CLOSED_FORMS[method](self.x, self.m, self.y, stretched(z, self.freedom))
        # An adjusted interval at a low level may lie to one side of its score: then the way to the nearer limit is 0.
        return np.maximum(self.score - low, 0.0), np.maximum(high - self.score, 0.0)


def _reach_down(first: _Side, second: _Side, z: Floats, method: DifferenceMethod, correlation: Floats) -> Floats:
    """How far the lower limit lies below the difference."""
    down, _ = first.margins(z, method)
    _, up = second.margins(z, method)
    plain = np.hypot(down, up)
    return np.where(correlation == 0, plain, np.sqrt(np.maximum(plain**2 - 2 * correlation * down * up, 0.0)))
