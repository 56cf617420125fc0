"""The error tree and the grammar of its messages."""

import pickle
import uuid

import pytest

from nps_core import errors
from nps_core.errors import (
    InvalidInputError,
    InvalidScoreError,
    NPSError,
    listed,
    must_be_bool,
    must_be_one_of,
    shown,
    unknown_name,
)

BUILTIN_PARENT = {
    "IncompatibleError": ValueError,
    "InvalidInputError": ValueError,
    "InvalidScoreError": ValueError,
    "MissingDependencyError": ImportError,
    "MissingScoreError": ValueError,
    "NPSError": Exception,
    "NoAnswersError": ValueError,
    "UnknownNameError": LookupError,
    "UnreadableFileError": ValueError,
}
WARNINGS = [
    "AlreadyMovingWarning",
    "CorrelatedDriversWarning",
    "FewAnswersWarning",
    "DisclosureWarning",
    "LikeWithUnlikeWarning",
    "NPSDeprecationWarning",
    "NPSWarning",
    "NotIndependentWarning",
]


def test_every_error_is_named_in_the_table_above() -> None:
    assert sorted(errors.__all__) == sorted([*BUILTIN_PARENT, *WARNINGS])


@pytest.mark.parametrize("name", WARNINGS)
def test_every_warning_is_ours_and_the_users(name: str) -> None:
    assert issubclass(getattr(errors, name), errors.NPSWarning)
    assert issubclass(getattr(errors, name), UserWarning)


@pytest.mark.parametrize("name", BUILTIN_PARENT)
def test_every_error_is_ours_and_the_builtin_that_one_expects(name: str) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, NPSError)
    assert issubclass(kind, BUILTIN_PARENT[name])


@pytest.mark.parametrize("name", errors.__all__)
@pytest.mark.parametrize("protocol", [0, 2, pickle.HIGHEST_PROTOCOL])
def test_every_error_survives_the_way_between_processes(name: str, protocol: int) -> None:
    error = pickle.loads(pickle.dumps(getattr(errors, name)("what must hold"), protocol))
    assert type(error).__name__ == name
    assert str(error) == "what must hold"


def test_an_invalid_score_keeps_its_rows_between_processes() -> None:
    error = pickle.loads(pickle.dumps(InvalidScoreError("no", total=7, examples=[(3, "x"), (None, 11)])))
    assert (str(error), error.total, error.examples) == ("no", 7, ((3, "x"), (None, 11)))


def test_names_are_listed_quoted() -> None:
    assert listed(["a", "b"]) == "'a', 'b'"
    assert listed([]) == "none"
    assert listed(range(40)).endswith("38, 39")
    assert listed(range(1_000)).endswith("38, 39, ... (1,000 in all)")


@pytest.mark.parametrize(
    "value", ["11", "8/10", "0x9", "9 9", "x", "n/a", "NaN", "", "2026-13-01T10:00Z", 11, [9], None]
)
def test_what_is_made_of_digits_and_signs_is_shown(value: object) -> None:
    assert shown(value) == repr(value)


@pytest.mark.parametrize("text", ["Eva", "ann@example.com", "77@55.fi", "5 Eva never came", "1" * 25, "9 or more"])
def test_what_may_be_somebody_s_name_or_words_is_not_shown(text: str) -> None:
    assert shown(text) == f"a text of {len(text)} characters"


@pytest.mark.parametrize(
    "value", [["Eva"], {"Eva": 1}, b"Eva Smith", uuid.UUID(int=7, version=4), 10**6000, ("ann", "bob")], ids=type
)
def test_what_may_hold_such_texts_is_told_by_its_type(value: object) -> None:
    assert shown(value) == f"a value of type {type(value).__name__}"


def test_an_option_is_true_or_false() -> None:
    must_be_bool("this", True)
    with pytest.raises(InvalidInputError, match="this must be True or False, got 'no'"):
        must_be_bool("this", "no")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("regoin", "segment must be one of 'region', 'product', got 'regoin'. Did you mean 'region'?"),
        ("colour", "segment must be one of 'region', 'product', got 'colour'."),
        (7, "segment must be one of 'region', 'product', got 7."),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_and_the_likeliest(name: object, message: str) -> None:
    assert str(unknown_name("segment", name, ["region", "product"])) == message


def test_an_option_is_one_of_those_allowed() -> None:
    must_be_one_of("every", "day", ("day", "week"))
    with pytest.raises(InvalidInputError, match="every must be one of 'day', 'week', got 'hour'"):
        must_be_one_of("every", "hour", ("day", "week"))
