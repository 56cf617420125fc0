"""Times as survey tools write them: found out from a whole column, and never guessed."""

import datetime as dt
import re
import zoneinfo
from collections.abc import Sequence
from typing import Final

from nps_core.counting.times import check_year
from nps_core.errors import InvalidInputError, shown
from nps_core.programme.cells import MISSING_TEXTS

_UNKNOWN_TIMES: Final = MISSING_TEXTS | {"0", "0000-00-00", "0000-00-00 00:00:00"}
"""Besides, what computers write for no time."""

_ORDERS: Final = ("day", "month")
_LONGEST: Final = 80
_TIME_OF_DAY: Final = r"\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
_DAY: Final = r"\d{4}-\d{2}-\d{2}"
_OFFSET_DIGITS: Final = r"\d{2}(?::?[0-5]\d)?"
_ISO: Final = re.compile(rf"{_DAY}(?:[T ]{_TIME_OF_DAY}(?: ?Z| ?\+{_OFFSET_DIGITS})?)?")
_ISO_WEST: Final = re.compile(rf"{_DAY}(?:T{_TIME_OF_DAY}| \d{{2}}:\d{{2}}:\d{{2}}(?:[.,]\d{{1,9}})?)-{_OFFSET_DIGITS}")
"""With an offset below 0: behind hours and minutes alone it could be the end of a span, as in 08:00-11:00."""

_UNIX: Final = re.compile(r"(1\d{9})(?:\.\d+)?|(1\d{9})\d{3}")
_ZONE_NAME: Final = re.compile(r"\s*\(?(?:UTC|GMT|Z)\)?\s*(?:([+-])(\d{1,2}):?(\d{2})?)?\)?$")
_OFFSET: Final = re.compile(r"(?<=[\dMm]) ?(\+|(?<= )-)(\d{2}):?(\d{2})$")

_WORD: Final = re.compile(r"[^\W_]+")
_ORDINAL: Final = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_HALF_DAY: Final = re.compile(r"\b(\d{1,2})(:\d{2}(?::\d{2})?) ?([ap])\.?m\b\.?", re.IGNORECASE)

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_NUMBERS: Final = {month[:3].casefold(): number for number, month in enumerate(_MONTHS, 1)}
_MONTH: Final = re.compile(
    rf"\b(?:{'|'.join(rf'({month[:3]})(?:{month[3:]})?' for month in _MONTHS)}|(sep)t)\b\.?", re.IGNORECASE
)
_WEEKDAY: Final = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?", re.IGNORECASE)

_CLOCKS: Final = ("", " %H:%M", " %H:%M:%S", ", %H:%M", ", %H:%M:%S")
_DATES: Final = {
    "any": (
        *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d-m%m-%Y"),
        *("m%m %d, %Y", "m%m %d %Y", "%d m%m %Y", "w m%m %d %Y", "w, %d m%m %Y", "w, m%m %d, %Y"),
    ),
    "day": ("%d/%m/%Y", "%d-%m-%Y"),
    "month": ("%m/%d/%Y", "%m-%d-%Y"),
    "points": ("%d.%m.%Y",),
    "points, month first": ("%m.%d.%Y",),
}
"""How dates are written, by what comes first: with points the day does, unless somebody says that it does not.

The name of a month is an m and its number, that of a weekday a w: ``strptime`` knows them in the language of the
computer only.
"""


