"""What the docs say is supported in engines that need no server: cell by cell, on rows that are hard to count."""

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import hard_rows
import naive
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import support

import nps_core as nc
from nps_core.counting.engines import Query, _calendar, _dates, _numbers, _refuse_weights
from nps_core.counting.frames import Frame
from nps_core.errors import IncompatibleError, InvalidInputError, InvalidScoreError

pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),  # Ibis asks DuckDB so
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),  # Dask asks pandas so
    pytest.mark.filterwarnings("ignore:The inplace keyword"),  # and so
]

DOCS = Path(__file__).parents[2] / "docs" / "tables" / "engines.md"


def in_dask(pattern: str, folder: Path) -> Any:
    import dask.dataframe as dd

    return dd.read_parquet(pattern)


def in_ibis_on_duckdb(pattern: str, folder: Path) -> Any:
    import ibis

    return ibis.duckdb.connect().read_parquet(pattern)


def in_ibis_on_sqlite(in_sqlite: Callable[..., Any]) -> Any:
    names = ("whole", "score", "region", "shop", "at", "weight", "who", "district", "school")
    rows = [row | {"at": row["at"] and str(row["at"])} for row in hard_rows.ROWS]
    return in_sqlite(
        "whole BIGINT, score DOUBLE, region TEXT, shop INTEGER, at TIMESTAMP, weight DOUBLE, who TEXT, district TEXT, "
        "school INTEGER",
        [[row[name] for name in names] for row in rows],
    )


def in_sqlframe(pattern: str, folder: Path) -> Any:
    from sqlframe.duckdb import DuckDBSession

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return DuckDBSession(conn=connection).read.parquet(pattern)


def in_duckdb(pattern: str, folder: Path) -> Any:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection.read_parquet(pattern)


MAKE: dict[str, Callable[[str, Path], Any]] = {
    "pandas": lambda pattern, folder: hard_rows.TABLE.to_pandas(),
    "pandas over PyArrow": lambda pattern, folder: hard_rows.TABLE.to_pandas(types_mapper=pd.ArrowDtype),
    "Polars": lambda pattern, folder: pl.read_parquet(pattern),
    "Polars, lazy": lambda pattern, folder: pl.scan_parquet(pattern),
    "PyArrow": lambda pattern, folder: hard_rows.TABLE,
    "DuckDB": in_duckdb,
    "Ibis on DuckDB": in_ibis_on_duckdb,
    "Dask": in_dask,
    "SQLFrame": in_sqlframe,
}


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory, in_sqlite: Callable[..., Any]) -> dict[str, Any]:
    """The rows in each engine."""
    folder = tmp_path_factory.mktemp("engines")
    pattern = hard_rows.write_parts(folder / "parts")
    made = {engine: make(pattern, folder) for engine, make in MAKE.items()}
    return made | {"Ibis on SQLite": in_ibis_on_sqlite(in_sqlite)}


@pytest.mark.parametrize("feature", support.FEATURES)
@pytest.mark.parametrize("engine", [*MAKE, "Ibis on SQLite"])
def test_what_is_supported_where(engine: str, feature: str, frames: dict[str, Any]) -> None:
    support.check(engine, feature, frames[engine])


def test_the_docs_show_the_table_that_is_tested() -> None:
    assert DOCS.read_text("utf-8") == support.as_markdown()


def test_dask_says_what_is_wrong_and_in_which_partition(tmp_path: Path) -> None:
    for part, weight in enumerate([1.0, -2.0]):
        table = pa.table({"score": [9, 12 - part], "w": [1.0, weight]})
        pq.write_table(table, tmp_path / f"part-{part}.parquet")
    frame = in_dask(str(tmp_path / "*.parquet"), tmp_path)
    with pytest.raises(InvalidScoreError, match="got 12, 11: 2 of 4 in all"):
        nc.Tally.from_frame(frame, score="score")
    with pytest.raises(InvalidInputError, match=r"got -2.0 \(index 1; 1 in all\), in partition 1$"):
        nc.Tally.from_frame(frame, score="score", weight="w", invalid="exclude")


