"""The words of the question and of its categories, one file of data per language."""

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs

from nps_core.errors import must_be_one_of
from nps_core.model.immutable import FrozenMapping

_FILES: Final = Path(__file__).with_name("languages")


@attrs.frozen(kw_only=True)
class Words:
    """The words of one language.

    Attributes:
        language: What the language calls itself.
        question: The sentences of the question, with places for what varies.
        subjects: What is asked about, with a name and without, by its kind.
        categories: The words for one of a category, for several, and what else people write, by its English name.
    """

    language: str
    question: Mapping[str, str]
    subjects: Mapping[str, tuple[str, str]]
    categories: Mapping[str, tuple[str, ...]]


@functools.cache
def languages() -> tuple[str, ...]:
    """The codes of all languages that there is a file of."""
    return tuple(sorted(file.stem for file in _FILES.glob("*.toml")))


def words_of(language: str) -> Words:
    """The words of a language, by its code.

    Raises:
        InvalidInputError: If there is no file of it.
    """
    must_be_one_of("language", language, languages())
    return _read(language)


@functools.cache
def _read(language: str) -> Words:
    data = tomllib.loads((_FILES / f"{language}.toml").read_text("utf-8"))
    return Words(
        language=data["language"],
        question=FrozenMapping(data["question"]),
        subjects=FrozenMapping({kind: (named, unnamed) for kind, (named, unnamed) in data["subject"].items()}),
        categories=FrozenMapping({category: tuple(words) for category, words in data["category"].items()}),
    )


@functools.cache
def categories_by_word(language: str | None) -> Mapping[str, str]:
    """The category of each word of a language, or of all, the words in lower case."""
    chosen = languages() if language is None else (language,)
    return FrozenMapping(
        {
            word.casefold(): category
            for each in chosen
            for category, words in words_of(each).categories.items()
            for word in words
        }
    )
