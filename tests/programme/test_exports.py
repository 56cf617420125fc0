"""Exports of survey tools: every row is read, or counted with the reason why it was not."""

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core import programme
from nps_core.programme import columns, layouts, sheets

DATA = Path(__file__).parents[1] / "data"
MADE = DATA / "exports"
QUALTRICS = MADE / "qualtrics.csv"
SURVEYMONKEY = MADE / "surveymonkey.csv"


def write(folder: Path, text: str | bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def check_rows(survey: nc.Survey, rows: int) -> Any:
    """Every row is in one of the numbers."""
    reading = survey.reading
    assert reading is not None
    assert reading.rows == rows == len(survey) + sum(reading.excluded.values())
    assert (reading.scored, reading.missing, reading.invalid) == (survey.n, survey.missing, survey.invalid)
    told = {reason: len(lines) for reason, lines in reading.lines.items()}
    assert told == ({"invalid": reading.invalid} if reading.invalid else {}) | dict(reading.excluded)
    return reading


@pytest.mark.parametrize(
    ("vendor", "scores", "excluded", "first", "reason", "respondent"),
    [
        ("asknicely", [9, None, 6], {}, "2026-01-05 12:30 UTC", "Quick", "71"),
        ("delighted", [10, 3, 8], {}, "2026-01-05 12:30 UTC", "Quick and friendly", "5001"),
        ("formbricks", [10, None, 4], {}, "2026-01-05 12:30 Europe/Helsinki", None, "u1"),
        ("google-forms", [10, 6, None], {}, "2026-01-05 12:30 Europe/Helsinki", None, "ann@example.com"),
        ("hubspot", [10, 5], {"another survey": 1}, "2026-01-05 12:30 UTC", "Quick", "501"),
        ("simplesat", [9, None], {"another question": 1}, "2026-01-05 12:30 UTC", "Quick", "c1"),
        ("posthog", [10, 2], {"not sent": 2}, "2026-01-05 12:30 UTC", "Quick", "u1"),
        ("qualtrics", [10, None, 7], {"preview": 1, "spam": 1}, "2026-01-05 10:01 Europe/Helsinki", None, "c1"),
        ("retently", [10, 7], {"bogus": 1}, "2026-01-05 12:30 UTC", "Quick", "c1"),
        ("surveymonkey", [10, 3, None], {}, "2026-01-05 10:02 Europe/Helsinki", None, "a@example.com"),
        ("survicate", [10, 4, None], {}, "2026-01-05 12:30 UTC", None, "u1"),
        ("typeform", [10, 3], {"partial": 1}, "2026-01-05 12:30 UTC", None, None),
        ("wootric", [9, None, 8], {"excluded": 1}, "2026-01-05 12:30 UTC", "Quick", "30"),
        ("zonka", [9, None, 2], {}, "2026-01-05 14:30 Europe/Helsinki", None, "p1"),
    ],
)
def test_what_every_tool_exports_is_read_without_being_told(
    vendor: str, scores: list[int | None], excluded: dict[str, int], first: str, reason: str | None, respondent: str
) -> None:
    zone = first.rpartition(" ")[2]
    survey = programme.read_export(MADE / f"{vendor}.csv", time_zone=zone)
    reading = check_rows(survey, len(scores) + sum(excluded.values()))
    assert reading.vendor == layouts.layouts()[vendor][0].title
    assert [response.score for response in survey] == scores
    assert dict(reading.excluded) == excluded
    assert f"{survey[0].at:%Y-%m-%d %H:%M} {survey.time_zone}" == first
    assert (survey[0].reason, survey[0].respondent) == (reason, respondent)
    assert programme.read_export(MADE / f"{vendor}.csv", vendor=vendor, time_zone=zone) == survey


def test_times_whose_zone_the_layout_knows_are_turned_into_the_calendar_that_is_asked_for() -> None:
    survey = programme.read_export(MADE / "typeform.csv", time_zone="Europe/Helsinki")
    assert survey[0].at is not None
    assert survey[0].at.isoformat() == "2026-01-05T14:30:00+02:00"
    assert programme.read_export(MADE / "typeform.csv").time_zone == "UTC"
    with pytest.raises(nc.InvalidInputError, match="times must carry no zone with time_zone='naive'"):
        programme.read_export(MADE / "typeform.csv", time_zone="naive")


def test_any_file_may_have_several_rows_above_its_answers(tmp_path: Path) -> None:
    path = write(tmp_path, "Id,Would you recommend us?,Like,\n,,Price,Staff\n1,9,x,\n2,3,,y\n")
    survey = programme.read_export(path, header_rows=2, segments="Like / Staff")
    assert check_rows(survey, 2).columns["score"] == "Would you recommend us?"
    assert survey.labels("Like / Staff") == ("y",)
    with pytest.raises(nc.InvalidInputError, match="header_rows must be 1, 2 or 3, got 4"):
        programme.read_export(path, header_rows=4)
    with pytest.raises(nc.InvalidInputError, match="for files of no known tool, and qualtrics has a layout"):
        programme.read_export(path, header_rows=2, vendor="qualtrics")


def test_every_vendor_has_a_made_export() -> None:
    assert sorted(path.stem for path in MADE.iterdir()) == sorted(programme.vendors())


def test_qualtrics_with_three_rows_above() -> None:
    survey = programme.read_export(QUALTRICS, reason="Q2", segments="Region", time_zone="Europe/Berlin")
    reading = check_rows(survey, 5)
    assert (survey.n, survey.missing, dict(reading.excluded)) == (2, 1, {"preview": 1, "spam": 1})
    assert [(r.score, r.respondent, r.reason, dict(r.segments)) for r in survey] == [
        (10, "c1", "quick,\nfriendly", {"Region": "north"}),
        (None, "c2", None, {"Region": "south"}),
        (7, "c3", None, {"Region": "south"}),
    ]
    assert survey[0].at is not None
    assert survey[0].at.isoformat() == "2026-01-05T10:01:00+01:00"
    assert survey.question == "Würden Sie uns empfehlen?"
    assert reading.columns["score"] == "Q1"


def test_qualtrics_with_two_rows_above(tmp_path: Path) -> None:
    lines = QUALTRICS.read_text("utf-8").splitlines(keepends=True)
    two = write(tmp_path, "".join(lines[:2] + lines[3:]))
    assert programme.read_export(two, time_zone="naive") == programme.read_export(QUALTRICS, time_zone="naive")


def test_qualtrics_without_its_groups_is_read_by_the_question(tmp_path: Path) -> None:
    text = QUALTRICS.read_text("utf-8").replace("Q1_NPS_GROUP", "Group").replace("empfehlen? - Gruppe", "gern haben?")
    survey = programme.read_export(write(tmp_path, text), time_zone="naive")
    assert check_rows(survey, 5).columns["score"] == "Q1"


def test_a_column_is_found_by_its_question() -> None:
    survey = programme.read_export(QUALTRICS, score="Würden Sie uns empfehlen?", time_zone="naive")
    assert survey.reading is not None
    assert survey.reading.columns["score"] == "Q1"


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("qualtrics_sample_3header.csv", "Q1"),
        ("qualtrics_sample_legacy_bom.csv", "This is a multiple choice question."),
    ],
)
def test_real_files_of_qualtrics(name: str, column: str) -> None:
    survey = programme.read_export(DATA / name, score=column, time_zone="naive")
    reading = check_rows(survey, 1)
    assert reading.vendor == "Qualtrics"
    assert reading.columns["at"] == "EndDate"


