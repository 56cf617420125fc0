"""Cells as survey tools write them, to scores and categories. What may mean something else is no score."""

import functools
import itertools
import re
import tomllib
from collections.abc import Sequence
from importlib import resources
from typing import Final

import attrs

from nps_core.model.scale import Category, Scale
from nps_core.model.words import categories_by_word

MISSING_TEXTS: Final = frozenset(
    {"", "na", "n/a", "#n/a", "n.a.", "k.a.", "null", "none", "nan", "nat", "-", "--", "?", "."}
)
"""What says that there is nothing, in small letters."""

_LONGEST: Final = 120

_NUMBER: Final = re.compile(r"\+?(\d{1,3})(?:\.0*|,(?!000$)0*)?")
_LABELLED: Final = re.compile(r"(?P<score>\d{1,2})(?:[.,]0+)?(?P<sign> ?[-–—:=|(.)] ?| )(?P<label>(?=[^\W\d_])\D+)")
_LABELLED_BEFORE: Final = re.compile(
    r"(?P<label>(?=[^\W\d_])\D*?)(?P<sign> [-–—] | ?[:=(] ?| )(?P<score>\d{1,2})(?:[.,]0+)?\)?"
)
_RANGE: Final = re.compile(
    r"(?:(?P<before>(?=[^\W\d_])\D*?)[ (:=]+)?"
    r"(?P<low>\d{1,2}) ?(?:-|–|—|to|bis|till?|tot|à) ?(?P<high>\d{1,2})(?![\d.,])(?P<after>[ :=()\-–—]\D*)?"
)

_LIKELY: Final = re.compile(
    r"like|wahrscheinlich|probab|sannolik|sandsynlig|sannsynlig|todennäkö|waarschijnlijk|"
    r"recom|rekom|empfehl|anbefal|suosit|raccomand|aanbevel"
)
"""What a label is about, if nothing but a blank stands between it and its number."""


@functools.cache
def _known_words(kind: str, *only: str) -> frozenset[str]:
    """Words of cells.toml: all of a kind, or those of some of its lists."""
    lists = tomllib.loads(resources.files(__package__ or "").joinpath("cells.toml").read_text("utf-8"))[kind]
    return frozenset(itertools.chain(*(words for name, words in lists.items() if not only or name in only)))


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
    text = " ".join(text.split())
    if text.casefold() in missing:
        return None
    if len(text) > _LONGEST:
        return INVALID
    if found := _NUMBER.fullmatch(text):
        return _on_scale(int(found[1]), scale)
    if found := _LABELLED.fullmatch(text) or _LABELLED_BEFORE.fullmatch(text):
        score, words = _on_scale(int(found["score"]), scale), _words(found["label"])
        is_before = found.start("label") == 0
        is_label = _is_label(words, found["label"].casefold(), is_before=is_before, has_sign=found["sign"] != " ")
        return score if is_label and isinstance(score, int) and _agree(words, scale.classify(score)) else INVALID
    if found := _RANGE.fullmatch(text):
        return _category(int(found["low"]), int(found["high"]), found["before"] or "", found["after"] or "", scale)
    return _category_word(text.casefold()) or INVALID


def _on_scale(score: int, scale: Scale) -> int | NoScore:
    return score if scale.lowest <= score <= scale.highest else INVALID


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def _is_label(words: Sequence[str], label: str, *, is_before: bool, has_sign: bool) -> bool:
    """Whether words beside a number say what it means, and not that more or less is meant, or a month."""
    comparing = _known_words("comparing")
    if comparing.issuperset(words) or (len(words) == 1 and words[0] in _known_words("months")):
        return False
    if words[-1] in comparing if is_before else words[0] in _known_words("comparing", "joining"):
        return False
    return has_sign or _LIKELY.search(label) is not None


def _category(low: int, high: int, before: str, after: str, scale: Scale) -> Answer:
    """The category of all scores of a range, if they have one, and the words around it do not speak against it."""
    if not scale.lowest <= low < high <= scale.highest or scale.classify(low) != scale.classify(high):
        return INVALID
    first, last = _words(before), _words(after)
    comparing = _known_words("comparing")
    if (first and first[-1] in comparing | _known_words("not")) or (last and comparing.issuperset(last)):
        return INVALID
    category = scale.classify(low)
    return category if _agree(first, category) and _agree(last, category) else INVALID


def _agree(words: Sequence[str], category: Category) -> bool:
    """Whether a label names no other category; neutral is the middle of many scales."""
    return _category_word(" ".join(words)) in {None, Category.PASSIVE, category}


def _category_word(text: str) -> Category | None:
    word = categories_by_word(None).get(text)
    return None if word is None else Category(word)
