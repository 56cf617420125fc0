"""What a type checker sees of the public names. Checked by mypy and pyright, never run."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal, assert_type

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

import nps_core as nc

survey = nc.Survey.from_scores(
    [10, 9, None], segments={"region": ["north", "north", "south"]}, at=[dt.date(2026, 1, 1)] * 3
)
assert_type(survey, nc.Survey)
assert_type(survey[0], nc.Response)
assert_type(survey[:2], nc.Survey)
assert_type(list(survey), list[nc.Response])
assert_type(survey.promoters + survey.detractors, nc.Survey)
assert_type(survey.where(segments={"region": ["north", None]}, category=nc.Category.PROMOTER), nc.Survey)
assert_type(survey.scores, NDArray[np.float64])
assert_type(survey.latest(), nc.Survey)

response = nc.Response(9, reason="fast", segments={"region": "north"})
assert_type(response.score, int | None)
assert_type(nc.Survey.from_responses([response]), nc.Survey)

assert_type(nc.Scale.STANDARD.classify(9), nc.Category)

tally = survey.tally("region", every="month")
assert_type(tally, nc.Tally)
assert_type(tally + tally, nc.Tally)
assert_type(nc.Tally.from_cells(Counter({("north", 9): 2}), by="region"), nc.Tally)
assert_type(tally.to_dict(), dict[str, Any])

score = nc.nps(tally, confidence_level=0.9, method="bootstrap", rng=1)
assert_type(score, nc.NetPromoterScore)
assert_type(score.value, float)
assert_type(score.confidence_interval.low, float)
assert_type(score.to_dicts(), list[dict[str, Any]])
assert_type(score.to_pandas(), pd.DataFrame)
assert_type(score.to_polars(), pl.DataFrame)
assert_type(score.to_arrow(), pa.Table)

table = nc.by_segment(survey, ["region"])
assert_type(table["north"], nc.Segment)
assert_type(table["north"].difference, nc.Difference | None)
assert_type(nc.trend(tally, every="year").periods, tuple[nc.Period, ...])
assert_type(nc.compare(survey, tally).pvalue, float)


class Store:
    """A store of one's own satisfies the protocol with the one method."""

    def tally(
        self, by: str | Sequence[str] = (), *, every: Literal["day", "week", "month", "quarter", "year"] | None = None
    ) -> nc.Tally:
        """Count."""
        return tally.tally(by, every=every)


anything: nc.Tallyable = Store()
assert_type(nc.nps(Store()), nc.NetPromoterScore)
