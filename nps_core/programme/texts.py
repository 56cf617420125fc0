"""Texts as survey tools write them, to scores and times."""

import datetime as dt
import re
import zoneinfo
from collections.abc import Sequence
from typing import Final

import attrs

from nps_core.errors import InvalidInputError, shown
from nps_core.model.scale import Category, Scale
from nps_core.model.words import categories_by_word

MISSING_TEXTS: Final = frozenset(
    {"", "na", "n/a", "#n/a", "n.a.", "k.a.", "null", "none", "nan", "nat", "-", "--", "?", "."}
)
"""What says that there is nothing, in small letters."""

_UNKNOWN_TIMES: Final = MISSING_TEXTS | {"0", "0000-00-00", "0000-00-00 00:00:00"}
"""Besides, what computers write for no time."""

_NUMBER: Final = re.compile(r"\+?(\d{1,3})(?:\.0*|,(?!000$)0*)?")
_LABELLED: Final = re.compile(r"(\d{1,2})(?:[.,]0+)?(?:\s*[-–—:=|(.)]\s*|\s+)(?=[^\W\d_])\D*")
_LABELLED_BEFORE: Final = re.compile(r"(?=[^\W\d_])\D*(?:\s[-–—:=]?\s*|[(:=]\s*)(\d{1,2})\)?")
_RANGE: Final = re.compile(
    r"(?:(?=[^\W\d_])\D*[\s(:=])?(\d{1,2})\s*(?:-|–|—|to|bis|à)\s*(\d{1,2})(?![\d.,])(?:[\s:=()]\D*)?"
)
_COMPARING: Final = re.compile(
    r"\d\s+(?:or|oder|ou|o|eller|and|und|et|y|och|plus|to|up)\b|"
    r"\b(?:least|most|than|over|under|above|below|from|to|mindestens|höchstens|als|über|unter|ab|bis|moins|plus|de)\s+\d",
    re.IGNORECASE,
)
"""What makes a number the end of a range, such as "9 or more" and "at least 9".
"""

_UNIX: Final = re.compile(r"(1\d{9})(?:\.\d+)?|(1\d{9})\d{3}")
_ZONE_NAME: Final = re.compile(r"\s*\(?(?:UTC|GMT|Z)\)?\s*(?:([+-])(\d{1,2}):?(\d{2})?)?\)?$")
_LONGEST_TIME: Final = 80

_WORD: Final = re.compile(r"[^\W_]+")
_ORDINAL: Final = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")

_CLOCKS: Final = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_COMMA_CLOCKS: Final = tuple(f",{clock}" for clock in _CLOCKS[1:])
_DATES: Final = {
    "any": (
        *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d-%b-%Y"),
        *("%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y"),
        *("%d %b %Y", "%d %B %Y", "%a %b %d %Y", "%a, %d %b %Y", "%A, %B %d, %Y"),
    ),
    "day": ("%d/%m/%Y", "%d-%m-%Y"),
    "month": ("%m/%d/%Y", "%m-%d-%Y"),
    "points": ("%d.%m.%Y",),
    "points, month first": ("%m.%d.%Y",),
}
"""How dates are written, by what comes first: with points the day does, unless somebody says that it does not."""


