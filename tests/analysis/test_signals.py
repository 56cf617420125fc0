"""What a trend says beyond its points: against the formulas of stats.series, and against dates known beforehand."""

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.stats import series

MONDAY = dt.date(2025, 1, 6)


def weekly(scores: list[tuple[int, int, int] | None], first: dt.date = MONDAY) -> nc.Tally:
    """A tally of weeks with so many promoters, passives and detractors."""
    rows = [
        (first + dt.timedelta(weeks=week), score, count)
        for week, counts in enumerate(scores)
        for score, count in zip((9, 7, 3), counts or (0, 0, 0), strict=True)
        if count
    ]
    return nc.Tally.from_cells(rows, every="week")


def drawn(n_weeks: int, shift_at: int, shift: float, seed: int = 1, n: int = 100) -> list[tuple[int, int, int] | None]:
    """Weeks of n answers whose score moves by so many points at a week."""
    rng = np.random.default_rng(seed)
    move = np.where(np.arange(n_weeks) >= shift_at, shift / 200, 0.0)
    shares = np.stack([0.45 + move, np.full(n_weeks, 0.3), 0.25 - move], axis=-1)
    return [(int(x), int(m), int(y)) for x, m, y in rng.multinomial(n, shares)]


def trend_of(scores: list[tuple[int, int, int] | None], **options: Any) -> nc.Trend:
    return nc.trend(weekly(scores), every="week", **options)


def test_the_slope_is_in_points_per_period_and_goes_with_students_t() -> None:
    counts = drawn(20, 99, 0)
    slope = trend_of(counts, confidence_level=0.9).slope
    assert isinstance(slope, nc.Slope)
    x, m, y = np.array(counts).T
    found = series.regress((x - y) / 100, series.own_variances(x, m, y), series.straight_line(20))
    value, error = 100 * found.coefficients[1], 100 * found.standard_errors[1]
    assert slope.value == pytest.approx(value)
    assert slope.standard_error == pytest.approx(error)
    assert slope.degrees_of_freedom == 18
    reach = scipy.stats.t.ppf(0.95, 18) * error
    assert slope.confidence_interval == nc.ConfidenceInterval(
        pytest.approx(value - reach), pytest.approx(value + reach), 0.9
    )
    assert slope.pvalue == pytest.approx(2 * scipy.stats.t.sf(abs(value / error), 18))


@pytest.mark.parametrize("n_weeks", range(1, 14))
def test_too_few_periods_are_told_apart_from_nothing_found(n_weeks: int) -> None:
    trend = trend_of([(45, 30, 25)] * n_weeks)
    for answer, needed in (
        (trend.slope, 3),
        (trend.levels, 6),
        (trend.current_level, 6),
        (trend.change_points, 6),
        (trend.early_warning, 6),
        (trend.limits, 12),
    ):
        if n_weeks < needed:
            assert answer == nc.TooFewPeriods(needed=needed, got=n_weeks)
            assert not answer
        else:
            assert not isinstance(answer, nc.TooFewPeriods)
    if n_weeks >= 6:
        assert trend.change_points == ()
    assert ("Slope" in str(trend)) == (n_weeks >= 3)


def test_periods_without_answers_are_not_among_the_periods_that_it_takes() -> None:
    trend = trend_of([(45, 30, 25), None, (40, 35, 25), None, None, (50, 30, 20), (45, 30, 25)])
    assert len(trend) == 7
    assert trend.levels == nc.TooFewPeriods(needed=6, got=4)
    assert isinstance(trend.slope, nc.Slope)
    assert trend.slope.degrees_of_freedom == 2


def test_a_change_of_level_has_a_date_and_the_levels_before_and_after() -> None:
    trend = trend_of(drawn(30, 18, -30))
    assert isinstance(trend.change_points, tuple)
    (change,) = trend.change_points
    start = MONDAY + dt.timedelta(weeks=18)
    assert (change.label, change.start) == (f"2025-W{start.isocalendar().week}", start)
    assert (change.before.first, change.before.last, change.before.periods) == ("2025-W02", "2025-W19", 18)
    assert (change.after.first, change.after.last, change.after.n) == ("2025-W20", "2025-W31", 1200)
    assert change.after == trend.current_level
    assert change.change == change.after.value - change.before.value
    assert abs(change.before.value - 20) < 6
    assert abs(change.after.value + 10) < 6
    for level, truth in ((change.before, 20), (change.after, -10)):
        interval = level.confidence_interval
        assert interval.low < truth < interval.high
        assert interval.high - interval.low < 12
    assert f"The level changed, last with 2025-W20: from {change.before.value:.1f} to" in str(trend)


