"""One response: what it takes, what it shows, and what it equals."""

import copy
import datetime as dt
import pickle
import zoneinfo
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError, InvalidScoreError
from nps_core.model.response import Response
from nps_core.testing import responses

HELSINKI = zoneinfo.ZoneInfo("Europe/Helsinki")


@given(responses() | responses(weighted=True, time_zone=None))
def test_pickles_and_copies_are_equal_and_hash_alike(response: Response) -> None:
    copies = [pickle.loads(pickle.dumps(response, protocol)) for protocol in range(6)]
    for other in [*copies, copy.copy(response), copy.deepcopy(response)]:
        assert other == response
        assert hash(other) == hash(response)
        assert isinstance(other.segments, MappingProxyType)


@given(responses(), st.sampled_from(attrs.fields(Response)).map(lambda field: field.name))
def test_responses_differ_if_one_thing_does(response: Response, name: str) -> None:
    others: dict[str, Any] = {
        "score": 3 if response.score != 3 else 4,
        "at": dt.datetime(1980, 1, 1, tzinfo=dt.UTC),
        "respondent": "zoe",
        "reason": "a reason of more than twelve characters",
        "suggestion": "a suggestion of more than twelve characters",
        "segments": {"colour": "red"},
        "weight": 1.25,
        "invalid": True,
    }
    changes = {name: others[name]} | ({"invalid": False} if name == "score" else {})
    changes |= {"score": None, "reason": "another"} if name == "invalid" else {}
    assert attrs.evolve(response, **changes) != response


@given(st.text(min_size=12), st.text(min_size=12), st.text(min_size=12, alphabet="0123456789") | st.text(min_size=12))
def test_the_repr_shows_neither_respondent_nor_text(reason: str, suggestion: str, respondent: str) -> None:
    shown = repr(Response(9, reason=reason, suggestion=suggestion, respondent=respondent, segments={"region": "n"}))
    hidden = "respondent=<hidden>, reason=<hidden>, suggestion=<hidden>"
    assert shown == f"Response(score=9, segments={{'region': 'n'}}, {hidden})"


def test_the_repr_shows_the_rest_if_it_is_set() -> None:
    at = dt.datetime(2026, 1, 2)
    assert repr(Response(0, at=at, weight=0.5)) == f"Response(score=0, at={at!r}, weight=0.5)"
    assert repr(Response(None, invalid=True)) == "Response(score=None, invalid=True)"
    assert repr(Response(None)) == "Response(score=None)"


@pytest.mark.parametrize("score", [11, -1, 7.5, "1o", "9", True, 10**30, float("inf")], ids=repr)
def test_what_is_no_score_is_refused_with_what_was_got(score: Any) -> None:
    with pytest.raises(InvalidScoreError) as caught:
        Response(score)
    assert str(caught.value) == f"score must be a whole number between 0 and 10, or None, got {score!r}"
    assert caught.value.examples == ((None, score),)


@pytest.mark.parametrize("score", [None, float("nan"), "", pd.NA, pd.NaT, np.nan], ids=repr)
def test_a_score_that_was_not_given_is_none(score: Any) -> None:
    assert Response(score).score is None


@pytest.mark.parametrize("score", [9, 9.0, np.int64(9), np.float32(9), Decimal(9)], ids=repr)
def test_a_score_is_a_plain_int_whatever_it_was(score: Any) -> None:
    assert type(Response(score).score) is int
    assert Response(score) == Response(9)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("at", "2026-01-01", "at must be a datetime, a date or None, got '2026-01-01'"),
        ("respondent", 1.5, "a respondent must be a text, a whole number or None, got float"),
        ("respondent", True, "a respondent must be a text, a whole number or None, got bool"),
        ("reason", 5, "a reason or suggestion must be text or None, got int"),
        ("suggestion", b"a", "a reason or suggestion must be text or None, got bytes"),
        ("segments", ["north"], "segments must be a mapping of names to labels, got list"),
        ("segments", {"region": 1}, "segments must map text to text or None, got 'region': 1"),
        ("segments", {1: "north"}, "segments must map text to text or None, got 1: 'north'"),
        ("weight", -1, "weights must be numbers from 1e-100 to 1e100, or 0, got -1"),
        ("weight", float("nan"), "weights must be numbers from 1e-100 to 1e100, or 0, got nan"),
        ("weight", float("inf"), "weights must be numbers from 1e-100 to 1e100, or 0, got inf"),
        ("weight", "1", "weights must be numbers from 1e-100 to 1e100, or 0, got '1'"),
        ("weight", True, "weights must be numbers from 1e-100 to 1e100, or 0, got True"),
        ("invalid", True, "an invalid response must have the score None, got 9"),
    ],
)
def test_what_does_not_hold_is_refused_in_words(name: str, value: Any, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Response(9, **{name: value})
    assert str(caught.value) == message


@pytest.mark.parametrize("value", [None, "", float("nan"), pd.NA, pd.NaT], ids=repr)
def test_texts_and_respondents_that_were_not_given_are_none(value: Any) -> None:
    assert Response(9, reason=value, suggestion=value, respondent=value) == Response(9)


@pytest.mark.parametrize("value", [None, pd.NaT, np.datetime64("NaT", "us")], ids=repr)
def test_a_time_that_was_not_given_is_none(value: Any) -> None:
    assert Response(9, at=value).at is None


def test_values_become_plain_python_values() -> None:
    response = Response(9, at=dt.date(2026, 1, 2), respondent=np.int64(7), reason=np.str_("fast"), weight=np.float32(2))
    assert response.at == dt.datetime(2026, 1, 2)
    assert [type(value) for value in (response.respondent, response.reason, response.weight)] == [int, str, float]


def test_a_segment_labelled_none_says_the_same_as_no_such_segment() -> None:
    assert Response(9, segments={"region": None}) == Response(9, segments={}) == Response(9)
    assert hash(Response(9, segments={"region": None})) == hash(Response(9))


def test_segments_neither_change_nor_follow_the_mapping_they_came_from() -> None:
    mine = {"region": "north"}
    response = Response(9, segments=mine)
    mine["region"] = "south"
    assert response.segments == {"region": "north"}
    with pytest.raises(TypeError, match="does not support item assignment"):
        response.segments["region"] = "south"  # type: ignore[index]


def test_a_response_cannot_be_changed() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Response(9).score = 10  # type: ignore[misc]
    assert not hasattr(Response(9), "__dict__")


def test_times_are_compared_as_moments_even_in_the_hour_that_the_clocks_show_twice() -> None:
    first, second = (dt.datetime(2025, 10, 26, 3, 30, tzinfo=HELSINKI, fold=fold) for fold in (0, 1))
    assert Response(9, at=first) != Response(9, at=second)
    assert Response(9, at=second) == Response(9, at=dt.datetime(2025, 10, 26, 1, 30, tzinfo=dt.UTC))
    assert hash(Response(9, at=second)) == hash(Response(9, at=second.astimezone(dt.UTC)))
    assert Response(9, at=first) != Response(9, at=first.replace(tzinfo=None))


@pytest.mark.parametrize("weight", [0, 1e-100, 1, 1e100])
def test_weights_may_be_this_small_and_this_large(weight: float) -> None:
    assert Response(9, weight=weight).weight == weight


@pytest.mark.parametrize("weight", [0.99e-100, 1.01e100, -1, float("nan")])
def test_weights_may_not_be_smaller_or_larger(weight: float) -> None:
    with pytest.raises(InvalidInputError, match="must be numbers"):
        Response(9, weight=weight)