def test_surveymonkey() -> None:
    survey = programme.read_export(
        SURVEYMONKEY, reason="Why?", segments=["What do you like? / Price"], time_zone="naive"
    )
    reading = check_rows(survey, 3)
    assert survey.scores[:2].tolist() == [10, 3]
    assert survey.missing == 1
    assert survey.question == "How likely is it that you would recommend us to a friend?"
    assert survey.labels("What do you like? / Price") == ("1",)
    assert reading.notes == ("Dates are month-first: '01/14/2026 10:02:00 PM' (line 4) can be read in no other way.",)
    assert reading.unread[-1] == "What do you like? / Staff"


def test_answers_and_comments_of_survicate_are_told_apart() -> None:
    question = "Q#1: How likely are you to recommend us?"
    survey = programme.read_export(
        MADE / "survicate.csv",
        reason="Q#2: What is the main reason for your score?",
        suggestion=f"{question} / Comment",
    )
    assert check_rows(survey, 3).columns["score"] == f"{question} / Answer"
    assert [(r.reason, r.suggestion) for r in survey] == [
        ("Quick", "Would and did"),
        ("Slow, and cold", None),
        (None, None),
    ]
    assert survey[0].at is not None
    assert survey[0].at.isoformat() == "2026-01-05T12:30:00+00:00"


