"""Our choices are the library's defaults, or are what they say."""

import nps_core as nc

from shop_loyalty import habits
from shop_loyalty.habits import Habits


def test_our_choices_are_used() -> None:
    survey = nc.Survey.from_scores([10, 9, 3, 0], segments={"shop": [*"aabb"]})
    assert habits.score(survey, Habits()) == 0
    assert habits.score(survey, Habits(shop="a")) == 100
    assert habits.change(survey, survey.promoters, Habits()) == 100
    assert habits.question(Habits()).endswith("?")
    assert habits.who("front line", "open") == "front line: open"
    assert habits.advice("concentrate here")
    assert habits.with_every(Habits(), "day").every == "day"
