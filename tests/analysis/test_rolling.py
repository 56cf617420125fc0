"""rolling(): every window against the score of the answers in it, taken one window at a time."""

import calendar
import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.counting.calendar import EVERY

FIRST = dt.date(2024, 1, 20)
days = st.dates(FIRST, dt.date(2024, 3, 10))
a_row = st.tuples(
    st.none() | st.integers(0, 10),
    st.none() | days,
    st.sampled_from(["north", "south", None]),
    st.sampled_from([None, "a", "b", "c"]),
    st.sampled_from([0.0, 0.5, 1.0, 3.0]),
)
KNOWN = (None, FIRST, "north", "somebody else", 1.0)
rows = st.lists(a_row, max_size=20).map(lambda rows: [*rows, KNOWN])
lengths = st.builds(lambda n: {"days": n}, st.integers(1, 40)) | st.builds(lambda n: {"months": n}, st.integers(1, 2))


def survey_of(rows: Any, *, weighted: bool = False) -> nc.Survey:
    scores, at, regions, persons, weights = zip(*rows, strict=True)
    return nc.Survey.from_scores(
        scores,
        at=at,
        time_zone="naive",
        segments={"region": regions},
        respondents=persons,
        weights=weights if weighted else None,
    )


def months_before(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def answers_in(
    survey: nc.Survey, end: dt.date, *, latest: bool, days: int | None = None, months: int | None = None
) -> nc.Survey:
    """The answers in the window that ends on a day."""
    if survey.at is None:
        return survey[:0]
    start = end - dt.timedelta(days=days - 1) if days else months_before(end, months or 0) + dt.timedelta(days=1)
    part = survey.where(since=start, until=end + dt.timedelta(days=1))
    return part.latest() if latest and any(answer.respondent for answer in part) else part


def told(part: nc.Survey) -> tuple[Any, ...]:
    return nc.nps(part) if part.n else None, part.n, part.missing, part.invalid


@given(rows, lengths, st.booleans())
def test_every_window_holds_the_answers_of_its_days(rows: Any, length: Any, latest: bool) -> None:
    survey = survey_of(rows)
    known = [row[1] for row in rows if row[1]]
    rolling = nc.rolling(survey, **length, latest=latest)
    assert rolling.ends == tuple(
        min(known) + dt.timedelta(days=day) for day in range((max(known) - min(known)).days + 1)
    )
    for point in rolling.points:
        part = answers_in(survey, point.end, **length, latest=latest)
        assert (point.score, point.n, point.missing, point.invalid) == told(part)
        assert point.complete == (point.start >= min(known) and point.end <= max(known))
    assert rolling.undated == sum(row[1] is None for row in rows)
    assert len(rolling) == len(rolling.points)


@given(rows, lengths, st.booleans())
def test_segments_have_the_windows_of_their_own_answers(rows: Any, length: Any, latest: bool) -> None:
    survey = survey_of(rows)
    rolling = nc.rolling(survey, **length, by="region", latest=latest, every="week")
    assert set(rolling.labels) == {(row[2],) for row in rows}
    for labels in rolling.labels:
        own = survey.where(segments={"region": labels[0]})
        for point in rolling[labels].points:
            part = answers_in(own, point.end, **length, latest=latest)
            assert (point.score, point.n, point.missing, point.invalid) == told(part)
        assert rolling[labels].undated == sum(row[1] is None and row[2] == labels[0] for row in rows)


@given(rows, lengths, st.booleans())
def test_weights_are_those_of_the_answers_in_the_window(rows: Any, length: Any, latest: bool) -> None:
    survey = survey_of(rows, weighted=True)
    for point in nc.rolling(survey, **length, latest=latest, method="wald").points:
        part = answers_in(survey, point.end, **length, latest=latest)
        weights = part.weights
        if weights is None or not weights[~np.isnan(part.scores)].sum():
            assert point.score is None
            continue
        expected = nc.nps(part)
        assert point.score is not None
        assert point.score.value == pytest.approx(expected.value, abs=1e-9)
        assert point.score.kish_n == pytest.approx(expected.kish_n)
        assert point.score.weighted_shares == pytest.approx(expected.weighted_shares, abs=1e-12)


@given(rows, st.sampled_from(EVERY))
def test_windows_end_with_each_period(rows: Any, every: Any) -> None:
    survey = survey_of(rows)
    known = [row[1] for row in rows if row[1]]
    ends = nc.rolling(survey, days=30, every=every).ends
    scored = nc.Survey.from_scores([9] * len(known), at=known, time_zone="naive")
    starts = [period.start for period in nc.trend(scored, every=every).periods]
    assert [end + dt.timedelta(days=1) for end in ends[:-1]] == starts[1:]
    assert nc.trend(nc.Survey.from_scores([9], at=[ends[-1]], time_zone="naive"), every=every)._starts == (starts[-1],)
    after = ends[-1] + dt.timedelta(days=1)
    assert nc.trend(nc.Survey.from_scores([9], at=[after], time_zone="naive"), every=every)._starts == (after,)


@given(rows, lengths)
def test_a_tally_of_days_gives_the_same_as_its_survey(rows: Any, length: Any) -> None:
    survey = survey_of(rows)
    tally = survey.tally("region", every="day")
    assert nc.rolling(tally, **length, every="month") == nc.rolling(survey, **length, every="month")
    by_region = nc.rolling(tally, **length, by="region")
    assert by_region == nc.rolling(survey, **length, by="region")
    assert hash(by_region) == hash(nc.rolling(survey, **length, by="region"))


@pytest.mark.parametrize(
    ("end", "months", "start"),
    [
        (dt.date(2026, 11, 23), 12, dt.date(2025, 11, 24)),
        (dt.date(2026, 3, 31), 1, dt.date(2026, 3, 1)),
        (dt.date(2024, 3, 30), 1, dt.date(2024, 3, 1)),
        (dt.date(2024, 2, 29), 12, dt.date(2023, 3, 1)),
        (dt.date(2026, 5, 31), 3, dt.date(2026, 3, 1)),
    ],
)
def test_a_window_of_months_begins_after_the_same_day_of_the_month(end: dt.date, months: int, start: dt.date) -> None:
    survey = nc.Survey.from_scores([9], at=[end], time_zone="naive")
    assert nc.rolling(survey, months=months)[end].start == start


def test_days_are_those_of_the_zone() -> None:
    at = [dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)]
    for zone, end in (("Europe/Helsinki", dt.date(2026, 1, 1)), ("America/New_York", dt.date(2025, 12, 31))):
        survey = nc.Survey.from_scores([9], at=at, time_zone=zone, respondents=["a"])
        for latest in (False, True):
            assert nc.rolling(survey, days=7, latest=latest).ends == (end,)
            assert nc.rolling(survey, days=7, latest=latest)[end].n == 1


