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
assert_type(sum([tally]), nc.Tally | Literal[0])
assert_type(sum([tally], start=tally), nc.Tally)
assert_type(sum([survey]), nc.Survey | Literal[0])
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
assert_type(nc.by_segment(survey, "region", correction="benjamini-hochberg", min_n=10)["north"].n, int | None)
assert_type(nc.compare(survey, tally).pvalue, float)

design = nc.Design(strata="region", clusters=["region"], population_sizes={"north": 10}, lonely="adjust")
assert_type(nc.nps(survey, design=design).degrees_of_freedom, float | None)
difference = nc.compare(survey, survey, alternative="greater", pairing="panel", design=None)
assert_type(difference, nc.Difference)
assert_type(difference.pairs, int | None)

target = nc.compare_to_target(survey, 30, alternative="less", design=design)
assert_type(target, nc.TargetComparison)
assert_type(target.target, float)

pairs = nc.compare_all(tally, "region", correction="holm", design=design)
assert_type(pairs, nc.PairTable)
assert_type(pairs.pairs, tuple[nc.Pair, ...])
assert_type(pairs.pairs[0].first, tuple[str | None, ...])
assert_type(pairs.pairs[0].difference, nc.Difference)
assert_type(pairs.pairs[0].adjusted_pvalue, float)

equality = nc.equality(tally, ["region"], design=design)
assert_type(equality, nc.EqualityTest)
assert_type(equality.statistic, float)
assert_type(equality.error_degrees_of_freedom, float | None)

ranking = nc.rank_segments(tally, "region", method="adjusted-wald")
assert_type(ranking, nc.SegmentRanking)
assert_type(ranking["north"], nc.RankedSegment)
assert_type(ranking.segments, tuple[nc.RankedSegment, ...])
assert_type(ranking["north"].best_rank, int)
assert_type(ranking["north"].label, str)
assert_type(ranking["north"].shrunken_interval, nc.ConfidenceInterval | None)

change = nc.decompose_change(tally, survey, by=("region",), confidence_level=0.9)
assert_type(change, nc.ChangeDecomposition)
assert_type(change.change, nc.Effect)
assert_type(change.mix_by, tuple[tuple[str, nc.Effect], ...])
assert_type(change["north"], nc.SegmentChange)
assert_type(change.segments, tuple[nc.SegmentChange, ...])
assert_type(change["north"].value_before, float | None)
assert_type(change["north"].mix.confidence_interval.low, float)

robustness = nc.robustness(survey, tally)
assert_type(robustness, nc.Robustness)
assert_type(robustness.holds_for_every_coding, bool)
assert_type(robustness.contrary_scales, tuple[tuple[int, int], ...])

bounds = nc.nonresponse(tally, invited=100, target=10)
assert_type(bounds, nc.NonresponseBounds)
assert_type(bounds.tipping_point, float | None)
assert_type(bounds.can_tip, bool)

standardized = nc.standardize(tally, "region", {"north": 0.4, "south": 0.6})
assert_type(standardized, nc.StandardizedScore)
assert_type(standardized.shares, tuple[float, ...])


class Store:
    """A store of one's own satisfies the protocol with the one method."""

    def tally(
        self, by: str | Sequence[str] = (), *, every: Literal["day", "week", "month", "quarter", "year"] | None = None
    ) -> nc.Tally:
        """Count."""
        return tally.tally(by, every=every)


anything: nc.Tallyable = Store()
assert_type(nc.nps(Store()), nc.NetPromoterScore)

trend = nc.trend(survey, every="week", fiscal_start_month=4)
assert_type(trend, nc.Trend)
assert_type(trend.slope, nc.Slope | nc.TooFewPeriods)
if trend.slope:
    assert_type(trend.slope, nc.Slope)
assert_type(trend.change_points, tuple[nc.ChangePoint, ...] | nc.TooFewPeriods)
trends = nc.trend(survey, by=["region"])
assert_type(trends, nc.SegmentTrends)
assert_type(trends["north"], nc.Trend)
assert_type(trends.moves[0].slope, nc.Slope | nc.TooFewPeriods)

rolling = nc.rolling(survey, days=30, latest=True)
assert_type(rolling, nc.RollingScores)
assert_type(rolling.points[0].score, nc.NetPromoterScore | None)
assert_type(nc.rolling(survey, months=12, by="region")["north"], nc.RollingScores)
nc.trend(rolling)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]

monitor = nc.monitor([10, 9]).update(tally)
assert_type(monitor, nc.Monitor)
assert_type(monitor.excludes(30), bool)
assert_type(monitor.value, float | None)

effect = nc.effect_of(survey, dt.date(2026, 1, 1), by="region", days=30)
assert_type(effect.difference, nc.Difference)
assert_type(effect.decomposition, nc.ChangeDecomposition | None)
assert_type(effect.beyond_trend, nc.Step | nc.TooFewPeriods)

assert_type(nc.rhythm(survey, survey, every="day").gaps, tuple[nc.Gap, ...])
rules = nc.QuarantineRules(relationship=90, transactional=30)
assert_type(
    nc.quarantine(survey, rules=rules).may_be_asked("relationship", on=dt.date(2026, 1, 1)), tuple[str | int, ...]
)
assert_type(tally.where(since=dt.date(2026, 1, 1)), nc.Tally)
assert_type(survey.first(), nc.Survey)
