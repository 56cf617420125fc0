"""The programme around the score: what one asks, plans, and does with the answers.

>>> from nps_core import programme
>>> programme.sample_size(10)
385
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from nps_core.programme.industries import INDUSTRIES, IndustryComparison, IndustryRange, compare_to_industry
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
    from nps_core.programme.questions import QuestionSet, Subject, category_word, languages, question_set

__all__ = [
    "INDUSTRIES",
    "Expected",
    "IndustryComparison",
    "IndustryRange",
    "QuestionSet",
    "Subject",
    "SurveyPlan",
    "category_word",
    "compare_to_industry",
    "detectable_change",
    "invitations",
    "languages",
    "plan_survey",
    "precision",
    "question_set",
    "sample_size",
    "sample_size_for_change",
]

_HOMES: Final = {
    "industries": "INDUSTRIES IndustryComparison IndustryRange compare_to_industry",
    "planning": "Expected SurveyPlan detectable_change invitations plan_survey precision sample_size "
    "sample_size_for_change",
    "questions": "QuestionSet Subject category_word languages question_set",
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
