"""Columns of times, as people have them, to instants."""

import datetime as dt
import re
import zoneinfo
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.columns import as_column, as_list, is_missing
from nps_core.counting.kernel import WIDE_BLOCK, blocks
from nps_core.counting.zones import EPOCH, NAIVE, NAT, Instants, check_time_zone, ends_of, name_of, to_utc, zone_of
from nps_core.errors import InvalidInputError, shown

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
    if all(np.isnat(instants[rows]).all() for rows in blocks(len(instants), WIDE_BLOCK)):  # seldom more than one block
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
    return (instants if time_zone == NAIVE else to_utc(instants, time_zone)), time_zone


def check_year(at_format: str) -> None:
    """Refuse a format of times that tells no year: all would be of one year that nobody named."""
    if not re.search(r"(?<!%)(?:%%)*%-?[YyGcx]", at_format):
        raise InvalidInputError(f"at_format must hold a year, such as %Y, got {at_format!r}")


def _without_objects(times: Any) -> Any:
    """A column of pandas that carries a zone as its array in UTC, which it is kept as: else it would make objects."""
    kind = getattr(times, "dtype", None)
    unit = None if getattr(kind, "tz", None) is None else getattr(kind, "unit", None)
    return times if unit is None else times.to_numpy(f"datetime64[{unit}]")


def _from_array(column: NDArray[Any]) -> Instants:
    """A ``datetime64`` array, masked or not, in native microseconds."""
    unknown: Any = np.array("NaT", column.dtype)
    times = np.ma.filled(column, unknown) if np.ma.is_masked(column) else np.asarray(column)
    times = times.astype(times.dtype.newbyteorder("="), copy=False)
    _check_years(times)
    return times.astype("datetime64[us]", copy=False)


def _from_objects(values: list[Any]) -> tuple[Instants, str | None]:
    """Python values in UTC, and their own zone: None if they carry none, "" if they carry several or an unnamed one."""
    instants, zones = _from_datetimes(values) or _from_mixed(values)
    names = {name_of(zone) for zone in zones if zone is not None}
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
    epoch = EPOCH.replace(tzinfo=None) if None in zones else EPOCH
    numbers = (NAT if value is None else (value - epoch) // _MICROSECOND for value in values)
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
            raise InvalidInputError(f"times must be datetimes or dates, got {shown(value)} (index {row}){advice}")
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
        row = int(np.argmax(~np.isnat(times) & ~is_within_years(times)))
        raise _outside_years(times[row], first_row + row)


def _are_within_years(times: NDArray[np.datetime64]) -> bool:
    """Whether all times that are known lie in the years that Python knows: only the first and last are looked up."""
    ends = ends_of(times)
    return ends is None or bool(is_within_years(np.array(ends, np.int64).view(times.dtype)).all())


def is_within_years(times: NDArray[np.datetime64]) -> NDArray[np.bool_]:
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
