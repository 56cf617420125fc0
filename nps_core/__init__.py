"""The Net Promoter Score: exact counts, honest intervals, segments, trends and comparisons.

>>> import nps_core as nc
>>> nc.nps([10, 9, 9, 8, 7, 3]).rounded
33
"""

from nps_core.analysis.comparisons import Difference, compare
from nps_core.analysis.scoring import ConfidenceInterval, NetPromoterScore, nps
from nps_core.analysis.segments import Segment, SegmentTable, by_segment
from nps_core.analysis.trends import Period, Trend, trend
from nps_core.errors import (
    IncompatibleError,
    InvalidInputError,
    InvalidScoreError,
    MissingDependencyError,
    MissingScoreError,
    NoAnswersError,
    NPSError,
    UnknownNameError,
    UnreadableFileError,
)
from nps_core.model.response import Response
from nps_core.model.scale import Category, Scale
from nps_core.model.survey import Survey
from nps_core.model.tally import Tally, Tallyable

__all__ = [
    "Category",
    "ConfidenceInterval",
    "Difference",
    "IncompatibleError",
    "InvalidInputError",
    "InvalidScoreError",
    "MissingDependencyError",
    "MissingScoreError",
    "NPSError",
    "NetPromoterScore",
    "NoAnswersError",
    "Period",
    "Response",
    "Scale",
    "Segment",
    "SegmentTable",
    "Survey",
    "Tally",
    "Tallyable",
    "Trend",
    "UnknownNameError",
    "UnreadableFileError",
    "by_segment",
    "compare",
    "nps",
    "trend",
]
