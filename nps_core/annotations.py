"""Names for annotations: what options may be, and what every result and every tally can do.

>>> import nps_core as nc
>>> from nps_core.annotations import Every, Result
>>> def page(results: list[Result]) -> str:
...     return "".join(result.to_html() for result in results)
>>> def scores_of(survey: nc.Survey, every: Every) -> nc.Trend:
...     return nc.trend(survey, every=every)
"""

from nps_core.analysis.accounts import RollUp
from nps_core.analysis.drivers import ImportanceMethod, Quadrant
from nps_core.analysis.pairing import Pairing
from nps_core.analysis.result import Result
from nps_core.analysis.verbatims import Order
from nps_core.counting.calendar import Every
from nps_core.model.columns import Wanted
from nps_core.model.survey import Kind
from nps_core.model.tabular import Backend, Tabular
from nps_core.programme.loop import Owner, State
from nps_core.programme.questions import Subject
from nps_core.stats.calibration import Calibration
from nps_core.stats.designs import Lonely
from nps_core.stats.differences import DifferenceMethod
from nps_core.stats.intervals import Method, RngLike
from nps_core.stats.multiplicity import Correction
from nps_core.stats.normal import Alternative

__all__ = [
    "Alternative",
    "Backend",
    "Calibration",
    "Correction",
    "DifferenceMethod",
    "Every",
    "ImportanceMethod",
    "Kind",
    "Lonely",
    "Method",
    "Order",
    "Owner",
    "Pairing",
    "Quadrant",
    "Result",
    "RngLike",
    "RollUp",
    "State",
    "Subject",
    "Tabular",
    "Wanted",
]
