"""Files of answers, read by DuckDB into a relation of clean columns.

CSV has no types, and a reader that guesses them guesses wrong in silence: a comment sign that was a label, a first line
that was no header, days taken for months. So CSV is read as text, column by column as its header says, and what a
number or a time is decided here.
"""

import codecs
import contextlib
import csv
import gzip
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final

import attrs

from nps_core._optional import require
from nps_core.counting.zones import NAIVE, check_time_zone
from nps_core.errors import InvalidInputError, UnreadableFileError, listed, unknown_name

_FORMATS: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}

_UTF_16: Final = "UTF-16 text (say so with the encoding)"
_MAGIC: Final = {
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "a zip archive (as .xlsx files are)",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "a PDF file",
    b"\x89PNG": "a picture",
    b"\x1f\x8b": "a gzip file",
    b"\xff\xfe": _UTF_16,
    b"\xfe\xff": _UTF_16,
}

_DELIMITERS: Final = ",;\t|"

_HINTS: Final = {
    "not utf-8 encoded": " Say which encoding it has, such as --encoding cp1252 or latin-1",
    "state machine": ". Do all its lines end in the same way?",
}
"""What DuckDB says, and what may help."""

_JSON_OPTIONS: Final = (
    ", records = 'true', sample_size = -1, map_inference_threshold = -1"
    ", dateformat = '%Y is no date', timestampformat = '%Y is no time'"
)
"""Every record is looked at, and no text is taken for a date: DuckDB would read 3-6-2026 as the third of June."""

_ISO_TIME: Final = r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?)?"
_ZONE: Final = r"\s*(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)"
_SCORE: Final = r"[+]?\d{1,3}([.]0*)?"
_MOST_EXAMPLES: Final = 5

_ZONED: Final = "TIMESTAMP WITH TIME ZONE"
_WHOLE: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_NUMBERS: Final = frozenset({'"NULL"', "FLOAT", "DOUBLE", *_WHOLE, *(f"U{kind}" for kind in _WHOLE)})


