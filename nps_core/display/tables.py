"""Tables: one value, set as text for a terminal or as HTML for a page."""

import html
import unicodedata
from typing import Final

import attrs

STYLE: Final = (
    ".nps-core{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.5em 0}"
    ".nps-core caption{text-align:left;font-weight:600;padding:.2em 0 .4em}"
    ".nps-core th,.nps-core td{padding:.2em .8em .2em 0;text-align:right;white-space:nowrap;border:0}"
    ".nps-core thead th{border-bottom:1px solid currentColor;font-weight:600}"
    ".nps-core .l{text-align:left;white-space:normal;max-width:24em;overflow-wrap:anywhere}"
    ".nps-core tfoot td{text-align:left;white-space:normal;opacity:.75;padding-top:.4em;font-size:.9em}"
)


@attrs.frozen
class Table:
    """Something to look at: texts in rows and columns.

    Attributes:
        title: What it shows.
        header: The name of each column.
        rows: Texts, one per column.
        left: How many columns, from the left, hold words; the others hold numbers.
        notes: Sentences below it.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1
    notes: tuple[str, ...] = ()


def as_text(table: Table) -> str:
    """The table for a terminal: words to the left, numbers to the right, a rule under the header."""
    cells = [[one_line(cell) for cell in row] for row in (table.header, *table.rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(map(_padded, row, widths, _is_left(table, row))).rstrip() for row in cells]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    return "\n".join([one_line(table.title), "", lines[0], rule, *lines[1:], *_notes(table)])


def as_html(table: Table) -> str:
    """The table for a page or a notebook, without its style; whatever stands in it is escaped."""
    head = "".join(f"<th{_class(table, i)}>{html.escape(name)}</th>" for i, name in enumerate(table.header))
    body = "".join(
        "<tr>" + "".join(f"<td{_class(table, i)}>{html.escape(cell)}</td>" for i, cell in enumerate(row)) + "</tr>"
        for row in table.rows
    )
    notes = "".join(f'<tr><td colspan="{len(table.header)}">{html.escape(note)}</td></tr>' for note in table.notes)
    return (
        f'<table class="nps-core"><caption>{html.escape(table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{f'<tfoot>{notes}</tfoot>' if notes else ''}</table>"
    )


def _notes(table: Table) -> list[str]:
    return ["", *map(one_line, table.notes)] if table.notes else []


def _class(table: Table, column: int) -> str:
    return ' class="l"' if column < table.left else ""


def _is_left(table: Table, row: list[str]) -> list[bool]:
    return [column < table.left for column in range(len(row))]


def one_line(text: str) -> str:
    """A text that cannot break out of its cell: control characters become what Python would show for them."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _width(text: str) -> int:
    """How many columns of a terminal a text takes: wide East Asian characters two, marks on others none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(char) in {"Mn", "Me"} else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def _padded(text: str, width: int, left: bool) -> str:  # noqa: FBT001  called through map
    padding = " " * (width - _width(text))
    return text + padding if left else padding + text
