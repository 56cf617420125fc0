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

CELLS = [
    ("a", 10, 60),
    ("a", 3, 20),
    ("b", 9, 40),
    ("b", 3, 40),
    ("c", 9, 45),
    ("c", 3, 35),
    ("d", 8, 9),
    (None, 10, 4),
]
LATER = [("a", 10, 30), ("a", 3, 50), ("b", 9, 60), ("b", 3, 20), ("c", 9, 45), ("c", 0, 35), ("e", 8, 20)]
SHOPS, SHOPS_LATER = (nc.Tally.from_cells(cells, by="shop") for cells in (CELLS, LATER))
CLUSTERED = nc.Survey.from_scores(
    [10, 9, 3, 8, 10, 6, 9, 9, 2, 7, 10, 3], segments={"shop": [*"aabbaabbaabb"], "unit": [*"112233445566"]}
)
BY_UNIT = nc.Design(clusters="unit")
PLANS = ("plan", "kind")
BEFORE, AFTER = (
    nc.Tally.from_cells([("old", "x", 10, a), ("old", "y", 3, b), ("new", "x", 10, c), ("new", "y", 3, d)], by=PLANS)
    for a, b, c, d in ((30, 20, 20, 30), (10, 20, 40, 30))
)
TARGET = nc.compare_to_target(SHOPS, 20, alternative="greater")
PANEL = nc.compare(
    *(nc.Survey.from_scores(scores, respondents=["ann", "bob", "cleo", "dan"])
      for scores in ([10, 3, 8, None], [9, 9, 10, 3])),
    pairing="panel",
)  # fmt: skip
SUPPRESSED = nc.by_segment(SHOPS, "shop", min_n=10)
PAIRS = nc.compare_all(nc.Tally.from_cells(CELLS[:7], by="shop"), "shop", correction="benjamini-hochberg")
EQUALITY = nc.equality(SHOPS, "shop")
RANKING = nc.rank_segments(SHOPS, "shop")
CHANGES = nc.decompose_change(SHOPS, SHOPS_LATER, by="shop")
STEPS = nc.decompose_change(BEFORE, AFTER, by=PLANS)
ROBUSTNESS = nc.robustness(nc.Tally.from_counts({10: 30, 8: 40, 6: 30}), nc.Tally.from_counts({10: 32, 8: 38, 2: 30}))
NONRESPONSE = nc.nonresponse(SHOPS, invited=1_000, target=10)
RESULTS = [
    SCORE, DIFFERENCE, SEGMENTS, TREND, TARGET, PANEL, SUPPRESSED, PAIRS, EQUALITY, RANKING, CHANGES, STEPS, ROBUSTNESS,
    NONRESPONSE,
]  # fmt: skip
every_result = pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)


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
        "3 answers tell as much as 1 independent ones of equal weight.",
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
Slope: -32.04 points per month (-179.60 to +115.52, p = 0.401).
Not in any score: 2 missing.
Of no known time, and in no period: 3."""
    assert as_printed(TREND) == expected


def test_a_target_is_printed_as_it_was_set() -> None:
    # 149 - 95 of 253 is 21.34 %: 1.3 points above 20
    expected = """
Difference +1.3 points (greater, 95 % interval -8.7 to +80.0, p = 0.412)

         NPS  95 % interval    n
--------------------------------
target    20
score   21.3    9.3 to 32.8  253"""
    assert as_printed(TARGET) == expected


def test_a_panel_says_how_many_answered_twice() -> None:
    assert str(PANEL).startswith("Difference +100.0 points (95 % interval ")
    assert str(PANEL).endswith("\n\nRespondents with a score in both: 3, only these.")


def test_what_is_suppressed_is_printed_as_such() -> None:
    lines = str(SUPPRESSED).split("\n")
    assert [line.split()[:2] for line in lines[7:8]] == [["d", "suppressed"]]
    assert "suppressed" in lines[8]
    assert lines[-1] == ("Suppressed: of fewer than 10 answers, or what would tell such a segment by subtraction.")


def test_pairs_are_printed_side_by_side() -> None:
    # Scores 50, 0, 12.5 and 0
    expected = """
Differences by shop (6 pairs)

first  second  difference   95 % interval      p  adjusted p
------------------------------------------------------------
a      b            +50.0  +20.0 to +77.0  0.001       0.006
a      c            +37.5   +8.1 to +64.8  0.012       0.025
a      d            +50.0  +13.5 to +84.1  0.011       0.025
b      c            -12.5  -42.3 to +18.1  0.428       0.514
b      d              0.0  -36.8 to +36.8  1.000       1.000
c      d            +12.5  -24.5 to +48.9  0.383       0.514

