"""A million segments have their scores and intervals in less time than pandas needs to group their answers."""

import numpy as np
import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import nps_core as nc
from nps_core.stats.intervals import estimate, score_interval

N_SEGMENTS = 1_000_000


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """Three answers of each of a million segments."""
    scores = np.random.default_rng(1).binomial(10, 0.8, 3 * N_SEGMENTS).astype(np.uint8)
    return pd.DataFrame({"segment": np.tile(np.arange(N_SEGMENTS), 3), "score": scores})


@pytest.fixture(scope="module")
def tally(answers: pd.DataFrame) -> nc.Tally:
    """The same answers, counted."""
    labels = answers["segment"].astype(str).to_numpy()
    return nc.Survey.from_scores(answers["score"].to_numpy(), segments={"segment": labels}).tally("segment")


@pytest.mark.benchmark(group="scores and intervals of a million segments")
class TestSegments:
    def test_formulas(self, benchmark: BenchmarkFixture, tally: nc.Tally) -> None:
        detractors, passives, promoters = tally.category_counts.T.astype(np.float64)

        def values_and_intervals() -> tuple[np.ndarray, np.ndarray]:
            return estimate(promoters, passives, detractors)[0], score_interval(promoters, passives, detractors)[0]

        values, lows = benchmark(values_and_intervals)
        assert (lows <= values).all()

    def test_by_segment(self, benchmark: BenchmarkFixture, tally: nc.Tally) -> None:
        table = benchmark(nc.by_segment, tally, "segment")
        assert len(table) == N_SEGMENTS

    def test_pandas_grouping(self, benchmark: BenchmarkFixture, answers: pd.DataFrame) -> None:
        coding = np.select([answers["score"] >= 9, answers["score"] <= 6], [100.0, -100.0], 0.0)
        frame = answers.assign(coding=coding)
        assert len(benchmark(lambda: frame.groupby("segment")["coding"].agg(["mean", "sem"]))) == N_SEGMENTS
