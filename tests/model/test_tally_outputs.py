"""Tallies as records and frames: one row per group."""

import datetime as dt
import json
from typing import Any

import pytest

import nps_core as nc
from nps_core.errors import InvalidInputError

DAYS = [dt.date(2026, 1, 1), dt.date(2026, 1, 2), None]
SURVEY = nc.Survey.from_scores(
    [9, 3, None],
    segments={"n": ["x", None, "x"], "shop": ["a", "a", "b"]},
    at=DAYS,
    time_zone="naive",
    weights=[1.0, 0.5, 2.0],
)


def test_each_group_is_a_record_of_its_labels_its_period_and_its_counts() -> None:
    first, *_ = SURVEY.tally(["n", "shop"], every="day").to_dicts()
    assert first == {
        "segment_n": "x",
        "shop": "a",
        "period": DAYS[0],
        "n": 1,
        "missing": 0,
        "invalid": 0,
        "detractors": 0,
        "passives": 0,
        "promoters": 1,
        **{f"score_{score}": int(score == 9) for score in range(11)},
        "detractors_weight": 0.0,
        "passives_weight": 0.0,
        "promoters_weight": 1.0,
        "detractors_squared_weight": 0.0,
        "passives_squared_weight": 0.0,
        "promoters_squared_weight": 1.0,
    }


def test_what_a_tally_does_not_know_is_no_column() -> None:
    (record,) = nc.Tally.from_categories(promoters=3, passives=2, detractors=1, missing=4).to_dicts()
    assert record == {"n": 6, "missing": 4, "invalid": 0, "detractors": 1, "passives": 2, "promoters": 3}
    (record,) = nc.Tally.from_counts({1: 5}, scale=nc.Scale.FIVE_POINT).to_dicts()
    assert [name for name in record if name.startswith("score")] == [f"score_{score}" for score in range(1, 6)]


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_a_frame_of_each_library_holds_the_records(backend: Any) -> None:
    tally = SURVEY.tally("shop", every="day")
    frame = tally.to_frame(backend)
    assert type(frame).__module__.partition(".")[0] == backend
    assert list(frame["n"].to_pylist() if backend == "pyarrow" else frame["n"]) == tally.n.tolist()
    assert nc.nps(SURVEY).to_frame(backend).shape[0] == 1


def test_a_backend_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="backend must be one of 'pandas', 'polars', 'pyarrow', got 'excel'"):
        SURVEY.tally().to_frame("excel")  # type: ignore[arg-type]


@pytest.mark.parametrize("every", [None, "week"])
def test_a_tally_survives_json(every: Any) -> None:
    for tally in (SURVEY.tally(["n", "shop"], every=every), SURVEY.tally(every=every).by_category()):
        assert nc.Tally.from_dict(json.loads(json.dumps(tally.to_dict()))) == tally
