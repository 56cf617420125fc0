"""Files that cannot be read: one clear error each, which never shows what stands in a row."""

import gzip
import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from commands import report, write

PERSON = "ann.smith@example.org"
CSV = "s,b\n9,x\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "a.csv is empty"),
        ("a.parquet", b"", "a.parquet is empty"),
        ("a.json", b"", "a.json is empty"),
        ("a.csv.gz", gzip.compress(b"", mtime=0), "the first line must name the columns, but it is blank"),
        ("a.csv", b"PAR1....PAR1", "a.csv is not CSV, as its name says, but a Parquet file"),
        ("a.csv", b"PK\x03\x04....", "not CSV, as its name says, but a zip archive (as .xlsx files are)"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0", "not CSV, as its name says, but a picture"),
        ("a.csv", b"%PDF-1.7", "not CSV, as its name says, but a PDF file"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1", "not CSV, as its name says, but an old Excel file"),
        ("a.csv", gzip.compress(CSV.encode(), mtime=0), "not CSV, as its name says, but a gzip file"),
        ("a.csv", CSV.encode("utf-16"), "not CSV, as its name says, but UTF-16 text (say so with the encoding)"),
        ("a.csv", CSV.encode("utf-16-le"), "the file is not text, as its name says"),
        ("a.csv", b"s\0,b\n9,x\n", "the file is not text, as its name says"),
        ("a.csv", b"s,b\n9\0,x\n", r"got '9\x00' (data row 1): 1 of 1 in all"),
        ("a.json", b"PAR1....PAR1", "a.json is not JSON, as its name says, but a Parquet file"),
        ("a.json", '[{"s": 9}]'.encode("utf-16"), "a.json is not JSON, as its name says, but UTF-16 text"),
        ("a.json", '\ufeff[{"s": 9}]'.encode(), "a.json begins with a byte order mark, which JSON must not have"),
        ("a.json", b'[{"s": 9}, {"s": 8]', "a.json cannot be read as JSON: Malformed JSON in file"),
        ("a.json", b"{", "a.json cannot be read as JSON: Malformed JSON in file"),
        ("a.json", b"[9, 8]", "a.json cannot be read as JSON: json_read expected records"),
        ("a.json", b'"s"', "a.json cannot be read as JSON: json_read expected records"),
        ("a.json", b"[]", "a.json cannot be read as JSON: json_read expected records"),
        ("a.json", b'[{"s": 9}, 8]', "a.json cannot be read as JSON: json_read expected records"),
        ("a.json", b"s,b\n9,x\n", "a.json cannot be read as JSON: Malformed JSON in file"),
        (
            "a.json",
            b'[{"s": 9}, {"s": 8},\n',
            "a.json cannot be read as JSON: it ends with a comma, so",
        ),
        ("a.jsonl", b'{"s": 9}\n{"s": ', "a.jsonl cannot be read as JSON: Malformed JSON in file"),
        ("a.json.gz", b'[{"s": 9}]', "a.json.gz is not a gzip file, as its name says, or not a whole one"),
        ("a.json.gz", gzip.compress(b'[{"s": 9},', mtime=0), "a.json.gz cannot be read as JSON: it ends with a comma"),
        ("a.json.gz", gzip.compress('\ufeff[{"s": 9}]'.encode(), mtime=0), "a.json.gz begins with a byte order mark"),
        (
            "a.json.gz",
            gzip.compress(b'[{"s": 9}]', mtime=0)[:-8] + bytes(8),
            "a.json.gz is not a gzip file",
        ),
        (
            "a.json.gz",
            gzip.compress(b'[{"s": 9}]', mtime=0)[:-9],
            "is not a gzip file, as its name says, or not a",
        ),
        ("a.parquet", CSV.encode(), "a.parquet cannot be read as PARQUET: "),
        ("a.parquet", b"PAR1" + bytes(40), "a.parquet cannot be read as PARQUET: "),
        ("a.parquet", b"PAR1" + bytes(40) + b"PAR1", "a.parquet cannot be read as PARQUET: "),
        ("a.csv.gz", CSV.encode(), "a.csv.gz is not a gzip file, as its name says, or not a whole one"),
        (
            "a.csv.gz",
            gzip.compress(CSV.encode(), mtime=0)[:-9],
            "a.csv.gz is not a gzip file, as its name says, or not a whole",
        ),
        ("a.csv.gz", gzip.compress(b"", mtime=0)[:10] + b"\xff" * 30, "a.csv.gz is not a gzip file, as its name says"),
        ("a.xlsx", b"PK\x03\x04", "the name of a file must end in one of '.csv', '.tsv', "),
        ("answers", b"s\n9\n", "must end in one of '.csv', '.tsv', '.txt', '.parquet', '.pq', '.json'"),
        (".csv", b"s\n9\n", "the name of a file must end in one of"),
        ("a.csv", b"s,b\r\n9,x\n8,y\r\n", "not RFC 4180 compliant. Do all its lines end in the same way?"),
    ],
    ids=repr,
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    assert message in report(write(tmp_path, content, name), "--score", "s").error


@pytest.mark.parametrize("text", ['[{"s": 9, "s": "ann@example.com"}]', '{"s": 9, "s": "ann@example.com"}\n{"s": 8}\n'])
def test_what_stands_in_broken_json_is_not_quoted(tmp_path: Path, text: str) -> None:
    error = report(write(tmp_path, text.encode(), "a.json"), "--score", "s").error
    assert error.startswith("a.json cannot be read as JSON: JSON transform error in file")
    assert re.search(r"in (line|record/value) \d+$", error)


def test_bytes_that_are_not_utf_8_are_named_however_far_down_they_stand(tmp_path: Path) -> None:
    path = write(tmp_path, b"s,b\n" + b"9,x\n" * 9_000 + b"8,beno\xeet\n")
    error = report(path, "--score", "s", "--by", "b").error
    assert error.startswith("answers.csv cannot be read as CSV: CSV Error on Line: 9002; ")
    assert re.search("Say which encoding it has, such as .*cp1252 or latin-1$", error)
    assert "beno" not in error
    assert report(path, "--score", "s", "--by", "b", "--encoding", "latin-1", "--json").json["nps"]["n"] == 9_001


def test_a_file_that_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    assert report(tmp_path / "a.csv", "--score", "s").error.endswith(
        "a.csv cannot be opened: No such file or directory"
    )
    (tmp_path / "folder.csv").mkdir()
    assert re.search(
        r"folder.csv cannot be opened: Is a directory; for the files in it write a pattern, .*folder.csv.\*.csv'$",
        report(tmp_path / "folder.csv", "--score", "s").error,
    )


@pytest.mark.parametrize(
    ("rows", "line", "reason"),
    [
        (f"9,x\n8,y,{PERSON}\n7,z\n", 3, "Expected Number of Columns: 2 Found: 3"),
        (f"9,x\n8,y\n{PERSON}\n", 4, "Expected Number of Columns: 2 Found: 1"),
        (f'9,"{PERSON}\n8,y\n', 2, "Value with unterminated quote found."),
        (f'9,x\n"8,y\n{PERSON},\n\nPossible\n* {PERSON}\n  {PERSON} = 1\n', 3, "Value with unterminated quote found."),
        (f'9,"x" {PERSON}\n', 2, "Value with unterminated quote found."),
        (f'9,x\n8,"{PERSON * 100_000}"\n', 3, "Maximum line size of 2000000 bytes exceeded."),
    ],
    ids=["too many", "too few", "open quote", "open quote over lines", "text behind a quote", "too long"],
)
def test_a_broken_row_is_named_and_never_shown(tmp_path: Path, rows: str, line: int, reason: str) -> None:
    error = report(write(tmp_path, "s,b\n" + rows), "--score", "s").error
    assert error.startswith(f"answers.csv cannot be read as CSV: CSV Error on Line: {line}; {reason}")
    assert "example.org" not in error
    assert len(error) < 200


@pytest.mark.parametrize(
    "content",
    [
        f'[{{"s": 9, "b": "{PERSON}", "b": "{PERSON}"}}]',
        f'[{{"s": 9, "b": "{PERSON}"}}, {{"s": 9, "b": "{PERSON}]',
        f'["{PERSON}"]',
    ],
    ids=["the same key twice", "malformed", "no records"],
)
def test_a_broken_record_is_never_shown(tmp_path: Path, content: str) -> None:
    assert "example.org" not in report(write(tmp_path, content, "a.json"), "--score", "s", "--by", "b").error


@pytest.mark.parametrize(
    ("missing", "extra"), [("duckdb", "cli"), ("narwhals.stable.v2", "frames")], ids=["duckdb", "narwhals"]
)
def test_without_an_extra_the_command_names_the_one_that_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, extra: str
) -> None:
    present = importlib.import_module

    def without(name: str) -> Any:
        if name == missing:
            raise ModuleNotFoundError(name=name)
        return present(name)

    monkeypatch.setattr(importlib, "import_module", without)
    error = report(write(tmp_path, CSV), "--score", "s").error
    assert error.endswith(f"is not installed; install it with: pip install 'nps_core[{extra}]'")
