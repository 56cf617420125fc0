"""Making a survey, and getting back what went in."""

import copy
import datetime as dt
import pickle
import zoneinfo
from typing import Any

import attrs
import naive
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError, InvalidScoreError, MissingScoreError, UnknownNameError
from nps_core.model.response import Response
from nps_core.model.scale import Scale
from nps_core.model.survey import Survey
from nps_core.testing import responses, surveys

ANSWERS: list[Any] = [0, 7, 10, 9.0, np.int8(3), None, float("nan"), "", pd.NA, pd.NaT]
DIRT: list[Any] = [11, -1, 7.5, "1o", "9", True, np.True_, float("inf"), naive.Decimal("0.1"), [9], b"9"]
any_answers = st.lists(st.sampled_from([*ANSWERS, *DIRT]))


@given(st.lists(responses()))
def test_responses_come_back_from_a_survey_equal(rows: list[Response]) -> None:
    survey = Survey.from_responses(rows, time_zone="America/New_York")
    assert list(survey) == rows
    assert [survey[i] for i in range(len(survey))] == rows
    assert [survey[i - len(rows)] for i in range(len(survey))] == rows


@given((surveys() | surveys(weighted=True) | surveys(time_zone="naive")).filter(len))
def test_a_survey_comes_back_from_its_responses_equal(survey: Survey) -> None:
    about = {name: getattr(survey, name) for name in ("scale", "name", "question", "kind", "time_zone")}
    again = Survey.from_responses(survey, **about)
    assert again == survey
    assert hash(again) == hash(survey)


