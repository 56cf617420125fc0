"""Parts of surveys and sums of them, against lists of responses."""

import datetime as dt
import zoneinfo
from typing import Any

import attrs
import naive
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nps_core.errors import IncompatibleError, InvalidInputError
from nps_core.model.response import Response
from nps_core.model.scale import Category, Scale
from nps_core.model.survey import Survey
from nps_core.testing import responses, surveys

HELSINKI = zoneinfo.ZoneInfo("Europe/Helsinki")
AT = dt.datetime(2026, 1, 1, tzinfo=HELSINKI)
FRAME = Response(None, at=AT, respondent="someone else", segments={"region": None, "product": None})
a_survey = st.lists(responses(), max_size=8).map(lambda rows: Survey.from_responses([*rows, FRAME]))
moments = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2039, 12, 31), timezones=st.just(HELSINKI))


def category_of(survey: Survey, response: Response) -> Category | None:
    return None if response.score is None else survey.scale.classify(response.score)


@given(surveys(), st.data())
def test_a_slice_of_a_survey_is_the_slice_of_its_responses(survey: Survey, data: st.DataObject) -> None:
    cut = data.draw(st.slices(len(survey)))
    assert list(survey[cut]) == list(survey)[cut]


@given(surveys(weighted=True), st.data())
def test_a_mask_keeps_the_responses_it_marks(survey: Survey, data: st.DataObject) -> None:
    mask = data.draw(st.lists(st.booleans(), min_size=len(survey), max_size=len(survey)))
    kept = [response for response, keep in zip(survey, mask, strict=True) if keep]
    for given_mask in (mask, tuple(mask), np.array(mask, np.bool_), pd.Series(mask, dtype="boolean")):
        assert list(survey.where(given_mask)) == kept


@given(a_survey, st.sampled_from([None, "north", "", "nowhere", ["north", None], {"south"}, []]))
def test_where_keeps_the_responses_with_a_wanted_label(survey: Survey, wanted: Any) -> None:
    several = wanted if isinstance(wanted, (list, set)) else [wanted]
    kept = survey.where(segments={"region": wanted})
    assert list(kept) == [r for r in survey if r.segments["region"] in several]


@given(surveys(), st.lists(st.sampled_from(Category)))
def test_where_keeps_the_responses_of_a_category(survey: Survey, wanted: list[Category]) -> None:
    assert list(survey.where(category=wanted)) == [r for r in survey if category_of(survey, r) in wanted]
    assert list(survey.where(category=[str(category) for category in wanted])) == list(survey.where(category=wanted))


@given(surveys())
def test_promoters_passives_and_detractors_are_all_who_gave_a_score(survey: Survey) -> None:
    parts = (survey.promoters, survey.passives, survey.detractors)
    assert sum(map(len, parts)) == survey.n
    for part, category in zip(parts, ("promoter", "passive", "detractor"), strict=True):
        assert list(part) == [r for r in survey if category_of(survey, r) == category]
        assert part == survey.where(category=category)


@given(a_survey, moments, moments)
def test_where_keeps_the_responses_from_one_moment_until_before_another(
    survey: Survey, since: dt.datetime, until: dt.datetime
) -> None:
    utc_since, utc_until = since.astimezone(dt.UTC), until.astimezone(dt.UTC)
    expected = [r for r in survey if r.at is not None and utc_since <= r.at.astimezone(dt.UTC) < utc_until]
    assert list(survey.where(since=since, until=until)) == expected


@given(a_survey, moments.map(dt.datetime.date))
def test_a_date_begins_with_its_day_in_the_calendar_of_the_survey(survey: Survey, day: dt.date) -> None:
    assert list(survey.where(since=day)) == [r for r in survey if r.at is not None and r.at.date() >= day]
    assert list(survey.where(until=day)) == [r for r in survey if r.at is not None and r.at.date() < day]


