"""What a reader is told to run is what runs."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README, RUN = ROOT / "README.md", ROOT / ".ci" / "run"


def commands(text: str) -> list[str]:
    """The lines of a text that run the tests."""
    return [line.strip() for line in text.splitlines() if "nox -s tests" in line and not line.startswith("#")]


@pytest.mark.skipif(not RUN.exists(), reason="the tests run without the repository around them")
def test_the_test_command_of_the_readme_is_the_one_that_ci_runs() -> None:
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", README.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    [run] = commands(RUN.read_text("utf-8"))
    assert commands("\n".join(blocks))[-1:] == [run]


@pytest.mark.skipif(not RUN.exists(), reason="the tests run without the repository around them")
@pytest.mark.parametrize("name", ["ci.yml", "release.yml"])
def test_a_workflow_runs_sessions_that_there_are_and_nothing_that_may_change(name: str) -> None:
    workflow = (ROOT / ".github" / "workflows" / name).read_text("utf-8")
    sessions = re.findall(r"^def (\w+)\(session", (ROOT / "noxfile.py").read_text("utf-8"), re.MULTILINE)
    matrix = re.search(r"session: \[(.*)\]", workflow)
    named = matrix[1].split(", ") if matrix else []
    named += re.findall(r"nox -s (\w+)", workflow)
    assert named
    assert set(named) <= {*sessions}
    used = re.findall(r"uses: (\S+)(.*)", workflow)
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) and "# v" in said for action, said in used)


@pytest.mark.skipif(not RUN.exists(), reason="the tests run without the repository around them")
def test_the_version_is_the_same_everywhere() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"\nversion: {stated}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert version("nps_core") == stated
