"""Numbers as people read them: rounded half away from zero, with a thin comma for thousands and no minus zero."""

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

NOTHING: Final = "-"
"""What stands where there is no number."""


_CONTEXT: Final = Context(prec=400, rounding=ROUND_HALF_UP)
"""Our own: that of the program may have three digits."""


def decimal(value: float | None, places: int = 1) -> str:
    """A number with a fixed number of places."""
    if value is None:
        return NOTHING
    return _rounded(Decimal(repr(float(value))), places)


def signed(value: float | None, places: int = 1) -> str:
    """A difference: always with its sign, 0.0 without."""
    text = decimal(value, places)
    return f"+{text}" if value is not None and not text.startswith("-") and text.strip("0.") else text


def count(value: int | None) -> str:
    """A whole number."""
    return NOTHING if value is None else f"{value:,}"


def percent(share: float | None) -> str:
    """A share, between 0 and 1, as a percentage."""
    # Times 100 in decimals: 100 * 0.2845 is 28.449999999999996.
    return NOTHING if share is None else f"{_rounded(Decimal(repr(float(share))).scaleb(2, _CONTEXT), 1)} %"


def span(low: float | None, high: float | None) -> str:
    """An interval."""
    return NOTHING if low is None or high is None else f"{decimal(low)} to {decimal(high)}"


def signed_span(low: float | None, high: float | None) -> str:
    """An interval of a difference."""
    return NOTHING if low is None or high is None else f"{signed(low)} to {signed(high)}"


def percent_span(low: float | None, high: float | None) -> str:
    """An interval of shares."""
    return NOTHING if low is None or high is None else f"{percent(low).removesuffix(' %')} to {percent(high)}"


def pvalue(value: float | None) -> str:
    """A p-value: three places, or that it is smaller."""
    if value is None:
        return NOTHING
    return "< 0.001" if value < 0.0005 else decimal(value, 3)


def _rounded(value: Decimal, places: int) -> str:
    rounded = value.quantize(Decimal((0, (1,), -places)), context=_CONTEXT)
    return f"{rounded.copy_abs() if rounded.is_zero() else rounded:,}"
