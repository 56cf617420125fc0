"""The Net Promoter Score: exact counts, honest intervals, segments, trends and comparisons.

>>> import nps_core as nc
>>> nc.nps([10, 9, 9, 8, 7, 3]).rounded
33
"""

from nps_core.analysis.changes import ChangeDecomposition, Effect, SegmentChange, decompose_change
from nps_core.analysis.comparisons import Difference, compare
from nps_core.analysis.designs import Design
from nps_core.analysis.fragility import NonresponseBounds, Robustness, nonresponse, robustness
from nps_core.analysis.pairwise import EqualityTest, Pair, PairTable, compare_all, equality
from nps_core.analysis.ranking import RankedSegment, SegmentRanking, rank_segments
from nps_core.analysis.scoring import ConfidenceInterval, NetPromoterScore, nps
from nps_core.analysis.segments import Segment, SegmentTable, by_segment
from nps_core.analysis.standardizing import StandardizedScore, standardize
from nps_core.analysis.targets import TargetComparison, compare_to_target
from nps_core.analysis.trends import Period, Trend, trend
from nps_core.errors import (
    DisclosureWarning,
    IncompatibleError,
    InvalidInputError,
    InvalidScoreError,
    LikeWithUnlikeWarning,
    MissingDependencyError,
    MissingScoreError,
    NoAnswersError,
    NotIndependentWarning,
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
    "Category",
    "ChangeDecomposition",
    "ConfidenceInterval",
    "Design",
    "Difference",
    "DisclosureWarning",
    "Effect",
    "EqualityTest",
    "IncompatibleError",
    "InvalidInputError",
    "InvalidScoreError",
    "LikeWithUnlikeWarning",
    "MissingDependencyError",
    "MissingScoreError",
    "NPSError",
    "NPSWarning",
    "NetPromoterScore",
    "NoAnswersError",
    "NonresponseBounds",
    "NotIndependentWarning",
    "Pair",
    "PairTable",
    "Period",
    "RankedSegment",
    "Response",
    "Robustness",
    "Scale",
    "Segment",
    "SegmentChange",
    "SegmentRanking",
    "SegmentTable",
    "StandardizedScore",
    "Survey",
    "Tally",
    "Tallyable",
    "TargetComparison",
    "Trend",
    "UnknownNameError",
    "UnreadableFileError",
    "by_segment",
    "compare",
    "compare_all",
    "compare_to_target",
    "decompose_change",
    "equality",
    "nonresponse",
    "nps",
    "rank_segments",
    "robustness",
    "standardize",
    "trend",
]
