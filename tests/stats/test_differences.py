"""Differences of two groups, independent or not: the interval, its p-value, and what ties the two together."""

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
    overlap_correlation,
    pair_covariance,
    panel_correlation,
    standardized_interval,
)
from nps_core.stats.intervals import estimate, interval, score_interval, standard_error

count = st.integers(0, 60)
triples = st.tuples(count, count, count).filter(any)
levels = st.floats(0.05, 0.999)
methods = st.sampled_from(DIFFERENCE_METHODS)
every_method = pytest.mark.parametrize("method", DIFFERENCE_METHODS)
one_sided = pytest.mark.parametrize("alternative", ["greater", "less"])
tables = st.lists(st.integers(0, 12), min_size=9, max_size=9).filter(any).map(lambda cells: np.reshape(cells, (3, 3)))
few = st.floats(2, 200)
CODING = np.array([1, 0, -1])
ROUNDING = 1e-12


def sides(table: Any) -> Any:
    """The answers of everybody in a panel, before and after."""
    return tuple(table.sum(axis=1)), tuple(table.sum(axis=0))


def people(table: Any) -> Any:
    """One row per person: how the person answered before and after, each coded 1, 0 or -1."""
    return np.repeat([(a, b) for a in CODING for b in CODING], np.ravel(table), axis=0)


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
    # Zou and Donner 2008, written out
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
    assert least["score"] >= 0.933  # by exact enumeration, from 10/10 to 100/100
    assert least["wald"] < 0.88  # down to .830 at 10/40


@given(tables)
def test_the_correlation_of_a_panel_is_that_of_its_people_and_two_more_spread_evenly(table: Any) -> None:
    expected = np.corrcoef(people(9 * table + 2), rowvar=False)[0, 1]  # nine times as many do not change it
    assert panel_correlation(table) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(tables, st.integers(0, 50), st.integers(0, 50))
def test_the_covariance_of_two_scores_is_the_sum_over_who_is_in_both(table: Any, more: int, others: int) -> None:
    before, after = people(table).T
    n1, n2 = len(before) + more, len(before) + others
    expected = float(((before - before.mean()) * (after - after.mean())).sum()) / (n1 * n2)
    assert pair_covariance(table, n1, n2) == pytest.approx(expected, rel=1e-9, abs=1e-15)


@given(tables, st.integers(0, 50), st.integers(0, 50))
def test_the_correlation_of_overlapping_samples_is_covariance_over_standard_errors(
    table: Any, more: int, others: int
) -> None:
    n = table.sum()
    n1, n2 = n + more, n + others
    (before, after), shared = people(9 * table + 2).T, n / (n1 * n2)
    covariance = shared * np.cov(before, after, ddof=0)[0, 1]
    expected = covariance / math.sqrt(before.var() / n1 * after.var() / n2)
    assert overlap_correlation(table, n1, n2) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert overlap_correlation(table, n, n) == pytest.approx(panel_correlation(table), rel=1e-15)


@given(tables, st.randoms(use_true_random=False))
def test_a_correlation_does_not_depend_on_what_comes_first_or_how_people_are_counted(table: Any, random: Any) -> None:
    r = panel_correlation(table)
    assert -1 <= r <= 1
    assert panel_correlation(table.T) == pytest.approx(r, rel=1e-12, abs=1e-15)
    assert panel_correlation(table[::-1]) == pytest.approx(-r, rel=1e-12, abs=1e-15)
    together = panel_correlation(np.stack([table, 2 * table]))
    assert together.tolist() == [r, panel_correlation(2 * table)]


def test_nobody_in_both_samples_leaves_them_independent() -> None:
    nobody = np.zeros((2, 3, 3))
    assert panel_correlation(nobody) == pytest.approx(np.zeros(2), abs=1e-16)
    assert overlap_correlation(nobody, [5, 7], 9).tolist() == pair_covariance(nobody, [5, 7], 9).tolist() == [0, 0]


