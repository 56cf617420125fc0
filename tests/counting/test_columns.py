"""Columns of every make become arrays or lists."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting.columns import as_column, as_list, check_length, first_rows, is_missing
from nps_core.errors import InvalidInputError

labels = st.lists(st.none() | st.sampled_from(["a", "b", "ü"]), min_size=1)


@given(labels)
def test_text_comes_out_of_every_kind_of_column_as_it_went_in(values: list[str | None]) -> None:
    dictionary = pa.array(values, pa.string()).dictionary_encode()
    columns = [
        values,
        tuple(values),
        np.array(values, object),
        pd.Series(values, dtype="object"),
        pd.Series(values, dtype="category"),
        pl.Series(values, dtype=pl.String),
        pl.Series(values, dtype=pl.Categorical),
        pa.array(values, pa.string()),
        pa.chunked_array([values[:1], values[1:]], pa.large_string()),
        dictionary,
        pa.chunked_array([dictionary[:1], dictionary[1:]]),
    ]
    for column in columns:
        assert [None if is_missing(value) else value for value in as_list(column, "labels")] == values


def test_what_is_an_array_stays_one_and_nothing_is_copied() -> None:
    array = np.arange(3)
    assert as_column(array, "scores") is array
    series = pl.Series([1, 2, 3])
    assert np.shares_memory(as_column(series, "scores"), series.to_numpy())


def test_nanoseconds_come_out_as_datetimes_and_days_as_dates() -> None:
    assert as_list(np.array(["2026-01-01"], "datetime64[ns]"), "labels") == [dt.datetime(2026, 1, 1)]
    assert as_list(np.array(["2026-01-01"], "datetime64[D]"), "labels") == [dt.date(2026, 1, 1)]


@pytest.mark.parametrize(
    "column",
    [pd.Series([1, None], dtype="Int64"), pl.Series([1, None]), pa.array([1, None]), pa.chunked_array([[1], [None]])],
    ids=lambda column: type(column).__module__,
)
def test_whole_numbers_with_gaps_stay_whole_numbers(column: Any) -> None:
    first, second = as_list(column, "respondents")
    assert type(first) is int
    assert is_missing(second)


@pytest.mark.parametrize("kind", [pl.Int128, pl.UInt128])
def test_whole_numbers_too_wide_for_an_array_come_out_as_a_list(kind: Any) -> None:
    assert as_column(pl.Series([2**100, None, 9], dtype=kind), "scores") == [2**100, None, 9]


def test_masked_values_come_out_as_none() -> None:
    assert as_list(np.ma.array([1, 2], mask=[False, True]), "respondents") == [1, None]


@pytest.mark.parametrize(
    ("table", "shape"),
    [
        (np.zeros((2, 1)), r"\(2, 1\)"),
        (np.array(3), r"\(\)"),
        (pd.DataFrame({"score": [9]}), r"\(1, 1\)"),
        (pl.DataFrame({"score": [9]}), r"\(1, 1\)"),
    ],
    ids=["a matrix", "a number", "a pandas frame", "a Polars frame"],
)
def test_more_or_less_than_one_dimension_is_no_column(table: Any, shape: str) -> None:
    with pytest.raises(InvalidInputError, match=f"scores must have one dimension, got an array of shape {shape}"):
        as_column(table, "scores")


def test_a_column_must_be_as_long_as_the_scores() -> None:
    check_length("weights", 3, 3)
    with pytest.raises(InvalidInputError, match=r"weights must be as long as the scores \(3\), got 2"):
        check_length("weights", 2, 3)


def test_the_first_rows_are_the_first_that_the_mask_marks() -> None:
    mask = np.array([False, True, False, True, True])
    assert first_rows(mask, "abcde", most=2) == [(1, "b"), (3, "d")]
    assert first_rows(mask, "abcde") == [(1, "b"), (3, "d"), (4, "e")]


@pytest.mark.parametrize(
    "value", [0, "", "nan", False, [], np.datetime64("2026-01-01"), np.timedelta64(0, "s"), 0.0], ids=repr
)
def test_what_is_there_is_not_missing_even_if_it_is_little(value: Any) -> None:
    assert not is_missing(value)


def test_a_kind_of_list_is_read_as_the_list_it_is() -> None:
    class Odd(list[int]):
        def __bytes__(self) -> bytes:
            return b"?"

    column = as_column(Odd([9, 3]), "scores")
    assert type(column) is list
    assert column == [9, 3]
