"""Counting a million one-byte scores costs what numpy's bincount costs, and a fraction of what data frames cost."""

import collections
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from nps_core.counting.kernel import POINTS, count, count_groups

N = 1_000_000
N_GROUPS = 1_000

Scores = NDArray[np.uint8]
Groups = NDArray[np.int32]


@pytest.fixture(scope="module")
def scores() -> Scores:
    """Scores shaped like a survey's: mostly promoters, a long tail."""
    return np.random.default_rng(1).binomial(10, 0.8, N).astype(np.uint8)


@pytest.fixture(scope="module")
def groups() -> Groups:
    """The group of each score."""
    return np.random.default_rng(2).integers(0, N_GROUPS, N, dtype=np.int32)


@pytest.fixture(scope="module")
def expected(scores: Scores) -> dict[int, int]:
    """The counts, slowly: nothing here may be quick and wrong."""
    return dict(collections.Counter(scores.tolist()))


@pytest.fixture(scope="module")
def expected_groups(scores: Scores, groups: Groups) -> dict[tuple[int, int], int]:
    """The counts per group and score, slowly."""
    return dict(collections.Counter(zip(groups.tolist(), scores.tolist(), strict=True)))


def observed(counts: NDArray[np.integer]) -> dict[Any, int]:
    """The counts that are not zero, by their place in the table."""
    places = np.argwhere(counts).tolist()
    return {tuple(place) if len(place) > 1 else place[0]: int(counts[tuple(place)]) for place in places}


@pytest.mark.benchmark(group="count a million scores")
class TestCount:
    def test_nps_core(self, benchmark: BenchmarkFixture, scores: Scores, expected: dict[int, int]) -> None:
        assert observed(benchmark(count, scores)) == expected

    def test_numpy(self, benchmark: BenchmarkFixture, scores: Scores, expected: dict[int, int]) -> None:
        assert observed(benchmark(np.bincount, scores)) == expected

    def test_pandas(self, benchmark: BenchmarkFixture, scores: Scores, expected: dict[int, int]) -> None:
        series = pd.Series(scores)
        assert benchmark(series.value_counts).to_dict() == expected

    def test_polars(self, benchmark: BenchmarkFixture, scores: Scores, expected: dict[int, int]) -> None:
        series = pl.Series("score", scores)
        assert dict(benchmark(series.value_counts).iter_rows()) == expected


@pytest.mark.benchmark(group="count a million scores in a thousand groups")
class TestCountGroups:
    def test_nps_core(
        self, benchmark: BenchmarkFixture, scores: Scores, groups: Groups, expected_groups: dict[tuple[int, int], int]
    ) -> None:
        assert observed(benchmark(count_groups, scores, groups, N_GROUPS)) == expected_groups

    def test_numpy(
        self, benchmark: BenchmarkFixture, scores: Scores, groups: Groups, expected_groups: dict[tuple[int, int], int]
    ) -> None:
        table = benchmark(lambda: np.bincount(groups * POINTS + scores, minlength=N_GROUPS * POINTS))
        assert observed(table.reshape(N_GROUPS, POINTS)) == expected_groups

    def test_pandas(
        self, benchmark: BenchmarkFixture, scores: Scores, groups: Groups, expected_groups: dict[tuple[int, int], int]
    ) -> None:
        frame = pd.DataFrame({"group": groups, "score": scores})
        assert benchmark(lambda: frame.groupby(["group", "score"]).size()).to_dict() == expected_groups

    def test_polars(
        self, benchmark: BenchmarkFixture, scores: Scores, groups: Groups, expected_groups: dict[tuple[int, int], int]
    ) -> None:
        frame = pl.DataFrame({"group": groups, "score": scores})
        rows = benchmark(lambda: frame.group_by("group", "score").len()).iter_rows()
        assert {(group, score): n for group, score, n in rows} == expected_groups