@pytest.mark.parametrize("n", [1, 100, 10**12])
def test_a_panel_that_never_changes_its_mind_is_correlated_the_more_the_larger_it_is(n: int) -> None:
    stay, change = np.diag([n, n, n]), np.diag([n, n, n])[::-1]
    assert panel_correlation(stay) == pytest.approx(3 * n / (3 * n + 2), rel=1e-12)
    assert panel_correlation(change) == pytest.approx(-3 * n / (3 * n + 2), rel=1e-12)


@given(methods, triples, triples, levels)
def test_without_correlation_the_groups_are_independent(method: Any, first: Any, second: Any, level: float) -> None:
    plain = mover_interval(first, second, level, method=method)
    assert mover_interval(first, second, level, method=method, correlation=0.0) == plain
    nearly = mover_interval(first, second, level, method=method, correlation=1e-15)
    assert nearly == pytest.approx(plain, rel=0, abs=1e-12)
    expected = mover_pvalue(first, second, method=method)
    assert mover_pvalue(first, second, method=method, correlation=0.0) == expected


@given(tables.filter(lambda table: all((standard_error(*side) > 0) for side in sides(table))), levels)
def test_with_wald_a_panel_has_the_textbook_interval_of_pairs(table: Any, level: float) -> None:
    before, after = people(table).T
    gaps, n = before - after, len(before)
    r = float(pair_covariance(table, n, n) / (standard_error(*sides(table)[0]) * standard_error(*sides(table)[1])))
    margin = scipy.stats.norm.ppf((1 + level) / 2) * gaps.std() / math.sqrt(n)
    found = mover_interval(*sides(table), level, method="wald", correlation=r)
    assert found == pytest.approx((gaps.mean() - margin, gaps.mean() + margin), rel=0, abs=1e-7)


@given(tables, levels)
def test_by_default_correlation_takes_off_what_both_sides_share(table: Any, level: float) -> None:
    # Zou 2007, written out
    first, second = sides(table)
    (d1, _), (d2, _), r = estimate(*first), estimate(*second), panel_correlation(table)
    (l1, u1), (l2, u2) = score_interval(*first, level), score_interval(*second, level)
    low = d1 - d2 - math.sqrt((d1 - l1) ** 2 + (u2 - d2) ** 2 - 2 * r * (d1 - l1) * (u2 - d2))
    high = d1 - d2 + math.sqrt((u1 - d1) ** 2 + (d2 - l2) ** 2 - 2 * r * (u1 - d1) * (d2 - l2))
    assert mover_interval(first, second, level, correlation=r) == pytest.approx((low, high), rel=0, abs=1e-12)


@given(methods, triples, triples, st.floats(0, 0.9), st.floats(0, 0.1), levels)
def test_the_more_correlated_the_narrower(
    method: Any, first: Any, second: Any, r: float, more: float, level: float
) -> None:
    low, high = mover_interval(first, second, level, method=method, correlation=r)
    narrow_low, narrow_high = mover_interval(first, second, level, method=method, correlation=r + more)
    assert low <= narrow_low + ROUNDING
    assert narrow_high <= high + ROUNDING


@given(st.sampled_from([1.0, -1.0]), methods, triples, triples, levels)
def test_a_perfect_correlation_leaves_a_whole_interval(
    r: float, method: Any, first: Any, second: Any, level: float
) -> None:
    low, high = mover_interval(first, second, level, method=method, correlation=r)
    assert low - ROUNDING <= difference(first, second) <= high + ROUNDING
    assert 0 <= mover_pvalue(first, second, method=method, correlation=r) <= 1


@given(methods, tables, st.floats(-1.5, 1.5), levels)
def test_in_a_panel_too_a_null_is_outside_the_interval_just_when_its_pvalue_is_small(
    method: Any, table: Any, null: float, level: float
) -> None:
    r = panel_correlation(table)
    low, high = mover_interval(*sides(table), level, method=method, correlation=r)
    pvalue = mover_pvalue(*sides(table), null=null, method=method, correlation=r)
    if min(abs(null - low), abs(null - high)) > 1e-9:
        assert (pvalue < 1 - level) == (not low <= null <= high)