def test_names_that_spark_takes_for_structures_are_refused(frames: dict[str, Any]) -> None:
    frame = frames["SQLFrame"].withColumnRenamed("whole", "q1.score")
    with pytest.raises(InvalidInputError, match=r"names of columns must have no dots, .* got 'q1.score'; rename it"):
        nc.Tally.from_frame(frame, score="q1.score")


def test_weights_that_an_engine_cannot_tell_from_nan_are_refused(tmp_path: Path) -> None:
    table = pa.table({"score": [9, 3, 7], "w": [1.0, 1.0, math.nan]})  # to DuckDB, all are 1
    pq.write_table(table, tmp_path / "ones.parquet")
    with pytest.raises(InvalidInputError, match=r"weights must be numbers .*, got nan"):
        nc.Tally.from_frame(duckdb.read_parquet(str(tmp_path / "ones.parquet")), score="score", weight="w")


Holding = Callable[[str, list[Any]], Any]


@pytest.fixture
def holding(in_sqlite: Callable[..., Any]) -> Holding:
    """Makes a table of SQLite with a column of that type, and values of any type in it, beside answers of 9."""
    return lambda kind, held: in_sqlite(f"score INTEGER, held {kind}", [(9, value) for value in held])


NUMBERS_OF_SQLITE = ["INTEGER", "REAL", "NUMERIC", "DECIMAL(4, 1)"]


@pytest.mark.parametrize("kind", NUMBERS_OF_SQLITE)
def test_scores_that_sqlite_keeps_in_columns_of_numbers_are_shown_as_they_are(kind: str, holding: Holding) -> None:
    frame = holding(kind, [9, 8.5, 10.25, None, "n/a", 2.5e30])
    with pytest.raises(InvalidScoreError) as caught:
        nc.Tally.from_frame(frame, score="held")
    assert all(told in str(caught.value) for told in ("8.5", "10.25", "'n/a'", "2.5e+30", "4 of 6 in all"))
    tally = nc.Tally.from_frame(frame, score="held", invalid="exclude")
    assert (tally.n.sum(), tally.missing.sum(), tally.invalid.sum()) == (1, 1, 4)


@pytest.mark.parametrize("kind", NUMBERS_OF_SQLITE)
@pytest.mark.parametrize(("value", "shown"), [("n/a", "'n/a'"), ("", "''"), (b"x", "'x'"), (-3.5, "-3.5")])
def test_what_sqlite_keeps_in_columns_of_numbers_is_no_weight(
    kind: str, value: object, shown: str, holding: Holding
) -> None:
    frame = holding(kind, [1, 2.5, 0.25, 0, value])
    with pytest.raises(
        InvalidInputError, match=rf"weights must be numbers .*, got {shown} in column 'held' \(1 in all\)"
    ):
        nc.Tally.from_frame(frame, score="score", weight="held")


@pytest.mark.parametrize("kind", NUMBERS_OF_SQLITE)
def test_weights_of_sqlite_are_summed_as_they_are(kind: str, holding: Holding) -> None:
    tally = nc.Tally.from_frame(holding(kind, [1, 2.5, 0.25, 0]), score="score", weight="held")
    assert sum(tally.to_dict()["groups"][0]["weights"]) == 3.75


def test_labels_that_sqlite_keeps_in_columns_of_numbers_are_texts(holding: Holding) -> None:
    tally = nc.Tally.from_frame(holding("NUMERIC", [1, "n/a", 2.5, 1]), score="score", by="held")
    assert naive.as_counter(tally) == {("1", None, 9): 2, ("2.5", None, 9): 1, ("n/a", None, 9): 1}


@pytest.mark.parametrize(
    ("kind", "held", "shown"),
    [
        ("INTEGER", [9, 8.5, 10.25], "Int64, got '8.5'"),
        ("INTEGER", [9, 2.5e30], r"Int64, got '2.5e\+30'"),
        ("INTEGER", [9, -2.5e30], r"Int64, got '-2.5e\+30'"),
        ("INTEGER", [9, "n/a"], "Int64, got 'n/a'"),
        ("REAL", [9, 8.5, ""], "Float64, got ''"),
        ("NUMERIC", [9, b"x"], "got 'x'"),
    ],
)
def test_what_reading_would_change_is_not_read(kind: str, held: list[Any], shown: str, holding: Holding) -> None:
    frame = holding(kind, held)
    with pytest.raises(InvalidInputError, match=rf"column 'held' must hold what its type says, .*{shown}; SQLite"):
        nc.Survey.from_frame(frame, score="held", invalid="exclude")
    assert [each.score for each in nc.Survey.from_frame(frame, score="score")] == [9] * len(held)


