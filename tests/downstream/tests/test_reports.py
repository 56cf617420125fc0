"""Scores, comparisons, causes and pictures."""

import datetime as dt
from pathlib import Path

import nps_core as nc
import pytest
from hypothesis import given

from shop_loyalty import causes, pictures, reports
from shop_loyalty import testing as drawn

CELLS = [("Acme", 10, 60), ("Acme", 3, 20), ("Bolt", 10, 30), ("Bolt", 2, 40), ("Cord", 8, 30), ("Cord", 9, 30)]
MARKET = nc.Tally.from_cells(CELLS, by="brand")
SHOPS = nc.Tally.from_cells(CELLS, by="shop")


def test_a_report_has_a_line_per_shop(survey: nc.Survey) -> None:
    overall, *shops = reports.shop_report(survey)
    assert overall.endswith("162 answers)")
    assert sorted(line.partition(":")[0] for line in shops) == ["harbour", "north", "south"]


def test_small_shops_are_not_shown() -> None:
    counts = nc.Tally.from_cells([("a", 10, 30), ("b", 9, 2), ("c", 3, 40), ("d", 2, 1)], by="shop")
    assert {"b: too few answers", "d: too few answers"} <= set(reports.shop_report(counts, min_n=5))


@given(drawn.counted())
def test_there_is_a_score_as_soon_as_there_is_an_answer(data: nc.Survey | nc.Tally) -> None:
    score = reports.score_of(data)
    assert (score is None) == (int(data.tally().n.sum()) == 0)


def test_comparisons(survey: nc.Survey) -> None:
    assert reports.clear_pairs(SHOPS)[0].startswith("Acme and Bolt: +64, p ")
    assert reports.best_shops(SHOPS) == ["Acme", "Cord"]
    assert reports.market_line(MARKET, "Acme") == "Acme is 1. (could be 1. to 2.) of 3, the mean is 29"
    assert reports.is_target_met(MARKET, 90) is False
    assert reports.is_target_met(MARKET, -90) is True
    assert reports.is_target_met(nc.Tally.from_counts({10: 1, 0: 1}), 0) is None
    fair = reports.fair_score(survey, {"north": 1, "south": 1, "harbour": 2})
    assert fair.shares == pytest.approx((0.5, 0.25, 0.25))
    assert reports.most_frequent_score(MARKET) == 10
    assert reports.sampled_score(survey, shops_in_all=12).degrees_of_freedom == 2


def test_accounts() -> None:
    days = [dt.date(2026, 1, day) for day in range(1, 6)]
    survey = nc.Survey.from_scores([10, 9, 3, 8, 2], at=days, time_zone="naive", segments={"company": [*"aabbc"]})
    line = reports.account_line(survey, {"a": 3, "b": 1, "c": 1})  # the latest of a is a promoter's, of c a detractor's
    assert line.startswith("40 (")
    assert line.endswith("3 accounts, latest")


def test_why_it_changed(survey: nc.Survey, later: nc.Survey) -> None:
    mix, rate, mostly = causes.why_changed(survey, later)
    assert (mix.split()[0], rate.split()[0], mostly.split()[0]) == ("mix", "rate", "mostly")
    assert causes.compare_waves(survey.latest(), later.latest()).endswith("points, more than chance")
    assert causes.is_firm(survey, later)
    assert causes.worst_case(survey, invited=1000) < nc.nps(survey).value


def test_drivers_themes_and_words(survey: nc.Survey) -> None:
    ratings = {"staff": [i % 7 for i in range(180)], "price": [i % 5 for i in range(180)]}
    assert len(causes.driver_lines(survey, ratings)) == 2
    queue = [bool(response.reason) for response in survey]
    unhappy = [response.score is not None and response.score < 7 for response in survey]
    assert causes.costliest_theme(survey, {"queue": queue, "unhappy": unhappy}) == "unhappy"
    assert all(quote.endswith("the queue") for quote in causes.quotes_of(survey, nc.Category.DETRACTOR))


def test_who_was_won_over() -> None:
    before, after = (
        nc.Survey.from_scores(scores, respondents=["ann", "bob", "cleo"]) for scores in ([3, 10, 4], [9, 9, 5])
    )
    assert causes.won_over(before, after) == "1 of 2"


def test_pictures(survey: nc.Survey, tmp_path: Path) -> None:
    shops = nc.by_segment(survey, "shop")
    pictures.save(shops, tmp_path / "shops.svg")
    pictures.save(nc.nps(survey), tmp_path / "score.png")
    pictures.poster(nc.trend(survey, every="month"), shops, tmp_path / "poster.png")
    assert all((tmp_path / name).stat().st_size > 1000 for name in ("shops.svg", "score.png", "poster.png"))
    assert pictures.page([shops, nc.nps(survey)]).count("<table") == 2
