"""Partial tallies, whoever counted them and in whichever order they are added, are the tally of all answers."""

import datetime as dt
import json
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from engines import FRAMES, SCORES, Row, rows_of, table_of
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting.calendar import FINER
from nps_core.model.response import Response
from nps_core.model.survey import Survey
from nps_core.model.tally import Tally
from nps_core.testing import responses

BY = ("region", "product")
WORKERS = 4
COUNTED: dict[str, dict[str, Any]] = {
    "plain": {"by": BY},
    "without groups": {"by": ()},
    **{f"by {every}": {"by": "region", "every": every} for every in FINER},
}

randoms = st.randoms(use_true_random=False)


def deal(rows: list[Response], random: Random) -> tuple[Survey, list[Survey]]:
    """All answers, and the same dealt to workers, some of whom may get none."""
    workers = [random.randrange(WORKERS) for _ in rows]
    busy = sorted({*workers})
    at, weight = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None if all(row.weight is None for row in rows) else 0
    dated = [Response(None, at=at, segments=dict.fromkeys(BY), weight=weight) for _ in busy]  # or there are no times
    survey = Survey.from_responses([*rows, *dated], time_zone="Europe/Helsinki")
    return survey, [survey.where([worker == each for worker in [*workers, *busy]]) for each in range(WORKERS)]


def merge(parts: list[Tally], random: Random) -> Tally:
    """Any two are added until one is left: in any order and any grouping."""
    while len(parts) > 1:
        one, other, *rest = random.sample(parts, len(parts))
        parts = [one + other, *rest]
    return parts[0]


def unweighted(tally: Tally) -> dict[str, Any]:
    """What a tally holds, but for the sums of its weights."""
    held = tally.to_dict()
    for group in held["groups"]:
        del group["weights"], group["squared_weights"]
    return held


@pytest.mark.parametrize("kind", COUNTED)
def test_parts_add_up_to_the_same_tally_in_any_order_and_grouping(kind: str) -> None:
    @given(st.lists(responses(), min_size=1, max_size=12), randoms)
    def check(rows: list[Response], random: Random) -> None:
        survey, dealt = deal(rows, random)
        parts = [part.tally(**COUNTED[kind]) for part in dealt]
        whole = survey.tally(**COUNTED[kind])
        assert merge(parts, random) == sum(parts) == whole
        assert hash(merge(parts, random)) == hash(whole)

    check()


@pytest.mark.parametrize("kind", COUNTED)
def test_weighted_parts_add_up_to_the_same_up_to_the_rounding_of_floats(kind: str) -> None:
    @given(st.lists(responses(weighted=True), min_size=1, max_size=12), randoms)
    def check(rows: list[Response], random: Random) -> None:
        survey, dealt = deal(rows, random)
        parts = [part.tally(**COUNTED[kind]) for part in dealt]
        merged, whole = merge(parts, random), survey.tally(**COUNTED[kind])
        assert merged.score_weights == pytest.approx(whole.score_weights, rel=1e-12)
        assert unweighted(merged) == unweighted(whole)

    check()


@given(st.lists(responses(weighted=True), min_size=1, max_size=12), randoms)
def test_parts_that_come_as_json_add_up_to_exactly_what_the_parts_themselves_do(
    rows: list[Response], random: Random
) -> None:
    _, dealt = deal(rows, random)
    parts = [part.tally(BY, every="day") for part in dealt]
    assert sum(Tally.from_dict(json.loads(json.dumps(part.to_dict()))) for part in parts) == sum(parts)


@given(rows_of(SCORES["floats"][1]), st.sampled_from([None, *FINER]), randoms)
def test_parts_that_different_engines_counted_add_up_to_the_same_tally(
    rows: list[Row], every: Any, random: Random
) -> None:
    def count(engine: str, rows: list[Row]) -> Tally:
        frame = FRAMES[engine](table_of(rows, pa.float64()))
        dated = {} if every is None else {"at": "at", "every": every, "time_zone": "naive"}
        return Tally.from_frame(frame, score="score", by="label", invalid="exclude", **dated)

    hands: list[list[Row]] = [[] for _ in range(WORKERS)]
    for row in rows:
        random.choice(hands).append(row)
    parts = [count(random.choice([*FRAMES]), hand) for hand in hands]
    assert merge(parts, random) == count("pyarrow", rows)
