"""effect_of(): before and after a date, against doing the same by hand."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.stats import series

AT = dt.date(2026, 3, 4)  # a Wednesday
days = st.dates(dt.date(2026, 1, 5), dt.date(2026, 5, 1))
rows = st.lists(st.tuples(st.integers(0, 10), days, st.sampled_from(["a", "b"])), min_size=8, max_size=40).filter(
    lambda rows: min(day for _, day, _ in rows) < AT <= max(day for _, day, _ in rows)
)


def survey_of(rows: Any) -> nc.Survey:
    scores, at, shops = zip(*rows, strict=True)
    return nc.Survey.from_scores(scores, at=at, time_zone="naive", segments={"shop": shops})


def quietly(data: Any, at: dt.date, **options: Any) -> nc.ActivityEffect:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nps_core.analysis.activity.warnings.warn", lambda *_, **__: None)
        return nc.effect_of(data, at, **options)


@given(rows)
def test_it_is_the_comparison_of_the_two_sides(rows: Any) -> None:
    survey = survey_of(rows)
    before, after = survey.where(until=AT), survey.where(since=AT)
    effect = quietly(survey, AT, by="shop", confidence_level=0.9)
    expected = nc.compare(before, after, confidence_level=0.9)
    assert effect.difference == expected
    assert effect.decomposition == nc.decompose_change(before, after, by="shop", confidence_level=0.9)
    assert effect.trend_before == nc.trend(before, every="week", confidence_level=0.9).slope
    assert effect.undated == 0


@given(rows)
def test_a_tally_of_days_gives_the_same_as_its_survey(rows: Any) -> None:
    survey = survey_of(rows)
    assert quietly(survey.tally("shop", every="day"), AT, by="shop") == quietly(survey, AT, by="shop")


@given(rows, st.integers(1, 40))
def test_only_so_many_days_on_each_side_count(rows: Any, days: int) -> None:
    survey, reach = survey_of(rows), dt.timedelta(days=days)
    before, after = survey.where(since=AT - reach, until=AT), survey.where(since=AT, until=AT + reach)
    if before.n and after.n:
        assert quietly(survey, AT, days=days).difference == nc.compare(before, after)
    else:
        with pytest.raises(nc.NoAnswersError):
            nc.effect_of(survey, AT, days=days)


def weeks(move: Sequence[float], n: int = 200, seed: int = 1) -> nc.Survey:
    """n answers a week from 5 January 2026, with a score that lies so many points above 20 in each."""
    rng, first = np.random.default_rng(seed), dt.date(2026, 1, 5)
    scores: list[int] = []
    at: list[dt.date] = []
    for week, points in enumerate(move):
        shares = [0.45 + points / 200, 0.3, 0.25 - points / 200]
        scores += rng.choice([9, 7, 3], n, p=shares).tolist()
        at += [first + dt.timedelta(days=7 * week + int(day)) for day in rng.integers(0, 7, n)]
    return nc.Survey.from_scores(scores, at=at, time_zone="naive")


def test_an_effect_without_a_trend_is_found_without_a_warning() -> None:
    effect = nc.effect_of(weeks([0] * 10 + [15] * 10), dt.date(2026, 3, 16))
    assert not effect.already_moving
    assert effect.difference.confidence_interval.low < 15 < effect.difference.confidence_interval.high
    assert isinstance(effect.beyond_trend, nc.Step)
    assert effect.beyond_trend.confidence_interval.low < 15 < effect.beyond_trend.confidence_interval.high
    assert effect.beyond_trend.degrees_of_freedom == 17
    assert "Moving already" not in str(effect)


def test_a_trend_that_was_under_way_is_warned_of_and_taken_out() -> None:
    rising = weeks([2.0 * week for week in range(20)])
    with pytest.warns(nc.AlreadyMovingWarning, match=r"^the score must have been level before 2026-03-16 .* per week"):
        effect = nc.effect_of(rising, dt.date(2026, 3, 16))
    assert effect.already_moving
    assert effect.difference.pvalue < 0.001
    assert isinstance(effect.beyond_trend, nc.Step)
    assert effect.beyond_trend.confidence_interval.low < 0 < effect.beyond_trend.confidence_interval.high
    assert "Moving already before: +" in str(effect)
    assert "Beyond that trend: " in str(effect)


def test_a_slow_trend_is_not_said_to_be_none() -> None:
    day = dt.date(2000, 1, 3)
    rows = [
        (day + dt.timedelta(weeks=week), score, 10**7 + week * sign * 200)
        for week in range(40)
        for score, sign in ((10, 1), (0, -1))
    ]
    tally = nc.Tally.from_cells(rows, every="week")
    with pytest.warns(nc.AlreadyMovingWarning, match=r"got a slope of \+0\.0020 points per week"):
        nc.effect_of(tally, dt.date(2000, 8, 7))


def test_the_step_is_that_of_a_regression_on_time_and_date() -> None:
    survey, at = weeks([0, 3, 1, 4, 2, 9, 8, 12, 10]), dt.date(2026, 2, 9)
    effect = quietly(survey, at)
    tally = survey.tally(every="week")
    y, m, x = tally.category_counts.T
    columns = np.column_stack([np.ones(9), np.arange(9.0), np.arange(9) >= 5])
    found = series.regress((x - y) / (x + m + y), series.own_variances(x, m, y), columns)
    assert isinstance(effect.beyond_trend, nc.Step)
    assert effect.beyond_trend.value == pytest.approx(100 * found.coefficients[2])
    assert effect.beyond_trend.standard_error == pytest.approx(100 * found.standard_errors[2])


def test_few_weeks_tell_no_trend() -> None:
    effect = nc.effect_of(weeks([0, 0, 10]), dt.date(2026, 1, 19))
    assert effect.trend_before == nc.TooFewPeriods(needed=3, got=2)
    assert effect.beyond_trend == nc.TooFewPeriods(needed=4, got=3)
    (row,) = effect.to_dicts()
    assert (row["slope_before"], row["beyond_trend"], row["mix"]) == (None, None, None)
    assert (row["at"], row["already_moving"]) == (dt.date(2026, 1, 19), False)
    assert row["difference"] == effect.difference.value


def test_who_answered_twice_is_allowed_for_on_request() -> None:
    survey = nc.Survey.from_scores(
        [9, 3, 9, 7, 9, 10],
        at=[AT - dt.timedelta(days=3)] * 3 + [AT] * 3,
        time_zone="naive",
        respondents=list("abcabc"),
    )
    with pytest.warns(nc.NotIndependentWarning, match="got 3 in both"):
        nc.effect_of(survey, AT)
    assert nc.effect_of(survey, AT, pairing="panel").difference.pairs == 3


def test_parts_and_undated_answers_are_told() -> None:
    survey = nc.Survey.from_scores(
        [9, 3, 9, 9],
        at=[AT - dt.timedelta(days=1)] * 2 + [AT, None],
        time_zone="naive",
        segments={"shop": ["a", "b", "a", "b"]},
    )
    effect = nc.effect_of(survey, AT, by="shop")
    assert effect.undated == 1
    assert effect.by == ("shop",)
    lines = str(effect).splitlines()
    assert lines[0].startswith("Since 2026-03-04: +100.0 points (95 % interval")
    assert lines[-2].startswith("Other shares by shop (mix): +100.0 (")
    assert lines[-1] == "Of no known time, and in no period: 1."


@pytest.mark.parametrize("days", [20_000, 100_000])
def test_more_days_than_the_calendar_has_are_all_days(days: int) -> None:
    survey = survey_of([(9, AT - dt.timedelta(days=1), "a"), (3, AT, "b")])
    assert quietly(survey, AT, days=days).difference == quietly(survey, AT).difference
    early = nc.Survey.from_scores([9, 3], at=[dt.date(2, 1, 1), dt.date(2, 1, 2)], time_zone="naive")
    assert quietly(early, dt.date(2, 1, 2), days=days).difference.value == -200


def test_a_tally_of_months_is_looked_at_by_month() -> None:
    months = weeks([0] * 9 + [15] * 9).tally(every="month")
    effect = quietly(months, dt.date(2026, 3, 1))
    assert effect.every == "month"
    assert quietly(weeks([0, 5]).tally(every="day"), dt.date(2026, 1, 12)).every == "week"


class Store:
    """A store of one's own: it counts by day when asked."""

    def __init__(self, survey: nc.Survey) -> None:
        self.survey = survey

    def tally(self, by: str | Sequence[str] = (), *, every: Any = None) -> nc.Tally:
        return self.survey.tally(by, every=every)


