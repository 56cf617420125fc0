"""What was read of a file: how many rows, which were left out and why."""

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from nps_core.errors import listed
from nps_core.model.immutable import FrozenMapping, Immutable

_MOST_LINES: Final = 5


@attrs.frozen(kw_only=True, repr=False)
class Reading(Immutable):
    """The report on a file that became a survey. Every row is in one of its numbers.

    Attributes:
        source: The name of the file.
        vendor: Whose export it is.
        encoding: How its text is written.
        delimiter: What stands between its cells.
        rows: How many rows it has below its header.
        scored: How many of them carry a score.
        missing: How many carry none.
        invalid: How many carry something else.
        excluded: How many were left out, by the reason why.
        lines: The lines of the file on which the invalid and the left-out ones end, by ``"invalid"`` and by the reason.
        columns: Which column was read, by what it was read as.
        unread: The other columns.
        notes: What else was decided while reading, in sentences.

    Example:
        >>> from nps_core import programme
        >>> survey = programme.read_export("tests/data/saas_feedback_text.csv", score="nps_score")
        >>> survey.reading.rows, survey.reading.scored
        (800, 800)
    """

    source: str
    vendor: str
    encoding: str
    delimiter: str
    rows: int
    scored: int
    missing: int
    invalid: int
    excluded: Mapping[str, int] = attrs.field(converter=FrozenMapping[str, int])
    lines: Mapping[str, tuple[int, ...]] = attrs.field(converter=FrozenMapping[str, tuple[int, ...]])
    columns: Mapping[str, str] = attrs.field(converter=FrozenMapping[str, str])
    unread: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The report in a few lines."""
        why = ", ".join(f"{count:,} {reason}" for reason, count in self.excluded.items())
        left_out = f", {sum(self.excluded.values()):,} left out ({why})" if why else ""
        read = ", ".join(f"{what} from {column!r}" for what, column in self.columns.items())
        where = "; ".join(f"{why} {_in_short(lines)}" for why, lines in self.lines.items())
        told = [
            f"{self.source}: {self.vendor}, {self.encoding}, cells between {self.delimiter!r}",
            f"{self.rows:,} rows: {self.scored:,} scored, {self.missing:,} missing, {self.invalid:,} invalid{left_out}",
            *([f"Lines: {where}"] if where else []),
            f"Read: {read}",
            *([f"Not read: {listed(self.unread)}"] if self.unread else []),
            *self.notes,
        ]
        return "\n".join(told)

    def __repr__(self) -> str:
        """The numbers of rows."""
        counts = f"rows={self.rows}, scored={self.scored}, missing={self.missing}, invalid={self.invalid}"
        return f"Reading({counts}, excluded={dict(self.excluded)})"


def _in_short(lines: Sequence[int]) -> str:
    return ", ".join([*map(str, lines[:_MOST_LINES]), *(["..."] if len(lines) > _MOST_LINES else [])])