@given(surveys() | surveys(weighted=True))
def test_pickles_and_copies_are_equal_hash_alike_and_are_closed(survey: Survey) -> None:
    copies = [pickle.loads(pickle.dumps(survey, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for other in [*copies, copy.copy(survey), copy.deepcopy(survey)]:
        assert other == survey
        assert hash(other) == hash(survey)
        for array in (other._cells, other.at, other.weights):
            if array is not None:
                with pytest.raises(ValueError, match="cannot set WRITEABLE flag to True"):
                    array.setflags(write=True)


@given(any_answers, st.sampled_from([Scale.STANDARD, Scale.FIVE_POINT]))
def test_rows_in_are_scores_missing_and_invalid_out(answers: list[Any], scale: Scale) -> None:
    survey = Survey.from_scores(answers, scale=scale, invalid="exclude")
    outcomes = [naive.outcome(answer, scale) for answer in answers]
    assert survey.missing == outcomes.count(naive.MISSING)
    assert survey.invalid == outcomes.count(naive.INVALID)
    assert survey.n + survey.missing + survey.invalid == len(survey) == len(answers)
    expected = [np.nan if isinstance(outcome, str) else outcome for outcome in outcomes]
    assert np.array_equal(survey.scores, np.array(expected, float), equal_nan=True)
    tally = survey.tally()
    assert [tally.n.sum(), tally.missing.sum(), tally.invalid.sum()] == [survey.n, survey.missing, survey.invalid]


@given(st.lists(st.none() | st.integers(0, 10), min_size=1), st.data())
def test_columns_of_every_kind_make_the_same_survey(scores: list[int | None], data: st.DataObject) -> None:
    n = len(scores)
    region = data.draw(st.lists(st.none() | st.sampled_from(["north", "south"]), min_size=n, max_size=n))
    ids = data.draw(st.lists(st.none() | st.integers(1, 3), min_size=n, max_size=n))
    reasons = data.draw(st.lists(st.none() | st.just("fast"), min_size=n, max_size=n))
    moments = st.none() | st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2040, 1, 1))
    at = data.draw(st.lists(moments, min_size=n, max_size=n))
    weights = data.draw(st.lists(st.floats(0.01, 9), min_size=n, max_size=n))

    def survey(whole: Any, text: Any, time: Any, fraction: Any) -> Survey:
        return Survey.from_scores(
            whole(scores),
            at=time(at),
            time_zone="Europe/Helsinki",
            segments={"region": text(region)},
            respondents=whole(ids),
            reasons=text(reasons),
            weights=fraction(weights),
        )

    def chunked(type_: Any) -> Any:
        return lambda values: pa.chunked_array([values[:1], [], values[1:]], type_)

    expected = survey(list, list, list, list)
    assert expected == survey(
        lambda v: np.array(v, object),
        lambda v: np.array(v, object),
        lambda v: np.array(v, "datetime64[us]"),
        np.array,
    )
    assert expected == survey(
        lambda v: pd.Series(v, dtype="Int64"), lambda v: pd.Series(v, dtype="str"), pd.Series, pd.Series
    )
    assert expected == survey(
        lambda v: pl.Series(v, dtype=pl.Int64),
        lambda v: pl.Series(v, dtype=pl.Categorical),
        lambda v: pl.Series(v, dtype=pl.Datetime("us")),
        pl.Series,
    )
    assert expected == survey(
        chunked(pa.int16()), chunked(pa.string()), chunked(pa.timestamp("us")), chunked(pa.float64())
    )


ADVICE = "invalid='exclude', of Survey.from_scores and of tallies, leaves them out and keeps their number"
TEXT_ADVICE = "text is not read as numbers, so turn it into numbers first"


@pytest.mark.parametrize("dirt", DIRT, ids=repr)
def test_an_invalid_answer_is_refused_with_value_index_and_total(dirt: Any) -> None:
    with pytest.raises(InvalidScoreError) as caught:
        Survey.from_scores([10, None, dirt, 3])
    assert str(caught.value) == (
        f"scores must be whole numbers between 0 and 10, got {dirt.item() if dirt is np.True_ else dirt!r} (index 2): "
        "1 of 4 in all; "
    ) + (TEXT_ADVICE if isinstance(dirt, str) else ADVICE)
    assert caught.value.total == 1
    assert caught.value.examples[0][0] == 2


def test_of_many_invalid_answers_the_first_five_are_shown_and_all_are_counted() -> None:
    scores = np.array([9, *range(11, 31)])
    with pytest.raises(
        InvalidScoreError, match=r"got 11 \(index 1\), 12 \(index 2\), .*, 15 \(index 5\), ...: 20 of 21"
    ):
        Survey.from_scores(scores)
    with pytest.raises(InvalidScoreError) as caught:
        Survey.from_scores(scores)
    assert (caught.value.total, len(caught.value.examples)) == (20, 5)
    assert all(type(value) is int for _, value in caught.value.examples)


@pytest.mark.parametrize("nothing", [None, float("nan"), "", pd.NA], ids=repr)
def test_a_missing_answer_is_refused_where_none_is_allowed(nothing: Any) -> None:
    with pytest.raises(MissingScoreError) as caught:
        Survey.from_scores([9, nothing, 3, nothing], missing="raise")
    assert str(caught.value) == (
        "scores must not be missing, got none at index 1: 2 of 4 in all; pass missing='allow' to count and report them"
    )
    with pytest.raises(MissingScoreError, match="got none at index 1: 1 of 2"):
        Survey.from_responses([Response(9), Response(None)], missing="raise")


def test_an_invalid_response_is_not_a_missing_one() -> None:
    rows = [Response(9), Response(None, invalid=True)]
    assert Survey.from_responses(rows, missing="raise").invalid == 1


def test_the_scale_of_the_survey_decides_which_responses_are_valid() -> None:
    rows = [Response(0), Response(5)]
    with pytest.raises(InvalidScoreError, match=r"between 1 and 5, got 0 \(index 0\): 1 of 2 in all"):
        Survey.from_responses(rows, scale=Scale.FIVE_POINT)
    assert Survey.from_responses(rows, scale=Scale.FIVE_POINT, invalid="exclude").invalid == 1


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ({"at": [dt.date(2026, 1, 1)], "time_zone": "UTC"}, r"at must be as long as the scores \(2\), got 1"),
        ({"segments": {"region": ["n"]}}, r"segment 'region' must be as long as the scores \(2\), got 1"),
        ({"respondents": ["a"]}, r"respondents must be as long as the scores \(2\), got 1"),
        ({"reasons": ["a"] * 3}, r"reasons must be as long as the scores \(2\), got 3"),
        ({"suggestions": []}, r"suggestions must be as long as the scores \(2\), got 0"),
        ({"weights": [1]}, r"weights must be as long as the scores \(2\), got 1"),
        ({"weights": [1, -1]}, r"weights must be numbers from 1e-100 to 1e100, or 0, got -1 \(index 1; 1 in all\)"),
        (
            {"weights": [float("nan"), 1]},
            r"or 0, got nan \(index 0; 1 in all\)",
        ),
        ({"segments": {"region": ["n", 1.5]}}, r"segment 'region' must be text.* got 1.5 \(index 1\)"),
        ({"segments": {"region": "north"}}, "segment 'region' must be a sequence or an array, got str"),
        ({"respondents": ["a", 1.5]}, r"a respondent must be .* got float \(index 1 of respondents\)"),
        ({"reasons": [None, 3]}, r"a reason or suggestion must be text or None, got int \(index 1 of reasons\)"),
        ({"at": [dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)]}, "must all carry a zone or none"),
        ({"at": [dt.datetime(2026, 1, 1)] * 2}, "times without a zone need one: pass time_zone="),
        ({"kind": "annual"}, "kind must be one of 'relationship', 'transactional', got 'annual'"),
        ({"missing": "drop"}, "missing must be one of 'allow', 'raise', got 'drop'"),
        ({"invalid": "drop"}, "invalid must be one of 'raise', 'exclude', got 'drop'"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(column: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        Survey.from_scores([9, 3], **column)


def test_kinds_of_responses_are_responses() -> None:
    class Answer(Response):
        """One's own kind."""

    assert Survey.from_responses([Answer(9), Response(3)]) == Survey.from_scores([9, 3])


def test_only_responses_make_a_survey_of_responses() -> None:
    with pytest.raises(InvalidInputError, match=r"responses must be Response objects, got int \(index 1\)"):
        Survey.from_responses([Response(9), 3])  # type: ignore[list-item]


@pytest.mark.parametrize("given", [None, Response(9)])
def test_responses_are_several(given: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"responses must be Response objects, got (NoneType|Response)$"):
        Survey.from_responses(given)


def test_either_every_response_has_a_weight_or_none() -> None:
    with pytest.raises(InvalidInputError, match="every response must have a weight or none, got 1 of 2 without"):
        Survey.from_responses([Response(9, weight=1), Response(3)])


def test_columns_of_which_nothing_is_known_are_none() -> None:
    survey = Survey.from_scores(
        [9, 3], at=[None, None], respondents=[None, ""], reasons=["", None], suggestions=[None] * 2
    )
    assert survey == Survey.from_scores([9, 3])
    assert (survey.at, survey.time_zone) == (None, None)


@pytest.mark.parametrize("scores", [[], [9, 3]])
def test_a_day_without_times_has_the_calendar_that_was_named(scores: list[int]) -> None:
    quiet = Survey.from_scores(scores, at=[None] * len(scores), time_zone="Europe/Helsinki")
    assert quiet.time_zone == "Europe/Helsinki"
    assert quiet == Survey.from_responses([*quiet], time_zone="Europe/Helsinki")
    busy = Survey.from_scores([9], at=[dt.date(2026, 1, 1)], time_zone="Europe/Helsinki")
    both = quiet.tally(every="day") + busy.tally(every="day")
    assert both == (quiet + busy).tally(every="day")
    assert (busy + quiet).where(since=dt.date(2027, 1, 1)).tally(every="day").n.sum() == 0
    assert (quiet + busy)[: len(scores)] == quiet


def test_an_empty_survey_is_a_survey_however_it_is_made() -> None:
    empty = Survey.from_scores([])
    assert empty == Survey.from_responses([]) == Survey.from_scores(np.array([])) == Survey.from_scores([9])[:0]
    assert (len(empty), empty.n, list(empty), len(empty.tally())) == (0, 0, [], 0)


@given(surveys(max_size=6), st.data())
def test_surveys_differ_if_one_thing_does(survey: Survey, data: st.DataObject) -> None:
    about = data.draw(st.sampled_from([{"name": "other"}, {"question": "other"}, {"scale": Scale(0, 3, 1, 3)}]))
    assert attrs.evolve(survey, **about) != survey
    assert survey + Survey.from_responses([Response(None)], scale=survey.scale) != survey
    reasons = ["a reason of more than twelve characters"] * len(survey)
    if reasons:
        assert attrs.evolve(survey, reasons=tuple(reasons)) != survey


def test_the_repr_shows_no_answer_no_respondent_and_no_text() -> None:
    survey = Survey.from_scores(
        [9, None, 11],
        respondents=["ann.smith@example.org"] * 3,
        reasons=["my private reason"] * 3,
        segments={"region": ["north"] * 3},
        name="spring",
        invalid="exclude",
    )
    assert repr(survey) == "<Survey 'spring', n=1, missing=1, invalid=1, scale=0-10, segments=['region']>"
    assert repr(Survey.from_scores([])) == "<Survey n=0, missing=0, invalid=0, scale=0-10, segments=[]>"


def test_a_survey_cannot_be_changed() -> None:
    survey = Survey.from_scores([9, 3], segments={"region": ["n", "s"]}, weights=[1, 2])
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        survey.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError, match="does not support item assignment"):
        survey._segments["region"] = None  # type: ignore[index]
    assert not hasattr(survey, "__dict__")
    assert survey.weights is not None
    assert survey.weights.tolist() == [1.0, 2.0]


def test_times_are_kept_in_utc_and_given_back_in_the_calendar_of_the_survey() -> None:
    at = dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)
    survey = Survey.from_scores([9], at=[at], time_zone="Europe/Helsinki")
    assert survey.at is not None
    assert survey.at.tolist() == [at.replace(tzinfo=None)]
    assert survey[0].at == at
    assert str(survey[0].at) == "2026-01-01 01:30:00+02:00"
    assert survey[0].at.tzinfo is zoneinfo.ZoneInfo("Europe/Helsinki")
    months = {
        zone: attrs.evolve(survey, time_zone=zone).tally(every="month").starts for zone in ("UTC", survey.time_zone)
    }
    assert {zone: start.tolist() for zone, start in months.items()} == {
        "UTC": [dt.date(2025, 12, 1)],
        "Europe/Helsinki": [dt.date(2026, 1, 1)],
    }


def test_labels_are_sorted_and_their_segments_known_by_name() -> None:
    survey = Survey.from_scores([9, 8, 7], segments={"region": ["south", None, "north"], "store": [3, 1, 2]})
    assert survey.segments == ("region", "store")
    assert survey.labels("region") == ("north", "south")
    assert survey.labels("store") == ("1", "2", "3")
    for ask in (survey.labels, survey.tally, lambda name: survey.where(segments={name: "north"})):
        with pytest.raises(UnknownNameError, match=r"one of 'region', 'store', got 'regoin'. Did you mean 'region'\?"):
            ask("regoin")


def test_a_survey_without_times_has_no_periods() -> None:
    with pytest.raises(InvalidInputError, match="the survey has no known time: pass at= when making it"):
        Survey.from_scores([9]).tally(every="month")
    with pytest.raises(InvalidInputError, match="every must be one of 'day', "):
        Survey.from_scores([9]).tally(every="decade")  # type: ignore[arg-type]


def test_an_index_beyond_the_end_is_refused() -> None:
    with pytest.raises(IndexError):
        Survey.from_scores([9])[1]
