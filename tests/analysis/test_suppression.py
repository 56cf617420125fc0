"""by_segment(min_n=): what is withheld cannot be worked out again, by subtraction or from the object itself."""

import itertools
import pickle
import re
import warnings
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.analysis import suppression
from nps_core.stats.multiplicity import benjamini_hochberg, holm

pytestmark = pytest.mark.filterwarnings("ignore:some suppressed segments can be told")

NAMES = ("region", "product", "channel")
BY = "region"
CELLS = [("north", 10, 60), ("north", 3, 20), ("south", 9, 3), ("south", None, 7), ("west", 8, 9), ("east", None, 2)]
Labels = tuple[Any, ...]


def cells_of(n_keys: int, least: int = 8) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """Cells of ``least`` answers or more in all."""
    label = st.sampled_from(["a", "b", "c", None])
    count = st.sampled_from([1, 2, 3, 5, 6, 9, 30])
    return st.lists(st.tuples(*[label] * n_keys, st.sampled_from([10, 3]), count), min_size=1, max_size=9).filter(
        lambda rows: sum(row[-1] for row in rows) >= least
    )


def table_of(cells: Any, min_n: Any, by: Any = BY, **options: Any) -> nc.SegmentTable:
    return nc.by_segment(nc.Tally.from_cells(cells, by=by), by, min_n=min_n, **options)


# -------------------------------------------------------------------------------------------- somebody who subtracts


def reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """Equations solved as far as they can be, exactly (Gauss and Jordan)."""
    done: list[list[Fraction]] = []
    for column in range(len(rows[0]) if rows else 0):
        row = next((row for row in rows if row[column]), None)
        if row is None:
            continue
        rows.remove(row)
        lead = [value / row[column] for value in row]
        done, rows = (
            [[a - other[column] * b for a, b in zip(other, lead, strict=True)] for other in part]
            for part in (done, rows)
        )
        done.append(lead)
    return done


def told(unknown: Sequence[Labels], totals: Sequence[set[Labels]]) -> set[Labels]:
    """The unknown counts that the known totals determine: those that are alone in a solved equation."""
    solved = reduced([[Fraction(labels in total) for labels in unknown] for total in totals])
    filled = [[column for column, value in enumerate(row) if value] for row in solved]
    return {unknown[columns[0]] for columns in filled if len(columns) == 1}


@attrs.frozen
class Attack:
    """What somebody knows of a table: which segments have answers, which are withheld, some totals, and a warning."""

    there: list[Labels]
    withheld: list[Labels]
    totals: list[set[Labels]]
    is_warned: bool

    @classmethod
    def on(cls, tally: nc.Tally, min_n: int, *, coarser: bool) -> "Attack":
        """With the total of all answers and, as asked, with what every coarser table shows."""
        by = tally.by
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            segments = nc.by_segment(tally, by, min_n=min_n).segments
        there = [segment.labels for segment in segments if segment.n != 0]
        totals = [set(there)]
        for size in range(1, len(by) if coarser else 0):
            for keys in itertools.combinations(range(len(by)), size):
                for segment in nc.by_segment(tally, [by[key] for key in keys], min_n=min_n).segments:
                    if not segment.suppressed:
                        own = {labels for labels in there if tuple(labels[key] for key in keys) == segment.labels}
                        totals.append(own)
        withheld = [segment.labels for segment in segments if segment.suppressed]
        return cls(there, withheld, totals, is_warned=len(caught) > 0)

    @property
    def found(self) -> set[Labels]:
        """What is withheld and told all the same, but for what the totals alone would tell of an empty table."""
        return told(self.withheld, self.totals) - told(self.there, self.totals)


def withheld_sums(tally: nc.Tally, attack: Attack) -> list[int]:
    """How many answers the withheld segments of each known total hold, where something else of it is shown."""
    n = dict(zip(tally.groups, tally.n.tolist(), strict=True))
    parts = [(total, [labels for labels in attack.withheld if labels in total]) for total in attack.totals]
    return [sum(n[labels] for labels in part) for total, part in parts if part and len(part) < len(total)]


