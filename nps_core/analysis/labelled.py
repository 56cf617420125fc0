"""What all results by segment share: labels, and finding a segment by them."""

import abc
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from nps_core.analysis.result import Result
from nps_core.counting.labels import label_of
from nps_core.errors import unknown_name
from nps_core.model.tabular import Labels

NO_LABEL = "(no label)"
"""What stands for answers that carry no label."""

Row_co = TypeVar("Row_co", covariant=True)


class Labelled:
    """One segment, which has labels."""

    __slots__ = ()

    labels: Labels

    @property
    def label(self) -> str:
        """Its labels in one text."""
        return label_text(self.labels)


class ResultBySegment(Result, Generic[Row_co]):
    """A result with one row per segment: ``result["north"]`` is one, ``result.segments`` are all of them."""

    __slots__ = ()

    labels: tuple[Labels, ...]
    __iter__: ClassVar[None] = None  # or Python would ask for the segments 0, 1, 2

    @abc.abstractmethod
    def _segment(self, row: int) -> Row_co:
        """The segment of a row."""

    def __len__(self) -> int:
        """How many segments there are."""
        return len(self.labels)

    @property
    def segments(self) -> tuple[Row_co, ...]:
        """Every segment."""
        return tuple(self._segment(row) for row in range(len(self)))

    def __getitem__(self, labels: str | Labels | None) -> Row_co:
        """The segment of a label, or of one label per name in ``by``.

        Raises:
            UnknownNameError: If there is no such segment.
        """
        asked = labels if isinstance(labels, tuple) else (labels,)
        wanted = tuple(label_of(label, "a segment's label") for label in asked)
        if wanted not in self.labels:
            raise unknown_name("segment", label_text(wanted), [label_text(known) for known in self.labels])
        return self._segment(self.labels.index(wanted))


def label_text(labels: Sequence[str | None]) -> str:
    """Labels in one text."""
    return " / ".join(map(shown_label, labels))


def shown_label(label: str | None) -> str:
    """A label as it stands in a table."""
    return NO_LABEL if label is None else str(label) or '""'
