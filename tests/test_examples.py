"""Everything that a reader can copy runs, and shows what it says."""

import doctest
import importlib
import pkgutil
import re
import shlex
from pathlib import Path

import pytest
from commands import report

import nps_core

ROOT = Path(__file__).parents[1]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in [ROOT / "README.md", *ROOT.glob("docs/*.md")]
}
FENCE = re.compile(r"^```(?P<language>\S*)[^\n]*\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
MODULES = [
    name
    for _, name, _ in pkgutil.walk_packages(nps_core.__path__, "nps_core.")
    if name != "nps_core.__main__"  # importing it runs the command
]


def blocks(page: str, language: str) -> list[tuple[int, str]]:
    """The blocks of a language, each with the number of lines above it."""
    text = PAGES[page]
    found = [match for match in FENCE.finditer(text) if match["language"] == language]
    return [(text.count("\n", 0, match.start("code")), match["code"]) for match in found]


def failures(test: doctest.DocTest) -> str:
    told: list[str] = []
    doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS).run(test, out=told.append, clear_globs=False)
    return "".join(told)


def check(test: doctest.DocTest) -> None:
    if told := failures(test):
        pytest.fail(told, pytrace=False)


def docstrings(module: str) -> list[doctest.DocTest]:
    return [test for test in doctest.DocTestFinder().find(importlib.import_module(module)) if test.examples]


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "pycon")])
def test_the_examples_of_a_page_show_what_they_say(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}  # a page is read from the top
    for line, code in blocks(page, "pycon"):
        test = doctest.DocTestParser().get_doctest(code, names, page, page, line)
        check(test)
        names |= test.globs


@pytest.mark.parametrize("page", PAGES)
def test_no_page_has_code_that_is_not_run(page: str) -> None:
    assert not blocks(page, "python")


@pytest.mark.parametrize("module", ["nps_core", *(module for module in MODULES if docstrings(module))])
def test_the_examples_of_a_module_show_what_they_say(module: str) -> None:
    for test in docstrings(module):
        check(test)


def test_the_readme_has_examples() -> None:
    assert blocks("README.md", "pycon")
    assert blocks("README.md", "sh")


def test_the_first_command_of_the_readme_prints_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (_, commands), *_ = blocks("README.md", "sh")
    (_, shown), *_ = blocks("README.md", "text")
    program, command, file, *options = shlex.split(commands.rpartition("&&")[2])
    assert (Path(program).name, command) == ("nps-core", "report")
    assert report(file, *options).out == shown


LINK = re.compile(r"(?<!`)\]\((?!https?:|mailto:)(?P<path>[^)#\s]*)(#[^)\s]*)?\)")


@pytest.mark.parametrize("page", PAGES)
def test_the_links_of_a_page_lead_to_files(page: str) -> None:
    targets = [match["path"] for match in LINK.finditer(PAGES[page]) if match["path"]]
    assert [target for target in targets if not (ROOT / page).parent.joinpath(target).exists()] == []


def test_every_picture_that_a_page_shows_is_drawn_by_it() -> None:
    for page, text in PAGES.items():
        plots = len(re.findall(r"^>>> (?:\w+ = )?.+\.plot\(\)$", text, re.MULTILINE))
        shown = re.findall(r"^:file: images/made/(\S+)\.svg$", text, re.MULTILINE)
        assert shown == [f"{Path(page).stem}-{number}" for number in range(1, plots + 1)], page


def test_a_wrong_example_is_noticed() -> None:
    test = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, 0)
    assert "Expected:\n    3\nGot:\n    2" in failures(test)
