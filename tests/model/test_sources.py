"""Counts that others made: mappings, sequences, and rows of a GROUP BY."""

import datetime as dt
import math
from collections import Counter
from decimal import Decimal
from typing import Any

import naive
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError, InvalidScoreError
from nps_core.model.scale import Category, Scale
from nps_core.model.tally import Tally
from nps_core.testing import scales, scores

counts = st.integers(0, 10**9)
labels = st.none() | st.sampled_from(["north", "south"])
cells = st.lists(st.tuples(labels, labels, scores() | st.none(), counts))
days = st.dates(dt.date(1990, 1, 1), dt.date(9998, 12, 31))
dated_cells = st.lists(st.tuples(labels, st.none() | days, scores() | st.none(), counts))


@given(scales(), st.data())
def test_counts_by_score_and_in_sequence_are_the_same_tally(scale: Scale, data: st.DataObject) -> None:
    given_counts = data.draw(st.lists(counts, min_size=len(scale.scores), max_size=len(scale.scores)))
    by_score = dict(zip(scale.scores, given_counts, strict=True))
    tally = Tally.from_counts(by_score, scale=scale)
    assert {score: count for (_, score), count in naive.as_counter(tally).items()} == +Counter(by_score)
    for sequence in (given_counts, tuple(given_counts), np.array(given_counts)):
        assert Tally.from_counts(sequence, scale=scale) == tally
    assert Tally.from_counts(pd.Series(by_score).sample(frac=1, random_state=1), scale=scale) == tally


@given(counts, counts, counts, counts, counts)
def test_categories_are_counted_where_only_they_are_known(p: int, a: int, d: int, missing: int, invalid: int) -> None:
    tally = Tally.from_categories(promoters=p, passives=a, detractors=d, missing=missing, invalid=invalid)
    assert not tally.knows_scores
    if p + a + d + missing + invalid:
        assert dict(zip(Category, tally.category_counts[0].tolist(), strict=True)) == {
            Category.PROMOTER: p,
            Category.PASSIVE: a,
            Category.DETRACTOR: d,
        }
        assert [*tally.n, *tally.missing, *tally.invalid] == [p + a + d, missing, invalid]
    else:
        assert len(tally) == 0


def test_missing_and_invalid_stand_beside_the_counts() -> None:
    tally = Tally.from_counts({9: 5}, missing=3, invalid=2)
    assert [*tally.n, *tally.missing, *tally.invalid] == [5, 3, 2]


@given(cells)
def test_rows_of_the_same_group_and_score_add_up(rows: list[Any]) -> None:
    expected: Counter[Any] = Counter()
    for region, product, score, count in rows:
        expected[region, product, None, naive.MISSING if score is None else score] += count
    assert naive.as_counter(Tally.from_cells(rows, by=["region", "product"])) == +expected
    assert Tally.from_cells(iter(rows), by=["region", "product"]) == Tally.from_cells(rows, by=["region", "product"])


@given(st.lists(st.tuples(labels, labels, scores() | st.none())))
def test_a_counter_is_as_good_as_rows(keys: list[Any]) -> None:
    counter = Counter(keys)
    rows = [(*key, count) for key, count in counter.items()]
    by = ["region", "product"]
    assert Tally.from_cells(counter, by=by) == Tally.from_cells(rows, by=by)
    assert Tally.from_cells(counter, by=by) == Tally.from_cells([(*key, 1) for key in keys], by=by)


@given(st.lists(scores()))
def test_a_counter_of_bare_scores_needs_no_tuples(values: list[int]) -> None:
    assert Tally.from_cells(Counter(values)) == Tally.from_counts(Counter(values))


