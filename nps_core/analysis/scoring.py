"""The score itself."""

import math
from collections.abc import Sequence
from typing import Any, Final, Self

import attrs
import numpy as np

from nps_core.analysis.counts import as_scores, as_tallyable, counted
from nps_core.analysis.designs import Design
from nps_core.analysis.estimates import CENSUS, POINTS, Estimates, estimates_of, in_points
from nps_core.analysis.result import Result
from nps_core.counting.categories import CategoryCounts, count_categories
from nps_core.display import numbers
from nps_core.display.pictures import DETRACTORS, PASSIVES, PROMOTERS
from nps_core.display.rows import Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, NoAnswersError
from nps_core.model.scale import Scale
from nps_core.model.tabular import Columns
from nps_core.model.tally import Tallyable
from nps_core.stats.intervals import N_RESAMPLES, Floats, Method, RngLike

_WEIGHTED: Final = "Scores and errors allow for weights or a design; n and shares are those of the answers."


@attrs.frozen
class ConfidenceInterval:
    """An interval of values in points that the answers do not speak against.

    Attributes:
        low: The lower limit.
        high: The upper limit.
        confidence_level: How often such an interval holds the true value.
    """

    low: float
    high: float
    confidence_level: float = 0.95


@attrs.frozen(kw_only=True, repr=False)
class NetPromoterScore(Result):
    """A Net Promoter Score: percentage of promoters minus percentage of detractors.

    Attributes:
        value: The exact score in points, from -100 to 100; with weights, the weighted one.
        confidence_interval: The interval around it, in points.
        standard_error: The estimated standard error, in points.
        promoters: How many promoters answered.
        passives: How many passives answered.
        detractors: How many detractors answered.
        missing: How many gave no answer.
        invalid: How many gave an answer that is not a score.
        method: How the interval was computed.
        scale: The scale of the question.
        effective_n: With weights or a design, how many independent, equally weighted answers would tell as much; None
            without.
        kish_n: With weights or a design, Kish's effective sample size, which allows for unequal weights only.
        design_effect: With weights or a design, how much larger the variance is than that of as many independent,
            equally weighted answers.
        weighted_shares: With weights or a design, the weighted shares of detractors, passives and promoters.
        degrees_of_freedom: With a design, units (clusters or answers) minus strata; None without. If it is 0, the
            answers do not tell how sure the score is, and the interval is the whole scale.

    Example:
        >>> import nps_core as nc
        >>> score = nc.nps([10, 9, 9, 8, 7, 3])
        >>> score.rounded, score.n
        (33, 6)
    """

    value: float
    confidence_interval: ConfidenceInterval
    standard_error: float
    promoters: int
    passives: int
    detractors: int
    missing: int
    invalid: int
    method: str
    scale: Scale
    effective_n: float | None
    kish_n: float | None = None
    design_effect: float | None = None
    degrees_of_freedom: float | None = None
    weighted_shares: tuple[float, float, float] | None = None

    @property
    def n(self) -> int:
        """How many answers carry a score."""
        return self.promoters + self.passives + self.detractors

    @property
    def rounded(self) -> int:
        """The score to show: rounded half away from zero, from the counts where they decide."""
        if self.effective_n is None:
            net = self.promoters - self.detractors
            size = (200 * abs(net) + self.n) // (2 * self.n)
            return size if net >= 0 else -size
        return int(numbers.decimal(self.value, 0))

    @property
    def promoter_share(self) -> float:
        """Promoters among the answers, between 0 and 1; weighted, if the answers are."""
        return self.promoters / self.n if self.weighted_shares is None else self.weighted_shares[2]

    @property
    def passive_share(self) -> float:
        """Passives among the answers, between 0 and 1; weighted, if the answers are."""
        return self.passives / self.n if self.weighted_shares is None else self.weighted_shares[1]

    @property
    def detractor_share(self) -> float:
        """Detractors among the answers, between 0 and 1; weighted, if the answers are."""
        return self.detractors / self.n if self.weighted_shares is None else self.weighted_shares[0]

    @classmethod
    def _from_counts(
        cls, counts: CategoryCounts, *, confidence_level: float, method: Method, n_resamples: int, rng: RngLike
    ) -> Self:
        """The score of plain answers on the standard scale, of which there must be one."""
        x, m, y = counts.promoters, counts.passives, counts.detractors
        if x + m + y == 0:
            raise _no_answers(counts.missing, 0)
        value, error, low, high = in_points(x, m, y, confidence_level, method=method, n_resamples=n_resamples, rng=rng)
        return cls(
            value=float(value),
            confidence_interval=ConfidenceInterval(float(low), float(high), float(confidence_level)),
            standard_error=float(error),
            promoters=x,
            passives=m,
            detractors=y,
            missing=counts.missing,
            invalid=0,
            method=method,
            scale=Scale.STANDARD,
            effective_n=None,
        )

    @classmethod
    def _from_row(cls, estimates: Estimates, row: int) -> Self:
        """The score of one group."""
        counts = estimates.counts
        detractors, passives, promoters = counts.categories[row].tolist()
        size, weighted = effective_size(estimates, row), None
        if size is not None:
            effective = estimates.effective[row]
            low, middle, high = (effective / effective.sum()).tolist()
            weighted = low, middle, high
        return cls(
            value=float(estimates.values[row]),
            confidence_interval=ConfidenceInterval(
                float(estimates.lows[row]), float(estimates.highs[row]), estimates.confidence_level
            ),
            standard_error=float(estimates.standard_errors[row]),
            promoters=promoters,
            passives=passives,
            detractors=detractors,
            missing=int(counts.missing[row]),
            invalid=int(counts.invalid[row]),
            method=estimates.method,
            scale=counts.scale,
            effective_n=size,
            kish_n=_of_row(estimates.kish, row),
            design_effect=_of_row(estimates.design_effects, row),
            degrees_of_freedom=_of_row(estimates.degrees_of_freedom, row),
            weighted_shares=weighted,
        )

    def __repr__(self) -> str:
        """The score, its interval and what it is made of."""
        low, high = self.confidence_interval.low, self.confidence_interval.high
        return f"NetPromoterScore(value={self.value}, confidence_interval=({low}, {high}), n={self.n})"

    def _columns(self) -> Columns:
        row = {
            "nps": self.value,
            "low": self.confidence_interval.low,
            "high": self.confidence_interval.high,
            "standard_error": self.standard_error,
            "n": self.n,
            "promoters": self.promoters,
            "passives": self.passives,
            "detractors": self.detractors,
            "promoter_share": self.promoter_share,
            "passive_share": self.passive_share,
            "detractor_share": self.detractor_share,
            "missing": self.missing,
            "invalid": self.invalid,
            "effective_n": self.effective_n,
            "kish_n": self.kish_n,
            "design_effect": self.design_effect,
            "degrees_of_freedom": self.degrees_of_freedom,
            "confidence_level": self.confidence_interval.confidence_level,
            "method": self.method,
        }
        # An array: a column of numbers also without weights.
        optional = ("effective_n", "kish_n", "design_effect", "degrees_of_freedom")
        return {name: np.array([value], np.float64) if name in optional else [value] for name, value in row.items()}

    def _table(self) -> Table:
        interval = self.confidence_interval
        parts = [
            ("promoters", self.promoters, numbers.percent(self.promoter_share)),
            ("passives", self.passives, numbers.percent(self.passive_share)),
            ("detractors", self.detractors, numbers.percent(self.detractor_share)),
            *((word, count, "") for word, count in (("missing", self.missing), ("invalid", self.invalid)) if count),
        ]
        notes = [f"Scale {self.scale}."]
        notes += self._on_effective_n()
        return Table(
            title=f"NPS {numbers.decimal(self.value)} ({level_in_words(interval.confidence_level)} "
            f"{numbers.span(interval.low, interval.high)}, n = {numbers.count(self.n)})",
            header=("answers", "count", "share" if self.effective_n is None else "weighted share"),
            rows=tuple((word, numbers.count(count), share) for word, count, share in parts),
            notes=tuple(notes),
        )

    def _picture(self) -> Rows:
        return Rows(
            title=self._table().title,
            unit="percent of the answers, and NPS",
            rows=(
                *category_bars(
                    (self.promoters, self.passives, self.detractors),
                    (self.promoter_share, self.passive_share, self.detractor_share),
                ),
                self._row("NPS"),
            ),
        )

    def _row(self, label: str) -> Row:
        """The score as a row of a picture."""
        interval = self.confidence_interval
        return Row(
            label=label, value=self.value, low=interval.low, high=interval.high, note=f"n = {numbers.count(self.n)}"
        )

    def _on_effective_n(self) -> list[str]:
        """A sentence on what weights or a design make of the number of answers."""
        if self.effective_n is None:
            return []
        if self.degrees_of_freedom is not None and self.degrees_of_freedom <= 0:
            return ["No two units of one stratum have answered, so nothing tells how sure the score is."]
        if math.isinf(self.effective_n):
            return ["Everybody was asked: chance has no part in the score."]
        size = numbers.decimal(self.effective_n, 0)
        return [f"{numbers.count(self.n)} answers tell as much as {size} independent ones of equal weight."]


