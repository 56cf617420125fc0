"""What is counted of a frame beyond scores and labels: weights, designs, the latest answers."""

import datetime as dt
import math
from collections import defaultdict
from decimal import Decimal
from typing import Any

import duckdb
import naive
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from engines import FRAMES, table_of
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.counting.calendar import EVERY, Every
from nps_core.counting.engines import Query, _refusals
from nps_core.errors import IncompatibleError, InvalidInputError, InvalidScoreError

Row = tuple[int | None, str | None, dt.datetime | None, str | None, float]

ENGINES = ["pyarrow", "polars", "polars lazy", "pandas", "pandas arrow", "duckdb"]
MOMENTS = [None, *(dt.datetime(2026, 1, day, hour) for day in (1, 2) for hour in (0, 23))]
rows = st.lists(
    st.tuples(
        st.none() | st.integers(-1, 11),
        st.none() | st.sampled_from(["north", "south"]),
        st.sampled_from(MOMENTS),
        st.none() | st.sampled_from(["ann", "bob", ""]),
        st.sampled_from([0.0, 0.5, 1.0, 2.25, 1e-30]),
    ),
    max_size=12,
)


def framed(rows: list[Row], engine: str) -> Any:
    names = {"score": pa.int8(), "label": pa.string(), "at": pa.timestamp("us"), "who": pa.string(), "w": pa.float64()}
    columns = list(zip(*rows, strict=True)) or [[]] * len(names)
    table = pa.table({name: pa.array(column, names[name]) for name, column in zip(names, columns, strict=True)})
    return FRAMES[engine](table)


def latest_of(rows: list[Row]) -> list[Row]:
    """The latest answer of each person: scored goes before unscored, later before earlier, lower before higher."""

    def rank(row: Row) -> tuple[bool, dt.datetime, int]:
        outcome = naive.outcome(row[0], nc.Scale.STANDARD)
        is_scored = isinstance(outcome, int)
        tie = -outcome if isinstance(outcome, int) else {"missing": 0, "invalid": -1}[outcome]
        return is_scored, row[2] or dt.datetime.min, tie

    best: dict[Any, Row] = {}
    for position, row in enumerate(rows):
        person = (position,) if row[3] is None else row[3]
        if person not in best or rank(row) > rank(best[person]):
            best[person] = row
    return list(best.values())


@pytest.mark.parametrize("engine", ENGINES)
@given(rows=rows)
def test_of_each_score_the_weights_and_their_squares_are_summed(engine: str, rows: list[Row]) -> None:
    tally = nc.Tally.from_frame(framed(rows, engine), score="score", by="label", weight="w", invalid="exclude")
    expected: dict[Any, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for score, label, _, _, weight in rows:
        if score is not None and 0 <= score <= 10:
            expected[label, score][0] += weight
            expected[label, score][1] += weight**2
    sums = tally.score_weights
    assert tally.is_weighted
    assert sums is not None
    for group, (label,) in enumerate(tally.groups):
        for score in range(11):
            assert sums[:, group, score].tolist() == pytest.approx(expected[label, score], rel=1e-14)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf, 1e101, 1e-101, None], ids=str)
def test_a_weight_that_is_none_is_refused_and_shown(engine: str, weight: float | None) -> None:
    frame = framed([(9, "x", None, None, 1.0), (3, "x", None, None, weight)], engine)  # type: ignore[list-item]
    with pytest.raises(InvalidInputError, match="weights must be numbers from 1e-100 to 1e100, or 0, got ") as caught:
        nc.Tally.from_frame(frame, score="score", weight="w")
    assert "1 in all" in str(caught.value)


