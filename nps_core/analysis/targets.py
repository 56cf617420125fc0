"""A score against a target."""

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from nps_core.analysis.comparisons import with_sign
from nps_core.analysis.counts import as_tallyable, counted
from nps_core.analysis.designs import Design
from nps_core.analysis.estimates import POINTS, estimates_of
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import ConfidenceInterval, NetPromoterScore, level_in_words, remarks
from nps_core.display import numbers
from nps_core.display.pictures import SECOND
from nps_core.display.rows import Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, NoAnswersError, must_be_one_of
from nps_core.model.tabular import Columns
from nps_core.model.tally import Tallyable
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod
from nps_core.stats.equality import one_sample_pvalue
from nps_core.stats.intervals import CLOSED_FORMS
from nps_core.stats.normal import ALTERNATIVES, Alternative, reach
from nps_core.stats.student import stretched


@attrs.frozen(kw_only=True)
class TargetComparison(Result):
    """A score minus a target, in points.

    Attributes:
        value: The score minus the target.
        confidence_interval: The interval around that.
        pvalue: The p-value of "the score is the target".
        score: The score.
        target: The target.
        alternative: What the p-value and the interval look for. One-sided, the interval has one limit; the other is
            where the scale ends.
        method: How the interval was computed.
    """

    value: float
    confidence_interval: ConfidenceInterval
    pvalue: float
    score: NetPromoterScore
    target: float
    alternative: Alternative
    method: str

    def _columns(self) -> Columns:
        row = {
            "difference": self.value,
            "low": self.confidence_interval.low,
            "high": self.confidence_interval.high,
            "pvalue": self.pvalue,
            "nps": self.score.value,
            "n": self.score.n,
            "target": self.target,
            "alternative": self.alternative,
            "method": self.method,
        }
        return {name: [value] for name, value in row.items()}

    def _picture(self) -> Rows:
        interval = self.confidence_interval
        difference = Row(
            label="difference",
            value=self.value,
            low=interval.low,
            high=interval.high,
            note=f"p {with_sign(self.pvalue)}",
            stands_out=True,
            colour=SECOND,
        )
        return Rows(
            title=self._table().title,
            unit="points",
            line=self.target,
            line_name=f"target {self.target:g}",
            rows=(self.score._row("score"), difference),
        )

    def _table(self) -> Table:
        interval, level = self.score.confidence_interval, level_in_words(self.confidence_interval.confidence_level)
        side = "" if self.alternative == "two-sided" else f"{self.alternative}, "
        return Table(
            title=f"Difference {numbers.signed(self.value)} points ({side}{level} "
            f"{numbers.signed_span(self.confidence_interval.low, self.confidence_interval.high)}, "
            f"p {with_sign(self.pvalue)})",
            header=("", "NPS", level, "n"),
            rows=(
                ("target", f"{self.target:g}", "", ""),
                (
                    "score",
                    numbers.decimal(self.score.value),
                    numbers.span(interval.low, interval.high),
                    numbers.count(self.score.n),
                ),
            ),
            notes=tuple(remarks(self.score)),
        )


def compare_to_target(
    data: Tallyable | Sequence[Any] | Any,
    target: float,
    *,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
    alternative: Alternative = "two-sided",
    design: Design | None = None,
) -> TargetComparison:
    """The difference between a score and a given value, such as a goal or an industry's figure.

    A figure that is itself from a sample is not a target: then :func:`compare` allows for both.

    Args:
        data: A survey, a tally, anything else with their ``tally()``, or the scores themselves (0 to 10).
        target: The value, in points from -100 to 100.
        confidence_level: Between 0 and 1.
        method: ``"score"``, ``"wald"`` or ``"adjusted-wald"``.
        alternative: ``"two-sided"``, or ``"greater"`` (than the target) or ``"less"``.
        design: How the answers were sampled.

    Raises:
        NoAnswersError: If there is no answer with a score.
        InvalidInputError: If the target is not on the scale of scores, or an option is not what it must be.

    Example:
        >>> import nps_core as nc
        >>> tally = nc.Tally.from_categories(promoters=60, passives=20, detractors=20)
        >>> result = nc.compare_to_target(tally, 25, alternative="greater")
        >>> result.value, round(result.pvalue, 3)
        (15.0, 0.039)
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    must_be_one_of("alternative", alternative, ALTERNATIVES)
    goal = check_target(target)
    tally, counts = counted(as_tallyable(data, design), design=design)
    if not tally.n.any():
        raise NoAnswersError("a comparison needs answers with a score, got none")
    estimates = estimates_of(counts, confidence_level=confidence_level, method=method)
    if np.isnan(estimates.values[0]):
        raise InvalidInputError("weights must not all be 0")
    z = stretched(reach(confidence_level, alternative), estimates.freedom)
    low, high = (float(POINTS * limit[0]) for limit in CLOSED_FORMS[method](*estimates.triple, z))
    value = float(estimates.values[0])
    if estimates.degrees_of_freedom is not None and estimates.degrees_of_freedom[0] <= 0:
        low, high = -POINTS, POINTS  # nothing is ruled out
    low, high = min(low, value), max(high, value)  # an adjusted interval may lie beside its score
    p = one_sample_pvalue(
        estimates.triple, goal / POINTS, method=method, alternative=alternative, freedom=estimates.freedom
    )
    return TargetComparison(
        value=value - goal,
        confidence_interval=ConfidenceInterval(
            (-POINTS if alternative == "less" else low) - goal,
            (POINTS if alternative == "greater" else high) - goal,
            estimates.confidence_level,
        ),
        pvalue=float(p[0]),
        score=NetPromoterScore._from_row(estimates, 0),
        target=goal,
        alternative=alternative,
        method=method,
    )


def check_target(target: Any) -> float:
    """A score that was set, in points."""
    is_number = isinstance(target, (int, float, np.integer, np.floating)) and not isinstance(target, bool)
    if not is_number or not -POINTS <= target <= POINTS:
        raise InvalidInputError(f"a target must be a number of points from -100 to 100, got {target!r}")
    return float(target)
