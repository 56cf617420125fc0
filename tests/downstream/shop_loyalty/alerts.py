"""What our people are told when nps_core refuses or warns."""

import warnings
from collections.abc import Callable
from typing import Literal, TypeAlias, TypeVar

import nps_core as nc
from nps_core import errors

T = TypeVar("T")

Weight: TypeAlias = Literal["read", "ask", "stop"]

WEIGHTS: dict[type[nc.NPSWarning], Weight] = {
    nc.AlreadyMovingWarning: "ask",
    nc.CorrelatedDriversWarning: "ask",
    nc.DisclosureWarning: "stop",
    nc.FewAnswersWarning: "read",
    nc.LikeWithUnlikeWarning: "ask",
    nc.NPSDeprecationWarning: "read",
    nc.NotIndependentWarning: "ask",
}


def advice(error: errors.NPSError) -> str:
    """What to do about an error."""
    match error:
        case errors.InvalidScoreError():
            return f"{error.total} answers are no scores: look at the form"
        case errors.MissingScoreError():
            return "some did not answer: ask again"
        case errors.NoAnswersError():
            return "nobody answered yet: wait"
        case errors.UnknownNameError():
            return "there is no such name: look at the spelling"
        case errors.UnreadableFileError():
            return "export the file again"
        case errors.IncompatibleError():
            return "these do not go together"
        case errors.MissingDependencyError():
            return "call the IT: something is not installed"
        case errors.InvalidInputError():
            return "call the IT: the program is wrong"
        case _:
            return "call the IT"


def remark(warning: errors.NPSWarning) -> str:
    """What a warning means in our shops."""
    match warning:
        case errors.DisclosureWarning():
            return "do not show this: somebody could be told by it"
        case errors.FewAnswersWarning():
            return "few answers"
        case errors.AlreadyMovingWarning():
            return "the score was moving before"
        case errors.CorrelatedDriversWarning():
            return "the drivers cannot be told apart"
        case errors.LikeWithUnlikeWarning():
            return "the questions were different"
        case errors.NotIndependentWarning():
            return "the same people answered"
        case errors.NPSDeprecationWarning():
            return "call the IT: something is done in an old way"
        case _:
            return str(warning)


def tried(call: Callable[[], T]) -> T | str:
    """What a call gives, or what to do instead."""
    try:
        return call()
    except nc.MissingDependencyError as error:
        return f"{advice(error)} ({error.name or 'an extra'})"
    except nc.NPSError as error:
        return advice(error)


def with_remarks(call: Callable[[], T]) -> tuple[T, list[str]]:
    """What a call gives, and what it warns of, the gravest first."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = call()
    ours = [each.message for each in caught if isinstance(each.message, nc.NPSWarning)]
    grave_first: list[Weight] = ["stop", "ask", "read"]
    ours.sort(key=lambda warning: grave_first.index(WEIGHTS.get(type(warning), "read")))
    return result, [remark(warning) for warning in ours]
