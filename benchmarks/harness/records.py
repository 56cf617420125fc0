"""What was measured, as files that a report is written from: one per claim, so that one can be measured again."""

import functools
import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import attrs
import limit
from racing import OURS

FOLDER: Final = Path(__file__).parents[2] / "build" / "benchmarks"

_PEERS: Final = (
    "nps_core",
    "numpy",
    "narwhals",
    "pandas",
    "polars",
    "pyarrow",
    "duckdb",
    "pyspark",
    "dask",
    "ibis-framework",
    "sqlframe",
    "psycopg",
    "numba",
    "npspy",
)


@attrs.frozen(kw_only=True)
class GoalMet:
    """A goal, what was measured, and whether it holds."""

    text: str
    measured: float
    holds: bool


@attrs.frozen(kw_only=True)
class Case:
    """One race.

    Attributes:
        table: Which table it stands in: the test's name.
        case: What was done.
        size: How many units one call goes through.
        unit: What they are, such as ``"score"``.
        x: Where it stands on the chart's axis, if it stands in a chart.
        medians: The median time of each runner, in seconds per call.
        ratios: How many times our time each runner takes.
        goals: The goals, reached or not.
    """

    table: str
    case: str
    size: int
    unit: str
    x: int | None
    medians: dict[str, float]
    ratios: dict[str, float]
    goals: list[GoalMet]


@attrs.frozen(kw_only=True)
class Measured:
    """Numbers that are no race, by column, all in one unit, and the goals for them."""

    case: str
    unit: str
    columns: dict[str, float]
    goals: list[GoalMet] = attrs.field(factory=list)


@attrs.frozen(kw_only=True)
class Claim:
    """All that one file measured.

    Attributes:
        name: The file's name.
        text: What it claims.
        date: The day of the measurement.
        processor: The processor, and how many cores of it there are.
        versions: The versions of Python and of all packages.
        compiler: The C compiler and its options.
        cases: The races.
        measured: Other numbers.
    """

    name: str
    text: str
    date: str
    processor: str
    versions: dict[str, str]
    compiler: str
    cases: list[Case] = attrs.field(factory=list)
    measured: list[Measured] = attrs.field(factory=list)


@functools.cache
def machine() -> dict[str, Any]:
    """Processor, versions and compiler."""
    versions = {"Python": platform.python_version()}
    for name in _PEERS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    processor = f"{_processor()}, {os.cpu_count()} cores"
    return {"processor": processor, "versions": versions, "compiler": limit.description()}


def write(claim: Claim, *, quick: bool) -> None:
    """Keep a claim; a trial's are kept apart."""
    folder = _folder(quick=quick)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(attrs.asdict(claim), indent=1, ensure_ascii=False)
    (folder / f"{claim.name}.json").write_text(text + "\n", "utf-8")


def read(*, quick: bool) -> dict[str, Claim]:
    """Every claim that was kept, by name."""
    paths = sorted(_folder(quick=quick).glob("*.json"))
    return {path.stem: _claim(json.loads(path.read_text("utf-8"))) for path in paths}


def text_of(claim: Claim) -> str:
    """A claim as tables to read in a terminal and in Markdown alike."""
    return "\n\n".join(filter(None, [claim.text, races_table(claim), measured_table(claim), goals_table(claim)]))


def races_table(claim: Claim) -> str:
    """Our time per unit, and how many times as long everyone else takes; a table per test, as rivals differ."""
    tables = []
    for name in dict.fromkeys(case.table for case in claim.cases):
        cases = [case for case in claim.cases if case.table == name]
        rivals = [rival for rival in dict.fromkeys(rival for case in cases for rival in case.ratios) if rival != OURS]
        rows = [[case.case, _time(case), *(_ratio(case, rival) for rival in rivals)] for case in cases]
        tables.append(_table(["", OURS, *rivals], rows))
    return "\n\n".join(tables)


def measured_table(claim: Claim) -> str:
    """Numbers that are no race."""
    if not claim.measured:
        return ""
    columns = list(dict.fromkeys(name for each in claim.measured for name in each.columns))
    rows = [
        [each.case, *(f"{each.columns[name]:.2f}" if name in each.columns else "" for name in columns)]
        for each in claim.measured
    ]
    return _table([claim.measured[0].unit, *columns], rows)


def goals_table(claim: Claim) -> str:
    """The goals, what was measured, and whether they hold."""
    rows = [
        [case.case, goal.text, _number(goal.measured), "yes" if goal.holds else "**no**"]
        for case in [*claim.cases, *claim.measured]
        for goal in case.goals
    ]
    return _table(["", "goal", "measured", "holds"], rows) if rows else ""


def _folder(*, quick: bool) -> Path:
    return FOLDER / "quick" if quick else FOLDER


def _claim(data: dict[str, Any]) -> Claim:
    cases = [Case(**case | {"goals": _goals(case)}) for case in data["cases"]]
    measured = [Measured(**each | {"goals": _goals(each)}) for each in data["measured"]]
    return Claim(**data | {"cases": cases, "measured": measured})


def _goals(data: dict[str, Any]) -> list[GoalMet]:
    return [GoalMet(**goal) for goal in data.get("goals", [])]


def _processor() -> str:
    """The processor's name; platform knows it on some systems only."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text("utf-8").splitlines() if facts.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _ratio(case: Case, rival: str) -> str:
    return _number(case.ratios[rival]) if rival in case.ratios else ""


def _time(case: Case) -> str:
    """Our time per unit, in the unit of time that suits it."""
    seconds = case.medians[OURS] / case.size
    times = [(seconds, "s"), (seconds * 1e3, "ms"), (seconds * 1e6, "µs"), (seconds * 1e9, "ns")]
    value, name = next((each for each in times if each[0] >= 1), times[-1])
    return f"{_number(value)} {name}" + ("" if case.unit == "call" else f" per {case.unit}")


def _number(value: float) -> str:
    """Two digits that tell something, or three."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table whose columns stand under each other."""
    widths = [max(3, *(len(row[i]) for row in [header, *rows])) for i in range(len(header))]

    def line(row: list[str]) -> str:
        return "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |"

    ruler = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([line(header), ruler, *map(line, rows)])
