"""Counting inside other people's engines: one grouped query through Narwhals, of which only the counts come back.

Engines differ in more than their speed, so the query is made of what all of them agree on: comparisons, the parts of a
date, sums. What is known to differ, such as a comparison with NaN or a cast of a fraction to a whole number, is never
asked for; what only some do right, or fast, such as a truncated date or a second grouping, only of those.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.counting.answers import to_cells
from nps_core.counting.calendar import Every, period_codes
from nps_core.counting.columns import as_column, as_list, is_missing
from nps_core.counting.frames import Frame, reading_in_ibis
from nps_core.counting.groups import CellTable
from nps_core.counting.kernel import POINTS
from nps_core.counting.times import is_within_years, to_instants
from nps_core.counting.weights import LARGEST, SMALLEST, WEIGHTS
from nps_core.counting.zones import Days
from nps_core.errors import IncompatibleError, InvalidInputError, shown

_YEAR: Final = 1000
"""A period is the year, so many times, plus its month or day."""

_BEFORE: Final = 6
"""The Monday of a week may lie so many days before its year."""

_PERIOD: Final = "__nps_core_period__"

_ADD_MONDAYS: Final[dict[str, Callable[[Any, str], Any]]] = {
    "duckdb": lambda rows, at: rows.project(f"*, date_trunc('week', CAST({_sql_name(at)} AS TIMESTAMP)) AS {_PERIOD}"),
    **dict.fromkeys(
        ("ibis on duckdb", "ibis on postgres", "ibis on sqlite"),  # others may begin their weeks on Sunday
        lambda rows, at: rows.mutate(**{_PERIOD: rows[at].truncate("W")}),
    ),
    "pyspark": lambda rows, at: rows.selectExpr(
        "*", f"to_date(date_trunc('WEEK', `{at.replace('`', '``')}`)) AS {_PERIOD}"
    ),
}
"""How engines add a column of Mondays, in the calendar of their session; Narwhals knows no weeks."""

_SUMS: Final = {"nps_weights": "nps_weight", "nps_squares": "nps_square"}
"""What is summed of the weights."""


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

    @property
    def columns(self) -> list[str]:
        """The names of all columns that are needed, each once."""
        names = (self.score, *self.by, self.at, self.weight, self.latest)
        return list(dict.fromkeys(name for name in names if name is not None))


@attrs.frozen(eq=False)
class _Calendar:
    """How periods are grouped by.

    Attributes:
        frame: The rows, with a column more if it takes one.
        period: What is grouped by, as an expression.
        days_of: How what is found is read: as a day within each period, NaT where it is unknown.
    """

    frame: Frame
    period: Any
    days_of: Callable[[Any], Days]


def count_in_engine(frame: Frame, query: Query) -> CellTable:
    """Count a frame per group, period and cell, in one pass of the engine that holds it.

    Args:
        frame: An open frame, whose columns have been checked.
        query: What to count.

    Raises:
        IncompatibleError: If the engine cannot do it.
        InvalidInputError: If a weight is none, or a time lies outside the years 2 to 9998.
    """
    if frame.rows.implementation.is_pyarrow():  # which groups by dictionaries only if all parts have the same
        frame = Frame.of(frame.in_memory.select(query.columns).to_native().unify_dictionaries(), "counting")
    keys = {f"nps_key_{position}": _key(frame, name) for position, name in enumerate(query.by)}
    sums = {} if query.weight is None else _SUMS
    with _refusals(query):
        calendar = None if query.every is None else _calendar(frame, query)
        if calendar is not None:
            frame, keys = calendar.frame, keys | {"nps_period": calendar.period}
        grouped = _grouped(frame, query, keys)
        if calendar is not None and frame.rows.implementation.is_duckdb():
            grouped = _without_infinities(grouped)
        if frame.rows.implementation.is_ibis():
            grouped = _with_texts(frame, query, grouped)
        found = _collected(grouped)
    weights = np.stack([_numbers(found[name]) for name in sums]) if sums else None
    if query.weight is not None and weights is not None and _are_suspect(frame, query.weight, weights):
        _refuse_weights(frame, query.weight, sums_are_finite=bool(np.isfinite(weights).all()))
    return CellTable(
        labels=[found[f"nps_key_{position}"] for position in range(len(query.by))],
        days=None if calendar is None else calendar.days_of(found["nps_period"]),
        cells=to_cells(found["nps_score"], query.lowest, query.highest),
        counts=_numbers(found["nps_count"]).astype(np.int64),
        weights=weights,
    )


def _grouped(frame: Frame, query: Query, keys: dict[str, Any]) -> Any:
    """The counts, and the sums of the weights, of each group and score."""
    nw, given = frame.nw, frame.nw.col(query.score)
    comes_raw = frame.in_memory is not None or _folds(frame, query)
    columns = keys | {"nps_score": given if comes_raw else _score(frame, query, given)}
    sums = {} if query.weight is None else _SUMS
    if query.weight is not None:
        weight = _weight(frame, query.weight)
        columns |= {"nps_weight": weight, "nps_square": weight * weight}
    rows = frame.rows.select(**columns) if query.latest is None else _latest(frame, query, columns)
    groups = [*keys, "nps_score"]
    grouped = rows.group_by(*groups, drop_null_keys=False).agg(
        nw.len().alias("nps_count"), *(nw.col(of).sum().alias(name) for name, of in sums.items())
    )
    if not _folds(frame, query):
        return grouped
    folded = grouped.with_columns(nps_score=_score(frame, query, nw.col("nps_score")))
    return folded.group_by(*groups, drop_null_keys=False).agg(nw.sum("nps_count", *sums))


def _folds(frame: Frame, query: Query) -> bool:
    """Whether scores are grouped as they are, and then each different one is looked at once, which is quicker."""
    engine = frame.rows.implementation
    is_quick = engine.is_duckdb() or engine.is_ibis() or engine.is_polars()
    return is_quick and query.latest is None and frame.in_memory is None


def invalid_scores(frame: Frame, query: Query) -> list[Any]:
    """Some values of the column of scores that are none."""
    score = frame.nw.col("nps_score")
    is_invalid = ~score.is_null() & ~score.is_between(query.lowest, query.highest)
    given = frame.nw.col(query.score)
    rows = frame.rows.select(nps_value=_as_held(frame, query.score), nps_score=_score(frame, query, given))
    return _values(frame, query.score, rows.filter(is_invalid))


def _weight(frame: Frame, name: str) -> Any:
    """A weight as a float; what is none becomes one that is too large for the sums not to show it."""
    nw, weight = frame.nw, _as_float(frame, name)
    if frame.in_memory is not None:  # where the least of them is quickly had
        return weight
    not_positive = nw.when(weight == 0.0).then(nw.lit(0.0)).otherwise(nw.lit(LARGEST))
    return nw.when(weight >= SMALLEST).then(weight).otherwise(not_positive)


def _are_suspect(frame: Frame, name: str, sums: NDArray[np.float64]) -> bool:
    """Whether there may be weights that are none."""
    if not (sums[1] < LARGEST).all():
        return True
    if frame.in_memory is None or not len(frame.in_memory):
        return False
    weights = as_column(frame.column(name), "weights")
    return isinstance(weights, list) or not weights.min() >= SMALLEST


def _refuse_weights(frame: Frame, name: str, *, sums_are_finite: bool) -> None:
    """Look at every weight, and refuse those that are none."""
    nw, value = frame.nw, _as_float(frame, name)
    is_weight = ((value == 0.0) | ((value >= SMALLEST) & (value <= LARGEST))) & _is_a_number(frame, value)
    held = _as_held(frame, name)
    rows = frame.rows.select(nps_value=held, nps_wrong=nw.when(is_weight).then(nw.lit(0)).otherwise(nw.lit(1)))
    wrong = rows.filter(nw.col("nps_wrong") == 1)
    (total,) = _numbers(_collected(wrong.select(nw.len().alias("nps_total")))["nps_total"])
    if total:
        value, *_ = _values(frame, name, wrong, most=1)
        raise InvalidInputError(f"{WEIGHTS}, got {shown(value)} in column {name!r} ({total:.0f} in all)")
    if not sums_are_finite:  # an engine that cannot tell which
        raise InvalidInputError(f"{WEIGHTS}, got nan or infinity in column {name!r}")


def _as_float(frame: Frame, name: str) -> Any:
    """A column of numbers as floats; null for the texts that SQLite may have in it, of which a cast would make 0."""
    nw, column = frame.nw, frame.nw.col(name)
    value = column.cast(nw.Float64)
    is_number = column <= sys.float_info.max  # no text is less than a number
    return nw.when(is_number).then(value) if frame.holds_anything(name) else value


def _as_held(frame: Frame, name: str) -> Any:
    """A column as it is held, to be shown: SQLite has fractions and texts in columns of whole numbers."""
    column = frame.nw.col(name)
    return column.cast(frame.nw.String) if frame.holds_anything(name) else column


def _values(frame: Frame, name: str, rows: Any, most: int = 5) -> list[Any]:
    """Some values of the column ``nps_value``, which is a column as it is held."""
    values = as_list(_collected(rows.head(most))["nps_value"], "values")
    return [*map(_number_or_text, values)] if frame.holds_anything(name) else values


def _number_or_text(text: str) -> float | str:
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(text)
    return text


def _score(frame: Frame, query: Query, value: Any) -> Any:
    """A score as itself, null if it is missing, and a number off the scale if it is none.

    There is no comparison with NaN and no cast to whole numbers: engines differ in both. Nor is there any arithmetic,
    with which SQLite makes numbers of text.
    """
    nw, kind = frame.nw, frame.schema[query.score]
    if kind.is_integer() and frame.engine != "ibis on sqlite":  # which keeps fractions in columns of integers
        below = None if kind.is_unsigned_integer() and query.lowest == 0 else query.lowest - 1
        return value.clip(below, query.highest + 1)
    if kind.is_decimal() and not frame.rows.implementation.is_ibis():
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


def _key(frame: Frame, name: str) -> Any:
    """A column of labels; of categories their texts, but none for null, of which pandas 2 would make a text."""
    nw, kind = frame.nw, frame.schema[name]
    key = nw.col(name)
    if frame.rows.implementation.is_pyarrow():
        return key
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
    others = [name for name in columns if name.startswith("nps_key_") or name == "nps_weight"]  # or chance would pick
    from_last = nw.col("nps_one").cum_sum(reverse=True)
    ranked = rows.with_columns(
        nps_rank=from_last.over("nps_respondent", order_by=["nps_scored", "nps_at", "nps_lower", *others])
    )
    return ranked.filter((nw.col("nps_rank") == 1) | (nw.col("nps_nobody") == 1))


def _calendar(frame: Frame, query: Query) -> _Calendar:
    """The quickest way to group by periods that is known to be right."""
    nw, engine = frame.nw, frame.rows.implementation
    if frame.in_memory is not None:
        return _own_calendar(frame, query)
    if query.every == "week" and frame.engine in _ADD_MONDAYS:
        rows = _ADD_MONDAYS[frame.engine](frame.rows.to_native(), str(query.at))
        return _Calendar(Frame.of(rows, "counting by week"), nw.col(_PERIOD), _dates)
    column = frame.nw.col(query.at)
    if frame.zone_of(str(query.at)) is not None:
        if not frame.is_in(str(query.at), query.time_zone):
            column = column.dt.convert_time_zone(query.time_zone)
        if not engine.is_duckdb():  # whose connection has the zone
            column = column.dt.replace_time_zone(None)  # as older Polars takes the day of a zoned time in UTC
    if engine.is_polars() and query.every in {"day", "week"}:
        day = column.cast(nw.Date).cast(nw.Int32)
        return (
            _Calendar(frame, day, lambda found: _to_days(found, lambda days: days))
            if query.every == "day"
            else _Calendar(frame, (day + 3) // 7, lambda found: _to_days(found, lambda weeks: weeks * 7 - 3))
        )
    year = column.dt.year().cast(nw.Float64) * _YEAR
    if query.every not in {"day", "week"}:
        month = column.dt.month().cast(nw.Float64)
        return _Calendar(frame, year + month, lambda found: _to_days(found, _first_of_month))
    day = year + column.dt.ordinal_day().cast(nw.Float64)
    if query.every == "week":
        day = day + _BEFORE - (column.dt.weekday().cast(nw.Float64) + 6.0) % 7.0  # Sunday is 7, or 0 in Spark
    before = _BEFORE if query.every == "week" else 0
    return _Calendar(frame, day, lambda found: _to_days(found, lambda numbers: _day_of_year(numbers) - before))


def _without_infinities(grouped: Any) -> Any:
    """The counts with DuckDB's infinite times, of which Python would make the first and the last, as unknown ones."""
    rows = grouped.to_native().project("* REPLACE (CASE WHEN isfinite(nps_period) THEN nps_period END AS nps_period)")
    return Frame.of(rows, "counting by period").rows


