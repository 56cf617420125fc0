"""trend(): against comparing each period with the one before by hand."""

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import attrs
import naive
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.counting.calendar import EVERY, FINER
from nps_core.testing import tallies

days = st.dates(dt.date(2024, 12, 20), dt.date(2026, 1, 12))
a_row = st.tuples(st.none() | st.integers(0, 10), st.none() | days)
rows = st.lists(a_row, min_size=1, max_size=15).filter(lambda rows: any(None not in row for row in rows))


def survey_of(rows: Any) -> nc.Survey:
    scores, at = zip(*rows, strict=True)
    return nc.Survey.from_scores(scores, at=at, time_zone="naive")


def unnamed(difference: nc.Difference | None) -> nc.Difference | None:
    """A difference without what its sides are called in print."""
    return None if difference is None else attrs.evolve(difference, names=("", ""))


def label_of(day: dt.date, every: str) -> str:
    """The name of a period by strftime, where it has one."""
    quarter = f"%Y-Q{(day.month + 2) // 3}"
    return day.strftime(
        {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "quarter": quarter, "year": "%Y"}[every]
    )


def periods_between(rows: Any, every: str) -> list[dt.date]:
    """Every period from the first to the last, found day by day."""
    known = [day for _, day in rows if day is not None]
    span = range((max(known) - min(known)).days + 1)
    starts = [naive.period_start(min(known) + dt.timedelta(days=d), every) for d in span]
    return sorted(set(starts))


@given(st.sampled_from(EVERY), rows, st.sampled_from(["score", "wald", "adjusted-wald"]), st.floats(0.5, 0.99))
def test_each_period_is_compared_with_the_one_before(every: Any, rows: Any, method: Any, level: float) -> None:
    survey = survey_of(rows)
    options: Any = {"method": method, "confidence_level": level}
    trend = nc.trend(survey, every=every, **options)
    starts = periods_between(rows, every)
    assert [period.start for period in trend.periods] == starts
    assert len(trend) == len(trend.labels) == len(starts)
    before = None
    for start, period in zip(starts, trend.periods, strict=True):
        own = [day is not None and naive.period_start(day, every) == start for _, day in rows]
        here = survey.where(own)
        assert (period.n, period.missing, period.invalid) == (here.n, here.missing, here.invalid)
        assert period.score == (nc.nps(here, **options) if here.n else None)
        comparable = before is not None and before.n and here.n
        compared = nc.compare(before, here, **options) if before is not None and comparable else None
        assert unnamed(period.change) == unnamed(compared)
        assert period.label == label_of(start, every)
        before = here


@given(rows)
def test_every_answer_is_in_a_period_or_undated(rows: Any) -> None:
    trend = nc.trend(survey_of(rows), every="week")
    assert trend.undated == sum(day is None for _, day in rows)
    dated = sum(period.n + period.missing + period.invalid for period in trend.periods)
    assert dated + trend.undated == len(rows)
    assert trend.overall == nc.nps([score for score, _ in rows])


@given(st.sampled_from([(every, fine) for every in EVERY for fine in sorted(FINER[every])]), rows)
def test_a_tally_of_finer_periods_gives_the_same_trend(pair: Any, rows: Any) -> None:
    every, finer = pair
    survey = survey_of(rows)
    assert nc.trend(survey.tally(every=finer), every=every) == nc.trend(survey, every=every)


@given(tallies(by=["region"], every="day", max_cells=6))
def test_keys_beside_the_period_do_not_matter(tally: nc.Tally) -> None:
    whole = tally.tally(every="day")
    if whole.starts is not None and any(n for n, start in zip(whole.n, whole.starts.tolist(), strict=True) if start):
        assert nc.trend(tally, every="year") == nc.trend(whole, every="year")


def test_empty_periods_are_shown_as_empty() -> None:
    trend = nc.trend(survey_of([(9, dt.date(2026, 1, 5)), (None, dt.date(2026, 3, 1)), (3, dt.date(2026, 4, 30))]))
    assert trend.labels == ("2026-01", "2026-02", "2026-03", "2026-04")
    assert [period.n for period in trend.periods] == [1, 0, 0, 1]
    assert [period.missing for period in trend.periods] == [0, 0, 1, 0]
    assert [period.score is None for period in trend.periods] == [False, True, True, False]
    assert all(period.change is None for period in trend.periods)


