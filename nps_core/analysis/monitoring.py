"""The score while answers come in: an interval that one may look at as often as one likes."""

import functools
from collections.abc import Sequence
from typing import Any, Self

import attrs
import numpy as np

from nps_core.analysis.counts import as_tallyable, tally_of
from nps_core.analysis.estimates import POINTS
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import ConfidenceInterval, category_bars, level_in_words
from nps_core.analysis.targets import check_target
from nps_core.display import numbers
from nps_core.display.rows import Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import IncompatibleError, InvalidInputError
from nps_core.model.scale import Scale
from nps_core.model.sources import as_whole
from nps_core.model.tabular import Columns
from nps_core.model.tally import Tally, Tallyable
from nps_core.stats.normal import check_confidence_level
from nps_core.stats.sequences import anytime_pvalue, confidence_sequence

_MOST = 2**62


def _check_count(_: object, attribute: "attrs.Attribute[int]", value: object) -> None:
    whole = as_whole(value)
    if whole is None or not 0 <= whole < _MOST:
        raise InvalidInputError(f"{attribute.name} must be a whole number from 0 to 2**62 - 1, got {value!r}")


@attrs.frozen(kw_only=True, repr=False)
class Monitor(Result):
    """The score of a stream of answers, with an interval that stays valid however often one looks.

    It holds nothing but counts, so neither the order of the answers nor the batches they came in matter. A monitor is
    a value: :meth:`update` gives a new one.

    Attributes:
        promoters: How many promoters answered so far.
        passives: How many passives.
        detractors: How many detractors.
        missing: How many gave no answer.
        invalid: How many gave an answer that is not a score.
        scale: The scale of the question.
        confidence_level: How often all intervals of such a stream, from the first answer to the last, hold the true
            score.

    Example:
        >>> import nps_core as nc
        >>> monitor = nc.monitor(nc.Tally.from_categories(promoters=60, passives=20, detractors=20))
        >>> monitor.excludes(0), monitor.excludes(30)
        (True, False)
    """

    promoters: int = attrs.field(default=0, validator=_check_count)
    passives: int = attrs.field(default=0, validator=_check_count)
    detractors: int = attrs.field(default=0, validator=_check_count)
    missing: int = attrs.field(default=0, validator=_check_count)
    invalid: int = attrs.field(default=0, validator=_check_count)
    scale: Scale = Scale.STANDARD
    confidence_level: float = attrs.field(default=0.95, converter=check_confidence_level)

    @property
    def n(self) -> int:
        """How many answers carry a score."""
        return self.promoters + self.passives + self.detractors

    @property
    def value(self) -> float | None:
        """The score of all answers so far, in points; None as long as there is none."""
        return POINTS * (self.promoters - self.detractors) / self.n if self.n else None

    @functools.cached_property
    def confidence_interval(self) -> ConfidenceInterval:
        """The interval as it stands, in points; the whole scale as long as there is no answer."""
        limits = confidence_sequence(*self._counts, confidence_level=self.confidence_level)
        low, high = (POINTS * float(limit) for limit in limits)
        if self.value is not None:  # which rounding must not leave outside
            low, high = min(low, self.value), max(high, self.value)
        return ConfidenceInterval(low, high, self.confidence_level)

    def excludes(self, target: float) -> bool:
        """Whether the answers rule a score out.

        One may ask after every answer, and act on the first yes, which stands even if a later interval holds the
        target again: over the whole life of a stream the true score is ever ruled out with a probability of at most
        ``1 - confidence_level``.

        Args:
            target: A score in points, from -100 to 100.

        Raises:
            InvalidInputError: If the target is not on the scale of scores.
        """
        return self.pvalue(target) <= 1 - self.confidence_level

    def pvalue(self, target: float) -> float:
        """The p-value of "the score is the target", valid at whatever time one looks.

        If the score is the target, the p-value ever falls to a level, or below, with a probability of that level at
        most, however long the stream. So the smallest so far is a valid one, too.

        Args:
            target: A score in points, from -100 to 100.

        Raises:
            InvalidInputError: If the target is not on the scale of scores.
        """
        return float(anytime_pvalue(*self._counts, check_target(target) / POINTS))

    def update(self, batch: Tallyable | Sequence[Any] | Any) -> Self:
        """A monitor of the answers so far and those of a batch.

        Args:
            batch: A survey, a tally, anything else with their ``tally()``, or the scores themselves (0 to 10). None of
                its answers may have been counted before.

        Raises:
            IncompatibleError: If the batch has another scale, or weights.
            InvalidScoreError: If scores are given and some are not on the scale.

        Example:
            >>> import nps_core as nc
            >>> monday, tuesday = nc.monitor([10, 9, 3]), [8, 10]
            >>> monday.update(tuesday) == nc.monitor([10, 9, 3, 8, 10])
            True
        """
        tally = _plain_tally(batch, "batch")
        if tally.scale != self.scale:
            raise IncompatibleError(
                f"a batch must have the scale of the monitor, {self.scale}, got {tally.scale}; begin with "
                "a survey or a tally of the right scale, and make surveys of scores"
            )
        return attrs.evolve(
            self, **{name: getattr(self, name) + count for name, count in _counts_by_name(tally).items()}
        )

    @property
    def _counts(self) -> tuple[int, int, int]:
        return self.promoters, self.passives, self.detractors

    def __repr__(self) -> str:
        """The score, its interval and the number of answers."""
        low, high = self.confidence_interval.low, self.confidence_interval.high
        return f"Monitor(value={self.value}, confidence_interval=({low}, {high}), n={self.n})"

    def _columns(self) -> Columns:
        row = {
            "low": self.confidence_interval.low,
            "high": self.confidence_interval.high,
            "n": self.n,
            "promoters": self.promoters,
            "passives": self.passives,
            "detractors": self.detractors,
            "missing": self.missing,
            "invalid": self.invalid,
            "confidence_level": self.confidence_level,
        }
        # An array: a column of numbers also without answers.
        return {"nps": np.array([self.value], np.float64)} | {name: [value] for name, value in row.items()}

    def _picture(self) -> Rows:
        counts, interval = (self.promoters, self.passives, self.detractors), self.confidence_interval
        score = Row(
            label="NPS",
            value=self.value,
            low=interval.low,
            high=interval.high,
            note=f"n = {numbers.count(self.n)}",
            instead="no answer yet",
        )
        promoters, passives, detractors = (self._share(count) or 0.0 for count in counts)
        return Rows(
            title=self._table().title,
            unit="percent of the answers, and NPS",
            rows=(*category_bars(counts, (promoters, passives, detractors)), score),
        )

    def _table(self) -> Table:
        interval = self.confidence_interval
        parts = [("promoters", self.promoters), ("passives", self.passives), ("detractors", self.detractors)]
        others = [("missing", self.missing), ("invalid", self.invalid)]
        return Table(
            title=f"NPS {numbers.decimal(self.value)} ({level_in_words(self.confidence_level)} at any time "
            f"{numbers.span(interval.low, interval.high)}, n = {numbers.count(self.n)})",
            header=("answers", "count", "share"),
            rows=(
                *((word, numbers.count(count), numbers.percent(self._share(count))) for word, count in parts),
                *((word, numbers.count(count), "") for word, count in others if count),
            ),
            notes=(f"Scale {self.scale}.", "The interval holds however often it is looked at."),
        )

    def _share(self, count: int) -> float | None:
        return count / self.n if self.n else None


