"""What the command refuses: one clear line each, exit code 2, and nothing lost."""

import re
from pathlib import Path

import pytest
from commands import report, write

from nps_core.cli import main
from nps_core.model.scale import PRESETS

HINT = "if a text means that there is no answer, say so with --missing TEXT"


@pytest.mark.parametrize(
    ("wrong", "row"),
    [
        ("11", 2),
        ("-1", 2),
        ("7.5", 2),
        ("1o", 2),
        ("inf", 2),
        ("0x9", 2),
        ("9,0", 2),
        ("9 9", 2),
        ("NaN", 2),
        ("1e1", 2),
        ("1_0", 2),
        ("٩", 2),
    ],
)
def test_what_is_no_score_is_shown_with_its_row_and_the_total(tmp_path: Path, wrong: str, row: int) -> None:
    path = write(tmp_path, f's\n9\n"{wrong}"\n\n')
    error = report(path, "--score", "s").error
    assert f"whole numbers between 0 and 10, got {wrong!r} (data row {row}): 1 of 3 in all; {HINT}" in error
    counts = report(path, "--score", "s", "--invalid", "exclude", "--json").json["nps"]
    assert (counts["n"], counts["missing"], counts["invalid"]) == (1, 1, 1)
    counts = report(path, "--score", "s", "--missing", wrong, "--json").json["nps"]
    assert (counts["n"], counts["missing"], counts["invalid"]) == (1, 2, 0)


def test_only_the_first_of_many_wrong_scores_are_shown(tmp_path: Path) -> None:
    error = report(write(tmp_path, "s\n" + "8\n99\n" * 7), "--score", "s").error
    assert re.findall(r"data row (\d+)", error) == ["2", "4", "6", "8", "10"]
    assert ", ...: 7 of 14 in all" in error


def test_texts_of_survey_tools_are_said_to_be_read_elsewhere(tmp_path: Path) -> None:
    error = report(write(tmp_path, "s\n9\n10 - Extremely likely\n"), "--score", "s").error
    assert "programme.read_export, in Python, reads texts such as" in error
    assert "read_export" not in report(write(tmp_path, "s\n9\n11\n"), "--score", "s").error


@pytest.mark.parametrize(
    ("at_format", "message"),
    [
        ("%d/%m/%Y", "written as '%d/%m/%Y', got '5/1/226'"),
        ("%d/%m/", "at_format must hold a year, such as %Y, got '%d/%m/'"),
    ],
)
def test_years_are_told_and_in_full(tmp_path: Path, at_format: str, message: str) -> None:
    path = write(tmp_path, "s,t\n9,05/01/2026\n3,5/1/226\n")
    assert message in report(path, "--score", "s", "--at", "t", "--at-format", at_format).error


def test_years_may_have_two_digits_if_the_format_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, "s,t\n9,05/01/26\n")
    trend = report(path, "--score", "s", "--at", "t", "--at-format", "%d/%m/%y", "--json").json["trend"]
    assert [period["period"][:7] for period in trend] == ["2026-01"]


def test_a_name_that_no_file_can_have_is_refused() -> None:
    assert "cannot be opened: no name holds a zero byte" in report(Path("a\0b.csv"), "--score", "s").error


@pytest.mark.parametrize("options", [["--score", "why"], ["--score", "s", "--at", "why"]], ids=str)
def test_what_somebody_wrote_is_not_shown(tmp_path: Path, options: list[str]) -> None:
    path = write(tmp_path, "s,why\n9,Eva Smith never called me back\n")
    error = report(path, *options).error
    assert "got a text of 30 characters (data row 1" in error
    assert "Eva" not in error


@pytest.mark.parametrize("scale", PRESETS)
def test_the_scale_says_which_scores_are_wrong(tmp_path: Path, scale: str) -> None:
    path = write(tmp_path, "s\n" + "\n".join(map(str, range(-1, 12))))
    wrong = [score for score in range(-1, 12) if score not in PRESETS[scale].scores]
    error = report(path, "--score", "s", "--scale", scale).error
    assert f"between {PRESETS[scale].lowest} and {PRESETS[scale].highest}, got '-1' (data row 1)" in error
    assert f": {len(wrong)} of 13 in all" in error


