"""Instants to calendar periods, in a named time zone.

Only days are ever looked up in a calendar, each of them once. An instant becomes the number of a *slot* by one integer
division (a day, or a quarter of an hour in a time zone), and a small table over the slots gives the period. Time zones
are asked for their offset once per day, and once more to the second on the days when the clocks change.
"""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.columns import as_column, as_list, first_rows, is_missing
from nps_core.counting.kernel import Codes, blocks
from nps_core.errors import InvalidInputError, must_be_one_of

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

NAIVE: Final = "naive"
"""The name of "no time zone": times are taken as they were written."""

Instants: TypeAlias = NDArray[np.datetime64]
Days: TypeAlias = NDArray[np.datetime64]

_STEPS: Final[dict[Every, tuple[str, int]]] = {
    "day": ("D", 1),
    "week": ("D", 7),
    "month": ("M", 1),
    "quarter": ("M", 3),
    "year": ("M", 12),
}
"""For each period, the unit it is counted in and how many of them it lasts."""

_HOUR: Final = 3_600_000_000
_DAY: Final = 24 * _HOUR
_QUARTER_HOUR: Final = _HOUR // 4
"""Microseconds. Nearly every offset since 1900 is a number of whole quarters of an hour."""

_BLOCK: Final = 1 << 15
"""Rows per block, at eight bytes each."""

_WIDE_BLOCK: Final = 1 << 17
"""Rows per block where every block costs something of its own, for each day in it."""

_NAT: Final = np.iinfo(np.int64).min
"""The number that stands for an unknown time."""

_AGAIN: Final = -2
"""The code of a slot whose rows have to be looked at one by one."""

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)


def to_instants(times: Any, time_zone: str | None) -> tuple[Instants, str | None]:
    """Turn a column of times into UTC.

    Args:
        times: datetimes or dates as a list, a ``datetime64`` array, or a column of pandas, Polars or PyArrow; n of
            them. None and NaT are unknown times.
        time_zone: An IANA name such as ``"Europe/Helsinki"``, whose calendar is meant. For times that carry a zone of
            their own it may be None, and theirs is used. For times that carry none it is the zone they were written
            in, or ``"naive"`` to take them as written; dates are always taken as written.

    Returns:
        Times in UTC (or as written, if naive), ``datetime64[us]`` of shape (n,), and the zone's name, None if no time
        is known. An array that holds just that is handed back as it is, not copied.

    Raises:
        InvalidInputError: If something is not a time, times with and without a zone are mixed, or no zone is known.
    """
    check_time_zone(time_zone)
    column = as_column(_without_objects(times), "times")
    if isinstance(column, list) or column.dtype.kind != "M":
        instants, own_zone = _from_objects(as_list(column, "times"))
    else:
        instants, own_zone = _from_array(column), zone_of(times)
    if all(np.isnat(instants[rows]).all() for rows in blocks(len(instants), _BLOCK)):  # seldom more than one block
        return instants, None
    if own_zone is not None:
        if time_zone == NAIVE:
            raise InvalidInputError("times must carry no zone with time_zone='naive', but these carry one")
        if time_zone is None and own_zone == "":
            raise InvalidInputError(
                "times with different or unnamed zones need a calendar: pass time_zone='Europe/Helsinki', say"
            )
        return instants, time_zone or own_zone
    if time_zone is None:
        raise InvalidInputError(
            "times without a zone need one: pass time_zone='Europe/Helsinki', say, if they were written there, "
            "or time_zone='naive' to take them as written"
        )
    return (instants if time_zone == NAIVE else _to_utc(instants, time_zone)), time_zone


def zone_of(column: object) -> str | None:
    """The zone that a pandas, Polars or PyArrow column carries: None for none, "" for one without a usable name."""
    pandas_column = getattr(column, "dt", column)
    kind = getattr(column, "type", getattr(column, "dtype", None))
    for holder, attribute in ((pandas_column, "tz"), (kind, "tz"), (kind, "time_zone")):
        zone = getattr(holder, attribute, None)
        if zone is not None:
            return _name_of(zone) if isinstance(zone, dt.tzinfo) else _usable(str(zone))
    return None


