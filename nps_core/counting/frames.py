"""Counting inside other people's engines: one grouped query through Narwhals, of which only the counts come back."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core._optional import require
from nps_core.counting.answers import to_cells
from nps_core.counting.calendar import Every
from nps_core.counting.categorical import Encoded, from_categories
from nps_core.counting.columns import is_missing
from nps_core.counting.groups import count_by
from nps_core.counting.kernel import INVALID, MISSING
from nps_core.counting.zones import NAIVE, check_time_zone, zone_of
from nps_core.errors import IncompatibleError, InvalidInputError, unknown_name


@attrs.frozen
class FrameCounts:
    """What an engine counted, r rows of it.

    Attributes:
        labels: One list of r labels per key.
        days: A day within the period of each row, None where the time is unknown; None if no period was asked for.
        cells: The cell of each row: a score, or missing, or invalid.
        counts: How many answers there are.
    """

    labels: list[list[Any]]
    days: list[dt.date | None] | None
    cells: list[int]
    counts: list[int]


def count_frame(
    frame: Any,
    *,
    score: str,
    by: Sequence[str],
    at: str | None,
    every: Every | None,
    time_zone: str | None,
    lowest: int,
    highest: int,
) -> FrameCounts:
    """Count a frame per group and cell, in the engine that holds it.

    Only a frame in memory whose keys are all categorical is counted here: its codes are what the kernel takes.

    Args:
        frame: Whatever Narwhals takes: pandas, Polars (eager or lazy), PyArrow, DuckDB, ...
        score: The column of scores, numbers. Null and NaN are missing; all else that is no score is invalid.
        by: The columns of labels.
        at: The column of times, datetimes or dates.
        every: The calendar period to group by.
        time_zone: The zone whose calendar is meant; for times without a zone, the one they were written in.
        lowest: The lowest score of the scale.
        highest: The highest score of the scale.

    Raises:
        InvalidInputError: If the frame is none, or a column has the wrong type.
        UnknownNameError: If there is no such column.
    """
    nw = require("narwhals.stable.v2", extra="frames", purpose="counting in a frame")
    try:
        native = nw.from_native(frame)
        rows = native.lazy() if isinstance(native, nw.DataFrame) else native
        schema = rows.collect_schema()
    except TypeError as error:
        raise InvalidInputError(
            f"frame must be a data frame that Narwhals knows, got {type(frame).__name__}"
        ) from error
    except nw.exceptions.DuplicateError as error:
        raise InvalidInputError(f"the columns of a frame must have different names: {error}") from error
    for name in [score, *by, *([] if at is None else [at])]:
        _check_name(name, schema.names(), any_case=rows.implementation.is_duckdb())
    if not (schema[score].is_numeric() or schema[score] == nw.Unknown):
        raise InvalidInputError(f"column {score!r} must hold numbers, got {schema[score]}")
    if every is None and isinstance(native, nw.DataFrame) and (schema[score].is_integer() or schema[score].is_float()):
        keys = _encoded([native[name].to_native() for name in by])
        if keys is not None:
            return _count_encoded(to_cells(native[score].to_native(), lowest, highest), keys)
    columns = {"nps_cell": _cell(nw, nw.col(score), lowest, highest)}
    for position, name in enumerate(by):
        key = nw.col(name)
        if _is_category(nw, schema[name]):  # pandas 2 would make a text of null, too
            key = nw.when(~key.is_null()).then(key.cast(nw.String))
        columns[f"nps_key_{position}"] = key
    if at is not None and every is not None:
        if schema[at] == nw.Unknown and rows.implementation.is_pandas_like():
            rows = _in_known_zone(nw, rows, at)
        in_duckdb = rows.implementation.is_duckdb()
        columns |= _calendar(nw, rows.collect_schema()[at], at, every, time_zone, in_duckdb=in_duckdb)
    try:
        grouped = rows.select(**columns).group_by(*columns, drop_null_keys=False).agg(nw.len().alias("nps_count"))
        table = list(zip(*_collected(grouped), strict=True)) or [()] * (len(columns) + 1)
    except NotImplementedError as error:  # such as another zone than that of a connection
        raise IncompatibleError(f"the frame's engine cannot count this: {error}") from error
    found = dict(zip([*columns, "nps_count"], table, strict=True))
    return FrameCounts(
        labels=[list(found[f"nps_key_{position}"]) for position in range(len(by))],
        days=None
        if every is None
        else [_day(year, part, every) for year, part in zip(found["nps_year"], found["nps_part"], strict=True)],
        cells=[int(cell) for cell in found["nps_cell"]],
        counts=[int(count) for count in found["nps_count"]],
    )


def _encoded(columns: Sequence[Any]) -> list[Encoded] | None:
    """The codes and labels of columns that are all categories with text for names; None if they are not."""
    keys = []
    for column in columns:
        found = from_categories(column)
        if found is None or not all(isinstance(category, str) for category in found[1]):
            return None
        keys.append(found)
    return keys


def _count_encoded(cells: NDArray[np.uint8], keys: Sequence[Encoded]) -> FrameCounts:
    """Count rows whose keys are codes already: no engine groups faster."""
    groups = count_by(cells, [codes for codes, _ in keys], [len(labels) for _, labels in keys])
    rows, found = np.nonzero(groups.counts)
    return FrameCounts(
        labels=[
            [*map((*labels, None).__getitem__, groups.codes[rows, position].tolist())]
            for position, (_, labels) in enumerate(keys)
        ],
        days=None,
        cells=found.tolist(),
        counts=groups.counts[rows, found].tolist(),
    )


def _is_category(nw: Any, kind: Any) -> bool:
    return kind in {nw.Categorical, nw.Enum} or isinstance(kind, nw.Enum)


def invalid_examples(frame: Any, *, score: str, lowest: int, highest: int, most: int = 5) -> list[Any]:
    """Some values of the score column that are not scores."""
    nw = require("narwhals.stable.v2", extra="frames", purpose="counting in a frame")
    rows = nw.from_native(frame).lazy()
    cell = _cell(nw, nw.col(score), lowest, highest)
    found = rows.select(value=nw.col(score), cell=cell).filter(nw.col("cell") == float(INVALID)).head(most)
    return [row[0] for row in _collected(found)]


def _check_name(name: str, names: Sequence[Any], *, any_case: bool) -> None:
    """Refuse a column that is not there or, where the engine does not look at case, that is not the only one."""
    if name not in names:
        raise unknown_name("column", name, [*map(str, names)])
    if any_case and [other.lower() for other in names].count(name.lower()) > 1:
        raise InvalidInputError(
            f"columns must differ by more than case, which DuckDB does not look at, got several {name!r}; rename them"
        )


def _in_known_zone(nw: Any, rows: Any, at: str) -> Any:
    """The same times in UTC, if a pandas column is in a zone whose name Narwhals does not read."""
    native = rows.to_native()
    if zone_of(native[at]) is None:
        return rows
    return nw.from_native(native.assign(**{at: native[at].dt.tz_convert("UTC")})).lazy()


def _cell(nw: Any, score: Any, lowest: int, highest: int) -> Any:
    """The cell of a score. No comparison with NaN, no cast to whole numbers: engines differ in both.

    They differ in -0.0, too, which PyArrow does not find among the scores: with 0 added it is 0.
    """
    value = score.cast(nw.Float64) + 0.0
    is_valid = value.is_in([float(point) for point in range(lowest, highest + 1)])
    is_missing = value.is_null() | ~(value <= float("inf"))
    return (
        nw.when(is_valid)
        .then(value)
        .otherwise(nw.when(is_missing).then(nw.lit(float(MISSING))).otherwise(nw.lit(float(INVALID))))
    )


def _calendar(nw: Any, dtype: Any, at: str, every: Every, time_zone: str | None, *, in_duckdb: bool) -> dict[str, Any]:
    """Year, and month or day of the year, as numbers: every engine agrees on these."""
    check_time_zone(time_zone)
    if not isinstance(dtype, (nw.Date, nw.Datetime)):
        raise InvalidInputError(f"column {at!r} must hold datetimes or dates, got {dtype}")
    column = nw.col(at)
    own_zone = getattr(dtype, "time_zone", None)
    if time_zone is None:
        raise InvalidInputError(
            f"column {at!r} needs a calendar: pass time_zone='Europe/Helsinki', say, or time_zone='naive' for times "
            "without a zone, to take them as written"
        )
    if own_zone is not None:
        if time_zone == NAIVE:
            raise InvalidInputError(f"times must carry no zone with time_zone='naive', column {at!r} is in {own_zone}")
        if own_zone != time_zone:
            column = column.dt.convert_time_zone(time_zone)
        if not in_duckdb:  # whose connection has the zone; older Polars takes the day of a zoned time in UTC
            column = column.dt.replace_time_zone(None)
    part = column.dt.ordinal_day() if every in {"day", "week"} else column.dt.month()
    return {"nps_year": column.dt.year().cast(nw.Float64), "nps_part": part.cast(nw.Float64)}


def _day(year: Any, part: Any, every: Every) -> dt.date | None:
    if is_missing(year) or is_missing(part):
        return None
    if not 2 <= year <= 9998:
        raise InvalidInputError(f"times must be between the years 2 and 9998, got the year {year:.0f}")
    if every in {"day", "week"}:
        return dt.date(int(year), 1, 1) + dt.timedelta(days=int(part) - 1)
    return dt.date(int(year), int(part), 1)


def _collected(lazy: Any) -> list[tuple[Any, ...]]:
    """The rows of a small result."""
    if lazy.implementation.is_duckdb():  # needs no PyArrow this way
        return list(lazy.to_native().fetchall())
    return list(lazy.collect().rows())
