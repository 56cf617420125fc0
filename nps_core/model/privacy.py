"""What could give somebody away in a text, taken out of it."""

import numbers
import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Any, Final

from nps_core.errors import InvalidInputError, UnknownNameError

_AT: Final = "@\uff20\ufe6b"
_ENDS: Final = rf"\s{_AT}<>()\[\]{{}},;:\"\u201c\u201d"
"""What is in no address, written as people write it: letters of any script, and the marks on them, are."""

_BETWEEN: Final = r"(?:,|[\s./()_:|\u00b7\u2010-\u2015\u2212-]{0,5})"

# Each begins where a word does, and gives nothing back: a long text takes no longer than its length.
_GIVEAWAYS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (
        re.compile(
            rf"(?<![^{_ENDS}])[^{_ENDS}]++(?:[{_AT}]| ?[(\[]at[)\]] ?)(?=[\d.-]*[^\W\d_])[^{_ENDS}!?]*\w", re.IGNORECASE
        ),
        "[email]",
    ),
    (
        re.compile(
            r"(?:(?:https?|ftp)://|www\.)\S+|(?<![\w.-])[.-]*+(?:[\w-]++\.++)++[^\W\d_]{2,}(?::\d+)?/\S+", re.IGNORECASE
        ),
        "[link]",
    ),
    (re.compile(rf"(?<!\w)[{_AT}]\w[\w.\u0300-\u036f-]*[\w\u0300-\u036f]"), "[name]"),
)

_LONG_NUMBER: Final = re.compile(rf"\+?\(?\d(?:{_BETWEEN}\d){{6,}}")

_TIME: Final = r"\d{1,2}[:.]\d{2}"
_NO_NUMBER: Final = re.compile(
    rf"{_TIME} ?[-\u2013] ?{_TIME}|(?:19|20)\d\d ?[-\u2013] ?(?:19|20)\d\d|[1-9]\d{{0,2}}(?:,\d{{3}})+(?:\.\d\d)?"
)
"""What has seven digits and is nobody's number: from one time or year to another, and amounts with commas."""

_FORMS: Final = ("NFC", "NFD")
"""With accents as part of a letter, and behind it."""

_APOSTROPHES: Final = "['\u2019\u02bc]"


def names_pattern(names: str | Collection[str]) -> re.Pattern[str] | None:
    """What finds names as whole words, in capital or small letters; None if there are none.

    Raises:
        InvalidInputError: If a name is no text, or blank.
    """
    given = [names] if isinstance(names, str) or not isinstance(names, Iterable) else [*names]
    for name in given:
        if not isinstance(name, str) or not name.strip():
            got = repr(name) if isinstance(name, str) else type(name).__name__
            raise InvalidInputError(f"names must be texts, and not blank, got {got}")
    forms = {unicodedata.normalize(form, each) for name in given for each in (name, name.casefold()) for form in _FORMS}
    words = sorted(map(_spelled, forms), key=len)[::-1]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(words)})(?![^\W_])", re.IGNORECASE) if words else None


def _spelled(name: str) -> str:
    """What finds a name with any blanks, apostrophes and hyphens."""
    words = (re.sub(_APOSTROPHES, _APOSTROPHES, re.escape(word)) for word in name.split())
    return r"\s+".join(word.replace(r"\-", "[-\u2010\u2011]") for word in words)


def redacted(text: str, names: re.Pattern[str] | None = None) -> str:
    """A text without addresses, links, long numbers and names."""
    for pattern, instead in _GIVEAWAYS:
        text = pattern.sub(instead, text)
    text = _LONG_NUMBER.sub(lambda found: found[0] if _NO_NUMBER.fullmatch(found[0]) else "[number]", text)
    return text if names is None else names.sub("[name]", text)


def wanted_ids(respondents: str | int | Collection[str | int], known: Collection[str | int | None]) -> set[str | int]:
    """Ids that are all known.

    Raises:
        InvalidInputError: If they are no ids.
        UnknownNameError: If somebody is not known; the ids are not shown.
    """
    is_one = isinstance(respondents, (str, int)) or not isinstance(respondents, Iterable)
    given: list[Any] = [respondents] if is_one else [*respondents]  # type: ignore[misc]
    for each in given:
        if not isinstance(each, (str, numbers.Integral)) or isinstance(each, bool):
            raise InvalidInputError(f"respondents must be ids, texts or whole numbers, got {type(each).__name__}")
    known = {*known} - {None}
    strangers = {*given} - known
    if strangers:
        theirs, own = (" and ".join(sorted({type(each).__name__ for each in ids})) for ids in (strangers, known))
        kinds = f" (their ids are {theirs}, those of the survey {own})" if theirs != own else ""
        raise UnknownNameError(
            f"everybody to be forgotten must have given a response, got {len(strangers)} who "
            f"{'has' if len(strangers) == 1 else 'have'} not{kinds}"
        )
    return {*given}
