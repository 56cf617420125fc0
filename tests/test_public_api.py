"""The promise: which names there are, that each is explained, and that options have names."""

import importlib
import importlib.metadata
import importlib.resources
import inspect
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from results import MAKE

import nps_core
from nps_core import annotations, errors, programme, testing

PUBLIC = {name: getattr(nps_core, name) for name in nps_core.__all__}
ERRORS = {name for name, value in PUBLIC.items() if isinstance(value, type) and issubclass(value, Exception)}
RESULTS = {
    "AccountScore",
    "ActivityEffect",
    "CategoryMoves",
    "ChangeDecomposition",
    "ChangePoint",
    "Competitor",
    "CompetitorTable",
    "ConfidenceInterval",
    "Difference",
    "Driver",
    "EarlyWarning",
    "Effect",
    "EqualityTest",
    "Gap",
    "KeyDrivers",
    "Level",
    "Limits",
    "Monitor",
    "NetPromoterScore",
    "NonresponseBounds",
    "Pair",
    "PairTable",
    "Period",
    "Quarantine",
    "QuarantinedRespondent",
    "RankedSegment",
    "Rhythm",
    "RhythmPeriod",
    "Robustness",
    "RollingScore",
    "RollingScores",
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
    "TargetComparison",
    "Theme",
    "ThemeTable",
    "Trend",
    "Verbatim",
    "Verbatims",
}
CALLED = sorted(set(PUBLIC) - ERRORS - RESULTS - {"Tallyable"})
"""What a user calls; the rest is given by the library, or is a protocol."""


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function and method, constructors of what a user makes among them."""
    for module in (nps_core, testing):
        for name in module.__all__:
            value = getattr(module, name)
            if not inspect.isclass(value):
                yield f"{module.__name__}.{name}", value
                continue
            if name in CALLED and not issubclass(value, str):
                yield f"{module.__name__}.{name}", value
            for method, member in inspect.getmembers(value, callable):
                if not method.startswith("_") and str(getattr(member, "__module__", None)).startswith("nps_core"):
                    yield f"{module.__name__}.{name}.{method}", member


FUNCTIONS = dict(functions())


def test_the_version_is_that_of_the_package() -> None:
    assert nps_core.__version__ == importlib.metadata.version("nps_core")
    with pytest.raises(AttributeError, match="no attribute 'version'"):
        nps_core.version  # noqa: B018


@pytest.mark.parametrize("module", [nps_core, errors, testing], ids=lambda module: module.__name__)
def test_the_public_names_are_sorted_and_exist(module: Any) -> None:
    assert module.__all__ == sorted(set(module.__all__))
    assert all(hasattr(module, name) for name in module.__all__)


def test_what_can_be_had_from_the_package_is_what_is_promised() -> None:
    assert {name for name in dir(nps_core) if not name.startswith("_")} == set(nps_core.__all__)
    assert set(errors.__all__) <= set(nps_core.__all__)
    assert {name for name in dir(programme) if not name.startswith("_")} == set(programme.__all__)


def test_every_error_can_be_caught_as_one_and_as_the_builtin_one_expects() -> None:
    warnings = {name for name in ERRORS if issubclass(PUBLIC[name], Warning)}
    assert warnings
    assert all(issubclass(PUBLIC[name], nps_core.NPSWarning) for name in warnings)
    for name in ERRORS - warnings - {"NPSError"}:
        assert issubclass(PUBLIC[name], nps_core.NPSError)
        assert issubclass(PUBLIC[name], (ValueError, LookupError, ImportError)), name


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_explained(name: str) -> None:
    assert inspect.getdoc(PUBLIC[name]), name
    assert PUBLIC[name].__doc__ is not None


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_is_explained(name: str) -> None:
    first = (inspect.getdoc(FUNCTIONS[name]) or "").partition("\n")[0]
    assert first.endswith("."), name


@pytest.mark.parametrize("name", [*CALLED, *(f"testing.{name}" for name in testing.__all__)])
def test_whatever_a_user_calls_has_an_example(name: str) -> None:
    value = getattr(testing, name.removeprefix("testing.")) if name.startswith("testing.") else PUBLIC[name]
    assert ">>> " in (inspect.getdoc(value) or ""), name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_options_have_names(name: str) -> None:
    parameters = inspect.signature(FUNCTIONS[name]).parameters.values()
    others = [parameter for parameter in parameters if parameter.name != "self"][1:]  # the first is the data
    optional = [p.name for p in others if p.default is not p.empty and p.kind is not p.KEYWORD_ONLY]
    assert optional == [], f"{name} takes {optional} by position"


def test_the_types_are_shipped() -> None:
    assert importlib.resources.files("nps_core").joinpath("py.typed").is_file()


def test_names_for_annotations_are_all_public() -> None:
    named = {name for name in vars(annotations) if not name.startswith("_")}
    assert named == set(annotations.__all__)
    assert get_args(annotations.Every) == ("day", "week", "month", "quarter", "year")
    assert all(isinstance(make(), annotations.Result) for make in MAKE.values())