def _with_texts(frame: Frame, query: Query, grouped: Any) -> Any:
    """The counts with integers and dates as texts, for which pandas, in which Ibis hands them out, has no nulls."""
    nw, kinds = frame.nw, [frame.schema[name] for name in query.by]
    are_loose = [frame.holds_anything(name) and frame.schema[name].is_decimal() for name in query.by]
    names = [
        f"nps_key_{position}"
        for position, (kind, is_loose) in enumerate(zip(kinds, are_loose, strict=True))
        if kind.is_integer() or kind == nw.Date or is_loose
    ]
    return grouped.with_columns(nw.col(*names).cast(nw.String)) if names else grouped


def _own_calendar(frame: Frame, query: Query) -> _Calendar:
    """The numbers of the periods of times in memory, as a column more."""
    instants, zone = to_instants(frame.column(str(query.at)), query.time_zone)
    codes, starts = period_codes(instants, zone, cast(Every, query.every))
    column = frame.nw.Series.from_numpy(_PERIOD, codes, backend=frame.rows.implementation)
    rows = frame.in_memory.with_columns(column).to_native()
    starts = np.append(starts, np.datetime64("NaT", "D"))  # for the code -1
    return _Calendar(
        Frame.of(rows, "counting by period"),
        frame.nw.col(_PERIOD),
        lambda found: starts[_numbers(found).astype(np.int64)],
    )


