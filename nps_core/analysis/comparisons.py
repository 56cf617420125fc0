"""Two scores side by side."""

import warnings
from collections.abc import Sequence
from typing import Any, Self

import attrs
import numpy as np

from nps_core.analysis.counts import as_tallyable, counted, tally_of
from nps_core.analysis.designs import Design
from nps_core.analysis.differences import Differences, differences_of
from nps_core.analysis.estimates import Estimates, estimates_of
from nps_core.analysis.pairing import PAIRINGS, Pairing, Pairs
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import ConfidenceInterval, NetPromoterScore, level_in_words, remarks
from nps_core.display import numbers
from nps_core.display.pictures import SECOND
from nps_core.display.rows import Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import (
    IncompatibleError,
    InvalidInputError,
    LikeWithUnlikeWarning,
    NoAnswersError,
    NotIndependentWarning,
    must_be_one_of,
)
from nps_core.model.survey import Survey
from nps_core.model.tabular import Columns
from nps_core.model.tally import Tally, Tallyable
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod
from nps_core.stats.normal import ALTERNATIVES, Alternative


@attrs.frozen(kw_only=True)
class Difference(Result):
    """A score minus another, in points.

    Attributes:
        value: The exact difference, from -200 to 200.
        confidence_interval: The interval around it.
        standard_error: The estimated standard error.
        pvalue: The p-value of "there is no difference": how often chance alone would show one as clear.
        score: The score.
        reference: The score it is compared with.
        method: How the interval was computed.
        alternative: What the p-value and the interval look for. One-sided, the interval has one limit; the other is
            the end of the scale of differences.
        pairing: ``"independent"``, ``"panel"`` or ``"overlapping"`` samples.
        pairs: How many respondents have a score in both, None for independent samples.
        names: What the reference and the score are called in print.
    """

    value: float
    confidence_interval: ConfidenceInterval
    standard_error: float
    pvalue: float
    score: NetPromoterScore
    reference: NetPromoterScore
    method: str
    alternative: Alternative = "two-sided"
    pairing: Pairing = "independent"
    pairs: int | None = None
    names: tuple[str, str] = attrs.field(default=("reference", "score"), eq=False)

    @classmethod
    def _from_row(cls, differences: Differences, row: int, **others: Any) -> Self:
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
            **others,
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
            "alternative": self.alternative,
            "pairing": self.pairing,
        }
        # An array: a column of numbers also where nobody was paired.
        return {name: [value] for name, value in row.items()} | {"pairs": np.array([self.pairs], np.float64)}

    def _picture(self) -> Rows:
        before, after = (score._row(name) for name, score in zip(self.names, (self.reference, self.score), strict=True))
        return Rows(title=self._table().title, unit="points", line=0, rows=(before, after, self._row("difference")))

    def _row(self, label: str) -> Row:
        """The difference as a row of a picture."""
        interval = self.confidence_interval
        return Row(
            label=label,
            value=self.value,
            low=interval.low,
            high=interval.high,
            note=f"p {with_sign(self.pvalue)}",
            stands_out=True,
            colour=SECOND,
        )

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
        side = "" if self.alternative == "two-sided" else f"{self.alternative}, "
        return Table(
            title=f"Difference {numbers.signed(self.value)} points ({side}{level_in_words(interval.confidence_level)} "
            f"{numbers.signed_span(interval.low, interval.high)}, p {with_sign(self.pvalue)})",
            header=("", "NPS", level_in_words(interval.confidence_level), "n"),
            rows=tuple(rows),
            notes=(*self._on_pairs(), *remarks(self.reference, self.score)),
        )

    def _on_pairs(self) -> tuple[str, ...]:
        """A sentence on who answered twice, if that is known."""
        if self.pairs is None:
            return ()
        only = "only these" if self.pairing == "panel" else "among others"
        return (f"Respondents with a score in both: {numbers.count(self.pairs)}, {only}.",)


