"""Real files, through the API: the known digits, and how many answers are missing."""

import csv
import datetime as dt
import re
from pathlib import Path
from typing import Any

import dateutil.parser
import numpy as np
import pandas as pd
import pytest

import nps_core as nc
from nps_core.programme import worth_by_category

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


def read_time(text: str) -> dt.timedelta:
    """The time of day of "3.10 am", "1.30pm", "1653", "2400" or "08:21"."""
    hours, minutes = (int(part) for part in re.findall(r"\d\d?(?=\d\d)|\d\d?", text)[:2])
    return dt.timedelta(hours=hours + 12 * ("pm" in text and hours < 12), minutes=minutes)


def read_day(text: str) -> dt.datetime | None:
    """A date in any of the file's spellings, the day before the month unless the year is first; None without a year."""
    days = {
        dateutil.parser.parse(text, dayfirst=not text[:4].isdigit(), default=dt.datetime(year, 1, 1), fuzzy=True)
        for year in (2019, 2020)  # what the text does not say comes from the default
    }
    return days.pop() if len(days) == 1 else None


def read_moment(day: str, time: str) -> dt.datetime | None:
    date = read_day(day)
    return None if date is None else date + read_time(time)


def test_people_who_answer_several_times_count_once_by_their_first_or_latest_answer() -> None:
    answers: dict[str, dict[str, str]] = {}
    for row in read("prepbench050_dirty_long.csv"):
        person = {"respondent": f"{row['Store']}, {row['Name']}"}
        answers.setdefault(row["Response"], person)[row["Question Number"]] = row["Answer"]
    survey = nc.Survey.from_scores(
        [int(answer["3"]) for answer in answers.values()],
        at=[read_moment(answer["1"], answer["2"]) for answer in answers.values()],
        time_zone="naive",
        respondents=[answer["respondent"] for answer in answers.values()],
    )
    assert (len(survey), len(survey.first()), len(survey.latest())) == (28, 20, 20)
    # tests/data/SOURCES.md; "Monday - 13th Jan" has no year, and is an answer of unknown time there, too
    assert nc.nps(survey.first()).value == -15.0
    assert nc.nps(survey.latest()).value == -25.0


def numbers(rows: list[dict[str, str]], column: str) -> list[float | None]:
    return [None if row[column] in {"", "NA"} else float(row[column]) for row in rows]


def test_satisfaction_is_a_driver_of_a_retailers_score() -> None:
    rows = read("retail_fr_numeric.csv")
    scores, ratings = numbers(rows, "nps"), {name: numbers(rows, name) for name in ("satisfaction", "intention")}
    found = nc.key_drivers(nc.Survey.from_scores(scores), ratings, n_resamples=0)
    whole = np.array([row for row in zip(scores, *ratings.values(), strict=True) if None not in row], float)
    outcome = (whole[:, 0] >= 9).astype(float) - (whole[:, 0] < 7)

    def r_squared(*columns: int) -> float:
        with_ones = np.column_stack([np.ones(len(whole)), whole[:, columns]])
        left = outcome - with_ones @ np.linalg.lstsq(with_ones, outcome, rcond=None)[0]
        return float(1 - left @ left / np.square(outcome - outcome.mean()).sum())

    expected = (r_squared(1) + r_squared(1, 2) - r_squared(2)) / 2
    assert found["satisfaction"].importance == pytest.approx(expected, abs=1e-12)
    assert (found.n, found.left_out) == (len(whole), sum(score is not None for score in scores) - len(whole))


@pytest.mark.parametrize("column", ["CaTicket", "NbPassageKS"])
def test_spend_and_visits_of_a_retailers_customers(column: str) -> None:
    rows = read("retail_fr_numeric.csv")
    scores, amounts = numbers(rows, "nps"), numbers(rows, column)
    worth = worth_by_category(nc.Survey.from_scores(scores), amounts)
    for category, (low, high) in {"detractor": (0, 6), "passive": (7, 8), "promoter": (9, 10)}.items():
        pairs = zip(scores, amounts, strict=True)
        own = [amount for score, amount in pairs if score is not None and amount is not None and low <= score <= high]
        assert worth[category].n == len(own)
        mean = worth[category].mean
        assert mean is not None
        assert mean.value == pytest.approx(np.mean(own))
