"""What Hypothesis calls when it is imported, so that ``st.from_type(nps_core.Survey)`` works."""

import functools
from typing import Any

from nps_core._optional import require
from nps_core.model.response import Response
from nps_core.model.scale import Scale
from nps_core.model.survey import Survey
from nps_core.model.tally import Tally


def register() -> None:
    """Name the strategy of each type; nps_core.testing is imported when one is first asked for."""
    strategies = require("hypothesis.strategies", extra="testing", purpose="nps_core.testing")
    for kind, name in ((Scale, "scales"), (Response, "responses"), (Survey, "surveys"), (Tally, "tallies")):
        strategies.register_type_strategy(kind, functools.partial(_strategy, name))


def _strategy(name: str, _kind: type) -> Any:
    testing = require("nps_core.testing", extra="testing", purpose="nps_core.testing")
    return getattr(testing, name)()
