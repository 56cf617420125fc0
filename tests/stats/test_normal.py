"""The normal distribution, against scipy, and the confidence level."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError
from nps_core.stats.normal import ALTERNATIVES, cdf, check_confidence_level, ppf, pvalue, quantile, reach, two_sided


@given(st.floats(1e-3, 1, exclude_max=True))
def test_the_quantile_leaves_half_of_the_error_on_each_side(level: float) -> None:
    assert quantile(level) == pytest.approx(scipy.stats.norm.isf((1 - level) / 2), rel=1e-12)


def test_the_quantile_keeps_its_digits_at_the_highest_level() -> None:
    highest = 1 - 2**-53  # (1 + highest) / 2 is 1 in double precision
    assert quantile(highest) == pytest.approx(scipy.stats.norm.isf(2**-54), rel=1e-12)


@given(st.floats(-45, 45))
def test_tails_and_the_distribution_function_are_those_of_scipy(z: float) -> None:
    at = np.array([[z]])
    assert two_sided(at) == pytest.approx(np.array([[2 * scipy.stats.norm.sf(abs(z))]]), rel=1e-10, abs=1e-300)
    assert cdf(at) == pytest.approx(np.array([[scipy.stats.norm.cdf(z)]]), rel=1e-10, abs=1e-300)


def test_what_is_unknown_stays_unknown() -> None:
    assert np.isnan(two_sided(np.array([np.nan]))).all()


@given(st.floats(0.5, 1, exclude_min=True, exclude_max=True))
def test_one_side_takes_all_of_the_error_and_two_sides_share_it(level: float) -> None:
    assert reach(level) == reach(level, "two-sided") == quantile(level)
    assert reach(level, "greater") == reach(level, "less") == pytest.approx(scipy.stats.norm.isf(1 - level), rel=1e-12)


@given(st.floats(0.75, 0.9999))
def test_a_one_sided_limit_is_that_of_two_sides_with_twice_the_error(level: float) -> None:
    assert reach(level, "less") == pytest.approx(reach(2 * level - 1), rel=1e-9)


@pytest.mark.parametrize("alternative", ["greater", "less"])
@pytest.mark.parametrize("level", [0.5, 0.05])
def test_a_one_sided_limit_on_the_wrong_side_is_refused(level: float, alternative: Any) -> None:
    with pytest.raises(InvalidInputError, match=f"^a one-sided confidence_level must be above 0.5, got {level}$"):
        reach(level, alternative)


@pytest.mark.parametrize("alternative", ["bigger", None, "Greater"])
def test_what_is_no_alternative_is_refused(alternative: Any) -> None:
    for call in (lambda: reach(0.95, alternative), lambda: pvalue(np.zeros(2), alternative)):
        with pytest.raises(InvalidInputError, match=r"^alternative must be one of 'two-sided', 'greater', 'less', got"):
            call()


@pytest.mark.parametrize("alternative", ALTERNATIVES)
def test_every_alternative_refuses_what_is_no_level(alternative: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"^confidence_level must be between 0 and 1"):
        reach(1, alternative)


@given(st.floats(-38, 38))
def test_pvalues_are_the_tails_of_scipy(z: float) -> None:
    at = np.array([[z, -z]])
    expected = {"greater": scipy.stats.norm.sf(at), "less": scipy.stats.norm.cdf(at)}
    for alternative in ("greater", "less"):
        assert pvalue(at, alternative) == pytest.approx(expected[alternative], rel=1e-9, abs=1e-300)
    assert (pvalue(at) == two_sided(at)).all()


@given(st.floats(-9, 9))
def test_the_pvalues_of_the_two_sides_add_up_to_one_and_the_smaller_is_half_of_that_of_both(z: float) -> None:
    at = np.array(z)
    sides = float(pvalue(at, "greater")), float(pvalue(at, "less"))
    assert math.fsum(sides) == pytest.approx(1, abs=1e-15)
    assert 2 * min(sides) == pytest.approx(float(pvalue(at)), rel=1e-15)


@pytest.mark.parametrize(
    ("alternative", "expected"), [("two-sided", [1, 0, 0]), ("greater", [0.5, 0, 1]), ("less", [0.5, 1, 0])]
)
def test_infinite_statistics_leave_no_doubt_and_unknown_ones_no_pvalue(alternative: Any, expected: Any) -> None:
    found = pvalue(np.array([0, np.inf, -np.inf, np.nan]), alternative)
    assert found.tolist() == pytest.approx([*expected, np.nan], nan_ok=True)


@given(st.floats(1e-12, 1 - 1e-12))
def test_the_share_below_its_quantile_is_the_share(share: float) -> None:
    assert cdf(ppf(np.array([share]))) == pytest.approx([share], rel=1e-9)


def test_the_quantiles_of_nothing_and_of_everything_are_far_out_but_finite() -> None:
    assert ppf(np.array([0.0, 1.0])) == pytest.approx(scipy.stats.norm.ppf([1e-12, 1 - 1e-12]), rel=1e-6)


@pytest.mark.parametrize("level", [0.95, np.float64(0.95), np.float32(0.5)])
def test_a_level_comes_back_as_a_python_float(level: Any) -> None:
    assert type(check_confidence_level(level)) is float
    assert check_confidence_level(level) == level


@pytest.mark.parametrize(
    ("level", "message"),
    [
        (0, "between 0 and 1, both excluded, got 0"),
        (1, "between 0 and 1, both excluded, got 1"),
        (1.0, "between 0 and 1, both excluded, got 1.0"),
        (-0.5, "between 0 and 1, both excluded, got -0.5"),
        (float("nan"), "between 0 and 1, both excluded, got nan"),
        (100, "between 0 and 1, both excluded, got 100"),
        (95, "between 0 and 1, both excluded, got 95; for 95 % write 0.95"),
        (99.5, "between 0 and 1, both excluded, got 99.5; for 99.5 % write 0.995"),
        ("0.95", "a number between 0 and 1, got '0.95'"),
        (True, "a number between 0 and 1, got True"),
        (None, "a number between 0 and 1, got None"),
        (Fraction(1, 2), "a number between 0 and 1, got Fraction(1, 2)"),
    ],
)
def test_what_is_no_level_is_refused(level: Any, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_confidence_level(level)
    assert str(caught.value) == f"confidence_level must be {message}"
