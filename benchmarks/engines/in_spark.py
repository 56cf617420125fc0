"""A session of Spark on two cores of this machine. Its work is done by Java, in another process."""

from collections.abc import Iterator
from contextlib import contextmanager

from asking import REGION, WEEK, WEIGHTED, Asked, Place
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
}


@contextmanager
def session(place: Place) -> Iterator[Asked]:
    builder = SparkSession.builder.master("local[2]")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    try:
        answers = spark.read.parquet(place.folder)
        weight, week = F.col("weight"), F.date_trunc("week", "at").alias("week")
        sums = [F.count("*"), F.sum(weight), F.sum(weight * weight)]
        native = {
            REGION: lambda: answers.groupBy("region", "score").count().collect(),
            WEEK: lambda: answers.groupBy("region", week, "score").count().collect(),
            WEIGHTED: lambda: answers.groupBy("region", "score").agg(*sums).collect(),
        }
        yield Asked(answers, native, lambda found: map(tuple, found))
    finally:
        spark.stop()
