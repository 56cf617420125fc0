"""Intervals of plain shares."""

import numpy as np
from numpy.typing import ArrayLike

from nps_core.stats.intervals import Floats
from nps_core.stats.normal import quantile


def wilson(successes: ArrayLike, n: ArrayLike, confidence_level: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson's interval of a share (Wilson 1927, JASA 22:209-212).

    Args:
        successes: How many of each n, of any shape.
        n: How many in all; where it is 0, every share is possible.
        confidence_level: Between 0 and 1.

    Returns:
        The lower and the upper limits, between 0 and 1.
    """
    x, size = np.asarray(successes, np.float64), np.asarray(n, np.float64)
    z2 = quantile(confidence_level) ** 2
    reach = np.sqrt(z2 * (z2 / 4 + x * (size - x) / np.maximum(size, 1)))
    low, high = (x + z2 / 2 - reach) / (size + z2), (x + z2 / 2 + reach) / (size + z2)
    return np.where(x == 0, 0.0, low), np.where(x == size, 1.0, high)
