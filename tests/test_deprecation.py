"""Old ways are announced, and go when they were said to go."""

import importlib
import pickle
import pkgutil
from importlib.metadata import version

import pytest

import nps_core
from nps_core import _deprecation
from nps_core._deprecation import ANNOUNCEMENTS, Announcement, deprecated, renamed
from nps_core.errors import InvalidInputError, NPSDeprecationWarning


@pytest.fixture(autouse=True)
def _announcements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_deprecation, "ANNOUNCEMENTS", [])


def numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")[:3]))


def test_an_old_function_warns_whoever_calls_it_and_works() -> None:
    @deprecated(since="0.4.0", until="0.6.0", instead="call new()")
    def old(number: int) -> int:
        """Twice a number."""
        return 2 * number

    with pytest.warns(NPSDeprecationWarning) as caught:
        assert old(4) == 8
    assert str(caught[0].message).endswith("old() is deprecated since nps_core 0.4.0 and goes with 0.6.0; call new()")
    assert caught[0].filename == __file__
    assert old.__doc__ == "Twice a number."
    assert [each.until for each in _deprecation.ANNOUNCEMENTS] == ["0.6.0"]


def test_an_old_name_of_an_option_warns_and_is_passed_on() -> None:
    @renamed("freq", "every", since="0.4.0", until="0.6.0")
    def trend(*, every: str) -> str:
        return every

    assert trend(every="day") == "day"
    with pytest.warns(NPSDeprecationWarning, match=r"trend\(freq=\) is deprecated .* 0\.6\.0; pass every=") as caught:
        assert trend(freq="week") == "week"  # type: ignore[call-arg]
    assert caught[0].filename == __file__
    with pytest.raises(InvalidInputError, match=r"must be given every= or freq=, got both"):
        trend(every="day", freq="week")  # type: ignore[call-arg]


def test_the_warning_is_one_that_python_and_we_know() -> None:
    assert issubclass(NPSDeprecationWarning, DeprecationWarning)
    assert pickle.loads(pickle.dumps(NPSDeprecationWarning("x"))).args == ("x",)


def overdue(announcements: list[Announcement], now: str) -> list[Announcement]:
    return [each for each in announcements if not numbers(each.since) < numbers(each.until) > numbers(now)]


def test_nothing_old_is_there_after_its_time() -> None:
    for module in pkgutil.walk_packages(nps_core.__path__, "nps_core."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    assert overdue(ANNOUNCEMENTS, version("nps_core")) == []
    old = Announcement(what="old()", instead="call new()", since="0.4.0", until="0.6.0")
    assert overdue([old], "0.5.9") == []
    assert overdue([old], "0.6.0") == [old]