@pytest.mark.parametrize(
    ("vendor", "above", "rows", "score"),
    [("survicate", 2, 3, None), ("surveymonkey", 2, 3, None), ("qualtrics", 3, 5, "Q1")],
)
def test_no_answer_is_lost_if_somebody_took_out_the_second_row(
    tmp_path: Path, vendor: str, above: int, rows: int, score: str | None
) -> None:
    whole = programme.read_export(MADE / f"{vendor}.csv", time_zone="UTC")
    lines = (MADE / f"{vendor}.csv").read_text("utf-8").splitlines(keepends=True)
    path = write(tmp_path, "".join([lines[0], *lines[above:]]))
    survey = programme.read_export(path, time_zone="UTC", score=score)
    check_rows(survey, rows)
    assert survey.tally() == whole.tally()


def test_real_form_with_dates_in_the_american_way() -> None:
    question = "On a scale of 0-10, how would you rate Sudzilla?"
    path = DATA / "prepbench040_sudzilla.csv"
    with pytest.raises(nc.InvalidInputError, match="11 January 2019 with day_first=True, and 1 November 2019 with"):
        programme.read_export(path, score=question, time_zone="naive")
    survey = programme.read_export(path, score=question, reason="...why?", time_zone="naive", day_first=False)
    assert survey.reading is not None
    assert survey.reading.vendor == "Google Forms"
    assert nc.nps(survey).value == pytest.approx(-35.8974, abs=1e-4)  # as published with the file
    assert {period.label for period in nc.trend(survey, every="month").periods} == {"2019-11"}