def check_time_zone(time_zone: str | None) -> None:
    """Refuse a time zone that this machine does not know."""
    if time_zone is None or (isinstance(time_zone, str) and time_zone == NAIVE):
        return
    if not isinstance(time_zone, str) or not _usable(time_zone):
        raise InvalidInputError(
            f"time_zone must be an IANA name such as 'Europe/Helsinki', or 'naive', got {time_zone!r} "
            "(on Windows the names come from the package tzdata)"
        )


def local_days(instants: Instants, time_zone: str | None) -> Days:
    """The calendar day of each instant in a zone, as ``datetime64[D]``; NaT where the time is unknown."""
    zone = _zone(time_zone)
    return (instants if zone is None else instants + _offsets(instants, zone)).astype("datetime64[D]")


def local_times(instants: Instants, time_zone: str | None) -> list[dt.datetime | None]:
    """Instants as Python datetimes in their zone, None where unknown."""
    naive: list[dt.datetime | None] = instants.tolist()
    if time_zone in {None, NAIVE}:
        return naive
    zone = zoneinfo.ZoneInfo(str(time_zone))
    return [None if time is None else time.replace(tzinfo=dt.UTC).astimezone(zone) for time in naive]


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
    ends = _ends(instants)
    if ends is None:
        return np.full(len(instants), -1, np.int8), np.array([], "datetime64[D]")
    first_day, last_day = ends[0] // _DAY, ends[1] // _DAY
    zone = _zone(time_zone)
    width, margin = (_DAY, 0) if zone is None else (_QUARTER_HOUR, 1)  # no zone is a whole day off
    per_day = _DAY // width
    if not _is_dense((last_day - first_day + 1) * per_day, len(instants)):
        return _codes_by_sorting(instants, time_zone, every)
    first, last = _period_numbers(np.array([first_day - margin, last_day + margin]), every).tolist()
    days, narrow = np.arange(first_day, last_day + 1), _narrowest(last - first + 1)
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
    if _is_dense(last - first + 1, len(known)):  # one look into the calendar per day, not per row
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
    codes = _codes_of_slots(days, _DAY, zone, every, first=first, known=known).astype(narrow)
    first_slot, width = int(days[0]), _DAY
    for finer in (_HOUR, _QUARTER_HOUR):
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
    offsets = _offsets(ends, zone, known)
    numbers = _period_numbers((ends + offsets).astype("datetime64[D]").astype(np.int64), every)
    n = len(slots)
    is_whole = (numbers[:n] == numbers[n:]) & (offsets[:n] == offsets[n:])
    return np.where(is_whole, numbers[:n] - first, _AGAIN)


def _look_up(
    ticks: NDArray[np.int64], width: int, first_slot: int, table: NDArray[np.signedinteger[Any]]
) -> NDArray[np.signedinteger[Any]]:
    """The code of each tick's slot. NaT lies before all slots: clipped, it gets the code that the table begins with."""
    codes = np.empty(len(ticks), table.dtype)
    buffer = np.empty(min(len(ticks), _BLOCK), np.int64)
    for rows in blocks(len(ticks), _BLOCK):
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
    codes = np.full(len(instants), -1, _narrowest(len(found)))
    codes[is_known] = position
    return codes, _first_days(found, every).astype("datetime64[D]")


def _narrowest(n_codes: int) -> type[np.signedinteger[Any]]:
    """The narrowest signed type that holds the numbers from 0 to n - 1, and negative ones to mark rows with."""
    return np.int8 if n_codes <= 1 << 7 else np.int16 if n_codes <= 1 << 15 else np.int32


def _is_dense(n_places: int, n_rows: int) -> bool:
    """Whether a table of all places from the first to the last costs less than the rows do one by one."""
    return n_places <= 4 * n_rows


def _ends(times: NDArray[np.datetime64]) -> tuple[int, int] | None:
    """The first and the last time as numbers, None if no time is known."""
    lows, highs = [], []
    for rows in blocks(len(times), _BLOCK):
        block = times[rows].view(np.int64)
        low, high = np.minimum.reduce(block), np.maximum.reduce(block)
        if high == _NAT:
            continue
        if low == _NAT:  # NaT is the lowest number of all; fmin passes over it, but is slower
            low = np.fmin.reduce(times[rows]).view(np.int64)
        lows.append(int(low))
        highs.append(int(high))
    return (min(lows), max(highs)) if lows else None


