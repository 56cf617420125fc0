"""Counting inside other people's engines: one grouped query through Narwhals, of which only the counts come back.

Engines differ in more than their speed, so the query is made of what all of them agree on: comparisons, the parts of a
date, sums. What is known to differ, such as a comparison with NaN or a cast of a fraction to a whole number, is never
asked for; what only some do right, or fast, such as a truncated date or a second grouping, only of those.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.counting.calendar import Every
from nps_core.counting.columns import as_column, as_list, is_missing
from nps_core.counting.frames import Frame
from nps_core.counting.groups import CellTable
from nps_core.counting.kernel import INVALID, MISSING, POINTS
from nps_core.counting.times import is_within_years
from nps_core.counting.weights import LARGEST, SMALLEST, WEIGHTS
from nps_core.counting.zones import DAY, Days
from nps_core.errors import IncompatibleError, InvalidInputError

_YEAR: Final = 1000
"""A period is the year, so many times, plus its month or day."""

_BEFORE: Final = 6
"""The Monday of a week may lie so many days before its year."""

_MONDAY: Final = "__nps_core_monday__"

_ADD_MONDAYS: Final[dict[str, Callable[[Any, str], Any]]] = {
    "duckdb": lambda rows, at: rows.project(
        f"*, CASE WHEN isfinite({_sql_name(at)}) THEN date_trunc('week', CAST({_sql_name(at)} AS TIMESTAMP)) END "
        f"AS {_MONDAY}"
    ),
    **dict.fromkeys(
        ("ibis on duckdb", "ibis on postgres", "ibis on sqlite"),  # others may begin their weeks on Sunday
        lambda rows, at: rows.mutate(**{_MONDAY: rows[at].truncate("W")}),
    ),
    "pyspark": lambda rows, at: rows.selectExpr(
        "*", f"to_date(date_trunc('WEEK', `{at.replace('`', '``')}`)) AS {_MONDAY}"
    ),
}
"""How engines add a column of Mondays, in the calendar of their session; Narwhals knows no weeks."""

_SUMS: Final = {
    "nps_weights": ("nps_weight", "sum", "sum"),
    "nps_squares": ("nps_square", "sum", "sum"),
    "nps_weighed": ("nps_weight", "count", "sum"),
    "nps_least": ("nps_weight", "min", "min"),
}
"""What is made of weights: of which column, how, and how of parts. The last two tell whether all are weights."""


@attrs.frozen(kw_only=True)
class Query:
    """What is asked of a frame.

    Attributes:
        score: The column of scores. Null and NaN are missing; all else that is no score is invalid.
        by: The columns of labels.
        at: The column of times.
        every: The calendar period to group by.
        time_zone: The zone whose calendar is meant.
        weight: The column of sampling weights.
        latest: The column of respondents, of each of whom only the latest answer counts.
        lowest: The lowest score of the scale.
        highest: The highest score of the scale.
    """

    score: str
    by: tuple[str, ...] = ()
    at: str | None = None
    every: Every | None = None
    time_zone: str | None = None
    weight: str | None = None
    latest: str | None = None
    lowest: int = 0
    highest: int = POINTS - 1


def count_in_engine(frame: Frame, query: Query) -> CellTable:
    """Count a frame per group, period and cell, in one pass of the engine that holds it.

    Args:
        frame: An open frame, whose columns have been checked.
        query: What to count.

    Raises:
        IncompatibleError: If the engine cannot do it.
        InvalidInputError: If a weight is none, or a time lies outside the years 2 to 9998.
    """
    with _refusals(query):
        frame = _with_mondays(frame, query)
        keys, sums = _keys(frame, query), {} if query.weight is None else _SUMS
        found = _collected(_grouped(frame, query, keys), [*keys, "nps_count", *sums])
    numbers = {name: _numbers(found[name]) for name in ("nps_score", "nps_count", *sums)}
    if query.weight is not None and _are_suspect(numbers):
        sums_are_finite = bool(np.isfinite(numbers["nps_squares"]).all())
        _refuse_weights(frame, query.weight, sums_are_finite=sums_are_finite)
    return CellTable(
        labels=[found[f"nps_key_{position}"] for position in range(len(query.by))],
        days=None if query.every is None else _days(frame, query, found["nps_period"]),
        cells=_cells(numbers["nps_score"], query),
        counts=numbers["nps_count"].astype(np.int64),
        weights=np.stack([numbers["nps_weights"], numbers["nps_squares"]]) if sums else None,
    )


def _keys(frame: Frame, query: Query) -> dict[str, Any]:
    """What is grouped by, as expressions."""
    keys = {f"nps_key_{position}": _key(frame, name) for position, name in enumerate(query.by)}
    if query.every is not None:
        keys["nps_period"] = _period(frame, query)
    score = frame.nw.col(query.score)
    return keys | {"nps_score": score if _folds(frame, query) else _score(frame, query, score)}


def _folds(frame: Frame, query: Query) -> bool:
    """Whether scores are grouped as they are, and then each different one is looked at once: quick, in databases."""
    engine = frame.rows.implementation
    return query.latest is None and (engine.is_duckdb() or engine.is_ibis())


def _grouped(frame: Frame, query: Query, keys: dict[str, Any]) -> Any:
    """The counts and the sums of the weights of each group."""
    nw, columns, sums = frame.nw, dict(keys), {} if query.weight is None else _SUMS
    if query.weight is not None:
        weight = nw.col(query.weight).cast(nw.Float64)
        columns |= {"nps_weight": weight, "nps_square": weight * weight}
    rows = frame.rows.select(**columns) if query.latest is None else _latest(frame, query, columns)
    grouped = rows.group_by(*keys, drop_null_keys=False).agg(
        nw.len().alias("nps_count"),
        *(getattr(nw.col(of), how)().alias(name) for name, (of, how, _) in sums.items()),
    )
    if not _folds(frame, query):
        return grouped
    folded = grouped.with_columns(nps_score=_score(frame, query, nw.col("nps_score")))
    return folded.group_by(*keys, drop_null_keys=False).agg(
        nw.sum("nps_count"), *(getattr(nw.col(name), how)() for name, (_, _, how) in sums.items())
    )


def invalid_scores(frame: Frame, query: Query) -> list[Any]:
    """Some values of the column of scores that are none."""
    score = frame.nw.col("nps_score")
    is_invalid = ~score.is_null() & ~score.is_between(query.lowest, query.highest)
    given = frame.nw.col(query.score)
    return _values(frame.rows.select(nps_value=given, nps_score=_score(frame, query, given)).filter(is_invalid))


def _are_suspect(sums: dict[str, NDArray[np.float64]]) -> bool:
    """Whether there may be weights that are none: something is null, or a sum or the least is what it should not be."""
    are_usual = (
        (sums["nps_weighed"] == sums["nps_count"]) & (sums["nps_least"] >= SMALLEST) & (sums["nps_squares"] < LARGEST)
    )
    return not are_usual.all()


def _refuse_weights(frame: Frame, name: str, *, sums_are_finite: bool) -> None:
    """Look at every weight, and refuse those that are none."""
    nw, value = frame.nw, frame.nw.col(name).cast(frame.nw.Float64)
    is_weight = ((value == 0.0) | ((value >= SMALLEST) & (value <= LARGEST))) & _is_a_number(frame, value)
    rows = frame.rows.select(nps_value=nw.col(name), nps_wrong=nw.when(is_weight).then(nw.lit(0)).otherwise(nw.lit(1)))
    wrong = rows.filter(nw.col("nps_wrong") == 1)
    (total,) = _numbers(_collected(wrong.select(nw.len().alias("nps_total")), ["nps_total"])["nps_total"])
    if total:
        value, *_ = _values(wrong, most=1)
        raise InvalidInputError(f"{WEIGHTS}, got {value!r} in column {name!r} ({total:.0f} in all)")
    if not sums_are_finite:  # an engine that cannot tell which
        raise InvalidInputError(f"{WEIGHTS}, got nan or infinity in column {name!r}")


def _values(rows: Any, most: int = 5) -> list[Any]:
    """Some values of the column ``nps_value``."""
    return as_list(_collected(rows.head(most), ["nps_value"])["nps_value"], "values")


def _score(frame: Frame, query: Query, value: Any) -> Any:
    """A score as itself, null if it is missing, and a number off the scale if it is none.

    There is no comparison with NaN and no cast to whole numbers: engines differ in both. Nor is there any arithmetic,
    with which SQLite makes numbers of text, but in memory: PyArrow does not find -0.0 among the scores.
    """
    nw, kind = frame.nw, frame.schema[query.score]
    if kind.is_integer() and frame.in_memory is not None:
        return value  # at most as many different ones as there are rows
    if kind.is_integer():
        below = None if kind.is_unsigned_integer() and query.lowest == 0 else query.lowest - 1
        return value.clip(below, query.highest + 1)
    if frame.in_memory is not None:
        value = value.cast(nw.Float64) + 0.0
    elif kind.is_decimal() and not frame.rows.implementation.is_ibis():
        value = value.cast(nw.Float64)
    is_valid = value.is_in([float(point) for point in range(query.lowest, query.highest + 1)])
    is_given = ~value.is_null() & _is_a_number(frame, value)
    return nw.when(is_given).then(nw.when(is_valid).then(value).otherwise(nw.lit(-1.0)))


def _is_a_number(frame: Frame, value: Any) -> Any:
    """Whether a float is not NaN.

    DuckDB believes the extremes that a Parquet file states, which leave NaN out: it takes any comparison with it for
    granted, but not its text.
    """
    engine = frame.rows.implementation
    if engine.is_duckdb() or engine.is_ibis() or engine.is_sqlframe():
        return ~value.cast(frame.nw.String).is_in(["nan", "NaN"])
    return value <= float("inf")


def _cells(scores: NDArray[np.float64], query: Query) -> NDArray[np.uint8]:
    """The cells of what the engine took for scores."""
    cells = np.where((scores >= query.lowest) & (scores <= query.highest), scores, INVALID)
    return np.where(np.isnan(scores), MISSING, cells).astype(np.uint8)


def _key(frame: Frame, name: str) -> Any:
    """A column of labels; of categories their texts, but none for null, of which pandas 2 would make a text."""
    nw, kind = frame.nw, frame.schema[name]
    key = nw.col(name)
    is_category = kind in {nw.Categorical, nw.Enum} or isinstance(kind, nw.Enum)
    return nw.when(~key.is_null()).then(key.cast(nw.String)) if is_category else key


def _latest(frame: Frame, query: Query, columns: dict[str, Any]) -> Any:
    """The rows that count: of each respondent the last, in the order of what counts more."""
    nw, score = frame.nw, frame.nw.col("nps_score")
    is_scored = score.is_between(query.lowest, query.highest)
    respondent = nw.col(query.latest)
    is_nobody = respondent.is_null()
    if frame.schema[query.latest].is_float():
        is_nobody |= ~_is_a_number(frame, respondent)  # engines take NaN for somebody
    rows = frame.rows.select(
        **columns,
        nps_respondent=respondent,
        nps_nobody=nw.when(is_nobody).then(nw.lit(1)).otherwise(nw.lit(0)),
        nps_at=nw.col(query.at),
        nps_one=nw.lit(1),
    ).with_columns(
        nps_scored=nw.when(is_scored).then(nw.lit(1)).otherwise(nw.lit(0)),
        nps_lower=nw.when(is_scored).then(0.0 - score).otherwise(nw.when(score.is_null()).then(nw.lit(1.0))),
    )
    from_last = nw.col("nps_one").cum_sum(reverse=True)
    ranked = rows.with_columns(
        nps_rank=from_last.over("nps_respondent", order_by=["nps_scored", "nps_at", "nps_lower"])
    )
    return ranked.filter((nw.col("nps_rank") == 1) | (nw.col("nps_nobody") == 1))


def _period(frame: Frame, query: Query) -> Any:
    """The period of a time as one number, which is quicker to group by than two."""
    nw, engine, column = frame.nw, frame.rows.implementation, frame.nw.col(query.at)
    own_zone = frame.zone_of(str(query.at))
    if own_zone is not None:
        if not frame.is_in(str(query.at), query.time_zone):
            column = column.dt.convert_time_zone(query.time_zone)
        if not engine.is_duckdb():  # whose connection has the zone
            column = column.dt.replace_time_zone(None)  # as older Polars takes the day of a zoned time in UTC
    if _has_mondays(frame, query):
        return nw.col(_MONDAY)
    if _has_day_numbers(frame, query):
        day = column.dt.timestamp("us") // DAY if engine.is_dask() else column.cast(nw.Date).cast(nw.Int32)
        return (day + 3) // 7 if query.every == "week" else day
    year = column.dt.year().cast(nw.Float64) * _YEAR
    if query.every not in {"day", "week"}:
        return year + column.dt.month().cast(nw.Float64)
    day = year + column.dt.ordinal_day().cast(nw.Float64)
    if query.every == "day":
        return day
    return day + _BEFORE - (column.dt.weekday().cast(nw.Float64) + 6.0) % 7.0  # Sunday is 7, or 0 in Spark


def _has_mondays(frame: Frame, query: Query) -> bool:
    """Whether the engine's own function for Mondays is used, which is quicker than arithmetic."""
    return query.every == "week" and _engine_of(frame) in _ADD_MONDAYS


