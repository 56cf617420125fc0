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
from results import MAKE

import nps_core as nc

every_result = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
INTEGERS = {"n", "promoters", "passives", "detractors", "missing", "invalid", "reference_n"}
INTEGERS |= {"responses", "transactional", "rank", "best_rank", "worst_rank", "from_score", "invited", "segments"}
INTEGERS |= {"accounts", "left_out"}
DAYS = {"start", "end", "at", "last_relationship", "last_transactional", "relationship_from", "transactional_from"}
FLAGS = {"suppressed", "complete", "already_moving", "undated", "weighted_by_revenue"}
WORDS = {"respondent", "region", "period", "method", "alternative", "pairing", "shop", "first_shop", "second_shop"}
WORDS |= {"before", "after", "driver", "quadrant", "theme", "category", "reason", "suggestion", "roll_up", "unit"}
OTHER_INTEGERS = {("degrees_of_freedom", nc.EqualityTest), ("score", nc.Verbatims), ("score", nc.ScoreDistribution)}
WITHHELD = {"n", "promoters", "passives", "detractors", "missing", "invalid"}
"""What pandas can only hold as floats where some of it is withheld."""


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
    results = {name: pickle.loads(pickle.dumps(make())) for name, make in MAKE.items()}
    segments, pairs, ranking, changes = (results[name] for name in ("segments", "pairs", "ranking", "changes"))
    for array in (
        segments._adjusted,
        segments._differences.values,
        segments._differences.scores.counts.categories,
        results["suppressed"]._suppressed,
        pairs._adjusted,
        pairs._differences.values,
        ranking._ranks,
        ranking._shrunken,
        changes._shares,
        changes._effects,
        results["robustness"]._differences.values,
    ):
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.setflags(write=True)


def test_parts_of_tables_pickle_too() -> None:
    parts = [*MAKE["segments"]().segments, *MAKE["suppressed"]().segments, *MAKE["trend"]().periods]
    parts += [*MAKE["pairs"]().pairs, *MAKE["ranking"]().segments, *MAKE["changes"]().segments]
    parts += [MAKE["changes"]().mix, *MAKE["changes"]().mix_by]
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
        if name in DAYS:
            expected: Any = ("M", pl.Date, pa.date32())
        elif name in WORDS:
            expected = ("O", pl.String, pa.string())
        elif name in INTEGERS or (name, type(result)) in OTHER_INTEGERS:
            is_withheld = name in WITHHELD and any(record[name] is None for record in result.to_dicts())
            expected = ("f" if is_withheld else "i", pl.Int64, pa.int64())
        elif name in FLAGS:
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
