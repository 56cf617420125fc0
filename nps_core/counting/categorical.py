"""Columns that their library has encoded already: codes and categories, taken as they are."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Encoded: TypeAlias = tuple[NDArray[np.integer[Any]], list[Any]]
"""The position of each row's category, -1 for none, and the categories."""


def from_categories(column: Any) -> Encoded | None:
    """The codes and the categories of a categorical column, without a look at its rows.

    Args:
        column: A categorical of pandas, a Categorical or Enum of Polars, a dictionary of PyArrow; or anything else.

    Returns:
        The position of each row's category, -1 for none, shape (n,), and the categories, of which some may not occur;
        None if the column is not categorical.
    """
    library = _library_of(column)
    if library is None:
        return None
    return {"pandas": _from_pandas, "polars": _from_polars, "pyarrow": _from_arrow}[library](column)


def _library_of(column: Any) -> str | None:
    """Whose categorical a column is, without importing any of them."""
    library = type(column).__module__.partition(".")[0]
    if library == "pandas" and hasattr(getattr(column, "cat", column), "categories"):
        return library
    kind = getattr(column, "dtype", None)
    if library == "polars" and type(kind).__name__ in {"Categorical", "Enum"} and hasattr(kind, "categories"):
        return library
    if library == "pyarrow" and hasattr(getattr(column, "type", None), "index_type"):
        return library
    return None


def _from_pandas(column: Any) -> Encoded:
    categorical = getattr(column, "cat", column)
    return np.asarray(categorical.codes), categorical.categories.tolist()


def _from_polars(column: Any) -> Encoded:
    """Its numbers are places in a list that other columns may share."""
    rows = column.to_physical()
    categories, largest = column.dtype.categories, rows.max()
    n_places = 0 if largest is None else largest + 1
    if rows.null_count():
        rows = rows.cast(int).fill_null(-1)
    return rows.to_numpy(), [categories[place] for place in range(n_places)]


def _from_arrow(column: Any) -> Encoded:
    if hasattr(column, "unify_dictionaries"):  # chunks, each with categories of its own
        column = column.unify_dictionaries().combine_chunks()
    indices = column.indices
    if indices.null_count:
        indices = indices.cast("int64").fill_null(-1)
    return indices.to_numpy(), column.dictionary.to_pylist()