def _without_objects(times: Any) -> Any:
    """A column of pandas that carries a zone as its array in UTC, which it is kept as: else it would make objects."""
    kind = getattr(times, "dtype", None)
    unit = None if getattr(kind, "tz", None) is None else getattr(kind, "unit", None)
    return times if unit is None else times.to_numpy(f"datetime64[{unit}]")


def _from_array(column: NDArray[Any]) -> Instants:
    """A ``datetime64`` array, masked or not, in native microseconds."""
    times = np.ma.filled(column, np.datetime64("NaT")) if np.ma.is_masked(column) else np.asarray(column)
    times = times.astype(times.dtype.newbyteorder("="), copy=False)
    _check_years(times)
    return times.astype("datetime64[us]", copy=False)


def _from_objects(values: list[Any]) -> tuple[Instants, str | None]:
    """Python values in UTC, and their own zone: None if they carry none, "" if they carry several or an unnamed one."""
    instants, zones = _from_datetimes(values) or _from_mixed(values)
    names = {_name_of(zone) for zone in zones if zone is not None}
    return instants, None if not names else names.pop() if len(names) == 1 else ""


def _from_datetimes(values: list[Any]) -> tuple[Instants, set[dt.tzinfo | None]] | None:
    """Datetimes all with a zone or all without, and their zones; None if there is anything else among them.

    The difference to a fixed moment, as a whole number of microseconds, is a fifth of the work that numpy has with a
    datetime.
    """
    if not set(map(type, values)) <= {dt.datetime, type(None)}:
        return None
    zones = {value.tzinfo for value in values if value is not None}
    if zones != {None} and not all(isinstance(zone, (dt.timezone, zoneinfo.ZoneInfo)) for zone in zones):
        return None
    epoch = _EPOCH.replace(tzinfo=None) if None in zones else _EPOCH
    numbers = (_NAT if value is None else (value - epoch) // _MICROSECOND for value in values)
    instants = np.fromiter(numbers, np.int64, len(values)).view("datetime64[us]")
    return (instants, zones) if _are_within_years(instants) else None


def _from_mixed(values: list[Any]) -> tuple[Instants, set[dt.tzinfo | None]]:
    """Times of any kind, one by one, and their zones."""
    zones: set[dt.tzinfo | None] = set()
    instants: list[Any] = []
    for row, value in enumerate(values):
        if is_missing(value):
            instants.append(None)
        elif isinstance(value, dt.datetime):
            zones.add(value.tzinfo)
            instants.append(_without_zone(value, row))
        elif isinstance(value, (dt.date, np.datetime64)):
            if isinstance(value, np.datetime64):
                _check_years(np.array([value]), row)
            elif not 2 <= value.year <= 9998:
                raise _outside_years(value, row)
            zones.add(None)
            instants.append(value)
        else:
            advice = "; parse text first, with pandas.to_datetime, say" if isinstance(value, str) else ""
            raise InvalidInputError(f"times must be datetimes or dates, got {value!r} (index {row}){advice}")
        if len(zones) > 1 and None in zones:
            raise InvalidInputError(
                f"times must all carry a zone or none of them; index {row} differs from those before it"
            )
    found = np.array(instants, "datetime64[us]")
    _check_years(found)
    return found, zones


def _check_years(times: NDArray[np.datetime64], first_row: int = 0) -> None:
    """Refuse times that would wrap around in microseconds."""
    if not _are_within_years(times):
        row, value = first_rows(~np.isnat(times) & ~_is_within_years(times), times)[0]
        raise _outside_years(value, first_row + row)


def _are_within_years(times: NDArray[np.datetime64]) -> bool:
    """Whether all times that are known lie in the years that Python knows: only the first and last are looked up."""
    ends = _ends(times)
    return ends is None or bool(_is_within_years(np.array(ends, np.int64).view(times.dtype)).all())


def _is_within_years(times: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Which times lie in the years that Python knows in every zone."""
    years = times.astype("datetime64[Y]").astype(np.int64) + 1970
    return (years >= 2) & (years <= 9998)


def _without_zone(value: dt.datetime, row: int) -> dt.datetime:
    try:
        return value.replace(tzinfo=None) - (value.utcoffset() or dt.timedelta())
    except OverflowError:
        raise _outside_years(value, row) from None


def _outside_years(value: object, row: int) -> InvalidInputError:
    return InvalidInputError(f"times must be between the years 2 and 9998, got {value} (index {row})")


def _name_of(zone: dt.tzinfo) -> str:
    if zone is dt.UTC:
        return "UTC"
    return _usable(str(getattr(zone, "key", None) or zone))


def _usable(name: str) -> str:
    """The name if it is an IANA zone, "" otherwise."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return ""
    return name


def _zone(time_zone: str | None) -> dt.tzinfo | None:
    """The zone whose clocks have to be asked, None if none has to be."""
    return None if time_zone in {None, NAIVE, "UTC"} else zoneinfo.ZoneInfo(str(time_zone))


def _offset(seconds: int, zone: dt.tzinfo) -> int:
    """A zone's offset from UTC at one instant, in microseconds."""
    offset = (_EPOCH + dt.timedelta(seconds=seconds)).astimezone(zone).utcoffset() or dt.timedelta()
    return offset // dt.timedelta(microseconds=1)


def _offsets(instants: Instants, zone: dt.tzinfo, known: dict[int, int] | None = None) -> NDArray[np.timedelta64]:
    """A zone's offset from UTC at each instant (any one for NaT); what is known of midnights is not asked for again."""
    ticks = instants.astype(np.int64)
    ticks[ticks == _NAT] = 0
    days, position = _distinct_days(ticks // _DAY)
    bounds = {} if known is None else known
    bounds.update({day: _offset(day * 86_400, zone) for day in {*days.tolist(), *(days + 1).tolist()} - bounds.keys()})
    morning = np.array([bounds[day] for day in days.tolist()], np.int64)
    night = np.array([bounds[day + 1] for day in days.tolist()], np.int64)
    offsets = morning[position]
    has_change = morning != night
    if has_change.any():
        changes = np.zeros(len(days), np.int64)
        changes[has_change] = [_clock_change(day * 86_400, zone) * 1_000_000 for day in days[has_change].tolist()]
        rows = np.flatnonzero(has_change[position])
        later = rows[ticks[rows] >= changes[position[rows]]]
        offsets[later] = night[position[later]]
    return offsets.view("timedelta64[us]")


def _distinct_days(days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """The distinct days, and the position of each row's day among them."""
    if not len(days):
        return days, days.astype(np.intp)
    first, last = int(days.min()), int(days.max())
    if not _is_dense(last - first + 1, len(days)):
        return np.unique(days, return_inverse=True)
    present = np.zeros(last - first + 1, np.bool_)
    present[days - first] = True
    return np.flatnonzero(present) + first, (np.cumsum(present) - 1)[days - first]


def _clock_change(midnight: int, zone: dt.tzinfo) -> int:
    """The second of the day that begins at ``midnight`` (UTC) at which the zone's offset changes."""
    before, low, high = _offset(midnight, zone), midnight, midnight + 86_400
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high


def _to_utc(local: Instants, time_zone: str) -> Instants:
    """Times written in a zone, in UTC. A time that the clocks show twice is the first; one they skip is read as before.

    That is what ``datetime`` does with ``fold=0`` (PEP 495).
    """
    zone = zoneinfo.ZoneInfo(time_zone)
    known: dict[int, int] = {}
    instants = np.empty_like(local)
    for rows in blocks(len(local), _WIDE_BLOCK):
        instants[rows] = _read_in_zone(local[rows], zone, known)
    return instants


def _read_in_zone(local: Instants, zone: dt.tzinfo, known: dict[int, int]) -> Instants:
    """The same for one block: where the offset is the same a day before and a day after, there is no doubt about it."""
    day = np.timedelta64(1, "D")
    offsets, offsets_after = _offsets(local - day, zone, known), _offsets(local + day, zone, known)
    instants = local - offsets
    rows = np.flatnonzero(offsets != offsets_after)
    before, after, wanted = instants[rows], local[rows] - offsets_after[rows], local[rows]
    is_wrong = before + _offsets(before, zone, known) != wanted
    use_after = is_wrong & (after + _offsets(after, zone, known) == wanted)
    instants[rows[use_after]] = after[use_after]
    return instants
