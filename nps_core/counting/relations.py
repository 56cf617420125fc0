"""Open files as one relation of clean columns: what a number, a label or a time is in them, said in SQL.

Several files are one relation. Files with the same columns are read as one list, since a query with a reader of
each would open all of them before it begins.
"""

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from nps_core.counting.times import check_year
from nps_core.counting.zones import NAIVE, check_time_zone
from nps_core.errors import InvalidInputError, NPSError, shown, unknown_name

_ISO_TIME: Final = r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?)?"
_ZONE: Final = r"\s*(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)"
_SCORE: Final = r"[+]?\d{1,3}([.]0*)?"
_MOST_EXAMPLES: Final = 5

_ZONED: Final = "TIMESTAMP WITH TIME ZONE"
_WHOLE: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_NUMBERS: Final = frozenset({'"NULL"', "FLOAT", "DOUBLE", *_WHOLE, *(f"U{kind}" for kind in _WHOLE)})
_ZONED_TIMES: Final = "times with a zone"
_PLAIN_TIMES: Final = "times without a zone"
_MOST_NAMES: Final = 3


@attrs.frozen
class AnswerFile:
    """An open file.

    Attributes:
        connection: The DuckDB connection that reads it.
        name: What the file is called in messages.
        path: What is read: the file, or its copy in UTF-8.
        reader: The function of DuckDB that reads it.
        options: What stands behind the file in a call of that function.
        columns: SQL for each column by its name: as text if the file has no types of its own.
        types: DuckDB's type of each column by its name.
    """

    connection: Any
    name: str
    path: Path
    reader: str
    options: str
    columns: dict[str, str]
    types: dict[str, str]

    @property
    def source(self) -> str:
        """What stands after FROM."""
        return f"{self.reader}({as_file(self.path)}{self.options})"

    def check(self, names: Iterable[str]) -> None:
        """Refuse columns that are not there."""
        for name in names:
            if name not in self.columns:
                raise unknown_name("column", name, list(self.columns))

    def clean(
        self,
        *,
        score: str,
        by: Sequence[str],
        at: str | None,
        at_format: str | None,
        time_zone: str | None,
        missing: Sequence[str],
    ) -> tuple[str, dict[str, str | None]]:
        """What stands between SELECT and FROM, and what each column of labels or times holds: None if nothing."""
        wanted = {score: self._score(score, missing)} | {name: self.columns[name] for name in by}
        kinds = {name: _kind(self.types[name]) for name in by}
        if at is not None:
            wanted[at], kinds[at] = self._time(at, at_format, time_zone)
        return ", ".join(f"{sql} AS {as_name(name)}" for name, sql in wanted.items()), kinds

    def invalid_scores(self, score: str, missing: Sequence[str], lowest: int, highest: int) -> list[tuple[int, Any]]:
        """The first rows (counted from 1, without the header) whose score is none, and what stands there."""
        value, points = self._score(score, missing), ", ".join(map(str, range(lowest, highest + 1)))
        return self._rows(
            f"SELECT row, given FROM (SELECT row_number() OVER () AS row, {self.columns[score]} AS given, "
            f"{value} AS value FROM {self.source}) WHERE value IS NOT NULL AND NOT isnan(value) "
            f"AND value NOT IN ({points}) ORDER BY row LIMIT {_MOST_EXAMPLES}"
        )

    def _score(self, name: str, missing: Sequence[str]) -> str:
        column, kind = self.columns[name], self.types[name]
        if kind == "VARCHAR":
            blank = ", ".join(map(as_text, ["", *(text.strip() for text in missing)]))
            return (
                f"CASE WHEN trim({column}) IN ({blank}) OR {column} IS NULL THEN NULL "
                f"WHEN regexp_full_match(trim({column}), {as_text(_SCORE)}) THEN try_cast(trim({column}) AS DOUBLE) "
                "ELSE 'infinity'::DOUBLE END"
            )
        if kind.startswith("DECIMAL"):
            return f"CASE WHEN {column} != trunc({column}) THEN 'infinity'::DOUBLE ELSE CAST({column} AS DOUBLE) END"
        if kind in _NUMBERS:
            return f"CAST({column} AS DOUBLE)"
        raise InvalidInputError(f"column {name!r} must hold numbers, got {kind}")

    def _time(self, name: str, at_format: str | None, time_zone: str | None) -> tuple[str, str | None]:
        """SQL that gives times without a zone, and whether the file has them with one: None if it has none at all."""
        column, kind = self.columns[name], self.types[name]
        if kind == "VARCHAR":
            column, kind = self._parsed_time(name, at_format)
        if kind == '"NULL"':
            return f"CAST({column} AS TIMESTAMP)", None
        if kind == _ZONED or kind.startswith("TIMESTAMPTZ"):  # newer versions have one in nanoseconds
            if time_zone in {None, NAIVE}:
                raise InvalidInputError(
                    f"times in column {name!r} carry a zone: say whose calendar is meant, such as "
                    "--time-zone Europe/Helsinki"
                )
            return f"timezone({as_text(str(time_zone))}, CAST({column} AS {_ZONED}))", _ZONED_TIMES
        if kind == "DATE" or kind.startswith("TIMESTAMP"):
            return f"CAST({column} AS TIMESTAMP)", _PLAIN_TIMES
        raise InvalidInputError(f"column {name!r} must hold times, got {kind}")

    def _parsed_time(self, name: str, at_format: str | None) -> tuple[str, str]:
        """SQL that reads a column of texts as times, and the type it gives; every text has been tried."""
        text = f"nullif(trim({self.columns[name]}), '')"
        rows = f"(SELECT row_number() OVER () AS row, {text} AS given FROM {self.source})"
        plain, zoned = (f"regexp_full_match(given, {as_text(_ISO_TIME + tail)})" for tail in ("", _ZONE))
        if at_format is None:
            wanted = "ISO 8601, such as 2026-03-06 or 2026-03-06T23:30:00+02:00"
            good = f"{plain} AND try_cast(given AS TIMESTAMP) IS NOT NULL"
            good += f" OR {zoned} AND try_cast(given AS TIMESTAMPTZ) IS NOT NULL"
        else:
            check_year(at_format)
            wanted = f"written as {at_format!r}"
            time = f"try_strptime(given, {as_text(at_format)})"
            good = f"{time} IS NOT NULL"
            if re.search("%-?[YG]", at_format):  # which DuckDB takes two digits for, as a year before Charlemagne
                good += f" AND year({time}) >= 1000"
        bad = self._rows(
            f"SELECT min(row), arg_min(given, row), count(*) FROM {rows} WHERE given IS NOT NULL AND NOT ({good}) "
            "HAVING count(*) > 0"
        )
        for row, value, total in bad:
            raise InvalidInputError(
                f"times in column {name!r} must be {wanted}, got {shown(value)} (data row {row}; {total} in all); "
                "say how they are written, such as --at-format '%d/%m/%Y %H:%M'"
            )
        if at_format is not None:
            return f"strptime({text}, {as_text(at_format)})", _ZONED if "%z" in at_format.lower() else "TIMESTAMP"
        ((n_plain, n_zoned),) = self._rows(f"SELECT count(*) FILTER ({plain}), count(*) FILTER ({zoned}) FROM {rows}")
        if n_plain and n_zoned:
            raise InvalidInputError(
                f"times in column {name!r} must all carry a zone or none of them, got {n_zoned} with and {n_plain} "
                "without"
            )
        if not n_plain and not n_zoned:
            return "NULL", '"NULL"'
        kind = _ZONED if n_zoned else "TIMESTAMP"
        return f"CAST({text} AS {kind})", kind

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return list(self.connection.sql(query).fetchall())


