"""Several columns of codes to one number per row: the group."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DENSE = 1 << 22
"""Up to this many possible groups, a table of them all is cheaper than a sort."""


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
            group += np.where(column < 0, radix - 1, column)
        present = np.zeros(math.prod(radices), np.bool_)
        present[group] = True
        observed = np.flatnonzero(present)
        group = (np.cumsum(present) - 1)[group]
        table = np.stack(np.unravel_index(observed, radices), axis=1)
    else:
        table = np.zeros((1, 0), np.intp)
        for column, radix in zip(columns, radices, strict=True):
            pairs, group = np.unique(group * radix + np.where(column < 0, radix - 1, column), return_inverse=True)
            table = np.column_stack([table[pairs // radix], pairs % radix])
    codes = table.astype(np.int32)
    codes[codes == np.array(sizes, np.int32)] = -1
    return group, codes
