"""The far ends of what the nouns take."""

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

import nps_core as nc


def test_a_respondent_may_be_a_whole_number_with_gaps_around_it() -> None:
    assert nc.Response(9, respondent=12.0).respondent == 12  # as pandas keeps whole numbers with gaps


def test_the_first_day_that_python_knows_can_be_compared_and_hashed() -> None:
    first = nc.Response(9, at=dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=14))))
    assert first == nc.Response(9, at=first.at)
    assert hash(first) == hash(nc.Response(9, at=first.at))


def test_a_response_is_invalid_or_not() -> None:
    with pytest.raises(nc.InvalidInputError, match="invalid must be True or False, got 'no'"):
        nc.Response(None, invalid="no")


@pytest.mark.parametrize("weight", [10**400, Decimal("sNaN"), 1e-170, 1e160])
def test_a_weight_whose_square_no_float_holds_is_refused(weight: object) -> None:
    with pytest.raises(nc.InvalidInputError, match="weights must be numbers from 1e-100 to 1e100, or 0"):
        nc.Response(9, weight=weight)
    with pytest.raises(nc.InvalidInputError, match="weights must be numbers from 1e-100 to 1e100, or 0"):
        nc.Survey.from_scores([9], weights=[weight])


def test_a_frame_is_no_cells() -> None:
    with pytest.raises(nc.InvalidInputError, match=r"Tally\.from_frame counts one"):
        nc.Tally.from_cells(pd.DataFrame({"score": [9], "count": [1]}))


def test_what_pandas_counted_is_cells() -> None:
    frame = pd.DataFrame({"region": ["north", "north", "south"], "score": [9, 9, 3]})
    tally = nc.Tally.from_cells(frame.groupby(["region", "score"]).size(), by="region")
    assert tally == nc.Survey.from_scores(frame["score"], segments={"region": frame["region"]}).tally("region")


def test_repeated_scores_of_counts_add_up() -> None:
    counts = pd.Series([60, 20, 20, 5], index=[10, 8, 3, 10])
    assert nc.Tally.from_counts(counts).n.tolist() == [105]
