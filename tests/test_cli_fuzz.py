"""Whatever stands in a file: a report in which no row is lost, or one line that says why not."""

import csv
import io
import tempfile
from pathlib import Path

from commands import Answer, report, write
from hypothesis import given
from hypothesis import strategies as st

CELLS = st.sampled_from(["", " ", "0", "9", "10", " 7 ", "8.0", "11", "-1", "7.5", "abc", "NaN", "inf", "1e1", "#8"])
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
SIGNS = st.text("s,b;\t|\n\r\"' 0179.-+#eE\\\0\ufeff\x1a\u2028é", max_size=40)
SUFFIXES = st.sampled_from([".csv", ".tsv", ".csv.gz", ".json", ".jsonl", ".json.gz", ".parquet"])
OPTIONS = st.sampled_from([[], ["--invalid", "exclude"], ["--by", "b"], ["--at", "b"], ["--encoding", "utf-16"]])


def report_of(content: bytes, suffix: str, *options: str) -> Answer:
    with tempfile.TemporaryDirectory() as folder:
        return report(write(Path(folder), content, f"a{suffix}"), "--score", "s", "--json", *options)


def check(answer: Answer) -> None:
    if answer.code:
        assert answer.error
    else:
        counts = answer.json["nps"]
        assert counts["n"] == counts["promoters"] + counts["passives"] + counts["detractors"] > 0
        assert answer.err == ""


@given(
    rows=st.lists(st.tuples(CELLS | WORDS, WORDS), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_no_row_of_a_proper_csv_file_is_lost(rows: list[tuple[str, str]], delimiter: str, end: str) -> None:
    file = io.StringIO()
    breaks = any(char in label for row in rows for label in row for char in "\r\n")
    dialect = csv.unix_dialect if breaks else csv.excel  # the first quotes all: the other leaves some line breaks bare
    csv.writer(file, dialect, delimiter=delimiter, lineterminator=end).writerows([("s", "b"), *rows])
    answer = report_of(file.getvalue().encode(), ".csv", "--invalid", "exclude", "--by", "b")
    if answer.code:
        assert answer.error.startswith("an NPS needs at least one answer with a score")
    else:
        counts = answer.json["nps"]
        assert counts["n"] + counts["missing"] + counts["invalid"] == len(rows)
        segments = answer.json["segments"]["b"]
        assert sum(row["n"] + row["missing"] + row["invalid"] for row in segments) == len(rows)
        assert {row["b"] or "" for row in segments} == {label for _, label in rows}


@given(text=SIGNS, options=OPTIONS)
def test_no_text_breaks_the_command(text: str, options: list[str]) -> None:
    check(report_of(("s,b\n9,x\n" + text).encode(), ".csv", *options))
    check(report_of(text.encode(), ".csv", *options))


@given(content=st.binary(max_size=60), suffix=SUFFIXES, options=OPTIONS)
def test_no_bytes_break_the_command(content: bytes, suffix: str, options: list[str]) -> None:
    check(report_of(content, suffix, *options))


@given(
    cut=st.integers(0, 60),
    text=st.text('[{"s": 9}],nultre\n8', max_size=30),
    suffix=st.sampled_from([".json", ".jsonl"]),
)
def test_no_broken_json_breaks_the_command(cut: int, text: str, suffix: str) -> None:
    check(report_of(('[{"s": 9, "b": "x"}, {"s": null, "b": 3}]'[:cut] + text).encode(), suffix, "--by", "b"))
