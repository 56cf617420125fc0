"""What the docs say is supported in engines that are servers or clusters: cell by cell."""

from collections.abc import Iterator
from typing import Any

import hard_rows
import pytest
import support

import nps_core as nc
from nps_core.errors import IncompatibleError, InvalidInputError, UnknownNameError

pytestmark = pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")  # Ibis asks pandas so


@pytest.fixture(scope="module")
def in_spark(spark: Any, parts: str) -> Any:
    """The rows in Spark."""
    return spark.read.parquet(parts)


@pytest.fixture(scope="module")
def in_postgres(postgres: Any) -> Any:
    """The rows in Postgres."""
    types = {
        "whole": "bigint",
        "score": "double precision",
        "region": "text",
        "shop": "integer",
        "at": "timestamp",
        "weight": "double precision",
        "district": "text",
        "school": "integer",
        "who": "text",
        "utc": "timestamptz",
    }
    names = hard_rows.TABLE.column_names
    with postgres.con.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(f"CREATE TABLE answers ({', '.join(f'{name} {types[name]}' for name in names)})")
        with cursor.copy(f"COPY answers ({', '.join(names)}) FROM STDIN") as copy:
            for row in hard_rows.ROWS:
                copy.write_row([row[name] for name in names])
    postgres.con.commit()
    return postgres.table("answers")


@pytest.mark.parametrize("feature", support.FEATURES)
def test_what_is_supported_in_spark(feature: str, in_spark: Any) -> None:
    support.check("Spark", feature, in_spark)


@pytest.mark.parametrize("feature", support.FEATURES)
def test_what_is_supported_in_postgres(feature: str, in_postgres: Any) -> None:
    support.check("Ibis on Postgres", feature, in_postgres)


@pytest.fixture
def in_helsinki(spark: Any) -> Iterator[None]:
    """Spark's session in another zone."""
    spark.conf.set("spark.sql.session.timeZone", "Europe/Helsinki")
    yield
    spark.conf.set("spark.sql.session.timeZone", "UTC")


@pytest.mark.parametrize("every", ["day", "week"])
def test_the_zone_of_a_session_is_looked_up_each_time(every: Any, spark: Any, parts: str, in_helsinki: None) -> None:
    frame = spark.read.parquet(parts)
    options: dict[str, Any] = {"score": "whole", "at": "utc", "every": every, "invalid": "exclude"}
    tally = nc.Tally.from_frame(frame, time_zone="Europe/Helsinki", **options)
    survey = nc.Survey.from_scores(
        hard_rows.TABLE["whole"], at=hard_rows.TABLE["utc"], time_zone="Europe/Helsinki", invalid="exclude"
    )
    assert tally == survey.tally(every=every)
    with pytest.raises(IncompatibleError, match=r"the zone of the engine's session, Europe/Helsinki, got .*'UTC'"):
        nc.Tally.from_frame(frame, time_zone="UTC", **options)


def test_times_of_postgres_are_counted_in_a_view_without_their_zone(postgres: Any, in_postgres: Any) -> None:
    with postgres.con.cursor() as cursor:
        cursor.execute("CREATE VIEW local AS SELECT whole, utc AT TIME ZONE 'Europe/Helsinki' AS answered FROM answers")
    postgres.con.commit()
    tally = nc.Tally.from_frame(
        postgres.table("local"),
        score="whole",
        at="answered",
        every="day",
        time_zone="Europe/Helsinki",
        invalid="exclude",
    )
    survey = nc.Survey.from_scores(
        hard_rows.TABLE["whole"], at=hard_rows.TABLE["utc"], time_zone="Europe/Helsinki", invalid="exclude"
    )
    assert tally == survey.tally(every="day")


def test_spark_takes_no_text_for_numbers_or_times(in_spark: Any) -> None:
    with pytest.raises(InvalidInputError, match="column 'region' must hold numbers, got String"):
        nc.Tally.from_frame(in_spark, score="region")
    with pytest.raises(InvalidInputError, match="column 'region' must hold datetimes or dates, got String"):
        nc.Tally.from_frame(in_spark, score="whole", at="region", every="day", time_zone="naive")


def test_names_that_spark_cannot_tell_from_structures_are_refused(in_spark: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"names of columns must have no dots, .* got 'q1.score'"):
        nc.Tally.from_frame(in_spark.withColumnRenamed("whole", "q1.score"), score="q1.score")
    with pytest.raises(
        UnknownNameError, match=r"column must be one of 'whole', .* got 'regoin'. Did you mean 'region'"
    ):
        nc.Tally.from_frame(in_spark, score="whole", by="regoin")
