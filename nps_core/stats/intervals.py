"""Confidence intervals for one Net Promoter Score, for any number of groups at once.

Counts go in as arrays of any one shape, intervals come out in that shape, as shares on the scale from -1 to 1. With x
promoters, m passives and y detractors among n answers: d = (x - y) / n is the score, and
v = (x + y) / n - d**2 the variance of one answer coded 1, 0 and -1.
"""

from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nps_core.errors import InvalidInputError, must_be_one_of
from nps_core.stats.normal import cdf, check_confidence_level, ppf, quantile

Method: TypeAlias = Literal["score", "wald", "adjusted-wald", "bootstrap", "bootstrap-percentile", "bayes"]
"""The intervals on offer for one score."""

METHODS: Final[tuple[Method, ...]] = get_args(Method)

Floats: TypeAlias = NDArray[np.float64]
Interval: TypeAlias = tuple[Floats, Floats]

RngLike: TypeAlias = "int | np.random.Generator | None"  # as text: numpy imports its generators when first asked
"""A seed, a generator, or None for fresh randomness."""

N_RESAMPLES: Final = 10_000
_MOST_DRAWS: Final = 1 << 22
_PIECE: Final = 1 << 15

_SQRT_27: Final = np.sqrt(27.0)
_THIRD_OF_A_TURN: Final = 2 * np.pi / 3


def estimate(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike) -> Interval:
    """The score d and the variance v of one answer, both NaN where there is no answer."""
    x, m, y = _counts(promoters, passives, detractors)
    with np.errstate(invalid="ignore"):
        n = x + m + y
        return (x - y) / n, _variance(x, m, y, n)


def standard_error(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike) -> Floats:
    """The estimated standard error of the score, sqrt(v / n)."""
    x, m, y = _counts(promoters, passives, detractors)
    with np.errstate(invalid="ignore"):
        n = x + m + y
        return np.sqrt(_variance(x, m, y, n) / n)


def score_interval(
    promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, confidence_level: float = 0.95
) -> Interval:
    """The score interval: every value that the score test does not reject.

    The score is a difference of two proportions of one multinomial, so the theory of paired proportions applies
    (Tango 1998, Statistics in Medicine 17:891-908). The limits are (n d + z^2 s) / (n + z^2), where s is the smallest
    and the largest root of a cubic, evaluated here in its trigonometric form, arranged so that nothing cancels.

    Args:
        promoters: Counts, 0 or more, fractions allowed (effective sample sizes).
        passives: Counts of the same shape.
        detractors: Counts of the same shape.
        confidence_level: Between 0 and 1.

    Returns:
        Lower and upper limits between -1 and 1, NaN where there is no answer.
    """
    return _score_interval(*_counts(promoters, passives, detractors), quantile(confidence_level))


def wald_interval(
    promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, confidence_level: float = 0.95
) -> Interval:
    """The textbook interval, d +- z sqrt(v / n), for parity with other tools.

    It has no width where everybody agrees, and covers too little in small groups. It is not cut off at -1 and 1.
    """
    return _wald_interval(*_counts(promoters, passives, detractors), quantile(confidence_level))


def adjusted_wald_interval(
    promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, confidence_level: float = 0.95
) -> Interval:
    """The textbook interval after adding one answer to each category, cut off at -1 and 1.

    The adjustment is that of Agresti and Min (2005, Biometrics 61:515-523) for paired proportions, with three cells.
    """
    return _adjusted_wald_interval(*_counts(promoters, passives, detractors), quantile(confidence_level))


def bootstrap_interval(
    promoters: ArrayLike,
    passives: ArrayLike,
    detractors: ArrayLike,
    confidence_level: float = 0.95,
    *,
    percentile: bool = False,
    n_resamples: int = N_RESAMPLES,
    rng: RngLike = None,
) -> Interval:
    """The bootstrap interval, BCa or percentile, from multinomial draws on the counts.

    Resampling n answers with replacement and counting them is one multinomial draw, so no row is ever touched. The
    bias-corrected and accelerated limits are those of Efron (1987, JASA 82:171-185); the jackknife behind the
    acceleration has only three distinct values. Where everybody agrees every resample does, too, and the interval has
    no width.

    Args:
        promoters: Whole counts.
        passives: Whole counts of the same shape.
        detractors: Whole counts of the same shape.
        confidence_level: Between 0 and 1.
        percentile: The plain percentile limits instead of BCa.
        n_resamples: How many resamples to draw.
        rng: A seed or a generator, for the same limits every time.
    """
    x, m, y = _counts(promoters, passives, detractors)
    tail = (1 - check_confidence_level(confidence_level)) / 2
    n_resamples, generator = check_draws(n_resamples), generator_of(rng)

    def limits(x: Floats, m: Floats, y: Floats) -> Interval:
        n = x + m + y
        shares = np.stack([x, m, y], axis=-1) / n[:, None]
        drawn = generator.multinomial(n.astype(np.int64), shares, size=(n_resamples, len(n)))
        scores = (drawn[..., 0] - drawn[..., 2]) / n
        low, high = np.full(len(n), tail), np.full(len(n), 1 - tail)
        if not percentile:
            low, high = _bca_tails(scores, x, m, y, quantile(confidence_level))
        return _quantiles(scores, low), _quantiles(scores, high)

    return _in_blocks(limits, x, m, y, n_resamples)