@pytest.mark.parametrize(
    ("every", "labels"),
    [
        ("day", ("2024-12-30", "2024-12-31", "2025-01-01")),
        ("week", ("2025-W01",)),  # ISO 8601: the week of the year's first Thursday
        ("month", ("2024-12", "2025-01")),
        ("quarter", ("2024-Q4", "2025-Q1")),
        ("year", ("2024", "2025")),
    ],
)
def test_periods_are_named_as_calendars_name_them(every: Any, labels: tuple[str, ...]) -> None:
    survey = survey_of([(9, dt.date(2024, 12, 30)), (3, dt.date(2025, 1, 1))])
    assert nc.trend(survey, every=every).labels == labels


def test_a_period_is_found_by_its_name() -> None:
    trend = nc.trend(survey_of([(9, dt.date(2026, 1, 5)), (3, dt.date(2026, 2, 1))]))
    assert trend["2026-02"] == trend.periods[1]
    change = trend["2026-02"].change
    assert change is not None
    assert change.value == -200
    with pytest.raises(nc.UnknownNameError) as caught:
        trend["2026-2"]
    assert str(caught.value) == ("period must be one of '2026-01', '2026-02', got '2026-2'. Did you mean '2026-02'?")


def test_a_trend_is_not_iterable_but_its_periods_are() -> None:
    trend: Any = nc.trend(survey_of([(9, dt.date(2026, 1, 5))]))
    with pytest.raises(TypeError, match="not iterable"):
        iter(trend)
    assert [period.label for period in trend.periods] == ["2026-01"]


def test_midnight_is_that_of_the_surveys_zone() -> None:
    # 22:30 UTC on 31 January is already February in Helsinki (UTC+2)
    at = [dt.datetime(2026, 1, 31, 22, 30, tzinfo=dt.UTC)]
    helsinki = nc.trend(nc.Survey.from_scores([9], at=at, time_zone="Europe/Helsinki"))
    assert (helsinki.labels, helsinki.time_zone) == (("2026-02",), "Europe/Helsinki")
    assert nc.trend(nc.Survey.from_scores([9], at=at, time_zone="UTC")).labels == ("2026-01",)


class Timeless:
    """A store that knows no times, whatever it is asked for."""

    def tally(self, by: str | Sequence[str] = (), *, every: Any = None) -> nc.Tally:
        return nc.Tally.from_counts({9: 1})


def test_a_store_that_gives_no_periods_is_refused() -> None:
    with pytest.raises(
        nc.InvalidInputError, match=r"^the tally\(\) of Timeless must give a Tally by \[\] and every month"
    ):
        nc.trend(Timeless())


@pytest.mark.parametrize(
    "data",
    [
        nc.Tally.from_cells([(None, 9, 3)], every="day"),
        nc.Tally.from_cells([(None, 9, 3), (dt.date(2026, 1, 1), None, 2)], every="day"),
    ],
    ids=["unknown times", "no score with a time"],
)
def test_answers_without_a_time_make_no_trend(data: Any) -> None:
    with pytest.raises(nc.NoAnswersError) as caught:
        nc.trend(data, every="day")
    assert str(caught.value) == "a trend needs answers with a score and a known time, got none"


