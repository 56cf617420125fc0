"""Few degrees of freedom: how much farther than the normal an interval must reach. Needs SciPy."""

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nps_core._optional import require
from nps_core.stats.normal import check_confidence_level

Freedom: TypeAlias = tuple[ArrayLike, ArrayLike]
"""Degrees of freedom of the variance, and the number of answers that the interval's formula counts on."""

_FARTHEST: Final = 25.0
"""So far out SciPy's quantiles of few degrees of freedom can be trusted; the factor stays as it is there."""

_LARGEST: Final = 1e100

_UNKNOWN: Final = 1e8
"""The reach where no degree of freedom is left: every value is possible."""


def special() -> Any:
    """The module ``scipy.special``."""
    return require("scipy.special", purpose="an interval or a test with few degrees of freedom", extra="stats")


def stretched(z: ArrayLike, freedom: Freedom | None) -> NDArray[np.float64]:
    """The reach z, lengthened by t(df) / t(n - 1) at the same level.

    An interval made for n independent answers allows already for n - 1 degrees of freedom; what it does not allow for
    is that a design of few clusters leaves fewer (Korn and Graubard 1998, Survey Methodology 24:193-201).

    Args:
        z: Normal quantiles, 0 or more.
        freedom: Degrees of freedom and n, each infinite where the normal is meant, of a shape that goes with z. None
            leaves z as it is.

    Returns:
        Quantiles, at least z; practically infinite where there is no degree of freedom.
    """
    reach = np.asarray(z, np.float64)
    if freedom is None:
        return reach
    df, n = (np.asarray(part, np.float64) for part in freedom)
    functions = special()
    tail = functions.ndtr(-np.clip(reach, 1e-8, _FARTHEST))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        factor = _quantile(functions, df, tail) / _quantile(functions, np.where(n > 1, n - 1, np.inf), tail)
    factor = np.where(df > 0, np.clip(np.fmax(factor, 1.0), 1.0, _LARGEST), _UNKNOWN)
    return np.asarray(reach * factor)


def t_pvalue(statistic: ArrayLike, df: ArrayLike) -> NDArray[np.float64]:
    """The two-sided p-value of Student's t."""
    return np.asarray(2 * special().stdtr(df, -np.abs(statistic)))


def t_reach(confidence_level: float, df: ArrayLike) -> NDArray[np.float64]:
    """How many standard errors a two-sided interval of Student's t reaches to each side."""
    tail = (1 - check_confidence_level(confidence_level)) / 2
    return np.asarray(-special().stdtrit(df, tail))


def chi2_pvalue(statistic: ArrayLike, df: ArrayLike) -> NDArray[np.float64]:
    """The upper tail of chi-squared."""
    return np.asarray(special().chdtrc(df, statistic))


def f_pvalue(statistic: ArrayLike, df: ArrayLike, df_error: ArrayLike) -> NDArray[np.float64]:
    """The upper tail of Fisher's F."""
    return np.asarray(special().fdtrc(df, df_error, statistic))


def _quantile(functions: Any, df: NDArray[np.float64], tail: NDArray[np.float64]) -> NDArray[np.float64]:
    finite = np.where(np.isfinite(df) & (df > 0), df, 1.0)
    return np.asarray(np.where(np.isfinite(df), -functions.stdtrit(finite, tail), -functions.ndtri(tail)))