def _engine_of(frame: Frame) -> str:
    """The engine, and the one that it asks itself."""
    engine = frame.rows.implementation
    return f"ibis on {frame.rows.to_native().get_backend().name}" if engine.is_ibis() else str(engine.value)


def _with_mondays(frame: Frame, query: Query) -> Frame:
    """The same rows and, where it is used, a column of the Monday of each week."""
    if not _has_mondays(frame, query):
        return frame
    add_mondays = _ADD_MONDAYS[_engine_of(frame)]
    return Frame.of(add_mondays(frame.rows.to_native(), str(query.at)), "counting by week")


def _sql_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _has_day_numbers(frame: Frame, query: Query) -> bool:
    """Whether the engine has the number of a day since 1970, of which weeks are made by arithmetic."""
    engine = frame.rows.implementation
    return query.every in {"day", "week"} and (
        engine.is_polars() or (engine.is_dask() and isinstance(frame.schema[query.at], frame.nw.Datetime))
    )


def _days(frame: Frame, query: Query, periods: Any) -> Days:
    """A day within each period, NaT where it is unknown."""
    if _has_mondays(frame, query):
        return _within_years(_dates(periods))
    numbers = _numbers(periods)
    days = np.full(len(numbers), np.datetime64("NaT", "D"))
    is_known = ~np.isnan(numbers)
    known = numbers[is_known].astype(np.int64)
    if _has_day_numbers(frame, query):
        found = (known * 7 - 3 if query.every == "week" else known).view("datetime64[D]")
    else:
        years, parts = np.divmod(known, _YEAR)
        first = (years - 1970).view("datetime64[Y]")
        if query.every in {"day", "week"}:
            found = first.astype("datetime64[D]") + (parts - 1 - (_BEFORE if query.every == "week" else 0))
        else:
            found = (first.astype("datetime64[M]") + (parts - 1)).astype("datetime64[D]")
    days[is_known] = found
    return _within_years(days)


