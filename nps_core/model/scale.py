"""The scale of the question, and the three categories it falls into."""

import enum
import operator
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import attrs
import numpy as np

from nps_core.counting.answers import cell_of
from nps_core.errors import InvalidInputError, InvalidScoreError, listed, must_be_one_of, shown
from nps_core.model.words import categories_by_word, languages

HIGHEST_SCORE = 10
"""No scale of the Net Promoter question goes further."""


class Category(enum.StrEnum):
    """What a score makes of the one who gave it.

    Categories are strings, and are ordered: ``detractor < passive < promoter``.

    Example:
        >>> import nps_core as nc
        >>> nc.Category.PROMOTER == "promoter"
        True
        >>> nc.Category.DETRACTOR < nc.Category.PASSIVE < nc.Category.PROMOTER
        True
    """

    # The order of the words is the alphabet's own, so that comparing the strings is comparing the categories.
    DETRACTOR = "detractor"
    PASSIVE = "passive"
    PROMOTER = "promoter"

    @classmethod
    def parse(cls, word: str, *, language: str | None = None) -> Self:
        """The category of a word that people use for it, in any language of :func:`nps_core.programme.languages`.

        "Neutral" is a passive. Upper and lower case do not matter.

        Args:
            word: One word, such as ``"Promoter"``, ``"kritikere"`` or ``"passiivinen"``.
            language: The code of the only language to look in.

        Raises:
            InvalidInputError: If it is no word for a category, or there is no such language.

        Example:
            >>> import nps_core as nc
            >>> nc.Category.parse("Ambassadörer"), nc.Category.parse("neutral")
            (<Category.PROMOTER: 'promoter'>, <Category.PASSIVE: 'passive'>)
        """
        if language is not None:
            must_be_one_of("language", language, languages())
        known = categories_by_word(language)
        found = known.get(" ".join(word.split()).casefold()) if isinstance(word, str) else None
        if found is None:
            where = "any known language" if language is None else language
            raise InvalidInputError(f"a category must be called by one of its words in {where}, got {word!r}")
        return cls(found)


def _whole(value: Any) -> int:
    try:
        if not isinstance(value, (bool, np.bool_)):
            return operator.index(value)
    except TypeError:
        pass
    raise InvalidInputError(f"the points of a scale must be whole numbers, got {shown(value)}")


@attrs.frozen
class Scale:
    """The lowest and the highest score of a question, and the two cut points between the categories.

    Every score of the scale falls in exactly one category, and no category is empty. Scores are whole numbers from 0
    to 10 on every scale.

    Attributes:
        lowest: The lowest score one can give.
        highest: The highest score one can give.
        passives_from: The lowest score of a passive; those below are detractors.
        promoters_from: The lowest score of a promoter.

    Raises:
        InvalidInputError: If the scale is impossible.

    Example:
        >>> import nps_core as nc
        >>> nc.Scale.STANDARD.classify(9)
        <Category.PROMOTER: 'promoter'>
        >>> print(nc.Scale(lowest=1, highest=7, passives_from=5, promoters_from=7))
        1-7 (detractors 1-4, passives 5-6, promoters 7)
    """

    lowest: int = attrs.field(converter=_whole)
    highest: int = attrs.field(converter=_whole)
    passives_from: int = attrs.field(converter=_whole)
    promoters_from: int = attrs.field(converter=_whole)

    STANDARD: ClassVar["Scale"]
    """0 to 10: detractors 0-6, passives 7-8, promoters 9-10."""

    ONE_TO_TEN: ClassVar["Scale"]
    """1 to 10: detractors 1-6, passives 7-8, promoters 9-10. The same attitudes score some 10 points higher on it."""

    FIVE_POINT: ClassVar["Scale"]
    """1 to 5: detractors 1-3, passives 4, promoters 5."""

    EUROPEAN: ClassVar["Scale"]
    """0 to 10 with the milder cut points: detractors 0-5, passives 6-7, promoters 8-10."""

    def __attrs_post_init__(self) -> None:
        """Refuse a scale that leaves a category empty or goes beyond 0 to 10."""
        if not 0 <= self.lowest < self.passives_from < self.promoters_from <= self.highest <= HIGHEST_SCORE:
            raise InvalidInputError(
                "a scale must hold 0 <= lowest < passives_from < promoters_from <= highest <= 10, got "
                f"lowest={self.lowest}, passives_from={self.passives_from}, promoters_from={self.promoters_from}, "
                f"highest={self.highest}"
            )

    @classmethod
    def parse(cls, name: str) -> Self:
        """The preset of a name: ``"0-10"``, ``"1-10"``, ``"1-5"`` or ``"european"``.

        Raises:
            InvalidInputError: If there is no preset of that name.
        """
        try:
            return cls(**attrs.asdict(PRESETS[name]))
        except (KeyError, TypeError):
            raise InvalidInputError(f"scale must be one of {listed(PRESETS)}, got {name!r}") from None

    @property
    def scores(self) -> range:
        """Every score of the scale, from the lowest to the highest."""
        return range(self.lowest, self.highest + 1)

    def classify(self, score: int) -> Category:
        """The category of a score.

        Args:
            score: A whole number on the scale.

        Raises:
            InvalidScoreError: If the score is not on the scale.
        """
        cell = cell_of(score)
        if cell not in self.scores:
            raise InvalidScoreError(
                f"score must be a whole number between {self.lowest} and {self.highest}, got {shown(score)}"
            )
        if cell >= self.promoters_from:
            return Category.PROMOTER
        return Category.PASSIVE if cell >= self.passives_from else Category.DETRACTOR

    def range_of(self, category: Category) -> range:
        """The scores of a category."""
        return {
            Category.DETRACTOR: range(self.lowest, self.passives_from),
            Category.PASSIVE: range(self.passives_from, self.promoters_from),
            Category.PROMOTER: range(self.promoters_from, self.highest + 1),
        }[category]

    def to_dict(self) -> dict[str, int]:
        """The four numbers, for JSON."""
        return attrs.asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The scale of the four numbers that :meth:`to_dict` gives.

        Raises:
            InvalidInputError: If it is not such a mapping, or the scale is impossible.
        """
        names = [field.name for field in attrs.fields(Scale)]
        if not isinstance(data, Mapping) or set(data) != set(names):
            raise InvalidInputError(f"a scale must be a mapping of {listed(names)}, got {data!r}")
        return cls(**data)

    def __str__(self) -> str:
        """The scale in words."""
        parts = (f"{category}s {_span(self.range_of(category))}" for category in Category)
        return f"{_span(self.scores)} ({', '.join(parts)})"


def check_scale(scale: object) -> None:
    """Refuse a scale that is none."""
    if not isinstance(scale, Scale):
        raise InvalidInputError(f"scale must be a Scale, such as Scale.FIVE_POINT, got {scale!r}")


def _span(scores: range) -> str:
    return str(scores[0]) if len(scores) == 1 else f"{scores[0]}-{scores[-1]}"


Scale.STANDARD = Scale(lowest=0, highest=10, passives_from=7, promoters_from=9)
Scale.ONE_TO_TEN = Scale(lowest=1, highest=10, passives_from=7, promoters_from=9)
Scale.FIVE_POINT = Scale(lowest=1, highest=5, passives_from=4, promoters_from=5)
Scale.EUROPEAN = Scale(lowest=0, highest=10, passives_from=6, promoters_from=8)

PRESETS = {
    "0-10": Scale.STANDARD,
    "1-10": Scale.ONE_TO_TEN,
    "1-5": Scale.FIVE_POINT,
    "european": Scale.EUROPEAN,
}
"""The presets by the names that the command takes."""
