"""The counts of groups: what every analysis begins with."""

from collections.abc import Callable, Sequence
from typing import Any, Self

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.designs import Design
from nps_core.analysis.samples import Domains, Sample
from nps_core.counting.calendar import FINER, Every, check_every
from nps_core.counting.columns import as_column
from nps_core.counting.periods import Calendar
from nps_core.errors import InvalidInputError, listed
from nps_core.model.gathering import number_groups
from nps_core.model.immutable import Immutable, content, freeze, freeze_optional
from nps_core.model.scale import Scale
from nps_core.model.survey import Survey
from nps_core.model.tally import Tally, Tallyable, as_names


def period_of(data: object, every: Every | None, usual: Every) -> Every:
    """The period to look at: as asked, or else the usual one, unless a tally has another that does not add up to it."""
    if every is not None:
        check_every(every)
        return every
    own = data.every if isinstance(data, Tally) else None
    return usual if own is None or own in FINER[usual] else own


@attrs.frozen(kw_only=True)
class GroupCounts(Immutable):
    """The counts of k groups.

    Attributes:
        scale: The scale of the question.
        categories: Detractors, passives, promoters, shape (k, 3).
        missing: Answers not given, shape (k,).
        invalid: Answers that are not scores, shape (k,).
        weights: Sums of the weights and of their squares per category, shape (2, k, 3), None without weights.
        sample_size: How many answers, with a score or without, the groups are a part of.
        domains: The groups within the sample that a design describes, None without a design.
    """

    scale: Scale
    categories: NDArray[np.int64] = attrs.field(converter=freeze, eq=content)
    missing: NDArray[np.int64] = attrs.field(converter=freeze, eq=content)
    invalid: NDArray[np.int64] = attrs.field(converter=freeze, eq=content)
    weights: NDArray[np.float64] | None = attrs.field(converter=freeze_optional, eq=content)
    sample_size: int
    domains: Domains | None = attrs.field(default=None, eq=False, repr=False)

    @classmethod
    def of(cls, tally: Tally, domains: Domains | None = None) -> Self:
        """The counts of a tally's groups."""
        return cls(
            scale=tally.scale,
            categories=tally.category_counts,
            missing=tally.missing,
            invalid=tally.invalid,
            weights=tally.category_weights,
            sample_size=int((tally.n + tally.missing + tally.invalid).sum()),
            domains=domains,
        )

    @property
    def n(self) -> NDArray[np.int64]:
        """Answers with a score, shape (k,)."""
        return np.asarray(self.categories.sum(axis=1))

    def rest(self) -> Self:
        """For each group, the counts of all the others together."""
        domains = None if self.domains is None else attrs.evolve(self.domains, others=True)
        return self._each(_all_others, domains)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """Some of the groups."""
        domains = None if self.domains is None else attrs.evolve(self.domains, codes=self.domains.codes[rows])
        return self._each(lambda array: array[rows], domains)

    def spread(self, rows: NDArray[np.intp], k: int) -> Self:
        """The same groups in the given rows of k; the other rows hold nothing."""

        def spread(array: NDArray[Any], nothing: int = 0) -> NDArray[Any]:
            target = np.full((k, *array.shape[1:]), nothing, array.dtype)
            target[rows] = array
            return target

        domains = self.domains
        if domains is not None:
            domains = attrs.evolve(domains, codes=spread(domains.codes, -1))
        return self._each(spread, domains)

    def without(self, rows: NDArray[np.bool_]) -> Self:
        """The same but for some groups, of which nothing is kept."""

        def without(array: NDArray[Any]) -> NDArray[Any]:
            kept = array.copy()
            kept[rows] = 0
            return kept

        return self._each(without, None)

    def _each(self, change: Callable[[NDArray[Any]], NDArray[Any]], domains: Domains | None) -> Self:
        """The same change to every array of groups."""
        return attrs.evolve(
            self,
            categories=change(self.categories),
            missing=change(self.missing),
            invalid=change(self.invalid),
            weights=None if self.weights is None else np.stack([change(part) for part in self.weights]),
            domains=domains,
        )


def tally_of(data: object, what: str = "data", *, by: str | Sequence[str] = (), every: Every | None = None) -> Tally:
    """The tally of something that can be tallied, or an error that says what can."""
    if not isinstance(data, Tallyable) or isinstance(data, type):
        advice = "; Survey.from_frame reads a frame, Tally.from_frame counts one" if hasattr(data, "columns") else ""
        raise InvalidInputError(
            f"{what} must be a Survey, a Tally or an object with their tally(), got {type(data).__name__}{advice}"
        )
    tally: object = data.tally(by, every=every)
    names = as_names(by)
    if not isinstance(tally, Tally) or tally.by != names or tally.every != every:
        raise InvalidInputError(
            f"the tally() of {type(data).__name__} must give a Tally by {list(names)} and every {every}, got {tally!r}"
        )
    return tally


def as_scores(data: object) -> NDArray[Any] | list[Any] | None:
    """The data as a column of scores, None if they are something that can be tallied, or a frame."""
    if not isinstance(data, (list, np.ndarray)) and (isinstance(data, Tallyable) or hasattr(data, "columns")):
        return None
    return as_column(data, "scores")


def as_tallyable(data: object, design: Design | None = None) -> object:
    """The data as they are or, if they are scores, as a survey."""
    if isinstance(data, Tallyable) or hasattr(data, "columns"):
        return data
    if isinstance(design, Design) and design.names:
        raise InvalidInputError(
            f"scores alone have no segments, and the design needs {listed(design.names)}; make a Survey with segments="
        )
    return Survey.from_scores(data)


def counted(
    data: object,
    what: str = "data",
    *,
    by: str | Sequence[str] = (),
    calendar: Calendar | None = None,
    design: Design | None = None,
) -> tuple[Tally, GroupCounts]:
    """The tally of something, and its counts; with a design, counted as finely as that needs."""
    every = None if calendar is None else calendar.counted_every
    if design is None:
        tally = _in_calendar(tally_of(data, what, by=by, every=every), calendar)
        return tally, GroupCounts.of(tally)
    if not isinstance(design, Design):
        raise InvalidInputError(f"design must be a Design, got {type(design).__name__}")
    names = as_names(by)
    finer = tuple(dict.fromkeys([*names, *design.names]))
    fine = _in_calendar(tally_of(data, what, by=finer, every=every), calendar)
    tally = fine._in_periods(names, fine.every, fine.starts)
    if not tally.n.any():
        return tally, GroupCounts.of(tally)
    codes, table, _ = number_groups([fine._key(name) for name in names], fine.starts, len(fine))
    return tally, GroupCounts.of(tally, Domains(Sample.of(fine, design, codes), np.arange(len(table))))


def _in_calendar(tally: Tally, calendar: Calendar | None) -> Tally:
    """The tally in the periods of a calendar, which may be those of a fiscal year."""
    if calendar is None or not calendar.is_fiscal or tally.starts is None:
        return tally
    return tally._in_periods(tally.by, calendar.every, calendar.starts_of(tally.starts))


def _all_others(array: NDArray[Any]) -> NDArray[Any]:
    """For each row the sum of the rows before and after it: the total minus the row would cancel."""
    nothing = np.zeros_like(array[:1])
    before = np.concatenate([nothing, np.cumsum(array[:-1], axis=0)])
    after = np.concatenate([nothing, np.cumsum(array[:0:-1], axis=0)])[::-1]
    return np.asarray(before + after)
