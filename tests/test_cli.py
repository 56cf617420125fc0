"""The command: real files, through the command and through the API, give the same digits."""

import csv
import datetime as dt
import re
from pathlib import Path
from typing import Any

import duckdb
import naive
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pytest
from commands import DATA, report, write

import nps_core as nc

LIKELY = "How likely are you to recommend this airline?"
SUDZILLA = "On a scale of 0-10, how would you rate Sudzilla?"

# File, column, NPS and n as in tests/data/SOURCES.md; missing there in words for the first.
KNOWN = [
    ("retail_fr_numeric.csv", "nps", 53.4161, 13612, 342),
    ("saas_feedback_text.csv", "nps_score", -30.0, 800, 0),
    ("prepbench122_prepair.csv", LIKELY, 21.1957, 184, 0),
    ("prepbench040_sudzilla.csv", SUDZILLA, -35.8974, 39, 0),
    ("vibeharboe_nordic_nps.csv", "nps_score", 5.0, 20, 0),
]
OPTIONS = {"prepbench040_sudzilla.csv": ["--at", "Timestamp", "--at-format", "%m/%d/%Y %H:%M:%S"]}


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def with_csv(name: str, column: str) -> nc.Survey:
    return nc.Survey.from_scores([float(row[column]) if row[column] else None for row in rows_of(name)])


def with_pandas(name: str, column: str) -> nc.Survey:
    return nc.Survey.from_scores(pd.read_csv(DATA / name)[column])


def in_polars(name: str, column: str) -> nc.Tally:
    return nc.Tally.from_frame(pl.scan_csv(DATA / name, infer_schema_length=None), score=column)


def in_pyarrow(name: str, column: str) -> nc.Tally:
    return nc.Tally.from_frame(pa.csv.read_csv(DATA / name), score=column)


def in_pandas(name: str, column: str) -> nc.Tally:
    return nc.Tally.from_frame(pd.read_csv(DATA / name), score=column)


@pytest.mark.parametrize(("name", "column", "value", "n", "missing"), KNOWN, ids=[known[0] for known in KNOWN])
def test_a_real_file_has_the_known_score_in_the_command_and_in_the_api(
    name: str, column: str, value: float, n: int, missing: int
) -> None:
    found = report(DATA / name, "--score", column, "--json", *OPTIONS.get(name, [])).json["nps"]
    assert (round(found["nps"], 4), found["n"], found["missing"], found["invalid"]) == (value, n, missing, 0)
    for read in (with_csv, with_pandas, in_polars, in_pyarrow, in_pandas):
        (same,) = nc.nps(read(name, column)).to_dicts()
        assert {key: found[key] for key in same} == same, read


@pytest.mark.parametrize("every", ["week", "month"])
def test_the_trend_of_the_command_is_that_of_the_api(every: Any) -> None:
    rows = rows_of("saas_feedback_text.csv")
    times = [dt.datetime.fromisoformat(row["timestamp"]) for row in rows]
    survey = nc.Survey.from_scores([int(row["nps_score"]) for row in rows], at=times, time_zone="naive")
    options = ["--score", "nps_score", "--at", "timestamp", "--every", every]
    found = report(DATA / "saas_feedback_text.csv", *options, "--json").json["trend"]
    direct = nc.trend(survey, every=every).to_dicts()
    assert found == [{key: str(v) if isinstance(v, dt.date) else v for key, v in row.items()} for row in direct]
    assert sum(row["n"] for row in found) == 800  # SOURCES.md
    assert len(found) == len({naive.period_start(at.date(), every) for at in times})


def test_the_segments_of_the_command_are_those_of_the_api() -> None:
    rows = rows_of("vibeharboe_nordic_nps.csv")
    survey = nc.Survey.from_scores(
        [int(row["nps_score"]) for row in rows], segments={"country": [row["country"] for row in rows]}
    )
    found = report(DATA / "vibeharboe_nordic_nps.csv", "--score", "nps_score", "--by", "country", "--json").json
    assert found["segments"] == {"country": nc.by_segment(survey, "country").to_dicts()}
    assert sum(row["n"] for row in found["segments"]["country"]) == 20  # SOURCES.md


def test_months_are_the_default_period_and_are_read_as_the_format_says() -> None:
    name = "prepbench040_sudzilla.csv"
    found = report(DATA / name, "--score", SUDZILLA, *OPTIONS[name], "--json").json["trend"]
    months = {dt.datetime.strptime(row["Timestamp"], "%m/%d/%Y %H:%M:%S").strftime("%Y-%m") for row in rows_of(name)}
    assert {row["period"] for row in found if row["n"]} == months


