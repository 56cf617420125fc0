"""Frames of any library: opened, and their columns checked, before anything is read or counted."""

import contextlib
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Self

import attrs

from nps_core._optional import first_installed, require
from nps_core.counting.zones import NAIVE, check_time_zone, zone_of
from nps_core.errors import IncompatibleError, InvalidInputError, MissingDependencyError, shown, unknown_name

RESERVED: Final = "__nps_core_"
"""How the names of columns begin that counting adds."""

_UTC: Final = frozenset({"UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "UCT", "Zulu", "Z"})
"""What engines call the same zone."""


@contextlib.contextmanager
def _without_warning_of_dask(frame: Any) -> Iterator[None]:
    """Keep quiet that support for Dask is to move; for Dask alone, since threads share what is warned of."""
    if not type(frame).__module__.startswith("dask"):
        yield
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(?s).*Dask.*", category=FutureWarning)
        yield


@attrs.frozen(eq=False)
class Frame:
    """An open frame.

    Attributes:
        nw: Narwhals, which opened it.
        rows: The rows, as Narwhals' lazy frame.
        schema: Narwhals' type of each column.
        in_memory: The same as Narwhals' frame in memory, None if the rows are not there.
    """

    nw: Any
    rows: Any
    schema: Any
    in_memory: Any

    @classmethod
    def of(cls, frame: Any, purpose: str) -> Self:
        """Open a frame: whatever Narwhals takes, or anything that exports Arrow's columns.

        Args:
            frame: A frame of pandas, Polars, PyArrow, DuckDB, Ibis, Dask, PySpark, SQLFrame, ...
            purpose: What the frame is opened for, for the error message.

        Raises:
            InvalidInputError: If it is no frame, or two of its columns have the same name.
            MissingDependencyError: If Narwhals, or what reads Arrow's columns, is not installed.
        """
        nw = require("narwhals.stable.v2", extra="frames", purpose=purpose)
        try:
            with _without_warning_of_dask(frame):
                opened = _opened(nw, frame)
            rows = opened.lazy() if isinstance(opened, nw.DataFrame) else opened
            schema = rows.collect_schema()
        except nw.exceptions.DuplicateError as error:
            raise InvalidInputError(f"the columns of a frame must have different names: {error}") from error
        return cls(nw, rows, schema, opened if isinstance(opened, nw.DataFrame) else None)

    @property
    def engine(self) -> str:
        """The engine that has the rows; of Ibis also the one that it asks itself."""
        engine = self.rows.implementation
        return f"ibis on {self.rows.to_native().get_backend().name}" if engine.is_ibis() else str(engine.value)

    def holds_anything(self, name: str) -> bool:
        """Whether a column of numbers may hold something else: SQLite lets fractions and texts into any."""
        return self.engine == "ibis on sqlite" and bool(self.schema[name].is_numeric())

    def check(
        self, *, score: str, labels: Iterable[str] = (), at: str | None = None, weight: str | None = None
    ) -> None:
        """Refuse columns that are not there, or that hold something else than they must.

        Args:
            score: A column of numbers.
            labels: Columns of anything.
            at: A column of datetimes or dates.
            weight: A column of numbers.

        Raises:
            UnknownNameError: If there is no such column.
            InvalidInputError: If a column has the wrong type.
        """
        names = [*map(str, self.schema.names())]
        for name in [score, *labels, *(name for name in (at, weight) if name is not None)]:
            if name not in self.schema.names():
                raise unknown_name("column", name, names)
            self._check_name(name, names)
        for number in (score, weight):
            if number is not None and not (self.schema[number].is_numeric() or self.schema[number] == self.nw.Unknown):
                raise InvalidInputError(f"column {number!r} must hold numbers, got {self.schema[number]}")
        if at is not None and not self._holds_times(at):
            raise InvalidInputError(f"column {at!r} must hold datetimes or dates, got {self.schema[at]}")

    def check_calendar(self, at: str, time_zone: str | None) -> None:
        """Refuse a calendar that would have to be guessed, that a column contradicts, or that is not to be had.

        Raises:
            InvalidInputError: If the zone is none, not said, or contradicted.
            IncompatibleError: If the engine has its times in the zone of a session, and that is another one.
        """
        check_time_zone(time_zone)
        if time_zone is None:
            raise InvalidInputError(
                f"column {at!r} needs a calendar: pass time_zone='Europe/Helsinki', say, or time_zone='naive' for "
                "times without a zone, to take them as written"
            )
        engine, own_zone = self.rows.implementation, self.zone_of(at)
        if own_zone is None:
            return
        if time_zone == NAIVE:
            raise InvalidInputError(f"times must carry no zone with time_zone='naive', column {at!r} is in {own_zone}")
        if engine.is_ibis():
            raise IncompatibleError(
                f"column {at!r} carries a zone, and Ibis does not tell for certain which; take it off in the database, "
                f"such as with a view of {at} AT TIME ZONE '{time_zone}'"
            )
        if (engine.is_duckdb() or engine.is_spark_like()) and not self.is_in(at, time_zone):
            raise IncompatibleError(
                f"times in column {at!r} are in the zone of the engine's session, {own_zone}, got "
                f"time_zone={time_zone!r}; set the session's first (in DuckDB SET TimeZone = '{time_zone}', in Spark "
                "spark.sql.session.timeZone)"
            )

    def zone_of(self, at: str) -> str | None:
        """The zone that a column of times carries, None for none."""
        if self.in_memory is not None and self.schema[at] == self.nw.Unknown:
            return zone_of(self.column(at))
        zone: str | None = getattr(self.schema[at], "time_zone", None)
        if zone is not None and self.rows.implementation.is_spark_like():  # of whose session Narwhals keeps the first
            zone = self.rows.to_native().sparkSession.conf.get("spark.sql.session.timeZone")
        return zone

    def is_in(self, at: str, time_zone: str | None) -> bool:
        """Whether a column of times is in a calendar already."""
        zone = self.zone_of(at)
        return zone is None or zone == time_zone or {zone, time_zone} <= _UTC

    def column(self, name: str) -> Any:
        """A column of a frame in memory, as its own library has it."""
        return self.in_memory[name].to_native()

    def read(self, names: Iterable[str]) -> Self:
        """The same frame in memory, with some of its columns.

        Raises:
            IncompatibleError: If a column holds what is not of its type.
            InvalidInputError: If a column of numbers does.
            MissingDependencyError: If the engine hands its rows to PyArrow, which is not installed.
        """
        if self.in_memory is not None:
            return self
        names = dict.fromkeys(names)
        for name in names:
            if self.holds_anything(name):
                self._check_held(name)
        try:
            with reading_in_ibis() if self.rows.implementation.is_ibis() else contextlib.nullcontext():
                frame = self.rows.select(*map(self._to_be_read, names)).collect()
        except ModuleNotFoundError as error:
            raise MissingDependencyError(
                f"reading the rows of {self.rows.implementation} needs {error.name}, which is not installed; "
                f"install it with: pip install {error.name}"
            ) from error
        return type(self)(self.nw, frame.lazy(), frame.collect_schema(), frame)

    def _check_name(self, name: str, names: Sequence[str]) -> None:
        """Refuse a name that the engine takes for something else."""
        engine = self.rows.implementation
        if name.startswith(RESERVED):
            raise InvalidInputError(
                f"names of columns must not begin with {RESERVED}, as those that counting adds do, got {name!r}; "
                "rename it"
            )
        if engine.is_polars() and name.startswith("^") and name.endswith("$"):
            raise InvalidInputError(
                "names of columns must not begin with ^ and end with $, which Polars takes for a pattern, got "
                f"{name!r}; rename it"
            )
        if engine.is_spark_like() and "." in name:
            raise InvalidInputError(
                f"names of columns must have no dots, which Spark takes for parts of a structure, got {name!r}; "
                "rename it"
            )
        if engine.is_duckdb() and [*map(str.lower, names)].count(name.lower()) > 1:
            raise InvalidInputError(
                f"columns must differ by more than case, which DuckDB does not look at, got several {name!r}; "
                "rename them"
            )

    def _to_be_read(self, name: str) -> Any:
        """A column; what SQLite calls decimals are floats, which Ibis would round."""
        column = self.nw.col(name)
        is_decimal = self.holds_anything(name) and self.schema[name].is_decimal()
        return column.cast(self.nw.Float64) if is_decimal else column

    def _check_held(self, name: str) -> None:
        """Refuse a column of numbers with anything that reading it would change, or could not read."""
        nw, column = self.nw, self.nw.col(name)
        number = column.cast(nw.Float64)
        is_wrong = column > sys.float_info.max  # as texts are
        if self.schema[name].is_integer():
            is_wrong |= (number != number.round()) | ~number.is_between(-(2.0**63), 2.0**63, closed="left")
        wrong = self.rows.filter(is_wrong).select(held=column.cast(nw.String)).head(1).collect()["held"].to_list()
        if wrong:
            raise InvalidInputError(
                f"column {name!r} must hold what its type says, {self.schema[name]}, got {shown(wrong[0])}; "
                "SQLite holds anything in any column"
            )

    def _holds_times(self, at: str) -> bool:
        kind = self.schema[at]
        if kind == self.nw.Unknown and self.in_memory is not None:  # zones of pandas whose names Narwhals does not read
            return zone_of(self.column(at)) is not None
        return isinstance(kind, (self.nw.Date, self.nw.Datetime))


@contextlib.contextmanager
def reading_in_ibis() -> Iterator[None]:
    """Say that a column holds what cannot be of its type."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise IncompatibleError(
            f"Ibis cannot read what the database found ({type(error).__name__}); does a column hold what is not "
            "of its type, as SQLite lets it?"
        ) from error


def _opened(nw: Any, frame: Any) -> Any:
    """The frame as Narwhals has it; what only exports Arrow's columns is read by the library that is there."""
    try:
        return nw.from_native(frame)  # first: the frames of some engines export all of their rows, too
    except TypeError as error:
        unknown = InvalidInputError(
            "frame must be one of pandas, Polars, PyArrow, DuckDB, Ibis, Spark, Dask or SQLFrame, or whatever else "
            f"Narwhals takes, got {type(frame).__name__}; Survey.from_scores takes lists and arrays"
        )
        if not hasattr(frame, "__arrow_c_stream__"):
            raise unknown from error
    backend = first_installed(("pyarrow", "polars"), purpose="reading Arrow's columns")
    try:
        return nw.from_arrow(frame, backend=backend)
    except (TypeError, ValueError):
        raise unknown from None