@pytest.mark.parametrize("n_keys", [1, 2, 3])
@pytest.mark.parametrize("coarser", [False, True], ids=["from the total", "from coarser tables, too"])
@given(data=st.data(), min_n=st.integers(2, 8))
def test_no_suppressed_count_can_be_worked_out(n_keys: int, coarser: bool, data: Any, min_n: int) -> None:
    tally = nc.Tally.from_cells(data.draw(cells_of(n_keys, min_n)), by=NAMES[:n_keys])
    attack = Attack.on(tally, min_n, coarser=coarser)
    assert not attack.found
    assert all(total >= min_n for total in withheld_sums(tally, attack))
    if coarser and told(attack.withheld, attack.totals):  # what no table can help, it must say
        assert attack.is_warned


def test_what_other_tables_give_away_is_warned_of() -> None:
    # By region b is 10, and it has answers of the web only; of the web are 13 answers: 3 of them are a's.
    cells = [("a", "web", 10, 3), ("b", "web", 9, 10), ("c", "shop", 9, 8)]
    with pytest.warns(nc.DisclosureWarning) as caught:
        table = nc.by_segment(nc.Tally.from_cells(cells, by=NAMES[:2]), NAMES[:2], min_n=5)
    (warning,) = caught
    assert str(warning.message) == (
        "some suppressed segments can be told from totals by fewer of the names in by; do not show those"
    )
    assert warning.filename == __file__
    assert table["a", "web"].suppressed


@given(cells_of(1), st.integers(2, 8))
def test_along_one_key_there_is_nothing_to_warn_of_but_a_table_of_one(cells: Any, min_n: int) -> None:
    attack = Attack.on(nc.Tally.from_cells(cells, by=BY), min_n, coarser=False)
    assert not attack.is_warned


@pytest.mark.parametrize(
    "cells",
    [
        [("north", "shop", 10, 100), ("south", "web", 9, 3)],
        [("north", "shop", 10, 100), ("south", "web", 9, 1), ("west", "mail", 9, 1)],
    ],
    ids=["one", "two"],
)
def test_small_segments_that_share_no_label_with_others_are_not_told_by_the_total(cells: Any) -> None:
    tally = nc.Tally.from_cells(cells, by=NAMES[:2])
    attack = Attack.on(tally, 5, coarser=False)
    assert not attack.found
    assert all(total >= 5 for total in withheld_sums(tally, attack))


def test_a_block_whose_lines_tell_it_together_is_suppressed_further() -> None:
    # In every line two are withheld, and yet the lines of a, b, x, y and z tell the cell of c: it takes one more.
    counts = {"ax": 2, "ay": 2, "bx": 2, "by": 2, "az": 9, "bz": 9, "cx": 40, "cy": 40, "cz": 40}
    tally = nc.Tally.from_cells([(*name, 10, count) for name, count in counts.items()], by=NAMES[:2])
    attack = Attack.on(tally, 5, coarser=True)
    assert not attack.found
    assert {tuple(name) for name, count in counts.items() if count < 5} <= set(attack.withheld)


def test_a_chain_of_cells_that_unravels_from_its_end_is_suppressed_as_a_whole_or_cut_well() -> None:
    rows = range(12)
    cells = [(f"r{i:02}", f"p{j:02}", 10, 3 if i == j else 40) for i in rows for j in (i, (i + 1) % 12)]
    cells += [("r00", "p06", 10, 50), ("r05", "p00", 10, 60)]
    tally = nc.Tally.from_cells(cells, by=NAMES[:2])
    assert not Attack.on(tally, 5, coarser=True).found


@given(cells_of(2), st.integers(1, 8))
def test_nothing_is_suppressed_where_every_segment_is_large_enough(cells: Any, min_n: int) -> None:
    table = table_of(cells, min_n, NAMES[:2])
    n = nc.Tally.from_cells(cells, by=NAMES[:2]).n
    small = [labels for labels, count in zip(table.labels, n.tolist(), strict=True) if 0 < count < min_n]
    suppressed = [segment.labels for segment in table.segments if segment.suppressed]
    assert set(small) <= set(suppressed)
    if not small:
        assert not suppressed
        assert attrs.evolve(table, min_n=None) == table_of(cells, None, NAMES[:2])


@given(cells_of(1), st.integers(2, 8))
def test_along_one_key_no_more_is_suppressed_than_it_takes(cells: Any, min_n: int) -> None:
    table = table_of(cells, min_n)
    n = dict(zip(table.labels, nc.Tally.from_cells(cells, by=BY).n.tolist(), strict=True))
    withheld = [segment.labels for segment in table.segments if segment.suppressed]
    if withheld:
        shown = [labels for labels in n if labels not in withheld]
        assert max(n[labels] for labels in withheld) <= min([n[labels] for labels in shown], default=99)
        largest = max(withheld, key=lambda labels: n[labels])
        fewer = [labels for labels in withheld if labels != largest]
        assert n[largest] < min_n or len(fewer) < 2 or sum(n[labels] for labels in fewer) < min_n


