"""Slopes, limits, moving averages and levels, against slow and obvious versions, and by small simulations."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats import series

scores = st.floats(-1, 1).map(lambda value: round(value, 6))
noises = st.floats(1e-4, 0.2)
NOTHING = math.nan


def a_series(fewest: int, most: int) -> Any:
    return st.lists(st.tuples(scores, noises), min_size=fewest, max_size=most).map(lambda rows: np.array(rows).T)


def explicit_regression(d: Any, s2: Any, columns: Any) -> tuple[Any, Any]:
    """Coefficients and standard errors, matrix by matrix, as the papers write them."""
    n, p = columns.shape
    weights = np.diag(1 / s2)
    inverse = np.linalg.inv(columns.T @ weights @ columns)
    hat = weights - weights @ columns @ inverse @ columns.T @ weights
    wobble = max(0.0, (d @ hat @ d - (n - p)) / np.trace(hat))
    weights = np.diag(1 / (s2 + wobble))
    inverse = np.linalg.inv(columns.T @ weights @ columns)
    found = inverse @ columns.T @ weights @ d
    left = d - columns @ found
    return found, np.sqrt(np.diag(inverse) * (left @ weights @ left) / (n - p))


@given(a_series(4, 12))
def test_a_slope_is_that_of_the_formulas(rows: Any) -> None:
    d, s2 = rows
    columns = series.straight_line(len(d))
    found = series.regress(d, s2, columns)
    value, error = explicit_regression(d, s2, columns)
    assert found.degrees_of_freedom == len(d) - 2
    assert found.coefficients == pytest.approx(value, rel=1e-6, abs=1e-9)
    if error[1] > 1e-7:
        assert found.standard_errors == pytest.approx(error, rel=1e-5)


@given(st.lists(scores, min_size=4, max_size=12).filter(lambda d: len(set(d)) > 2), noises)
def test_periods_that_are_known_alike_give_the_slope_of_least_squares(d: list[float], noise: float) -> None:
    expected: Any = scipy.stats.linregress(range(len(d)), d)
    if expected.stderr < 1e-7:
        return
    found = series.regress(d, [noise] * len(d), series.straight_line(len(d)))
    assert found.coefficients[1] == pytest.approx(expected.slope, rel=1e-6, abs=1e-9)
    assert found.standard_errors[1] == pytest.approx(expected.stderr, rel=1e-6)


@given(a_series(4, 8), a_series(4, 8))
def test_many_series_are_the_same_as_each_alone_and_empty_periods_do_not_count(one: Any, other: Any) -> None:
    n = max(one.shape[1], other.shape[1]) + 2
    both = np.full((2, 2, n), NOTHING)
    both[:, 0, : one.shape[1]] = one
    both[:, 1, n - other.shape[1] :] = other
    columns = series.straight_line(n)
    together = series.regress(both[0], both[1], columns)
    for row, (known, alone) in enumerate([(slice(0, one.shape[1]), one), (slice(n - other.shape[1], n), other)]):
        expected = series.regress(*alone, columns[known])
        assert together.degrees_of_freedom[row] == expected.degrees_of_freedom
        assert together.coefficients[row] == pytest.approx(expected.coefficients, rel=1e-9, abs=1e-12)
        assert together.standard_errors[row] == pytest.approx(expected.standard_errors, rel=1e-9, abs=1e-12)


def test_two_periods_have_a_line_but_no_slope_to_be_sure_of() -> None:
    found = series.regress([[0.1, 0.2, NOTHING], [0.1, 0.2, 0.4]], np.full((2, 3), 0.01), series.straight_line(3))
    assert np.isnan(found.coefficients).tolist() == [[True, True], [False, False]]
    assert np.isnan(found.standard_errors).tolist() == [[True, True], [False, False]]


@pytest.mark.parametrize("values", [[0.5, 0.5, 0.5], [0.1, 0.2, 0.3, 0.4], [0.3, 0.2, 0.1]])
def test_an_exact_line_is_not_certain(values: list[float]) -> None:
    n, noise = len(values), 0.01
    found = series.regress(values, [noise] * n, series.straight_line(n))
    assert found.coefficients[1] == pytest.approx((values[-1] - values[0]) / (n - 1))
    assert found.standard_errors[1] == pytest.approx(math.sqrt(noise / (n * (n * n - 1) / 12)))  # as for known variance


def test_periods_far_from_the_answers_change_nothing() -> None:
    values, noise = [-0.2, 0.0, 0.2], 0.05
    alone = series.regress(values, [noise] * 3, series.straight_line(3))
    for years in (1, 60, 2000):
        n = 365 * years
        far = np.full(n, NOTHING)
        far[-3:] = values
        found = series.regress(far, np.full(n, noise), series.straight_line(n))
        assert found.coefficients[1] == pytest.approx(alone.coefficients[1], rel=1e-8)
        assert found.standard_errors[1] == pytest.approx(alone.standard_errors[1], rel=1e-8)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_variances_allow_for_unanimous_periods(x: int, m: int, y: int) -> None:
    own = series.own_variances([x], [m], [y])
    n = x + m + y
    if n == 0:
        assert np.isnan(own).all()
        return
    p, q = (x + 1) / (n + 3), (y + 1) / (n + 3)
    assert own[0] == pytest.approx((p + q - (p - q) ** 2) / n)
    common = series.common_variances([x, 0, x], [m, 0, m], [y, 0, y])
    total = 2 * n + 3
    p, q = (2 * x + 1) / total, (2 * y + 1) / total
    assert common == pytest.approx([(p + q - (p - q) ** 2) / n, NOTHING, (p + q - (p - q) ** 2) / n], nan_ok=True)


@given(a_series(2, 12))
def test_the_wobble_is_what_the_moments_say(rows: Any) -> None:
    d, s2 = (each.tolist() for each in rows)
    total = sum(1 / s for s in s2)
    mean = sum(v / s for v, s in zip(d, s2, strict=True)) / total
    q = sum((v - mean) ** 2 / s for v, s in zip(d, s2, strict=True))
    wobble = max(0.0, (q - (len(d) - 1)) / (total - sum(1 / s**2 for s in s2) / total))
    found_mean, margins, found = series.natural_limits(rows[0], rows[1])
    assert found_mean == pytest.approx(mean, abs=1e-12)
    assert found == pytest.approx(wobble, rel=1e-6, abs=1e-9)
    assert margins == pytest.approx([3 * math.sqrt(s + wobble) for s in s2], rel=1e-6, abs=1e-9)
    holes = np.full((2, 2 * len(d)), NOTHING)
    holes[:, ::2] = rows
    assert np.stack(series.wobble_between(*holes)) == pytest.approx(np.array([float(found_mean), float(found)]))


def test_a_change_of_level_is_no_wobble_nearby() -> None:
    level = np.repeat([0.4, 0.1], 20)
    noise = np.full(40, 0.001)
    assert series.wobble_between(level, noise)[1] > 0.02
    assert series.wobble_nearby(level, noise) < 0.001
    zigzag = np.tile([0.4, 0.1], 20)
    assert series.wobble_nearby(zigzag, noise) == pytest.approx(0.3**2 / 2 - 0.001)


@given(a_series(2, 10))
def test_the_moving_average_is_the_weighted_sum_of_all_before(rows: Any) -> None:
    d, spread = rows
    found = series.moving_average(d, spread)
    centre = (d / spread).sum() / (1 / spread).sum()
    assert found.centre == pytest.approx(centre)
    for t in range(len(d)):
        weights = np.array([0.2 * 0.8 ** (t - i) for i in range(t + 1)])
        expected = (weights * d[: t + 1]).sum() + 0.8 ** (t + 1) * centre
        assert found.values[t] == pytest.approx(expected, abs=1e-12)
        assert found.margins[t] == pytest.approx(2.86 * math.sqrt((weights**2 * spread[: t + 1]).sum()))


@given(a_series(4, 9))
def test_levels_are_the_best_of_all_cuts(rows: Any) -> None:
    d, s2 = rows
    n = len(d)
    firsts, spread = series.levels(d, s2)
    steps = [(b - a) ** 2 for a, b in itertools.pairwise(d)]
    noise = [a + b for a, b in itertools.pairwise(s2)]
    wobble = sum((s - e) / e for s, e in zip(steps, noise, strict=True)) / sum(2 / e for e in noise)
    assert spread == pytest.approx(s2 + max(0.0, wobble))

    def cost(cuts: tuple[int, ...]) -> float:
        plain = 3 * math.log(n)
        total = len(cuts) * plain * (1 + 3 * (plain + 1) / (4 * (n - 1)))
        for first, end in itertools.pairwise([0, *cuts, n]):
            part, weights = d[first:end], 1 / spread[first:end]
            total += float((weights * (part - np.average(part, weights=weights)) ** 2).sum())
        return total

    def is_allowed(cuts: tuple[int, ...]) -> bool:
        return all(end - first >= 2 for first, end in itertools.pairwise([0, *cuts, n]))

    every = [cuts for k in range(n) for cuts in itertools.combinations(range(1, n), k) if is_allowed(cuts)]
    assert is_allowed(tuple(firsts[1:]))
    assert firsts[0] == 0
    assert cost(tuple(firsts[1:])) == pytest.approx(min(map(cost, every)), abs=1e-9)


def test_a_clear_change_of_level_is_found_at_its_place() -> None:
    rng = np.random.default_rng(1)
    d = np.where(np.arange(40) < 25, 0.4, 0.1) + rng.normal(0, 0.05, 40)
    assert series.levels(d, np.full(40, 0.0025))[0] == [0, 25]


# ------------------------------------------------------------------------- small versions of benchmarks/coverage


def simulated(rng: np.random.Generator, runs: int, n_periods: int, wobble: float, n: int = 100) -> Any:
    """Counts of promoters, passives and detractors of many series with no change but wobble."""
    shift = rng.normal(0, wobble / 2, (runs, n_periods))
    drawn = rng.multinomial(n, np.stack([0.45 + shift, np.full(shift.shape, 0.3), 0.25 - shift], axis=-1))
    return drawn[..., 0], drawn[..., 1], drawn[..., 2]


@pytest.mark.parametrize("wobble", [0.0, 0.05])
@pytest.mark.parametrize("n_periods", [6, 12, 24, 52])
def test_a_slope_is_claimed_of_still_series_in_one_of_twenty(n_periods: int, wobble: float) -> None:
    counts = simulated(np.random.default_rng(7), 4000, n_periods, wobble)
    d = (counts[0] - counts[2]) / 100
    found = series.regress(d, series.own_variances(*counts), series.straight_line(n_periods))
    p = 2 * scipy.stats.t.sf(np.abs(found.coefficients[:, 1] / found.standard_errors[:, 1]), n_periods - 2)
    assert 0.04 <= (p < 0.05).mean() <= 0.065


@pytest.mark.parametrize("wobble", [0.0, 0.05])
@pytest.mark.parametrize("n_periods", [12, 52])
def test_few_periods_of_still_series_are_unusual_and_few_levels_change(n_periods: int, wobble: float) -> None:
    counts = simulated(np.random.default_rng(8), 400, n_periods, wobble)
    d, s2 = (counts[0] - counts[2]) / 100, series.common_variances(*counts)
    mean, margins, _ = series.natural_limits(d, s2)
    assert (np.abs(d - mean[:, None]) > margins).mean() < 0.02
    changed = [len(series.levels(d[run], s2[run])[0]) > 1 for run in range(len(d))]
    assert np.mean(changed) < 0.05


def test_twenty_points_are_found_within_a_period_of_their_date_nine_times_of_ten() -> None:
    rng, runs, n_periods = np.random.default_rng(9), 400, 52
    shift = np.where(np.arange(n_periods) < 26, 0.0, 0.1)
    drawn = rng.multinomial(100, np.stack([0.45 - shift, np.full(52, 0.3), 0.25 + shift], axis=-1), (runs, n_periods))
    counts = drawn[..., 0], drawn[..., 1], drawn[..., 2]
    d, s2 = (counts[0] - counts[2]) / 100, series.common_variances(*counts)
    found = [any(abs(first - 26) <= 1 for first in series.levels(d[run], s2[run])[0]) for run in range(runs)]
    assert np.mean(found) >= 0.9