def test_a_real_file_in_latin_1() -> None:
    survey = programme.read_export(DATA / "retail_fr_latin1_head.csv", score="nps", reason="explication")
    reading = check_rows(survey, 1500)
    assert (reading.encoding, reading.missing) == ("latin-1", 25)
    assert reading.notes == ("Not UTF-8: read as latin-1.",)
    assert survey[1].reason is not None
    assert survey[1].reason.startswith("Il y a très peu de caisse ouverte")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [*",;\t|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_files_are_the_same_however_they_are_written(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    text = f"Id;nps;Grund{end}1;10;schön{end}2;8.0;€ 5{end}3;#N/A;{end}{end}".replace(";", delimiter)
    given = encoding if encoding == "utf-16-le" else None
    survey = programme.read_export(
        write(tmp_path, text.encode(encoding)), score="NPS", reason="grund", respondent="id", encoding=given
    )
    assert [(r.score, r.reason, r.respondent) for r in survey] == [
        (10, "schön", "1"),
        (8, "€ 5", "2"),
        (None, None, "3"),
    ]
    assert check_rows(survey, 4).excluded == {"blank": 1}


def test_answers_that_are_ranges_are_categories(tmp_path: Path) -> None:
    path = write(tmp_path, "nps\n9-10\n7-8 - Likely\n0-6\nPromoter\nn/a\n")
    survey = programme.read_export(path, score="nps")
    assert survey.scale == columns.THREE_CATEGORIES
    assert nc.nps(survey).value == 25
    assert survey.missing == 1
    mixed = write(tmp_path, "nps\n9\n7-8\n0\n", "mixed.csv")
    with pytest.raises(nc.InvalidScoreError, match=r"got '7-8' \(line 3\) and '9' \(line 2\): 1 of 3 "):
        programme.read_export(mixed, score="nps")
    survey = programme.read_export(mixed, score="nps", invalid="exclude")
    assert (survey.scores[[0, 2]].tolist(), check_rows(survey, 3).lines["invalid"]) == ([9, 0], (3,))
    survey = programme.read_export(mixed, score="nps", categories=True)
    assert survey.scores.tolist() == [2, 1, 0]
    assert survey.reading is not None
    assert survey.reading.notes == (
        "Only categories are known: 0 stands for detractors, 1 for passives, 2 for promoters.",
    )


def test_answers_that_are_no_scores_are_refused_with_their_lines(tmp_path: Path) -> None:
    words = "I do not want to say this here"
    path = write(tmp_path, f"nps\n9\n11\n{words}\n7.5\n")
    with pytest.raises(nc.InvalidScoreError) as caught:
        programme.read_export(path, score="nps")
    assert str(caught.value) == (
        "export.csv: scores in column 'nps' must be whole numbers between 0 and 10, got '11' (line 3), a text of 30 "
        "characters (line 4), '7.5' (line 5): 3 of 4 in all; invalid='exclude' leaves them out and keeps their number, "
        "missing=... names texts that stand for no answer"
    )
    assert (caught.value.total, caught.value.examples[0]) == (3, (3, "11"))
    survey = programme.read_export(path, score="nps", invalid="exclude")
    assert check_rows(survey, 4).invalid == 3
    assert programme.read_export(path, score="nps", missing=["11", words.upper(), "7.5"]).missing == 3


def test_only_a_file_that_can_be_recognized_is_read_without_names(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n9,x\n")
    with pytest.raises(nc.InvalidInputError, match=r"must be that of .*Qualtrics.*, got 'a', 'b'; for any other file"):
        programme.read_export(path)
    with pytest.raises(nc.InvalidInputError, match=r"must have the columns 'Respondent ID', .* or .*, got 'a', 'b'"):
        programme.read_export(path, vendor="surveymonkey")
    with pytest.raises(nc.InvalidInputError, match=r"vendor must be one of .*'other', got 'nobody'"):
        programme.read_export(path, vendor="nobody")
    assert programme.read_export(MADE / "google-forms.csv", vendor="Google Forms", time_zone="UTC").n == 2
    assert programme.read_export(MADE / "google-forms.csv", vendor="google_forms", time_zone="UTC").n == 2
    with pytest.raises(nc.InvalidInputError, match="one column must be that of the scores, got 0 that seem to be"):
        programme.read_export(path, vendor="other")
    assert programme.read_export(path, vendor="other", score="a").n == 1
    assert programme.read_export(path, score="a").n == 1


def test_the_question_is_told_from_the_reason_by_its_answers(tmp_path: Path) -> None:
    path = write(tmp_path, "Would you recommend us?,Why would you recommend us?\n9,fast\n3,slow\n,\n")
    survey = programme.read_export(path, vendor="other")
    assert survey.n == 2
    both = write(tmp_path, "Would you recommend us?,Would you recommend them?\n9,8\n", "both.csv")
    with pytest.raises(nc.InvalidInputError, match=r"got 2 that seem to be; say which with score=, of 'Would you"):
        programme.read_export(both, vendor="other")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "export.csv is empty"),
        (" \n\n", "export.csv is empty"),
        ("nps,b\n9,x\n8\n", r"as many cells as its header, 2, got 1 \(line 3\)"),
        ("nps,b\n9,x,y\n", r"as many cells as its header, 2, got 3 \(line 2\)"),
        ('nps,b\n9,"x\n8,y\n', r"cannot be read as CSV: unexpected end of data \(line 3\)"),
        ('nps,b\n9,"x"y\n', r"cannot be read as CSV: .* \(line 2\)"),
        (b"PK\x03\x04rest", r"must be a CSV file, got a zip archive \(as .xlsx files are\)"),
        (b"\xff\xfea", "is not utf-16 text"),
        ("nps\n9\n".encode("utf-16-le"), "is not utf-8 text, for its first line holds zero bytes; say which encoding"),
        ("\n\nnps\n9\n", "a row must name the columns, but it is blank"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(nc.UnreadableFileError, match=message):
        programme.read_export(write(tmp_path, text), score="nps")


def test_files_and_options_that_are_not_there(tmp_path: Path) -> None:
    path = write(tmp_path, "nps,b,b,\n9,x,y,z\n")
    head = write(tmp_path, SURVEYMONKEY.read_text("utf-8").splitlines()[0], "head.csv")
    with pytest.raises(nc.UnreadableFileError, match="cannot be opened: No such file"):
        programme.read_export(tmp_path / "none.csv")
    with pytest.raises(nc.UnreadableFileError, match="cannot be opened: embedded null"):
        programme.read_export("a\0b")
    with pytest.raises(nc.UnreadableFileError, match="text"):
        programme.read_export(path, encoding="a\0b")
    with pytest.raises(nc.UnreadableFileError, match="is not klingon text"):
        programme.read_export(path, encoding="klingon")
    with pytest.raises(nc.UnknownNameError, match=r"one of 'nps', 'b \(1\)', 'b \(2\)', 'column 4', got 'c'"):
        programme.read_export(path, score="nps", reason="c")
    with pytest.raises(nc.InvalidInputError, match="delimiter must be one character"):
        programme.read_export(path, score="nps", delimiter=", ")
    with pytest.raises(nc.UnreadableFileError, match="2 rows must stand above the answers, got 1 in all"):
        programme.read_export(head, vendor="surveymonkey")
    survey = programme.read_export(path, score="nps", segments=["b (2)", "column 4"], delimiter=",")
    assert dict(survey[0].segments) == {"b (2)": "y", "column 4": "z"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"score": 7}, "score must be a text, got 7"),
        ({"at_format": 7}, "at_format must be a text, got 7"),
        ({"encoding": 7}, "encoding must be a text, got 7"),
        ({"day_first": "yes"}, "day_first must be True, False or None, got 'yes'"),
        ({"header_rows": True}, "header_rows must be 1, 2 or 3, got True"),
        ({"categories": "no"}, "categories must be True or False, got 'no'"),
        ({"question": 7}, "question must be a text, got 7"),
        ({"segments": {"a": 7}}, "the column of segment 'a' must be a text, got 7"),
    ],
)
def test_options_are_what_they_must_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=message):
        programme.read_export(DATA / "saas_feedback_text.csv", **options)


