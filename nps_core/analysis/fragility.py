"""How fragile a finding is: would other cut points, or those who said nothing, turn it round?"""

import math
from typing import Any

import attrs
import numpy as np

from nps_core.analysis.comparisons import must_be_comparable, warn_of_unlike, with_sign
from nps_core.analysis.counts import GroupCounts, tally_of
from nps_core.analysis.differences import Differences, differences_of
from nps_core.analysis.estimates import POINTS, TIE_DECIMALS, estimates_of
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import ConfidenceInterval, NetPromoterScore, level_in_words, nps, plain
from nps_core.analysis.targets import check_target
from nps_core.display import numbers
from nps_core.display.pictures import MAIN, SECOND
from nps_core.display.rows import Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError
from nps_core.model.sources import as_whole
from nps_core.model.tabular import Columns
from nps_core.model.tally import Tally, Tallyable


@attrs.frozen(kw_only=True, repr=False)
class Robustness(Result):
    """Whether the direction of a change depends on where the categories are cut.

    The share of answers from each score up is compared before and after. If it moved the same way at every score, then
    so did every score, mean or index that gives higher answers no lower values (stochastic dominance); if not, there
    are codings that say the opposite.

    Attributes:
        before: The score before.
        after: The score after.
        change: After minus before.
        mean_change: The change of the mean answer, in scale points.
        cuts: The scores at which the answers are cut: everything from there up against everything below.
        holds_for_every_coding: Whether every monotone coding moves as the score did, or not at all.
        contrary_cuts: The scores from which up the share moved the other way, by however little.
        clearly_contrary_cuts: Those of them whose interval leaves out zero: there the opposite is not just chance.
        contrary_scales: The pairs (passives from, promoters from) with which the score would have moved the other way.
        confidence_level: The level of the intervals.
    """

    before: NetPromoterScore
    after: NetPromoterScore
    change: float
    mean_change: float
    cuts: tuple[int, ...]
    holds_for_every_coding: bool
    contrary_cuts: tuple[int, ...]
    clearly_contrary_cuts: tuple[int, ...]
    contrary_scales: tuple[tuple[int, int], ...]
    confidence_level: float
    _differences: Differences = attrs.field(alias="differences")

    @property
    def holds_for_the_mean(self) -> bool:
        """Whether the mean answer moved as the score did, or not at all."""
        return self.change * self.mean_change >= 0 and (self.change != 0 or self.mean_change == 0)

    def _columns(self) -> Columns:
        # The share from a cut up is (1 + d) / 2, where d is the score with that one cut.
        found = self._differences
        return {
            "from_score": list(self.cuts),
            "share_before": (1 + found.references.values / POINTS) / 2,
            "share_after": (1 + found.scores.values / POINTS) / 2,
            "difference": found.values / 2 / POINTS,
            "low": found.lows / 2 / POINTS,
            "high": found.highs / 2 / POINTS,
            "pvalue": found.pvalues,
        }

    def _picture(self) -> Rows:
        found = self._differences
        shares = (plain(array / 2) for array in (found.values, found.lows, found.highs))
        rows = zip(self.cuts, *shares, plain(found.pvalues), strict=True)
        return Rows(
            title=self._table().title,
            unit=f"change of the share, in percentage points, with its {level_in_words(self.confidence_level)}",
            line=0,
            rows=[
                Row(
                    label=f"{cut} or more",
                    value=value,
                    low=low,
                    high=high,
                    note="" if pvalue is None else f"p {with_sign(pvalue)}",
                    colour=SECOND if cut in self.contrary_cuts else MAIN,
                    stands_out=cut in self.clearly_contrary_cuts,
                )
                for cut, value, low, high, pvalue in rows
            ],
        )

    def _table(self) -> Table:
        columns = self._plain_columns()
        rows = zip(
            (f"{cut} or more" for cut in self.cuts),
            map(numbers.percent, columns["share_before"]),
            map(numbers.percent, columns["share_after"]),
            (numbers.signed(POINTS * value) for value in columns["difference"]),
            (
                numbers.signed_span(POINTS * low, POINTS * high)
                for low, high in zip(columns["low"], columns["high"], strict=True)
            ),
            map(numbers.pvalue, columns["pvalue"]),
            strict=True,
        )
        notes = [f"The mean answer changed by {numbers.signed(self.mean_change, 2)}. Differences in percentage points."]
        if self.contrary_cuts:
            notes.append(f"The share moved the other way from: {', '.join(map(str, self.contrary_cuts))}.")
        if self.contrary_scales:
            shown = ", ".join(f"{low}/{high}" for low, high in self.contrary_scales[:5])
            more = " and others" if len(self.contrary_scales) > 5 else ""
            notes.append(f"The other way with passives/promoters from: {shown}{more}.")
        return Table(
            title=f"Change {numbers.signed(self.change)} points: {self._verdict()}",
            header=("answers", "before", "after", "difference", level_in_words(self.confidence_level), "p"),
            rows=tuple(rows),
            notes=tuple(notes),
        )

    def _verdict(self) -> str:
        if self.change == 0:
            return "no direction"
        if self.clearly_contrary_cuts:
            return "some codings clearly say the opposite"
        return "every coding agrees" if self.holds_for_every_coding else "no coding clearly says the opposite"

    def __repr__(self) -> str:
        """The verdict."""
        return f"Robustness(change={self.change}, holds_for_every_coding={self.holds_for_every_coding})"


