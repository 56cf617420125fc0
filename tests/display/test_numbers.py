"""Numbers as people read them: rounded half away from zero, never a minus zero."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.display import numbers


def half_away(value: Fraction, places: int) -> str:
    """The exact value rounded half away from zero, in whole numbers only."""
    units = math.floor(abs(value) * 10**places + Fraction(1, 2))
    text = f"{units:0{places + 1}}"
    text = f"{text[:-places]}.{text[-places:]}" if places else text
    return f"-{text}" if value < 0 < units else text


@given(st.integers(-99_999, 99_999), st.integers(0, 3), st.integers(0, 3))
def test_a_decimal_is_rounded_half_away_from_zero(digits: int, decimals: int, places: int) -> None:
    value = Fraction(digits, 10**decimals)
    assert numbers.decimal(float(value), places).replace(",", "") == half_away(value, places)


@pytest.mark.parametrize("n", [*range(1, 41), 80, 160, 200, 1000, 2000])
def test_a_percentage_is_rounded_from_the_exact_share(n: int) -> None:
    shown = [numbers.percent(part / n) for part in range(n + 1)]
    assert shown == [f"{half_away(Fraction(100 * part, n), 1)} %" for part in range(n + 1)]


@pytest.mark.parametrize("value", [0.0, -0.0, 0.04, -0.04, 1e-300, -1e-300])
def test_what_rounds_to_zero_has_no_sign(value: float) -> None:
    assert numbers.decimal(value) == numbers.signed(value) == "0.0"
    assert numbers.decimal(value, 0) == numbers.signed(value, 0) == "0"


@given(st.floats(-200, 200))
def test_a_difference_carries_its_sign(value: float) -> None:
    shown = numbers.signed(value)
    assert shown.lstrip("+") == numbers.decimal(value)
    assert shown.startswith("+") == (float(shown) > 0)
    assert shown.startswith("-") == (float(shown) < 0)


def test_thousands_are_set_apart() -> None:
    assert numbers.count(13_612) == "13,612"
    assert numbers.decimal(1_234_567.25) == "1,234,567.3"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "< 0.001"),
        (0.000499, "< 0.001"),
        (0.0005, "0.001"),
        (0.0124999, "0.012"),
        (0.0125, "0.013"),
        (1.0, "1.000"),
    ],
)
def test_a_pvalue_is_never_shown_as_zero(value: float, shown: str) -> None:
    assert numbers.pvalue(value) == shown


def test_intervals_name_both_limits() -> None:
    assert numbers.span(-2.25, 84.04) == "-2.3 to 84.0"
    assert numbers.signed_span(-2.25, 84.04) == "-2.3 to +84.0"


def test_where_there_is_no_number_there_is_a_dash() -> None:
    nothing = [numbers.decimal(None), numbers.signed(None), numbers.count(None), numbers.percent(None)]
    nothing += [numbers.pvalue(None), numbers.span(None, 1.0), numbers.span(1.0, None)]
    nothing += [numbers.signed_span(None, 1.0), numbers.signed_span(1.0, None)]
    assert set(nothing) == {"-"}
