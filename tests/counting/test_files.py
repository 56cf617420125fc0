"""Reading files: the same answers give the same report whatever the file is, and nothing is guessed."""

import csv
import datetime as dt
import gzip
import io
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from commands import DATA, report, write

ROWS: list[dict[str, Any]] = [
    {"s": 9, "region": "north", "t": dt.datetime(2026, 1, 31, 23, 59)},
    {"s": 3, "region": 'näkymä, "east"\n;|\t🙂', "t": dt.datetime(2026, 2, 1)},
    {"s": None, "region": "south", "t": None},
    {"s": 10, "region": None, "t": dt.datetime(2026, 2, 1, 12, 30, 15)},
    {"s": 11, "region": "#8", "t": dt.datetime(2026, 3, 1)},
]
TEXTS = [{**row, "t": row["t"] and row["t"].isoformat()} for row in ROWS]
OPTIONS = ["--score", "s", "--by", "region", "--at", "t", "--invalid", "exclude", "--json"]


def separated(delimiter: str, end: str = "\n") -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, ROWS[0], delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(TEXTS)
    return file.getvalue()


def parquet(**columns: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def parquet_of(score: pa.DataType, at: pa.DataType) -> bytes:
    scores, labels, times = ([row[name] for row in ROWS] for name in ("s", "region", "t"))
    return parquet(s=pa.array(scores, pa.int8()).cast(score), region=pa.array(labels), t=pa.array(times, at))


SAME: list[tuple[str, str | bytes, list[str]]] = [
    ("comma.csv", separated(","), []),
    ("CAPITALS.CSV", separated(","), []),
    ("semicolon.csv", separated(";"), []),
    ("tab.tsv", separated("\t"), []),
    ("bar.txt", separated("|"), []),
    ("told.csv", separated(":"), ["--delimiter", ":"]),
    ("windows.csv", separated(",", "\r\n"), []),
    ("mark.csv", b"\xef\xbb\xbf" + separated(",").encode(), []),
    ("zipped.csv.gz", gzip.compress(separated(",").encode()), []),
    ("SHOUTED.CSV.GZ", gzip.compress(separated(",").encode()), []),
    ("utf_16.csv", separated(",").encode("utf-16"), ["--encoding", "utf-16"]),
    ("zipped_16.tsv.gz", gzip.compress(separated("\t").encode("utf-16")), ["--encoding", "UTF_16"]),
    ("small.parquet", parquet_of(pa.int8(), pa.timestamp("ms")), []),
    ("floats.pq", parquet_of(pa.float64(), pa.timestamp("ns")), []),
    ("decimals.parquet", parquet_of(pa.decimal128(5, 2), pa.timestamp("us")), []),
    ("texts.parquet", parquet_of(pa.string(), pa.timestamp("us")), []),
    ("array.json", json.dumps(TEXTS), []),
    ("lines.jsonl", "\n".join(json.dumps(row) for row in TEXTS), []),
    ("lines.ndjson", "\n".join(json.dumps(row) for row in TEXTS), []),
    (
        "mixed.json",
        json.dumps([{**row, "s": str(row["s"] or "")} if i % 2 else row for i, row in enumerate(TEXTS)]),
        [],
    ),
    ("gaps.json", json.dumps([{name: v for name, v in row.items() if v is not None} for row in TEXTS]), []),
]


@pytest.mark.parametrize(("name", "content", "options"), SAME, ids=[same[0] for same in SAME])
def test_the_same_answers_give_the_same_report(
    tmp_path: Path, name: str, content: str | bytes, options: list[str]
) -> None:
    found = report(write(tmp_path, content, name), *OPTIONS, *options).json
    assert found.pop("source") == name
    assert (found["nps"]["n"], found["nps"]["missing"], found["nps"]["invalid"]) == (3, 1, 1)
    assert {row["region"]: row["n"] for row in found["segments"]["region"]} == {
        row["region"]: int(row["s"] not in {None, 11}) for row in ROWS
    }
    assert [(row["period"], row["n"]) for row in found["trend"]] == [("2026-01", 1), ("2026-02", 2), ("2026-03", 0)]
    reference = report(write(tmp_path, separated(","), "reference.csv"), *OPTIONS).json
    assert found == {key: value for key, value in reference.items() if key != "source"}


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_a_parquet_file_that_carry_a_zone_are_converted(tmp_path: Path, unit: str) -> None:
    at = pa.array([dt.datetime(2026, 1, 1, 23, 30)], pa.timestamp(unit, "UTC"))
    path = write(tmp_path, parquet(s=[9], t=at), "a.parquet")
    options = ["--score", "s", "--at", "t", "--every", "day"]
    assert "carry a zone: say whose calendar is meant" in report(path, *options).error
    (period,) = report(path, *options, "--time-zone", "Europe/Helsinki", "--json").json["trend"]
    assert period["period"] == "2026-01-02"


def test_dates_of_a_parquet_file_are_times(tmp_path: Path) -> None:
    path = write(tmp_path, parquet(s=[9], t=[dt.date(2026, 1, 1)]), "a.parquet")
    (period,) = report(path, "--score", "s", "--at", "t", "--every", "year", "--json").json["trend"]
    assert period["period"] == "2026"


@pytest.mark.parametrize("value", [True, dt.date(2026, 1, 1), [9], {"a": 9}], ids=repr)
def test_typed_columns_without_numbers_hold_no_scores(tmp_path: Path, value: Any) -> None:
    path = write(tmp_path, parquet(s=[value]), "a.parquet")
    assert report(path, "--score", "s").error.startswith("column 's' must hold numbers, got ")


@pytest.mark.parametrize("value", [9, True, Decimal("1.5"), dt.time(10)], ids=repr)
def test_typed_columns_without_times_hold_no_times(tmp_path: Path, value: Any) -> None:
    path = write(tmp_path, parquet(s=[9], t=[value]), "a.parquet")
    assert report(path, "--score", "s", "--at", "t").error.startswith("column 't' must hold times, got ")


@pytest.mark.parametrize("text", ["3-6-2026", "26-03-06", "10:30", "03/06/2026"])
def test_json_texts_are_not_taken_for_times(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, json.dumps([{"s": 9, "t": text}]), "a.json")
    assert (
        f"must be ISO 8601, such as 2026-03-06 or 2026-03-06T23:30:00+02:00, got '{text}"
        in report(path, "--score", "s", "--at", "t").error
    )


def test_a_column_without_any_value_holds_missing_answers(tmp_path: Path) -> None:
    for path in (
        write(tmp_path, '[{"s": null, "b": "x"}, {"b": "y"}]', "a.json"),
        write(tmp_path, parquet(s=[None, None]), "a.parquet"),
        write(tmp_path, "s,b\n,x\n,y\n"),
    ):
        assert "got none (2 missing, 0 invalid)" in report(path, "--score", "s").error


def test_json_texts_that_look_like_identifiers_are_labels(tmp_path: Path) -> None:
    identifier = "083c5275-0912-4663-b610-bb117217e4c9"
    path = write(tmp_path, json.dumps([{"s": 9, "b": identifier}]), "a.json")
    (segment,) = report(path, "--score", "s", "--by", "b", "--json").json["segments"]["b"]
    assert segment["b"] == identifier


def test_json_scores_that_are_none_are_shown_with_their_row(tmp_path: Path) -> None:
    path = write(tmp_path, '[{"s": 9}, {"s": true}, {"s": [8]}, {"s": "x"}, {"s": 7.5}, {"s": null}, {}]', "a.json")
    error = report(path, "--score", "s").error
    assert "got 'true' (data row 2), '[8]' (data row 3), 'x' (data row 4), '7.5' (data row 5): 4 of 7 in all" in error


# ------------------------------------------------------------------------------------------------- header and rows


@pytest.mark.parametrize("content", ["#8,s\n#8,9\n#9,3\n", "#8,s\r\n#8,9\r\n#9,3\r\n", '"#8","s"\n"#8","9"\n#9,3\n'])
def test_what_looks_like_a_comment_is_data(tmp_path: Path, content: str) -> None:
    segments = report(write(tmp_path, content), "--score", "s", "--by", "#8", "--json").json["segments"]["#8"]
    assert [(row["#8"], row["n"]) for row in segments] == [("#8", 1), ("#9", 1)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Export of 6 March\n\ns,b\n9,x\n", "column must be one of 'Export of 6 March', got 's'."),
        ("\n\ns,b\n9,x\n", "the first line must name the columns, but it is blank"),
        ('"s,b\n9,x\n', "the first line must name the columns, but it cannot be read"),
        (",,\n9,x,y\n", "the first line must name the columns, but it is blank"),
        ("s,b,s\n9,x,8\n", "the names of the columns must differ, but 's' stand more than once"),
        ("column 2,,s\n9,x,8\n", "the names of the columns must differ, but 'column 2' stand more than once"),
    ],
    ids=repr,
)
def test_nothing_above_the_header_is_skipped_and_no_name_is_made_up_twice(
    tmp_path: Path, content: str, message: str
) -> None:
    assert message in report(write(tmp_path, content), "--score", "s").error


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("within", ["\n", "\r\n", "\r"])
def test_names_and_texts_may_have_line_breaks_of_any_kind(tmp_path: Path, within: str, end: str) -> None:
    lines = [f'"How likely{within}are you?",b', f'9,"x{within}y"', "3,z", "8,z", ""]
    path = write(tmp_path, end.join(lines).encode())
    found = report(path, "--score", f"How likely{within}are you?", "--by", "b", "--json").json
    assert found["nps"]["n"] == 3
    assert [each["b"] for each in found["segments"]["b"]] == [f"x{within}y", "z"]


