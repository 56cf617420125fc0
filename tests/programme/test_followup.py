"""follow_ups(): who is in the queue, when it is due, whose it is, and who is left in peace."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.programme import FollowUpRules, FollowUps, LoopEvent, follow_ups

MONDAY = dt.datetime(2026, 3, 2, 9)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
SCORES = [2, 5, 7, 10, 0, None, 6, 3]
PEOPLE = ["ann", "bob", "cleo", "dan", "eve", "finn", None, "gus"]


def survey_of(scores: Any = SCORES, people: Any = PEOPLE, **options: Any) -> nc.Survey:
    at = options.pop("at", [MONDAY + i * HOUR for i in range(len(scores))])
    return nc.Survey.from_scores(scores, at=at, time_zone="naive", respondents=people, **options)


def queue_of(survey: nc.Survey | None = None, **options: Any) -> FollowUps:
    return follow_ups(
        survey_of() if survey is None else survey, **{"now": MONDAY + 10 * HOUR, "consent": True, **options}
    )


def people(queue: FollowUps) -> list[Any]:
    return [item.respondent for item in queue.items]


def test_the_most_urgent_come_first() -> None:
    queue = queue_of(values={"bob": 900}, rules=FollowUpRules(executive_from=500, promoters=72))
    assert people(queue) == ["bob", "ann", "eve", "gus", "cleo", "dan"]
    assert [item.priority for item in queue.items] == [1, 2, 2, 2, 4, 5]
    assert [item.owner for item in queue.items[:2]] == ["executive", "middle management"]
    assert queue.items[0].why == "detractor of great value"
    assert queue.held_back == {
        "no rule for the category": 0, "no respondent or time": 1, "no consent": 0, "in quarantine": 0,
    }  # fmt: skip


def test_who_is_not_followed_up_is_counted() -> None:
    queue = queue_of(consent={"ann", "cleo", "dan", "nobody"}, rules=FollowUpRules(passives=None))
    assert people(queue) == ["ann"]
    assert dict(queue.held_back) == {
        "no rule for the category": 2, "no respondent or time": 1, "no consent": 3, "in quarantine": 0,
    }  # fmt: skip
    undated = survey_of([1, 2], ["x", "y"], at=[None, MONDAY])
    assert queue_of(undated).held_back["no respondent or time"] == 1


def test_only_the_latest_answer_up_to_now_counts() -> None:
    survey = survey_of([2, 9, 1], ["ann", "ann", "ann"], at=[MONDAY, MONDAY + DAY, MONDAY + 9 * DAY])
    assert people(queue_of(survey, now=MONDAY)) == ["ann"]
    assert people(queue_of(survey, now=MONDAY + 2 * DAY)) == []
    assert queue_of(survey, now=MONDAY + 9 * DAY).items[0].score == 1


def test_events_set_the_state_and_the_quarantine() -> None:
    events = [
        LoopEvent(respondent="ann", at=MONDAY + 3 * HOUR, state="contacted"),
        LoopEvent(respondent="bob", at=MONDAY + 4 * HOUR, state="resolved"),
        LoopEvent(respondent="bob", at=MONDAY + 2 * HOUR, state="contacted"),
        LoopEvent(respondent="eve", at=MONDAY - 29 * DAY, state="contacted"),
        LoopEvent(respondent="gus", at=MONDAY - 31 * DAY, state="contacted"),
        LoopEvent(respondent="cleo", at=MONDAY + 99 * DAY, state="contacted"),
    ]
    queue = queue_of(events=events)
    states = {item.respondent: item.state for item in queue.items}
    assert states == {"ann": "contacted", "bob": "resolved", "gus": "open", "cleo": "open"}
    assert {item.respondent: item.contacted_at for item in queue.items}["bob"] == MONDAY + 2 * HOUR
    assert queue.held_back["in quarantine"] == 1
    assert len(queue.open) == 2


def test_a_deadline_passes_by_business_days_only() -> None:
    rules = FollowUpRules(holidays={dt.date(2026, 3, 9)})
    friday = dt.datetime(2026, 3, 6, 18)
    assert rules.due(friday, 24) == dt.datetime(2026, 3, 10, 18)
    assert FollowUpRules().due(friday, 24) == dt.datetime(2026, 3, 9, 18)
    assert FollowUpRules(weekend=()).due(friday, 24) == dt.datetime(2026, 3, 7, 18)
    assert FollowUpRules().due(dt.datetime(2026, 3, 7, 12), 1) == dt.datetime(2026, 3, 9, 1)
    assert FollowUpRules().due(dt.datetime(2026, 3, 6), 24) == dt.datetime(2026, 3, 9)
    helsinki = ZoneInfo("Europe/Helsinki")
    summer = dt.datetime(2026, 3, 27, 18, tzinfo=helsinki)  # the clocks go forward on the Sunday
    assert FollowUpRules().due(summer, 24) == dt.datetime(2026, 3, 30, 18, tzinfo=helsinki)


@given(st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 1, 1)), st.integers(1, 200))
def test_a_deadline_is_what_counting_minutes_gives(at: dt.datetime, hours: int) -> None:
    at = at.replace(second=0, microsecond=0)
    rules = FollowUpRules(holidays={dt.date(2026, 1, 1), dt.date(2025, 12, 25)})
    now, left = at, hours * 60
    while left:  # minute by minute, each belonging to the day in which it begins
        left -= now.weekday() not in rules.weekend and now.date() not in rules.holidays
        now += dt.timedelta(minutes=1)
    due = rules.due(at, hours)
    while now.time() == dt.time() and (now.weekday() in rules.weekend or now.date() in rules.holidays):
        now += DAY  # at midnight: nobody works before the next business day begins
    assert due == now


def test_overdue_is_what_nobody_has_contacted_in_time() -> None:
    done = [LoopEvent(respondent="ann", at=MONDAY + 3 * DAY, state="contacted")]
    queue = queue_of(now=MONDAY + 4 * DAY, events=done)
    assert {item.respondent for item in queue.overdue} == {"bob", "cleo", "eve", "gus"}
    assert queue_of(now=MONDAY + 8 * HOUR).overdue == ()


def test_zones_must_go_together() -> None:
    helsinki = ZoneInfo("Europe/Helsinki")
    aware = nc.Survey.from_scores([2], at=[MONDAY], time_zone="Europe/Helsinki", respondents=["ann"])
    now = (MONDAY + HOUR).replace(tzinfo=dt.UTC)
    assert follow_ups(aware, now=now, consent=True).items[0].due == (MONDAY + DAY).replace(tzinfo=helsinki)
    with pytest.raises(nc.InvalidInputError, match="now must carry a time zone"):
        follow_ups(aware, now=MONDAY, consent=True)
    with pytest.raises(nc.InvalidInputError, match="now must carry no time zone"):
        queue_of(now=now)
    event = LoopEvent(respondent="ann", at=MONDAY, state="contacted")
    with pytest.raises(nc.InvalidInputError, match="events and now must both carry a time zone or neither"):
        follow_ups(aware, now=now, consent=True, events=[event])


def test_digests_tell_teams_and_nobody() -> None:
    survey = survey_of([2, 5, 3], ["ann", "bob", "cleo"], segments={"shop": ["x", "y", None]}, reasons=["rude"] * 3)
    queue = queue_of(survey, now=MONDAY + DAY)
    digest = queue.digest()
    assert [(row.team, row.open) for row in digest.rows] == [
        ("middle management", 2), ("front line", 1), ("executive", 0),
    ]  # fmt: skip
    assert digest.rows[0].due_today == 2
    by_shop = queue.digest("shop")
    assert [row.team for row in by_shop.rows] == ["x", None, "y"]
    assert by_shop.to_dicts()[0] == {
        "team": "x", "open": 1, "overdue": 0, "due_today": 1, "contacted": 0, "resolved": 0,
    }  # fmt: skip
    for shown in (str(queue), repr(queue), queue.to_html(), str(digest), str(by_shop), repr(queue.items[0])):
        assert not any(secret in shown for secret in ("ann", "bob", "cleo", "rude"))
    with pytest.raises(nc.UnknownNameError, match="by must be one of 'owner', 'shop', got 'shops'"):
        queue.digest("shops")
    assert queue_of(survey_of([], []), now=MONDAY).digest("shop").rows == ()


def test_records_have_who_is_to_be_contacted() -> None:
    record = queue_of(survey_of(reasons=["rude"] * 8)).to_dicts()[0]
    assert record["respondent"] == "ann"
    assert record["reason"] == "rude"
    assert record["due"] == MONDAY + DAY
    assert len(queue_of()) == 5
    assert repr(queue_of()) == "FollowUps(5 open, 0 overdue, 5 in all)"
    assert "Not followed up: no rule for the category 1; no respondent or time 1." in str(queue_of())
    assert "Not followed up" not in str(queue_of(survey_of([1], ["ann"])))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"detractors": 0}, "hours must be a whole number from 1"),
        ({"passives": 1.5}, "hours must be a whole number from 1"),
        ({"weekend": range(7)}, "not all of them"),
        ({"weekend": [8]}, "weekend must be days from 0"),
        ({"holidays": ["2026-01-01"]}, "holidays must be dates, got '2026-01-01'"),
        ({"holidays": [MONDAY]}, "holidays must be dates"),
        ({"holidays": [[]]}, r"holidays must be dates, got \[\]"),
        ({"quarantine_days": "x"}, "quarantine_days must be a whole number, got 'x'"),
        ({"executive_from": "x"}, "executive_from must hold numbers"),
        ({"executive_from": float("nan")}, "executive_from must be a number, got nan"),
        ({"management_up_to": None}, "management_up_to must be a whole number"),
    ],
)
def test_rules_that_cannot_be(options: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=message):
        FollowUpRules(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rules": {"detractors": 24}}, "rules must be FollowUpRules, got dict"),
        ({"now": dt.date(2026, 3, 2)}, "now must be a datetime"),
        ({"consent": None}, "consent must be the ids of the respondents"),
        ({"events": ["x"]}, "events must be LoopEvent objects, got str"),
        ({"values": [1]}, "values must be a mapping"),
        ({"values": {"ann": "x"}}, "values must hold numbers up to 1e100, got 'x'"),
        ({"consent": {"ann": False}}, "consent must be the ids of the respondents"),
    ],
)
def test_refusals(options: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=message):
        queue_of(**options)


def test_what_is_needed() -> None:
    with pytest.raises(nc.InvalidInputError, match="no known time"):
        queue_of(nc.Survey.from_scores([1], respondents=["ann"]))
    with pytest.raises(nc.InvalidInputError, match="needs respondents"):
        queue_of(nc.Survey.from_scores([1], at=[MONDAY], time_zone="naive"))
    with pytest.raises(nc.InvalidInputError, match="state must be one of 'contacted', 'resolved', got 'open'"):
        LoopEvent(respondent="ann", at=MONDAY, state="open")
    with pytest.raises(nc.InvalidInputError, match="at must be a datetime"):
        LoopEvent(respondent="ann", at=dt.date(2026, 1, 1), state="contacted")  # type: ignore[arg-type]


def test_who_is_nobody_yet_does_not_stop_the_queue() -> None:
    survey = survey_of([2, 3], [None, "ann"], at=[MONDAY, MONDAY + 3 * DAY])
    queue = queue_of(survey, now=MONDAY)
    assert (len(queue), queue.held_back["no respondent or time"]) == (0, 1)


def test_customers_of_no_known_value_are_not_for_executives() -> None:
    rules = FollowUpRules(executive_from=5)
    queue = queue_of(survey_of([2, 5], ["ann", "bob"]), rules=rules, values={"ann": None, "bob": 7})
    assert [item.owner for item in queue.items] == ["executive", "middle management"]