@attrs.frozen
class Answers:
    """The open files, all of one form.

    Attributes:
        connection: The DuckDB connection that reads them.
        files: The files, in the order of their names.
    """

    connection: Any
    files: tuple[AnswerFile, ...]

    @property
    def names(self) -> list[str]:
        """What the files are called: without their folders if that tells them apart."""
        return [file.name for file in self.files]

    @property
    def source(self) -> str:
        """All of them in a few words."""
        return in_short(self.names)

    def select(
        self,
        *,
        score: str,
        by: Sequence[str] = (),
        at: str | None = None,
        at_format: str | None = None,
        time_zone: str | None = None,
        missing: Sequence[str] = (),
    ) -> Any:
        """A relation with the wanted columns of all files under their names, clean.

        Args:
            score: The column of scores. Text that is no number becomes infinity, which no scale holds; blank text, and
                each text in ``missing``, is a missing answer.
            by: The columns of labels.
            at: The column of times; ISO 8601 if it is text.
            at_format: The strptime format of times that are other text.
            time_zone: The zone whose calendar is meant; times that carry a zone are converted to it.
            missing: Texts that say that there is no answer, such as "NA".

        Raises:
            UnknownNameError: If there is no such column in one of the files.
            InvalidInputError: If times cannot be read, or carry a zone and none is asked for, or if a column holds one
                thing in one file and something else in another.
        """
        for file in self.files:
            with self._naming(file):
                file.check([score, *by, *([] if at is None else [at])])
        if len({score, at, *by}) < 2 + len(by):
            raise InvalidInputError("score, at and by must name different columns")
        if at is not None:
            check_time_zone(time_zone)
        alike: dict[tuple[Any, ...], list[AnswerFile]] = {}
        first: dict[str, tuple[str, str]] = {}
        for file in self.files:
            with self._naming(file):
                wanted, kinds = file.clean(
                    score=score, by=by, at=at, at_format=at_format, time_zone=time_zone, missing=missing
                )
            for name, kind in kinds.items():
                if kind is not None and first.setdefault(name, (kind, file.name))[0] != kind:
                    raise InvalidInputError(
                        f"column {name!r} must hold the same in all files, got {kind} in {file.name} and "
                        "{} in {}".format(*first[name])
                    )
            alike.setdefault((wanted, file.options, *file.types.items()), []).append(file)
        return self.connection.sql(" UNION ALL ".join(_select(wanted, files) for (wanted, *_), files in alike.items()))

    def invalid_scores(
        self, score: str, missing: Sequence[str], lowest: int, highest: int
    ) -> list[tuple[str, int, Any]]:
        """The first rows whose score is none: the file, the row (counted from 1, without the header), its score."""
        found: list[tuple[str, int, Any]] = []
        for file in self.files:
            if len(found) < _MOST_EXAMPLES:
                found += [(file.name, *row) for row in file.invalid_scores(score, missing, lowest, highest)]
        return found[:_MOST_EXAMPLES]

    def _naming(self, file: AnswerFile) -> contextlib.AbstractContextManager[None]:
        return naming(file.name) if len(self.files) > 1 else contextlib.nullcontext()


