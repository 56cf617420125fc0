"""Real files, through the API: the known digits, and how many answers are missing."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nps_core as nc

DATA = Path(__file__).parents[1] / "data"

KNOWN: Any = [
    # From tests/data/SOURCES.md: file, column, n, promoters, passives, detractors, missing, NPS
    ("retail_fr_numeric.csv", "nps", 13612, 8465, 3953, 1194, 342, 53.4161),
    ("saas_feedback_text.csv", "nps_score", 800, 156, 248, 396, 0, -30.0),
    ("prepbench122_prepair.csv", "How likely are you to recommend this airline?", 184, 74, 75, 35, 0, 21.1957),
    ("prepbench040_sudzilla.csv", "On a scale of 0-10, how would you rate Sudzilla?", 39, 8, 9, 22, 0, -35.8974),
    ("vibeharboe_nordic_nps.csv", "nps_score", 20, 7, 7, 6, 0, 5.0),
]


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


@pytest.mark.parametrize(("name", "column", "n", "x", "m", "y", "missing", "value"), KNOWN, ids=lambda v: str(v)[:20])
def test_the_known_score_is_found(
    name: str, column: str, n: int, x: int, m: int, y: int, missing: int, value: float
) -> None:
    score = nc.nps(nc.Survey.from_scores([float(row[column]) if row[column] else None for row in read(name)]))
    assert (score.n, score.promoters, score.passives, score.detractors) == (n, x, m, y)
    assert (score.missing, score.invalid) == (missing, 0)
    assert round(score.value, 4) == value
    assert nc.nps(pd.read_csv(DATA / name)[column]) == score


def test_one_airline_among_all_is_compared_with_the_others() -> None:
    frame = pd.concat([pd.read_csv(DATA / f"prepbench122_{name}.csv") for name in ("airlines", "prepair")])
    column = "How likely are you to recommend this airline?"
    survey = nc.Survey.from_scores(frame[column], segments={"airline": frame["Airline"]})
    table = nc.by_segment(survey, "airline")
    ours, others = table["Prep Air"], survey.where((frame["Airline"] != "Prep Air").to_numpy())
    assert len(table) == frame["Airline"].nunique()
    assert ours.score == nc.nps(pd.read_csv(DATA / "prepbench122_prepair.csv")[column])
    assert ours.score.rounded == 21
    assert round(ours.score.value, 4) == 21.1957  # tests/data/SOURCES.md
    compared = nc.compare(others, survey.where(segments={"airline": "Prep Air"}))
    assert ours.difference is not None
    assert (ours.difference.value, ours.difference.pvalue) == (compared.value, compared.pvalue)
    assert ours.difference.confidence_interval == compared.confidence_interval
    assert ours.share == 184 / len(frame)


def test_a_monthly_trend_of_a_real_file_has_every_answer_in_its_month() -> None:
    rows = read("saas_feedback_text.csv")
    times = [dt.datetime.fromisoformat(row["timestamp"]) for row in rows]
    survey = nc.Survey.from_scores([int(row["nps_score"]) for row in rows], at=times, time_zone="naive")
    trend = nc.trend(survey, every="month")
    months = [time.strftime("%Y-%m") for time in times]
    assert set(trend.labels) >= set(months)
    for period in trend.periods:
        scores = [int(row["nps_score"]) for row, month in zip(rows, months, strict=True) if month == period.label]
        assert period.score == nc.nps(scores)
    assert round(trend.overall.value, 4) == -30.0  # tests/data/SOURCES.md