@pytest.mark.parametrize("engine", ["pyarrow", "polars lazy", "duckdb"])
def test_weights_may_be_whole_numbers_or_decimals_but_not_text(engine: str) -> None:
    for weights in ([1, 2], [Decimal("0.5"), Decimal(2)]):
        frame = FRAMES[engine](pa.table({"s": [9, 3], "label": ["x", "x"], "w": weights}))
        sums = nc.Tally.from_frame(frame, score="s", weight="w").score_weights
        assert sums is not None
        assert sums[0].sum() == float(sum(weights))
    frame = FRAMES[engine](pa.table({"s": [9, 3], "label": ["x", "x"], "w": ["1", "2"]}))
    with pytest.raises(InvalidInputError, match="column 'w' must hold numbers, got String"):
        nc.Tally.from_frame(frame, score="s", weight="w")


@pytest.mark.parametrize("engine", ENGINES)
@given(rows=rows, every=st.none() | st.sampled_from(EVERY))
def test_of_each_respondent_the_latest_answer_counts(engine: str, rows: list[Row], every: Every | None) -> None:
    tally = nc.Tally.from_frame(
        framed([(s, None, at, who, w) for s, _, at, who, w in rows], engine),
        score="score",
        at="at",
        every=every,
        time_zone=None if every is None else "naive",
        latest="who",
        invalid="exclude",
    )
    expected: dict[Any, int] = defaultdict(int)
    for score, _, at, _, _ in latest_of(rows):
        start = None if every is None or at is None else naive.period_start(at.date(), every)
        expected[start, naive.outcome(score, nc.Scale.STANDARD)] += 1
    assert naive.as_counter(tally) == expected


def test_only_the_latest_answers_have_to_be_scores() -> None:
    rows: list[Row] = [(9, None, MOMENTS[2], "ann", 1.0), (11, None, MOMENTS[1], "ann", 1.0)]
    for engine in ENGINES:
        options: dict[str, Any] = {"score": "score", "at": "at", "latest": "who"}
        assert nc.Tally.from_frame(framed(rows, engine), **options).n.tolist() == [1]
        with pytest.raises(InvalidScoreError, match=r"got 11.*: 1 of "):
            nc.Tally.from_frame(framed(rows[1:], engine), **options)


@pytest.mark.parametrize("engine", ["pyarrow", "polars"])
def test_a_row_in_memory_that_is_no_score_is_named(engine: str) -> None:
    frame = framed([(9, "x", None, None, 1.0), (11, "x", None, None, 1.0)], engine)
    with pytest.raises(InvalidScoreError, match=r"11 \(index 1\)"):
        nc.Tally.from_frame(frame, score="score", by="label")


def test_dictionaries_of_pyarrow_may_differ_from_part_to_part() -> None:
    parts = [pa.chunked_array([labels]).dictionary_encode().chunk(0) for labels in (["x", "y"], ["y", None, "z"])]
    table = pa.table({"score": [9, 3, 7, 8, 10], "label": pa.chunked_array(parts)})
    tally = nc.Tally.from_frame(table, score="score", by="label")
    assert tally.groups == (("x",), ("y",), ("z",), (None,))
    assert [np.flatnonzero(row).tolist() for row in tally.counts] == [[9], [3, 7], [10], [8]]


@pytest.mark.parametrize("engine", ["pyarrow", "polars"])
def test_weights_in_memory_may_be_zero_or_without_answers(engine: str) -> None:
    for rows, total in (([(9, "x", None, None, 0.0), (3, "x", None, None, 2.0)], 2.0), ([], 0.0)):
        tally = nc.Tally.from_frame(framed(rows, engine), score="score", by="label", weight="w")  # type: ignore[arg-type]
        assert tally.score_weights is not None
        assert tally.score_weights[0].sum() == total


@pytest.mark.parametrize("engine", ["pyarrow", "polars", "pandas"])
def test_in_memory_the_first_week_may_begin_in_the_year_before(engine: str) -> None:
    frame = framed([(9, "x", dt.datetime(2, 1, 2), None, 1.0)], engine)
    tally = nc.Tally.from_frame(frame, score="score", by="label", at="at", every="week", time_zone="naive")
    assert tally.starts is not None
    assert tally.starts.tolist() == [dt.date(1, 12, 31)]