def test_a_single_strange_week_is_unusual_and_no_level() -> None:
    counts = drawn(30, 99, 0)
    counts[20] = (5, 15, 80)
    trend = trend_of(counts)
    assert isinstance(trend.limits, nc.Limits)
    assert trend.limits.unusual == ("2025-W22",)
    low = trend.limits.lows[20]
    score = trend["2025-W22"].score
    assert low is not None
    assert score is not None
    assert score.value < low
    assert trend.change_points == ()
    assert "Unusual, with a natural wobble of" in str(trend)
    assert "2025-W22" in str(trend)


def test_limits_are_wider_for_smaller_periods_and_none_where_nobody_answered() -> None:
    counts = drawn(14, 99, 0)
    counts[3], counts[5] = None, (4, 3, 3)
    limits = trend_of(counts).limits
    assert isinstance(limits, nc.Limits)
    assert limits.lows[3] is None
    assert limits.highs[3] is None
    widths = [high - low for low, high in zip(limits.lows, limits.highs, strict=True) if low and high]
    assert max(widths) == widths[4]
    assert limits.wobble >= 0


def test_a_small_change_that_lasts_is_warned_of_early() -> None:
    counts = drawn(52, 33, -8, n=200)
    still = trend_of(counts[:33]).early_warning
    assert isinstance(still, nc.EarlyWarning)
    assert (still.since, still.outside) == (None, ())
    trend = trend_of(counts[:35])  # two weeks of it
    assert trend.change_points == ()
    warning = trend.early_warning
    assert isinstance(warning, nc.EarlyWarning)
    assert warning.since == warning.outside[0] == "2025-W36"
    assert "Early warning: the moving average has been outside its limits since 2025-W36." in str(trend)
    value, low = warning.values[-1], warning.lows[-1]
    assert value is not None
    assert low is not None
    assert value < low < warning.mean
    later = trend_of(counts).change_points
    assert isinstance(later, tuple)
    assert len(later) == 1


def test_the_moving_average_begins_anew_with_the_current_level() -> None:
    warning = trend_of(drawn(30, 18, -30)).early_warning
    assert isinstance(warning, nc.EarlyWarning)
    assert warning.values[:18] == (None,) * 18
    assert None not in warning.values[18:]
    assert abs(warning.mean + 10) < 6


def test_weights_count_as_many_answers_as_they_are_worth() -> None:
    rng = np.random.default_rng(5)
    at = [MONDAY + dt.timedelta(days=int(day)) for day in rng.integers(0, 140, 800)]
    scores = rng.integers(0, 11, 800)
    plain = nc.trend(nc.Survey.from_scores(scores, at=at, time_zone="naive"), every="week")
    same = nc.trend(nc.Survey.from_scores(scores, at=at, time_zone="naive", weights=np.full(800, 3.0)), every="week")
    uneven = nc.Survey.from_scores(scores, at=at, time_zone="naive", weights=rng.choice([1.0, 20.0], 800))
    assert isinstance(plain.slope, nc.Slope)
    assert isinstance(same.slope, nc.Slope)
    assert same.slope.value == pytest.approx(plain.slope.value, rel=0.02)
    assert same.slope.standard_error == pytest.approx(plain.slope.standard_error, rel=0.02)
    other = nc.trend(uneven, every="week")
    assert isinstance(other.current_level, nc.Level)
    assert isinstance(plain.current_level, nc.Level)
    width, plain_width = (
        level.confidence_interval.high - level.confidence_interval.low
        for level in (other.current_level, plain.current_level)
    )
    assert width > 1.1 * plain_width


def test_the_slope_needs_scipy_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    trend = trend_of(drawn(8, 99, 0))
    monkeypatch.setitem(__import__("sys").modules, "scipy.special", None)
    with pytest.raises(nc.MissingDependencyError, match="scipy"):
        trend.slope  # noqa: B018
    assert "Slope: it needs SciPy, which pip install 'nps_core[stats]' brings." in str(trend)


# ------------------------------------------------------------------------------------------ years and fiscal years


