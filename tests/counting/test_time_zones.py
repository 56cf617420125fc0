"""Times in zones, against datetime and zoneinfo."""

import datetime as dt
import time
import zoneinfo
from typing import Any

import naive
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting import zones
from nps_core.counting.calendar import period_starts
from nps_core.counting.times import to_instants
from nps_core.counting.zones import local_days, local_times
from nps_core.errors import InvalidInputError

ZONES = [
    "UTC",
    "Europe/Helsinki",
    "Europe/Dublin",  # winter time is the exception there
    "America/New_York",
    "America/Sao_Paulo",  # changed its clocks at midnight, until 2019
    "America/St_Johns",  # half an hour off, and changed at one past midnight
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Apia",  # had no 30 December 2011
    "Pacific/Kiritimati",  # fourteen hours ahead
    "Asia/Kathmandu",  # three quarters of an hour off
    "Africa/Casablanca",  # changes for Ramadan
    "Asia/Gaza",
]
zone_names = st.sampled_from(ZONES)
times = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1))


def clock_changes(zone: str, year: int) -> list[dt.datetime]:
    """The hours of a year, in UTC, in which a zone's offset changes."""
    info = zoneinfo.ZoneInfo(zone)
    hours = [dt.datetime(year, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=h) for h in range(366 * 24)]
    offsets = [hour.astimezone(info).utcoffset() for hour in hours]
    return [hours[i].replace(tzinfo=None) for i in range(len(hours) - 1) if offsets[i] != offsets[i + 1]]


CHANGES = {(zone, year): clock_changes(zone, year) for zone in ZONES for year in (2011, 2018)}
minutes = [dt.timedelta(minutes=m) for m in range(-26 * 60, 26 * 60, 7)]
AROUND_CHANGES = [
    (zone, [c + m for c in changes for m in minutes]) for (zone, _), changes in CHANGES.items() if changes
]


@given(st.lists(st.none() | times, max_size=30), zone_names)
def test_local_days_are_those_of_datetime(values: list[dt.datetime | None], zone: str) -> None:
    expected = [None if value is None else naive.local_day(value, zone) for value in values]
    assert local_days(np.array(values, "datetime64[us]"), zone).tolist() == expected


@pytest.mark.parametrize(("zone", "instants"), AROUND_CHANGES)
def test_local_days_are_those_of_datetime_when_the_clocks_change(zone: str, instants: list[dt.datetime]) -> None:
    expected = [naive.local_day(instant, zone) for instant in instants]
    assert local_days(np.array(instants, "datetime64[us]"), zone).tolist() == expected


@given(st.lists(times, min_size=1, max_size=30), zone_names)
def test_times_written_in_a_zone_are_read_as_datetime_reads_them(values: list[dt.datetime], zone: str) -> None:
    instants, got_zone = to_instants(values, zone)
    assert instants.tolist() == [naive.to_utc(value, zone) for value in values]
    assert got_zone == zone


@pytest.mark.parametrize(("zone", "wall_times"), AROUND_CHANGES)
def test_times_the_clocks_show_twice_or_never_are_read_as_datetime_reads_them(
    zone: str, wall_times: list[dt.datetime]
) -> None:
    instants, _ = to_instants(wall_times, zone)
    assert instants.tolist() == [naive.to_utc(value, zone) for value in wall_times]


@given(st.lists(st.none() | times, min_size=1, max_size=10), zone_names)
def test_aware_times_become_utc_and_come_back_in_their_zone(values: list[dt.datetime | None], zone: str) -> None:
    info = zoneinfo.ZoneInfo(zone)
    aware = [None if value is None else value.replace(tzinfo=dt.UTC).astimezone(info) for value in values]
    instants, got_zone = to_instants(aware, None)
    assert instants.tolist() == values
    assert got_zone == (None if not any(values) else zone)
    back = local_times(instants, got_zone)
    assert [None if b is None else (b.replace(tzinfo=None), b.fold) for b in back] == [
        None if a is None else (a.replace(tzinfo=None), a.fold) for a in aware
    ]


@given(st.lists(st.none() | times, min_size=1, max_size=10))
def test_naive_times_are_taken_as_written_when_told_so(values: list[dt.datetime | None]) -> None:
    instants, zone = to_instants(values, "naive")
    assert instants.tolist() == values
    assert zone == (None if not any(values) else "naive")
    assert local_times(instants, zone) == values
    assert local_days(instants, zone).tolist() == [None if value is None else value.date() for value in values]


