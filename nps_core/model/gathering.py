"""Rows to groups: each once, in order."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.calendar import Every, period_codes, period_starts
from nps_core.counting.groups import CellTable, combine, count_by
from nps_core.counting.kernel import CELLS, POINTS, Codes
from nps_core.counting.zones import Days, Instants
from nps_core.errors import InvalidInputError
from nps_core.model.columns import LabelColumn

_MOST: Final = 2**62
"""Sums of counts up to here are exact in 64 bits; more is refused, never wrapped."""


def count_rows(
    cells: NDArray[np.uint8],
    keys: Sequence[LabelColumn],
    *,
    instants: Instants | None,
    time_zone: str | None,
    every: Every | None,
    weights: NDArray[np.float64] | None,
) -> dict[str, Any]:
    """Count rows per group.

    Args:
        cells: The cell of each row, shape (n,).
        keys: The labels of each row, one column per key.
        instants: The time of each row, shape (n,).
        time_zone: The zone whose calendar is meant.
        every: The calendar period that makes the groups, too.
        weights: The sampling weight of each row, shape (n,).

    Returns:
        What :func:`gather` returns.
    """
    columns: list[Codes] = [key.codes for key in keys]
    sizes = [len(key.labels) for key in keys]
    starts = None
    if every is not None and instants is not None:
        codes, starts = period_codes(instants, time_zone, every)
        columns, sizes = [*columns, codes], [*sizes, len(starts)]
    groups = count_by(cells, columns, sizes, weights)
    return _fields(keys, groups.codes, starts, groups.counts, groups.weights)


def gather(
    keys: Sequence[LabelColumn],
    starts: Days | None,
    matrix: NDArray[np.int64],
    weights: NDArray[np.float64] | None,
) -> dict[str, Any]:
    """Add up rows of the same group, drop groups without an answer, and put the rest in order.

    Args:
        keys: The labels of each row, one column per key, each of r rows.
        starts: The first day of each row's period, shape (r,), None without periods.
        matrix: Counts per row and cell, shape (r, cells).
        weights: Sums of weights and of their squares per row and point, shape (2, r, points), None without weights.

    Returns:
        The same four by name (``keys``, ``starts``, ``cells``, ``weights``), with one row per group, in the order of
        the labels, then of the periods.
    """
    filled = matrix.any(axis=1)
    if not filled.all():
        matrix, keys = matrix[filled], [key.take(filled) for key in keys]
        starts = None if starts is None else starts[filled]
        weights = None if weights is None else weights[:, filled]
    total = float(matrix.sum(dtype=np.float64))
    if total >= _MOST / 2 and sum(matrix.ravel().tolist()) >= _MOST:  # exact where it is close
        raise InvalidInputError(f"a tally must hold fewer than 2**62 answers, got {total:g}")
    group, table, periods = number_groups(keys, starts, len(matrix))
    sums = None if weights is None else np.stack([_summed(part, group, len(table)) for part in weights])
    return _fields(keys, table, periods, _summed(matrix, group, len(table)), sums)


def merge(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Add up what was counted apart: one or more of what :func:`gather` returns, with the same keys."""
    together = {
        name: None if parts[0][name] is None else np.concatenate([part[name] for part in parts], axis)
        for name, axis in (("starts", 0), ("cells", 0), ("weights", 1))
    }
    columns = zip(*(part["keys"] for part in parts), strict=True)
    keys = [LabelColumn.concatenate(column) for column in columns]
    return gather(keys, together["starts"], cast(NDArray[np.int64], together["cells"]), together["weights"])


def gather_cells(table: CellTable, names: Sequence[str], every: Every | None) -> dict[str, Any]:
    """Add up counts of single cells.

    Args:
        table: The counts.
        names: What the columns of labels are called in messages.
        every: The calendar period that makes the groups, too.

    Returns:
        What :func:`gather` returns.
    """
    rows, weights = np.arange(len(table.cells)), None
    matrix = np.zeros((len(rows), CELLS), np.int64)
    matrix[rows, table.cells] = table.counts
    if table.weights is not None:
        weights = np.zeros((2, len(rows), CELLS))
        weights[:, rows, table.cells] = table.weights
        weights = weights[:, :, :POINTS]
    keys = [LabelColumn.from_values(column, name) for name, column in zip(names, table.labels, strict=True)]
    starts = None if every is None or table.days is None else period_starts(table.days, every)
    return gather(keys, starts, matrix, weights)


def _fields(
    keys: Sequence[LabelColumn],
    codes: NDArray[np.int32],
    periods: Days | None,
    cells: NDArray[np.int64],
    weights: NDArray[np.float64] | None,
) -> dict[str, Any]:
    """The groups that some codes make, the last of which are those of the periods, if there are any."""
    return {
        "keys": tuple(LabelColumn(codes[:, i], key.labels) for i, key in enumerate(keys)),
        "starts": None if periods is None else np.append(periods, np.datetime64("NaT", "D"))[codes[:, -1]],
        "cells": cells,
        "weights": weights,
    }


def number_groups(
    keys: Sequence[LabelColumn], starts: Days | None, n_rows: int
) -> tuple[NDArray[np.intp], NDArray[np.int32], Days | None]:
    """The group of each row, the codes of each group in order, and the periods that the last code is of, if any."""
    codes: list[NDArray[Any]] = [key.codes for key in keys]
    sizes = [len(key.labels) for key in keys]
    periods = None
    if starts is not None:
        periods, codes_of_starts = _encode_starts(starts)
        codes, sizes = [*codes, codes_of_starts], [*sizes, len(periods)]
    return *combine(codes, sizes, n_rows), periods


def _encode_starts(starts: Days) -> tuple[Days, NDArray[np.int64]]:
    """The periods that occur, and the position of each row's among them, -1 where it is unknown."""
    known = ~np.isnat(starts)
    periods, position = np.unique(starts[known], return_inverse=True)
    codes = np.full(len(starts), -1, np.int64)
    codes[known] = position
    return periods, codes


def _summed(rows: NDArray[Any], group: NDArray[np.intp], n_groups: int) -> NDArray[Any]:
    if n_groups == 1:
        return np.asarray(rows.sum(axis=0, keepdims=True))
    width = rows.shape[1]
    sums = np.zeros(n_groups * width, rows.dtype)
    np.add.at(sums, (group[:, None] * width + np.arange(width)).ravel(), rows.ravel())  # flat: numpy's fast way
    return sums.reshape(n_groups, width)
