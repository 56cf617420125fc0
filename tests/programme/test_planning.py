"""Planning: the known numbers, and plans that agree with their parts."""

from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core import InvalidInputError
from nps_core.programme import (
    Expected,
    SurveyPlan,
    detectable_change,
    invitations,
    plan_survey,
    precision,
    sample_size,
    sample_size_for_change,
)
from nps_core.stats import sizes

TYPICAL = Expected(nps=30, passive_share=0.3)


def test_the_known_numbers() -> None:
    assert sample_size(10) == 385
    assert invitations(385, response_rate=0.12) == 3412
    assert round(detectable_change(100, expected=TYPICAL)) == 31
    assert TYPICAL.variance == pytest.approx(0.61)
    assert Expected().variance == 1.0


@given(st.floats(1, 100), st.floats(0.6, 0.99))
def test_precision_is_the_other_side_of_the_sample_size(margin: float, level: float) -> None:
    n = sample_size(margin, confidence_level=level)
    assert precision(n, confidence_level=level) <= margin * (1 + 1e-8)
    many = sample_size(margin, confidence_level=level, expected=attrs.evolve(TYPICAL, design_effect=2.0))
    assert many == pytest.approx(1.22 * n, abs=2)


@given(st.floats(2, 150), st.floats(0.5, 0.99))
def test_the_detectable_change_is_the_other_side_of_its_sample_size(change: float, power: float) -> None:
    n = sample_size_for_change(change, power=power, expected=TYPICAL)
    assert detectable_change(n, power=power, expected=TYPICAL) <= change * (1 + 1e-8)


def test_no_change_is_larger_than_the_scale() -> None:
    assert detectable_change(1) == 200
    assert detectable_change(100, 10**9) == pytest.approx(detectable_change(10**9, 100))


@given(st.integers(1, 10**6), st.floats(0.01, 1), st.integers(1, 20))
def test_a_plan_agrees_with_its_parts(invited: int, rate: float, segments: int) -> None:
    if sizes.answers_of(invited, rate, 0.9) == 0:
        with pytest.raises(InvalidInputError, match="so many people must be invited"):
            plan_survey(invited=invited, response_rate=rate)
        return
    plan = plan_survey(invited=invited, response_rate=rate, segments=segments)
    assert 1 <= plan.answers <= invited
    assert plan.answers <= max(1, plan.expected_answers + 1)
    assert plan.margin == precision(plan.answers)
    assert plan.detectable == detectable_change(plan.answers)
    assert plan.segment_margin == precision(max(1, plan.answers // segments))


@given(st.floats(2, 50), st.floats(0.05, 1))
def test_a_plan_made_from_a_goal_reaches_it(points: float, rate: float) -> None:
    assert plan_survey(margin=points, response_rate=rate).margin <= points * (1 + 1e-8)
    assert plan_survey(change=points, response_rate=rate).detectable <= points * (1 + 1e-8)


def test_a_plan_is_a_sentence_and_a_table() -> None:
    plan = plan_survey(invited=4000, response_rate=0.12, segments=5, expected=TYPICAL, population=20_000)
    assert plan.sentence == (
        "Of 4,000 people invited about 480 will answer. With a probability of 90 %, 453 or more will. From these the "
        "score will be known to within 7.1 points to each side (95 % interval, if the score is near 30). One of 5 "
        "segments of the same size will be known to within 16.1 points. A change of 14.5 points to the next such "
        "survey will be shown with a probability of 80 %. Smaller changes will often be missed."
    )
    lines = str(plan).splitlines()
    assert lines[4:8] == [
        "invited                                     4,000",
        "answers to be expected                        480",
        "answers to be counted on (90 %)               453",
        "score to within (95 % interval)            +- 7.1",
    ]
    one = plan_survey(invited=4000, response_rate=0.12)
    assert "segments" not in str(one)
    assert "in the worst case" in one.sentence
    (row,) = one.to_dicts()
    assert (row["invited"], row["population"], row["nps"], row["design_effect"]) == (4000, None, None, 1.0)
    assert len(plan.to_polars()) == 1
    assert {plan} == {attrs.evolve(plan)}
    assert isinstance(plan, SurveyPlan)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: sample_size(0), "^margin must be a number from 0.001 to 100, got 0$"),
        (lambda: sample_size("10"), "^margin must be a number"),
        (lambda: sample_size(True), "^margin must be a number"),
        (lambda: sample_size(float("nan")), "^margin must be a number"),
        (lambda: sample_size(10, confidence_level=95), "^confidence_level must be"),
        (lambda: sample_size(10, population=0), "^population must be a whole number from 1 up, got 0$"),
        (lambda: sample_size(10, expected=0.61), "^expected must be an Expected, got float$"),
        (lambda: precision(0), "^n must be a whole number from 1 up, got 0$"),
        (lambda: precision(10, population=5), "^n must not be more than the population, got 10 of 5$"),
        (lambda: sample_size_for_change(10, power=0.4), "^power must be a number from 0.5 to 1, got 0.4$"),
        (lambda: sample_size_for_change(10, power=1.0), "^power must be below 1, got 1.0: nothing is certain$"),
        (lambda: detectable_change(10, 1.5), "^n_after must be a whole number"),
        (lambda: invitations(10, response_rate=12), "^response_rate must be a number from 0 to 1, got 12$"),
        (lambda: invitations(10, response_rate=0), "^response_rate must be above 0, got 0$"),
        (lambda: invitations(10, response_rate=0.5, assurance=1), "^assurance must be below 1"),
        (lambda: Expected(nps=30), "^nps and passive_share must be given together, got 30 and None$"),
        (
            lambda: Expected(nps=80, passive_share=0.3),
            "^a score of 80 must leave room for passives: at most 0.2",
        ),
        (lambda: Expected(design_effect=0), "^design_effect must be a number"),
        (lambda: plan_survey(response_rate=0.1), "^one of invited, margin and change must be given, got none$"),
        (
            lambda: plan_survey(response_rate=0.1, invited=10, change=3),
            r"^one of invited, margin and change must be given, got \['invited', 'change'\]$",
        ),
        (
            lambda: plan_survey(response_rate=0.1, margin=3, population=500),
            "^no more people can be invited than there are, got [0-9,]+ of 500$",
        ),
    ],
)
def test_plans_that_make_no_sense_are_refused(ask: Any, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        ask()


def test_numbers_of_numpy_are_numbers() -> None:
    assert sample_size(np.float64(10), population=np.int64(500)) == 218
