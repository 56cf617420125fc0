"""Closing the loop: who is to be contacted, by whom and until when."""

import datetime as dt
from collections.abc import Iterable, Mapping, Set
from typing import Any, Final, cast

import attrs
import numpy as np

from nps_core.analysis.outcomes import checked_survey
from nps_core.counting.columns import as_list, as_mapping, as_numbers
from nps_core.counting.zones import NAIVE
from nps_core.errors import InvalidInputError
from nps_core.model.immutable import FrozenMapping
from nps_core.model.response import Response, instant_of
from nps_core.model.scale import Category
from nps_core.model.sources import as_whole
from nps_core.model.survey import Survey
from nps_core.programme.loop import FollowUp, FollowUps, LoopEvent, Owner, State
from nps_core.programme.promoters import check_consent

_MOST_HOURS: Final = 24 * 366
_DAY: Final = dt.timedelta(days=1)

_NO_RULE: Final = "no rule for the category"
_UNKNOWN: Final = "no respondent or time"
_NO_CONSENT: Final = "no consent"
_IN_QUARANTINE: Final = "in quarantine"


def _hours(value: int | None) -> int | None:
    whole = as_whole(value)
    if value is not None and (whole is None or not 1 <= whole <= _MOST_HOURS):
        raise InvalidInputError(f"hours must be a whole number from 1 to {_MOST_HOURS:,}, or None, got {value!r}")
    return whole


def _dates(values: Iterable[dt.date]) -> frozenset[dt.date]:
    days = as_list([*values] if isinstance(values, Set) else values, "holidays")
    for day in days:
        if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
            raise InvalidInputError(f"holidays must be dates, got {day!r}")
    return frozenset(days)


def _weekdays(values: Iterable[int]) -> frozenset[int]:
    days = frozenset(map(as_whole, [*values] if isinstance(values, Set) else as_list(values, "weekend")))
    if not days <= set(range(7)) or len(days) == 7:
        raise InvalidInputError(f"weekend must be days from 0 (Monday) to 6, and not all of them, got {values!r}")
    return cast(frozenset[int], days)


def _check_amount(value: object, what: str) -> None:
    if np.isnan(as_numbers([value], what)[0]):
        raise InvalidInputError(f"{what} must be a number, got {value!r}")


@attrs.frozen(kw_only=True)
class FollowUpRules:
    """Who is contacted, within which time, and by whom. The defaults are the customary 24 and 48 hours.

    Attributes:
        detractors: Within how many hours detractors are contacted; None for not at all.
        passives: The same for passives.
        promoters: The same for promoters, to thank them; not at all by default.
        weekend: Weekdays that do not count, from 0 for Monday: Saturday and Sunday; ``()`` to count every day.
        holidays: Dates that do not count either.
        management_up_to: Detractors with a score up to this are a matter for middle management; others for the front
            line.
        executive_from: Detractors of at least this value are a matter for an executive; None for nobody.
        quarantine_days: Who was contacted so few days before the answer is left in peace.

    Raises:
        InvalidInputError: If one is not what it must be.

    Example:
        >>> from nps_core.programme import FollowUpRules
        >>> FollowUpRules(detractors=24, passives=None).detractors
        24
    """

    detractors: int | None = attrs.field(default=24, converter=_hours)
    passives: int | None = attrs.field(default=48, converter=_hours)
    promoters: int | None = attrs.field(default=None, converter=_hours)
    weekend: frozenset[int] = attrs.field(default=frozenset({5, 6}), converter=_weekdays)
    holidays: frozenset[dt.date] = attrs.field(default=frozenset(), converter=_dates)
    management_up_to: int = 3
    executive_from: float | None = None
    quarantine_days: int = 30

    def __attrs_post_init__(self) -> None:
        """Refuse numbers that are none."""
        if self.executive_from is not None:
            _check_amount(self.executive_from, "executive_from")
        for name in ("management_up_to", "quarantine_days"):
            whole = as_whole(getattr(self, name))
            if whole is None or not -1 <= whole <= _MOST_HOURS:
                raise InvalidInputError(f"{name} must be a whole number, got {getattr(self, name)!r}")

    def hours_for(self, category: Category) -> int | None:
        """Within how many hours a category is contacted, None for not at all."""
        return {"detractor": self.detractors, "passive": self.passives, "promoter": self.promoters}[category]

    def due(self, at: dt.datetime, hours: int) -> dt.datetime:
        """When so many hours of business days are over, by the clock on the wall.

        A day that does not count does not let time pass: 24 hours from Friday 18:00 are over on Monday 18:00.
        """
        left, now = dt.timedelta(hours=hours), at.replace(tzinfo=None)
        while True:
            next_day = dt.datetime.combine(now.date() + _DAY, dt.time())
            if now.weekday() in self.weekend or now.date() in self.holidays:
                now = next_day
            elif left < next_day - now:
                return (now + left).replace(tzinfo=at.tzinfo)
            else:
                left, now = left - (next_day - now), next_day


