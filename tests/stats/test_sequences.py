"""Confidence sequences: against the products written out, over all that can be answered, and in streams."""

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError
from nps_core.stats.intervals import score_interval
from nps_core.stats.sequences import anytime_pvalue, confidence_sequence, log_evidence, log_wealth

count = st.integers(0, 40)
triples = st.tuples(count, count, count)
answered = triples.filter(any)
scores = st.floats(-0.999, 0.999) | st.sampled_from([-1.0, 1.0])  # nearer to the ends the oracle overflows
levels = st.floats(0.5, 0.999)

SHARES = [(1, 1, 1), (6, 2, 2), (1, 3, 6), (1, 0, 1), (17, 2, 1), (0, 1, 9), (98, 1, 1), (1, 0, 0), (0, 1, 0)]
each_truth = pytest.mark.parametrize("parts", SHARES, ids=str)

RATIO = (0.98 / 2e-4) ** (1 / 63)
BETS = [2e-4 * RATIO**j for j in range(64)]
STAKES = [bet**0.25 / math.fsum(b**0.25 for b in BETS) for bet in BETS]


def wealth(x: int, m: int, y: int, delta: float) -> float:
    """What the bettors own together, answer by answer: each puts a share c on an answer worth 0, 1/2 or 1."""
    mean = (1 + delta) / 2
    if mean == 0 and x + m > 0:
        return math.inf
    worth = [1.0] * x + [0.5] * m + [0.0] * y
    gains = [[1 - c + c * z / mean if z else 1 - c for z in worth] for c in BETS]
    return math.fsum(stake * math.prod(gain) for stake, gain in zip(STAKES, gains, strict=True))


def lower_limit(x: int, m: int, y: int, level: float) -> float:
    """Where the wealth comes down to 2 / alpha, by halving."""
    if x + m == 0:
        return -1.0
    low, high = -1.0, (x - y) / (x + m + y)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if wealth(x, m, y, middle) >= 2 / (1 - level) else (low, middle)
    return high


def as_shares(parts: Any) -> Any:
    return [part / sum(parts) for part in parts]


@given(triples, scores)
def test_the_wealth_is_that_of_the_bettors(counts: Any, delta: float) -> None:
    expected = wealth(*counts, delta)
    found = float(log_wealth(*counts, delta))
    assert found == (math.inf if expected == math.inf else pytest.approx(math.log(expected), rel=1e-12, abs=1e-11))


@given(st.tuples(*[st.integers(0, 15)] * 3), levels)
def test_the_limits_are_where_the_wealth_comes_down_to_its_goal(counts: Any, level: float) -> None:
    x, m, y = counts
    low, high = confidence_sequence(x, m, y, level)
    assert float(low) == pytest.approx(lower_limit(x, m, y, level), rel=0, abs=1e-12)
    assert float(high) == pytest.approx(-lower_limit(y, m, x, level), rel=0, abs=1e-12)


@each_truth
@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_on_average_the_bettors_own_what_they_began_with(parts: Any, n: int) -> None:
    p, m, q = as_shares(parts)
    total = math.fsum(
        math.comb(n, x) * math.comb(n - x, y) * p**x * q**y * m ** (n - x - y)
        * math.exp(log_wealth(x, n - x - y, y, p - q))
        for x in range(n + 1)
        for y in range(n + 1 - x)
        if p**x * q**y * m ** (n - x - y) > 0
    )  # fmt: skip
    assert total == pytest.approx(1, rel=1e-12)


@given(triples, st.tuples(*[st.integers(0, 100)] * 3).filter(lambda parts: sum(parts) > 0 and parts[0] + parts[1] > 0))
def test_whatever_was_answered_the_next_answer_gains_nothing_on_average(counts: Any, parts: Any) -> None:
    x, m, y = counts
    delta = float(Fraction(parts[0] - parts[2], sum(parts)))
    after = log_wealth([x + 1, x, x], [m, m + 1, m], [y, y, y + 1], delta)
    gains = np.exp(after - log_wealth(x, m, y, delta))
    assert math.fsum(s * gain for s, gain in zip(as_shares(parts), gains, strict=True) if s) == pytest.approx(
        1, rel=1e-12
    )


