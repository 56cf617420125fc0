"""How often the intervals hold the true value, summed over every sample that there can be."""

import functools
from typing import Any

import numpy as np
import pytest
import scipy.stats

from nps_core.stats.differences import mover_interval
from nps_core.stats.intervals import interval

REALISTIC = [
    (promoters, passives, 100 - promoters - passives)
    for promoters in range(5, 86, 5)
    for passives in range(10, 61, 5)
    if 5 <= 100 - promoters - passives <= 85
]
FEW = [(85, 10, 5), (60, 30, 10), (45, 10, 45), (20, 40, 40), (5, 10, 85)]


def samples(n: int) -> Any:
    return np.array([(x, n - x - y, y) for x in range(n + 1) for y in range(n + 1 - x)])


def chances(n: int, percents: Any) -> Any:
    return scipy.stats.multinomial(n, np.divide(percents, 100)).pmf(samples(n))


def coverage(n: int, percents: Any, method: Any = "score", level: float = 0.95) -> float:
    low, high = interval(*samples(n).T, level, method=method)
    truth = (percents[0] - percents[2]) / 100
    return float(chances(n, percents) @ ((low <= truth) & (truth <= high)))


@functools.cache
def limits_of_difference(sizes: tuple[int, int], method: Any, level: float) -> Any:
    """The limits of every pair of samples."""
    one, two = (samples(n) for n in sizes)
    first, second = np.repeat(one, len(two), axis=0), np.tile(two, (len(one), 1))
    return mover_interval(tuple(first.T), tuple(second.T), level, method=method)


def coverage_of_difference(
    sizes: tuple[int, int], first: Any, second: Any, method: Any = "score", level: float = 0.95
) -> float:
    low, high = limits_of_difference(sizes, method, level)
    truth = (first[0] - first[2] - second[0] + second[2]) / 100
    both = np.outer(chances(sizes[0], first), chances(sizes[1], second)).ravel()
    return float(both @ ((low <= truth) & (truth <= high)))


@pytest.mark.parametrize("n", [10, 20])
def test_the_default_keeps_its_promise_in_small_samples(n: int) -> None:
    assert min(coverage(n, percents) for percents in REALISTIC) >= 0.93


# The lowest of benchmarks/coverage, in steps of 1 %
WORST = [(10, (68, 8, 24)), (20, (11, 44, 45)), (50, (72, 25, 3)), (100, (3, 21, 76))]


@pytest.mark.parametrize(("n", "percents"), WORST)
def test_the_default_keeps_its_promise_where_it_is_hardest(n: int, percents: Any) -> None:
    assert coverage(n, percents) >= 0.93


@pytest.mark.parametrize("n", [10, 20])
def test_wald_does_not(n: int) -> None:
    assert min(coverage(n, percents, "wald") for percents in REALISTIC) < 0.89


@pytest.mark.parametrize("sizes", [(10, 10), (10, 20), (20, 20)])
def test_the_default_of_differences_keeps_its_promise(sizes: tuple[int, int]) -> None:
    assert min(coverage_of_difference(sizes, first, second) for first in FEW for second in FEW) >= 0.93


def test_ten_against_ten_at_opposite_ends_is_its_lowest() -> None:
    assert coverage_of_difference((10, 10), (5, 10, 85), (85, 9, 6)) == pytest.approx(0.924, abs=0.0005)


@pytest.mark.parametrize("sizes", [(10, 10), (10, 20), (20, 20)])
def test_wald_of_differences_does_not(sizes: tuple[int, int]) -> None:
    assert coverage_of_difference(sizes, (5, 10, 85), (85, 10, 5), "wald") < 0.9


@pytest.mark.parametrize("n", [10, 20])
def test_a_lower_level_would_be_noticed(n: int) -> None:
    assert min(coverage(n, percents, level=0.9) for percents in REALISTIC) < 0.93
    assert coverage_of_difference((n, n), (45, 10, 45), (45, 10, 45), level=0.9) < 0.93
