"""Results as people see them: the printed tables to the letter, and HTML in which a label is only a label."""

import datetime as dt
import html
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.display.tables import STYLE

NASTY = ["<script>alert(1)</script>", '"><img src=x onerror="alert(1)">', "'&amp;", "a\nb", "\x1b[31mred\x1b[0m", ""]
SCORE = nc.nps(nc.Survey.from_scores([10, 9, 9, 8, 7, 3, None, None, 11], invalid="exclude"))
DIFFERENCE = nc.compare(
    nc.Tally.from_categories(promoters=50, passives=30, detractors=20),
    nc.Tally.from_categories(promoters=20, passives=20, detractors=1060),
)
SEGMENTS = nc.by_segment(
    nc.Tally.from_cells(
        [("north", 10, 6), ("north", 8, 3), ("south", 7, 3), ("south", 0, 5), ("south", None, 3), (None, 8, 1)],
        by="region",
    ),
    "region",
)
TREND = nc.trend(
    nc.Tally.from_cells(
        [
            (dt.date(2025, 11, 5), 10, 800),
            (dt.date(2025, 11, 5), 3, 200),
            (dt.date(2026, 1, 1), 9, 90),
            (dt.date(2026, 1, 1), 5, 30),
            (dt.date(2026, 2, 1), 9, 30),
            (dt.date(2026, 2, 1), 5, 90),
            (None, 4, 1),
            (None, None, 2),
        ],
        every="month",
    ),
    confidence_level=0.9,
)


class Cells(HTMLParser):
    """The texts of the cells, and the tags."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.inside = False
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self.inside = tag in {"caption", "th", "td"}
        if self.inside:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.cells[-1] += data


def as_printed(result: Any) -> str:
    return "\n" + str(result)


def test_a_score_is_printed_with_its_answers() -> None:
    # (3 - 1) / 6 = 33.3 %
    expected = """
NPS 33.3 (95 % interval -31.1 to 75.4, n = 6)

answers     count   share
-------------------------
promoters       3  50.0 %
passives        2  33.3 %
detractors      1  16.7 %
missing         2
invalid         1

Scale 0-10 (detractors 0-6, passives 7-8, promoters 9-10)."""
    assert as_printed(SCORE) == expected


def test_a_weighted_score_says_what_its_answers_are_worth() -> None:
    # The weighted share is 9 of 12; Kish has 12^2 / (10^2 + 1 + 1), which is 1.4
    score = nc.nps(nc.Survey.from_scores([10, 8, 3], weights=[10, 1, 1]))
    notes = str(score).split("\n")[-2:]
    assert notes == [
        "Scale 0-10 (detractors 0-6, passives 7-8, promoters 9-10).",
        "3 answers tell as much as 1 independent ones of equal weight. Counts and shares are unweighted.",
    ]
    assert str(score).startswith("NPS 75.0 (")


def test_a_difference_is_printed_with_its_sign() -> None:
    # -1040 / 1100 - 30 / 100 = -124.5 %: the exact difference rounded, not -95 - 30
    expected = """
Difference -124.5 points (95 % interval -139.0 to -108.4, p < 0.001)

          NPS   95 % interval      n
------------------------------------
before   30.0    14.0 to 44.3    100
after   -94.5  -96.0 to -92.5  1,100"""
    assert as_printed(DIFFERENCE) == expected


def test_segments_are_printed_side_by_side() -> None:
    # north 6/9, the rest -5/9: 66.7 + 55.6 = 122.2
    expected = """
NPS by region (overall 5.6, n = 18)

region        NPS  95 % interval  n   share  to the rest    95 % interval  adjusted p
-------------------------------------------------------------------------------------
north        66.7   16.8 to 87.9  9  50.0 %       +122.2  +54.0 to +155.5       0.004
south       -62.5  -86.3 to -9.8  8  44.4 %       -122.5  -155.7 to -53.6       0.004
(no label)    0.0  -79.3 to 79.3  1   5.6 %         -5.9   -92.7 to +81.7       0.834