def _by_signs() -> dict[tuple[str, str], tuple[str, ...]]:
    """The formats by what comes first, and by the signs between their words and numbers."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for order, dates in _DATES.items():
        for each in (date + clock for date in dates for clock in (*_CLOCKS, *_COMMA_CLOCKS)):
            key = order, re.sub("%.", "", each)
            found[key] = (*found.get(key, ()), each)
    return found


_FORMATS: Final = _by_signs()


@attrs.frozen
class NoScore:
    """What is not a score of any scale."""


INVALID: Final = NoScore()

Answer = int | Category | NoScore | None
"""A score, a category without a score, nothing that makes sense, or nothing."""


def to_answer(text: str, scale: Scale, missing: frozenset[str] = MISSING_TEXTS) -> Answer:
    """What a cell says.

    Args:
        text: Such as ``"8"``, ``"8.0"``, ``"10 - Extremely likely"``, ``"7-8"`` or ``"n/a"``.
        scale: The scale of the question.
        missing: Texts, in small letters, that say that there is no answer.
    """
    text = text.strip()
    if text.casefold() in missing:
        return None
    if found := _NUMBER.fullmatch(text) or _LABELLED.fullmatch(text) or _LABELLED_BEFORE.fullmatch(text):
        score = int(found[1])
        return score if scale.lowest <= score <= scale.highest and not _COMPARING.search(text) else INVALID
    if found := _RANGE.fullmatch(text):
        low, high = int(found[1]), int(found[2])
        if scale.lowest <= low < high <= scale.highest:
            lower, upper = scale.classify(low), scale.classify(high)
            return lower if lower == upper else INVALID
    word = categories_by_word(None).get(" ".join(text.split()).casefold())
    return INVALID if word is None else Category(word)


class Dates:
    """A column of texts as times: how they are written is found out from all of them, and never guessed.

    Args:
        column: What it is called in messages.
        day_first: Whether 3/4/2026 is the third of April; None if the texts must tell.
        pattern: A format of ``strptime``, if they are written in another way.
    """

    def __init__(self, column: str, *, day_first: bool | None = None, pattern: str | None = None) -> None:
        self._column, self._pattern = column, pattern
        self._orders = ("day", "month") if day_first is None else ("day",) if day_first else ("month",)

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
        for row, text in enumerate(texts):
            stripped = text.strip()
            if stripped.casefold() in _UNKNOWN_TIMES:
                found.append((None, None))
                continue
            both = self._both(stripped)
            if both == (None, None):
                raise InvalidInputError(
                    f"times in column {self._column!r} must be {self._wanted()}, got {shown(stripped)} "
                    f"(line {lines[row]}); say how they are written with at_format={_likely_format(stripped)!r}, say"
                )
            for order, own, other in (("day", *both), ("month", *both[::-1])):
                if own is not None and other is None:
                    proof.setdefault(order, row)
            if None not in both and both[0] != both[1] and differs is None:
                differs = row
            found.append(both)
        if len(proof) > 1:
            first, second = (
                f"{texts[row].strip()!r} (line {lines[row]}), {order} first" for order, row in proof.items()
            )
            raise InvalidInputError(
                f"dates in column {self._column!r} must be written in one order, got {first}, and {second}"
            )
        if differs is not None and not proof:
            day, month = (f"{time.day} {time:%B %Y}" for time in found[differs] if time)
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

    def _both(self, text: str) -> tuple[dt.datetime | None, dt.datetime | None]:
        """A text read with the day first, and with the month first."""
        if len(text) > _LONGEST_TIME:
            return None, None
        if self._pattern is not None:
            time = _parsed(text, (self._pattern,))
            return time, time
        if (time := _plain(text)) is not None:
            return time, time
        text, zone = _split_zone(text)
        text = _ORDINAL.sub("", text)
        signs = _WORD.sub("", text)
        points = "points, month first" if self._orders == ("month",) else "points"
        known = (*_FORMATS.get(("any", signs), ()), *_FORMATS.get((points, signs), ()))
        if (time := _parsed(text, known)) is not None:
            return _in_zone(time, zone), _in_zone(time, zone)
        day, month = (
            _in_zone(_parsed(text, _FORMATS.get((order, signs), ())), zone) if order in self._orders else None
            for order in ("day", "month")
        )
        return day, month


def _likely_format(text: str) -> str:
    """What somebody might have to say for a text like this one."""
    sign = next((each for each in text if each in "./-"), "/")
    return f"%d{sign}%m{sign}%y" + " %H:%M" * (":" in text)


def _plain(text: str) -> dt.datetime | None:
    """What is written in one way only: ISO 8601, and seconds or milliseconds since 1970."""
    if unix := _UNIX.fullmatch(text):
        since = dt.timedelta(milliseconds=int(text)) if unix[2] else dt.timedelta(seconds=float(text))
        return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + since
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _split_zone(text: str) -> tuple[str, dt.tzinfo | None]:
    """A time without the zone at its end, and that zone."""
    found = re.search(r"(?<=\d|M|m)\s*([+-])(\d{2}):?(\d{2})$", text) or _ZONE_NAME.search(text)
    if found is None or not re.search(r"\d:\d\d", text[: found.start()]):
        return text, None
    sign, hours, minutes = found.groups()
    offset = dt.timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if offset >= dt.timedelta(days=1):
        return text, None
    return text[: found.start()], dt.timezone(-offset if sign == "-" else offset) if offset else dt.UTC


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
