"""Arrays and lists of times as instants: that the quick ways give what the slow ones do."""

import datetime as dt
import zoneinfo
from typing import Any

import naive
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting import calendar, times, zones
from nps_core.counting.times import to_instants
from nps_core.errors import InvalidInputError

BLOCK = 1 << 15
"""Rows per block here: fewer than usual, for the oracle's sake."""


@pytest.fixture(autouse=True)
def blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (calendar, times, zones):
        monkeypatch.setattr(module, "WIDE_BLOCK", BLOCK)


UNITS = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "2D", "25s"]
HELSINKI = zoneinfo.ZoneInfo("Europe/Helsinki")
moments = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1))
aware_times = st.datetimes(
    dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1), timezones=st.sampled_from([dt.UTC, HELSINKI])
)


class Datetime(dt.datetime):
    """A datetime that is not quite a plain one, as pandas has."""


class Nowhere(dt.tzinfo):
    """A zone that does not say how far it is from UTC."""

    def utcoffset(self, when: dt.datetime | None) -> None:
        """Unknown."""


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("within", [True, False])
@pytest.mark.parametrize("end", ["first", "last"])
def test_years_are_checked_in_the_unit_of_the_array(unit: str, within: bool, end: str) -> None:
    one = np.ones(1, np.int64).view(f"datetime64[{unit}]") - np.zeros(1, f"datetime64[{unit}]")
    at_first = np.array(["0002-01-01"], f"datetime64[{unit}]")
    at_first += one * (at_first.astype("datetime64[us]") < np.datetime64("0002-01-01"))  # a week may begin in year 1
    after_last = np.array(["9999-01-01"], f"datetime64[{unit}]")
    after_last += one * (after_last.astype("datetime64[us]") < np.datetime64("9999-01-01"))
    edge = at_first - one * (not within) if end == "first" else after_last - one * within
    column = np.concatenate([np.array(["2026-01-01", "NaT"], edge.dtype), edge])
    if within:
        assert np.array_equal(to_instants(column, "naive")[0], column.astype("datetime64[us]"), equal_nan=True)
    else:
        with pytest.raises(InvalidInputError, match=r"must be between the years 2 and 9998, got .* \(index 2\)"):
            to_instants(column, "naive")


def test_nanoseconds_which_reach_no_other_years_are_rounded_down() -> None:
    column = np.array(["1969-12-31T23:59:59.999999999", "NaT", "1970-02-01"], "datetime64[ns]")
    expected = [dt.datetime(1969, 12, 31, 23, 59, 59, 999_999), None, dt.datetime(1970, 2, 1)]
    assert to_instants(column, "naive")[0].tolist() == expected


def test_an_array_of_microseconds_is_not_copied() -> None:
    column = np.array(["2026-01-01", "NaT"], "datetime64[us]")
    assert to_instants(column, "naive")[0] is column
    assert to_instants(column, "Europe/Helsinki")[0] is not column
    assert column.tolist() == [dt.datetime(2026, 1, 1), None]


@pytest.mark.parametrize("dtype", [">M8[us]", ">M8[s]", "<M8[s]"])
def test_the_order_of_bytes_does_not_matter(dtype: str) -> None:
    values = [dt.datetime(1950, 3, 1), None, dt.datetime(2026, 1, 1)]
    instants, _ = to_instants(np.array(values, dtype), "naive")
    assert instants.tolist() == values
    assert instants.dtype == np.dtype("datetime64[us]")
    assert instants.dtype.isnative


@pytest.mark.parametrize("unit", ["D", "us"])
@pytest.mark.parametrize("mask", [[False, False], [False, True], [True, True]])
def test_masked_times_are_unknown_and_may_be_anything(unit: str, mask: list[bool]) -> None:
    values = ["2026-01-01", "2026-01-02" if not any(mask) else "-0044-03-15"]
    column = np.ma.array(np.array(values, f"datetime64[{unit}]"), mask=mask)
    expected = [None if hidden else dt.datetime.fromisoformat(v) for v, hidden in zip(values, mask, strict=True)]
    instants, zone = to_instants(column, "naive")
    assert instants.tolist() == expected
    assert not isinstance(instants, np.ma.MaskedArray)
    assert zone == (None if all(mask) else "naive")