@attrs.frozen(kw_only=True)
class NonresponseBounds(Result):
    """What those who did not answer could do to a score, in points.

    Attributes:
        score: The score of those who answered.
        invited: How many people were asked.
        response_rate: Which part of them gave a score, between 0 and 1; people, not weights.
        low: The score of all invited if every silent one were a detractor.
        high: The same if every silent one were a promoter.
        confidence_interval: The same bounds around the interval of the score: low from its low limit, high from its
            high one, for those invited being a sample themselves.
        target: The score that the silent are asked to bring about.
        tipping_point: The score of the silent that would bring the score of all invited to the target; beyond -100 or
            100 none can. None if nobody was silent.
    """

    score: NetPromoterScore
    invited: int
    response_rate: float
    low: float
    high: float
    confidence_interval: ConfidenceInterval
    target: float
    tipping_point: float | None

    @property
    def can_tip(self) -> bool:
        """Whether the silent could bring the score to the target."""
        return self.tipping_point is not None and abs(self.tipping_point) <= POINTS

    def _columns(self) -> Columns:
        row = {
            "nps": self.score.value,
            "n": self.score.n,
            "invited": self.invited,
            "response_rate": self.response_rate,
            "low": self.low,
            "high": self.high,
            "interval_low": self.confidence_interval.low,
            "interval_high": self.confidence_interval.high,
            "target": self.target,
        }
        return {name: [value] for name, value in row.items()} | {
            "tipping_point": np.array([self.tipping_point], np.float64)
        }

    def _picture(self) -> Rows:
        wide = self.confidence_interval
        middle = (self.low + self.high) / 2
        return Rows(
            title=self._table().title,
            unit="NPS",
            line=self.target,
            line_name=f"target {self.target:g}",
            rows=(
                self.score._row("those who answered"),
                Row(
                    label="all invited, at worst and at best",
                    value=middle,
                    low=self.low,
                    high=self.high,
                    note=f"invited: {numbers.count(self.invited)}",
                    colour=SECOND,
                ),
                Row(
                    label=f"the same with the {level_in_words(wide.confidence_level)}",
                    value=middle,
                    low=wide.low,
                    high=wide.high,
                    colour=SECOND,
                ),
                Row(
                    label=f"the silent, to bring all to {self.target:g}",
                    value=self.tipping_point if self.can_tip else None,
                    instead="nobody was silent" if self.tipping_point is None else "impossible",
                    stands_out=True,
                ),
            ),
        )

    def _table(self) -> Table:
        tipping = "nobody was silent" if self.tipping_point is None else numbers.decimal(self.tipping_point)
        if self.tipping_point is not None and not self.can_tip:
            tipping += " (impossible)"
        interval, level = self.confidence_interval, level_in_words(self.confidence_interval.confidence_level)
        return Table(
            title=f"NPS {numbers.decimal(self.score.value)}, response rate {numbers.percent(self.response_rate)}",
            header=("what the silent could do", "NPS"),
            rows=(
                ("of all invited, at worst and at best", numbers.span(self.low, self.high)),
                (f"the same with the {level}", numbers.span(interval.low, interval.high)),
                (f"of the silent, to bring all to {self.target:g}", tipping),
            ),
        )


