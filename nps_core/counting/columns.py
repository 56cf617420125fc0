"""Columns as people have them (lists, arrays, pandas, Polars, PyArrow) turned into plain numpy or lists."""

import math
import numbers
from collections.abc import Iterable, Mapping, Sequence, Set
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nps_core.errors import InvalidInputError, shown

_LARGEST: Final = 1e100

_TOO_WIDE: Final = frozenset({"Int128", "UInt128"})
"""The types of Polars that numpy has no array for."""

EXACT: Final = 2.0**53
"""Below it a float is the whole number that it was made of; from there on two whole numbers may be one float."""


def as_column(values: Any, what: str) -> NDArray[Any] | list[Any]:
    """One column as a one-dimensional array where it is one already, as a list otherwise.

    Args:
        values: A sequence, a numpy array, or a column of pandas, Polars or PyArrow.
        what: What the column holds, for the error message.

    Raises:
        InvalidInputError: If it is not a column, or has more than one dimension.
    """
    if type(values) is list:  # a kind of list may have bytes of its own making
        return values
    if isinstance(values, (str, bytes, Mapping, Set)) or not isinstance(values, Iterable):
        raise InvalidInputError(f"{what} must be a sequence or an array, got {type(values).__name__}")
    if not isinstance(values, np.ndarray):
        if not hasattr(values, "to_numpy") or str(getattr(values, "dtype", "")) in _TOO_WIDE:
            return list(values)
        values = _to_numpy(values)
    array: NDArray[Any] = values
    if array.ndim != 1:
        raise InvalidInputError(f"{what} must have one dimension, got an array of shape {array.shape}")
    return array


def as_list(values: Any, what: str) -> list[Any]:
    """One column as a list of Python values."""
    for method in ("to_pylist", "to_list"):  # to_numpy() would make fractions of whole numbers with gaps
        if hasattr(values, method):
            return list(getattr(values, method)())
    column = as_column(values, what)
    if isinstance(column, list):
        return column
    if column.dtype == np.dtype("datetime64[ns]"):  # tolist() would give bare numbers of nanoseconds
        column = column.astype("datetime64[us]")
    return list(column.tolist())


def as_numbers(values: Any, what: str) -> NDArray[np.float64]:
    """One column of numbers, NaN where there is none.

    Raises:
        InvalidInputError: If it holds something else, or numbers beyond 1e100, whose squares cannot be summed; it names
            the first.
    """
    column = as_column(values, what)
    if not isinstance(column, list) and column.dtype.kind in "iuf" and not np.ma.isMaskedArray(column):
        found = column.astype(np.float64)
    else:
        found = np.array([_as_number(value) for value in as_list(values, what)], np.float64)
    wrong = np.abs(found) > _LARGEST
    if wrong.any():
        row, value = first_rows(wrong, as_list(values, what))[0]
        raise InvalidInputError(
            f"{what} must hold numbers up to 1e100, got {shown(value)} (index {row}; {wrong.sum()} in all)"
        )
    return found


def _as_number(value: Any) -> float:
    """A number as a float, NaN for none given, infinite for what is no number."""
    if is_missing(value):
        return math.nan
    if not isinstance(value, (numbers.Real, Decimal)) or isinstance(value, (bool, np.bool_)):
        return math.inf
    try:
        return float(value)
    except (OverflowError, ValueError):
        return math.inf


def is_missing(value: object) -> bool:
    """Whether a value says "not given": None, NaN, NaT, pandas' NA."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    if isinstance(value, (float, np.floating)):
        return bool(value != value)  # noqa: PLR0124  only NaN differs from itself
    return isinstance(value, (np.datetime64, np.timedelta64)) and bool(np.isnat(value))


def check_length(what: str, got: int, scores: int) -> None:
    """Refuse a column that is not as long as the scores."""
    if got != scores:
        raise InvalidInputError(f"{what} must be as long as the scores ({scores}), got {got}")


def _to_numpy(values: Any) -> NDArray[Any]:
    if hasattr(values, "unify_dictionaries") and hasattr(values.type, "index_type"):
        values = values.cast(values.type.value_type)  # to_numpy() of a chunked dictionary gives nulls a label
    try:
        array = values.to_numpy()
    except (TypeError, ValueError):  # PyArrow copies only when told that it may
        array = values.to_numpy(zero_copy_only=False)
    return np.asarray(array)


def first_rows(mask: NDArray[np.bool_], values: Sequence[Any] | NDArray[Any], most: int = 5) -> list[tuple[int, Any]]:
    """The first rows that a mask marks, as pairs of index and plain value."""
    rows = [(int(index), values[index]) for index in np.flatnonzero(mask)[:most]]
    return [(index, value.item() if isinstance(value, np.generic) else value) for index, value in rows]


def as_mapping(value: Any) -> dict[Any, Any] | None:
    """A mapping as a dict, also a Series or a frame of pandas by its index or its columns; None for anything else."""
    if isinstance(value, Mapping) or (hasattr(value, "items") and hasattr(value, "keys")):
        return dict(value.items())
    return None
