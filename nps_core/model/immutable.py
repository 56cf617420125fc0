"""Values that stay as they are: arrays that cannot be reopened, equality by content, pickles that come back closed."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Self, TypeVar, cast

import attrs
import numpy as np
from numpy.typing import NDArray


def freeze(array: NDArray[Any]) -> NDArray[Any]:
    """A read-only copy over bytes, which ``setflags`` cannot make writeable again."""
    return np.frombuffer(array.tobytes(), array.dtype).reshape(array.shape)


def freeze_optional(array: NDArray[Any] | None) -> NDArray[Any] | None:
    """A read-only copy, or None."""
    return None if array is None else freeze(array)


def content(array: NDArray[Any] | None) -> tuple[tuple[int, ...], bytes] | None:
    """What two arrays are compared and hashed by."""
    return None if array is None else (array.shape, array.tobytes())


Key = TypeVar("Key")
Value_co = TypeVar("Value_co", covariant=True)


class FrozenMapping(Mapping[Key, Value_co]):
    """A mapping that stays as it is, and can be hashed if its values can."""

    __slots__ = ("_items",)

    _items: Mapping[Key, Value_co]

    def __init__(self, items: Mapping[Key, Value_co]) -> None:
        object.__setattr__(self, "_items", MappingProxyType(dict(items)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __getitem__(self, key: Key) -> Value_co:
        return self._items[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(dict(self._items))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self._items),)


class Immutable:
    """A mixin for attrs classes: copies are the value itself, and a pickle is built anew through the constructor."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {
            field.alias: getattr(self, field.name)
            for field in attrs.fields(cast(type[attrs.AttrsInstance], type(self)))
        }
        return _rebuild, (type(self), {name: _picklable(value) for name, value in fields.items()})


def _rebuild(kind: type[Any], fields: dict[str, Any]) -> Any:
    return kind(**fields)


def _picklable(value: Any) -> Any:
    return dict(value) if isinstance(value, MappingProxyType) else value
