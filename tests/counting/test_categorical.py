"""Columns that are encoded already, against the values that they stand for."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting.categorical import from_categories, from_texts

values = st.lists(st.none() | st.sampled_from(["a", "b", "ü"]), max_size=12)
CATEGORIES = ["z", "ü", "b", "a"]


def encoded(rows: list[str | None]) -> list[Any]:
    """The same rows in every kind of column that keeps categories."""
    dictionary = pa.array(rows, pa.string()).dictionary_encode()
    half = len(rows) // 2
    return [
        pd.Series(pd.Categorical(rows)),
        pd.Series(pd.Categorical(rows, categories=CATEGORIES, ordered=True)),
        pd.Categorical(rows, categories=CATEGORIES),
        pd.CategoricalIndex(rows, categories=CATEGORIES),
        pl.Series(["other", *rows], dtype=pl.Categorical)[1:],
        pl.Series(rows, dtype=pl.Enum(CATEGORIES)),
        dictionary,
        pa.array(["other", *rows], pa.string()).dictionary_encode()[1:],
        pa.chunked_array([dictionary[:half], pa.array(rows[half:], pa.string()).dictionary_encode()]),
        pa.chunked_array([], dictionary.type) if not rows else pa.chunked_array([dictionary]),
    ]


@given(values)
def test_codes_and_categories_give_the_rows_back(rows: list[str | None]) -> None:
    for column in encoded(rows):
        found = from_categories(column)
        assert found is not None, type(column)
        codes, categories = found
        assert codes.dtype.kind in "iu"
        assert [(*categories, None)[code] for code in codes.tolist()] == rows, type(column)


def test_a_dictionary_may_hold_null_itself() -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.uint8()), pa.array(["x", None]))
    found = from_categories(column)
    assert found is not None
    assert found[0].tolist() == [0, 1, -1]
    assert found[1] == ["x", None]


@given(st.lists(st.none() | st.sampled_from(["", "a", "b", "ü", "a\0b", "a\0c", "🙂"]), max_size=12))
def test_texts_encoded_by_their_library_give_the_rows_back(rows: list[str | None]) -> None:
    half = len(rows) // 2
    columns = [
        *(pd.Series(rows, dtype=kind) for kind in ("str", "string[python]", "string[pyarrow]")),
        *(pd.Series(rows, dtype=pd.ArrowDtype(kind)) for kind in (pa.string(), pa.large_string())),
        pd.Index(rows, dtype="str"),
        pl.Series(["other", *rows], dtype=pl.String)[1:],
        *(pa.array(["other", *rows], kind)[1:] for kind in (pa.string(), pa.large_string())),
        pa.chunked_array([rows[:half], rows[half:]], pa.string()),
    ]
    for column in columns:
        found = from_texts(column)
        assert found is not None, type(column)
        codes, texts = found
        assert [(*texts, None)[code] for code in codes.tolist()] == rows, type(column)


@pytest.mark.parametrize(
    "column",
    [
        ["a"],
        np.array(["a"]),
        pd.Series(["a", 1], dtype=object),
        pd.Series([1]),
        pd.Series(["a"], dtype="category"),
        pl.Series([1]),
        pl.Series(["a"], dtype=pl.Categorical),
        pa.array([1]),
        pa.array([b"a"]),
        pa.array(["a"], pa.string_view()),
        pd.Series([{"a": 1}], dtype=pd.ArrowDtype(pa.struct([("a", pa.int64())]))),
    ],
    ids=lambda column: f"{type(column).__module__} {getattr(column, 'dtype', '')}",
)
def test_columns_that_hold_no_text_are_left_to_others(column: Any) -> None:
    assert from_texts(column) is None


@pytest.mark.parametrize(
    "column",
    [
        ["a"],
        ("a",),
        "a",
        None,
        np.array(["a"]),
        pd.Series(["a"]),
        pd.Series([1]),
        pl.Series(["a"]),
        pa.array(["a"]),
        pa.chunked_array([["a"]]),
    ],
    ids=lambda column: type(column).__name__,
)
def test_other_columns_are_left_to_others(column: Any) -> None:
    assert from_categories(column) is None


def test_of_far_more_categories_than_rows_those_that_occur_are_taken() -> None:
    names = [f"c{i:05}" for i in range(6_000)]
    rows = ["c00007", None, "c05999", "c00007"]
    columns = [
        pd.Categorical(rows, categories=names),
        pl.Series(names, dtype=pl.Categorical).extend(pl.Series(rows, dtype=pl.Categorical))[6_000:],
        pl.Series(rows, dtype=pl.Enum(names)),
        pa.array([*names, *rows]).dictionary_encode()[6_000:],
    ]
    for column in columns:
        for part, expected in ((column, rows), (column[2:], rows[2:]), (column[1:2], [None]), (column[:0], [])):
            found = from_categories(part)
            assert found is not None
            assert [(*found[1], None)[code] for code in found[0].tolist()] == expected
            assert len(found[1]) == len({row for row in expected if row is not None})
