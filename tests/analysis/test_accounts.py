"""account_score(): against rolling up by hand, account by account."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc

DAY = dt.date(2026, 1, 1)
a_row = st.tuples(
    st.none() | st.integers(0, 10), st.sampled_from([None, "a", "b", "c"]), st.integers(0, 9), st.sampled_from("pqrst")
)
rows = st.lists(a_row, min_size=1, max_size=15).filter(lambda rows: any(r[0] is not None and r[1] for r in rows))
REVENUE = {"a": 100.0, "b": 7.5, "c": 0.5}
INFLUENCE = {"p": 5, "q": 4, "r": 3.5, "s": 2, "t": 0}


def survey_of(rows: Any) -> nc.Survey:
    scores, accounts, days, people = zip(*rows, strict=True)
    return nc.Survey.from_scores(
        scores,
        at=[DAY + dt.timedelta(days=day) for day in days],
        time_zone="naive",
        segments={"account": accounts},
        respondents=people,
    )


def by_account(rows: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for place, row in enumerate(rows):
        if row[0] is not None and row[1] is not None:
            found.setdefault(row[1], []).append((*row, place))
    return found


def coding(score: float) -> int:
    return 100 if score >= 9 else 0 if score >= 7 else -100


def mean(values: list[float], weights: list[float]) -> float:
    return sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)


def by_hand(rows: Any, roll_up: str, *, weighted: bool) -> float:
    found = by_account(rows)
    if roll_up == "all answers":
        values = [coding(row[0]) for own in found.values() for row in own]
        return mean(values, [1.0] * len(values))
    values = []
    for own in found.values():
        if roll_up == "account scores":
            values.append(sum(coding(row[0]) for row in own) / len(own))
        elif roll_up == "mean answers":
            values.append(coding(sum(row[0] for row in own) / len(own)))
        elif roll_up == "latest":
            values.append(coding(max(own, key=lambda row: (row[2], row[4]))[0]))
        else:
            values.append(coding(max(own, key=lambda row: (INFLUENCE[row[3]], row[2], row[4]))[0]))
    return mean(values, [REVENUE[name] if weighted else 1.0 for name in found])


@given(
    rows,
    st.sampled_from(["all answers", "account scores", "mean answers", "latest", "most influential"]),
    st.booleans(),
)
def test_every_way_is_what_it_says(rows: Any, roll_up: Any, weighted: bool) -> None:
    weighted = weighted and roll_up != "all answers"
    found = nc.account_score(
        survey_of(rows),
        "account",
        roll_up=roll_up,
        revenue=REVENUE if weighted else None,
        influence=INFLUENCE if roll_up == "most influential" else None,
    )
    assert found.score.value == pytest.approx(by_hand(rows, roll_up, weighted=weighted), abs=1e-9)
    assert found.accounts == len(by_account(rows))
    assert (found.roll_up, found.weighted_by_revenue) == (roll_up, weighted)
    assert found.method.endswith("weighted by revenue") == weighted
    if roll_up not in {"latest", "most influential"}:
        assert found.left_out == sum(row[0] is not None and row[1] is None for row in rows)
    interval = found.score.confidence_interval
    assert interval.low <= found.score.value + 1e-9
    assert interval.high >= found.score.value - 1e-9


def test_a_tally_gives_the_same_as_its_survey() -> None:
    rows = [(score, "abc"[score % 3], 0, "p") for score in range(11)] * 3
    survey = survey_of(rows)
    for roll_up in ("all answers", "account scores", "mean answers"):
        assert nc.account_score(survey.tally("account"), "account", roll_up=roll_up) == nc.account_score(  # type: ignore[arg-type]
            survey,
            "account",
            roll_up=roll_up,  # type: ignore[arg-type]
        )


@pytest.mark.parametrize(
    ("answers", "category"),
    [
        ([6, 7, 7], "detractor"),
        ([9, 9, 8], "passive"),
        ([9, 9], "promoter"),
        ([7, 7], "passive"),
        ([8, 10], "promoter"),
    ],
)
def test_fractions_fall_under_the_same_cut_points(answers: list[int], category: str) -> None:
    rows = [(score, "a", 0, "p") for score in answers] + [(8, "b", 0, "p")]
    score = nc.account_score(survey_of(rows), "account", roll_up="mean answers").score
    assert {"detractor": score.detractors, "passive": score.passives - 1, "promoter": score.promoters}[category] == 1


def test_large_accounts_count_more_only_where_every_answer_counts() -> None:
    rows = [(10, "a", 0, "p")] * 90 + [(3, "b", 0, "q")] * 5 + [(3, "c", 0, "r")] * 5
    survey = survey_of(rows)
    values = [
        nc.account_score(survey, "account", roll_up=way).score.value  # type: ignore[arg-type]
        for way in ("all answers", "account scores", "mean answers", "latest")
    ]
    assert values == pytest.approx([80, -100 / 3, -100 / 3, -100 / 3])


def test_answers_of_one_account_are_not_independent() -> None:
    rows = [(10 if name in "ab" else 3, name, 0, "p") for name in "abcdef" for _ in range(50)]
    together = nc.account_score(survey_of(rows), "account", roll_up="all answers").score
    apart = nc.nps(survey_of(rows))
    assert together.value == apart.value
    assert together.standard_error > 5 * apart.standard_error


def test_it_names_the_way_in_print_and_no_account() -> None:
    survey = survey_of([(10, "Acme", 0, "p"), (3, "Bolt", 0, "q"), (3, None, 0, "r")])
    found = nc.account_score(survey, "account", roll_up="account scores", revenue={"Acme": 3, "Bolt": 1})
    lines = str(found).splitlines()
    assert lines[0].startswith("NPS of 2 accounts 50.0 (95 % interval")
    assert lines[-2:] == [
        "Roll-up: the mean of the accounts' scores, weighted by revenue.",
        "Answers of no account: 1.",
    ]
    assert "Acme" not in str(found) + repr(found)
    (row,) = found.to_dicts()
    assert (row["roll_up"], row["accounts"], row["nps"], row["weighted_by_revenue"]) == (
        "account scores",
        2,
        50.0,
        True,
    )


SURVEY = survey_of([(10, "a", 0, "p"), (3, "b", 0, "q")])


@pytest.mark.parametrize(
    ("data", "options", "error", "message"),
    [
        (SURVEY, {"roll_up": "median"}, nc.InvalidInputError, "^roll_up must be one of 'all answers'"),
        (
            SURVEY,
            {"account": ["account"], "roll_up": "latest"},
            nc.InvalidInputError,
            "^account must be the name",
        ),
        (SURVEY, {"account": "firm", "roll_up": "latest"}, nc.UnknownNameError, "^segment must be one of 'account'"),
        (SURVEY, {"roll_up": "all answers", "revenue": REVENUE}, nc.InvalidInputError, "^revenue weighs accounts, and"),
        (
            SURVEY,
            {"roll_up": "latest", "revenue": [1, 2]},
            nc.InvalidInputError,
            "^revenue must be a mapping",
        ),
        (SURVEY, {"roll_up": "latest", "revenue": {"a": 1}}, nc.InvalidInputError, "got none for 'b': 1 in all$"),
        (
            SURVEY,
            {"roll_up": "latest", "revenue": {"a": 1, "b": -1}},
            nc.InvalidInputError,
            "^the revenue of 'b'",
        ),
        (
            SURVEY,
            {"roll_up": "most influential"},
            nc.InvalidInputError,
            "^influence must be given",
        ),
        (
            SURVEY,
            {"roll_up": "latest", "influence": INFLUENCE},
            nc.InvalidInputError,
            "got some for 'latest'$",
        ),
        (
            SURVEY,
            {"roll_up": "most influential", "influence": {"p": 1}},
            nc.InvalidInputError,
            "^every respondent must have a number as influence, got none for 'q': 1 in all$",
        ),
        (SURVEY.tally("account"), {"roll_up": "latest"}, nc.InvalidInputError, "^one answer per account can be picked"),
        (
            nc.Survey.from_scores([9], segments={"account": ["a"]}, weights=[1.0]),
            {"roll_up": "all answers"},
            nc.IncompatibleError,
            "^accounts must be rolled up from answers without weights",
        ),
        (
            nc.Survey.from_scores([9, None], segments={"account": [None, "a"]}),
            {"roll_up": "all answers"},
            nc.NoAnswersError,
            "^a score of accounts needs an account with an answer",
        ),
        (SURVEY.tally("account").by_category(), {"roll_up": "mean answers"}, nc.IncompatibleError, "only|each score"),
    ],
)
def test_what_cannot_be_rolled_up_is_refused(data: Any, options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        nc.account_score(data, **{"account": "account", **options})


def test_influence_needs_no_times() -> None:
    survey = nc.Survey.from_scores([3, 10], segments={"account": ["a", "a"]}, respondents=["p", "q"])
    assert nc.account_score(survey, "account", roll_up="most influential", influence=INFLUENCE).score.value == -100