def test_it_prints_the_last_windows_and_says_that_they_are_for_looking() -> None:
    at = [FIRST + dt.timedelta(days=day) for day in range(45)]
    survey = nc.Survey.from_scores([9, 3, 9] * 15, at=at, time_zone="naive", respondents=["a"] * 45)
    lines = str(nc.rolling(survey, days=30)).splitlines()
    assert lines[0] == "NPS of the last 30 days, for looking only"
    assert lines[4].startswith("2023-12-27 to 2024-01-25  33.3")
    assert lines[4].endswith("not full")
    assert lines[-2] == "Windows share answers: no test runs on them. Times as written, without a zone."
    assert lines[-1] == "Before these: 5 windows; to_dicts() has all."
    assert len(lines) == 4 + 40 + 3
    one = str(nc.rolling(survey, months=1, latest=True, every="month"))
    assert one.startswith("NPS of the last month, for looking only")
    assert "Of each respondent the latest answer in the window." in one


def test_segments_are_printed_with_their_last_window() -> None:
    survey = nc.Survey.from_scores(
        [9, 3, 9, 7],
        at=[FIRST, FIRST, FIRST + dt.timedelta(days=40), None],
        time_zone="naive",
        segments={"region": ["north", "south", "north", "south"]},
    )
    rolling = nc.rolling(survey, days=30, by="region")
    lines = str(rolling).splitlines()
    assert lines[0] == "NPS of the last 30 days until 2024-02-29, for looking only"
    assert lines[4].startswith("north   100.0")
    assert lines[5] == "south       -               -  0"
    assert lines[-1] == "Of no known time, and in no period: 1."
    assert repr(rolling) == "SegmentRolling(by=['region'], segments=2, days=30, every='day', windows=41)"
    assert repr(rolling["north"]) == "RollingScores(days=30, every='day', windows=41)"
    rows = rolling.to_dicts()
    assert len(rows) == 82
    assert (rows[41]["region"], rows[41]["end"], rows[41]["nps"], rows[41]["complete"]) == (
        "south",
        FIRST,
        -100.0,
        False,
    )
    assert rolling["north"].to_dicts()[-1]["start"] == dt.date(2024, 1, 31)
    assert nc.rolling(survey, months=2).to_dicts()[0]["complete"] is False