def test_a_file_is_named_by_its_path() -> None:
    with pytest.raises(nc.InvalidInputError, match="path must be the name of a file, got StringIO"):
        programme.read_export(io.StringIO("nps\n9\n"), score="nps")  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["klingon", "rot13", "base64", "zlib", "idna"])
def test_an_encoding_must_be_one_of_text(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(nc.UnreadableFileError, match=f"is not {encoding} text"):
        programme.read_export(write(tmp_path, "nps\n9\nä..ö\n"), score="nps", encoding=encoding)


@pytest.mark.parametrize("told", [*";,|", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_first_line_may_tell_excel_the_delimiter(tmp_path: Path, told: str, end: str) -> None:
    path = write(tmp_path, end.join(["sep=;", "nps;why", "9;a", "x;b", ""]).replace(";", told))
    with pytest.raises(nc.InvalidScoreError, match=r"got 'x' \(line 4\)"):
        programme.read_export(path, score="nps")
    survey = programme.read_export(path, score="nps", invalid="exclude")
    assert check_rows(survey, 2).delimiter == told


def test_cells_beyond_the_header_may_be_blank(tmp_path: Path) -> None:
    assert programme.read_export(write(tmp_path, "nps,b\n9,x,,\n"), score="nps").n == 1


def test_the_report_is_of_the_whole_file_only() -> None:
    path = DATA / "vibeharboe_nordic_nps.csv"
    survey = programme.read_export(
        path, score="nps_score", at="survey_date", reason="comment", segments="country", time_zone="naive"
    )
    assert str(survey.reading) == (
        "vibeharboe_nordic_nps.csv: other, utf-8, cells between ','\n"
        "20 rows: 20 scored, 0 missing, 0 invalid\n"
        "Read: score from 'nps_score', at from 'survey_date', reason from 'comment', segment 'country' from 'country'\n"
        "Not read: 'survey_id', 'customer_id', 'csat_score'"
    )
    assert repr(survey.reading) == "Reading(rows=20, scored=20, missing=0, invalid=0, excluded={})"
    assert survey.promoters.reading is None
    assert (survey + survey).reading is None
    assert nc.nps(survey).value == 5


def test_left_out_rows_are_told_in_the_report() -> None:
    survey = programme.read_export(QUALTRICS, time_zone="naive")
    assert "5 rows: 2 scored, 1 missing, 0 invalid, 2 left out (1 preview, 1 spam)\nLines: " in str(survey.reading)
    rows = QUALTRICS.read_text("utf-8-sig").splitlines()
    preview, spam = (lines[0] - 1 for lines in check_rows(survey, 5).lines.values())
    assert "Survey Preview" in rows[preview]
    assert "Spam" in rows[spam]


def test_the_lines_of_what_does_not_count_are_told(tmp_path: Path) -> None:
    path = write(tmp_path, 'nps,why\n9,"two\nlines"\nx,\n,\n' + "11,\n" * 6)
    reading = check_rows(programme.read_export(path, score="nps", invalid="exclude"), 9)
    assert dict(reading.lines) == {"invalid": (4, 6, 7, 8, 9, 10, 11), "blank": (5,)}
    assert "Lines: invalid 4, 6, 7, 8, 9, ...; blank 5\n" in str(reading)


def test_a_file_that_lacks_a_column_of_a_known_layout_is_told_which(tmp_path: Path) -> None:
    path = write(tmp_path, "id,person,score,comment,permalink,created_at\n1,2,9,x,y,1767616200\n")
    for vendor in ("delighted", None):
        with pytest.raises(nc.InvalidInputError, match="; of Delighted it lacks 'survey_type'; for any other file"):
            programme.read_export(path, vendor=vendor)


def test_qualtrics_tells_the_zone_of_its_times(tmp_path: Path) -> None:
    text = QUALTRICS.read_text("utf-8").replace('""endDate""', '""endDate"",""timeZone"":""America/Denver""')
    path = write(tmp_path, text)
    survey = programme.read_export(path, time_zone="Europe/Berlin")
    assert survey[0].at is not None
    assert survey[0].at.isoformat() == "2026-01-05T18:01:00+01:00"
    assert "Times that tell no zone are those of America/Denver." in check_rows(survey, 5).notes
    assert programme.read_export(path).time_zone == "America/Denver"
    assert programme.read_export(path, at_zone="UTC", time_zone="UTC")[0].at == survey[0].at.replace(
        hour=10, tzinfo=dt.UTC
    )
    told = write(tmp_path, text.replace("America/Denver", "Z"))
    assert programme.read_export(told).time_zone == "UTC"
    above, below = text.split('"{""ImportId"":""endDate""')
    short = write(tmp_path, above.rstrip(",") + below[below.index("\n") :])  # a row of one cell
    assert check_rows(programme.read_export(short, time_zone="UTC"), 5).scored == 2
    unknown = write(tmp_path, text.replace("America/Denver", "Mars/Base"))
    with pytest.raises(nc.InvalidInputError, match=r"zone of column 'EndDate' must be an IANA .* got 'Mars/Base'"):
        programme.read_export(unknown)


def test_times_may_be_written_in_another_zone_than_the_calendar_s() -> None:
    options: dict[str, Any] = {"score": "nps_score", "at": "survey_date"}
    path = DATA / "vibeharboe_nordic_nps.csv"
    survey = programme.read_export(path, **options, at_zone="UTC", time_zone="America/Denver")
    assert survey[0].at is not None
    assert f"{survey[0].at:%H:%M}" in {"17:00", "18:00"}
    naive = programme.read_export(MADE / "typeform.csv", at_zone="naive", time_zone="naive")
    assert f"{naive[0].at:%H:%M}" == "12:30"
    with pytest.raises(nc.InvalidInputError, match="at_zone must be an IANA name"):
        programme.read_export(path, **options, at_zone="Atlantis")
    with pytest.raises(nc.InvalidInputError, match="at_zone and at_format need a column of times: name it with at="):
        programme.read_export(path, score="nps_score", at_zone="UTC")


def test_rows_without_a_time_are_told_of(tmp_path: Path) -> None:
    path = write(tmp_path, "nps,at\n9,2026-01-05\n8,\n")
    reading = check_rows(programme.read_export(path, score="nps", at="at", time_zone="naive"), 2)
    assert reading.notes == ("Without a time: 1 of 2.",)


def test_segments_and_the_question_may_be_called_otherwise() -> None:
    survey = programme.read_export(
        QUALTRICS, segments={"area": "Region"}, question="Would you recommend us?", time_zone="naive"
    )
    other = programme.read_export(
        MADE / "wootric.csv", segments={"area": "plan"}, question="Would you recommend us?", time_zone="UTC"
    )
    assert survey.labels("area") == ("north", "south")
    assert check_rows(survey, 5).columns["segment 'area'"] == "Region"
    assert survey.question == other.question == "Would you recommend us?"
    assert (survey.tally("area") + other.tally("area")).n.sum() == survey.n + other.n


@pytest.mark.parametrize("status", ["Survey Preview Spam", "Imported Spam", "EX Spam", "Offline Survey Preview", "40"])
def test_every_kind_of_spam_and_preview_of_qualtrics_is_left_out(tmp_path: Path, status: str) -> None:
    path = write(tmp_path, QUALTRICS.read_text("utf-8").replace("IP Address", status))
    survey = programme.read_export(path, time_zone="naive")
    assert survey.scores.tolist() == [7]
    assert sum(check_rows(survey, 5).excluded.values()) == 4


def test_older_exports_of_qualtrics_may_have_three_rows_above(tmp_path: Path) -> None:
    names = "ResponseID,ResponseSet,StartDate,EndDate,Finished,Status,Q1"
    ids = ",".join(f"{{'ImportId': '{name}'}}" for name in names.split(","))
    labels = "ResponseID,ResponseSet,StartDate,EndDate,Finished,Status,Would you recommend us?"
    path = write(tmp_path, f"{names}\n{labels}\n{ids}\nR_1,Default,,2026-01-05 10:00:00,1,0,9\nR_2,Default,,,1,8,3\n")
    survey = programme.read_export(path, time_zone="naive")
    assert check_rows(survey, 2).excluded == {"spam": 1}
    assert survey.scores.tolist() == [9]


@pytest.mark.parametrize(
    ("vendor", "old", "new", "reason"),
    [
        ("delighted", "5001,nps,", "5001,csat,", "another survey"),
        ("hubspot", "Spring,NPS", "Spring,", "another survey"),
        ("simplesat", "recommend us?,nps", "recommend us?,star", "another question"),
        ("posthog", "e2,survey sent", "e2,survey begun", "not sent"),
        ("wootric", "Quick,false", "Quick,t", "excluded"),
        ("retently", "Quick,false", "Quick,Y", "bogus"),
    ],
)
def test_what_is_not_known_to_count_is_left_out(tmp_path: Path, vendor: str, old: str, new: str, reason: str) -> None:
    text = (MADE / f"{vendor}.csv").read_text("utf-8")
    assert old in text
    before = programme.read_export(MADE / f"{vendor}.csv", time_zone="UTC")
    after = programme.read_export(write(tmp_path, text.replace(old, new, 1)), time_zone="UTC")
    assert len(after) == len(before) - 1
    assert check_rows(after, check_rows(before, before.reading.rows).rows).excluded[reason] >= 1  # type: ignore[union-attr]


def test_rows_of_several_surveys_are_refused(tmp_path: Path) -> None:
    rows = (MADE / "posthog.csv").read_text("utf-8").splitlines()
    path = write(tmp_path, "\n".join([*rows, rows[2].replace(",s1,", ",s2,")]))
    with pytest.raises(nc.InvalidInputError, match=r"must be of one survey, got 2 in column 'properties.\$survey_id'"):
        programme.read_export(path, time_zone="UTC")


@pytest.mark.parametrize("first", ["Zeitstempel", "Horodateur", "Aikaleima"])
def test_forms_are_known_in_other_languages(tmp_path: Path, first: str) -> None:
    path = write(tmp_path, (MADE / "google-forms.csv").read_text("utf-8").replace("Timestamp", first, 1))
    survey = programme.read_export(path, time_zone="Europe/Helsinki")
    assert check_rows(survey, 3).columns["at"] == first


def test_a_plain_file_that_begins_with_a_timestamp_is_no_form(tmp_path: Path) -> None:
    path = write(tmp_path, "timestamp,nps\n2026-01-05 10:00,9\n")
    assert check_rows(programme.read_export(path, score="nps"), 1).vendor == "other"


def test_newer_exports_of_surveymonkey(tmp_path: Path) -> None:
    names = "respondent_id,collector_id,date_created,date_modified,ip_address,email_address,Would you recommend us?"
    path = write(tmp_path, f"{names}\n,,,,,,\n1,2,2026-01-05 10:00:00,2026-01-05 10:02:00,,,9 - Likely\n")
    survey = programme.read_export(path, time_zone="naive")
    assert check_rows(survey, 1).vendor == "SurveyMonkey"
    assert (survey[0].score, survey[0].respondent) == (9, "1")


def test_ids_are_those_that_are_there(tmp_path: Path) -> None:
    text = QUALTRICS.read_text("utf-8").replace(",c1,", ",,").replace(",c2,", ",,").replace(",c3,", ",,")
    survey = programme.read_export(write(tmp_path, text.replace("@example.com,", "@example.com ,")), time_zone="naive")
    assert check_rows(survey, 5).columns["respondent"] == "RecipientEmail"
    path = write(tmp_path, "nps,who\n9, ann \n3,ann\n7, \n")
    assert [r.respondent for r in programme.read_export(path, score="nps", respondent="who")] == ["ann", "ann", None]


def test_the_first_answer_is_no_row_of_labels_though_its_time_is_blank(tmp_path: Path) -> None:
    lines = SURVEYMONKEY.read_text("utf-8").splitlines()
    first = lines[2].replace("01/05/2026 10:02:00 AM", "")
    survey = programme.read_export(write(tmp_path, "\n".join([lines[0], first, *lines[3:]])), time_zone="naive")
    assert check_rows(survey, 3).scored == 2


def test_a_name_that_stands_twice_must_be_told_apart(tmp_path: Path) -> None:
    path = write(tmp_path, "nps,why,nps,nps (1),,column 5\n9,a,1,2,3,4\n")
    with pytest.raises(nc.UnknownNameError, match=r"of 'nps \(2\)', 'why', 'nps \(3\)', 'nps \(1\)', 'column 5 \(1\)"):
        programme.read_export(path, score="nps")
    assert programme.read_export(path, score="nps (1)").scores.tolist() == [2]
    assert programme.read_export(path, score="nps (3)").scores.tolist() == [1]
    many = write(tmp_path, ",".join(["x"] * 20_000) + "\n")
    with pytest.raises(nc.UnknownNameError, match=r"\.\.\. \(20,000 in all\)"):
        programme.read_export(many, score="x")


def test_the_column_of_scores_tells_the_delimiter(tmp_path: Path) -> None:
    path = write(tmp_path, "nps;Why, if at all, or not\n9;a, b, c\n")
    assert check_rows(programme.read_export(path, score="nps"), 1).delimiter == ";"


def test_a_question_that_few_answer_is_seen(tmp_path: Path) -> None:
    names = "Would you recommend our company?,Would you recommend our product?"
    path = write(tmp_path, f"{names}\n" + ",9\n" * 300 + "3,\n" * 5)
    with pytest.raises(nc.InvalidInputError, match="got 2 that seem to be"):
        programme.read_export(path, vendor="other")


@pytest.mark.parametrize("vendor", programme.vendors())
def test_every_layout_can_be_told_from_the_others(vendor: str) -> None:
    every = [layout for known in layouts.layouts().values() for layout in known]
    for own in layouts.layouts()[vendor]:
        head = [[], [], [], []]
        head[own.names_row] = [*own.first[:1], *own.marks]
        fitting = [layout for layout in every if layout.fits(head)]
        assert max(fitting, key=lambda layout: len(layout.marks)) == own


CELLS = st.sampled_from(["", "9", "10 - best", "8.0", "n/a", "11", "x", '"', "a\nb", "7;8", "ä", "=1+1"])


@given(
    rows=st.lists(st.tuples(CELLS, CELLS), max_size=8),
    delimiter=st.sampled_from(sheets.DELIMITERS),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_no_row_is_lost(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], delimiter: str, encoding: str
) -> None:
    file = io.StringIO()
    csv.writer(file, csv.unix_dialect, delimiter=delimiter).writerows([("nps", "why"), *rows])
    path = write(tmp_path_factory.mktemp("export"), file.getvalue().encode(encoding))
    survey = programme.read_export(path, score="nps", reason="why", invalid="exclude")
    assert check_rows(survey, len(rows)).excluded.get("blank", 0) == rows.count(("", ""))
    assert [r.reason or "" for r in survey] == [why for row in rows if row != ("", "") for why in row[1:]]
