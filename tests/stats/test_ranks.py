"""Which ranks the data leave open: against counting, and in samples whose true ranks are known."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats.differences import difference, mover_pvalue
from nps_core.stats.multiplicity import holm
from nps_core.stats.ranks import pairs_of, rank_sets

MOST = 6
ALPHA = 0.05
pairs = st.tuples(st.floats(-2, 2) | st.just(np.nan), st.floats(0, 0.1) | st.sampled_from([ALPHA, np.nan]))


def ranks_by_counting(k: int, outcome: dict[tuple[int, int], tuple[float, float]]) -> Any:
    """For each group, one more than are clearly better, and k less those that are clearly worse."""

    def clearly_above(one: int, other: int) -> bool:
        gap, pvalue = outcome[min(one, other), max(one, other)]
        return pvalue < ALPHA and (gap if one < other else -gap) > 0

    best = [1 + sum(clearly_above(j, i) for j in range(k) if j != i) for i in range(k)]
    worst = [k - sum(clearly_above(i, j) for j in range(k) if j != i) for i in range(k)]
    return best, worst


@given(st.integers(0, 30))
def test_pairs_are_all_there_are_the_first_before_the_second(k: int) -> None:
    first, second = pairs_of(k)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == list(itertools.combinations(range(k), 2))
    assert first.dtype == second.dtype == np.int64


@given(st.integers(1, MOST), st.lists(pairs, min_size=15, max_size=15))
def test_a_group_ranks_behind_all_that_are_clearly_better_and_before_all_that_are_clearly_worse(
    k: int, values: Any
) -> None:
    outcome = dict(zip(itertools.combinations(range(k), 2), values, strict=False))
    gaps, pvalues = ([value[side] for value in outcome.values()] for side in (0, 1))
    best, worst = rank_sets(gaps, pvalues, k, ALPHA)
    assert (best.tolist(), worst.tolist()) == ranks_by_counting(k, outcome)
    assert (best >= 1).all()
    assert (worst <= k).all()


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=MOST, unique=True))
def test_where_all_is_clear_the_ranks_are_those_of_the_scores(scores: list[float]) -> None:
    first, second = pairs_of(len(scores))
    best, worst = rank_sets(np.take(scores, first) - np.take(scores, second), np.zeros(len(first)), len(scores), ALPHA)
    assert best.tolist() == worst.tolist() == [1 + sum(other > score for other in scores) for score in scores]


@given(st.integers(0, MOST))
def test_where_nothing_is_clear_every_rank_is_open(k: int) -> None:
    n = len(pairs_of(k)[0])
    for unclear in (np.ones(n), np.full(n, ALPHA), np.full(n, np.nan)):
        best, worst = rank_sets(np.linspace(-1, 1, n), unclear, k, ALPHA)
        assert best.tolist() == [1] * k
        assert worst.tolist() == [k] * k


def test_a_group_without_a_difference_may_have_any_rank_that_others_do_not_settle() -> None:
    best, worst = rank_sets([0.5, np.nan, np.nan], [0.001, np.nan, np.nan], 3, ALPHA)
    assert best.tolist() == [1, 2, 1]
    assert worst.tolist() == [2, 3, 3]


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_all_true_ranks_are_within_their_sets_at_once_in_95_of_100_samples(spread: float) -> None:
    rng, n_samples, k = np.random.default_rng(5), 400, 6
    true = np.linspace(0, spread, k)
    shares = np.stack([0.35 + true / 2, np.full(k, 0.3), 0.35 - true / 2], axis=1)
    counts = rng.multinomial(150, shares, (n_samples, k))
    first, second = pairs_of(k)
    one, other = (tuple(counts[:, side].reshape(-1, 3).T) for side in (first, second))
    gaps = difference(one, other).reshape(n_samples, -1)
    pvalues = mover_pvalue(one, other).reshape(n_samples, -1)
    highest, lowest = 1 + (true > true[:, None]).sum(axis=1), k - (true < true[:, None]).sum(axis=1)
    held = []
    for gap, pvalue in zip(gaps, pvalues, strict=True):
        best, worst = rank_sets(gap, holm(pvalue), k, ALPHA)
        held.append(((best <= highest) & (lowest <= worst)).all())
    assert np.mean(held) >= 0.93
