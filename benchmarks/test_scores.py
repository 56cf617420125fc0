"""Scores are checked and counted faster than in pandas and DuckDB, in bytes not as fast as in Polars on two threads.

Everyone gives promoters, passives and detractors; ours comes with its interval, too. "Validated" counts what is not a
score, too, in the quickest spelling that we found or in plain words (four sums); "by extremes" only looks whether there
is any, as ours does while all is well; the others do not look.
"""

import collections

import attrs
import limit
import numpy as np
import polars as pl
import pytest
from racing import OURS, RaceAndRecord, Runner, Scaled, ScoresOf, at_most, equal_to, faster, under
from scoring import (
    VALIDATED,
    expected_of,
    in_c,
    in_duckdb,
    in_npspy,
    in_numba,
    in_pandas,
    in_pyarrow,
    ours,
    polars_runners,
)

import nps_core as nc


@pytest.mark.parametrize(("nominal", "limit_times"), [(10**6, 7), (10**7, 7), (10**8, 4)])
def test_one_byte(race: RaceAndRecord, scaled: Scaled, scores_of: ScoresOf, nominal: int, limit_times: float) -> None:
    scores = scores_of(scaled(nominal))
    expected = expected_of(scores)
    race(
        f"one byte each, {len(scores):,}",
        {
            OURS: ours(scores, expected),
            limit.NAME: in_c(scores, expected),
            **polars_runners(scores, expected),
            "pandas": in_pandas(scores, expected),
            "PyArrow": in_pyarrow(scores, expected),
            "DuckDB, 1 thread": in_duckdb(scores, expected, 1),
            "DuckDB, 2 threads": in_duckdb(scores, expected, 2),
            "numba": in_numba(scores, expected),
            "npspy": in_npspy(scores.tolist(), expected) if nominal == 10**6 else None,
        },
        goals=[
            at_most(limit_times, limit.NAME),
            faster(1, VALIDATED),
            faster(4, "pandas"),
            faster(15, "DuckDB, 1 thread"),
            faster(15, "DuckDB, 2 threads"),
        ],
        size=len(scores),
        unit="score",
        seconds=6,
    )


@pytest.mark.parametrize(("kind", "limit_times"), [("int64", 2.1), ("float64", 4)])
def test_eight_bytes(race: RaceAndRecord, scaled: Scaled, scores_of: ScoresOf, kind: str, limit_times: float) -> None:
    scores = scores_of(scaled(10**7)).astype(kind)
    if kind == "float64":
        scores[np.random.default_rng(2).random(len(scores)) < 0.03] = np.nan
    expected = expected_of(scores)
    race(
        f"{kind}{' with 3 % NaN' if kind == 'float64' else ''}, {len(scores):,}",
        {
            OURS: ours(scores, expected),
            limit.NAME: in_c(scores, expected),
            **polars_runners(scores, expected),
            "pandas": in_pandas(scores, expected),
            "PyArrow": in_pyarrow(scores, expected),
            "DuckDB, 1 thread": in_duckdb(scores, expected, 1),
            "DuckDB, 2 threads": in_duckdb(scores, expected, 2),
        },
        goals=[at_most(limit_times, limit.NAME), faster(2.2, VALIDATED)],
        size=len(scores),
        unit="score",
        seconds=6,
    )


def test_list(race: RaceAndRecord, scaled: Scaled, scores_of: ScoresOf) -> None:
    scores = scores_of(scaled(10**5)).tolist()
    expected = expected_of(np.array(scores))
    race(
        f"a list of {len(scores):,}",
        {
            OURS: ours(scores, expected),
            "Counter": Runner(
                lambda: collections.Counter(scores),
                equal_to(expected, lambda found: expected_of(np.array([*found.elements()]))),
            ),
            "Polars, one line": Runner(
                lambda: int(((column := pl.Series(scores)) >= 9).sum()) - int((column <= 6).sum()),
                equal_to(expected[0] - expected[2]),
            ),
            "numpy": Runner(
                lambda: np.count_nonzero((column := np.array(scores)) >= 9) - np.count_nonzero(column <= 6),
                equal_to(expected[0] - expected[2]),
            ),
            "npspy": in_npspy(scores, expected),
        },
        goals=[at_most(0.25, "Counter")],
        size=len(scores),
        unit="score",
        seconds=2,
    )


def test_twenty(race: RaceAndRecord, scores_of: ScoresOf) -> None:
    scores = scores_of(20).tolist()
    expected = expected_of(np.array(scores))
    race(
        "a list of 20, in all",
        {OURS: ours(scores, expected), "npspy": in_npspy(scores, expected)},
        goals=[under(40, "µs")],
        seconds=2,
    )


@attrs.frozen
class Bare:
    """What an answer is at the least."""

    score: int


def test_response(race: RaceAndRecord) -> None:
    race(
        "one Response(9)",
        {
            OURS: Runner(lambda: nc.Response(9), equal_to(9, lambda response: response.score)),
            "bare attrs class": Runner(lambda: Bare(9), equal_to(9, lambda response: response.score)),
        },
        seconds=1,
    )
