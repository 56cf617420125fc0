"""Segments side by side: each with its score, and against the rest."""

import functools
from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.comparisons import Difference, difference_columns, difference_or_none
from nps_core.analysis.counts import counted
from nps_core.analysis.designs import Design
from nps_core.analysis.differences import Differences, differences_of
from nps_core.analysis.estimates import Estimates, estimates_of
from nps_core.analysis.labelled import Labelled, ResultBySegment, label_text, shown_label
from nps_core.analysis.scoring import (
    NetPromoterScore,
    level_in_words,
    nps,
    remarks,
    score_or_none,
    score_rows,
    scores_columns,
)
from nps_core.analysis.suppression import check_min_n, small_groups
from nps_core.display import numbers
from nps_core.display.rows import Rows
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, must_be_one_of
from nps_core.model.immutable import content, freeze
from nps_core.model.tabular import Columns, Labels, label_columns
from nps_core.model.tally import Tallyable, as_names
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod
from nps_core.stats.intervals import Floats
from nps_core.stats.multiplicity import CORRECTIONS, Correction, adjusted

CORRECTED_BY: Final[dict[str, str]] = {"holm": "Holm", "benjamini-hochberg": "Benjamini and Hochberg"}
"""The corrections as they stand in a sentence."""

COUNTS_AND_SHARE: Final = ("n", "promoters", "passives", "detractors", "missing", "invalid", "share")
"""What is withheld of a suppressed segment, apart from what is unknown anyway."""


@attrs.frozen(kw_only=True)
class Segment(Labelled):
    """One segment.

    Attributes:
        labels: Its labels, one per name in ``by``; None where answers carry none.
        score: Its score, None if it has no answer with a score.
        n: How many answers carry a score.
        missing: How many gave no answer.
        invalid: How many gave an answer that is not a score.
        share: Its share of all answers with a score, between 0 and 1.
        difference: The segment minus the rest of the answers, None where one side has no answer.
        adjusted_pvalue: The p-value of that difference, adjusted for all segments of the table: by Holm, it is below
            0.05 for any segment in at most 5 % of tables in which none differs.
        suppressed: Whether its numbers are withheld, being of too few people: then there are none, and ``n`` is None.
    """

    labels: Labels
    score: NetPromoterScore | None
    n: int | None
    missing: int | None
    invalid: int | None
    share: float | None
    difference: Difference | None
    adjusted_pvalue: float | None
    suppressed: bool


@attrs.frozen(kw_only=True, repr=False)
class SegmentTable(ResultBySegment[Segment]):
    """Every segment with its score, its share, and its difference to the rest.

    ``table["north"]`` is one :class:`Segment` (with several keys ``table["north", "web"]``), ``table.segments`` are all
    of them, in the order of their labels; answers without a label come last.

    Attributes:
        by: The names of the segments.
        labels: The labels of each segment, one per name in ``by``.
        overall: The score of all answers together.
        confidence_level: The level of all intervals.
        method: How the intervals were computed.
        correction: How the p-values were adjusted for all segments.
        min_n: The fewest answers that a segment is shown with, None if all are.
    """

    by: tuple[str, ...]
    overall: NetPromoterScore
    confidence_level: float
    method: DifferenceMethod
    correction: Correction
    min_n: int | None
    labels: tuple[Labels, ...]
    _scores: Estimates = attrs.field(alias="scores")
    _known_differences: Differences | None = attrs.field(alias="known_differences")
    _suppressed: NDArray[np.bool_] = attrs.field(alias="suppressed", converter=freeze, eq=content)

    @functools.cached_property
    def _differences(self) -> Differences:
        """Every segment against the rest: of many segments most of the work, and done when it is asked for."""
        if self._known_differences is not None:
            return self._known_differences
        rest = self._scores.counts.rest()
        references = estimates_of(rest, confidence_level=self.confidence_level, method=self.method)
        return differences_of(self._scores, references, self.method)

    @functools.cached_property
    def _adjusted(self) -> Floats:
        """The p-values of the differences, adjusted; two segments have one difference, seen from both sides."""
        pvalues = self._differences.pvalues
        if np.count_nonzero(~np.isnan(pvalues)) == 2 and not self._suppressed.any():
            return pvalues
        return freeze(adjusted(pvalues, self.correction))

    def __len__(self) -> int:
        """How many segments there are."""
        return len(self._suppressed)

    def _segment(self, row: int) -> Segment:
        scores, difference = self._scores, difference_or_none(self._differences, row)
        suppressed = bool(self._suppressed[row])
        n = int(scores.counts.categories[row].sum())
        return Segment(
            labels=self.labels[row],
            score=score_or_none(scores, row),
            n=None if suppressed else n,
            missing=None if suppressed else int(scores.counts.missing[row]),
            invalid=None if suppressed else int(scores.counts.invalid[row]),
            share=None if suppressed else n / self.overall.n,
            difference=difference,
            adjusted_pvalue=None if difference is None else float(self._adjusted[row]),
            suppressed=suppressed,
        )

    def _columns(self) -> Columns:
        scores = self._scores
        numbers_of: Columns = {
            **scores_columns(scores),
            "share": scores.counts.n / self.overall.n,
            **difference_columns(self._differences, "difference"),
            "adjusted_pvalue": self._adjusted,
            "suppressed": self._suppressed,
        }
        if self._suppressed.any():
            for name in COUNTS_AND_SHARE:
                numbers_of[name] = np.ma.array(numbers_of[name], mask=self._suppressed)
        return label_columns(self.by, self.labels, numbers_of) | numbers_of

    def _picture(self) -> Rows:
        overall = numbers.decimal(self.overall.value)
        rows = score_rows([label_text(labels) for labels in self.labels], self._scores)
        shown = [
            attrs.evolve(row, note="", instead="suppressed") if hidden else row
            for row, hidden in zip(rows, self._suppressed.tolist(), strict=True)
        ]
        return Rows(
            title=f"NPS by {', '.join(self.by)}",
            unit=f"NPS with its {level_in_words(self.confidence_level)}",
            rows=shown,
            line=self.overall.value,
            line_name=f"overall {overall}",
        )

    def _table(self) -> Table:
        columns = self._plain_columns()
        rows = zip(
            *([shown_label(label) for label in column] for column in zip(*self.labels, strict=True)),
            map(_value_or_status, columns["nps"], columns["suppressed"]),
            map(numbers.span, columns["low"], columns["high"]),
            map(numbers.count, columns["n"]),
            map(numbers.percent, columns["share"]),
            map(numbers.signed, columns["difference"]),
            map(numbers.signed_span, columns["difference_low"], columns["difference_high"]),
            map(numbers.pvalue, columns["adjusted_pvalue"]),
            strict=True,
        )
        interval, corrected_by = level_in_words(self.confidence_level), CORRECTED_BY[self.correction]
        return Table(
            title=f"NPS by {', '.join(self.by)} (overall {numbers.decimal(self.overall.value)}, "
            f"n = {numbers.count(self.overall.n)})",
            header=(*self.by, "NPS", interval, "n", "share", "to the rest", interval, "adjusted p"),
            rows=tuple(rows),
            left=len(self.by),
            notes=(
                f"To the rest: the segment minus all other answers, in points; p-values adjusted by {corrected_by}.",
                *self._on_suppression(),
                *remarks(self.overall),
            ),
        )

    def _on_suppression(self) -> list[str]:
        """A sentence on what is suppressed, if anything is."""
        if not self._suppressed.any():
            return []
        return [f"Suppressed: of fewer than {self.min_n} answers, or what would tell such a segment by subtraction."]

    def __repr__(self) -> str:
        """The size, without the numbers."""
        return f"SegmentTable(by={list(self.by)}, segments={len(self)}, overall={self.overall.value})"