def nps(
    data: Tallyable | Sequence[Any] | Any,
    *,
    confidence_level: float = 0.95,
    method: Method = "score",
    design: Design | None = None,
    n_resamples: int = N_RESAMPLES,
    rng: RngLike = None,
) -> NetPromoterScore:
    """The Net Promoter Score with its confidence interval.

    Args:
        data: A survey, a tally, anything else with their ``tally()``, or the scores themselves (0 to 10).
        confidence_level: Between 0 and 1.
        method: ``"score"`` (the default, good at every size), ``"wald"`` (textbook, for parity with other tools),
            ``"adjusted-wald"``, ``"bootstrap"`` (BCa), ``"bootstrap-percentile"`` or ``"bayes"`` (Jeffreys' prior).
        design: How the answers were sampled, where they were not drawn one by one from everybody.
        n_resamples: How many draws the bootstrap and the Bayes interval take.
        rng: A seed or a numpy generator for those draws.

    Raises:
        NoAnswersError: If there is no answer with a score.
        InvalidScoreError: If scores are given and some are not on the scale.
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> import nps_core as nc
        >>> score = nc.nps(nc.Tally.from_categories(promoters=60, passives=20, detractors=20))
        >>> print(score)
        NPS 40.0 (95 % interval 23.2 to 54.3, n = 100)
        <BLANKLINE>
        answers     count   share
        -------------------------
        promoters      60  60.0 %
        passives       20  20.0 %
        detractors     20  20.0 %
        <BLANKLINE>
        Scale 0-10 (detractors 0-6, passives 7-8, promoters 9-10).
    """
    scores = None if design is not None else as_scores(data)
    if scores is not None:
        data = scores  # which an iterator gives only once
        plain = count_categories(scores, Scale.STANDARD.passives_from, Scale.STANDARD.promoters_from)
        if plain is not None:
            return NetPromoterScore._from_counts(
                plain, confidence_level=confidence_level, method=method, n_resamples=n_resamples, rng=rng
            )
    tally, counts = counted(as_tallyable(data, design), design=design)
    if not tally.n.any():
        raise _no_answers(int(tally.missing.sum()), int(tally.invalid.sum()))
    estimates = estimates_of(counts, confidence_level=confidence_level, method=method, n_resamples=n_resamples, rng=rng)
    if not np.isfinite(estimates.values[0]):
        raise InvalidInputError("weights must not all be 0")
    return NetPromoterScore._from_row(estimates, 0)


