"""People stay unnamed, and what they wrote stays where it is: in reprs, in errors, in texts that are handed on."""

import csv
import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from results import MAKE

import nps_core as nc
from nps_core import programme
from nps_core.model.privacy import redacted

SECRETS = ["ann", "bob", "cleo", "dan", "quick", "slow", "chairs", "tea"]  # ids and texts of the results' surveys
NAMED = re.compile(rf"\b({'|'.join(SECRETS)}|person \d+)\b")


@pytest.mark.parametrize("name", MAKE)
def test_the_repr_of_a_result_shows_no_id_and_no_text(name: str) -> None:
    result = MAKE[name]()
    assert not NAMED.search(repr(result))
    for attribute in ("rows", "segments", "periods"):
        assert not NAMED.search(repr(getattr(result, attribute, None)))


def answers() -> nc.Survey:
    return nc.Survey.from_scores(
        [3, 9, 10],
        respondents=["ann", "bob", "ann"],
        reasons=["slow, says Ann", None, "tea"],
        suggestions=[None, "ask bob@example.com", "call 040 123 4567"],
        segments={"region": ["north", "south", "north"]},
    )


def test_reprs_of_people_show_no_id_and_no_text() -> None:
    survey = answers()
    for each in (survey, *survey, nc.verbatims(survey, redact=False), nc.verbatims(survey, redact=False).rows):
        assert not NAMED.search(repr(each))


RULES = nc.QuarantineRules(relationship=90, transactional=30)


def asked(person: Any) -> nc.Survey:
    return nc.Survey.from_scores(
        [3], at=[dt.date(2026, 1, 1)], time_zone="naive", respondents=[person], kind="relationship"
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: nc.compare(answers(), answers(), pairing="panel"),
        lambda: nc.compare(answers(), nc.Survey.from_scores([3], respondents=["dan"]), pairing="panel"),
        lambda: nc.quarantine(asked("ann"), rules=RULES)["dan"],
        lambda: nc.quarantine(asked("ann"), asked(7), rules=RULES),
        lambda: answers().forget("dan"),
        lambda: nc.Survey.from_scores(["slow, and nobody ever called me back"]),
        lambda: nc.nps(["slow, and nobody ever called me back"]),
        lambda: nc.Survey.from_scores([3], at=["slow, and nobody ever called me back"], time_zone="naive"),
        lambda: answers().forget(["ann", "dan", "cleo", 7]),
        lambda: answers().redact(names=["ann", None]),  # type: ignore[list-item]
        lambda: nc.Response("slow, and nobody ever called me back"),  # type: ignore[arg-type]
        lambda: nc.Response(3, at="slow, and nobody ever called me back"),  # type: ignore[arg-type]
        lambda: nc.Response(None, invalid="slow, and nobody ever called me back"),  # type: ignore[arg-type]
        lambda: nc.Response(3, weight="slow, and nobody ever called me back"),  # type: ignore[arg-type]
        lambda: nc.Survey.from_scores([3], weights=["slow, and nobody ever called me back"]),
        lambda: nc.Survey.from_scores([["slow, and nobody ever called me back"]]),
        lambda: nc.Scale.STANDARD.classify("slow"),  # type: ignore[arg-type]
        lambda: nc.Tally.from_counts({"slow": 1}),  # type: ignore[dict-item]
        lambda: nc.Tally.from_cells([(3, "slow, and nobody ever called me back")]),
        lambda: nc.Tally.from_frame(
            pd.DataFrame({"s": [9], "at": [pd.Timestamp("2026-01-01")], "who": [["ann"]]}),
            score="s",
            at="at",
            latest="who",
        ),
    ],
)
def test_errors_show_no_id(make: Any) -> None:
    with pytest.raises(nc.NPSError) as caught:
        make()
    assert not NAMED.search(str(caught.value))


# -------------------------------------------------------------------------------------------------------- redaction


