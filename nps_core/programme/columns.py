"""Columns of cells: as scores, and as times. What cannot be read is refused with the lines where it stands."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import attrs

from nps_core.counting.zones import NAIVE, check_time_zone
from nps_core.errors import InvalidScoreError, shown
from nps_core.model.scale import Category, Scale
from nps_core.programme.cells import INVALID, Answer, NoScore, to_answer
from nps_core.programme.dates import Dates

THREE_CATEGORIES: Final = Scale(lowest=0, passives_from=1, promoters_from=2, highest=2)
"""The scale of answers of which only the category is known: 0 detractors, 1 passives, 2 promoters."""

_MOST_EXAMPLES: Final = 5


@attrs.frozen(kw_only=True)
class Column:
    """The cells below a name.

    Attributes:
        source: The name of the file.
        name: The name of the column.
        texts: One per row.
        lines: Where each stands in the file.
    """

    source: str
    name: str
    texts: Sequence[str] = attrs.field(repr=False)
    lines: Sequence[int] = attrs.field(repr=False)

    def answers(self, scale: Scale, missing: frozenset[str]) -> list[Answer]:
        """What each cell says."""
        known = {text: to_answer(text, scale, missing) for text in set(self.texts)}  # there are few different ones
        return [known[text] for text in self.texts]

    def without_categories(self, answers: Sequence[Answer], invalid: str) -> list[Answer]:
        """Answers of which some are scores: the categories among them are invalid.

        Raises:
            InvalidScoreError: If they may not be.
        """
        rows = [row for row, each in enumerate(answers) if isinstance(each, Category)]
        if rows and invalid == "raise":
            score = next(row for row, each in enumerate(answers) if isinstance(each, int))
            first, second = (f"{self.texts[row]!r} (line {self.lines[row]})" for row in (rows[0], score))
            raise InvalidScoreError(
                f"{self.source}: answers in column {self.name!r} must all be scores or all be categories, got {first} "
                f"and {second}: {len(rows)} of {len(answers)} are categories; categories=True reads the category of "
                "each, invalid='exclude' leaves the categories out and keeps their number",
                total=len(rows),
            )
        return [INVALID if isinstance(each, Category) else each for each in answers]

    def invalid_rows(self, answers: Sequence[Answer], scale: Scale, invalid: str) -> list[int]:
        """The rows of answers that are neither scores nor missing.

        Raises:
            InvalidScoreError: If there are some and may not be; a long text may be somebody's words, and is not shown.
        """
        wrong = [row for row, each in enumerate(answers) if isinstance(each, NoScore)]
        if not wrong or invalid == "exclude":
            return wrong
        examples = [(self.lines[row], self.texts[row]) for row in wrong[:_MOST_EXAMPLES]]
        told = ", ".join(f"{shown(text)} (line {line})" for line, text in examples)
        more = ", ..." if len(wrong) > len(examples) else ""
        raise InvalidScoreError(
            f"{self.source}: scores in column {self.name!r} must be whole numbers between {scale.lowest} and "
            f"{scale.highest}, got {told}{more}: {len(wrong)} of {len(answers)} in all; invalid='exclude' leaves them "
            "out and keeps their number, missing=... names texts that stand for no answer",
            total=len(wrong),
            examples=examples,
        )

    def times(self, dates: Dates, zone: str | None) -> tuple[list[dt.datetime | None], list[str]]:
        """The times, and what is to be told of them.

        Args:
            dates: How they are written.
            zone: The zone of those that tell none.

        Raises:
            InvalidInputError: If a text is no time, or there is no such zone.
        """
        check_time_zone(zone, f"the zone of column {self.name!r}")
        times, note = dates.read(self.texts, self.lines, zone=None if zone == NAIVE else zone)
        unknown = times.count(None)
        notes = [
            note,
            "" if zone in {None, NAIVE} else f"Times that tell no zone are those of {zone}.",
            f"Without a time: {unknown:,} of {len(times):,}." if unknown else "",
        ]
        return times, [each for each in notes if each]


def category_of(answer: Answer, scale: Scale) -> Answer:
    """An answer on the scale of three."""
    if answer is None or isinstance(answer, NoScore):
        return answer
    category = answer if isinstance(answer, Category) else scale.classify(answer)
    return (Category.DETRACTOR, Category.PASSIVE, Category.PROMOTER).index(category)
