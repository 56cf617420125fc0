"""Ways to count scores as promoters, passives and detractors."""

from collections.abc import Sequence
from typing import Any

import limit
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from peers import duckdb_table, optional
from racing import Runner, equal_to

import nps_core as nc

numba = optional("numba")
npspy = optional("npspy")

Categories = tuple[int, int, int]

DUCKDB = (
    "SELECT count(*) FILTER (score >= 9), count(*) FILTER (score BETWEEN 7 AND 8), count(*) FILTER (score <= 6), "
    "count(*) FILTER (score NOT BETWEEN 0 AND 10) FROM answers"
)

VALIDATED = "Polars, validated"
PLAINLY = "Polars, validated in plain words"
BY_EXTREMES = "Polars, by extremes"


def expected_of(scores: NDArray[Any]) -> Categories:
    """Promoters, passives and detractors, slowly: from a count of every distinct value."""
    values, counts = np.unique(scores[~np.isnan(scores)], return_counts=True)
    per_score = dict(zip(values.tolist(), counts.tolist(), strict=True))
    assert set(per_score) <= set(range(11))
    promoters, passives = (sum(per_score.get(score, 0) for score in pair) for pair in ((9, 10), (7, 8)))
    return promoters, passives, sum(per_score.get(score, 0) for score in range(7))


def from_tails(promoters: int, detractors: int, n: int) -> Categories:
    return int(promoters), int(n - promoters - detractors), int(detractors)


def ours(scores: Any, expected: Categories) -> Runner:
    return Runner(
        lambda: nc.nps(scores), equal_to(expected, lambda score: (score.promoters, score.passives, score.detractors))
    )


def in_c(scores: NDArray[Any], expected: Categories) -> Runner | None:
    def read(counts: NDArray[np.int64]) -> Categories:
        detractors, passives, promoters, _, invalid = counts.tolist()
        assert invalid == 0
        return promoters, passives, detractors

    return Runner(lambda: limit.count(scores), equal_to(expected, read)) if limit.compiler() else None


def in_polars(scores: NDArray[Any], expected: Categories, invalid: Sequence[pl.Expr]) -> Runner:
    """Promoters, promoters and passives, and something that tells what is invalid; the quickest of many spellings."""
    frame = pl.Series("score", scores, nan_to_null=True).to_frame()
    score = pl.col("score")
    counts = [(score >= 9).sum().alias("promoters"), (score >= 7).sum().alias("from_seven"), score.count().alias("n")]
    query = [*counts, *(each.alias(f"invalid_{i}") for i, each in enumerate(invalid))]

    def read(found: pl.DataFrame) -> Categories:
        promoters, from_seven, n, *_ = found.row(0)
        return promoters, from_seven - promoters, n - from_seven

    return Runner(lambda: frame.select(query), equal_to(expected, read))


def polars_runners(scores: NDArray[Any], expected: Categories) -> dict[str, Runner]:
    score = pl.col("score")
    counting, looking = [(score > 10).sum()], [score.max()]
    if scores.dtype.kind != "u":
        counting, looking = [*counting, (score < 0).sum()], [*looking, score.min()]
    if scores.dtype.kind == "f":
        fractions = (score != score.floor()).sum()
        counting, looking = [*counting, fractions], [*looking, fractions]
    frame = pl.Series("score", scores, nan_to_null=True).to_frame()
    tails = [(score >= 9).sum().alias("promoters"), (score <= 6).sum().alias("detractors"), score.count().alias("n")]
    plainly = [
        (score >= 9).sum().alias("promoters"),
        score.is_between(7, 8).sum().alias("passives"),
        (score <= 6).sum().alias("detractors"),
        *(each.alias(f"invalid_{i}") for i, each in enumerate(counting)),
    ]
    return {
        PLAINLY: Runner(lambda: frame.select(plainly), equal_to(expected, lambda f: f.row(0)[:3])),
        VALIDATED: in_polars(scores, expected, counting),
        BY_EXTREMES: in_polars(scores, expected, looking),
        "Polars, one line": Runner(lambda: frame.select(tails), equal_to(expected, lambda f: from_tails(*f.row(0)))),
    }


def in_pandas(scores: NDArray[Any], expected: Categories) -> Runner:
    column = pd.Series(scores)
    return Runner(
        lambda: ((column >= 9).sum(), (column <= 6).sum(), column.count()),
        equal_to(expected, lambda found: from_tails(*found)),
    )


def in_pyarrow(scores: NDArray[Any], expected: Categories) -> Runner:
    column = pa.array(scores, from_pandas=True)

    def counts() -> tuple[int, int, Any]:
        from_nine, from_seven = (pc.greater_equal(column, score).true_count for score in (9, 7))
        return from_nine, from_seven, pc.min_max(column)

    def read(found: tuple[int, int, Any]) -> Categories:
        return found[0], found[1] - found[0], len(column) - column.null_count - found[1]

    return Runner(counts, equal_to(expected, read))


def in_duckdb(scores: NDArray[Any], expected: Categories, threads: int) -> Runner:
    connection = duckdb_table({"score": pa.array(scores, from_pandas=True)}, threads)
    return Runner(lambda: connection.execute(DUCKDB).fetchall(), equal_to([(*expected, 0)]))


def in_numba(scores: NDArray[Any], expected: Categories) -> Runner | None:
    if numba is None:
        return None

    @numba.njit  # type: ignore[untyped-decorator]
    def count(scores: NDArray[Any]) -> tuple[int, int, int]:
        from_nine, from_seven, invalid = 0, 0, 0
        for score in scores:
            from_nine += score >= 9
            from_seven += score >= 7
            invalid += score > 10
        return from_nine, from_seven, invalid

    n = len(scores)
    return Runner(
        lambda: count(scores), equal_to(expected, lambda found: (found[0], found[1] - found[0], n - found[1]))
    )


def in_npspy(scores: list[int], expected: Categories) -> Runner | None:
    if npspy is None:
        return None
    promoters, _, detractors = expected
    return Runner(lambda: npspy.calculate(scores), equal_to(100 * (promoters - detractors) / len(scores)))