@attrs.frozen
class AnswerFile:
    """An open file.

    Attributes:
        connection: The DuckDB connection that reads it.
        source: What stands after FROM.
        columns: SQL for each column by its name: as text if the file has no types of its own.
        types: DuckDB's type of each column by its name.
    """

    connection: Any
    source: str
    columns: dict[str, str]
    types: dict[str, str]

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
        """A relation with the wanted columns under their names, clean.

        Args:
            score: The column of scores. Text that is no number becomes infinity, which no scale holds; blank text, and
                each text in ``missing``, is a missing answer.
            by: The columns of labels.
            at: The column of times; ISO 8601 if it is text.
            at_format: The strptime format of times that are other text.
            time_zone: The zone whose calendar is meant; times that carry a zone are converted to it.
            missing: Texts that say that there is no answer, such as "NA".

        Raises:
            UnknownNameError: If there is no such column.
            InvalidInputError: If times cannot be read, or carry a zone and none is asked for.
        """
        for name in [score, *by, *([] if at is None else [at])]:
            if name not in self.columns:
                raise unknown_name("column", name, list(self.columns))
        if len({score, at, *by}) < 2 + len(by):
            raise InvalidInputError("score, at and by must name different columns")
        wanted = {score: self._score(score, missing)} | {name: self.columns[name] for name in by}
        if at is not None:
            wanted[at] = self._time(at, at_format, time_zone)
        return self._query(f"SELECT {', '.join(f'{sql} AS {_name(name)}' for name, sql in wanted.items())}")

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
            blank = ", ".join(map(_text, ["", *(text.strip() for text in missing)]))
            return (
                f"CASE WHEN trim({column}) IN ({blank}) OR {column} IS NULL THEN NULL "
                f"WHEN regexp_full_match(trim({column}), {_text(_SCORE)}) THEN try_cast(trim({column}) AS DOUBLE) "
                "ELSE 'infinity'::DOUBLE END"
            )
        if kind.startswith("DECIMAL"):
            return f"CASE WHEN {column} != trunc({column}) THEN 'infinity'::DOUBLE ELSE CAST({column} AS DOUBLE) END"
        if kind in _NUMBERS:
            return f"CAST({column} AS DOUBLE)"
        raise InvalidInputError(f"column {name!r} must hold numbers, got {kind}")

    def _time(self, name: str, at_format: str | None, time_zone: str | None) -> str:
        check_time_zone(time_zone)
        column, kind = self.columns[name], self.types[name]
        if kind == "VARCHAR":
            column, kind = self._parsed_time(name, at_format)
        if kind == _ZONED or kind.startswith("TIMESTAMPTZ"):  # newer versions have one in nanoseconds
            if time_zone in {None, NAIVE}:
                raise InvalidInputError(
                    f"times in column {name!r} carry a zone: say whose calendar is meant, such as "
                    "--time-zone Europe/Helsinki"
                )
            return f"timezone({_text(str(time_zone))}, CAST({column} AS {_ZONED}))"
        if kind == "DATE" or kind.startswith("TIMESTAMP"):
            return f"CAST({column} AS TIMESTAMP)"
        raise InvalidInputError(f"column {name!r} must hold times, got {kind}")

    def _parsed_time(self, name: str, at_format: str | None) -> tuple[str, str]:
        """SQL that reads a column of texts as times, and the type it gives; every text has been tried."""
        text = f"nullif(trim({self.columns[name]}), '')"
        rows = f"(SELECT row_number() OVER () AS row, {text} AS given FROM {self.source})"
        plain, zoned = (f"regexp_full_match(given, {_text(_ISO_TIME + tail)})" for tail in ("", _ZONE))
        if at_format is None:
            wanted = "ISO 8601, such as 2026-03-06 or 2026-03-06T23:30:00+02:00"
            good = f"{plain} AND try_cast(given AS TIMESTAMP) IS NOT NULL"
            good += f" OR {zoned} AND try_cast(given AS TIMESTAMPTZ) IS NOT NULL"
        else:
            wanted = f"written as {at_format!r}"
            good = f"try_strptime(given, {_text(at_format)}) IS NOT NULL"
        bad = self._rows(
            f"SELECT row, given, count(*) OVER () FROM {rows} WHERE given IS NOT NULL AND NOT ({good}) "
            "ORDER BY row LIMIT 1"
        )
        for row, value, total in bad:
            raise InvalidInputError(
                f"times in column {name!r} must be {wanted}, got {value!r} (data row {row}; {total} in all); "
                "say how they are written, such as --at-format '%d/%m/%Y %H:%M'"
            )
        if at_format is not None:
            return f"strptime({text}, {_text(at_format)})", _ZONED if "%z" in at_format.lower() else "TIMESTAMP"
        ((n_plain, n_zoned),) = self._rows(f"SELECT count(*) FILTER ({plain}), count(*) FILTER ({zoned}) FROM {rows}")
        if n_plain and n_zoned:
            raise InvalidInputError(
                f"times in column {name!r} must all carry a zone or none of them, got {n_zoned} with and {n_plain} "
                "without"
            )
        kind = _ZONED if n_zoned else "TIMESTAMP"
        return f"CAST({text} AS {kind})", kind

    def _query(self, select: str) -> Any:
        return self.connection.sql(f"{select} FROM {self.source}")

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return list(self.connection.sql(query).fetchall())


@contextlib.contextmanager
def open_answers(path: str | Path, *, encoding: str = "utf-8", delimiter: str | None = None) -> Iterator[AnswerFile]:
    """Open a CSV, Parquet or JSON file.

    Needs the extra ``cli``. Whatever DuckDB cannot read, at once or later, is an :class:`UnreadableFileError`.

    Args:
        path: The file; its name says what it is.
        encoding: Of a CSV file: any that Python knows.
        delimiter: Of a CSV file; by default the one of comma, semicolon, tab and bar that its header has most of.

    Raises:
        UnreadableFileError: If the file is not there, is empty, or is not what its name says.
    """
    duckdb = require("duckdb", extra="cli", purpose="reading a file of answers")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        raise InvalidInputError(f"delimiter must be one character, no quote and no line break, got {delimiter!r}")
    path = Path(path)
    form = _form(path, encoding)
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(duckdb.connect())
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        try:
            if form == "csv":
                readable = path
                if not _is_utf_8(encoding) or path.suffix.lower() == ".gz":
                    readable = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "utf-8.csv"
                    _transcode(path, encoding, readable)
                yield _open_csv(connection, readable, delimiter)
            else:
                yield _open_typed(connection, path, form)
        except duckdb.Error as error:
            raise UnreadableFileError(f"{path.name} cannot be read as {form.upper()}: {_reason(error)}") from error
        except UnicodeError as error:
            raise UnreadableFileError(
                f"{path.name} is not {encoding} text ({error}); "
                "say which encoding it has, such as --encoding cp1252 or latin-1"
            ) from error


def _is_utf_8(encoding: str) -> bool:
    return encoding.lower().replace("_", "-") in {"utf-8", "utf8", "utf-8-sig"}


