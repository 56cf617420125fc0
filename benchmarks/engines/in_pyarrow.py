"""Tables of PyArrow in memory, on two threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from asking import REGION, WEEK, WEIGHTED, Asked, Place, Row

pa.set_cpu_count(2)

_COLUMNS = ["region", "at", "score", "weight"]


@contextmanager
def plain(place: Place) -> Iterator[Asked]:
    yield _asked(pq.read_table(place.folder, columns=_COLUMNS))


@contextmanager
def dictionaries(place: Place) -> Iterator[Asked]:
    yield _asked(pq.read_table(place.folder, columns=_COLUMNS, read_dictionary=["region"]).unify_dictionaries())


def _asked(table: pa.Table) -> Asked:
    count: list[Any] = [([], "count_all")]

    def by_week() -> pa.Table:
        week = pc.floor_temporal(table["at"], unit="week")
        return table.append_column("week", week).group_by(["region", "week", "score"]).aggregate(count)

    def weighted() -> pa.Table:
        squared = table.append_column("square", pc.multiply(table["weight"], table["weight"]))
        return squared.group_by(["region", "score"]).aggregate([*count, ("weight", "sum"), ("square", "sum")])

    native = {
        REGION: lambda: table.group_by(["region", "score"]).aggregate(count),
        WEEK: by_week,
        WEIGHTED: weighted,
    }
    return Asked(table, native, rows_of)


def rows_of(found: pa.Table) -> Iterator[Row]:
    """The rows of a table."""
    return zip(*(column.to_pylist() for column in found.columns), strict=True)
