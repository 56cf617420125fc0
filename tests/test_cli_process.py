"""The command as people run it: in a process of its own, at a terminal, in a pipe."""

import concurrent.futures
import html.parser
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from commands import DATA, Terminal, count_slowly, report, write

from nps_core import cli

EVIL = '<script>alert("1")</script>\x1b[31m\x07\u202e'
VOID = {"meta", "br", "hr"}


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "nps_core", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, env=os.environ | environment)


# -------------------------------------------------------------------------------------------------------- processes


def test_the_module_is_the_command() -> None:
    path = DATA / "saas_feedback_text.csv"
    found = run("report", path, "--score", "nps_score")
    assert (found.returncode, found.stderr) == (0, b"")
    assert found.stdout.decode().splitlines() == report(path, "--score", "nps_score").out.splitlines()
    assert b"NPS -30.0 (" in found.stdout  # SOURCES.md


def test_the_version_is_told_and_a_command_is_asked_for() -> None:
    assert re.fullmatch(rb"nps_core \d+\.\d+\.\d+\s+", run("--version").stdout)
    assert run().returncode == 2


def test_an_error_of_a_process_isone_line_and_the_exit_code_2(tmp_path: Path) -> None:
    found = run("report", write(tmp_path, "s\n9\n11\n"), "--score", "s")
    assert (found.returncode, found.stdout) == (2, b"")
    assert re.fullmatch(
        rb"nps-core: error: scores must be .* got '11' \(data row 2\): 1 of 2 in all.*\r?\n", found.stderr
    )


