"""The score test of one score, against likelihoods maximised by search, and the test that several scores are equal."""

import math
from typing import Any

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats.differences import DIFFERENCE_METHODS
from nps_core.stats.equality import (
    correlated_equality_statistic,
    equality_pvalue,
    equality_statistic,
    one_sample_pvalue,
    restricted_variance,
    score_statistic,
)
from nps_core.stats.intervals import CLOSED_FORMS, estimate, score_interval, standard_error
from nps_core.stats.normal import ALTERNATIVES, quantile, reach
from nps_core.stats.student import stretched

counts = st.integers(0, 200)
triples = st.tuples(counts, counts, counts).filter(any)
some_groups = st.lists(triples, min_size=1, max_size=6)
scores = st.floats(-0.999, 0.999)
methods = st.sampled_from(DIFFERENCE_METHODS)
every_method = pytest.mark.parametrize("method", DIFFERENCE_METHODS)


def variance_by_search(x: float, m: float, y: float, delta: float) -> float:
    """The variance of one answer where the multinomial likelihood is largest among shares with p - q = delta."""

    def unlikely(q: float) -> float:
        pairs = ((x, q + delta), (m, 1 - delta - 2 * q), (y, q))
        return -math.fsum(count * math.log(max(share, 1e-300)) for count, share in pairs if count)

    bounds = (max(0.0, -delta), (1 - delta) / 2)
    found = scipy.optimize.minimize_scalar(unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-12})
    return float(2 * min([found.x, *bounds], key=unlikely) + delta - delta**2)


@given(triples, scores)
def test_the_variance_is_that_of_the_likeliest_shares_of_that_score(triple: Any, delta: float) -> None:
    assert restricted_variance(*triple, delta) == pytest.approx(variance_by_search(*triple, delta), rel=1e-5, abs=1e-6)


@given(triples, scores)
def test_the_likeliest_shares_solve_the_quadratic_of_tango(triple: Any, delta: float) -> None:
    x, m, y = triple
    n = x + m + y
    roots = np.roots([2 * n, -x - y + (2 * n - x + y) * delta, -y * delta * (1 - delta)])
    inside = np.clip(max(roots.real), max(0.0, -delta), (1 - delta) / 2)
    assert restricted_variance(*triple, delta) == pytest.approx(2 * inside + delta - delta**2, rel=1e-7, abs=1e-9)


@given(triples)
def test_at_the_score_itself_it_is_the_plain_variance(triple: Any) -> None:
    d, v = estimate(*triple)
    assert restricted_variance(*triple, d) == pytest.approx(v, rel=1e-9, abs=1e-15)


@given(triples, scores)
def test_promoters_and_detractors_may_change_places(triple: Any, delta: float) -> None:
    assert restricted_variance(*triple[::-1], -delta) == restricted_variance(*triple, delta)
    assert score_statistic(*triple[::-1], -delta) == pytest.approx(-score_statistic(*triple, delta), rel=1e-12)


@given(triples, scores, st.sampled_from([1e-100, 1e-12, 1e12, 1e100]))
def test_the_variance_of_one_answer_does_not_depend_on_how_many_there_are(
    triple: Any, delta: float, times: float
) -> None:
    many = [times * count for count in triple]
    assert restricted_variance(*many, delta) == pytest.approx(restricted_variance(*triple, delta), rel=1e-9)


@pytest.mark.parametrize("delta", [-1.0, 1.0])
@given(triples)
def test_one_answer_cannot_vary_at_the_ends_of_the_scale(delta: float, triple: Any) -> None:
    assert restricted_variance(*triple, delta) == 0


@given(triples, st.floats(0.3, 0.9999))
def test_at_its_limits_the_score_interval_rejects_just_so(triple: Any, level: float) -> None:
    low, high = score_interval(*triple, level)
    z = quantile(level)
    if low > -1:
        assert score_statistic(*triple, low) == pytest.approx(z, rel=1e-6)
    if high < 1:
        assert score_statistic(*triple, high) == pytest.approx(-z, rel=1e-6)


@given(triples)
def test_at_zero_it_is_mcnemars(triple: Any) -> None:
    x, _, y = triple
    expected = (x - y) / math.sqrt(x + y) if x + y else 0.0
    assert score_statistic(*triple, 0) == pytest.approx(expected, rel=1e-13)


