"""Segments in the order of their scores, with the places that the answers leave open."""

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.designs import Design
from nps_core.analysis.estimates import POINTS, TIE_DECIMALS, Estimates, estimates_of
from nps_core.analysis.labelled import Labelled, ResultBySegment, label_text
from nps_core.analysis.pairwise import PairDifferences, segments_with_answers
from nps_core.analysis.scoring import (
    ConfidenceInterval,
    NetPromoterScore,
    level_in_words,
    plain,
    remarks_on,
    score_rows,
    scores_columns,
)
from nps_core.display import numbers
from nps_core.display.rows import Rows
from nps_core.display.tables import Table
from nps_core.errors import must_be_one_of
from nps_core.model.immutable import content, freeze
from nps_core.model.tabular import Columns, Labels, label_columns
from nps_core.model.tally import Tallyable, as_names
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod
from nps_core.stats.intervals import Floats
from nps_core.stats.multiplicity import holm
from nps_core.stats.ranks import Ints, rank_sets
from nps_core.stats.shrinkage import FEWEST, empirical_bayes, group_variances


@attrs.frozen(kw_only=True)
class RankedSegment(Labelled):
    """One segment of a ranking.

    Attributes:
        labels: Its labels, one per name in ``by``.
        score: Its score.
        rank: Its place by that score, 1 for the highest; equal scores share the better place.
        best_rank: The best place that the answers leave open.
        worst_rank: The worst one.
        shrunken: Its score, drawn towards the mean of all as far as its own answers are few: the better guess of where
            it stands. None among fewer than four segments.
        shrunken_interval: The interval around that.
    """

    labels: Labels
    score: NetPromoterScore
    rank: int
    best_rank: int
    worst_rank: int
    shrunken: float | None
    shrunken_interval: ConfidenceInterval | None


@attrs.frozen(kw_only=True, repr=False)
class SegmentRanking(ResultBySegment[RankedSegment]):
    """Segments from the highest score to the lowest, each with its rank set.

    ``ranking["north"]`` is one :class:`RankedSegment`, ``ranking.segments`` are all of them. Segments without an answer
    have no place.

    Attributes:
        by: The names of the segments.
        labels: The labels of each segment, in the order of the ranking.
        confidence_level: The level of the intervals, and of all rank sets together.
        method: How the intervals were computed.
    """

    by: tuple[str, ...]
    labels: tuple[Labels, ...]
    confidence_level: float
    method: DifferenceMethod
    _scores: Estimates = attrs.field(alias="scores")
    _ranks: Ints = attrs.field(alias="ranks", converter=freeze, eq=content)
    _shrunken: Floats = attrs.field(alias="shrunken", converter=freeze, eq=content)

    def _segment(self, row: int) -> RankedSegment:
        rank, best, worst = self._ranks[:, row].tolist()
        value, low, high = self._shrunken[:, row].tolist()
        is_known = not np.isnan(value)
        return RankedSegment(
            labels=self.labels[row],
            score=NetPromoterScore._from_row(self._scores, row),
            rank=rank,
            best_rank=best,
            worst_rank=worst,
            shrunken=value if is_known else None,
            shrunken_interval=ConfidenceInterval(low, high, self.confidence_level) if is_known else None,
        )

    def _columns(self) -> Columns:
        rank, best, worst = self._ranks
        value, low, high = self._shrunken
        numbers_of: Columns = {
            "rank": rank,
            "best_rank": best,
            "worst_rank": worst,
            **scores_columns(self._scores),
            "shrunken": value,
            "shrunken_low": low,
            "shrunken_high": high,
        }
        return label_columns(self.by, self.labels, numbers_of) | numbers_of

    def _picture(self) -> Rows:
        rows = zip(
            score_rows([label_text(labels) for labels in self.labels], self._scores),
            *self._ranks[1:].tolist(),
            plain(self._shrunken[0]),
            strict=True,
        )
        return Rows(
            title=f"Ranking by {', '.join(self.by)}: NPS, and the ranks that the answers leave open",
            unit=f"NPS with its {level_in_words(self.confidence_level)}",
            rows=[
                attrs.evolve(row, note=f"rank {_places(best, worst)}   {row.note}", other=shrunken)
                for row, best, worst, shrunken in rows
            ],
            other_name="shrunken",
        )

    def _table(self) -> Table:
        columns = self._plain_columns()
        level = level_in_words(self.confidence_level)
        rows = zip(
            map(numbers.count, columns["rank"]),
            map(label_text, self.labels),
            map(_places, columns["best_rank"], columns["worst_rank"]),
            map(numbers.decimal, columns["nps"]),
            map(numbers.span, columns["low"], columns["high"]),
            map(numbers.count, columns["n"]),
            map(numbers.decimal, columns["shrunken"]),
            map(numbers.span, columns["shrunken_low"], columns["shrunken_high"]),
            strict=True,
        )
        percent = level.removesuffix(" interval")
        notes = [f"Possible: the ranks that the answers leave open, at {percent} for all segments together."]
        if len(self) < FEWEST:
            notes.append(f"Scores are shrunken among {FEWEST} segments or more.")
        notes += remarks_on(self._scores)
        return Table(
            title=f"Ranking by {', '.join(self.by)} ({numbers.count(len(self))} segments)",
            header=("rank", ", ".join(self.by), "possible", "NPS", level, "n", "shrunken", level),
            rows=tuple(rows),
            left=2,
            notes=tuple(notes),
        )

    def __repr__(self) -> str:
        """The size, without the numbers."""
        return f"SegmentRanking(by={list(self.by)}, segments={len(self)})"