def _form(path: Path, encoding: str) -> str:
    """What a file is: its name says it, and its first bytes must not contradict."""
    suffix = (path.with_suffix("") if path.suffix.lower() == ".gz" else path).suffix.lower()
    if suffix not in _FORMATS:
        raise UnreadableFileError(f"the name of a file must end in one of {listed(_FORMATS)}, got {path.name!r}")
    try:
        with path.open("rb") as file:
            start = file.read(1 << 16)
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be opened: {error.strerror}") from error
    if not start:
        raise UnreadableFileError(f"{path.name} is empty")
    form = _FORMATS[suffix]
    if form == "parquet" or path.suffix.lower() == ".gz":  # their readers look for their own first bytes
        return form
    if form == "json" and start.startswith(codecs.BOM_UTF8):
        raise UnreadableFileError(f"{path.name} begins with a byte order mark, which JSON must not have (RFC 8259)")
    for magic, what in _MAGIC.items():
        if start.startswith(magic) and (what != _UTF_16 or form == "json" or _is_utf_8(encoding)):
            raise UnreadableFileError(f"{path.name} is not {form.upper()}, as its name says, but {what}")
    return form


def _open_csv(connection: Any, path: Path, delimiter: str | None) -> AnswerFile:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, delimiter = _header(file, delimiter)
    if not any(header):
        raise UnreadableFileError("the first line must name the columns, but it is blank")
    names = [name or f"column {position}" for position, name in enumerate(header, 1)]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise UnreadableFileError(
            f"the names of the columns must differ, but {listed(sorted(twice))} stand more than once"
        )
    fields = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(len(names)))
    source = (
        f"read_csv({_file(path)}, auto_detect = false, header = true, delim = {_text(delimiter)}, quote = '\"', "
        f"escape = '\"', nullstr = '', hive_partitioning = false, columns = {{{fields}}})"
    )
    return AnswerFile(
        connection=connection,
        source=source,
        columns={name: f"c{position}" for position, name in enumerate(names)},
        types=dict.fromkeys(names, "VARCHAR"),
    )


def _header(file: IO[str], delimiter: str | None) -> tuple[list[str], str]:
    start = file.tell()
    line = file.readline()
    if "\0" in line:
        raise UnreadableFileError("the file is not text, as its name says")
    if delimiter is None:
        outside = "".join(line.split('"')[::2])  # what is not inside quotes
        delimiter = max(_DELIMITERS, key=outside.count)
    file.seek(start)
    try:
        return next(csv.reader(file, delimiter=delimiter, strict=True), []), delimiter
    except csv.Error as error:
        raise UnreadableFileError(f"the first line must name the columns, but it cannot be read: {error}") from None


def _open_typed(connection: Any, path: Path, form: str) -> AnswerFile:
    options = _JSON_OPTIONS if form == "json" else ""
    source = f"read_{form}({_file(path)}, hive_partitioning = false{options})"
    relation = connection.sql(f"SELECT * FROM {source}")
    types = {name: str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}
    guessed = {"JSON", "TIME", "UUID"} if form == "json" else {"JSON"}
    return AnswerFile(
        connection=connection,
        source=source,
        columns={
            name: f"(CAST({_name(name)} AS JSON) ->> '$')" if kind in guessed else _name(name)
            for name, kind in types.items()
        },
        types={name: "VARCHAR" if kind in guessed else kind for name, kind in types.items()},
    )


def _transcode(path: Path, encoding: str, target: Path) -> None:
    opener: Any = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with (
            opener(path, "rt", encoding=encoding, newline="") as source,
            target.open("w", encoding="utf-8", newline="") as copy,
        ):
            shutil.copyfileobj(source, copy, 1 << 20)
    except LookupError:
        raise InvalidInputError(f"encoding must be one that Python knows, got {encoding!r}") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise UnreadableFileError(f"{path.name} is not a gzip file, as its name says, or not a whole one") from None


def _reason(error: Exception) -> str:
    """DuckDB's message in one line, without what it quotes from the file: that may name a person."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    while len(lines) > 1 and lines[-1].startswith((" ", "*", "Possible", "Try ")):  # advice and settings
        lines.pop()
    if lines[1:] and lines[1].startswith("Original Line"):  # what it quotes may have lines of its own
        lines = [lines[0], *lines[2:][-1:]]
    text = "; ".join(line.strip() for line in lines[:3])
    text = re.sub(r"(JSON transform error .* in record/value \d+): .*", r"\1", text)
    for known, hint in _HINTS.items():
        if known in text:
            text += hint
    return re.sub(r"^(\w+ )+Error: ", "", text)


def _file(path: Path) -> str:
    """A file as an SQL literal; DuckDB would take a name with these signs for many files."""
    return _text(re.sub(r"[*?\[]", r"[\g<0>]", str(path.absolute())))


def _text(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _name(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
