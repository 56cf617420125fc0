"""Sizes: each formula against the one it inverts, and invitations against counting up."""

import math
from fractions import Fraction

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats import sizes

margins = st.floats(0.005, 0.5)
variances = st.floats(0.05, 1)
levels = st.floats(0.6, 0.999)
powers = st.floats(0.5, 0.99)


@given(margins, variances, levels, st.floats(1, 5))
def test_the_size_for_a_margin_is_the_smallest_that_has_it(margin: float, v: float, level: float, deff: float) -> None:
    n = sizes.size_for_margin(margin, v, level, design_effect=deff)
    assert sizes.margin_of_size(n, v, level, design_effect=deff) <= margin * (1 + 1e-8)
    assert n == 1 or sizes.margin_of_size(n - 1, v, level, design_effect=deff) > margin
    assert n == max(1, math.ceil(scipy.stats.norm.isf((1 - level) / 2) ** 2 * v * deff / margin**2 * (1 - 1e-9)))


@given(margins, variances, st.integers(1, 5000))
def test_of_few_people_fewer_are_enough_and_never_more_than_there_are(margin: float, v: float, people: int) -> None:
    n = sizes.size_for_margin(margin, v, 0.95, population=people)
    assert 1 <= n <= people
    assert n <= sizes.size_for_margin(margin, v, 0.95)
    assert sizes.margin_of_size(people, v, 0.95, population=people) == 0
    assert sizes.margin_of_size(n, v, 0.95, population=people) <= margin * 1.01 + 1e-12


@given(st.floats(0.01, 1), variances, variances, levels, powers, st.floats(0.2, 5))
def test_the_size_for_a_change_is_the_smallest_that_shows_it(
    change: float, v1: float, v2: float, level: float, power: float, ratio: float
) -> None:
    n = sizes.size_for_change(change, (v1, v2), level, power, ratio=ratio)
    assert sizes.change_of_size(n, n * ratio, (v1, v2), level, power) <= change * (1 + 1e-8)
    if n > 1:
        assert sizes.change_of_size(n - 1, (n - 1) * ratio, (v1, v2), level, power) > change * (1 - 1e-8)


@given(st.integers(1, 3000), st.floats(0.02, 1), powers)
def test_invitations_are_the_fewest_that_bring_the_answers(n: int, rate: float, assurance: float) -> None:
    z = scipy.stats.norm.ppf(assurance)

    def is_enough(k: int) -> bool:
        return bool(k * rate - z * math.sqrt(k * rate * (1 - rate)) >= n - 1e-9)

    k = sizes.invitations_for(n, rate, assurance)
    assert is_enough(k)
    assert k == n or not is_enough(k - 1)
    assert sizes.answers_of(k, rate, assurance) >= n


@given(st.integers(1, 500), st.floats(0.05, 0.95), st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_so_many_answers_come_about_as_often_as_assured(n: int, rate: float, assurance: float) -> None:
    k = sizes.invitations_for(n, rate, assurance)
    assert scipy.stats.binom.sf(n - 1, k, rate) > assurance - 0.03


def test_known_sizes() -> None:
    assert sizes.size_for_margin(0.1, 1, 0.95) == 385  # 1.96^2 / 0.1^2 = 384.1
    assert sizes.invitations_for(385, 0.12, 0.9) == 3412
    assert sizes.invitations_for(385, 0.12, 0.5) == math.ceil(Fraction(385) / Fraction(12, 100))
    assert sizes.change_of_size(100, 100, (0.61, 0.61), 0.95, 0.8) == pytest.approx(0.3094, abs=5e-5)
    assert sizes.variance_of(0.3, 0.3) == pytest.approx(0.61)
    assert sizes.reach_of(0.5) == 0
    assert sizes.answers_of(1, 0.01, 0.99) == 0


def test_rounding_does_not_ask_for_one_more() -> None:
    z = scipy.stats.norm.ppf(0.975)
    assert sizes.size_for_margin(z / 10, 1, 0.95) == 100
