"""loop_measures(): how fast, how many in time, and what people answered next."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import nps_core as nc
from nps_core.programme import FollowUps, LoopEvent, follow_ups, loop_measures
from nps_core.stats.shares import wilson

MONDAY = dt.datetime(2026, 3, 2, 9)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
PEOPLE = [f"p{i}" for i in range(6)]


def queue_of(now: dt.datetime = MONDAY + 3 * DAY) -> FollowUps:
    """Six detractors: three contacted after 2, 5 and 30 hours, one of them resolved; three never."""
    survey = nc.Survey.from_scores([1, 2, 3, 4, 5, 6], at=[MONDAY] * 6, time_zone="naive", respondents=PEOPLE)
    hours = {"p0": 2, "p1": 5, "p2": 30}
    events = [LoopEvent(respondent=who, at=MONDAY + h * HOUR, state="contacted") for who, h in hours.items()]
    events.append(LoopEvent(respondent="p0", at=MONDAY + 40 * HOUR, state="resolved"))
    return follow_ups(survey, now=now, consent=True, events=events)


def test_shares_and_hours_by_hand() -> None:
    measures = loop_measures(queue_of())
    assert measures.n == 6
    assert (measures.contacted.count, measures.contacted.of) == (3, 6)
    assert (measures.in_time.count, measures.in_time.of) == (2, 6)
    assert (measures.in_time.low, measures.in_time.high) == tuple(map(float, wilson(2, 6)))
    assert measures.resolved.count == 1
    assert measures.hours_to_contact == tuple(np.quantile([2, 5, 30], [0.25, 0.5, 0.75]))
    assert measures.recovered is measures.others is None


def test_what_may_still_be_in_time_does_not_count_against_it() -> None:
    measures = loop_measures(queue_of(MONDAY + 6 * HOUR))
    assert (measures.in_time.count, measures.in_time.of) == (2, 2)


def test_next_answers_of_those_who_were_contacted_and_of_the_others() -> None:
    rows = [
        ("p0", 10, 1 * HOUR),  # before contact
        ("p0", 9, 3 * DAY),
        ("p0", 1, 4 * DAY),  # not the next
        ("p1", 8, 3 * DAY),
        ("p3", None, 2 * DAY),
        ("p3", 3, 3 * DAY),
        ("p4", 9, 3 * DAY),
        ("stranger", 9, 3 * DAY),
        (None, 9, 3 * DAY),
    ]
    people, scores, after = zip(*rows, strict=True)
    at = [MONDAY + each for each in after]
    later = nc.Survey.from_scores(scores, at=at, time_zone="naive", respondents=people)
    measures = loop_measures(queue_of(), later)
    assert measures.recovered == nc.nps([9, 8])
    assert measures.others == nc.nps([3, 9])
    text = str(measures)
    assert "NPS next time, contacted" in text
    assert "no proof" in text
    assert "p0" not in text
    assert measures.to_dicts()[0]["recovered_nps"] == 50
    nobody = loop_measures(queue_of(), later.where([False] * 9))
    assert nobody.recovered is nobody.others is None


def test_an_empty_queue() -> None:
    nobody = nc.Survey.from_scores([9], at=[MONDAY], time_zone="naive", respondents=["x"])
    measures = loop_measures(follow_ups(nobody, now=MONDAY, consent=True))
    assert (measures.n, measures.contacted.value, measures.hours_to_contact) == (0, None, None)
    assert "-" in str(measures)
    assert measures.to_dicts()[0]["median_hours"] is None


def test_refusals() -> None:
    with pytest.raises(nc.InvalidInputError, match="queue must be FollowUps, got list"):
        loop_measures([])  # type: ignore[arg-type]
    later: Any = [9]
    with pytest.raises(nc.InvalidInputError, match="later must be a Survey, got list"):
        loop_measures(queue_of(), later)
    with pytest.raises(nc.InvalidInputError, match="respondents"):
        loop_measures(queue_of(), nc.Survey.from_scores([9], at=[MONDAY], time_zone="naive"))


BERLIN = ZoneInfo("Europe/Berlin")


def in_berlin(at: dt.datetime, contact: dt.datetime, now: dt.datetime) -> FollowUps:
    survey = nc.Survey.from_scores([2], at=[at], time_zone="Europe/Berlin", respondents=["ann"])
    event = LoopEvent(respondent="ann", at=contact, state="contacted")
    return follow_ups(survey, now=now, consent=True, events=[event])


@pytest.mark.parametrize("zone", [BERLIN, dt.UTC])
def test_hours_are_those_that_passed_when_the_clocks_go_forward(zone: dt.tzinfo) -> None:
    contact = dt.datetime(2026, 3, 29, 20, tzinfo=BERLIN).astimezone(zone)
    queue = in_berlin(dt.datetime(2026, 3, 28, 20, tzinfo=BERLIN), contact, dt.datetime(2026, 4, 2, tzinfo=BERLIN))
    assert loop_measures(queue).hours_to_contact == (23, 23, 23)


@pytest.mark.parametrize("zone", [BERLIN, dt.UTC])
def test_the_hour_that_is_shown_twice_has_an_order(zone: dt.tzinfo) -> None:
    at = dt.datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN, fold=0)
    contact = dt.datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1).astimezone(zone)  # 20 minutes later
    queue = in_berlin(at, contact, dt.datetime(2026, 10, 28, tzinfo=BERLIN))
    assert [item.state for item in queue.items] == ["contacted"]
    assert len(in_berlin(at, contact, contact)) == 1


def test_today_is_where_the_answer_was_given() -> None:
    at, now = (dt.datetime(2026, 3, day, 0, minute, tzinfo=BERLIN) for day, minute in ((3, 30), (4, 10)))
    for moment in (now, now.astimezone(dt.UTC)):
        queue = in_berlin(at, dt.datetime(2026, 1, 1, tzinfo=BERLIN), moment)
        assert sum(row.due_today for row in queue.digest().rows) == 1


def test_a_respondent_may_be_called_zero() -> None:
    survey = nc.Survey.from_scores([2, 5], at=[MONDAY] * 2, time_zone="naive", respondents=[0, 1])
    events = [LoopEvent(respondent=0, at=MONDAY + HOUR, state="contacted")]
    queue = follow_ups(survey, now=MONDAY + 2 * DAY, consent=True, events=events)
    later = nc.Survey.from_scores([10, 9], at=[MONDAY + 9 * DAY] * 2, time_zone="naive", respondents=[0, 1])
    measures = loop_measures(queue, later)
    assert (measures.recovered, measures.others) == (nc.nps([10]), nc.nps([9]))


def test_later_answers_may_be_none_but_not_of_another_kind_of_time() -> None:
    assert loop_measures(queue_of(), nc.Survey.from_scores([])).recovered is None
    zoned = nc.Survey.from_scores([9], at=[MONDAY], time_zone="Europe/Berlin", respondents=["p0"])
    with pytest.raises(nc.InvalidInputError, match="later answers must carry a time zone if"):
        loop_measures(queue_of(), zoned)
