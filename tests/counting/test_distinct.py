"""Numbering against a dictionary, one value at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from nps_core.counting import distinct
from nps_core.counting.distinct import number_integers, number_texts

WHOLE = [np.int8, np.uint8, np.int16, np.int32, np.uint32, np.int64, np.uint64]
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


def check(values: np.ndarray, found: tuple[np.ndarray, np.ndarray]) -> None:
    numbers, each = found
    assert len(set(each.tolist())) == len(each)
    assert set(each.tolist()) == set(values.tolist())
    assert [*map(each.tolist().__getitem__, numbers.tolist())] == values.tolist()


@given(st.sampled_from(WHOLE).flatmap(lambda kind: npst.arrays(kind, st.integers(0, 30))))
def test_whole_numbers_of_every_type_are_numbered(values: np.ndarray) -> None:
    check(values, number_integers(values))


@pytest.mark.parametrize(
    "values",
    [
        [],
        [5],
        [3, -1, 3, 2],
        [-(2**63), 2**63 - 1, 0],
        [2**62, 2**62 + 1, 2**62],
        [*range(0, 300_000, 7)],
    ],
    ids=lambda values: str(values[:2]),
)
def test_whole_numbers_far_apart_and_near_are_numbered_in_order(values: list[int]) -> None:
    array = np.array(values, np.int64)
    found = number_integers(array)
    check(array, found)
    assert found[1].tolist() == sorted(set(values))


def test_the_largest_unsigned_numbers_are_numbered() -> None:
    array = np.array([2**64 - 1, 2**64 - 3, 0, 2**64 - 1], np.uint64)
    check(array, number_integers(array))
    check(array[[0, 1, 3]], number_integers(array[[0, 1, 3]]))


@given(st.lists(texts, max_size=30))
def test_texts_are_numbered(values: list[str]) -> None:
    array = np.array(values, np.str_)
    check(array, number_texts(array))


@given(st.lists(st.sampled_from(["a", "b", "ab", "", "é", "日本", "a" * 17]), max_size=40))
def test_texts_that_share_their_slots_are_told_apart(values: list[str]) -> None:
    array = np.array(values, np.str_)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "_FEWEST_BITS", 1)
        check(array, number_texts(array))
        patch.setattr(distinct, "_MOST_TURNS", 1)
        check(array, number_texts(array))


def test_many_texts_in_many_blocks_are_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distinct, "WIDE_BLOCK", 1_000)
    array = np.array([f"segment {i:06}" for i in range(70_000)])[np.random.default_rng(1).integers(0, 70_000, 100_000)]
    check(array, number_texts(array))
    check(array[::3], number_texts(array[::3]))


def test_texts_of_the_other_byte_order_are_numbered() -> None:
    array = np.array(["b", "a", "é", "b"], ">U3")
    check(array, number_texts(array))


def test_texts_without_any_width_are_one_empty_text() -> None:
    array = np.zeros(3, [("a", "i4"), ("b", "U0")])["b"]
    assert array.dtype.itemsize == 0
    check(array, number_texts(array))
