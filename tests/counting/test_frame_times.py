"""Counting in frames by period: whose calendar is meant is always known, or asked for."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import duckdb
import naive
import polars as pl
import pyarrow as pa
import pytest
from engines import FRAMES, Row, rows_of, table_of
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting.calendar import EVERY, Every
from nps_core.errors import (
    IncompatibleError,
    InvalidInputError,
)
from nps_core.model.tally import Tally

ZONES = ["UTC", "Europe/Helsinki", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham"]
AWARE: dict[str, Callable[[pa.Table], Any]] = {
    name: FRAMES[name] for name in ("pyarrow", "polars", "polars lazy", "pandas", "pandas arrow")
}


@pytest.mark.parametrize("engine", AWARE)
@given(
    rows=rows_of(st.integers(0, 10)).filter(bool),
    own=st.sampled_from(ZONES),
    wanted=st.sampled_from(ZONES),
    every=st.sampled_from(EVERY),
)
def test_times_with_a_zone_are_counted_in_the_calendar_that_is_asked_for(
    engine: str, rows: list[Row], own: str, wanted: str, every: Every
) -> None:
    table = table_of(rows, pa.int8(), zone=own)  # PyArrow takes naive values for UTC
    tally = Tally.from_frame(AWARE[engine](table), score="score", at="at", every=every, time_zone=wanted)
    expected = Counter(
        (None if at is None else naive.period_start(naive.local_day(at, wanted), every), score) for score, _, at in rows
    )
    assert naive.as_counter(tally) == expected
    assert tally.time_zone == wanted


def test_the_zone_of_a_duckdb_connection_is_obeyed_or_refused_but_never_ignored() -> None:
    connection = duckdb.connect()
    for session in ("UTC", "Europe/Helsinki"):
        connection.execute(f"SET TimeZone = '{session}'")
        relation = connection.sql("SELECT 9 AS s, TIMESTAMPTZ '2026-01-01 23:30:00+00' AS t")
        tally = Tally.from_frame(relation, score="s", at="t", every="day", time_zone=session)
        assert tally.starts is not None
        assert tally.starts.tolist() == [naive.local_day(dt.datetime(2026, 1, 1, 23, 30), session)]
        with pytest.raises(
            IncompatibleError, match=f"the zone of the engine's session, {session}, got time_zone='Asia/Tokyo'"
        ):
            Tally.from_frame(relation, score="s", at="t", every="day", time_zone="Asia/Tokyo")


@pytest.mark.parametrize("zone", ["naive", "Europe/Helsinki"])
def test_times_without_a_zone_and_dates_are_taken_as_written(zone: str) -> None:
    for at in (dt.datetime(2026, 1, 1, 23, 59), dt.date(2026, 1, 1)):
        tally = Tally.from_frame(pl.DataFrame({"s": [9], "t": [at]}), score="s", at="t", every="day", time_zone=zone)
        assert tally.starts is not None
        assert tally.starts.tolist() == [dt.date(2026, 1, 1)]


def test_a_calendar_is_never_guessed() -> None:
    aware = pl.DataFrame({"s": [9], "t": [dt.datetime(2026, 1, 1, tzinfo=dt.UTC)]})
    with pytest.raises(InvalidInputError, match="pass time_zone='Europe/Helsinki'"):
        Tally.from_frame(aware, score="s", at="t", every="day")
    with pytest.raises(InvalidInputError, match="must carry no zone with time_zone='naive', column 't' is in UTC"):
        Tally.from_frame(aware, score="s", at="t", every="day", time_zone="naive")
    with pytest.raises(InvalidInputError, match="must be an IANA name"):
        Tally.from_frame(aware, score="s", at="t", every="day", time_zone="Mars/Olympus")


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize(
    ("microseconds", "year"), [(-62_198_755_200_000_000, "-0*[12]"), (300_000_000_000_000_000, "1147[56]")]
)
def test_years_beyond_the_calendar_are_refused(microseconds: int, year: str, every: Every) -> None:
    frame = pl.DataFrame({"s": [9], "t": pl.Series([microseconds], dtype=pl.Datetime("us"))})
    for rows in (frame, frame.lazy()):
        with pytest.raises(InvalidInputError, match=f"between the years 2 and 9998, got .*{year}"):
            Tally.from_frame(rows, score="s", at="t", every=every, time_zone="naive")
