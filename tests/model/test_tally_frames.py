"""Counted in the engine of a frame, or row by row: the same tally."""

import datetime as dt
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError, InvalidScoreError
from nps_core.model.survey import Survey
from nps_core.model.tally import Tally

BY = ("region", "product")
labels = st.none() | st.sampled_from(["north", "south"])
moments = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2039, 1, 1), timezones=st.just(dt.UTC))
rows = st.lists(st.tuples(st.none() | st.integers(-2, 12), labels, labels, st.none() | moments), max_size=12)

SCHEMA = {"nps": pl.Int64, "region": pl.String, "product": pl.String, "at": pl.Datetime("us", "UTC")}
ENGINES = {
    "Polars": lambda frame: frame,
    "Polars, lazily": pl.DataFrame.lazy,
    "PyArrow": pl.DataFrame.to_arrow,
    "PyArrow, in chunks": lambda frame: pa.concat_tables([frame[:2].to_arrow(), frame[2:].to_arrow()]),
    "pandas over numpy": pl.DataFrame.to_pandas,
    "pandas over PyArrow": lambda frame: frame.to_pandas(use_pyarrow_extension_array=True),
}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_frame_is_counted_as_the_survey_of_its_columns(engine: str) -> None:
    @given(rows, st.sampled_from(["day", "week", "month", "quarter", "year"]))
    def check(rows: list[Any], every: Any) -> None:
        frame = pl.DataFrame([*rows, (9, "north", None, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))], SCHEMA, orient="row")
        survey = Survey.from_scores(
            frame["nps"],
            at=frame["at"],
            time_zone="Europe/Helsinki",
            segments={name: frame[name] for name in BY},
            invalid="exclude",
        )
        theirs = ENGINES[engine](frame)
        options: dict[str, Any] = {"score": "nps", "time_zone": "Europe/Helsinki", "invalid": "exclude"}
        dated = Tally.from_frame(theirs, by=BY, at="at", every=every, **options)
        assert dated == survey.tally(BY, every=every)
        assert Tally.from_frame(theirs, by="product", **options) == survey.tally("product")

    check()


def test_scores_off_the_scale_are_refused_with_their_total() -> None:
    with pytest.raises(InvalidScoreError, match=r"scores must be whole numbers between 0 and 10, got .*2 of 3 in all"):
        Tally.from_frame(pd.DataFrame({"nps": [9, 11, -1]}), score="nps")


@pytest.mark.parametrize(("at", "every"), [("at", None), (None, "month")])
def test_a_column_of_times_and_a_period_go_together(at: Any, every: Any) -> None:
    with pytest.raises(InvalidInputError, match=f"at and every go together, got at={at!r} and every={every!r}"):
        Tally.from_frame(pd.DataFrame({"nps": [9], "at": [dt.date(2026, 1, 1)]}), score="nps", at=at, every=every)
