"""The programme around the score: what one asks, plans, and does with the answers.

>>> from nps_core import programme
>>> programme.sample_size(10)
385
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from nps_core.model.reading import Reading
    from nps_core.programme.employees import enps, enps_by_segment
    from nps_core.programme.exports import read_export, vendors
    from nps_core.programme.followup import FollowUpRules, follow_ups
    from nps_core.programme.growth import EarnedGrowth, GrowthAssociation, earned_growth, growth_association
    from nps_core.programme.industries import INDUSTRIES, IndustryComparison, IndustryRange, compare_to_industry
    from nps_core.programme.loop import (
        DigestRow,
        FollowUp,
        FollowUpDigest,
        FollowUps,
        LoopEvent,
        LoopMeasures,
        loop_measures,
    )
    from nps_core.programme.planning import (
        Expected,
        SurveyPlan,
        detectable_change,
        invitations,
        plan_survey,
        precision,
        sample_size,
        sample_size_for_change,
    )
    from nps_core.programme.promoters import ambassadors, returning_promoters
    from nps_core.programme.questions import QuestionSet, Subject, category_word, languages, question_set
    from nps_core.programme.worth import Amount, CategoryWorth, WorthByCategory, worth_by_category

__all__ = [
    "INDUSTRIES",
    "Amount",
    "CategoryWorth",
    "DigestRow",
    "EarnedGrowth",
    "Expected",
    "FollowUp",
    "FollowUpDigest",
    "FollowUpRules",
    "FollowUps",
    "GrowthAssociation",
    "IndustryComparison",
    "IndustryRange",
    "LoopEvent",
    "LoopMeasures",
    "QuestionSet",
    "Reading",
    "Subject",
    "SurveyPlan",
    "WorthByCategory",
    "ambassadors",
    "category_word",
    "compare_to_industry",
    "detectable_change",
    "earned_growth",
    "enps",
    "enps_by_segment",
    "follow_ups",
    "growth_association",
    "invitations",
    "languages",
    "loop_measures",
    "plan_survey",
    "precision",
    "question_set",
    "read_export",
    "returning_promoters",
    "sample_size",
    "sample_size_for_change",
    "vendors",
    "worth_by_category",
]

_HOMES: Final = {
    "employees": "enps enps_by_segment",
    "exports": "Reading read_export vendors",
    "followup": "FollowUpRules follow_ups",
    "growth": "EarnedGrowth GrowthAssociation earned_growth growth_association",
    "industries": "INDUSTRIES IndustryComparison IndustryRange compare_to_industry",
    "loop": "DigestRow FollowUp FollowUpDigest FollowUps LoopEvent LoopMeasures loop_measures",
    "planning": "Expected SurveyPlan detectable_change invitations plan_survey precision sample_size "
    "sample_size_for_change",
    "promoters": "ambassadors returning_promoters",
    "questions": "QuestionSet Subject category_word languages question_set",
    "worth": "Amount CategoryWorth WorthByCategory worth_by_category",
}
"""Where each name is defined."""

_HOME_OF: Final = {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names.split()}

if not TYPE_CHECKING:  # where every name is known

    def __getattr__(name: str) -> Any:
        """Import a name when it is first asked for."""
        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_HOME_OF[name]), name)
        return value

    def __dir__() -> list[str]:
        """Every public name, imported already or not."""
        return sorted(__all__)
