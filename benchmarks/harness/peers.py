"""Others who can count, given what they count best: columns of their own, made outside the timing."""

import importlib
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

pa.set_cpu_count(2)


def optional(name: str) -> ModuleType | None:
    """A package that does not install everywhere, None if it is not here."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def duckdb_table(columns: Mapping[str, Any], threads: int) -> duckdb.DuckDBPyConnection:
    """A connection of so many threads with a table ``answers`` of its own."""
    connection = duckdb.connect(config={"threads": threads})
    connection.register("given", pa.table(dict(columns)))
    connection.execute("CREATE TABLE answers AS FROM given")
    connection.unregister("given")
    return connection


def categories_of(codes: NDArray[Any], labels: Iterable[str]) -> Any:
    """A categorical column of pandas: codes and labels as they are."""
    return pd.Categorical.from_codes(codes, pd.Index([*labels]))


def per_group(segments: Any, scores: Any, counts: Any, n_groups: int) -> NDArray[Any]:
    """Rows of a group-by as a table, shape (n_groups, 11)."""
    counts = np.asarray(counts)
    table = np.zeros((n_groups, 11), np.float64 if counts.dtype.kind == "f" else np.int64)
    table[np.asarray(segments), np.asarray(scores)] = counts
    return table
