"""Several columns of codes to groups: those that occur, and what is counted in each."""

import math
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.counting.kernel import Codes, count_groups, weigh_groups

_DENSE = 1 << 22
"""Up to this many possible groups, a table of them all is cheaper than a sort."""

_DENSE_COUNTS = 1 << 16
"""Up to this many possible groups, counts of them all are small."""


@attrs.frozen(eq=False)
class Groups:
    """The groups that occur, g of them, in the order of their codes.

    Attributes:
        codes: The code of each group in each column, -1 for none, shape (g, columns).
        counts: Answers per group and cell, shape (g, 13).
        weights: Sums of weights and of their squares per group and score, shape (2, g, 11), None without weights.
    """

    codes: NDArray[np.int32]
    counts: NDArray[np.int64]
    weights: NDArray[np.float64] | None


@attrs.frozen(eq=False)
class CellTable:
    """Counts that others made, r rows of them: of one cell each, in any order, and a group may stand in several.

    Attributes:
        labels: One column of r labels per key.
        days: A day within the period of each row, shape (r,), NaT where the time is unknown; None without periods.
        cells: The cell of each row, shape (r,).
        counts: How many answers there are, shape (r,).
        weights: The sums of their weights and of the squares, shape (2, r), None without weights.
    """

    labels: list[Any]
    days: NDArray[np.datetime64] | None
    cells: NDArray[np.uint8]
    counts: NDArray[np.int64]
    weights: NDArray[np.float64] | None = None


def count_by(
    cells: NDArray[np.uint8], columns: Sequence[Codes], sizes: Sequence[int], weights: NDArray[np.float64] | None = None
) -> Groups:
    """Count the groups that the codes of some columns make.

    A table of every combination is counted into without a look at which ones occur, as long as it is not much larger
    than the rows are many; otherwise those that occur are numbered first.

    Args:
        cells: Cells, shape (n,).
        columns: One array of codes per key, each of shape (n,): 0 to size - 1, or -1 for none, which comes last.
        sizes: How many codes each key has.
        weights: Sampling weights, shape (n,).
    """
    if len(columns) > 1 and math.prod(size + 1 for size in sizes) > max(_DENSE_COUNTS, len(cells) // 4):
        group, table = combine(columns, sizes, len(cells))
        found = count_by(cells, [group], [len(table)], weights)
        return attrs.evolve(found, codes=table)
    sums = None
    if weights is None:
        counts = count_groups(cells, columns, sizes)
    else:
        counts, sums = weigh_groups(cells, columns, sizes, weights)
    occurs = np.flatnonzero(counts.any(axis=1))
    return Groups(
        codes=_codes_of(occurs, sizes), counts=counts[occurs], weights=None if sums is None else sums[:, occurs]
    )


def combine(
    columns: Sequence[NDArray[np.integer[Any]]], sizes: Sequence[int], n_rows: int
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Number the observed combinations of codes.

    Args:
        columns: One array of codes per key, each of shape (n,): 0 to size - 1, or -1 for none, which comes last.
        sizes: How many codes each key has.
        n_rows: n, which no column would tell when there are none.

    Returns:
        The group of each row, shape (n,), and the codes of each group, shape (groups, keys), in the order of the codes.
    """
    if not columns:  # one group, if there is any row
        return np.zeros(n_rows, np.intp), np.zeros((min(n_rows, 1), 0), np.int32)
    radices = [size + 1 for size in sizes]
    group = np.zeros(n_rows, np.intp)
    if math.prod(radices) <= max(_DENSE, 2 * n_rows):
        for column, radix in zip(columns, radices, strict=True):
            group *= radix
            group += np.where(column < 0, radix - 1, column.astype(np.intp, copy=False))
        present = np.zeros(math.prod(radices), np.bool_)
        present[group] = True
        return (np.cumsum(present) - 1)[group], _codes_of(np.flatnonzero(present), sizes)
    table = np.zeros((1, 0), np.int32)
    for column, size in zip(columns, sizes, strict=True):
        code = np.where(column < 0, size, column.astype(np.intp, copy=False))
        pairs, group = np.unique(group * (size + 1) + code, return_inverse=True)
        table = np.column_stack([table[pairs // (size + 1)], _codes_of(pairs % (size + 1), [size])])
    return group, table


def _codes_of(groups: NDArray[np.intp], sizes: Sequence[int]) -> NDArray[np.int32]:
    """The code in each column of groups that are numbered in order, none being the last code; shape (g, columns)."""
    codes = np.empty((len(groups), len(sizes)), np.int32)
    for column in reversed(range(len(sizes))):
        groups, code = np.divmod(groups, sizes[column] + 1)
        codes[:, column] = np.where(code == sizes[column], -1, code)
    return codes
