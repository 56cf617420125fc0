"""What counts as a score: against an oracle, and the same in every kind of column."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import naive
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting import narrowing
from nps_core.counting.answers import cell_of, to_cells
from nps_core.counting.kernel import INVALID, MISSING
from nps_core.errors import InvalidInputError
from nps_core.model.scale import Scale
from nps_core.testing import scales

NOT_GIVEN: list[Any] = [None, math.nan, np.nan, np.float32("nan"), Decimal("NaN"), Decimal("sNaN"), "", np.str_("")]
NOT_GIVEN += [pd.NA, pd.NaT, np.datetime64("NaT", "us"), np.timedelta64("NaT", "s")]

NO_SCORES: list[Any] = [-1, 11, 7.5, -0.5, 10.5, 1e300, 10**400, -(10**400), math.inf, -math.inf, Decimal("7.5")]
NO_SCORES += [Decimal("Infinity"), Fraction(15, 2), True, False, np.True_, "abc", "9", " ", b"9", 9 + 0j, [9], (9,)]
NO_SCORES += [
    np.array(9.0),
    np.array([9, 9]),
    np.array(True),
    np.datetime64("2026-01-01"),
    np.timedelta64(9, "ns"),
    ...,
]

SCORES: list[Any] = [9, 9.0, np.int8(9), np.uint64(9), np.float32(9), Decimal("9.00"), Fraction(18, 2), np.array(9)]

numbers = st.integers(-3, 14) | st.floats() | st.sampled_from([0.0, 5.0, 10.0, 11.0, -0.0])
dirt = st.sampled_from([value for value in NOT_GIVEN + NO_SCORES + SCORES if not isinstance(value, Decimal)])
dirty = st.lists(numbers | st.none() | dirt | st.booleans() | st.text(max_size=2) | st.decimals(allow_nan=False))


def expected(values: list[Any], scale: Scale) -> list[int]:
    cell = {score: score for score in scale.scores} | {naive.MISSING: MISSING, naive.INVALID: INVALID}
    return [cell[naive.outcome(value, scale)] for value in values]


@given(dirty, scales())
def test_every_row_of_a_dirty_list_counts_as_what_it_is(values: list[Any], scale: Scale) -> None:
    assert to_cells(values, scale.lowest, scale.highest).tolist() == expected(values, scale)


@given(dirty)
def test_nothing_is_lost_scores_missing_and_invalid_make_up_all_rows(values: list[Any]) -> None:
    cells = to_cells(values, 0, 10)
    assert np.sum(cells <= 10) + np.sum(cells == MISSING) + np.sum(cells == INVALID) == len(values)


@pytest.mark.parametrize("value", NOT_GIVEN, ids=repr)
def test_what_was_not_given_is_missing(value: Any) -> None:
    assert cell_of(value) == MISSING
    assert to_cells([value], 0, 10).tolist() == [MISSING]


@pytest.mark.parametrize("value", NO_SCORES, ids=repr)
def test_what_is_no_whole_number_of_the_scale_is_invalid(value: Any) -> None:
    assert cell_of(value) == INVALID
    assert to_cells([value], 0, 10).tolist() == [INVALID]


@pytest.mark.parametrize("value", SCORES, ids=repr)
def test_a_whole_number_is_a_score_whatever_its_type(value: Any) -> None:
    assert cell_of(value) == 9
    assert to_cells([value], 0, 10).tolist() == [9]


@given(st.lists(st.integers(-3, 14)), scales())
def test_whole_numbers_count_alike_in_every_kind_of_column(values: list[int], scale: Scale) -> None:
    columns = [
        tuple(values),
        iter(values),
        *(np.array(values, dtype) for dtype in (np.int8, np.int64, np.float16, np.float64, object)),
        *(pd.Series(values, dtype=dtype) for dtype in ("int64", "Int64", "float64", "object", "int8[pyarrow]")),
        pl.Series(values, dtype=pl.Int16),
        pa.array(values, pa.int32()),
        pa.chunked_array([values[:3], [], values[3:]], pa.int64()),
    ]
    for column in columns:
        assert to_cells(column, scale.lowest, scale.highest).tolist() == expected(values, scale)


@given(st.lists(st.none() | st.integers(-3, 14), min_size=1), scales())
def test_gaps_count_as_missing_in_every_kind_of_column(values: list[int | None], scale: Scale) -> None:
    masked = np.ma.array([value or 0 for value in values], mask=[value is None for value in values])
    columns = [
        np.array(values, object),
        np.array(values, np.float64),
        masked,
        *(pd.Series(values, dtype=dtype) for dtype in ("Int64", "float64", "Float64", "object", "int8[pyarrow]")),
        pl.Series(values, dtype=pl.Int8),
        pl.Series(values, dtype=pl.Float32),
        pl.Series(values, dtype=pl.Decimal(10, 2)),
        pa.array(values, pa.uint8() if all((value or 0) >= 0 for value in values) else pa.int8()),
        pa.chunked_array([values[:2], values[2:]], pa.float64()),
        pa.chunked_array([pa.array(values, pa.int64()).dictionary_encode()]),
    ]
    for column in columns:
        assert to_cells(column, scale.lowest, scale.highest).tolist() == expected(list(values), scale), type(column)


@given(st.lists(st.none() | st.floats(width=32) | st.sampled_from([0.0, 7.0, 7.5, 10.0])))
def test_fractions_count_alike_in_every_kind_of_column(values: list[float | None]) -> None:
    columns = [np.array(values, np.float32), pd.Series(values, dtype="float64"), pl.Series(values, dtype=pl.Float64)]
    columns += [pa.array(values, pa.float64()), pa.chunked_array([values[:1], values[1:]], pa.float32())]
    for column in columns:
        assert to_cells(column, 0, 10).tolist() == expected(list(values), Scale.STANDARD)


@pytest.mark.parametrize(
    "column",
    [
        np.array([True, False]),
        pd.Series([True, False]),
        pl.Series([True, False]),
        pa.array([True, False]),
        np.array(["9", "10"]),
        pl.Series(["9", "10"]),
        pd.Series(["9", "10"]),
        np.array([9, 10], "timedelta64[ns]"),
        np.array([9, 10], "datetime64[ns]"),
        pl.Series([[9, 10], [9, 10]]),
        pa.chunked_array([[[9, 10], [9, 10]]]),
        np.array([9, 10], np.complex128),
    ],
    ids=lambda column: f"{type(column).__module__} {getattr(column, 'dtype', 'bool')}",
)
def test_columns_of_anything_but_numbers_hold_no_scores(column: Any) -> None:
    assert to_cells(column, 0, 10).tolist() == [INVALID, INVALID]


@pytest.mark.parametrize("column", [pa.nulls(2), pl.Series([None, None]), pd.Series([None, None]), ["", None]], ids=str)
def test_columns_of_nothing_are_all_missing(column: Any) -> None:
    assert to_cells(column, 0, 10).tolist() == [MISSING, MISSING]


def test_an_empty_column_has_no_cells() -> None:
    assert to_cells([], 0, 10).tolist() == []
    assert to_cells(np.array([]), 0, 10).dtype == np.uint8


@pytest.mark.parametrize("scores", ["9", b"9", 9, None, {9: 1}, {9, 10}], ids=repr)
def test_one_value_or_an_unordered_collection_is_no_column_of_scores(scores: Any) -> None:
    with pytest.raises(InvalidInputError, match=rf"scores must be a sequence or an array, got {type(scores).__name__}"):
        to_cells(scores, 0, 10)


@pytest.mark.parametrize("rows", [1, 2, 5])
@pytest.mark.parametrize("dtype", ["i1", "i8", ">i8", "f4", "f8", ">f8", "u2"])
def test_clean_and_dirty_blocks_of_one_column_are_read_alike(
    dtype: str, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    values: list[Any] = [9, 3, 11, 0, 10, 12, 8, 7, 1, 5]
    if dtype[-2] == "f":
        values = [*values, math.nan, 9.5, math.inf, 4, math.nan, 2]
    elif dtype[-2] == "i":
        values = [*values, -1, 4]
    monkeypatch.setattr(narrowing, "BLOCK", rows)
    monkeypatch.setattr(narrowing, "WIDE_BLOCK", rows)
    for scale in (Scale.STANDARD, Scale.ONE_TO_TEN, Scale.FIVE_POINT):
        cells = to_cells(np.array(values, dtype), scale.lowest, scale.highest)
        assert cells.tolist() == expected(values, scale)


@pytest.mark.parametrize("length", [3, 1000], ids=["short", "long"])
@pytest.mark.parametrize("answer", [True, np.True_, np.False_], ids=repr)
def test_a_boolean_among_scores_is_invalid_in_lists_of_any_length(length: int, answer: Any) -> None:
    cells = to_cells([9, 1, 0] * length + [answer], 0, 10)
    assert cells[-1] == INVALID
    assert np.bincount(cells).tolist()[:2] == [length, length]
