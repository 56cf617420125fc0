"""Several files are counted as if they were one, and an error says in which of them it is."""

import datetime as dt
import gzip
import io
import itertools
import re
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from commands import Answer, Terminal, count_slowly, report, write

from nps_core import cli

FIRST, SECOND = "s,b\n9,x\n3,y\n", "s,b\n10,x\n,y\n8,z\n"


def parquet(**columns: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def many(*paths: Path, options: tuple[str, ...] = ()) -> Answer:
    return report(paths[0], *map(str, paths[1:]), "--score", "s", *options)


def two(folder: Path, first: str | bytes, second: str | bytes, suffix: str = "csv") -> tuple[Path, Path]:
    return write(folder, first, f"a.{suffix}"), write(folder, second, f"b.{suffix}")


# ------------------------------------------------------------------------------------------------- which files


@pytest.mark.parametrize("pattern", ["*.csv", "?.csv", "[ab].csv", "**/*.csv"])
def test_a_pattern_is_the_files_that_match_it(tmp_path: Path, pattern: str) -> None:
    two(tmp_path, FIRST, SECOND)
    (tmp_path / "folder.csv").mkdir()
    write(tmp_path, "this is no file of answers", "other.txt")
    found = report(tmp_path / pattern, "--score", "s", "--by", "b", "--json").json
    whole = write(tmp_path, FIRST + SECOND.removeprefix("s,b\n"), "whole.tsv")
    one = report(whole, "--score", "s", "--by", "b", "--json", "--delimiter", ",").json
    assert (found.pop("source"), found.pop("files")) == ("2 files: a.csv, b.csv", ["a.csv", "b.csv"])
    assert one.pop("source") == "whole.tsv"
    assert found == one


def test_two_stars_reach_into_folders_and_names_then_have_them(tmp_path: Path) -> None:
    for folder in ("2025", "2026"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, FIRST, "a.csv")
    found = report(tmp_path / "**" / "*.csv", "--score", "s", "--json").json
    assert found["files"] == [str(tmp_path / "2025" / "a.csv"), str(tmp_path / "2026" / "a.csv")]
    assert found["nps"]["n"] == 4


def test_files_are_taken_in_order_and_each_once(tmp_path: Path) -> None:
    a, b = two(tmp_path, FIRST, SECOND)
    found = many(b, a, tmp_path / "*.csv", tmp_path / ".." / tmp_path.name / "b.csv", options=("--json",)).json
    assert (found["files"], found["nps"]["n"]) == (["a.csv", "b.csv"], 4)


def test_a_file_whose_name_is_a_pattern_is_that_file(tmp_path: Path) -> None:
    write(tmp_path, SECOND, "a1.csv")
    found = many(write(tmp_path, FIRST, "a[1].csv"), options=("--json",)).json
    assert (found["source"], found["nps"]["n"], "files" in found) == ("a[1].csv", 2, False)


def test_a_pattern_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    error = many(write(tmp_path, FIRST, "a.csv"), tmp_path / "*.parquet").error
    assert error == f"no file matches {str(tmp_path / '*.parquet')!r}"


def test_many_files_are_named_in_short(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path, FIRST, f"{number}.csv")
    found = report(tmp_path / "*.csv", "--score", "s", "--json", "--html", str(tmp_path / "page.html")).json
    assert found["source"] == "4 files: 0.csv ... 3.csv"
    assert "4 files: 0.csv ... 3.csv, read on " in (tmp_path / "page.html").read_text("utf-8")


def test_the_page_never_replaces_one_of_the_answers(tmp_path: Path) -> None:
    two(tmp_path, FIRST, SECOND)
    error = report(tmp_path / "*.csv", "--score", "s", "--html", str(tmp_path / ".." / tmp_path.name / "b.csv")).error
    assert error == "--html must name another file than the answers'"
    assert (tmp_path / "b.csv").read_text() == SECOND


# ------------------------------------------------------------------------------------------------- what goes together


def test_csv_files_may_differ_in_order_delimiter_and_packing(tmp_path: Path) -> None:
    files = [
        write(tmp_path, FIRST, "a.csv"),
        write(tmp_path, "b;s;more\nx;10;1\ny;;2\n", "b.csv"),
        write(tmp_path, gzip.compress(b"b\ts\nz\t8\n"), "c.tsv.gz"),
        write(tmp_path, gzip.compress(b"b\ts\nz\t1\n"), "d.tsv.gz"),
    ]
    found = many(*files, options=("--by", "b", "--json")).json
    assert {row["b"]: (row["n"], row["missing"]) for row in found["segments"]["b"]} == {
        "x": (2, 0),
        "y": (1, 1),
        "z": (2, 0),
    }


def test_json_and_parquet_files_may_differ_in_what_does_not_change_an_answer(tmp_path: Path) -> None:
    for suffix, first, second in (
        ("json", '[{"s": 9, "b": 1, "t": "2026-01-01"}]', '{"b": 2, "s": 3.0, "t": null, "more": 1}'),
        (
            "parquet",
            parquet(s=pa.array([9], pa.int8()), b=pa.array([1], pa.int8()), t=[dt.date(2026, 1, 1)]),
            parquet(more=[1], b=pa.array([2]), s=[3.0], t=pa.array([None], pa.timestamp("ns"))),
        ),
        ("pq", parquet(s=[9], b=pa.nulls(1), t=[dt.date(2026, 1, 1)]), parquet(s=["3"], b=["x"], t=["2026-01-02"])),
    ):
        options = ("--by", "b", "--at", "t", "--json")
        found = many(*two(tmp_path, first, second, suffix), options=options).json
        assert (found["nps"]["n"], found["nps"]["nps"], len(found["segments"]["b"])) == (2, 0.0, 2), suffix


def test_files_of_different_forms_are_refused(tmp_path: Path) -> None:
    files = write(tmp_path, FIRST, "a.csv"), write(tmp_path, parquet(s=[9]), "b.parquet")
    assert many(*files).error == "all files must have the same form, got CSV in a.csv and PARQUET in b.parquet"


def test_a_file_that_lacks_a_column_is_named(tmp_path: Path) -> None:
    error = many(*two(tmp_path, FIRST, "s,region\n9,x\n"), options=("--by", "b")).error
    assert error == "b.csv: column must be one of 's', 'region', got 'b'."


def test_labels_of_another_type_are_refused(tmp_path: Path) -> None:
    files = two(tmp_path, parquet(s=[9], b=["1"]), parquet(s=[9], b=[1]), "parquet")
    assert many(*files, options=("--by", "b")).error == (
        "column 'b' must hold the same in all files, got numbers in b.parquet and text in a.parquet"
    )


AT = dt.datetime(2026, 1, 1)
LABELS = [
    [pa.array([1]), pa.array([1.0]), pa.array([1], pa.uint8()), pa.array([1], pa.decimal128(5, 2)), pa.nulls(1)],
    [pa.array([AT]), pa.array([AT], pa.timestamp("ns")), pa.array([AT.date()]), pa.nulls(1)],
    [pa.array(["1"])],
    [pa.array([True])],
]
ZONED = pa.array([AT], pa.timestamp("us", "UTC"))


@pytest.mark.parametrize("same", LABELS, ids=lambda same: str(same[0].type))
def test_labels_of_one_kind_are_the_same_labels_however_wide(tmp_path: Path, same: list[Any]) -> None:
    files = [write(tmp_path, parquet(s=[9], b=labels), f"{i}.parquet") for i, labels in enumerate([*same, same[0]])]
    found = many(*files, options=("--by", "b", "--json")).json["segments"]["b"]
    nulls = sum(labels.null_count for labels in same)
    assert sorted(row["n"] for row in found) == sorted([len(files) - nulls, *[nulls] * (nulls > 0)])


@pytest.mark.parametrize(
    ("first", "second"), [*itertools.combinations([*(same[0] for same in LABELS), ZONED], 2)], ids=str
)
def test_labels_of_two_kinds_are_refused(tmp_path: Path, first: Any, second: Any) -> None:
    files = two(tmp_path, parquet(s=[9], b=first), parquet(s=[9], b=second), "parquet")
    error = many(*files, options=("--by", "b")).error
    assert re.fullmatch("column 'b' must hold the same in all files, got .* in b.parquet and .* in a.parquet", error)


def test_times_with_a_zone_in_some_files_only_are_refused_and_files_without_times_do_not_matter(tmp_path: Path) -> None:
    a, b = two(tmp_path, "s,t\n9,2026-01-01T23:00Z\n", "s,t\n9,\n")
    options = ("--at", "t", "--time-zone", "UTC", "--json")
    assert many(a, b, options=options).json["nps"]["n"] == 2
    assert many(a, b, write(tmp_path, "s,t\n9,2026-01-01\n", "c.csv"), options=options).error == (
        "column 't' must hold the same in all files, got times without a zone in c.csv and times with a zone in a.csv"
    )


def test_a_column_of_scores_that_holds_none_is_named_with_its_file(tmp_path: Path) -> None:
    files = two(tmp_path, parquet(s=[9]), parquet(s=[True]), "parquet")
    assert many(*files).error == "b.parquet: column 's' must hold numbers, got BOOLEAN"


# ------------------------------------------------------------------------------------------------- where an error is


def test_wrong_scores_are_shown_with_their_rows_and_files(tmp_path: Path) -> None:
    files = two(tmp_path, FIRST + "11,x\n12,x\n13,x\n", SECOND + "-1,x\n-2,x\n-3,x\n")
    error = many(*files, write(tmp_path, "s\n99\n", "c.csv")).error
    assert re.findall(r"'(-?\d+)' \(data row (\d) of (\w\.csv)\)", error) == [
        ("11", "3", "a.csv"),
        ("12", "4", "a.csv"),
        ("13", "5", "a.csv"),
        ("-1", "4", "b.csv"),
        ("-2", "5", "b.csv"),
    ]
    assert ", ...: 7 of 12 in all" in error


def test_a_wrong_time_is_shown_with_its_row_and_file(tmp_path: Path) -> None:
    files = two(tmp_path, "s,t\n9,2026-01-01\n", "s,t\n9,2026-01-01\n9,6.3.2026\n9,x\n")
    error = many(*files, options=("--at", "t")).error
    assert error.startswith("b.csv: times in column 't' must be ISO 8601")
    assert "got '6.3.2026' (data row 2; 2 in all)" in error


@pytest.mark.parametrize(
    ("suffix", "first", "second", "message"),
    [
        ("csv", FIRST, "s,b\n9,x\n9,x,y\n", "b.csv cannot be read as CSV: CSV Error on Line: 3; "),
        ("csv", "s,b\n9\n", FIRST, "a.csv cannot be read as CSV: CSV Error on Line: 2; "),
        ("csv", FIRST, "", "b.csv is empty"),
        ("csv", FIRST, "\n", "b.csv: the first line must name the columns, but it is blank"),
        ("csv", FIRST, b"\xee\n", "b.csv is not utf-8 text"),
        ("csv.gz", gzip.compress(FIRST.encode(), mtime=0), FIRST, "b.csv.gz is not a gzip file"),
        (
            "csv.gz",
            gzip.compress(FIRST.encode(), mtime=0),
            gzip.compress(b"s\n9,1\n", mtime=0),
            "b.csv.gz cannot be read as CSV: ",
        ),
        ("json", '[{"s": 9}]', '[{"s": 9}, 8]', "b.json cannot be read as JSON: json_read expected records"),
        ("parquet", parquet(s=[9]), b"PAR1" + bytes(40) + b"PAR1", "b.parquet cannot be read as PARQUET: "),
    ],
    ids=repr,
)
def test_the_file_that_cannot_be_read_is_named(
    tmp_path: Path, suffix: str, first: str | bytes, second: str | bytes, message: str
) -> None:
    assert many(*two(tmp_path, first, second, suffix)).error.startswith(message)


def test_what_duckdb_says_of_no_file_is_said_of_all(tmp_path: Path) -> None:
    files = two(tmp_path, "s,t\n9,2026\n", "s,t\n9,2026\n")
    error = many(*files, options=("--at", "t", "--at-format", "%Q %Y")).error
    assert error.startswith("2 files: a.csv, b.csv cannot be read as CSV: ")


def test_a_row_that_quotes_the_path_of_another_file_does_not_blame_it(tmp_path: Path) -> None:
    a, b = two(tmp_path, FIRST, f"s,b\n9,{tmp_path / 'a.csv'},3\n")
    assert many(a, b).error.startswith("b.csv cannot be read as CSV: CSV Error on Line: 2; ")


@pytest.mark.parametrize("name", ["a" * 300 + ".csv", "*" + "a" * 300 + ".csv"], ids=["a name", "a pattern"])
def test_a_name_that_no_file_can_have_is_an_error_in_one_line(tmp_path: Path, name: str) -> None:
    assert re.search("cannot be opened: |no file matches ", report(tmp_path / name, "--score", "s").error)


def test_a_file_that_is_not_there_is_named_once(tmp_path: Path) -> None:
    missing = tmp_path / "no.csv"
    error = many(write(tmp_path, FIRST), missing).error
    assert error == f"{missing} cannot be opened: No such file or directory"


# ------------------------------------------------------------------------------------------------- size


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_there_may_be_hundreds_of_files(tmp_path: Path, suffix: str) -> None:
    contents = (FIRST, SECOND) if suffix == "csv" else (parquet(s=[9, 3]), parquet(more=[1, 1, 1], s=[10, None, 8]))
    for number in range(300):
        write(tmp_path, contents[number % 2], f"{number}.{suffix}")
    score = report(tmp_path / f"*.{suffix}", "--score", "s", "--json").json["nps"]
    assert (score["n"], score["missing"]) == (600, 150)


# ------------------------------------------------------------------------------------------------- progress


def test_progress_says_which_count_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count_slowly(monkeypatch)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert cli.main(["report", *map(str, two(tmp_path, FIRST, SECOND)), "--score", "s", "--by", "b"]) == 0
    lines = [line for line in sys.stderr.getvalue().split("\r") if line.strip()]  # type: ignore[attr-defined]
    assert list(dict.fromkeys(re.sub(r" +\d+ %", "", line) for line in lines)) == [
        "counting 1 of 2 ...",
        "counting 2 of 2 ...",
    ]
    assert sys.stderr.getvalue().endswith("\r" + " " * 27 + "\r")  # type: ignore[attr-defined]