def test_what_an_engine_has_not_is_said_with_a_way_out() -> None:
    query = Query(score="score", at="at", latest="who")
    message = r"cannot count this: no windows; Survey.from_frame\(...\).latest\(\)"
    with pytest.raises(IncompatibleError, match=message), _refusals(query):
        raise NotImplementedError("no windows")


def test_the_latest_answers_need_times() -> None:
    with pytest.raises(InvalidInputError, match="latest='who' needs at=, the column of times"):
        nc.Tally.from_frame(pl.DataFrame({"s": [9], "who": ["ann"]}), score="s", latest="who")


@pytest.mark.parametrize("engine", ENGINES)
def test_strata_and_clusters_make_the_groups_finer_for_a_design(engine: str) -> None:
    columns = {
        "score": [10, 9, 3, 8, 10, 6, 9, 9],
        "label": list("xyxyxyxy"),
        "region": list("NNNNSSSS"),
        "shop": list("aabbccdd"),
        "w": [1.0, 2.0, 1.5, 1.0, 0.5, 1.0, 3.0, 1.0],
    }
    survey = nc.Survey.from_scores(
        columns["score"], segments={name: columns[name] for name in ("label", "region", "shop")}, weights=columns["w"]
    )
    design = nc.Design(strata="region", clusters="shop")
    tally = nc.Tally.from_frame(
        FRAMES[engine](pa.table(columns)), score="score", by="label", stratum="region", cluster="shop", weight="w"
    )
    assert tally.by == ("label", "region", "shop")
    assert nc.nps(tally, design=design) == nc.nps(survey, design=design)
    assert nc.by_segment(tally, "label", design=design) == nc.by_segment(survey, "label", design=design)


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("engine", ENGINES)
def test_every_day_of_some_years_lies_in_its_period(engine: str, every: Every) -> None:
    days = [dt.date(1958, 12, 20) + dt.timedelta(days) for days in range(40)]
    days += [dt.date(2019, 12, 20) + dt.timedelta(days) for days in range(900)]
    table = table_of([(9, None, dt.datetime.combine(day, dt.time(23, 59, 59))) for day in days], pa.int8())
    tally = nc.Tally.from_frame(FRAMES[engine](table), score="score", at="at", every=every, time_zone="naive")
    expected = sorted({naive.period_start(day, every) for day in days})
    assert tally.starts is not None
    assert tally.starts.tolist() == expected
    assert tally.n.tolist() == [sum(naive.period_start(day, every) == start for day in days) for start in expected]


