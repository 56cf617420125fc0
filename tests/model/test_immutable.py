"""Values that cannot be reopened."""

import copy
import pickle
from collections.abc import Mapping, MutableMapping
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nps_core.model.immutable import FrozenMapping, Immutable, content, freeze, freeze_optional

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


dicts = st.dictionaries(st.text(max_size=2) | st.tuples(st.integers(0, 3)), st.integers() | st.none(), max_size=5)


@given(dicts, st.text(max_size=2))
def test_a_frozen_mapping_reads_as_the_dict_it_is_made_of(items: dict[Any, Any], key: str) -> None:
    frozen = FrozenMapping(items)
    assert isinstance(frozen, Mapping)
    assert dict(frozen) == items
    assert [*frozen] == [*frozen.keys()] == [*items]
    assert [*frozen.values()] == [*items.values()]
    assert [*frozen.items()] == [*items.items()]
    assert len(frozen) == len(items)
    assert bool(frozen) == bool(items)
    assert (key in frozen) == (key in items)
    assert frozen.get(key, "nothing") == items.get(key, "nothing")
    assert repr(frozen) == repr(items)


def test_what_is_not_in_a_frozen_mapping_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="b"):
        FrozenMapping({"a": 1})["b"]


@given(dicts, dicts, st.randoms(use_true_random=False))
def test_frozen_mappings_are_equal_and_hash_alike_by_what_they_hold(one: Any, other: Any, random: Any) -> None:
    shuffled = dict(random.sample([*one.items()], len(one)))
    first, second = FrozenMapping(one), FrozenMapping(shuffled)
    assert first == second == one
    assert one == first
    assert hash(first) == hash(second)
    assert len({first, second}) == 1
    assert (first == FrozenMapping(other)) == (one == other)
    assert (first == other) == (other == first) == (one == other)
    assert first != [*one.items()]


def test_a_frozen_mapping_of_what_cannot_be_hashed_cannot_either() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(FrozenMapping({"a": [1]}))
    assert hash(FrozenMapping({"a": FrozenMapping({"b": 1})})) == hash(FrozenMapping({"a": FrozenMapping({"b": 1})}))


def test_a_frozen_mapping_does_not_follow_the_dict_it_came_from() -> None:
    items = {"a": 1}
    frozen = FrozenMapping(items)
    items["a"] = 2
    items["b"] = 3
    assert frozen == {"a": 1}


def test_a_frozen_mapping_cannot_be_changed() -> None:
    frozen: Any = FrozenMapping({"a": 1})
    before = hash(frozen)
    assert not isinstance(frozen, MutableMapping)
    for change in (
        lambda: frozen.__setitem__("a", 2),
        lambda: frozen.__delitem__("a"),
        lambda: frozen.update(a=2),
        lambda: frozen.pop("a"),
        lambda: frozen.setdefault("b", 2),
        lambda: setattr(frozen, "note", 1),
        lambda: setattr(frozen, "_items", {"a": 2}),
        lambda: delattr(frozen, "_items"),
        lambda: frozen._items.__setitem__("a", 2),
        lambda: vars(frozen),
    ):
        with pytest.raises((AttributeError, TypeError)):
            change()
    with pytest.raises(TypeError):
        frozen["a"] = 2
    with pytest.raises(TypeError):
        del frozen["a"]
    other = frozen
    with pytest.raises(TypeError):
        other |= {"b": 2}
    assert frozen == {"a": 1}
    assert hash(frozen) == before


@given(dicts)
def test_pickles_and_copies_of_a_frozen_mapping_are_equal_and_as_frozen(items: Any) -> None:
    frozen = FrozenMapping({"own": FrozenMapping(items), **items})
    again = [pickle.loads(pickle.dumps(frozen, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for other in (*again, copy.copy(frozen), copy.deepcopy(frozen)):
        assert type(other) is type(other["own"]) is FrozenMapping
        assert other == frozen
        assert hash(other) == hash(frozen)
        assert [*other] == [*frozen]
        with pytest.raises(TypeError):
            other["own"] = 1
