"""The columns of a survey, against lists."""

import copy
import itertools
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError
from nps_core.model.columns import LabelColumn, optional_objects, optional_weights

labels = st.lists(st.none() | st.sampled_from(["", "a", "b", "c", "d"]))


def column(values: list[str | None]) -> LabelColumn:
    return LabelColumn.from_values(values, "region")


@given(labels)
def test_a_column_gives_back_the_labels_it_was_made_of(values: list[str | None]) -> None:
    assert column(values).values() == values
    assert LabelColumn.unlabelled(len(values)).values() == [None] * len(values)


@given(labels, st.data())
def test_taking_rows_is_taking_them_from_a_list(values: list[str | None], data: st.DataObject) -> None:
    mask = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    cut = data.draw(st.slices(len(values)))
    assert column(values).take(np.array(mask, np.bool_)) == column([v for v, m in zip(values, mask, strict=True) if m])
    assert column(values).take(cut) == column(values[cut])


@given(st.lists(labels, min_size=1, max_size=4))
def test_concatenating_columns_is_concatenating_lists(parts: list[list[str | None]]) -> None:
    assert LabelColumn.concatenate([*map(column, parts)]) == column([*itertools.chain(*parts)])


@given(labels, labels)
def test_columns_are_equal_if_their_labels_are(one: list[str | None], other: list[str | None]) -> None:
    assert (column(one) == column(other)) == (one == other)
    assert hash(column(one)) == hash(column(list(one)))


@given(labels, st.lists(st.none() | st.sampled_from(["", "a", "z"])))
def test_a_mask_marks_the_rows_with_a_wanted_label(values: list[str | None], wanted: list[str | None]) -> None:
    assert column(values).mask(wanted).tolist() == [value in wanted for value in values]


@given(labels)
def test_a_column_survives_pickle_and_copy_closed(values: list[str | None]) -> None:
    for other in (pickle.loads(pickle.dumps(column(values), 2)), copy.deepcopy(column(values))):
        assert other == column(values)
        with pytest.raises(ValueError, match="cannot set WRITEABLE flag to True"):
            other.codes.setflags(write=True)


def test_objects_of_which_none_is_known_are_no_column() -> None:
    assert optional_objects([None, ""], "reasons", 2, lambda value: value or None, frozenset()) is None
    assert optional_objects(None, "reasons", 2, str, frozenset()) is None
    assert optional_objects([1, 2], "reasons", 2, str, frozenset()) == ("1", "2")


def test_an_object_that_is_refused_is_named_by_its_index() -> None:
    def refuse(value: Any) -> Any:
        raise InvalidInputError(f"no {value}")

    with pytest.raises(InvalidInputError, match=r"no 1 \(index 0 of reasons\)"):
        optional_objects([1, 2], "reasons", 2, refuse, frozenset({str}))
    with pytest.raises(InvalidInputError, match=r"reasons must be as long as the scores \(3\), got 2"):
        optional_objects([1, 2], "reasons", 3, refuse, frozenset())


def test_no_weights_are_no_column() -> None:
    assert optional_weights(None, 3) is None


@given(st.lists(st.just(0.0) | st.floats(1e-100, 1e100)))
def test_weights_are_taken_as_they_are(values: list[float]) -> None:
    for given_values in (values, np.array(values), tuple(values)):
        weights = optional_weights(given_values, len(values))
        assert weights is not None
        assert weights.tolist() == values


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([-1, -2], r"weights must be numbers from 1e-100 to 1e100, or 0, got -1 \(index 0; 2 in all\)"),
        (np.array([1, -2.5]), r"or 0, got -2.5 \(index 1; 1 in all\)"),
        ([1, float("nan")], r"or 0, got nan \(index 1; 1 in all\)"),
        ([float("inf"), 1], r"or 0, got inf \(index 0; 1 in all\)"),
        ([1, None], r"or 0, got None \(index 1; 1 in all\)"),
        (np.ma.array([1.0, 2.0], mask=[False, True]), r"or 0, got None \(index 1; 1 in all\)"),
        ([1, "2"], r"or 0, got '2' \(index 1; 1 in all\)"),
        ([True, 2], r"or 0, got True \(index 0; 1 in all\)"),
        ([1, [2]], r"or 0, got \[2\] \(index 1; 1 in all\)"),
        ([[1], [2]], r"or 0, got \[1\] \(index 0; 2 in all\)"),
        ([1], r"weights must be as long as the scores \(2\), got 1"),
        (2.0, "weights must be a sequence or an array, got float"),
    ],
)
def test_weights_that_are_none_are_refused_with_the_first_index(weights: Any, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        optional_weights(weights, 2)
