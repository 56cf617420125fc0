"""Differences of two independent groups: the interval, its p-value, and what ties the two together."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError
from nps_core.stats.differences import (
    DIFFERENCE_METHODS,
    difference,
    difference_standard_error,
    mover_interval,
    mover_pvalue,
)
from nps_core.stats.intervals import interval, score_interval

count = st.integers(0, 60)
triples = st.tuples(count, count, count).filter(any)
levels = st.floats(0.05, 0.999)
methods = st.sampled_from(DIFFERENCE_METHODS)
every_method = pytest.mark.parametrize("method", DIFFERENCE_METHODS)
ROUNDING = 1e-12


def test_the_example_of_two_samples_is_met() -> None:
    # Promoters, passives, detractors 60/20/20 and 50/30/20: sqrt(.64/100 + .61/100), in points (issue 2's brief)
    first, second = (60, 20, 20), (50, 30, 20)
    assert 100 * difference(first, second) == pytest.approx(10, rel=1e-13)
    assert 100 * difference_standard_error(first, second) == pytest.approx(11.180339887498949, rel=1e-13)


@given(triples, triples, levels)
def test_with_wald_it_is_the_textbook_interval(first: Any, second: Any, level: float) -> None:
    z = scipy.stats.norm.ppf((1 + level) / 2)
    gap, error = difference(first, second), difference_standard_error(first, second)
    found = mover_interval(first, second, level, method="wald")
    assert found == pytest.approx((gap - z * error, gap + z * error), rel=0, abs=ROUNDING)


@given(triples, triples)
def test_with_wald_the_pvalue_is_that_of_the_normal_test(first: Any, second: Any) -> None:
    gap, error = float(difference(first, second)), float(difference_standard_error(first, second))
    if error > 0 and gap != 0:
        expected = 2 * scipy.stats.norm.sf(abs(gap) / error)
        assert mover_pvalue(first, second, method="wald") == pytest.approx(expected, rel=1e-9, abs=1e-300)


@given(triples, triples, levels)
def test_by_default_it_is_made_of_the_two_score_intervals(first: Any, second: Any, level: float) -> None:
    # STATISTICS.md, section 2, written out
    d1, d2 = ((x - y) / (x + m + y) for x, m, y in (first, second))
    (l1, u1), (l2, u2) = score_interval(*first, level), score_interval(*second, level)
    low = d1 - d2 - math.sqrt((d1 - l1) ** 2 + (u2 - d2) ** 2)
    high = d1 - d2 + math.sqrt((u1 - d1) ** 2 + (d2 - l2) ** 2)
    assert mover_interval(first, second, level) == pytest.approx((low, high), rel=0, abs=ROUNDING)


@given(methods, triples, triples)
def test_the_interval_at_the_level_of_the_pvalue_touches_zero(method: Any, first: Any, second: Any) -> None:
    pvalue = float(mover_pvalue(first, second, method=method))
    if 1e-9 < pvalue < 1 - 1e-9:
        low, high = mover_interval(first, second, 1 - pvalue, method=method)
        assert min(abs(low), abs(high)) == pytest.approx(0, abs=1e-6)


@given(methods, triples, triples, st.floats(-1.5, 1.5), levels)
def test_a_null_is_outside_the_interval_just_when_its_pvalue_is_small(
    method: Any, first: Any, second: Any, null: float, level: float
) -> None:
    low, high = mover_interval(first, second, level, method=method)
    pvalue = mover_pvalue(first, second, null=null, method=method)
    if min(abs(null - low), abs(null - high)) > 1e-9:
        assert (pvalue < 1 - level) == (not low <= null <= high)


@given(methods, triples, triples, levels)
def test_changing_places_changes_the_sign(method: Any, first: Any, second: Any, level: float) -> None:
    low, high = mover_interval(first, second, level, method=method)
    assert mover_interval(second, first, level, method=method) == (-high, -low)
    assert difference(second, first) == -difference(first, second)
    assert mover_pvalue(second, first, method=method) == mover_pvalue(first, second, method=method)


@given(methods, triples, triples, levels, levels)
def test_the_interval_of_a_difference_widens_with_the_level(
    method: Any, first: Any, second: Any, one: float, other: float
) -> None:
    (low, high), (wider_low, wider_high) = (
        mover_interval(first, second, level, method=method) for level in sorted((one, other))
    )
    assert wider_low <= low + ROUNDING
    assert low - ROUNDING <= difference(first, second) <= high + ROUNDING
    assert high <= wider_high + ROUNDING


@pytest.mark.parametrize("method", ["score", "adjusted-wald"])
@given(triples, triples, levels)
def test_the_interval_of_a_difference_stays_in_bounds(method: Any, first: Any, second: Any, level: float) -> None:
    low, high = mover_interval(first, second, level, method=method)
    assert -2 - ROUNDING <= low <= high <= 2 + ROUNDING


@given(methods, triples, st.integers(1, 5), st.integers(1, 5))
def test_groups_of_the_same_score_do_not_differ(method: Any, triple: Any, once: int, again: int) -> None:
    # The same shares, in groups of different sizes
    first, second = ([times * count for count in triple] for times in (once, again))
    assert mover_pvalue(first, second, method=method) == 1


@every_method
def test_a_difference_beyond_all_doubt_has_a_pvalue_of_zero(method: Any) -> None:
    assert mover_pvalue((10**6, 0, 1), (1, 0, 10**6), method=method) == 0


def test_what_differs_without_any_spread_differs_for_certain_in_the_textbook_only() -> None:
    assert mover_pvalue((3, 0, 0), (0, 0, 3), method="wald") == 0
    assert 0 < mover_pvalue((3, 0, 0), (0, 0, 3)) < 0.05 < 0.06 < mover_pvalue((1, 0, 0), (0, 0, 1))


@every_method
def test_a_pair_with_an_empty_side_has_no_difference_and_harms_no_other(method: Any) -> None:
    first, second = ([0, 9, 0, 9], [0, 2, 0, 2], [0, 1, 0, 1]), ([5, 0, 0, 5], [3, 0, 0, 3], [2, 0, 0, 2])
    low, high = mover_interval(first, second, method=method)
    pvalues = mover_pvalue(first, second, method=method)
    for values in (difference(first, second), low, high, pvalues):
        assert np.isnan(values).tolist() == [True, True, True, False]
    assert (low[3], high[3]) == mover_interval((9, 2, 1), (5, 3, 2), method=method)
    assert pvalues[3] == mover_pvalue((9, 2, 1), (5, 3, 2), method=method)


def test_several_nulls_are_tested_at_once() -> None:
    nulls = [-0.5, 0.0, 0.25]
    together = mover_pvalue((60, 20, 20), (50, 30, 20), null=nulls)
    assert together.tolist() == [mover_pvalue((60, 20, 20), (50, 30, 20), null=null) for null in nulls]


def test_an_interval_that_lies_beside_its_score_does_not_turn_back_at_low_levels() -> None:
    # Adjusted Wald's interval of 95/3/2 at 1 % lies wholly below 0.93: what is left of it does not count as a margin.
    assert interval(95, 3, 2, 0.01, method="adjusted-wald")[1] < 0.93
    highs = [float(mover_interval((95, 3, 2), (2, 3, 95), 0.01 * k, method="adjusted-wald")[1]) for k in range(1, 99)]
    assert highs[0] == pytest.approx(1.86)
    assert highs == sorted(highs)


@pytest.mark.parametrize("method", ["bootstrap", "bayes", "pooled"])
def test_a_difference_is_made_of_formulas_only(method: Any) -> None:
    for call in (mover_interval, mover_pvalue):
        with pytest.raises(InvalidInputError, match=r"^method must be one of 'score', 'wald', 'adjusted-wald', got"):
            call((6, 2, 2), (5, 3, 2), method=method)


def pmf(n: int, shares: tuple[float, float, float]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    outcomes = np.array([(x, m, n - x - m) for x in range(n + 1) for m in range(n + 1 - x)])
    return outcomes, scipy.stats.multinomial.pmf(outcomes, n, shares)


@pytest.mark.parametrize("sizes", [(10, 10), (10, 40)])
def test_small_groups_are_covered_where_the_textbook_fails(sizes: tuple[int, int]) -> None:
    realistic = [(0.85, 0.08, 0.07), (0.1, 0.08, 0.82), (0.4, 0.3, 0.3), (0.55, 0.2, 0.25)]
    least = {"score": 1.0, "wald": 1.0}
    for shares in itertools.product(realistic, repeat=2):
        (first, chance), (second, other_chance) = (pmf(n, share) for n, share in zip(sizes, shares, strict=True))
        true = (shares[0][0] - shares[0][2]) - (shares[1][0] - shares[1][2])
        for method in ("score", "wald"):
            low, high = mover_interval(tuple(first.T[:, :, None]), tuple(second.T[:, None, :]), method=method)
            covered = float((chance[:, None] * other_chance)[(low <= true) & (true <= high)].sum())
            least[method] = min(least[method], covered)
    assert least["score"] >= 0.933  # STATISTICS.md, section 2
    assert least["wald"] < 0.88  # .830 at 10/40 somewhere, ibidem