@pytest.mark.parametrize("kind", NUMBERS_OF_SQLITE)
def test_numbers_of_sqlite_are_read_as_they_are(kind: str, holding: Holding) -> None:
    frame = holding(kind, [1, 2**53, 0] if kind == "INTEGER" else [1, 2.5, 0.25])
    weights = [each.weight for each in nc.Survey.from_frame(frame, score="score", weight="held")]
    assert weights == ([1.0, 2.0**53, 0.0] if kind == "INTEGER" else [1.0, 2.5, 0.25])


CANNOT_READ = r"Ibis cannot read what the database found \(\w+\); does a column hold what is not of its type"


def test_what_ibis_cannot_read_is_said_to_be_that(holding: Holding) -> None:
    frame = holding("TIMESTAMP", ["nonsense"])
    with pytest.raises(IncompatibleError, match=CANNOT_READ):
        nc.Tally.from_frame(frame, score="score", by="held")
    with pytest.raises(IncompatibleError, match=CANNOT_READ):
        nc.Survey.from_frame(frame, score="score", segments="held")


def test_nulls_that_are_no_numbers_are_read_as_none() -> None:
    assert np.isnan(_numbers(pd.Series([1, pd.NA], dtype=object))).tolist() == [False, True]


@pytest.mark.parametrize("engine", ["Polars, lazy", "DuckDB", "Ibis on DuckDB", "Dask", "SQLFrame"])
def test_nan_is_missing_in_files_that_do_not_say_that_they_hold_it(engine: str, tmp_path: Path) -> None:
    nan = math.nan  # no extreme of a column, as Parquet states them
    table = pa.table(
        {
            "score": [9.0, nan, 1.0, 3.0, 7.0],
            "at": [dt.datetime(2026, 1, day) for day in (1, 2, 3, 4, 5)],
            "who": [1.0, 1.0, nan, nan, 2.0],
            "w": [1.0, 2.0, nan, 1.0, 1.0],
        }
    )
    pq.write_table(table, tmp_path / "nan.parquet")
    frame = MAKE[engine](str(tmp_path / "nan.parquet"), tmp_path)
    tally = nc.Tally.from_frame(frame, score="score")
    assert naive.as_counter(tally) == {(None, 9): 1, (None, 1): 1, (None, 3): 1, (None, 7): 1, (None, "missing"): 1}
    with pytest.raises(InvalidInputError, match=r"weights must be numbers .* got nan .*1 in all"):
        nc.Tally.from_frame(frame, score="score", weight="w")
    tally = nc.Tally.from_frame(frame, score="score", at="at", latest="who")
    assert naive.as_counter(tally) == {(None, 9): 1, (None, 1): 1, (None, 3): 1, (None, 7): 1}


def test_weeks_are_truncated_by_databases_that_are_known_to_begin_them_on_monday(frames: dict[str, Any]) -> None:
    known = {"DuckDB": "duckdb", "Ibis on DuckDB": "ibis on duckdb", "Ibis on SQLite": "ibis on sqlite"}
    for engine, name in known.items():
        frame = Frame.of(frames[engine], "this test")
        assert frame.engine == name
        assert _calendar(frame, Query(score="whole", at="at", every="week")).days_of is _dates
    sqlframe = Frame.of(frames["SQLFrame"], "this test")
    assert _calendar(sqlframe, Query(score="whole", at="at", every="week")).days_of is not _dates


def test_sums_that_are_not_finite_are_refused_even_if_no_weight_can_be_blamed() -> None:
    frame = Frame.of(pl.LazyFrame({"w": [1.0, 2.0]}), "this test")
    _refuse_weights(frame, "w", sums_are_finite=True)
    with pytest.raises(InvalidInputError, match=r"weights must be .*, got nan or infinity in column 'w'"):
        _refuse_weights(frame, "w", sums_are_finite=False)