def compare(
    before: Tallyable | Sequence[Any] | Any,
    after: Tallyable | Sequence[Any] | Any,
    *,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
    alternative: Alternative = "two-sided",
    pairing: Pairing = "independent",
    design: Design | None = None,
) -> Difference:
    """The difference between two samples: after minus before.

    Args:
        before: A survey, a tally, anything else with their ``tally()``, or the scores themselves (0 to 10).
        after: Answers on the same scale.
        confidence_level: Between 0 and 1.
        method: The interval of each score, from which the interval of the difference is made: ``"score"``, ``"wald"``
            (together the textbook interval) or ``"adjusted-wald"``.
        alternative: ``"two-sided"``, or ``"greater"`` (than before) or ``"less"``, for a question asked beforehand.
        pairing: ``"independent"`` if others answered, ``"panel"`` to compare the answers of those who answered twice,
            and of nobody else, or ``"overlapping"`` to compare all answers and allow for those who answered twice. The
            last two need surveys with respondents, and find out themselves who is in both.
        design: How each of the samples was drawn.

    Raises:
        IncompatibleError: If the scales differ.
        NoAnswersError: If one of the samples has no answer with a score.
        InvalidInputError: If the weights of one of the samples are all 0, an option is not what it must be, or
            respondents cannot be paired.

    Warns:
        LikeWithUnlikeWarning: If the surveys asked different questions, or are of different kinds.
        NotIndependentWarning: If samples compared as independent have respondents, or clusters of a design, in common.

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
    must_be_one_of("alternative", alternative, ALTERNATIVES)
    must_be_one_of("pairing", pairing, PAIRINGS)
    if design is not None and pairing != "independent":
        raise InvalidInputError(f"samples with a design must be independent to be compared, got pairing={pairing!r}")
    warn_of_unlike(before, after)
    pairs = None
    if pairing != "independent":
        pairs = Pairs.of(before, after)
        pairs = pairs.only() if pairing == "panel" else pairs
        before, after = pairs.before, pairs.after
    earlier, later = estimates_of_both(before, after, confidence_level=confidence_level, method=method, design=design)
    if pairs is None:
        _warn_of_common(before, after, design)
        differences = differences_of(later, earlier, method, alternative=alternative)
    else:
        covariances, correlations = pairs.covariance_and_correlation(earlier, later)
        differences = differences_of(
            later, earlier, method, covariances=covariances, correlations=correlations, alternative=alternative
        )
    return Difference._from_row(
        differences,
        0,
        alternative=alternative,
        pairing=pairing,
        pairs=None if pairs is None else len(pairs),
        names=(_name_of(before, "before"), _name_of(after, "after")),
    )


def _warn_of_common(before: object, after: object, design: Design | None) -> None:
    """Warn if samples that are compared as independent are not."""
    if isinstance(before, Survey) and isinstance(after, Survey):
        common = set(before._respondents or ()) & set(after._respondents or ()) - {None}
        if common:
            warnings.warn(
                "respondents must be others in samples compared as independent, got "
                f"{len(common)} in both; pairing='panel' or 'overlapping' allows for that",
                NotIndependentWarning,
                stacklevel=3,
            )
    if design is not None and design.clusters:
        names = tuple(dict.fromkeys([*design.strata, *design.clusters]))
        first, second = (set(tally_of(data, by=names).groups) for data in (before, after))
        if first & second:
            warnings.warn(
                "clusters must be others in samples compared as independent, got "
                f"{len(first & second)} with the same labels in both; if they are the same clusters, put both samples "
                "into one survey, and use trend() or by_segment()",
                NotIndependentWarning,
                stacklevel=3,
            )


def _name_of(data: object, default: str) -> str:
    name = data.name if isinstance(data, Survey) else None
    return default if name is None else name


def estimates_of_both(
    before: object, after: object, *, confidence_level: float, method: DifferenceMethod, design: Design | None
) -> tuple[Estimates, Estimates]:
    """The scores of two samples that can be compared."""
    first = counted(as_tallyable(before, design), "before", design=design)
    second = counted(as_tallyable(after, design), "after", design=design)
    must_be_comparable(first[0], second[0])
    earlier, later = (
        estimates_of(counts, confidence_level=confidence_level, method=method) for _, counts in (first, second)
    )
    if np.isnan(earlier.values[0] + later.values[0]):
        raise InvalidInputError("weights must not all be 0")
    return earlier, later


def must_be_comparable(before: Tally, after: Tally) -> None:
    """Refuse samples without an answer, or of different scales."""
    for word, tally in (("before", before), ("after", after)):
        if not tally.n.any():
            raise NoAnswersError(f"a comparison needs answers with a score on both sides, got none in {word!r}")
    if before.scale != after.scale:
        raise IncompatibleError(
            f"samples must have the same scale to be compared, got {before.scale} and {after.scale}"
        )


def warn_of_unlike(before: object, after: object) -> None:
    """Warn if two surveys asked different questions, or asked in different situations."""
    if isinstance(before, Survey) and isinstance(after, Survey):
        for what, first, second in (
            ("question", before.question, after.question),
            ("kind", before.kind, after.kind),
        ):
            if first is not None and second is not None and first != second:
                warnings.warn(
                    f"the surveys differ in their {what}, and so may the answers: {first!r} before, {second!r} after",
                    LikeWithUnlikeWarning,
                    stacklevel=3,
                )


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


def with_sign(pvalue: float) -> str:
    """A p-value as it stands after the letter p."""
    text = numbers.pvalue(pvalue)
    return text if text.startswith("<") else f"= {text}"