def test_a_small_segment_takes_the_next_smallest_with_it() -> None:
    table = table_of([("a", 10, 3), ("b", 9, 50), ("c", 8, 20), ("d", 8, 90)], 10)
    assert [(segment.label, segment.suppressed) for segment in table.segments] == [
        ("a", True), ("b", False), ("c", True), ("d", False),
    ]  # fmt: skip


def test_small_segments_that_are_few_together_take_another_with_them() -> None:
    table = table_of([("a", 10, 3), ("b", 9, 2), ("c", 8, 20), ("d", 8, 90)], 10)
    assert [segment.label for segment in table.segments if not segment.suppressed] == ["d"]


@given(cells_of(2), st.integers(2, 8), st.randoms(use_true_random=False))
def test_what_is_suppressed_does_not_depend_on_the_order_of_the_answers(cells: Any, min_n: int, random: Any) -> None:
    shuffled = random.sample(cells, len(cells))
    assert table_of(cells, min_n, NAMES[:2]) == table_of(shuffled, min_n, NAMES[:2])


def test_a_search_that_is_cut_short_suppresses_all_that_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {"ax": 2, "ay": 2, "bx": 2, "by": 2, "az": 9, "bz": 9, "cx": 40, "cy": 40, "cz": 40}
    cells = [(*name, 10, count) for name, count in counts.items()]
    whole = table_of(cells, 5, NAMES[:2])
    monkeypatch.setattr(suppression, "_MOST_STEPS", 1)
    for short, full in zip(table_of(cells, 5, NAMES[:2]).segments, whole.segments, strict=True):
        assert short.suppressed == full.suppressed
        assert short.suppressed or counts["".join(map(str, short.labels))] >= 5


def test_ten_thousand_segments_are_soon_told_apart() -> None:
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 40, (100, 100)).tolist()
    cells = [(f"r{i}", f"p{j}", 10, counts[i][j]) for i in range(100) for j in range(100)]
    table = table_of(cells, 5, NAMES[:2])
    frame = table.to_pandas()
    n = dict(zip(table.labels, nc.Tally.from_cells(cells, by=NAMES[:2]).n.tolist(), strict=True))
    frame["true"] = [n[labels] for labels in table.labels]
    hidden = frame[frame["suppressed"]]
    assert (frame[frame["true"] < 5]["suppressed"]).all()
    for name in NAMES[:2]:
        lines = hidden.groupby(name)["true"].agg(["size", "sum"])
        assert (lines["size"] >= 2).all()
        assert (lines["sum"] >= 5).all()
    assert len(hidden) < 1.3 * (frame["true"] < 5).sum()


# ------------------------------------------------------------------------------------------------ what is left of it

TABLE = table_of(CELLS, 10)


def test_a_suppressed_segment_has_no_number_and_one_without_data_has_all_that_there_is() -> None:
    south, east = TABLE["south"], TABLE["east"]
    assert south == nc.Segment(
        labels=("south",), score=None, n=None, missing=None, invalid=None, share=None, difference=None,
        adjusted_pvalue=None, suppressed=True,
    )  # fmt: skip
    assert east == nc.Segment(
        labels=("east",), score=None, n=0, missing=2, invalid=0, share=0.0, difference=None,
        adjusted_pvalue=None, suppressed=False,
    )  # fmt: skip
    assert TABLE["west"].suppressed
    assert not TABLE["north"].suppressed


def test_what_is_shown_is_what_it_would_be_anyway() -> None:
    whole = table_of(CELLS, None)
    for shown, plain in zip(TABLE.segments, whole.segments, strict=True):
        if not shown.suppressed:
            assert attrs.evolve(shown, adjusted_pvalue=None) == attrs.evolve(plain, adjusted_pvalue=None)
    assert TABLE.overall == whole.overall
    assert TABLE.labels == whole.labels
    assert (TABLE.min_n, whole.min_n) == (10, None)