To the rest: the segment minus all other answers, in points; p-values adjusted by Holm.
Not in any score: 3 missing."""
    assert as_printed(SEGMENTS) == expected


def test_a_trend_is_printed_with_its_empty_periods() -> None:
    # 600/1000, nothing, 60/120, -60/120; overall 600/1241
    expected = """
NPS by month (overall 48.3, n = 1,241)

month      NPS   90 % interval      n  change    90 % interval        p
-----------------------------------------------------------------------
2025-11   60.0    55.7 to 64.0  1,000       -                -        -
2025-12      -               -      0       -                -        -
2026-01   50.0    36.0 to 61.8    120       -                -        -
2026-02  -50.0  -61.8 to -36.0    120  -100.0  -116.7 to -80.2  < 0.001

Change: against the month before, in points. Times as written, without a zone.
Not in any score: 2 missing.
Of no known time, and in no period: 3."""
    assert as_printed(TREND) == expected


def test_a_trend_names_the_zone_of_its_calendar() -> None:
    survey = nc.Survey.from_scores([9], at=[dt.datetime(2026, 1, 1, tzinfo=dt.UTC)], time_zone="Europe/Helsinki")
    notes = str(nc.trend(survey)).split("\n")[-1:]
    assert notes == ["Change: against the month before, in points. Time zone Europe/Helsinki."]


def test_two_things_that_are_not_counted_are_named_in_one_sentence() -> None:
    survey = nc.Survey.from_scores([9, None, 11], invalid="exclude", segments={"a": ["x", "x", "x"]})
    assert str(nc.by_segment(survey, "a")).endswith("\nNot in any score: 1 missing and 1 invalid.")


@pytest.mark.parametrize("result", [SCORE, DIFFERENCE, SEGMENTS, TREND], ids=lambda result: type(result).__name__)
def test_html_shows_what_is_printed(result: Any) -> None:
    cells = Cells(result.to_html(style=False)).cells
    title, _, _, _, *rows = str(result).split("\n")
    assert cells[0] == title
    for cell in cells:
        assert cell in str(result)
    for row in rows:
        assert all(word in " ".join(cells) for word in row.split("  "))


@pytest.mark.parametrize("result", [SCORE, DIFFERENCE, SEGMENTS, TREND], ids=lambda result: type(result).__name__)
def test_a_notebook_gets_the_table_with_its_style_and_a_page_without(result: Any) -> None:
    plain = result.to_html(style=False)
    assert "<style>" not in plain
    assert result._repr_html_() == result.to_html() == f"<style>{STYLE}</style>{plain}"


@given(
    st.lists(
        st.sampled_from(NASTY) | st.text(max_size=5).filter(lambda text: "\x00" not in text), min_size=1, unique=True
    )
)
def test_a_label_or_a_name_is_only_text(labels: list[str]) -> None:
    name = labels[0] or "empty"
    survey = nc.Survey.from_scores([9] * len(labels), segments={name: labels})
    table = nc.by_segment(survey, name)
    document = Cells(table.to_html(style=False))
    assert set(document.tags) == {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
    written = table.to_html(style=False)
    assert all(f'<td class="l">{html.escape(label)}</td>' in written for label in labels if label)
    printed = str(table)
    assert len(printed.split("\n")) == 4 + len(labels) + 2
    assert all(char.isprintable() for char in printed.replace("\n", ""))


def test_terminal_sequences_in_labels_are_shown_and_not_sent() -> None:
    cells = [("\x1b[31mred\x1b[0m", 9, 1), ("bell\x07\r", 9, 1), ("", 9, 1)]
    printed = str(nc.by_segment(nc.Tally.from_cells(cells, by="region"), "region"))
    assert [line.split("  ")[0] for line in printed.split("\n")[4:7]] == [
        '""',
        "\\x1b[31mred\\x1b[0m",
        "bell\\x07\\r",
    ]


def test_an_unknown_label_is_named_on_one_line() -> None:
    table = nc.by_segment(nc.Tally.from_cells([("a\x1b[2J", 9, 1)], by="region"), "region")
    with pytest.raises(nc.UnknownNameError) as caught:
        table["b\x1b[2J"]
    assert str(caught.value).isprintable()