@given(methods, triples, triples, few, few, st.floats(-1.5, 1.5), st.floats(0.05, 0.99))
def test_with_few_degrees_of_freedom_too(
    method: Any, first: Any, second: Any, df: float, other: float, null: float, level: float
) -> None:
    freedoms: Any = ((df, sum(first)), (other, sum(second)))
    low, high = mover_interval(first, second, level, method=method, freedoms=freedoms)
    pvalue = mover_pvalue(first, second, null=null, method=method, freedoms=freedoms)
    if min(abs(null - low), abs(null - high)) > 1e-7:
        assert (pvalue < 1 - level) == (not low <= null <= high)


@given(st.sampled_from(["greater", "less"]), methods, tables, few, st.floats(-1.5, 1.5), st.floats(0.55, 0.99))
def test_a_one_sided_claim_goes_with_its_one_sided_limit(
    alternative: Any, method: Any, table: Any, df: float, null: float, level: float
) -> None:
    options: Any = {
        "method": method,
        "alternative": alternative,
        "correlation": panel_correlation(table),
        "freedoms": ((df, table.sum()), (df, table.sum())),
    }
    low, high = mover_interval(*sides(table), level, **options)
    pvalue = mover_pvalue(*sides(table), null=null, **options)
    limit = low if alternative == "greater" else high
    if abs(null - limit) > 1e-7:
        assert (pvalue < 1 - level) == (limit > null if alternative == "greater" else limit < null)


@given(methods, triples, triples, st.floats(-1.9, 1.9))
def test_the_pvalues_of_the_two_sides_add_up_to_one_and_the_smaller_is_half_of_that_of_both(
    method: Any, first: Any, second: Any, null: float
) -> None:
    greater, less, both = (
        float(mover_pvalue(first, second, null=null, method=method, alternative=alternative))
        for alternative in ("greater", "less", "two-sided")
    )
    assert greater + less == pytest.approx(1, abs=1e-15)
    assert 2 * min(greater, less) == pytest.approx(both, rel=1e-14)
    if both < 1:
        assert (greater < less) == (difference(first, second) > null)


@given(methods, triples, triples, st.floats(0.55, 0.999))
def test_one_sided_limits_are_those_of_two_sides_with_twice_the_error(
    method: Any, first: Any, second: Any, level: float
) -> None:
    low, high = mover_interval(first, second, 2 * level - 1, method=method)
    greater = mover_interval(first, second, level, method=method, alternative="greater")
    less = mover_interval(first, second, level, method=method, alternative="less")
    assert greater == (pytest.approx(low, rel=0, abs=1e-9), 2)
    assert less == (-2, pytest.approx(high, rel=0, abs=1e-9))


@one_sided
def test_a_pair_with_an_empty_side_has_no_one_sided_limit_either(alternative: Any) -> None:
    first, second = ([0, 9], [0, 2], [0, 1]), ([5, 5], [3, 3], [2, 2])
    low, high = mover_interval(first, second, alternative=alternative)
    assert np.isnan([low[0], high[0]]).all()
    assert np.isfinite([low[1], high[1]]).all()
    pvalue = mover_pvalue(first, second, alternative=alternative)
    assert np.isnan(pvalue).tolist() == [True, False]


@one_sided
def test_a_one_sided_level_of_a_half_or_less_is_refused(alternative: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"above 0\.5"):
        mover_interval((6, 2, 2), (5, 3, 2), 0.5, alternative=alternative)


def test_an_alternative_that_does_not_exist_is_refused() -> None:
    for call in (mover_interval, mover_pvalue):
        with pytest.raises(InvalidInputError, match=r"^alternative must be one of"):
            call((6, 2, 2), (5, 3, 2), alternative="larger")


