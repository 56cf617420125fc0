"""A file of cells: decoded, cut into records, and with a name for each column."""

import codecs
import contextlib
import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

import attrs

from nps_core.counting.files import what_it_is
from nps_core.errors import InvalidInputError, UnreadableFileError, listed, unknown_name
from nps_core.programme.layouts import Layout, folded

DELIMITERS: Final = ",;\t|"

OTHER_ENCODINGS: Final = ("cp1252", "latin-1")
"""What a file that is not UTF-8 is taken for: the first that it can be; any file can be the last."""

_MOST_HEADER_ROWS: Final = 4

_TOLD_DELIMITER: Final = re.compile(r'sep=([^"\s]|\t)[\r\n]')


@attrs.frozen
class Row:
    """One record.

    Attributes:
        line: The line of the file that it ends on.
        cells: Its texts.
    """

    line: int
    cells: list[str] = attrs.field(repr=False)

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(cell and not cell.isspace() for cell in self.cells)


@attrs.frozen(kw_only=True)
class Source:
    """A decoded file.

    Attributes:
        name: What it is called.
        text: All of it.
        encoding: How it was written.
        told: The delimiter that its first line tells Excel, if it does.
    """

    name: str
    text: str = attrs.field(repr=False)
    encoding: str
    told: str | None = None

    @classmethod
    def open(cls, path: Path, encoding: str | None = None) -> "Source":
        """A file from disk.

        Args:
            path: Where it is.
            encoding: How it is written; if None, UTF-8 and UTF-16 are recognized.

        Raises:
            UnreadableFileError: If it cannot be opened, is empty, or is no text.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UnreadableFileError(f"{path} cannot be opened: {error.strerror}") from error
        return cls.decode(content, path.name, encoding)

    @classmethod
    def decode(cls, content: bytes, name: str, encoding: str | None = None) -> "Source":
        """The text of a file's bytes."""
        if encoding is None:
            if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                encoding = "utf-16"
            elif what := what_it_is(content):
                raise UnreadableFileError(f"{name} must be a CSV file, got {what}; export it or save it as CSV")
            else:
                encoding = next(each for each in ("utf-8", *OTHER_ENCODINGS) if _is_written_in(each, content))
        try:
            text = content.decode(encoding)
        except (UnicodeError, LookupError) as error:
            raise UnreadableFileError(f"{name} is not {encoding} text ({error}); say which encoding it has") from error
        text = text.removeprefix("\ufeff")
        if not text.strip():
            raise UnreadableFileError(f"{name} is empty")
        told = _TOLD_DELIMITER.match(text)
        return cls(name=name, text=text, encoding=encoding, told=told and told[1])

    def records(self, delimiter: str) -> Iterator[Row]:
        """The records, cut at a delimiter.

        Raises:
            UnreadableFileError: If a quote is not closed, or something stands behind one that is.
        """
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=delimiter, strict=True)
        try:
            for cells in itertools.islice(reader, 0 if self.told is None else 1, None):
                yield Row(reader.line_num, cells)
        except csv.Error as error:
            raise UnreadableFileError(f"{self.name} cannot be read as CSV: {error} (line {reader.line_num})") from error

    def head(self, delimiter: str) -> list[list[str]]:
        """The first records, as far as they can be cut at a delimiter."""
        found: list[list[str]] = []
        with contextlib.suppress(UnreadableFileError):  # by another delimiter it may be right
            found.extend(
                [cell.strip() for cell in row.cells]
                for row in itertools.islice(self.records(delimiter), _MOST_HEADER_ROWS)
            )
        return found

    def width(self, delimiter: str) -> int:
        """How many cells the first record has, cut at a delimiter."""
        return max(map(len, self.head(delimiter)[:1]), default=0)


