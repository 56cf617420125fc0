"""The tally: how many people gave each score, in each group. The waist of the library."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, Protocol, Self, runtime_checkable

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.counting.calendar import FINER, Every, check_every, period_starts
from nps_core.counting.engines import Query
from nps_core.counting.kernel import CELLS, INVALID, MISSING, POINTS
from nps_core.counting.zones import Days, check_time_zone
from nps_core.errors import IncompatibleError, InvalidInputError, unknown_name
from nps_core.model import frames, serial, sources
from nps_core.model.columns import LabelColumn, Wanted
from nps_core.model.gathering import gather, gather_cells, merge
from nps_core.model.immutable import content, freeze, freeze_optional
from nps_core.model.scale import Scale, check_scale
from nps_core.model.selection import checked_segments
from nps_core.model.tabular import Columns, Tabular, label_columns

_ONLY_CATEGORIES: Final = "this tally was made from categories and does not know how many gave each score"

_CATEGORIES: Final = ("detractors", "passives", "promoters")


@runtime_checkable
class Tallyable(Protocol):
    """Anything that can be counted: a survey, a tally, or a store of one's own.

    Every analysis takes any object with this one method, and looks at nothing else.
    """

    def tally(self, by: str | Sequence[str] = (), *, every: Every | None = None) -> "Tally":
        """Count the answers per group.

        Args:
            by: The segments that make the groups.
            every: The calendar period that makes the groups, too.
        """
        ...


def as_names(by: str | Sequence[str], what: str = "by") -> tuple[str, ...]:
    """The keys that ``by`` names, each once."""
    try:
        names = (by,) if isinstance(by, str) else tuple(by)
        is_right = all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
    except TypeError:  # no iterable, or an array without a dimension, or names that cannot be hashed
        names, is_right = (), False
    if not is_right:
        raise InvalidInputError(f"{what} must be a name or several different names, got {by!r}")
    return names


@attrs.frozen(kw_only=True, repr=False)
class Tally(Tabular):
    """Counts per group and score, with what is missing and what is invalid.

    A tally is exact, small (only groups that occur), mergeable with ``+`` and serialisable. The groups are ordered by
    their labels, then by period; everything per group is in that order. Make one with :meth:`from_counts`,
    :meth:`from_categories`, :meth:`from_cells`, :meth:`from_frame` or ``survey.tally()``.

    Attributes:
        scale: The scale of the question.
        by: The names of the segments that make the groups.
        every: The calendar period that makes the groups, None if none does.
        time_zone: The zone of that calendar, ``"naive"`` for times taken as written, None without periods.

    Example:
        >>> import nps_core as nc
        >>> monday = nc.Tally.from_cells([("north", 10, 3), ("south", 4, 1)], by=["region"])
        >>> tuesday = nc.Tally.from_cells([("north", 8, 2)], by=["region"])
        >>> (monday + tuesday).groups
        (('north',), ('south',))
        >>> (monday + tuesday).n.tolist()
        [5, 1]
    """

    scale: Scale
    by: tuple[str, ...]
    every: Every | None
    time_zone: str | None
    _keys: tuple[LabelColumn, ...] = attrs.field(alias="keys")
    _starts: Days | None = attrs.field(alias="starts", converter=freeze_optional, eq=content)
    _cells: NDArray[np.int64] = attrs.field(alias="cells", converter=freeze, eq=content)
    _weights: NDArray[np.float64] | None = attrs.field(
        alias="weights", default=None, converter=freeze_optional, eq=content
    )

    # ------------------------------------------------------------------------------------------------ making one

    @classmethod
    def from_counts(
        cls,
        counts: Mapping[int, int] | Sequence[int],
        *,
        missing: int = 0,
        invalid: int = 0,
        scale: Scale = Scale.STANDARD,
    ) -> Self:
        """A tally of one group from the number of answers per score.

        Args:
            counts: Counts by score, or a sequence of one count per score of the scale, from the lowest up.
            missing: How many gave no answer.
            invalid: How many gave an answer that is not a score.
            scale: The scale of the question.

        Raises:
            InvalidInputError: If a score is not on the scale, or a count is not a whole number, 0 or more.

        Example:
            >>> import nps_core as nc
            >>> nc.nps(nc.Tally.from_counts({10: 60, 8: 20, 3: 20})).value
            40.0
        """
        check_scale(scale)
        row = sources.counts_row(counts, scale, missing=missing, invalid=invalid)
        return cls._one_group(row, scale)

    @classmethod
    def from_categories(
        cls,
        *,
        promoters: int,
        passives: int,
        detractors: int,
        missing: int = 0,
        invalid: int = 0,
        scale: Scale = Scale.STANDARD,
    ) -> Self:
        """A tally of one group when only the three categories are known, not the scores.

        Raises:
            InvalidInputError: If a count is not a whole number, 0 or more.

        Example:
            >>> import nps_core as nc
            >>> nc.nps(nc.Tally.from_categories(promoters=60, passives=20, detractors=20)).value
            40.0
        """
        check_scale(scale)
        named = {
            "detractors": detractors,
            "passives": passives,
            "promoters": promoters,
            "missing": missing,
            "invalid": invalid,
        }
        return cls._one_group([sources.whole_count(count, name) for name, count in named.items()], scale)

    @classmethod
    def from_cells(
        cls,
        cells: Mapping[Any, int] | Iterable[Sequence[Any]],
        *,
        by: str | Sequence[str] = (),
        every: Every | None = None,
        time_zone: str | None = "naive",
        scale: Scale = Scale.STANDARD,
        invalid: Literal["raise", "exclude"] = "raise",
    ) -> Self:
        """A tally from the rows of anyone's own GROUP BY, or from a ``Counter``.

        Args:
            cells: Rows ``(label, ..., score, count)`` with one label per name in ``by``; with ``every``, rows
                ``(label, ..., day, score, count)``. Or a mapping from ``(label, ..., score)`` to count. The score is
                None for answers that are missing. Rows of the same group and score add up.
            by: The names of the labels.
            every: Count per calendar period; ``day`` may be any day of the period (a date or a datetime).
            time_zone: The zone whose calendar the days are of, if it is known.
            scale: The scale of the question.
            invalid: ``"raise"`` refuses scores that are not on the scale, ``"exclude"`` counts them as invalid.

        Raises:
            InvalidScoreError: If a score is not on the scale.
            InvalidInputError: If a row has another length, or a count is not a whole number, 0 or more.

        Example:
            >>> import collections
            >>> import nps_core as nc
            >>> counter = collections.Counter([("north", 9), ("north", 9), ("south", 3)])
            >>> nc.Tally.from_cells(counter, by="region").n.tolist()
            [2, 1]
        """
        check_scale(scale)
        names = as_names(by)
        if every is not None:
            check_every(every)
            check_time_zone(time_zone)
        table = sources.read_cells(cells, by=names, dated=every is not None, scale=scale, invalid=invalid)
        groups = gather_cells(table, names, every)
        return cls(scale=scale, by=names, every=every, time_zone=None if every is None else time_zone, **groups)

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        score: str,
        by: str | Sequence[str] = (),
        at: str | None = None,
        every: Every | None = None,
        time_zone: str | None = None,
        weight: str | None = None,
        stratum: str | Sequence[str] = (),
        cluster: str | Sequence[str] = (),
        latest: str | None = None,
        scale: Scale = Scale.STANDARD,
        invalid: Literal["raise", "exclude"] = "raise",
    ) -> Self:
        """A tally of a data frame, counted where the frame lives: only the counts travel.

        Rows in memory are counted as those of a survey are, and so are the partitions of Dask, by its workers. All
        others are counted by their engine, in one grouped query. Needs the extra ``frames``.

        Args:
            frame: A frame of pandas, Polars, PyArrow, DuckDB, Ibis, Dask, PySpark, SQLFrame, or whatever else Narwhals
                takes, lazy or not; or anything that exports Arrow's columns (``__arrow_c_stream__``).
            score: The column of scores: numbers; null and NaN are missing answers.
            by: The columns whose labels make the groups.
            at: The column of times: datetimes or dates.
            every: The calendar period that makes the groups, too.
            time_zone: The zone whose calendar is meant, such as ``"Europe/Helsinki"``; for times without a zone the one
                they were written in, or ``"naive"`` to take them as written.
            weight: The column of sampling weights, numbers, 0 or more; of each score their sum and that of their
                squares is kept.
            stratum: The columns whose labels are strata, and ``cluster`` those whose labels were drawn together. They
                make the groups finer, and a :class:`Design` then names them: an analysis adds up again what it needs.
            cluster: See ``stratum``.
            latest: The column of respondents, of each of whom only the latest answer is counted: the latest that has a
                score or, if none has, the latest. Of two at the same moment the lower score counts; an unknown time is
                the earliest. Rows without a respondent are all counted. Needs ``at``.
            scale: The scale of the question.
            invalid: ``"raise"`` refuses scores that are not on the scale, ``"exclude"`` counts them as invalid.

        Raises:
            UnknownNameError: If there is no such column.
            InvalidScoreError: If a score is not on the scale.
            InvalidInputError: If a column holds something else than it must.
            IncompatibleError: If the engine cannot do it, such as take times to another zone than its session's.
            MissingDependencyError: If the extra is not installed.

        Example:
            >>> import polars as pl
            >>> import nps_core as nc
            >>> frame = pl.DataFrame({"nps": [9, 3, None], "region": ["north", "south", "south"]})
            >>> nc.Tally.from_frame(frame.lazy(), score="nps", by="region")
            <Tally n=2, missing=1, invalid=0, groups=2, by=['region']>
        """
        check_scale(scale)
        names = as_names(by)
        finer = [*as_names(stratum, "stratum"), *as_names(cluster, "cluster")]
        if every is not None:
            check_every(every)
        query = Query(
            score=score,
            by=tuple(dict.fromkeys([*names, *finer])),
            at=at,
            every=every,
            time_zone=time_zone,
            weight=weight,
            latest=latest,
            lowest=scale.lowest,
            highest=scale.highest,
        )
        groups = frames.count_frame(frame, query, scale, invalid)
        return cls(scale=scale, by=query.by, every=every, time_zone=None if every is None else time_zone, **groups)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The tally of the mapping that :meth:`to_dict` gives.

        Raises:
            InvalidInputError: If it is not such a mapping; the message says what must hold.
        """
        fields = serial.read_dict(data)
        labels = fields.pop("labels")
        keys = [LabelColumn.from_values(column, name) for name, column in zip(fields["by"], labels, strict=True)]
        return cls._gather(keys=keys, **fields)

    @classmethod
    def _one_group(cls, row: Sequence[int], scale: Scale) -> Self:
        matrix = np.array([row], np.int64)
        return cls._gather(scale=scale, by=(), every=None, time_zone=None, keys=[], starts=None, matrix=matrix)

    @classmethod
    def _gather(
        cls,
        *,
        scale: Scale,
        by: tuple[str, ...],
        every: Every | None,
        time_zone: str | None,
        keys: Sequence[LabelColumn],
        starts: Days | None,
        matrix: NDArray[np.int64],
        weights: NDArray[np.float64] | None = None,
    ) -> Self:
        """A tally of rows that may repeat a group, in any order."""
        gathered = gather(keys, starts, matrix, weights)
        return cls(scale=scale, by=by, every=every, time_zone=time_zone, **gathered)

    # ------------------------------------------------------------------------------------------------ reading it

    def __len__(self) -> int:
        """How many groups there are."""
        return len(self._cells)

    @property
    def groups(self) -> tuple[tuple[str | None, ...], ...]:
        """The labels of each group, in the order of ``by``; None where an answer carries no label."""
        return tuple(zip(*(key.values() for key in self._keys), strict=True)) if self._keys else ((),) * len(self)

    @property
    def starts(self) -> Days | None:
        """The first day of each group's period, shape (groups,), NaT if unknown; None without periods."""
        return self._starts

    @property
    def knows_scores(self) -> bool:
        """Whether the counts are known per score; if not, only per category."""
        return bool(self._cells.shape[1] == CELLS)

    @property
    def is_weighted(self) -> bool:
        """Whether the answers carry sampling weights."""
        return self._weights is not None

    @property
    def counts(self) -> NDArray[np.int64]:
        """Answers per group and score from 0 to 10, shape (groups, 11).

        Raises:
            IncompatibleError: If the tally knows only the categories.
        """
        if not self.knows_scores:
            raise IncompatibleError(_ONLY_CATEGORIES)
        return self._cells[:, :POINTS]

    @property
    def category_counts(self) -> NDArray[np.int64]:
        """Answers per group that are detractors, passives and promoters, shape (groups, 3)."""
        return _fold(self._cells[:, :-2], self.scale)

    @property
    def n(self) -> NDArray[np.int64]:
        """Answers per group that carry a score, shape (groups,)."""
        return np.asarray(self._cells[:, :-2].sum(axis=1))

    @property
    def missing(self) -> NDArray[np.int64]:
        """Answers per group that were not given, shape (groups,)."""
        return self._cells[:, MISSING - CELLS]

    @property
    def invalid(self) -> NDArray[np.int64]:
        """Answers per group that are not scores of the scale, shape (groups,)."""
        return self._cells[:, INVALID - CELLS]

    @property
    def category_weights(self) -> NDArray[np.float64] | None:
        """Sums of the weights, and of their squares, per group and category, shape (2, groups, 3).

        None for an unweighted tally.
        """
        return None if self._weights is None else _fold(self._weights, self.scale)

    @property
    def score_weights(self) -> NDArray[np.float64] | None:
        """Sums of the weights, and of their squares, per group and score from 0 to 10, shape (2, groups, 11).

        None for an unweighted tally.

        Raises:
            IncompatibleError: If the tally knows only the categories.
        """
        if not self.knows_scores:
            raise IncompatibleError(_ONLY_CATEGORIES)
        return self._weights

    # -------------------------------------------------------------------------------------------- making another

    def tally(self, by: str | Sequence[str] = (), *, every: Every | None = None) -> Self:
        """The same answers in fewer groups.

        Args:
            by: The segments to keep, in the order wanted.
            every: The calendar period to keep: this tally's, or a longer one that it fits into.

        Raises:
            UnknownNameError: If the tally has no such segment.
            IncompatibleError: If the periods cannot be had from this tally's.
        """
        names = as_names(by)
        if (names, every) == (self.by, self.every):
            return self
        return self._in_periods(names, every, None if every is None else self._starts_every(every))

    def where(
        self,
        *,
        segments: Mapping[str, Wanted] | None = None,
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> Self:
        """The groups that carry the wanted labels and lie in the wanted time, still with all keys.

        Args:
            segments: A label, or several, by segment name; None for groups without a label.
            since: The first day of the first period that counts.
            until: The first day of the first period that counts no more.

        Raises:
            UnknownNameError: If the tally has no such segment.
            IncompatibleError: If the tally has no periods, or none of them begins on the day.

        Example:
            >>> import nps_core as nc
            >>> tally = nc.Tally.from_cells([("north", 10, 3), ("south", 4, 1)], by="region")
            >>> nc.nps(tally.where(segments={"region": "north"})).value
            100.0
        """
        keep = np.ones(len(self), np.bool_)
        for name, wanted in checked_segments(segments).items():
            keep &= self._key(name).mask(wanted)
        if since is not None:
            keep &= self._periods("since") >= self._first_day(since, "since")
        if until is not None:
            keep &= self._periods("until") < self._first_day(until, "until")
        return attrs.evolve(
            self,
            keys=tuple(key.take(keep) for key in self._keys),
            starts=None if self._starts is None else self._starts[keep],
            cells=self._cells[keep],
            weights=None if self._weights is None else self._weights[:, keep],
        )

    def by_category(self) -> Self:
        """The same counts, known only per category."""
        cells = np.column_stack([self.category_counts, self._cells[:, -2:]])
        return attrs.evolve(self, cells=cells, weights=self.category_weights)

    def __add__(self, other: "Tally") -> Self:
        """The answers of both. Order does not matter, nor does grouping: partial tallies may be added as they come.

        Raises:
            IncompatibleError: If the two differ in scale, keys, periods, or in what they know.
        """
        if not isinstance(other, Tally):
            return NotImplemented
        for what, mine, theirs in (
            ("scales", str(self.scale), str(other.scale)),
            ("segments (tally(by=...) picks and orders them)", self.by, other.by),
            ("periods", self.every, other.every),
            ("time zones", self.time_zone, other.time_zone),
            ("knowledge of scores (by_category() drops it)", self.knows_scores, other.knows_scores),
            ("weights", self.is_weighted, other.is_weighted),
        ):
            if mine != theirs:
                raise IncompatibleError(f"tallies must have the same {what} to be added, got {mine!r} and {theirs!r}")
        groups = merge([tally._groups for tally in (self, other)])
        return attrs.evolve(self, **groups)

    def __radd__(self, other: int) -> Self:
        """Let ``sum(tallies)`` begin with its 0."""
        if other != 0:
            return NotImplemented
        return self

    @property
    def _groups(self) -> dict[str, Any]:
        """All that is counted, by name."""
        return {"keys": self._keys, "starts": self._starts, "cells": self._cells, "weights": self._weights}

    def _columns(self) -> Columns:
        """Per group its labels, its period, its counts and, if it has any, the sums of its weights."""
        numbers: Columns = {} if self._starts is None else {"period": self._starts}
        numbers |= {"n": self.n, "missing": self.missing, "invalid": self.invalid}
        numbers |= dict(zip(_CATEGORIES, self.category_counts.T, strict=True))
        if self.knows_scores:
            numbers |= {f"score_{score}": self._cells[:, score] for score in self.scale.scores}
        weights = self.category_weights
        if weights is not None:
            for what, sums in zip(("weight", "squared_weight"), weights, strict=True):
                numbers |= {f"{name}_{what}": each for name, each in zip(_CATEGORIES, sums.T, strict=True)}
        return label_columns(self.by, self.groups, numbers) | numbers

    def to_dict(self) -> dict[str, Any]:
        """Everything the tally holds, in plain types that ``json.dumps`` takes.

        Later versions of the library read what this one writes.
        """
        return serial.write_dict(
            scale=self.scale,
            by=self.by,
            every=self.every,
            time_zone=self.time_zone,
            labels=self.groups,
            starts=self._starts,
            matrix=self._cells,
            weights=self._weights,
        )

    def __repr__(self) -> str:
        """The size and the keys, without the counts."""
        keys = [*self.by, *([] if self.every is None else [self.every])]
        return (
            f"<Tally n={self.n.sum()}, missing={self.missing.sum()}, invalid={self.invalid.sum()}, "
            f"groups={len(self)}, by={keys}>"
        )

    def _key(self, name: str) -> LabelColumn:
        if name not in self.by:
            raise unknown_name("segment", name, self.by)
        return self._keys[self.by.index(name)]

    def _periods(self, what: str) -> Days:
        if self._starts is None:
            raise IncompatibleError(f"{what} needs a tally with periods, and this one has none; count with every=")
        return self._starts

    def _first_day(self, day: dt.date, what: str) -> np.datetime64:
        """A day that one of the tally's periods begins on."""
        if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
            raise InvalidInputError(f"{what} must be a date, got {day!r}")
        wanted = np.array([day], "datetime64[D]")
        start = wanted if self.every is None else period_starts(wanted, self.every)
        if start[0] != wanted[0]:
            raise IncompatibleError(
                f"{what} must be the first day of a {self.every}, as the tally is counted by those, got {day}, "
                f"which is in the {self.every} that begins on {start[0]}"
            )
        return np.datetime64(wanted[0])

    def _in_periods(self, names: tuple[str, ...], every: Every | None, starts: Days | None) -> Self:
        """The same answers by some of the segments, and by the periods that each group is said to belong to."""
        return self._gather(
            scale=self.scale,
            by=names,
            every=every,
            time_zone=None if every is None else self.time_zone,
            keys=[self._key(name) for name in names],
            starts=starts,
            matrix=self._cells,
            weights=self._weights,
        )

    def _starts_every(self, every: Every) -> Days:
        check_every(every)
        if self._starts is None or self.every is None:
            raise IncompatibleError(f"this tally has no periods, so none of a {every} can be made; count with every=")
        if self.every not in FINER[every]:
            raise IncompatibleError(f"periods of a {self.every} do not add up to a {every}; count with every={every!r}")
        return period_starts(self._starts, every)


def _fold(points: NDArray[Any], scale: Scale) -> NDArray[Any]:
    """Sum the last axis over the scores of each category; if it is three categories already, leave it."""
    if points.shape[-1] != POINTS:
        return points
    return np.add.reduceat(points, [0, scale.passives_from, scale.promoters_from], axis=-1)
