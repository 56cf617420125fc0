"""Who may be asked again, and on which day."""

import datetime as dt
import functools
from typing import Any, ClassVar, Final

import attrs
import numpy as np

from nps_core.analysis.result import Result
from nps_core.analysis.rhythm import Programme
from nps_core.counting.zones import Days
from nps_core.display import numbers
from nps_core.display.curves import Curves
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, UnknownNameError, must_be_one_of
from nps_core.model.immutable import content, freeze
from nps_core.model.sources import as_whole
from nps_core.model.survey import KINDS, Kind, Survey
from nps_core.model.tabular import Columns

_MOST_ROWS: Final = 40
"""So many respondents are printed."""

_LONGEST: Final = 100_000
_NEVER: Final = np.datetime64("NaT", "D")
_LAST_DAY: Final = np.datetime64(dt.date.max, "D")


def _days(value: int) -> int:
    whole = as_whole(value)
    if whole is None or not 0 <= whole <= _LONGEST:
        raise InvalidInputError(f"the days of a rule must be a whole number from 0 to {_LONGEST:,}, got {value!r}")
    return whole


@attrs.frozen(kw_only=True)
class QuarantineRules:
    """How many days must pass before the same person is asked again. There is no standard: the numbers are yours.

    Attributes:
        relationship: From one relationship survey to the next.
        transactional: From one transactional survey to the next.
        any_kind: From any survey to any other.

    Raises:
        InvalidInputError: If one is not a whole number, 0 or more.

    Example:
        >>> import nps_core as nc
        >>> nc.QuarantineRules(relationship=180, transactional=30, any_kind=14)
        QuarantineRules(relationship=180, transactional=30, any_kind=14)
    """

    relationship: int = attrs.field(converter=_days)
    transactional: int = attrs.field(converter=_days)
    any_kind: int = attrs.field(default=0, converter=_days)


@attrs.frozen(kw_only=True)
class QuarantinedRespondent:
    """When one person was asked, and may be asked again.

    Attributes:
        respondent: Who it is.
        last_relationship: The day of the last relationship survey, None if there was none.
        last_transactional: The day of the last transactional survey, None if there was none.
        relationship_from: The first day on which another relationship survey is allowed; None for never, where nobody
            knows when the person was asked.
        transactional_from: The same of a transactional survey.
        undated: Whether the person was asked at a time that is not known.
    """

    respondent: str | int = attrs.field(repr=False)
    last_relationship: dt.date | None
    last_transactional: dt.date | None
    relationship_from: dt.date | None
    transactional_from: dt.date | None
    undated: bool


