"""by_segment(): against comparing each segment with all other answers by hand."""

from collections.abc import Sequence
from random import Random
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.stats.multiplicity import holm
from nps_core.testing import surveys, tallies

scores = st.none() | st.integers(0, 10)
labels = st.none() | st.sampled_from(["north", "south", "east", "", "n"])
a_row = st.tuples(scores, labels, st.sampled_from(["web", "shop", None]))
rows = st.lists(a_row, min_size=1, max_size=15).filter(lambda rows: any(row[0] is not None for row in rows))
methods = st.sampled_from(["score", "wald", "adjusted-wald"])


def survey_of(rows: Any) -> nc.Survey:
    columns = list(zip(*rows, strict=True))
    return nc.Survey.from_scores(columns[0], segments={"region": columns[1], "channel": columns[2]})


def unnamed(difference: nc.Difference | None) -> nc.Difference | None:
    """A difference without what its sides are called in print."""
    return None if difference is None else attrs.evolve(difference, names=("", ""))


@given(rows, st.sampled_from(["region", ("region", "channel"), ["channel"]]), methods, st.floats(0.5, 0.99))
def test_each_segment_is_compared_with_all_other_answers(rows: Any, by: Any, method: Any, level: float) -> None:
    survey = survey_of(rows)
    names = (by,) if isinstance(by, str) else tuple(by)
    table = nc.by_segment(survey, by, method=method, confidence_level=level)
    of_row = [tuple(response.segments.get(name) for name in names) for response in survey]
    assert set(table.labels) == set(of_row)
    assert len(table) == len(table.segments) == len(table.labels)
    for segment in table.segments:
        own = np.array([labels == segment.labels for labels in of_row])
        inside, outside = survey.where(own), survey.where(~own)
        assert (segment.n, segment.missing, segment.invalid) == (inside.n, inside.missing, inside.invalid)
        assert segment.share == inside.n / survey.n
        options: Any = {"method": method, "confidence_level": level}
        assert segment.score == (nc.nps(inside, **options) if inside.n else None)
        compared = nc.compare(outside, inside, **options) if inside.n and outside.n else None
        assert unnamed(segment.difference) == unnamed(compared)


@given(rows)
def test_the_pvalues_are_adjusted_by_holm(rows: Any) -> None:
    segments = nc.by_segment(survey_of(rows), ["region", "channel"]).segments
    tested = [segment for segment in segments if segment.difference is not None]
    pvalues = [segment.difference.pvalue for segment in tested if segment.difference]
    expected = pvalues if len(pvalues) == 2 else holm(pvalues).tolist()  # two segments have one difference
    assert [segment.adjusted_pvalue for segment in tested] == expected
    assert all(segment.adjusted_pvalue is None for segment in segments if segment.difference is None)


def test_of_two_segments_there_is_one_difference_to_adjust_for() -> None:
    table = table_of(("north", 10, 30), ("north", 3, 9), ("south", 8, 20), ("west", None, 4))
    for label in ("north", "south"):
        difference = table[label].difference
        assert difference is not None
        assert table[label].adjusted_pvalue == pytest.approx(difference.pvalue, rel=1e-12)


@given(rows)
def test_the_shares_and_the_counts_are_those_of_the_whole(rows: Any) -> None:
    survey = survey_of(rows)
    table = nc.by_segment(survey, "region")
    assert table.overall == nc.nps(survey)
    assert sum(segment.share for segment in table.segments) == pytest.approx(1)
    for name in ("n", "missing", "invalid"):
        assert sum(getattr(segment, name) for segment in table.segments) == getattr(table.overall, name)


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_the_responses_does_not_matter(rows: Any, random: Random) -> None:
    table, shuffled = (nc.by_segment(survey_of(r), "region") for r in (rows, random.sample(rows, len(rows))))
    assert table == shuffled
    assert hash(table) == hash(shuffled)


@given(rows)
def test_labels_come_in_their_order_and_what_has_none_comes_last(rows: Any) -> None:
    labels = [label for (label,) in nc.by_segment(survey_of(rows), "region").labels]
    known = [label for label in labels if label is not None]
    assert labels == sorted(known) + [None] * (len(labels) - len(known))


@given(surveys(segments=["region"]))
def test_a_survey_and_its_tally_give_the_same_table(survey: nc.Survey) -> None:
    if survey.n and survey.segments:
        assert nc.by_segment(survey, "region") == nc.by_segment(survey.tally("region", every=None), "region")


@given(tallies(by=["region", "product"]))
def test_keys_that_are_not_asked_for_do_not_matter(tally: nc.Tally) -> None:
    if tally.n.any():
        assert nc.by_segment(tally, "region") == nc.by_segment(tally.tally("region"), "region")


def table_of(*cells: tuple[Any, ...], by: Any = "region") -> nc.SegmentTable:
    return nc.by_segment(nc.Tally.from_cells(cells, by=by), by)


def test_a_segment_that_holds_every_answer_has_no_rest() -> None:
    table = table_of(("north", 10, 3), ("north", 2, 1))
    north = table["north"]
    assert north.share == 1
    assert north.difference is north.adjusted_pvalue is None
    assert north.score == table.overall


