"""The score from period to period."""

import datetime as dt
from typing import ClassVar

import attrs
import numpy as np

from nps_core.analysis.comparisons import Difference, difference_columns, difference_or_none
from nps_core.analysis.counts import GroupCounts, counted
from nps_core.analysis.designs import Design
from nps_core.analysis.differences import Differences, differences_of
from nps_core.analysis.estimates import estimates_of
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import NetPromoterScore, level_in_words, nps, remarks, score_or_none, scores_columns
from nps_core.counting.calendar import Every, period_label, period_range
from nps_core.counting.zones import NAIVE, Days
from nps_core.display import numbers
from nps_core.display.tables import Table
from nps_core.errors import NoAnswersError, must_be_one_of, unknown_name
from nps_core.model.tabular import Columns
from nps_core.model.tally import Tally, Tallyable
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod


@attrs.frozen(kw_only=True)
class Period:
    """One period of a trend.

    Attributes:
        label: Its name: 2026-03-06, 2026-W10, 2026-03, 2026-Q1 or 2026.
        start: Its first day.
        score: Its score, None if it has no answer with a score.
        n: How many answers carry a score.
        missing: How many gave no answer.
        invalid: How many gave an answer that is not a score.
        change: The period minus the one before it, None where one of the two has no answer.
    """

    label: str
    start: dt.date
    score: NetPromoterScore | None
    n: int
    missing: int
    invalid: int
    change: Difference | None


