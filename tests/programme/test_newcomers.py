"""What people try first, and what they are told."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import nps_core as nc
from nps_core import programme

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
SURVEY = nc.Survey.from_scores(
    [3, 9, 10, 2], at=[START] * 4, respondents=["c1", "c2", "c3", "c4"], segments={"account": [*"aabb"]}
)


@pytest.mark.parametrize("size", [1, 2, 5, 30])
def test_scores_that_are_noise_have_no_reliability(size: int) -> None:
    rng = np.random.default_rng(7)
    found = []
    for _ in range(30):
        units = [str(unit) for unit in range(150) for _ in range(size)]
        survey = nc.Survey.from_scores(rng.choice([3, 8, 10], len(units)), segments={"unit": units})
        growth = {str(unit): float(value) for unit, value in enumerate(rng.normal(size=150))}
        found.append(programme.growth_association(survey, "unit", growth).reliability)
    if size == 1:
        assert set(found) == {None}
    else:
        assert np.mean([each or 0.0 for each in found]) < 0.12


def test_units_of_one_answer_have_the_pooled_noise_of_the_others() -> None:
    rng = np.random.default_rng(8)
    units = [str(unit) for unit in range(200) for _ in range(1 if unit % 2 else 4)]
    survey = nc.Survey.from_scores(rng.choice([3, 8, 10], len(units)), segments={"unit": units})
    found = programme.growth_association(survey, "unit", {str(unit): unit for unit in range(200)})
    assert found.reliability is not None
    assert found.reliability < 0.25


def test_units_left_out_are_printed() -> None:
    cells = [(shop, score, n) for i, shop in enumerate("abcde") for score, n in ((10, 10 + 3 * i), (2, 10))]
    growth = {"a": 0.01, "b": 0.04, "c": 0.02, "d": 0.06, "mars": 0.05}
    found = programme.growth_association(nc.Tally.from_cells(cells, by="shop"), "shop", growth)
    assert "Units with only a score or a growth: 2." in str(found)
    with pytest.raises(nc.NoAnswersError, match=r"got 1 of 5 with a score and 2 with a growth$"):
        programme.growth_association(nc.Tally.from_cells(cells, by="shop"), "shop", {"a": 1.0, "mars": 2.0})


def test_a_plan_of_too_few_invitations_promises_nothing() -> None:
    for invited, rate in ((10, 0.05), (20, 0.1)):
        with pytest.raises(nc.InvalidInputError, match=f"probability of 90 %, got {invited} with a response rate"):
            programme.plan_survey(invited=invited, response_rate=rate)


def test_one_driver_has_no_quadrant() -> None:
    ratings = {"staff": [i % 7 for i in range(100)]}
    survey = nc.Survey.from_scores([min(10, i % 7 + 4) for i in range(100)])
    found = nc.key_drivers(survey, ratings, n_resamples=0)
    assert found["staff"].quadrant is None
    assert str(found).startswith("1 driver accounts for")


def test_our_company_may_be_too_small_to_be_compared() -> None:
    tally = nc.Tally.from_cells([("a", 9, 60), ("b", 3, 60), ("tiny", 9, 5)], by="brand")
    with pytest.raises(nc.UnknownNameError, match=r"^ours must have 50 answers or more to be compared, which 'tiny'"):
        nc.compare_competitors(tally, "brand", ours="tiny")


@pytest.mark.parametrize(("consent", "kind"), [({1, 2}, "numbers"), ([7], "numbers")])
def test_ids_of_another_kind_are_no_consent(consent: Any, kind: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=f"^consent must be ids as the survey has them.*, got {kind}$"):
        programme.follow_ups(SURVEY, now=START, consent=consent)
    numbered = nc.Survey.from_scores([10, 9], respondents=[1, 2])
    with pytest.raises(nc.InvalidInputError, match="which are numbers, got text"):
        programme.ambassadors(numbered, consent={"1"})
    assert len(programme.ambassadors(numbered, consent={"1", 2})) == 1
    assert len(programme.ambassadors(SURVEY, consent={"c2"})) == 1
    mixed = nc.Survey.from_scores([10, 9, 10], respondents=["ann", 2, 3])
    assert len(programme.ambassadors(mixed, consent={3})) == 1
    assert len(programme.ambassadors(SURVEY, consent=["nobody"])) == 0


def test_a_value_for_executives_needs_values() -> None:
    rules = programme.FollowUpRules(executive_from=5000)
    with pytest.raises(nc.InvalidInputError, match=r"^rules with executive_from need values="):
        programme.follow_ups(SURVEY, now=START, consent=True, rules=rules)


def test_columns_of_pandas_are_mappings() -> None:
    values = pd.Series({"c1": 9000.0, "c2": 10.0})
    rules = programme.FollowUpRules(executive_from=5000)
    queue = programme.follow_ups(SURVEY, now=START, consent=True, rules=rules, values=values)
    assert [item.owner for item in queue.items if item.respondent == "c1"] == ["executive"]
    revenue = pd.Series({"a": 10.0, "b": 30.0})
    by_series = nc.account_score(SURVEY, "account", roll_up="account scores", revenue=revenue)
    assert by_series == nc.account_score(SURVEY, "account", roll_up="account scores", revenue=revenue.to_dict())
    survey = nc.Survey.from_scores([min(10, i % 7 + 4) for i in range(100)])
    frame = pd.DataFrame({"staff": [i % 7 for i in range(100)], "price": [i % 5 for i in range(100)]})
    assert nc.key_drivers(survey, frame, n_resamples=0) == nc.key_drivers(survey, dict(frame), n_resamples=0)
    with pytest.raises(nc.InvalidInputError, match="revenue must be a mapping to numbers, got list"):
        nc.account_score(SURVEY, "account", roll_up="account scores", revenue=[1, 2])  # type: ignore[arg-type]
