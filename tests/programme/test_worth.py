"""Worth by category: against SciPy and the arithmetic of ratios."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import nps_core as nc
from nps_core.programme import worth_by_category
from nps_core.stats.shares import wilson

amounts = st.floats(-100, 1000, allow_nan=False).map(lambda value: round(value, 2))
rows = st.lists(st.tuples(st.integers(0, 10), st.none() | amounts), min_size=1, max_size=40).filter(
    lambda rows: any(amount is not None for _, amount in rows)
)
NAMES = ("detractor", "passive", "promoter")


def place(score: int) -> int:
    return (score >= 7) + (score >= 9)


@given(rows)
def test_means_have_students_intervals(rows: Any) -> None:
    scores, money = zip(*rows, strict=True)
    worth = worth_by_category(nc.Survey.from_scores(scores), money, min_n=None)
    for i, name in enumerate(NAMES):
        own = [amount for score, amount in rows if place(score) == i and amount is not None]
        found = worth[name]
        assert found.n == len(own)
        assert found.total == pytest.approx(sum(own), abs=1e-6)
        assert found.mean is not None
        assert found.mean.value == (pytest.approx(np.mean(own), abs=1e-6) if own else None)
        if len(own) > 1 and np.ptp(own) > 0.1:
            low, high = stats.t.interval(0.95, len(own) - 1, np.mean(own), stats.sem(own))
            assert (found.mean.low, found.mean.high) == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6))
        elif len(own) < 2:
            assert found.mean.low is None
    assert worth.without_amount == sum(amount is None for _, amount in rows)


def made() -> tuple[nc.Survey, Any, Any]:
    rng = np.random.default_rng(5)
    scores = rng.integers(0, 11, 600)
    earlier = np.where(rng.random(600) < 0.8, rng.gamma(2, 20, 600), 0)
    now = np.where(rng.random(600) < 0.6 + scores / 40, earlier * rng.uniform(0.7, 1.5, 600) + scores, 0)
    return nc.Survey.from_scores(scores), now, earlier


def test_growth_is_a_ratio_of_sums_with_the_jackknifes_error() -> None:
    survey, now, earlier = made()
    worth = worth_by_category(survey, now, earlier=earlier)
    for name, own in zip(NAMES, [survey.scores < 7, np.isin(survey.scores, [7, 8]), survey.scores > 8], strict=True):
        there = own & (earlier > 0)
        y, x = now[there], earlier[there]
        growth, n = worth[name].growth, len(y)
        assert growth is not None
        assert growth.value == pytest.approx(y.sum() / x.sum() - 1)
        left_out = (y.sum() - y) / (x.sum() - x)
        error = np.sqrt((n - 1) / n * np.square(left_out - left_out.mean()).sum())
        assert growth.high is not None
        assert growth.high - growth.value == pytest.approx(stats.t.ppf(0.975, n - 1) * error, rel=0.02)


def test_retention_is_a_share_of_earlier_customers() -> None:
    survey, now, earlier = made()
    promoters = survey.scores > 8
    found = worth_by_category(survey, now, earlier=earlier)["promoter"].retention
    assert found is not None
    stayed, there = int((promoters & (earlier > 0) & (now > 0)).sum()), int((promoters & (earlier > 0)).sum())
    assert (found.count, found.of) == (stayed, there)
    assert (found.low, found.high) == tuple(map(float, wilson(stayed, there)))
    known = [None, *(bool(value > 5) for value in now[1:])]
    told = worth_by_category(survey, now, retained=known)["promoter"]
    assert told.growth is None
    assert told.retention is not None
    assert told.retention.of == int(promoters[1:].sum())


def test_the_ratio_of_promoters_to_detractors_covers_what_is_true() -> None:
    rng, held = np.random.default_rng(6), 0
    scores = np.repeat([10, 3], 150)
    for _ in range(300):
        spend = np.concatenate([rng.gamma(1, 40, 150), rng.gamma(1, 20, 150)])
        times = worth_by_category(nc.Survey.from_scores(scores), spend).promoter_to_detractor
        held += times is not None and times.low is not None and times.high is not None and times.low <= 2 <= times.high
    assert 270 <= held <= 298


def test_small_categories_are_not_shown() -> None:
    worth = worth_by_category(nc.Survey.from_scores([10] * 12 + [8] * 3), range(15))
    assert (worth["passive"].n, worth["passive"].total, worth["passive"].mean) == (None, None, None)
    assert worth["detractor"].n == 0
    assert worth.promoter_to_detractor is None
    assert "too few" in str(worth)
    assert "fewer than 10 customers" in str(worth)
    assert worth.to_dicts()[1]["n"] is None


def test_no_ratio_where_a_mean_may_be_nothing() -> None:
    survey = nc.Survey.from_scores([10] * 12 + [3] * 12)
    assert worth_by_category(survey, [100.0, 0] * 6 + [-50.0, 60.0] * 6).promoter_to_detractor is None
    assert worth_by_category(survey, [1.0] * 24).promoter_to_detractor is not None
    hidden = nc.Survey.from_scores([10] * 12 + [3] * 2)
    assert worth_by_category(hidden, [5.0, 4.0] * 7).promoter_to_detractor is None


def test_what_people_see() -> None:
    survey, now, earlier = made()
    worth = worth_by_category(survey, [None, *now[1:]], earlier=earlier, what="spend")
    assert "Spend by category" in str(worth)
    assert "A promoter brings" in str(worth)
    assert "without an amount: 1" in str(worth)
    assert worth.to_pandas().shape == (3, 12)
    assert "-" in str(worth_by_category(survey, now))
    assert worth == worth_by_category(survey, [None, *now[1:]], earlier=earlier, what="spend")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"amounts": ["a", 1]}, "amounts must hold numbers up to 1e100, got 'a'"),
        ({"amounts": [1]}, r"amounts must be as long as the scores \(2\), got 1"),
        ({"earlier": [1, "b"]}, "earlier must hold numbers up to 1e100"),
        ({"retained": [True, 1]}, r"retained must hold True, False or None, got 1 \(index 1\)"),
        ({"retained": [True]}, "retained must be as long"),
        ({"what": 3}, "what must be text"),
        ({"min_n": 0}, "min_n"),
    ],
)
def test_refusals(options: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=message):
        worth_by_category(nc.Survey.from_scores([1, 10]), **{"amounts": [1, 2], **options})


def test_other_refusals() -> None:
    with pytest.raises(nc.InvalidInputError, match="without weights"):
        worth_by_category(nc.Survey.from_scores([1], weights=[1]), [1])
    with pytest.raises(nc.NoAnswersError, match="a score and an amount"):
        worth_by_category(nc.Survey.from_scores([1]), [None])
    with pytest.raises(nc.InvalidInputError, match="category must be one of"):
        worth_by_category(nc.Survey.from_scores([1, 2]), [1, 2])["neutral"]


def test_growth_and_retention_of_few_are_not_shown() -> None:
    earlier = [4.0 if i == 5 else None for i in range(40)]
    survey = nc.Survey.from_scores([10] * 20 + [3] * 20)
    worth = worth_by_category(survey, [float(i) for i in range(40)], earlier=earlier)
    assert worth["promoter"].growth is worth["promoter"].retention is None
    assert worth_by_category(survey, range(40), earlier=earlier, min_n=None)["promoter"].growth is not None
    assert "-" in str(worth_by_category(survey, range(40), earlier=[1.0] * 12 + [None] * 28))


def test_refunds_of_the_time_before_count_in_its_sum() -> None:
    survey = nc.Survey.from_scores([10] * 20)
    growth = worth_by_category(survey, [10] * 20, earlier=[20] * 10 + [-5] * 10)["promoter"].growth
    assert growth is not None
    assert growth.value == pytest.approx(200 / 150 - 1)
    nothing = worth_by_category(survey, [10] * 20, earlier=[-5] * 20)["promoter"].growth
    assert nothing is not None
    assert nothing.value is None


def test_nulls_of_any_kind_are_unknown() -> None:
    survey = nc.Survey.from_scores([10] * 20)
    told = worth_by_category(survey, range(20), retained=pd.array([True] * 15 + [None] * 5, dtype="boolean"))
    assert told["promoter"].retention is not None
    assert told["promoter"].retention.of == 15
