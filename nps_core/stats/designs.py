"""The variance of scores from a complex sample: strata, clusters, finite populations, calibrated weights.

The answers come as R rows of counts, so that everybody in a row has the same stratum and the same cluster: per row and
category the sum of the weights and the sum of their squares. Categories are in the order detractors, passives,
promoters. A *domain* is a set of rows; its score is a ratio, linearised as R's ``survey`` does (Lumley 2004, Journal of
Statistical Software 9(8); Binder 1983, International Statistical Review 51:279-292).
"""

from typing import Final, Literal, Self, TypeAlias, get_args

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.stats.intervals import Floats

Lonely: TypeAlias = Literal["error", "adjust", "average", "certainty", "remove"]
"""What to do with a stratum of one unit, which cannot tell how units differ: refuse it; take its distance from the mean
of all; give it the average variance of the other strata; or let it add no variance (two names of one thing)."""

LONELY: Final[tuple[Lonely, ...]] = get_args(Lonely)

CODING: Final = np.array([-1.0, 0.0, 1.0])
"""What a detractor, a passive and a promoter count for."""

Codes: TypeAlias = NDArray[np.intp]
Mask: TypeAlias = NDArray[np.bool_]


@attrs.frozen(eq=False)
class Sampling:
    """How the answers in R rows were drawn: n_h units in each of H strata.

    Every cluster has a row, be it of zeros.

    Attributes:
        strata: The stratum of each row, 0 to H - 1, shape (R,).
        clusters: The cluster of each row, 0 to C - 1, shape (R,), no cluster in two strata; None where every answer was
            drawn by itself.
        units: How many units were drawn per stratum: clusters, or answers; shape (H,).
        fractions: Which part of each stratum's population they are, 0 for an infinite one, shape (H,).
        lonely: What becomes of strata of one unit, of which there must be none with ``"error"``.
    """

    strata: Codes
    clusters: Codes | None
    units: Floats
    fractions: Floats
    lonely: Lonely = "error"

    @classmethod
    def simple(cls, n_rows: int, n_answers: float, fraction: float = 0.0) -> Self:
        """Answers drawn one by one from everybody."""
        return cls(np.zeros(n_rows, np.intp), None, np.array([float(n_answers)]), np.array([fraction]))

    @property
    def is_census(self) -> bool:
        """Whether everybody was asked."""
        return bool((self.fractions >= 1).all())

    @property
    def is_lonely(self) -> Mask:
        """Which strata have one unit and are not wholly observed, shape (H,)."""
        return (self.units <= 1) & (self.fractions < 1)

    def degrees_of_freedom(self, members: Mask, n: Floats) -> Floats:
        """Units minus strata, of those that a domain has answers in.

        Args:
            members: Which rows have counted answers of each of B domains, shape (B, R).
            n: How many answers each row holds, shape (R,).

        Returns:
            Degrees of freedom, shape (B,).
        """
        strata = self._touched(members)
        if self.clusters is None:
            units = members @ n
        else:
            order, starts = _runs(self.clusters)
            units = np.logical_or.reduceat(members[:, order], starts, axis=1).sum(axis=1)
        return np.asarray(units - strata.sum(axis=1), np.float64)

    def components(self, influence: Floats, sums: Floats, squares: Floats, members: Mask) -> "Components":
        """What the variances and covariances of B estimates are made of.

        V = sum_h (1 - f_h) n_h / (n_h - 1) sum_c (U_hc - mean U_h)^2, where U_hc is the total of weight times influence
        in unit c of stratum h, and every unit counts, also where the domain has no answer.

        Args:
            influence: What one more unit of weight in a row and category does to each estimate, shape (B, R, 3).
            sums: Sums of the weights, shape (R, 3).
            squares: Sums of their squares, shape (R, 3).
            members: Which rows each estimate is of, shape (B, R).
        """
        lonely, units = self.is_lonely, np.maximum(self.units, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(units > 1, units / (units - 1), 0.0)
        scale, centred = np.where(lonely, float(self.lonely == "adjust"), scale) * (1 - self.fractions), ~lonely
        totals = (influence * sums).sum(axis=2)
        if self.clusters is None:
            plus = (influence * np.sqrt(squares * scale[self.strata][:, None])).reshape(-1, squares.size)
            minus = self._by_stratum(totals) * np.sqrt(centred * scale / units)
        else:
            order, starts = _runs(self.clusters)
            stratum = self.strata[order][starts]
            of_cluster = np.add.reduceat(totals[:, order], starts, axis=1)
            means = self._by_stratum(totals) * centred / units
            plus = (of_cluster - means[:, stratum]) * np.sqrt(scale[stratum])
            minus = np.zeros((len(influence), 0))
        if self.lonely == "average" and lonely.any():
            touched = self._touched(members)
            with np.errstate(divide="ignore", invalid="ignore"):
                share = np.sqrt(touched.sum(axis=1) / (touched & ~lonely).sum(axis=1))[:, None]
                plus, minus = plus * share, minus * share
        return Components(plus, minus)

    def variance_within(self, sums: Floats, members: Mask) -> Floats:
        """The variance of one answer within its stratum, as far as the stratum was not wholly observed, shape (B,).

        No design of strata and finite populations can do more than take the rest out of the variance of a score.

        Args:
            sums: Sums of the weights per row and category, shape (R, 3).
            members: Which rows belong to each domain, shape (B, R).
        """
        y, m, x = (self._by_stratum(members * sums[:, category]) for category in range(3))
        total = x + m + y
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.where(total > 0, (4 * x * y + m * (x + y)) / total, 0.0) * (1 - self.fractions)
            return np.asarray(spread.sum(axis=1) / total.sum(axis=1))

    def _touched(self, members: Mask) -> Mask:
        """Which strata each domain has answers in, shape (B, H)."""
        return self._by_stratum(members.astype(np.float64)) > 0

    def _by_stratum(self, rows: Floats) -> Floats:
        """Sums over the rows of each stratum, shape (B, H)."""
        order, starts = _runs(self.strata)
        return np.add.reduceat(rows[:, order], starts, axis=1)


@attrs.frozen(eq=False)
class Components:
    """Vectors of which variances and covariances are inner products: those of ``plus`` minus those of ``minus``."""

    plus: Floats
    minus: Floats

    def variances(self) -> Floats:
        """The variance of each of B estimates, shape (B,)."""
        return np.maximum(self.with_each(self), 0.0)

    def with_each(self, other: "Components") -> Floats:
        """The covariance of each estimate with its counterpart, shape (B,)."""
        ours = np.einsum("bf,bf->b", self.plus, other.plus) - np.einsum("bh,bh->b", self.minus, other.minus)
        return np.asarray(ours)

    def matrix(self) -> Floats:
        """The covariances of all estimates with all, shape (B, B)."""
        return self.with_all(self)

    def with_all(self, other: "Components") -> Floats:
        """The covariances of all estimates with all of C others, shape (B, C)."""
        return np.asarray(self.plus @ other.plus.T - self.minus @ other.minus.T)


def _runs(codes: Codes) -> tuple[Codes, Codes]:
    """The rows in the order of their codes, and where each code begins in it."""
    order = np.argsort(codes, kind="stable")
    return order, np.flatnonzero(np.diff(codes[order], prepend=-1))


def domain_scores(sums: Floats, members: Mask) -> tuple[Floats, Floats]:
    """The weighted scores of B domains, and the total weight of each.

    Args:
        sums: Sums of the weights per row and category, shape (R, 3).
        members: Which rows belong to each domain, shape (B, R).

    Returns:
        Weighted shares of the categories, shape (B, 3), and total weights, shape (B,); NaN where there is no weight.
    """
    weights = members @ sums
    total = weights.sum(axis=1)
    total = np.where(total > 0, total, np.nan)
    return weights / total[:, None], total


def influence_of(shares: Floats, total: Floats, members: Mask) -> Floats:
    """The influence of the answers on the score of each domain: (s - d) / W inside it, 0 outside; shape (B, R, 3)."""
    detractors, passives, promoters = shares.T
    # s - d from the shares, without the cancellation of 1 - d near unanimity
    away = np.stack([-(passives + 2 * promoters), detractors - promoters, passives + 2 * detractors], axis=1)
    return np.where(members[:, :, None], (away / total[:, None])[:, None, :], 0.0)


def kish_size(sums: Floats, squares: Floats) -> Floats:
    """Kish's effective sample size, (sum of w)^2 / sum of w^2 (Kish 1965, Survey Sampling), over the last axis."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.square(sums.sum(axis=-1)) / squares.sum(axis=-1))


def design_effect(variance: Floats, answer_variance: Floats, n: Floats) -> Floats:
    """How much larger the variance is than that of n independent answers drawn with replacement: V / (v / (n - 1)).

    Args:
        variance: The variance V of the score.
        answer_variance: The weighted variance v of one answer.
        n: How many answers there are.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(variance * (n - 1) / answer_variance)
