"""What a sampling weight may be."""

import math
import numbers
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SMALLEST: Final = 1e-100
LARGEST: Final = 1e100

WEIGHTS: Final = "weights must be numbers from 1e-100 to 1e100, or 0"
"""The rule, as messages say it: the squares of weights are summed, and must not leave what floats can hold."""


def as_weight(value: Any) -> float:
    """A weight as a float, NaN for what is none."""
    if not isinstance(value, (numbers.Real, Decimal)) or isinstance(value, (bool, np.bool_)):
        return math.nan
    try:
        weight = float(value)
    except (OverflowError, ValueError):
        return math.nan
    return abs(weight) if weight == 0 or SMALLEST <= weight <= LARGEST else math.nan


def as_weights(values: NDArray[Any]) -> NDArray[np.float64]:
    """A column of numbers as weights, NaN for what is none."""
    weights = np.ma.array(values, np.float64).filled(np.nan)
    allowed = (weights == 0) | ((weights >= SMALLEST) & (weights <= LARGEST))
    return np.where(allowed, np.abs(weights), np.nan)
