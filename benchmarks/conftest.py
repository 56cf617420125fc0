"""The runner of the benchmarks: fixtures that race and record, and the tables at the end."""

import copy
import datetime as dt
import os
from collections.abc import Mapping, Sequence
from typing import Final

# Before any test imports it: "on two threads" is meant on every machine.
os.environ["POLARS_MAX_THREADS"] = "2"

import limit
import numpy as np
import pytest
from racing import Goal, RaceAndRecord, Record, Runner, Scaled, ScoresOf, race_in_turn
from records import Case, Claim, GoalMet, Measured, machine, text_of, write

_QUICK_ROWS: Final = 500_000

_claims = pytest.StashKey[dict[str, Claim]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="small sizes and few rounds, to see that everything works")
    parser.addoption("--rows", type=int, help="at most so many rows per engine; a trial, too, but of all rounds")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_claims] = {}


@pytest.fixture(scope="session")
def is_quick(pytestconfig: pytest.Config) -> bool:
    """Whether this is a trial."""
    return bool(pytestconfig.getoption("quick"))


@pytest.fixture(scope="session")
def scaled(is_quick: bool) -> Scaled:  # noqa: FBT001
    """A number of rows, or a tenth of it and half a million at most in a trial."""
    return lambda n: min(n // 10, _QUICK_ROWS) if is_quick else n


@pytest.fixture
def claim(request: pytest.FixtureRequest) -> Claim:
    """What the file of the test claims, with all that was measured so far."""
    claims = request.config.stash[_claims]
    name = request.path.stem
    if name not in claims:
        text = (request.module.__doc__ or "").splitlines()[0]
        claims[name] = Claim(
            name=name, text=text, date=dt.datetime.now(dt.UTC).date().isoformat(), **copy.deepcopy(machine())
        )
    return claims[name]


@pytest.fixture
def race(request: pytest.FixtureRequest, claim: Claim, is_quick: bool) -> RaceAndRecord:  # noqa: FBT001
    """Race runners against each other and record what came out."""

    def run(
        case: str,
        runners: Mapping[str, Runner | None],
        *,
        goals: Sequence[Goal] = (),
        size: int = 1,
        unit: str = "call",
        x: int | None = None,
        seconds: float = 4,
        rounds: int = 5,
    ) -> None:
        present = {name: runner for name, runner in runners.items() if runner is not None}
        found = race_in_turn(present, seconds=0.1 if is_quick else seconds, rounds=2 if is_quick else rounds)
        reached = []
        for goal in goals:
            if goal.rival is None or goal.rival in present:
                measured = goal.measure(found)
                reached.append(GoalMet(text=goal.text, measured=measured, holds=goal.holds(measured)))
        claim.cases.append(
            Case(
                table=request.function.__name__,
                case=case,
                size=size,
                unit=unit,
                x=x,
                medians=found.medians,
                ratios=found.ratios,
                goals=reached,
            )
        )

    return run


@pytest.fixture
def record(claim: Claim) -> Record:
    """Record numbers that are no race, by column, and the goals that they reached or did not."""

    def keep(case: str, unit: str, *, goals: Sequence[GoalMet] = (), **columns: float) -> None:
        claim.measured.append(Measured(case=case, unit=unit, columns=columns, goals=[*goals]))

    return keep


@pytest.fixture(scope="session")
def scores_of() -> ScoresOf:
    """Scores shaped like a survey's, one byte each: mostly promoters, a long tail."""
    return lambda n: np.random.default_rng(1).binomial(10, 0.8, n).astype(np.uint8)


def pytest_sessionfinish(session: pytest.Session) -> None:
    for claim in session.config.stash[_claims].values():
        write(claim, quick=_is_trial(session.config))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    terminalreporter.write_line(f"C: {limit.description()}")
    if _is_trial(config):
        terminalreporter.write_line("A trial: the goals are set for the full sizes.")
    for claim in config.stash[_claims].values():
        terminalreporter.section(claim.name, sep="-")
        terminalreporter.write_line(text_of(claim))


def _is_trial(config: pytest.Config) -> bool:
    """Whether the sizes are not those that the goals are set for."""
    return bool(config.getoption("quick") or config.getoption("rows"))
