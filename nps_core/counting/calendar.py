"""Instants to calendar periods, in a named time zone.

Only days are ever looked up in a calendar, each of them once. An instant becomes the number of a *slot* by one integer
division (a day, or a quarter of an hour in a time zone), and a small table over the slots gives the period.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.kernel import WIDE_BLOCK, Codes, blocks, narrowest
from nps_core.counting.zones import DAY, HOUR, Days, Instants, ends_of, is_dense, local_days, offsets_of, zone_named
from nps_core.errors import must_be_one_of

Every: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
"""The calendar periods: a day, an ISO week (from Monday), a month, a quarter, a year."""

EVERY: Final[tuple[Every, ...]] = get_args(Every)

FINER: Final[dict[Every, frozenset[Every]]] = {
    "day": frozenset({"day"}),
    "week": frozenset({"day", "week"}),
    "month": frozenset({"day", "month"}),
    "quarter": frozenset({"day", "month", "quarter"}),
    "year": frozenset({"day", "month", "quarter", "year"}),
}
"""For each period, those that fit into it without a remainder."""

_STEPS: Final[dict[Every, tuple[str, int]]] = {
    "day": ("D", 1),
    "week": ("D", 7),
    "month": ("M", 1),
    "quarter": ("M", 3),
    "year": ("M", 12),
}
"""For each period, the unit it is counted in and how many of them it lasts."""

_QUARTER_HOUR: Final = HOUR // 4
"""Microseconds. Nearly every offset since 1900 is a number of whole quarters of an hour."""

_AGAIN: Final = -2
"""The code of a slot whose rows have to be looked at one by one."""


def period_codes(instants: Instants, time_zone: str | None, every: Every) -> tuple[Codes, Days]:
    """Number the period of each instant.

    A division and a look-up per row, in blocks that fit into the processor's cache, take a tenth of the time that a
    calendar takes to find a month. What makes the look-up exact is the table: every row of a slot has the code of the
    slot, or else the slot is marked, and its rows, which are few, are read in the calendar one by one.

    Args:
        instants: Times in UTC (or as written, if naive), ``datetime64[us]`` of shape (n,).
        time_zone: The zone whose calendar is meant; "naive" or None to take the times as written.
        every: The period.

    Returns:
        Codes, shape (n,), -1 where the time is unknown, in the narrowest signed type that holds them; and the first
        day of the period of each code, ascending. Some of these periods may hold none of the instants.
    """
    ends = ends_of(instants)
    if ends is None:
        return np.full(len(instants), -1, np.int8), np.array([], "datetime64[D]")
    first_day, last_day = ends[0] // DAY, ends[1] // DAY
    zone = zone_named(time_zone)
    width, margin = (DAY, 0) if zone is None else (_QUARTER_HOUR, 1)  # no zone is a whole day off
    per_day = DAY // width
    if not is_dense((last_day - first_day + 1) * per_day, len(instants)):
        return _codes_by_sorting(instants, time_zone, every)
    first, last = _period_numbers(np.array([first_day - margin, last_day + margin]), every).tolist()
    days, narrow = np.arange(first_day, last_day + 1), narrowest(last - first + 1)
    of_slot = (
        (_period_numbers(days, every) - first).astype(narrow)
        if zone is None
        else _codes_of_quarter_hours(days, zone, every, first, narrow)
    )
    table = np.append(narrow(-1), of_slot)
    codes = _look_up(instants.view(np.int64), width, first_day * per_day, table)
    if (table == _AGAIN).any():
        rows = np.flatnonzero(codes == _AGAIN)
        codes[rows] = _period_numbers(local_days(instants[rows], time_zone).astype(np.int64), every) - first
    return codes, _first_days(np.arange(first, last + 1), every).astype("datetime64[D]")


def period_starts(days: Days, every: Every) -> Days:
    """The first day of the period that each day falls in; NaT stays NaT."""
    starts, is_known = days.copy(), ~np.isnat(days)
    known = days[is_known].astype(np.int64)
    if not len(known):
        return starts
    first, last = int(known.min()), int(known.max())
    if is_dense(last - first + 1, len(known)):  # one look into the calendar per day, not per row
        found = _first_days(_period_numbers(np.arange(first, last + 1), every), every)[known - first]
    else:
        found = _first_days(_period_numbers(known, every), every)
    starts[is_known] = found.astype("datetime64[D]")
    return starts


def period_range(first: np.datetime64, last: np.datetime64, every: Every) -> Days:
    """The starts of all periods from one start to another, both included."""
    unit, step = _STEPS[every]
    ends = np.array([first, last]).astype(f"datetime64[{unit}]").astype(np.int64)
    return np.arange(ends[0], ends[1] + 1, step).astype(f"datetime64[{unit}]").astype("datetime64[D]")


def period_label(start: dt.date, every: Every) -> str:
    """A period's name: 2025-03-06, 2025-W10, 2025-03, 2025-Q1, 2025."""
    return _LABELS[every](start)