class Exported:
    """What has its columns as Arrow's only."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


def test_what_exports_the_columns_of_arrow_is_a_frame() -> None:
    table = pa.table({"s": [9, 3, None], "b": ["x", None, "x"]})
    expected = nc.Tally.from_frame(table, score="s", by="b")
    for source in (
        table,
        pl.DataFrame(pl.from_arrow(table)),
        pa.RecordBatchReader.from_batches(table.schema, table.to_batches()),
    ):
        assert nc.Tally.from_frame(Exported(source), score="s", by="b") == expected


def test_a_column_that_exports_itself_is_no_frame() -> None:
    with pytest.raises(InvalidInputError, match="whatever else Narwhals takes, got Exported"):
        nc.Tally.from_frame(Exported(pl.Series([9])), score="s")


def test_zones_that_are_the_same_are_not_converted() -> None:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'Etc/UTC'")
    relation = connection.sql("SELECT 9 AS s, TIMESTAMPTZ '2026-01-01 23:30:00+00' AS t")
    tally = nc.Tally.from_frame(relation, score="s", at="t", every="day", time_zone="UTC")
    assert tally.starts is not None
    assert tally.starts.tolist() == [dt.date(2026, 1, 1)]
    with pytest.raises(IncompatibleError, match=r"the zone of the engine's session, Etc/UTC, .* SET TimeZone"):
        nc.Tally.from_frame(relation, score="s", at="t", every="day", time_zone="Asia/Tokyo")


def test_pandas_columns_in_zones_that_narwhals_does_not_read_are_counted() -> None:
    at = pd.to_datetime(["2026-01-01 04:30"]).tz_localize("UTC").tz_convert("America/New_York")
    frame = pd.DataFrame({"s": [9], "t": at})
    tally = nc.Tally.from_frame(frame, score="s", at="t", every="day", time_zone="America/New_York")
    assert tally.starts is not None
    assert tally.starts.tolist() == [dt.date(2025, 12, 31)]
    with pytest.raises(InvalidInputError, match="column 't' is in America/New_York"):
        nc.Tally.from_frame(frame, score="s", at="t", every="day", time_zone="naive")


@pytest.mark.parametrize("name", ["^a$", "^.*$"])
def test_names_that_polars_takes_for_patterns_are_refused(name: str) -> None:
    frame = pl.DataFrame({name: [9, 0], "a": [1, 1]})
    for rows in (frame, frame.lazy()):
        with pytest.raises(InvalidInputError, match=r"must not begin with \^ and end with \$, .* rename it"):
            nc.Tally.from_frame(rows, score=name)
        with pytest.raises(InvalidInputError, match=r"must not begin with \^ and end with \$, .* rename it"):
            nc.Survey.from_frame(rows, score="a", segments=name)
    assert nc.Tally.from_frame(frame.to_arrow(), score=name).counts[0].tolist() == [1, *[0] * 8, 1, 0]


@pytest.mark.parametrize("every", EVERY)
def test_times_that_are_infinite_are_unknown(every: Every) -> None:
    relation = duckdb.sql("SELECT * FROM (VALUES (9, 'infinity'::timestamp), (3, '-infinity'::timestamp)) AS x(s, t)")
    tally = nc.Tally.from_frame(relation, score="s", at="t", every=every, time_zone="naive")
    assert naive.as_counter(tally) == {(None, 9): 1, (None, 3): 1}
    first = duckdb.sql("SELECT 9 AS s, '0001-01-03'::timestamp AS t")  # its week begins when Python's time does
    with pytest.raises(InvalidInputError, match="times must be between the years 2 and 9998, got the year 1"):
        nc.Tally.from_frame(first, score="s", at="t", every=every, time_zone="naive")


@pytest.mark.parametrize("engine", ENGINES)
def test_respondents_that_are_not_a_number_are_nobody(engine: str) -> None:
    table = pa.table(
        {"s": [1, 2, 3, 4], "label": list("abcd"), "at": MOMENTS[1:], "who": [1.0, 1.0, math.nan, math.nan]}
    )
    tally = nc.Tally.from_frame(FRAMES[engine](table), score="s", at="at", latest="who")
    assert naive.as_counter(tally) == {(None, 2): 1, (None, 3): 1, (None, 4): 1}


@pytest.mark.parametrize("engine", ENGINES)
@given(rows=rows)
def test_answers_alike_in_all_but_label_and_weight_are_not_picked_by_chance(engine: str, rows: list[Row]) -> None:
    options: dict[str, Any] = {"score": "score", "by": "label", "at": "at", "latest": "who", "invalid": "exclude"}
    options["weight"] = "w"
    assert nc.Tally.from_frame(framed(rows, engine), **options) == nc.Tally.from_frame(
        framed(rows[::-1], engine), **options
    )


def test_names_that_counting_uses_itself_are_refused() -> None:
    frame = pl.DataFrame({"score": [9], "__nps_core_period__": ["a"]})
    with pytest.raises(InvalidInputError, match=r"must not begin with __nps_core_.*, got '__nps_core_.*'; rename it"):
        nc.Tally.from_frame(frame, score="score", by="__nps_core_period__")