@given(methods, triples, triples, levels)
def test_infinite_degrees_of_freedom_change_nothing(method: Any, first: Any, second: Any, level: float) -> None:
    infinite: Any = (math.inf, math.inf)
    plain = mover_interval(first, second, level, method=method)
    pvalue = mover_pvalue(first, second, method=method)
    for freedoms in ((infinite, infinite), (None, infinite), (infinite, None)):
        assert mover_interval(first, second, level, method=method, freedoms=freedoms) == plain
    assert mover_pvalue(first, second, method=method, freedoms=(infinite, infinite)) == pvalue


@given(triples, triples, few, st.floats(0.05, 0.99))
def test_with_wald_and_few_degrees_of_freedom_it_is_students_t(
    first: Any, second: Any, df: float, level: float
) -> None:
    freedoms: Any = ((df, math.inf), (df, math.inf))
    gap, error = float(difference(first, second)), float(difference_standard_error(first, second))
    margin = scipy.stats.t.ppf((1 + level) / 2, df) * error
    found = mover_interval(first, second, level, method="wald", freedoms=freedoms)
    assert found == pytest.approx((gap - margin, gap + margin), rel=1e-9, abs=1e-12)
    if error > 0 and gap != 0:
        expected = 2 * scipy.stats.t.sf(abs(gap) / error, df)
        pvalue = mover_pvalue(first, second, method="wald", freedoms=freedoms)
        assert pvalue == pytest.approx(expected, rel=1e-7, abs=1e-200)


@given(methods, triples, triples, few, st.floats(-0.9, 0.9), st.floats(0.05, 0.99))
def test_changing_places_changes_the_sign_whatever_the_sides_are(
    method: Any, first: Any, second: Any, df: float, r: float, level: float
) -> None:
    one: Any = (df, sum(first))
    low, high = mover_interval(first, second, level, method=method, correlation=r, freedoms=(one, None))
    swapped = mover_interval(second, first, level, method=method, correlation=r, freedoms=(None, one))
    assert swapped == (-high, -low)
    greater = mover_pvalue(first, second, method=method, correlation=r, freedoms=(one, None), alternative="greater")
    less = mover_pvalue(second, first, method=method, correlation=r, freedoms=(None, one), alternative="less")
    assert less == greater


@every_method
def test_pairs_of_different_correlation_and_freedom_are_compared_at_once(method: Any) -> None:
    first, second = ([60, 6, 5], [20, 2, 1], [20, 2, 0]), ([50, 5, 0], [30, 3, 2], [20, 2, 4])
    correlations, df = [0.4, 0.0, -0.3], [7.0, math.inf, 3.0]
    freedoms: Any = ((df, [100, 10, 6]), (df[::-1], [100, 10, 6]))
    low, high = mover_interval(first, second, method=method, correlation=correlations, freedoms=freedoms)
    pvalues = mover_pvalue(first, second, method=method, correlation=correlations, freedoms=freedoms)
    for k, r in enumerate(correlations):
        one, two = tuple(side[k] for side in first), tuple(side[k] for side in second)
        alone: Any = {
            "method": method,
            "correlation": r,
            "freedoms": ((df[k], sum(one)), (df[::-1][k], [100, 10, 6][k])),
        }
        assert mover_interval(one, two, **alone) == (
            pytest.approx(low[k], rel=1e-14),
            pytest.approx(high[k], rel=1e-14),
        )
        assert mover_pvalue(one, two, **alone) == pytest.approx(pvalues[k], rel=1e-12)


@given(st.sampled_from(["score", "adjusted-wald"]), triples, triples, st.floats(0.05, 0.999))
def test_without_a_degree_of_freedom_nothing_is_ruled_out(method: Any, first: Any, second: Any, level: float) -> None:
    freedoms: Any = ((0, sum(first)), (-1, sum(second)))
    assert mover_interval(first, second, level, method=method, freedoms=freedoms) == (-2, 2)
    assert mover_pvalue(first, second, method=method, freedoms=freedoms) == 1


