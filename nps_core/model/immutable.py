"""Values that stay as they are: arrays that cannot be reopened, equality by content, pickles that come back closed."""

from types import MappingProxyType
from typing import Any, Self, cast

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
