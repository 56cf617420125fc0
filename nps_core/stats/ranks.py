"""Which places in a ranking the data leave open."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints: TypeAlias = NDArray[np.int64]


def pairs_of(k: int) -> tuple[Ints, Ints]:
    """All pairs of k things, the first before the second, each of shape (k (k - 1) / 2,)."""
    first, second = np.triu_indices(k, 1)
    return first.astype(np.int64), second.astype(np.int64)


def rank_sets(differences: ArrayLike, adjusted_pvalues: ArrayLike, k: int, alpha: float) -> tuple[Ints, Ints]:
    """The best and the worst rank that each of k groups can have.

    A group ranks behind all that are significantly better, and before all that are significantly worse. Where the
    p-values are adjusted for all pairs, all true ranks are within their sets at once with probability 1 - alpha
    (Mogstad, Romano, Shaikh and Wilhelm 2024, Review of Economic Studies 91:476-518).

    Args:
        differences: First minus second of each of :func:`pairs_of` k, NaN where there is none.
        adjusted_pvalues: Its two-sided p-value, adjusted for all pairs, NaN where there is none.
        k: How many groups there are.
        alpha: The chance of being wrong anywhere.

    Returns:
        Best and worst ranks, from 1 for the highest score, each of shape (k,).
    """
    first, second = pairs_of(k)
    gaps, clear = np.asarray(differences, np.float64), np.asarray(adjusted_pvalues, np.float64) < alpha
    up, down = clear & (gaps > 0), clear & (gaps < 0)
    worse = np.bincount(first[up], minlength=k) + np.bincount(second[down], minlength=k)
    better = np.bincount(first[down], minlength=k) + np.bincount(second[up], minlength=k)
    return 1 + better, k - worse