def test_blank_lines_are_missing_answers(tmp_path: Path) -> None:
    found = report(write(tmp_path, "s\n\n9\n\n8\n"), "--score", "s", "--json").json["nps"]
    assert (found["n"], found["missing"]) == (2, 2)


def test_a_column_without_a_name_is_called_by_its_place(tmp_path: Path) -> None:
    found = report(write(tmp_path, ",s,\nx,9,y\n"), "--score", "s", "--by", "column 1", "--by", "column 3", "--json")
    assert [found.json["segments"][name][0][name] for name in ("column 1", "column 3")] == ["x", "y"]


@pytest.mark.parametrize(
    "name",
    [
        'x"; DROP TABLE y; --',
        "it's",
        "two words",
        "näkymä 🙂",
        "a;b",
        "a,b",
        "a|b\tc",
        "new\nline",
        "$1",
        "{}",
        "%s",
        "\\",
    ],
)
def test_columns_may_have_any_name_in_any_format(tmp_path: Path, name: str) -> None:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([[name, "s"], ["x", "9"]])
    for path in (
        write(tmp_path, file.getvalue(), "a.csv"),
        write(tmp_path, json.dumps([{name: "x", "s": 9}]), "a.json"),
        write(tmp_path, parquet(**{name: ["x"], "s": [9]}), "a.parquet"),
    ):
        found = report(path, "--score", "s", "--by", name, "--json", *["--delimiter", ","])
        assert found.json["segments"][name][0][name] == "x", path


