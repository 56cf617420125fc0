"""Importance: against R, and against least squares on every subset in every order."""

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats import importance

REFERENCE = Path(__file__).parent.parent / "reference"


def made(k: int, *, n: int = 60, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    drivers = rng.normal(size=(n, k)) + rng.normal(size=(n, 1))
    outcome = drivers @ rng.normal(size=k) + rng.normal(size=n) * 2
    columns = np.column_stack([drivers, outcome])
    return columns - columns.mean(axis=0)


def r_squared(columns: Any, subset: tuple[int, ...]) -> float:
    """By least squares on the rows."""
    outcome = columns[:, -1] - columns[:, -1].mean()
    with_ones = np.column_stack([np.ones(len(columns)), columns[:, list(subset)]])
    left = outcome - with_ones @ np.linalg.lstsq(with_ones, outcome, rcond=None)[0]
    return float(1 - left @ left / (outcome @ outcome))


def in_every_order(columns: Any) -> Any:
    """What each driver adds as it enters, averaged over all orders."""
    k = columns.shape[1] - 1
    added = np.zeros(k)
    for order in itertools.permutations(range(k)):
        for place, driver in enumerate(order):
            added[driver] += r_squared(columns, order[: place + 1]) - r_squared(columns, order[:place])
    return added / math.factorial(k)


def correlations(columns: Any) -> Any:
    return importance.correlations_of(importance.moments(columns.T))


def test_r_and_johnson() -> None:
    expected = json.loads((REFERENCE / "lmg.json").read_text("utf-8"))
    data = np.loadtxt(REFERENCE / "lmg.csv", delimiter=",", skiprows=1)
    found = correlations(data - data.mean(axis=0))
    np.testing.assert_allclose(importance.lmg(found), expected["lmg"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(importance.relative_weights(found), expected["johnson"], rtol=0, atol=1e-12)
    assert importance.lmg(found).sum() == pytest.approx(expected["r2"], abs=1e-12)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_every_order_of_entering(k: int) -> None:
    columns = made(k, seed=k)
    np.testing.assert_allclose(importance.lmg(correlations(columns)), in_every_order(columns), atol=1e-12)


@pytest.mark.parametrize("k", [1, 3, 4])
def test_every_subset(k: int) -> None:
    columns = made(k, seed=10 + k)
    left = importance.unexplained(correlations(columns))
    for place, found in enumerate(left):
        subset = tuple(driver for driver in range(k) if place >> driver & 1)
        assert 1 - found == pytest.approx(r_squared(columns, subset), abs=1e-12)


@given(k=st.integers(1, 8), seed=st.integers(0, 1000))
def test_parts_sum_to_r_squared_and_are_not_negative(k: int, seed: int) -> None:
    columns = made(k, seed=seed)
    for parts in (importance.lmg(correlations(columns)), importance.relative_weights(correlations(columns))):
        assert parts.sum() == pytest.approx(r_squared(columns, tuple(range(k))), abs=1e-10)
        assert (parts > -1e-12).all()


@given(seed=st.integers(0, 1000))
def test_the_order_of_drivers_and_their_units_do_not_matter(seed: int) -> None:
    columns = made(4, seed=seed)
    order = np.random.default_rng(seed).permutation(4)
    other = np.column_stack([columns[:, order] * [3.0, 0.01, 100.0, -1.0], columns[:, -1]])
    for method in (importance.lmg, importance.relative_weights):
        np.testing.assert_allclose(method(correlations(other)), method(correlations(columns))[order], atol=1e-10)


def test_a_stack_is_what_its_matrices_are() -> None:
    stack = np.stack([correlations(made(3, seed=seed)) for seed in range(6)]).reshape(2, 3, 4, 4)
    for method in (importance.lmg, importance.relative_weights, importance.coefficients, importance.variance_inflation):
        found = method(stack)
        assert found.shape == (2, 3, 3)
        np.testing.assert_allclose(found[1, 2], method(stack[1, 2]), atol=1e-13)


def test_a_driver_twice_shares_what_it_has_and_changes_nothing_for_the_others() -> None:
    columns = made(2, seed=3)
    once = importance.lmg(correlations(columns))
    twice = correlations(columns[:, [0, 0, 1, 2]])
    for method in (importance.lmg, importance.relative_weights):
        found = method(twice)
        assert found[0] == pytest.approx(found[1])
        assert found.sum() == pytest.approx(once.sum())
    assert importance.variance_inflation(twice).tolist()[:2] == [math.inf, math.inf]
    assert importance.variance_inflation(twice)[2] == pytest.approx(importance.variance_inflation(twice[1:, 1:])[1])
    slopes = importance.coefficients(twice)
    assert slopes[0] + slopes[1] == pytest.approx(importance.coefficients(twice[1:, 1:])[0])


def test_coefficients_and_inflation_are_those_of_least_squares() -> None:
    columns = made(4, seed=8)
    standard = columns / columns.std(axis=0)
    slopes = np.linalg.lstsq(standard[:, :-1], standard[:, -1], rcond=None)[0]
    np.testing.assert_allclose(importance.coefficients(correlations(columns)), slopes, atol=1e-12)
    for driver in range(4):
        turned = np.column_stack([np.delete(columns[:, :-1], driver, axis=1), columns[:, driver]])
        inflation = importance.variance_inflation(correlations(columns))[driver]
        assert inflation == pytest.approx(1 / (1 - r_squared(turned, (0, 1, 2))))


def test_correlations_are_numpys_also_with_weights_as_frequencies() -> None:
    columns = made(3)
    np.testing.assert_allclose(correlations(columns + 5), np.corrcoef(columns.T), atol=1e-12)
    times = np.random.default_rng(5).integers(0, 4, len(columns))
    weighted = importance.correlations_of(importance.moments(columns.T, times.astype(float)))
    np.testing.assert_allclose(weighted, np.corrcoef(np.repeat(columns, times, axis=0).T), atol=1e-12)


def test_a_column_that_does_not_vary_goes_with_nothing() -> None:
    columns = made(2)
    columns[:, 0] = 0.1
    assert correlations(columns)[0].tolist() == [1, 0, 0]
    assert importance.lmg(correlations(columns))[0] == 0


@pytest.mark.parametrize("weighted", [False, True])
def test_resampled_moments_vary_as_those_of_rows_drawn_again(weighted: bool) -> None:
    columns, rng = made(3, n=3000, seed=4), np.random.default_rng(1)
    weights = rng.uniform(0.5, 2, len(columns)) if weighted else None
    drawn = importance.lmg(importance.correlations_of(importance.resampled_moments(columns.T, weights, 2000, rng)))
    rows = rng.integers(0, len(columns), (400, len(columns)))
    again = [importance.moments(columns[row].T, None if weights is None else weights[row]) for row in rows]
    by_rows = importance.lmg(importance.correlations_of(np.stack(again)))
    np.testing.assert_allclose(drawn.std(axis=0), by_rows.std(axis=0), rtol=0.15)
    np.testing.assert_allclose(drawn.mean(axis=0), by_rows.mean(axis=0), atol=0.003)


def test_fewer_rows_than_blocks_are_blocks_themselves() -> None:
    drawn = importance.resampled_moments(made(2, n=7).T, None, 50, np.random.default_rng(0))
    assert drawn.shape == (50, 4, 4)
    assert set(drawn[:, 0, 0].tolist()) == {7.0}