def follow_ups(
    survey: Survey,
    *,
    now: dt.datetime,
    consent: Any,
    rules: FollowUpRules | None = None,
    events: Iterable[LoopEvent] = (),
    values: Mapping[Any, float] | None = None,
) -> FollowUps:
    """The queue of who is to be contacted after a survey: the latest answer of each respondent, by rules.

    Priority 1 are the most valuable detractors, 2 those of the lowest scores, 3 other detractors, 4 passives and 5
    promoters; within a priority what is due first comes first.

    Args:
        survey: The answers, with respondents and times.
        now: The moment it is seen from, with a time zone if the survey's times have one. Later answers and events are
            not known yet.
        consent: The ids of the respondents who agreed to be contacted, as a list, a set or a column; True if all did.
        rules: Who is contacted, within which time, and by whom.
        events: What was done so far. Contact after the answer sets the state of its follow-up; contact before it,
            within the quarantine, holds it back.
        values: What customers are worth, by respondent.

    Raises:
        InvalidInputError: If the survey has no respondents or no times, or an option is not what it must be.

    Example:
        >>> import datetime as dt
        >>> import nps_core as nc
        >>> from nps_core.programme import follow_ups
        >>> friday = dt.datetime(2026, 3, 6, 18)
        >>> survey = nc.Survey.from_scores([2, 7, 10], at=[friday] * 3, time_zone="naive", respondents=["a", "b", "c"])
        >>> queue = follow_ups(survey, now=friday, consent=True)
        >>> [(item.respondent, item.owner, f"{item.due:%A %H:%M}") for item in queue.items]
        [('a', 'middle management', 'Monday 18:00'), ('b', 'front line', 'Tuesday 18:00')]
    """
    checked_survey(survey, "follow_ups()")
    chosen = rules or FollowUpRules()
    if not isinstance(chosen, FollowUpRules):
        raise InvalidInputError(f"rules must be FollowUpRules, got {type(rules).__name__}")
    given = {} if values is None else as_mapping(values)
    if given is None:
        raise InvalidInputError(f"values must be a mapping of respondents to numbers, got {type(values).__name__}")
    if chosen.executive_from is not None and values is None:
        raise InvalidInputError("rules with executive_from need values=, what each respondent is worth, got none")
    amounts = dict(zip(given, as_numbers([*given.values()], "values").tolist(), strict=True))
    desk = _Desk(chosen, check_consent(consent, survey), _by_respondent(events, _checked(now, survey)), amounts)
    known = _latest_up_to(survey, now)
    wanted = [category for category in Category if chosen.hours_for(category) is not None]
    held_back: dict[str, int] = dict.fromkeys((_NO_RULE, _UNKNOWN, _NO_CONSENT, _IN_QUARANTINE), 0)
    held_back[_NO_RULE] = known.n - known.where(category=wanted).n
    items = []
    for response in known.where(category=wanted):
        why_not = desk.why_not(response)
        if why_not is None:
            items.append(desk.item(response, survey.scale.classify(cast(int, response.score))))
        else:
            held_back[why_not] += 1
    return FollowUps(
        items=tuple(sorted(items, key=lambda item: (item.priority, instant_of(item.due)))), held_back=held_back, now=now
    )