def test_a_store_of_ones_own_is_asked_for_days() -> None:
    survey = weeks([0] * 4 + [5] * 4)
    at = dt.date(2026, 2, 5)
    assert quietly(Store(survey), at) == quietly(survey, at)


@pytest.mark.parametrize(
    ("data", "at", "options", "error", "message"),
    [
        (
            weeks([0, 0]),
            "2026-01-12",
            {},
            nc.InvalidInputError,
            "^at must be a date or a datetime, such as .*, got '2026-01-12'$",
        ),
        (
            weeks([0, 0]),
            dt.date(2026, 1, 12),
            {"days": 0},
            nc.InvalidInputError,
            "^days must be a whole number from 1",
        ),
        (weeks([0, 0]), dt.date(2026, 1, 12), {"days": True}, nc.InvalidInputError, "^days must be a whole number"),
        (weeks([0, 0]), dt.date(2026, 1, 12), {"every": "fortnight"}, nc.InvalidInputError, "^every must be one of"),
        (weeks([0, 0]), dt.date(2025, 1, 12), {}, nc.NoAnswersError, "both sides of 2025-01-12, got none before$"),
        (weeks([0, 0]), dt.date(2027, 1, 12), {}, nc.NoAnswersError, "both sides of 2027-01-12, got none after$"),
        (
            weeks([0, 0]).tally(every="week"),
            dt.date(2026, 1, 14),
            {},
            nc.IncompatibleError,
            "^at must be the first day",
        ),
        (weeks([0, 0]).tally(), dt.date(2026, 1, 12), {}, nc.IncompatibleError, "^at needs a tally with periods"),
        (nc.Survey.from_scores([9]), dt.date(2026, 1, 12), {}, nc.InvalidInputError, "has no known time: pass at="),
        (
            nc.Survey.from_scores([9], at=[dt.datetime(2026, 1, 1, tzinfo=dt.UTC)]),
            dt.datetime(2026, 1, 12),
            {},
            nc.InvalidInputError,
            "^at must carry a time zone",
        ),
        (weeks([0, 0]), pd.NaT, {}, nc.InvalidInputError, "^at must be a date or a datetime, such as .*, got NaT$"),
        (
            nc.Survey.from_scores(
                [9, 3], at=[dt.date(2026, 1, 1), dt.date(2026, 2, 1)], time_zone="naive", weights=[0, 1]
            ),
            dt.date(2026, 1, 15),
            {},
            nc.NoAnswersError,
            "^some answers on each side of 2026-01-15 must have a weight above 0, got none before$",
        ),
        ([9, 3], dt.date(2026, 1, 12), {}, nc.InvalidInputError, "^data must be a Survey, a Tally or an object"),
    ],
)
def test_what_has_no_before_and_after_is_refused(
    data: Any, at: Any, options: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        nc.effect_of(data, at, **options)


def test_the_periods_of_the_trend_can_be_chosen() -> None:
    days = [dt.date(2025, 1, 1) + dt.timedelta(days=i) for i in range(600)]
    survey = survey_of([(i * i % 11, day, "a") for i, day in enumerate(days)])
    assert nc.effect_of(survey, dt.date(2026, 3, 1), every="month").every == "month"


def test_the_wobble_of_weeks_is_allowed_for() -> None:
    rng = np.random.default_rng(4)
    wobbling = weeks([float(step) for step in rng.normal(0, 12, 40)])
    effect = quietly(wobbling, dt.date(2026, 5, 25))
    assert isinstance(effect.beyond_wobble, nc.Step)
    assert effect.beyond_wobble.standard_error > 1.5 * effect.difference.standard_error
    assert effect.beyond_wobble.degrees_of_freedom == 38
    assert f"Allowing for how weeks differ anyway: {effect.beyond_wobble.value:+.1f} (" in str(effect)
    row = effect.to_dicts()[0]
    assert row["beyond_wobble_low"] == effect.beyond_wobble.confidence_interval.low


def test_the_step_of_weeks_known_alike_is_that_of_their_means() -> None:
    effect = quietly(weeks([0, 10, -10, 20, 30, 10]), dt.date(2026, 1, 26))
    values = [
        point.score.value for point in nc.trend(weeks([0, 10, -10, 20, 30, 10]), every="week").periods if point.score
    ]
    assert isinstance(effect.beyond_wobble, nc.Step)
    expected: Any = scipy.stats.ttest_ind(values[3:], values[:3])
    assert effect.beyond_wobble.value == pytest.approx(np.mean(values[3:]) - np.mean(values[:3]), rel=0.02)
    assert effect.beyond_wobble.pvalue == pytest.approx(expected.pvalue, rel=0.2)


def test_a_wrong_date_is_told_from_the_right_one() -> None:
    fallen = weeks([0.0] * 20 + [-40.0] * 20)
    effect = quietly(fallen, dt.date(2026, 3, 16))
    assert effect.difference.pvalue < 0.001
    assert isinstance(effect.change_points, tuple)
    assert [point.start for point in effect.change_points] == [dt.date(2026, 5, 25)]
    assert "By themselves the weeks show a change of level in 2026-W22." in str(effect)
    still = quietly(weeks([0.0] * 20), dt.date(2026, 3, 16))
    assert "By themselves the weeks show no change of level." in str(still)


def test_whoever_answered_several_times_is_paired_by_the_latest_answer_on_each_side() -> None:
    people = [str(i % 20) for i in range(80)]
    at = [dt.date(2026, 1, 1) + dt.timedelta(days=i) for i in range(80)]
    survey = nc.Survey.from_scores([(3 * i) % 11 for i in range(80)], at=at, time_zone="naive", respondents=people)
    effect = quietly(survey, dt.date(2026, 2, 10), pairing="overlapping")
    before, after = survey.where(until=dt.date(2026, 2, 10)).latest(), survey.where(since=dt.date(2026, 2, 10)).latest()
    assert effect.difference == nc.compare(before, after, pairing="overlapping")
    assert effect.difference.pairs == 20
