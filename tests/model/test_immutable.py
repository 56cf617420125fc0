"""Values that cannot be reopened."""

import copy
import pickle

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray

from nps_core.model.immutable import Immutable, content, freeze, freeze_optional

ARRAYS = [
    np.arange(6, dtype=np.uint8),
    np.arange(6.0).reshape(2, 3),
    np.arange(6.0).reshape(2, 3).T,
    np.arange(10)[::3],
    np.array([], np.int64),
    np.zeros((0, 3)),
    np.array(["2026-01-01", "NaT"], "datetime64[us]"),
]


@attrs.frozen
class Box(Immutable):
    array: NDArray[np.float64] = attrs.field(converter=freeze, eq=content)
    _hidden: int = attrs.field(default=1, alias="hidden")


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype} {a.shape} {a.strides}")
def test_a_frozen_array_holds_the_same_and_cannot_be_reopened(array: np.ndarray) -> None:
    frozen = freeze(array)
    assert frozen.dtype == array.dtype
    assert frozen.shape == array.shape
    assert np.array_equal(frozen, array, equal_nan=True)
    for view in (frozen, frozen[:1], frozen.T, frozen.view()):
        assert not view.flags.writeable
        with pytest.raises(ValueError, match="cannot set WRITEABLE flag to True"):
            view.setflags(write=True)


def test_a_frozen_array_does_not_follow_the_one_it_came_from() -> None:
    array = np.zeros(3)
    frozen = freeze(array)
    array[0] = 1
    assert frozen.tolist() == [0, 0, 0]


def test_no_array_is_frozen_to_none() -> None:
    assert freeze_optional(None) is None
    assert content(None) is None
    optional = freeze_optional(np.zeros(1))
    assert optional is not None
    assert not optional.flags.writeable


def test_arrays_of_the_same_bytes_and_another_shape_differ() -> None:
    assert Box(np.zeros((2, 3))) != Box(np.zeros((3, 2)))
    assert Box(np.zeros((2, 3))) == Box(np.zeros((2, 3)))
    assert hash(Box(np.zeros((2, 3)))) == hash(Box(np.zeros((2, 3))))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_comes_back_equal_and_closed(protocol: int) -> None:
    box = pickle.loads(pickle.dumps(Box(np.arange(3.0), hidden=2), protocol))
    assert box == Box(np.arange(3.0), hidden=2)
    with pytest.raises(ValueError, match="cannot set WRITEABLE flag to True"):
        box.array.setflags(write=True)


def test_a_copy_is_the_value_itself() -> None:
    box = Box(np.arange(3.0))
    assert copy.copy(box) is box
    assert copy.deepcopy([box])[0] is box
