"""Frames of pandas in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
from asking import REGION, WEEK, WEIGHTED, Asked, Place

_COLUMNS = ["region", "at", "score", "weight"]
_FIRST_MONDAY = pd.Timestamp(1970, 1, 5) - pd.Timestamp(1970, 1, 1)


@contextmanager
def plain(place: Place) -> Iterator[Asked]:
    yield _asked(pd.read_parquet(place.folder, columns=_COLUMNS))


@contextmanager
def categories(place: Place) -> Iterator[Asked]:
    yield _asked(pd.read_parquet(place.folder, columns=_COLUMNS).astype({"region": "category"}))


def _asked(frame: pd.DataFrame) -> Asked:
    options = {"observed": True, "dropna": False, "sort": False}

    def by_week() -> pd.Series:
        week = (frame["at"] - _FIRST_MONDAY).dt.floor("7D") + _FIRST_MONDAY
        return frame.groupby(["region", week.rename("week"), "score"], **options).size()

    def weighted() -> pd.DataFrame:
        squared = frame.assign(square=frame["weight"] ** 2)
        sums = {"n": ("weight", "size"), "weights": ("weight", "sum"), "squares": ("square", "sum")}
        return squared.groupby(["region", "score"], **options).agg(**sums)

    native = {
        REGION: lambda: frame.groupby(["region", "score"], **options).size(),
        WEEK: by_week,
        WEIGHTED: weighted,
    }
    return Asked(frame, native, lambda found: found.reset_index().itertuples(index=False, name=None))
