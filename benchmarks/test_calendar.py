"""Times find their month or quarter ten times faster than in any other library, their week at least twice."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from numpy.typing import NDArray
from peers import duckdb_table
from racing import OURS, RaceAndRecord, Runner, Scaled, ScoresOf, equal_to, faster

import nps_core as nc
from nps_core.counting.calendar import Every, period_codes
from nps_core.counting.zones import NAIVE

Instants = NDArray[np.datetime64]

ZONE = "Europe/Helsinki"

NAMES: dict[Every, tuple[str, str]] = {"month": ("1mo", "M"), "week": ("1w", "W-SUN"), "quarter": ("1q", "Q")}
"""What Polars and pandas call a period."""


def instants_of(n: int) -> Instants:
    """Times within three years, in microseconds."""
    first = np.datetime64("2023-01-01", "us").astype(np.int64)
    ticks = np.random.default_rng(5).integers(0, 3 * 365 * 86_400_000_000, n)
    return (first + ticks).astype("datetime64[us]")


def starts_of(instants: Instants, every: Every) -> Instants:
    """The first day of each period, by numpy's own calendar."""
    days = instants.astype("datetime64[D]")
    if every == "week":
        starts: Instants = days - ((days.astype(np.int64) + 3) % 7).astype("timedelta64[D]")
        return starts
    months = instants.astype("datetime64[M]")
    if every == "quarter":
        months = months - (months.astype(np.int64) % 3).astype("timedelta64[M]")
    return months.astype("datetime64[D]")


def days(column: Any) -> Instants:
    return np.asarray(column, "datetime64[D]")


def ours(instants: Instants, time_zone: str, every: Every, expected: Instants) -> Runner:
    return Runner(
        lambda: period_codes(instants, time_zone, every), equal_to(expected, lambda found: found[1][found[0]])
    )


def of_pandas(found: Any) -> Instants:
    """The starts of a column of pandas' periods."""
    return days(found.array.start_time)


@pytest.mark.parametrize("every", ["month", "week", "quarter"])
def test_periods(race: RaceAndRecord, scaled: Scaled, every: Every) -> None:
    instants = instants_of(scaled(10**7))
    expected = starts_of(instants, every)
    in_polars, in_pandas = NAMES[every]
    column, series, array = pl.Series(instants), pd.Series(instants), pa.array(instants)
    rivals = {
        "numpy": Runner(lambda: starts_of(instants, every), equal_to(expected)),
        "pandas": Runner(lambda: series.dt.to_period(in_pandas), equal_to(expected, of_pandas)),
        "Polars": Runner(lambda: column.dt.truncate(in_polars), equal_to(expected, lambda f: days(f.to_numpy()))),
        "PyArrow": Runner(
            lambda: pc.floor_temporal(array, unit=every), equal_to(expected, lambda f: days(f.to_numpy()))
        ),
    }
    race(
        f"{len(instants):,} times to their {every}",
        {OURS: ours(instants, NAIVE, every, expected), **rivals},
        goals=[faster(8, rival) for rival in rivals] if every == "month" else [],
        size=len(instants),
        unit="time",
        seconds=6,
        rounds=4,
    )


def test_time_zone(race: RaceAndRecord, scaled: Scaled) -> None:
    instants = instants_of(scaled(10**7))
    series = pd.Series(instants).dt.tz_localize("UTC").dt.tz_convert(ZONE)
    column = pl.Series(instants).dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE)
    array = pa.array(instants).cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", ZONE))
    expected = starts_of(series.dt.tz_localize(None).to_numpy(), "month")
    race(
        f"{len(instants):,} times to their month in {ZONE}",
        {
            OURS: ours(instants, ZONE, "month", expected),
            "pandas": Runner(lambda: series.dt.tz_localize(None).dt.to_period("M"), equal_to(expected, of_pandas)),
            "Polars": Runner(
                lambda: column.dt.truncate("1mo"),
                equal_to(expected, lambda f: days(f.dt.replace_time_zone(None).to_numpy())),
            ),
            "PyArrow": Runner(
                lambda: pc.floor_temporal(array, unit="month"),
                equal_to(expected, lambda f: days(pc.local_timestamp(f).to_numpy())),
            ),
        },
        size=len(instants),
        unit="time",
        seconds=6,
        rounds=3,
    )


def test_tally(race: RaceAndRecord, scaled: Scaled, scores_of: ScoresOf) -> None:
    n = scaled(10**7)
    scores, instants = scores_of(n), instants_of(n)
    months = starts_of(instants, "month")
    starts, codes = np.unique(months, return_inverse=True)
    expected = np.zeros((len(starts), 11), np.int64)
    np.add.at(expected, (codes, scores), 1)
    survey = nc.Survey.from_scores(scores, at=instants, time_zone=NAIVE)
    columns = {"at": instants, "score": scores}
    polars_frame, pandas_frame, arrow_table = pl.DataFrame(columns), pd.DataFrame(columns), pa.table(columns)
    query = "SELECT date_trunc('month', \"at\") AS month, score, count(*) AS n FROM answers GROUP BY ALL"

    def table(at: Any, found_scores: Any, counts: Any) -> NDArray[np.int64]:
        found = np.zeros_like(expected)
        found[np.searchsorted(starts, days(at)), np.asarray(found_scores)] = np.asarray(counts)
        return found

    def of_tally(tally: nc.Tally) -> NDArray[np.int64]:
        assert tally.starts is not None
        assert np.array_equal(tally.starts, starts)
        return tally.counts

    def in_pyarrow() -> pa.Table:
        month = pc.floor_temporal(arrow_table["at"], unit="month")
        table = pa.table({"at": month, "score": arrow_table["score"]})
        return table.group_by(["at", "score"]).aggregate([([], "count_all")])

    def in_duckdb(threads: int) -> Runner:
        connection = duckdb_table(columns, threads)
        return Runner(
            lambda: connection.execute(query).fetchnumpy(),
            equal_to(expected, lambda f: table(f["month"], f["score"], f["n"])),
        )

    race(
        f'{n:,} scores counted by survey.tally(every="month")',
        {
            OURS: Runner(lambda: survey.tally(every="month"), equal_to(expected, of_tally)),
            "DuckDB, 1 thread": in_duckdb(1),
            "DuckDB, 2 threads": in_duckdb(2),
            "Polars": Runner(
                lambda: polars_frame.group_by(pl.col("at").dt.truncate("1mo"), "score").len(),
                equal_to(expected, lambda f: table(f["at"].to_numpy(), f["score"], f["len"])),
            ),
            "pandas": Runner(
                lambda: pandas_frame.groupby([pandas_frame["at"].dt.to_period("M"), "score"]).size(),
                equal_to(
                    expected,
                    lambda f: table(
                        f.index.get_level_values(0).to_timestamp(), f.index.get_level_values(1), f.to_numpy()
                    ),
                ),
            ),
            "PyArrow": Runner(
                in_pyarrow, equal_to(expected, lambda f: table(f["at"].to_numpy(), f["score"], f["count_all"]))
            ),
        },
        size=n,
        unit="score",
        seconds=6,
        rounds=3,
    )