def monitor(data: Tallyable | Sequence[Any] | Any | None = None, *, confidence_level: float = 0.95) -> Monitor:
    """Watch a score while answers come in, and decide as soon as they are enough.

    An ordinary 95 % interval is made to be looked at once. Looked at every week, in about one year of three it shuts
    out the true score at some time, and whoever acts on that has acted on chance. The interval of a monitor may be
    looked at every day, or after every answer: all its states together hold the true score with the given confidence.
    The price is width, about 1.7 times that of the ordinary interval after some hundreds or thousands of answers.

    It assumes that answers come independently from people whose score stays the same; more exactly, that whatever has
    been answered before, the expected score of the next answer is the same. If the score moves, a target that is ruled
    out has not been the score all along, and no more is said: for a score that changes see :func:`trend`.

    The interval is a confidence sequence by betting (Waudby-Smith and Ramdas 2024, JRSS B 86:1-27).

    Args:
        data: The answers to begin with: a survey, a tally, anything else with their ``tally()``, or the scores
            themselves (0 to 10). Without, it begins empty, on the standard scale.
        confidence_level: Between 0 and 1.

    Raises:
        IncompatibleError: If the answers carry weights.
        InvalidScoreError: If scores are given and some are not on the scale.
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> import nps_core as nc
        >>> monitor = nc.monitor()
        >>> for day in ([10, 9, 8, 3], [9, 10, 7], [10, 10, 9, 2]):
        ...     monitor = monitor.update(day)
        >>> monitor.n, round(monitor.value, 1), monitor.excludes(-50)
        (11, 45.5, True)
        >>> print(nc.monitor(nc.Tally.from_categories(promoters=60, passives=20, detractors=20)))
        NPS 40.0 (95 % interval at any time 11.6 to 63.7, n = 100)
        <BLANKLINE>
        answers     count   share
        -------------------------
        promoters      60  60.0 %
        passives       20  20.0 %
        detractors     20  20.0 %
        <BLANKLINE>
        Scale 0-10 (detractors 0-6, passives 7-8, promoters 9-10).
        The interval holds however often it is looked at.
    """
    if data is None:
        return Monitor(confidence_level=confidence_level)
    tally = _plain_tally(data, "data")
    return Monitor(scale=tally.scale, confidence_level=confidence_level, **_counts_by_name(tally))


def _plain_tally(data: object, what: str) -> Tally:
    """The tally of answers that are all worth the same."""
    tally = tally_of(as_tallyable(data), what)
    if tally.is_weighted:
        raise IncompatibleError(
            f"a monitor counts every answer once, and the {what} must carry no weights; nps() allows for weights, "
            "when all have answered"
        )
    return tally


def _counts_by_name(tally: Tally) -> dict[str, Any]:
    """The numbers of answers, whatever groups they are in."""
    detractors, passives, promoters = tally.category_counts.sum(axis=0).tolist()
    return {
        "promoters": promoters,
        "passives": passives,
        "detractors": detractors,
        "missing": int(tally.missing.sum()),
        "invalid": int(tally.invalid.sum()),
    }