def by_segment(
    data: Tallyable,
    by: str | Sequence[str],
    *,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
    correction: Correction = "holm",
    min_n: int | None = None,
    design: Design | None = None,
) -> SegmentTable:
    """The score of every segment, and its difference to the rest of the answers.

    A segment is compared with the rest, never with the total, of which it is a part itself.

    Args:
        data: A survey, a tally, or anything else with their ``tally()``.
        by: The name of a segment; several names make a segment of each combination of labels.
        confidence_level: Between 0 and 1.
        method: ``"score"``, ``"wald"`` or ``"adjusted-wald"``.
        correction: What the p-values are adjusted by: ``"holm"`` for claims (the chance of any false one is bounded) or
            ``"benjamini-hochberg"`` for screening (the share of false ones is).
        min_n: Suppress segments of fewer answers, and as many others as it takes that nobody can find a suppressed one
            by subtraction from the totals.
        design: How the answers were sampled. Every segment keeps all strata and clusters of the sample.

    Raises:
        UnknownNameError: If there is no such segment.
        NoAnswersError: If there is no answer with a score.
        InvalidInputError: If all answers together are fewer than ``min_n``, or an option is not what it must be.

    Warns:
        DisclosureWarning: If totals by fewer of several names would give a suppressed segment away.

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
    must_be_one_of("correction", correction, tuple(CORRECTIONS))
    names = as_names(by)
    if not names:
        raise InvalidInputError("by must name at least one segment")
    tally, counts = counted(data, by=names, design=design)
    fewest = check_min_n(min_n)
    suppressed = small_groups(tally, fewest)
    whole = tally if design is None else data
    overall = nps(whole, confidence_level=confidence_level, method=method, design=design)
    if fewest is not None and overall.n < fewest:
        raise InvalidInputError(f"all answers together must be min_n or more to be shown, got {overall.n} of {fewest}")
    scores = estimates_of(counts, confidence_level=confidence_level, method=method)
    known = None
    if design is not None or suppressed.any():  # the table keeps neither the sample nor what is suppressed
        rests = estimates_of(counts.rest(), confidence_level=confidence_level, method=method)
        known = differences_of(scores, rests, method).without(suppressed)
        scores = known.scores
    return SegmentTable(
        by=tally.by,
        labels=tally.groups,
        overall=overall,
        confidence_level=confidence_level,
        method=method,
        correction=correction,
        min_n=fewest,
        scores=scores,
        known_differences=known,
        suppressed=suppressed,
    )


def _value_or_status(value: float | None, suppressed: bool) -> str:  # noqa: FBT001
    """A score, or what stands in its place."""
    if suppressed:
        return "suppressed"
    return "no data" if value is None else numbers.decimal(value)