def check_every(every: str) -> None:
    """Refuse a period that does not exist."""
    must_be_one_of("every", every, EVERY)


def _week_label(start: dt.date) -> str:
    year, week, _ = start.isocalendar()
    return f"{year:04}-W{week:02}"


_LABELS: Final[dict[Every, Callable[[dt.date], str]]] = {
    "day": lambda start: start.isoformat(),
    "week": _week_label,
    "month": lambda start: f"{start.year:04}-{start.month:02}",
    "quarter": lambda start: f"{start.year:04}-Q{(start.month + 2) // 3}",
    "year": lambda start: f"{start.year:04}",
}


def _period_numbers(days: NDArray[np.int64], every: Every) -> NDArray[np.int64]:
    """The number of the period that each day falls in, both counted from that of 1 January 1970."""
    if every == "day":
        return days
    if every == "week":  # day 0 was a Thursday
        return (days + 3) // 7
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months // _STEPS[every][1]


def _first_days(numbers: NDArray[np.int64], every: Every) -> NDArray[np.int64]:
    """The first day of each period, for the numbers that :func:`_period_numbers` gives."""
    if every == "day":
        return numbers
    if every == "week":
        return numbers * 7 - 3
    months = (numbers * _STEPS[every][1]).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64)


def _codes_of_quarter_hours(
    days: NDArray[np.int64], zone: dt.tzinfo, every: Every, first: int, narrow: type[np.signedinteger[Any]]
) -> NDArray[np.signedinteger[Any]]:
    """The code of each quarter of an hour (in UTC) of successive days, counted from period number ``first``.

    Most days lie in one month whole, and most hours in one day: only what does not is looked at more closely.
    """
    known: dict[int, int] = {}
    codes = _codes_of_slots(days, DAY, zone, every, first=first, known=known).astype(narrow)
    first_slot, width = int(days[0]), DAY
    for finer in (HOUR, _QUARTER_HOUR):
        parts = width // finer
        codes, first_slot, width = np.repeat(codes, parts), first_slot * parts, finer
        open_slots = np.flatnonzero(codes == _AGAIN)
        found = _codes_of_slots(first_slot + open_slots, width, zone, every, first=first, known=known)
        codes[open_slots] = found
    return codes


def _codes_of_slots(
    slots: NDArray[np.int64], width: int, zone: dt.tzinfo, every: Every, *, first: int, known: dict[int, int]
) -> NDArray[np.int64]:
    """The code of each slot that falls in one period from its first to its last microsecond, else the mark.

    Where the clocks change a slot is not taken as a whole: they could go back over midnight, and forth again.
    """
    ends = np.concatenate([slots * width, slots * width + (width - 1)]).view("datetime64[us]")
    offsets = offsets_of(ends, zone, known)
    numbers = _period_numbers((ends + offsets).astype("datetime64[D]").astype(np.int64), every)
    n = len(slots)
    is_whole = (numbers[:n] == numbers[n:]) & (offsets[:n] == offsets[n:])
    return np.where(is_whole, numbers[:n] - first, _AGAIN)


def _look_up(
    ticks: NDArray[np.int64], width: int, first_slot: int, table: NDArray[np.signedinteger[Any]]
) -> NDArray[np.signedinteger[Any]]:
    """The code of each tick's slot. NaT lies before all slots: clipped, it gets the code that the table begins with."""
    codes = np.empty(len(ticks), table.dtype)
    buffer = np.empty(min(len(ticks), WIDE_BLOCK), np.int64)
    for rows in blocks(len(ticks), WIDE_BLOCK):
        block = ticks[rows]
        slots = buffer[: len(block)]
        np.floor_divide(block, width, out=slots)
        slots -= first_slot - 1
        table.take(slots, out=codes[rows], mode="clip")
    return codes


def _codes_by_sorting(instants: Instants, time_zone: str | None, every: Every) -> tuple[Codes, Days]:
    """Codes of the periods that occur, for times that are few or far apart."""
    is_known = ~np.isnat(instants)
    numbers = _period_numbers(local_days(instants[is_known], time_zone).astype(np.int64), every)
    found, position = np.unique(numbers, return_inverse=True)
    codes = np.full(len(instants), -1, narrowest(len(found)))
    codes[is_known] = position
    return codes, _first_days(found, every).astype("datetime64[D]")
