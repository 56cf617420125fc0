"""Files of answers, read by DuckDB into a relation of clean columns.

CSV has no types, and a reader that guesses them guesses wrong in silence: a comment sign that was a label, a first line
that was no header, days taken for months. So CSV is read as text, column by column as its header says, and what a
number or a time is decided here.

Several files are one relation. Files with the same columns are read as one list, since a query with a reader of
each would open all of them before it begins.
"""

import codecs
import contextlib
import csv
import glob
import gzip
import io
import itertools
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

import attrs

from nps_core._optional import require
from nps_core.counting.zones import NAIVE, check_time_zone
from nps_core.errors import InvalidInputError, NPSError, UnreadableFileError, listed, unknown_name

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
_AT_ONCE: Final = 1 << 16

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
        return f"{self.reader}({_file(self.path)}{self.options})"

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
        return ", ".join(f"{sql} AS {_name(name)}" for name, sql in wanted.items()), kinds

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
            return f"timezone({_text(str(time_zone))}, CAST({column} AS {_ZONED}))", _ZONED_TIMES
        if kind == "DATE" or kind.startswith("TIMESTAMP"):
            return f"CAST({column} AS TIMESTAMP)", _PLAIN_TIMES
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
            f"SELECT min(row), arg_min(given, row), count(*) FROM {rows} WHERE given IS NOT NULL AND NOT ({good}) "
            "HAVING count(*) > 0"
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
        return _in_short(self.names)

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
        return _naming(file.name) if len(self.files) > 1 else contextlib.nullcontext()


@contextlib.contextmanager
def open_answers(paths: Sequence[Path], *, encoding: str = "utf-8", delimiter: str | None = None) -> Iterator[Answers]:
    """Open CSV, Parquet or JSON files, all of one form.

    Needs the extra ``cli``. Whatever DuckDB cannot read, at once or later, is an :class:`UnreadableFileError`.

    Args:
        paths: The files; a name says what a file is.
        encoding: Of CSV files: any that Python knows.
        delimiter: Of CSV files; by default the one of comma, semicolon, tab and bar that its header has most of.

    Raises:
        UnreadableFileError: If a file is not there, is empty, or is not what its name says.
    """
    duckdb = require("duckdb", extra="cli", purpose="reading a file of answers")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        raise InvalidInputError(f"delimiter must be one character, no quote and no line break, got {delimiter!r}")
    names = _short_names(paths)
    several = len(paths) > 1
    forms = []
    for path, name in zip(paths, names, strict=True):
        with _naming(name, str(path)) if several else contextlib.nullcontext():
            forms.append(_form(path, encoding))
        if forms[-1] != forms[0]:
            raise UnreadableFileError(
                f"all files must have the same form, got {forms[0].upper()} in {names[0]} and {forms[-1].upper()} in "
                f"{name}"
            )
    form = forms[0]
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(duckdb.connect())
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        files: list[AnswerFile] = []
        for path, name in zip(paths, names, strict=True):
            with _naming(name) if several else contextlib.nullcontext(), _explained({}, name, form, encoding):
                readable, is_packed = path, path.suffix.lower() == ".gz"
                if (form == "csv" and not _is_utf_8(encoding)) or (form != "parquet" and is_packed):
                    readable = Path(stack.enter_context(tempfile.TemporaryDirectory())) / f"answers.{form}"
                    _unpack(path, readable, encoding if form == "csv" else None)
                if form == "csv":
                    files.append(_open_csv(connection, name, readable, delimiter))
                else:
                    if form == "json":
                        _check_whole(name, readable)
                    files.append(_open_typed(connection, name, readable, form))
        with _explained({str(file.path.absolute()): file.name for file in files}, _in_short(names), form, encoding):
            yield Answers(connection, tuple(files))


