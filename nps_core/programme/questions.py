"""The questions of a survey, in several languages."""

from typing import Final, Literal, TypeAlias, get_args

import attrs

from nps_core.errors import InvalidInputError, must_be_one_of
from nps_core.model.scale import Category, Scale, check_scale
from nps_core.model.words import languages, words_of

__all__ = ["QuestionSet", "Subject", "category_word", "languages", "question_set"]

Subject: TypeAlias = Literal["company", "product", "service", "brand"]
"""What people are asked whether they would recommend."""

SUBJECTS: Final[tuple[Subject, ...]] = get_args(Subject)


@attrs.frozen(kw_only=True)
class QuestionSet:
    """The questions of one survey, in one language.

    Attributes:
        language: The code of the language.
        recommend: The question that the score answers.
        reason: The question that follows it, always: why?
        improve: The question after that: what could be better?
        lowest_label: What stands at the lowest score of the scale.
        highest_label: What stands at the highest.
        scale: The scale of the answer.
    """

    language: str
    recommend: str
    reason: str
    improve: str
    lowest_label: str
    highest_label: str
    scale: Scale

    def __str__(self) -> str:
        """The questions as one would put them."""
        low, high = self.scale.lowest, self.scale.highest
        ends = f"{low} = {self.lowest_label}, {high} = {self.highest_label}"
        return "\n".join([f"1. {self.recommend} ({ends})", f"2. {self.reason}", f"3. {self.improve}"])


def question_set(
    language: str = "en", *, subject: Subject = "company", name: str | None = None, scale: Scale = Scale.STANDARD
) -> QuestionSet:
    """The questions of a survey: would you recommend it, why, and what could be better.

    Ask all waves in the same words: give the question to the survey (``Survey.from_scores(..., question=)``), and a
    comparison of surveys that asked differently warns of it.

    Args:
        language: ``"da"``, ``"de"``, ``"en"``, ``"fi"`` or ``"sv"``; :func:`languages` has all.
        subject: What is asked about: ``"company"``, ``"product"``, ``"service"`` or ``"brand"``.
        name: Its name; without, it is "us" or "this product".
        scale: The scale of the answer.

    Raises:
        InvalidInputError: If there is no such language or subject, or the name is empty.

    Example:
        >>> from nps_core.programme import question_set
        >>> asked = question_set("sv", subject="product", name="Acme")
        >>> asked.recommend
        'På en skala från 0 till 10, hur sannolikt är det att du skulle rekommendera produkten Acme till en vän eller kollega?'
        >>> asked.reason
        'Vilken är den främsta anledningen till ditt betyg?'
    """  # noqa: E501  a question is one line
    words = words_of(language)
    must_be_one_of("subject", subject, SUBJECTS)
    check_scale(scale)
    if name is not None and not (isinstance(name, str) and name.strip()):
        raise InvalidInputError(f"name must be text that is not empty, or None, got {name!r}")
    with_name, without = words.subjects[subject]
    asked = words.question
    what = without if name is None else with_name.replace("{name}", name.strip())
    return QuestionSet(
        language=language,
        recommend=asked["recommend"]
        .replace("{lowest}", str(scale.lowest))
        .replace("{highest}", str(scale.highest))
        .replace("{subject}", what),
        reason=asked["reason"],
        improve=asked["improve"].replace("{who}", asked["who"]),
        lowest_label=asked["lowest"],
        highest_label=asked["highest"],
        scale=scale,
    )


def category_word(category: Category | str, *, language: str = "en", several: bool = False) -> str:
    """The word for a category.

    Args:
        category: The category, or its English name.
        language: The code of the language.
        several: The word for several of them.

    Raises:
        InvalidInputError: If there is no such language or category.

    Example:
        >>> from nps_core.programme import category_word
        >>> category_word("detractor", language="fi"), category_word("promoter", language="da", several=True)
        ('arvostelija', 'promotører')
    """
    words = words_of(language)
    must_be_one_of("category", category, [str(known) for known in Category])
    return words.categories[Category(category)][1 if several else 0]
