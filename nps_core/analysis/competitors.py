"""Companies side by side: ours and those it competes with."""

from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.comparisons import Difference, difference_columns, difference_or_none
from nps_core.analysis.counts import tally_of
from nps_core.analysis.differences import Differences, differences_of
from nps_core.analysis.labelled import Labelled, ResultBySegment, label_text
from nps_core.analysis.ranking import SegmentRanking, rank_segments
from nps_core.analysis.scoring import NetPromoterScore, level_in_words, score_rows, scores_columns
from nps_core.analysis.suppression import check_min_n
from nps_core.display import numbers
from nps_core.display.pictures import SECOND
from nps_core.display.rows import Rows
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, NoAnswersError, UnknownNameError
from nps_core.model.immutable import content, freeze
from nps_core.model.tabular import Columns, Labels, label_columns
from nps_core.model.tally import Tallyable
from nps_core.stats.multiplicity import holm

_FEWEST: Final = 2


@attrs.frozen(kw_only=True)
class Competitor(Labelled):
    """One company among its competitors.

    Attributes:
        labels: Its name.
        score: Its score.
        rank: Its place by the score.
        best_rank: The best place that the answers leave open, for all companies at once.
        worst_rank: The worst.
        z: By how many standard deviations its score lies above the mean of the field; None if all scores are the same.
        difference: Our score minus its score; None without ``ours=``, and for ourselves.
        adjusted_pvalue: The p-value of the difference, adjusted by Holm for all companies.
    """

    labels: Labels
    score: NetPromoterScore
    rank: int
    best_rank: int
    worst_rank: int
    z: float | None
    difference: Difference | None
    adjusted_pvalue: float | None


@attrs.frozen(kw_only=True, repr=False)
class CompetitorTable(ResultBySegment[Competitor]):
    """Companies side by side, best first. ``table["Acme"]`` is one :class:`Competitor`.

    Attributes:
        by: The name of the segment that tells companies apart.
        labels: The name of each company, in the order of the ranking.
        ours: The name of the company that the others are compared with, None for none.
        min_n: The fewest answers that a company is compared with.
        left_out: How many companies have fewer.
        unlabelled: How many answers with a score are about no company; they do not count.
        field_mean: The mean of the scores in the field.
        field_sd: Their standard deviation.
        confidence_level: The level of the intervals, and of all ranks together.
    """

    by: str
    labels: tuple[Labels, ...]
    ours: str | None
    min_n: int
    left_out: int
    unlabelled: int
    field_mean: float
    field_sd: float
    confidence_level: float
    _ranking: SegmentRanking = attrs.field(alias="ranking")
    _differences: Differences | None = attrs.field(alias="differences")
    _adjusted: NDArray[np.float64] = attrs.field(alias="adjusted", converter=freeze, eq=content)

    @property
    def _z(self) -> NDArray[np.float64]:
        if self.field_sd == 0:
            return np.full(len(self), np.nan)
        return np.asarray((self._ranking._scores.values - self.field_mean) / self.field_sd)

    def _segment(self, row: int) -> Competitor:
        ranked, z, adjusted = self._ranking._segment(row), float(self._z[row]), float(self._adjusted[row])
        is_other = not np.isnan(adjusted)
        return Competitor(
            labels=self.labels[row],
            score=ranked.score,
            rank=ranked.rank,
            best_rank=ranked.best_rank,
            worst_rank=ranked.worst_rank,
            z=None if np.isnan(z) else z,
            difference=difference_or_none(self._differences, row) if self._differences and is_other else None,
            adjusted_pvalue=adjusted if is_other else None,
        )

    def _columns(self) -> Columns:
        rank, best, worst = self._ranking._ranks
        numbers_of: Columns = {
            "rank": rank,
            "best_rank": best,
            "worst_rank": worst,
            **scores_columns(self._ranking._scores),
            "z": self._z,
        }
        if self._differences is not None:
            is_other = ~np.isnan(self._adjusted)
            columns = difference_columns(self._differences, "difference")
            numbers_of |= {name: np.where(is_other, values, np.nan) for name, values in columns.items()}
            numbers_of["adjusted_pvalue"] = self._adjusted
        return label_columns([self.by], self.labels, numbers_of) | numbers_of

    def _picture(self) -> Rows:
        rows = score_rows([label_text(labels) for labels in self.labels], self._ranking._scores)
        return Rows(
            title=f"NPS of {numbers.count(len(self))} competitors",
            unit=f"NPS with its {level_in_words(self.confidence_level)}",
            rows=[
                attrs.evolve(row, stands_out=True, colour=SECOND) if labels == (self.ours,) else row
                for row, labels in zip(rows, self.labels, strict=True)
            ],
            line=self.field_mean,
            line_name=f"mean of the field {numbers.decimal(self.field_mean)}",
        )

    def _table(self) -> Table:
        columns = self._plain_columns()
        level = level_in_words(self.confidence_level)
        shown = [
            map(numbers.count, columns["rank"]),
            map(label_text, self.labels),
            [
                str(best) if best == worst else f"{best} to {worst}"
                for best, worst in zip(columns["best_rank"], columns["worst_rank"], strict=True)
            ],
            map(numbers.decimal, columns["nps"]),
            map(numbers.span, columns["low"], columns["high"]),
            map(numbers.count, columns["n"]),
            [numbers.signed(z, 2) for z in columns["z"]],
        ]
        header = ["rank", self.by, "possible", "NPS", level, "n", "z"]
        mean, sd = numbers.decimal(self.field_mean), numbers.decimal(self.field_sd)
        notes = [f"z: standard deviations ({sd} points) above the mean of the field ({mean})."]
        if self.ours is not None:
            shown += [
                map(numbers.signed, columns["difference"]),
                map(numbers.signed_span, columns["difference_low"], columns["difference_high"]),
                map(numbers.pvalue, columns["adjusted_pvalue"]),
            ]
            header += ["ours minus theirs", level, "adjusted p"]
            notes.append(f"Ours: {self.ours}; p-values adjusted by Holm.")
        if self.left_out:
            notes.append(f"Left out, with fewer than {self.min_n} answers: {numbers.count(self.left_out)}.")
        if self.unlabelled:
            notes.append(f"Answers about no company: {numbers.count(self.unlabelled)}.")
        return Table(
            title=f"{numbers.count(len(self))} competitors",
            header=tuple(header),
            rows=tuple(zip(*shown, strict=True)),
            left=2,
            notes=tuple(notes),
        )

    def __repr__(self) -> str:
        """The size, without the numbers."""
        return f"CompetitorTable(by={self.by!r}, companies={len(self)}, left_out={self.left_out}, ours={self.ours!r})"


