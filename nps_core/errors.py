"""Every error and warning that nps_core raises itself.

Each error is an :class:`NPSError` and also the builtin a reader would expect, so that ``except ValueError`` keeps
working. The messages follow one grammar: what must hold, what was got and where, what to do.
"""

import difflib
import uuid
from collections.abc import Iterable, Sequence, Sized
from typing import Any

__all__ = [
    "AlreadyMovingWarning",
    "CorrelatedDriversWarning",
    "DisclosureWarning",
    "FewAnswersWarning",
    "IncompatibleError",
    "InvalidInputError",
    "InvalidScoreError",
    "LikeWithUnlikeWarning",
    "MissingDependencyError",
    "MissingScoreError",
    "NPSDeprecationWarning",
    "NPSError",
    "NPSWarning",
    "NoAnswersError",
    "NotIndependentWarning",
    "UnknownNameError",
    "UnreadableFileError",
]


class NPSError(Exception):
    """The base of every error that nps_core raises itself."""


class InvalidInputError(NPSError, ValueError):
    """An argument does not hold what it must."""


class InvalidScoreError(InvalidInputError):
    """Some answers are not scores of the scale.

    Attributes:
        total: How many answers are invalid.
        examples: The first of them, as pairs of index (counted from 0) and value. The index is ``None`` where rows
            have no order, as in a database.
    """

    def __init__(self, message: str, *, total: int = 1, examples: Sequence[tuple[int | None, Any]] = ()) -> None:
        """Keep the message, how many answers are invalid, and the first of them."""
        super().__init__(message)
        self.total = total
        self.examples: tuple[tuple[int | None, Any], ...] = tuple(examples)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with the keyword-only fields, which ``Exception`` alone would lose."""
        return type(self), self.args, {"total": self.total, "examples": self.examples}


class MissingScoreError(InvalidInputError):
    """Some answers are missing where ``missing="raise"`` allows none."""


class NoAnswersError(InvalidInputError):
    """There is no answer to compute a score from."""


class UnknownNameError(NPSError, LookupError):
    """A segment or a column has no such name."""


class IncompatibleError(NPSError, ValueError):
    """Two things do not go together: two scales, two time zones, two sets of keys."""


class UnreadableFileError(NPSError, ValueError):
    """A file cannot be read as what its name says it is."""


class MissingDependencyError(NPSError, ImportError):
    """An optional dependency is not installed."""


class NPSWarning(UserWarning):
    """The base of every warning that nps_core gives itself."""


class NPSDeprecationWarning(NPSWarning, DeprecationWarning):
    """Something is used in an old way that a later version will not know."""


class DisclosureWarning(NPSWarning):
    """Segments are suppressed that totals shown elsewhere could still give away."""


class CorrelatedDriversWarning(NPSWarning):
    """Drivers go together so closely that the answers can hardly tell which of them matters."""


class FewAnswersWarning(NPSWarning):
    """There are fewer answers than a result needs to be of much use."""


class AlreadyMovingWarning(NPSWarning):
    """A score is compared before and after a date, and had been rising or falling before it."""


class NotIndependentWarning(NPSWarning):
    """Two samples are compared as independent, but have respondents or clusters in common."""


class LikeWithUnlikeWarning(NPSWarning):
    """Two surveys are compared that asked different questions, or asked in different situations."""


_MOST_LISTED = 40


def listed(names: Iterable[object]) -> str:
    """Names as they stand in a message: quoted, joined by commas, and not more than anyone would read."""
    told = [repr(name) for name in names]
    more = [f"... ({len(told):,} in all)"] if len(told) > _MOST_LISTED else []
    return ", ".join([*told[:_MOST_LISTED], *more]) or "none"


def unknown_name(kind: str, name: object, known: Sequence[str]) -> UnknownNameError:
    """The error for a name that does not exist: what was asked for, what there is, and the likeliest meant."""
    folded = {text.casefold(): text for text in reversed(known)}
    close = difflib.get_close_matches(str(name).casefold(), folded, n=1)
    hint = f" Did you mean {folded[close[0]]!r}?" if close else ""
    if not known:
        return UnknownNameError(f"{kind} must be one that there is, and there is none, got {name!r}.")
    return UnknownNameError(f"{kind} must be one of {listed(known)}, got {name!r}.{hint}")


def must_be_bool(what: str, value: object) -> None:
    """Refuse an option that is neither True nor False."""
    if not isinstance(value, bool):
        raise InvalidInputError(f"{what} must be True or False, got {shown(value)}")


def must_be_one_of(what: str, value: object, allowed: Sequence[str]) -> None:
    """Refuse an option that is not among the allowed ones."""
    if not isinstance(value, str) or value not in allowed:
        raise InvalidInputError(f"{what} must be one of {listed(allowed)}, got {value!r}")


_LONGEST_SHOWN = 24
_COMMON_WORDS = frozenset(
    {"na", "n/a", "#n/a", "nan", "nat", "null", "none", "inf", "-inf", "true", "false", "yes", "no"}
)


def shown(value: object) -> str:
    """A value as it stands in a message: what may be somebody's name or words does not, but only how long it is."""
    if isinstance(value, str):
        is_plain = len(value) < 2 or value.casefold() in _COMMON_WORDS or _is_number_like(value)
        return repr(value) if is_plain else f"a text of {len(value):,} characters"
    if isinstance(value, (bytes, Sized, uuid.UUID)) and not _is_number_like(repr(value)):
        return f"a value of type {type(value).__name__}"
    try:
        return repr(value)
    except ValueError:  # Python writes down no whole number of more than some thousand digits
        return f"a value of type {type(value).__name__}"


def _is_number_like(text: str) -> bool:
    """Whether a text is made of digits and signs rather than of letters."""
    digits, letters = (sum(map(test, text)) for test in (str.isdecimal, str.isalpha))
    return len(text) <= _LONGEST_SHOWN and digits >= letters and "@" not in text


def invalid_scores(
    lowest: int, highest: int, examples: Sequence[tuple[int | None, Any]], *, total: int, of: int
) -> InvalidScoreError:
    """The error for answers that are not scores: the first of them, and how many there are."""
    told = [shown(value) if index is None else f"{shown(value)} (index {index})" for index, value in examples]
    more = ", ..." if total > len(examples) else ""
    if all(isinstance(value, str) for _, value in examples):
        advice = "text is not read as numbers, so turn it into numbers first"
    else:
        advice = "invalid='exclude', of Survey.from_scores and of tallies, leaves them out and keeps their number"
    return InvalidScoreError(
        f"scores must be whole numbers between {lowest} and {highest}, got {', '.join(told)}{more}: {total} of {of} "
        f"in all; {advice}",
        total=total,
        examples=examples,
    )
