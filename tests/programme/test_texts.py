"""Texts as survey tools write them: what a cell says, and when a time is."""

import contextlib
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.programme import texts
from nps_core.programme.texts import INVALID, Dates, to_answer

P, Q, D = nc.Category.PROMOTER, nc.Category.PASSIVE, nc.Category.DETRACTOR


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *(("8", 8), (" 8 ", 8), ("8.0", 8), ("8,0", 8), ("8.", 8), ("+8", 8), ("010", 10), ("0", 0), ("10", 10)),
        *(("10 - Extremely likely", 10), ("10 – sehr wahrscheinlich", 10), ("0 = Not at all likely", 0)),
        *(("9 Very likely", 9), ("9: likely", 9), ("7 (neutral)", 7), ("10.0 - best", 10), ("0-Not at all", 0)),
        *(("Extremely likely - 10", 10), ("Not at all likely (0)", 0), ("Score: 7", 7), ("Très probable 10", 10)),
        *(("", None), ("  ", None), ("NA", None), ("n/a", None), ("#N/A", None), ("null", None), ("None", None)),
        *(("NaN", None), ("-", None), ("#NV", INVALID)),
        *(("9-10", P), ("9 – 10", P), ("7-8 - Likely", Q), ("0-6", D), ("0 to 6", D), ("7 bis 8", Q)),
        *(("Promoter", P), ("passive", Q), ("Kritiker", D), ("ambassadörer", P)),
        *(("Promoter (9-10)", P), ("Passives: 7-8", Q), ("Detractors 0 to 6 (unhappy)", D), ("Likely (6-7)", INVALID)),
        *(("9 or more", INVALID), ("6 und weniger", INVALID), ("at least 9", INVALID), ("More than 8", INVALID)),
        *(("5 - more or less", 5), ("Most likely - 10", 10), ("8,000", INVALID), ("8.000", 8), ("8,00", 8)),
        *(("6-7", INVALID), ("10-9", INVALID), ("7-7", INVALID), ("9-11", INVALID)),
        *(("11", INVALID), ("-1", INVALID), ("8.5", INVALID), ("8,5", INVALID), ("100", INVALID), ("1e1", INVALID)),
        *(("9/10", INVALID), ("8 of 10", INVALID), ("ten", INVALID), ("10%", INVALID), ("8 9", INVALID)),
        *(("2026-01-05", INVALID), ("five 5 six 6", INVALID), ("٨", 8), ("great, 10 out of 10!", INVALID)),
    ],
)
def test_what_a_cell_says(text: str, answer: Any) -> None:
    assert to_answer(text, nc.Scale.STANDARD) == answer


def test_scores_are_those_of_the_scale() -> None:
    assert to_answer("0", nc.Scale.ONE_TO_TEN) == INVALID
    assert to_answer("5 - best", nc.Scale.FIVE_POINT) == 5
    assert to_answer("6", nc.Scale.FIVE_POINT) == INVALID


def test_further_texts_may_say_that_there_is_no_answer() -> None:
    assert to_answer("99", nc.Scale.STANDARD, frozenset({"99"})) is None
    assert to_answer("", nc.Scale.STANDARD, frozenset({"99"})) == INVALID


@given(st.text(max_size=12))
def test_any_text_is_a_score_a_category_nothing_or_invalid(text: str) -> None:
    answer = to_answer(text, nc.Scale.STANDARD)
    assert answer is None or answer == INVALID or isinstance(answer, nc.Category) or 0 <= answer <= 10


# ------------------------------------------------------------------------------------------------------------ times


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
        *("2026-01-05 12:30 CET", "2026-01-05 12:30:00 +9900", "99999999999", "Monday - 13th Jan", "2026-W01"),
    ],
)
def test_a_text_that_is_no_time_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=r"times in column 'at' must be dates.*\(line 3\); say how"):
        read("2026-01-01", text)


@pytest.mark.parametrize("text", ["9" + " " * 100_000 + "x", "1 " * 50_000, "1/" * 50_000, "+00:00" * 20_000])
def test_a_long_text_is_no_time_and_no_score(text: str) -> None:
    assert to_answer(text, nc.Scale.STANDARD) == (9 if text.endswith("x") else INVALID)
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
    dates = Dates("at")
    found, note = dates.read(["3/4/2026", "", "13/4/2026"], [2, 3, 4])
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
    ("text", "likely"), [("5.1.26", "%d.%m.%y"), ("5-1-26 9:15", "%d-%m-%y %H:%M"), ("noon", "%d/%m/%y")]
)
def test_how_a_time_may_be_written_is_proposed(text: str, likely: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=f"say how they are written with at_format='{likely}', say"):
        read(text)


def test_any_format_can_be_said() -> None:
    assert read("05|01|26", pattern="%d|%m|%y") == [dt.datetime(2026, 1, 5)]
    with pytest.raises(nc.InvalidInputError, match=r"must be written as '%d\|%m\|%y', got '2026-01-05' \(line 2\)"):
        read("2026-01-05", pattern="%d|%m|%y")


@given(st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(9998, 1, 1)), st.sampled_from(sorted(texts._FORMATS)))
def test_every_known_format_is_read_back(time: dt.datetime, key: tuple[str, str]) -> None:
    order, _ = key
    for each in texts._FORMATS[key]:
        text = time.strftime(each)
        assert read(text, day_first="month" not in order) == [dt.datetime.strptime(text, each)]


@given(st.text("0123456789/-.: TZ+GMUCaApmPMJan,", max_size=24))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with contextlib.suppress(nc.InvalidInputError):
        assert all(time is None or isinstance(time, dt.datetime) for time in read(text))