@given(a_survey, moments)
def test_everything_asked_for_must_hold_at_once(survey: Survey, since: dt.datetime) -> None:
    mask = [i % 2 == 0 for i in range(len(survey))]
    at_once = survey.where(mask, segments={"region": "north"}, category="promoter", since=since)
    one_by_one = survey.where(mask)
    for condition in ({"segments": {"region": "north"}}, {"category": "promoter"}):
        one_by_one = one_by_one.where(**condition)
    assert list(at_once) == [r for r in one_by_one if r.at is not None and r in survey.where(since=since)]


def test_naive_surveys_take_naive_times_and_others_aware_ones() -> None:
    naive_survey = Survey.from_scores([9, 3], at=[dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 2)], time_zone="naive")
    assert naive_survey.where(since=dt.datetime(2026, 1, 1, 12)).scores.tolist() == [3]
    with pytest.raises(InvalidInputError, match="times must carry no zone with time_zone='naive'"):
        naive_survey.where(since=AT)
    aware_survey = Survey.from_scores([9], at=[AT])
    for name in ("since", "until"):
        with pytest.raises(InvalidInputError, match=f"{name} must carry a time zone, as the survey's times do, got "):
            aware_survey.where(**{name: dt.datetime(2026, 1, 1)})


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"mask": [True]}, r"mask must be as long as the scores \(2\), got 1"),
        ({"mask": []}, r"mask must be as long as the scores \(2\), got 0"),
        ({"mask": [1, 0]}, "mask must hold booleans, got int64"),
        ({"mask": [True, None]}, "mask must hold booleans, got object"),
        ({"mask": True}, "mask must be a sequence or an array, got bool"),
        ({"category": "fan"}, "category must be one of 'detractor', 'passive', 'promoter', got 'fan'"),
        ({"category": ["promoter", None]}, "category must be one of 'detractor', 'passive', 'promoter', got None"),
        ({"since": dt.date(2026, 1, 1)}, "the survey has no known time: pass at= when making it"),
    ],
)
def test_conditions_that_make_no_sense_are_refused(conditions: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        Survey.from_scores([9, 3]).where(**conditions)


@given(a_survey)
def test_latest_keeps_one_response_per_respondent(survey: Survey) -> None:
    assert list(survey.latest()) == naive.latest(list(survey))
    assert survey.latest().latest() == survey.latest()


@given(a_survey)
def test_first_keeps_one_response_per_respondent(survey: Survey) -> None:
    assert list(survey.first()) == naive.first(list(survey))
    assert survey.first().first() == survey.first()


def test_latest_needs_times_and_respondents() -> None:
    with pytest.raises(InvalidInputError, match="the survey has no known time: pass at= when making it"):
        Survey.from_scores([9], respondents=["a"]).latest()
    with pytest.raises(InvalidInputError, match="needs respondents: pass respondents= when making the survey"):
        Survey.from_scores([9], at=[AT]).latest()
    with pytest.raises(InvalidInputError, match=r"^first\(\) needs respondents"):
        Survey.from_scores([9], at=[AT]).first()


standard = surveys(scale=Scale.STANDARD)
small = surveys(scale=Scale.STANDARD, max_size=5).map(lambda survey: attrs.evolve(survey, name=None, kind=None))
other_segments = surveys(scale=Scale.STANDARD, segments=("product", "channel"))


@given(standard, standard | other_segments)
def test_adding_surveys_is_adding_their_responses(one: Survey, other: Survey) -> None:
    assume(one.kind is None or other.kind is None or one.kind == other.kind)
    both = one + other
    assert list(both) == list(one) + list(other)
    assert both.segments == tuple(dict.fromkeys([*one.segments, *other.segments]))
    assert both.kind == (one.kind or other.kind)
    assert both.name == (one.name if one.name == other.name else None)


@given(small, small, small)
def test_adding_surveys_is_associative(a: Survey, b: Survey, c: Survey) -> None:
    assert (a + b) + c == a + (b + c)


@given(surveys(weighted=True, scale=Scale.STANDARD), st.integers(0, 10))
def test_adding_weighted_surveys_keeps_the_weights(survey: Survey, cut: int) -> None:
    assert [r.weight for r in survey[cut:] + survey[:cut]] == [r.weight for r in [*survey[cut:], *survey[:cut]]]


@given(surveys(), st.integers(0, 10))
def test_a_survey_is_the_sum_of_its_parts(survey: Survey, cut: int) -> None:
    assert survey[:cut] + survey[cut:] == survey


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        (
            {"scale": Scale.STANDARD},
            {"scale": Scale.ONE_TO_TEN},
            "surveys must have the same scale to be added, got 0-10 ",
        ),
        ({"question": "a?"}, {"question": "b?"}, "the same question to be added, got 'a\\?' and 'b\\?'"),
        ({"kind": "relationship"}, {"kind": "transactional"}, "the same kind to be added, got 'relationship' and 't"),
        ({"weights": [1]}, {}, "either both surveys must have weights to be added or none"),
        (
            {"at": [AT]},
            {"at": [AT], "time_zone": "UTC"},
            "the same time zone to be added, got 'Europe/Helsinki' and 'UTC'",
        ),
    ],
)
def test_surveys_that_do_not_go_together_are_refused_with_the_reason(one: Any, other: Any, message: str) -> None:
    with pytest.raises(IncompatibleError, match=message):
        Survey.from_scores([9], **one) + Survey.from_scores([9], **other)


