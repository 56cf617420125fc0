"""A relation of DuckDB over the Parquet files, on two threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import numpy as np
from asking import REGION, WEEK, WEIGHTED, Asked, Place, Row


@contextmanager
def relation(place: Place) -> Iterator[Asked]:
    with duckdb.connect(config={"threads": 2}) as connection:
        answers = connection.read_parquet(place.files)

        def query(columns: str) -> Any:
            text = f"SELECT {columns} FROM read_parquet('{place.files}') AS answers GROUP BY ALL"
            return lambda: connection.execute(text).fetchnumpy()

        sums = "sum(weight), sum(weight * weight)"
        native = {
            REGION: query("region, score, count(*)"),
            WEEK: query("region, date_trunc('week', answers.at), score, count(*)"),
            WEIGHTED: query(f"region, score, count(*), {sums}"),
        }
        yield Asked(answers, native, rows_of)


def rows_of(found: dict[str, Any]) -> Iterator[Row]:
    """The rows of columns of numpy, masked where there is nothing."""
    return zip(*(np.ma.asarray(column).tolist() for column in found.values()), strict=True)
