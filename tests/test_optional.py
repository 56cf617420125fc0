"""Extras: imported when asked for, missed with the command that installs them."""

import subprocess
import sys
from pathlib import Path

import pytest

from nps_core._optional import first_installed, require
from nps_core.errors import MissingDependencyError


def test_what_is_installed_is_imported() -> None:
    assert require("json.decoder", extra="frames", purpose="this test") is sys.modules["json.decoder"]


def test_what_is_not_installed_is_missed_with_the_command_that_installs_it() -> None:
    with pytest.raises(MissingDependencyError) as caught:
        require("no_such_package.part", extra="plot", purpose="a plot")
    assert str(caught.value) == (
        "a plot needs no_such_package, which is not installed; install it with: pip install 'nps_core[plot]'"
    )
    assert isinstance(caught.value.__cause__, ImportError)


def test_the_strategies_without_hypothesis_say_how_to_get_it() -> None:
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from nps_core.errors import MissingDependencyError\n"
        "try:\n    import nps_core.testing\n"
        "except MissingDependencyError as error:\n    print(error)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == (
        "nps_core.testing needs hypothesis, which is not installed; install it with: pip install 'nps_core[testing]'"
    )


def test_what_is_installed_but_broken_says_so_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_package.py").write_text("import what_it_needs")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="what_it_needs") as caught:
        require("broken_package", extra="plot", purpose="a plot")
    assert not isinstance(caught.value, MissingDependencyError)


def test_the_first_of_several_that_is_installed_is_taken() -> None:
    assert first_installed(("no_such_package", "json", "csv"), purpose="this test") == "json"
    with pytest.raises(
        MissingDependencyError, match=r"a test needs no_such_package or none_either, .*pip install no_such"
    ):
        first_installed(("no_such_package", "none_either"), purpose="a test")
