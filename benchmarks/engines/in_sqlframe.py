"""SQLFrame on DuckDB: the interface of Spark, in SQL."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from asking import REGION, WEEK, WEIGHTED, Asked, Place
from sqlframe.duckdb import DuckDBSession
from sqlframe.duckdb import functions as F  # noqa: N812


@contextmanager
def session(place: Place) -> Iterator[Asked]:
    with duckdb.connect(config={"threads": 2}) as connection:
        answers = DuckDBSession(conn=connection).read.parquet(place.files)
        weight = F.col("weight")
        week = F.date_trunc("week", "at").cast("date").alias("week")  # else it would come in a zone
        sums = [F.count("*").alias("n"), F.sum(weight).alias("weights"), F.sum(weight * weight).alias("squares")]
        native = {
            REGION: lambda: answers.groupBy("region", "score").count().collect(),
            WEEK: lambda: answers.groupBy("region", week, "score").count().collect(),
            WEIGHTED: lambda: answers.groupBy("region", "score").agg(*sums).collect(),
        }
        yield Asked(answers, native, lambda found: map(tuple, found))
