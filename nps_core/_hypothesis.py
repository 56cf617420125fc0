"""What Hypothesis calls when it is imported, so that ``st.from_type(nps_core.Survey)`` works.

Whoever imports Hypothesis need not use this package: its types are registered when both are there.
"""

import functools
import sys
from importlib import import_module
from typing import Any, Final

_STRATEGIES: Final = {"Scale": "scales", "Response": "responses", "Survey": "surveys", "Tally": "tallies"}
"""The strategy of each type, by its name in nps_core.testing."""


def register() -> None:
    """Name the strategy of each type, if this package is in use; nps_core.testing is imported when one is asked for."""
    if "nps_core.model" in sys.modules:
        strategies, package = import_module("hypothesis.strategies"), import_module("nps_core")
        for name, strategy in _STRATEGIES.items():
            strategies.register_type_strategy(getattr(package, name), functools.partial(_drawn, strategy))


def _drawn(name: str, _kind: type) -> Any:
    return getattr(import_module("nps_core.testing"), name)()