def test_a_file_in_latin_1_is_read_when_told_so() -> None:
    path = DATA / "retail_fr_latin1_head.csv"
    with path.open(encoding="latin-1", newline="") as file:
        given = [row["nps"] for row in csv.DictReader(file)]
    found = report(path, "--score", "nps", "--encoding", "latin-1", "--missing", "NA", "--json").json["nps"]
    survey = nc.Survey.from_scores([None if text == "NA" else int(text) for text in given])
    assert (found["nps"], found["n"], found["missing"]) == (nc.nps(survey).value, survey.n, survey.missing)


def test_the_options_reach_the_analysis(tmp_path: Path) -> None:
    path = write(tmp_path, "s,b\n5,x\n4,x\n4,y\n1,y\nNA,y\n-,x\n9,x\n")
    options = ["--score", "s", "--by", "b", "--scale", "1-5", "--confidence-level", ".8", "--method", "wald"]
    found = report(path, *options, "--missing", "NA", "--missing", "-", "--invalid", "exclude", "--json").json
    survey = nc.Survey.from_scores(
        [5, 4, 4, 1, None, None, 9],
        segments={"b": list("xxyyyxx")},
        scale=nc.Scale.FIVE_POINT,
        invalid="exclude",
    )
    score = nc.nps(survey, confidence_level=0.8, method="wald")
    (expected,) = score.to_dicts()
    assert {key: found["nps"][key] for key in expected} == expected
    assert (found["nps"]["method"], found["nps"]["confidence_level"]) == ("wald", 0.8)
    assert (found["nps"]["rounded"], found["nps"]["invalid"], found["nps"]["missing"]) == (score.rounded, 1, 2)
    assert found["segments"]["b"] == nc.by_segment(survey, "b", confidence_level=0.8, method="wald").to_dicts()
    assert found["scale"] == nc.Scale.FIVE_POINT.to_dict()
    assert found["trend"] is None
    assert found["source"] == "answers.csv"


def test_what_is_printed_is_what_the_results_print() -> None:
    path = DATA / "vibeharboe_nordic_nps.csv"
    options = ["--score", "nps_score", "--by", "country", "--at", "survey_date", "--every", "quarter"]
    frame = duckdb.sql(f"SELECT * FROM '{path}'")
    tally = nc.Tally.from_frame(
        frame, score="nps_score", by="country", at="survey_date", every="quarter", time_zone="naive"
    )
    parts = [nc.nps(tally), nc.by_segment(tally, "country"), nc.trend(tally, every="quarter")]
    assert report(path, *options).out == "\n\n\n".join(map(str, parts)) + "\n"


def test_left_out_answers_are_shown(tmp_path: Path) -> None:
    path = write(tmp_path, "s\n9\n11\nabc\n\n")
    out = report(path, "--score", "s", "--invalid", "exclude").out
    assert "n = 1" in out
    assert re.search(r"^missing +1\ninvalid +2$", out, re.MULTILINE)


def test_times_with_a_zone_fall_into_the_calendar_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "s,t\n9,2026-01-01T23:30:00Z\n3,2026-01-02 00:30:00+02:00\n8,2026-01-01T12:00+0200\n")
    for zone in ("UTC", "Europe/Helsinki", "America/New_York"):
        options = ["--score", "s", "--at", "t", "--every", "day", "--time-zone", zone, "--json"]
        found = {row["period"]: row["n"] for row in report(path, *options).json["trend"]}
        utc = [dt.datetime(2026, 1, 1, 23, 30), dt.datetime(2026, 1, 1, 22, 30), dt.datetime(2026, 1, 1, 10)]
        days = [naive.local_day(time, zone).isoformat() for time in utc]
        assert found == {day: days.count(day) for day in days}


def test_times_without_a_zone_are_taken_as_written(tmp_path: Path) -> None:
    path = write(tmp_path, "s,t\n9,2026-01-01T23:59:59.9\n3,2026-01-02\n8,\n")
    for zone in ([], ["--time-zone", "Asia/Tokyo"]):
        found = report(path, "--score", "s", "--at", "t", "--every", "day", "--json", *zone).json
        assert {row["period"]: row["n"] for row in found["trend"]} == {"2026-01-01": 1, "2026-01-02": 1}
        assert found["nps"]["n"] == 3
