"""Roots of falling functions: against scipy's, and where a function has none."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats.roots import find_roots

FALLING: dict[str, Callable[[Any, Any], Any]] = {
    "line": lambda x, at: at - x,
    "cubic": lambda x, at: (at - x) ** 3 + 1e-3 * (at - x),
    "flat": lambda x, at: (at - x) ** 5,
    "exponential": lambda x, at: np.exp(-5 * x) - np.exp(-5 * at),
    "pole": lambda x, at: 1 / (x + 1e-3) - 1 / (at + 1e-3),
    "kink": lambda x, at: np.where(x < at, 1e-6 * (at - x), 10 * (at - x)),
    "tiny": lambda x, at: 1e-200 * (at - x),
}
every_shape = pytest.mark.parametrize("name", FALLING)
points = st.lists(st.floats(1e-3, 3.999), min_size=1, max_size=6)


@every_shape
@given(points)
def test_many_roots_are_found_at_once(name: str, points: list[float]) -> None:
    at = np.array(points)
    found = find_roots(lambda x: FALLING[name](x, at), 0.0, 4.0, at.shape)
    assert found == pytest.approx(at, rel=1e-3 if name == "flat" else 1e-9, abs=1e-3 if name == "flat" else 1e-9)


@pytest.mark.parametrize("name", [name for name in FALLING if name != "flat"])
@given(st.floats(1e-3, 3.999))
def test_each_is_that_of_brent(name: str, at: float) -> None:
    expected = scipy.optimize.brentq(lambda x: float(FALLING[name](x, at)), 0, 4, xtol=1e-14, rtol=1e-14)
    found = find_roots(lambda x: np.asarray(FALLING[name](x, at)), 0.0, 4.0, ())
    assert float(found) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(st.floats(1e-6, 1), st.floats(-3, 3))
def test_transcendental_roots_are_those_of_brent(slope: float, level: float) -> None:
    def function(x: Any) -> Any:
        return level - slope * x - np.sinh(x)

    expected = scipy.optimize.brentq(function, -5, 5, xtol=1e-14, rtol=1e-14)
    assert float(find_roots(function, -5.0, 5.0, ())) == pytest.approx(expected, rel=1e-11, abs=1e-13)


@given(st.floats(0.01, 0.99), st.sampled_from([1.0, 1e-300, math.inf]))
def test_a_jump_is_found_where_it_is(at: float, size: float) -> None:
    found = find_roots(lambda x: np.where(x < at, size, -size), 0.0, 1.0, ())
    assert float(found) == pytest.approx(at, rel=1e-12)


def test_a_function_that_never_is_positive_has_its_root_where_looking_begins() -> None:
    falls = np.array([-1.0, -1e-300, 0.0, -np.inf])
    assert find_roots(lambda x: falls - x, 0.0, 1.0, (4,)).tolist() == [0, 0, 0, 0]


def test_a_function_that_stays_positive_has_its_root_where_looking_ends() -> None:
    falls = np.array([2.0, 1.0, np.inf, np.nan])
    assert find_roots(lambda x: falls - x, 0.0, 1.0, (4,)).tolist() == [1, 1, 1, 1]


def test_a_function_unknown_where_looking_begins_has_its_root_where_it_crosses() -> None:
    found = find_roots(lambda x: np.where(x < 0.4, np.nan, 0.7 - x), 0.0, 1.0, ())
    assert float(found) == pytest.approx(0.7, rel=1e-12)


def test_hard_functions_do_not_keep_easy_ones_waiting_or_move_them() -> None:
    at = np.array([0.3, 0.5, 0.0, 2.0, np.nan])
    found = find_roots(lambda x: np.sign(at - x) * np.abs(at - x) ** np.array([1, 9, 1, 1, 1]), 0.0, 1.0, (5,))
    assert found[[0, 2, 3, 4]].tolist() == [pytest.approx(0.3, rel=1e-14), 0, 1, 1]
    assert found[1] == pytest.approx(0.5, abs=1e-2)


@given(points)
def test_what_stands_beside_a_function_does_not_matter(points: list[float]) -> None:
    together = find_roots(lambda x: np.array(points) - np.sinh(x), 0.0, 4.0, (len(points),))
    alone = [float(find_roots(lambda x, at=at: at - np.sinh(x), 0.0, 4.0, ())) for at in points]
    assert together == pytest.approx(np.array(alone), rel=1e-13)


def test_any_shape_comes_back_in_that_shape() -> None:
    at = np.arange(1, 7).reshape(1, 2, 3) / 8
    assert find_roots(lambda x: at - x, 0.0, 1.0, (1, 2, 3)) == pytest.approx(at, rel=1e-14)
    assert find_roots(lambda x: x, 0.0, 1.0, (0, 3)).shape == (0, 3)


def test_it_takes_few_steps() -> None:
    calls = []

    def function(x: Any) -> Any:
        calls.append(x)
        return np.exp(-x) - 0.3

    find_roots(function, 0.0, 40.0, ())
    assert len(calls) < 25


def test_it_gives_up_at_last_with_the_best_it_has() -> None:
    found = find_roots(lambda x: np.where(x < 1e-50, 1.0, -1.0), 0.0, 1e300, ())
    assert 0 <= float(found) <= 1e300