def test_a_segment_without_a_score_has_neither_score_nor_difference_and_takes_part_in_no_other() -> None:
    table = table_of(("north", 10, 3), ("south", 2, 4), ("west", None, 2))
    west, north = table["west"], table["north"]
    assert (west.n, west.missing, west.share) == (0, 2, 0)
    assert west.score is west.difference is west.adjusted_pvalue is None
    alone = table_of(("north", 10, 3), ("south", 2, 4))["north"]
    assert north.adjusted_pvalue == alone.adjusted_pvalue
    assert north.difference is not None
    assert north.difference.reference.missing == 2


def test_a_segment_is_found_by_its_label_or_by_one_label_per_name() -> None:
    table = table_of(("north", 10, 3), (None, 2, 4), ("", 7, 1))
    assert [table[label].n for label in ("north", None, "")] == [3, 4, 1]
    assert [table[label].label for label in ("north", None, "")] == ["north", "(no label)", '""']
    two = table_of(("north", "web", 10, 3), ("north", None, 2, 4), by=("region", "channel"))
    assert two["north", "web"].n == 3
    assert two["north", None].n == 4
    assert two["north", None].label == "north / (no label)"


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("nort", "segment must be one of 'north', '(no label)', got 'nort'. Did you mean 'north'?"),
        ("xyz", "segment must be one of 'north', '(no label)', got 'xyz'."),
        (("north", "web"), "segment must be one of 'north', '(no label)', got 'north / web'. Did you mean 'north'?"),
        (7, "segment must be one of 'north', '(no label)', got '7'."),
    ],
)
def test_a_label_that_does_not_occur_is_refused_with_those_that_do(wanted: Any, message: str) -> None:
    table = table_of(("north", 10, 3), (None, 2, 4))
    with pytest.raises(nc.UnknownNameError) as caught:
        table[wanted]
    assert str(caught.value) == message


def test_a_table_is_not_iterable_but_its_segments_are() -> None:
    table: Any = table_of(("north", 10, 3), ("south", 2, 4))
    with pytest.raises(TypeError, match="not iterable"):
        iter(table)
    assert [segment.label for segment in table.segments] == ["north", "south"]


def test_a_segment_may_be_called_like_a_number_of_the_table() -> None:
    by = ("n", "segment_n", "nps")
    (record,) = table_of(("a", "b", "c", 10, 3), by=by).to_dicts()
    assert list(record)[:3] == ["segment_n", "segment_segment_n", "segment_nps"]
    assert list(record.values())[:4] == ["a", "b", "c", 100.0]
    assert record["n"] == 3
    header, _, row = str(table_of(("a", "b", "c", 10, 3), by=by)).split("\n")[2:5]
    assert header.split()[:3] == ["n", "segment_n", "nps"]
    assert row.split()[:4] == ["a", "b", "c", "100.0"]


def test_every_level_and_method_reaches_every_number() -> None:
    cells = [("north", 10, 30), ("north", 3, 9), ("south", 8, 20), ("south", 5, 20)]
    table = nc.by_segment(nc.Tally.from_cells(cells, by="region"), "region", confidence_level=0.8, method="wald")
    north = table["north"]
    assert north.score is not None
    assert north.difference is not None
    parts = [table.overall, north.score, north.difference, north.difference.reference]
    assert {part.confidence_interval.confidence_level for part in parts} == {table.confidence_level} == {0.8}
    assert {part.method for part in parts} == {table.method} == {"wald"}


@pytest.mark.parametrize("data", [[10, 3], None, nc.Survey])
def test_what_cannot_be_tallied_is_refused(data: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.by_segment(data, "region")
    assert str(caught.value) == (
        f"data must be a Survey, a Tally or an object with their tally(), got {type(data).__name__}"
    )


class Forgetful:
    """A store that gives something else than it is asked for."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def tally(self, by: str | Sequence[str] = (), *, every: Any = None) -> Any:
        return self.answer


@pytest.mark.parametrize(
    "answer",
    [None, {"north": 3}, nc.Tally.from_counts({9: 1}), nc.Tally.from_cells([("web", 9, 1)], by="channel")],
    ids=["nothing", "a dict", "ungrouped", "other groups"],
)
def test_a_store_that_gives_other_groups_is_refused(answer: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.by_segment(Forgetful(answer), "region")
    assert str(caught.value) == (
        f"the tally() of Forgetful must give a Tally by ['region'] and every None, got {answer!r}"
    )


@pytest.mark.parametrize(
    ("by", "options", "error", "message"),
    [
        ([], {}, nc.InvalidInputError, "by must name at least one segment"),
        ("regoin", {}, nc.UnknownNameError, "Did you mean 'region'"),
        ("region", {"method": "bayes"}, nc.InvalidInputError, "method must be one of"),
        ("region", {"confidence_level": 95}, nc.InvalidInputError, r"write 0\.95"),
    ],
)
def test_options_that_are_wrong_are_refused(by: Any, options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        nc.by_segment(nc.Tally.from_cells([("north", 10, 3)], by="region"), by, **options)


def test_a_table_without_a_score_is_refused() -> None:
    with pytest.raises(nc.NoAnswersError, match=r"got none \(3 missing, 0 invalid\)"):
        table_of(("north", None, 3))


def test_the_repr_shows_the_size_and_no_answers() -> None:
    table = table_of(("north", 10, 3), ("south", 2, 1))
    assert repr(table) == "SegmentTable(by=['region'], segments=2, overall=50.0)"