@given(triples, scores, scores)
def test_a_higher_score_under_the_null_speaks_less_for_a_higher_one(triple: Any, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert score_statistic(*triple, high) <= score_statistic(*triple, low) + 1e-9


def test_what_the_answers_rule_out_is_infinitely_far() -> None:
    found = score_statistic([5, 5, 0, 0, 1], [0, 0, 5, 0, 0], [0, 0, 0, 5, 1], [1, -1, 0, -1, 1])
    assert found.tolist() == [0, math.inf, 0, 0, -math.inf]


def test_without_an_answer_there_is_neither_variance_nor_statistic() -> None:
    counts = [0, 5], [0, 3], [0, 2]
    for function in (restricted_variance, score_statistic):
        found = function(*counts, 0.1)
        assert np.isnan(found).tolist() == [True, False]
        assert found[1] == function(5, 3, 2, 0.1)


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@given(methods, triples, scores, st.floats(2, 1e3) | st.none(), st.floats(0.55, 0.999))
def test_a_score_is_outside_the_interval_just_when_its_pvalue_is_small(
    alternative: Any, method: Any, triple: Any, null: float, df: float | None, level: float
) -> None:
    freedom: Any = None if df is None else (df, sum(triple))
    low, high = CLOSED_FORMS[method](*map(np.float64, triple), stretched(reach(level, alternative), freedom))
    inside = (alternative == "less" or low <= null) and (alternative == "greater" or null <= high)
    if min(abs(null - low), abs(null - high)) > 1e-7:
        pvalue = one_sample_pvalue(triple, null, method=method, alternative=alternative, freedom=freedom)
        assert (pvalue < 1 - level) == (not inside)


@given(triples)
def test_at_zero_the_pvalue_is_mcnemars(triple: Any) -> None:
    x, _, y = triple
    expected = 2 * scipy.stats.norm.sf(abs(x - y) / math.sqrt(x + y)) if x + y else 1.0
    assert one_sample_pvalue(triple, 0) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@given(triples, scores, st.floats(1, 1e3))
def test_with_wald_the_pvalue_is_that_of_the_normal_or_of_student(triple: Any, null: float, df: float) -> None:
    error = float(standard_error(*triple))
    if error > 0:
        z = (float(estimate(*triple)[0]) - null) / error
        expected = 2 * scipy.stats.norm.sf(abs(z))
        assert one_sample_pvalue(triple, null, method="wald") == pytest.approx(expected, rel=1e-8, abs=1e-300)
        if abs(z) < 30:
            expected = 2 * scipy.stats.t.sf(abs(z), df)
            found = one_sample_pvalue(triple, null, method="wald", freedom=(df, math.inf))
            assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("df", [1, 2, 3, 5, 10, 100])
def test_with_few_degrees_of_freedom_hardly_any_score_is_beyond_all_doubt(df: float) -> None:
    triple = (6 * 10**5, 2 * 10**5, 2 * 10**5)
    expected = 2 * scipy.stats.t.sf((0.4 - 0.3) / standard_error(*triple), df)
    for method in DIFFERENCE_METHODS:
        found = one_sample_pvalue(triple, 0.3, method=method, freedom=(df, math.inf))
        assert found == pytest.approx(expected, rel=0.5)


@given(methods, triples, scores)
def test_the_pvalues_of_the_two_sides_add_up_to_one(method: Any, triple: Any, null: float) -> None:
    greater, less, both = (
        float(one_sample_pvalue(triple, null, method=method, alternative=alternative))
        for alternative in ("greater", "less", "two-sided")
    )
    assert greater + less == pytest.approx(1, abs=1e-15)
    assert 2 * min(greater, less) == pytest.approx(both, rel=1e-14)


@every_method
def test_infinite_degrees_of_freedom_change_no_pvalue_and_none_at_all_leave_all_open(method: Any) -> None:
    plain = one_sample_pvalue((6, 3, 2), 0.1, method=method)
    infinite = one_sample_pvalue((6, 3, 2), 0.1, method=method, freedom=(math.inf, math.inf))
    assert infinite == pytest.approx(plain, rel=1e-12)
    assert one_sample_pvalue((6, 3, 2), 0.1, method=method, freedom=(0, 11)) == pytest.approx(1, abs=1e-6)


@every_method
@pytest.mark.parametrize("freedom", [None, (5, 10)])
def test_scores_without_an_answer_have_no_pvalue(method: Any, freedom: Any) -> None:
    counts: Any = ([5, 0, 2], [3, 0, 2], [2, 0, 2])
    found = one_sample_pvalue(counts, [0.3, 0.3, 0.1], method=method, freedom=freedom)
    assert np.isnan(found).tolist() == [False, True, False]
    assert found[2] == pytest.approx(one_sample_pvalue((2, 2, 2), 0.1, method=method, freedom=freedom), rel=1e-12)


def chi_squared(groups: Any, common: float) -> float:
    """Q, with every variance found by search."""
    return math.fsum(
        sum(group) * float(estimate(*group)[0] - common) ** 2 / variance_by_search(*group, common) for group in groups
    )


@given(st.lists(st.tuples(*[st.integers(1, 60)] * 3), min_size=2, max_size=5))
def test_the_distance_of_many_groups_from_their_common_score_is_that_of_its_formula(groups: Any) -> None:
    statistic, common = equality_statistic(*zip(*groups, strict=True))
    weights = [sum(group) / variance_by_search(*group, common) for group in groups]
    mean = sum(w * float(estimate(*group)[0]) for w, group in zip(weights, groups, strict=True)) / sum(weights)
    assert common == pytest.approx(mean, abs=1e-6)
    assert statistic == pytest.approx(chi_squared(groups, common), rel=1e-5, abs=1e-9)


@given(some_groups)
def test_the_common_score_lies_among_the_scores(groups: Any) -> None:
    statistic, common = equality_statistic(*zip(*groups, strict=True))
    values = estimate(*zip(*groups, strict=True))[0]
    assert values.min() - 1e-15 <= common <= values.max() + 1e-15
    assert 0 <= statistic < math.inf


@given(some_groups, st.randoms(use_true_random=False))
def test_groups_have_no_order_and_empty_ones_do_not_count(groups: Any, random: Any) -> None:
    expected = equality_statistic(*zip(*groups, strict=True))
    shuffled = random.sample([*groups, (0, 0, 0)], len(groups) + 1)
    assert equality_statistic(*zip(*shuffled, strict=True)) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(some_groups)
def test_it_mirrors_when_promoters_and_detractors_change_places(groups: Any) -> None:
    statistic, common = equality_statistic(*zip(*groups, strict=True))
    x, m, y = zip(*groups, strict=True)
    assert equality_statistic(y, m, x) == pytest.approx((statistic, -common), rel=1e-9, abs=1e-12)


@given(triples, st.integers(1, 6), st.integers(1, 10))
def test_groups_of_one_score_are_equal_beyond_doubt(triple: Any, k: int, times: int) -> None:
    groups = [[times**power * count for power in range(k)] for count in triple]
    statistic, common = equality_statistic(*groups)
    assert common == pytest.approx(float(estimate(*triple)[0]), rel=1e-12, abs=1e-15)
    assert statistic == pytest.approx(0, abs=1e-9)
    assert equality_pvalue(statistic, k) == pytest.approx(1, abs=1e-4)


def test_the_smallest_groups_that_contradict_each_other_are_two_answers_apart() -> None:
    assert equality_statistic([1, 0], [0, 0], [0, 1]) == (2, 0)
    assert equality_pvalue(2, 2) == pytest.approx(scipy.stats.chi2.sf(2, 1), rel=1e-12)


@pytest.mark.parametrize("n", [10, 10**6, 10**12])
@pytest.mark.parametrize("row", range(3))
def test_groups_that_all_agree_are_equal_however_large(n: int, row: int) -> None:
    groups = np.zeros((3, 2))
    groups[row] = n
    assert equality_statistic(*groups) == (0, [1, 0, -1][row])


@pytest.mark.parametrize("n", [10, 10**6, 10**12])
def test_groups_of_nothing_but_opposites_are_as_far_apart_as_they_are_large(n: int) -> None:
    assert equality_statistic([n, 0], [0, 0], [0, n]) == (2 * n, 0)


def test_no_answers_leave_the_question_open_and_one_group_settles_it() -> None:
    for nothing in ([], [0, 0]):
        assert np.isnan(equality_statistic(nothing, nothing, nothing)).all()
    assert equality_statistic([5], [3], [2]) == (0, 0.3)
    assert equality_pvalue(0, 1) == equality_pvalue(math.nan, 0) == 1


@given(st.floats(0, 100), st.integers(2, 30))
def test_the_pvalue_is_the_tail_of_chi_squared(statistic: float, k: int) -> None:
    assert equality_pvalue(statistic, k) == pytest.approx(scipy.stats.chi2.sf(statistic, k - 1), rel=1e-10)


@given(triples, triples)
def test_of_two_groups_it_rejects_like_a_test_of_their_difference(one: Any, other: Any) -> None:
    statistic, common = equality_statistic(*zip(one, other, strict=True))
    error2 = sum(restricted_variance(*group, common) / sum(group) for group in (one, other))
    gap = float(estimate(*one)[0] - estimate(*other)[0])
    if error2 > 1e-9:
        assert statistic == pytest.approx(gap**2 / float(error2), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("sizes", "shares"),
    [
        ([10] * 5, [(0.5, 0.3, 0.2), (0.4, 0.5, 0.1)]),
        ([8, 15, 40, 100], [(0.85, 0.1, 0.05)]),
        ([20, 20, 200], [(0.9, 0.05, 0.05), (0.86, 0.13, 0.01)]),
    ],
)
def test_of_equal_scores_about_one_in_twenty_is_held_for_unequal(sizes: Any, shares: Any) -> None:
    rng, n_samples = np.random.default_rng(8), 200
    drawn = [rng.multinomial(n, shares[k % len(shares)], n_samples) for k, n in enumerate(sizes)]
    limit = scipy.stats.chi2.isf(0.05, len(sizes) - 1)
    rejected = np.mean([equality_statistic(*groups.T)[0] > limit for groups in np.stack(drawn, axis=1)])
    assert 0.015 <= rejected <= 0.095


def test_correlations_that_say_nothing_leave_the_common_score_as_it_was() -> None:
    counts = [6, 5], [2, 2], [2, 3]
    assert correlated_equality_statistic(*counts, np.zeros((2, 2))) == (0, equality_statistic(*counts)[1])


def test_without_correlation_the_statistic_is_that_of_independent_groups() -> None:
    counts = [6, 5, 9], [2, 2, 1], [2, 3, 0]
    plain, correlated = equality_statistic(*counts), correlated_equality_statistic(*counts, np.eye(3))
    assert correlated == pytest.approx(plain, rel=1e-6)
