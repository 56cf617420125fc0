"""Mix and rate: exact sums, a published case, gradients by small steps, and errors in samples drawn many times."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats.decomposition import Decomposition, gradient_error

CODING = np.array([-1.0, 0.0, 1.0])
count = st.integers(0, 40)
cell_rows = st.tuples(count, count, count)
pairs = st.lists(
    st.tuples(cell_rows, cell_rows).filter(lambda pair: any(map(any, pair))), min_size=1, max_size=6
).filter(lambda pairs: all(any(map(any, side)) for side in zip(*pairs, strict=True)))


def sides(pairs: Any) -> tuple[Any, Any]:
    before, after = zip(*pairs, strict=True)
    return np.array(before, float), np.array(after, float)


def score(counts: Any) -> float:
    return float((counts @ CODING).sum() / counts.sum())


def spreads(*counts: Any) -> Any:
    return np.stack([side / side.sum() ** 2 for side in counts])


def effects(before: Any, after: Any) -> list[tuple[float, float]]:
    """Mix and rate of each group, written out."""
    overall = (score(before) + score(after)) / 2
    result = []
    for one, other in zip(before, after, strict=True):
        w0, w1 = one.sum() / before.sum(), other.sum() / after.sum()
        d0 = score(one) if w0 else score(other)
        d1 = score(other) if w1 else score(one)
        result.append(((w1 - w0) * ((d0 + d1) / 2 - overall), (w0 + w1) / 2 * (d1 - d0)))
    return result


@given(pairs)
def test_the_effects_are_those_of_their_definition(pairs: Any) -> None:
    before, after = sides(pairs)
    found = Decomposition.of(before, after)
    assert np.stack([found.mix, found.rate], axis=1) == pytest.approx(np.array(effects(before, after)), abs=1e-13)


@given(pairs)
def test_all_effects_add_up_to_the_change(pairs: Any) -> None:
    before, after = sides(pairs)
    found = Decomposition.of(before, after)
    change = score(after) - score(before)
    assert math.fsum([*found.mix, *found.rate]) == pytest.approx(change, rel=0, abs=1e-12)


@given(pairs)
def test_swapping_the_samples_changes_the_sign(pairs: Any) -> None:
    before, after = sides(pairs)
    found, back = Decomposition.of(before, after), Decomposition.of(after, before)
    assert back.mix == pytest.approx(-found.mix, abs=1e-13)
    assert back.rate == pytest.approx(-found.rate, abs=1e-13)
    table = spreads(before, after)
    assert back.mix_errors(table[::-1]) == pytest.approx(found.mix_errors(table), rel=1e-6, abs=1e-9)
    assert back.rate_errors(table[::-1]) == pytest.approx(found.rate_errors(table), rel=1e-9, abs=1e-12)


@given(pairs, st.sampled_from([1e-100, 1e-6, 1e12, 1e100]))
def test_weights_have_no_unit(pairs: Any, times: float) -> None:
    before, after = sides(pairs)
    found, scaled = Decomposition.of(before, after), Decomposition.of(times * before, after / times)
    for name in ("mix", "rate", "mix_own", "mix_common", "rate_own"):
        assert getattr(scaled, name) == pytest.approx(getattr(found, name), rel=1e-9, abs=1e-12)


@given(pairs, st.randoms(use_true_random=False))
def test_groups_have_no_order(pairs: Any, random: Any) -> None:
    order = random.sample(range(len(pairs)), len(pairs))
    before, after = sides(pairs)
    found, shuffled = Decomposition.of(before, after), Decomposition.of(before[order], after[order])
    table = spreads(before, after)
    for one, other in (
        (shuffled.mix, found.mix),
        (shuffled.rate, found.rate),
        (shuffled.mix_errors(table[:, order]), found.mix_errors(table)),
        (shuffled.rate_errors(table[:, order]), found.rate_errors(table)),
    ):
        assert one == pytest.approx(other[order], rel=1e-6, abs=1e-9)


def test_every_group_may_get_better_while_the_whole_gets_worse() -> None:
    # Simpson's paradox: two groups of 50 % each, then 27.5 % and 72.5 %; both improve, and all together loses 3 points.
    def cells(shares: list[float], points: list[float]) -> Any:
        w, d = np.array(shares), np.array(points) / 100
        return np.stack([w * (1 - d) / 2, 0 * w, w * (1 + d) / 2], axis=1)

    found = Decomposition.of(cells([0.5, 0.5], [34.80, -8.80]), cells([0.275, 0.725], [42.0455, -2.1552]))
    assert 100 * found.rate.sum() == pytest.approx(6.8776, abs=5e-5)
    assert 100 * found.mix.sum() == pytest.approx(-9.8776, abs=5e-5)
    assert (found.rate > 0).all()


def test_who_comes_or_goes_is_all_mix() -> None:
    before = np.array([[1, 2, 7], [5, 5, 0], [0, 0, 0]], float)
    after = np.array([[1, 2, 7], [0, 0, 0], [4, 3, 3]], float)
    found = Decomposition.of(before, after)
    assert found.rate.tolist() == [0, 0, 0]
    assert found.mix.sum() == pytest.approx(score(after) - score(before), abs=1e-15)
    assert found.rate_errors(spreads(before, after))[1:].tolist() == [0, 0]


def test_one_group_is_all_rate() -> None:
    before, after = np.array([[2.0, 3, 5]]), np.array([[1.0, 1, 8]])
    found = Decomposition.of(before, after)
    assert found.mix == pytest.approx([0], abs=1e-15)
    assert found.rate == pytest.approx([0.4], rel=1e-14)
    error = math.sqrt((0.7 - 0.3**2) / 10 + (0.9 - 0.7**2) / 10)
    assert found.rate_errors(spreads(before, after)) == pytest.approx([error], rel=1e-12)


@given(pairs)
def test_without_a_change_nothing_has_an_effect(pairs: Any) -> None:
    before, _ = sides(pairs)
    here = before[before.sum(axis=1) > 0]
    found = Decomposition.of(here, 3 * here)
    assert found.mix == pytest.approx(np.zeros(len(here)), abs=1e-15)
    assert found.rate == pytest.approx(np.zeros(len(here)), abs=1e-15)


def gradients(cells: Any) -> tuple[Any, Any]:
    """The gradient of each mix and rate effect by each cell, from steps up and down, each of shape (k, 2, k, 3).

    A group that has no answer stays without one.
    """
    step, found = 1e-6, np.zeros((2, cells.shape[1], *cells.shape))
    for at in np.ndindex(cells.shape):
        if cells[at[:2]].sum() > 0:
            up, down = cells.copy(), cells.copy()
            up[at] += step
            down[at] -= step
            slope = (np.array(plain_effects(up)) - np.array(plain_effects(down))) / (2 * step)
            found[(slice(None), slice(None), *at)] = slope.T
    return found[0], found[1]


def plain_effects(cells: Any) -> list[tuple[float, float]]:
    """The effects as functions of the cells, which need not add up to 1."""
    overall = (cells[0] @ CODING).sum() / 2 + (cells[1] @ CODING).sum() / 2
    result = []
    for one, other in zip(*cells, strict=True):
        w0, w1 = one.sum(), other.sum()
        d0 = one @ CODING / w0 if w0 else other @ CODING / w1
        d1 = other @ CODING / w1 if w1 else d0
        result.append(((w1 - w0) * ((d0 + d1) / 2 - overall), (w0 + w1) / 2 * (d1 - d0)))
    return result


@given(pairs)
def test_gradients_are_those_of_small_steps(pairs: Any) -> None:
    before, after = sides(pairs)
    found = Decomposition.of(before, after)
    mix, rate = gradients(found.cells)
    present = (found.cells.sum(axis=2) > 0)[..., None]
    own = range(len(pairs))
    assert found.rate_own == pytest.approx(np.stack([rate[k, :, k] for k in own], axis=1), abs=1e-6)
    mix_own = np.where(present, found.mix_own + found.mix_common[:, None] * CODING, 0)
    assert mix_own == pytest.approx(np.stack([mix[k, :, k] for k in own], axis=1), abs=1e-6)
    assert np.where(present, found.mix_gradient, 0) == pytest.approx(mix.sum(axis=0), abs=1e-6)


@given(pairs)
def test_errors_are_those_of_the_delta_method_with_gradients_by_small_steps(pairs: Any) -> None:
    before, after = sides(pairs)
    found, table = Decomposition.of(before, after), spreads(before, after)
    mix, rate = gradients(found.cells)
    mix_errors = [gradient_error(each, found.cells, table) for each in mix]
    rate_errors = [gradient_error(each, found.cells, table) for each in rate]
    assert found.mix_errors(table) == pytest.approx(np.array(mix_errors), abs=1e-6)
    assert found.rate_errors(table) == pytest.approx(np.array(rate_errors), abs=1e-6)
    total = gradient_error(mix.sum(axis=0), found.cells, table)
    assert gradient_error(found.mix_gradient, found.cells, table) == pytest.approx(total, abs=1e-6)
    total = gradient_error(rate.sum(axis=0), found.cells, table)
    assert gradient_error(found.rate_own, found.cells, table) == pytest.approx(total, abs=1e-6)


@given(pairs)
def test_the_whole_change_has_the_error_of_two_independent_scores(pairs: Any) -> None:
    before, after = sides(pairs)
    found, table = Decomposition.of(before, after), spreads(before, after)
    variances = [
        (np.abs(CODING) @ side.sum(axis=0) / side.sum() - score(side) ** 2) / side.sum() for side in (before, after)
    ]
    error = gradient_error(found.mix_gradient + found.rate_own, found.cells, table)
    assert error == pytest.approx(math.sqrt(max(sum(variances), 0)), rel=1e-6, abs=1e-7)


def test_errors_are_those_of_samples_drawn_many_times() -> None:
    rng, n_samples, sizes = np.random.default_rng(2), 2_500, (900, 1_400)
    before = np.array([[0.1, 0.1, 0.3], [0.1, 0.15, 0.05], [0.15, 0.05, 0.0]])
    after = np.array([[0.05, 0.1, 0.15], [0.15, 0.2, 0.1], [0.1, 0.1, 0.05]])
    drawn = [
        rng.multinomial(n, cells.ravel(), n_samples).reshape(-1, 3, 3).astype(float)
        for n, cells in zip(sizes, (before, after), strict=True)
    ]
    found = [Decomposition.of(*samples) for samples in zip(*drawn, strict=True)]
    true, table = Decomposition.of(before, after), np.stack([before / sizes[0], after / sizes[1]])
    mix, rate = np.array([each.mix for each in found]), np.array([each.rate for each in found])
    assert true.mix_errors(table) == pytest.approx(mix.std(axis=0), rel=0.05)
    assert true.rate_errors(table) == pytest.approx(rate.std(axis=0), rel=0.05)
    assert gradient_error(true.mix_gradient, true.cells, table) == pytest.approx(mix.sum(axis=1).std(), rel=0.05)
    assert gradient_error(true.rate_own, true.cells, table) == pytest.approx(rate.sum(axis=1).std(), rel=0.05)


def test_errors_of_weighted_answers_are_those_of_samples_drawn_many_times() -> None:
    # Answers weigh 1 or 4; the spread of a cell is the sum of squared weights over the square of their sum.
    rng, n_samples, n = np.random.default_rng(3), 2_500, 1_000
    weights = np.array([1.0, 4.0])[:, None, None]
    before = np.array([[[0.1, 0.1, 0.2], [0.1, 0.05, 0.05]], [[0.05, 0.05, 0.1], [0.05, 0.05, 0.1]]])
    after = np.array([[[0.05, 0.1, 0.15], [0.15, 0.1, 0.05]], [[0.05, 0.1, 0.1], [0.05, 0.05, 0.05]]])
    drawn = [
        (weights * rng.multinomial(n, shares.ravel(), n_samples).reshape(-1, 2, 2, 3)).sum(axis=1)
        for shares in (before, after)
    ]
    found = [Decomposition.of(*samples) for samples in zip(*drawn, strict=True)]
    sums = [(weights * shares).sum(axis=0) for shares in (before, after)]
    squares = [(weights**2 * shares).sum(axis=0) for shares in (before, after)]
    table = np.stack([square / (n * side.sum() ** 2) for square, side in zip(squares, sums, strict=True)])
    true = Decomposition.of(*sums)
    assert true.mix_errors(table) == pytest.approx(np.std([each.mix for each in found], axis=0), rel=0.05)
    assert true.rate_errors(table) == pytest.approx(np.std([each.rate for each in found], axis=0), rel=0.05)


def test_a_group_without_an_answer_in_either_sample_harms_no_other() -> None:
    before = np.array([[2.0, 3, 5], [0, 0, 0], [4, 4, 2]])
    after = np.array([[1.0, 1, 8], [0, 0, 0], [4, 5, 6]])
    found, without = Decomposition.of(before, after), Decomposition.of(before[[0, 2]], after[[0, 2]])
    table = spreads(before, after)
    for one, other in (
        (found.mix, without.mix),
        (found.rate, without.rate),
        (found.mix_errors(table), without.mix_errors(table[:, [0, 2]])),
        (found.rate_errors(table), without.rate_errors(table[:, [0, 2]])),
    ):
        assert one[[0, 2]] == pytest.approx(other, rel=1e-12)