def find_files(given: Iterable[str | Path]) -> list[Path]:
    """The files that names and patterns stand for, in order, each once.

    Args:
        given: Names of files; what is none, but a pattern such as ``answers/*.csv``, stands for all that match it.

    Raises:
        UnreadableFileError: If nothing matches a pattern, or a name is that of a folder.
    """
    found: dict[str, Path] = {}
    for name in map(str, given):
        is_pattern = glob.has_magic(name) and not os.path.lexists(name)
        matches = sorted(glob.glob(name, recursive=True)) if is_pattern else []  # noqa: PTH207 (it may be absolute)
        paths = [Path(match) for match in matches if not _is_folder(match)]
        if is_pattern and not paths:
            raise UnreadableFileError(f"no file matches {name!r}")
        for path in paths or [Path(name)]:
            found.setdefault(os.path.realpath(path), path)
    for path in found.values():
        if _is_folder(path):
            raise UnreadableFileError(
                f"{path} cannot be opened: Is a directory; for the files in it write a pattern, such as "
                f"'{path / '*.csv'}'"
            )
    return sorted(found.values())


def _is_folder(path: str | Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 (a Path fails where one may not look)


def _short_names(paths: Sequence[Path]) -> list[str]:
    names = [path.name for path in paths]
    return names if len({*names}) == len(names) else [*map(str, paths)]


def _in_short(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{len(names)} files: " + (", ".join(names) if len(names) <= _MOST_NAMES else f"{names[0]} ... {names[-1]}")


@contextlib.contextmanager
def _naming(*names: str) -> Iterator[None]:
    """Put the name of a file in front of a message that does not begin with it."""
    try:
        yield
    except NPSError as error:
        if str(error).startswith(names):
            raise
        raise type(error)(f"{names[0]}: {error}") from error


@contextlib.contextmanager
def _explained(names: Mapping[str, str], otherwise: str, form: str, encoding: str) -> Iterator[None]:
    """Say which file could not be read: the one whose path DuckDB tells."""
    duckdb = require("duckdb", extra="cli", purpose="reading a file of answers")
    try:
        yield
    except duckdb.Error as error:
        text = str(error)  # what it quotes from a row comes first, and may be the path of another file
        told = max((path for path in names if path in text), key=lambda path: (text.rfind(path), len(path)), default="")
        name = names.get(told, otherwise)
        raise UnreadableFileError(f"{name} cannot be read as {form.upper()}: {_reason(error)}") from error
    except UnicodeError as error:
        raise UnreadableFileError(
            f"{otherwise} is not {encoding} text ({error}); "
            "say which encoding it has, such as --encoding cp1252 or latin-1"
        ) from error


def _select(wanted: str, files: Sequence[AnswerFile]) -> str:
    """The query of files that differ in their rows only."""
    paths = ", ".join(_file(file.path) for file in files)
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


def what_it_is(start: bytes) -> str | None:
    """What a file that is no plain text is by its first bytes, None if they do not tell."""
    return next((what for magic, what in _MAGIC.items() if start.startswith(magic)), None)


def _is_utf_8(encoding: str) -> bool:
    return encoding.lower().replace("_", "-") in {"utf-8", "utf8", "utf-8-sig"}


def _form(path: Path, encoding: str) -> str:
    """What a file is: its name says it, and its first bytes must not contradict."""
    suffix = (path.with_suffix("") if path.suffix.lower() == ".gz" else path).suffix.lower()
    if suffix not in _FORMATS:
        raise UnreadableFileError(f"the name of a file must end in one of {listed(_FORMATS)}, got {path.name!r}")
    try:
        with path.open("rb") as file:
            start = file.read(_AT_ONCE)
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be opened: {error.strerror}") from error
    if not start:
        raise UnreadableFileError(f"{path.name} is empty")
    form = _FORMATS[suffix]
    if form == "parquet" or path.suffix.lower() == ".gz":  # their readers look for their own first bytes
        return form
    if (what := what_it_is(start)) and (what != _UTF_16 or form == "json" or _is_utf_8(encoding)):
        raise UnreadableFileError(f"{path.name} is not {form.upper()}, as its name says, but {what}")
    return form


def _open_csv(connection: Any, name: str, path: Path, delimiter: str | None) -> AnswerFile:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, delimiter, line_end = _header(file, delimiter)
    if not any(header):
        raise UnreadableFileError("the first line must name the columns, but it is blank")
    names = [column or f"column {position}" for position, column in enumerate(header, 1)]
    twice = {column for column in names if names.count(column) > 1}
    if twice:
        raise UnreadableFileError(
            f"the names of the columns must differ, but {listed(sorted(twice))} stand more than once"
        )
    fields = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(len(names)))
    options = (
        f", auto_detect = false, header = true, delim = {_text(delimiter)}, quote = '\"', "
        f"escape = '\"', nullstr = '', hive_partitioning = false, columns = {{{fields}}}"
    )
    if line_end:  # which DuckDB would take from within a name, and lose all rows
        options += f", new_line = {line_end!r}"
    return AnswerFile(
        connection=connection,
        name=name,
        path=path,
        reader="read_csv",
        options=options,
        columns={column: f"c{position}" for position, column in enumerate(names)},
        types=dict.fromkeys(names, "VARCHAR"),
    )


def _header(file: IO[str], delimiter: str | None) -> tuple[list[str], str, str]:
    """The names of the columns, what stands between them, and what ends their line, nothing if it is the last."""
    start = file.tell()
    line = file.readline()
    if "\0" in line:
        raise UnreadableFileError("the file is not text, as its name says")
    if delimiter is None:
        outside = "".join(line.split('"')[::2])  # what is not inside quotes
        delimiter = max(_DELIMITERS, key=outside.count)
    file.seek(start)
    try:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        names = next(reader, [])
    except csv.Error as error:
        raise UnreadableFileError(f"the first line must name the columns, but it cannot be read: {error}") from None
    file.seek(start)
    last = "".join([*itertools.islice(file, reader.line_num)][-1:])  # names may have line breaks of their own
    return names, delimiter, last[len(last.rstrip("\r\n")) :]


def _open_typed(connection: Any, name: str, path: Path, form: str) -> AnswerFile:
    options = f", hive_partitioning = false{_JSON_OPTIONS if form == 'json' else ''}"
    relation = connection.sql(f"SELECT * FROM read_{form}({_file(path)}{options})")
    types = {column: str(kind) for column, kind in zip(relation.columns, relation.types, strict=True)}
    guessed = {"JSON", "TIME", "UUID"} if form == "json" else {"JSON"}
    return AnswerFile(
        connection=connection,
        name=name,
        path=path,
        reader=f"read_{form}",
        options=options,
        columns={
            column: f"(CAST({_name(column)} AS JSON) ->> '$')" if kind in guessed else _name(column)
            for column, kind in types.items()
        },
        types={column: "VARCHAR" if kind in guessed else kind for column, kind in types.items()},
    )


def _check_whole(name: str, path: Path) -> None:
    """Refuse JSON that DuckDB would read all the same: with a byte order mark, or cut off behind a comma."""
    with path.open("rb") as file:
        start = file.read(_AT_ONCE)
        file.seek(max(0, path.stat().st_size - _AT_ONCE))
        end = file.read()
    if start.startswith(codecs.BOM_UTF8):
        raise UnreadableFileError(f"{name} begins with a byte order mark, which JSON must not have (RFC 8259)")
    if end.rstrip().endswith(b","):
        raise UnreadableFileError(f"{name} cannot be read as JSON: it ends with a comma, so it is not a whole file")


def _unpack(path: Path, target: Path, encoding: str | None) -> None:
    """Copy a file as it is, or as UTF-8 if an encoding is given; gzip files are compared with their checksum."""
    opener: Any = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opener(path, "rb") as source, target.open("wb") as copy:
            if encoding is None:
                shutil.copyfileobj(source, copy, 1 << 20)
            else:
                text = io.TextIOWrapper(source, encoding, newline="")
                with io.TextIOWrapper(copy, "utf-8", newline="") as utf_8:
                    shutil.copyfileobj(text, utf_8, 1 << 20)
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
    text = re.sub(r"(JSON transform error .* in (record/value|line) \d+): .*", r"\1", text)
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
