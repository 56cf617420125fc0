"""Scores period by period: a slope, unusual periods, an early warning, and when the level changed.

Everything here takes the scores of T periods and the sampling variance of each, on the last axis; NaN where a period
has no answer. Scores are shares on the scale from -1 to 1. What a score does from one period to the next beyond its
sampling error is called its wobble: it is there in every real series, and a method that takes sampling error for all
there is finds changes in every one.
"""

from typing import Final

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray

from nps_core.stats.intervals import Floats, estimate

FEWEST_FOR_SLOPE: Final = 3
FEWEST_FOR_LEVELS: Final = 6
FEWEST_FOR_LIMITS: Final = 12
"""Among 10 or fewer periods none can lie 3 standard deviations from the mean of all, itself included."""

_LIMIT: Final = 3.0
_NEW: Final = 0.2
"""The weight of the newest period in the moving average."""

_EWMA_LIMIT: Final = 2.86
_SHORTEST_LEVEL: Final = 2
_NOTHING_LEFT: Final = 1e-20
"""A sum of squares, relative to another, that is only rounding."""


@attrs.frozen(eq=False)
class Regression:
    """Least squares of many series on the same p columns.

    Attributes:
        coefficients: Shape (..., p), NaN where there are too few periods.
        standard_errors: Shape (..., p).
        degrees_of_freedom: Periods with answers minus p, shape (...).
    """

    coefficients: Floats
    standard_errors: Floats
    degrees_of_freedom: NDArray[np.int64]


@attrs.frozen(eq=False)
class Average:
    """The moving average of a series, and the limits that it leaves by chance once in some 370 periods.

    Attributes:
        values: The average after each period, shape (T,).
        margins: How far from the centre its limits are, shape (T,).
        centre: The mean of all periods.
    """

    values: Floats
    margins: Floats
    centre: float


def own_variances(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike) -> Floats:
    """The sampling variance of each score, from its own counts with one answer added to each category.

    The added answers keep a period in which everybody agrees from being taken as certain. NaN where there is none.
    """
    x, m, y = (np.asarray(counts, np.float64) for counts in (promoters, passives, detractors))
    n = x + m + y
    variance = estimate(x + 1, m + 1, y + 1)[1]
    return np.where(n > 0, variance / np.where(n > 0, n, 1.0), np.nan)


def common_variances(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike) -> Floats:
    """The sampling variance of each score if all periods had the same distribution, that of all their answers."""
    x, m, y = (np.asarray(counts, np.float64) for counts in (promoters, passives, detractors))
    n = x + m + y
    sums = [counts.sum(axis=-1, keepdims=True) + 1 for counts in (x, m, y)]
    return np.where(n > 0, estimate(*sums)[1] / np.where(n > 0, n, 1.0), np.nan)


