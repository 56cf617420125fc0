"""The employee score: the score itself, and nobody given away."""

from typing import Any

import pytest

import nps_core as nc
from nps_core.programme import enps, enps_by_segment

TEAMS = [("a", 9, 30), ("a", 5, 10), ("b", 8, 12), ("b", 10, 12), ("c", 2, 3), ("d", 10, 40)]


def test_it_is_the_score() -> None:
    tally = nc.Tally.from_cells(TEAMS, by="team")
    assert enps(tally) == nc.nps(tally)
    assert enps(tally, confidence_level=0.8) == nc.nps(tally, confidence_level=0.8)


def test_small_teams_are_suppressed_with_another_that_would_tell_them() -> None:
    tally = nc.Tally.from_cells(TEAMS, by="team")
    table = enps_by_segment(tally, "team")
    assert table == nc.by_segment(tally, "team", min_n=10)
    assert sum(segment.suppressed for segment in table.segments) >= 2
    assert table["c"].suppressed
    assert not any(segment.suppressed for segment in enps_by_segment(tally, "team", min_n=3).segments)


def test_too_few_in_all_are_not_told_and_neither_is_how_many() -> None:
    few = nc.Survey.from_scores([10, 3, 8], segments={"team": ["a", "b", "a"]})
    for ask in (lambda: enps(few), lambda: enps_by_segment(few, "team")):
        with pytest.raises(nc.NoAnswersError, match="at least 10 answers") as caught:
            ask()
        assert "3" not in str(caught.value)


@pytest.mark.parametrize("min_n", [None, 1, 0, 2.5, True])
def test_nobody_can_ask_for_single_answers(min_n: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match="min_n must be a whole number, 2 or more, for employees"):
        enps(nc.Tally.from_cells(TEAMS, by="team"), min_n=min_n)


def test_weights_cannot_lift_a_single_answer() -> None:
    with pytest.raises(nc.IncompatibleError, match="without weights"):
        enps(nc.Survey.from_scores([10] + [0] * 9, weights=[1] + [0] * 9))


def test_what_cannot_be_tallied_is_refused() -> None:
    with pytest.raises(nc.InvalidInputError, match="data must be a Survey, a Tally or an object with their"):
        enps([9, 3])  # type: ignore[arg-type]
