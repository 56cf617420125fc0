"""Tables of Ibis: over the Parquet files in DuckDB, and on a server of PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ibis
from asking import REGION, WEEK, WEIGHTED, Asked, Place, Row


@contextmanager
def on_duckdb(place: Place) -> Iterator[Asked]:
    """An expert of Ibis writes an expression."""
    connection = ibis.duckdb.connect(threads=2)
    try:
        answers: Any = connection.read_parquet(place.files)
        n, weight = answers.count(), answers["weight"]
        sums = {"n": n, "weights": weight.sum(), "squares": (weight * weight).sum()}
        week = answers["at"].truncate("W")
        native = {
            REGION: lambda: answers.group_by("region", "score").agg(n=n).to_pyarrow(),
            WEEK: lambda: answers.group_by("region", week=week, score=answers["score"]).agg(n=n).to_pyarrow(),
            WEIGHTED: lambda: answers.group_by("region", "score").agg(**sums).to_pyarrow(),
        }
        yield Asked(answers, native, _rows_of_arrow)
    finally:
        connection.disconnect()


@contextmanager
def on_postgres(place: Place) -> Iterator[Asked]:
    """An expert of PostgreSQL writes SQL, and sends it on the same connection."""
    connection = ibis.postgres.connect(host=place.server, user="postgres", database="postgres")
    try:

        def query(columns: str, keys: str) -> Any:
            text = f"SELECT {columns} FROM answers GROUP BY {keys}"
            return lambda: connection.con.execute(text).fetchall()

        sums = "sum(weight), sum(weight * weight)"
        native = {
            REGION: query("region, score, count(*)", "1, 2"),
            WEEK: query("region, date_trunc('week', at), score, count(*)", "1, 2, 3"),
            WEIGHTED: query(f"region, score, count(*), {sums}", "1, 2"),
        }
        yield Asked(connection.table("answers"), native, iter)
    finally:
        connection.disconnect()


def _rows_of_arrow(found: Any) -> Iterator[Row]:
    return zip(*(column.to_pylist() for column in found.columns), strict=True)
