"""quarantine(): day by day, against the rules read out loud."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc

days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 1))
a_row = st.tuples(st.none() | st.integers(0, 10), st.none() | days, st.sampled_from([None, "a", "b", "3", "4"]))
KNOWN = (9, dt.date(2026, 1, 5), "z")
rows = st.lists(a_row, max_size=10).map(lambda rows: [*rows, KNOWN])
a_wait = st.integers(0, 60)


def survey_of(rows: Any, kind: Any) -> nc.Survey:
    scores, at, people = zip(*rows, strict=True)
    return nc.Survey.from_scores(scores, at=at, time_zone="naive", respondents=people, kind=kind)


@given(rows, rows, a_wait, a_wait, a_wait, days)
def test_a_day_is_allowed_if_enough_days_have_passed(
    yearly: Any, visits: Any, relationship: int, transactional: int, any_kind: int, on: dt.date
) -> None:
    rules = nc.QuarantineRules(relationship=relationship, transactional=transactional, any_kind=any_kind)
    found = nc.quarantine(survey_of(yearly, "relationship"), survey_of(visits, "transactional"), rules=rules)
    people = dict.fromkeys(row[2] for row in [*yearly, *visits] if row[2] is not None)
    assert found.respondents == tuple(people)
    assert len(found) == len(people)
    assert found.anonymous == sum(row[2] is None for row in [*yearly, *visits])
    own_rows = {"relationship": yearly, "transactional": visits}
    for person in people:
        asked = {kind: [row[1] for row in own if row[2] == person] for kind, own in own_rows.items()}
        unknown = any(None in own for own in asked.values())
        one = found[person]
        assert (one.respondent, one.undated) == (person, unknown)
        for kind, wait in (("relationship", relationship), ("transactional", transactional)):
            known = [day for day in asked[kind] if day]
            assert getattr(one, f"last_{kind}") == (max(known) if known else None)
            allowed = not unknown and all(
                (on - day).days >= (max(wait, any_kind) if same == kind else any_kind)
                for same, own in asked.items()
                for day in own
            )
            assert (person in found.may_be_asked(kind, on=on)) == allowed  # type: ignore[arg-type]
            first = getattr(one, f"{kind}_from")
            assert (first is not None and on >= first) == allowed


def test_the_days_in_words_and_in_frames() -> None:
    visits = survey_of(
        [(9, dt.date(2026, 1, 5), "ann"), (None, dt.date(2026, 1, 20), "bob"), (3, None, "cid"), (3, None, None)],
        "transactional",
    )
    yearly = survey_of([(9, dt.date(2026, 1, 10), "ann")], "relationship")
    rules = nc.QuarantineRules(relationship=90, transactional=30, any_kind=7)
    found = nc.quarantine(visits, yearly, rules=rules)
    assert str(found) == (
        "Quarantine of 3 respondents\n"
        "\n"
        "respondent  last relationship  transactional  relationship from  transactional from\n"
        "-----------------------------------------------------------------------------------\n"
        "ann                2026-01-10     2026-01-05         2026-04-10          2026-02-04\n"
        "bob                         -     2026-01-20         2026-01-27          2026-02-19\n"
        "cid                         -              -                  -                   -\n"
        "\n"
        "Days to wait: relationship 90, transactional 30, any kind 7.\n"
        "Asked at an unknown time, and never allowed: 1.\n"
        "Responses without a respondent: 1."
    )
    assert found.to_dicts()[1] == {
        "respondent": "bob",
        "last_relationship": None,
        "last_transactional": dt.date(2026, 1, 20),
        "relationship_from": dt.date(2026, 1, 27),
        "transactional_from": dt.date(2026, 2, 19),
        "undated": False,
    }
    assert repr(found) == f"Quarantine(respondents=3, rules={rules})"
    assert found.to_polars()["relationship_from"].null_count() == 1
    assert found == nc.quarantine(visits, yearly, rules=rules)
    with pytest.raises(TypeError, match="not iterable"):
        iter(found)  # type: ignore[call-overload]


def test_many_respondents_are_not_all_printed() -> None:
    many = nc.Survey.from_scores(
        [9] * 50, at=[dt.date(2026, 1, 1)] * 50, time_zone="naive", respondents=range(50), kind="relationship"
    )
    found = nc.quarantine(many, rules=nc.QuarantineRules(relationship=1, transactional=1))
    assert "Not shown: 10 more; to_dicts() has all." in str(found)
    assert len(found.may_be_asked("relationship", on=dt.date(2026, 1, 2))) == 50
    assert found.may_be_asked("relationship", on=dt.date(2026, 1, 1)) == ()


RULES = nc.QuarantineRules(relationship=90, transactional=30)
SURVEY = survey_of([KNOWN], "transactional")
FOUND = nc.quarantine(SURVEY, rules=RULES)


def test_people_asked_at_times_that_nobody_knows_are_never_allowed() -> None:
    undated = nc.Survey.from_scores([9], at=[None], time_zone="naive", respondents=["q"], kind="transactional")
    timeless = nc.Survey.from_scores([9], respondents=["r"], kind="relationship")
    found = nc.quarantine(undated, SURVEY, timeless, rules=RULES)
    assert [found[each].undated for each in "qzr"] == [True, False, True]
    assert found.may_be_asked("transactional", on=dt.date(2030, 1, 1)) == ("z",)
    assert nc.quarantine(timeless, rules=RULES).may_be_asked("relationship", on=dt.date(2030, 1, 1)) == ()


def test_a_wait_beyond_the_calendar_ends_with_it() -> None:
    late = survey_of([(9, dt.date(9998, 12, 31), "z")], "relationship")
    found = nc.quarantine(late, rules=nc.QuarantineRules(relationship=400, transactional=30))
    assert found["z"].relationship_from == dt.date.max
    assert "9999-12-31" in str(found)


def test_rules_hold_plain_numbers() -> None:
    assert repr(nc.QuarantineRules(relationship=np.int64(90), transactional=30)) == (
        "QuarantineRules(relationship=90, transactional=30, any_kind=0)"
    )


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (
            lambda: nc.quarantine(SURVEY, rules={"relationship": 90}),
            nc.InvalidInputError,
            "^rules must be QuarantineRul",
        ),
        (lambda: nc.quarantine(rules=RULES), nc.InvalidInputError, "^at least one survey must be given"),
        (
            lambda: nc.quarantine(SURVEY, survey_of([KNOWN], None), rules=RULES),
            nc.InvalidInputError,
            r"^kind must be known of every survey in a quarantine, got None \(index 1\)$",
        ),
        (
            lambda: nc.quarantine(
                nc.Survey.from_scores([9], at=[dt.date(2026, 1, 1)], time_zone="naive", kind="relationship"),
                rules=RULES,
            ),
            nc.InvalidInputError,
            r"^every survey in a quarantine must have respondents, got none \(index 0\)$",
        ),
        (
            lambda: FOUND["nobody"],
            nc.UnknownNameError,
            "^a respondent must be one of the 1 who were asked, got another str$",
        ),
        (
            lambda: FOUND[["z"]],
            nc.UnknownNameError,
            r"^a respondent must be one of the 1 who were asked, got another list$",
        ),
        (lambda: FOUND.may_be_asked("visit", on=dt.date(2026, 1, 1)), nc.InvalidInputError, "^kind must be one of"),
        (
            lambda: FOUND.may_be_asked("relationship", on=dt.datetime(2026, 1, 1)),
            nc.InvalidInputError,
            "^on must be a date, got datetime",
        ),
        (
            lambda: nc.quarantine(SURVEY, survey_of([(9, dt.date(2026, 1, 5), 7)], "relationship"), rules=RULES),
            nc.IncompatibleError,
            "^respondents must be all text or all numbers .*, got 1 that are text and 1 that are numbers$",
        ),
        (
            lambda: nc.QuarantineRules(relationship=-1, transactional=30),
            nc.InvalidInputError,
            "^the days of a rule must be a whole number from 0 to 100,000, got -1$",
        ),
        (
            lambda: nc.QuarantineRules(relationship=90, transactional=30, any_kind=True),
            nc.InvalidInputError,
            "^the days of a rule must be a whole number",
        ),
    ],
)
def test_what_makes_no_quarantine_is_refused(ask: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ask()
