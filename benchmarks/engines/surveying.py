"""The answers that everyone counts, written piece by piece as Parquet files, and what must come out."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from asking import WEEK, WEIGHTED, Question, Row
from numpy.typing import NDArray

import nps_core as nc

REGIONS: Final = [f"region {code:02}" for code in range(10)]
PRODUCTS: Final = [f"product {code:04}" for code in range(1_000)]
MISSING: Final = 11
CELLS: Final = 12

_FILES: Final = 8
_PIECE: Final = 1_000_000
_FIRST: Final = np.datetime64("2023-01-02", "s")  # a Monday
_WEEKS: Final = 157
_SECONDS: Final = 3 * 365 * 86_400


@attrs.frozen
class Expected:
    """What must come out.

    Attributes:
        counts: Per region, week and score, the last of which is missing: shape (10, 157, 12).
        sums: Of the weights and of their squares, per region and score: shape (2, 10, 11).
    """

    counts: NDArray[np.int64]
    sums: NDArray[np.float64]

    def check_tally(self, question: Question) -> Callable[[nc.Tally], None]:
        """A check of what nps_core gives."""

        def check(tally: nc.Tally) -> None:
            regions = np.array([REGIONS.index(str(label)) for (label,) in tally.groups], np.intp)
            weeks = np.zeros_like(regions) if tally.starts is None else _weeks_of(tally.starts)
            found = np.zeros((len(REGIONS), _WEEKS, CELLS), np.int64)
            found[regions, weeks, :MISSING] = tally.counts
            found[regions, weeks, MISSING] = tally.missing
            assert not tally.invalid.any()
            weights = tally.score_weights
            self._compare(question, found, None if weights is None else weights[:, np.argsort(regions)])

        return check

    def check_rows(self, question: Question, rows_of: Callable[[Any], Iterable[Row]]) -> Callable[[Any], None]:
        """A check of the rows that an engine gives."""

        def check(result: Any) -> None:
            found = np.zeros((len(REGIONS), _WEEKS, CELLS), np.int64)
            sums = np.zeros((2, len(REGIONS), CELLS))
            for row in rows_of(result):
                region, week, (score, n, *weights) = REGIONS.index(row[0]), 0, row[1:]
                if question == WEEK:
                    week, (score, n, *weights) = int(_weeks_of(row[1])), row[2:]
                cell = MISSING if score is None or score != score else int(score)  # noqa: PLR0124
                found[region, week, cell] += n
                if weights:
                    sums[:, region, cell] = weights
            self._compare(question, found, sums[:, :, :MISSING])

        return check

    def _compare(self, question: Question, found: NDArray[np.int64], sums: NDArray[np.float64] | None) -> None:
        if question == WEEK:
            np.testing.assert_array_equal(found, self.counts)
        else:
            np.testing.assert_array_equal(found[:, 0], self.counts.sum(axis=1))
        if question == WEIGHTED:
            np.testing.assert_allclose(sums, self.sums, rtol=1e-9)


def write(folder: Path, n: int) -> Expected:
    """Write so many answers, the same every time, into some files of about the same size; never all in memory."""
    counts = np.zeros(len(REGIONS) * _WEEKS * CELLS, np.int64)
    sums = np.zeros((2, len(REGIONS) * CELLS))
    for number, size in enumerate(_parts(n, -(-n // _FILES))):
        with pq.ParquetWriter(folder / f"part-{number}.parquet", _SCHEMA) as writer:
            for piece, length in enumerate(_parts(size, _PIECE)):
                generator = np.random.default_rng([number, piece])
                regions = generator.integers(0, len(REGIONS), length, dtype=np.int8)
                cells = generator.binomial(10, 0.8, length)
                cells[generator.random(length) < 0.02] = MISSING
                seconds = generator.integers(0, _SECONDS, length)
                weights = generator.gamma(4, 0.25, length).round(2)
                products = generator.integers(0, len(PRODUCTS), length, dtype=np.int16)
                columns = [
                    _texts(regions, REGIONS),
                    _texts(products, PRODUCTS),
                    pa.array(cells, pa.int64(), mask=cells == MISSING),
                    pa.array((_FIRST + seconds.astype("timedelta64[s]")).astype("datetime64[us]")),
                    pa.array(weights),
                ]
                writer.write_table(pa.table(columns, schema=_SCHEMA))
                groups = (regions.astype(np.int64) * _WEEKS + seconds // (7 * 86_400)) * CELLS + cells
                counts += np.bincount(groups, minlength=len(counts))
                groups = regions.astype(np.int64) * CELLS + cells
                sums += [np.bincount(groups, each, sums.shape[1]) for each in (weights, weights**2)]
    shape = len(REGIONS), _WEEKS, CELLS
    return Expected(counts.reshape(shape), sums.reshape(2, len(REGIONS), CELLS)[:, :, :MISSING])


_SCHEMA: Final = pa.schema(
    {
        "region": pa.string(),
        "product": pa.string(),
        "score": pa.int64(),
        "at": pa.timestamp("us"),
        "weight": pa.float64(),
    }
)


def _parts(n: int, size: int) -> Iterator[int]:
    """The sizes of the parts of so many rows."""
    return (min(size, n - start) for start in range(0, n, size))


def _texts(codes: NDArray[Any], labels: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(codes, pa.array(labels)).cast(pa.string())


def _weeks_of(days: Any) -> Any:
    """How many weeks after the first a Monday is, of a date, of a datetime, or of an array."""
    if isinstance(days, dt.datetime):
        days = days.date()
    elif isinstance(days, int):  # nanoseconds, as numpy hands them to Python
        days = np.datetime64(days, "ns")
    weeks, rest = np.divmod((np.asarray(days, "datetime64[D]") - _FIRST.astype("datetime64[D]")).astype(np.int64), 7)
    assert not np.any(rest), "a week begins on Monday"
    return weeks