def _within_years(days: Days) -> Days:
    """The days, unless one of them is outside the years that a tally takes."""
    is_outside = ~np.isnat(days) & ~is_within_years(days)
    if is_outside.any():
        year = days[is_outside][0].astype("datetime64[Y]").astype(np.int64) + 1970
        raise InvalidInputError(f"times must be between the years 2 and 9998, got the year {year}")
    return days


@contextlib.contextmanager
def _refusals(query: Query) -> Iterator[None]:
    """Say what an engine cannot do and, as far as it is known, what to do instead."""
    try:
        yield
    except NotImplementedError as error:
        hint = "; Survey.from_frame(...).latest() reads the rows and does it in memory" * (query.latest is not None)
        raise IncompatibleError(f"the frame's engine cannot count this: {error}{hint}") from error


def _collected(rows: Any, names: Sequence[str]) -> dict[str, Any]:
    """The columns of a small result: lists, or columns of a library."""
    engine, rows = rows.implementation, rows.select(*names)
    if engine.is_duckdb() or engine.is_spark_like():  # need no PyArrow this way
        native = rows.to_native()
        found = native.fetchall() if engine.is_duckdb() else native.collect()
        columns = zip(*found, strict=True) if found else ([] for _ in names)
        return {name: [*column] for name, column in zip(names, columns, strict=True)}
    if engine.is_ibis():  # which reads Arrow through a cursor, for which Postgres plans to give the first rows soon
        table = rows.to_native().execute()
        return {name: table[name] for name in names}
    frame = rows.collect()
    return {name: frame[name].to_native() for name in names}


def _numbers(column: Any) -> NDArray[np.float64]:
    """A column of numbers, NaN where there is none."""
    values = as_column(column, "numbers")
    try:
        return np.asarray(values, np.float64)
    except TypeError:  # what pandas has for null is no number
        return np.array([np.nan if is_missing(value) else value for value in values], np.float64)


def _dates(column: Any) -> Days:
    """A column of few different dates, many times each, NaT where there is none."""
    values = as_list(column, "dates")
    positions = {value: position for position, value in enumerate(dict.fromkeys(values))}
    dates = np.array([None if is_missing(value) else value for value in positions], "datetime64[D]")
    return dates[np.array([positions[value] for value in values], np.intp)]
