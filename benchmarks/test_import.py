"""Importing nps_core loads nothing else; its names bring numpy, attrs and themselves when they are asked for.

Every import is that of a fresh interpreter, whose own start is part of the time. The names that one begins with are
measured, too.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from racing import OURS, RaceAndRecord, Runner, at_most_above, equal_to


def importing(statement: str, cache: Path) -> Runner:
    """An import whose bytecode is in a cache of its own, filled when it is checked: what is timed compiles nothing."""
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    settings["PYTHONPYCACHEPREFIX"] = str(cache)

    def run() -> int:
        return subprocess.run([sys.executable, "-c", statement], check=True, env=settings).returncode

    return Runner(run, equal_to(0))


@pytest.mark.parametrize("statement", ["import nps_core", "from nps_core import Response, Survey, by_segment, nps"])
def test_import(race: RaceAndRecord, tmp_path: Path, statement: str) -> None:
    race(
        statement,
        {
            OURS: importing(statement, tmp_path),
            "import numpy, attrs": importing("import numpy, attrs", tmp_path),
            "import numpy": importing("import numpy", tmp_path),
            "nothing": importing("pass", tmp_path),
        },
        goals=[at_most_above(25, "import numpy")] if statement == "import nps_core" else [],
        seconds=12,
        rounds=12,
    )
