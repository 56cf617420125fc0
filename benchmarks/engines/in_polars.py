"""Frames of Polars, on two threads: over the Parquet files, and in memory."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

os.environ["POLARS_MAX_THREADS"] = "2"

import polars as pl
from asking import REGION, WEEK, WEIGHTED, Asked, Place

_COLUMNS = ["region", "at", "score", "weight"]


@contextmanager
def lazy(place: Place) -> Iterator[Asked]:
    yield _asked(pl.scan_parquet(place.files), lambda frame: frame.collect(engine="streaming"))


@contextmanager
def plain(place: Place) -> Iterator[Asked]:
    yield _asked(pl.read_parquet(place.files, columns=_COLUMNS), lambda frame: frame)


@contextmanager
def categories(place: Place) -> Iterator[Asked]:
    frame = pl.read_parquet(place.files, columns=_COLUMNS)
    yield _asked(frame.with_columns(pl.col("region").cast(pl.Categorical)), lambda frame: frame)


def _asked(frame: Any, collect: Callable[[Any], pl.DataFrame]) -> Asked:
    weight, week = pl.col("weight"), pl.col("at").dt.truncate("1w").alias("week")
    sums = [pl.len(), weight.sum(), (weight * weight).sum().alias("square")]
    native = {
        REGION: lambda: collect(frame.group_by("region", "score").len()),
        WEEK: lambda: collect(frame.group_by("region", week, "score").len()),
        WEIGHTED: lambda: collect(frame.group_by("region", "score").agg(sums)),
    }
    return Asked(frame, native, lambda found: found.iter_rows())
