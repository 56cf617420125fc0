"""Ambassadors and returning promoters."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import nps_core as nc
from nps_core.programme import ambassadors, returning_promoters

DAY = dt.date(2026, 1, 1)


def people(survey: nc.Survey) -> list[Any]:
    return [response.respondent for response in survey]


def dated() -> nc.Survey:
    return nc.Survey.from_scores(
        [10, 9, 3, 10, 9],
        at=[DAY + dt.timedelta(days=i) for i in range(5)],
        time_zone="naive",
        respondents=["ann", "bob", "ann", None, "cleo"],
    )


def test_ambassadors_are_promoters_by_their_latest_answer_who_agreed() -> None:
    assert people(ambassadors(dated(), consent=True)) == ["bob", "cleo"]
    assert people(ambassadors(dated(), consent={"ann", "cleo"})) == ["cleo"]
    assert people(ambassadors(dated(), consent=[])) == []


def test_returning_promoters_were_promoters_before() -> None:
    later = nc.Survey.from_scores([10, 9, 9, 9], respondents=["ann", "bob", "new", None])
    assert people(returning_promoters(dated(), later)) == ["bob"]
    assert people(returning_promoters(later, dated())) == ["bob"]


def test_refusals() -> None:
    for consent in (False, None, "ann", 3, b"a", {"ann": False}, [True, False], np.array([False, True]), [1.5]):
        with pytest.raises(nc.InvalidInputError, match="consent must be the ids of the respondents who agreed"):
            ambassadors(dated(), consent=consent)  # type: ignore[arg-type]
    with pytest.raises(nc.InvalidInputError, match="pass respondents="):
        ambassadors(nc.Survey.from_scores([10]), consent=True)
    with pytest.raises(nc.InvalidInputError, match="several times: pass at="):
        ambassadors(nc.Survey.from_scores([10, 9], respondents=["ann", "ann"]), consent=True)
    with pytest.raises(nc.InvalidInputError, match="found in a Survey, got list"):
        returning_promoters([10], dated())  # type: ignore[arg-type]
    assert len(ambassadors(nc.Survey.from_scores([]), consent=True)) == 0


@pytest.mark.parametrize("consent", [["ann", "cleo"], pd.Series(["ann", "cleo"]), pl.Series(["ann", "cleo", None])])
def test_consent_may_be_a_column(consent: Any) -> None:
    assert people(ambassadors(dated(), consent=consent)) == ["cleo"]


@pytest.mark.parametrize("frame", [pd.DataFrame({"id": ["ann"]}), pl.DataFrame({"id": ["ann"]}), np.array([["ann"]])])
def test_consent_is_no_frame_and_nobody_is_named_in_the_error(frame: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match="consent must be the ids") as caught:
        ambassadors(dated(), consent=frame)
    assert "ann" not in str(caught.value)
