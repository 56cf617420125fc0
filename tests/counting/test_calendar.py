"""Days to periods, against datetime's own calendar."""

import datetime as dt
from typing import Any

import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting.calendar import EVERY, FINER, check_every, period_label, period_range, period_starts
from nps_core.errors import InvalidInputError

dates = st.dates(dt.date(2, 1, 1), dt.date(9998, 12, 31))
close_dates = st.dates(dt.date(2019, 12, 20), dt.date(2027, 1, 10))
every = st.sampled_from(EVERY)


def days(values: list[dt.date | None]) -> np.ndarray:
    return np.array(values, "datetime64[D]")


@given(st.lists(st.none() | dates) | st.lists(st.none() | close_dates), every)
def test_each_day_starts_the_period_that_datetime_says(values: list[dt.date | None], every: Any) -> None:
    expected = [None if value is None else naive.period_start(value, every) for value in values]
    assert period_starts(days(values), every).tolist() == expected


def test_iso_weeks_are_datetimes_own_on_every_day_of_thirty_years() -> None:
    every_day = np.arange("2000-01-01", "2030-01-01", dtype="datetime64[D]")
    starts = period_starts(every_day, "week").tolist()
    for day, start in zip(every_day.tolist(), starts, strict=True):
        year, week, _ = day.isocalendar()
        assert start.isocalendar() == (year, week, 1)
        assert period_label(start, "week") == f"{year}-W{week:02}"


@given(dates, every)
def test_the_start_of_a_period_is_its_own_start(day: dt.date, every: Any) -> None:
    start = period_starts(days([day]), every)
    assert np.array_equal(period_starts(start, every), start)
    assert start[0] <= np.datetime64(day, "D")


@given(close_dates, st.sampled_from([(fine, coarse) for coarse in EVERY for fine in FINER[coarse]]))
def test_a_finer_period_lies_wholly_within_the_coarser(day: dt.date, pair: Any) -> None:
    fine, coarse = pair
    assert period_starts(period_starts(days([day]), fine), coarse) == period_starts(days([day]), coarse)


@pytest.mark.parametrize("coarse", ["month", "quarter", "year"])
def test_weeks_fit_into_nothing_but_themselves(coarse: Any) -> None:
    assert "week" not in FINER[coarse]
    new_year = days([dt.date(2027, 1, 1)])  # a Friday: its week begins in December
    assert period_starts(period_starts(new_year, "week"), coarse) != period_starts(new_year, coarse)


@given(close_dates, close_dates, every)
def test_a_range_of_periods_holds_every_period_between_two(one: dt.date, other: dt.date, every: Any) -> None:
    first, last = period_starts(days(sorted([one, other])), every)
    between = np.arange(first, last + np.timedelta64(1, "D")).tolist()
    expected = sorted({naive.period_start(day, every) for day in between})
    assert period_range(first, last, every).tolist() == expected


@given(dates, dates, every)
def test_labels_are_as_different_as_the_periods(one: dt.date, other: dt.date, every: Any) -> None:
    first, second = (naive.period_start(day, every) for day in (one, other))
    assert (period_label(first, every) == period_label(second, every)) == (first == second)
    assert (period_label(first, every) < period_label(second, every)) == (first < second)


@pytest.mark.parametrize(
    ("every", "label"),
    [("day", "2025-03-06"), ("week", "2025-W10"), ("month", "2025-03"), ("quarter", "2025-Q1"), ("year", "2025")],
)
def test_a_label_names_its_period_as_people_write_it(every: Any, label: str) -> None:
    assert period_label(naive.period_start(dt.date(2025, 3, 6), every), every) == label


def test_a_day_far_from_the_others_costs_no_table_of_all_days_between() -> None:
    values = [dt.date(2, 1, 1), None, dt.date(9998, 12, 31)]  # ten thousand years are 3.6 million days
    assert period_starts(days(values), "year").tolist() == [dt.date(2, 1, 1), None, dt.date(9998, 1, 1)]


def test_unknown_days_have_unknown_periods() -> None:
    assert np.isnat(period_starts(days([None, None]), "month")).all()
    assert len(period_starts(days([]), "month")) == 0


def test_a_period_that_does_not_exist_is_refused_with_those_that_do() -> None:
    message = r"every must be one of 'day', 'week', 'month', 'quarter', 'year', got 'fortnight'"
    with pytest.raises(InvalidInputError, match=message):
        check_every("fortnight")
