"""Labels to codes and back."""

import datetime as dt
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting.labels import encode
from nps_core.errors import InvalidInputError
from nps_core.model.scale import Category


def decoded(values: Any) -> list[str | None]:
    codes, labels = encode(values, "region")
    return [(*labels, None)[code] for code in codes.tolist()]


@given(st.lists(st.none() | st.text(max_size=3)))
def test_decoding_the_codes_gives_the_labels_back(values: list[str | None]) -> None:
    assert decoded(values) == values


@given(st.lists(st.none() | st.text(max_size=3)))
def test_the_labels_are_sorted_and_each_occurs(values: list[str | None]) -> None:
    _, labels = encode(values, "region")
    assert list(labels) == sorted({value for value in values if value is not None})


@given(st.lists(st.none() | st.sampled_from(["a", "b"]), min_size=1))
def test_every_kind_of_column_gives_the_same_codes(values: list[str | None]) -> None:
    chunked = pa.chunked_array([pa.array(values, pa.string()).dictionary_encode()])
    for column in (pd.Series(values, dtype="object"), pl.Series(values, dtype=pl.String), pa.array(values), chunked):
        assert decoded(column) == values


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([2026, np.int64(7), "x"], ["2026", "7", "x"]),
        ([True, False, np.True_], ["True", "False", "True"]),
        ([1, True, "1"], ["1", "True", "1"]),  # 1 == True, and yet they are different labels
        ([dt.date(2026, 3, 1), dt.datetime(2026, 3, 1, 5)], ["2026-03-01", "2026-03-01 05:00:00"]),
        ([Category.PROMOTER, "promoter", np.str_("passive")], ["promoter", "promoter", "passive"]),
        (np.array(["2026-03-01"], "datetime64[ns]"), ["2026-03-01 00:00:00"]),
        ([float("nan"), pd.NA, pd.NaT, None, ""], [None, None, None, None, ""]),
        (pd.Series([1, None], dtype="Int64"), ["1", None]),
        (np.array([], object), []),
    ],
)
def test_whole_numbers_booleans_and_dates_become_text(values: Any, texts: list[str | None]) -> None:
    assert decoded(values) == texts


def test_labels_are_plain_strings_whatever_they_were() -> None:
    _, labels = encode([Category.PROMOTER, np.str_("passive")], "category")
    assert {type(label) for label in labels} == {str}


def test_whole_numbers_with_gaps_are_the_labels_of_whole_numbers() -> None:
    codes, labels = encode([12.0, float("nan"), 7], "shop")
    assert [None if code < 0 else labels[code] for code in codes] == ["12", None, "7"]


@pytest.mark.parametrize("value", [1.5, Fraction(1, 2), ["a"], {"a": 1}, b"a"], ids=repr)
def test_what_has_no_obvious_text_is_refused_with_its_index(value: Any) -> None:
    with pytest.raises(InvalidInputError) as caught:
        encode(["north", value], "segment 'region'")
    assert str(caught.value) == (
        f"segment 'region' must be text, whole numbers, booleans or dates, got {value!r} (index 1); "
        "turn the column into text first"
    )
