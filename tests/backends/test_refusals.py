"""What engines hold that is no answer, name, time or zone: one clear error each, or the right counts, never others."""

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dask.dataframe as dd
import duckdb
import hard_rows
import ibis
import naive
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import nps_core as nc

pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),  # Ibis asks DuckDB so
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),  # Dask asks pandas so
    pytest.mark.filterwarnings("ignore:The inplace keyword"),  # and so
]

TABLE = pa.table(
    {
        "score": [9, 3],
        "text": ["9", "3"],
        "day": ["2026-01-05", "2026-01-06"],
        "at": [dt.datetime(2026, 1, 7), dt.datetime(2026, 2, 5)],
        "nps_monday": [dt.datetime(2020, 1, 6)] * 2,
        "nps_key_0": [10, 0],
        "nps_score": ["a", "b"],
        "nps_weight": [1.0, 2.0],
    }
)


COLUMNS = (
    "score bigint, text text, day text, at timestamp, nps_monday timestamp, nps_key_0 bigint, nps_score text, "
    "nps_weight double precision"
)
"""The same in SQL."""


def plain(value: Any) -> Any:
    """SQLite has no times, but texts of them."""
    return str(value) if isinstance(value, dt.datetime) else value


def in_parquet(folder: Path) -> str:
    pq.write_table(TABLE, folder / "two.parquet")
    return str(folder / "two.parquet")


MAKE: dict[str, Callable[[Path], Any]] = {
    "Polars, lazy": lambda folder: pl.scan_parquet(in_parquet(folder)),
    "DuckDB": lambda folder: duckdb.from_arrow(TABLE),
    "Ibis on DuckDB": lambda folder: ibis.duckdb.connect().read_parquet(in_parquet(folder)),
    "Dask": lambda folder: dd.from_pandas(TABLE.to_pandas(), npartitions=2),
}


@pytest.fixture(scope="module")
def sqlframe() -> Any:
    """SQLFrame on DuckDB; there is one session of it in a process, whatever connection is passed later."""
    from sqlframe.duckdb import DuckDBSession

    session = DuckDBSession(conn=duckdb.connect())
    session._conn.execute("SET TimeZone = 'UTC'")
    return session


@pytest.fixture(scope="module")
def in_postgres(postgres: Any) -> Any:
    with postgres.con.cursor() as cursor:
        cursor.execute(f"CREATE TABLE two ({COLUMNS})")
        for row in TABLE.to_pylist():
            cursor.execute("INSERT INTO two VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", tuple(row.values()))
    postgres.con.commit()
    return postgres.table("two")


