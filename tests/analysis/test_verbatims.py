"""verbatims(): which comments, in which order, and what is taken out of them."""

import datetime as dt
from typing import Any

import pytest

import nps_core as nc
from nps_core.analysis.verbatims import redacted

DAY = dt.datetime(2026, 3, 2, 9)


@pytest.fixture
def survey() -> nc.Survey:
    return nc.Survey.from_scores(
        [10, 2, 2, None, 7, 5],
        at=[DAY, DAY, DAY + dt.timedelta(1), DAY, DAY + dt.timedelta(9), None],
        time_zone="naive",
        respondents=["r1", "r2", "r3", "r4", "r5", "r6"],
        reasons=["quick", "slow", "rude", "no score", None, None],
        suggestions=[None, None, "smile", None, None, "chairs"],
        segments={"shop": ["a", "a", "b", "b", "a", "b"]},
    )


def reasons(found: nc.Verbatims) -> list[Any]:
    return [row.reason or row.suggestion for row in found.rows]


def test_the_lowest_come_first_and_of_equals_the_latest(survey: nc.Survey) -> None:
    found = nc.verbatims(survey)
    assert reasons(found) == ["rude", "slow", "chairs", "quick", "no score"]
    assert found.rows[0].suggestion == "smile"
    assert found.rows[0].category is nc.Category.DETRACTOR
    assert found.rows[0].at == DAY + dt.timedelta(1)
    assert found.rows[-1].category is None


def test_other_orders(survey: nc.Survey) -> None:
    assert reasons(nc.verbatims(survey, order="highest")) == ["quick", "chairs", "rude", "slow", "no score"]
    assert reasons(nc.verbatims(survey, order="latest")) == ["rude", "quick", "slow", "no score", "chairs"]


def test_some_of_them(survey: nc.Survey) -> None:
    assert reasons(nc.verbatims(survey, category="promoter")) == ["quick"]
    assert reasons(nc.verbatims(survey, segments={"shop": "b"}, since=dt.date(2026, 3, 3))) == ["rude"]
    found = nc.verbatims(survey, limit=2)
    assert (len(found), found.total) == (2, 5)
    assert "Comments: 2 of 5" in str(found)
    assert reasons(nc.verbatims(survey, until=dt.date(2026, 3, 3), order="latest")) == ["quick", "slow", "no score"]


def test_nothing_to_show() -> None:
    bare = nc.Survey.from_scores([1, 10])
    assert nc.verbatims(bare).rows == ()
    assert "Comments: 0" in str(nc.verbatims(bare))
    assert len(nc.verbatims(nc.Survey.from_scores([]))) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to ann.b+c@mail.example.fi, please", "write to [email], please"),
        ("call +358 40 123 4567!", "call [number]!"),
        ("call (040) 123-4567", "call [number]"),
        ("card 4111 1111 1111 1111", "card [number]"),
        ("see https://x.example/?id=1 now", "see [link] now"),
        ("WWW.shop.example", "[link]"),
        ("thanks @annb", "thanks [name]"),
        ("gave 10 of 10 in 2026, paid 1 250 euros", "gave 10 of 10 in 2026, paid 1 250 euros"),
        ("0171 - 234 567 or +49 171 / 23 45 67", "[number] or [number]"),
        ("040\u00a0123\u00a04567, 040\u2011123\u20114567, 040_123_4567", "[number], [number], [number]"),
        ("user@localhost and t.me/ann", "[email] and [link]"),
        ("Très bien ä", "Très bien ä"),
    ],
)
def test_what_could_tell_who_wrote_is_taken_out(text: str, expected: str) -> None:
    assert redacted(text) == expected
    survey = nc.Survey.from_scores([5], reasons=[text], suggestions=[text])
    assert nc.verbatims(survey).rows[0].reason == expected
    assert nc.verbatims(survey).rows[0].suggestion == expected
    assert nc.verbatims(survey, redact=False).rows[0].reason == text


def test_no_respondent_is_in_it_and_no_text_in_the_repr(survey: nc.Survey) -> None:
    found = nc.verbatims(survey)
    assert repr(found) == "Verbatims(5 of 5, redacted=True)"
    assert not any("r3" in str(value) for value in found.to_dicts()[0].values())
    assert "r3" not in str(found)
    assert found.to_dicts()[0] == {
        "score": 2,
        "category": "detractor",
        "at": DAY + dt.timedelta(1),
        "reason": "rude",
        "suggestion": "smile",
        "shop": "b",
    }
    odd = nc.Survey.from_scores([1], reasons=["x"], segments={"score": ["y"]})
    assert nc.verbatims(odd).to_dicts()[0]["segment_score"] == "y"
    assert nc.verbatims(odd) == nc.verbatims(odd)
    assert hash(nc.verbatims(odd)) == hash(nc.verbatims(odd))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"order": "best"}, "order must be one of 'lowest', 'highest', 'latest', got 'best'"),
        ({"limit": 0}, "limit must be a whole number, 1 or more, or None, got 0"),
        ({"order": "latest"}, "no known time"),
    ],
)
def test_refusals(options: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=message):
        nc.verbatims(nc.Survey.from_scores([1]), **options)


def test_segments_called_like_columns_keep_their_labels() -> None:
    odd = nc.Survey.from_scores([1], reasons=["x"], segments={"reason": ["a"], "segment_reason": ["b"]})
    assert {*nc.verbatims(odd).to_dicts()[0].values()} >= {"x", "a", "b"}
