"""Columns that their library has encoded already: codes and categories, taken as they are."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nps_core._optional import require

Encoded: TypeAlias = tuple[NDArray[np.integer[Any]], list[Any]]
"""The position of each row's category, -1 for none, and the categories."""

_TEXT_IN_PANDAS: Final = frozenset({"str", "string", "string[pyarrow]", "large_string[pyarrow]"})
"""What pandas calls its types of text."""

_MOST_SPARE: Final = 1 << 12
"""A table may have so many more places than there are rows."""


def from_categories(column: Any) -> Encoded | None:
    """The codes and the categories of a categorical column, without a look at its rows.

    Args:
        column: A categorical of pandas, a Categorical or Enum of Polars, a dictionary of PyArrow; or anything else.

    Returns:
        The position of each row's category, -1 for none, shape (n,), and the categories, hardly more than rows, of
        which some may not occur; None if the column is not categorical.
    """
    library = _library_of(column)
    if library is None:
        return None
    return {"pandas": _from_pandas, "polars": _from_polars, "pyarrow": _from_arrow}[library](column)


def _chosen(codes: NDArray[np.integer[Any]], n_categories: int, take: Callable[[Any], list[Any]]) -> Encoded:
    """All categories or, if they are many more than rows, those that occur.

    Args:
        codes: The position of each row's category, -1 for none, shape (n,).
        n_categories: How many categories there are.
        take: What gives the categories at some positions.
    """
    if n_categories <= len(codes) + _MOST_SPARE:
        return codes, take(np.arange(n_categories))
    used, position = np.unique(codes, return_inverse=True)
    n_none = int(len(used) > 0 and used[0] < 0)
    return position - n_none, take(used[n_none:])


def from_texts(column: Any) -> Encoded | None:
    """The codes and the texts of a column of text, encoded by its own library.

    Libraries that keep all texts in one buffer number them there, which takes less than to make a text of Python for
    each row, let alone to look it up.

    Args:
        column: A column of text of pandas, Polars or PyArrow; or anything else.

    Returns:
        The position of each row's text, -1 for none, shape (n,), and the texts; None if the column is not of text.
    """
    library = type(column).__module__.partition(".")[0]
    kind = str(getattr(column, "dtype", getattr(column, "type", "")))
    if library == "pandas" and hasattr(column, "factorize") and kind in _TEXT_IN_PANDAS:
        codes, texts = column.factorize()
        return codes, texts.tolist()
    if library == "polars" and kind == "String":
        # an Enum of the column's own: a Categorical adds its texts to a list that all columns share
        texts = column.drop_nulls().unique()
        return _from_polars(column.cast(require("polars", purpose="reading a column of Polars").Enum(texts)))
    if library == "pyarrow" and kind in {"string", "large_string"}:
        return _from_arrow(column.dictionary_encode())
    return None


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
    categories = categorical.categories
    return _chosen(np.asarray(categorical.codes), len(categories), lambda places: categories[places].tolist())


def _from_polars(column: Any) -> Encoded:
    """Its numbers are places in a list that other columns may share."""
    rows = column.to_physical()
    categories, largest = column.dtype.categories, rows.max()
    n_places = 0 if largest is None else largest + 1
    if rows.null_count():
        rows = rows.cast(int).fill_null(-1)
    if hasattr(categories, "gather"):  # those of an Enum are a column themselves
        return _chosen(rows.to_numpy(), n_places, lambda places: categories.gather(places).to_list())
    return _chosen(rows.to_numpy(), n_places, lambda places: [categories[place] for place in places.tolist()])


def _from_arrow(column: Any) -> Encoded:
    if hasattr(column, "unify_dictionaries"):  # chunks, each with categories of its own
        column = column.unify_dictionaries().combine_chunks()
    indices, dictionary = column.indices, column.dictionary
    if indices.null_count or str(indices.type) == "uint64":  # which goes with no signed type
        indices = indices.cast("int64").fill_null(-1)
    return _chosen(indices.to_numpy(), len(dictionary), lambda places: dictionary.take(places).to_pylist())