def robustness(before: Tallyable, after: Tallyable, *, confidence_level: float = 0.95) -> Robustness:
    """Ask whether a change would have the same direction with other cut points, and for the mean answer.

    Args:
        before: A survey, a tally that knows the scores, or anything else with their ``tally()``.
        after: Other people's answers on the same scale.
        confidence_level: Between 0 and 1.

    Raises:
        IncompatibleError: If the scales differ, or a tally knows only the categories.
        NoAnswersError: If one of the samples has no answer with a score.

    Warns:
        LikeWithUnlikeWarning: If the surveys asked different questions, or are of different kinds.

    Example:
        >>> import nps_core as nc
        >>> before = nc.Tally.from_counts({10: 30, 8: 40, 6: 30})
        >>> after = nc.Tally.from_counts({10: 32, 8: 38, 2: 30})
        >>> found = nc.robustness(before, after)
        >>> found.change, found.holds_for_every_coding, found.contrary_cuts, round(found.mean_change, 2)
        (2.0, False, (3, 4, 5, 6), -1.16)
    """
    warn_of_unlike(before, after)
    tallies = tally_of(before, "before"), tally_of(after, "after")
    must_be_comparable(*tallies)
    scores = [nps(tally, confidence_level=confidence_level) for tally in tallies]
    cuts = tuple(tallies[0].scale.scores)[1:]
    references, cut_scores = (
        estimates_of(_cut_counts(tally), confidence_level=confidence_level, method="score") for tally in tallies
    )
    differences = differences_of(cut_scores, references, "score")
    exact = scores[1].value - scores[0].value
    change = round(exact, TIE_DECIMALS)  # only its sign matters here
    shares = dict(zip(cuts, np.round(differences.values, TIE_DECIMALS).tolist(), strict=True))
    moved = [math.copysign(1, value) for value in shares.values() if value]
    scales = [(low, high) for low in cuts for high in cuts if low < high and (shares[low] + shares[high]) * change < 0]
    return Robustness(
        before=scores[0],
        after=scores[1],
        change=exact if change else 0.0,
        mean_change=sum(shares.values()) / (2 * POINTS),
        cuts=cuts,
        holds_for_every_coding=len(set(moved)) <= 1 and (change != 0 or not moved),
        contrary_cuts=tuple(cut for cut, value in shares.items() if value * change < 0),
        clearly_contrary_cuts=tuple(
            cut
            for cut, low, high in zip(cuts, differences.lows, differences.highs, strict=True)
            if (high < 0 < change) or (change < 0 < low)
        ),
        contrary_scales=tuple(scales),
        confidence_level=confidence_level,
        differences=differences,
    )


def nonresponse(
    data: Tallyable, *, invited: int, target: float = 0.0, confidence_level: float = 0.95
) -> NonresponseBounds:
    """What the score of all invited could be, whatever the silent think, and what they would have to think to tip it.

    With a response rate r the score of all is between r d - (1 - r) and r d + (1 - r), and the silent bring it to T if
    theirs is (T - r d) / (1 - r) (Manski 1989, Journal of Human Resources 24:343-360).

    Args:
        data: A survey, a tally, or anything else with their ``tally()``.
        invited: How many people were asked, at least as many as answered.
        target: The score to tip to, in points.
        confidence_level: Between 0 and 1.

    Raises:
        NoAnswersError: If there is no answer with a score.
        InvalidInputError: If fewer were invited than answered.

    Example:
        >>> import nps_core as nc
        >>> tally = nc.Tally.from_categories(promoters=60, passives=20, detractors=20)
        >>> bounds = nc.nonresponse(tally, invited=250)
        >>> bounds.low, bounds.high, round(bounds.tipping_point, 2)
        (-44.0, 76.0, -26.67)
    """
    score, goal = nps(tally_of(data), confidence_level=confidence_level), check_target(target)
    asked = as_whole(invited)
    if asked is None or not score.n <= asked < 2**62:
        raise InvalidInputError(f"invited must be a whole number, at least the {score.n} who answered, got {invited!r}")
    silent, interval = asked - score.n, score.confidence_interval
    net = POINTS * (score.promoters - score.detractors) if score.effective_n is None else score.n * score.value

    def of_all(net: float, score_of_silent: float) -> float:
        return min(max((net + silent * score_of_silent) / asked, -POINTS), POINTS)

    return NonresponseBounds(
        score=score,
        invited=asked,
        response_rate=score.n / asked,
        low=of_all(net, -POINTS),
        high=of_all(net, POINTS),
        confidence_interval=interval
        if not silent
        else ConfidenceInterval(
            of_all(score.n * interval.low, -POINTS), of_all(score.n * interval.high, POINTS), interval.confidence_level
        ),
        target=goal,
        tipping_point=_snapped((goal * asked - net) / silent) if silent else None,
    )


def _snapped(score: float) -> float:
    """A score that is beyond the end of the scale by rounding only, as the end itself."""
    return math.copysign(POINTS, score) if abs(abs(score) - POINTS) < 10.0**-TIE_DECIMALS else score


def _cut_counts(tally: Tally) -> GroupCounts:
    """For each cut point a group in which everything from there up promotes, and everything below detracts."""

    def cut(points: Any) -> Any:
        """Sums below and from each cut, shape (..., cuts, 3)."""
        own = points[..., tally.scale.lowest : tally.scale.highest + 1]
        below = np.cumsum(own, axis=-1)[..., :-1]
        above = np.cumsum(own[..., ::-1], axis=-1)[..., -2::-1]
        return np.stack([below, np.zeros_like(below), above], axis=-1)

    counts = cut(tally.counts[0])
    weights = tally.score_weights
    nothing = np.zeros(len(counts), np.int64)
    return GroupCounts(
        scale=tally.scale,
        categories=counts,
        missing=nothing,
        invalid=nothing,
        weights=None if weights is None else cut(weights[:, 0]),
        sample_size=int((tally.n + tally.missing + tally.invalid).sum()),
    )
