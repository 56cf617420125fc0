"""Times as survey tools write them: when they are, and that none is guessed."""

import contextlib
import datetime as dt
import locale
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.programme import dates
from nps_core.programme.dates import Dates


def read(*given: str, **options: Any) -> list[dt.datetime | None]:
    return Dates("at", **options).read(given, range(2, 2 + len(given)))[0]


def zoned(hours: float, *parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.timezone(dt.timedelta(hours=hours)))  # type: ignore[arg-type,misc]


NOON = dt.datetime(2026, 1, 5, 12, 30)
NOON_UTC = NOON.replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        *(("2026-01-05", dt.datetime(2026, 1, 5)), ("2026-01-05 12:30", NOON), ("2026-01-05T12:30:00", NOON)),
        *(
            ("2026-01-05T12:30:00Z", NOON_UTC),
            ("2026-01-05T12:30:00.000Z", NOON_UTC),
            ("2026-01-05 12:30 UTC", NOON_UTC),
        ),
        *(("2026-01-05 12:30:00 +0000", NOON_UTC), ("2026-01-05 12:30:00 GMT", NOON_UTC)),
        *(("2026/01/05 12:30:00 PM GMT+2", zoned(2, 2026, 1, 5, 12, 30)), ("2026/1/5 12:30:00", NOON)),
        *(
            ("2026-01-05T12:30:00-05:00", zoned(-5, 2026, 1, 5, 12, 30)),
            ("2026-01-05 12:30:00 +0530", zoned(5.5, 2026, 1, 5, 12, 30)),
        ),
        *(("1767616200", NOON_UTC), ("1767616200000", NOON_UTC), ("1767616200.0", NOON_UTC)),
        *(("5.1.2026", dt.datetime(2026, 1, 5)), ("05.01.2026 12:30", NOON), ("05.01.2026, 12:30", NOON)),
        *(
            ("Jan 5, 2026", dt.datetime(2026, 1, 5)),
            ("January 5, 2026 12:30 PM", NOON),
            ("Jan 5, 2026, 12:30 PM", NOON),
        ),
        *(("5 Jan 2026", dt.datetime(2026, 1, 5)), ("5th Jan 2026 12:30", NOON), ("05-Jan-2026 12:30:00", NOON)),
        *(("Mon, 05 Jan 2026 12:30:00 GMT", NOON_UTC), ("", None), ("null", None)),
        *(("0", None), ("0000-00-00 00:00:00", None)),
        *(("13/01/2026", dt.datetime(2026, 1, 13)), ("1/13/2026 1:05 PM", dt.datetime(2026, 1, 13, 13, 5))),
        *(("5/5/2026", dt.datetime(2026, 5, 5)), ("13-01-2026 23:59:59", dt.datetime(2026, 1, 13, 23, 59, 59))),
    ],
)
def test_when_a_time_is(text: str, time: dt.datetime | None) -> None:
    (found,) = read(text)
    assert found == time
    assert found is None or found.utcoffset() == (None if time is None else time.utcoffset())


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday", "2026", "2026-13-01", "13/13/2026", "5/6/26", "31/02/2026", "2026-01-05 25:00", "12:30"),
        *("2026-01-05 23.59", "2026-01-05 12,30", "2026-01-05+02:00", "2026-01-05-0800", "2026-01-05712:30"),
        *("2026-01-05/10", "2026-01-05 8:00-17:00", "2026-01-05 08:00-11:00", "05/13/2026 12:30-13:30"),
        *("2026-01-05T12:30+0090", "2026-01-05T12:30+15:00", "05/13/2026 12:30 -13:00", "13/01/2026 13:05 PM"),
        *("2026-01-05 12:30 CET", "2026-01-05 12:30:00 +9900", "99999999999", "Monday - 13th Jan", "2026-W01"),
    ],
)
def test_a_text_that_is_no_time_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=r"times in column 'at' must be dates.*\(line 3\); .*at_format"):
        read("2026-01-01", text)


@pytest.mark.parametrize("text", ["9" + " x" * 50_000, "1 " * 50_000, "1/" * 50_000, "+00:00" * 20_000])
def test_a_long_text_is_no_time(text: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=r"got a text of [\d,]+ characters \(line 2\)"):
        read(text)


def test_dates_that_can_be_read_in_two_ways_are_refused_with_both() -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        read("5/5/2026", "3/4/2026 10:00")
    assert str(caught.value) == (
        "dates in column 'at' can be read in two ways: '3/4/2026 10:00' (line 3) is 3 April 2026 with day_first=True, "
        "and 4 March 2026 with day_first=False; say which"
    )


def test_one_date_that_can_be_read_in_one_way_only_tells_the_order_of_all() -> None:
    found, note = Dates("at").read(["3/4/2026", "", "13/4/2026"], [2, 3, 4])
    assert found == [dt.datetime(2026, 4, 3), None, dt.datetime(2026, 4, 13)]
    assert note == "Dates are day-first: '13/4/2026' (line 4) can be read in no other way."
    assert read("3/4/2026", "4/13/2026")[0] == dt.datetime(2026, 3, 4)


def test_dates_in_two_orders_are_refused() -> None:
    with pytest.raises(
        nc.InvalidInputError,
        match=r"one order, got '13/4/2026' \(line 2\), day first, and '4/14/2026' \(line 3\), month",
    ):
        read("13/4/2026", "4/14/2026")


