"""Counting cells per group: the loop under everything else.

An answer is a *cell*, a number from 0 to 12 in one byte: its score, or ``MISSING``, or ``INVALID``. So what cannot be
counted as a score is still counted, in the same pass, and never gets lost.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

POINTS = 11
"""How many scores there can be: 0 to 10."""

MISSING = 11
"""The cell of an answer that was not given."""

INVALID = 12
"""The cell of an answer that is not a score of the scale."""

CELLS = 13
"""How many cells there are in all."""

_BLOCK = 1 << 17
"""Rows per block: few enough that a block's index stays in the processor's cache."""


def count(cells: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count one group.

    Args:
        cells: Cells, shape (n,).

    Returns:
        Counts per cell, shape (13,).
    """
    counts = np.zeros(CELLS, np.int64)
    for start in range(0, len(cells), _BLOCK):
        counts += np.bincount(cells[start : start + _BLOCK], minlength=CELLS)
    return counts


def count_groups(cells: NDArray[np.uint8], groups: NDArray[np.integer[Any]], n_groups: int) -> NDArray[np.int64]:
    """Count every group in one pass.

    Args:
        cells: Cells, shape (n,).
        groups: The group of each answer, 0 to ``n_groups - 1``, shape (n,).
        n_groups: How many groups there are.

    Returns:
        Counts per group and cell, shape (n_groups, 13).
    """
    if n_groups == 1:
        return count(cells)[np.newaxis]
    table = np.zeros(n_groups * CELLS, np.int64)
    for block in _blocks(len(cells), n_groups):
        table += np.bincount(_index(cells[block], groups[block]), minlength=len(table))
    return table.reshape(n_groups, CELLS)


def weigh_groups(
    cells: NDArray[np.uint8], groups: NDArray[np.integer[Any]], n_groups: int, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum the weights, and the squared weights, of every score in every group.

    Args:
        cells: Cells, shape (n,).
        groups: The group of each answer, 0 to ``n_groups - 1``, shape (n,).
        n_groups: How many groups there are.
        weights: Sampling weights, shape (n,).

    Returns:
        Sums of the weights and of their squares, each of shape (n_groups, 11).
    """
    sums = np.zeros(n_groups * CELLS)
    squares = np.zeros(n_groups * CELLS)
    for block in _blocks(len(cells), n_groups):
        index = _index(cells[block], groups[block])
        weight = weights[block]
        sums += np.bincount(index, weight, minlength=len(sums))
        squares += np.bincount(index, weight * weight, minlength=len(squares))
    return (
        sums.reshape(n_groups, CELLS)[:, :POINTS].copy(),
        squares.reshape(n_groups, CELLS)[:, :POINTS].copy(),
    )


def _blocks(n_rows: int, n_groups: int) -> list[slice]:
    """Slices over the rows, long enough that adding a block's table costs less than counting the block."""
    step = max(_BLOCK, n_groups * CELLS)
    return [slice(start, start + step) for start in range(0, n_rows, step)]


def _index(cells: NDArray[np.uint8], groups: NDArray[np.integer[Any]]) -> NDArray[np.intp]:
    index = groups.astype(np.intp)
    index *= CELLS
    index += cells
    return index
