"""nps(): what it takes, what it gives, and what it refuses."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.stats.intervals import METHODS, interval
from nps_core.testing import surveys, tallies

count = st.integers(0, 500)
some_counts = st.tuples(count, count, count).filter(any)


def tally_of(x: int, m: int, y: int, **others: int) -> nc.Tally:
    return nc.Tally.from_categories(promoters=x, passives=m, detractors=y, **others)


class Store:
    """Someone's own store of answers: all that an analysis asks of it is ``tally()``."""

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        self.rows = rows

    def tally(self, by: str | Sequence[str] = (), *, every: Any = None) -> nc.Tally:
        return nc.Tally.from_cells(self.rows, by="region").tally(by, every=every)


@pytest.mark.parametrize(
    "data",
    [
        [10, 9, 7, 3, None],
        (10.0, 9.0, 7.0, 3.0, math.nan),
        np.array([10, 9, 7, 3, np.nan]),
        pd.Series([10, 9, 7, 3, None], dtype="Int64"),
        pl.Series([10, 9, 7, 3, None]),
        nc.Survey.from_scores([10, 9, 7, 3, None]),
        nc.Tally.from_counts({10: 1, 9: 1, 7: 1, 3: 1}, missing=1),
        tally_of(2, 1, 1, missing=1),
        Store([("north", 10, 1), ("north", 9, 1), ("south", 7, 1), ("south", 3, 1), (None, None, 1)]),
    ],
    ids=lambda data: type(data).__name__,
)
def test_the_score_is_the_same_whatever_holds_the_answers(data: Any) -> None:
    score = nc.nps(data)
    assert score == nc.nps([10, 9, 7, 3, None])
    assert (score.value, score.promoters, score.passives, score.detractors) == (25.0, 2, 1, 1)
    assert (score.n, score.missing, score.invalid, score.effective_n) == (4, 1, 0, None)


@given(some_counts)
def test_the_value_is_the_exact_share_of_promoters_minus_that_of_detractors(triple: tuple[int, int, int]) -> None:
    x, m, y = triple
    score = nc.nps(tally_of(x, m, y))
    n = x + m + y
    assert score.value == float(Fraction(100 * (x - y), n))  # the nearest float to the exact value
    assert (score.promoter_share, score.passive_share, score.detractor_share) == (x / n, m / n, y / n)
    assert -100 <= score.value <= 100


def test_the_rounded_value_is_the_exact_one_rounded_half_away_from_zero() -> None:
    for n in range(1, 42):
        for net in range(-n, n + 1):
            score = nc.nps(tally_of(max(net, 0), n - abs(net), max(-net, 0)))
            half_up = math.floor(Fraction(100 * abs(net), n) + Fraction(1, 2))  # in whole numbers
            assert score.rounded == (half_up if net >= 0 else -half_up)


@given(some_counts, st.floats(0.5, 0.999), st.sampled_from(METHODS))
def test_the_interval_is_that_of_the_formula_in_points(triple: Any, level: float, method: Any) -> None:
    score = nc.nps(tally_of(*triple), confidence_level=level, method=method, n_resamples=99, rng=1)
    low, high = interval(*triple, level, method=method, n_resamples=99, rng=1)
    assert (score.confidence_interval.low, score.confidence_interval.high) == (100 * low, 100 * high)
    assert score.confidence_interval.confidence_level == level
    assert score.method == method


def test_the_numbers_of_r_come_out_in_points() -> None:
    # R: c(-1, 1) * qnorm(.975) * sqrt((.6 + .2 - .4^2) / 100) + .4, times 100 (issue 2)
    limits = nc.nps(tally_of(60, 20, 20), method="wald").confidence_interval
    assert (limits.low, limits.high) == pytest.approx((24.320288123679573, 55.679711876320436), rel=1e-13)
    eleven = nc.nps(range(11))
    assert eleven.value == pytest.approx(-45.45454545454545, rel=1e-13)
    assert eleven.standard_error == pytest.approx(23.57907870692080, rel=1e-13)


@given(st.lists(st.none() | st.integers(0, 10), min_size=1).filter(lambda scores: any(s is not None for s in scores)))
def test_the_order_of_the_answers_does_not_matter(scores: list[int | None]) -> None:
    assert nc.nps(scores) == nc.nps(sorted(scores, key=lambda score: -1 if score is None else score))


@given(tallies(scale=nc.Scale.STANDARD), tallies(scale=nc.Scale.STANDARD))
def test_the_score_of_a_sum_of_tallies_is_that_of_their_counts(one: nc.Tally, two: nc.Tally) -> None:
    both = one + two
    if both.n.any():
        y, m, x = (one.category_counts.sum(axis=0) + two.category_counts.sum(axis=0)).tolist()
        missing, invalid = (int(a.sum() + b.sum()) for a, b in ((one.missing, two.missing), (one.invalid, two.invalid)))
        assert nc.nps(both) == nc.nps(tally_of(x, m, y, missing=missing, invalid=invalid))


