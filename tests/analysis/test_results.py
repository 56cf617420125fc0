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
SHOPS = [
    ("a", 10, 6), ("a", 8, 2), ("b", 0, 5), ("b", 9, 3), ("c", 8, 2), ("d", 3, 4), ("d", None, 1), ("e", 10, 9),
    (None, 10, 1), (None, 2, 1),
]  # fmt: skip
LATER = [("a", 10, 4), ("a", 3, 2), ("b", 0, 1), ("b", 9, 6), ("c", 8, 2), ("c", 10, 2), ("f", 3, 4)]
CLUSTERED = nc.Survey.from_scores(
    [10, 9, 3, 8, 10, 6, 9, 9, 2, 7, 10, 3],
    segments={"shop": [*"aabbaabbaabb"], "unit": [*"112233445566"]},
)
PANEL = [
    nc.Survey.from_scores(scores, respondents=["ann", "bob", "cleo", "dan"])
    for scores in ([10, 3, 8, None], [9, 9, 10, 3])
]


YEARS = nc.Survey.from_scores(
    [(7 * i * i) % 11 if i % 9 else None for i in range(150)],
    at=[dt.date(2025, 1, 10) + dt.timedelta(days=4 * i) for i in range(150)],
    time_zone="naive",
    segments={"shop": [*"abc"] * 50, "unit": [str(i % 10) for i in range(150)]},
    respondents=[f"person {i % 40}" for i in range(150)],
    kind="transactional",
)


def shops(cells: Any = SHOPS) -> nc.Tally:
    return nc.Tally.from_cells(cells, by="shop")


COMMENTS = nc.Survey.from_scores([10, 2, 8], reasons=["quick", "slow", None], suggestions=[None, "chairs", "tea"])
RATINGS = {"staff": [i % 7 for i in range(150)], "price": [i % 5 for i in range(150)]}

MAKE: dict[str, Callable[[], Any]] = {
    "accounts": lambda: nc.account_score(CLUSTERED, "unit", roll_up="mean answers"),
    "competitors": lambda: nc.compare_competitors(shops(), "shop", ours="a", min_n=2),
    "drivers": lambda: nc.key_drivers(YEARS, RATINGS, n_resamples=50, rng=1),
    "themes": lambda: nc.theme_impacts(YEARS, {"price": [i % 3 == 0 for i in range(150)]}),
    "comments": lambda: nc.verbatims(COMMENTS),
    "score": lambda: nc.nps([10, 9, 8, 3, None]),
    "weighted": lambda: nc.nps(nc.Survey.from_scores([10, 9, 8, 3], weights=[1, 2, 3, 4])),
    "in a design": lambda: nc.nps(CLUSTERED, design=nc.Design(clusters="unit")),
    "difference": lambda: nc.compare(nc.Tally.from_counts({10: 3}), nc.Tally.from_counts({10: 3, 2: 2})),
    "of a panel": lambda: nc.compare(*PANEL, pairing="panel"),
    "target": lambda: nc.compare_to_target([10, 9, 8, 3], 20, alternative="greater"),
    "segments": lambda: nc.by_segment(nc.Tally.from_cells(CELLS, by="region"), "region"),
    "suppressed": lambda: nc.by_segment(shops(), "shop", min_n=5),
    "all suppressed": lambda: nc.by_segment(shops([("a", 10, 3), ("b", 8, 4)]), "shop", min_n=5),
    "segments in a design": lambda: nc.by_segment(CLUSTERED, "shop", design=nc.Design(clusters="unit")),
    "pairs": lambda: nc.compare_all(shops(), "shop"),
    "pairs in a design": lambda: nc.compare_all(CLUSTERED, "shop", design=nc.Design(clusters="unit")),
    "equality": lambda: nc.equality(shops(), "shop"),
    "equality in a design": lambda: nc.equality(CLUSTERED, "shop", design=nc.Design(clusters="unit")),
    "ranking": lambda: nc.rank_segments(shops(), "shop"),
    "ranking of few": lambda: nc.rank_segments(shops(SHOPS[:4]), "shop"),
    "changes": lambda: nc.decompose_change(shops(), shops(LATER), by="shop"),
    "robustness": lambda: nc.robustness(shops(), shops(LATER)),
    "nonresponse": lambda: nc.nonresponse(shops(), invited=60, target=10),
    "nobody silent": lambda: nc.nonresponse(shops(), invited=33),
    "standardized": lambda: nc.standardize(
        nc.Tally.from_cells(CELLS, by="region"), "region", {"north": 2, "south": 1, None: 1}
    ),
    "trend": lambda: nc.trend(nc.Tally.from_cells(DATED, every="day"), every="month"),
    "long trend": lambda: nc.trend(YEARS, every="month"),
    "fiscal trend": lambda: nc.trend(YEARS, every="quarter", fiscal_start_month=4),
    "trends": lambda: nc.trend(YEARS, every="month", by="shop"),
    "trends in a design": lambda: nc.trend(YEARS, every="year", by="shop", design=nc.Design(clusters="unit")),
    "rolling": lambda: nc.rolling(YEARS, months=2, every="month"),
    "rolling latest": lambda: nc.rolling(YEARS, days=30, every="month", latest=True),
    "rolling segments": lambda: nc.rolling(YEARS, days=30, every="month", by="shop"),
    "monitor": lambda: nc.monitor([10, 9, 8, 3, None]),
    "empty monitor": lambda: nc.monitor(confidence_level=0.9),
    "effect": lambda: nc.effect_of(YEARS.tally("shop", every="day"), dt.date(2026, 1, 1), by="shop"),
    "effect of few": lambda: nc.effect_of(YEARS.tally(every="day"), dt.date(2025, 1, 20)),
    "rhythm": lambda: nc.rhythm(YEARS, every="quarter"),
    "quarantine": lambda: nc.quarantine(YEARS, rules=nc.QuarantineRules(relationship=90, transactional=30)),
}
every_result = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
INTEGERS = {"n", "promoters", "passives", "detractors", "missing", "invalid", "reference_n"}
INTEGERS |= {"responses", "transactional", "rank", "best_rank", "worst_rank", "from_score", "invited", "segments"}
INTEGERS |= {"accounts", "left_out"}
DAYS = {"start", "end", "at", "last_relationship", "last_transactional", "relationship_from", "transactional_from"}
FLAGS = {"suppressed", "complete", "already_moving", "undated", "weighted_by_revenue"}
WORDS = {"respondent", "region", "period", "method", "alternative", "pairing", "shop", "first_shop", "second_shop"}
WORDS |= {"driver", "quadrant", "theme", "category", "reason", "suggestion", "roll_up", "unit"}
OTHER_INTEGERS = {("degrees_of_freedom", nc.EqualityTest), ("score", nc.Verbatims)}
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
