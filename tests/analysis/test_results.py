"""What every result is: a frozen value, equal by content, that turns into records and frames without losing a digit."""

import copy
import datetime as dt
import math
import pickle
import sys
from collections.abc import Callable
from typing import Any

import attrs
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import nps_core as nc

CELLS = [("north", 10, 6), ("north", 8, 2), ("south", 0, 5), ("south", None, 3), (None, 8, 1), ("west", None, 2)]
DATED = [
    (dt.date(2026, 1, 5), 10, 6),
    (dt.date(2026, 1, 9), 3, 2),
    (dt.date(2026, 3, 1), 9, 2),
    (dt.date(2026, 4, 1), 2, 2),
    (None, 4, 2),
]
MAKE: dict[str, Callable[[], Any]] = {
    "score": lambda: nc.nps([10, 9, 8, 3, None]),
    "weighted": lambda: nc.nps(nc.Survey.from_scores([10, 9, 8, 3], weights=[1, 2, 3, 4])),
    "difference": lambda: nc.compare(nc.Tally.from_counts({10: 3}), nc.Tally.from_counts({10: 3, 2: 2})),
    "segments": lambda: nc.by_segment(nc.Tally.from_cells(CELLS, by="region"), "region"),
    "trend": lambda: nc.trend(nc.Tally.from_cells(DATED, every="day"), every="month"),
}
every_result = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
INTEGERS = {"n", "promoters", "passives", "detractors", "missing", "invalid", "reference_n"}
WORDS = {"region", "period", "method", "alternative", "pairing"}


@every_result
def test_results_of_the_same_counts_are_the_same_value(make: Callable[[], Any]) -> None:
    one, two = make(), make()
    assert one == two
    assert hash(one) == hash(two)
    assert len({one, two}) == 1
    others = [other() for other in MAKE.values() if other is not make]
    assert one not in others


@every_result
def test_results_are_frozen(make: Callable[[], Any]) -> None:
    result = make()
    for field in attrs.fields(type(result)):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(result, field.name, None)
    with pytest.raises((AttributeError, TypeError)):
        result.note = "mine"


@every_result
def test_copies_and_pickles_are_equal_and_as_frozen(make: Callable[[], Any]) -> None:
    result = make()
    assert copy.copy(result) is copy.deepcopy(result) is result
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(result, protocol))
        assert again == result
        assert hash(again) == hash(result)
        assert str(again) == str(result)


def test_the_arrays_inside_cannot_be_reopened() -> None:
    table = pickle.loads(pickle.dumps(MAKE["segments"]()))
    for array in (table._adjusted, table._differences.values, table._differences.scores.counts.categories):
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.setflags(write=True)


def test_parts_of_tables_pickle_too() -> None:
    parts = [*MAKE["segments"]().segments, *MAKE["trend"]().periods]
    assert pickle.loads(pickle.dumps(parts)) == parts
    assert copy.deepcopy(parts) == parts


@every_result
def test_records_are_plain(make: Callable[[], Any]) -> None:
    records = make().to_dicts()
    values = [value for record in records for value in record.values()]
    assert {type(value) for value in values} <= {bool, int, float, str, dt.date, type(None)}
    assert not [value for value in values if isinstance(value, float) and (math.isnan(value) or str(value) == "-0.0")]


@every_result
def test_every_frame_holds_the_records(make: Callable[[], Any]) -> None:
    result = make()
    records = result.to_dicts()
    assert result.to_polars().to_dicts() == records
    assert result.to_arrow().to_pylist() == records
    pandas = result.to_pandas()
    assert [*pandas.columns] == [*records[0]]
    for name, column in pandas.items():
        found = [None if pd.isna(v) else v.date() if isinstance(v, dt.datetime) else v for v in column.tolist()]
        assert found == [record[name] for record in records]


@every_result
def test_every_column_of_a_frame_has_its_type(make: Callable[[], Any]) -> None:
    result = make()
    pandas, polars, arrow = result.to_pandas(), result.to_polars(), result.to_arrow()
    for name in polars.columns:
        if name == "start":
            expected: Any = ("M", pl.Date, pa.date32())
        elif name in WORDS:
            expected = ("O", pl.String, pa.string())
        elif name in INTEGERS:
            expected = ("i", pl.Int64, pa.int64())
        elif name == "suppressed":
            expected = ("b", pl.Boolean, pa.bool_())
        else:
            expected = ("f", pl.Float64, pa.float64())
        assert (pandas[name].dtype.kind, polars[name].dtype, arrow[name].type) == expected


def test_where_there_is_no_number_pandas_has_nan_and_the_others_null() -> None:
    trend = MAKE["trend"]()
    assert trend.to_dicts()[1]["nps"] is None
    assert math.isnan(trend.to_pandas()["nps"].iloc[1])
    assert trend.to_polars()["nps"].null_count() == trend.to_arrow()["nps"].null_count == 1
    assert trend.to_polars()["nps"].is_nan().sum() == 0


def test_frames_do_not_share_memory_with_the_result() -> None:
    table = MAKE["segments"]()
    frame = table.to_pandas()
    frame["nps"] = 0.0
    frame.loc[:, "n"] = 7
    assert table == MAKE["segments"]()


def test_the_records_of_a_table_are_its_segments() -> None:
    table = MAKE["segments"]()
    for segment, record in zip(table.segments, table.to_dicts(), strict=True):
        assert (segment.labels, segment.n, segment.share) == ((record["region"],), record["n"], record["share"])
        assert (segment.score.value if segment.score else None) == record["nps"]
        assert (segment.difference.value if segment.difference else None) == record["difference"]
        assert (segment.difference.pvalue if segment.difference else None) == record["difference_pvalue"]
        assert segment.adjusted_pvalue == record["adjusted_pvalue"]


def test_the_records_of_a_trend_are_its_periods() -> None:
    trend = MAKE["trend"]()
    for period, record in zip(trend.periods, trend.to_dicts(), strict=True):
        assert (period.label, period.start, period.n) == (record["period"], record["start"], record["n"])
        assert (period.score.standard_error if period.score else None) == record["standard_error"]
        assert (period.change.confidence_interval.high if period.change else None) == record["change_high"]


@pytest.mark.parametrize(
    ("module", "method"), [("pandas", "to_pandas"), ("polars", "to_polars"), ("pyarrow", "to_arrow")]
)
def test_a_frame_library_that_is_not_installed_is_missed_with_its_command(
    module: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(nc.MissingDependencyError) as caught:
        getattr(MAKE["score"](), method)()
    assert (
        str(caught.value) == f"{method}() needs {module}, which is not installed; install it with: pip install {module}"
    )