@attrs.frozen(kw_only=True, repr=False)
class Trend(Result):
    """The score of each period and its change against the one before.

    Every period from the first to the last is there, also those without an answer. ``trend["2026-03"]`` is one
    :class:`Period`, ``trend.periods`` are all of them.

    Attributes:
        every: The length of a period.
        time_zone: The zone of the calendar, ``"naive"`` for times taken as written.
        overall: The score of all answers together, dated or not.
        undated: How many answers, with a score or without, have no known time and are in no period.
        confidence_level: The level of all intervals.
        method: How the intervals were computed.
    """

    every: Every
    time_zone: str | None
    overall: NetPromoterScore
    undated: int
    confidence_level: float
    method: DifferenceMethod
    _starts: tuple[dt.date, ...] = attrs.field(alias="starts")
    _changes: Differences = attrs.field(alias="changes")

    def __len__(self) -> int:
        """How many periods there are."""
        return len(self._starts)

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each period."""
        return tuple(period_label(start, self.every) for start in self._starts)

    @property
    def periods(self) -> tuple[Period, ...]:
        """Every period."""
        return tuple(self._period(row) for row in range(len(self)))

    __iter__: ClassVar[None] = None  # or Python would ask for the periods 0, 1, 2

    def __getitem__(self, label: str) -> Period:
        """The period of a name, such as ``"2026-03"``.

        Raises:
            UnknownNameError: If there is no such period.
        """
        if not isinstance(label, str) or label not in self.labels:
            raise unknown_name("period", label, self.labels)
        return self._period(self.labels.index(label))

    def _period(self, row: int) -> Period:
        counts = self._changes.scores.counts
        return Period(
            label=period_label(self._starts[row], self.every),
            start=self._starts[row],
            score=score_or_none(self._changes.scores, row),
            n=int(counts.categories[row].sum()),
            missing=int(counts.missing[row]),
            invalid=int(counts.invalid[row]),
            change=difference_or_none(self._changes, row),
        )

    def _columns(self) -> Columns:
        return {
            "period": list(self.labels),
            "start": np.array(self._starts, "datetime64[D]"),
            **scores_columns(self._changes.scores),
            **difference_columns(self._changes, "change"),
        }

    def _table(self) -> Table:
        columns = self._plain_columns()
        rows = zip(
            columns["period"],
            map(numbers.decimal, columns["nps"]),
            map(numbers.span, columns["low"], columns["high"]),
            map(numbers.count, columns["n"]),
            map(numbers.signed, columns["change"]),
            map(numbers.signed_span, columns["change_low"], columns["change_high"]),
            map(numbers.pvalue, columns["change_pvalue"]),
            strict=True,
        )
        interval = level_in_words(self.confidence_level)
        notes = remarks(self.overall)
        if self.undated:
            notes.append(f"Of no known time, and in no period: {numbers.count(self.undated)}.")
        calendar = (
            "Times as written, without a zone" if self.time_zone in {NAIVE, None} else f"Time zone {self.time_zone}"
        )
        return Table(
            title=f"NPS by {self.every} (overall {numbers.decimal(self.overall.value)}, "
            f"n = {numbers.count(self.overall.n)})",
            header=(self.every, "NPS", interval, "n", "change", interval, "p"),
            rows=tuple(rows),
            notes=(f"Change: against the {self.every} before, in points. {calendar}.", *notes),
        )

    def __repr__(self) -> str:
        """The size, without the numbers."""
        return f"Trend(every={self.every!r}, periods={len(self)}, overall={self.overall.value})"


def trend(
    data: Tallyable,
    *,
    every: Every = "month",
    confidence_level: float = 0.95,
    method: DifferenceMethod = "score",
    design: Design | None = None,
) -> Trend:
    """The score of each calendar period, and its change against the one before.

    Args:
        data: A survey with times, a tally with periods, or anything else with their ``tally()``.
        every: ``"day"``, ``"week"`` (ISO, from Monday), ``"month"``, ``"quarter"`` or ``"year"``.
        confidence_level: Between 0 and 1.
        method: ``"score"``, ``"wald"`` or ``"adjusted-wald"``.
        design: How the answers were sampled. Clusters that answered in two periods make them less independent.

    Raises:
        InvalidInputError: If there are no times, or there is no such period.
        NoAnswersError: If there is no answer with a score and a known time.

    Example:
        >>> import datetime as dt
        >>> import nps_core as nc
        >>> at = [dt.date(2026, 1, 5), dt.date(2026, 1, 9), dt.date(2026, 3, 2)]
        >>> survey = nc.Survey.from_scores([9, 3, 10], at=at, time_zone="naive")
        >>> trend = nc.trend(survey, every="month")
        >>> trend.labels
        ('2026-01', '2026-02', '2026-03')
        >>> trend["2026-01"].score.value, trend["2026-02"].score
        (0.0, None)
    """
    must_be_one_of("method", method, DIFFERENCE_METHODS)
    tally, by_period = counted(data, every=every, design=design)
    overall = nps(data, confidence_level=confidence_level, method=method, design=design)
    counts, starts, undated = _by_period(tally, by_period, every)
    scores, before = (
        estimates_of(part, confidence_level=confidence_level, method=method) for part in (counts, _before(counts))
    )
    return Trend(
        every=every,
        time_zone=tally.time_zone,
        overall=overall,
        undated=undated,
        confidence_level=confidence_level,
        method=method,
        starts=tuple(starts.tolist()),
        changes=differences_of(scores, before, method),
    )


def _by_period(tally: Tally, counts: GroupCounts, every: Every) -> tuple[GroupCounts, Days, int]:
    """The counts of every period from the first to the last, their starts, and how many answers are undated."""
    starts = tally.starts
    dated = np.zeros(len(tally), np.bool_) if starts is None else ~np.isnat(starts)
    if starts is None or not tally.n[dated].any():
        raise NoAnswersError("a trend needs answers with a score and a known time, got none")
    known = starts[dated]  # in order, each once: the tally sees to that
    periods = period_range(known[0], known[-1], every)
    undated = int((counts.n + counts.missing + counts.invalid)[~dated].sum())
    rows = np.searchsorted(periods, known)
    return counts.take(dated).spread(rows, len(periods)), periods, undated


def _before(counts: GroupCounts) -> GroupCounts:
    """For each period, the counts of the one before it; before the first there is nothing."""
    k = len(counts.n)
    return counts.take(np.arange(k) < k - 1).spread(np.arange(1, k), k)
