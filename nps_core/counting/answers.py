"""Answers to cells: what counts as a score, what is missing, what is invalid."""

import numbers
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.columns import as_column, is_missing
from nps_core.counting.kernel import INVALID, MISSING, POINTS


def cell_of(value: object) -> int:
    """The cell of one answer on the widest scale, 0 to 10: the rule, in one place, for any kind of value.

    A score is a whole number, whatever its type; ``True`` and text are not numbers. None, NaN, NaT and "" are missing.
    """
    if type(value) is int:
        return value if 0 <= value < POINTS else INVALID
    if is_missing(value) or (isinstance(value, str) and not value):
        return MISSING
    if isinstance(value, (bool, np.bool_, np.timedelta64)):  # all three pass for whole numbers
        return INVALID
    if isinstance(value, Decimal) and value.is_nan():
        return MISSING
    if isinstance(value, (numbers.Real, Decimal)):
        return next((score for score in range(POINTS) if score == value), INVALID)
    return INVALID


def to_cells(answers: Any, lowest: int, highest: int) -> NDArray[np.uint8]:
    """Turn a column of answers into cells.

    Args:
        answers: Scores as a list, an array, or a column of pandas, Polars or PyArrow; n of them.
        lowest: The lowest score of the scale.
        highest: The highest score of the scale.

    Returns:
        Cells, shape (n,): the score, ``MISSING`` (11) or ``INVALID`` (12).
    """
    column = as_column(answers, "scores")
    if isinstance(column, list):
        return _from_list(column, lowest, highest)
    if isinstance(column, np.ma.MaskedArray):
        cells = _from_array(column.data, lowest, highest)
        cells[np.ma.getmaskarray(column)] = MISSING
        return cells
    return _from_array(column, lowest, highest)


def _from_array(array: NDArray[Any], lowest: int, highest: int) -> NDArray[np.uint8]:
    if array.dtype.kind in "iu":
        valid = (array >= lowest) & (array <= highest)
        return np.where(valid, array, INVALID).astype(np.uint8)
    if array.dtype.kind == "f":
        valid = (array >= lowest) & (array <= highest) & (array == np.floor(array))
        cells = np.where(valid, array, INVALID).astype(np.uint8)
        cells[np.isnan(array)] = MISSING
        return cells
    return _one_by_one(array.tolist() if array.dtype.kind not in "mM" else list(array), lowest, highest)


def _from_list(answers: list[Any], lowest: int, highest: int) -> NDArray[np.uint8]:
    types = set(map(type, answers))
    if types <= {int, float, type(None)}:
        try:
            if types == {int}:
                return _from_array(np.frombuffer(bytes(answers), np.uint8), lowest, highest)
            return _from_array(np.array(answers, np.float64), lowest, highest)
        except (ValueError, OverflowError):  # a number that fits no byte or no float: say which, below
            pass
    return _one_by_one(answers, lowest, highest)


def _one_by_one(answers: list[Any], lowest: int, highest: int) -> NDArray[np.uint8]:
    cells = np.frombuffer(bytes(map(cell_of, answers)), np.uint8)
    outside = ((cells < lowest) | (cells > highest)) & (cells != MISSING)
    return np.where(outside, np.uint8(INVALID), cells)
