"""Instants to calendar periods, in a named time zone.

Only days are ever looked up in a calendar: each instant becomes a day by integer division, and a small table over the
days that occur gives the period. Time zones are asked for their offset once per day, and once more to the second on
the days when the clocks change.
"""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.columns import as_column, as_list, first_rows, is_missing
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

_DAY: Final = 86_400_000_000
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EARLIEST: Final = np.datetime64("0002-01-01", "us")
_LATEST: Final = np.datetime64("9998-12-31T23:59:59.999999", "us")


def to_instants(times: Any, time_zone: str | None) -> tuple[Instants, str | None]:
    """Turn a column of times into UTC.

    Args:
        times: datetimes or dates as a list, a ``datetime64`` array, or a column of pandas, Polars or PyArrow; n of
            them. None and NaT are unknown times.
        time_zone: An IANA name such as ``"Europe/Helsinki"``, whose calendar is meant. For times that carry a zone of
            their own it may be None, and theirs is used. For times that carry none it is the zone they were written
            in, or ``"naive"`` to take them as written; dates are always taken as written.

    Returns:
        Times in UTC (or as written, if naive), shape (n,), and the zone's name, None if no time is known.

    Raises:
        InvalidInputError: If something is not a time, times with and without a zone are mixed, or no zone is known.
    """
    check_time_zone(time_zone)
    column = as_column(times, "times")
    if isinstance(column, list) or column.dtype.kind != "M":
        instants, own_zone = _from_objects(as_list(column, "times"))
    else:
        _check_years(column)
        instants, own_zone = np.ma.filled(column.astype("datetime64[us]"), np.datetime64("NaT", "us")), zone_of(times)
    outside = (instants < _EARLIEST) | (instants > _LATEST)
    if outside.any():
        row, value = first_rows(outside, instants)[0]
        raise InvalidInputError(f"times must be between the years 2 and 9998, got {value} (index {row})")
    if np.isnat(instants).all():
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
    if time_zone in {None, NAIVE, "UTC"}:
        return instants.astype("datetime64[D]")
    return (instants + _offsets(instants, zoneinfo.ZoneInfo(str(time_zone)))).astype("datetime64[D]")


def local_times(instants: Instants, time_zone: str | None) -> list[dt.datetime | None]:
    """Instants as Python datetimes in their zone, None where unknown."""
    naive: list[dt.datetime | None] = instants.tolist()
    if time_zone in {None, NAIVE}:
        return naive
    zone = zoneinfo.ZoneInfo(str(time_zone))
    return [None if time is None else time.replace(tzinfo=dt.UTC).astimezone(zone) for time in naive]


def period_starts(days: Days, every: Every) -> Days:
    """The first day of the period that each day falls in; NaT stays NaT."""
    starts, is_known = days.copy(), ~np.isnat(days)
    known = days[is_known].astype(np.int64)
    if not len(known):
        return starts
    first, last = int(known.min()), int(known.max())
    if last - first < 4 * len(days) + 100_000:  # one look into the calendar per day, not per row
        found = _start_of(np.arange(first, last + 1), every)[known - first]
    else:
        found = _start_of(known, every)
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


def _start_of(days: NDArray[np.int64], every: Every) -> NDArray[np.int64]:
    """The same for day numbers, counted from 1 January 1970."""
    if every == "day":
        return days
    if every == "week":  # day 0 was a Thursday
        return days - (days + 3) % 7
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    months -= months % _STEPS[every][1]
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _from_objects(values: list[Any]) -> tuple[Instants, str | None]:
    """Python values in UTC, and their own zone: None if they carry none, "" if they carry several or an unnamed one."""
    zones: set[dt.tzinfo | None] = set()
    instants: list[Any] = []
    for row, value in enumerate(values):
        if is_missing(value):
            instants.append(None)
        elif isinstance(value, dt.datetime):
            zones.add(value.tzinfo)
            instants.append(_without_zone(value, row))
        elif isinstance(value, (dt.date, np.datetime64)):
            _check_years(np.array([value], "datetime64" if isinstance(value, np.datetime64) else "datetime64[D]"), row)
            zones.add(None)
            instants.append(value)
        else:
            advice = "; parse text first, with pandas.to_datetime, say" if isinstance(value, str) else ""
            raise InvalidInputError(f"times must be datetimes or dates, got {value!r} (index {row}){advice}")
        if len(zones) > 1 and None in zones:
            raise InvalidInputError(
                f"times must all carry a zone or none of them; index {row} differs from those before it"
            )
    names = {_name_of(zone) for zone in zones if zone is not None}
    own_zone = None if not names else names.pop() if len(names) == 1 else ""
    return np.array(instants, "datetime64[us]"), own_zone


def _check_years(times: NDArray[Any], first_row: int = 0) -> None:
    """Refuse times that would wrap around in microseconds."""
    years = times.astype("datetime64[Y]").astype(np.int64) + 1970
    outside = ~np.isnat(times) & ((years < 2) | (years > 9998))
    if np.any(outside):
        row, value = first_rows(np.ma.filled(outside, False), times)[0]  # noqa: FBT003
        raise InvalidInputError(f"times must be between the years 2 and 9998, got {value} (index {first_row + row})")


def _without_zone(value: dt.datetime, row: int) -> dt.datetime:
    try:
        return value.replace(tzinfo=None) - (value.utcoffset() or dt.timedelta())
    except OverflowError:
        raise InvalidInputError(f"times must be between the years 2 and 9998, got {value} (index {row})") from None


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


def _offset(seconds: int, zone: dt.tzinfo) -> int:
    """A zone's offset from UTC at one instant, in microseconds."""
    offset = (_EPOCH + dt.timedelta(seconds=seconds)).astimezone(zone).utcoffset() or dt.timedelta()
    return offset // dt.timedelta(microseconds=1)


def _offsets(instants: Instants, zone: dt.tzinfo) -> NDArray[np.timedelta64]:
    """A zone's offset from UTC at each instant."""
    ticks = instants.astype(np.int64)
    ticks[np.isnat(instants)] = 0
    day_of_row = ticks // _DAY
    days, position = _distinct_days(day_of_row)
    bounds = {day: _offset(day * 86_400, zone) for day in {*days.tolist(), *(days + 1).tolist()}}
    morning = np.array([bounds[day] for day in days.tolist()], np.int64)
    night = np.array([bounds[day + 1] for day in days.tolist()], np.int64)
    offsets = morning[position]
    for index in np.flatnonzero(morning != night):
        change = _clock_change(int(days[index]) * 86_400, zone)
        later = (position == index) & (ticks >= change * 1_000_000)
        offsets[later] = night[index]
    return offsets.astype("timedelta64[us]")


def _distinct_days(days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct days, and the position of each row's day among them."""
    if not len(days):
        return days, days
    first, last = int(days.min()), int(days.max())
    if last - first > 4 * len(days) + 100_000:
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
    day = np.timedelta64(1, "D")
    before = local - _offsets(local - day, zone)
    after = local - _offsets(local + day, zone)
    use_after = (before + _offsets(before, zone) != local) & (after + _offsets(after, zone) == local)
    return np.where(use_after, after, before)