@pytest.mark.parametrize(
    "options", [["--score", "regio"], ["--score", "s", "--by", "regio"], ["--score", "s", "--at", "regio"]], ids=str
)
def test_a_wrong_column_is_answered_with_those_that_exist_and_the_closest(tmp_path: Path, options: list[str]) -> None:
    error = report(write(tmp_path, "s,region\n9,x\n"), *options).error
    assert error == "column must be one of 's', 'region', got 'regio'. Did you mean 'region'?"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--every", "month"], "--every, --at-format and --time-zone need --at"),
        (["--at-format", "%Y"], "--every, --at-format and --time-zone need --at"),
        (["--time-zone", "UTC"], "--every, --at-format and --time-zone need --at"),
        (["--by", "s"], "score, at and by must name different columns"),
        (["--by", "t", "--by", "t"], "score, at and by must name different columns"),
        (["--at", "t", "--by", "t"], "score, at and by must name different columns"),
        (
            ["--at", "t", "--time-zone", "Mars/Olympus"],
            "must be an IANA name such as 'Europe/Helsinki'.*'Mars/Olympus'",
        ),
        (["--confidence-level", "0"], "between 0 and 1, both excluded, got 0.0$"),
        (["--confidence-level", "1"], "between 0 and 1, both excluded, got 1.0$"),
        (["--confidence-level", "95"], "got 95.0; for 95 % write 0.95$"),
        (["--confidence-level", "nan"], "between 0 and 1, both excluded, got nan$"),
        (["--scale", "0-7"], "scale must be one of '0-10', '1-10', '1-5', 'european', got '0-7'"),
        (["--scale", "9-1"], "scale must be one of .*, got '9-1'"),
        (["--encoding", "klingon"], "encoding must be one that Python knows, got 'klingon'"),
        (["--delimiter", ""], "delimiter must be one character, no quote and no line break, got ''"),
        (["--delimiter", "ab"], "delimiter must be one character.*got 'ab'"),
        (["--delimiter", '"'], "delimiter must be one character"),
        (["--html", "{folder}"], "cannot be written: Is a directory$"),
        (["--html", "{folder}/no/such/folder/page.html"], "cannot be written: No such file or directory$"),
    ],
    ids=str,
)
def test_an_impossible_option_is_refused(tmp_path: Path, options: list[str], message: str) -> None:
    path = write(tmp_path, "s,t\n9,2026-01-01\n")
    error = report(path, "--score", "s", *(option.format(folder=tmp_path) for option in options)).error
    assert re.search(message, error)


@pytest.mark.parametrize("options", [["--every", "hour"], ["--confidence-level", "x"], ["--method", "magic"]], ids=str)
def test_what_the_command_line_cannot_mean_is_refused_inone_line_too(
    tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["report", str(write(tmp_path, "s\n9\n")), "--score", "s", *options])
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(rf"nps-core: error: argument {options[0]}: invalid .*{options[1]}.*\n", err)


@pytest.mark.parametrize(
    ("times", "options", "message"),
    [
        (["26-01-05"], [], "ISO 8601, such as .*, got '26-01-05' \\(data row 1; 1 in all\\); say how"),
        (["2026-01-01", "", "6.3.2026", "x"], [], "got '6.3.2026' \\(data row 3; 2 in all\\)"),
        (["2026-13-01"], [], "got '2026-13-01' \\(data row 1"),
        (["2026-02-30T10:00:00Z"], ["--time-zone", "UTC"], "got '2026-02-30T10:00:00Z'"),
        (["03/06/2026", "2026"], ["--at-format", "%d/%m/%Y"], "written as '%d/%m/%Y', got '2026' \\(data row 2; 1 in"),
        (["2026-01-01"], ["--at-format", "%Q %Y"], "format specifier %Q"),
        (["2026-01-01T10:00Z", "2026-01-01"], [], "all carry a zone or none of them, got 1 with and 1 without"),
        (["2026-01-01T10:00Z"], [], "carry a zone: say whose calendar is meant, such as --time-zone Europe/Helsinki"),
        (["2026-01-01T10:00Z"], ["--time-zone", "naive"], "carry a zone: say whose calendar is meant"),
        (["1/1/2026 +0200"], ["--at-format", "%d/%m/%Y %z"], "carry a zone: say whose calendar is meant"),
        (["", ""], [], "a trend needs answers with a score and a known time, got none"),
        (["0001-01-01"], [], "between the years 2 and 9998, got the year 1$"),
        (["9999-12-31T23:59Z"], ["--time-zone", "Asia/Tokyo"], "between the years 2 and 9998, got the year 10000$"),
    ],
    ids=str,
)
def test_times_that_cannot_be_placed_are_refused(
    tmp_path: Path, times: list[str], options: list[str], message: str
) -> None:
    path = write(tmp_path, "s,t\n" + "".join(f"9,{time}\n" for time in times))
    assert re.search(message, report(path, "--score", "s", "--at", "t", *options).error)


@pytest.mark.parametrize(
    ("content", "missing"), [("s", 0), ("s\n", 0), ("s\n\n\n", 2), ("s,b\n,x\n ,y\n", 2), ('s\n""\n \n', 2)], ids=repr
)
def test_a_file_without_a_score_is_refused(tmp_path: Path, content: str, missing: int) -> None:
    error = report(write(tmp_path, content), "--score", "s").error
    assert error == f"an NPS needs at least one answer with a score, got none ({missing} missing, 0 invalid)"


def test_names_that_differ_by_case_only_are_not_mixed_up(tmp_path: Path) -> None:
    path = write(tmp_path, "s,r,R\n9,a,b\n")
    assert "must differ by more than case" in report(path, "--score", "s", "--by", "r", "--by", "R").error
    (segment,) = report(path, "--score", "s", "--by", "R", "--json").json["segments"]["R"]
    assert segment["R"] == "b"


def test_the_page_never_replaces_the_answers(tmp_path: Path) -> None:
    path = write(tmp_path, "s\n9\n")
    assert report(path, "--score", "s", "--html", f"{path.parent}/./{path.name}").error.startswith("--html must name")
    assert path.read_text() == "s\n9\n"


def test_a_file_name_cannot_control_the_terminal(tmp_path: Path) -> None:
    error = report(tmp_path / "no\n\x1b.csv", "--score", "s").error
    assert r"no\n\x1b.csv cannot be opened: No such file or directory" in error
    assert r"no\n\x1b[31m.csv" in report(tmp_path / "no\n\x1b[31m.csv", "--score", "s").error
