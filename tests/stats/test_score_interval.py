"""The default interval: against exact values, against the score test it inverts, and where it is known by heart."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats.intervals import score_interval
from nps_core.stats.normal import quantile, two_sided

EXACT = json.loads((Path(__file__).parents[1] / "reference" / "score_interval.json").read_text())
LEVELS = sorted({case["conf"] for case in EXACT})

counts = st.integers(0, 200)
some_counts = st.tuples(counts, counts, counts).filter(any)
fractions = st.floats(0.5, 60) | st.just(0.0)
some_fractions = st.tuples(fractions, fractions, fractions).filter(any)
levels = st.floats(0.5, 0.9999)


def constrained_variance(x: float, m: float, y: float, delta: float) -> float:
    """The variance of one answer at the likeliest shares whose score is ``delta``, found by bisection.

    The log-likelihood in q, x log(q + delta) + y log q + m log(1 - delta - 2q), is concave.
    """
    low, high = max(0.0, -delta), (1 - delta) / 2
    for _ in range(80):
        q = (low + high) / 2
        if not low < q < high:
            break
        p, rest = q + delta, 1 - delta - 2 * q
        slope = (x / p if x else 0.0) + (y / q if y else 0.0) - (2 * m / rest if m else 0.0)
        low, high = (q, high) if slope > 0 else (low, q)
    return delta + 2 * (low + high) / 2 - delta**2


def limit_by_bisection(x: float, m: float, y: float, z: float) -> float:
    """The largest score that the score test does not reject."""
    n = x + m + y
    d = (x - y) / n
    low, high = d, 1.0
    for _ in range(80):
        delta = (low + high) / 2
        rejected = n * (delta - d) ** 2 > z * z * constrained_variance(x, m, y, delta)
        low, high = (low, delta) if rejected else (delta, high)
    return (low + high) / 2


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99, 0.999])
def test_no_number_of_promoters_or_detractors_alone_has_a_limit_beyond_the_scale(level: float) -> None:
    n, none = np.arange(1, 5001), np.zeros(5000)
    assert score_interval(n, none, none, level)[1].max() == 1  # by rounding some would
    assert score_interval(none, none, n, level)[0].min() == -1


@pytest.mark.parametrize("level", LEVELS)
def test_all_exact_limits_are_met_in_one_call(level: float) -> None:
    cases = [case for case in EXACT if case["conf"] == level]
    low, high = score_interval(
        *([case[name] for case in cases] for name in ("promoters", "passives", "detractors")), level
    )
    np.testing.assert_allclose(low, [case["lower"] for case in cases], rtol=0, atol=1e-13)
    np.testing.assert_allclose(high, [case["upper"] for case in cases], rtol=0, atol=1e-13)


@pytest.mark.parametrize("case", EXACT, ids=lambda case: "-".join(str(value) for value in list(case.values())[:4]))
def test_each_exact_interval_is_met_alone(case: dict[str, Any]) -> None:
    limits = score_interval(case["promoters"], case["passives"], case["detractors"], case["conf"])
    assert limits == pytest.approx((case["lower"], case["upper"]), rel=0, abs=1e-13)


@given(some_counts | some_fractions, levels)
def test_the_limits_are_the_outermost_scores_that_the_score_test_does_not_reject(
    triple: tuple[float, float, float], level: float
) -> None:
    x, m, y = triple
    z = quantile(level)
    expected = -limit_by_bisection(y, m, x, z), limit_by_bisection(x, m, y, z)
    assert score_interval(x, m, y, level) == pytest.approx(expected, rel=0, abs=1e-7)


@given(st.integers(1, 10**9), levels)
def test_promoters_alone_leave_nothing_open_above(n: int, level: float) -> None:
    z2 = quantile(level) ** 2
    low, high = score_interval(n, 0, 0, level)
    assert low == pytest.approx((n - z2) / (n + z2), rel=0, abs=1e-14)
    assert high == 1


@given(st.integers(1, 10**9), levels)
def test_passives_alone_leave_both_sides_open(n: int, level: float) -> None:
    z2 = quantile(level) ** 2
    low, high = score_interval(0, n, 0, level)
    assert high == pytest.approx(z2 / (n + z2), rel=1e-13)
    assert low == pytest.approx(-high, rel=1e-13)


@given(some_counts.filter(lambda triple: triple[0] != triple[2]))
def test_it_touches_zero_at_the_level_of_mcnemars_test(triple: tuple[int, int, int]) -> None:
    x, m, y = triple
    z = abs(x - y) / math.sqrt(x + y)  # McNemar (1947), Psychometrika 12:153-157
    level = 1 - float(two_sided(np.float64(z)))
    if 1e-6 < level < 1 - 1e-9:
        low, high = score_interval(x, m, y, level)
        assert min(abs(low), abs(high)) == pytest.approx(0, abs=1e-6)


def test_one_ordinary_answer_among_very_many_does_not_throw_it_off() -> None:
    # Ferrari's quartic returns [-1, 1] here; the width is near that of the textbook.
    low, high = score_interval(1, 1, 9998)
    assert -1 < low < -0.9997 < high < -0.998


def test_a_level_so_low_that_z_is_zero_gives_the_score_itself() -> None:
    assert score_interval([7, 0, 0], [2, 4, 0], [1, 0, 3], 1e-300) == (
        pytest.approx([0.6, 0, -1]),
        pytest.approx([0.6, 0, -1]),
    )


def coverage(
    n: int, shares: tuple[float, float, float], limits: dict[tuple[int, int, int], tuple[float, float]]
) -> float:
    """How often the interval holds the true score, summed over every possible outcome."""
    p, r, q = shares
    return math.fsum(
        math.exp(
            math.lgamma(n + 1)
            - sum(math.lgamma(count + 1) for count in outcome)
            + sum(count * math.log(share) for count, share in zip(outcome, (p, r, q), strict=True))
        )
        for outcome, (low, high) in limits.items()
        if low <= p - q <= high
    )


def test_of_all_outcomes_of_twenty_answers_nearly_95_percent_hold_the_truth() -> None:
    n = 20
    outcomes = [(x, m, n - x - m) for x in range(n + 1) for m in range(n + 1 - x)]
    low, high = score_interval(*np.array(outcomes).T)
    limits = dict(zip(outcomes, zip(low.tolist(), high.tolist(), strict=True), strict=True))
    realistic = [
        (p, r, 1 - p - r)
        for p in np.arange(0.1, 0.86, 0.15).tolist()
        for r in (0.08, 0.2, 0.35, 0.6)
        if 1 - p - r >= 0.03
    ]
    covered = [coverage(n, shares, limits) for shares in realistic]
    assert min(covered) >= 0.941  # by exact enumeration: minimum .941, mean .954
    assert sum(covered) / len(covered) == pytest.approx(0.954, abs=0.006)


def test_counts_of_different_shapes_are_stretched_to_one() -> None:
    low, high = score_interval(5, [1, 2], [[3], [4]])
    assert low.shape == high.shape == (2, 2)
    for row, detractors in enumerate((3, 4)):
        for column, passives in enumerate((1, 2)):
            assert (low[row, column], high[row, column]) == score_interval(5, passives, detractors)


def test_many_groups_have_the_limits_of_each_alone_to_the_last_bit() -> None:
    counts = np.random.default_rng(1).integers(0, 40, (3, 70_000))
    low, high = score_interval(*counts)
    for group in (0, 1, 32_767, 32_768, 65_536, 69_999):
        assert (low[group], high[group]) == score_interval(*counts[:, group].tolist())