def compare_competitors(
    data: Tallyable, by: str, *, ours: str | None = None, min_n: int = 50, confidence_level: float = 0.95
) -> CompetitorTable:
    """Companies side by side: scores, possible ranks, where each lies in the field, and how far ours is from each.

    Args:
        data: A survey, a tally, or anything else with their ``tally()``, with the answers about all companies.
        by: The name of the segment that tells the companies apart.
        ours: The name of our company, from which the others are to be told.
        min_n: The fewest answers that a company is compared with.
        confidence_level: Between 0 and 1.

    Raises:
        UnknownNameError: If there is no such segment, or ``ours`` is no company of enough answers.
        NoAnswersError: If fewer than two companies have enough answers.
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> import nps_core as nc
        >>> answers = nc.Tally.from_cells(
        ...     [("Acme", 9, 60), ("Acme", 3, 20), ("Bolt", 9, 40), ("Bolt", 3, 40), ("Cog", 9, 5)], by="company"
        ... )
        >>> table = nc.compare_competitors(answers, "company", ours="Acme")
        >>> table["Bolt"].difference.value, table.left_out
        (50.0, 1)
    """
    if not isinstance(by, str):
        raise InvalidInputError(f"by must be the name of one segment, got {by!r}")
    fewest = check_min_n(min_n) or 1
    tally = tally_of(data, by=by)
    is_company = np.array([labels[0] is not None for labels in tally.groups], np.bool_)
    enough = is_company & (tally.n >= fewest)
    kept = [labels[0] for labels, is_kept in zip(tally.groups, enough.tolist(), strict=True) if is_kept]
    if len(kept) < _FEWEST:
        raise NoAnswersError(
            f"a comparison needs two companies of {fewest} answers or more, got {len(kept)} of {len(tally):,}; "
            "lower min_n to compare smaller ones"
        )
    ranking = rank_segments(tally.where(segments={by: kept}), by, confidence_level=confidence_level)
    scores, k = ranking._scores, len(ranking)
    differences, adjusted = None, np.full(k, np.nan)
    if ours is not None:
        if (ours,) in tally.groups and (ours,) not in ranking.labels:
            raise UnknownNameError(
                f"ours must have {fewest} answers or more to be compared, which {ours!r} has not; lower min_n"
            )
        ranking[ours]  # or the error that names the companies
        row = ranking.labels.index((ours,))
        differences = differences_of(scores.take(np.full(k, row)), scores, ranking.method)
        others = np.arange(k) != row
        adjusted[others] = holm(differences.pvalues[others])
    return CompetitorTable(
        by=by,
        labels=ranking.labels,
        ours=ours,
        min_n=fewest,
        left_out=int(np.count_nonzero(is_company & ~enough)),
        unlabelled=int(tally.n[~is_company].sum()),
        field_mean=float(scores.values.mean()),
        field_sd=float(scores.values.std(ddof=1)),
        confidence_level=ranking.confidence_level,
        ranking=ranking,
        differences=differences,
        adjusted=adjusted,
    )
