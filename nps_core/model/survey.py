"""The survey: many responses, kept as closed columns."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, Literal, Self, TypeAlias, get_args, overload

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.counting.answers import to_cells
from nps_core.counting.calendar import Every, check_every
from nps_core.counting.columns import as_column, check_length
from nps_core.counting.frames import Frame
from nps_core.counting.kernel import INVALID, MISSING
from nps_core.counting.times import to_instants
from nps_core.counting.zones import Instants, check_time_zone, local_times
from nps_core.errors import (
    IncompatibleError,
    InvalidInputError,
    must_be_bool,
    must_be_one_of,
    unknown_name,
)
from nps_core.model.columns import (
    LabelColumn,
    Wanted,
    blanked,
    check_answers,
    joined,
    joined_arrays,
    known,
    optional_objects,
    optional_weights,
    taken,
)
from nps_core.model.gathering import count_rows
from nps_core.model.immutable import Immutable, content, freeze, freeze_optional
from nps_core.model.privacy import names_pattern, redacted, wanted_ids
from nps_core.model.reading import Reading
from nps_core.model.response import PLAIN_IDS, PLAIN_TEXTS, Response, check_responses, to_respondent, to_text
from nps_core.model.scale import Category, Scale, check_scale
from nps_core.model.selection import category_mask, checked_mask, checked_segments, first_mask, latest_mask, to_moment
from nps_core.model.tally import Tally, as_names

Kind: TypeAlias = Literal["relationship", "transactional"]
"""Whether people were asked about the relation as a whole, or after one transaction."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


def _closed(columns: Mapping[str, LabelColumn]) -> Mapping[str, LabelColumn]:
    return MappingProxyType(dict(columns))


def _items(columns: Mapping[str, LabelColumn]) -> frozenset[tuple[str, LabelColumn]]:
    return frozenset(columns.items())


