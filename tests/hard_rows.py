"""Twenty thousand rows that are hard to count, and their counts one by one."""

import datetime as dt
import math
from collections import Counter
from pathlib import Path
from typing import Any

import naive
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import nps_core as nc

N = 20_000
LABELS = [None, "", "north", "south", "näkymä 🙂", 'O\'Neil "x"', " north"]
MOMENTS = [
    *(dt.datetime(year, 12, day, hour) for year in range(2019, 2027) for day in (28, 29, 30, 31) for hour in (0, 23)),
    *(dt.datetime(year, 1, day, 23, 59, 59) for year in range(2019, 2027) for day in range(1, 9)),
    *(dt.datetime(2026, 3, 29, hour, 30) for hour in range(5)),
    *(dt.datetime(2026, 10, 25, hour, 30) for hour in range(5)),
    dt.datetime(2024, 2, 29),
    dt.datetime(1961, 6, 4, 12),
    None,
]


def make_table() -> pa.Table:
    """Scores as whole numbers and as floats; labels of two kinds; times; weights; respondents with ties in time."""
    generator = np.random.default_rng(20)

    def pick(values: list[Any]) -> list[Any]:
        return [values[i] for i in generator.integers(0, len(values), N)]

    table = pa.table(
        {
            "whole": pa.array(pick([None, -1, 11, *range(11)]), pa.int64()),
            "score": pa.array(pick([None, math.nan, math.inf, -math.inf, -1.0, 7.5, 11.0, *range(11)]), pa.float64()),
            "region": pa.array(pick(LABELS), pa.string()),
            "shop": pa.array(pick([None, *range(12)]), pa.int32()),
            "at": pa.array(pick(MOMENTS), pa.timestamp("us")),
            "weight": pa.array(generator.integers(0, 9, N) / 4, pa.float64()),
            "district": pa.array(pick(["a", "b", "c"]), pa.string()),
            "school": pa.array(pick([*range(40)]), pa.int32()),
            "who": pa.array(pick([None, *(f"p{i}" for i in range(3000))]), pa.string()),
        }
    )
    return table.append_column("utc", table["at"].cast(pa.timestamp("us", "UTC")))


TABLE = make_table()
ROWS: list[dict[str, Any]] = TABLE.to_pylist()


def outcome(value: Any) -> int | str:
    """What an answer counts as."""
    return naive.outcome(value, nc.Scale.STANDARD)


def text(label: Any) -> str | None:
    """The text of a label."""
    return None if label is None else str(label)


def counts_by(by: list[str], every: str | None = None, score: str = "whole") -> Counter[tuple[Any, ...]]:
    """Answers per labels, period and outcome."""
    return Counter(
        (
            *(text(row[name]) for name in by),
            None if every is None or row["at"] is None else naive.period_start(row["at"].date(), every),
            outcome(row[score]),
        )
        for row in ROWS
    )


def days_in(zone: str) -> Counter[tuple[Any, ...]]:
    """Answers per day in a zone, of times in UTC, and outcome."""
    return Counter(
        (None if row["at"] is None else naive.local_day(row["at"], zone), outcome(row["whole"])) for row in ROWS
    )


def write_parts(folder: Path) -> str:
    """The rows as four Parquet files, and the pattern that finds them."""
    folder.mkdir()
    for part in range(4):
        pq.write_table(TABLE.slice(part * N // 4, N // 4), folder / f"part-{part}.parquet")
    return str(folder / "*.parquet")


def weights_by(by: str) -> dict[tuple[Any, Any], tuple[float, float]]:
    """Sums of the weights and of their squares per label and score."""
    kept: dict[tuple[Any, Any], list[float]] = {}
    for row in ROWS:
        if isinstance(score := outcome(row["whole"]), int):
            kept.setdefault((text(row[by]), score), []).append(row["weight"])
    return {key: (math.fsum(found), math.fsum(w * w for w in found)) for key, found in kept.items()}


def latest_counts() -> Counter[tuple[Any, ...]]:
    """Outcomes of the latest answer of each respondent, and of everybody who is unknown."""

    def rank(row: dict[str, Any]) -> tuple[bool, dt.datetime, int]:
        found = outcome(row["whole"])
        tie = -found if isinstance(found, int) else {"missing": 0, "invalid": -1}[found]
        return isinstance(found, int), row["at"] or dt.datetime.min, tie

    best: dict[Any, dict[str, Any]] = {}
    for position, row in enumerate(ROWS):
        person = position if row["who"] is None else row["who"]
        if person not in best or rank(row) > rank(best[person]):
            best[person] = row
    return Counter((None, outcome(row["whole"])) for row in best.values())