def test_a_window_is_found_by_its_last_day_and_windows_are_not_iterated() -> None:
    rolling: Any = nc.rolling(nc.Survey.from_scores([9, 3], at=[FIRST, FIRST], time_zone="naive"), days=7)
    assert rolling[FIRST].n == 2
    with pytest.raises(nc.InvalidInputError, match=r"^a window must end on the last day of a day from 2024-01-20 to"):
        rolling[FIRST + dt.timedelta(days=1)]
    with pytest.raises(TypeError, match="not iterable"):
        iter(rolling)


def test_no_test_can_be_run_on_it() -> None:
    rolling: Any = nc.rolling(nc.Survey.from_scores([9, 3], at=[FIRST, FIRST], time_zone="naive"), days=7)
    for ask in (nc.trend, nc.nps, nc.rolling, lambda data: nc.compare(data, data)):
        with pytest.raises(nc.InvalidInputError):
            ask(rolling)
    assert not any("pvalue" in name or "slope" in name for name in [*dir(rolling), *rolling.to_dicts()[0]])
    assert not isinstance(rolling, nc.Tallyable)


SURVEY = nc.Survey.from_scores([9], at=[FIRST], time_zone="naive", segments={"region": ["north"]})


@pytest.mark.parametrize(
    ("data", "options", "error", "message"),
    [
        (
            SURVEY,
            {},
            nc.InvalidInputError,
            "^a window must have either days= or months=, got days=None",
        ),
        (SURVEY, {"days": 7, "months": 1}, nc.InvalidInputError, "^a window must have either"),
        (SURVEY, {"days": 0}, nc.InvalidInputError, "^days must be a whole number from 1 to 100,000, got 0$"),
        (SURVEY, {"days": True}, nc.InvalidInputError, "^days must be a whole number"),
        (SURVEY, {"months": 1.5}, nc.InvalidInputError, "^months must be a whole number from 1 to 100,000, got 1.5$"),
        (SURVEY, {"days": 7, "every": "hour"}, nc.InvalidInputError, "^every must be one of"),
        (SURVEY, {"days": 7, "method": "bayes"}, nc.InvalidInputError, "^method must be one of"),
        (SURVEY, {"days": 7, "by": []}, nc.InvalidInputError, "^by must name at least one segment$"),
        (SURVEY, {"days": 7, "by": "shop"}, nc.UnknownNameError, "^segment must be one of 'region', got 'shop'"),
        (
            SURVEY,
            {"days": 7, "latest": True},
            nc.InvalidInputError,
            "^latest=True needs respondents: pass resp",
        ),
        (
            SURVEY.tally(every="day"),
            {"days": 7, "latest": True},
            nc.InvalidInputError,
            "^latest=True must be asked of",
        ),
        (SURVEY.tally(every="week"), {"days": 7}, nc.IncompatibleError, "^periods of a week do not add up to a day"),
        (nc.Survey.from_scores([9]), {"days": 7}, nc.InvalidInputError, "has no known time: pass at="),
        (
            nc.Survey.from_scores([9, 3], at=[FIRST, None], time_zone="naive").where([False, False]),
            {"days": 7},
            nc.NoAnswersError,
            "^rolling scores need answers with a known time, got none$",
        ),
    ],
)
def test_what_cannot_be_rolled_is_refused(data: Any, options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        nc.rolling(data, **options)


def test_more_than_memory_holds_is_refused_before_it_is_made() -> None:
    ends = [dt.date(2, 1, 1), dt.date(9990, 1, 1)]
    tally = nc.Tally.from_cells([(str(i), ends[i % 2], 9, 1) for i in range(10)], by="shop", every="day")
    with pytest.raises(nc.InvalidInputError, match=r"^segments times days must be 20,000,000 at most, got 10 x 3,6"):
        nc.rolling(tally, days=7, by="shop")


def test_a_million_windows_are_no_burden() -> None:
    rng = np.random.default_rng(1)
    at = np.datetime64("2020-01-01") + rng.integers(0, 2000, 200_000)
    shops = rng.integers(0, 500, 200_000)
    scores = rng.integers(0, 11, 200_000)
    survey = nc.Survey.from_scores(
        scores, at=at, time_zone="naive", segments={"shop": shops}, respondents=rng.integers(0, 50_000, 200_000)
    )
    plain = nc.rolling(survey, days=90, by="shop")
    assert plain._scores.counts.n.sum() > 200_000 * 80
    latest = nc.rolling(survey, days=90, by="shop", latest=True)
    assert (latest._scores.counts.n <= plain._scores.counts.n).all()


def test_windows_that_reach_beyond_the_calendar_begin_with_it() -> None:
    survey = nc.Survey.from_scores([9], at=[dt.date(2, 1, 5)], time_zone="naive")
    for length in ({"days": 100_000}, {"months": 100_000}):
        (point,) = nc.rolling(survey, **length).points  # type: ignore[call-overload]
        assert (point.start, point.n, point.complete) == (dt.date.min, 1, False)


@pytest.mark.parametrize("latest", [False, True])
@pytest.mark.parametrize("heavy", [2e9, 1e17])
def test_a_large_weight_long_before_is_forgotten(heavy: float, latest: bool) -> None:
    at = [dt.date(2026, 1, 1), dt.date(2026, 1, 8), dt.date(2026, 1, 8)]
    survey = nc.Survey.from_scores(
        [9, 3, 10], at=at, time_zone="naive", weights=[heavy, 10, 12], respondents=["a", "b", "c"]
    )
    rolling = nc.rolling(survey, days=3, latest=latest)
    found, expected = rolling.points[-1].score, nc.nps(survey.where(since=dt.date(2026, 1, 6)))
    assert found
    assert (found.value, found.confidence_interval) == (expected.value, expected.confidence_interval)
    assert rolling.points[3].score is None


def test_windows_in_which_no_answer_has_a_weight_have_no_score() -> None:
    at = [dt.date(2026, 1, 1), dt.date(2026, 1, 1), dt.date(2026, 1, 2), dt.date(2026, 1, 5)]
    survey = nc.Survey.from_scores(
        [10] * 4, at=at, time_zone="naive", weights=[0.1, 0.7, 0.2, 0], respondents=list("abcd")
    )
    for latest in (False, True):
        assert nc.rolling(survey, days=1, latest=latest).points[-1].score is None


def test_windows_shorter_than_their_steps_say_what_they_leave_out() -> None:
    at = [dt.date(2026, 1, 1), dt.date(2026, 1, 20), dt.date(2026, 2, 2), dt.date(2026, 2, 20)]
    survey = nc.Survey.from_scores(
        [3, 9, 10, 9], at=at, time_zone="naive", segments={"region": ["north", "north", "south", "south"]}
    )
    rolling = nc.rolling(survey, days=12, every="month")
    assert ([point.n for point in rolling.points], rolling.between) == ([1, 1], 2)
    assert [point.complete for point in rolling.points] == [True, False]  # February goes on after the last answer
    assert "2 answers lie between the windows, in none of them." in str(rolling)
    by_region = nc.rolling(survey, days=12, every="month", by="region")
    assert [by_region[region].between for region in ("north", "south")] == [1, 1]
    assert "2 answers lie between the windows, in none of them." in str(by_region)
    assert nc.rolling(survey, days=31, every="month").between == 0


def test_segments_say_that_the_last_window_is_not_full() -> None:
    at = [dt.date(2026, 1, 5), dt.date(2026, 1, 20)]
    survey = nc.Survey.from_scores([3, 9], at=at, time_zone="naive", segments={"region": ["north", "south"]})
    assert "not full" in str(nc.rolling(survey, days=7, every="week", by="region"))
    assert "not full" not in str(nc.rolling(survey, days=7, by="region"))
