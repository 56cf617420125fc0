"""Why a score changed: other people, or other opinions."""

from collections.abc import Sequence
from typing import Self

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.comparisons import must_be_comparable, warn_of_unlike
from nps_core.analysis.counts import tally_of
from nps_core.analysis.estimates import POINTS
from nps_core.analysis.labelled import Labelled, ResultBySegment, label_text
from nps_core.analysis.scoring import ConfidenceInterval, NetPromoterScore, level_in_words, nps, remarks
from nps_core.display import numbers
from nps_core.display.columns import Change, Waterfall
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError
from nps_core.model.immutable import content, freeze
from nps_core.model.tabular import Columns, Labels, label_columns
from nps_core.model.tally import Tally, Tallyable, as_names
from nps_core.stats.decomposition import Decomposition, gradient_error
from nps_core.stats.intervals import Floats
from nps_core.stats.normal import quantile


@attrs.frozen(kw_only=True)
class Effect:
    """A part of a change, in points.

    Attributes:
        value: The effect.
        standard_error: Its standard error, by the delta method.
        confidence_interval: The textbook interval around it.
    """

    value: float
    standard_error: float
    confidence_interval: ConfidenceInterval

    @classmethod
    def _of(cls, value: float, standard_error: float, confidence_level: float) -> Self:
        margin = quantile(confidence_level) * standard_error
        return cls(
            value=value,
            standard_error=standard_error,
            confidence_interval=ConfidenceInterval(value - margin, value + margin, confidence_level),
        )


@attrs.frozen(kw_only=True)
class SegmentChange(Labelled):
    """What one segment did to the change of the score.

    Attributes:
        labels: Its labels, one per name in ``by``.
        share_before: Its share of the answers before, between 0 and 1; weighted, if the answers are.
        share_after: The same after.
        value_before: Its score before, None if it had no answer.
        value_after: The same after.
        mix: What its changed share did: positive if there is more of a segment above the score of all, or less of one
            below it. Of a new or a vanished segment, all that it did.
        rate: What its changed score did.
    """

    labels: Labels
    share_before: float
    share_after: float
    value_before: float | None
    value_after: float | None
    mix: Effect
    rate: Effect


@attrs.frozen(kw_only=True, repr=False)
class ChangeDecomposition(ResultBySegment[SegmentChange]):
    """The change of a score as the sum of mix and rate effects, over segments and in all.

    ``change["north"]`` is one :class:`SegmentChange`, ``change.segments`` are all of them.

    Attributes:
        by: The names of the segments.
        before: The score before.
        after: The score after.
        change: After minus before: mix plus rate, to the last digits.
        mix: What the changed shares of all segments did together.
        rate: What their changed scores did together.
        mix_by: With several names in ``by``, the mix in steps: by the first name, then what the second adds to it, and
            so on, as pairs of name and effect. They add up to ``mix``.
        labels: The labels of each segment, one per name in ``by``.
        confidence_level: The level of all intervals.
    """

    by: tuple[str, ...]
    before: NetPromoterScore
    after: NetPromoterScore
    change: Effect
    mix: Effect
    rate: Effect
    mix_by: tuple[tuple[str, Effect], ...]
    labels: tuple[Labels, ...]
    confidence_level: float
    _shares: Floats = attrs.field(alias="shares", converter=freeze, eq=content)
    _values: Floats = attrs.field(alias="values", converter=freeze, eq=content)
    _effects: Floats = attrs.field(alias="effects", converter=freeze, eq=content)
    _errors: Floats = attrs.field(alias="errors", converter=freeze, eq=content)

    def _segment(self, row: int) -> SegmentChange:
        before, after = (None if np.isnan(value) else value for value in self._values[:, row].tolist())
        mix, rate = (
            Effect._of(value, error, self.confidence_level)
            for value, error in zip(self._effects[:, row].tolist(), self._errors[:, row].tolist(), strict=True)
        )
        share_before, share_after = self._shares[:, row].tolist()
        return SegmentChange(
            labels=self.labels[row],
            share_before=share_before,
            share_after=share_after,
            value_before=before,
            value_after=after,
            mix=mix,
            rate=rate,
        )

    def _columns(self) -> Columns:
        others: Columns = {
            "share_before": self._shares[0],
            "share_after": self._shares[1],
            "nps_before": self._values[0],
            "nps_after": self._values[1],
            **self._effect_columns("mix", 0),
            **self._effect_columns("rate", 1),
        }
        return label_columns(self.by, self.labels, others) | others

    def _effect_columns(self, name: str, which: int) -> Columns:
        effects, errors = self._effects[which], self._errors[which]
        margins = quantile(self.confidence_level) * errors
        return {
            name: effects,
            f"{name}_low": effects - margins,
            f"{name}_high": effects + margins,
            f"{name}_standard_error": errors,
        }

    def _picture(self) -> Waterfall:
        named = self.mix_by if len(self.by) > 1 else [(name, self.mix) for name in self.by]
        steps = [("mix", f"of {name}", effect) for name, effect in named] + [("rate", "within them", self.rate)]
        return Waterfall(
            title=self._table().title,
            unit="NPS, and points of change",
            changes=(
                _total("before", self.before),
                *(
                    Change(
                        label=label,
                        note=note,
                        value=effect.value,
                        low=effect.confidence_interval.low,
                        high=effect.confidence_interval.high,
                    )
                    for label, note, effect in steps
                ),
                _total("after", self.after),
            ),
        )

    def _table(self) -> Table:
        columns = self._plain_columns()
        comes_or_goes = np.isnan(self._values[0] + self._values[1]).tolist()
        rows = [
            *zip(
                map(label_text, self.labels),
                map(numbers.percent, columns["share_before"]),
                map(numbers.percent, columns["share_after"]),
                map(numbers.decimal, columns["nps_before"]),
                map(numbers.decimal, columns["nps_after"]),
                map(numbers.signed, columns["mix"]),
                map(numbers.signed_span, columns["mix_low"], columns["mix_high"]),
                map(_unless, comes_or_goes, map(numbers.signed, columns["rate"])),
                map(_unless, comes_or_goes, map(numbers.signed_span, columns["rate_low"], columns["rate_high"])),
                strict=True,
            ),
            (
                "all",
                "",
                "",
                numbers.decimal(self.before.value),
                numbers.decimal(self.after.value),
                *_shown_effect(self.mix),
                *_shown_effect(self.rate),
            ),
        ]
        notes = ["Mix: other shares of the segments. Rate: other scores within them. In points."]
        if any(comes_or_goes):
            notes.append("What a segment did that is new or has vanished is all mix.")
        if len(self.by) > 1:
            steps = ", then ".join(f"{name} {_in_words(effect)}" for name, effect in self.mix_by)
            notes.append(f"Mix by {steps}.")
        notes += remarks(self.before, self.after)
        level, whole = level_in_words(self.confidence_level), self.change.confidence_interval
        header = ("share before", "after", "NPS before", "after", "mix", level, "rate", level)
        return Table(
            title=f"Change {numbers.signed(self.change.value)} points ({level} "
            f"{numbers.signed_span(whole.low, whole.high)})",
            header=(", ".join(self.by), *header),
            rows=tuple(rows),
            notes=tuple(notes),
        )

    def __repr__(self) -> str:
        """The totals, without the segments."""
        return (
            f"ChangeDecomposition(by={list(self.by)}, change={self.change.value}, mix={self.mix.value}, "
            f"rate={self.rate.value})"
        )


