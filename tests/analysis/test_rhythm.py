"""rhythm(): against counting by hand, response by response."""

import datetime as dt
import itertools
import statistics
from collections import Counter
from typing import Any

import naive
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.counting.calendar import EVERY

days = st.dates(dt.date(2025, 12, 20), dt.date(2026, 2, 20))
a_row = st.tuples(st.none() | st.integers(0, 10), st.none() | days, st.sampled_from([None, "a", "b", "c", "d"]))
KNOWN = (9, dt.date(2026, 1, 5), "z")
rows = st.lists(a_row, max_size=12).map(lambda rows: [*rows, KNOWN])
kinds: Any = st.sampled_from([None, "relationship", "transactional"])


def survey_of(rows: Any, kind: Any = None) -> nc.Survey:
    scores, at, people = zip(*rows, strict=True)
    return nc.Survey.from_scores(scores, at=at, time_zone="naive", respondents=people, kind=kind)


@given(rows, rows, kinds, kinds, st.sampled_from(EVERY))
def test_every_response_is_counted_where_it_belongs(
    one: Any, other: Any, kind: Any, other_kind: Any, every: Any
) -> None:
    found = nc.rhythm(survey_of(one, kind), survey_of(other, other_kind), every=every)
    together = [(*row, kind) for row in one] + [(*row, other_kind) for row in other]
    known = [row for row in together if row[1]]
    spread = (max(row[1] for row in known) - min(row[1] for row in known)).days
    first = min(row[1] for row in known)
    starts = sorted({naive.period_start(first + dt.timedelta(days=day), every) for day in range(spread + 1)})
    assert [period.start for period in found.periods] == starts
    for period in found.periods:
        own = [row for row in known if naive.period_start(row[1], every) == period.start]
        assert period.responses == len(own)
        assert period.n == sum(row[0] is not None for row in own)
        assert (period.missing, period.invalid) == (len(own) - period.n, 0)
        assert period.kinds == Counter(row[3] for row in own)
        mixed = len({row[3] for row in own} - {None}) > 1
        assert (period.label in found.mixed_periods) == mixed
    assert found.kinds == Counter(row[3] for row in together)
    assert found.mixes_kinds == (len({kind, other_kind} - {None}) > 1)
    assert found.undated == len(together) - len(known)
    assert found.anonymous == sum(row[2] is None for row in together)


@given(rows, rows)
def test_people_are_the_same_in_all_surveys(one: Any, other: Any) -> None:
    found = nc.rhythm(survey_of(one), survey_of(other))
    people: dict[str, list[dt.date | None]] = {}
    for _, day, person in [*one, *other]:
        if person is not None:
            people.setdefault(person, []).append(day)
    assert found.respondents == len(people)
    assert found.answers_per_respondent == Counter(map(len, people.values()))
    dated = [sorted(day for day in own if day) for own in people.values()]
    between = [(b - a).days for own in dated for a, b in itertools.pairwise(own)]
    assert found.median_days_between == (statistics.median(between) if between else None)


@given(rows, st.sampled_from(EVERY))
def test_gaps_are_the_empty_periods(rows: Any, every: Any) -> None:
    found = nc.rhythm(survey_of(rows), every=every)
    empty = [period.label for period in found.periods if not period.responses]
    in_gaps = []
    labels = [period.label for period in found.periods]
    for gap in found.gaps:
        run = labels[labels.index(gap.first) : labels.index(gap.last) + 1]
        assert gap.periods == len(run)
        assert gap.start == found.periods[labels.index(gap.first)].start
        assert gap.end + dt.timedelta(days=1) == found.periods[labels.index(gap.last) + 1].start
        in_gaps += run
    assert in_gaps == empty
    known = sorted({row[1] for row in rows if row[1]})
    assert found.longest_silence == max((b - a).days for a, b in itertools.pairwise([known[0], *known]))