def test_what_only_one_of_two_surveys_says_is_kept() -> None:
    plain, rich = Survey.from_scores([3]), Survey.from_scores([9], at=[AT], question="why?", kind="relationship")
    for both in (plain + rich, rich + plain):
        assert (both.question, both.kind, both.time_zone) == ("why?", "relationship", "Europe/Helsinki")


def test_only_surveys_are_added_to_surveys() -> None:
    with pytest.raises(TypeError, match="unsupported operand"):
        Survey.from_scores([9]) + 9  # type: ignore[operator]


@given(surveys(), st.integers(0, 10))
def test_surveys_can_be_summed(survey: Survey, cut: int) -> None:
    assert sum([survey[:cut], survey[cut:]]) == survey
    with pytest.raises(TypeError):
        sum([survey], start=1)  # type: ignore[list-item]


def test_a_mask_that_does_not_know_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="mask must hold booleans, got masked values among them"):
        Survey.from_scores([9]).where(np.ma.array([True], mask=[True]))


def test_labels_may_be_asked_for_as_they_were_given() -> None:
    survey = Survey.from_scores([9, 3], segments={"age": [30, 40], "vip": [True, False]})
    assert survey.where(segments={"age": 30}) == survey.where(segments={"vip": [True]}) == survey[:1]


def test_an_empty_part_still_knows_its_columns() -> None:
    survey = Survey.from_scores([9], at=[dt.date(2026, 1, 1)], time_zone="naive", respondents=["a"], reasons=["fast"])
    assert survey[:0].latest() == survey[:0]
    assert len(survey[:0].tally(every="month")) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.where(segments=["region"]), "segments must be a mapping"),
        (lambda s: s.where(category=5), "category must be one of"),
        (lambda s: s.where(since="2026-01-01"), "since must be a datetime or a date, got '2026-01-01'"),
        (lambda s: Survey.from_scores([9], scale="1-5"), "scale must be a Scale"),
        (lambda s: Survey.from_scores([9], segments=[["north"]]), "segments must be a mapping of names to columns"),
        (lambda s: Survey.from_scores([9], segments={1: ["north"]}), "the name of a segment must be text, got 1"),
        (lambda s: Survey.from_scores([9], name=["spring"]), "name must be text or None"),
        (lambda s: Survey.from_scores([9], time_zone=5), "time_zone must be an IANA name"),
        (lambda s: s.tally(5), "by must be a name or several different names, got 5"),
        (lambda s: s.tally([["region"]]), "by must be a name"),
    ],
)
def test_an_option_that_is_none_is_refused_in_words(call: Any, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        call(Survey.from_scores([9], at=[dt.date(2026, 1, 1)], time_zone="naive"))
