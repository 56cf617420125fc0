"""The same rows as frames of every engine, in one chunk or in two."""

import datetime as dt
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
from hypothesis import strategies as st

Row = tuple[Any, str | None, dt.datetime | None]

WHOLE = range(-1, 12)
FLOATS = [*map(float, WHOLE), 7.5, math.nan, math.inf, -math.inf]
DECIMALS = [Decimal(text) for text in ("-1.0", "0.0", "7.5", "9.0", "10.0", "11.0")]
SCORES = {
    "whole numbers": (pa.int16(), st.none() | st.sampled_from(WHOLE)),
    "floats": (pa.float64(), st.none() | st.sampled_from(FLOATS)),
    "decimals": (pa.decimal128(4, 1), st.none() | st.sampled_from(DECIMALS)),
}
LABELS = st.none() | st.sampled_from(["north", "south", "", "näkymä <b>", " north", "🙂"])
TIMES = st.none() | st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2037, 12, 31))


def rows_of(scores: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Row]]:
    return st.lists(st.tuples(scores, LABELS, TIMES), max_size=12)


def table_of(rows: list[Row], score: pa.DataType, cut: int = 0, zone: str | None = None) -> pa.Table:
    """The rows in two chunks, the first of ``cut`` rows."""
    types = {"score": score, "label": pa.string(), "at": pa.timestamp("us", zone)}
    columns = zip(*rows, strict=True) if rows else [[], [], []]
    table = pa.table({name: pa.array(list(c), t) for (name, t), c in zip(types.items(), columns, strict=True)})
    return pa.concat_tables([table.slice(0, cut), table.slice(cut)])


def to_polars(table: pa.Table) -> pl.DataFrame:
    parts = [pl.from_arrow(pa.Table.from_batches([batch], table.schema)) for batch in table.to_batches()]
    frames = [part for part in parts if isinstance(part, pl.DataFrame)]
    return pl.concat(frames, rechunk=False) if frames else pl.DataFrame(pl.from_arrow(table))


FRAMES: dict[str, Callable[[pa.Table], Any]] = {
    "pyarrow": lambda table: table,
    "pyarrow dictionary": lambda table: table.set_column(1, "label", table["label"].dictionary_encode()),
    "polars": to_polars,
    "polars lazy": lambda table: to_polars(table).lazy(),
    "polars categorical": lambda table: to_polars(table).with_columns(pl.col("label").cast(pl.Categorical)),
    "pandas": lambda table: table.to_pandas(),
    "pandas arrow": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "pandas object labels": lambda table: table.to_pandas().astype({"label": object}),
    "pandas categorical": lambda table: table.to_pandas().astype({"label": "category"}),
    "duckdb": duckdb.from_arrow,
}