def test_new_years_eve_in_utc_is_january_in_helsinki_and_december_in_new_york() -> None:
    instants, _ = to_instants([dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)], None)
    assert period_starts(local_days(instants, "Europe/Helsinki"), "month").tolist() == [dt.date(2026, 1, 1)]
    assert period_starts(local_days(instants, "America/New_York"), "month").tolist() == [dt.date(2025, 12, 1)]


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)], ids=["23 hours", "25 hours"])
def test_weeks_across_a_clock_change_have_seven_days(day: dt.date) -> None:
    around = [dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(hours=h) for h in range(-24 * 10, 24 * 10)]
    instants, _ = to_instants(around, "Europe/Helsinki")
    found = local_days(instants, "Europe/Helsinki")
    weeks = period_starts(found, "week")
    whole = np.unique(found[weeks == period_starts(np.array([day], "datetime64[D]"), "week")])
    assert len(whole) == 7
    assert [d.isoweekday() for d in whole.tolist()] == [1, 2, 3, 4, 5, 6, 7]


def test_apia_never_lived_through_30_december_2011() -> None:
    hours = [dt.datetime(2011, 12, 28, tzinfo=dt.UTC) + dt.timedelta(hours=h) for h in range(96)]
    instants, _ = to_instants(hours, "Pacific/Apia")
    assert dt.date(2011, 12, 30) not in local_days(instants, "Pacific/Apia").tolist()
    assert dt.date(2011, 12, 31) in local_days(instants, "Pacific/Apia").tolist()


@given(st.lists(times, min_size=1, max_size=5), zone_names)
def test_a_date_is_the_same_day_in_every_calendar(values: list[dt.datetime], zone: str) -> None:
    dates = [value.date() for value in values if value.date() != dt.date(2011, 12, 30)]  # see Apia, above
    instants, got_zone = to_instants(dates, zone)
    assert local_days(instants, got_zone).tolist() == dates


UTC_TIMES = [dt.datetime(2025, 3, 30, 0, 30), None, dt.datetime(2025, 12, 31, 23, 30)]
AWARE = pd.Series(pd.DatetimeIndex(UTC_TIMES, tz="UTC").tz_convert("Europe/Helsinki"))


@pytest.mark.parametrize(
    "column",
    [
        AWARE,
        pd.DatetimeIndex(AWARE),
        AWARE.astype("datetime64[ns, Europe/Helsinki]"),
        AWARE.astype(object),
        AWARE.copy().astype(pd.ArrowDtype(pa.timestamp("us", "Europe/Helsinki"))),  # pandas 3.0.0 fills gaps in place
        pl.Series(UTC_TIMES).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/Helsinki"),
        pa.array(UTC_TIMES, pa.timestamp("ms", "Europe/Helsinki")),
        pa.chunked_array([UTC_TIMES[:1], UTC_TIMES[1:]], pa.timestamp("ns", "Europe/Helsinki")),
    ],
    ids=lambda column: f"{type(column).__module__} {getattr(column, 'dtype', '')}",
)
def test_columns_that_carry_a_zone_give_utc_and_their_zone(column: Any) -> None:
    instants, zone = to_instants(column, None)
    assert instants.tolist() == UTC_TIMES
    assert zone == "Europe/Helsinki"
    assert to_instants(column, "America/New_York")[1] == "America/New_York"


@pytest.mark.parametrize(
    "column",
    [
        UTC_TIMES,
        np.array(UTC_TIMES, "datetime64[ns]"),
        np.ma.array(np.array([*UTC_TIMES[:1], "2000-01-01", *UTC_TIMES[2:]], "datetime64[us]"), mask=[0, 1, 0]),
        pd.Series(UTC_TIMES),
        pl.Series(UTC_TIMES),
        pa.array(UTC_TIMES),
    ],
    ids=lambda column: f"{type(column).__module__} {type(column).__name__}",
)
def test_columns_without_a_zone_need_one_to_be_named(column: Any) -> None:
    assert to_instants(column, "naive")[0].tolist() == UTC_TIMES
    expected = [None if value is None else naive.to_utc(value, "Europe/Helsinki") for value in UTC_TIMES]
    assert to_instants(column, "Europe/Helsinki")[0].tolist() == expected
    with pytest.raises(InvalidInputError, match=r"times without a zone need one: pass time_zone='Europe/Helsinki'"):
        to_instants(column, None)


@pytest.mark.parametrize(
    "column",
    [[None, pd.NaT, float("nan")], [], pa.nulls(2), pl.Series([None, None]), pd.Series([None, np.nan]), [pd.NaT]],
    ids=lambda column: f"{type(column).__module__} of {len(column)}",
)
def test_nothing_but_unknown_times_need_no_zone_and_have_none(column: Any) -> None:
    instants, zone = to_instants(column, None)
    assert np.isnat(instants).all()
    assert len(instants) == len(column)
    assert zone is None


