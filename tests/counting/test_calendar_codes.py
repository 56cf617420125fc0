"""Instants to codes of periods, against datetime and zoneinfo, one instant at a time."""

import datetime as dt
import tracemalloc
from typing import Any

import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting import calendar, times, zones
from nps_core.counting.calendar import EVERY, Every, period_codes, period_starts
from nps_core.counting.zones import local_days

BLOCK = 1 << 15
"""Rows per block here: fewer than usual, for the oracle's sake."""


@pytest.fixture(autouse=True)
def blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (calendar, times, zones):
        monkeypatch.setattr(module, "WIDE_BLOCK", BLOCK)


ZONES = [
    "naive",
    "UTC",
    "Europe/Helsinki",
    "Europe/Amsterdam",  # twenty minutes off, until 1940
    "America/New_York",
    "America/St_Johns",  # half an hour off, and changed at one past midnight
    "Asia/Kolkata",
    "Asia/Kathmandu",  # three quarters of an hour off
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Apia",  # had no 30 December 2011
    "Pacific/Kiritimati",  # fourteen hours ahead
    "Africa/Monrovia",  # 44 minutes and a half off, until 1972
    "Africa/Casablanca",  # changes for Ramadan
]
YEARS_OF_CHANGE = [
    ("Europe/Helsinki", dt.datetime(2024, 3, 20)),
    ("Europe/Helsinki", dt.datetime(1921, 4, 20)),  # left local mean time on 1 May
    ("Europe/Amsterdam", dt.datetime(1937, 6, 20)),  # by 28 seconds, on 1 July
    ("America/New_York", dt.datetime(2026, 10, 25)),
    ("America/St_Johns", dt.datetime(2009, 10, 25)),  # back to October, on 1 November
    ("America/St_Johns", dt.datetime(2001, 3, 25)),
    ("Asia/Kolkata", dt.datetime(1945, 10, 5)),
    ("Asia/Kathmandu", dt.datetime(1985, 12, 25)),  # from half past to a quarter to, at New Year
    ("Australia/Lord_Howe", dt.datetime(2024, 3, 28)),
    ("Pacific/Apia", dt.datetime(2011, 12, 22)),
    ("Pacific/Kiritimati", dt.datetime(1994, 12, 25)),  # had no 31 December 1994
    ("Africa/Monrovia", dt.datetime(1971, 12, 28)),
    ("Africa/Casablanca", dt.datetime(2026, 2, 10)),
]
zone_names = st.sampled_from(ZONES)
periods = st.sampled_from(EVERY)
moments = st.datetimes(dt.datetime(1890, 1, 1), dt.datetime(2100, 1, 1))
steps = st.timedeltas(dt.timedelta(0), dt.timedelta(days=400))


@pytest.fixture(params=["table", "sorting"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either way of numbering, and blocks of a few rows."""
    for module in (calendar, zones):
        monkeypatch.setattr(module, "is_dense", lambda n_places, n_rows: request.param == "table")
    monkeypatch.setattr(calendar, "WIDE_BLOCK", 5)


def periods_of(values: list[dt.datetime | None], zone: str, every: str) -> list[dt.date | None]:
    """The first day of each instant's period, as datetime says."""
    days = [None if v is None else v.date() if zone == "naive" else naive.local_day(v, zone) for v in values]
    return [None if day is None else naive.period_start(day, every) for day in days]


def check(values: list[dt.datetime | None], zone: str, every: Any) -> None:
    """Compare with datetime, and see that the starts are what they should be."""
    codes, starts = period_codes(np.array(values, "datetime64[us]"), zone, every)
    of_row = np.append(starts, np.datetime64("NaT", "D"))[codes]
    assert of_row.tolist() == periods_of(values, zone, every)
    assert codes.shape == (len(values),)
    assert codes.dtype == (np.int8 if len(starts) <= 128 else np.int16)
    assert starts.dtype == np.dtype("datetime64[D]")
    assert (np.diff(starts) > np.timedelta64(0, "D")).all()
    assert np.array_equal(period_starts(starts, every), starts)


@pytest.mark.usefixtures("way")
@given(moments, st.lists(st.none() | steps, max_size=30), zone_names, periods)
def test_each_instant_has_the_period_that_datetime_says(
    first: dt.datetime, later: list[dt.timedelta | None], zone: str, every: Every
) -> None:
    check([None if step is None else first + step for step in later], zone, every)


@given(st.lists(st.none() | moments, max_size=30), zone_names, periods)
def test_so_it_has_however_far_apart_they_are(values: list[dt.datetime | None], zone: str, every: Every) -> None:
    check(values, zone, every)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize(("zone", "first"), YEARS_OF_CHANGE)
def test_so_it_has_to_the_minute_when_the_clocks_change(zone: str, first: dt.datetime, every: Every) -> None:
    minutes = np.arange(0, 15 * 24 * 60, 7).tolist()
    check([first + dt.timedelta(minutes=m, microseconds=m % 2 * -1) for m in minutes], zone, every)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone != "naive"])
def test_a_period_begins_with_the_microsecond_in_which_its_first_day_begins(zone: str) -> None:
    tick = dt.timedelta(microseconds=1)
    midnights = [dt.datetime(year, month, 1) for year in (1895, 1930, 1971, 2011, 2012, 2026) for month in range(1, 13)]
    edges = [naive.to_utc(midnight, zone) for midnight in midnights]
    check([edge + step for edge in edges for step in (-tick, dt.timedelta(0), tick)], zone, "month")


