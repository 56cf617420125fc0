"""Eleven counts per group cost two to four times what they cost in C, and a fraction of what a group-by costs.

The survey is made outside the timing, as are the others' columns, and they group by whole numbers, too: it is counting
that is compared.
"""

from typing import Any

import limit
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from grouping import codes_of, counted, in_duckdb, in_polars, ours, spread, survey_of
from numpy.typing import NDArray
from peers import duckdb_table, per_group
from racing import OURS, Goal, RaceAndRecord, Runner, Scaled, ScoresOf, at_most, equal_to, faster

import nps_core as nc

GOALS: dict[int, list[Goal]] = {
    10: [at_most(2.2, limit.NAME), faster(1.6, "DuckDB, 2 threads"), faster(2.5, "Polars"), faster(6.6, "pandas")],
    1_000: [at_most(3, limit.NAME), faster(2, "DuckDB, 2 threads"), faster(8, "Polars"), faster(6.6, "pandas")],
    100_000: [at_most(2, limit.NAME), faster(3.3, "DuckDB, 2 threads"), faster(10, "Polars"), faster(6.6, "pandas")],
    1_000_000: [],
}
"""What is to be shown, by the number of groups."""


@pytest.mark.parametrize("nominal", [*GOALS])
def test_counts(race: RaceAndRecord, scaled: Scaled, scores_of: ScoresOf, nominal: int) -> None:
    n = scaled(10**7)
    n_groups = min(nominal, n // 10)
    scores, codes = scores_of(n), codes_of(n, n_groups)
    expected = counted(codes, scores, n_groups)
    survey = survey_of(codes, scores, n_groups)
    polars_frame = pl.DataFrame({"segment": codes, "score": scores})
    pandas_frame = pd.DataFrame({"segment": codes, "score": scores})
    arrow_table = pa.table({"segment": codes, "score": scores})
    runners = {
        OURS: ours(survey, expected),
        limit.NAME: Runner(
            lambda: limit.count_groups(codes, scores, n_groups), equal_to(expected, lambda counts: counts[:, :11])
        )
        if limit.compiler()
        else None,
        "DuckDB, 1 thread": in_duckdb(duckdb_table({"segment": codes, "score": scores}, 1), expected),
        "DuckDB, 2 threads": in_duckdb(duckdb_table({"segment": codes, "score": scores}, 2), expected),
        "Polars": in_polars(polars_frame, expected),
        "pandas": Runner(
            lambda: pandas_frame.groupby(["segment", "score"], sort=False).size(),
            equal_to(
                expected,
                lambda f: per_group(f.index.get_level_values(0), f.index.get_level_values(1), f.to_numpy(), n_groups),
            ),
        ),
        "PyArrow": Runner(
            lambda: arrow_table.group_by(["segment", "score"]).aggregate([([], "count_all")]),
            equal_to(expected, lambda f: per_group(f["segment"], f["score"], f["count_all"], n_groups)),
        ),
    }
    race(
        f"{n:,} scores in {n_groups:,} groups",
        runners,
        goals=GOALS[nominal],
        size=n,
        unit="score",
        seconds=8,
        rounds=3 if n_groups >= 100_000 else 5,
    )


@pytest.mark.parametrize("n_groups", [10, 1_000])
def test_weighted(race: RaceAndRecord, scaled: Scaled, scores_of: ScoresOf, n_groups: int) -> None:
    n = scaled(10**7)
    scores, codes = scores_of(n), codes_of(n, n_groups)
    weights = np.random.default_rng(4).gamma(4, 0.25, n)
    expected = np.zeros((n_groups, 11, 3))
    for column, values in enumerate((weights, weights * weights, np.ones(n))):
        np.add.at(expected[..., column], (codes, scores), values)
    survey = survey_of(codes, scores, n_groups, weights)
    columns = {"segment": codes, "score": scores, "weight": weights}
    polars_frame, pandas_frame = pl.DataFrame(columns), pd.DataFrame(columns)
    query = (
        "SELECT segment, score, sum(weight) AS w, sum(weight * weight) AS w2, count(*) AS n FROM answers GROUP BY ALL"
    )
    weight = pl.col("weight")
    sums = [weight.sum().alias("w"), (weight * weight).sum().alias("w2"), pl.len().cast(pl.Float64).alias("n")]

    def of_tally(tally: nc.Tally) -> NDArray[np.float64]:
        assert tally.score_weights is not None
        parts = [*tally.score_weights, tally.counts.astype(np.float64)]
        return np.stack([spread(tally, part, n_groups) for part in parts], axis=-1)

    def of_columns(found: Any) -> NDArray[np.float64]:
        parts = [np.asarray(found[name], np.float64) for name in ("w", "w2", "n")]
        return np.stack([per_group(found["segment"], found["score"], part, n_groups) for part in parts], axis=-1)

    def in_pandas() -> pd.DataFrame:
        frame = pandas_frame.assign(square=pandas_frame["weight"] ** 2)
        grouped = frame.groupby(["segment", "score"], sort=False, as_index=False)
        return grouped.agg(w=("weight", "sum"), w2=("square", "sum"), n=("weight", "size"))

    def weighed_in_duckdb(threads: int) -> Runner:
        connection = duckdb_table(columns, threads)
        return Runner(lambda: connection.execute(query).fetchnumpy(), equal_to(expected, of_columns))

    race(
        f"{n:,} weighted scores in {n_groups:,} groups",
        {
            OURS: Runner(lambda: survey.tally("segment"), equal_to(expected, of_tally)),
            limit.NAME: Runner(lambda: limit.weigh_groups(codes, scores, weights, n_groups), equal_to(expected))
            if limit.compiler()
            else None,
            "DuckDB, 1 thread": weighed_in_duckdb(1),
            "DuckDB, 2 threads": weighed_in_duckdb(2),
            "Polars": Runner(
                lambda: polars_frame.group_by("segment", "score").agg(sums), equal_to(expected, of_columns)
            ),
            "pandas": Runner(in_pandas, equal_to(expected, of_columns)),
        },
        goals=[at_most(3.3, limit.NAME), faster(5, "DuckDB, 1 thread"), faster(5, "DuckDB, 2 threads")],
        size=n,
        unit="score",
        seconds=8,
    )