def _by_signs() -> dict[tuple[str, str], tuple[str, ...]]:
    """The formats by what comes first, and by the signs between their words and numbers."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for order, dates in _DATES.items():
        for each in (date + clock for date in dates for clock in _CLOCKS):
            key = order, _signs(each.replace("%", ""))
            found[key] = (*found.get(key, ()), each)
    return found


def _signs(text: str) -> str:
    return _WORD.sub("", text)


_FORMATS: Final = _by_signs()


def check_format(at_format: str) -> None:
    """Refuse a format of ``strptime`` that it does not know, or that tells no year.

    Raises:
        InvalidInputError: If it is no such format.
    """
    check_year(at_format)
    try:
        dt.datetime.strptime(dt.date(2026, 12, 31).strftime(at_format), at_format)  # noqa: DTZ007  a trial
    except (ValueError, re.error) as error:
        raise InvalidInputError(f"at_format must be a format of strptime, got {at_format!r} ({error})") from None


class Dates:
    """A column of texts as times: how they are written is found out from all of them, and never guessed.

    Args:
        column: What it is called in messages.
        day_first: Whether 3/4/2026 is the third of April; None if the texts must tell.
        pattern: A format of ``strptime``, if they are written in another way.
    """

    def __init__(self, column: str, *, day_first: bool | None = None, pattern: str | None = None) -> None:
        self._column, self._pattern = column, pattern
        self._orders = _ORDERS if day_first is None else ("day",) if day_first else ("month",)
        if pattern is not None:
            check_format(pattern)

    def read(
        self, texts: Sequence[str], lines: Sequence[int], *, zone: str | None = None
    ) -> tuple[list[dt.datetime | None], str]:
        """Times, None where there is none, and a sentence on how they were read.

        Args:
            texts: One per row.
            lines: Where each stands in the file.
            zone: The zone of texts that tell none, if it is known.

        Raises:
            InvalidInputError: If a text is no time, or if all of them can be read in two ways.
        """
        found: list[tuple[dt.datetime | None, dt.datetime | None]] = []
        proof: dict[str, int] = {}
        differs: int | None = None
        pointed: int | None = None
        for row, text in enumerate(texts):
            stripped = " ".join(text.split())
            if stripped.casefold() in _UNKNOWN_TIMES:
                found.append((None, None))
                continue
            both = self._both(stripped, self._orders)
            if both == (None, None):
                raise self._no_time(stripped, lines[row])
            for order, own, other in zip(_ORDERS, both, both[::-1], strict=True):
                if own is not None and other is None:
                    proof.setdefault(order, row)
            if None not in both and both[0] != both[1] and differs is None:
                differs = row
            if pointed is None and self._is_day_first_by_points(stripped):
                pointed = row
            found.append(both)
        if "month" in proof and pointed is not None:
            proof = {"day": pointed, **proof}
        if len(proof) > 1:
            first, second = (
                f"{texts[row].strip()!r} (line {lines[row]}), {order} first" for order, row in proof.items()
            )
            raise InvalidInputError(
                f"dates in column {self._column!r} must be written in one order, got {first}, and {second}"
            )
        if differs is not None and not proof:
            day, month = (f"{time.day} {_MONTHS[time.month - 1]} {time.year}" for time in found[differs] if time)
            raise InvalidInputError(
                f"dates in column {self._column!r} can be read in two ways: {texts[differs].strip()!r} (line "
                f"{lines[differs]}) is {day} with day_first=True, and {month} with day_first=False; say which"
            )
        known = None if zone is None else zoneinfo.ZoneInfo(zone)
        place, note = 0, ""
        for order, row in proof.items():
            place = 0 if order == "day" else 1
            note = f"Dates are {order}-first: {texts[row].strip()!r} (line {lines[row]}) can be read in no other way."
        times = [_in_zone(both[place], known) for both in found]
        self._check(times, texts, lines)
        return times, note if differs is not None else ""

    def _is_day_first_by_points(self, text: str) -> bool:
        """Whether a text is a date with points that could be read with the month first, too."""
        return len(self._orders) > 1 and self._pattern is None and bool(re.match(r"\d{1,2}\.\d{1,2}\.\d{4}\b", text))

    def _no_time(self, text: str, line: int) -> InvalidInputError:
        """The error for a text that is no time, and what may help."""
        advice = ""
        if self._pattern is None:
            likely = _likely_format(text)
            if self._both(text, _ORDERS) != (None, None):
                advice = f"; with day_first={self._orders == ('month',)} it would be one"
            elif likely is not None:
                advice = f"; say how they are written with at_format={likely!r}, say"
            else:
                advice = "; if that is a date, at_format says how they are written"
        return InvalidInputError(
            f"times in column {self._column!r} must be {self._wanted()}, got {shown(text)} (line {line}){advice}"
        )

    def _check(self, times: Sequence[dt.datetime | None], texts: Sequence[str], lines: Sequence[int]) -> None:
        """That all tell a zone or none of them, and that years are those of a calendar."""
        far = next((row for row, time in enumerate(times) if time is not None and not 2 <= time.year <= 9998), None)
        if far is not None:
            got = f"{shown(texts[far].strip())} (line {lines[far]})"
            raise InvalidInputError(f"times in column {self._column!r} must be between the years 2 and 9998, got {got}")
        rows = {time.tzinfo is None: row for row, time in enumerate(times) if time is not None}
        if len(rows) > 1:
            without, having = (f"{texts[rows[each]].strip()!r} (line {lines[rows[each]]})" for each in (True, False))
            raise InvalidInputError(
                f"times in column {self._column!r} must all tell a zone or none of them, got {having}, and {without}"
            )

    def _wanted(self) -> str:
        if self._pattern is not None:
            return f"written as {self._pattern!r}"
        order = f", {self._orders[0]} first" if len(self._orders) == 1 else ""
        return f"dates, with a time or without{order}"

    def _both(self, text: str, orders: Sequence[str]) -> tuple[dt.datetime | None, dt.datetime | None]:
        """A text read with the day first, and with the month first."""
        if len(text) > _LONGEST:
            return None, None
        if self._pattern is not None:
            time = _parsed(text, (self._pattern,))
            return time, time
        if (time := _plain(text)) is not None:
            return time, time
        text, zone = _split_zone(text)
        text = _in_numbers(text)
        signs = _signs(text)
        points = "points, month first" if orders == ("month",) else "points"
        known = (*_FORMATS.get(("any", signs), ()), *_FORMATS.get((points, signs), ()))
        if (time := _parsed(text, known)) is not None:
            return _in_zone(time, zone), _in_zone(time, zone)
        day, month = (
            _in_zone(_parsed(text, _FORMATS.get((order, signs), ())), zone) if order in orders else None
            for order in _ORDERS
        )
        return day, month


def _likely_format(text: str) -> str | None:
    """What somebody might have to say for a date of three numbers with two digits of the year."""
    found = re.fullmatch(r"\d{1,2}([./-])\d{1,2}\1\d{2}( \d{1,2}:\d{2})?", text)
    return found and f"%d{found[1]}%m{found[1]}%y" + " %H:%M" * bool(found[2])


def _in_numbers(text: str) -> str:
    """A text with English names of months as an m and a number, of weekdays as a w, and 24 hours to the day."""
    text = _WEEKDAY.sub("w", _ORDINAL.sub("", text))
    text = _MONTH.sub(lambda found: f"m{_NUMBERS[found[0][:3].casefold()]:02}", text)
    return _HALF_DAY.sub(_of_24_hours, text)


def _of_24_hours(found: re.Match[str]) -> str:
    hour, is_afternoon = int(found[1]), found[3] in "pP"
    return f"{hour % 12 + 12 * is_afternoon:02}{found[2]}" if 1 <= hour <= 12 else found[0]


def _plain(text: str) -> dt.datetime | None:
    """What is written in one way only: ISO 8601, and seconds or milliseconds since 1970."""
    if unix := _UNIX.fullmatch(text):
        since = dt.timedelta(milliseconds=int(text)) if unix[2] else dt.timedelta(seconds=float(text))
        return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + since
    if not (_ISO.fullmatch(text) or _ISO_WEST.fullmatch(text)):
        return None
    try:
        time = dt.datetime.fromisoformat(text.replace(" Z", "Z").replace(" +", "+"))
    except ValueError:
        return None
    return time if time.tzinfo is None or _is_offset(time.utcoffset() or dt.timedelta()) else None


def _is_offset(offset: dt.timedelta) -> bool:
    """Whether clocks are somewhere set so: from 12 hours behind UTC to 14 ahead of it, by quarters of an hour."""
    return dt.timedelta(hours=-12) <= offset <= dt.timedelta(hours=14) and not offset % dt.timedelta(minutes=15)


def _split_zone(text: str) -> tuple[str, dt.tzinfo | None]:
    """A time without the zone at its end, and that zone."""
    found = _OFFSET.search(text) or _ZONE_NAME.search(text)
    if found is None or not re.search(r"\d:\d\d", text[: found.start()]):
        return text, None
    sign, hours, minutes = found.groups()
    offset = dt.timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    if not _is_offset(offset) or int(minutes or 0) > 59:
        return text, None
    return text[: found.start()], dt.timezone(offset) if offset else dt.UTC


def _in_zone(time: dt.datetime | None, zone: dt.tzinfo | None) -> dt.datetime | None:
    return time if time is None or zone is None or time.tzinfo else time.replace(tzinfo=zone)


def _parsed(text: str, formats: Sequence[str]) -> dt.datetime | None:
    """The time that a text is by the first format that fits."""
    for each in formats:
        try:
            return dt.datetime.strptime(text, each)  # noqa: DTZ007  the zone is told apart, or none is written
        except ValueError:
            continue
    return None