@attrs.frozen(kw_only=True)
class Sheet:
    """A file whose columns are known.

    Attributes:
        source: The file.
        delimiter: What stands between its cells.
        layout: How it is laid out.
        header_rows: How many records stand above the answers.
        names: The names of its columns, all different.
        labels: The questions above them.
    """

    source: Source
    delimiter: str
    layout: Layout
    header_rows: int
    names: tuple[str, ...]
    labels: tuple[str, ...]

    @classmethod
    def of(cls, source: Source, delimiter: str, layout: Layout) -> "Sheet":
        """A file as a layout says."""
        head = source.head(delimiter)
        layout = layout.for_head(head)
        header_rows = layout.header_rows
        if layout.further_row and any(cell.startswith(layout.further_row) for cell in chain(*head[header_rows:][:1])):
            header_rows += 1
        if len(head) < header_rows:
            raise UnreadableFileError(
                f"{source.name}: {header_rows} rows must stand above the answers, got {len(head)} in all"
            )
        width = max(map(len, head[:header_rows]))
        head = [[*row, *[""] * (width - len(row))] for row in head[:header_rows]]
        names = head[layout.names_row]
        labels = names if layout.labels_row is None else head[layout.labels_row]
        if layout.continues:
            names = labels = _continued(names, labels)
        return cls(
            source=source,
            delimiter=delimiter,
            layout=layout,
            header_rows=header_rows,
            names=_all_different(names),
            labels=tuple(labels),
        )

    def rows(self) -> Iterator[Row]:
        """The records below the header, blank ones among them.

        Raises:
            UnreadableFileError: If one has not as many cells as the header.
        """
        width = len(self.names)
        for row in itertools.islice(self.source.records(self.delimiter), self.header_rows, None):
            if (len(row.cells) < width or any(row.cells[width:])) and not row.is_blank:
                raise UnreadableFileError(
                    f"{self.source.name}: every row must have as many cells as its header, {width}, got "
                    f"{len(row.cells)} (line {row.line})"
                )
            yield row

    def find(self, name: str) -> int:
        """The position of the column that somebody names, by its name or its question.

        Raises:
            UnknownNameError: If there is none, or more than one.
        """
        for known in (self.names, self.labels):
            for same in (str.strip, folded):
                found = [place for place, each in enumerate(known) if each and same(each) == same(name)]
                if len(found) == 1:
                    return found[0]
        raise unknown_name("column", name, self.names)

    def first_of(self, names: Sequence[str]) -> int | None:
        """The position of the first of these names, in small letters, that there is."""
        places = {folded(name): place for place, name in reversed([*enumerate(self.names)])}
        return next((places[name] for name in names if name in places), None)


def recognize(source: Source, layouts: Sequence[Layout], delimiter: str | None, *, other: Layout | None) -> Sheet:
    """The sheet of a file whose layout is one of several, by the names of its columns.

    Args:
        source: The file.
        layouts: What it may be.
        delimiter: What stands between its cells; tried out if None.
        other: What to take it for if it is none of them; None to refuse it.

    Raises:
        InvalidInputError: If it is none of them.
    """
    if delimiter is not None and (not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n\0'):
        raise InvalidInputError(f"delimiter must be one character, no quote and no line break, got {delimiter!r}")
    delimiters = delimiter or source.told or DELIMITERS
    found = [(layout, sign) for sign in delimiters for layout in layouts if layout.fits(source.head(sign))]
    if found:
        layout, sign = max(found, key=lambda each: len(each[0].marks))
        return Sheet.of(source, sign, layout)
    widest = max(delimiters, key=source.width)
    if other is not None:
        return Sheet.of(source, widest, other)
    shown = listed(chain(*source.head(widest)[:1]))
    titles = dict.fromkeys(layout.title for layout in layouts)
    marks = " or ".join(listed(layout.marks) for layout in layouts)
    wanted = f"have the columns {marks}" if len(titles) == 1 else f"be that of {', '.join(titles)}"
    raise InvalidInputError(
        f"{source.name}: the header of an export must {wanted}, got {shown}; for any other file name the column of "
        "scores, such as score='nps', and say header_rows=2 if two rows stand above the answers"
    )


def _is_written_in(encoding: str, content: bytes) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _continued(names: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Names of columns that may stand for several, told apart by what stands below."""
    own = ""
    carried = [own := name or own for name in names]
    count = Counter(carried)
    return [
        f"{name} / {label}" if count[name] > 1 and label else name for name, label in zip(carried, labels, strict=True)
    ]


def _all_different(names: Sequence[str]) -> tuple[str, ...]:
    """Names of columns, with a number where one is blank or stands there already."""
    found: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        own = name or f"column {place}"
        numbered = (f"{own} ({number})" for number in itertools.count(2))
        found[own if own not in found else next(each for each in numbered if each not in found)] = None
    return tuple(found)