def test_a_period_is_compared_with_the_same_one_a_year_before() -> None:
    days = [dt.date(2024, 3, 4), dt.date(2025, 3, 9), dt.date(2025, 4, 1)]
    survey = nc.Survey.from_scores([3, 9, 9], at=days, time_zone="naive")
    months = nc.trend(survey, every="month")
    change = months["2025-03"].change_on_year
    assert change is not None
    assert (change.value, change.score.value, change.reference.value) == (200, 100, -100)
    assert months["2025-04"].change_on_year is None
    assert months["2024-03"].change_on_year is None
    weeks = nc.trend(survey, every="week")
    assert [period.label for period in weeks.periods if period.change_on_year] == ["2025-W10"]
    row = next(row for row in months.to_dicts() if row["period"] == "2025-03")
    assert (row["change_on_year"], row["change"]) == (200, None)


@given(st.lists(st.tuples(st.integers(0, 10), st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))), min_size=1))
def test_every_change_on_a_year_is_a_comparison(rows: list[tuple[int, dt.date]]) -> None:
    scores, at = zip(*rows, strict=True)
    survey = nc.Survey.from_scores(scores, at=at, time_zone="naive")
    for period in nc.trend(survey, every="quarter").periods:
        before = survey.where(
            since=period.start.replace(year=period.start.year - 1),
            until=(period.start.replace(year=period.start.year - 1) + dt.timedelta(days=95)).replace(day=1),
        )
        now = survey.where(since=period.start, until=(period.start + dt.timedelta(days=95)).replace(day=1))
        expected = nc.compare(before, now) if before.n and now.n else None
        got = period.change_on_year
        assert (got is None) == (expected is None)
        if got is not None and expected is not None:
            assert (got.value, got.pvalue, got.confidence_interval) == (
                expected.value,
                expected.pvalue,
                expected.confidence_interval,
            )


def test_a_fiscal_year_may_begin_in_any_month() -> None:
    days = [dt.date(2025, 3, 31), dt.date(2025, 4, 1), dt.date(2026, 3, 31), dt.date(2026, 4, 1)]
    survey = nc.Survey.from_scores([9, 9, 3, 9], at=days, time_zone="naive")
    years = nc.trend(survey, every="year", fiscal_start_month=4)
    assert years.labels == ("FY2025", "FY2026", "FY2027")
    assert [period.n for period in years.periods] == [1, 2, 1]
    assert [period.start for period in years.periods] == [dt.date(y, 4, 1) for y in (2024, 2025, 2026)]
    change = years["FY2026"].change_on_year
    assert change is not None
    assert change == years["FY2026"].change
    quarters = nc.trend(survey.tally(every="day"), every="quarter", fiscal_start_month=4)
    assert quarters.labels == ("FY2025-Q4", "FY2026-Q1", "FY2026-Q2", "FY2026-Q3", "FY2026-Q4", "FY2027-Q1")
    assert nc.trend(survey, every="month", fiscal_start_month=4).labels == nc.trend(survey, every="month").labels
    with pytest.raises(nc.IncompatibleError, match=r"^periods of a quarter do not add up to a month; count with"):
        nc.trend(survey.tally(every="quarter"), every="year", fiscal_start_month=4)


def test_an_answer_before_midnight_is_in_the_month_of_its_zone() -> None:
    at = [dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)]
    for zone, label in (("Europe/Helsinki", "2026-01"), ("America/New_York", "2025-12")):
        assert nc.trend(nc.Survey.from_scores([9], at=at, time_zone=zone), every="month").labels == (label,)
    with pytest.raises(nc.InvalidInputError, match="naive"):
        nc.Survey.from_scores([9], at=[dt.datetime(2025, 12, 31, 23, 30)])


