"""Tables as text and as HTML: whatever stands in them stays in its cell, and does nothing."""

import unicodedata
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.display.tables import STYLE, Table, as_html, as_text

NASTY = [
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' & </td></tr></table>",
    "two\nlines\r\tand a tab",
    "\x1b[31mred\x1b[0m",
    "\x9b2J\x07\x08\x00",
    "right \u202eot tfel",
    "line\u2028separator",
    "\ud800 half a character",
]
texts = st.text(max_size=8) | st.sampled_from(NASTY)
VOID = {"meta", "link", "br", "img", "input", "hr", "base"}


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(1, 4))
    row = st.tuples(*[texts] * width)
    return Table(
        title=draw(texts),
        header=draw(row),
        rows=tuple(draw(st.lists(row, max_size=4))),
        left=draw(st.integers(0, width)),
        notes=tuple(draw(st.lists(texts, max_size=2))),
    )


class Reader(HTMLParser):
    """The tags of a document, and the text of every cell."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.cells: list[str] = []
        self.open: list[str] = []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"caption", "th", "td"}:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"caption", "th", "td"}:
            self.cells[-1] += data


def test_a_table_is_set_with_words_to_the_left_and_numbers_to_the_right() -> None:
    table = Table(
        title="Fruit",
        header=("name", "colour", "n"),
        rows=(("apple", "red", "7"), ("fig", "-", "1,200")),
        left=2,
        notes=("First.", "Second."),
    )
    assert as_text(table).split("\n") == [
        "Fruit",
        "",
        "name   colour      n",
        "--------------------",
        "apple  red         7",
        "fig    -       1,200",
        "",
        "First.",
        "Second.",
    ]


def test_wide_and_combining_characters_keep_the_columns_straight() -> None:
    # Two columns of a terminal each (Unicode Standard Annex 11: W), and none for what sits on the letter before
    names = ("東京", "Tokyo", "cafe\u0301", "गुरु", "❤\ufe0e")
    table = Table(title="", header=("city", "n"), rows=tuple((name, "1") for name in names))
    lines = as_text(table).split("\n")[4:]
    assert lines == ["東京   1", "Tokyo  1", "cafe\u0301   1", "गुरु     1", "❤\ufe0e      1"]


@given(tables())
def test_no_text_breaks_out_of_its_line(table: Table) -> None:
    lines = as_text(table).split("\n")
    assert len(lines) == 4 + len(table.rows) + (1 + len(table.notes) if table.notes else 0)
    assert all(char.isprintable() for line in lines for char in line)


@pytest.mark.parametrize("text", NASTY[3:])
def test_control_characters_are_shown_and_do_nothing(text: str) -> None:
    shown = as_text(Table(title=text, header=(text,), rows=((text,),), notes=(text,)))
    assert not {char for char in shown if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl"}} - {"\n"}
    assert shown.count(repr(text)[1:-1]) == 4


@given(tables())
def test_html_holds_exactly_the_tables_texts(table: Table) -> None:
    reader = Reader(as_html(table))
    cells = [table.title, *table.header, *(cell for row in table.rows for cell in row), *table.notes]
    assert [tidy(cell) for cell in reader.cells] == [tidy(cell) for cell in cells]
    assert reader.open == []


def tidy(text: str) -> str:
    """A text as an HTML parser hands it back: what stands for no character is replaced or dropped."""
    return "".join(char for char in text.replace("\r\n", "\n").replace("\r", "\n") if char != "\x00")


@pytest.mark.parametrize("text", NASTY)
def test_no_text_breaks_out_of_its_place_in_html(text: str) -> None:
    reader = Reader(as_html(Table(title=text, header=(text,), rows=((text,),), notes=(text,))))
    assert [tidy(cell) for cell in reader.cells] == [tidy(text)] * 4
    assert reader.tags == ["table", "caption", "thead", "tr", "th", "tbody", "tr", "td", "tfoot", "tr", "td"]


@given(tables())
def test_html_is_made_of_table_tags_only(table: Table) -> None:
    reader = Reader(as_html(table))
    assert set(reader.tags) <= {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
    assert {name for name, _ in reader.attributes} <= {"class", "colspan"}
    assert {value for name, value in reader.attributes if name == "class"} <= {"nps-core", "l"}


def test_html_marks_the_columns_of_words() -> None:
    table: Any = Table(title="t", header=("a", "b"), rows=(("x", "1"),))
    assert as_html(table) == (
        '<table class="nps-core"><caption>t</caption><thead><tr><th class="l">a</th><th>b</th></tr></thead>'
        '<tbody><tr><td class="l">x</td><td>1</td></tr></tbody></table>'
    )


def test_the_style_touches_only_our_tables() -> None:
    selectors = [part for rule in STYLE.split("}")[:-1] for part in rule.split("{")[0].split(",")]
    assert selectors
    assert all(selector.startswith(".nps-core") for selector in selectors)