def test_in_records_the_suppressed_are_marked_and_empty() -> None:
    records = {record["region"]: record for record in TABLE.to_dicts()}
    for label, record in records.items():
        assert record["suppressed"] == (label in {"south", "west"})
    assert {k: v for k, v in records["south"].items() if v is not None} == {"region": "south", "suppressed": True}
    assert {k: v for k, v in records["east"].items() if v is not None} == {
        "region": "east", "suppressed": False, "n": 0, "promoters": 0, "passives": 0, "detractors": 0, "missing": 2,
        "invalid": 0, "share": 0.0,
    }  # fmt: skip


def test_frames_hold_the_records_with_nothing_in_the_places_of_the_suppressed() -> None:
    records = TABLE.to_dicts()
    assert TABLE.to_polars().to_dicts() == records
    assert TABLE.to_arrow().to_pylist() == records
    frame = TABLE.to_pandas().set_index("region")
    assert frame.loc["south"].drop("suppressed").isna().all()
    assert frame["suppressed"].to_dict() == {"east": False, "north": False, "south": True, "west": True}
    assert frame.loc["east", "n"] == 0
    assert frame.loc["north", "n"] == 80


def test_where_everything_is_suppressed_the_columns_keep_their_types() -> None:
    table = table_of([("south", 9, 6), ("south", None, 7), ("west", 8, 9)], 10)
    assert [segment.suppressed for segment in table.segments] == [True, True]
    plain, polars, arrow = table_of(CELLS, None), table.to_polars(), table.to_arrow()
    assert polars.schema == plain.to_polars().schema
    assert arrow.schema == plain.to_arrow().schema
    assert {name: kind.kind for name, kind in table.to_pandas().dtypes.items() if name in {"n", "share"}} == {
        "n": "f",
        "share": "f",
    }


def test_in_print_the_suppressed_are_named_and_told_from_what_has_no_data() -> None:
    expected = """
NPS by region (overall 46.7, n = 92)

region         NPS  95 % interval   n   share  to the rest   95 % interval  adjusted p
--------------------------------------------------------------------------------------
east       no data              -   0   0.0 %            -               -           -
north         50.0   29.0 to 66.4  80  87.0 %        +25.0  -10.2 to +59.5       0.160
south   suppressed              -   -       -            -               -           -
west    suppressed              -   -       -            -               -           -

To the rest: the segment minus all other answers, in points; p-values adjusted by Holm.
Suppressed: of fewer than 10 answers, or what would tell such a segment by subtraction.
Not in any score: 9 missing."""
    assert "\n" + str(TABLE) == expected
    html = TABLE.to_html(style=False)
    assert html.count("<td>suppressed</td>") == 2
    assert html.count("<td>no data</td>") == 1
    assert "Suppressed:" not in str(table_of(CELLS, None)) + str(table_of(CELLS, 1))


def numbers_in(value: Any, seen: set[int]) -> list[Any]:
    """Every number that can be reached from a value by its attributes, slots, items and arrays."""
    if id(value) in seen or isinstance(value, (str, type, nc.Scale)):
        return []
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        return [value.tolist()]
    if isinstance(value, (int, float)):
        return [value]
    parts: list[Any] = list(value) if isinstance(value, (tuple, list)) else []
    if isinstance(value, dict):
        parts += value.values()
    names = {name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())}
    for name in sorted(names | set(getattr(value, "__dict__", {}))):
        parts.append(getattr(value, name, None))
    return [number for part in parts for number in numbers_in(part, seen)]


