"""Any object with a tally() is welcome, as long as the tally is what was asked for."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import nps_core as nc

ROWS = [("north", dt.date(2026, 1, 1), 10, 2), ("south", dt.date(2026, 2, 1), 3, 4)]
TALLY = nc.Tally.from_cells(ROWS, by="region", every="month")


class Giving:
    """A store whose tally() always gives the same thing, whatever is asked for."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def tally(self, by: Any = (), *, every: Any = None) -> Any:
        return self.answer


ANALYSES: list[Callable[[Any], Any]] = [
    nc.nps,
    lambda data: nc.compare(data, TALLY),
    lambda data: nc.by_segment(data, "product"),
    lambda data: nc.trend(data, every="year"),
]


@pytest.mark.parametrize("analysis", ANALYSES)
@pytest.mark.parametrize("answer", [TALLY, TALLY.tally("region"), TALLY.tally(every="month"), None, 5])
def test_a_store_that_gives_another_tally_than_asked_for_is_refused(analysis: Any, answer: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match=r"the tally\(\) of Giving must give a Tally by \["):
        analysis(Giving(answer))


@pytest.mark.parametrize("analysis", ANALYSES[1:])
@pytest.mark.parametrize("data", [nc.Survey, object(), 5])
def test_what_cannot_be_tallied_is_refused(analysis: Any, data: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match="must be"):
        analysis(data)


def test_a_frame_is_sent_to_the_door_for_frames() -> None:
    for analysis in ANALYSES:
        with pytest.raises(nc.InvalidInputError, match=r"Survey\.from_frame reads a frame, Tally"):
            analysis(pd.DataFrame({"nps": [9]}))


def test_scores_themselves_can_be_compared() -> None:
    assert nc.compare([3, 3], [10, 9, 9, 3]).value == 150.0
