"""From a million answers on the cost of an answer stays the same; it grows with the groups."""

import grouping
import polars as pl
import pytest
import scoring
from peers import duckdb_table
from racing import OURS, RaceAndRecord, Scaled, ScoresOf


@pytest.mark.parametrize("exponent", [3, 4, 5, 6, 7, 8])
def test_answers(race: RaceAndRecord, is_quick: bool, scores_of: ScoresOf, exponent: int) -> None:  # noqa: FBT001
    scores = scores_of(10 ** min(exponent, 6 if is_quick else 8))
    expected = scoring.expected_of(scores)
    race(
        f"{len(scores):,} answers",
        {
            OURS: scoring.ours(scores, expected),
            "Polars": scoring.polars_runners(scores, expected)[scoring.VALIDATED],
            "DuckDB": scoring.in_duckdb(scores, expected, 2),
        },
        x=len(scores),
        size=len(scores),
        unit="answer",
        seconds=2,
        rounds=3,
    )


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 4, 5, 6])
def test_groups(race: RaceAndRecord, scaled: Scaled, scores_of: ScoresOf, exponent: int) -> None:
    n = scaled(10**7)
    n_groups = min(10**exponent, n // 10)
    scores, codes = scores_of(n), grouping.codes_of(n, n_groups)
    expected = grouping.counted(codes, scores, n_groups)
    columns = {"segment": codes, "score": scores}
    race(
        f"{n:,} answers in {n_groups:,} groups",
        {
            OURS: grouping.ours(grouping.survey_of(codes, scores, n_groups), expected),
            "Polars": grouping.in_polars(pl.DataFrame(columns), expected),
            "DuckDB": grouping.in_duckdb(duckdb_table(columns, 2), expected),
        },
        x=n_groups,
        size=n,
        unit="answer",
        seconds=2,
        rounds=3,
    )