def test_it_prints_what_to_look_at_before_a_trend() -> None:
    visits = survey_of(
        [
            (9, dt.date(2026, 1, 5), "a"),
            (None, dt.date(2026, 1, 6), "b"),
            (3, dt.date(2026, 1, 26), "a"),
            (3, None, "a"),
            (8, dt.date(2026, 2, 9), None),
        ],
        "transactional",
    )
    yearly = survey_of([(9, dt.date(2026, 1, 7), "b"), (9, dt.date(2026, 1, 7), "c")], "relationship")
    assert str(nc.rhythm(visits, yearly)) == (
        "Rhythm by week: 6 responses\n"
        "\n"
        "week      responses  scores  relationship  transactional\n"
        "--------------------------------------------------------\n"
        "2026-W02          4       3             2              2\n"
        "2026-W03          0       0             0              0\n"
        "2026-W04          0       0             0              0\n"
        "2026-W05          1       1             0              1\n"
        "2026-W06          0       0             0              0\n"
        "2026-W07          1       1             0              1\n"
        "\n"
        "Times as written, without a zone. From one day with answers to the next: 19 days at most.\n"
        "Nobody was asked in: 2026-W03 to 2026-W04, 2026-W06.\n"
        "Different kinds of surveys in the same week: 2026-W02.\n"
        "Respondents: 3 (asked once: 1, twice: 1, 3 times: 1; median of the days between: 11).\n"
        "Without a respondent: 1.\n"
        "Of no known time, and in no period: 1."
    )
    found = nc.rhythm(visits, yearly)
    assert repr(found) == "Rhythm(every='week', periods=6, gaps=2, undated=1)"
    assert found.to_dicts()[0] == {
        "period": "2026-W02",
        "start": dt.date(2026, 1, 5),
        "responses": 4,
        "n": 3,
        "missing": 1,
        "invalid": 0,
        "relationship": 2,
        "transactional": 2,
    }
    assert len(found.to_pandas()) == len(found) == 6


def test_a_survey_without_respondents_says_nothing_of_people() -> None:
    survey = nc.Survey.from_scores([9, 11], at=[dt.date(2026, 1, 5)] * 2, time_zone="naive", invalid="exclude")
    found = nc.rhythm(survey, every="day")
    assert (found.respondents, found.anonymous, found.median_days_between) == (0, 2, None)
    assert found.periods[0].invalid == 1
    assert found.to_dicts()[0]["unknown_kind"] == 2
    assert found.longest_silence == 0
    assert "Respondents" not in str(found)
    with pytest.raises(TypeError, match="not iterable"):
        iter(found)  # type: ignore[call-overload]


def test_long_lists_are_cut_and_one_day_is_a_day() -> None:
    found = nc.rhythm(survey_of([(9, dt.date(2025, 1, 6) + dt.timedelta(weeks=2 * week), "a") for week in range(20)]))
    assert "Nobody was asked in: 2025-W25, 2025-W27, 2025-W29" in str(found)
    assert str(found).count("2025-W") == 39 + 8
    assert "and 11 before." in str(found)
    two = survey_of([KNOWN, (9, dt.date(2026, 1, 6), "a")])
    assert "From one day with answers to the next: 1 day at most." in str(nc.rhythm(two))


def test_a_survey_without_times_is_undated() -> None:
    timeless = nc.Survey.from_scores([9, 3], respondents=["a", "b"])
    found = nc.rhythm(timeless, survey_of([KNOWN]))
    assert (found.undated, found.respondents, len(found)) == (2, 3, 1)


def test_days_are_those_of_the_zone() -> None:
    at = [dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)]
    for zone, label in (("Europe/Helsinki", "2026-01"), ("America/New_York", "2025-12")):
        (period,) = nc.rhythm(nc.Survey.from_scores([9], at=at, time_zone=zone), every="month").periods
        assert period.label == label


SURVEY = survey_of([KNOWN])


@pytest.mark.parametrize(
    ("surveys", "options", "error", "message"),
    [
        ((), {}, nc.InvalidInputError, "^at least one survey must be given, got none$"),
        (
            (SURVEY, SURVEY.tally()),
            {},
            nc.InvalidInputError,
            r"^every argument must be a Survey, got Tally \(index 1\)$",
        ),
        ((SURVEY,), {"every": "hour"}, nc.InvalidInputError, "^every must be one of"),
        ((nc.Survey.from_scores([9]),), {}, nc.NoAnswersError, "^a rhythm needs responses with a known time"),
        ((SURVEY[:0],), {}, nc.NoAnswersError, "^a rhythm needs responses with a known time, got none$"),
        (
            (SURVEY, nc.Survey.from_scores([9], at=[dt.datetime(2026, 1, 1, tzinfo=dt.UTC)])),
            {},
            nc.IncompatibleError,
            r"^surveys must have the same time zone to be put together, got \['naive', 'UTC'\]$",
        ),
    ],
)
def test_what_has_no_rhythm_is_refused(surveys: Any, options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        nc.rhythm(*surveys, **options)


def test_of_many_periods_the_last_are_printed() -> None:
    at = [dt.date(2026, 1, 1) + dt.timedelta(days=i) for i in range(100)]
    text = str(nc.rhythm(nc.Survey.from_scores([9] * 100, at=at, time_zone="naive"), every="day"))
    assert "Before these: 40 periods; to_dicts() has all." in text
    assert "2026-02-09" not in text
    assert "2026-02-10" in text