def _total(label: str, score: NetPromoterScore) -> Change:
    interval = score.confidence_interval
    return Change(
        label=label,
        note=f"n = {numbers.count(score.n)}",
        value=score.value,
        low=interval.low,
        high=interval.high,
        is_total=True,
    )


def decompose_change(
    before: Tallyable,
    after: Tallyable,
    *,
    by: str | Sequence[str],
    confidence_level: float = 0.95,
) -> ChangeDecomposition:
    """Split the change between two independent samples into mix and rate.

    A score can fall while every segment's rises, because segments that score low have grown. The *mix* effect of a
    segment is what its changed share did, the *rate* effect what its changed score did; all together they are the
    change (Kitagawa 1955, JASA 50:1168-1194, symmetric in time).

    Args:
        before: A survey, a tally, or anything else with their ``tally()``.
        after: Other people's answers on the same scale.
        by: The name of a segment; several names, the coarsest first, make a segment of each combination of labels.
        confidence_level: Between 0 and 1.

    Raises:
        UnknownNameError: If there is no such segment.
        IncompatibleError: If the scales differ.
        NoAnswersError: If one of the samples has no answer with a score.
        InvalidInputError: If the weights of one of the samples are all 0.

    Warns:
        LikeWithUnlikeWarning: If the surveys asked different questions, or are of different kinds.

    Example:
        >>> import nps_core as nc
        >>> before = nc.Tally.from_cells([("old", 9, 60), ("old", 3, 20), ("new", 9, 9), ("new", 3, 11)], by="plan")
        >>> after = nc.Tally.from_cells([("old", 9, 38), ("old", 3, 12), ("new", 9, 24), ("new", 3, 26)], by="plan")
        >>> change = nc.decompose_change(before, after, by="plan")
        >>> print(change)
        Change -14.0 points (95 % interval -40.3 to +12.3)
        <BLANKLINE>
        plan  share before   after  NPS before  after    mix  95 % interval  rate   95 % interval
        -----------------------------------------------------------------------------------------
        new         20.0 %  50.0 %       -10.0   -4.0  -11.4  -19.3 to -3.5  +2.1  -16.0 to +20.2
        old         80.0 %  50.0 %        50.0   52.0   -6.0  -10.2 to -1.8  +1.3  -18.4 to +21.0
        all                               38.0   24.0  -17.4  -29.0 to -5.8  +3.4  -23.4 to +30.2
        <BLANKLINE>
        Mix: other shares of the segments. Rate: other scores within them. In points.
    """
    names = as_names(by)
    if not names:
        raise InvalidInputError("by must name at least one segment")
    warn_of_unlike(before, after)
    tallies = tally_of(before, "before", by=names), tally_of(after, "after", by=names)
    must_be_comparable(*tallies)
    return _decomposed(tallies, names, confidence_level)


