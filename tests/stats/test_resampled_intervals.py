"""The intervals made of random draws: the bootstrap against scipy's on the rows, the Bayes interval by quadrature."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError
from nps_core.stats import intervals
from nps_core.stats.intervals import bayes_interval, bootstrap_interval, interval

RESAMPLED: Any = ("bootstrap", "bootstrap-percentile", "bayes")
BALANCED, SKEWED = (90, 60, 50), (190, 2, 8)


def scipy_bootstrap(triple: tuple[int, int, int], method: Any) -> tuple[float, float]:
    rows = np.repeat([1, 0, -1], triple)
    found = scipy.stats.bootstrap(
        (rows,), np.mean, method=method, n_resamples=10_000, confidence_level=0.9, rng=np.random.default_rng(1)
    )
    return found.confidence_interval.low, found.confidence_interval.high


def posterior_below(t: float, triple: tuple[float, float, float]) -> float:
    """P(p - q < t) under Dirichlet(counts + 1/2).

    The share of passives and the promoters' part of the others are independent betas.
    """
    x, m, y = (count + 0.5 for count in triple)
    passives, part = scipy.stats.beta(m, x + y), scipy.stats.beta(x, y)
    middles = (np.arange(4_000) + 0.5) / 4_000  # the midpoint rule over the quantiles of the first
    return float(part.cdf((t / (1 - passives.ppf(middles)) + 1) / 2).mean())


@pytest.mark.parametrize("triple", [BALANCED, SKEWED])
@pytest.mark.parametrize(("percentile", "method"), [(False, "BCa"), (True, "percentile")])
def test_the_bootstrap_on_counts_is_the_bootstrap_on_rows(
    triple: tuple[int, int, int], percentile: bool, method: str
) -> None:
    found = bootstrap_interval(*triple, 0.9, percentile=percentile, rng=2)
    # 200 answers: scores are 1/200 apart; the error of 10,000 draws is smaller.
    assert found == pytest.approx(scipy_bootstrap(triple, method), rel=0, abs=0.0051)


def test_bca_differs_from_the_percentiles_where_the_answers_are_skewed() -> None:
    bca, percentile = (
        bootstrap_interval(*SKEWED, percentile=plain, rng=3, n_resamples=40_000) for plain in (False, True)
    )
    assert bca[0] < percentile[0] - 0.006
    assert bca[1] <= percentile[1]


@pytest.mark.parametrize("triple", [BALANCED, SKEWED, (3, 1, 0), (1, 5, 2)])
def test_the_bca_tails_are_those_of_a_jackknife_over_the_rows(triple: tuple[int, int, int]) -> None:
    # Efron (1987), JASA 82:171-185, with ties counted half
    rows, z = np.repeat([1, 0, -1], triple), 1.6
    n, mean = len(rows), rows.mean()
    scores = np.random.default_rng(1).choice(rows, (500, n)).sum(axis=1) / n
    bias = scipy.stats.norm.ppf(np.mean((scores < mean) + 0.5 * (scores == mean)))
    left_out = np.array([np.delete(rows, row).mean() for row in range(n)])
    away = left_out.mean() - left_out
    acceleration = (away**3).sum() / (6 * (away**2).sum() ** 1.5)
    expected = [scipy.stats.norm.cdf(bias + (bias + s) / (1 - acceleration * (bias + s))) for s in (-z, z)]
    tails = intervals._bca_tails(scores[:, None], *np.array(triple, float)[:, None], z)
    assert np.ravel(tails) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("triple", [BALANCED, SKEWED, (3, 0, 0), (0, 0, 1), (2.5, 1.5, 0)])
def test_the_bayes_interval_cuts_off_equal_tails_of_the_posterior(triple: tuple[float, float, float]) -> None:
    low, high = bayes_interval(*triple, 0.9, n_resamples=40_000, rng=4)
    # The binomial error of a tail of 5 % of 40,000 draws is 0.0011.
    assert posterior_below(float(low), triple) == pytest.approx(0.05, abs=0.005)
    assert posterior_below(float(high), triple) == pytest.approx(0.95, abs=0.005)


@pytest.mark.parametrize("method", RESAMPLED)
def test_a_seed_or_a_generator_gives_the_same_limits_again(method: Any) -> None:
    first, again, other = (interval(6, 3, 1, method=method, rng=seed) for seed in (5, 5, 6))
    generated = interval(6, 3, 1, method=method, rng=np.random.default_rng(5))
    assert first == again == generated
    assert method != "bayes" or first != other  # the bootstrap's lattice may give the same limits


@pytest.mark.parametrize("method", RESAMPLED)
def test_groups_are_drawn_in_blocks_one_after_the_other(method: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "_MOST_DRAWS", 500)
    counts = np.array([[6, 3, 1], [0, 0, 0], [1, 0, 9], [4, 4, 4]]).T.reshape(3, 2, 2)
    low, high = interval(*counts, method=method, n_resamples=500, rng=7)
    rng = np.random.default_rng(7)
    alone = [
        interval(*triple, method=method, n_resamples=500, rng=rng)
        for triple in counts.reshape(3, 4).T.tolist()
        if any(triple)
    ]
    assert low.shape == high.shape == (2, 2)
    filled = ~np.isnan(low)
    assert filled.tolist() == [[True, False], [True, True]]
    assert list(zip(low[filled], high[filled], strict=True)) == alone


@pytest.mark.parametrize("method", RESAMPLED)
def test_blocks_of_several_groups_give_each_its_own_limits(method: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    triples = np.array([[20, 5, 5], [5, 20, 5], [5, 5, 20], [30, 1, 1], [1, 1, 30]])
    alone = [interval(*triple, method=method, n_resamples=40_000, rng=9) for triple in triples.tolist()]
    monkeypatch.setattr(intervals, "_MOST_DRAWS", 3 * 4_000)
    low, high = interval(*triples.T, method=method, n_resamples=4_000, rng=8)
    # 1.5 steps of the lattice of 30 answers
    np.testing.assert_allclose(np.stack([low, high], axis=1), alone, rtol=0, atol=0.05)


@pytest.mark.parametrize(("triple", "value"), [((1, 0, 0), 1), ((0, 4, 0), 0), ((0, 0, 7), -1)])
@pytest.mark.parametrize("percentile", [True, False])
def test_every_resample_of_the_unanimous_agrees(triple: tuple[int, int, int], value: int, percentile: bool) -> None:
    assert bootstrap_interval(*triple, percentile=percentile, n_resamples=100, rng=1) == (value, value)


@pytest.mark.parametrize("make", [bootstrap_interval, bayes_interval])
def test_one_draw_is_both_limits(make: Callable[..., intervals.Interval]) -> None:
    low, high = make(6, 3, 1, n_resamples=1, rng=1)
    assert low == high


@pytest.mark.parametrize("n_resamples", [0, -1, 2.5, True, "100", None])
@pytest.mark.parametrize("make", [bootstrap_interval, bayes_interval])
def test_the_number_of_draws_must_be_a_whole_number_above_zero(
    make: Callable[..., intervals.Interval], n_resamples: Any
) -> None:
    with pytest.raises(InvalidInputError, match=rf"^n_resamples must be a whole number.*, got {n_resamples!r}$"):
        make(6, 3, 1, n_resamples=n_resamples)


@pytest.mark.parametrize("rng", ["seed", -1, 1.5])
@pytest.mark.parametrize("make", [bootstrap_interval, bayes_interval])
def test_what_is_no_seed_is_refused(make: Callable[..., intervals.Interval], rng: Any) -> None:
    with pytest.raises(InvalidInputError, match=rf"^rng must be a seed, a numpy Generator or None, got {rng!r}$"):
        make(6, 3, 1, rng=rng)


def test_more_draws_than_fit_in_memory_are_refused() -> None:
    with pytest.raises(InvalidInputError, match=rf"from 1 to {intervals._MOST_DRAWS}, got"):
        bootstrap_interval(6, 3, 1, n_resamples=intervals._MOST_DRAWS + 1)


def test_the_number_of_draws_may_come_from_numpy() -> None:
    assert bayes_interval(6, 3, 1, n_resamples=np.int64(50), rng=1) == bayes_interval(6, 3, 1, n_resamples=50, rng=1)


@given(
    st.lists(st.lists(st.floats(-1, 1), min_size=7, max_size=7), min_size=1, max_size=3),
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
)
def test_a_quantile_of_each_column_is_that_of_numpy(columns: list[list[float]], tails: list[float]) -> None:
    scores, wanted = np.array(columns).T, np.array(tails[: len(columns)])
    expected = [np.quantile(column, tail) for column, tail in zip(columns, wanted, strict=True)]
    assert intervals._quantiles(scores, wanted) == pytest.approx(expected, abs=1e-12)
    for tail, extreme in ((0.0, scores.min(axis=0)), (1.0, scores.max(axis=0))):
        assert intervals._quantiles(scores, np.full(len(columns), tail)).tolist() == extreme.tolist()


def test_tails_beyond_all_resamples_are_the_first_and_the_last() -> None:
    scores = np.array([[0.1], [0.2], [0.4]])
    assert intervals._quantiles(scores, np.array([-0.5])).tolist() == [0.1]
    assert intervals._quantiles(scores, np.array([1.5])).tolist() == [0.4]


def test_the_tails_of_a_group_do_not_depend_on_the_groups_beside_it() -> None:
    counts = np.array([30.0, 1.0]), np.array([5.0, 5.0]), np.array([5.0, 30.0])
    scores = np.random.default_rng(5).normal([0.55, -0.85], 0.1, (500, 2))
    together = intervals._bca_tails(scores, *counts, 1.96)
    for group in range(2):
        alone = intervals._bca_tails(scores[:, [group]], *(c[[group]] for c in counts), 1.96)
        assert [tail[group] for tail in together] == pytest.approx([tail[0] for tail in alone], rel=1e-12)


def test_a_bootstrap_is_bias_corrected_unless_told_otherwise() -> None:
    counts = 30, 5, 5
    usual = intervals.bootstrap_interval(*counts, n_resamples=500, rng=1)
    assert usual == intervals.bootstrap_interval(*counts, n_resamples=500, rng=1, percentile=False)
    assert usual != intervals.bootstrap_interval(*counts, n_resamples=500, rng=1, percentile=True)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_a_drawn_interval_is_the_one_that_is_asked_for_by_name(level: float) -> None:
    options: Any = {"n_resamples": 400, "rng": 3}
    by_name = {method: interval(*BALANCED, level, method=method, **options) for method in RESAMPLED}
    assert by_name["bootstrap"] == bootstrap_interval(*BALANCED, level, **options)
    assert by_name["bootstrap-percentile"] == bootstrap_interval(*BALANCED, level, percentile=True, **options)
    assert by_name["bayes"] == bayes_interval(*BALANCED, level, **options)
    assert len({tuple(map(float, each)) for each in by_name.values()}) == 3
