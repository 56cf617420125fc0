"""Scores drawn towards the mean of all: against the paper written out, and in samples whose truth is known."""

import math
from typing import Any

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError
from nps_core.stats.intervals import estimate
from nps_core.stats.shrinkage import between_variance, empirical_bayes, group_variances

count = st.integers(0, 60)
groups = st.lists(st.tuples(count, count, count).filter(any), min_size=4, max_size=12).filter(
    lambda groups: sum(sum(column) > 0 for column in zip(*groups, strict=True)) > 1
)
scores = st.lists(st.tuples(st.floats(-1, 1), st.floats(1e-4, 0.5)), min_size=4, max_size=12)
levels = st.floats(0.05, 0.999)


def excess(tau2: float, d: Any, s2: Any) -> float:
    weights = [1 / (v + tau2) for v in s2]
    mean = math.fsum(w * x for w, x in zip(weights, d, strict=True)) / math.fsum(weights)
    return math.fsum(w * (x - mean) ** 2 for w, x in zip(weights, d, strict=True)) - (len(d) - 1)


def paule_mandel(d: Any, s2: Any) -> float:
    if excess(0.0, d, s2) <= 0:
        return 0.0
    return float(scipy.optimize.brentq(excess, 0, 4, args=(d, s2), xtol=1e-15, rtol=1e-14))


def morris(d: Any, s2: Any, level: float) -> Any:
    """Estimates and standard errors of Morris (1983), section 5, one group at a time, in his symbols."""
    k, a, z = len(d), paule_mandel(d, s2), scipy.stats.norm.ppf((1 + level) / 2)
    w = [1 / (v + a) for v in s2]
    mean = math.fsum(wi * y for wi, y in zip(w, d, strict=True)) / math.fsum(w)
    v_bar = math.fsum(wi * v for wi, v in zip(w, s2, strict=True)) / math.fsum(w)
    shrunken, low, high = [], [], []
    for y, v, wi in zip(d, s2, w, strict=True):
        b = (k - 3) / (k - 1) * v / (v + a)
        estimate = (1 - b) * y + b * mean
        v_i = 2 / (k - 3) * b**2 * (v_bar + a) / (v + a)
        squared = v * (1 - (1 - wi / math.fsum(w)) * b) + v_i * (y - mean) ** 2
        shrunken.append(estimate)
        low.append(max(-1.0, estimate - z * math.sqrt(squared)))
        high.append(min(1.0, estimate + z * math.sqrt(squared)))
    return shrunken, low, high


@given(groups)
def test_variances_are_those_of_three_more_answers_spread_as_those_of_all(groups: Any) -> None:
    everybody = [sum(column) for column in zip(*groups, strict=True)]
    found = group_variances(*zip(*groups, strict=True))
    for group, variance in zip(groups, found.tolist(), strict=True):
        more = [own + 3 * all_ / sum(everybody) for own, all_ in zip(group, everybody, strict=True)]
        p, _, q = (share / sum(more) for share in more)
        assert variance == pytest.approx((p + q - (p - q) ** 2) / sum(group), rel=1e-9)
        assert variance > 0


def test_a_group_without_an_answer_has_no_variance_and_harms_no_other() -> None:
    found = group_variances([5, 0, 2], [1, 0, 1], [1, 0, 3])
    assert np.isnan(found).tolist() == [False, True, False]
    assert found[[0, 2]].tolist() == group_variances([5, 2], [1, 1], [1, 3]).tolist()


@pytest.mark.parametrize("times", [1e-6, 1e6, 1e12])
def test_variances_of_very_few_or_very_many_answers_are_finite(times: float) -> None:
    found = group_variances([5 * times, 3], [times, 0], [0, 2])
    assert (np.isfinite(found) & (found > 0)).all()


@given(scores)
def test_the_spread_between_groups_is_that_of_paule_and_mandel(pairs: Any) -> None:
    d, s2 = zip(*pairs, strict=True)
    assert between_variance(d, s2) == pytest.approx(paule_mandel(d, s2), rel=1e-9, abs=1e-14)


@given(st.floats(-1, 1), st.lists(st.floats(1e-6, 1), min_size=4, max_size=9))
def test_groups_of_one_score_do_not_spread_and_come_together(d: float, s2: Any) -> None:
    values = [d] * len(s2)
    assert between_variance(values, s2) == 0
    shrunken, (low, high) = empirical_bayes(values, s2)
    assert shrunken == pytest.approx(np.array(values), abs=1e-14)
    assert (low <= shrunken + 1e-14).all()
    assert (shrunken <= high + 1e-14).all()


@given(st.lists(st.floats(-0.9, 0.9), min_size=4, max_size=9, unique=True))
def test_with_nothing_but_the_truth_the_spread_is_the_variance(values: list[float]) -> None:
    # As the variances vanish, Paule and Mandel's tau^2 becomes sum (d - mean)^2 / (k - 1), and nothing is shrunk.
    if np.std(values) > 1e-3:
        tiny = np.full(len(values), 1e-14)
        assert between_variance(values, tiny) == pytest.approx(np.var(values, ddof=1), rel=1e-6)
        shrunken, (low, high) = empirical_bayes(values, tiny)
        assert shrunken == pytest.approx(np.array(values), abs=1e-7)
        assert (high - low).max() < 1e-5