@pytest.mark.parametrize("folder", ["s=3", "c0=3 *"])
@pytest.mark.parametrize(
    "name", ['it\'s "my" file; x', "a*", "a?", "[ab]", "a[1]", "{a,b}", "~", "%20", "näkymä 🙂", "--"]
)
def test_a_file_and_its_folder_may_have_any_name_and_no_other_file_is_read(
    tmp_path: Path, folder: str, name: str
) -> None:
    (tmp_path / folder).mkdir()
    for other in ("a.csv", "ab.csv", "a1.csv", "b.csv", "a.json", "ab.json", "a1.json", "a.parquet", "ab.parquet"):
        write(tmp_path / folder, b"this is no file of answers", other)
    for path in (
        write(tmp_path / folder, "s\n9\n", f"{name}.csv"),
        write(tmp_path / folder, '[{"s": 9}]', f"{name}.json"),
        write(tmp_path / folder, parquet(s=[9]), f"{name}.parquet"),
    ):
        found = report(path, "--score", "s", "--json").json
        assert (found["nps"]["n"], found["nps"]["nps"], found["source"]) == (1, 100.0, path.name)


def test_real_latin_1_is_not_taken_for_utf_8() -> None:
    error = report(DATA / "retail_fr_latin1_head.csv", "--score", "nps").error
    assert "is not utf-8 text" in error
    assert re.search("say which encoding it has, such as .*cp1252 or latin-1", error)
