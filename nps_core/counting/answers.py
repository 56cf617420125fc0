"""Answers to cells: what counts as a score, what is missing, what is invalid."""

import numbers
import operator
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.columns import as_column, is_missing
from nps_core.counting.kernel import INVALID, MISSING, POINTS
from nps_core.counting.narrowing import as_bytes, narrowed


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
    try:
        return cell_of(operator.index(value))  # type: ignore[arg-type]
    except TypeError:
        return INVALID


def to_cells(answers: Any, lowest: int, highest: int) -> NDArray[np.uint8]:
    """Turn a column of answers into cells.

    Args:
        answers: Scores as a list, an array, or a column of pandas, Polars or PyArrow; n of them.
        lowest: The lowest score of the scale.
        highest: The highest score of the scale.

    Returns:
        Cells, shape (n,), in an array that is new: the score, ``MISSING`` (11) or ``INVALID`` (12).
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
    if array.dtype.kind not in "iuf":
        return _one_by_one(array.tolist() if array.dtype.kind not in "mM" else list(array), lowest, highest)
    cells = np.empty(len(array), np.uint8)
    for rows, scores, is_score in narrowed(array):
        if scores is None:
            cells[rows] = _any_numbers(array[rows])
        else:
            cells[rows] = scores
            if is_score is not None:
                np.copyto(cells[rows], MISSING, where=~is_score)
        _refuse_outside(cells[rows], lowest, highest)
    return cells


def _any_numbers(block: NDArray[Any]) -> NDArray[np.uint8]:
    """The cells of a block of numbers that may be anything."""
    valid = (block >= 0) & (block < POINTS) & (block == np.floor(block))
    cells = np.where(valid, block, INVALID).astype(np.uint8)
    cells[np.isnan(block)] = MISSING
    return cells


def _refuse_outside(cells: NDArray[np.uint8], lowest: int, highest: int) -> None:
    """Mark what is not on a narrower scale."""
    if (lowest, highest) != (0, POINTS - 1):
        outside = ((cells < lowest) | (cells > highest)) & (cells != MISSING)
        np.copyto(cells, INVALID, where=outside)


def _from_list(answers: list[Any], lowest: int, highest: int) -> NDArray[np.uint8]:
    scores = as_bytes(answers)
    if scores is not None:
        return _from_array(np.frombuffer(scores, np.uint8), lowest, highest)
    if set(map(type, answers)) <= {int, float, type(None)}:
        try:
            return _from_array(np.array(answers, np.float64), lowest, highest)
        except OverflowError:  # a number that fits no float: say which, below
            pass
    return _one_by_one(answers, lowest, highest)


def _one_by_one(answers: list[Any], lowest: int, highest: int) -> NDArray[np.uint8]:
    cells = np.frombuffer(bytearray(map(cell_of, answers)), np.uint8)
    _refuse_outside(cells, lowest, highest)
    return cells