def regress(values: ArrayLike, variances: ArrayLike, columns: ArrayLike) -> Regression:
    """Least squares that weigh every period by how well its score is known, wobble included.

    The weights are 1 / (variance + wobble), the wobble being that around the fit (the moment estimator of DerSimonian
    and Laird 1986, Controlled Clinical Trials 7:177-188, for a regression); the errors come from the dispersion of the
    residuals, and go with Student's t (Knapp and Hartung 2003, Statistics in Medicine 22:2693-2710). Where the fit is
    exact, the residuals tell nothing, and the errors are those of the weights.

    Args:
        values: Scores, shape (..., T).
        variances: Their sampling variances, shape (..., T).
        columns: What they are explained by, shape (T, p): linearly independent where there are answers.
    """
    design = np.asarray(columns, np.float64)
    scores, noise = np.asarray(values, np.float64), np.asarray(variances, np.float64)
    known = ~np.isnan(scores)
    d, s2 = np.where(known, scores, 0.0), np.where(known, noise, 1.0)
    freedom = known.sum(axis=-1) - design.shape[1]
    enough = freedom > 0

    def fit(weights: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Coefficients and the variances of them, leverages, and the weighted squares of what is left."""
        root = np.sqrt(weights)
        q, r = np.linalg.qr(root[..., None] * design)  # exact also where the answers are far from the middle of all
        projected = np.einsum("...tp,...t->...p", q, root * d)
        left = root * d - np.einsum("...tp,...p->...t", q, projected)
        inverse = np.linalg.inv(np.where(enough[..., None, None], r, np.eye(design.shape[1])))
        found = np.einsum("...pq,...q->...p", inverse, projected)
        return found, np.square(inverse).sum(axis=-1), np.square(q).sum(axis=-1), np.square(left).sum(axis=-1)

    weights = np.where(known, 1 / s2, 0.0)
    _, _, leverages, residual = fit(weights)
    trace = (weights * (1 - leverages)).sum(axis=-1)
    wobble = np.maximum(0.0, (residual - freedom) / np.where(enough, trace, 1.0))
    weights = np.where(known, 1 / (s2 + wobble[..., None]), 0.0)
    found, unscaled, _, residual = fit(weights)
    is_exact = residual <= _NOTHING_LEFT * (weights * (1 + d * d)).sum(axis=-1)
    dispersion = np.where(is_exact, 1.0, residual / np.maximum(freedom, 1))
    errors = np.sqrt(unscaled * dispersion[..., None])
    return Regression(
        coefficients=np.where(enough[..., None], found, np.nan),
        standard_errors=np.where(enough[..., None], errors, np.nan),
        degrees_of_freedom=freedom,
    )


def straight_line(n_periods: int) -> Floats:
    """The columns of a straight line: a constant, and the number of the period from the middle of all."""
    time = np.arange(n_periods, dtype=np.float64)
    return np.column_stack([np.ones(n_periods), time - time.mean()])


def wobble_between(values: ArrayLike, variances: ArrayLike) -> tuple[Floats, Floats]:
    """The mean of the periods, and their variance beyond sampling error, by the moments of DerSimonian and Laird.

    Args:
        values: Scores, shape (..., T), two or more of them known.
        variances: Their sampling variances, shape (..., T).
    """
    known = ~np.isnan(np.asarray(values, np.float64))
    d, w = np.where(known, values, 0.0), np.where(known, 1 / np.where(known, variances, 1.0), 0.0)
    total = np.asarray(w.sum(axis=-1), np.float64)
    mean = (w * d).sum(axis=-1) / total
    q = (w * np.square(d - mean[..., None])).sum(axis=-1)
    excess = (q - (known.sum(axis=-1) - 1)) / (total - np.square(w).sum(axis=-1) / total)
    return np.asarray(mean, np.float64), np.asarray(np.maximum(0.0, excess), np.float64)


def wobble_nearby(values: Floats, variances: Floats) -> float:
    """The variance beyond sampling error, from the steps between neighbouring periods, shape (T,) without NaN.

    A change of level is in one step only, so it hardly adds to this; of the variance around a mean it is a large part.
    """
    steps, noise = np.square(np.diff(values)), variances[1:] + variances[:-1]
    return max(0.0, float(((steps - noise) / noise).sum() / (2 / noise).sum()))


def natural_limits(values: ArrayLike, variances: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """How far each period may lie from the mean of all without being unusual, 3 standard deviations with the wobble.

    Args:
        values: Scores, shape (..., T), two or more of them known.
        variances: Their sampling variances, shape (..., T).

    Returns:
        The mean, shape (...), the margin to each side of it, shape (..., T), and the variance of the wobble.
    """
    mean, wobble = wobble_between(values, variances)
    return mean, _LIMIT * np.sqrt(np.asarray(variances, np.float64) + wobble[..., None]), wobble


def moving_average(values: Floats, spread: Floats) -> Average:
    """The exponentially weighted moving average with its limits, for sizes that differ from period to period.

    A small change that lasts shows here long before a single period is unusual (Roberts 1959, Technometrics
    1:239-250; weight 0.2 and limit 2.86, Lucas and Saccucci 1990, Technometrics 32:1-12). It begins at the mean.

    Args:
        values: Scores, shape (T,), without NaN.
        spread: Their variances, wobble included, as :func:`levels` gives them, shape (T,).
    """
    centre = float(np.average(values, weights=1 / spread))
    average, variance = centre, 0.0
    averages, margins = [], []
    for value, own in zip(values.tolist(), spread.tolist(), strict=True):
        average = _NEW * value + (1 - _NEW) * average
        variance = _NEW**2 * own + (1 - _NEW) ** 2 * variance
        averages.append(average)
        margins.append(_EWMA_LIMIT * variance**0.5)
    return Average(np.array(averages), np.array(margins), centre)


def levels(values: Floats, variances: Floats) -> tuple[list[int], Floats]:
    """Where the level changes: the best cut of the series into stretches of one level each, of any number.

    The cuts minimise the weighted squares around the means of the stretches plus a penalty per cut, exactly, by
    dynamic programming (Jackson et al. 2005, IEEE Signal Processing Letters 12:105-108). The penalty is 3 log T, made
    larger for how roughly T periods tell their own wobble. A stretch lasts two periods at least.

    Args:
        values: Scores, shape (T,), without NaN.
        variances: Their sampling variances, shape (T,).

    Returns:
        The first period of each stretch, 0 first, and the variance of each period with its wobble, shape (T,).
    """
    spread = variances + wobble_nearby(values, variances)
    n, weights = len(values), 1 / spread
    centred = values - np.average(values, weights=weights)  # so that nothing cancels in the sums of squares
    sums = np.zeros((3, n + 1))
    np.cumsum([weights, weights * centred, weights * centred**2], axis=1, out=sums[:, 1:])
    penalty = _penalty(n)
    cost, begins = np.full(n + 1, np.inf), np.zeros(n + 1, np.intp)
    cost[0] = -penalty
    for end in range(_SHORTEST_LEVEL, n + 1):
        w, wd, wdd = sums[:, [end]] - sums[:, : end - _SHORTEST_LEVEL + 1]
        costs = cost[: end - _SHORTEST_LEVEL + 1] + (wdd - wd * wd / w) + penalty
        begins[end] = np.argmin(costs)
        cost[end] = costs[begins[end]]
    starts, end = [], n
    while end:
        end = int(begins[end])
        starts.append(end)
    return starts[::-1], spread


def _penalty(n_periods: int) -> float:
    """3 log T as the quantile of a square, widened to Student's t of the 2 (T - 1) / 3 degrees of the wobble."""
    plain = 3 * np.log(n_periods)
    return float(plain * (1 + 3 * (plain + 1) / (4 * (n_periods - 1))))
