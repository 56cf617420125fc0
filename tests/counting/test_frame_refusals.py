"""Frames that cannot be counted: one clear error each."""

import datetime as dt
import importlib
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from engines import FRAMES, table_of

from nps_core.errors import (
    InvalidInputError,
    InvalidScoreError,
    MissingDependencyError,
    NPSError,
    UnknownNameError,
)
from nps_core.model.tally import Tally


@pytest.mark.parametrize("values", [[True, False], ["9", "3"], ["abc", None], [dt.date(2026, 1, 1), None]], ids=str)
@pytest.mark.parametrize("engine", ["pyarrow", "polars", "pandas", "duckdb"])
def test_scores_that_are_no_numbers_are_refused(engine: str, values: list[Any]) -> None:
    frame = FRAMES[engine](pa.table({"s": values, "label": ["x", "y"]}))
    with pytest.raises(InvalidInputError, match="column 's' must hold numbers, got "):
        Tally.from_frame(frame, score="s")


@pytest.mark.parametrize("engine", ["pyarrow", "polars", "polars lazy", "pandas", "duckdb"])
def test_invalid_scores_are_shown_with_their_number(engine: str) -> None:
    frame = FRAMES[engine](table_of([(score, "x", None) for score in (11, 9, -1, None)], pa.int16()))
    with pytest.raises(InvalidScoreError, match=r"between 0 and 10.*: 2 of 4 in all") as caught:
        Tally.from_frame(frame, score="score")
    assert caught.value.total == 2
    assert {value for _, value in caught.value.examples} == {11, -1}


def test_no_more_than_five_invalid_scores_are_shown() -> None:
    with pytest.raises(InvalidScoreError, match=r"\.\.\.: 8 of 8 in all") as caught:
        Tally.from_frame(pl.DataFrame({"s": range(11, 19)}), score="s")
    assert len(caught.value.examples) == 5


@pytest.mark.parametrize("wrong", ["score", "by", "at"])
def test_a_wrong_column_is_answered_with_those_that_exist_and_the_closest(wrong: str) -> None:
    names = {"score": "scores", "by": "region", "at": "when"}
    frame = pl.DataFrame({"scores": [9], "region": ["x"], "when": [dt.date(2026, 1, 1)]})
    asked: dict[str, Any] = names | {wrong: names[wrong][:-1]}
    with pytest.raises(UnknownNameError, match=f"'scores', 'region', 'when'.*Did you mean '{names[wrong]}'"):
        Tally.from_frame(frame, **asked, every="day", time_zone="naive")


@pytest.mark.parametrize("frame", [[9], {"s": [9]}, None, pl.Series("s", [9]), 9, "frame"], ids=repr)
def test_what_is_no_frame_is_refused(frame: Any) -> None:
    with pytest.raises(InvalidInputError, match=f"whatever else Narwhals takes, got {type(frame).__name__}"):
        Tally.from_frame(frame, score="s")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame([[9, 8]], columns=["s", "s"]), "must have different names"),
        (pd.DataFrame([[9, 8]], columns=[0, 1]), "column must be one of '0', '1', got 's'"),
        (pl.DataFrame({"s": [9], "b": [1.5]}), "column 'b' must be text, whole numbers, booleans or dates, got 1.5"),
    ],
    ids=["twice the same name", "names that are numbers", "fractions as labels"],
)
def test_columns_that_cannot_be_told_apart_or_used_are_refused(frame: Any, message: str) -> None:
    with pytest.raises(NPSError, match=message):
        Tally.from_frame(frame, score="s", by="b")


def test_names_that_duckdb_takes_for_one_are_refused() -> None:
    relation = duckdb.sql("SELECT 9 AS s, 'a' AS b, 'x' AS B")
    with pytest.raises(InvalidInputError, match=r"must differ by more than case, .* got several 'B'"):
        Tally.from_frame(relation, score="s", by="B")


@pytest.mark.parametrize("engine", ["pyarrow", "polars", "pandas", "duckdb"])
@pytest.mark.parametrize("values", [["2026-01-01"], [9], [dt.time(10)], [dt.timedelta(1)]], ids=str)
def test_times_that_are_none_are_refused(engine: str, values: list[Any]) -> None:
    frame = FRAMES[engine](pa.table({"s": [9], "label": ["x"], "t": values}))
    with pytest.raises(InvalidInputError, match="column 't' must hold datetimes or dates, got "):
        Tally.from_frame(frame, score="s", at="t", every="day", time_zone="naive")


def test_periods_of_pandas_are_no_times() -> None:
    frame = pd.DataFrame({"s": [9], "t": pd.period_range("2026-01", periods=1, freq="M")})
    with pytest.raises(InvalidInputError, match="column 't' must hold datetimes or dates"):
        Tally.from_frame(frame, score="s", at="t", every="day", time_zone="naive")


@pytest.mark.parametrize("options", [{"at": "t"}, {"every": "day"}], ids=str)
def test_times_and_periods_go_together(options: Any) -> None:
    with pytest.raises(InvalidInputError, match="at and every go together"):
        Tally.from_frame(pl.DataFrame({"s": [9], "t": [1]}), score="s", **options)


def test_the_names_of_columns_may_be_anything() -> None:
    wild = 'x"; DROP TABLE y; --'
    columns = {"nps_cell": ["a"], "nps_count": [9], wild: ["b"], "nps_key_0": ["c"]}
    for frame in (
        pa.table(columns),
        pl.DataFrame(columns),
        pd.DataFrame(columns),
        duckdb.from_arrow(pa.table(columns)),
    ):
        tally = Tally.from_frame(frame, score="nps_count", by=["nps_key_0", wild, "nps_cell"])
        assert (tally.groups, tally.n.tolist()) == ((("c", "b", "a"),), [1])


def test_without_narwhals_the_error_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(MissingDependencyError, match=r"pip install 'nps_core\[frames\]'"):
        Tally.from_frame(pl.DataFrame({"s": [9]}), score="s")
