"""p-values of many comparisons at once."""

from collections.abc import Callable
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nps_core.errors import must_be_one_of

Correction: TypeAlias = Literal["holm", "benjamini-hochberg"]
"""What many p-values are adjusted for: the chance of any false claim, or the share of false ones among the claims."""


def holm(pvalues: ArrayLike) -> NDArray[np.float64]:
    """Holm's adjusted p-values, which bound the chance of even one false claim (Holm 1979, Scand. J. Statist. 6:65-70).

    Args:
        pvalues: p-values, shape (k,); NaN for comparisons that could not be made, which do not count.

    Returns:
        Adjusted p-values in the same order, NaN where there was NaN.
    """

    def step_down(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.maximum.accumulate(p * np.arange(len(p), 0, -1))

    return _in_order(pvalues, step_down)


def benjamini_hochberg(pvalues: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-values that bound the expected share of false claims among all claims made.

    For screening many comparisons, which are independent or positively related (Benjamini and Hochberg 1995, JRSS B
    57:289-300).

    Args:
        pvalues: p-values, shape (k,); NaN for comparisons that could not be made, which do not count.

    Returns:
        Adjusted p-values in the same order, NaN where there was NaN.
    """

    def step_up(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.minimum.accumulate((p * (len(p) / np.arange(1, len(p) + 1)))[::-1])[::-1]

    return _in_order(pvalues, step_up)


def adjusted(pvalues: ArrayLike, correction: Correction) -> NDArray[np.float64]:
    """The p-values, adjusted by the correction of a name."""
    must_be_one_of("correction", correction, tuple(CORRECTIONS))
    return CORRECTIONS[correction](pvalues)


CORRECTIONS: Final[dict[str, Callable[[ArrayLike], NDArray[np.float64]]]] = {
    "holm": holm,
    "benjamini-hochberg": benjamini_hochberg,
}


def _in_order(pvalues: ArrayLike, adjust: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Adjust the p-values that are there, sorted, and put them back where they were."""
    p = np.asarray(pvalues, np.float64)
    result = np.full(p.shape, np.nan)
    order = np.argsort(p, kind="stable")[: np.count_nonzero(~np.isnan(p))]  # NaN sorts last
    result[order] = np.minimum(adjust(p[order]), 1.0)
    return result
