"""How we count, compare and call: one place for our choices."""

import dataclasses
from dataclasses import dataclass

import nps_core as nc
from nps_core import annotations as of
from nps_core import programme


@dataclass(frozen=True)
class Habits:
    """Our choices, each with the type that nps_core gives it."""

    every: of.Every = "week"
    kind: of.Kind = "transactional"
    method: of.Method = "score"
    difference_method: of.DifferenceMethod = "score"
    alternative: of.Alternative = "two-sided"
    correction: of.Correction = "holm"
    pairing: of.Pairing = "independent"
    importance: of.ImportanceMethod = "lmg"
    calibration: of.Calibration = "raking"
    lonely: of.Lonely = "error"
    roll_up: of.RollUp = "account scores"
    order: of.Order = "lowest"
    subject: of.Subject = "company"
    backend: of.Backend = "polars"
    shop: of.Wanted = None
    rng: of.RngLike = 1


def score(survey: nc.Survey, habits: Habits) -> float:
    """The score of the shops that we look at."""
    chosen = survey if habits.shop is None else survey.where(segments={"shop": habits.shop})
    return nc.nps(chosen, method=habits.method, rng=habits.rng).value


def change(before: nc.Survey, after: nc.Survey, habits: Habits) -> float:
    """The difference of two surveys, in points."""
    found = nc.compare(
        before,
        after,
        method=habits.difference_method,
        alternative=habits.alternative,
        pairing=habits.pairing,
    )
    return found.value


def question(habits: Habits) -> str:
    """What we ask."""
    return programme.question_set("en", subject=habits.subject).recommend


def who(owner: of.Owner, state: of.State) -> str:
    """Whose task a follow-up is, in words."""
    return f"{owner}: {state}"


def advice(quadrant: of.Quadrant) -> bool:
    """Whether a driver is worth the money."""
    return quadrant == "concentrate here"


def with_every(habits: Habits, every: of.Every) -> Habits:
    """The same with other periods."""
    return dataclasses.replace(habits, every=every)