def _latest_up_to(survey: Survey, now: dt.datetime) -> Survey:
    """The latest answer of each respondent that is known now; those of nobody, or of no known time, are all kept."""
    if not len(survey):
        return survey
    if survey.at is None:
        raise InvalidInputError("the survey has no known time: pass at= when making it")
    survey.latest()  # or the error that says what is needed
    moment = np.datetime64(now if now.tzinfo is None else now.astimezone(dt.UTC).replace(tzinfo=None))
    known = survey.where(np.isnat(survey.at) | (survey.at <= moment))
    is_anybody = known.at is not None and any(response.respondent is not None for response in known)
    return known.latest() if is_anybody else known


@attrs.frozen(eq=False)
class _Desk:
    """Where it is decided what happens to an answer.

    Attributes:
        rules: The rules.
        agreed: Who agreed to be contacted, None if all did.
        history: What was done so far, by respondent, in order.
        values: What customers are worth.
    """

    rules: FollowUpRules
    agreed: frozenset[object] | None
    history: Mapping[Any, list[LoopEvent]]
    values: Mapping[Any, float]

    def why_not(self, response: Response) -> str | None:
        """Why an answer is not followed up, None if it is."""
        if response.respondent is None or response.at is None:
            return _UNKNOWN
        if self.agreed is not None and response.respondent not in self.agreed:
            return _NO_CONSENT
        at = instant_of(response.at)
        since = at - dt.timedelta(days=self.rules.quarantine_days)
        done = (instant_of(event.at) for event in self.history.get(response.respondent, []))
        return _IN_QUARANTINE if any(since < each < at for each in done) else None

    def item(self, response: Response, category: Category) -> FollowUp:
        """The follow-up of an answer."""
        score, at, respondent = cast(tuple[int, dt.datetime, str | int], _known(response))
        done = [event for event in self.history.get(respondent, []) if instant_of(event.at) >= instant_of(at)]
        priority, owner, why = self._urgency(category, score, respondent)
        return FollowUp(
            respondent=respondent,
            score=score,
            category=category,
            at=at,
            why=why,
            priority=priority,
            owner=owner,
            due=self.rules.due(at, cast(int, self.rules.hours_for(category))),
            state=_state(done),
            contacted_at=done[0].at if done else None,
            reason=response.reason,
            suggestion=response.suggestion,
            segments=FrozenMapping(response.segments),
        )

    def _urgency(self, category: Category, score: int, respondent: object) -> tuple[int, Owner, str]:
        """The priority, the owner, and why."""
        if category is Category.PROMOTER:
            return 5, "front line", "promoter: thank"
        if category is Category.PASSIVE:
            return 4, "front line", "passive: ask what is missing"
        least = self.rules.executive_from
        if least is not None and self.values.get(respondent, np.nan) >= least:
            return 1, "executive", "detractor of great value"
        if score <= self.rules.management_up_to:
            return 2, "middle management", f"detractor with a score up to {self.rules.management_up_to}"
        return 3, "front line", "detractor"


def _known(response: Response) -> tuple[object, object, object]:
    return response.score, response.at, response.respondent


def _checked(now: object, survey: Survey) -> dt.datetime:
    if not isinstance(now, dt.datetime):
        raise InvalidInputError(f"now must be a datetime, got {now!r}")
    zone = survey.time_zone
    if zone is not None and (now.tzinfo is None) != (zone == NAIVE):
        must = "no time zone" if zone == NAIVE else "a time zone"
        raise InvalidInputError(f"now must carry {must}, as the survey's times do, got {now!r}")
    return now


def _by_respondent(events: Iterable[LoopEvent], now: dt.datetime) -> dict[Any, list[LoopEvent]]:
    """What was done up to now about each respondent, in order."""
    found: dict[Any, list[LoopEvent]] = {}
    for event in events:
        if not isinstance(event, LoopEvent):
            raise InvalidInputError(f"events must be LoopEvent objects, got {type(event).__name__}")
        if (event.at.tzinfo is None) != (now.tzinfo is None):
            raise InvalidInputError(f"events and now must both carry a time zone or neither, got {event.at!r}")
        if instant_of(event.at) <= instant_of(now):
            found.setdefault(event.respondent, []).append(event)
    return {respondent: sorted(own, key=lambda event: instant_of(event.at)) for respondent, own in found.items()}


def _state(done: list[LoopEvent]) -> State:
    if any(event.state == "resolved" for event in done):
        return "resolved"
    return "contacted" if done else "open"
