"""How much each driver has to do with an outcome: its share of R^2, from correlations alone.

Everything takes stacks of correlation matrices, shape (..., k + 1, k + 1): of k drivers and, last, the outcome. A
driver that the others determine adds nothing to them.
"""

from math import factorial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nps_core.stats.intervals import Floats

MOST_BY_SUBSETS: Final = 15
"""The most drivers whose 2^k subsets are gone through."""

_REDUNDANT: Final = 1e-10
_BLOCKS: Final = 500
_AT_ONCE: Final = 1 << 16


def lmg(correlations: Floats) -> Floats:
    """Lindeman, Merenda and Gold's importance: what a driver adds to R^2, averaged over all orders of entering.

    It is Shapley's value of R^2 (Lindeman, Merenda and Gold 1980; Groemping 2007, Am. Statist. 61:139-147).

    Args:
        correlations: Shape (..., k + 1, k + 1), the outcome last; k at most 15.

    Returns:
        Shape (..., k): parts of R^2, 0 or more, that sum to it.
    """
    k = correlations.shape[-1] - 1
    stack = correlations.reshape(-1, k + 1, k + 1)
    found = np.empty((len(stack), k))
    step = max(1, _AT_ONCE >> k)
    for start in range(0, len(stack), step):
        found[start : start + step] = _shapley(unexplained(stack[start : start + step]))
    return found.reshape(*correlations.shape[:-2], k)


def unexplained(correlations: Floats) -> Floats:
    """What every subset of the drivers leaves of the outcome's variance, 1 - R^2.

    Driver by driver, every matrix splits in two: without the driver, and with it swept out (its Schur complement).

    Args:
        correlations: Shape (..., k + 1, k + 1), the outcome last.

    Returns:
        Shape (..., 2^k); bit i of the place tells whether driver i is in the subset.
    """
    rest = np.moveaxis(correlations, (-2, -1), (0, 1))[..., np.newaxis]  # subsets last, where numpy is quick
    for _ in range(len(rest) - 1):
        pivot, row, without = rest[0, 0], rest[0, 1:], rest[1:, 1:]
        slope = row / np.where(pivot > _REDUNDANT, pivot, np.inf)
        swept = without - slope[:, np.newaxis] * row
        rest = np.concatenate([without, swept], axis=-1)
    left: Floats = rest[0, 0]
    return left


def relative_weights(correlations: Floats) -> Floats:
    """Johnson's relative weights: close to :func:`lmg`, for any number of drivers.

    The drivers are replaced by the uncorrelated ones nearest to them (Johnson 2000, Multivar. Behav. Res. 35:1-19).

    Args:
        correlations: Shape (..., k + 1, k + 1), the outcome last.

    Returns:
        Shape (..., k): parts of R^2, 0 or more, that sum to it.
    """
    values, vectors, inverse = _spectrum(correlations)
    turned = np.swapaxes(vectors, -1, -2)
    nearest = (vectors * np.sqrt(values)[..., np.newaxis, :]) @ turned
    onto = (vectors * np.sqrt(inverse)[..., np.newaxis, :]) @ (turned @ correlations[..., :-1, -1:])
    weights: Floats = np.square(nearest) @ np.square(onto)
    return weights[..., 0]


def coefficients(correlations: Floats) -> Floats:
    """Standardised coefficients of the regression on all drivers, shape (..., k); the shortest where many would do."""
    _, vectors, inverse = _spectrum(correlations)
    found: Floats = (vectors * inverse[..., np.newaxis, :]) @ (
        np.swapaxes(vectors, -1, -2) @ correlations[..., :-1, -1:]
    )
    return found[..., 0]


def variance_inflation(correlations: Floats) -> Floats:
    """By how much the others inflate a coefficient's variance, shape (..., k); inf where they determine its driver."""
    _, vectors, inverse = _spectrum(correlations)
    lost = np.square(vectors * (inverse == 0)[..., np.newaxis, :]).sum(axis=-1) > np.sqrt(_REDUNDANT)
    factors = (np.square(vectors) * inverse[..., np.newaxis, :]).sum(axis=-1)
    return np.where(lost, np.inf, factors)


