"""Counting in frames: whatever engine holds the rows, the tally is the one that counting by hand gives."""

import math
from collections import Counter
from typing import Any

import naive
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from engines import FRAMES, SCORES, Row, rows_of, table_of
from hypothesis import given, settings
from hypothesis import strategies as st

from nps_core.counting.calendar import EVERY, Every
from nps_core.errors import InvalidScoreError
from nps_core.model.scale import Scale
from nps_core.model.survey import Survey
from nps_core.model.tally import Tally


def by_hand(rows: list[Row], every: Every) -> Counter[tuple[Any, ...]]:
    return Counter(
        (label, None if at is None else naive.period_start(at.date(), every), naive.outcome(score, Scale.STANDARD))
        for score, label, at in rows
    )


@pytest.mark.parametrize("engine", FRAMES)
@pytest.mark.parametrize("kind", SCORES)
@settings(max_examples=settings().max_examples // 2)  # of each combination
@given(data=st.data(), every=st.sampled_from(EVERY))
def test_every_engine_counts_as_one_would_by_hand(engine: str, kind: str, data: st.DataObject, every: Every) -> None:
    score_type, scores = SCORES[kind]
    rows = data.draw(rows_of(scores))
    table = table_of(rows, score_type, data.draw(st.integers(0, len(rows))))
    if engine.startswith("pandas") and kind == "decimals" and engine != "pandas arrow":
        table = table.set_column(0, "score", table["score"].cast(pa.float64()))  # numpy has no decimals
    tally = Tally.from_frame(
        FRAMES[engine](table), score="score", by="label", at="at", every=every, time_zone="naive", invalid="exclude"
    )
    assert naive.as_counter(tally) == by_hand(rows, every)


@given(rows=rows_of(SCORES["floats"][1]), cut=st.integers(0, 12))
def test_a_frame_and_a_survey_of_its_columns_give_equal_tallies(rows: list[Row], cut: int) -> None:
    table = table_of(rows, pa.float64(), cut)
    survey = Survey.from_scores(table["score"], segments={"label": table["label"]}, invalid="exclude")
    assert Tally.from_frame(table, score="score", by="label", invalid="exclude") == survey.tally("label")


@given(st.data())
def test_the_scale_decides_what_is_invalid(data: st.DataObject) -> None:
    scores = data.draw(st.lists(st.integers(-1, 11)))
    frame = pl.DataFrame({"s": pl.Series(scores, dtype=pl.Int8)})
    for scale in (Scale.FIVE_POINT, Scale.ONE_TO_TEN):
        tally = Tally.from_frame(frame, score="s", scale=scale, invalid="exclude")
        assert tally.invalid.sum() == sum(score not in scale.scores for score in scores)
        assert tally.n.sum() == sum(score in scale.scores for score in scores)


def test_missing_is_told_from_invalid() -> None:
    scores = [None, math.nan, math.inf, -math.inf, -1, 11, 7.5, 9, 0, 10]
    for engine, make in FRAMES.items():
        frame = make(table_of([(score, "x", None) for score in scores], pa.float64()))
        tally = Tally.from_frame(frame, score="score", invalid="exclude")
        assert (tally.missing.tolist(), tally.invalid.tolist(), tally.n.tolist()) == ([2], [5], [3]), engine


def test_nullable_pandas_scores_count_like_any_other() -> None:
    frame = pd.DataFrame({"s": pd.array([9, None, 3], "Int8"), "b": pd.array([True, None, False], "boolean")})
    tally = Tally.from_frame(frame, score="s", by="b")
    assert tally.groups == (("False",), ("True",), (None,))
    assert tally.n.tolist() == [1, 1, 0]


ENCODED = {
    "pandas": lambda table: table.to_pandas(),
    "polars": pl.from_arrow,
    "pyarrow": lambda table: table,
}


@pytest.mark.parametrize("library", ENCODED)
@pytest.mark.parametrize("kind", SCORES)
@given(data=st.data())
def test_categories_are_counted_as_the_engine_counts_their_texts(library: str, kind: str, data: st.DataObject) -> None:
    score_type, scores = SCORES[kind]
    rows = data.draw(rows_of(scores))
    table = table_of(rows, score_type, data.draw(st.integers(0, len(rows)))).select(["score", "label"])
    if library == "pandas" and kind == "decimals":
        table = table.set_column(0, "score", table["score"].cast(pa.float64()))
    other = pa.array(["x", None, "y"] * len(rows), pa.string())[: len(rows)]
    plain = table.append_column("other", other)
    encoded = plain.set_column(1, "label", plain["label"].dictionary_encode())
    encoded = encoded.set_column(2, "other", encoded["other"].dictionary_encode())
    for by in ("label", ["label", "other"], ["other", "label"]):
        for scale in (Scale.STANDARD, Scale.FIVE_POINT):
            counted, expected = (
                Tally.from_frame(frame, score="score", by=by, scale=scale, invalid="exclude")
                for frame in (ENCODED[library](encoded), pl.from_arrow(plain).lazy())
            )
            assert counted == expected


def test_minus_zero_is_zero_on_either_way() -> None:
    plain = pa.table({"score": [-0.0, 9.0], "label": ["a", "b"]})
    encoded = plain.set_column(1, "label", plain["label"].dictionary_encode())
    survey = Survey.from_scores([-0.0, 9.0], segments={"label": ["a", "b"]})
    for frame in (plain, encoded):
        assert Tally.from_frame(frame, score="score", by="label") == survey.tally("label")


def test_scores_too_wide_for_numpy_are_counted_on_either_way() -> None:
    frame = pl.DataFrame(
        {
            "score": pl.Series([9, 2**100, None], dtype=pl.Int128),
            "label": pl.Series(["a", "b", "a"], dtype=pl.Categorical),
        }
    )
    counted, expected = (
        Tally.from_frame(rows, score="score", by="label", invalid="exclude")
        for rows in (frame, frame.with_columns(pl.col("label").cast(pl.String)))
    )
    assert counted == expected


@pytest.mark.parametrize(
    ("library", "index_type"),
    [
        ("pandas", pa.int32()),  # whose codes have a sign
        *((library, kind) for library in ("polars", "pyarrow") for kind in (pa.uint8(), pa.int32(), pa.uint64())),
    ],
    ids=str,
)
def test_many_categories_of_several_keys_are_counted_as_their_texts(library: str, index_type: pa.DataType) -> None:
    n = 250 if index_type == pa.uint8() else 20_000
    texts = pa.array([f"x{i}" for i in range(n)])
    key = pa.DictionaryArray.from_arrays(pa.array(range(n), index_type), texts)
    table = pa.table({"score": [i % 12 for i in range(n)], "a": key, "b": key})
    plain = pa.table({"score": table["score"], "a": texts, "b": texts})
    for by in ("a", ["a", "b"]):
        counted, expected = (
            Tally.from_frame(frame, score="score", by=by, invalid="exclude")
            for frame in (ENCODED[library](table), plain)
        )
        assert counted == expected


def test_categories_that_are_no_text_are_left_to_the_engine() -> None:
    frame = pd.DataFrame({"score": [9, 3, 8], "shop": pd.Categorical([1, 2, 1])})
    assert Tally.from_frame(frame, score="score", by="shop").groups == (("1",), ("2",))


def test_invalid_scores_of_an_encoded_frame_are_refused_with_examples() -> None:
    frame = pd.DataFrame({"score": [9.5, 3, 11], "shop": pd.Categorical(["a", "b", "a"])})
    with pytest.raises(InvalidScoreError, match=r"got 9\.5 \(index 0\), 11\.0 \(index 2\): 2 of 3 in all"):
        Tally.from_frame(frame, score="score", by="shop")
