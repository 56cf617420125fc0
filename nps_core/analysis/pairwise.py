"""Segments against each other: are they all equal, and which differ from which?"""

import math
from collections.abc import Sequence
from typing import ClassVar, Final, Self

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.comparisons import Difference, with_sign
from nps_core.analysis.counts import GroupCounts, counted
from nps_core.analysis.designs import Design
from nps_core.analysis.differences import differences_of
from nps_core.analysis.estimates import Estimates, estimates_of
from nps_core.analysis.labelled import label_text
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import ConfidenceInterval, NetPromoterScore, level_in_words, plain, remarks_on
from nps_core.analysis.segments import CORRECTED_BY
from nps_core.display import numbers
from nps_core.display.curves import Curves, Mark
from nps_core.display.pictures import LONGEST_LABEL, check_number, shortened
from nps_core.display.rows import MOST_ROWS, Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, NoAnswersError, must_be_one_of
from nps_core.model.immutable import Immutable, content, freeze
from nps_core.model.tabular import Columns, Labels
from nps_core.model.tally import Tallyable, as_names
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod
from nps_core.stats.equality import correlated_equality_statistic, equality_pvalue, equality_statistic
from nps_core.stats.intervals import Floats
from nps_core.stats.multiplicity import CORRECTIONS, Correction, adjusted
from nps_core.stats.ranks import pairs_of
from nps_core.stats.student import chi2_pvalue, f_pvalue

MOST_SEGMENTS: Final = 1_000
"""More segments make more pairs than anyone looks at, and than memory should hold."""

_BLOCK: Final = 100_000
"""So many pairs are computed at a time."""


@attrs.frozen
class PairDifferences(Immutable):
    """The differences of all pairs of k groups, in points, in the order of ``pairs_of(k)``; each array of that length.

    Attributes:
        scores: The scores of the groups.
        values: The first minus the second.
        standard_errors: Their standard errors.
        lows: Lower limits.
        highs: Upper limits.
        pvalues: Two-sided p-values.
    """

    scores: Estimates
    values: Floats = attrs.field(converter=freeze, eq=content)
    standard_errors: Floats = attrs.field(converter=freeze, eq=content)
    lows: Floats = attrs.field(converter=freeze, eq=content)
    highs: Floats = attrs.field(converter=freeze, eq=content)
    pvalues: Floats = attrs.field(converter=freeze, eq=content)

    @classmethod
    def of(cls, scores: Estimates, method: DifferenceMethod) -> Self:
        """Compare every group with every other."""
        first, second = pairs_of(len(scores.values))
        blocks = [slice(start, start + _BLOCK) for start in range(0, len(first), _BLOCK)]
        domains = scores.counts.domains
        covariances = None if domains is None else domains.covariance_matrix()[first, second]
        found = [
            differences_of(
                scores.take(first[block]),
                scores.take(second[block]),
                method,
                covariances=None if covariances is None else covariances[block],
            )
            for block in blocks
        ]
        names = ("values", "standard_errors", "lows", "highs", "pvalues")
        arrays = [np.concatenate([getattr(part, name) for part in found]) for name in names]
        return cls(scores.without_sample(), *arrays)


@attrs.frozen(kw_only=True)
class Pair:
    """Two segments.

    Attributes:
        first: The labels of the first.
        second: The labels of the second.
        difference: The first minus the second.
        adjusted_pvalue: Its p-value, adjusted for all pairs.
    """

    first: Labels
    second: Labels
    difference: Difference
    adjusted_pvalue: float