def test_all_times_tell_a_zone_or_none_of_them() -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        read("2026-01-05 12:30", "", "2026-01-05T12:30Z")
    assert str(caught.value) == (
        "times in column 'at' must all tell a zone or none of them, got '2026-01-05T12:30Z' (line 4), and "
        "'2026-01-05 12:30' (line 2)"
    )


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T00:00Z"])
def test_years_are_those_of_a_calendar(text: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=rf"between the years 2 and 9998, got '{text}' \(line 3\)"):
        read("", text)


def test_points_do_not_go_with_months_that_come_first() -> None:
    with pytest.raises(
        nc.InvalidInputError, match=r"'3.4.2026' \(line 2\), day first, and '4/13/2026' \(line 3\), month"
    ):
        read("3.4.2026", "4/13/2026")
    assert read("3.4.2026", "13/4/2026")[0] == dt.datetime(2026, 4, 3)


@pytest.mark.parametrize("name", ["de_DE.UTF-8", "fi_FI.UTF-8", "fr_FR.UTF-8"])
def test_times_do_not_depend_on_the_language_of_the_computer(name: str) -> None:
    before = locale.setlocale(locale.LC_ALL)
    with contextlib.suppress(locale.Error):
        locale.setlocale(locale.LC_ALL, name)
    try:
        assert read("Mon, 05 Jan 2026 12:30:00 GMT") == [NOON_UTC]
        assert read("May 5, 2026 1:05 p.m.", "Sept 5, 2026", "5-Dec-2026") == [
            dt.datetime(2026, 5, 5, 13, 5),
            dt.datetime(2026, 9, 5),
            dt.datetime(2026, 12, 5),
        ]
        with pytest.raises(nc.InvalidInputError, match="is 4 March 2026 with day_first=True, and 3 April 2026 with"):
            read("4/3/2026")
    finally:
        locale.setlocale(locale.LC_ALL, before)


def test_the_order_can_be_said() -> None:
    assert read("3/4/2026", day_first=True) == [dt.datetime(2026, 4, 3)]
    assert read("3/4/2026", day_first=False) == [dt.datetime(2026, 3, 4)]
    with pytest.raises(nc.InvalidInputError, match=r"without, month first, got '13/4/2026' \(line 2\)"):
        read("13/4/2026", day_first=False)


def test_dates_with_points_have_the_day_first_unless_somebody_says_no() -> None:
    assert read("3.4.2026 10:00", day_first=None) == read("3.4.2026 10:00", day_first=True)
    assert read("3.4.2026") == [dt.datetime(2026, 4, 3)]
    assert read("3.4.2026", day_first=False) == [dt.datetime(2026, 3, 4)]
    with pytest.raises(nc.InvalidInputError, match=r"month first, got '13.4.2026' \(line 2\)"):
        read("13.4.2026", day_first=False)


@pytest.mark.parametrize(
    ("text", "likely"), [("5.1.26", "%d.%m.%y"), ("5-1-26 9:15", "%d-%m-%y %H:%M"), ("5/1/26", "%d/%m/%y")]
)
def test_how_a_time_may_be_written_is_proposed(text: str, likely: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=f"say how they are written with at_format='{likely}', say"):
        read(text)


@pytest.mark.parametrize("text", ["noon", "31.04.2026", "46027", "3. April 2026", "24:00"])
def test_no_format_is_proposed_that_would_not_help(text: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=r"if that is a date, at_format says how they are written$"):
        read(text)


@pytest.mark.parametrize(("text", "day_first"), [("13/4/2026", False), ("4/13/2026", True), ("13.4.2026", False)])
def test_an_order_that_does_not_fit_is_said_to_be_the_reason(text: str, *, day_first: bool) -> None:
    with pytest.raises(nc.InvalidInputError, match=f"; with day_first={not day_first} it would be one$"):
        read(text, day_first=day_first)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("%Y %Y", "must be a format of strptime, got '%Y %Y'"),
        ("%Q %Y", "must be a format of strptime, got '%Q %Y'"),
        ("%d/%m", "must hold a year, such as %Y, got '%d/%m'"),
        ("%d/%m/%%Y", "must hold a year"),
    ],
)
def test_a_format_is_one_of_dates(pattern: str, message: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=f"at_format {message}"):
        read("05/01", pattern=pattern)


def test_any_format_can_be_said() -> None:
    assert read("05|01|26", pattern="%d|%m|%y") == [dt.datetime(2026, 1, 5)]
    with pytest.raises(nc.InvalidInputError, match=r"must be written as '%d\|%m\|%y', got '2026-01-05' \(line 2\)"):
        read("2026-01-05", pattern="%d|%m|%y")


@given(st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(9998, 1, 1)), st.sampled_from(sorted(dates._FORMATS)))
def test_every_known_format_is_read_back(time: dt.datetime, key: tuple[str, str]) -> None:
    order, _ = key
    for each in dates._FORMATS[key]:
        text = time.strftime(each)
        assert read(text, day_first="month" not in order) == [dt.datetime.strptime(text, each)]


@given(st.text("0123456789/-.: TZ+GMUCaApmPMJan,", max_size=24))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with contextlib.suppress(nc.InvalidInputError):
        assert all(time is None or isinstance(time, dt.datetime) for time in read(text))
