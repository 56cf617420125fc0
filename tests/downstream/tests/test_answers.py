"""Answers in, counts and frames out."""

import datetime as dt
from pathlib import Path

import nps_core as nc
import polars as pl
import pytest
from hypothesis import given

from shop_loyalty import answers, tables
from shop_loyalty import testing as drawn
from shop_loyalty.answers import Till, Visit

MONDAY = dt.date(2026, 1, 5)
TILL = Till([("north", MONDAY, 10, 3), ("north", MONDAY, None, 1), ("south", MONDAY, 4, 2)])


def test_a_visit_becomes_a_response(visits: list[Visit], survey: nc.Survey) -> None:
    assert survey.n == sum(visit.score is not None for visit in visits)
    assert survey[0].respondent == visits[0].customer
    assert answers.labels_of(survey, "shop") == ("harbour", "north", "south")
    assert answers.labels_of(survey, "planet") == ()


def test_missing_scores_are_noticed(visits: list[Visit]) -> None:
    assert not answers.all_answered(visits)
    assert answers.all_answered(visit for visit in visits if visit.score is not None)


def test_wrong_scores_are_told() -> None:
    assert answers.wrong_scores([10, None, 0]) == []
    assert answers.wrong_scores([10, 11, -1]) == ["answer 1: 11", "answer 2: -1"]


def test_an_export_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Would you recommend us?,Why?\n10,quick\n3,slow\nn/a,\n", "utf-8")
    survey = answers.exported(path, score="Would you recommend us?")
    assert survey is not None
    assert answers.reading_line(survey.reading) == "export.csv: 2 of 3 rows have a score, 0 left out"
    assert "qualtrics" in answers.reading_line(None)
    assert answers.exported(tmp_path / "nothing.csv") is None


def test_a_till_can_be_counted_without_being_a_subclass() -> None:
    till: nc.Tallyable = TILL
    assert isinstance(till, nc.Tallyable)
    assert answers.answers_per_shop(till) == {"north": 3, "south": 2}
    assert nc.nps(till).value == pytest.approx(20)


def test_counts_are_added_if_they_go_together() -> None:
    both = answers.together(TILL.tally(), TILL.tally())
    assert both is not None
    assert both.n.tolist() == [10]
    assert answers.together(TILL.tally(), TILL.tally("shop")) is None


def test_counts_are_kept_in_a_file(tmp_path: Path) -> None:
    counts = TILL.tally("shop", every="month")
    tables.keep(counts, tmp_path / "counts.json")
    assert tables.kept(tmp_path / "counts.json") == counts
    assert tables.names_of(counts)[0] == "shop"


def test_results_become_frames_and_frames_surveys(visits: list[Visit]) -> None:
    columns = ("customer", "shop", "day", "score")
    survey = tables.from_till(pl.DataFrame([{name: getattr(visit, name) for name in columns} for visit in visits]))
    assert survey.n == 162
    frame = tables.frame_of(nc.by_segment(survey, "shop"))
    assert frame.height == 3
    assert {"shop", "nps", "n"} <= set(frame.columns)


def test_some_of_the_answers(survey: nc.Survey) -> None:
    last = tables.unhappy_lately(survey, 30)
    assert 0 < len(last) < 30
    mean = tables.mean_score(last)
    assert mean is not None
    assert mean <= 6
    assert tables.mean_score(last[:0]) is None


def test_scales() -> None:
    assert answers.scale_called("0-10") == nc.Scale.STANDARD
    assert answers.scale_called("fathoms") == answers.ONE_TO_SEVEN
    assert answers.is_happy(7, scale=answers.ONE_TO_SEVEN)


@given(drawn.scores_on_scales())
def test_exactly_the_promoters_are_happy(drawn: tuple[nc.Scale, int]) -> None:
    scale, score = drawn
    assert answers.is_happy(score, scale=scale) == (score >= scale.promoters_from)


@given(drawn.shop_surveys())
def test_no_answer_gets_lost_between_the_shops(survey: nc.Survey) -> None:
    if "shop" in survey.segments:
        assert sum(answers.answers_per_shop(survey).values()) <= survey.n