def rank_segments(
    data: Tallyable,
    by: str | Sequence[str],
    *,
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
    design: Design | None = None,
) -> SegmentRanking:
    """Rank segments by their scores, and say how much of the ranking the answers support.

    A plain league table of small segments is mostly luck. Two things help: *rank sets*, the places that each segment
    can have, all right at once with probability ``confidence_level`` (from all pairs, adjusted by Holm; Mogstad,
    Romano, Shaikh and Wilhelm 2024, Review of Economic Studies 91:476-518); and *shrunken scores*, drawn towards the
    mean of all as far as a segment's own answers are few (empirical Bayes: the spread between segments by Paule and
    Mandel 1982, intervals by Morris 1983).

    Args:
        data: A survey, a tally, or anything else with their ``tally()``.
        by: The name of a segment; several names make a segment of each combination of labels.
        confidence_level: Between 0 and 1.
        method: ``"score"``, ``"wald"`` or ``"adjusted-wald"``.
        design: How the answers were sampled.

    Raises:
        UnknownNameError: If there is no such segment.
        NoAnswersError: If fewer than two segments have an answer.
        InvalidInputError: If there are more than 1,000 segments, or an option is not what it must be.

    Example:
        >>> import nps_core as nc
        >>> tally = nc.Tally.from_cells(
        ...     [("a", 9, 60), ("a", 3, 20), ("b", 9, 40), ("b", 3, 40), ("c", 9, 45), ("c", 3, 35), ("d", 8, 9)],
        ...     by="shop",
        ... )
        >>> ranking = nc.rank_segments(tally, "shop")
        >>> [(s.label, s.best_rank, s.worst_rank, round(s.shrunken, 1)) for s in ranking.segments]
        [('a', 1, 3, 48.0), ('c', 1, 4, 12.8), ('b', 2, 4, 1.2), ('d', 1, 4, 2.1)]
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    names = as_names(by)
    labels, counts = segments_with_answers(data, names, design)
    scores = estimates_of(counts, confidence_level=confidence_level, method=method)
    pairs, k = PairDifferences.of(scores, method), len(labels)
    best, worst = rank_sets(pairs.values, holm(pairs.pvalues), k, 1 - scores.confidence_level)
    fallen = -np.round(scores.values, TIE_DECIMALS)
    order = np.argsort(fallen, kind="stable")
    ranks = np.stack([np.searchsorted(fallen[order], fallen) + 1, best, worst])
    return SegmentRanking(
        by=names,
        labels=tuple(labels[row] for row in order.tolist()),
        confidence_level=confidence_level,
        method=method,
        scores=scores.take(order).without_sample(),
        ranks=ranks[:, order],
        shrunken=_shrunken(scores)[:, order],
    )


def _shrunken(scores: Estimates) -> NDArray[np.float64]:
    """Shrunken scores and their limits in points, shape (3, k), NaN among too few segments."""
    if len(scores.values) < FEWEST:
        return np.full((3, len(scores.values)), np.nan)
    variances = group_variances(*scores.triple)
    values, (lows, highs) = empirical_bayes(scores.values / POINTS, variances, scores.confidence_level)
    return POINTS * np.stack([values, lows, highs])


def _places(best: int, worst: int) -> str:
    return str(best) if best == worst else f"{best} to {worst}"