def moments(variables: Floats, weights: NDArray[np.float64] | None = None) -> Floats:
    """Sums of products, of which correlations can be made.

    Args:
        variables: Shape (m, n), best centred: nothing is subtracted here.
        weights: Shape (n,).

    Returns:
        Shape (m + 1, m + 1); a variable that is always 1 comes first.
    """
    m, n = variables.shape
    weighted = variables if weights is None else variables * weights
    found = np.empty((m + 1, m + 1))
    found[0, 0] = n if weights is None else weights.sum()
    found[0, 1:] = found[1:, 0] = weighted.sum(axis=1)
    found[1:, 1:] = weighted @ variables.T
    return found


def resampled_moments(
    variables: Floats, weights: NDArray[np.float64] | None, n_resamples: int, rng: "np.random.Generator"
) -> Floats:
    """What :func:`moments` could have been, were others drawn: shape (n_resamples, m + 1, m + 1).

    The n columns are dealt out at random to 500 blocks at most, and whole blocks are drawn again: sums of independent
    blocks vary as those of independent answers do, and a draw costs the same whatever n is.
    """
    n = variables.shape[1]
    blocks = np.array_split(rng.permutation(n), min(n, _BLOCKS))
    sums = np.stack([moments(variables[:, block], None if weights is None else weights[block]) for block in blocks])
    times = rng.multinomial(len(blocks), np.full(len(blocks), 1 / len(blocks)), n_resamples)
    drawn: Floats = (times @ sums.reshape(len(blocks), -1)).reshape(n_resamples, *sums.shape[1:])
    return drawn


def correlations_of(sums: Floats) -> Floats:
    """Correlations, shape (..., m, m), from :func:`moments`; 0 for columns that do not vary, 1 with themselves."""
    means = sums[..., 0, 1:] / sums[..., :1, 0]
    covariances = sums[..., 1:, 1:] / sums[..., :1, :1] - means[..., :, np.newaxis] * means[..., np.newaxis, :]
    variances = np.diagonal(covariances, axis1=-2, axis2=-1)
    squares = np.diagonal(sums[..., 1:, 1:], axis1=-2, axis2=-1) / sums[..., :1, 0]
    varies = variances > np.maximum(squares, np.finfo(float).tiny) * 1e-13
    spread = np.sqrt(np.where(varies, variances, np.inf))
    found: Floats = covariances / (spread[..., :, np.newaxis] * spread[..., np.newaxis, :])
    here = np.arange(found.shape[-1])
    found[..., here, here] = 1.0
    return found


def _shapley(left: Floats) -> Floats:
    """What each driver takes away, averaged over all orders; left has shape (b, 2^k)."""
    k = left.shape[-1].bit_length() - 1
    of_size = [factorial(size) * factorial(k - 1 - size) / factorial(k) for size in range(k)]
    share = np.array([*of_size, 0.0])[_sizes(k)]
    found = np.empty((len(left), k))
    for driver in range(k):
        pairs = left.reshape(len(left), -1, 2, 2**driver)
        orders = share.reshape(-1, 2, 2**driver)[:, 0]
        found[:, driver] = np.einsum("bij,ij->b", pairs[:, :, 0] - pairs[:, :, 1], orders)
    return found


def _sizes(k: int) -> NDArray[np.intp]:
    """How many drivers are in each subset."""
    sizes = np.zeros(1, np.intp)
    for _ in range(k):
        sizes = np.concatenate([sizes, sizes + 1])
    return sizes


def _spectrum(correlations: Floats) -> tuple[Floats, Floats, Floats]:
    """The eigenvalues of the drivers' correlations, their vectors, and their inverses, 0 for those that are 0."""
    values, vectors = np.linalg.eigh(correlations[..., :-1, :-1])
    is_real = values > _REDUNDANT
    return np.where(is_real, values, 0.0), vectors, np.where(is_real, 1.0, 0.0) / np.where(is_real, values, 1.0)
