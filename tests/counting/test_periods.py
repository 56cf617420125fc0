"""The calendar of a report, against Python's dates day by day."""

import datetime as dt
from typing import Any

import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting.calendar import EVERY, period_label
from nps_core.counting.periods import Calendar
from nps_core.errors import InvalidInputError

days = st.dates(dt.date(1950, 1, 1), dt.date(2150, 12, 31))
months = st.integers(1, 12)


def array(values: Any) -> Any:
    return np.array(values, "datetime64[D]")


def fiscal_start(day: dt.date, every: str, first_month: int) -> dt.date:
    """Back, month by month, to the first that a period begins with."""
    beginnings = {(first_month - 1 + k) % 12 + 1 for k in ((0, 3, 6, 9) if every == "quarter" else (0,))}
    day = day.replace(day=1)
    while day.month not in beginnings:
        day = (day - dt.timedelta(days=1)).replace(day=1)
    return day


@given(days, st.sampled_from(["quarter", "year"]), months)
def test_a_fiscal_period_begins_in_its_months(day: dt.date, every: Any, first_month: int) -> None:
    calendar = Calendar(every, first_month)
    start = calendar.starts_of(array([day.replace(day=1)]))
    if first_month == 1:
        assert (calendar.is_fiscal, calendar.counted_every) == (False, every)
        assert start.tolist() == [day.replace(day=1)]
    else:
        assert (calendar.is_fiscal, calendar.counted_every) == (True, "month")
        assert start.tolist() == [fiscal_start(day, every, first_month)]


@given(days, st.integers(0, 3000), st.sampled_from(EVERY), months)
def test_periods_follow_each_other_without_a_gap(day: dt.date, length: int, every: Any, first_month: int) -> None:
    calendar = Calendar(every, first_month)

    def start_of(day: dt.date) -> dt.date:
        return fiscal_start(day, every, first_month) if calendar.is_fiscal else naive.period_start(day, every)

    last = day + dt.timedelta(days=length)
    expected = sorted({start_of(day + dt.timedelta(days=k)) for k in range(length + 1)})
    assert calendar.between(array(start_of(day)), array(start_of(last))).tolist() == expected
    labels = [calendar.label(start) for start in expected]
    assert len(set(labels)) == len(labels)
    if not calendar.is_fiscal:
        assert labels == [period_label(start, every) for start in expected]


@pytest.mark.parametrize(
    ("start", "every", "first_month", "label"),
    [
        (dt.date(2025, 4, 1), "year", 4, "FY2026"),
        (dt.date(2026, 1, 1), "quarter", 4, "FY2026-Q4"),
        (dt.date(2025, 10, 1), "quarter", 10, "FY2026-Q1"),
        (dt.date(2025, 2, 1), "quarter", 2, "FY2026-Q1"),
        (dt.date(2025, 12, 1), "year", 12, "FY2026"),
        (dt.date(2025, 4, 1), "month", 4, "2025-04"),
        (dt.date(2025, 1, 1), "year", 1, "2025"),
    ],
)
def test_a_fiscal_year_is_named_after_the_year_it_ends_in(
    start: dt.date, every: Any, first_month: int, label: str
) -> None:
    assert Calendar(every, first_month).label(start) == label


@given(days, st.sampled_from(EVERY), months)
def test_a_year_before_is_the_same_part_of_that_year(day: dt.date, every: Any, first_month: int) -> None:
    calendar = Calendar(every, first_month)
    start = fiscal_start(day, every, first_month) if calendar.is_fiscal else naive.period_start(day, every)
    if every == "week":
        year, week, _ = start.isocalendar()
        try:
            expected = dt.date.fromisocalendar(year - 1, week, 1)
        except ValueError:  # no week 53
            expected = None
    else:
        try:
            expected = start.replace(year=start.year - 1)
        except ValueError:  # 29 February
            expected = None
    assert calendar.year_before(array([start])).tolist() == [expected]


def test_some_periods_have_no_year_before() -> None:
    assert Calendar("day").year_before(array(["2024-02-29", "2024-03-01"])).tolist() == [None, dt.date(2023, 3, 1)]
    assert Calendar("week").year_before(array(["2020-12-28"])).tolist() == [None]  # 2020-W53


@pytest.mark.parametrize("month", [0, 13, True, 4.0, "April", None])
def test_a_fiscal_year_begins_in_a_month(month: Any) -> None:
    with pytest.raises(InvalidInputError, match="fiscal_start_month must be a month from 1 to 12, got"):
        Calendar("year", month)


def test_a_period_must_exist() -> None:
    with pytest.raises(InvalidInputError, match="every must be one of"):
        Calendar("fortnight")  # type: ignore[arg-type]
