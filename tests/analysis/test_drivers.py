"""key_drivers(): against the arithmetic below it, and what it says and refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nps_core as nc

REFERENCE = Path(__file__).parent.parent / "reference"


def made(k: int = 3, *, n: int = 400, seed: int = 0) -> tuple[nc.Survey, dict[str, Any]]:
    rng = np.random.default_rng(seed)
    ratings = rng.integers(0, 11, (n, k))
    pull = ratings @ np.linspace(1, 0.1, k) / np.linspace(1, 0.1, k).sum()
    scores = np.clip(np.round(1.3 * pull + rng.normal(size=n)), 0, 10)
    return nc.Survey.from_scores(scores), {f"t{i}": ratings[:, i] for i in range(k)}


def test_the_reference() -> None:
    expected = json.loads((REFERENCE / "lmg.json").read_text("utf-8"))
    *drivers, outcome = np.loadtxt(REFERENCE / "lmg.csv", delimiter=",", skiprows=1).T
    survey = nc.Survey.from_scores(np.array([3, 8, 10])[outcome.astype(int) + 1])
    found = nc.key_drivers(survey, dict(zip("abcd", drivers, strict=True)), n_resamples=0)
    importances = [found[name].importance for name in "abcd"]
    np.testing.assert_allclose(importances, expected["lmg"], rtol=0, atol=1e-12)
    assert found.r_squared == pytest.approx(expected["r2"], abs=1e-12)
    assert found.method == "lmg"
    assert found["a"].importance_interval is found["a"].coefficient_interval is None
    assert "-" in str(found)


def test_drivers_come_in_the_order_of_their_importance_with_intervals_around_it() -> None:
    survey, ratings = made(4)
    found = nc.key_drivers(survey, ratings, rng=1)
    importances = [driver.importance for driver in found.drivers]
    assert importances == sorted(importances, reverse=True)
    assert [driver.name for driver in found.drivers] == ["t0", "t1", "t2", "t3"]
    for driver in found.drivers:
        around, slopes = driver.importance_interval, driver.coefficient_interval
        assert around is not None
        assert slopes is not None
        assert around.low < driver.importance < around.high
        assert slopes.low < driver.coefficient < slopes.high
        assert driver.performance == ratings[driver.name].mean()
        values = (survey.scores >= 9).astype(int) - (survey.scores < 7)
        assert driver.correlation == pytest.approx(np.corrcoef(ratings[driver.name], values)[0, 1])
    assert found == nc.key_drivers(survey, ratings, rng=1)
    assert len(found) == 4


def test_answers_without_a_rating_are_left_out_and_told() -> None:
    survey, ratings = made(2, n=100)
    thinner = {"t0": [None if i < 10 else float(v) for i, v in enumerate(ratings["t0"])], "t1": ratings["t1"]}
    found = nc.key_drivers(survey, thinner, rng=1)
    assert (found.n, found.left_out) == (90, 10)
    assert found.r_squared == nc.key_drivers(survey[10:], {k: v[10:] for k, v in ratings.items()}, rng=1).r_squared
    assert "left out: 10" in str(found)


def test_weights_are_as_good_as_repetition() -> None:
    survey, ratings = made(3, n=90)
    times = np.random.default_rng(2).integers(0, 3, 90)
    weighted = nc.Survey.from_scores(survey.scores, weights=times)
    repeated = nc.Survey.from_scores(np.repeat(survey.scores, times))
    many = {name: np.repeat(values, times) for name, values in ratings.items()}
    found, expected = nc.key_drivers(weighted, ratings, n_resamples=0), nc.key_drivers(repeated, many, n_resamples=0)
    for driver in expected.drivers:
        assert found[driver.name].importance == pytest.approx(driver.importance, abs=1e-12)
        assert found[driver.name].performance == pytest.approx(driver.performance)
    assert found.n == np.count_nonzero(times)


def test_more_than_fifteen_drivers_get_relative_weights() -> None:
    survey, ratings = made(16)
    found = nc.key_drivers(survey, ratings, n_resamples=20, rng=1)
    assert found.method == "relative weights"
    assert sum(driver.importance for driver in found.drivers) == pytest.approx(found.r_squared)


def test_quadrants_tell_importance_and_performance() -> None:
    survey, ratings = made(2)
    shifted = {"t0": ratings["t0"] - 5, "t1": ratings["t1"]}
    found = nc.key_drivers(survey, shifted, n_resamples=0)
    assert (found["t0"].quadrant, found["t1"].quadrant) == ("concentrate here", "possible overkill")
    shifted = {"t0": ratings["t0"], "t1": ratings["t1"] - 5}
    found = nc.key_drivers(survey, shifted, n_resamples=0)
    assert (found["t0"].quadrant, found["t1"].quadrant) == ("keep up the good work", "low priority")


def test_a_driver_that_does_nothing_is_told_by_its_coefficient() -> None:
    rng = np.random.default_rng(3)
    real = rng.normal(size=5000)
    shadow = 0.7 * real + np.sqrt(1 - 0.7**2) * rng.normal(size=5000)
    scores = np.clip(np.round(7.5 + 1.5 * real + rng.normal(size=5000)), 0, 10)
    found = nc.key_drivers(nc.Survey.from_scores(scores), {"real": real, "shadow": shadow}, rng=1)
    shadow_slope = found["shadow"].coefficient_interval
    assert shadow_slope is not None
    assert found["shadow"].importance > 0.1
    assert shadow_slope.low < 0 < shadow_slope.high


def test_drivers_that_go_together_are_warned_of() -> None:
    survey, ratings = made(2)
    with pytest.warns(nc.CorrelatedDriversWarning, match="'t0' and 'again' correlate by 1.00"):
        found = nc.key_drivers(survey, {**ratings, "again": ratings["t0"] * 2.0}, rng=1)
    assert found["t0"].importance == pytest.approx(found["again"].importance)
    survey, ratings = made(5)
    total = sum(ratings.values()) + np.random.default_rng(1).normal(size=400)
    with pytest.warns(nc.CorrelatedDriversWarning, match="nearly determine 'total'"):
        nc.key_drivers(survey, {**ratings, "total": total}, n_resamples=0)


def test_few_answers_are_warned_of_and_too_few_refused() -> None:
    survey, ratings = made(2, n=40)
    with pytest.warns(nc.FewAnswersWarning, match="at least 50 answers to be told apart, got 40"):
        nc.key_drivers(survey, ratings, n_resamples=10)
    with pytest.raises(nc.NoAnswersError, match=r"2 drivers need at least 4 answers .* got 3"):
        nc.key_drivers(survey[:3], {name: values[:3] for name, values in ratings.items()})


@pytest.mark.parametrize(
    ("ratings", "message"),
    [
        ({"a": [5] * 60}, "ratings must vary among the answers, those of 'a' do not"),
        ({"a": ["5"] * 60}, r"the ratings of 'a' must hold numbers up to 1e100, got '5' \(index 0; 60 in all\)"),
        ({"a": [True] * 60}, "got True"),
        ({"a": [float("inf")] * 60}, "got inf"),
        ({"a": np.array([np.inf, *range(59)])}, r"got inf \(index 0; 1 in all\)"),
        ({"a": [10**400] * 60}, "numbers up to 1e100"),
        ({"a": [1, 2]}, r"the ratings of 'a' must be as long as the scores \(60\), got 2"),
        ({1: range(60)}, "the names of ratings must be text, got 1"),
        ({}, "at least one, got none"),
        ([1, 2], "mapping of names to columns, at least one, got list"),
        ({str(i): range(60) for i in range(51)}, "at most 50 drivers, got 51"),
    ],
)
def test_ratings_that_cannot_be_used(ratings: Any, message: str) -> None:
    survey, _ = made(n=60)
    with pytest.raises(nc.InvalidInputError, match=message):
        nc.key_drivers(survey, ratings)


def test_other_refusals() -> None:
    survey, ratings = made(2, n=60)
    with pytest.raises(nc.InvalidInputError, match="two categories at least"):
        nc.key_drivers(nc.Survey.from_scores([10] * 60), ratings)
    with pytest.raises(
        nc.InvalidInputError, match=r"key_drivers\(\) needs the answers one by one: a Survey, got Tally"
    ):
        nc.key_drivers(survey.tally(), ratings)  # type: ignore[arg-type]
    with pytest.raises(nc.InvalidInputError, match="n_resamples"):
        nc.key_drivers(survey, ratings, n_resamples=-1)
    with pytest.raises(nc.UnknownNameError, match=r"driver must be one of .* Did you mean 't1'"):
        nc.key_drivers(survey, ratings, n_resamples=0)["T1"]


def test_what_people_see() -> None:
    survey, ratings = made(2)
    found = nc.key_drivers(survey, ratings, rng=1)
    assert repr(found) == f"KeyDrivers(2 drivers, r_squared={found.r_squared:.3f}, n=400)"
    assert "2 drivers account for" in str(found)
    first = found.to_dicts()[0]
    assert first["driver"] == "t0"
    assert first["importance_low"] < first["importance"] < first["importance_high"]
    assert found.to_pandas().shape == (2, 10)


def test_very_small_ratings_lose_nothing() -> None:
    survey, ratings = made(3)
    expected = nc.key_drivers(survey, ratings, n_resamples=0)
    for factor in (1e-200, 1e90):
        found = nc.key_drivers(survey, {name: factor * values for name, values in ratings.items()}, n_resamples=0)
        assert found["t0"].importance == pytest.approx(expected["t0"].importance, abs=1e-12)
