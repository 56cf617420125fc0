"""The queue of follow-ups, what was done, and what came of it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias, get_args

import attrs
import numpy as np

from nps_core.analysis.moves import Share
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import NetPromoterScore, level_in_words, nps
from nps_core.counting.zones import NAIVE
from nps_core.display import numbers
from nps_core.display.columns import ColumnChart, Part
from nps_core.display.rows import Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, must_be_one_of, unknown_name
from nps_core.model.immutable import FrozenMapping
from nps_core.model.response import instant_of
from nps_core.model.scale import Category
from nps_core.model.survey import Survey
from nps_core.model.tabular import Columns
from nps_core.stats.normal import check_confidence_level

State: TypeAlias = Literal["open", "contacted", "resolved"]
"""How far a follow-up has come."""

Owner: TypeAlias = Literal["front line", "middle management", "executive"]
"""Whose task it is."""

OWNERS: Final[tuple[Owner, ...]] = get_args(Owner)

_QUARTERS: Final = (0.25, 0.5, 0.75)


def _closed(counts: Mapping[str, int]) -> Mapping[str, int]:
    return FrozenMapping(counts)


@attrs.frozen(kw_only=True)
class LoopEvent:
    """Something that was done about an answer.

    Attributes:
        respondent: Whose answer it was.
        at: When it was done, with a time zone if the times of the survey have one.
        state: ``"contacted"`` or ``"resolved"``.
    """

    respondent: str | int = attrs.field(repr=False)
    at: dt.datetime
    state: Literal["contacted", "resolved"]

    def __attrs_post_init__(self) -> None:
        """Refuse what is no event."""
        must_be_one_of("state", self.state, ("contacted", "resolved"))
        if not isinstance(self.at, dt.datetime):
            raise InvalidInputError(f"at must be a datetime, got {self.at!r}")


@attrs.frozen(kw_only=True)
class FollowUp:
    """One person to be contacted. The repr shows neither the person nor any text.

    Attributes:
        respondent: Who it is.
        score: The score given.
        category: What it makes of the person.
        at: When it was given.
        why: Why the person is here, in words.
        priority: 1 for what comes first.
        owner: Whose task it is.
        due: Until when contact is to be made.
        state: How far it has come.
        contacted_at: When contact was first made, None if not yet.
        reason: The answer to "why?".
        suggestion: The answer to "what could we do better?".
        segments: Labels by name.
    """

    respondent: str | int = attrs.field(repr=False)
    score: int
    category: Category
    at: dt.datetime
    why: str
    priority: int
    owner: Owner
    due: dt.datetime
    state: State
    contacted_at: dt.datetime | None
    reason: str | None = attrs.field(repr=False)
    suggestion: str | None = attrs.field(repr=False)
    segments: Mapping[str, str | None]


@attrs.frozen(kw_only=True, repr=False)
class FollowUps(Result):
    """The queue, the most urgent first. Printed, it shows how many there are, and nobody.

    Attributes:
        items: Every follow-up; ``to_dicts()`` and frames have a row for each, with the respondent.
        held_back: How many answers are not followed up, by why.
        now: The moment it is seen from.
    """

    items: tuple[FollowUp, ...]
    held_back: Mapping[str, int] = attrs.field(converter=_closed)
    now: dt.datetime

    def __len__(self) -> int:
        """How many follow-ups there are, in any state."""
        return len(self.items)

    @property
    def open(self) -> tuple[FollowUp, ...]:
        """Those where nobody has made contact yet."""
        return tuple(item for item in self.items if item.state == "open")

    @property
    def overdue(self) -> tuple[FollowUp, ...]:
        """Those of the open ones whose time is over."""
        return tuple(item for item in self.open if instant_of(item.due) < instant_of(self.now))

    def digest(self, by: str = "owner") -> "FollowUpDigest":
        """How many follow-ups each team has, without anybody's name or words.

        Args:
            by: ``"owner"``, or the name of a segment.

        Raises:
            UnknownNameError: If there is no such segment.
        """
        names = dict.fromkeys(name for item in self.items for name in item.segments)
        if by != "owner" and self.items and by not in names:
            raise unknown_name("by", by, ["owner", *names])
        teams: dict[str | None, list[FollowUp]] = {owner: [] for owner in OWNERS} if by == "owner" else {}
        for item in self.items:
            teams.setdefault(item.owner if by == "owner" else item.segments.get(by), []).append(item)
        overdue = set(map(id, self.overdue))
        rows = [
            DigestRow(
                team=team,
                open=sum(item.state == "open" for item in items),
                overdue=sum(id(item) in overdue for item in items),
                due_today=sum(item.state == "open" and item.due.date() == _day(self.now, item.due) for item in items),
                contacted=sum(item.state == "contacted" for item in items),
                resolved=sum(item.state == "resolved" for item in items),
            )
            for team, items in teams.items()
        ]
        return FollowUpDigest(by=by, rows=tuple(sorted(rows, key=lambda row: -row.open)))

    def __repr__(self) -> str:
        return f"FollowUps({len(self.open)} open, {len(self.overdue)} overdue, {len(self)} in all)"

    def _columns(self) -> Columns:
        plain = ("respondent", "score", "category", "at", "why", "priority", "owner", "due", "state", "contacted_at")
        columns: Columns = {
            name: [getattr(item, name) for item in self.items] for name in (*plain, "reason", "suggestion")
        }
        columns["category"] = [str(item.category) for item in self.items]
        return columns

    def _picture(self) -> ColumnChart:
        return _chart(self.digest(), self._table().title)

    def _table(self) -> Table:
        digest = self.digest()
        held_back = "; ".join(f"{why} {numbers.count(n)}" for why, n in self.held_back.items() if n)
        return Table(
            title=f"Follow-ups: {numbers.count(len(self.open))} open, {numbers.count(len(self.overdue))} overdue",
            header=_header("owner"),
            rows=tuple(map(_row, digest.rows)),
            notes=(f"Not followed up: {held_back}.",) if held_back else (),
        )


@attrs.frozen(kw_only=True)
class DigestRow:
    """The follow-ups of one team.

    Attributes:
        team: Its name.
        open: How many wait for contact.
        overdue: How many of them have waited too long.
        due_today: How many of them are due on this day.
        contacted: How many have been contacted, and are not resolved.
        resolved: How many are.
    """

    team: str | None
    open: int
    overdue: int
    due_today: int
    contacted: int
    resolved: int


@attrs.frozen(kw_only=True)
class FollowUpDigest(Result):
    """How many follow-ups each team has.

    Attributes:
        by: What makes a team.
        rows: One per team, the one with most open first.
    """

    by: str
    rows: tuple[DigestRow, ...]

    def _columns(self) -> Columns:
        counts = ("open", "overdue", "due_today", "contacted", "resolved")
        numbers_of: Columns = {name: np.array([getattr(row, name) for row in self.rows], np.int64) for name in counts}
        return {"team": [row.team for row in self.rows], **numbers_of}

    def _picture(self) -> ColumnChart:
        return _chart(self, self._table().title)

    def _table(self) -> Table:
        return Table(
            title=f"Follow-ups by {self.by}",
            header=_header(self.by),
            rows=tuple(map(_row, self.rows)),
        )


def _chart(digest: FollowUpDigest, title: str) -> ColumnChart:
    rows = digest.rows
    states = {
        "overdue": [row.overdue for row in rows],
        "open": [row.open - row.overdue for row in rows],
        "contacted": [row.contacted for row in rows],
        "resolved": [row.resolved for row in rows],
    }
    return ColumnChart(
        title=title,
        labels=[numbers.NOTHING if row.team is None else row.team for row in rows],
        parts=[
            Part(name=state, heights=heights, colours=f"C{colour}")
            for colour, (state, heights) in zip((3, 1, 0, 2), states.items(), strict=True)
        ],
        across=digest.by,
        up="follow-ups",
    )


def _header(by: str) -> tuple[str, ...]:
    return (by, "open", "overdue", "due today", "contacted", "resolved")


def _row(row: DigestRow) -> tuple[str, ...]:
    counts = (row.open, row.overdue, row.due_today, row.contacted, row.resolved)
    return (numbers.NOTHING if row.team is None else row.team, *map(numbers.count, counts))


@attrs.frozen(kw_only=True)
class LoopMeasures(Result):
    """How well the loop is closed. Whoever is contacted is not chosen by lot: recovery is no proof of an effect.

    Attributes:
        n: How many follow-ups there are.
        contacted: Which share has been contacted.
        in_time: Which share was contacted within the agreed time, of those contacted or overdue.
        hours_to_contact: The quartiles of the hours from answer to contact; None without a contact.
        resolved: Which share is resolved.
        recovered: What those who were contacted answered next; None if nobody did, or no later answers are given.
        others: What those who were not contacted answered next.
        confidence_level: The level of all intervals.
    """

    n: int
    contacted: Share
    in_time: Share
    hours_to_contact: tuple[float, float, float] | None
    resolved: Share
    recovered: NetPromoterScore | None
    others: NetPromoterScore | None
    confidence_level: float

    def _columns(self) -> Columns:
        shares = {"contacted": self.contacted, "in_time": self.in_time, "resolved": self.resolved}
        values = {
            f"{name}{ending}": getattr(share, end)
            for name, share in shares.items()
            for ending, end in (("", "value"), ("_low", "low"), ("_high", "high"))
        }
        values |= {"median_hours": self.hours_to_contact and self.hours_to_contact[1]}
        values |= {name: score and score.value for name, score in self._scores()}
        return {"n": [self.n], **{name: np.array([value], np.float64) for name, value in values.items()}}

    def _scores(self) -> tuple[tuple[str, NetPromoterScore | None], ...]:
        return (("recovered_nps", self.recovered), ("others_nps", self.others))

    def _picture(self) -> Rows:
        shares = {"contacted": self.contacted, "in time": self.in_time, "resolved": self.resolved}
        return Rows(
            title=self._table().title,
            unit=f"percent, with its {level_in_words(self.confidence_level)}",
            rows=[
                Row(
                    label=name,
                    value=None if share.value is None else 100 * share.value,
                    low=100 * share.low,
                    high=100 * share.high,
                    note=f"{numbers.count(share.count)} of {numbers.count(share.of)}",
                    is_bar=True,
                    instead="nobody",
                )
                for name, share in shares.items()
            ],
        )

    def _table(self) -> Table:
        rows = [
            _share_row("contacted", self.contacted),
            _share_row("contacted in time", self.in_time),
            _share_row("resolved", self.resolved),
        ]
        for word, score in (("NPS next time, contacted", self.recovered), ("NPS next time, others", self.others)):
            if score is not None:
                around = score.confidence_interval
                rows.append(
                    (word, numbers.decimal(score.value), numbers.span(around.low, around.high), f"n = {score.n}")
                )
        notes = []
        if self.hours_to_contact is not None:
            low, median, high = (numbers.decimal(hours) for hours in self.hours_to_contact)
            notes.append(f"Hours to contact: {median} in the middle, half of them {low} to {high}.")
        if self.recovered is not None:
            notes.append(
                "Low scores rise by chance alone, and whom to contact is not drawn by lot: no proof of an effect."
            )
        return Table(
            title="Closing the loop",
            header=("", "", level_in_words(self.confidence_level), "of"),
            rows=tuple(rows),
            notes=tuple(notes),
        )


def _share_row(word: str, share: Share) -> tuple[str, ...]:
    around = numbers.percent_span(share.low, share.high)
    return word, numbers.percent(share.value), around, f"{numbers.count(share.count)} of {numbers.count(share.of)}"


def loop_measures(queue: FollowUps, later: Survey | None = None, *, confidence_level: float = 0.95) -> LoopMeasures:
    """How many were contacted, how fast, how many within the agreed time, and what they answered next.

    Args:
        queue: The follow-ups, as :func:`follow_ups` gives them.
        later: Answers with respondents and times, among which the next one of each person is looked for: after contact,
            or after the answer of those who were not contacted.
        confidence_level: Between 0 and 1.

    Raises:
        InvalidInputError: If later answers have no respondents or no times, or an option is not what it must be.

    Example:
        >>> import datetime as dt
        >>> import nps_core as nc
        >>> from nps_core.programme import LoopEvent, follow_ups, loop_measures
        >>> monday = dt.datetime(2026, 3, 2, 9)
        >>> survey = nc.Survey.from_scores([2, 5], at=[monday] * 2, time_zone="naive", respondents=["ann", "bob"])
        >>> call = LoopEvent(respondent="ann", at=monday + dt.timedelta(hours=3), state="contacted")
        >>> queue = follow_ups(survey, now=monday + dt.timedelta(days=2), consent=True, events=[call])
        >>> measures = loop_measures(queue)
        >>> measures.in_time.value, measures.hours_to_contact
        (0.5, (3.0, 3.0, 3.0))
    """
    if not isinstance(queue, FollowUps):
        raise InvalidInputError(f"queue must be FollowUps, got {type(queue).__name__}")
    level = check_confidence_level(confidence_level)
    times = {id(item): item.contacted_at for item in queue.items}
    hours = [_hours_between(item.at, item.contacted_at) for item in queue.items if item.contacted_at]
    contacted = [item for item in queue.items if times[id(item)] is not None]
    in_time = [
        item
        for item in contacted
        if item.contacted_at is not None and instant_of(item.contacted_at) <= instant_of(item.due)
    ]
    resolved = sum(item.state == "resolved" for item in queue.items)
    n = len(queue)
    recovered, others = (None, None) if later is None else _next_scores(queue, later, level)
    return LoopMeasures(
        n=n,
        contacted=Share.of_counts(len(contacted), n, level),
        in_time=Share.of_counts(len(in_time), len(contacted) + len(queue.overdue), level),
        hours_to_contact=_quartiles(hours),
        resolved=Share.of_counts(resolved, n, level),
        recovered=recovered,
        others=others,
        confidence_level=level,
    )


def _hours_between(first: dt.datetime, second: dt.datetime) -> float:
    """Hours that passed; Python would subtract what the clocks show."""
    return (instant_of(second) - instant_of(first)) / dt.timedelta(hours=1)


def _day(now: dt.datetime, there: dt.datetime) -> dt.date:
    """The date of a moment, where another one is."""
    return (now if now.tzinfo is None else now.astimezone(there.tzinfo)).date()


def _quartiles(hours: list[float]) -> tuple[float, float, float] | None:
    if not hours:
        return None
    low, median, high = np.quantile(hours, _QUARTERS).tolist()
    return low, median, high


def _next_scores(
    queue: FollowUps, later: Survey, level: float
) -> tuple[NetPromoterScore | None, NetPromoterScore | None]:
    """The scores of the next answers: of those who were contacted, and of the others."""
    if not isinstance(later, Survey):
        raise InvalidInputError(f"later must be a Survey, got {type(later).__name__}")
    if later.time_zone is not None and (later.time_zone == NAIVE) != (queue.now.tzinfo is None):
        raise InvalidInputError("later answers must carry a time zone if the follow-ups do, and none if they do not")
    since: dict[Any, tuple[dt.datetime, bool]] = {
        item.respondent: (instant_of(item.contacted_at or item.at), item.contacted_at is not None)
        for item in queue.items
    }
    if len(later) and queue.items:
        later.first()  # or the error that says what is needed
    keep: tuple[list[bool], list[bool]] = ([], [])
    for response in later:
        after, was_contacted = since.get(response.respondent, (None, False))
        is_next = after is not None and response.at is not None and instant_of(response.at) > after
        keep[0].append(is_next and was_contacted and response.score is not None)
        keep[1].append(is_next and not was_contacted and response.score is not None)
    scores = [nps(later.where(mask).first(), confidence_level=level) if any(mask) else None for mask in keep]
    return scores[0], scores[1]
