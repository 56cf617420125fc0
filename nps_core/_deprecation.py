"""Old ways, announced before they go: a warning that says since when, until when, and what to do instead."""

import functools
import warnings
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar

import attrs

from nps_core.errors import InvalidInputError, NPSDeprecationWarning

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")


@attrs.frozen(kw_only=True)
class Announcement:
    """An old way that still works.

    Attributes:
        what: What is old, such as ``"trend(freq=)"``.
        instead: What to do instead.
        since: The version that announced it.
        until: The version that no longer knows it.
    """

    what: str
    instead: str
    since: str
    until: str

    def __str__(self) -> str:
        return f"{self.what} is deprecated since nps_core {self.since} and goes with {self.until}; {self.instead}"


ANNOUNCEMENTS: Final[list[Announcement]] = []
"""Every old way there is, so that a release can be refused that should no longer know one."""


def deprecated(
    *, since: str, until: str, instead: str
) -> Callable[[Callable[Parameters, Returned]], Callable[Parameters, Returned]]:
    """Mark a function as old.

    Args:
        since: The version that announces it.
        until: The version that no longer knows it.
        instead: What to do instead.
    """

    def mark(function: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
        announcement = _announce(f"{function.__qualname__}()", since=since, until=until, instead=instead)

        @functools.wraps(function)
        def old(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Returned:
            warnings.warn(str(announcement), NPSDeprecationWarning, stacklevel=2)
            return function(*args, **kwargs)

        return old

    return mark


def renamed(
    old: str, new: str, *, since: str, until: str
) -> Callable[[Callable[Parameters, Returned]], Callable[Parameters, Returned]]:
    """Let a function take an option by its old name, too.

    Args:
        old: The old name.
        new: The new one, which the function knows.
        since: The version that announces it.
        until: The version that no longer knows the old name.
    """

    def mark(function: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
        name = f"{function.__qualname__}({old}=)"
        announcement = _announce(name, since=since, until=until, instead=f"pass {new}=")

        @functools.wraps(function)
        def taking(*args: Any, **kwargs: Any) -> Returned:
            if old in kwargs:
                if new in kwargs:
                    raise InvalidInputError(f"{function.__qualname__}() must be given {new}= or {old}=, got both")
                warnings.warn(str(announcement), NPSDeprecationWarning, stacklevel=2)
                kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)

        return taking

    return mark


def _announce(what: str, *, since: str, until: str, instead: str) -> Announcement:
    announcement = Announcement(what=what, instead=instead, since=since, until=until)
    ANNOUNCEMENTS.append(announcement)
    return announcement