@attrs.frozen(kw_only=True, repr=False)
class PairTable(Result):
    """All pairs of segments, each with its difference, in the order of the labels.

    Segments without an answer are in no pair.

    Attributes:
        by: The names of the segments.
        labels: The labels of the segments that are compared.
        confidence_level: The level of all intervals; each holds for itself.
        method: How the intervals were computed.
        correction: How the p-values were adjusted for all pairs.
    """

    by: tuple[str, ...]
    labels: tuple[Labels, ...]
    confidence_level: float
    method: DifferenceMethod
    correction: Correction
    _differences: PairDifferences = attrs.field(alias="differences")
    _adjusted: NDArray[np.float64] = attrs.field(alias="adjusted", converter=freeze, eq=content)

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self._adjusted)

    __iter__: ClassVar[None] = None

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Every pair."""
        found, level = self._differences, self.confidence_level
        scores = [NetPromoterScore._from_row(found.scores, row) for row in range(len(self.labels))]
        first, second = pairs_of(len(self.labels))
        return tuple(
            Pair(
                first=self.labels[i],
                second=self.labels[j],
                difference=Difference(
                    value=float(found.values[row]),
                    confidence_interval=ConfidenceInterval(float(found.lows[row]), float(found.highs[row]), level),
                    standard_error=float(found.standard_errors[row]),
                    pvalue=float(found.pvalues[row]),
                    score=scores[i],
                    reference=scores[j],
                    method=self.method,
                    names=(label_text(self.labels[j]), label_text(self.labels[i])),
                ),
                adjusted_pvalue=float(self._adjusted[row]),
            )
            for row, (i, j) in enumerate(zip(first.tolist(), second.tolist(), strict=True))
        )

    def _columns(self) -> Columns:
        first, second = pairs_of(len(self.labels))
        return {
            **{f"first_{name}": [self.labels[i][key] for i in first.tolist()] for key, name in enumerate(self.by)},
            **{f"second_{name}": [self.labels[i][key] for i in second.tolist()] for key, name in enumerate(self.by)},
            "first_nps": self._differences.scores.values[first],
            "second_nps": self._differences.scores.values[second],
            "difference": self._differences.values,
            "low": self._differences.lows,
            "high": self._differences.highs,
            "standard_error": self._differences.standard_errors,
            "pvalue": self._differences.pvalues,
            "adjusted_pvalue": self._adjusted,
        }

    def _picture(self) -> Rows:
        check_number(len(self), "pairs", MOST_ROWS)
        texts = [shortened(label_text(labels), LONGEST_LABEL // 2 - 1) for labels in self.labels]
        first, second = (places.tolist() for places in pairs_of(len(texts)))
        found = self._differences
        rows = zip(first, second, *map(plain, (found.values, found.lows, found.highs, self._adjusted)), strict=True)
        return Rows(
            title=f"Differences by {', '.join(self.by)}: the first minus the second, with adjusted p-values",
            unit=f"points, with their {level_in_words(self.confidence_level)}",
            line=0,
            rows=[
                Row(
                    label=f"{texts[i]} - {texts[j]}",
                    value=value,
                    low=low,
                    high=high,
                    note=f"p {with_sign(p)}" if p is not None else "",
                    stands_out=p is not None and p <= 1 - self.confidence_level,
                )
                for i, j, value, low, high, p in rows
            ],
        )

    def _table(self) -> Table:
        columns = self._plain_columns()
        first, second = pairs_of(len(self.labels))
        texts = [label_text(labels) for labels in self.labels]
        rows = zip(
            (texts[i] for i in first.tolist()),
            (texts[i] for i in second.tolist()),
            map(numbers.signed, columns["difference"]),
            map(numbers.signed_span, columns["low"], columns["high"]),
            map(numbers.pvalue, columns["pvalue"]),
            map(numbers.pvalue, columns["adjusted_pvalue"]),
            strict=True,
        )
        return Table(
            title=f"Differences by {', '.join(self.by)} ({numbers.count(len(self))} pairs)",
            header=("first", "second", "difference", level_in_words(self.confidence_level), "p", "adjusted p"),
            rows=tuple(rows),
            left=2,
            notes=(
                f"First minus second, in points; p-values adjusted by {CORRECTED_BY[self.correction]}.",
                *remarks_on(self._differences.scores),
            ),
        )

    def __repr__(self) -> str:
        """The size, without the numbers."""
        return f"PairTable(by={list(self.by)}, segments={len(self.labels)}, pairs={len(self)})"


@attrs.frozen(kw_only=True)
class EqualityTest(Result):
    """The test that all segments have the same score.

    Attributes:
        statistic: Q or, with strata or clusters, F.
        degrees_of_freedom: Segments minus one.
        error_degrees_of_freedom: Those of the F test, None of Q.
        pvalue: How often segments that are all equal would look as different.
        segments: How many segments with an answer were compared.
    """

    statistic: float
    degrees_of_freedom: int
    error_degrees_of_freedom: float | None
    pvalue: float
    segments: int

    def _columns(self) -> Columns:
        return {
            "statistic": [self.statistic],
            "degrees_of_freedom": [self.degrees_of_freedom],
            "error_degrees_of_freedom": np.array([self.error_degrees_of_freedom], np.float64),
            "pvalue": [self.pvalue],
            "segments": [self.segments],
        }

    def _picture(self) -> Curves:
        k, error = self.degrees_of_freedom, self.error_degrees_of_freedom
        usual = k + 4 * math.sqrt(2 * k)  # of Q; F is Q by its degrees of freedom
        x = np.linspace(0, max(1.2 * self.statistic, usual if error is None else usual / k), 300)
        pvalues = chi2_pvalue(x, k) if error is None else f_pvalue(x, k, error)
        label = f"{self._letter} = {numbers.decimal(self.statistic, 2)}, p {with_sign(self.pvalue)}"
        return Curves(
            title=self._table().title,
            x=x.tolist(),
            lines={"if all are equal": pvalues.tolist()},
            across=self._letter,
            up="how often as large by chance",
            marks=(Mark(label=label, x=self.statistic, y=self.pvalue),),
        )

    @property
    def _letter(self) -> str:
        return "Q" if self.error_degrees_of_freedom is None else "F"

    def _table(self) -> Table:
        letter = self._letter
        error = "" if letter == "Q" else f" and {numbers.decimal(self.error_degrees_of_freedom, 0)}"
        return Table(
            title=f"Equality of {numbers.count(self.segments)} segments: p {with_sign(self.pvalue)}",
            header=("test", "value"),
            rows=(
                (letter, numbers.decimal(self.statistic, 2)),
                ("degrees of freedom", f"{numbers.count(self.degrees_of_freedom)}{error}"),
            ),
        )


def compare_all(
    data: Tallyable,
    by: str | Sequence[str],
    *,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
    correction: Correction = "holm",
    design: Design | None = None,
) -> PairTable:
    """The difference of every segment to every other.

    Args:
        data: A survey, a tally, or anything else with their ``tally()``.
        by: The name of a segment; several names make a segment of each combination of labels.
        confidence_level: Between 0 and 1.
        method: ``"score"``, ``"wald"`` or ``"adjusted-wald"``.
        correction: ``"holm"`` for claims, ``"benjamini-hochberg"`` for screening.
        design: How the answers were sampled.

    Raises:
        UnknownNameError: If there is no such segment.
        NoAnswersError: If fewer than two segments have an answer.
        InvalidInputError: If there are more than 1,000 segments, or an option is not what it must be.

    Example:
        >>> import nps_core as nc
        >>> tally = nc.Tally.from_cells(
        ...     [("a", 9, 60), ("a", 3, 20), ("b", 9, 40), ("b", 3, 40), ("c", 9, 45), ("c", 3, 35)], by="shop"
        ... )
        >>> print(nc.compare_all(tally, "shop"))
        Differences by shop (3 pairs)
        <BLANKLINE>
        first  second  difference   95 % interval      p  adjusted p
        ------------------------------------------------------------
        a      b            +50.0  +20.0 to +77.0  0.001       0.003
        a      c            +37.5   +8.1 to +64.8  0.012       0.025
        b      c            -12.5  -42.3 to +18.1  0.428       0.428
        <BLANKLINE>
        First minus second, in points; p-values adjusted by Holm.
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    must_be_one_of("correction", correction, tuple(CORRECTIONS))
    names = as_names(by)
    labels, counts = segments_with_answers(data, names, design)
    scores = estimates_of(counts, confidence_level=confidence_level, method=method)
    differences = PairDifferences.of(scores, method)
    return PairTable(
        by=names,
        labels=labels,
        confidence_level=confidence_level,
        method=method,
        correction=correction,
        differences=differences,
        adjusted=adjusted(differences.pvalues, correction),
    )


