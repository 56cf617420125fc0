"""Running the command inside the test: what it answers, prints and complains about."""

import contextlib
import io
import json
import time
from pathlib import Path
from typing import Any

import attrs
import pytest

from nps_core import cli
from nps_core.model.tally import Tally

DATA = Path(__file__).parent / "data"


@attrs.frozen
class Answer:
    """What the command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed with --json."""
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line of an error: nothing else was printed."""
        assert self.code == 2
        assert self.out == ""
        assert self.err.startswith("nps-core: error: ")
        assert self.err.endswith("\n")
        line = self.err.removeprefix("nps-core: error: ").removesuffix("\n")
        assert line.isprintable()
        return line


def report(file: str | Path, *options: str) -> Answer:
    """Run ``nps-core report``."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(["report", str(file), *options])
    return Answer(code, out.getvalue(), err.getvalue())


class Terminal(io.StringIO):
    """A place where someone is looking."""

    def isatty(self) -> bool:
        return True


def count_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let counting take longer than a moment."""
    count = Tally.from_frame

    def slowly(*arguments: Any, **options: Any) -> Tally:
        time.sleep(0.2)
        return count(*arguments, **options)

    monkeypatch.setattr(Tally, "from_frame", slowly)
    monkeypatch.setattr(cli, "_MOMENT", 0.02)


def write(folder: Path, content: str | bytes, name: str = "answers.csv") -> Path:
    """A file of answers."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