def test_a_reader_who_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    path = write(tmp_path, "s,b\n" + "".join(f"{i % 11},{i}\n" for i in range(2_000)))  # more than a pipe holds
    command = [sys.executable, "-m", "nps_core", "report", str(path), "--score", "s", "--by", "b"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_report_that_cannot_be_printed_is_an_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nps_core", "report", str(write(tmp_path, "s\n9\n")), "--score", "s"]
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(command, check=False, stdout=full, stderr=subprocess.PIPE)
    assert found.returncode == 2
    assert found.stderr.startswith(b"nps-core: error: the report cannot be printed: ")
    assert found.stderr.count(b"\n") == 1


def test_a_terminal_that_lacks_a_letter_gets_its_number(tmp_path: Path) -> None:
    path = write(tmp_path, "s,näkymä\n9,🙂\n")
    found = run("report", path, "--score", "s", "--by", "näkymä", PYTHONIOENCODING="ascii", PYTHONUTF8="1")
    assert (found.returncode, found.stderr) == (0, b"")
    assert rb"n\xe4kym\xe4" in found.stdout
    assert rb"\U0001f642" in found.stdout
    error = run("report", path, "--score", "näky", PYTHONIOENCODING="ascii", PYTHONUTF8="1")
    assert (error.returncode, error.stdout) == (2, b"")
    assert rb"Did you mean 'n\xe4kym\xe4'?" in error.stderr


def test_json_is_whole_on_every_terminal(tmp_path: Path) -> None:
    path = write(tmp_path, "s,näkymä\n9,🙂\n")
    for encoding in ("ascii", "utf-8"):
        found = run(
            "report", path, "--score", "s", "--by", "näkymä", "--json", PYTHONIOENCODING=encoding, PYTHONUTF8="1"
        )
        assert json.loads(found.stdout)["segments"]["näkymä"][0]["näkymä"] == "🙂"


# --------------------------------------------------------------------------------------------------- labels and pages


def test_labels_cannot_control_the_terminal(tmp_path: Path) -> None:
    path = write(tmp_path, f's,"{EVIL.replace(chr(34), chr(34) * 2)}"\n9,"line\nline\x1b[2J"\n8,{EVIL[-1]}x\n')
    out = report(path, "--score", "s", "--by", EVIL).out
    assert all(char.isprintable() or char == "\n" for char in out)
    assert r"line\nline\x1b[2J" in out
    assert EVIL[-1] not in report(path, "--score", EVIL[:-1]).err


class Page(html.parser.HTMLParser):
    """What a browser would see: tags, attributes and the text of every cell."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.targets: set[str | None] = set()
        self.cells: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.targets |= {value for name, value in attrs if name.endswith("href")}
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"td", "th"}:
            self.cells[-1] += data


def test_the_page_is_whole_self_contained_and_inert(tmp_path: Path) -> None:
    quoted = EVIL.replace('"', '""')
    path = write(tmp_path, f's,"{quoted}",t\n9,"{quoted}",2026-01-05\n3,&amp;,2026-02-06\n', "<i>&.csv")
    target = tmp_path / "page.html"
    answer = report(path, "--score", "s", "--by", EVIL, "--at", "t", "--html", str(target))
    assert answer.code == 0
    text = target.read_text("utf-8")
    page = Page(text)
    assert page.open == []
    assert page.tags.count("table") == 3  # the score, the segments, the trend
    assert not {"script", "i", "link", "img", "iframe", "object", "embed", "base"} & set(page.tags)
    assert not {name for name in page.attributes if name.startswith("on") or name in {"src", "action", "srcdoc"}}
    assert page.targets
    assert all(target.startswith("#picture-") for target in page.targets)
    without_names = re.sub(r'xmlns(:xlink)?="http://www.w3.org/[0-9a-z/]*"', "", text)
    assert not re.search(r"https?:|//|url\((?!#picture-)|@import|javascript:", without_names)
    assert page.tags.count("svg") == 3
    assert page.cells.count(EVIL) == 2  # the name of the column, and the label
    assert "&amp;" in page.cells
    assert {"2026-01", "2026-02"} <= set(page.cells)
    assert "&lt;i&gt;&amp;.csv, read on " in text
    assert answer.out == report(path, "--score", "s", "--by", EVIL, "--at", "t").out


@pytest.mark.skipif(sys.platform != "linux", reason="needs names of files that are bytes")
def test_a_file_name_that_is_no_text_is_shown_as_it_can_be(tmp_path: Path) -> None:
    path = write(tmp_path, "s\n9\n", os.fsdecode(b"caf\xe9.csv"))
    target = tmp_path / "page.html"
    assert report(path, "--score", "s", "--encoding", "latin-1", "--html", str(target)).code == 0
    assert r"caf\udce9.csv" in target.read_text("utf-8")


# ------------------------------------------------------------------------------------------------------- taking time


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting takes longer than a moment."""
    count_slowly(monkeypatch)


def shown(path: Path, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    cli.main(["report", str(path), "--score", "s"])
    return stream.getvalue()


@pytest.mark.usefixtures("slow")
def test_progress_is_shown_to_whoever_looks_and_wiped_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(write(tmp_path, "s\n9\n"), Terminal(), monkeypatch)
    assert re.fullmatch(r"(\rcounting \.\.\. +\d+ %){2,}\r {20}\r", text)
    assert capsys.readouterr().out.startswith("NPS 100.0 ")


@pytest.mark.usefixtures("slow")
def test_progress_is_wiped_before_an_error_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(write(tmp_path, "s\n99\n"), Terminal(), monkeypatch)
    assert re.search(r" %\r {20}\rnps-core: error: scores must be [^\r]*\n$", text)


@pytest.mark.usefixtures("slow")
def test_no_progress_is_shown_where_nobody_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(write(tmp_path, "s\n9\n"), io.StringIO(), monkeypatch) == ""


def test_no_progress_is_shown_when_it_takes_a_moment_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_MOMENT", 60)
    assert shown(write(tmp_path, "s\n9\n"), Terminal(), monkeypatch) == ""


def test_an_interrupt_ends_the_command_inone_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(concurrent.futures, "wait", interrupt)
    answer = report(write(tmp_path, "s\n9\n"), "--score", "s")
    assert (answer.code, answer.out, answer.err) == (130, "", "nps-core: interrupted\n")


def test_more_segments_than_a_picture_holds_have_a_table_only(tmp_path: Path) -> None:
    path = write(tmp_path, "s,region\n" + "\n".join(f"{9 if i % 2 else 3},shop {i}" for i in range(101)), "many.csv")
    target = tmp_path / "page.html"
    assert report(path, "--score", "s", "--by", "region", "--html", str(target)).code == 0
    text = target.read_text("utf-8")
    assert "<p>No picture: a plot must be of 100 rows at most, got 101; where() picks some of them.</p>" in text
    assert text.count("<svg") == 1
    assert "shop 100" in text
