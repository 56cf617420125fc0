"""The Net Promoter Score: exact counts, honest intervals, segments, trends and comparisons.

>>> import nps_core as nc
>>> nc.nps([10, 9, 9, 8, 7, 3]).rounded
33
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    __version__: str

    from nps_core.analysis.accounts import AccountScore, account_score
    from nps_core.analysis.activity import ActivityEffect, effect_of
    from nps_core.analysis.changes import ChangeDecomposition, Effect, SegmentChange, decompose_change
    from nps_core.analysis.comparisons import Difference, compare
    from nps_core.analysis.competitors import Competitor, CompetitorTable, compare_competitors
    from nps_core.analysis.designs import Design
    from nps_core.analysis.distribution import ScoreDistribution, distribution
    from nps_core.analysis.drivers import Driver, KeyDrivers, key_drivers
    from nps_core.analysis.fragility import NonresponseBounds, Robustness, nonresponse, robustness
    from nps_core.analysis.monitoring import Monitor, monitor
    from nps_core.analysis.movements import SegmentMove, SegmentTrends
    from nps_core.analysis.moves import CategoryMoves, Share, category_moves
    from nps_core.analysis.pairwise import EqualityTest, Pair, PairTable, compare_all, equality
    from nps_core.analysis.periods import Period, Trend
    from nps_core.analysis.quarantine import Quarantine, QuarantinedRespondent, QuarantineRules, quarantine
    from nps_core.analysis.ranking import RankedSegment, SegmentRanking, rank_segments
    from nps_core.analysis.rhythm import Gap, Rhythm, RhythmPeriod, rhythm
    from nps_core.analysis.rolling import rolling
    from nps_core.analysis.scoring import ConfidenceInterval, NetPromoterScore, nps
    from nps_core.analysis.segments import Segment, SegmentTable, by_segment
    from nps_core.analysis.signals import ChangePoint, EarlyWarning, Level, Limits, Slope, Step, TooFewPeriods
    from nps_core.analysis.standardizing import StandardizedScore, standardize
    from nps_core.analysis.targets import TargetComparison, compare_to_target
    from nps_core.analysis.themes import Theme, ThemeTable, theme_impacts
    from nps_core.analysis.trends import trend
    from nps_core.analysis.verbatims import Verbatim, Verbatims, verbatims
    from nps_core.analysis.windows import RollingScore, RollingScores, SegmentRolling
    from nps_core.errors import (
        AlreadyMovingWarning,
        CorrelatedDriversWarning,
        DisclosureWarning,
        FewAnswersWarning,
        IncompatibleError,
        InvalidInputError,
        InvalidScoreError,
        LikeWithUnlikeWarning,
        MissingDependencyError,
        MissingScoreError,
        NoAnswersError,
        NotIndependentWarning,
        NPSDeprecationWarning,
        NPSError,
        NPSWarning,
        UnknownNameError,
        UnreadableFileError,
    )
    from nps_core.model.response import Response
    from nps_core.model.scale import Category, Scale
    from nps_core.model.survey import Survey
    from nps_core.model.tally import Tally, Tallyable

__all__ = [
    "AccountScore",
    "ActivityEffect",
    "AlreadyMovingWarning",
    "Category",
    "CategoryMoves",
    "ChangeDecomposition",
    "ChangePoint",
    "Competitor",
    "CompetitorTable",
    "ConfidenceInterval",
    "CorrelatedDriversWarning",
    "Design",
    "Difference",
    "DisclosureWarning",
    "Driver",
    "EarlyWarning",
    "Effect",
    "EqualityTest",
    "FewAnswersWarning",
    "Gap",
    "IncompatibleError",
    "InvalidInputError",
    "InvalidScoreError",
    "KeyDrivers",
    "Level",
    "LikeWithUnlikeWarning",
    "Limits",
    "MissingDependencyError",
    "MissingScoreError",
    "Monitor",
    "NPSDeprecationWarning",
    "NPSError",
    "NPSWarning",
    "NetPromoterScore",
    "NoAnswersError",
    "NonresponseBounds",
    "NotIndependentWarning",
    "Pair",
    "PairTable",
    "Period",
    "Quarantine",
    "QuarantineRules",
    "QuarantinedRespondent",
    "RankedSegment",
    "Response",
    "Rhythm",
    "RhythmPeriod",
    "Robustness",
    "RollingScore",
    "RollingScores",
    "Scale",
    "ScoreDistribution",
    "Segment",
    "SegmentChange",
    "SegmentMove",
    "SegmentRanking",
    "SegmentRolling",
    "SegmentTable",
    "SegmentTrends",
    "Share",
    "Slope",
    "StandardizedScore",
    "Step",
    "Survey",
    "Tally",
    "Tallyable",
    "TargetComparison",
    "Theme",
    "ThemeTable",
    "TooFewPeriods",
    "Trend",
    "UnknownNameError",
    "UnreadableFileError",
    "Verbatim",
    "Verbatims",
    "account_score",
    "by_segment",
    "category_moves",
    "compare",
    "compare_all",
    "compare_competitors",
    "compare_to_target",
    "decompose_change",
    "distribution",
    "effect_of",
    "equality",
    "key_drivers",
    "monitor",
    "nonresponse",
    "nps",
    "quarantine",
    "rank_segments",
    "rhythm",
    "robustness",
    "rolling",
    "standardize",
    "theme_impacts",
    "trend",
    "verbatims",
]

_HOMES: Final = {
    "analysis.accounts": "AccountScore account_score",
    "analysis.activity": "ActivityEffect effect_of",
    "analysis.changes": "ChangeDecomposition Effect SegmentChange decompose_change",
    "analysis.comparisons": "Difference compare",
    "analysis.competitors": "Competitor CompetitorTable compare_competitors",
    "analysis.designs": "Design",
    "analysis.distribution": "ScoreDistribution distribution",
    "analysis.drivers": "Driver KeyDrivers key_drivers",
    "analysis.fragility": "NonresponseBounds Robustness nonresponse robustness",
    "analysis.monitoring": "Monitor monitor",
    "analysis.movements": "SegmentMove SegmentTrends",
    "analysis.moves": "CategoryMoves Share category_moves",
    "analysis.pairwise": "EqualityTest Pair PairTable compare_all equality",
    "analysis.periods": "Period Trend",
    "analysis.quarantine": "Quarantine QuarantineRules QuarantinedRespondent quarantine",
    "analysis.ranking": "RankedSegment SegmentRanking rank_segments",
    "analysis.rhythm": "Gap Rhythm RhythmPeriod rhythm",
    "analysis.rolling": "rolling",
    "analysis.scoring": "ConfidenceInterval NetPromoterScore nps",
    "analysis.segments": "Segment SegmentTable by_segment",
    "analysis.signals": "ChangePoint EarlyWarning Level Limits Slope Step TooFewPeriods",
    "analysis.standardizing": "StandardizedScore standardize",
    "analysis.targets": "TargetComparison compare_to_target",
    "analysis.themes": "Theme ThemeTable theme_impacts",
    "analysis.trends": "trend",
    "analysis.verbatims": "Verbatim Verbatims verbatims",
    "analysis.windows": "RollingScore RollingScores SegmentRolling",
    "errors": "AlreadyMovingWarning CorrelatedDriversWarning DisclosureWarning FewAnswersWarning IncompatibleError "
    "InvalidInputError InvalidScoreError LikeWithUnlikeWarning MissingDependencyError MissingScoreError "
    "NPSDeprecationWarning NPSError NPSWarning NoAnswersError NotIndependentWarning UnknownNameError "
    "UnreadableFileError",
    "model.response": "Response",
    "model.scale": "Category Scale",
    "model.survey": "Survey",
    "model.tally": "Tally Tallyable",
}
"""Where each name is defined."""

_HOME_OF: Final = {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names.split()}

if not TYPE_CHECKING:  # where every name is known

    def __getattr__(name: str) -> Any:
        """Import a name when it is first asked for: so the package costs next to nothing until it is used."""
        if name == "__version__":
            return import_module("importlib.metadata").version(__name__)
        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_HOME_OF[name]), name)
        if _HOME_OF[name].startswith(f"{__name__}.model.") and "hypothesis.strategies" in sys.modules:
            import_module(f"{__name__}._hypothesis").register()
        return value

    def __dir__() -> list[str]:
        """Every public name, imported already or not."""
        return sorted(__all__)
