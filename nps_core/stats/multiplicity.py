"""p-values of many comparisons at once."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(pvalues: ArrayLike) -> NDArray[np.float64]:
    """Holm's adjusted p-values, which bound the chance of even one false claim (Holm 1979, Scand. J. Statist. 6:65-70).

    Args:
        pvalues: p-values, shape (k,); NaN for comparisons that could not be made, which do not count.

    Returns:
        Adjusted p-values in the same order, NaN where there was NaN.
    """
    p = np.asarray(pvalues, np.float64)
    adjusted = np.full(p.shape, np.nan)
    order = np.argsort(p, kind="stable")[: np.count_nonzero(~np.isnan(p))]  # NaN sorts last
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1.0)
    return adjusted
