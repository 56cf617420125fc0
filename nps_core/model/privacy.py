"""What could give somebody away in a text, taken out of it."""

import numbers
import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Any, Final

from nps_core.errors import InvalidInputError, UnknownNameError

# Each begins where a word does, and gives nothing back: a long text takes no longer than its length.
_GIVEAWAYS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"(?<![\w.+'-])[\w.+'-]++(?:[@\uff20]| ?[(\[]at[)\]] ?)[\w.-]*\w", re.IGNORECASE), "[email]"),
    (re.compile(r"(?:https?://|www\.)\S+|(?<![\w.-])[.-]*+(?:[\w-]++\.++)++[a-z]{2,}/\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"(?<!\w)@\w{2,}"), "[name]"),
    (re.compile(r"\+?\(?\d(?:[\s./()_:\u2010-\u2015-]{0,3}\d){6,}"), "[number]"),
)


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
    words = sorted({_spelled(unicodedata.normalize(form, name)) for name in given for form in _FORMS}, key=len)[::-1]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE) if words else None


def _spelled(name: str) -> str:
    """What finds a name with any blanks and apostrophes."""
    return r"\s+".join(re.sub(_APOSTROPHES, _APOSTROPHES, re.escape(word)) for word in name.split())


def redacted(text: str, names: re.Pattern[str] | None = None) -> str:
    """A text without addresses, links, long numbers and names."""
    for pattern, instead in _GIVEAWAYS:
        text = pattern.sub(instead, text)
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
