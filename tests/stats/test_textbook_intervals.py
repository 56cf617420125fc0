"""The intervals of the textbooks: Wald's and its adjustment, against R and against the formulas written out."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats.intervals import adjusted_wald_interval, estimate, standard_error, wald_interval

counts = st.integers(0, 10**6)
some_counts = st.tuples(counts, counts, counts).filter(any)
levels = st.floats(0.5, 0.9999)


def wald(answers: list[int], level: float) -> tuple[float, float]:
    """Mean -+ z s / sqrt(n) of answers coded 1, 0 and -1."""
    d = statistics.fmean(answers)
    margin = statistics.NormalDist().inv_cdf((1 + level) / 2) * statistics.pstdev(answers) / math.sqrt(len(answers))
    return d - margin, d + margin


def test_wald_is_that_of_r() -> None:
    # R: c(-1, 1) * qnorm(.975) * sqrt((.6 + .2 - .4^2) / 100) + .4, in points (issue 2)
    low, high = wald_interval(60, 20, 20)
    assert (100 * low, 100 * high) == pytest.approx((24.320288123679573, 55.679711876320436), rel=1e-13)


def test_the_standard_error_is_that_of_r() -> None:
    # Scores 0 to 10 once each: 2 promoters, 2 passives, 7 detractors (issue 2)
    assert 100 * estimate(2, 2, 7)[0] == pytest.approx(-45.45454545454545, rel=1e-13)
    assert 100 * standard_error(2, 2, 7) == pytest.approx(23.57907870692080, rel=1e-13)


@given(st.tuples(*[st.integers(0, 30)] * 3).filter(any), levels)
def test_wald_is_the_mean_of_the_answers_with_its_normal_margin(triple: tuple[int, int, int], level: float) -> None:
    x, m, y = triple
    assert wald_interval(x, m, y, level) == pytest.approx(wald([1] * x + [0] * m + [-1] * y, level), rel=0, abs=1e-13)


@given(st.tuples(*[st.integers(0, 30)] * 3).filter(any), levels)
def test_adjusted_wald_is_wald_with_one_answer_more_in_each_category(
    triple: tuple[int, int, int], level: float
) -> None:
    x, m, y = triple
    low, high = wald([1] * (x + 1) + [0] * (m + 1) + [-1] * (y + 1), level)
    assert adjusted_wald_interval(x, m, y, level) == pytest.approx((max(low, -1), min(high, 1)), rel=0, abs=1e-13)


@given(some_counts)
def test_the_variance_keeps_its_digits_near_unanimity(triple: tuple[int, int, int]) -> None:
    x, m, y = triple
    n = sum(triple)
    exact = (n * (x + y) - (x - y) ** 2) / n**2  # tau - d^2 in whole numbers
    assert estimate(x, m, y)[1] == pytest.approx(exact, rel=1e-14)


@pytest.mark.parametrize(("triple", "value"), [((1, 0, 0), 1), ((0, 5, 0), 0), ((0, 0, 9), -1)])
def test_wald_has_no_width_where_everybody_agrees_and_adjusted_wald_has(
    triple: tuple[int, int, int], value: int
) -> None:
    assert wald_interval(*triple) == (value, value)
    low, high = adjusted_wald_interval(*triple)
    assert low < high
    assert low <= value <= high


def test_wald_may_reach_beyond_the_scale_and_adjusted_wald_is_cut_off() -> None:
    assert wald_interval(9, 1, 0)[1] > 1  # 0.9 + 1.96 sqrt(0.09 / 10) = 1.086
    assert adjusted_wald_interval(9, 0, 0)[1] == 1  # 9/12 + 1.96 sqrt((11/12 - (9/12)^2) / 12) = 1.087
    assert adjusted_wald_interval(0, 0, 9)[0] == -1