def bayes_interval(
    promoters: ArrayLike,
    passives: ArrayLike,
    detractors: ArrayLike,
    confidence_level: float = 0.95,
    *,
    n_resamples: int = N_RESAMPLES,
    rng: RngLike = None,
) -> Interval:
    """The equal-tailed posterior interval under Jeffreys' prior, Dirichlet(1/2, 1/2, 1/2), from posterior draws.

    Args:
        promoters: Counts, 0 or more.
        passives: Counts of the same shape.
        detractors: Counts of the same shape.
        confidence_level: Between 0 and 1.
        n_resamples: How many draws.
        rng: A seed or a generator, for the same limits every time.
    """
    x, m, y = _counts(promoters, passives, detractors)
    tail = (1 - check_confidence_level(confidence_level)) / 2
    n_resamples, generator = check_draws(n_resamples), generator_of(rng)

    def limits(x: Floats, m: Floats, y: Floats) -> Interval:
        gammas = generator.standard_gamma(np.stack([x, m, y], axis=-1) + 0.5, size=(n_resamples, len(x), 3))
        scores = (gammas[..., 0] - gammas[..., 2]) / gammas.sum(axis=-1)
        low, high = np.quantile(scores, [tail, 1 - tail], axis=0)
        return low, high

    return _in_blocks(limits, x, m, y, n_resamples)


def interval(
    promoters: ArrayLike,
    passives: ArrayLike,
    detractors: ArrayLike,
    confidence_level: float = 0.95,
    *,
    method: Method = "score",
    n_resamples: int = N_RESAMPLES,
    rng: RngLike = None,
) -> Interval:
    """The interval of a method by its name."""
    must_be_one_of("method", method, METHODS)
    if method == "bayes":
        return bayes_interval(promoters, passives, detractors, confidence_level, n_resamples=n_resamples, rng=rng)
    if method in CLOSED_FORMS:
        return CLOSED_FORMS[method](*_counts(promoters, passives, detractors), quantile(confidence_level))
    return bootstrap_interval(
        promoters,
        passives,
        detractors,
        confidence_level,
        percentile=method == "bootstrap-percentile",
        n_resamples=n_resamples,
        rng=rng,
    )


def _variance(x: Floats, m: Floats, y: Floats, n: Floats) -> Floats:
    """Tau - d^2 without its cancellation near unanimity: (4xy + m(x + y)) / n^2."""
    return 4 * (x / n) * (y / n) + (m / n) * ((x + y) / n)


def _score_interval(x: Floats, m: Floats, y: Floats, z: float | Floats) -> Interval:
    if x.size <= _PIECE:
        return _score_limits(x, m, y, z)
    # Piece by piece, so that what is computed on the way stays in the processor's cache: a fraction of the time.
    columns = np.broadcast_arrays(x, m, y, z)
    limits = np.empty((2, columns[0].size))
    flat = [column.ravel() for column in columns]
    for start in range(0, columns[0].size, _PIECE):
        piece = slice(start, start + _PIECE)
        limits[:, piece] = _score_limits(*(column[piece] for column in flat))
    low, high = limits.reshape(2, *columns[0].shape)
    return low, high


def _score_limits(x: Floats, m: Floats, y: Floats, z: float | Floats) -> Interval:
    z2 = z * z
    with np.errstate(
        divide="ignore", invalid="ignore", over="ignore", under="ignore"
    ):  # n = 0 gives NaN; so does z = 0, until below
        n = x + m + y
        d = (x - y) / n
        size = abs(d)
        t = size * m / z2
        e = 2 * (1 + size) * np.minimum(x, y) / z2
        a = 1 + t + e
        disc = (4 * t + 1) * ((t - 2) * (t - 2)) + 4 * e * (3 * (1 + t) * a + e * e)
        theta = np.arctan2(np.sqrt(disc), _SQRT_27 * t) / 3
        radius = 2 * np.sqrt(a / 3)
        far = radius * np.cos(theta)
        near = radius * np.cos(theta + _THIRD_OF_A_TURN)
        centre, weight = n * size / (n + z2), z2 / (n + z2)
        # The score lies between its limits, also in the last digit, and is both of them if z = 0.
        outer = np.minimum(np.fmax(centre + weight * far, size), 1.0)
        inner = np.maximum(np.fmin(centre + weight * near, size), -1.0)
    sign = np.copysign(1.0, d)
    return np.minimum(sign * inner, sign * outer), np.maximum(sign * inner, sign * outer)