@pytest.mark.usefixtures("way")
def test_where_the_clocks_go_back_over_midnight_a_month_ends_twice() -> None:
    hours = [dt.datetime(2009, 11, 1, 2, 29), dt.datetime(2009, 11, 1, 2, 30, 30), dt.datetime(2009, 11, 1, 2, 31)]
    codes, starts = period_codes(np.array(hours, "datetime64[us]"), "America/St_Johns", "month")
    october, november = dt.date(2009, 10, 1), dt.date(2009, 11, 1)
    assert starts[codes].tolist() == [october, november, october]


@pytest.mark.parametrize("zone", ["naive", "Europe/Helsinki"])
@pytest.mark.parametrize("n_rows", [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7])
def test_many_instants_are_numbered_block_by_block(zone: str, n_rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(n_rows)
    seconds = rng.integers(0, 300 * 86_400, n_rows)
    instants = np.datetime64("2025-06-01", "us") + seconds.astype("timedelta64[s]")
    instants[rng.random(n_rows) < 0.01] = np.datetime64("NaT", "us")
    monkeypatch.setattr(calendar, "_codes_by_sorting", None)  # there are enough of them for a table
    for every in ("day", "month"):
        check(instants.tolist(), zone, every)


def test_instants_in_any_order_and_layout_have_the_same_codes() -> None:
    instants = np.arange("2024-01-01", "2026-01-01", dtype="datetime64[h]").astype("datetime64[us]")
    codes, _ = period_codes(instants, "Europe/Helsinki", "week")
    assert np.array_equal(period_codes(instants[::-1], "Europe/Helsinki", "week")[0], codes[::-1])
    closed = np.frombuffer(instants.tobytes(), instants.dtype)
    assert np.array_equal(period_codes(closed, "Europe/Helsinki", "week")[0], codes)


@pytest.mark.parametrize(
    ("n_days", "dtype"),
    [(1, np.int8), (128, np.int8), (129, np.int16), (32_768, np.int16), (32_769, np.int32)],
)
@pytest.mark.parametrize("step", [1, 5], ids=["table", "sorting"])
def test_codes_are_as_narrow_as_they_can_be(n_days: int, dtype: type, step: int) -> None:
    days = np.datetime64("1950-01-01", "D") + np.arange(n_days) * step
    codes, starts = period_codes(days.astype("datetime64[us]"), "naive", "day")
    assert codes.dtype == dtype
    assert np.array_equal(codes, np.arange(n_days))
    assert np.array_equal(starts, days)


@pytest.mark.parametrize("zone", ["naive", "UTC", "Europe/Helsinki"])
@pytest.mark.parametrize("n_rows", [0, 1, 3, 2 * BLOCK])
def test_unknown_times_have_no_code_and_no_period(zone: str, n_rows: int) -> None:
    codes, starts = period_codes(np.full(n_rows, "NaT", "datetime64[us]"), zone, "month")
    assert codes.tolist() == [-1] * n_rows
    assert codes.dtype == np.int8
    assert starts.tolist() == []
    assert starts.dtype == np.dtype("datetime64[D]")


@pytest.mark.parametrize("zone", ["naive", "UTC", "Europe/Helsinki"])
@pytest.mark.parametrize("unknown", [slice(0, BLOCK), slice(0, 1), slice(-1, None), slice(10, None, 1000)])
def test_unknown_times_change_nothing_for_the_others(zone: str, unknown: slice) -> None:
    instants = np.datetime64("1969-11-30", "us") + np.arange(2 * BLOCK) * np.timedelta64(1, "m")
    expected = period_starts(local_days(instants, zone), "month")
    instants[unknown], expected[unknown] = np.datetime64("NaT", "us"), np.datetime64("NaT", "D")
    codes, starts = period_codes(instants, zone, "month")
    assert np.array_equal(np.append(starts, np.datetime64("NaT", "D"))[codes], expected, equal_nan=True)


@pytest.mark.parametrize("zone", ["naive", "Europe/Helsinki"])
@pytest.mark.parametrize("every", EVERY)
def test_times_thousands_of_years_apart_cost_no_table_of_all_periods_between(zone: str, every: Every) -> None:
    far: list[dt.datetime | None] = [dt.datetime(9998, 12, 30), None, dt.datetime(2, 1, 2)]
    codes, starts = period_codes(np.array(far, "datetime64[us]"), zone, every)
    assert codes.tolist() == [1, -1, 0]
    assert starts.tolist() == periods_of([far[2], far[0]], zone, every)


def test_a_number_of_rows_is_numbered_in_little_more_than_the_codes_themselves() -> None:
    n_rows = 1_000_000
    instants = np.datetime64("2022-01-01", "us") + np.arange(n_rows) * np.timedelta64(1, "m")
    tracemalloc.start()
    period_codes(instants, "naive", "month")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * n_rows  # the codes are a byte each


def test_a_zone_is_asked_about_each_midnight_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    offset = zones._offset
    monkeypatch.setattr(zones, "_offset", lambda second, zone: asked.append(second) or offset(second, zone))
    hours = np.arange("2026-01-01", "2026-02-01", dtype="datetime64[h]").repeat(2).astype("datetime64[us]")
    period_codes(hours, "Europe/Helsinki", "day")
    assert len(asked) == len(set(asked)) == 32
