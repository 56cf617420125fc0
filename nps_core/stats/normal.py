"""The normal distribution: the quantile of a confidence level, and the tail of a statistic."""

import math
from statistics import NormalDist
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from nps_core.errors import InvalidInputError, must_be_one_of

Alternative: TypeAlias = Literal["two-sided", "greater", "less"]
"""What a test looks for: any departure from the null, or one to one side only."""

ALTERNATIVES: Final[tuple[Alternative, ...]] = get_args(Alternative)

_NORMAL = NormalDist()


def check_confidence_level(confidence_level: float) -> float:
    """The level as a float, strictly between 0 and 1."""
    if isinstance(confidence_level, bool) or not isinstance(confidence_level, (int, float, np.floating, np.integer)):
        raise InvalidInputError(f"confidence_level must be a number between 0 and 1, got {confidence_level!r}")
    if not 0 < confidence_level < 1:
        hint = f"; for {confidence_level:g} % write {confidence_level / 100:g}" if 1 < confidence_level < 100 else ""
        raise InvalidInputError(
            f"confidence_level must be between 0 and 1, both excluded, got {confidence_level}{hint}"
        )
    return float(confidence_level)


def quantile(confidence_level: float) -> float:
    """How many standard errors a two-sided interval of this level reaches to each side: 1.96 for 0.95."""
    # The lower tail keeps its digits where (1 + level) / 2 would round to 1.
    return -_NORMAL.inv_cdf((1 - check_confidence_level(confidence_level)) / 2)


def reach(confidence_level: float, alternative: Alternative = "two-sided") -> float:
    """How many standard errors an interval reaches to the side, or sides, on which it has a limit."""
    must_be_one_of("alternative", alternative, ALTERNATIVES)
    level = check_confidence_level(confidence_level)
    if alternative == "two-sided":
        return quantile(level)
    if level <= 0.5:
        raise InvalidInputError(f"a one-sided confidence_level must be above 0.5, got {confidence_level}")
    return -_NORMAL.inv_cdf(1 - level)


def pvalue(statistic: NDArray[np.float64], alternative: Alternative = "two-sided") -> NDArray[np.float64]:
    """The p-value of normal statistics, large ones speaking for "greater"; NaN stays NaN."""
    must_be_one_of("alternative", alternative, ALTERNATIVES)
    if alternative == "two-sided":
        return two_sided(statistic)
    return cdf(statistic if alternative == "less" else -statistic)


def two_sided(statistic: NDArray[np.float64]) -> NDArray[np.float64]:
    """The two-sided p-value of normal statistics; NaN stays NaN."""
    root = math.sqrt(2)
    flat = [math.erfc(abs(z) / root) for z in np.ravel(statistic).tolist()]
    return np.array(flat).reshape(np.shape(statistic))


def cdf(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The normal distribution function."""
    root = math.sqrt(2)
    flat = [0.5 * math.erfc(-value / root) for value in np.ravel(x).tolist()]
    return np.array(flat).reshape(np.shape(x))


def ppf(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The normal quantile of each share; 0 and 1 give the quantiles of 1e-12 and 1 - 1e-12."""
    flat = [_NORMAL.inv_cdf(min(max(share, 1e-12), 1 - 1e-12)) for share in np.ravel(shares).tolist()]
    return np.array(flat).reshape(np.shape(shares))