@np.errstate(under="ignore")  # of weights far apart the light ones vanish, as they should
def _decomposed(tallies: tuple[Tally, Tally], names: tuple[str, ...], confidence_level: float) -> ChangeDecomposition:
    scores = [nps(tally, confidence_level=confidence_level) for tally in tallies]
    labels = _all_labels(*tallies)
    weights, spreads = (np.stack(arrays) for arrays in zip(*(_cells(tally, labels) for tally in tallies), strict=True))
    found = Decomposition.of(*weights)
    shares = found.cells.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = POINTS * (found.cells[..., 2] - found.cells[..., 0]) / shares

    steps, below, gradient = [], 0.0, np.zeros_like(found.cells)
    for depth, name in enumerate(names, start=1):
        coarse, of_row = _prefixes(labels, depth)
        level = Decomposition.of(*(_summed(part, of_row, coarse) for part in weights))
        total, own = float(level.mix.sum()), level.mix_gradient[:, of_row]
        error = gradient_error(own - gradient, found.cells, spreads)
        steps.append((name, Effect._of(POINTS * (total - below), POINTS * error, confidence_level)))
        below, gradient = total, own
    mix_error = gradient_error(found.mix_gradient, found.cells, spreads)
    rate_error = gradient_error(found.rate_own, found.cells, spreads)
    change_error = gradient_error(found.mix_gradient + found.rate_own, found.cells, spreads)
    return ChangeDecomposition(
        by=names,
        before=scores[0],
        after=scores[1],
        change=Effect._of(scores[1].value - scores[0].value, POINTS * change_error, confidence_level),
        mix=Effect._of(POINTS * float(found.mix.sum()), POINTS * mix_error, confidence_level),
        rate=Effect._of(POINTS * float(found.rate.sum()), POINTS * rate_error, confidence_level),
        mix_by=tuple(steps),
        labels=labels,
        confidence_level=confidence_level,
        shares=shares,
        values=values,
        effects=POINTS * np.stack([found.mix, found.rate]) + 0.0,  # no minus zero
        errors=POINTS * np.stack([found.mix_errors(spreads), found.rate_errors(spreads)]),
    )


def _all_labels(before: Tally, after: Tally) -> tuple[Labels, ...]:
    """The segments that have an answer in one of the samples, in the order of their labels, None last."""
    present = set()
    for tally in (before, after):
        groups = tally.groups
        present |= {groups[row] for row in _rows_that_count(tally)}
    return tuple(sorted(present, key=lambda labels: [(label is None, label or "") for label in labels]))


def _rows_that_count(tally: Tally) -> list[int]:
    """The groups with an answer that has any weight."""
    given = tally.category_weights
    return np.flatnonzero((tally.category_counts if given is None else given[0]).sum(axis=1) > 0).tolist()


def _cells(tally: Tally, labels: tuple[Labels, ...]) -> tuple[Floats, Floats]:
    """Weights per segment and category, and the squared weights over the squared total, each of shape (k, 3)."""
    rows = {label: row for row, label in enumerate(labels)}
    kept, groups = _rows_that_count(tally), tally.groups
    of_row = np.array([rows[groups[row]] for row in kept], np.intp)
    given = tally.category_weights
    sums, squares = np.zeros((2, len(labels), 3))
    sums[of_row], squares[of_row] = (tally.category_counts[kept],) * 2 if given is None else given[:, kept]
    n = int(tally.n.sum())
    correction = n / (n - 1) if given is not None and n > 1 else 1.0
    return sums, correction * squares / np.square(sums.sum())


def _prefixes(labels: tuple[Labels, ...], depth: int) -> tuple[int, NDArray[np.intp]]:
    """How many different first labels there are, and which of them each segment has."""
    numbers_of: dict[Labels, int] = {}
    of_row = [numbers_of.setdefault(label[:depth], len(numbers_of)) for label in labels]
    return len(numbers_of), np.array(of_row, np.intp)


def _summed(rows: Floats, of_row: NDArray[np.intp], k: int) -> Floats:
    sums = np.zeros((k, 3))
    np.add.at(sums, of_row, rows)
    return sums


def _shown_effect(effect: Effect) -> tuple[str, str]:
    interval = effect.confidence_interval
    return numbers.signed(effect.value), numbers.signed_span(interval.low, interval.high)


def _in_words(effect: Effect) -> str:
    value, interval = _shown_effect(effect)
    return f"{value} ({interval})"


def _unless(is_nothing: bool, text: str) -> str:  # noqa: FBT001
    return numbers.NOTHING if is_nothing else text