def _select(wanted: str, files: Sequence[AnswerFile]) -> str:
    """The query of files that differ in their rows only."""
    paths = ", ".join(as_file(file.path) for file in files)
    return f"SELECT {wanted} FROM {files[0].reader}([{paths}]{files[0].options})"


def _kind(kind: str) -> str | None:
    """What a column of labels holds, where the width of a number does not matter: None if nothing."""
    if kind == '"NULL"':
        return None
    if kind in _NUMBERS or kind.startswith("DECIMAL"):
        return "numbers"
    if kind == _ZONED or kind.startswith("TIMESTAMPTZ"):
        return _ZONED_TIMES
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return _PLAIN_TIMES
    return "text" if kind == "VARCHAR" else kind


def in_short(names: Sequence[str]) -> str:
    """Names of files in a few words."""
    if len(names) == 1:
        return names[0]
    return f"{len(names)} files: " + (", ".join(names) if len(names) <= _MOST_NAMES else f"{names[0]} ... {names[-1]}")


@contextlib.contextmanager
def naming(*names: str) -> Iterator[None]:
    """Put the name of a file in front of a message that does not begin with it."""
    try:
        yield
    except NPSError as error:
        if str(error).startswith(names):
            raise
        raise type(error)(f"{names[0]}: {error}") from error


def as_file(path: Path) -> str:
    """A file as an SQL literal; DuckDB would take a name with these signs for many files."""
    return as_text(re.sub(r"[*?\[]", r"[\g<0>]", str(path.absolute())))


def as_text(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def as_name(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
