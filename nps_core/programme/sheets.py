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
        except (OSError, ValueError) as error:  # a name may hold what no name can
            why = error.strerror if isinstance(error, OSError) else error
            raise UnreadableFileError(f"{path} cannot be opened: {why}") from error
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
        except (ValueError, LookupError) as error:
            raise UnreadableFileError(f"{name} is not {encoding} text ({error}); say which encoding it has") from error
        text = text.removeprefix("\ufeff")
        if not text.strip():
            raise UnreadableFileError(f"{name} is empty")
        if "\0" in text.partition("\n")[0]:
            raise UnreadableFileError(
                f"{name} is not {encoding} text, for its first line holds zero bytes; say which encoding it has, such "
                "as encoding='utf-16-le'"
            )
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


@attrs.frozen(kw_only=True)
class Sheet:
    """A file whose columns are known.

    Attributes:
        source: The file.
        delimiter: What stands between its cells.
        layout: How it is laid out.
        header_rows: How many records stand above the answers.
        names: The names of its columns, all different.
        heads: The same as they stand in the file.
        labels: The questions above them.
        further: What one more row above the answers holds, if there is one.
    """

    source: Source
    delimiter: str
    layout: Layout
    header_rows: int
    names: tuple[str, ...]
    heads: tuple[str, ...]
    labels: tuple[str, ...]
    further: tuple[str, ...]

    @classmethod
    def of(cls, source: Source, delimiter: str, layout: Layout) -> "Sheet":
        """A file as a layout says."""
        head = source.head(delimiter)
        layout = layout.for_head(head)
        header_rows = layout.header_rows
        further = next(iter(head[header_rows:]), []) if layout.further_row else []
        if not any(re.match(layout.further_row, cell) for cell in further):
            further = []
        header_rows += bool(further)
        if len(head) < header_rows:
            raise UnreadableFileError(
                f"{source.name}: {header_rows} rows must stand above the answers, got {len(head)} in all"
            )
        width = max(map(len, head[:header_rows]))
        head = [[*row, *[""] * (width - len(row))] for row in head[:header_rows]]
        names = head[layout.names_row]
        if not any(names):
            raise UnreadableFileError(f"{source.name}: a row must name the columns, but it is blank")
        labels = names if layout.labels_row is None else head[layout.labels_row]
        if layout.continues:
            names = labels = _continued(names, labels)
        return cls(
            source=source,
            delimiter=delimiter,
            layout=layout,
            header_rows=header_rows,
            names=_all_different(names),
            heads=tuple(names),
            labels=tuple(labels),
            further=tuple(further),
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
                    f"{len(row.cells)} (line {row.line}); take out titles above the names and notes below the answers"
                )
            yield row

    def zone_of(self, place: int) -> str | None:
        """The zone that the times of a column are written in, if the file or its layout tells."""
        told = re.search(r"""["']timeZone["']: ?["']([^"']+)""", "".join(self.further[place : place + 1]))
        return self.layout.time_zone if told is None else "UTC" if told[1] == "Z" else told[1]

    def find(self, name: str) -> int:
        """The position of the column that somebody names, by its name or its question.

        Raises:
            UnknownNameError: If there is none, or more than one; then they have numbers.
        """
        for known in (self.names, self.labels):
            for same in (str.strip, folded):
                found = [place for place, each in enumerate(known) if each and same(each) == same(name)]
                if len(found) == 1:
                    return found[0]
        raise unknown_name("column", name, self.names)

    def first_of(self, names: Sequence[str]) -> int | None:
        """The position of the first of these names, in small letters, that there is."""
        return next(iter(self.all_of(names)), None)

    def all_of(self, names: Sequence[str]) -> list[int]:
        """The positions of those of these names, in small letters, that there are."""
        places = {folded(name): place for place, name in reversed([*enumerate(self.heads)])}
        return [places[name] for name in names if name and name in places]


def recognize(
    source: Source, layouts: Sequence[Layout], delimiter: str | None, *, other: Layout | None, score: str | None = None
) -> Sheet:
    """The sheet of a file whose layout is one of several, by the names of its columns.

    Args:
        source: The file.
        layouts: What it may be.
        delimiter: What stands between its cells; tried out if None.
        other: What to take it for if it is none of them; None to refuse it.
        score: The column of scores, if somebody names it: where it is told which delimiter is right.

    Raises:
        InvalidInputError: If it is none of them.
    """
    if delimiter is not None and (not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n\0'):
        raise InvalidInputError(f"delimiter must be one character, no quote and no line break, got {delimiter!r}")
    heads = {sign: source.head(sign) for sign in delimiter or source.told or DELIMITERS}
    found = [(layout, sign) for sign, head in heads.items() for layout in layouts if layout.fits(head)]
    if found:
        layout, sign = max(found, key=lambda each: len(each[0].marks))
        return Sheet.of(source, sign, layout)

    def likely(sign: str) -> tuple[bool, int]:
        names = max(heads[sign], key=len, default=[])
        return score is not None and folded(score) in map(folded, chain(*heads[sign])), len(names)

    widest = max(heads, key=likely)
    if other is not None:
        return Sheet.of(source, widest, other)
    raise _unknown_layout(source.name, layouts, heads[widest])


def _unknown_layout(name: str, layouts: Sequence[Layout], head: Sequence[Sequence[str]]) -> InvalidInputError:
    """The error for a file that is none of these: what it is most like, and what it lacks."""
    titles = ", ".join(dict.fromkeys(layout.title for layout in layouts))
    marked = [layout for layout in layouts if layout.marks] or layouts
    nearest = min(marked, key=lambda layout: len(layout.lacks(head)) / max(len(layout.marks), 1))
    lacking = nearest.lacks(head)
    own = [listed(layout.marks or layout.first) for layout in layouts if layout.title == titles]
    wanted = f"of {titles} must have the columns {' or '.join(own)}" if own else f"must be that of {titles}"
    like = f"; of {nearest.title} it lacks {listed(lacking)}" if 0 < len(lacking) < len(nearest.marks) else ""
    leaving = "leave out vendor= and " if own else ""
    return InvalidInputError(
        f"{name}: the header of an export {wanted}, got {listed(chain(*head[:1]))}{like}; for any other file "
        f"{leaving}name the column of scores, such as score='nps', and say header_rows=2 if two rows stand above the "
        "answers"
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
    """Names of columns: blank ones after their place, and those that stand there more than once with a number."""
    count = Counter(names)
    own = {name for name in names if name and count[name] == 1}
    numbers: dict[str, Iterator[int]] = {}

    def different(place: int, name: str) -> str:
        if name in own:
            return name
        base = name or f"column {place}"
        numbered = (f"{base} ({number})" for number in numbers.setdefault(base, itertools.count(1)))
        return next(each for each in chain([] if name else [base], numbered) if each not in own)

    return tuple(different(place, name) for place, name in enumerate(names, 1))
