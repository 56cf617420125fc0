"""Counts of categories against a loop over the answers, and what is left to a closer look."""

import math
from typing import Any

import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.counting import categories, narrowing
from nps_core.counting.categories import CategoryCounts, count_categories
from nps_core.model.scale import Category, Scale

TYPES = [np.uint8, np.int8, np.uint16, np.int16, np.int32, np.uint64, np.int64, np.float16, np.float32, np.float64]

scores = st.integers(0, 10)


def expected(values: list[Any], scale: Scale = Scale.STANDARD) -> CategoryCounts:
    outcomes = [naive.outcome(value, scale) for value in values]
    given_scores = [outcome for outcome in outcomes if outcome != naive.MISSING]
    found = [scale.classify(int(score)) for score in given_scores]
    return CategoryCounts(
        detractors=found.count(Category.DETRACTOR),
        passives=found.count(Category.PASSIVE),
        promoters=found.count(Category.PROMOTER),
        missing=outcomes.count(naive.MISSING),
    )


def counted(answers: Any, scale: Scale = Scale.STANDARD) -> CategoryCounts | None:
    return count_categories(answers, scale.passives_from, scale.promoters_from)


@pytest.fixture(params=[1, 3, None], ids=lambda rows: f"blocks of {rows}")
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param is not None:
        monkeypatch.setattr(narrowing, "BLOCK", request.param)
        monkeypatch.setattr(narrowing, "WIDE_BLOCK", request.param)
        monkeypatch.setattr(categories, "_SHORT", request.param)


@pytest.mark.usefixtures("block")
@pytest.mark.parametrize("values", [[], [0], [10], [*range(11)], [9, 3, 8, 8, 10, 0, 1, 7, 6, 6] * 3], ids=len)
@pytest.mark.parametrize("scale", [Scale.STANDARD, Scale.EUROPEAN], ids=["standard", "european"])
def test_clean_scores_are_counted_in_every_type(values: list[int], scale: Scale) -> None:
    assert counted(values, scale) == expected(values, scale)
    for dtype in TYPES:
        assert counted(np.array(values, dtype), scale) == expected(values, scale), dtype
        assert counted(np.array(values * 2, dtype)[::2], scale) == expected((values * 2)[::2], scale), dtype


@given(st.lists(scores | st.just(math.nan), max_size=30), st.sampled_from([np.float16, np.float32, np.float64]))
def test_nan_is_missing(values: list[float], dtype: type) -> None:
    assert counted(np.array(values, dtype)) == expected(values)


@pytest.mark.usefixtures("block")
@pytest.mark.parametrize("position", [0, 4, 9])
def test_nan_is_missing_in_whichever_block(position: int) -> None:
    values = [float(score) for score in range(10)]
    values[position] = math.nan
    assert counted(np.array(values)) == expected(values)


@pytest.mark.usefixtures("block")
@pytest.mark.parametrize("position", [0, 4, 9])
@pytest.mark.parametrize("wrong", [-1, 11, 255, 256, 2**62, -(2**62)])
def test_numbers_off_the_scale_take_a_closer_look(wrong: int, position: int) -> None:
    values = [*range(10)]
    values[position] = wrong
    assert counted(values) is None
    for dtype in TYPES:
        if np.dtype(dtype).kind == "f" or np.iinfo(dtype).min <= wrong <= np.iinfo(dtype).max:
            with np.errstate(over="ignore"):
                assert counted(np.array(values).astype(dtype)) is None, dtype


@pytest.mark.parametrize("wrong", [0.5, -0.5, 9.999, 256.0, 265.0, math.inf, -math.inf, 1e300])
def test_fractions_and_numbers_that_no_byte_holds_take_a_closer_look(wrong: float) -> None:
    for values in ([9.0, wrong], [wrong, math.nan], [math.nan, math.nan, wrong]):
        assert counted(np.array(values)) is None


@pytest.mark.parametrize(
    "answers",
    [
        [True, 9],
        [9, False] * 2_000,
        [9, None],
        [9.0],
        ["9"],
        [np.True_],
        [2**70],
        np.array([True, False]),
        np.array(["9"]),
        np.array([9, None], object),
        np.array([9], "timedelta64[s]"),
        np.ma.array([9, 3], mask=[True, False]),
        np.array([9, 3] * 2_000, ">i4"),
        np.array([9, 3], ">f8"),
    ],
    ids=lambda answers: f"{type(answers).__name__} {answers[:1]}",
)
def test_what_is_not_plainly_a_number_takes_a_closer_look(answers: Any) -> None:
    assert counted(answers) is None


def test_zeros_and_ones_that_are_whole_numbers_are_scores() -> None:
    values = [0, 1, np.int64(1), np.uint8(0), 9]
    assert counted(values) == expected(values)
    assert counted(values * 1_000) == expected(values * 1_000)


def test_minus_zero_is_zero() -> None:
    assert counted(np.array([-0.0])) == CategoryCounts(1, 0, 0)


@given(st.lists(scores, max_size=40), st.integers(0, 40))
def test_the_counts_of_two_parts_add_up_to_those_of_the_whole(values: list[int], cut: int) -> None:
    whole, *parts = (counted(np.array(part, np.uint8)) for part in (values, values[:cut], values[cut:]))
    assert whole is not None
    assert all(
        getattr(whole, name) == sum(getattr(part, name) for part in parts)
        for name in ("detractors", "passives", "promoters", "missing")
    )


def test_counting_leaves_the_answers_as_they_are() -> None:
    answers = np.array([9.0, math.nan, 3.0])
    counted(answers)
    assert np.array_equal(answers, [9.0, math.nan, 3.0], equal_nan=True)


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float64])
@pytest.mark.parametrize("n", [3, 5_000])
def test_a_masked_array_takes_a_closer_look(kind: Any, n: int) -> None:
    answers = np.ma.array(np.full(n, 9, kind), mask=np.arange(n) % 2 == 0)
    assert count_categories(answers, 7, 9) is None
    score = nc.nps(answers)
    assert (score.n, score.missing) == (n // 2, n - n // 2)


@pytest.mark.parametrize("n", [categories._SHORT, categories._SHORT + 1])
def test_the_shortest_array_that_is_not_short_is_counted_the_same(n: int) -> None:
    scores = [i % 11 for i in range(n)]
    expected = count_categories(scores[:-1], 7, 9)
    assert expected is not None
    for answers in (scores, np.array(scores, np.int64), np.array(scores, np.float64)):
        found = count_categories(answers, 7, 9)
        assert found is not None
        assert found.detractors + found.passives + found.promoters == n
        assert abs(found.promoters - expected.promoters) <= 1
