"""A score as it would be if the segments had known shares."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from nps_core.analysis.counts import counted
from nps_core.analysis.designs import by_labels, quoted
from nps_core.analysis.estimates import POINTS, Estimates, estimates_of
from nps_core.analysis.labelled import label_text
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import ConfidenceInterval, level_in_words, remarks_on, score_rows, scores_columns
from nps_core.display import numbers
from nps_core.display.pictures import SECOND
from nps_core.display.rows import Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, must_be_one_of
from nps_core.model.tabular import Columns, Labels, label_columns
from nps_core.model.tally import Tallyable, as_names
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod, standardized_interval


@attrs.frozen(kw_only=True)
class StandardizedScore(Result):
    """The mean of the segments' scores, weighted by known shares, in points.

    Attributes:
        value: The score.
        confidence_interval: The interval around it.
        standard_error: Its standard error.
        by: The names of the segments.
        labels: The labels of each segment.
        shares: The known share of each, adding up to 1.
        method: How the interval was computed.
    """

    value: float
    confidence_interval: ConfidenceInterval
    standard_error: float
    by: tuple[str, ...]
    labels: tuple[Labels, ...]
    shares: tuple[float, ...]
    method: DifferenceMethod
    _scores: Estimates = attrs.field(alias="scores", repr=False)

    def _columns(self) -> Columns:
        n = self._scores.counts.n
        others: Columns = {"known_share": np.array(self.shares), "share": n / n.sum(), **scores_columns(self._scores)}
        return label_columns(self.by, self.labels, others) | others

    def _picture(self) -> Rows:
        interval = self.confidence_interval
        whole = Row(
            label="at known shares",
            value=self.value,
            low=interval.low,
            high=interval.high,
            stands_out=True,
            colour=SECOND,
        )
        segments = zip(
            score_rows([label_text(labels) for labels in self.labels], self._scores), self.shares, strict=True
        )
        return Rows(
            title=self._table().title,
            unit=f"NPS with its {level_in_words(interval.confidence_level)}",
            rows=[
                *(attrs.evolve(row, note=f"{row.note}, counts {numbers.percent(share)}") for row, share in segments),
                whole,
            ],
        )

    def _table(self) -> Table:
        columns, interval = self._plain_columns(), self.confidence_interval
        level = level_in_words(interval.confidence_level)
        rows = zip(
            map(label_text, self.labels),
            map(numbers.percent, columns["known_share"]),
            map(numbers.percent, columns["share"]),
            map(numbers.decimal, columns["nps"]),
            map(numbers.span, columns["low"], columns["high"]),
            map(numbers.count, columns["n"]),
            strict=True,
        )
        return Table(
            title=f"NPS {numbers.decimal(self.value)} at known shares ({level} "
            f"{numbers.span(interval.low, interval.high)})",
            header=(", ".join(self.by), "known share", "share", "NPS", level, "n"),
            rows=tuple(rows),
            notes=tuple(remarks_on(self._scores)),
        )


def standardize(
    data: Tallyable,
    by: str | Sequence[str],
    shares: Mapping[Any, float],
    *,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
) -> StandardizedScore:
    """The score with the segments in known proportions, such as those of all customers, or of a reference period.

    The value is that of post-stratification; the interval is made from those of the segments (MOVER over strata, Zou
    and Donner 2008, Statistics in Medicine 27:1693-1702), which holds also where segments are small or unanimous.

    Args:
        data: A survey, a tally, or anything else with their ``tally()``.
        by: The name of a segment; several names make a segment of each combination of labels.
        shares: The share, or the number of people, of each label (a tuple of labels with several names).
        confidence_level: Between 0 and 1.
        method: ``"score"``, ``"wald"`` or ``"adjusted-wald"``.

    Raises:
        UnknownNameError: If there is no such segment.
        InvalidInputError: If labels and shares are not of the same segments, or a share is not a number above 0.

    Example:
        >>> import nps_core as nc
        >>> tally = nc.Tally.from_cells([("new", 9, 30), ("new", 3, 10), ("old", 9, 30), ("old", 3, 30)], by="customer")
        >>> score = nc.standardize(tally, "customer", {"new": 0.2, "old": 0.8})
        >>> score.value, round(score.standard_error, 2)
        (10.0, 10.68)
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    names = as_names(by)
    if not names:
        raise InvalidInputError("by must name at least one segment")
    known = by_labels(shares, "shares")
    for labels, share in known.items():
        is_number = isinstance(share, (int, float, np.integer, np.floating)) and not isinstance(share, bool)
        if not is_number or not 0 < share < math.inf:
            raise InvalidInputError(f"shares must be numbers above 0, got {share!r} for {quoted(labels)}")
    tally, counts = counted(data, by=names)
    estimates = estimates_of(counts, confidence_level=confidence_level, method=method)
    present = np.flatnonzero(~np.isnan(estimates.values))
    estimates, groups = estimates.take(present), tuple(tally.groups[row] for row in present.tolist())
    if set(groups) != set(known):
        given, there = (", ".join(map(quoted, labels)) or "none" for labels in (known, groups))
        raise InvalidInputError(f"shares must be of the segments that have answers, {there}, got them of {given}")
    total = math.fsum(known.values())
    wanted = np.array([known[labels] / total for labels in groups])
    low, high = standardized_interval(estimates.triple, wanted, estimates.confidence_level, method=method)
    return StandardizedScore(
        value=float(wanted @ estimates.values),
        confidence_interval=ConfidenceInterval(float(POINTS * low), float(POINTS * high), estimates.confidence_level),
        standard_error=float(np.sqrt(np.square(wanted * estimates.standard_errors).sum())),
        by=names,
        labels=groups,
        shares=tuple(wanted.tolist()),
        method=method,
        scores=estimates,
    )
