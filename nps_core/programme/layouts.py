"""How survey tools lay out their exports: a table of each in vendors.toml, read once."""

import functools
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, Final

import attrs

from nps_core.model.immutable import FrozenMapping

OTHER: Final = "other"
"""A file with one line of names, from whatever tool."""


def _names(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(folded, values))


def folded(name: str) -> str:
    """A name as it is compared: without regard to case and to blanks around it."""
    return " ".join(name.split()).casefold()


@attrs.frozen(kw_only=True)
class Leaving:
    """Which rows of an export are no answers.

    Attributes:
        reason: Why, in a word or two.
        column: The column that says so.
        values: What it holds in such a row.
        others_than: What it holds in all other rows, if that is known instead.
    """

    reason: str
    column: str = attrs.field(converter=folded)
    values: tuple[str, ...] = attrs.field(default=(), converter=_names)
    others_than: tuple[str, ...] = attrs.field(default=(), converter=_names)

    def leaves(self, cell: str) -> bool:
        """Whether a row is left out for what stands in its column."""
        return folded(cell) not in self.others_than if self.others_than else folded(cell) in self.values


@attrs.frozen(kw_only=True)
class Layout:
    """What an export of one kind looks like.

    Attributes:
        vendor: Whose it is, as :func:`read_export` takes it.
        title: What the vendor is called.
        marks: Names of columns that together are found in no other export.
        first: The names that the first column, then that of times, may have, to the letter, if there are no marks.
        header_rows: How many rows stand above the answers.
        names_row: Which of them names the columns, from 0.
        labels_row: Which of them holds the questions, None for the row of names.
        continues: Whether a blank name stands for the one at its left, and the row of labels tells such columns apart.
        further_row: A regular expression for the beginning of a cell of one more row above the answers, which only
            some exports have.
        score: Columns of scores, the first that is there.
        score_beside: The end of the name of a column that stands beside the scores, whose name is the rest.
        at: Columns of times.
        reason: Columns of answers to "why?".
        respondent: Columns of ids.
        time_zone: The zone that times are written in, if it is always the same.
        leaves: Which rows are left out.
        one_of: The column that holds the same in all rows of one survey.
    """

    vendor: str
    title: str
    marks: tuple[str, ...] = attrs.field(converter=tuple)
    first: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    header_rows: int = 1
    names_row: int = 0
    labels_row: int | None = None
    continues: bool = False
    further_row: str = ""
    score: tuple[str, ...] = attrs.field(default=(), converter=_names)
    score_beside: str = attrs.field(default="", converter=folded)
    at: tuple[str, ...] = attrs.field(default=(), converter=_names)
    reason: tuple[str, ...] = attrs.field(default=(), converter=_names)
    respondent: tuple[str, ...] = attrs.field(default=(), converter=_names)
    time_zone: str | None = None
    leaves: tuple[Leaving, ...] = ()
    one_of: str = attrs.field(default="", converter=folded)

    def fits(self, head: Sequence[Sequence[str]]) -> bool:
        """Whether the first records of a file are those of such an export."""
        return not self.lacks(head) and (not self.first or head[self.names_row][0] in self.first)

    def lacks(self, head: Sequence[Sequence[str]]) -> list[str]:
        """The marks that are not among the names in the first records of a file; all names if it has no such record."""
        if len(head) <= self.names_row or not head[self.names_row]:
            return [*self.marks, *self.first]
        names = {*map(folded, head[self.names_row])}
        return [mark for mark in self.marks if folded(mark) not in names]

    def for_head(self, head: Sequence[Sequence[str]]) -> "Layout":
        """The same; without its row of labels if somebody took it out, which is seen where dates and ids stand."""
        if self.labels_row is None or len(head) <= self.labels_row:
            return self
        marks = {*map(folded, self.marks)}
        below = zip(head[self.names_row], head[self.labels_row], strict=False)
        is_answer = any(char.isdigit() for name, cell in below if folded(name) in marks for char in cell)
        return attrs.evolve(self, header_rows=1, labels_row=None, continues=False) if is_answer else self


ANY: Final = Layout(vendor=OTHER, title=OTHER, marks=())
"""Of a file with one line of names."""


@functools.cache
def layouts() -> Mapping[str, tuple[Layout, ...]]:
    """The layouts of each vendor by its name."""
    text = resources.files(__package__ or "").joinpath("vendors.toml").read_text("utf-8")
    return FrozenMapping(
        {
            vendor: tuple(_layout(vendor, table["title"], layout) for layout in table["layout"])
            for vendor, table in tomllib.loads(text).items()
        }
    )


def _layout(vendor: str, title: str, table: dict[str, Any]) -> Layout:
    leaves = tuple(Leaving(**leaving) for leaving in table.pop("leave", ()))
    return Layout(vendor=vendor, title=title, leaves=leaves, **table)
