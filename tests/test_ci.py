"""What a reader is told to run is what runs."""

import re
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