def flat(values: Any) -> list[Any]:
    return [number for value in values for number in flat(value)] if isinstance(values, (list, tuple)) else [values]


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("with_design", [False, True], ids=["without design", "with design"])
def test_nothing_of_a_suppressed_segment_is_in_the_object_or_in_what_it_gives_away(
    weighted: bool, with_design: bool
) -> None:
    # Of what is withheld nobody can know more than the sums of both segments: 500, 480 and 31.
    parts = {
        "few": {10: 291, 3: 313, None: 11},
        "many": {10: 8_000, 8: 7_000, 3: 9_000},
        "small": {9: 209, 0: 167, None: 20},
    }
    rows = [(label, score) for label, counts in parts.items() for score, count in counts.items() for _ in range(count)]
    survey = nc.Survey.from_scores(
        [score for _, score in rows],
        segments={"size": [label for label, _ in rows], "unit": [str(i % 7) for i in range(len(rows))]},
        weights=[1.0] * len(rows) if weighted else None,
    )
    design = nc.Design(clusters="unit") if with_design else None
    table = nc.by_segment(survey, "size", min_n=700, design=design)
    assert [segment.label for segment in table.segments if segment.suppressed] == ["few", "small"]
    counts = {291, 313, 209, 167, 291 + 313, 209 + 167, 11, 20}
    secrets = counts | {604 / 24_980, 376 / 24_980, 100 * (291 - 313) / 604, 100 * (209 - 167) / 376}
    again = pickle.loads(pickle.dumps(table))
    assert again == table
    for result in (table, again):
        assert len(result.to_dicts()) == len(result.segments) == 3
        parts_of_it = {name: getattr(result, name) for name in ("_scores", "_differences", "_adjusted", "overall")}
        reached = set(flat(numbers_in([result, parts_of_it, result.segments], set())))
        assert {8_000, 7_000, 9_000} <= reached
        assert not secrets & reached
        hidden = [result.labels.index(("few",)), result.labels.index(("small",))]
        for estimates in (result._differences.scores, result._differences.references, result._scores):
            assert estimates.counts.domains is None
            assert not estimates.counts.categories[hidden].any()
            assert not estimates.counts.missing[hidden].any()
            assert np.isnan(estimates.effective[hidden]).all()
        assert np.isnan(result._differences.pvalues[hidden]).all()
    for number in counts - {11, 20}:
        for kind in (np.int64, np.float64):
            assert kind(number).tobytes() not in pickle.dumps(table)
        for shown in (str(table), repr(table), str(table.to_dicts()), table.to_html(), repr(table.segments)):
            assert re.search(rf"(?<![\d.]){number}(?!\d)", shown) is None


@pytest.mark.parametrize(("correction", "adjust"), [("holm", holm), ("benjamini-hochberg", benjamini_hochberg)])
@given(cells_of(2), st.integers(2, 8))
def test_pvalues_are_adjusted_for_what_is_shown(correction: Any, adjust: Any, cells: Any, min_n: int) -> None:
    segments = table_of(cells, min_n, NAMES[:2], correction=correction).segments
    shown = [segment for segment in segments if segment.difference is not None]
    assume(len(shown) != 2 or any(segment.suppressed for segment in segments))
    expected = adjust([segment.difference.pvalue for segment in shown if segment.difference])
    assert [segment.adjusted_pvalue for segment in shown] == expected.tolist()
    assert all(segment.adjusted_pvalue is None for segment in segments if segment.difference is None)


@pytest.mark.parametrize(("correction", "words"), [("holm", "Holm"), ("benjamini-hochberg", "Benjamini and Hochberg")])
def test_the_correction_is_kept_and_named(correction: Any, words: str) -> None:
    table = table_of(CELLS, None, correction=correction)
    assert table.correction == correction
    assert f"p-values adjusted by {words}." in str(table)


@pytest.mark.parametrize(
    "min_n", [0, -1, True, False, np.True_, 2.0, np.float64(3), "3", [], float("nan"), ..., 2**62, 10**400]
)
def test_a_least_number_that_is_none_is_refused(min_n: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        table_of(CELLS, min_n)
    assert str(caught.value) == f"min_n must be a whole number from 1 up to 2**62, or None, got {min_n!r}"


@pytest.mark.parametrize("min_n", [np.int64(10), np.uint8(10), 10])
def test_a_least_number_may_be_of_numpy(min_n: Any) -> None:
    table = table_of(CELLS, min_n)
    assert table == TABLE
    assert type(table.min_n) is int


@pytest.mark.parametrize("min_n", [93, 10**12, 2**62 - 1])
def test_fewer_answers_in_all_than_may_be_shown_are_refused(min_n: int) -> None:
    for by, cells in ((BY, CELLS), (NAMES[:2], [("web", *row) for row in CELLS])):
        with pytest.raises(nc.InvalidInputError) as caught:
            table_of(cells, min_n, by)
        assert str(caught.value) == (f"all answers together must be min_n or more to be shown, got 92 of {min_n}")


def test_as_many_answers_as_may_be_shown_are_shown_together() -> None:
    table = table_of(CELLS, 92)
    assert table.overall.n == 92
    assert [segment.suppressed for segment in table.segments] == [False, True, True, True]


def test_a_correction_that_does_not_exist_is_refused() -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        table_of(CELLS, None, correction="bonferroni")
    assert str(caught.value) == "correction must be one of 'holm', 'benjamini-hochberg', got 'bonferroni'"
