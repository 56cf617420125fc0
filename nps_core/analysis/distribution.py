"""How many gave each score."""

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from nps_core.analysis.counts import as_tallyable, tally_of
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import NetPromoterScore, nps
from nps_core.display import numbers
from nps_core.display.columns import ColumnChart, Part
from nps_core.display.pictures import CATEGORY_COLOURS
from nps_core.display.tables import Table
from nps_core.model.scale import Category
from nps_core.model.tabular import Columns
from nps_core.model.tally import Tallyable


@attrs.frozen(kw_only=True)
class ScoreDistribution(Result):
    """How many gave each score: what a Net Promoter Score is made of, and does not show.

    Attributes:
        score: The Net Promoter Score.
        scores: The scores of the scale, the lowest first.
        counts: How many gave each.
        shares: Which share that is of the answers with a score, between 0 and 1; weighted, if the answers are.
        mean: The mean score, in points of the scale.
    """

    score: NetPromoterScore
    scores: tuple[int, ...]
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    mean: float

    def _columns(self) -> Columns:
        return {
            "score": list(self.scores),
            "category": [str(self._category(score)) for score in self.scores],
            "n": np.array(self.counts),
            "share": np.array(self.shares),
        }

    def _category(self, score: int) -> Category:
        return self.score.scale.classify(score)

    def _table(self) -> Table:
        whole = self.score._table()
        rows = zip(self.scores, self.counts, self.shares, strict=True)
        return Table(
            title=whole.title,
            header=("score", "category", "count", "share" if self.score.effective_n is None else "weighted share"),
            rows=tuple(
                (str(score), str(self._category(score)), numbers.count(count), numbers.percent(share))
                for score, count, share in rows
            ),
            left=2,
            notes=(f"The mean score is {numbers.decimal(self.mean, 2)}.", *whole.notes),
        )

    def _picture(self) -> ColumnChart:
        interval = self.score.confidence_interval
        colours = dict(zip(Category, CATEGORY_COLOURS, strict=True))
        parts = (self.score.detractor_share, self.score.passive_share, self.score.promoter_share)
        named = [f"{category}s {numbers.percent(share)}" for category, share in zip(Category, parts, strict=True)]
        return ColumnChart(
            title=f"{self._table().title}: {', '.join(named)}",
            labels=[str(score) for score in self.scores],
            parts=[
                Part(name="answers", heights=self.counts, colours=[colours[self._category(s)] for s in self.scores])
            ],
            across="score",
            up="answers",
            score=(self.score.value, interval.low, interval.high),
            shows_counts=True,
        )


def distribution(data: Tallyable | Sequence[Any] | Any, *, confidence_level: float = 0.95) -> ScoreDistribution:
    """How many gave each score, beside the Net Promoter Score that it makes.

    Two companies with the same score can have very different customers: look at this before you compare them.

    Args:
        data: A survey, a tally, anything else with their ``tally()``, or the scores themselves (0 to 10).
        confidence_level: Of the interval of the Net Promoter Score.

    Raises:
        NoAnswersError: If there is no answer with a score.
        IncompatibleError: If a tally knows only the categories.

    Example:
        >>> import nps_core as nc
        >>> found = nc.distribution([10, 9, 9, 8, 3, None])
        >>> dict(zip(found.scores, found.counts, strict=True))[9], found.mean
        (2, 7.8)
    """
    tally = tally_of(as_tallyable(data, None))
    score, scale = nps(tally, confidence_level=confidence_level), tally.scale
    scores = tuple(scale.scores)
    counts, weights = tally.counts[0][list(scores)], tally.score_weights
    sizes = counts if weights is None else weights[0, 0][list(scores)]
    shares = sizes / sizes.sum()
    return ScoreDistribution(
        score=score,
        scores=scores,
        counts=tuple(counts.tolist()),
        shares=tuple(shares.tolist()),
        mean=float(np.dot(sizes, scores) / sizes.sum()),
    )