@pytest.mark.parametrize("change", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_weeks_in_which_the_clocks_change_have_seven_days(change: dt.date) -> None:
    midnight = dt.datetime.combine(change - dt.timedelta(days=13), dt.time(), dt.UTC)
    at = [midnight + dt.timedelta(hours=hour) for hour in range(28 * 24)]
    survey = nc.Survey.from_scores([9] * len(at), at=at, time_zone="Europe/Helsinki")
    days = {period.start: period.n for period in nc.trend(survey, every="day").periods}
    weeks = nc.trend(survey, every="week").periods[1:-1]
    for week in weeks:
        assert week.n == sum(days[week.start + dt.timedelta(days=day)] for day in range(7))
    assert sorted({week.n for week in weeks}) in ([167, 168], [168, 169])


# ------------------------------------------------------------------------------------------------ by segment


def by_region(counts: dict[str, list[tuple[int, int, int] | None]]) -> nc.Tally:
    rows = [
        (region, MONDAY + dt.timedelta(weeks=week), score, count)
        for region, weeks in counts.items()
        for week, counted in enumerate(weeks)
        for score, count in zip((9, 7, 3), counted or (0, 0, 0), strict=True)
        if count
    ]
    return nc.Tally.from_cells(rows, by="region", every="week")


REGIONS = by_region({"east": drawn(20, 99, 0), "north": drawn(20, 10, -40), "west": [None, (1, 0, 0)]})


@pytest.mark.parametrize("region", ["east", "north", "west"])
def test_the_trend_of_a_segment_is_that_of_its_answers(region: str) -> None:
    trends = nc.trend(REGIONS, every="week", by="region")
    one = trends[region]
    alone = nc.trend(REGIONS.where(segments={"region": region}), every="week")
    assert one.overall == alone.overall
    assert one.slope == alone.slope if region != "west" else isinstance(one.slope, nc.TooFewPeriods)
    kept = [period for period in one.periods if period.label in alone.labels]
    assert [(p.score, p.n, p.change) for p in kept] == [(p.score, p.n, p.change) for p in alone.periods]
    assert len(one) == len(trends.periods) == 20


def test_the_segments_that_moved_are_told_with_the_false_ones_held_down() -> None:
    trends = nc.trend(REGIONS, every="week", by="region")
    assert [move.label for move in trends.moves if move.moved] == ["north"]
    pvalues = [move.slope.pvalue for move in trends.moves if isinstance(move.slope, nc.Slope)]
    adjusted = [move.adjusted_pvalue for move in trends.moves if move.adjusted_pvalue is not None]
    assert adjusted == pytest.approx(scipy.stats.false_discovery_control(pvalues))
    west = trends.moves[2]
    assert (west.slope, west.adjusted_pvalue, west.moved) == (nc.TooFewPeriods(needed=3, got=1), None, False)
    lines = str(trends).splitlines()
    assert lines[0].startswith("NPS by region and week, 2025-W02 to 2025-W21 (overall")
    assert ["moved" in line for line in lines[4:7]] == [False, True, False]


def test_of_segments_without_a_trend_few_are_said_to_move() -> None:
    still = {f"shop {i:03}": drawn(12, 99, 0, seed=i) for i in range(200)}
    trends = nc.trend(by_region(still), every="week", by="region")
    assert sum(move.moved for move in trends.moves) <= 2


def test_the_table_of_segments_and_periods_is_tidy() -> None:
    trends = nc.trend(REGIONS, every="week", by="region")
    rows = trends.to_dicts()
    assert len(rows) == 3 * 20
    assert [row["region"] for row in rows[::20]] == ["east", "north", "west"]
    assert [row["period"] for row in rows[:20]] == list(trends.periods)
    assert rows[40]["nps"] is None
    assert (rows[41]["nps"], rows[41]["n"], rows[41]["start"]) == (100.0, 1, MONDAY + dt.timedelta(weeks=1))
    assert repr(trends).startswith("SegmentTrends(by=['region'], segments=3, every='week', periods=20, overall=")


def test_segments_keep_their_undated_answers_and_those_without_a_score_have_no_trend() -> None:
    survey = nc.Survey.from_scores(
        [9, 3, 9, None], at=[MONDAY, MONDAY, None, MONDAY], time_zone="naive", segments={"shop": ["a", "b", "a", "c"]}
    )
    trends = nc.trend(survey, every="week", by=["shop"])
    assert (trends["a"].undated, trends["b"].undated) == (1, 0)
    assert trends["a"].overall.n == 2
    assert "Of no known time, and in no period: 1." in str(trends)
    with pytest.raises(nc.NoAnswersError, match="got none of the segment 'c'"):
        trends["c"]
    with pytest.raises(nc.UnknownNameError):
        trends["d"]


def test_a_design_of_clusters_is_kept_in_every_segment() -> None:
    rng = np.random.default_rng(6)
    n = 600
    survey = nc.Survey.from_scores(
        rng.integers(0, 11, n),
        at=[MONDAY + dt.timedelta(days=int(day)) for day in rng.integers(0, 50, n)],
        time_zone="naive",
        segments={"region": rng.choice(["a", "b"], n), "shop": [f"shop {i}" for i in rng.integers(0, 12, n)]},
    )
    design = nc.Design(clusters="shop")
    trends = nc.trend(survey, every="week", by="region", design=design)
    finer = nc.by_segment(survey, "region", design=design)
    assert trends["a"].overall == finer["a"].score
    changes = [period.change for period in trends["a"].periods if period.change]
    plain = [p.change for p in nc.trend(survey, every="week", by="region")["a"].periods if p.change]
    assert [change.value for change in changes] == pytest.approx([change.value for change in plain])
    assert [change.standard_error for change in changes] != pytest.approx([c.standard_error for c in plain])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"by": ()}, nc.InvalidInputError, "^by must name at least one segment$"),
        ({"by": "shop"}, nc.UnknownNameError, "^segment must be one of 'region', got 'shop'"),
        ({"fiscal_start_month": 13}, nc.InvalidInputError, "^fiscal_start_month must be a month from 1 to 12, got 13$"),
    ],
)
def test_what_cannot_be_followed_is_refused(options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        nc.trend(REGIONS, every="week", **options)


def test_more_scores_than_memory_holds_are_refused_before_they_are_made() -> None:
    days = [dt.date(2, 1, 1), dt.date(9990, 1, 1)]
    tally = nc.Tally.from_cells([(str(i), days[i % 2], 9, 1) for i in range(20)], by="shop", every="day")
    with pytest.raises(nc.InvalidInputError, match=r"^segments times periods must be 50,000,000 at most, got 20 x 3,6"):
        nc.trend(tally, every="day", by="shop")


def test_nothing_is_nan_in_what_a_trend_says() -> None:
    trend = trend_of([(45, 30, 25), None] * 13)
    for answer in (trend.limits, trend.early_warning, trend.current_level):
        assert "nan" not in repr(answer)
    assert not math.isnan(nc.trend(REGIONS, every="week", by="region").moves[0].adjusted_pvalue or 0.0)


@pytest.mark.parametrize("long_ago", [dt.date(1970, 1, 1), dt.date(2016, 1, 1)])
def test_an_answer_of_long_ago_elsewhere_makes_no_segment_more_certain(long_ago: dt.date) -> None:
    scores = [9] * 4 + [3] * 6 + [9] * 5 + [3] * 5 + [9] * 6 + [3] * 4
    at = [dt.date(2026, 6, 1 + day) for day in range(3) for _ in range(10)]
    alone = nc.trend(nc.Survey.from_scores(scores, at=at, time_zone="naive"), every="day").slope
    missing = nc.Survey.from_scores([*scores, None], at=[*at, long_ago], time_zone="naive")
    elsewhere = nc.Survey.from_scores(
        [*scores, 9], at=[*at, long_ago], time_zone="naive", segments={"region": ["north"] * 30 + ["south"]}
    )
    assert alone
    for slope in (nc.trend(missing, every="day").slope, nc.trend(elsewhere, every="day", by="region")["north"].slope):
        assert slope
        assert slope.pvalue == pytest.approx(alone.pvalue, rel=1e-9)
        assert slope.standard_error == pytest.approx(alone.standard_error, rel=1e-9)


def test_what_is_found_is_printed_in_a_sentence() -> None:
    still, fallen = trend_of(drawn(30, 99, 0)), trend_of(drawn(30, 18, -30))
    assert not still.early_warning
    assert str(still.early_warning) == "no early warning: the moving average is within its limits"
    assert str(still.limits).startswith("no period is unusual (mean ")
    assert "No change of level found among " in str(still)
    [change] = fallen.change_points or ()
    interval = change.confidence_interval
    assert f"from {change.before.value:.1f} to {change.after.value:.1f}, by {change.change:.1f} points (" in str(fallen)
    assert interval.low < change.change < interval.high
    before, after = (level.confidence_interval for level in (change.before, change.after))
    assert interval.high - interval.low == pytest.approx(math.hypot(before.high - before.low, after.high - after.low))


def test_an_early_warning_is_true_and_an_unusual_period_named() -> None:
    trend = trend_of(drawn(52, 33, -8, n=200)[:35])
    assert trend.early_warning
    assert str(trend.early_warning) == "early warning: the moving average has been outside its limits since 2025-W36"
    counts = drawn(30, 99, 0)
    counts[20] = (5, 5, 90)
    assert str(trend_of(counts).limits).startswith("unusual: 2025-W22 (mean ")


def test_the_table_of_segments_says_when_the_level_of_each_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    trends = nc.trend(
        by_region({"north": drawn(30, 18, -30), "south": drawn(30, 99, 0, seed=3)}), every="week", by="region"
    )
    change = (trends["north"].change_points or ())[-1]
    lines = str(trends).splitlines()
    assert lines[2].endswith("level changed")
    assert lines[4].endswith(f"{change.label}, {change.before.value:.1f} to {change.after.value:.1f}")
    assert "W" not in lines[5]
    monkeypatch.setattr("nps_core.analysis.movements._MOST_LEVELS", 1)
    assert "level changed" not in str(trends)
