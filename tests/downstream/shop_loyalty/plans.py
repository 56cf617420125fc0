"""Planning a survey: whom, how many, in which words."""

from typing import get_args

import nps_core as nc
from nps_core import programme

LIKELY = programme.Expected(nps=30, passive_share=0.3, design_effect=1.2)


def plan(customers: int) -> programme.SurveyPlan:
    """What we can know if we ask all customers."""
    return programme.plan_survey(invited=customers, response_rate=0.15, segments=3, expected=LIKELY)


def invitations_for(margin: float) -> int:
    """How many to invite for a margin."""
    return programme.invitations(programme.sample_size(margin, expected=LIKELY), response_rate=0.15)


def power_line(answers: int) -> str:
    """What a number of answers can show, and what a change of five points would take."""
    margin = programme.precision(answers, expected=LIKELY)
    change = programme.detectable_change(answers, expected=LIKELY)
    needed = programme.sample_size_for_change(5, expected=LIKELY)
    return f"±{margin:.0f} points, changes of {change:.0f}; five points take {needed}"


def questions(subject: programme.Subject = "company", *, scale: nc.Scale = nc.Scale.STANDARD) -> dict[str, str]:
    """The question in every language."""

    def asked(words: programme.QuestionSet) -> str:
        return f"{words.recommend} {words.reason}"

    return {
        language: asked(programme.question_set(language, subject=subject, name="Acme", scale=scale))
        for language in programme.languages()
    }


def subjects() -> tuple[programme.Subject, ...]:
    """What can be asked about."""
    return get_args(programme.Subject)


def word_for(response: nc.Response, *, language: str = "fi") -> str | None:
    """What we call a customer by the score."""
    if response.score is None:
        return None
    return programme.category_word(nc.Scale.STANDARD.classify(response.score), language=language)


OUR_INDUSTRY = programme.IndustryRange(name="farm shops", low=45, high=60, source="our association")


def beside_industry(data: nc.Tallyable, industry: str | None = None) -> str:
    """Our score beside others: those of an industry, or farm shops."""
    if industry is not None and industry not in programme.INDUSTRIES:
        return f"known are {', '.join(programme.INDUSTRIES)}"
    found: programme.IndustryComparison = programme.compare_to_industry(data, industry or OUR_INDUSTRY)
    return found.sentence


def colleagues(data: nc.Tallyable) -> list[str]:
    """How colleagues answered, by shop, without telling who said what."""
    table = programme.enps_by_segment(data, "shop", min_n=5)
    shown = [segment.label for segment in table.segments if not segment.suppressed]
    return [f"eNPS {programme.enps(data, min_n=5).rounded}", *shown]
