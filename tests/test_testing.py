"""The shipped strategies draw what they promise."""

import datetime as dt
import re
import subprocess
import sys
import zoneinfo
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from nps_core import testing
from nps_core.errors import InvalidInputError
from nps_core.model.response import Response
from nps_core.model.scale import PRESETS, Scale
from nps_core.model.survey import Survey
from nps_core.model.tally import Tally

SHRINK = settings(max_examples=3_000, suppress_health_check=list(HealthCheck), deadline=None)
SEARCH = settings(max_examples=3_000, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
NAMES = {each.__name__: each for each in (Response, Scale, Survey, Tally)}


@pytest.mark.parametrize("scale", PRESETS.values(), ids=str)
def test_every_preset_can_be_drawn(scale: Scale) -> None:
    assert find(testing.scales(), lambda drawn: drawn == scale, settings=SEARCH) == scale


@given(testing.scales().flatmap(lambda scale: st.tuples(st.just(scale), testing.scores(scale))))
def test_scores_are_on_their_scale(drawn: tuple[Scale, int]) -> None:
    scale, score = drawn
    assert score in scale.scores


@given(testing.responses(scale=Scale.FIVE_POINT, segments=["store"], time_zone=None, weighted=True))
def test_responses_are_as_asked_for(response: Response) -> None:
    assert response.score is None or response.score in Scale.FIVE_POINT.scores
    assert set(response.segments) <= {"store"}
    assert response.at is None or response.at.tzinfo is None
    assert response.weight is not None


@given(testing.surveys(scale=Scale.EUROPEAN, segments=["store"], time_zone="naive", max_size=3))
def test_surveys_are_as_asked_for(survey: Survey) -> None:
    assert survey.scale == Scale.EUROPEAN
    assert survey.segments == ("store",)
    assert survey.tally("store").n.sum() == survey.n
    assert survey.time_zone in {None, "naive"}
    assert survey.weights is None
    assert len(survey) <= 3


@given(testing.surveys(timed=True, segments="store", max_size=3))
def test_surveys_have_a_calendar_if_asked_for(survey: Survey) -> None:
    assert survey.segments == ("store",)
    assert survey.time_zone == "Europe/Helsinki"
    assert survey.at is not None
    assert not np.isnat(survey.at).any()
    assert survey.tally("store", every="day").n.sum() == survey.n


@given(testing.tallies(by="store", max_cells=2))
def test_one_name_is_a_name(tally: Tally) -> None:
    assert tally.by == ("store",)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: testing.scores("0-10"), "scale must be a Scale"),
        (lambda: testing.responses(time_zone="Atlantis"), "time_zone must be an IANA name"),
        (lambda: testing.surveys(time_zone="Atlantis"), "time_zone must be an IANA name"),
        (lambda: testing.surveys(scale=5), "scale must be a Scale"),
        (lambda: testing.surveys(segments=5), "segments must be a name or several"),
        (lambda: testing.surveys(timed="yes"), "timed must be True or False"),
        (lambda: testing.surveys(weighted=1), "weighted must be True or False"),
        (lambda: testing.tallies(scale="0-10"), "scale must be a Scale"),
        (lambda: testing.tallies(every="hour"), "every must be one of"),
        (lambda: testing.tallies(by=5), "by must be a name or several"),
    ],
)
def test_options_are_looked_at_when_they_are_given(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        make()


@pytest.mark.parametrize("kind", [Scale, Response, Survey, Tally])
def test_hypothesis_knows_our_types_without_being_told(kind: type) -> None:
    code = (
        "import nps_core, hypothesis.strategies as st, hypothesis\n"
        f"found = hypothesis.find(st.lists(st.from_type(nps_core.{kind.__name__})), lambda each: len(each) == 2)\n"
        "print(*[type(each).__name__ for each in found])"
    )
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout.split() == [kind.__name__] * 2, run.stderr


def test_who_imports_hypothesis_need_not_import_this_library() -> None:
    code = (
        "import hypothesis.strategies as st, sys\n"
        "assert not {'numpy', 'attrs', 'nps_core.model'} & {*sys.modules}\n"
        "import hypothesis, nps_core\n"
        "from hypothesis import given, strategies\n"
        "print(hypothesis.find(strategies.from_type(nps_core.Tally), lambda tally: len(tally) == 0))"
    )
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


@given(st.from_type(Survey))
def test_a_survey_of_any_kind_can_be_drawn_by_its_type(survey: Survey) -> None:
    assert survey.n + survey.missing + survey.invalid == len(survey)


@pytest.mark.parametrize(
    "what",
    [
        lambda survey: survey.promoters.n,
        lambda survey: survey.missing,
        lambda survey: survey.invalid,
        lambda survey: survey.n > 1,
        lambda survey: len(survey.segments) == 2,
    ],
)
def test_what_breaks_is_shown_small(what: object) -> None:
    found = find(testing.surveys(), what, settings=SHRINK)  # type: ignore[arg-type]
    assert (found.scale, found.name, found.kind) == (Scale.STANDARD, None, None)
    assert len(found) <= 3
    assert len(repr([*found])) < 200


@pytest.mark.parametrize(
    ("strategy", "what"),
    [
        (testing.responses(), lambda drawn: drawn.reason and drawn.respondent),
        (testing.responses(weighted=True), lambda drawn: drawn.at and drawn.invalid),
        (testing.surveys(), lambda drawn: drawn.n > 1),
        (testing.surveys(segments=["store"], weighted=True), lambda drawn: drawn.invalid and drawn.labels("store")),
        (testing.surveys(time_zone="naive"), lambda drawn: drawn.time_zone and drawn.missing),
        (testing.surveys(), lambda drawn: drawn.scale != Scale.STANDARD and drawn.kind and drawn.name),
        (testing.tallies(), lambda drawn: drawn.n.sum() > 2),
        (testing.tallies(by=["a", "b"], every="week"), lambda drawn: drawn.invalid.sum() and len(drawn) > 1),
    ],
)
def test_what_fails_is_shown_as_a_short_call_that_makes_it_again(
    strategy: st.SearchStrategy[Any], what: Callable[[Any], object]
) -> None:
    @SHRINK
    @given(strategy)
    def fails(drawn: Any) -> None:
        assert not what(drawn)

    with pytest.raises(AssertionError) as caught:
        fails()
    found = re.search(r"drawn=(.*),\n\)", "\n".join(caught.value.__notes__), re.DOTALL)
    assert found is not None
    assert len(re.sub(r"#.*\n|\s", "", found[1])) < 400
    assert what(eval(found[1], {**NAMES, "datetime": dt, "zoneinfo": zoneinfo}))


@given(testing.tallies(scale=Scale.EUROPEAN, by=["store"], every="week", max_cells=3))
def test_tallies_are_as_asked_for(tally: Tally) -> None:
    assert (tally.scale, tally.by, tally.every) == (Scale.EUROPEAN, ("store",), "week")
    assert len(tally) <= 3


@pytest.mark.parametrize(
    "rare",
    [
        lambda survey: len(survey) == 0,
        lambda survey: len(survey) == 0 and len(survey.segments) == 2,
        lambda survey: len(survey) and not survey.segments,
        lambda survey: survey.missing and survey.invalid and survey.n,
        lambda survey: survey.time_zone is None and len(survey),
        lambda survey: len({r.respondent for r in survey}) < len(survey) - 1,
    ],
    ids=[
        "empty",
        "empty with segments",
        "without segments",
        "scores, missing and invalid",
        "no time known",
        "a respondent who answers twice",
    ],
)
def test_surveys_are_as_untidy_as_life(rare: object) -> None:
    assert isinstance(find(testing.surveys(), rare, settings=SEARCH), Survey)  # type: ignore[arg-type]