def test_aware_times_of_several_zones_need_a_calendar_to_be_named() -> None:
    mixed = [dt.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo(zone)) for zone in ("Europe/Helsinki", "Asia/Tokyo")]
    with pytest.raises(InvalidInputError, match="different or unnamed zones need a calendar: pass time_zone="):
        to_instants(mixed, None)
    assert to_instants(mixed, "UTC")[1] == "UTC"


@pytest.mark.parametrize(
    "column",
    [
        [dt.datetime(2026, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2)))],
        pd.Series(pd.to_datetime(["2026-01-01 00:00+02:00"])),
        pa.array([dt.datetime(2025, 12, 31, 22)], pa.timestamp("us", "+02:00")),
    ],
    ids=["datetime", "pandas", "PyArrow"],
)
def test_an_offset_is_no_calendar(column: Any) -> None:
    with pytest.raises(InvalidInputError, match="different or unnamed zones need a calendar"):
        to_instants(column, None)
    assert to_instants(column, "UTC")[0].tolist() == [dt.datetime(2025, 12, 31, 22)]


@pytest.mark.parametrize("order", [1, -1])
def test_times_with_and_without_a_zone_do_not_mix(order: int) -> None:
    mixed = [dt.datetime(2026, 1, 1), None, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)][::order]
    with pytest.raises(InvalidInputError, match="times must all carry a zone or none of them; index 2 differs"):
        to_instants(mixed, "UTC")


def test_aware_times_are_not_taken_as_written() -> None:
    with pytest.raises(InvalidInputError, match="times must carry no zone with time_zone='naive', but these carry one"):
        to_instants([dt.datetime(2026, 1, 1, tzinfo=dt.UTC)], "naive")


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "..", "/etc/passwd", "Europe", "a\0b", 3], ids=repr)
def test_a_zone_that_does_not_exist_is_refused(zone: Any) -> None:
    with pytest.raises(InvalidInputError, match="time_zone must be an IANA name such as 'Europe/Helsinki', or 'naive'"):
        to_instants([dt.datetime(2026, 1, 1)], zone)


@pytest.mark.parametrize("value", ["2026-01-01", 20260101, 1.5, True, dt.time(), np.timedelta64(1, "D")], ids=repr)
def test_what_is_no_time_is_refused_with_its_index(value: Any) -> None:
    for column in ([None, value], np.array([None, value], object)):
        with pytest.raises(InvalidInputError, match=r"times must be datetimes or dates, got .* \(index 1\)"):
            to_instants(column, "naive")


@pytest.mark.parametrize(
    "value",
    [
        dt.datetime.min,
        dt.datetime.max,
        dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=3))),
        dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-3))),
        np.datetime64("-0044-03-15"),
        np.datetime64("12026-01-01"),
    ],
    ids=str,
)
def test_times_at_the_ends_of_the_calendar_are_refused_with_their_index(value: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"times must be between the years 2 and 9998, got .* \(index 0\)"):
        to_instants([value], None)


@pytest.mark.parametrize("value", ["0002-01-01T00:00:00", "9998-12-31T23:59:59.999999"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/New_York", "naive"])
def test_times_just_within_the_ends_are_read_in_every_zone(value: str, zone: str) -> None:
    instants, _ = to_instants(np.array([value], "datetime64[us]"), zone)
    assert local_days(instants, zone)[0] == np.datetime64(value, "D")
    assert len(local_times(instants, zone)) == 1


def test_times_thousands_of_years_apart_cost_no_table_of_all_days_between(monkeypatch: pytest.MonkeyPatch) -> None:
    far = [dt.datetime(2, 1, 1), dt.datetime(2026, 7, 1, 22), dt.datetime(9998, 1, 1)]
    asked: list[int] = []
    offset = zones._offset
    monkeypatch.setattr(zones, "_offset", lambda second, zone: asked.append(second) or offset(second, zone))
    found = local_days(np.array(far, "datetime64[us]"), "Europe/Helsinki")
    assert found.tolist() == [dt.date(2, 1, 1), dt.date(2026, 7, 2), dt.date(9998, 1, 1)]
    assert len(asked) == 6  # the beginning and the end of each day


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows cannot be told another zone")
def test_the_zone_of_the_machine_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    noon = np.array(["2026-01-05T12:00"], "datetime64[us]")
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        (found,) = local_times(noon, "Europe/Helsinki")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found is not None
    assert found.isoformat() == "2026-01-05T14:00:00+02:00"