def _no_answers(missing: int, invalid: int) -> NoAnswersError:
    return NoAnswersError(
        f"an NPS needs at least one answer with a score, got none ({missing} missing, {invalid} invalid)"
    )


def score_or_none(estimates: Estimates, row: int) -> NetPromoterScore | None:
    """The score of one group, None if it has no answer."""
    return None if np.isnan(estimates.values[row]) else NetPromoterScore._from_row(estimates, row)


def _of_row(array: Floats | None, row: int) -> float | None:
    return None if array is None or np.isnan(array[row]) else float(array[row])


def category_bars(counts: tuple[int, int, int], shares: tuple[float, float, float]) -> list[Row]:
    """Promoters, passives and detractors as bars: to the left what counts against the score."""
    return [
        Row(
            label=f"{word}s",
            value=POINTS * share * (-1 if word == "detractor" else 1),
            note=f"{numbers.count(count)} ({numbers.percent(share)})",
            colour=colour,
            is_bar=True,
        )
        for word, colour, count, share in zip(
            ("promoter", "passive", "detractor"), (PROMOTERS, PASSIVES, DETRACTORS), counts, shares, strict=True
        )
    ]


def score_rows(labels: Sequence[str], estimates: Estimates) -> list[Row]:
    """A row of a picture for each group; without a point where it has no answer."""
    arrays = (estimates.values, estimates.lows, estimates.highs)
    rows = zip(labels, *(plain(array) for array in arrays), estimates.counts.n.tolist(), strict=True)
    return [
        Row(label=label, value=value, low=low, high=high, note=f"n = {n:,}", instead="no score")
        for label, value, low, high, n in rows
    ]


def plain(array: Floats) -> list[float | None]:
    """Plain numbers, None for NaN."""
    return [None if math.isnan(value) else value for value in array.tolist()]


def level_in_words(confidence_level: float) -> str:
    """A level as it stands in a title: "95 % interval"."""
    return f"{100 * confidence_level:.12g} % interval"


def scores_columns(estimates: Estimates) -> Columns:
    """The columns that every table of scores shares."""
    counts = estimates.counts
    detractors, passives, promoters = counts.categories.T
    return {
        "nps": estimates.values,
        "low": estimates.lows,
        "high": estimates.highs,
        "standard_error": estimates.standard_errors,
        "n": counts.n,
        "promoters": promoters,
        "passives": passives,
        "detractors": detractors,
        "missing": counts.missing,
        "invalid": counts.invalid,
    }


def effective_size(estimates: Estimates, row: int) -> float | None:
    """The effective sample size of one group, None without weights and design."""
    if estimates.kish is None:
        return None
    if estimates.degrees_of_freedom is not None and estimates.degrees_of_freedom[row] <= 0:
        return 0.0
    size = float(estimates.effective[row].sum())
    return size if size < CENSUS * (1 - 1e-9) else math.inf


def remarks_on(estimates: Estimates) -> list[str]:
    """A sentence on weights and designs, if there are any."""
    return [] if estimates.kish is None else [_WEIGHTED]


def remarks(*scores: NetPromoterScore) -> list[str]:
    """Sentences on what one must know of the scores in a table: weights, designs, answers that no score holds."""
    notes = [_WEIGHTED] if any(score.effective_n is not None for score in scores) else []
    counts = (
        (sum(score.missing for score in scores), "missing"),
        (sum(score.invalid for score in scores), "invalid"),
    )
    parts = [f"{numbers.count(count)} {word}" for count, word in counts if count]
    return [*notes, f"Not in any score: {' and '.join(parts)}."] if parts else notes