def _sql_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _to_days(found: Any, days_of: Callable[[NDArray[np.int64]], NDArray[np.int64]]) -> Days:
    """Numbers as days, NaT where there is none."""
    numbers = _numbers(found)
    days = np.full(len(numbers), np.datetime64("NaT", "D"))
    is_known = ~np.isnan(numbers)
    days[is_known] = days_of(numbers[is_known].astype(np.int64)).view("datetime64[D]")
    return _within_years(days)


def _day_of_year(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    years, days = np.divmod(numbers, _YEAR)
    new_year = (years - 1970).view("datetime64[Y]").astype("datetime64[D]")
    return np.asarray(new_year + (days - 1)).view(np.int64)


def _first_of_month(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    years, months = np.divmod(numbers, _YEAR)
    first = (years - 1970).view("datetime64[Y]").astype("datetime64[M]") + (months - 1)
    return np.asarray(first.astype("datetime64[D]")).view(np.int64)


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


def _collected(rows: Any) -> Mapping[str, Any]:
    """The columns of a small result: lists, or columns of a library."""
    engine, native = rows.implementation, rows.to_native()
    if engine.is_duckdb() or engine.is_spark_like():  # need no PyArrow this way
        found = native.fetchall() if engine.is_duckdb() else native.collect()
        columns = zip(*found, strict=True) if found else ([] for _ in native.columns)
        return {name: [*column] for name, column in zip(native.columns, columns, strict=True)}
    if engine.is_ibis():  # which reads Arrow through a cursor, for which Postgres plans to give the first rows soon
        with reading_in_ibis():
            return cast(Mapping[str, Any], native.execute())
    frame = rows.collect()
    return {name: frame[name].to_native() for name in frame.columns}


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
    return _within_years(dates)[np.array([positions[value] for value in values], np.intp)]
