"""Calls, plans and worth."""

import datetime as dt
from typing import get_args

import nps_core as nc
import pytest
from hypothesis import given
from nps_core import programme

from shop_loyalty import calls, plans, worth
from shop_loyalty import testing as drawn

MONDAY = dt.datetime(2026, 3, 2, 9)
ASKED = nc.Survey.from_scores(
    [2, 5, 10, 8, 3],
    at=[MONDAY] * 5,
    time_zone="naive",
    respondents=["ann", "bob", "cleo", "dan", "eve"],
    segments={"shop": [*"aabbb"]},
)
AGREED = ["ann", "bob", "cleo", "dan"]


def test_who_is_to_be_called() -> None:
    later = MONDAY + dt.timedelta(hours=30)
    queue = calls.queue_of(ASKED, later, [calls.called("bob", MONDAY + dt.timedelta(hours=3))], agreed=AGREED)
    assert calls.to_do(queue) == ["2. ann, 2 points, until 03.03. 09:00 (middle management)"]
    assert calls.busiest_team(queue.digest()) == "middle management"
    assert calls.loop_line(queue) == "1 of 2 called, 1 of 2 in time"
    again = nc.Survey.from_scores(
        [9], at=[later + dt.timedelta(days=9)], time_zone="naive", respondents=["bob"], segments={"shop": ["a"]}
    )
    assert calls.loop_line(queue, again).endswith(", 100 afterwards")


def test_who_could_recommend_us() -> None:
    assert calls.could_recommend(ASKED, agreed=AGREED) == ["cleo"]
    assert calls.still_happy(ASKED, ASKED) == 1


def test_plans() -> None:
    plan = plans.plan(4000)
    assert plan.answers < plan.expected_answers == 600
    assert plans.invitations_for(10) > 1000
    assert plans.power_line(400).startswith("±8 points")


def test_questions_in_every_language() -> None:
    assert "Acme" in plans.questions("product")["sv"]
    assert set(plans.questions()) == set(programme.languages())
    assert plans.subjects() == get_args(programme.Subject)
    assert plans.word_for(nc.Response(9), language="en") == "promoter"


@given(drawn.answers())
def test_everybody_who_gave_a_score_has_a_word(response: nc.Response) -> None:
    assert (plans.word_for(response) is None) == (response.score is None)


def test_beside_others() -> None:
    assert "farm shops" in plans.beside_industry(ASKED)
    assert "groceries" in plans.beside_industry(ASKED, "groceries")
    assert plans.beside_industry(ASKED, "space").startswith("known are ")


def test_colleagues() -> None:
    teams = nc.Tally.from_cells([("a", 9, 30), ("b", 8, 12), ("c", 2, 3), ("d", 10, 2)], by="shop")
    assert plans.colleagues(teams) == ["eNPS 62", "a", "b"]


def test_worth() -> None:
    survey = nc.Survey.from_scores([10] * 4 + [8] * 2 + [3] * 4)
    lines = worth.worth_lines(survey, [40, 42, 38, 40, 30, None, 20, 21, 19, 20])
    assert lines == ["detractor: 20.00", "passive: 30.00", "promoter: 40.00", "times: 2.00"]
    assert worth.growth_text(100, 95, 12, 18) == "7% of 25%"


@pytest.mark.parametrize(("noise", "goes"), [(0, True), (9, False)])
def test_growth(noise: int, goes: bool) -> None:
    cells = [(shop, score, 10 + 5 * i * (score == 10)) for i, shop in enumerate("abcdef") for score in (10, 2)]
    growth = {shop: i + noise * (-1) ** i for i, shop in enumerate("abcdef")}
    assert worth.goes_with_growth(nc.Tally.from_cells(cells, by="shop"), growth) is goes