@given(dated_cells, st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_any_day_of_a_period_will_do(rows: list[Any], every: Any) -> None:
    expected: Counter[Any] = Counter()
    for region, day, score, count in rows:
        start = None if day is None else naive.period_start(day, every)
        expected[region, start, naive.MISSING if score is None else score] += count
    tally = Tally.from_cells(rows, by="region", every=every, time_zone="Europe/Helsinki")
    assert naive.as_counter(tally) == +expected
    assert (tally.every, tally.time_zone) == (every, "Europe/Helsinki")


@pytest.mark.parametrize(
    "day",
    [
        dt.date(2026, 3, 31),
        dt.datetime(2026, 3, 31, 23, 59),
        dt.datetime(2026, 3, 31, 23, 59, tzinfo=dt.timezone(dt.timedelta(hours=-12))),
        np.datetime64("2026-03-31T23:59"),
        pd.Timestamp("2026-03-31 23:59", tz="America/New_York"),
    ],
    ids=repr,
)
def test_a_day_is_the_one_written_whatever_its_type(day: Any) -> None:
    tally = Tally.from_cells([(day, 9, 1)], every="month")
    assert tally.starts is not None
    assert tally.starts.tolist() == [dt.date(2026, 3, 1)]


def test_scores_and_counts_may_be_of_any_whole_type() -> None:
    rows = [("north", 9, 2), ("north", 8, 1), ("north", 7, 0), ("north", None, 4)]
    others = [("north", Decimal(9), np.int64(2)), ("north", 8.0, 1), ("north", float("nan"), np.uint8(4))]
    assert Tally.from_cells(others, by="region") == Tally.from_cells(rows, by="region")


def test_scores_off_the_scale_are_refused_with_the_first_index_or_counted_as_invalid() -> None:
    rows = [("north", 9, 1), ("north", 0, 2), ("north", 7.5, 3)]
    with pytest.raises(InvalidScoreError) as caught:
        Tally.from_cells(rows, by="region", scale=Scale.ONE_TO_TEN)
    assert str(caught.value) == (
        "scores must be whole numbers between 1 and 10, got 0 (index 1), 7.5 (index 2): 2 of 3 in all; "
        "invalid='exclude', of Survey.from_scores and of tallies, leaves them out and keeps their number"
    )
    assert (caught.value.total, caught.value.examples) == (2, ((1, 0), (2, 7.5)))
    assert Tally.from_cells(rows, by="region", scale=Scale.ONE_TO_TEN, invalid="exclude").invalid.tolist() == [5]


@pytest.mark.parametrize("count", [-1, 1.0, 1.5, math.nan, None, "1", True, 2**62, Decimal(1)], ids=repr)
def test_a_count_is_a_whole_number_and_the_message_says_whose(count: Any) -> None:
    for make, whose in (
        (lambda: Tally.from_counts({9: count}), "the count of score 9"),
        (lambda: Tally.from_counts({9: 1}, missing=count), "missing"),
        (lambda: Tally.from_counts({9: 1}, invalid=count), "invalid"),
        (lambda: Tally.from_categories(promoters=1, passives=count, detractors=1), "passives"),
        (lambda: Tally.from_cells([(9, 1), (8, count)]), "the count at index 1"),
    ):
        with pytest.raises(InvalidInputError) as caught:
            make()
        assert str(caught.value) == f"{whose} must be a whole number from 0 to 2**62 - 1, got {count!r}"


@pytest.mark.parametrize("score", [11, -1, 7.5, "9", True, None, math.nan], ids=repr)
def test_counts_of_what_is_no_score_are_refused(score: Any) -> None:
    with pytest.raises(InvalidScoreError) as caught:
        Tally.from_counts({score: 1})
    assert str(caught.value) == (
        f"scores must be whole numbers between 0 and 10, got {score!r}; give the others as missing= and invalid="
    )


def test_a_sequence_holds_one_count_per_score_of_the_scale() -> None:
    with pytest.raises(InvalidInputError, match="counts must hold one number per score 1-5, got 11"):
        Tally.from_counts([1] * 11, scale=Scale.FIVE_POINT)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("north", 9, 1), ("north", 9)], r"a cell must hold \(region, day, score, count\), got 3 values \(index 0\)"),
        ([("north", None, 9, 1), ()], r"a cell must hold \(region, day, score, count\), got 0 values \(index 1\)"),
        ([9], r"cells must be rows \(region, day, score, count\) or a mapping, got list"),
        (None, r"cells must be rows \(region, day, score, count\) or a mapping, got NoneType"),
        ([("north", "2026", 9, 1)], r"times must be datetimes or dates, got '2026' \(index 0\)"),
        ([(1.5, None, 9, 1)], r"region must be text, whole numbers, booleans or dates, got 1.5 \(index 0\)"),
    ],
)
def test_rows_that_are_none_are_refused_with_what_they_must_hold(rows: Any, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        Tally.from_cells(rows, by="region", every="day")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": "decade"}, "every must be one of 'day', 'week', 'month', 'quarter', 'year', got 'decade'"),
        ({"invalid": "ignore"}, "invalid must be one of 'raise', 'exclude', got 'ignore'"),
        ({"every": "day", "time_zone": "Europe/Atlantis"}, "time_zone must be an IANA name such as 'Europe/Helsinki'"),
    ],
)
def test_options_that_do_not_exist_are_refused(options: Any, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        Tally.from_cells([], **options)