@given(triples, st.integers(1, 99), st.floats(0.01, 0.5))
def test_where_the_score_is_lower_the_next_answer_loses_on_average(counts: Any, percent: int, less: float) -> None:
    x, m, y = counts
    delta = 1 - percent / 50
    p, q = max(delta - less, 0.0), max(less - delta, 0.0)
    assume(q <= 1)
    after = log_wealth([x + 1, x, x], [m, m + 1, m], [y, y, y + 1], delta)
    gains = np.exp(after - log_wealth(x, m, y, delta))
    assert np.dot((p, 1 - p - q, q), gains) < 1


@given(answered, scores, scores)
def test_the_wealth_falls_where_the_score_bet_against_rises(counts: Any, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assume(high > -1)
    at_low, at_high = log_wealth(*counts, [low, high])
    assert at_low >= at_high - 1e-12 * (1 + abs(at_high))
    if high - low > 1e-6 and counts[0] + counts[1] > 0:
        assert at_low > at_high


@given(answered)
def test_nothing_is_gained_against_the_score_of_the_answers(counts: Any) -> None:
    x, m, y = counts
    assert log_wealth(x, m, y, (x - y) / (x + m + y)) <= 1e-12


@given(triples, levels)
def test_the_limits_hold_the_score_of_the_answers(counts: Any, level: float) -> None:
    x, m, y = counts
    low, high = confidence_sequence(x, m, y, level)
    assert -1 <= low <= (x - y) / max(x + m + y, 1) <= high <= 1


@given(triples, levels, scores)
def test_where_promoters_and_detractors_change_places_so_do_the_limits(counts: Any, level: float, null: float) -> None:
    x, m, y = counts
    low, high = confidence_sequence(x, m, y, level)
    assert confidence_sequence(y, m, x, level) == (-high, -low)
    assert log_evidence(y, m, x, -null) == log_evidence(x, m, y, null)


@given(answered, levels, scores)
def test_a_score_is_outside_the_limits_just_when_its_pvalue_is_as_small_as_the_level_says(
    counts: Any, level: float, null: float
) -> None:
    low, high = confidence_sequence(*counts, level)
    assume(min(abs(null - low), abs(null - high)) > 1e-9)
    assert (anytime_pvalue(*counts, null) <= 1 - level) == (not low < null < high)


@given(answered, levels)
def test_at_the_limits_the_pvalue_is_what_the_level_leaves(counts: Any, level: float) -> None:
    for limit in confidence_sequence(*counts, level):
        if abs(limit) < 1 - 1e-6:
            assert anytime_pvalue(*counts, limit) == pytest.approx(1 - level, rel=1e-6)


@given(answered, scores)
def test_the_pvalue_is_two_over_the_larger_wealth(counts: Any, null: float) -> None:
    x, m, y = counts
    larger = max(wealth(x, m, y, null), wealth(y, m, x, -null))
    assert float(log_evidence(x, m, y, null)) == pytest.approx(math.log(larger), rel=1e-12, abs=1e-11)
    assert float(anytime_pvalue(x, m, y, null)) == pytest.approx(min(1, 2 / larger), rel=1e-9)


@given(answered, levels, levels)
def test_more_confidence_takes_more_width(counts: Any, one: float, other: float) -> None:
    (low, high), (lower, higher) = (confidence_sequence(*counts, level) for level in sorted((one, other)))
    assert lower <= low + 1e-13
    assert higher >= high - 1e-13


def test_without_answers_nothing_is_known() -> None:
    assert confidence_sequence(0, 0, 0) == (-1, 1)
    assert log_wealth(0, 0, 0, [-1, 0, 0.3, 1]) == pytest.approx(0, abs=1e-14)
    assert anytime_pvalue(0, 0, 0, [-1, 0, 1]).tolist() == [1, 1, 1]


def test_what_cannot_be_ruled_out_is_not() -> None:
    low, high = confidence_sequence([100, 0, 0], [0, 100, 0], [0, 0, 100])
    assert (high[0], low[2]) == (1, -1)
    assert low[0] == -high[2] == pytest.approx(lower_limit(100, 0, 0, 0.95), abs=1e-12)
    assert low[1] == -high[1] == pytest.approx(lower_limit(0, 100, 0, 0.95), abs=1e-12)
    assert anytime_pvalue([5, 0, 0, 5], [0, 5, 0, 0], [0, 0, 5, 0], [1, 0, -1, -1]).tolist() == [1, 1, 1, 0]


def test_one_answer_rules_out_only_that_all_are_otherwise() -> None:
    assert anytime_pvalue([1, 0, 0], [0, 1, 0], [0, 0, 1], [[-1], [1]]).tolist() == [[0, 0, 1], [1, 0, 0]]
    low, high = confidence_sequence([1, 0], [0, 1], [0, 0])
    assert (low > -1).all()
    assert (low < -0.98).all()
    assert high[0] == 1
    assert high[1] == -low[1]


def test_groups_of_any_shape_are_as_they_would_be_alone() -> None:
    rng = np.random.default_rng(5)
    groups = rng.integers(0, [[[5]], [[50]], [[500]]], size=(3, 4, 6))
    low, high = confidence_sequence(*groups, 0.9)
    evidence = log_evidence(*groups, 0.25)
    assert low.shape == high.shape == evidence.shape == (4, 6)
    for i, j in itertools.product(range(4), range(6)):
        alone = confidence_sequence(*groups[:, i, j], 0.9)
        assert (low[i, j], high[i, j]) == (pytest.approx(alone[0], abs=1e-13), pytest.approx(alone[1], abs=1e-13))
        assert evidence[i, j] == pytest.approx(log_evidence(*groups[:, i, j], 0.25), rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("parts", [(5, 3, 2), (1, 0, 1), (999_999, 0, 1), (1, 1, 98), (1, 0, 0)], ids=str)
def test_billions_of_answers_are_no_burden(parts: Any) -> None:
    counts = [10**9 * part // sum(parts) for part in parts]
    low, high = (float(limit) for limit in confidence_sequence(*counts))
    usual_low, usual_high = score_interval(*counts)
    assert -1 <= low <= usual_low <= usual_high <= high <= 1
    assert high - low < 4e-4
    assert np.isfinite(log_evidence(*counts, [-0.99, 0.0, 0.99])).all()


def test_the_price_is_what_was_promised() -> None:
    n = np.array([100, 1_000, 10_000])
    for p, m, q in ([0.5, 0.3, 0.2], [0.3, 0.4, 0.3], [0.7, 0.2, 0.1]):
        (low, high), (lower, higher) = (f(p * n, m * n, q * n) for f in (confidence_sequence, score_interval))
        ratios = (high - low) / (higher - lower)
        assert (ratios > 1.6).all()
        assert (ratios < 1.8).all()


@pytest.mark.parametrize("parts", [(5, 3, 2), (1, 0, 1), (85, 12, 3)], ids=str)
def test_streams_looked_at_after_every_answer_seldom_rule_out_the_truth(parts: Any) -> None:
    shares = as_shares(parts)
    answers = np.random.default_rng(2026).choice(3, p=shares, size=(200, 1_000))
    counts = [np.cumsum(answers == category, axis=1) for category in range(3)]
    ever = (anytime_pvalue(*counts, shares[0] - shares[2]) <= 0.05).any(axis=1)
    usual_low, usual_high = score_interval(*counts)
    usually = ((shares[0] - shares[2] < usual_low) | (shares[0] - shares[2] > usual_high)).any(axis=1)
    assert 0 < ever.mean() < 0.05
    assert usually.mean() > 0.3


@pytest.mark.parametrize("level", [0, 1, 95, True, "95"])
def test_a_level_must_be_between_0_and_1(level: Any) -> None:
    with pytest.raises(InvalidInputError, match="confidence_level must be"):
        confidence_sequence(1, 1, 1, level)