@attrs.frozen(kw_only=True, repr=False)
class Quarantine(Result):
    """Who may be asked again on which day.

    ``quarantine["customer-7"]`` is one :class:`QuarantinedRespondent`, ``quarantine.respondents`` are all ids, in the
    order in which they were first met. Whoever was asked at an unknown time is never allowed: to be on the safe side.

    Attributes:
        rules: The rules.
        respondents: Everybody who was ever asked.
        anonymous: How many responses have no respondent, so that nobody knows who was asked.
    """

    rules: QuarantineRules
    respondents: tuple[str | int, ...]
    anonymous: int
    _last: Days = attrs.field(alias="last", converter=freeze, eq=content)
    _undated: Any = attrs.field(alias="undated", converter=freeze, eq=content)

    __iter__: ClassVar[None] = None  # its respondents are to be iterated over

    def __len__(self) -> int:
        """How many respondents there are."""
        return len(self.respondents)

    def __getitem__(self, respondent: str | int) -> QuarantinedRespondent:
        """One respondent.

        Raises:
            UnknownNameError: If nobody of that id was ever asked.
        """
        if not isinstance(respondent, (str, int)) or respondent not in self._rows:
            raise UnknownNameError(
                f"a respondent must be one of the {len(self):,} who were asked, got another {type(respondent).__name__}"
            )
        row = self._rows[respondent]
        last, allowed = self._last[:, row].tolist(), [self._from(kind)[row].tolist() for kind in KINDS]
        return QuarantinedRespondent(
            respondent=self.respondents[row],
            last_relationship=last[0],
            last_transactional=last[1],
            relationship_from=allowed[0],
            transactional_from=allowed[1],
            undated=bool(self._undated[row]),
        )

    @functools.cached_property
    def _rows(self) -> dict[str | int, int]:
        return {respondent: row for row, respondent in enumerate(self.respondents)}

    def may_be_asked(self, kind: Kind, *, on: dt.date) -> tuple[str | int, ...]:
        """Those who may be asked on a day. Whoever was never asked is not in the data, and may be asked anyway.

        Args:
            kind: ``"relationship"`` or ``"transactional"``.
            on: The day.

        Raises:
            InvalidInputError: If there is no such kind, or the day is not a date.
        """
        must_be_one_of("kind", kind, KINDS)
        if not isinstance(on, dt.date) or isinstance(on, dt.datetime):
            raise InvalidInputError(f"on must be a date, got {on!r}")
        allowed = self._from(kind) <= np.datetime64(on)  # False for NaT
        return tuple(self.respondents[row] for row in np.flatnonzero(allowed).tolist())

    def _from(self, kind: Kind) -> Days:
        """The first day on which each respondent may be asked, NaT for never."""
        own = self._last[KINDS.index(kind)] + np.timedelta64(getattr(self.rules, kind), "D")
        other = np.fmax.reduce(self._last, axis=0) + np.timedelta64(self.rules.any_kind, "D")
        allowed = np.minimum(np.fmax(own, other), _LAST_DAY)
        return np.asarray(np.where(self._undated, _NEVER, allowed), "datetime64[D]")

    def _columns(self) -> Columns:
        return {
            "respondent": list(self.respondents),
            **{f"last_{kind}": self._last[row] for row, kind in enumerate(KINDS)},
            **{f"{kind}_from": self._from(kind) for kind in KINDS},
            "undated": self._undated,
        }

    def _picture(self) -> Curves:
        allowed = {kind: np.sort(self._from(kind)[~self._undated]) for kind in KINDS}
        days = np.unique(np.concatenate(list(allowed.values())))
        if len(days):  # a day on each side, so that even one day has a line
            days = np.concatenate([days[:1] - np.timedelta64(1, "D"), days, days[-1:] + np.timedelta64(1, "D")])
        return Curves(
            title=f"How many of {numbers.count(len(self))} respondents may be asked again",
            x=days.tolist(),
            lines={kind: np.searchsorted(each, days, side="right").tolist() for kind, each in allowed.items()},
            across="day",
            up="respondents",
            is_stepped=True,
        )

    def _table(self) -> Table:
        columns = {name: column[:_MOST_ROWS] for name, column in self._columns().items()}
        days = [[_shown(day) for day in columns[name].tolist()] for name in (*columns,)[1:-1]]  # type: ignore[union-attr]
        waits = ", ".join(f"{name.replace('_', ' ')} {days}" for name, days in attrs.asdict(self.rules).items())
        notes = [f"Days to wait: {waits}."]
        if len(self) > _MOST_ROWS:
            notes.append(f"Not shown: {numbers.count(len(self) - _MOST_ROWS)} more; to_dicts() has all.")
        if self._undated.any():
            notes.append(f"Asked at an unknown time, and never allowed: {numbers.count(int(self._undated.sum()))}.")
        if self.anonymous:
            notes.append(f"Responses without a respondent: {numbers.count(self.anonymous)}.")
        return Table(
            title=f"Quarantine of {numbers.count(len(self))} respondents",
            header=("respondent", "last relationship", "transactional", "relationship from", "transactional from"),
            rows=tuple(zip(map(str, columns["respondent"]), *days, strict=True)),
            notes=tuple(notes),
        )

    def __repr__(self) -> str:
        """The size and the rules, without a respondent."""
        return f"Quarantine(respondents={len(self)}, rules={self.rules})"


def quarantine(*surveys: Survey, rules: QuarantineRules) -> Quarantine:
    """Who may be asked again, and on which day, so that nobody is asked too often.

    Every response counts, answered or not: it is being asked that tires people. A day is allowed if, since the last
    survey of the same kind and since the last of any kind, at least as many days have passed as the rules say.

    Args:
        surveys: Surveys of a known kind, with respondents, and with times in the same zone.
        rules: The days that must pass.

    Raises:
        InvalidInputError: If a survey has no respondents or no kind.
        IncompatibleError: If the surveys are of different time zones, or some respondents are text and others numbers.

    Example:
        >>> import datetime as dt
        >>> import nps_core as nc
        >>> visits = nc.Survey.from_scores(
        ...     [9, None],
        ...     at=[dt.date(2026, 1, 5), dt.date(2026, 1, 20)],
        ...     time_zone="naive",
        ...     respondents=["ann", "bob"],
        ...     kind="transactional",
        ... )
        >>> found = nc.quarantine(visits, rules=nc.QuarantineRules(relationship=90, transactional=30, any_kind=7))
        >>> found["bob"].relationship_from
        datetime.date(2026, 1, 27)
        >>> found.may_be_asked("transactional", on=dt.date(2026, 2, 4))
        ('ann',)
    """
    if not isinstance(rules, QuarantineRules):
        raise InvalidInputError(f"rules must be QuarantineRules, got {type(rules).__name__}")
    programme = Programme.of(surveys)
    for place, survey in enumerate(surveys):
        if survey.kind is None:
            raise InvalidInputError(f"kind must be known of every survey in a quarantine, got None (index {place})")
        if survey._respondents is None:
            raise InvalidInputError(f"every survey in a quarantine must have respondents, got none (index {place})")
    last = np.full((len(KINDS), len(programme.names)), _NEVER)
    dated = ~np.isnat(programme.days) & (programme.persons >= 0)
    np.fmax.at(last, (programme.kinds[dated], programme.persons[dated]), programme.days[dated])
    undated = np.zeros(len(programme.names), np.bool_)
    undated[programme.persons[np.isnat(programme.days) & (programme.persons >= 0)]] = True
    return Quarantine(
        rules=rules,
        respondents=programme.names,
        anonymous=int(np.count_nonzero(programme.persons < 0)),
        last=last,
        undated=undated,
    )


def _shown(day: dt.date | None) -> str:
    return numbers.NOTHING if day is None else day.isoformat()