def equality(data: Tallyable, by: str | Sequence[str], *, design: Design | None = None) -> EqualityTest:
    """Test whether all segments have the same score, before looking at which differ. Needs the extra ``stats``.

    The test is of the scores, not of the whole distribution of the answers. It uses each segment's variance at the
    likeliest shares that have the common score, and so keeps its level in small and in unanimous segments. Strata and
    clusters correlate the segments, and leave few degrees of freedom: then it is an F test (adjusted as in Korn and
    Graubard 1990, American Statistician 44:270-276).

    Args:
        data: A survey, a tally, or anything else with their ``tally()``.
        by: The name of a segment; several names make a segment of each combination of labels.
        design: How the answers were sampled.

    Raises:
        UnknownNameError: If there is no such segment.
        NoAnswersError: If fewer than two segments have an answer.
        InvalidInputError: If the sample has too few degrees of freedom for so many segments.
        MissingDependencyError: If the extra is not installed.

    Example:
        >>> import nps_core as nc
        >>> tally = nc.Tally.from_cells(
        ...     [("a", 9, 60), ("a", 3, 20), ("b", 9, 40), ("b", 3, 40), ("c", 9, 45), ("c", 3, 35)], by="shop"
        ... )
        >>> test = nc.equality(tally, "shop")
        >>> round(test.statistic, 2), round(test.pvalue, 4)
        (11.32, 0.0035)
    """
    labels, counts = segments_with_answers(data, as_names(by), design)
    k = len(labels)
    estimates = estimates_of(counts, confidence_level=0.95, method="score")
    error_df: float | None = None
    if counts.domains is None or estimates.freedom is None:
        statistic, _ = equality_statistic(*estimates.triple)
        p = equality_pvalue(statistic, k)
    else:
        df = counts.domains.total_degrees_of_freedom()
        error_df = df - (k - 1) + 1
        if error_df < 1:
            raise InvalidInputError(
                f"to compare {k} segments at once, the sample must have {k - 1} degrees of freedom or more, got {df:g} "
                "(units minus strata)"
            )
        q, _ = correlated_equality_statistic(*estimates.triple, counts.domains.correlations())
        statistic = error_df / (df * (k - 1)) * q
        p = float(f_pvalue(statistic, k - 1, error_df))
    return EqualityTest(
        statistic=statistic, degrees_of_freedom=k - 1, error_degrees_of_freedom=error_df, pvalue=p, segments=k
    )


def segments_with_answers(
    data: Tallyable, by: tuple[str, ...], design: Design | None
) -> tuple[tuple[Labels, ...], GroupCounts]:
    """The segments that have a score, and their counts."""
    if not by:
        raise InvalidInputError("by must name at least one segment")
    tally, counts = counted(data, by=by, design=design)
    weights = tally.category_weights
    present = (tally.n > 0) if weights is None else weights[0].sum(axis=1) > 0
    if present.sum() < 2:
        raise NoAnswersError(f"a comparison needs two segments or more with answers, got {present.sum()}")
    if present.sum() > MOST_SEGMENTS:
        raise InvalidInputError(
            f"segments must be {MOST_SEGMENTS} or fewer to be compared in pairs, got {present.sum()}"
        )
    labels = tuple(label for label, is_there in zip(tally.groups, present.tolist(), strict=True) if is_there)
    return labels, counts.take(np.flatnonzero(present))