@attrs.frozen(kw_only=True, repr=False)
class Survey(Immutable):
    """Responses to one question on one scale, immutable, in columns.

    A survey holds one byte per score, so millions of answers are small; it gives :class:`Response` objects back only
    when asked. Make one with :meth:`from_scores`, :meth:`from_responses`, :meth:`from_frame` or
    :func:`~nps_core.programme.read_export`. Equality and hash are by content.

    Attributes:
        scale: The scale of the question.
        name: What the survey is called, such as ``"spring 2026"``.
        question: The wording of the question.
        kind: ``"relationship"`` or ``"transactional"``.
        time_zone: The zone whose calendar the times are read by, ``"naive"`` for times taken as written, None without
            times.
        reading: The report on the file that it was read from by :func:`nps_core.programme.read_export`; None for parts
            of it, and otherwise. It does not matter for equality.

    Example:
        >>> import nps_core as nc
        >>> survey = nc.Survey.from_scores([10, 9, 7, 3], segments={"region": ["north", "north", "south", "south"]})
        >>> survey[0]
        Response(score=10, segments={'region': 'north'})
        >>> len(survey.where(segments={"region": "south"}))
        2
    """

    scale: Scale = Scale.STANDARD
    name: str | None = None
    question: str | None = None
    kind: Kind | None = None
    time_zone: str | None = None
    reading: Reading | None = attrs.field(default=None, eq=False)
    _cells: NDArray[np.uint8] = attrs.field(alias="cells", converter=freeze, eq=content)
    _instants: Instants | None = attrs.field(alias="instants", default=None, converter=freeze_optional, eq=content)
    _segments: Mapping[str, LabelColumn] = attrs.field(alias="segments", factory=dict, converter=_closed, eq=_items)
    _respondents: tuple[str | int | None, ...] | None = attrs.field(alias="respondents", default=None)
    _reasons: tuple[str | None, ...] | None = attrs.field(alias="reasons", default=None)
    _suggestions: tuple[str | None, ...] | None = attrs.field(alias="suggestions", default=None)
    _weights: NDArray[np.float64] | None = attrs.field(
        alias="weights", default=None, converter=freeze_optional, eq=content
    )

    def __attrs_post_init__(self) -> None:
        """Refuse names that are no text, and a kind that does not exist."""
        for what, value in (("name", self.name), ("question", self.question)):
            if value is not None and not isinstance(value, str):
                raise InvalidInputError(f"{what} must be text or None, got {value!r}")
        for name in self._segments:
            if not isinstance(name, str):
                raise InvalidInputError(f"the name of a segment must be text, got {name!r}")
        if self.kind is not None:
            must_be_one_of("kind", self.kind, KINDS)

    # ------------------------------------------------------------------------------------------------ making one

    @classmethod
    def from_scores(
        cls,
        scores: Any,
        *,
        at: Any = None,
        time_zone: str | None = None,
        respondents: Any = None,
        reasons: Any = None,
        suggestions: Any = None,
        segments: Mapping[str, Any] | None = None,
        weights: Any = None,
        scale: Scale = Scale.STANDARD,
        name: str | None = None,
        question: str | None = None,
        kind: Kind | None = None,
        missing: Literal["allow", "raise"] = "allow",
        invalid: Literal["raise", "exclude"] = "raise",
    ) -> Self:
        """A survey from columns, each n long: lists, arrays, or columns of pandas, Polars or PyArrow.

        Args:
            scores: Whole numbers on the scale; None, NaN and "" are missing answers.
            at: When each answer was given: datetimes, dates or ``datetime64``.
            time_zone: The zone whose calendar is meant, such as ``"Europe/Helsinki"``. Times that carry a zone bring
                their own; times that carry none need one here, or ``"naive"`` to be taken as written.
            respondents: Ids, text or whole numbers.
            reasons: Answers to "why?".
            suggestions: Answers to "what could we do better?".
            segments: Columns of labels by name. Whole numbers, booleans and dates become text.
            weights: Sampling weights, 0 or more. They are never read as frequencies.
            scale: The scale of the question.
            name: What the survey is called.
            question: The wording of the question.
            kind: ``"relationship"`` or ``"transactional"``.
            missing: ``"allow"`` counts and reports missing answers, ``"raise"`` refuses them.
            invalid: ``"raise"`` refuses answers that are not scores of the scale, ``"exclude"`` leaves them out of the
                score and keeps their number visible in every result.

        Raises:
            InvalidScoreError: If answers are not scores of the scale; it lists the first rows and the total.
            MissingScoreError: If answers are missing and may not be.
            InvalidInputError: If a column has another length or holds something else than it must.

        Example:
            >>> import nps_core as nc
            >>> survey = nc.Survey.from_scores([10, 11, None], invalid="exclude")
            >>> survey.n, survey.missing, survey.invalid
            (1, 1, 1)
        """
        check_scale(scale)
        check_time_zone(time_zone)
        if segments is not None and not isinstance(segments, Mapping):
            raise InvalidInputError(
                f"segments must be a mapping of names to columns, such as {{'region': [...]}}, "
                f"got {type(segments).__name__}"
            )
        column = as_column(scores, "scores")
        cells = to_cells(column, scale.lowest, scale.highest)
        check_answers(cells, column, scale, missing=missing, invalid=invalid)
        n = len(cells)
        instants, zone = None, None
        if at is not None:
            instants, zone = to_instants(at, time_zone)
            zone = zone or time_zone  # a day without answers has a calendar, too
            check_length("at", len(instants), n)
        columns = {
            name: LabelColumn.from_values(values, f"segment {name!r}") for name, values in dict(segments or {}).items()
        }
        for segment, labels in columns.items():
            check_length(f"segment {segment!r}", len(labels.codes), n)
        return cls(
            scale=scale,
            name=name,
            question=question,
            kind=kind,
            time_zone=zone,
            cells=cells,
            instants=None if zone is None else instants,
            segments=columns,
            respondents=optional_objects(respondents, "respondents", n, to_respondent, PLAIN_IDS),
            reasons=optional_objects(reasons, "reasons", n, to_text, PLAIN_TEXTS),
            suggestions=optional_objects(suggestions, "suggestions", n, to_text, PLAIN_TEXTS),
            weights=optional_weights(weights, n),
        )

    @classmethod
    def from_responses(
        cls,
        responses: Iterable[Response],
        *,
        time_zone: str | None = None,
        scale: Scale = Scale.STANDARD,
        name: str | None = None,
        question: str | None = None,
        kind: Kind | None = None,
        missing: Literal["allow", "raise"] = "allow",
        invalid: Literal["raise", "exclude"] = "raise",
    ) -> Self:
        """A survey from :class:`Response` objects; iterating over it gives equal ones back.

        The other arguments are those of :meth:`from_scores`. A response that says of itself that it is invalid is
        taken as such.

        Raises:
            InvalidScoreError: If a score is not on the scale.
            InvalidInputError: If something is not a response, or only some carry a weight.
        """
        if not isinstance(responses, Iterable):
            raise InvalidInputError(f"responses must be Response objects, got {type(responses).__name__}")
        rows = [*responses]
        if set(map(type, rows)) - {Response}:
            check_responses(rows)
        segments = [r.segments for r in rows]
        names = dict.fromkeys(chain.from_iterable(segments))
        weights = known([r.weight for r in rows])
        if weights is not None and None in weights:
            raise InvalidInputError(
                f"either every response must have a weight or none, got {weights.count(None)} of {len(rows)} without"
            )
        scores, times = [r.score for r in rows], [r.at for r in rows]
        survey = cls.from_scores(
            scores,
            at=known(times) if time_zone is None else times,
            time_zone=time_zone,
            respondents=known([r.respondent for r in rows]),
            reasons=known([r.reason for r in rows]),
            suggestions=known([r.suggestion for r in rows]),
            segments={name: [row.get(name) for row in segments] for name in names},
            weights=weights,
            scale=scale,
            name=name,
            question=question,
            kind=kind,
            invalid=invalid,
        )
        marked = [r.invalid for r in rows] if None in scores else []
        if any(marked):
            survey = attrs.evolve(survey, cells=np.where(marked, np.uint8(INVALID), survey._cells))
        check_answers(survey._cells, scores, scale, missing=missing, invalid="exclude")
        return survey

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        score: str,
        at: str | None = None,
        time_zone: str | None = None,
        respondent: str | None = None,
        reason: str | None = None,
        suggestion: str | None = None,
        segments: str | Sequence[str] = (),
        weight: str | None = None,
        scale: Scale = Scale.STANDARD,
        name: str | None = None,
        question: str | None = None,
        kind: Kind | None = None,
        missing: Literal["allow", "raise"] = "allow",
        invalid: Literal["raise", "exclude"] = "raise",
    ) -> Self:
        """A survey from the columns of a data frame, for work that needs rows; :meth:`Tally.from_frame` needs none.

        The columns that are named, and no others, are read into memory. Needs the extra ``frames``.

        Args:
            frame: Whatever :meth:`Tally.from_frame` takes.
            score: The column of scores: numbers; null and NaN are missing answers.
            at: The column of times: datetimes or dates.
            time_zone: The zone whose calendar is meant, as :meth:`from_scores` takes it.
            respondent: The column of ids, text or whole numbers.
            reason: The column of answers to "why?".
            suggestion: The column of answers to "what could we do better?".
            segments: The columns of labels.
            weight: The column of sampling weights.
            scale: The scale of the question.
            name: What the survey is called.
            question: The wording of the question.
            kind: ``"relationship"`` or ``"transactional"``.
            missing: As :meth:`from_scores` takes it.
            invalid: As :meth:`from_scores` takes it.

        Raises:
            UnknownNameError: If there is no such column.
            InvalidScoreError: If answers are not scores of the scale.
            InvalidInputError: If a column holds something else than it must.
            MissingDependencyError: If the extra is not installed, or what an engine hands its rows to.

        Example:
            >>> import polars as pl
            >>> import nps_core as nc
            >>> frame = pl.DataFrame({"nps": [9, 3], "shop": ["a", "b"], "comment": ["quick", None]})
            >>> survey = nc.Survey.from_frame(frame, score="nps", segments="shop", reason="comment")
            >>> survey.promoters[0].reason
            'quick'
        """
        names = as_names(segments, "segments")
        opened = Frame.of(frame, "reading a frame")
        objects = [column for column in (respondent, reason, suggestion) if column is not None]
        opened.check(score=score, labels=[*names, *objects], at=at, weight=weight)
        rows = opened.read([score, *names, *objects, *(column for column in (at, weight) if column is not None)])
        at_, respondents, reasons, suggestions, weights = (
            None if column is None else rows.column(column) for column in (at, respondent, reason, suggestion, weight)
        )
        return cls.from_scores(
            rows.column(score),
            at=at_,
            time_zone=time_zone,
            respondents=respondents,
            reasons=reasons,
            suggestions=suggestions,
            segments={segment: rows.column(segment) for segment in names},
            weights=weights,
            scale=scale,
            name=name,
            question=question,
            kind=kind,
            missing=missing,
            invalid=invalid,
        )

    # ------------------------------------------------------------------------------------------------ reading it

    def __len__(self) -> int:
        """How many responses there are, scored or not."""
        return len(self._cells)

    @property
    def n(self) -> int:
        """How many responses carry a score."""
        return len(self) - self.missing - self.invalid

    @property
    def missing(self) -> int:
        """How many answers were not given."""
        return int(np.count_nonzero(self._cells == MISSING))

    @property
    def invalid(self) -> int:
        """How many answers are not scores of the scale."""
        return int(np.count_nonzero(self._cells == INVALID))

    @property
    def scores(self) -> NDArray[np.float64]:
        """The score of each response, shape (len,), NaN where there is none."""
        return np.where(self._cells < MISSING, self._cells, np.nan)

    @property
    def at(self) -> Instants | None:
        """When each answer was given, shape (len,): UTC, or as written if the survey is naive; NaT where unknown.

        None if the survey has neither times nor a time zone.
        """
        return self._instants

    @property
    def weights(self) -> NDArray[np.float64] | None:
        """The sampling weight of each response, shape (len,), None if the survey has none."""
        return self._weights

    @property
    def segments(self) -> tuple[str, ...]:
        """The names of the segments."""
        return tuple(self._segments)

    def labels(self, segment: str) -> tuple[str, ...]:
        """The labels that occur in a segment, sorted.

        Raises:
            UnknownNameError: If the survey has no such segment.
        """
        return self._column(segment).labels

    @property
    def promoters(self) -> Self:
        """The responses of promoters."""
        return self.where(category=Category.PROMOTER)

    @property
    def passives(self) -> Self:
        """The responses of passives."""
        return self.where(category=Category.PASSIVE)

    @property
    def detractors(self) -> Self:
        """The responses of detractors."""
        return self.where(category=Category.DETRACTOR)

    def __iter__(self) -> Iterator[Response]:
        """Every response as an object."""
        n = len(self)
        nothing: list[None] = [None] * n
        columns = {name: column.values() for name, column in self._segments.items()}
        times = nothing if self._instants is None else local_times(self._instants, self.time_zone)
        weights = nothing if self._weights is None else self._weights.tolist()
        for i, cell in enumerate(self._cells.tolist()):
            yield Response(
                cell if cell < MISSING else None,
                at=times[i],
                respondent=(self._respondents or nothing)[i],
                reason=(self._reasons or nothing)[i],
                suggestion=(self._suggestions or nothing)[i],
                segments={name: values[i] for name, values in columns.items()},
                weight=weights[i],
                invalid=cell == INVALID,
            )

    @overload
    def __getitem__(self, index: int) -> Response: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Response | Self:
        """The response at an index, or the survey of a slice."""
        if isinstance(index, slice):
            return self._take(index)
        row = range(len(self))[index]
        return next(iter(self._take(slice(row, row + 1))))

    def __repr__(self) -> str:
        """The size, the scale and the segments, without any answer."""
        name = "" if self.name is None else f"{self.name!r}, "
        return (
            f"<Survey {name}n={self.n}, missing={self.missing}, invalid={self.invalid}, "
            f"scale={self.scale.lowest}-{self.scale.highest}, segments={list(self.segments)}>"
        )

    # -------------------------------------------------------------------------------------------- making another

    def where(
        self,
        mask: Any = None,
        *,
        segments: Mapping[str, Wanted] | None = None,
        category: Category | str | Collection[Category | str] | None = None,
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> Self:
        """The responses for which everything given holds.

        Args:
            mask: Booleans, shape (len,).
            segments: A label, or several, by segment name; None for responses without a label.
            category: A category, or several.
            since: The first moment that counts: a datetime, or a date in the survey's calendar.
            until: The first moment that counts no more.

        Raises:
            UnknownNameError: If the survey has no such segment.
            InvalidInputError: If the mask has another length or type, a category does not exist, or a time with a zone
                meets times without.

        Example:
            >>> import datetime as dt
            >>> import nps_core as nc
            >>> at = [dt.date(2026, 1, 31), dt.date(2026, 2, 1)]
            >>> survey = nc.Survey.from_scores([3, 9], at=at, time_zone="Europe/Helsinki")
            >>> survey.where(since=dt.date(2026, 2, 1), category="promoter").n
            1
        """
        keep = np.ones(len(self), np.bool_) if mask is None else checked_mask(mask, len(self))
        for name, wanted in checked_segments(segments).items():
            keep &= self._column(name).mask(wanted)
        if category is not None:
            keep &= category_mask(self._cells, self.scale, category)
        if since is not None:
            keep &= self._times() >= to_moment(since, "since", self.time_zone)
        if until is not None:
            keep &= self._times() < to_moment(until, "until", self.time_zone)
        return self._take(keep)

    def latest(self) -> Self:
        """One answer per respondent: the latest that has a score or, if none has, the latest.

        Of two at the same moment the later row counts; an unknown time is the earliest. Responses without a respondent
        are all kept, since nothing says that they are by the same person.

        Raises:
            InvalidInputError: If the survey has no times or no respondents.

        Example:
            >>> import datetime as dt
            >>> import nps_core as nc
            >>> at = [dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 1, 15)]
            >>> survey = nc.Survey.from_scores([3, 9, 8], at=at, time_zone="naive", respondents=["a", "a", "b"])
            >>> survey.latest().scores.tolist()
            [9.0, 8.0]
        """
        respondents, times = self._persons("latest()"), self._times()
        return self._take(latest_mask(respondents, times, self._cells < MISSING))

    def first(self) -> Self:
        """One answer per respondent: the first that has a score or, if none has, the first.

        Of two at the same moment the earlier row counts; an unknown time is the latest. Responses without a respondent
        are all kept, as by :meth:`latest`.

        Raises:
            InvalidInputError: If the survey has no times or no respondents.

        Example:
            >>> import datetime as dt
            >>> import nps_core as nc
            >>> at = [dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 1, 15)]
            >>> survey = nc.Survey.from_scores([3, 9, 8], at=at, time_zone="naive", respondents=["a", "a", "b"])
            >>> survey.first().scores.tolist()
            [3.0, 8.0]
        """
        respondents, times = self._persons("first()"), self._times()
        return self._take(first_mask(respondents, times, self._cells < MISSING))

    def redact(self, *, names: str | Collection[str] = ()) -> Self:
        """The same survey with what could give somebody away taken out of its texts.

        E-mail addresses, links, user names that begin with @ and numbers of seven digits or more go, dates among them,
        and the names that are given, as whole words, ignoring case. Nothing finds every name by itself: read before you
        publish. Ids of respondents and labels of segments stay; see :meth:`forget`.

        Args:
            names: Names of people, places or products.

        Raises:
            InvalidInputError: If a name is no text, or blank.

        Example:
            >>> import nps_core as nc
            >>> survey = nc.Survey.from_scores([3], reasons=["Ann never called me back on 040 123 4567"])
            >>> survey.redact(names=["Ann"])[0].reason
            '[name] never called me back on [number]'
        """
        pattern = names_pattern(names)
        reasons, suggestions = (
            None if texts is None else tuple(text and redacted(text, pattern) for text in texts)
            for texts in (self._reasons, self._suggestions)
        )
        return attrs.evolve(self, reasons=reasons, suggestions=suggestions)

    def forget(self, respondents: str | int | Collection[str | int], *, keep_scores: bool = True) -> Self:
        """The survey without anything that says who some of its respondents were.

        Their ids, reasons and suggestions go. The scores stay, with times, labels and weights, so that what has been
        published can be computed again. A label that few others carry may give somebody away: then scores must go, too.

        Args:
            respondents: An id, or several.
            keep_scores: Whether the responses stay, without a name; otherwise they go altogether.

        Raises:
            UnknownNameError: If an id does not occur in the survey. Ids of text and of whole numbers differ.
            InvalidInputError: If the survey has no respondents, or these are no ids.

        Example:
            >>> import nps_core as nc
            >>> survey = nc.Survey.from_scores([3, 9], respondents=["ann", "bob"], reasons=["slow", "quick"])
            >>> forgotten = survey.forget("ann")
            >>> [(r.score, r.respondent, r.reason) for r in forgotten]
            [(3, None, None), (9, 'bob', 'quick')]
            >>> len(survey.forget("ann", keep_scores=False))
            1
        """
        own = self._persons("forget()")
        must_be_bool("keep_scores", keep_scores)
        wanted = wanted_ids(respondents, {*own})
        stays = np.array([each not in wanted for each in own], np.bool_)
        if not keep_scores:
            return self._take(stays)
        return attrs.evolve(
            self,
            reading=None,
            respondents=blanked(self._respondents, ~stays),
            reasons=blanked(self._reasons, ~stays),
            suggestions=blanked(self._suggestions, ~stays),
        )

    def __add__(self, other: "Survey") -> Self:
        """The responses of both, in order. A segment, text or time that only one has is unknown for the other.

        Raises:
            IncompatibleError: If they differ in scale, question, kind or time zone, or only one has weights.
        """
        if not isinstance(other, Survey):
            return NotImplemented
        for what, mine, theirs in (
            ("question", self.question, other.question),
            ("kind", self.kind, other.kind),
            ("time zone", self.time_zone, other.time_zone),
        ):
            if mine is not None and theirs is not None and mine != theirs:
                raise IncompatibleError(f"surveys must have the same {what} to be added, got {mine!r} and {theirs!r}")
        if self.scale != other.scale:
            raise IncompatibleError(f"surveys must have the same scale to be added, got {self.scale} and {other.scale}")
        if (self._weights is None) != (other._weights is None):
            raise IncompatibleError("either both surveys must have weights to be added or none")
        n, m = len(self), len(other)
        segments = {
            name: LabelColumn.concatenate(
                [
                    self._segments.get(name) or LabelColumn.unlabelled(n),
                    other._segments.get(name) or LabelColumn.unlabelled(m),
                ]
            )
            for name in dict.fromkeys([*self.segments, *other.segments])
        }
        return type(self)(
            scale=self.scale,
            name=self.name if self.name == other.name else None,
            question=self.question or other.question,
            kind=self.kind or other.kind,
            time_zone=self.time_zone or other.time_zone,
            cells=np.concatenate([self._cells, other._cells]),
            instants=joined_arrays(self._instants, other._instants, n, m, np.datetime64("NaT", "us")),
            segments=segments,
            respondents=joined(self._respondents, other._respondents, n, m),
            reasons=joined(self._reasons, other._reasons, n, m),
            suggestions=joined(self._suggestions, other._suggestions, n, m),
            weights=joined_arrays(self._weights, other._weights, n, m, np.nan),
        )

    def __radd__(self, other: int) -> Self:
        """Let ``sum(surveys)`` begin with its 0."""
        if other != 0:
            return NotImplemented
        return self

    def tally(self, by: str | Sequence[str] = (), *, every: Every | None = None) -> Tally:
        """Count the answers per group.

        Args:
            by: The segments that make the groups.
            every: ``"day"``, ``"week"`` (ISO, from Monday), ``"month"``, ``"quarter"`` or ``"year"``: the calendar
                period, in the survey's time zone, that makes the groups, too.

        Raises:
            UnknownNameError: If the survey has no such segment.
            InvalidInputError: If the survey has no times, or there is no such period.
        """
        names = as_names(by)
        if every is not None:
            check_every(every)
        groups = count_rows(
            self._cells,
            [self._column(name) for name in names],
            instants=None if every is None else self._times(),
            time_zone=self.time_zone,
            every=every,
            weights=self._weights,
        )
        time_zone = None if every is None else self.time_zone
        return Tally(scale=self.scale, by=names, every=every, time_zone=time_zone, **groups)

    # ------------------------------------------------------------------------------------------------- the parts

    def _column(self, segment: str) -> LabelColumn:
        try:
            return self._segments[segment]
        except (KeyError, TypeError):
            raise unknown_name("segment", segment, self.segments) from None

    def _persons(self, what: str) -> tuple[str | int | None, ...]:
        if self._respondents is None:
            raise InvalidInputError(f"{what} needs respondents: pass respondents= when making the survey")
        return self._respondents

    def _times(self) -> Instants:
        if self._instants is None:
            raise InvalidInputError("the survey has no known time: pass at= when making it")
        return self._instants

    def _take(self, rows: slice | NDArray[np.bool_]) -> Self:
        return attrs.evolve(
            self,
            reading=None,
            cells=self._cells[rows],
            instants=None if self._instants is None else self._instants[rows],
            segments={name: column.take(rows) for name, column in self._segments.items()},
            respondents=taken(self._respondents, rows),
            reasons=taken(self._reasons, rows),
            suggestions=taken(self._suggestions, rows),
            weights=None if self._weights is None else self._weights[rows],
        )