def _wald_interval(x: Floats, m: Floats, y: Floats, z: float | Floats) -> Interval:
    d, margin = estimate(x, m, y)[0], z * standard_error(x, m, y)
    return d - margin, d + margin


def _adjusted_wald_interval(x: Floats, m: Floats, y: Floats, z: float | Floats) -> Interval:
    low, high = _wald_interval(x + 1, m + 1, y + 1, z)
    empty = x + m + y == 0
    return np.where(empty, np.nan, np.maximum(low, -1.0)), np.where(empty, np.nan, np.minimum(high, 1.0))


CLOSED_FORMS: Final[dict[str, Callable[..., Interval]]] = {
    "score": _score_interval,
    "wald": _wald_interval,
    "adjusted-wald": _adjusted_wald_interval,
}
"""Methods that are a formula in z: counts and z in, limits out. Differences are built on these."""


def _bca_tails(scores: Floats, x: Floats, m: Floats, y: Floats, z: float) -> Interval:
    """The shares of resamples below the BCa limits, each of shape (groups,)."""
    d = (x - y) / (x + m + y)
    # Ties count half: the scores are on a lattice.
    bias = ppf(((scores < d).mean(axis=0) + (scores <= d).mean(axis=0)) / 2)
    times, influence = np.stack([x, m, y]), np.stack([1 - d, -d, -1 - d])  # of one answer on the score, up to a factor
    with np.errstate(invalid="ignore", divide="ignore"):
        acceleration = (times * influence**3).sum(axis=0) / (6 * (times * influence**2).sum(axis=0) ** 1.5)
    acceleration = np.nan_to_num(acceleration)  # everybody agrees: all resamples are the same
    tails = [cdf(bias + (bias + s) / (1 - acceleration * (bias + s))) for s in (-z, z)]
    return tails[0], tails[1]


def _quantiles(scores: Floats, tails: Floats) -> Floats:
    """One quantile per column, each with its own tail."""
    position = np.clip(tails, 0, 1) * (len(scores) - 1)
    ordered = np.sort(scores, axis=0)
    below = np.floor(position).astype(np.intp)
    above = np.minimum(below + 1, len(scores) - 1)
    column = np.arange(scores.shape[1])
    share = position - below
    return np.asarray(ordered[below, column] * (1 - share) + ordered[above, column] * share)


def _in_blocks(
    limits: Callable[[Floats, Floats, Floats], Interval], x: Floats, m: Floats, y: Floats, n_resamples: int
) -> Interval:
    """Draw for some groups at a time, so that memory stays small; groups without an answer get NaN."""
    low, high = np.full(x.size, np.nan), np.full(x.size, np.nan)
    filled = np.flatnonzero((x + m + y).ravel() > 0)
    step = max(1, _MOST_DRAWS // n_resamples)
    for start in range(0, len(filled), step):
        rows = filled[start : start + step]
        low[rows], high[rows] = limits(x.ravel()[rows], m.ravel()[rows], y.ravel()[rows])
    return low.reshape(x.shape), high.reshape(x.shape)


def generator_of(rng: RngLike) -> "np.random.Generator":
    """The generator of a seed; the same one if it is one already."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"rng must be a seed, a numpy Generator or None, got {rng!r}") from error


def check_draws(n_resamples: Any) -> int:
    """A number of draws, as an int."""
    is_whole = isinstance(n_resamples, (int, np.integer)) and not isinstance(n_resamples, bool)
    if not is_whole or not 1 <= n_resamples <= _MOST_DRAWS:
        raise InvalidInputError(f"n_resamples must be a whole number from 1 to {_MOST_DRAWS}, got {n_resamples!r}")
    return int(n_resamples)


def _counts(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike) -> tuple[Floats, Floats, Floats]:
    x, m, y = (np.asarray(c, np.float64) for c in (promoters, passives, detractors))
    if not x.shape == m.shape == y.shape:
        x, m, y = np.broadcast_arrays(x, m, y)
    return x[()], m[()], y[()]  # numbers rather than arrays without a dimension: numpy computes faster with them
