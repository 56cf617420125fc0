"""The fixtures of the engines: answers as Parquet files, a server, and engines opened on them."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import attrs
import pytest
import server
import surveying
from asking import Asked, Place
from catalogue import ENGINES, Engine
from records import Claim

_QUICK_ROWS: Final = 200_000


@attrs.frozen
class Answers:
    """So many answers, and what must come out."""

    n: int
    place: Place
    expected: surveying.Expected


@attrs.frozen
class Opened:
    """An engine, open, with the answers in it."""

    name: str
    answers: Answers
    asked: Asked


AnswersOf = Callable[[str, int], Answers]


@pytest.fixture(scope="session")
def answers_of(request: pytest.FixtureRequest, is_quick: bool) -> Iterator[AnswersOf]:  # noqa: FBT001
    """So many answers for an engine, written once; fewer in a trial."""
    most = request.config.getoption("rows") or (_QUICK_ROWS if is_quick else None)
    made: dict[int, Answers] = {}
    loaded: list[int] = []
    with tempfile.TemporaryDirectory(prefix="nps_core_answers_") as folder:

        def answers_of(name: str, n: int) -> Answers:
            size = min(n, most or n)
            if size not in made:
                own = Path(folder, str(size))
                own.mkdir()
                made[size] = Answers(size, Place(str(own)), surveying.write(own, size))
            answers = made[size]
            if not ENGINES[name].needs_server:
                return answers
            socket: str = request.getfixturevalue("socket")
            if loaded != [size]:
                server.load(socket, Path(answers.place.folder))
                loaded[:] = [size]
            return attrs.evolve(answers, place=Place(answers.place.folder, socket))

        yield answers_of


@pytest.fixture(scope="session")
def socket() -> Iterator[str]:
    """The folder of the socket of a server of PostgreSQL."""
    with server.running() as folder:
        yield folder


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest, answers_of: AnswersOf) -> Iterator[Opened]:
    """The engine that the test is called with, by name, and the number of answers."""
    name, n = request.param
    skip_without(ENGINES[name])
    answers = answers_of(name, n)
    with ENGINES[name].open(answers.place) as asked:
        yield Opened(name, answers, asked)


@pytest.fixture(autouse=True)
def programs(claim: Claim) -> None:
    """The versions of what is no package of Python are kept, too."""
    commands = {"PostgreSQL": ["postgres", "--version"], "Java": ["java", "-version"]}
    claim.versions.update({name: found for name, command in commands.items() if (found := _version(command))})


def skip_without(engine: Engine) -> None:
    """Leave out an engine that is not here."""
    if engine.lacks:
        pytest.skip(f"without {', '.join(engine.lacks)}")


def _version(command: list[str]) -> str:
    """The first word of what a program says about itself that begins with a digit; nothing without it."""
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        return ""
    words = [word.strip('"') for word in (said.stdout + said.stderr).split()]
    return next((word for word in words if word[:1].isdigit()), "")
