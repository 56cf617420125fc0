"""Surveys of frames: the columns that are named, read into memory from wherever they are."""

import builtins
import datetime as dt
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from engines import FRAMES

import nps_core as nc
from nps_core.errors import InvalidInputError, InvalidScoreError, MissingDependencyError, UnknownNameError

COLUMNS: dict[str, Any] = {
    "nps": [9, 3, None, 11],
    "label": ["a", "b", "a", None],
    "at": [dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 2), None, dt.datetime(2026, 3, 1)],
    "who": [1, 2, 2, None],
    "why": ["quick", None, "", "slow"],
    "what": [None, "more", None, None],
    "w": [1.0, 2.0, 0.5, 0.0],
    "other": [1, 2, 3, 4],
}
NAMED: dict[str, Any] = {
    "score": "nps",
    "at": "at",
    "time_zone": "naive",
    "respondent": "who",
    "reason": "why",
    "suggestion": "what",
    "segments": "label",
    "weight": "w",
    "name": "spring",
    "invalid": "exclude",
}


@pytest.mark.parametrize("engine", FRAMES)
def test_a_survey_of_a_frame_is_that_of_its_columns(engine: str) -> None:
    expected = nc.Survey.from_scores(
        COLUMNS["nps"],
        at=COLUMNS["at"],
        time_zone="naive",
        respondents=COLUMNS["who"],
        reasons=COLUMNS["why"],
        suggestions=COLUMNS["what"],
        segments={"label": COLUMNS["label"]},
        weights=COLUMNS["w"],
        name="spring",
        invalid="exclude",
    )
    assert nc.Survey.from_frame(FRAMES[engine](pa.table(COLUMNS)), **NAMED) == expected


def test_one_column_may_stand_for_several_things() -> None:
    frame = pl.DataFrame({"nps": [9, 3]})
    survey = nc.Survey.from_frame(frame.lazy(), score="nps", segments="nps")
    assert survey.labels("nps") == ("3", "9")


@pytest.mark.parametrize("argument", ["score", "at", "respondent", "reason", "suggestion", "segments", "weight"])
def test_a_wrong_column_is_answered_with_those_that_exist(argument: str) -> None:
    with pytest.raises(UnknownNameError, match=r"column must be one of 'nps', .*, got 'nonsense'"):
        nc.Survey.from_frame(pa.table(COLUMNS), **(NAMED | {argument: "nonsense"}))


def test_columns_hold_what_they_must() -> None:
    frame = pa.table(COLUMNS)
    with pytest.raises(InvalidInputError, match="column 'label' must hold numbers, got String"):
        nc.Survey.from_frame(frame, score="label")
    with pytest.raises(InvalidInputError, match="column 'why' must hold datetimes or dates, got String"):
        nc.Survey.from_frame(frame, score="nps", at="why")
    with pytest.raises(InvalidInputError, match="column 'label' must hold numbers, got String"):
        nc.Survey.from_frame(frame, score="nps", weight="label")
    with pytest.raises(InvalidScoreError, match=r"got 11.* \(index 3\)"):
        nc.Survey.from_frame(frame, score="nps")


def test_an_engine_that_hands_its_rows_to_a_library_that_is_not_there_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without_pyarrow(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "pyarrow":
            raise ModuleNotFoundError(name="pyarrow")
        return imported(name, *rest, **more)

    relation = duckdb.sql("SELECT 9 AS nps")
    monkeypatch.setattr(builtins, "__import__", without_pyarrow)
    with pytest.raises(MissingDependencyError, match=r"needs pyarrow, which is not installed; .*pip install pyarrow"):
        nc.Survey.from_frame(relation, score="nps")
