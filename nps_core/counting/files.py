"""Files of answers, read by DuckDB into a relation of clean columns.

CSV has no types, and a reader that guesses them guesses wrong in silence: a comment sign that was a label, a first line
that was no header, days taken for months. So CSV is read as text, column by column as its header says, and what a
number or a time is decided here, in :mod:`~nps_core.counting.relations`.
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

from nps_core._optional import require
from nps_core.counting.relations import AnswerFile, Answers, as_file, as_name, as_text, in_short, naming
from nps_core.errors import InvalidInputError, UnreadableFileError, listed

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

_AT_ONCE: Final = 1 << 16


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
        with naming(name, str(path)) if several else contextlib.nullcontext():
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
            with naming(name) if several else contextlib.nullcontext(), _explained({}, name, form, encoding):
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
        with _explained({str(file.path.absolute()): file.name for file in files}, in_short(names), form, encoding):
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
        if "\0" in name:
            raise UnreadableFileError(f"{name!r} cannot be opened: no name holds a zero byte")
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
        f", auto_detect = false, header = true, delim = {as_text(delimiter)}, quote = '\"', "
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
    relation = connection.sql(f"SELECT * FROM read_{form}({as_file(path)}{options})")
    types = {column: str(kind) for column, kind in zip(relation.columns, relation.types, strict=True)}
    guessed = {"JSON", "TIME", "UUID"} if form == "json" else {"JSON"}
    return AnswerFile(
        connection=connection,
        name=name,
        path=path,
        reader=f"read_{form}",
        options=options,
        columns={
            column: f"(CAST({as_name(column)} AS JSON) ->> '$')" if kind in guessed else as_name(column)
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
