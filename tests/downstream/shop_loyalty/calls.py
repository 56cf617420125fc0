"""Calling back: who, until when, and what came of it."""

import datetime as dt
from collections.abc import Iterable, Sequence

import nps_core as nc
from nps_core import programme

from shop_loyalty.causes import share_text

RULES = programme.FollowUpRules(detractors=24, passives=None, weekend=[6], holidays=[dt.date(2026, 12, 24)])


def called(customer: str, at: dt.datetime, *, is_done: bool = False) -> programme.LoopEvent:
    """A call that was made."""
    return programme.LoopEvent(respondent=customer, at=at, state="resolved" if is_done else "contacted")


def queue_of(
    survey: nc.Survey, now: dt.datetime, calls: Iterable[programme.LoopEvent] = (), *, agreed: Sequence[str]
) -> programme.FollowUps:
    """Whom to call."""
    return programme.follow_ups(survey, now=now, consent=agreed, rules=RULES, events=calls)


def note(item: programme.FollowUp) -> str:
    """What the caller is to know."""
    return f"{item.priority}. {item.respondent}, {item.score} points, until {item.due:%d.%m. %H:%M} ({item.owner})"


def busiest_team(digest: programme.FollowUpDigest) -> str | None:
    """Who has the most to do."""

    def work(row: programme.DigestRow) -> int:
        return row.open + row.overdue

    return max(digest.rows, key=work).team if digest.rows else None


def to_do(queue: programme.FollowUps) -> list[str]:
    """The calls of today."""
    return [note(item) for item in queue.open]


def loop_line(queue: programme.FollowUps, later: nc.Survey | None = None) -> str:
    """How well we call back."""
    measures: programme.LoopMeasures = programme.loop_measures(queue, later)
    recovered = "" if measures.recovered is None else f", {measures.recovered.rounded} afterwards"
    return f"{share_text(measures.contacted)} called, {share_text(measures.in_time)} in time{recovered}"


def could_recommend(survey: nc.Survey, *, agreed: Iterable[str]) -> list[str | int]:
    """The promoters who may be asked for a word."""
    found = programme.ambassadors(survey, consent=set(agreed))
    return [response.respondent for response in found if response.respondent is not None]


def still_happy(before: nc.Survey, after: nc.Survey) -> int:
    """How many are promoters again."""
    return len(programme.returning_promoters(before, after))
