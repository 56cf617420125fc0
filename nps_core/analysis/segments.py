"""Segments side by side: each with its score, and against the rest."""

from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.comparisons import Difference, difference_columns, difference_or_none
from nps_core.analysis.estimates import Differences, GroupCounts, differences_of, estimates_of, tally_of
from nps_core.analysis.result import Columns, Result
from nps_core.analysis.scoring import NetPromoterScore, level_in_words, not_counted, nps, score_or_none, scores_columns
from nps_core.counting.labels import label_of
from nps_core.display import numbers
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, must_be_one_of, unknown_name
from nps_core.model.immutable import content, freeze
from nps_core.model.tally import Tallyable, as_names
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod
from nps_core.stats.multiplicity import holm

NO_LABEL = "(no label)"
"""What stands for answers that carry no label."""


@attrs.frozen(kw_only=True)
class Segment:
    """One segment.

    Attributes:
        labels: Its labels, one per name in ``by``; None where answers carry none.
        score: Its score, None if it has no answer with a score.
        n: How many answers carry a score.
        missing: How many gave no answer.
        invalid: How many gave an answer that is not a score.
        share: Its share of all answers with a score, between 0 and 1.
        difference: The segment minus the rest of the answers, None where one side has no answer.
        adjusted_pvalue: The p-value of that difference, adjusted by Holm for all segments of the table: below 0.05
            for any segment in at most 5 % of tables in which none differs.
    """

    labels: tuple[str | None, ...]
    score: NetPromoterScore | None
    n: int
    missing: int
    invalid: int
    share: float
    difference: Difference | None
    adjusted_pvalue: float | None

    @property
    def label(self) -> str:
        """Its labels in one text."""
        return label_text(self.labels)


@attrs.frozen(kw_only=True, repr=False)
class SegmentTable(Result):
    """Every segment with its score, its share, and its difference to the rest.

    ``table["north"]`` is one :class:`Segment` (with several keys ``table["north", "web"]``), ``table.segments`` are all
    of them, in the order of their labels; answers without a label come last.

    Attributes:
        by: The names of the segments.
        labels: The labels of each segment, one per name in ``by``.
        overall: The score of all answers together.
        confidence_level: The level of all intervals.
        method: How the intervals were computed.
    """

    by: tuple[str, ...]
    overall: NetPromoterScore
    confidence_level: float
    method: DifferenceMethod
    labels: tuple[tuple[str | None, ...], ...]
    _differences: Differences = attrs.field(alias="differences")
    _adjusted: NDArray[np.float64] = attrs.field(alias="adjusted", converter=freeze, eq=content)

    def __len__(self) -> int:
        """How many segments there are."""
        return len(self.labels)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Every segment."""
        return tuple(self._segment(row, labels) for row, labels in enumerate(self.labels))

    __iter__: ClassVar[None] = None  # or Python would ask for the segments 0, 1, 2

    def __getitem__(self, labels: str | tuple[str | None, ...] | None) -> Segment:
        """The segment of a label, or of one label per name in ``by``.

        Raises:
            UnknownNameError: If there is no such segment.
        """
        asked = labels if isinstance(labels, tuple) else (labels,)
        wanted = tuple(label_of(label, "a segment's label") for label in asked)
        if wanted not in self.labels:
            raise unknown_name("segment", label_text(wanted), [label_text(known) for known in self.labels])
        return self._segment(self.labels.index(wanted), wanted)

    def _segment(self, row: int, labels: tuple[str | None, ...]) -> Segment:
        scores, difference = self._differences.scores, difference_or_none(self._differences, row)
        n = int(scores.counts.n[row])
        return Segment(
            labels=labels,
            score=score_or_none(scores, row),
            n=n,
            missing=int(scores.counts.missing[row]),
            invalid=int(scores.counts.invalid[row]),
            share=n / self.overall.n,
            difference=difference,
            adjusted_pvalue=None if difference is None else float(self._adjusted[row]),
        )

    def _columns(self) -> Columns:
        scores = self._differences.scores
        numbers_of = {
            **scores_columns(scores),
            "share": scores.counts.n / self.overall.n,
            **difference_columns(self._differences, "difference"),
            "adjusted_pvalue": self._adjusted,
        }
        labels_of: Columns = {}
        for name, labels in zip(self.by, zip(*self.labels, strict=True), strict=True):
            column = name
            while column in numbers_of or column in labels_of:  # a segment may be called "n"
                column = f"segment_{column}"
            labels_of[column] = list(labels)
        return {**labels_of, **numbers_of}

    def _table(self) -> Table:
        columns = self._plain_columns()
        rows = zip(
            *([_shown(label) for label in column] for column in zip(*self.labels, strict=True)),
            map(numbers.decimal, columns["nps"]),
            map(numbers.span, columns["low"], columns["high"]),
            map(numbers.count, columns["n"]),
            map(numbers.percent, columns["share"]),
            map(numbers.signed, columns["difference"]),
            map(numbers.signed_span, columns["difference_low"], columns["difference_high"]),
            map(numbers.pvalue, columns["adjusted_pvalue"]),
            strict=True,
        )
        interval = level_in_words(self.confidence_level)
        return Table(
            title=f"NPS by {', '.join(self.by)} (overall {numbers.decimal(self.overall.value)}, "
            f"n = {numbers.count(self.overall.n)})",
            header=(*self.by, "NPS", interval, "n", "share", "to the rest", interval, "adjusted p"),
            rows=tuple(rows),
            left=len(self.by),
            notes=(
                "To the rest: the segment minus all other answers, in points; p-values adjusted by Holm.",
                *not_counted(self.overall),
            ),
        )

    def __repr__(self) -> str:
        """The size, without the numbers."""
        return f"SegmentTable(by={list(self.by)}, segments={len(self)}, overall={self.overall.value})"


def by_segment(
    data: Tallyable,
    by: str | Sequence[str],
    *,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
) -> SegmentTable:
    """The score of every segment, and its difference to the rest of the answers.

    A segment is compared with the rest, never with the total, of which it is a part itself.

    Args:
        data: A survey, a tally, or anything else with their ``tally()``.
        by: The name of a segment; several names make a segment of each combination of labels.
        confidence_level: Between 0 and 1.
        method: ``"score"``, ``"wald"`` or ``"adjusted-wald"``.

    Raises:
        UnknownNameError: If there is no such segment.
        NoAnswersError: If there is no answer with a score.

    Example:
        >>> import nps_core as nc
        >>> survey = nc.Survey.from_scores(
        ...     [10, 9, 9, 7, 3, 6], segments={"region": ["north", "north", "north", "south", "south", "south"]}
        ... )
        >>> table = nc.by_segment(survey, "region")
        >>> table["north"].score.value, table["north"].difference.value
        (100.0, 166.66666666666666)
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    if not as_names(by):
        raise InvalidInputError("by must name at least one segment")
    tally = tally_of(data, by=by)
    overall = nps(tally, confidence_level=confidence_level, method=method)
    counts = GroupCounts.of(tally)
    scores, rests = (
        estimates_of(part, confidence_level=confidence_level, method=method) for part in (counts, counts.rest())
    )
    differences = differences_of(scores, rests, method)
    return SegmentTable(
        by=tally.by,
        labels=tally.groups,
        overall=overall,
        confidence_level=confidence_level,
        method=method,
        differences=differences,
        adjusted=holm(differences.pvalues),
    )


def label_text(labels: Sequence[str | None]) -> str:
    """Labels in one text."""
    return " / ".join(map(_shown, labels))


def _shown(label: str | None) -> str:
    return NO_LABEL if label is None else str(label) or '""'