def test_a_survey_is_redacted_and_otherwise_the_same() -> None:
    survey, redacted_ = answers(), answers().redact(names=["ANN"])
    assert [r.reason for r in redacted_] == ["slow, says [name]", None, "tea"]
    assert [r.suggestion for r in redacted_] == [None, "ask [email]", "call [number]"]
    assert redacted_.tally("region") == survey.tally("region")
    assert [r.respondent for r in redacted_] == ["ann", "bob", "ann"]
    plain = nc.Survey.from_scores([3])
    assert plain.redact(names="Ann") == plain


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("Ann and Anna met O'Neil", ["ann", "O'Neil"], "[name] and Anna met [name]"),
        ("Mary  Ann said", ["Ann", "Mary Ann"], "[name] said"),
        ("a.b (c)", ["(c)", "a.b"], "[name] [name]"),
        ("ÅSA ringde", ["åsa"], "[name] ringde"),
        ("STRAUSS und Strauß, _Ann_", ["Strauß", "ann"], "[name] und [name], _[name]_"),
        ("Anne\u2011Marie and Anne-Marie", ["Anne-Marie"], "[name] and [name]"),
        ("O\u2019Neil and Zoe\u0308 said", ["O'Neil", "Zo\u00eb"], "[name] and [name] said"),
        ("O'Neil and Zo\u00eb said", ["O\u2019Neil", "Zoe\u0308"], "[name] and [name] said"),
        ("nothing", [], "nothing"),
    ],
)
def test_names_are_whole_words(text: str, names: list[str], expected: str) -> None:
    assert nc.Survey.from_scores([3], reasons=[text]).redact(names=names)[0].reason == expected


@pytest.mark.parametrize("names", [[""], [" "], [7], "  ", 5, None])
def test_names_must_be_texts(names: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match="names must be texts, and not blank, got"):
        answers().redact(names=names)


@pytest.mark.parametrize("respondents", [None, 5.0, ["ann", None], [["ann"]], True])
def test_who_is_to_be_forgotten_is_named_by_ids(respondents: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match=r"respondents must be ids, texts or whole numbers, got \w+$"):
        answers().forget(respondents)


def test_what_is_asked_for_is_true_or_false() -> None:
    with pytest.raises(nc.InvalidInputError, match="keep_scores must be True or False, got 'no'"):
        answers().forget("ann", keep_scores="no")  # type: ignore[arg-type]
    with pytest.raises(nc.InvalidInputError, match="redact must be True or False, got 'no'"):
        nc.verbatims(answers(), redact="no")  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["a", "1", "a ", "1-", "a.", "a@", ".", "http://", "-1 ", "+", "@"])
def test_a_long_text_takes_no_longer_than_its_length(part: str) -> None:
    text = part * 100_000
    assert redacted(f"{text} ann@example.com").endswith("[email]") or "[link]" in redacted(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to ann.b+c@mail.example.com.", "write to [email]."),
        ("(ann@example.com)", "([email])"),
        ("ann (at) example.com, bob[at]example.com, eva\uff20example.com", "[email], [email], [email]"),
        ("see example.com/a?b=1 there", "see [link] there"),
        ("see...www.example.com and http://x.y/z", "see...[link] and [link]"),
        ("look...example.com/x", "[link]"),
        ("e.g. this/that, 24/7, and/or", "e.g. this/that, 24/7, and/or"),
        ("ask @annika or call +358 40-123 4567", "ask [name] or call [number]"),
        ("in 2026 we paid 1,000", "in 2026 we paid 1,000"),
        ("@eva.virtanen, \uff20eva-maria and @zoe\u0308.", "[name], [name] and [name]."),
        ("zoe\u0308@example.com ann%smith@x.com o\u2019neil@x.com", "[email] [email] [email]"),
        ("\u0930\u093e\u092e@example.com ann\u200b@example.com ann\ufe6bexample.com", "[email] [email] [email]"),
        ("5@10 and ftp://x.y/eva", "5@10 and [link]"),
        ("example.com:8080/eva and пример.рф/ева", "[link] and [link]"),
        ("040\u00b7123\u00b74567, 040\u2212123\u22124567, 040,123,4567", "[number], [number], [number]"),
        ("040  -  123  -  4567 or 040|123|4567", "[number] or [number]"),
        ("open 9:00-17:30 in 2019-2024 for 1,000,000.00", "open 9:00-17:30 in 2019-2024 for 1,000,000.00"),
        ("waited 10, 20, 30, 40 minutes", "waited 10, 20, 30, 40 minutes"),
        ("612 345 678 on 2026-01-05", "[number] on [number]"),
    ],
)
def test_what_gives_somebody_away_is_taken_out(text: str, expected: str) -> None:
    assert redacted(text) == expected