First minus second, in points; p-values adjusted by Benjamini and Hochberg."""
    assert as_printed(PAIRS) == expected


def test_a_test_of_equality_is_printed_with_its_statistic() -> None:
    expected = """
Equality of 5 segments: p = 0.003

test                value
-------------------------
Q                   16.16
degrees of freedom      4"""
    assert as_printed(EQUALITY) == expected


def test_a_test_of_equality_in_a_design_names_both_degrees_of_freedom() -> None:
    # Six units less one; both segments have the same score
    expected = """
Equality of 2 segments: p = 1.000

test                  value
---------------------------
F                      0.00
degrees of freedom  1 and 5"""
    assert as_printed(nc.equality(CLUSTERED, "shop", design=BY_UNIT)) == expected


def test_a_ranking_is_printed_with_its_rank_sets() -> None:
    expected = """
Ranking by shop (5 segments)

rank  shop        possible    NPS  95 % interval   n  shrunken  95 % interval
-----------------------------------------------------------------------------
1     (no label)    1 to 5  100.0   2.0 to 100.0   4      79.0   9.3 to 100.0
2     a             1 to 4   50.0   29.0 to 66.4  80      49.0   30.1 to 67.9
3     c             1 to 5   12.5   -9.3 to 33.2  80      13.2   -8.1 to 34.5
4     b             2 to 5    0.0  -21.4 to 21.4  80       1.3  -20.3 to 23.0
4     d             1 to 5    0.0  -29.9 to 29.9   9       2.6  -28.4 to 33.6

Possible: the ranks that the answers leave open, at 95 % for all segments together."""
    assert as_printed(RANKING) == expected


def test_a_ranking_of_few_says_why_nothing_is_shrunken() -> None:
    expected = """
Ranking by shop (2 segments)

rank  shop  possible   NPS  90 % interval   n  shrunken  90 % interval
----------------------------------------------------------------------
1     a            1  50.0   32.6 to 64.1  80         -              -
2     b            2   0.0  -18.1 to 18.1  80         -              -

Possible: the ranks that the answers leave open, at 90 % for all segments together.
Scores are shrunken among 4 segments or more."""
    few = nc.Tally.from_cells(CELLS[:4], by="shop")
    assert as_printed(nc.rank_segments(few, "shop", confidence_level=0.9)) == expected


def test_a_change_is_printed_with_what_each_segment_did() -> None:
    # 54 / 253 = 21.3 % before and 30 / 260 = 11.5 % after; e is new, d and those without a label have vanished.
    # Mix of e: 20 / 260 (0 - 16.4) = -1.3; rate of a: 31.2 % of -75 = -23.4.
    expected = """
Change -9.8 points (95 % interval -26.4 to +6.7)

shop        share before   after  NPS before  after   mix  95 % interval   rate   95 % interval
-----------------------------------------------------------------------------------------------
a                 31.6 %  30.8 %        50.0  -25.0   0.0   -0.3 to +0.4  -23.4  -32.8 to -14.0
b                 31.6 %  30.8 %         0.0   50.0  -0.1   -0.8 to +0.6  +15.6   +6.3 to +24.9
c                 31.6 %  30.8 %        12.5   12.5   0.0   -0.3 to +0.4    0.0    -9.6 to +9.6
d                  3.6 %   0.0 %         0.0      -  +0.6   +0.1 to +1.1      -               -
e                  0.0 %   7.7 %           -    0.0  -1.3   -2.1 to -0.4      -               -
(no label)         1.6 %   0.0 %       100.0      -  -1.3    -2.6 to 0.0      -               -
all                                     21.3   11.5  -2.0   -3.8 to -0.2   -7.8   -24.3 to +8.7

