"""Months, windows, campaigns and rhythm."""

import datetime as dt

import nps_core as nc

from shop_loyalty import trends
from shop_loyalty.answers import Till

START = dt.date(2024, 1, 1)
MONTHS = [(START + dt.timedelta(days=31 * i)).replace(day=1) for i in range(24)]
FALLING = Till(
    [("north", month, 10, 60 if i < 12 else 20) for i, month in enumerate(MONTHS)]
    + [("north", month, 3, 20 if i < 12 else 60) for i, month in enumerate(MONTHS)]
    + [("south", month, score, 30) for month in MONTHS for score in (10, 2)]
)


def test_a_line_per_month(survey: nc.Survey) -> None:
    *months, slope = trends.month_lines(survey)
    assert [line.partition(":")[0] for line in months] == [f"2026-0{i}" for i in range(1, 8)]
    assert slope.startswith("slope: ")
    assert trends.slope_text(nc.TooFewPeriods(needed=5, got=2)) == "3 more periods are needed"


def test_a_change_of_level_is_found() -> None:
    trend = nc.trend(FALLING, every="month")
    change, level = trends.last_change(trend), trends.level_now(trend)
    assert change is not None
    assert change.endswith("since 2025-01")
    assert level is not None
    assert level.first == "2025-01"
    assert trends.unusual_months(trend) == ()
    assert trends.warned_since(trend) is None
    assert trends.moving_shops(FALLING)[0].startswith("north: -")


def test_of_few_months_nothing_is_said(survey: nc.Survey) -> None:
    trend = nc.trend(survey.where(until=dt.date(2026, 2, 1)), every="month")
    assert trends.last_change(trend) is None
    assert trends.level_now(trend) is None
    assert trends.unusual_months(trend) == ()
    assert trends.warned_since(trend) is None


def test_windows(survey: nc.Survey) -> None:
    values = trends.rolling_values(survey)
    assert max(values) == dt.date(2026, 7, 3)
    assert set(trends.rolling_by_shop(survey)) == {"north", "south", "harbour"}


def test_somebody_who_looks_every_day() -> None:
    day = nc.Tally.from_counts({10: 20, 8: 5})
    assert trends.days_until_known([day] * 20, 0) == 1
    assert trends.days_until_known([day] * 2, 80) is None


def test_a_campaign() -> None:
    assert trends.campaign_line(FALLING, dt.date(2025, 1, 1)).startswith("-")
    assert not trends.beyond(nc.TooFewPeriods(needed=8, got=2))


def test_rhythm(survey: nc.Survey, later: nc.Survey) -> None:
    assert trends.rhythm_lines(survey)[0] == "busiest: 2026-03"
    apart = survey + later.where(since=dt.date(2026, 10, 1))
    assert trends.rhythm_lines(apart)[1:] == ["2026-08 to 2026-09: 2 without answers"]


def test_who_may_be_asked_again(survey: nc.Survey) -> None:
    assert trends.may_be_asked(survey, dt.date(2026, 5, 5)) == {}
    free = trends.may_be_asked(survey, dt.date(2026, 8, 2))
    assert len(free) == 60
    assert max(filter(None, free.values())) == dt.date(2026, 8, 2)
