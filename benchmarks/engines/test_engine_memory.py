"""A process that counts in an engine holds little more than one that sends the engine's own query.

Each figure is the peak of a process of its own, with all that it imports. The workers of Dask are two threads of it;
the machine of Java and the server of PostgreSQL are other processes.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from asking import QUESTIONS, Question
from catalogue import EAGER, ENGINES, LARGE, LAZY
from racing import Record
from records import GoalMet

SIZES = [(name, 10**8 if name in LARGE else 10**7) for name in [*LAZY, *EAGER]]

GOALS: Final = {"DuckDB": 400, "Spark, local[2]": 200, "Ibis on PostgreSQL": 200}
"""What ours may hold at most, in MB."""

_FOLDER: Final = Path(__file__).parent


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(("name", "n"), SIZES)
def test_memory(record: Record, answers_of: Callable[[str, int], Any], name: str, n: int, question: Question) -> None:
    if ENGINES[name].lacks:
        pytest.skip(f"without {', '.join(ENGINES[name].lacks)}")
    answers = answers_of(name, n)
    before, ours = peak(name, question, "ours", answers.place)
    _, native = peak(name, question, "native", answers.place)
    goals = [GoalMet(text=f"at most {most} MB", measured=ours, holds=ours <= most) for most in limits(name)]
    case = f"{name}, {question}, {answers.n:,}"
    record(case, "MB at the peak", goals=goals, nps_core=ours, native=native, opened=before)


def limits(name: str) -> list[int]:
    return [GOALS[name]] if name in GOALS else []


def peak(name: str, question: Question, who: str, place: Any) -> tuple[float, float]:
    """The peaks of a new process, in MB: once the engine is open, and once it has answered."""
    arguments = [name, question, who, place.folder, *filter(None, [place.server])]
    paths = os.pathsep.join(map(str, [_FOLDER, _FOLDER.parent / "harness"]))
    found = subprocess.run(
        [sys.executable, str(_FOLDER / "peak.py"), *arguments],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures = json.loads(found.stdout.splitlines()[-1])
    return figures["before"] / 1e6, figures["peak"] / 1e6