@every_method
@pytest.mark.parametrize("df", [1, 2, 3, 5, 10, 100])
def test_with_few_degrees_of_freedom_hardly_any_difference_is_beyond_all_doubt(method: Any, df: float) -> None:
    # The normal test of this difference is at 89 standard errors.
    first, second = (6 * 10**5, 2 * 10**5, 2 * 10**5), (5 * 10**5, 3 * 10**5, 2 * 10**5)
    freedoms: Any = ((df, math.inf), (df, math.inf))
    expected = 2 * scipy.stats.t.sf(difference(first, second) / difference_standard_error(first, second), df)
    found = mover_pvalue(first, second, method=method, freedoms=freedoms)
    assert found == pytest.approx(expected, rel=0.25)


TABLES = np.array(
    [[[9, 1, 2], [0, 4, 1], [3, 0, 5]], [[1, 0, 0], [0, 0, 0], [0, 0, 1]], [[0, 2, 7], [1, 1, 1], [6, 0, 0]]]
)


def test_each_table_of_pairs_is_taken_by_itself() -> None:
    first, second = np.array([40, 10, 30]), np.array([35, 12, 31])
    for each in (overlap_correlation, pair_covariance):
        alone = [float(each(table, n, m)) for table, n, m in zip(TABLES, first, second, strict=True)]
        assert each(TABLES, first, second).tolist() == pytest.approx(alone, rel=1e-12)
    assert overlap_correlation(TABLES, first, second)[0] == pytest.approx(
        panel_correlation(TABLES[0]) * TABLES[0].sum() / math.sqrt(40 * 35), rel=1e-12
    )


def test_the_covariance_of_pairs_is_that_of_the_people() -> None:
    for table in TABLES:
        people = [(a, b) for a in range(3) for b in range(3) for _ in range(table[a, b])]
        answers = np.array([[1 - a, 1 - b] for a, b in people], float)
        expected = np.cov(answers.T, bias=True)[0, 1] * len(people) / (50 * 60)
        assert float(pair_covariance(table, 50, 60)) == pytest.approx(expected, abs=1e-15)


def test_nobody_in_common_is_no_covariance() -> None:
    assert float(pair_covariance(np.zeros((3, 3)), 10, 12)) == 0
    with np.errstate(all="raise"):
        assert pair_covariance(np.array([np.zeros((3, 3)), TABLES[0]]), 10, 12)[0] == 0


def test_a_standardized_interval_is_a_score_interval_of_95_percent_unless_told_otherwise() -> None:
    counts = np.array([30, 10]), np.array([10, 10]), np.array([5, 20])
    usual = standardized_interval(counts, [0.4, 0.6])
    assert usual == standardized_interval(counts, [0.4, 0.6], 0.95, method="score")
    assert usual != standardized_interval(counts, [0.4, 0.6], 0.9)
    with pytest.raises(InvalidInputError, match=r"^method must be one of .*, got 'x'"):
        standardized_interval(counts, [0.4, 0.6], method="x")  # type: ignore[arg-type]


@pytest.mark.parametrize("freedoms", [((0.0, 20.0), None), (None, (0.0, 20.0)), ((0.0, 20.0), (5.0, 20.0))])
def test_of_a_side_whose_spread_is_unknown_no_difference_is_told(freedoms: Any) -> None:
    first, second = (18, 1, 1), (1, 1, 18)
    assert float(mover_pvalue(first, second, freedoms=freedoms)) == 1
    assert [*map(float, mover_interval(first, second, freedoms=freedoms))] == [-2, 2]


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("freedoms", [((4.0, 20.0), None), (None, (4.0, 20.0))])
def test_one_side_alone_may_have_few_degrees_of_freedom(level: float, freedoms: Any) -> None:
    first, second = (12, 4, 4), (6, 6, 8)
    low, high = mover_interval(first, second, level, freedoms=freedoms)
    for limit in (float(low), float(high)):
        assert float(mover_pvalue(first, second, null=limit, freedoms=freedoms)) == pytest.approx(1 - level, rel=1e-6)


def test_an_interval_is_a_score_interval_unless_told_otherwise() -> None:
    assert interval(30, 5, 5) == interval(30, 5, 5, method="score")
    assert interval(30, 5, 5) == score_interval(30, 5, 5)
