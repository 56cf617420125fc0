"""Keys that are categories are counted faster than by the engine of a frame, keys of text about as fast.

Every frame is raced against the group-by of its own library on the same columns: two keys of 20 and 50 labels.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from peers import categories_of, duckdb_table
from racing import OURS, RaceAndRecord, Runner, Scaled, ScoresOf, faster

import nps_core as nc

REGIONS = [f"region {code:02}" for code in range(20)]
PRODUCTS = [f"product {code:02}" for code in range(50)]
KEYS = ["region", "product"]

Counts = NDArray[np.int64]


@pytest.fixture(scope="module")
def columns(scaled: Scaled, scores_of: ScoresOf) -> dict[str, Any]:
    """Categories, as pandas keeps them, and scores."""
    n = scaled(10**7)
    generator = np.random.default_rng(10)
    keys = {
        name: categories_of(generator.integers(0, len(labels), n, dtype=np.int8), labels)
        for name, labels in zip(KEYS, (REGIONS, PRODUCTS), strict=True)
    }
    return {**keys, "score": scores_of(n)}


@pytest.fixture(scope="module")
def expected(columns: dict[str, Any]) -> Counts:
    """Counts by region, product and score, shape (20, 50, 11)."""
    table = np.zeros((20, 50, 11), np.int64)
    np.add.at(table, (columns["region"].codes, columns["product"].codes, columns["score"]), 1)
    return table


@pytest.fixture(scope="module")
def table(columns: dict[str, Any]) -> pa.Table:
    """The same, with keys in dictionaries."""
    return pa.Table.from_pandas(pd.DataFrame(columns), preserve_index=False)


def plain(table: pa.Table) -> pa.Table:
    """The same, with keys in plain text."""
    return pa.table([column.cast(pa.string()) for column in table.columns[:2]] + [table["score"]], table.column_names)


def check_tally(expected: Counts) -> Callable[[nc.Tally], None]:
    def check(tally: nc.Tally) -> None:
        places = [(REGIONS.index(str(region)), PRODUCTS.index(str(product))) for region, product in tally.groups]
        found = np.zeros_like(expected)
        for place, counts in zip(places, tally.counts, strict=True):
            found[place] = counts
        np.testing.assert_array_equal(found, expected)

    return check


def check_rows(expected: Counts, rows_of: Callable[[Any], Any]) -> Callable[[Any], None]:
    """A check of rows (region, product, score, count)."""

    def check(result: Any) -> None:
        found = np.zeros_like(expected)
        for region, product, score, n in rows_of(result):
            found[REGIONS.index(region), PRODUCTS.index(product), score] = n
        np.testing.assert_array_equal(found, expected)

    return check


def ours(frame: Any, expected: Counts) -> Runner:
    return Runner(lambda: nc.Tally.from_frame(frame, score="score", by=KEYS), check_tally(expected))


def of_polars(call: Callable[[], pl.DataFrame], expected: Counts) -> Runner:
    return Runner(call, check_rows(expected, lambda frame: frame.select(*KEYS, "score", "len").iter_rows()))


def of_pandas(frame: pd.DataFrame, expected: Counts) -> Runner:
    def rows(sizes: Any) -> Any:
        return ((*key, count) for key, count in sizes.items())

    return Runner(lambda: frame.groupby([*KEYS, "score"], observed=True).size(), check_rows(expected, rows))


def of_pyarrow(table: pa.Table, expected: Counts) -> Runner:
    def rows(found: pa.Table) -> Any:
        names = [*KEYS, "score", "count_all"]
        return zip(*(found[name].to_pylist() for name in names), strict=True)

    query: list[Any] = [([], "count_all")]
    return Runner(lambda: table.group_by([*KEYS, "score"]).aggregate(query), check_rows(expected, rows))


def test_categories_in_polars(race: RaceAndRecord, table: pa.Table, expected: Counts) -> None:
    frame = pl.DataFrame(pl.from_arrow(table)).with_columns(pl.col(KEYS).cast(pl.Categorical))
    race(
        f"Polars, categories, {len(frame):,}",
        {
            OURS: ours(frame, expected),
            "Polars": of_polars(lambda: frame.group_by(*KEYS, "score").len(), expected),
        },
        goals=[faster(3, "Polars")],
        size=len(frame),
        unit="row",
    )


def test_categories_in_pandas(race: RaceAndRecord, columns: dict[str, Any], expected: Counts) -> None:
    frame = pd.DataFrame(columns)
    race(
        f"pandas, categories, {len(frame):,}",
        {OURS: ours(frame, expected), "pandas": of_pandas(frame, expected)},
        goals=[faster(10, "pandas")],
        size=len(frame),
        unit="row",
        rounds=3,
    )


def test_categories_in_pyarrow(race: RaceAndRecord, table: pa.Table, expected: Counts) -> None:
    race(
        f"PyArrow, dictionaries, {len(table):,}",
        {OURS: ours(table, expected), "PyArrow": of_pyarrow(table, expected)},
        size=len(table),
        unit="row",
        rounds=3,
    )


def test_lazy_polars(race: RaceAndRecord, table: pa.Table, expected: Counts) -> None:
    frame = pl.DataFrame(pl.from_arrow(plain(table))).lazy()
    race(
        f"Polars, lazy, plain text, {len(table):,}",
        {
            OURS: ours(frame, expected),
            "Polars": of_polars(lambda: frame.group_by(*KEYS, "score").len().collect(), expected),
        },
        size=len(table),
        unit="row",
        rounds=3,
    )


def test_duckdb(race: RaceAndRecord, table: pa.Table, expected: Counts) -> None:
    connection = duckdb_table(dict(zip(table.column_names, plain(table).columns, strict=True)), 2)
    relation = connection.table("answers")
    query = "SELECT region, product, score, count(*) FROM answers GROUP BY ALL"
    race(
        f"DuckDB, 2 threads, plain text, {len(table):,}",
        {
            OURS: ours(relation, expected),
            "DuckDB": Runner(lambda: connection.execute(query).fetchall(), check_rows(expected, lambda rows: rows)),
        },
        size=len(table),
        unit="row",
        rounds=3,
    )