@pytest.fixture(params=[*MAKE, "Ibis on SQLite", "Ibis on Postgres", "SQLFrame", "Spark"])
def frame(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Two rows in an engine: texts that look like others' values, and names that the library uses itself."""
    if request.param == "Spark":
        spark = request.getfixturevalue("spark")
        rows = [tuple(row.values()) for row in TABLE.to_pylist()]
        naive_times = {"at": "timestamp_ntz", "nps_monday": "timestamp_ntz"}
        frame = spark.createDataFrame(rows, TABLE.column_names)
        return frame.selectExpr(
            *(f"cast({n} as {naive_times[n]}) {n}" if n in naive_times else n for n in frame.columns)
        )
    if request.param == "Ibis on SQLite":
        rows = [tuple(map(plain, row.values())) for row in TABLE.to_pylist()]
        return request.getfixturevalue("in_sqlite")(COLUMNS, rows)
    if request.param == "Ibis on Postgres":
        return request.getfixturevalue("in_postgres")
    if request.param == "SQLFrame":
        return request.getfixturevalue("sqlframe").read.parquet(in_parquet(tmp_path))
    return MAKE[request.param](tmp_path)


def test_text_is_no_number_in_any_engine(frame: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match="column 'text' must hold numbers, got String"):
        nc.Tally.from_frame(frame, score="text")
    with pytest.raises(nc.InvalidInputError, match="column 'text' must hold numbers, got String"):
        nc.Tally.from_frame(frame, score="score", weight="text")


def test_text_is_no_time_in_any_engine(frame: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match="column 'day' must hold datetimes or dates, got String"):
        nc.Tally.from_frame(frame, score="score", at="day", every="day", time_zone="naive")


@pytest.mark.parametrize("role", ["score", "by", "at", "weight", "latest", "stratum", "cluster"])
def test_a_column_that_does_not_exist_is_answered_with_those_that_do(role: str, frame: Any) -> None:
    times = {"at": {"every": "day", "time_zone": "naive"}, "latest": {"at": "at"}}.get(role, {})
    with pytest.raises(
        nc.UnknownNameError, match=r"column must be one of 'score', .*, got 'scor'. Did you mean 'score'"
    ):
        nc.Tally.from_frame(frame, **{"score": "score", **times, role: "scor"})


def test_columns_may_have_the_names_that_the_library_uses_for_its_own(frame: Any) -> None:
    tally = nc.Tally.from_frame(frame, score="nps_key_0", by="nps_score", weight="nps_weight")
    assert naive.as_counter(tally) == {("a", None, 10): 1, ("b", None, 0): 1}
    sums = tally.score_weights
    assert sums is not None
    assert (sums[0, 0, 10], sums[0, 1, 0]) == (1.0, 2.0)


@pytest.mark.parametrize("every", ["day", "week", "month"])
def test_a_column_of_other_mondays_is_not_counted_by(every: Any, frame: Any) -> None:
    tally = nc.Tally.from_frame(frame, score="score", at="at", every=every, time_zone="naive")
    days = {9: dt.date(2026, 1, 7), 3: dt.date(2026, 2, 5)}
    assert naive.as_counter(tally) == {(naive.period_start(day, every), score): 1 for score, day in days.items()}


def test_spark_takes_names_with_dots_nowhere_but_may_have_them(spark: Any) -> None:
    frame = spark.createDataFrame([(9, 1.0, "x"), (3, 1.0, "y")], ["score", "q1.weight", "q1.label"])
    assert naive.as_counter(nc.Tally.from_frame(frame, score="score")) == {(None, 9): 1, (None, 3): 1}
    for options in ({"weight": "q1.weight"}, {"by": "q1.label"}, {"cluster": "q1.label"}):
        with pytest.raises(nc.InvalidInputError, match=r"names of columns must have no dots, .* got 'q1\.\w+'; rename"):
            nc.Tally.from_frame(frame, score="score", **options)


def test_names_with_spaces_and_quotes_are_names_in_spark(spark: Any) -> None:
    frame = spark.createDataFrame([(9, "x", 1.0), (3, "y", 2.0)], ["NPS score", 'the "label"', "it's"])
    tally = nc.Tally.from_frame(frame, score="NPS score", by='the "label"', weight="it's")
    assert naive.as_counter(tally) == {("x", None, 9): 1, ("y", None, 3): 1}


@pytest.mark.parametrize("name", ["NPS score", 'the "score"', "q1.score", "it's"])
def test_names_that_need_quotes_are_not_found_in_sqlframe(name: str, sqlframe: Any, tmp_path: Path) -> None:
    pq.write_table(pa.table({name: [3], "score": [9]}), tmp_path / "quoted.parquet")
    frame = sqlframe.read.parquet(str(tmp_path / "quoted.parquet"))
    with pytest.raises(nc.UnknownNameError, match="column must be one of"):
        nc.Tally.from_frame(frame, score=name)
    assert naive.as_counter(nc.Tally.from_frame(frame, score="score")) == {(None, 9): 1}


@pytest.mark.parametrize("every", ["day", "week"])
def test_sqlframe_counts_in_the_zone_of_its_session_or_not_at_all(every: Any, sqlframe: Any, tmp_path: Path) -> None:
    instants = pa.array([dt.datetime(2026, 1, 4, 23)], pa.timestamp("us", "UTC"))
    pq.write_table(pa.table({"score": [9], "at": instants}), tmp_path / "zoned.parquet")
    frame = sqlframe.read.parquet(str(tmp_path / "zoned.parquet"))
    options: dict[str, Any] = {"score": "score", "at": "at", "every": every}
    for zone, other, day in [
        ("Europe/Helsinki", "UTC", dt.date(2026, 1, 5)),
        ("UTC", "Europe/Helsinki", dt.date(2026, 1, 4)),
    ]:
        sqlframe._conn.execute(f"SET TimeZone = '{zone}'")
        tally = nc.Tally.from_frame(frame, time_zone=zone, **options)
        assert naive.as_counter(tally) == {(naive.period_start(day, every), 9): 1}
        with pytest.raises(nc.IncompatibleError, match=f"the zone of the engine's session, {zone}, got .*'{other}'"):
            nc.Tally.from_frame(frame, time_zone=other, **options)


def test_a_zone_of_sparks_session_that_is_an_offset_is_no_other_zone(spark: Any) -> None:
    spark.conf.set("spark.sql.session.timeZone", "+02:00")
    try:
        frame = spark.sql("SELECT 9 AS score, TIMESTAMP '2026-01-04 23:00:00Z' AS at")
        with pytest.raises(nc.IncompatibleError, match=r"the zone of the engine's session, \+02:00, got .*Helsinki"):
            nc.Tally.from_frame(frame, score="score", at="at", every="day", time_zone="Europe/Helsinki")
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")


@pytest.mark.parametrize("every", ["day", "week", "month"])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_times_without_a_zone_do_not_move_with_sparks_session(every: Any, zone: str, parts: str, spark: Any) -> None:
    spark.conf.set("spark.sql.session.timeZone", zone)
    try:
        frame = spark.read.parquet(parts)
        tally = nc.Tally.from_frame(
            frame, score="score", by="shop", at="at", every=every, time_zone="naive", invalid="exclude"
        )
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    assert naive.as_counter(tally) == hard_rows.counts_by(["shop"], every, score="score")


IN_SQLITE = [9, 3, "", "n/a", "7x", None, 10, -1, 9.5, -0.5]
"""SQLite keeps text in columns of numbers, as a CSV file with gaps gives it."""


@pytest.fixture(params=["INTEGER", "REAL", "NUMERIC", "DECIMAL(4, 1)"])
def with_text(request: pytest.FixtureRequest, in_sqlite: Callable[..., Any]) -> Any:
    """Numbers and texts in one column of numbers."""
    return in_sqlite(f"score {request.param}", [(value,) for value in IN_SQLITE])


def test_text_in_a_column_of_numbers_of_sqlite_is_never_a_score(with_text: Any) -> None:
    tally = nc.Tally.from_frame(with_text, score="score", invalid="exclude")
    assert {score: n for score, n in enumerate(tally.counts[0].tolist()) if n} == {3: 1, 9: 1, 10: 1}
    assert tally.missing[0] + tally.invalid[0] == 7


def test_whole_numbers_and_dates_with_gaps_stay_what_they_are_in_ibis() -> None:
    rows = pa.table(
        {
            "score": [9, 3, 10],
            "shop": pa.array([2**53, 2**53 + 1, None], pa.int64()),
            "day": pa.array([dt.date(2026, 1, 1), dt.date(2026, 1, 2), None]),
        }
    )
    for name in ("shop", "day"):
        found = nc.Tally.from_frame(ibis.memtable(rows), score="score", by=name)
        assert found == nc.Tally.from_frame(rows, score="score", by=name)
        assert len(found) == 3


READ_PARQUET: dict[str, Callable[[pytest.FixtureRequest, str], Any]] = {
    "Polars, lazy": lambda request, path: pl.scan_parquet(path),
    "DuckDB": lambda request, path: duckdb.read_parquet(path),
    "Ibis on DuckDB": lambda request, path: ibis.duckdb.connect().read_parquet(path),
    "SQLFrame": lambda request, path: request.getfixturevalue("sqlframe").read.parquet(path),
    "Spark": lambda request, path: request.getfixturevalue("spark").read.parquet(path),
}


@pytest.fixture(params=READ_PARQUET)
def from_parquet(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Scores and respondents with NaN, which the file's own least and largest values leave out."""
    path = str(tmp_path / "nan.parquet")
    days = [dt.datetime(2026, 1, day) for day in (1, 2, 3, 4, 5)]
    columns = {
        "score": [9.0, 3.0, math.nan, 7.5, None],
        "at": days,
        "who": [1.0, 1.0, math.nan, math.nan, 2.0],
        "whole": [1, 2, 3, 4, 5],
    }
    pq.write_table(pa.table(columns), path)
    return READ_PARQUET[request.param](request, path)


def test_scores_that_are_not_a_number_are_missing_in_files_too(from_parquet: Any) -> None:
    tally = nc.Tally.from_frame(from_parquet, score="score", invalid="exclude")
    assert naive.as_counter(tally) == {(None, 9): 1, (None, 3): 1, (None, "missing"): 2, (None, "invalid"): 1}


def test_respondents_that_are_not_a_number_are_nobody(from_parquet: Any) -> None:
    tally = nc.Tally.from_frame(from_parquet, score="whole", at="at", latest="who")
    assert naive.as_counter(tally) == {(None, 2): 1, (None, 3): 1, (None, 4): 1, (None, 5): 1}


def test_weights_that_are_not_a_number_are_refused_in_files_too(from_parquet: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match=r"weights must be .*, got nan in column 'who' \(2 in all\)"):
        nc.Tally.from_frame(from_parquet, score="whole", weight="who")
