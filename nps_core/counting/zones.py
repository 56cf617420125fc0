"""Instants in a named time zone: its days, and its offset from UTC.

A zone is asked for its offset once per day, and once more to the second on the days when the clocks change.
"""

import datetime as dt
import zoneinfo
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.kernel import WIDE_BLOCK, blocks
from nps_core.errors import InvalidInputError

NAIVE: Final = "naive"
"""The name of "no time zone": times are taken as they were written."""

Instants: TypeAlias = NDArray[np.datetime64]

Days: TypeAlias = NDArray[np.datetime64]

HOUR: Final = 3_600_000_000

DAY: Final = 24 * HOUR


NAT: Final = np.iinfo(np.int64).min
"""The number that stands for an unknown time."""

EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def zone_of(column: object) -> str | None:
    """The zone that a pandas, Polars or PyArrow column carries: None for none, "" for one without a usable name."""
    pandas_column = getattr(column, "dt", column)
    kind = getattr(column, "type", getattr(column, "dtype", None))
    for holder, attribute in ((pandas_column, "tz"), (kind, "tz"), (kind, "time_zone")):
        zone = getattr(holder, attribute, None)
        if zone is not None:
            return name_of(zone)
    return None


def check_time_zone(time_zone: str | None, what: str = "time_zone") -> None:
    """Refuse a time zone that this machine does not know."""
    if time_zone is None or (isinstance(time_zone, str) and time_zone == NAIVE):
        return
    if not isinstance(time_zone, str) or not name_of(time_zone):
        raise InvalidInputError(
            f"{what} must be an IANA name such as 'Europe/Helsinki', or 'naive', got {time_zone!r} "
            "(on Windows the names come from the package tzdata)"
        )


def local_days(instants: Instants, time_zone: str | None) -> Days:
    """The calendar day of each instant in a zone, as ``datetime64[D]``; NaT where the time is unknown."""
    zone = zone_named(time_zone)
    return (instants if zone is None else instants + offsets_of(instants, zone)).astype("datetime64[D]")


def local_times(instants: Instants, time_zone: str | None) -> list[dt.datetime | None]:
    """Instants as Python datetimes in their zone, None where unknown."""
    naive: list[dt.datetime | None] = instants.tolist()
    if time_zone in {None, NAIVE}:
        return naive
    zone = zoneinfo.ZoneInfo(str(time_zone))
    return [None if time is None else time.replace(tzinfo=dt.UTC).astimezone(zone) for time in naive]


def is_dense(n_places: int, n_rows: int) -> bool:
    """Whether a table of all places from the first to the last costs less than the rows do one by one."""
    return n_places <= 4 * n_rows


def ends_of(times: NDArray[np.datetime64]) -> tuple[int, int] | None:
    """The first and the last time as numbers, None if no time is known."""
    lows, highs = [], []
    for rows in blocks(len(times), WIDE_BLOCK):
        block = times[rows].view(np.int64)
        low, high = np.minimum.reduce(block), np.maximum.reduce(block)
        if high == NAT:
            continue
        if low == NAT:  # NaT is the lowest number of all; fmin passes over it, but is slower
            low = np.fmin.reduce(times[rows]).view(np.int64)
        lows.append(int(low))
        highs.append(int(high))
    return (min(lows), max(highs)) if lows else None


def name_of(zone: dt.tzinfo | str) -> str:
    """The IANA name of a zone, "" if it has none."""
    name = str(zone)
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return ""
    return name


def zone_named(time_zone: str | None) -> dt.tzinfo | None:
    """The zone whose clocks have to be asked, None if none has to be."""
    return None if time_zone in {None, NAIVE, "UTC"} else zoneinfo.ZoneInfo(str(time_zone))


def _offset(seconds: int, zone: dt.tzinfo) -> int:
    """A zone's offset from UTC at one instant, in microseconds."""
    offset = (EPOCH + dt.timedelta(seconds=seconds)).astimezone(zone).utcoffset() or dt.timedelta()
    return offset // dt.timedelta(microseconds=1)


def offsets_of(instants: Instants, zone: dt.tzinfo, known: dict[int, int] | None = None) -> NDArray[np.timedelta64]:
    """A zone's offset from UTC at each instant (any one for NaT); what is known of midnights is not asked for again."""
    ticks = instants.astype(np.int64)
    ticks[ticks == NAT] = 0
    days, position = _distinct_days(ticks // DAY)
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
    if not is_dense(last - first + 1, len(days)):
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


def to_utc(local: Instants, time_zone: str) -> Instants:
    """Times written in a zone, in UTC. A time that the clocks show twice is the first; one they skip is read as before.

    That is what ``datetime`` does with ``fold=0`` (PEP 495).
    """
    zone = zoneinfo.ZoneInfo(time_zone)
    known: dict[int, int] = {}
    instants = np.empty_like(local)
    for rows in blocks(len(local), WIDE_BLOCK):
        instants[rows] = _read_in_zone(local[rows], zone, known)
    return instants


def _read_in_zone(local: Instants, zone: dt.tzinfo, known: dict[int, int]) -> Instants:
    """The same for one block: where the offset is the same a day before and a day after, there is no doubt about it."""
    day = np.timedelta64(1, "D")
    offsets, offsets_after = offsets_of(local - day, zone, known), offsets_of(local + day, zone, known)
    instants = local - offsets
    rows = np.flatnonzero(offsets != offsets_after)
    before, after, wanted = instants[rows], local[rows] - offsets_after[rows], local[rows]
    is_wrong = before + offsets_of(before, zone, known) != wanted
    use_after = is_wrong & (after + offsets_of(after, zone, known) == wanted)
    instants[rows[use_after]] = after[use_after]
    return instants