@pytest.mark.parametrize("n_unknown", [0, 1, BLOCK, 2 * BLOCK])
def test_one_known_time_is_enough_to_have_a_zone(n_unknown: int) -> None:
    unknown = np.full(n_unknown, "NaT", "datetime64[us]")
    assert to_instants(unknown, None)[1] is None
    assert to_instants(np.append(unknown, np.datetime64("2026-01-01")), "naive")[1] == "naive"


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("kind", [pd.Series, pd.DatetimeIndex])
def test_columns_of_pandas_with_a_zone_are_read_without_an_object_per_row(
    unit: str, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = [dt.datetime(1969, 12, 31, 23, 59, 59), None, dt.datetime(2026, 10, 25, 1, 30)]
    index = pd.DatetimeIndex(np.array(values, f"datetime64[{unit}]")).tz_localize("UTC").tz_convert("Europe/Helsinki")
    expected = to_instants(index.astype(object), None)
    monkeypatch.setattr(times, "_from_objects", None)
    instants, zone = to_instants(kind(index), None)
    assert instants.tolist() == expected[0].tolist() == values
    assert zone == expected[1] == "Europe/Helsinki"


@given(st.lists(st.none() | moments, max_size=20) | st.lists(st.none() | aware_times, max_size=20))
def test_plain_datetimes_become_what_others_become_one_by_one(values: list[dt.datetime | None]) -> None:
    others: list[Any] = [None if v is None else Datetime.fromisoformat(v.isoformat()) for v in values]
    quickly, slowly = times._from_datetimes(values), times._from_datetimes(others)
    assert quickly is not None
    assert slowly is None or not any(values)
    found, found_zones = times._from_mixed(values)
    assert np.array_equal(quickly[0], found, equal_nan=True)
    assert quickly[1] == found_zones
    assert np.array_equal(times._from_mixed(others)[0], found, equal_nan=True)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_second_of_two_equal_times_on_the_clock_stays_the_second(fold: int) -> None:
    instants, _ = to_instants([dt.datetime(2026, 10, 25, 3, 30, tzinfo=HELSINKI, fold=fold)], None)
    assert instants.tolist() == [dt.datetime(2026, 10, 25, fold, 30)]


def test_a_zone_that_keeps_its_offset_to_itself_is_taken_for_utc() -> None:
    instants, zone = to_instants([dt.datetime(2026, 1, 1, tzinfo=Nowhere())], "Europe/Helsinki")
    assert instants.tolist() == [dt.datetime(2026, 1, 1)]
    assert zone == "Europe/Helsinki"


@pytest.mark.parametrize("day", [dt.date(1, 12, 31), dt.date(9999, 1, 1)])
def test_dates_at_the_ends_of_the_calendar_are_refused_as_they_were_given(day: dt.date) -> None:
    with pytest.raises(InvalidInputError, match=rf"years 2 and 9998, got {day.isoformat()} \(index 1\)"):
        to_instants([dt.date(2026, 1, 1), day], "naive")


@pytest.mark.parametrize("day", [dt.date(2, 1, 1), dt.date(9998, 12, 31)])
def test_dates_just_within_the_ends_are_read(day: dt.date) -> None:
    assert to_instants([day], "naive")[0].astype("datetime64[D]").tolist() == [day]


@pytest.mark.parametrize("zone", ["Europe/Helsinki", "America/St_Johns", "Pacific/Apia", "Africa/Monrovia"])
@pytest.mark.parametrize("first", [dt.datetime(1971, 12, 20), dt.datetime(2009, 10, 15), dt.datetime(2011, 12, 20)])
def test_times_written_in_a_zone_are_read_block_by_block(
    zone: str, first: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zones, "WIDE_BLOCK", 1000)
    wall_times: list[dt.datetime | None] = [first + dt.timedelta(minutes=m) for m in range(0, 25 * 24 * 60, 11)]
    wall_times[5] = wall_times[-1] = None
    expected = [None if wall_time is None else naive.to_utc(wall_time, zone) for wall_time in wall_times]
    assert to_instants(wall_times, zone)[0].tolist() == expected


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            [dt.date(2026, 1, 5), "5 Jan"],
            r"got a text of 5 characters \(index 1\); parse text first, with pandas.to_datetime, say$",
        ),
        ([dt.date(2026, 1, 5), 7], r"got 7 \(index 1\)$"),
        (
            [None, dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=14)))],
            r"got 0001-01-01 00:00:00\+14:00 \(index 1",
        ),
    ],
)
def test_what_is_no_time_is_shown_with_its_row(values: list[Any], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        to_instants(values, "UTC")
