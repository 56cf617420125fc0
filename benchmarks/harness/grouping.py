"""Ways to count scores per group."""

from typing import Any

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray
from peers import categories_of, per_group
from racing import Runner, equal_to

import nps_core as nc

Codes = NDArray[np.int32]
Counts = NDArray[np.int64]


def codes_of(n: int, n_groups: int) -> Codes:
    return np.random.default_rng(3).integers(0, n_groups, n, dtype=np.int32)


def survey_of(codes: Codes, scores: NDArray[np.uint8], n_groups: int, weights: Any = None) -> nc.Survey:
    """Labels of seven digits: in their order, which is that of the codes."""
    labels = categories_of(codes, (f"{code:07}" for code in range(n_groups)))
    return nc.Survey.from_scores(scores, segments={"segment": labels}, weights=weights)


def rows_of(tally: nc.Tally) -> NDArray[np.intp]:
    """The code of each group of a tally."""
    return np.array([int(label) for (label,) in tally.groups if label is not None], np.intp)


def spread(tally: nc.Tally, counts: NDArray[Any], n_groups: int) -> NDArray[Any]:
    """What a tally knows of its groups, for all of them: shape (n_groups, 11)."""
    table = np.zeros((n_groups, 11), counts.dtype)
    table[rows_of(tally)] = counts
    return table


def in_duckdb(connection: duckdb.DuckDBPyConnection, expected: Counts) -> Runner:
    query = "SELECT segment, score, count(*) AS n FROM answers GROUP BY ALL"
    read = equal_to(expected, lambda f: per_group(f["segment"], f["score"], f["n"], len(expected)))
    return Runner(lambda: connection.execute(query).fetchnumpy(), read)


def in_polars(frame: pl.DataFrame, expected: Counts) -> Runner:
    read = equal_to(expected, lambda f: per_group(f["segment"], f["score"], f["len"], len(expected)))
    return Runner(lambda: frame.group_by("segment", "score").len(), read)


def ours(survey: nc.Survey, expected: Counts) -> Runner:
    read = equal_to(expected, lambda tally: spread(tally, tally.counts, len(expected)))
    return Runner(lambda: survey.tally("segment"), read)


def counted(codes: Codes, scores: NDArray[np.uint8], n_groups: int) -> Counts:
    """The counts, slowly: shape (n_groups, 11)."""
    table = np.zeros((n_groups, 11), np.int64)
    np.add.at(table, (codes, scores), 1)
    return table
