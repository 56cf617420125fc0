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

from nps_core.counting.kernel import narrowest
from nps_core.counting.labels import encode, label_of
from nps_core.errors import InvalidInputError, shown
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


@pytest.mark.parametrize("value", [1.5, 2.0**53, Fraction(1, 2), ["a"], {"a": 1}, b"a"], ids=repr)
def test_what_has_no_obvious_text_is_refused_with_its_index(value: Any) -> None:
    with pytest.raises(InvalidInputError) as caught:
        encode(["north", value], "segment 'region'")
    assert str(caught.value) == (
        f"segment 'region' must be text, whole numbers, booleans or dates, got {shown(value)} (index 1); "
        "turn the column into text first"
    )


ROWS: list[str | None] = ["b", "a", None, "b", "c"]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(pd.Categorical(ROWS, categories=["z", "c", "b", "a"])),
        pl.Series(["other", *ROWS], dtype=pl.Categorical)[1:],
        pl.Series(ROWS, dtype=pl.Enum(["z", "c", "b", "a"])),
        pa.array(["other", *ROWS]).dictionary_encode()[1:],
    ],
    ids=lambda column: type(column).__module__,
)
def test_categories_that_no_row_has_are_no_labels(column: Any) -> None:
    codes, labels = encode(column, "region")
    assert labels == ("a", "b", "c")
    assert codes.tolist() == [1, 0, -1, 1, 2]


def test_categories_of_the_same_text_are_one_label() -> None:
    assert decoded(pd.Series(pd.Categorical([1, "1", 2.0], categories=[2.0, "1", 1]))) == ["1", "1", "2"]
    assert encode(pd.Series(pd.Categorical([1, "1"])), "shop")[1] == ("1",)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (np.array(["b", "a", "b"]), ["b", "a", "b"]),
        (np.array([3, -1, 3], np.int8), ["3", "-1", "3"]),
        (np.array([2**64 - 1, 0], np.uint64), ["18446744073709551615", "0"]),
        (np.array([True, False, True]), ["True", "False", "True"]),
        (np.array([True, True]), ["True", "True"]),
        (np.array([2.0, np.nan, -0.0]), ["2", None, "0"]),
        (np.array([2.0**53 - 1, 1.0]), [str(2**53 - 1), "1"]),
        (np.array([np.nan, np.nan]), [None, None]),
        (np.ma.array([1, 2], mask=[True, False]), [None, "2"]),
        (pd.Series([1, 2, 1]), ["1", "2", "1"]),
        (pd.Series([True, None], dtype="boolean"), ["True", None]),
        (pd.Series([1.0, None]), ["1", None]),
        (pl.Series([1, None, 2]), ["1", None, "2"]),
        (pl.Series([True, None]), ["True", None]),
        (pa.array([1, None]), ["1", None]),
        (pa.chunked_array([[1], [2]]), ["1", "2"]),
        (pl.Series([2**60 + 1, None]), [str(2**60 + 1), None]),
        ([True, None, False], ["True", None, "False"]),
        ([2, None, 1, 2], ["2", None, "1", "2"]),
        ([dt.date(2026, 3, 1), None], ["2026-03-01", None]),
        ([True, pd.NA, False], ["True", None, "False"]),
        ([dt.date(2026, 3, 1), pd.NaT], ["2026-03-01", None]),
        (["a", float("nan"), float("nan"), "a", pd.NA], ["a", None, None, "a", None]),
        (pl.Series([2**100, None, 7], dtype=pl.Int128), [str(2**100), None, "7"]),
    ],
    ids=lambda each: f"{type(each).__module__} {getattr(each, 'dtype', '')}",
)
def test_arrays_and_lists_of_one_type_have_the_texts_of_their_values(values: Any, texts: list[str | None]) -> None:
    assert decoded(values) == texts


@pytest.mark.parametrize(
    "column",
    [
        np.array([1.0, 2.5, 2.5]),
        np.array([1.0, np.inf]),
        pd.Series(pd.Categorical([1.0, 2.5, 2.5])),
        pl.Series([1.0, 2.5]),
    ],
    ids=lambda column: f"{type(column).__module__} {column.dtype}",
)
def test_a_fraction_in_an_array_is_refused_with_its_first_row(column: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"got (2\.5|inf) \(index 1\)"):
        encode(column, "segment 'region'")


def test_numbers_wider_than_a_float_are_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"segment 'region' must be text, whole numbers, .* \(index 0\)"):
        encode(np.array([1, 2], np.longdouble), "segment 'region'")


LABELS = st.one_of(
    st.lists(st.none() | st.integers(-2, 2)),
    st.lists(st.none() | st.booleans()),
    st.lists(
        st.sampled_from([None, 1, True, 1.0, "1", "True", float("nan"), pd.NA, np.int64(1), np.str_("1"), -0.0, 0])
    ),
)


@given(LABELS)
def test_every_list_has_the_codes_that_reading_it_row_by_row_gives(values: list[Any]) -> None:
    texts = [label_of(value, "region") for value in values]
    expected = sorted({text for text in texts if text is not None})
    codes, labels = encode(values, "region")
    assert labels == tuple(expected)
    assert codes.tolist() == [-1 if text is None else expected.index(text) for text in texts]


def test_times_that_are_equal_in_two_zones_are_two_labels() -> None:
    utc = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    assert decoded([utc, utc.astimezone(dt.timezone(dt.timedelta(hours=2)))]) == [
        "2026-03-01 12:00:00+00:00",
        "2026-03-01 14:00:00+02:00",
    ]


@pytest.mark.parametrize(
    ("n_labels", "kind"), [(0, np.int8), (128, np.int8), (129, np.int16), (32_768, np.int16), (32_769, np.int32)]
)
def test_codes_are_kept_in_the_smallest_type(n_labels: int, kind: type) -> None:
    codes, labels = encode([f"{i:05}" for i in range(n_labels)], "region")
    assert codes.dtype == kind == narrowest(n_labels)
    assert codes.tolist() == [*range(n_labels)]
    assert len(labels) == n_labels
