"""Two scores side by side."""

from collections.abc import Sequence
from typing import Any, Self

import attrs
import numpy as np

from nps_core.analysis.estimates import Differences, GroupCounts, differences_of, estimates_of, tally_of_scores
from nps_core.analysis.result import Columns, Result
from nps_core.analysis.scoring import ConfidenceInterval, NetPromoterScore, level_in_words
from nps_core.display import numbers
from nps_core.display.tables import Table
from nps_core.errors import IncompatibleError, InvalidInputError, NoAnswersError, must_be_one_of
from nps_core.model.tally import Tallyable
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod


@attrs.frozen(kw_only=True)
class Difference(Result):
    """A score minus another, in points.

    Attributes:
        value: The exact difference, from -200 to 200.
        confidence_interval: The interval around it.
        standard_error: The estimated standard error.
        pvalue: The two-sided p-value of "there is no difference": how often chance alone would show one as clear.
        score: The score.
        reference: The score it is compared with.
        method: How the interval was computed.
        names: What the reference and the score are called in print.
    """

    value: float
    confidence_interval: ConfidenceInterval
    standard_error: float
    pvalue: float
    score: NetPromoterScore
    reference: NetPromoterScore
    method: str
    names: tuple[str, str] = attrs.field(default=("reference", "score"), eq=False)

    @classmethod
    def _from_row(cls, differences: Differences, row: int, *, names: tuple[str, str] = ("reference", "score")) -> Self:
        """The difference of one pair."""
        scores = differences.scores
        return cls(
            value=float(differences.values[row]),
            confidence_interval=ConfidenceInterval(
                float(differences.lows[row]), float(differences.highs[row]), scores.confidence_level
            ),
            standard_error=float(differences.standard_errors[row]),
            pvalue=float(differences.pvalues[row]),
            score=NetPromoterScore._from_row(scores, row),
            reference=NetPromoterScore._from_row(differences.references, row),
            method=scores.method,
            names=names,
        )

    def _columns(self) -> Columns:
        row = {
            "difference": self.value,
            "low": self.confidence_interval.low,
            "high": self.confidence_interval.high,
            "standard_error": self.standard_error,
            "pvalue": self.pvalue,
            "nps": self.score.value,
            "n": self.score.n,
            "reference_nps": self.reference.value,
            "reference_n": self.reference.n,
        }
        return {name: [value] for name, value in row.items()}

    def _table(self) -> Table:
        interval = self.confidence_interval
        rows = [
            (
                word,
                numbers.decimal(score.value),
                numbers.span(score.confidence_interval.low, score.confidence_interval.high),
                numbers.count(score.n),
            )
            for word, score in zip(self.names, (self.reference, self.score), strict=True)
        ]
        return Table(
            title=f"Difference {numbers.signed(self.value)} points ({level_in_words(interval.confidence_level)} "
            f"{numbers.signed_span(interval.low, interval.high)}, p {_with_sign(self.pvalue)})",
            header=("", "NPS", level_in_words(interval.confidence_level), "n"),
            rows=tuple(rows),
        )


def compare(
    before: Tallyable | Sequence[Any] | Any,
    after: Tallyable | Sequence[Any] | Any,
    *,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
) -> Difference:
    """The difference between two independent samples: after minus before.

    Args:
        before: A survey, a tally, anything else with their ``tally()``, or the scores themselves (0 to 10).
        after: Other people's answers on the same scale.
        confidence_level: Between 0 and 1.
        method: The interval of each score, from which the interval of the difference is made: ``"score"``, ``"wald"``
            (together the textbook interval) or ``"adjusted-wald"``.

    Raises:
        IncompatibleError: If the scales differ.
        NoAnswersError: If one of the samples has no answer with a score.
        InvalidInputError: If the weights of one of the samples are all 0, or an option is not what it must be.

    Example:
        >>> import nps_core as nc
        >>> before = nc.Tally.from_categories(promoters=50, passives=30, detractors=20)
        >>> after = nc.Tally.from_categories(promoters=60, passives=20, detractors=20)
        >>> print(nc.compare(before, after))
        Difference +10.0 points (95 % interval -12.1 to +31.5, p = 0.374)
        <BLANKLINE>
                 NPS  95 % interval    n
        --------------------------------
        before  30.0   14.0 to 44.3  100
        after   40.0   23.2 to 54.3  100
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    tallies = {
        "before": tally_of_scores(before, "before"),
        "after": tally_of_scores(after, "after"),
    }
    for word, tally in tallies.items():
        if not tally.n.any():
            raise NoAnswersError(f"a comparison needs answers with a score on both sides, got none in {word!r}")
    if tallies["before"].scale != tallies["after"].scale:
        raise IncompatibleError(
            "samples must have the same scale to be compared, got "
            f"{tallies['before'].scale} and {tallies['after'].scale}"
        )
    earlier, later = (
        estimates_of(GroupCounts.of(tally), confidence_level=confidence_level, method=method)
        for tally in tallies.values()
    )
    differences = differences_of(later, earlier, method)
    if np.isnan(differences.values[0]):
        raise InvalidInputError("weights must not all be 0")
    return Difference._from_row(differences, 0, names=("before", "after"))


def difference_or_none(differences: Differences, row: int) -> Difference | None:
    """The difference of one pair, None if one side has no answer."""
    return None if np.isnan(differences.values[row]) else Difference._from_row(differences, row)


def difference_columns(differences: Differences, prefix: str) -> Columns:
    """The columns of many differences, under the name of what they are."""
    return {
        prefix: differences.values,
        f"{prefix}_low": differences.lows,
        f"{prefix}_high": differences.highs,
        f"{prefix}_pvalue": differences.pvalues,
    }


def _with_sign(pvalue: float) -> str:
    text = numbers.pvalue(pvalue)
    return text if text.startswith("<") else f"= {text}"