@given(surveys(max_size=20))
def test_mirroring_the_scale_mirrors_the_score_and_its_interval(survey: nc.Survey) -> None:
    scale = survey.scale
    mirrored_scale = nc.Scale(
        lowest=10 - scale.highest,
        highest=10 - scale.lowest,
        passives_from=11 - scale.promoters_from,
        promoters_from=11 - scale.passives_from,
    )
    if survey.n:
        score = nc.nps(survey)
        mirrored = nc.nps(nc.Survey.from_scores(10 - survey.scores, scale=mirrored_scale))
        assert mirrored.value == -score.value
        assert (mirrored.promoters, mirrored.passives, mirrored.detractors) == (
            score.detractors,
            score.passives,
            score.promoters,
        )
        limits, mirrored_limits = score.confidence_interval, mirrored.confidence_interval
        assert (mirrored_limits.low, mirrored_limits.high) == pytest.approx(
            (-limits.high, -limits.low), rel=0, abs=1e-11
        )


@given(some_counts, st.integers(1, 100))
def test_more_passives_bring_the_value_nearer_to_zero(triple: tuple[int, int, int], more: int) -> None:
    x, m, y = triple
    before, after = nc.nps(tally_of(x, m, y)).value, nc.nps(tally_of(x, m + more, y)).value
    assert abs(after) < abs(before) or before == after == 0
    assert before * after >= 0


@pytest.mark.parametrize(
    ("score", "value", "low", "high"), [(10, 100, -58.7, 100), (7, 0, -79.3, 79.3), (0, -100, -100, 58.7)]
)
def test_one_answer_is_enough_and_says_little(score: int, value: float, low: float, high: float) -> None:
    # (1 - z^2) / (1 + z^2) = -0.587, z^2 / (1 + z^2) = 0.793 with z = 1.96
    found = nc.nps([score])
    assert (found.value, found.standard_error) == (value, 0)
    assert (found.confidence_interval.low, found.confidence_interval.high) == pytest.approx((low, high), abs=0.05)


def test_the_bootstrap_takes_its_number_of_draws_and_its_seed() -> None:
    one, again, fewer = (
        nc.nps(tally_of(700, 200, 100), method="bayes", n_resamples=n, rng=1) for n in (2_000, 2_000, 1_000)
    )
    assert one == again
    assert one != fewer


def test_numbers_are_pythons_own_also_when_the_level_is_not() -> None:
    score = nc.nps(np.array([10, 3, 8]), confidence_level=np.float64(0.9))
    assert "np." not in repr(score)
    assert type(score.confidence_interval.confidence_level) is float
    assert type(score.value) is type(score.standard_error) is float
    assert type(score.promoters) is type(score.missing) is type(score.rounded) is int


@pytest.mark.parametrize(
    ("data", "counted"),
    [
        ([], "0 missing, 0 invalid"),
        ([None, math.nan], "2 missing, 0 invalid"),
        (nc.Survey.from_scores([11, None], invalid="exclude"), "1 missing, 1 invalid"),
        (nc.Tally.from_cells([], by="region"), "0 missing, 0 invalid"),
    ],
    ids=["empty", "missing", "invalid", "no groups"],
)
def test_without_an_answer_there_is_no_score(data: Any, counted: str) -> None:
    with pytest.raises(nc.NoAnswersError) as caught:
        nc.nps(data)
    assert str(caught.value) == f"an NPS needs at least one answer with a score, got none ({counted})"


@pytest.mark.parametrize("data", [11, None, "9", {10: 3}, [11], [7.5], ["abc"], [True], np.zeros((2, 2))])
def test_what_holds_no_scores_is_refused(data: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match=r"^scores must "):
        nc.nps(data)


@pytest.mark.parametrize("level", [0, 1, 95, "0.95", True, math.nan])
def test_a_level_that_is_none_is_refused(level: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match=r"^confidence_level must be (a number )?between 0 and 1"):
        nc.nps([9, 3], confidence_level=level)


def test_a_level_in_percent_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(nc.InvalidInputError, match=r"got 95; for 95 % write 0\.95$"):
        nc.nps([9, 3], confidence_level=95)


def test_a_method_that_does_not_exist_is_refused() -> None:
    with pytest.raises(nc.InvalidInputError, match=r"^method must be one of 'score', .*'bayes', got 'magic'$"):
        nc.nps([9, 3], method="magic")


@pytest.mark.parametrize("method", ["bootstrap", "bootstrap-percentile", "bayes"])
def test_a_number_of_draws_that_is_none_is_refused(method: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match=r"^n_resamples must be a whole number.*, got 0$"):
        nc.nps([9, 3], method=method, n_resamples=0)
