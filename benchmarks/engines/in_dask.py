"""Dask over the Parquet files: on two workers in processes of their own, or on two threads of this one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dask
import dask.dataframe as dd
import pandas as pd
from asking import REGION, WEEK, WEIGHTED, Asked, Place, Row
from distributed import Client, LocalCluster

_FIRST_MONDAY = pd.Timestamp(1970, 1, 5) - pd.Timestamp(1970, 1, 1)


@contextmanager
def workers(place: Place) -> Iterator[Asked]:
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster),  # type: ignore[no-untyped-call]
    ):
        yield _asked(place)


@contextmanager
def threads(place: Place) -> Iterator[Asked]:
    with dask.config.set(scheduler="threads", num_workers=2):
        yield _asked(place)


def _asked(place: Place) -> Asked:
    answers: Any = dd.read_parquet(place.folder)  # type: ignore[attr-defined]

    def by_week() -> Any:
        week = (answers["at"] - _FIRST_MONDAY).dt.floor("7D") + _FIRST_MONDAY
        return answers.assign(week=week).groupby(["region", "week", "score"], dropna=False).size().compute()

    def weighted() -> Any:
        squared = answers.assign(square=answers["weight"] ** 2)
        sums = {"weight": ["size", "sum"], "square": ["sum"]}
        return squared.groupby(["region", "score"], dropna=False).agg(sums).compute()

    native = {
        REGION: lambda: answers.groupby(["region", "score"], dropna=False).size().compute(),
        WEEK: by_week,
        WEIGHTED: weighted,
    }
    return Asked(answers, native, rows_of)


def rows_of(found: Any) -> Iterator[Row]:
    """The rows of a grouped frame or series of pandas."""
    return found.reset_index().itertuples(index=False, name=None)