Mix: other shares of the segments. Rate: other scores within them. In points.
What a segment did that is new or has vanished is all mix."""
    assert as_printed(CHANGES) == expected


def test_a_change_over_several_names_is_printed_in_steps() -> None:
    # Plans: old 50 % to 30 % at 20 and -33.3, new 50 % to 70 % at -20 and 14.3, around 0: 0.2 (9.52 - ...) = +0.8
    header, *_, notes, steps = str(STEPS).split("\n")
    assert header == "Change 0.0 points (95 % interval -27.7 to +27.7)"
    assert notes == "Mix: other shares of the segments. Rate: other scores within them. In points."
    assert steps == "Mix by plan +0.8 (-4.9 to +6.4), then kind -0.8 (-28.9 to +27.4)."


def test_a_verdict_on_other_cuts_is_printed_with_every_cut() -> None:
    # -30 points from 3 to 6, where 2 is below what 6 was; means 7.8 + ... : 0.2 - 0.16 - 1.2 = -1.16
    lines = str(ROBUSTNESS).split("\n")
    assert lines[0] == "Change +2.0 points: some codings clearly say the opposite"
    assert lines[2].split("  ")[0] == "answers"
    assert lines[4] == "1 or more   100.0 %  100.0 %         0.0    -3.7 to +3.7    1.000"
    assert lines[6].startswith("3 or more   100.0 %   70.0 %       -30.0  -39.6 to -21.")
    assert lines[-3:] == [
        "The mean answer changed by -1.16. Differences in percentage points.",
        "The share moved the other way from: 3, 4, 5, 6.",
        "The other way with passives/promoters from: 1/3, 1/4, 1/5, 1/6, 2/3 and others.",
    ]


def test_other_verdicts_on_cuts_say_what_they_mean() -> None:
    verdicts = {
        "every coding agrees": ({10: 30, 3: 70}, {10: 60, 3: 40}),
        "no coding clearly says the opposite": ({10: 30, 3: 70}, {10: 60, 3: 39, 0: 1}),
        "some codings clearly say the opposite": ({10: 30, 3: 70}, {10: 60, 0: 40}),
        "no direction": ({10: 30, 3: 70}, {10: 30, 0: 70}),
    }
    for verdict, sides in verdicts.items():
        found = nc.robustness(*map(nc.Tally.from_counts, sides))
        assert str(found).split("\n")[0].endswith(f" points: {verdict}")
    few = nc.robustness(nc.Tally.from_counts({10: 30, 6: 60, 0: 10}), nc.Tally.from_counts({10: 50, 6: 38, 5: 12}))
    assert str(few).endswith("\nThe share moved the other way from: 6.")


def test_what_the_silent_could_do_is_printed() -> None:
    # 54 promoters more than detractors; 747 of 1,000 silent: (54 - 747) / 10 and (54 + 747) / 10; (100 - 54) / 7.47
    expected = """
NPS 21.3, response rate 25.3 %

what the silent could do                        NPS
---------------------------------------------------
of all invited, at worst and at best  -69.3 to 80.1
the same with the 95 % interval       -72.3 to 83.0
of the silent, to bring all to 10               6.2"""
    assert as_printed(NONRESPONSE) == expected


def test_what_is_weighted_or_of_a_design_is_said_below_every_table() -> None:
    note = "Scores and errors allow for weights or a design; n and shares are those of the answers."
    survey = nc.Survey.from_scores(
        [10, 9, 3, 8, 10, 6, 9, 9], weights=[1, 2, 3, 4, 1, 2, 3, 4], segments={"shop": [*"abcdabcd"]}
    )
    for result in (
        nc.by_segment(survey, "shop"),
        nc.compare_all(survey, "shop"),
        nc.rank_segments(survey, "shop"),
        nc.decompose_change(survey, survey, by="shop"),
        nc.compare_all(CLUSTERED, "shop", design=BY_UNIT),
    ):
        assert str(result).count(note) == 1
    assert not any(note in str(result) for result in RESULTS)


def test_a_trend_names_the_zone_of_its_calendar() -> None:
    survey = nc.Survey.from_scores([9], at=[dt.datetime(2026, 1, 1, tzinfo=dt.UTC)], time_zone="Europe/Helsinki")
    notes = str(nc.trend(survey)).split("\n")[-1:]
    assert notes == ["Change: against the month before, in points. Time zone Europe/Helsinki."]


def test_two_things_that_are_not_counted_are_named_in_one_sentence() -> None:
    survey = nc.Survey.from_scores([9, None, 11], invalid="exclude", segments={"a": ["x", "x", "x"]})
    assert str(nc.by_segment(survey, "a")).endswith("\nNot in any score: 1 missing and 1 invalid.")


@every_result
def test_html_shows_what_is_printed(result: Any) -> None:
    cells = Cells(result.to_html(style=False)).cells
    title, _, _, _, *rows = str(result).split("\n")
    assert cells[0] == title
    for cell in cells:
        assert cell in str(result)
    for row in rows:
        assert all(word in " ".join(cells) for word in row.split("  "))


@every_result
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


def test_a_score_of_one_cluster_says_that_nothing_tells_how_sure_it_is() -> None:
    survey = nc.Survey.from_scores([10, 9, 3], segments={"shop": ["a", "a", "a"]})
    score = nc.nps(survey, design=nc.Design(clusters="shop", lonely="remove"))
    assert (score.confidence_interval.low, score.confidence_interval.high, score.effective_n) == (-100, 100, 0)
    assert str(score).endswith("\nNo two units of one stratum have answered, so nothing tells how sure the score is.")


def test_a_score_of_everybody_says_that_chance_has_no_part_in_it() -> None:
    score = nc.nps([10, 9, 3, 8], design=nc.Design(population_sizes=4))
    assert str(score).endswith("\nEverybody was asked: chance has no part in the score.")
