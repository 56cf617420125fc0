"""The score test of one score against a value, and the test that several scores are equal."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from nps_core.errors import must_be_one_of
from nps_core.stats.differences import DIFFERENCE_METHODS, Counts, DifferenceMethod
from nps_core.stats.intervals import Floats, estimate, standard_error
from nps_core.stats.normal import Alternative, pvalue
from nps_core.stats.roots import find_roots
from nps_core.stats.student import Freedom, chi2_pvalue, stretched

_SMALLEST: Final = 1e-200
_ROUNDS: Final = 8
_FARTHEST: Final = 37.0


def restricted_variance(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, score: ArrayLike) -> Floats:
    """The variance of one answer at the likeliest shares that have the given score.

    With p - q = delta given, the likeliest share of detractors is the root of
    2n q^2 + (-x - y + (2n - x + y) delta) q - y delta (1 - delta) = 0 between max(0, -delta) and (1 - delta) / 2
    (Tango 1998, Statistics in Medicine 17:891-908), and the variance is 2q + delta - delta^2.

    Args:
        promoters: Counts x, 0 or more, fractions allowed.
        passives: Counts m of the same shape.
        detractors: Counts y of the same shape.
        score: The given score delta, between -1 and 1, of the same shape.

    Returns:
        Variances of that shape, NaN where there is no answer.
    """
    x, m, y, delta = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in (promoters, passives, detractors, score)))
    # For a score below 0 promoters and detractors change places: then nothing cancels in what follows.
    x, y, delta = np.where(delta < 0, y, x), np.where(delta < 0, x, y), np.abs(delta)
    n = np.where(x + m + y > 0, x + m + y, np.nan)
    b = -x - y + (2 * n - x + y) * delta
    root = np.sqrt(np.square(b) + 8 * n * y * delta * (1 - delta))
    with np.errstate(invalid="ignore", divide="ignore"):
        q = np.where(b <= 0, (root - b) / (4 * n), 2 * y * delta * (1 - delta) / (root + b))
    q = np.clip(q, 0.0, (1 - delta) / 2)
    return np.asarray(2 * q + delta * (1 - delta))


def score_statistic(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, score: ArrayLike) -> Floats:
    """The score test of a given score: (d - delta) / sqrt(v~ / n), with the variance v~ at the likeliest such shares.

    At delta = 0 it is McNemar's (x - y) / sqrt(x + y). The score interval holds what this test does not reject.

    Args:
        promoters: Counts, 0 or more, fractions allowed.
        passives: Counts of the same shape.
        detractors: Counts of the same shape.
        score: The score under the null hypothesis, between -1 and 1, of the same shape.

    Returns:
        Normal statistics, infinite where the answers rule the score out, NaN where there is no answer.
    """
    x, m, y = (np.asarray(counts, np.float64) for counts in (promoters, passives, detractors))
    away = estimate(x, m, y)[0] - np.asarray(score, np.float64)
    error = np.sqrt(restricted_variance(x, m, y, score) / (x + m + y))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(away == 0, 0.0, away / error)


def one_sample_pvalue(
    counts: Counts,
    null: ArrayLike,
    *,
    method: DifferenceMethod = "score",
    alternative: Alternative = "two-sided",
    freedom: Freedom | None = None,
) -> Floats:
    """The p-value of a given score: one minus the level at which the interval of the method touches it.

    Args:
        counts: Promoters, passives and detractors, of one shape, fractions allowed.
        null: The score under the null hypothesis, between -1 and 1, of that shape.
        method: The interval; for ``"score"`` it is the score test, for ``"wald"`` the textbook's.
        alternative: ``"greater"`` asks whether the score is greater than the null.
        freedom: Degrees of freedom, where a design leaves few.

    Returns:
        p-values between 0 and 1, NaN where there is no answer.
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    x, m, y = (np.asarray(part, np.float64) for part in counts)
    if method == "score":
        statistic = score_statistic(x, m, y, null)
    else:
        extra = 1.0 if method == "adjusted-wald" else 0.0
        cells = x + extra, m + extra, y + extra
        away = estimate(*cells)[0] - np.asarray(null, np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            statistic = np.where(away == 0, 0.0, away / standard_error(*cells))
        statistic = np.where(x + m + y > 0, statistic, np.nan)
    if freedom is not None:
        size = np.abs(statistic)
        z = find_roots(lambda z: np.asarray(size - stretched(z, freedom)), 0.0, _FARTHEST, size.shape)
        z = np.where(np.asarray(freedom[0]) > 0, z, 0.0)  # without a degree of freedom nothing is known
        statistic = np.where(np.isnan(size), np.nan, np.copysign(z, statistic))
    return pvalue(statistic, alternative)


def equality_statistic(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike) -> tuple[float, float]:
    """The statistic of the test that k groups have one score, and that common score.

    Q = sum n_k (d_k - d0)^2 / v~_k, with each variance at the likeliest shares of the group that have the common score
    d0, which is itself the likeliest, the mean weighted by n_k / v~_k: a score test, which holds its level where the
    plug-in variances of small or unanimous groups do not.

    Args:
        promoters: Counts of the k groups, shape (k,), fractions allowed; groups without an answer do not count.
        passives: Counts, shape (k,).
        detractors: Counts, shape (k,).

    Returns:
        Q and d0; NaN if there is no answer at all.
    """
    x, m, y = (np.asarray(counts, np.float64) for counts in (promoters, passives, detractors))
    n = x + m + y
    x, m, y, n = x[n > 0], m[n > 0], y[n > 0], n[n > 0]
    if not len(n):
        return np.nan, np.nan
    d, _ = estimate(x, m, y)

    def precisions(common: Floats) -> Floats:
        return np.asarray(1 / np.maximum(restricted_variance(x, m, y, common) / n, _SMALLEST))

    def slope(common: Floats) -> Floats:
        """Of the likelihood of a common score: it falls, and is 0 at the likeliest."""
        away = d - common
        return np.asarray(np.where(away == 0, 0.0, away * precisions(common)).sum())

    common = float(find_roots(slope, float(d.min()), float(d.max()), ()))
    away = d - common
    return float(np.where(away == 0, 0.0, np.square(away) * precisions(np.asarray(common))).sum()), common


def correlated_equality_statistic(
    promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, correlations: ArrayLike
) -> tuple[float, float]:
    """The same of groups whose scores are correlated, as those of one clustered sample are.

    Q = (d - d0)' C^-1 (d - d0), where C has the variances of :func:`equality_statistic` and the given correlations, and
    d0 is the mean weighted by C^-1.

    Args:
        promoters: Effective counts of the k groups, shape (k,), none of them without an answer.
        passives: Counts, shape (k,).
        detractors: Counts, shape (k,).
        correlations: Of the scores, shape (k, k).

    Returns:
        Q and d0.
    """
    x, m, y = (np.asarray(counts, np.float64) for counts in (promoters, passives, detractors))
    _, common = equality_statistic(x, m, y)
    precision = np.linalg.pinv(np.asarray(correlations, np.float64), rcond=1e-9, hermitian=True)
    d, n, away = estimate(x, m, y)[0], x + m + y, np.zeros(len(x))
    for _ in range(_ROUNDS):
        scale = 1 / np.sqrt(np.maximum(restricted_variance(x, m, y, common) / n, _SMALLEST))
        weights = precision @ scale * scale
        if weights.sum() > 0:
            common = float(np.clip(weights @ d / weights.sum(), d.min(), d.max()))
        away = np.where(d == common, 0.0, (d - common) * scale)
    return max(float(away @ precision @ away), 0.0), common


def equality_pvalue(statistic: float, n_groups: int) -> float:
    """The p-value of :func:`equality_statistic`: chi-squared with k - 1 degrees of freedom, which needs SciPy."""
    return float(chi2_pvalue(statistic, n_groups - 1)) if n_groups > 1 else 1.0