@given(st.text(max_size=30))
def test_what_is_redacted_stays_so(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once


# ------------------------------------------------------------------------------------------------------- forgetting


def test_somebody_is_forgotten_and_the_scores_stay() -> None:
    survey = answers().forget("ann")
    assert [(r.score, r.respondent, r.reason, r.suggestion) for r in survey] == [
        (3, None, None, None),
        (9, "bob", None, "ask bob@example.com"),
        (10, None, None, None),
    ]
    assert survey.tally("region") == answers().tally("region")
    assert answers().forget(["ann", "bob"])._respondents is None


def test_somebody_is_forgotten_altogether() -> None:
    survey = answers().forget({"ann"}, keep_scores=False)
    assert [r.respondent for r in survey] == ["bob"]


def test_only_those_who_answered_can_be_forgotten() -> None:
    with pytest.raises(
        nc.UnknownNameError, match=r"got 2 who have not \(their ids are int and str, those of the survey str\)$"
    ):
        answers().forget(["ann", "x", 7])
    with pytest.raises(nc.UnknownNameError, match=r"must have given a response, got 1 who has not$"):
        answers().forget("dan")
    with pytest.raises(nc.InvalidInputError, match=r"forget\(\) needs respondents"):
        nc.Survey.from_scores([3]).forget("ann")


def test_a_forgotten_file_is_no_longer_told_of() -> None:
    survey = programme.read_export(
        Path(__file__).parent / "data" / "saas_feedback_text.csv", score="nps_score", respondent="user_id"
    )
    person = survey[0].respondent
    assert person is not None
    assert survey.forget(person).reading is None


# -------------------------------------------------------------------------------------------------------- injection

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", "  =1", "＝1", '=cmd|" /C calc"!A0']


@pytest.mark.parametrize("evil", FORMULAS)
def test_no_cell_and_no_name_of_a_column_is_a_formula(evil: str) -> None:
    survey = nc.Survey.from_scores([0, 9, 3], segments={evil: [evil, "x", None]})
    text = nc.by_segment(survey, evil).to_csv()
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header[0] == f"'{evil}"
    assert {row[0] for row in rows} == {f"'{evil}", "x", ""}
    assert rows[[row[0] for row in rows].index(f"'{evil}")][header.index("nps")] == "-100.0"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("fine;=1+1", "fine;'=1+1"),
        ("fine\t+1;@A1", "fine\t'+1;'@A1"),
        ("fine\n =1\r\n-1", "fine\n' =1\r\n'-1"),
        ("fine|=1+1", "fine|'=1+1"),
        ('fine;"=1+1;x', "fine;'\"=1+1;x"),
        ("well ;-) a = b, -1; 7", "well ;-) a = b, -1; 7"),
    ],
)
def test_no_part_of_a_cell_becomes_a_formula_where_other_signs_cut_cells(text: str, cell: str) -> None:
    survey = nc.Survey.from_scores([3], reasons=[text])
    rows = csv.DictReader(io.StringIO(nc.verbatims(survey, redact=False).to_csv(), newline=""))
    assert [row["reason"] for row in rows] == [cell]


@settings(max_examples=500)
@given(st.text(',;\t|"=+@ \r\n1', max_size=10))
def test_no_cell_is_a_formula_whatever_cuts_the_file(text: str) -> None:
    survey = nc.Survey.from_scores([3], reasons=[text])
    for written in ",;\t|":
        content = nc.verbatims(survey, redact=False).to_csv(delimiter=written)
        for read in ",;\t|":
            for row in csv.reader(io.StringIO(content, newline=""), delimiter=read):
                assert not any(re.match(r"\s*[=+@]", cell) for cell in row)


def test_a_spreadsheet_of_another_country_has_other_signs() -> None:
    table = nc.by_segment(nc.Survey.from_scores([0, 9, 9], segments={"team": ["a;b", "c,d", None]}), "team")
    rows = [*csv.DictReader(io.StringIO(table.to_csv(delimiter=";", decimal=","), newline=""), delimiter=";")]
    plain = [*csv.DictReader(io.StringIO(table.to_csv(), newline=""))]
    assert [row["team"] for row in rows] == [row["team"] for row in plain] == ["a;b", "c,d", ""]
    assert [row["high"].replace(",", ".") for row in rows] == [row["high"] for row in plain]
    assert "," in rows[0]["high"]
    assert [row["n"] for row in rows] == ["1", "1", "1"]
    for options in ({"delimiter": ".."}, {"decimal": ";"}):
        with pytest.raises(nc.InvalidInputError, match="must be one of"):
            table.to_csv(**options)


@pytest.mark.parametrize("name", MAKE)
def test_every_result_goes_into_a_spreadsheet(name: str) -> None:
    result = MAKE[name]()
    header, *rows = csv.reader(io.StringIO(result.to_csv(), newline=""))
    expected = result.to_dicts()
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        assert header == [*wanted]
        for cell, value in zip(row, wanted.values(), strict=True):
            if isinstance(value, float):
                assert float(cell) == value
            else:
                assert cell == ("" if value is None else str(value))
