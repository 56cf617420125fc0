"""Counting cells per group: the loop under everything else.

An answer is a *cell*, a number from 0 to 12 in one byte: its score, or ``MISSING``, or ``INVALID``. So what cannot be
counted as a score is still counted, in the same pass, and never gets lost.

Every kernel here goes over the rows in blocks that fit into the processor's cache, with buffers that are made once, so
that memory is read once and hardly any is written.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

POINTS: Final = 11
"""How many scores there can be: 0 to 10."""

MISSING: Final = 11
"""The cell of an answer that was not given."""

INVALID: Final = 12
"""The cell of an answer that is not a score of the scale."""

CELLS: Final = 13
"""How many cells there are in all."""

BLOCK: Final = 1 << 19
"""Rows per block, at one or two bytes each."""

WIDE_BLOCK: Final = 1 << 17
"""Rows per block, at eight bytes each."""

_SHORT: Final = 1 << 14
"""Up to this many rows one call of numpy's own costs less than thirteen quick ones."""

_BYTE: Final = 1 << 8
_PAIR: Final = 1 << 16
_MOST_IN_FOUR_BYTES: Final = 2**31 - 1

Codes: TypeAlias = NDArray[np.integer[Any]]
"""The code of each row: 0 up, or -1 for none."""


def count(cells: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count one group.

    Thirteen comparisons of a block with one number each, which the processor makes for 32 answers at a time, take less
    than half as long as one look-up per answer.

    Args:
        cells: Cells, shape (n,).

    Returns:
        Counts per cell, shape (13,).
    """
    if len(cells) <= _SHORT:
        return np.bincount(cells, minlength=CELLS)
    counts = np.zeros(CELLS, np.int64)
    is_equal = np.empty(min(len(cells), BLOCK), np.bool_)
    for rows in blocks(len(cells), BLOCK):
        block = cells[rows]
        for cell in range(CELLS):
            counts[cell] += np.count_nonzero(np.equal(block, cell, out=is_equal[: len(block)]))
    return counts


def count_groups(cells: NDArray[np.uint8], columns: Sequence[Codes], sizes: Sequence[int]) -> NDArray[np.int64]:
    """Count every group in one pass; the groups are all combinations of the codes of some columns.

    While the places of the table are few, they are numbered in one byte or two, which is little to write and to read,
    and a table per block is added up; with one byte, two answers at a time are looked up as one number of two bytes. A
    table of many places is counted into directly, in numbers of four bytes, so that more of it stays in the cache.

    Args:
        cells: Cells, shape (n,).
        columns: One array of codes per key, each of shape (n,): 0 to size - 1, or -1 for none.
        sizes: How many codes each key has.

    Returns:
        Counts, shape (groups, 13), for every combination of codes, in their order; within a key, none comes last.
    """
    if not columns:
        return count(cells)[np.newaxis]
    radices = [size + 1 for size in sizes]
    size = math.prod(radices) * CELLS
    if size > _PAIR:
        counting = _count_many
    elif size <= _BYTE and len(cells) >= BLOCK:
        counting = _count_pairs
    else:
        counting = _count_few
    return _with_none_last(counting(cells, columns, radices, size), radices)


def weigh_groups(
    cells: NDArray[np.uint8], columns: Sequence[Codes], sizes: Sequence[int], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Count every group, and sum the weights and the squared weights of every score in it.

    All three are added up in the same places, which are worked out once per block.

    Args:
        cells: Cells, shape (n,).
        columns: One array of codes per key, as :func:`count_groups` takes them.
        sizes: How many codes each key has.
        weights: Sampling weights, shape (n,).

    Returns:
        Counts, shape (groups, 13), and the sums of the weights and of their squares, shape (2, groups, 11).
    """
    radices = [size + 1 for size in sizes]
    size = math.prod(radices) * CELLS
    counts, sums, squares = np.zeros(size, np.int64), np.zeros(size), np.zeros(size)
    buffer = np.empty(min(len(cells), WIDE_BLOCK))
    for rows, places in _places(cells, columns, radices, np.intp, WIDE_BLOCK):
        weight = weights[rows]
        square = np.multiply(weight, weight, out=buffer[: len(weight)])
        if size <= _PAIR:
            counts += np.bincount(places, minlength=size)
            sums += np.bincount(places, weight, minlength=size)
            squares += np.bincount(places, square, minlength=size)
        else:
            np.add.at(counts, places, 1)
            np.add.at(sums, places, weight)
            np.add.at(squares, places, square)
    weighted = [_with_none_last(table, radices)[:, :POINTS] for table in (sums, squares)]
    return _with_none_last(counts, radices), np.stack(weighted)


def blocks(n_rows: int, step: int) -> Iterator[slice]:
    """Slices over the rows, in order."""
    return (slice(start, start + step) for start in range(0, n_rows, step))


def narrowest(n_codes: int) -> type[np.signedinteger[Any]]:
    """The smallest type that holds the codes of so many, and -1: what is small is counted fast."""
    return next(kind for kind in (np.int8, np.int16, np.int32) if n_codes - 1 <= np.iinfo(kind).max)


def _count_few(
    cells: NDArray[np.uint8], columns: Sequence[Codes], radices: Sequence[int], size: int
) -> NDArray[np.int64]:
    """Counts per place, for at most 65,536 places."""
    table = np.zeros(size, np.int64)
    wide = np.empty(min(len(cells), BLOCK), np.intp)
    for _, places in _places(cells, columns, radices, np.uint8 if size <= _BYTE else np.uint16, BLOCK):
        np.copyto(wide[: len(places)], places)
        table += np.bincount(wide[: len(places)], minlength=size)
    return table


def _count_pairs(
    cells: NDArray[np.uint8], columns: Sequence[Codes], radices: Sequence[int], size: int
) -> NDArray[np.int64]:
    """Counts per place, for at most 256 places: two answers that are neighbours are one look-up."""
    table = np.zeros(_PAIR, np.int64)
    single = np.zeros(_BYTE, np.int64)
    wide = np.empty(BLOCK // 2, np.intp)
    for _, places in _places(cells, columns, radices, np.uint8, BLOCK):
        n_pairs = len(places) // 2
        np.copyto(wide[:n_pairs], places[: 2 * n_pairs].view(np.uint16))
        table += np.bincount(wide[:n_pairs], minlength=_PAIR)
        single += np.bincount(places[2 * n_pairs :], minlength=_BYTE)  # the odd one out
    square = table.reshape(_BYTE, _BYTE)
    return np.asarray(square.sum(axis=0) + square.sum(axis=1) + single)[:size]


def _count_many(
    cells: NDArray[np.uint8], columns: Sequence[Codes], radices: Sequence[int], size: int
) -> NDArray[np.integer[Any]]:
    """Counts per place, for any number of places."""
    table: NDArray[np.integer[Any]] = np.zeros(size, np.int32 if len(cells) <= _MOST_IN_FOUR_BYTES else np.int64)
    one = table.dtype.type(1)
    for _, places in _places(cells, columns, radices, np.intp, WIDE_BLOCK):
        np.add.at(table, places, one)
    return table


def _places(
    cells: NDArray[np.uint8], columns: Sequence[Codes], radices: Sequence[int], dtype: type[Any], step: int
) -> Iterator[tuple[slice, NDArray[Any]]]:
    """Block by block, the rows and their places in the flat table, in which none comes first: one buffer, reused."""
    length = min(len(cells), step)
    buffer, more = np.empty(length, dtype), np.empty(length, dtype)
    strides = [math.prod(radices[position:]) * CELLS for position in range(1, len(radices) + 1)]
    # A code of -1 goes to place 0. Where numbers have no sign it wraps around, and back; so may what it is moved by.
    first = sum(strides) & np.iinfo(dtype).max
    for rows in blocks(len(cells), step):
        block = cells[rows]
        places, code = buffer[: len(block)], more[: len(block)]
        np.add(block, first, out=places, dtype=dtype)
        for column, stride in zip(columns, strides, strict=True):
            np.copyto(code, column[rows], casting="unsafe")
            code *= stride
            places += code
        yield rows, places


def _with_none_last(table: NDArray[Any], radices: Sequence[int]) -> NDArray[Any]:
    """The flat table as groups times cells, and what has no label after all that has one, key by key."""
    keys = tuple(range(len(radices)))
    shifted = np.roll(table.reshape(*radices, CELLS), [-1] * len(keys), keys)
    kind = np.float64 if table.dtype.kind == "f" else np.int64
    return shifted.reshape(-1, CELLS).astype(kind, copy=False)