@pytest.mark.parametrize(
    ("data", "options", "error", "message"),
    [
        ([9, 3], {}, nc.InvalidInputError, "^data must be a Survey, a Tally or an object with their tally"),
        (nc.Survey.from_scores([9]), {}, nc.InvalidInputError, "has no known time: pass at="),
        (nc.Tally.from_counts({9: 1}), {}, nc.IncompatibleError, "count with every="),
        (survey_of([(9, dt.date(2026, 1, 5))]), {"every": "fortnight"}, nc.InvalidInputError, "^every must be one of"),
        (survey_of([(9, dt.date(2026, 1, 5))]), {"method": "bayes"}, nc.InvalidInputError, "^method must be one of"),
        (survey_of([(9, dt.date(2026, 1, 5))]), {"confidence_level": 1}, nc.InvalidInputError, "^confidence_level"),
        (survey_of([(None, dt.date(2026, 1, 5))]), {}, nc.NoAnswersError, "1 missing"),
    ],
)
def test_what_makes_no_trend_is_refused(data: Any, options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        nc.trend(data, **options)


def test_the_repr_of_a_trend_shows_the_size_and_no_answers() -> None:
    trend = nc.trend(survey_of([(9, dt.date(2026, 1, 5)), (8, dt.date(2026, 2, 5))]))
    assert repr(trend) == "Trend(every='month', periods=2, overall=50.0)"


# ------------------------------------------------------------------------------------------------------- designs

clustered_rows = st.lists(
    st.tuples(st.none() | st.sampled_from([0, 6, 7, 9, 10]), st.integers(1, 3), st.sampled_from("abcd")),
    max_size=20,
).map(lambda rows: [*rows, (10, 1, "a"), (3, 2, "a"), (8, 1, "b"), (9, 2, "c")])


@given(clustered_rows, st.booleans())
def test_clusters_that_answered_twice_tie_two_periods_together(rows: Any, clustered: bool) -> None:
    survey = nc.Survey.from_scores(
        [score for score, _, _ in rows],
        at=[dt.date(2026, month, 5) for _, month, _ in rows],
        time_zone="naive",
        segments={"shop": [shop for _, _, shop in rows]},
    )
    design = nc.Design(clusters="shop") if clustered else nc.Design()
    units = sorted({shop for _, _, shop in rows}) if clustered else list(range(len(rows)))

    def influences(month: int) -> list[float]:
        """What each unit does to the score of a month: the sum of (s - d) / n over its answers, 0 if it has none."""
        inside = [(s >= 9) - (s <= 6) for s, m, _ in rows if m == month and s is not None]
        d = sum(inside) / len(inside)
        return [
            sum(
                ((s >= 9) - (s <= 6) - d) / len(inside)
                for row, (s, m, shop) in enumerate(rows)
                if m == month and s is not None and unit == (shop if clustered else row)
            )
            for unit in units
        ]

    def error(u: list[float]) -> float:
        mean = sum(u) / len(u)
        return 100 * math.sqrt(len(u) / (len(u) - 1) * sum((one - mean) ** 2 for one in u))

    trend = nc.trend(survey, design=design)
    assert nc.trend(survey.tally("shop", every="month"), design=design) == trend
    january, february = influences(1), influences(2)
    change = trend["2026-02"].change
    assert change is not None
    assert change.reference.standard_error == pytest.approx(error(january), rel=1e-9, abs=1e-5)
    assert change.score.standard_error == pytest.approx(error(february), rel=1e-9, abs=1e-5)
    joint = [b - a for a, b in zip(january, february, strict=True)]
    assert change.standard_error == pytest.approx(error(joint), rel=1e-9, abs=1e-5)
    assert trend.overall == nc.nps(survey, design=design)


def test_a_gap_and_an_undated_answer_leave_the_units_of_a_design() -> None:
    at = [dt.date(2026, 1, 5), dt.date(2026, 1, 6), dt.date(2026, 3, 5), dt.date(2026, 3, 6), None]
    survey = nc.Survey.from_scores([10, 3, 9, 8, 3], at=at, time_zone="naive", segments={"shop": list("abacd")})
    trend = nc.trend(survey, design=nc.Design(clusters="shop"))
    assert trend.labels == ("2026-01", "2026-02", "2026-03")
    assert trend["2026-02"].score is trend["2026-02"].change is trend["2026-03"].change is None
    assert trend.undated == 1
    january = trend["2026-01"].score
    assert january is not None
    # two units of +-1/2, of four that were drawn: 4/3 (1/2)
    assert january.standard_error == pytest.approx(100 * math.sqrt(4 / 3 / 2), rel=1e-13)
    assert january.degrees_of_freedom == 1


def test_a_trend_takes_a_design_and_nothing_else() -> None:
    data: Any = survey_of([(9, dt.date(2026, 1, 5)), (8, dt.date(2026, 2, 5))])
    wrong: Any = "shop"
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.trend(data, design=wrong)
    assert str(caught.value) == "design must be a Design, got str"
    with pytest.raises(nc.UnknownNameError, match=r"^segment must be one that there is, and there is none, got 'shop'"):
        nc.trend(data, design=nc.Design(clusters="shop"))


def test_a_tally_of_weeks_is_followed_from_week_to_week_unless_asked_otherwise() -> None:
    days = [dt.date(2026, 1, 5) + dt.timedelta(days=3 * i) for i in range(20)]
    survey = nc.Survey.from_scores([9, 3] * 10, at=days, time_zone="naive")
    assert nc.trend(survey.tally(every="week")) == nc.trend(survey, every="week")
    assert nc.trend(survey.tally(every="day")) == nc.trend(survey, every="month") == nc.trend(survey)
    assert nc.trend(survey.tally(every="year")).every == "year"