@given(scores, levels)
def test_scores_and_intervals_are_those_of_morris(pairs: Any, level: float) -> None:
    d, s2 = zip(*pairs, strict=True)
    shrunken, (low, high) = empirical_bayes(d, s2, level)
    expected = morris(d, s2, level)
    for found, wanted in zip((shrunken, low, high), expected, strict=True):
        assert found == pytest.approx(np.array(wanted), rel=1e-9, abs=1e-11)


@given(scores)
def test_no_score_is_drawn_beyond_the_others(pairs: Any) -> None:
    d, s2 = (np.array(values) for values in zip(*pairs, strict=True))
    shrunken, (low, high) = empirical_bayes(d, s2)
    assert (d.min() - 1e-12 <= shrunken).all()
    assert (shrunken <= d.max() + 1e-12).all()
    assert (low >= -1).all()
    assert (high <= 1).all()
    assert (low <= shrunken + 1e-12).all()
    assert (shrunken <= high + 1e-12).all()


@given(scores, st.randoms(use_true_random=False))
def test_groups_have_no_order_and_mirror(pairs: Any, random: Any) -> None:
    order = random.sample(range(len(pairs)), len(pairs))
    d, s2 = (np.array(values) for values in zip(*pairs, strict=True))
    shrunken, (low, high) = empirical_bayes(d, s2)
    again, (again_low, again_high) = empirical_bayes(-d[order], s2[order])
    for found, expected in ((again, -shrunken), (again_low, -high), (again_high, -low)):
        assert found == pytest.approx(expected[order], rel=1e-9, abs=1e-11)


@given(st.lists(st.floats(-1, 1), min_size=4, max_size=9), st.floats(0.01, 0.3))
def test_fewer_answers_are_drawn_farther(d: list[float], s2: float) -> None:
    variances = np.full(len(d), s2)
    variances[0] *= 4
    shrunken, _ = empirical_bayes([d[1], d[1], *d[2:]], variances)
    weights = 1 / (variances + between_variance([d[1], d[1], *d[2:]], variances))
    mean = (weights * np.array([d[1], d[1], *d[2:]])).sum() / weights.sum()
    assert abs(shrunken[0] - mean) <= abs(shrunken[1] - mean) + 1e-12


@given(scores, levels, levels)
def test_it_widens_with_the_level(pairs: Any, one: float, other: float) -> None:
    d, s2 = zip(*pairs, strict=True)
    (low, high), (wider_low, wider_high) = (empirical_bayes(d, s2, level)[1] for level in sorted((one, other)))
    assert (wider_low <= low + 1e-12).all()
    assert (high <= wider_high + 1e-12).all()


@pytest.mark.parametrize("k", [0, 1, 3])
def test_fewer_than_four_groups_are_refused(k: int) -> None:
    with pytest.raises(InvalidInputError, match=rf"^shrinkage needs at least 4 groups, got {k}$"):
        empirical_bayes([0.1] * k, [0.1] * k)


@pytest.mark.parametrize("row", range(3))
def test_groups_that_all_agree_stay_where_they_are(row: int) -> None:
    counts = np.zeros((3, 5))
    counts[row] = [1, 2, 3, 10, 100]
    value = [1, 0, -1][row]
    variances = group_variances(*counts)
    shrunken, (low, high) = empirical_bayes(estimate(*counts)[0], variances)
    assert shrunken.tolist() == [value] * 5
    assert (low <= value).all()
    assert (value <= high).all()


def samples(tau: float, n_samples: int) -> Any:
    """Counts of 200 groups of 8 to 60 answers, and their true scores."""
    rng = np.random.default_rng(4)
    true = np.clip(rng.normal(0.3, tau, (n_samples, 200)), -0.7, 0.7)
    passives = np.full(true.shape, 0.28)
    shares = np.stack([(0.72 + true) / 2, passives, (0.72 - true) / 2], axis=-1)
    return rng.multinomial(rng.integers(8, 61, true.shape), np.clip(shares, 0, 1)), true


@pytest.mark.parametrize("tau", [0.1, 0.2])
def test_of_many_small_groups_95_percent_are_covered_and_the_errors_are_much_smaller(tau: float) -> None:
    covered, error, raw_error = [], [], []
    for counts, true in zip(*samples(tau, 25), strict=True):
        d = estimate(*counts.T)[0]
        shrunken, (low, high) = empirical_bayes(d, group_variances(*counts.T))
        covered.append((low <= true) & (true <= high))
        error.append(np.square(shrunken - true))
        raw_error.append(np.square(d - true))
    assert 0.935 <= np.mean(covered) <= 0.99
    assert np.sqrt(np.mean(error)) < (0.65 if tau == 0.1 else 0.8) * np.sqrt(np.mean(raw_error))
