"""The algebra of tallies: adding, dropping keys, lengthening periods, and what is refused."""

import copy
import datetime as dt
import math
import pickle
from collections import Counter
from random import Random
from typing import Any

import naive
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nps_core.counting.calendar import FINER
from nps_core.errors import IncompatibleError, InvalidInputError, UnknownNameError
from nps_core.model.response import Response
from nps_core.model.scale import Category, Scale
from nps_core.model.survey import Survey
from nps_core.model.tally import Tally, Tallyable
from nps_core.testing import responses, surveys, tallies

BY = ("region", "product")
rows = st.lists(responses(), max_size=12)
a_tally = tallies(scale=Scale.STANDARD, by=BY)
a_dated_tally = tallies(scale=Scale.STANDARD, by=BY, every="day")
PAIRS = [(fine, coarse) for coarse, finer in FINER.items() for fine in sorted(finer)]


def survey_of(rows: list[Response]) -> Survey:
    """A survey that has both segments and times even if no row has."""
    frame = Response(None, at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), segments=dict.fromkeys(BY))
    return Survey.from_responses([*rows, frame], time_zone="Europe/Helsinki")


@given(rows, st.sampled_from([(), ("region",), ("product", "region")]), st.sampled_from([None, *FINER]))
def test_a_survey_is_counted_as_a_loop_counts_it(rows: list[Response], by: tuple[str, ...], every: Any) -> None:
    survey = survey_of(rows)
    assert naive.as_counter(survey.tally(by, every=every)) == naive.tally(survey, by, every, "Europe/Helsinki")


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_the_responses_does_not_matter(rows: list[Response], random: Random) -> None:
    shuffled = random.sample(rows, len(rows))
    assert survey_of(rows).tally(BY, every="week") == survey_of(shuffled).tally(BY, every="week")


@given(surveys(), st.integers(0, 10))
def test_the_tallies_of_two_parts_add_up_to_that_of_the_whole(survey: Survey, cut: int) -> None:
    by = survey.segments
    assert survey[:cut].tally(by) + survey[cut:].tally(by) == survey.tally(by)


@given(a_dated_tally, a_dated_tally, a_dated_tally)
def test_adding_is_associative_and_commutative(a: Tally, b: Tally, c: Tally) -> None:
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert hash(a + b) == hash(b + a)
    assert sum([c, a, b]) == a + b + c


@given(a_dated_tally, a_dated_tally)
def test_adding_tallies_adds_their_counts_key_by_key(a: Tally, b: Tally) -> None:
    assert naive.as_counter(a + b) == naive.as_counter(a) + naive.as_counter(b)


@given(a_tally)
def test_an_empty_tally_changes_nothing_when_added(tally: Tally) -> None:
    empty = Tally.from_cells([], by=BY)
    assert len(empty) == 0
    assert tally + empty == tally == empty + tally


@given(a_dated_tally, st.permutations(BY), st.integers(0, 2), st.sampled_from([None, *FINER]))
def test_a_tally_of_fewer_groups_is_what_counting_them_at_once_gives(
    tally: Tally, names: list[str], kept: int, every: Any
) -> None:
    expected: Counter[tuple[Any, ...]] = Counter()
    for (region, product, day, answer), count in naive.as_counter(tally).items():
        labels = {"region": region, "product": product}
        start = None if every is None or day is None else naive.period_start(day, every)
        expected[(*(labels[name] for name in names[:kept]), start, answer)] += count
    assert naive.as_counter(tally.tally(names[:kept], every=every)) == expected


@given(a_dated_tally, a_dated_tally)
def test_dropping_keys_and_adding_may_be_done_in_either_order(a: Tally, b: Tally) -> None:
    assert (a + b).tally("region", every="year") == a.tally("region", every="year") + b.tally("region", every="year")


@given(rows, st.sampled_from(PAIRS))
def test_a_longer_period_made_of_shorter_ones_is_what_counting_it_directly_gives(
    rows: list[Response], pair: Any
) -> None:
    fine, coarse = pair
    survey = survey_of(rows)
    assert survey.tally("region", every=fine).tally("region", every=coarse) == survey.tally("region", every=coarse)


@pytest.mark.parametrize(
    ("fine", "coarse"), [(f, c) for f in FINER for c in FINER if f not in FINER[c]], ids=lambda every: every
)
def test_periods_that_do_not_add_up_are_refused(fine: Any, coarse: Any) -> None:
    tally = survey_of([]).tally(every=fine)
    with pytest.raises(IncompatibleError, match=f"periods of a {fine} do not add up to a {coarse}; count with every="):
        tally.tally(every=coarse)


def test_a_tally_without_periods_has_none_to_give() -> None:
    with pytest.raises(IncompatibleError, match="this tally has no periods, so none of a month can be made"):
        Tally.from_counts({9: 1}).tally(every="month")
    with pytest.raises(InvalidInputError, match=r"every must be one of 'day', .*, got 'decade'"):
        Tally.from_counts({9: 1}).tally(every="decade")  # type: ignore[arg-type]


@given(tallies(by=BY, every="month"))
def test_nothing_is_lost_and_the_groups_are_distinct_and_filled(tally: Tally) -> None:
    counter = naive.as_counter(tally)
    assert sum(counter.values()) == tally.n.sum() + tally.missing.sum() + tally.invalid.sum()
    assert tally.starts is not None
    assert len({*zip(tally.groups, tally.starts.tolist(), strict=True)}) == len(tally)
    assert ((tally.n + tally.missing + tally.invalid) > 0).all()


@given(tallies(by=BY, every="month"))
def test_groups_are_ordered_by_their_labels_then_by_period_unknown_ones_last(tally: Tally) -> None:
    assert tally.starts is not None
    keys = [(*labels, start) for labels, start in zip(tally.groups, tally.starts.tolist(), strict=True)]
    assert keys == sorted(keys, key=lambda key: [(part is None, str(part)) for part in key])


@given(tallies(by=BY))
def test_the_categories_hold_the_scores_that_the_scale_puts_there(tally: Tally) -> None:
    expected = [[sum(row[s] for s in tally.scale.range_of(c)) for c in Category] for row in tally.counts.tolist()]
    assert tally.category_counts.tolist() == expected
    assert tally.n.tolist() == [sum(row) for row in expected]


@given(a_tally, a_tally)
def test_forgetting_the_scores_keeps_everything_else_and_goes_with_adding(a: Tally, b: Tally) -> None:
    folded = a.by_category()
    assert not folded.knows_scores
    assert np.array_equal(folded.category_counts, a.category_counts)
    assert np.array_equal(folded.missing, a.missing)
    assert folded.by_category() == folded
    assert (a + b).by_category() == a.by_category() + b.by_category()
    assert a.by_category().tally("region") == a.tally("region").by_category()
    with pytest.raises(IncompatibleError, match="made from categories and does not know how many gave each score"):
        _ = folded.counts


@given(st.lists(responses(weighted=True), max_size=12))
def test_weights_are_summed_per_score_and_category_beside_the_counts(rows: list[Response]) -> None:
    survey = Survey.from_responses([*rows, Response(9, weight=2)], time_zone="UTC")
    [sums], [squares] = survey.tally().category_weights  # type: ignore[misc]
    for total, power in ((sums, 1), (squares, 2)):
        for category, got in zip(Category, total.tolist(), strict=True):
            scores = Scale.STANDARD.range_of(category)
            weights = [(r.weight or 0) ** power for r in survey if r.score in scores]
            assert got == pytest.approx(math.fsum(weights), rel=1e-12)


@given(st.lists(responses(weighted=True), max_size=12), st.sampled_from([(), "region"]))
def test_weights_are_summed_per_group_and_score(rows: list[Response], by: Any) -> None:
    survey = Survey.from_responses([*rows, Response(9, weight=2, segments={"region": "north"})], time_zone="UTC")
    tally = survey.tally(by)
    weights = tally.score_weights
    assert weights is not None
    assert weights.shape == (2, len(tally), 11)
    for part, power in zip(weights, (1, 2), strict=True):
        for group, own in zip(tally.groups, part.tolist(), strict=True):
            for score, got in enumerate(own):
                mine = [r for r in survey if r.score == score and tuple(map(r.segments.get, tally.by)) == group]
                assert got == pytest.approx(math.fsum((r.weight or 0) ** power for r in mine), rel=1e-12)
    with pytest.raises(ValueError, match="cannot set WRITEABLE flag to True"):
        weights.setflags(write=True)


def test_without_weights_there_are_none_per_score() -> None:
    assert Tally.from_counts({9: 3}).score_weights is None
    assert Survey.from_scores([9, 3]).tally().score_weights is None


@pytest.mark.parametrize("weights", [None, [1.0, 2.0]])
def test_a_tally_of_categories_has_no_weights_per_score(weights: Any) -> None:
    tally = Survey.from_scores([9, 3], weights=weights).tally().by_category()
    with pytest.raises(IncompatibleError) as caught:
        _ = tally.score_weights
    assert str(caught.value) == "this tally was made from categories and does not know how many gave each score"


@given(surveys(weighted=True, scale=Scale.STANDARD), st.integers(0, 10))
def test_weighted_tallies_of_two_parts_add_up_to_that_of_the_whole(survey: Survey, cut: int) -> None:
    by, cut = survey.segments, min(cut, len(survey))
    parts, whole = survey[:cut].tally(by) + survey[cut:].tally(by), survey.tally(by)
    assert parts.groups == whole.groups
    assert np.array_equal(parts.counts, whole.counts)
    assert parts.is_weighted == whole.is_weighted == (len(survey) > 0)
    if len(survey):
        assert parts.category_weights == pytest.approx(whole.category_weights, rel=1e-12)
        assert parts.tally().category_weights == pytest.approx(survey.tally().category_weights, rel=1e-12)
        assert whole.by_category().category_weights == pytest.approx(whole.category_weights)


WEIGHTED = Survey.from_scores([9], weights=[2]).tally()
MONTHLY = Survey.from_scores([9], at=[dt.date(2026, 1, 1)], time_zone="UTC").tally(every="month")


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        (Tally.from_counts({9: 1}), Tally.from_counts({9: 1}, scale=Scale.ONE_TO_TEN), "scales"),
        (Tally.from_counts({9: 1}), Tally.from_cells([("n", 9, 1)], by="region"), "segments"),
        (Tally.from_cells([], by=("a", "b")), Tally.from_cells([], by=("b", "a")), "segments"),
        (MONTHLY, MONTHLY.tally(every="year"), "periods"),
        (MONTHLY, Tally.from_cells([(None, 9, 1)], every="month"), "time zones"),
        (Tally.from_counts({9: 1}), Tally.from_counts({9: 1}).by_category(), "knowledge of scores"),
        (Tally.from_counts({9: 1}), WEIGHTED, "weights"),
    ],
)
def test_tallies_that_do_not_go_together_are_refused_with_the_reason(one: Tally, other: Tally, what: str) -> None:
    for first, second in ((one, other), (other, one)):
        with pytest.raises(IncompatibleError, match=f"tallies must have the same {what}.* to be added, got "):
            first + second


def test_only_tallies_are_added_to_tallies() -> None:
    for other in (1, None, [Tally.from_counts({9: 1})]):
        with pytest.raises(TypeError, match="unsupported operand"):
            Tally.from_counts({9: 1}) + other  # type: ignore[operator]
    with pytest.raises(TypeError, match="unsupported operand"):
        1 + Tally.from_counts({9: 1})  # type: ignore[operator]


def test_sums_beyond_64_bits_are_refused_and_never_wrap() -> None:
    half = Tally.from_counts({9: 2**61})
    assert (half + Tally.from_counts({9: 2**60})).n.tolist() == [2**61 + 2**60]
    with pytest.raises(InvalidInputError, match=r"a tally must hold fewer than 2\*\*62 answers, got 4.61169e\+18"):
        half + half
    with pytest.raises(InvalidInputError, match=r"a tally must hold fewer than 2\*\*62 answers"):
        Tally.from_counts(dict.fromkeys(range(11), 2**62 - 1))
    with pytest.raises(
        InvalidInputError, match=r"must be a whole number from 0 to 2\*\*62 - 1, got 4611686018427387904"
    ):
        Tally.from_counts({9: 2**62})


@given(tallies(by=BY, every="quarter"))
def test_pickles_and_copies_are_equal_hash_alike_and_are_closed(tally: Tally) -> None:
    for other in [*(pickle.loads(pickle.dumps(tally, p)) for p in range(6)), copy.copy(tally), copy.deepcopy(tally)]:
        assert other == tally
        assert hash(other) == hash(tally)
        for array in (other.counts, other.missing, other.invalid, other.starts):
            with pytest.raises(ValueError, match="cannot set WRITEABLE flag to True"):
                array.setflags(write=True)


@given(a_tally)
def test_one_answer_more_makes_another_tally(tally: Tally) -> None:
    more = tally + Tally.from_cells([("north", None, 9, 1)], by=BY)
    assert more != tally
    assert hash(more) != hash(tally)


def test_the_repr_shows_sizes_and_keys() -> None:
    tally = Tally.from_cells([("north", None, 9, 5), ("south", None, None, 2)], by="region", every="month")
    shown = repr(tally)
    assert shown.startswith("<Tally n=5, ")
    assert all(part in shown for part in ("missing=2", "invalid=0", "groups=2", "region", "month"))
    assert "north" not in shown


def test_a_segment_that_does_not_exist_is_refused_with_the_likeliest_meant() -> None:
    with pytest.raises(
        UnknownNameError, match=r"segment must be one of 'region', got 'regoin'. Did you mean 'region'\?"
    ):
        Tally.from_cells([], by="region").tally("regoin")


@pytest.mark.parametrize("by", [("a", "a"), (1,), ["a", None]], ids=repr)
def test_keys_are_different_names(by: Any) -> None:
    with pytest.raises(InvalidInputError, match="by must be a name or several different names, got "):
        Tally.from_cells([], by=by)


def test_a_name_alone_is_one_key() -> None:
    assert Tally.from_cells([("n", 9, 1)], by="ab") == Tally.from_cells([("n", 9, 1)], by=["ab"])


def test_surveys_tallies_and_anything_with_the_method_can_be_counted() -> None:
    class Store:
        def tally(self, by: Any = (), *, every: Any = None) -> Tally:
            return Tally.from_counts({9: 1})

    assert all(isinstance(value, Tallyable) for value in (survey_of([]), MONTHLY, Store()))
    assert not isinstance([9, 10], Tallyable)
    assert Store().tally().n.tolist() == [1]


@given(tallies(), st.data())
def test_where_keeps_the_groups_with_a_wanted_label(tally: Tally, data: st.DataObject) -> None:
    assume(tally.by)
    key = data.draw(st.sampled_from(range(len(tally.by))))
    wanted = data.draw(st.sampled_from([*{group[key] for group in tally.groups}, "nowhere"]))
    kept = tally.where(segments={tally.by[key]: wanted})
    mask = [group[key] == wanted for group in tally.groups]
    assert kept.groups == tuple(group for group, keep in zip(tally.groups, mask, strict=True) if keep)
    assert kept.n.tolist() == tally.n[mask].tolist()
    assert (kept.by, kept.every) == (tally.by, tally.every)
    rest = tally.where(segments={tally.by[key]: [g[key] for g in tally.groups if g[key] != wanted]})
    if not tally.is_weighted:  # sums of floats may differ in the last digit
        assert kept + rest == tally


def test_where_refuses_a_segment_that_does_not_exist() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'region'"):
        Tally.from_cells([("north", 9, 1)], by="region").where(segments={"Regio": "north"})


@given(tallies(by=["region"], every="month", max_cells=8), st.dates(dt.date(2024, 1, 1), dt.date(2027, 1, 1)))
def test_a_part_of_the_time_is_the_groups_of_its_periods(tally: Tally, day: dt.date) -> None:
    day = day.replace(day=1)
    starts = [] if tally.starts is None else tally.starts.tolist()
    before, after = tally.where(until=day), tally.where(since=day)
    assert before.n.sum() == sum(n for n, start in zip(tally.n, starts, strict=True) if start and start < day)
    assert after.n.sum() == sum(n for n, start in zip(tally.n, starts, strict=True) if start and start >= day)
    assert tally.where() == tally
    assert before + after == tally.where(since=dt.date(1, 1, 1))


@pytest.mark.parametrize(
    ("tally", "conditions", "error", "message"),
    [
        (Tally.from_counts({9: 1}), {"since": dt.date(2026, 1, 1)}, IncompatibleError, "^since needs a tally with per"),
        (
            Tally.from_cells([(dt.date(2026, 1, 1), 9, 1)], every="week"),
            {"until": dt.date(2026, 1, 1)},
            IncompatibleError,
            "^until must be the first day of a week, .* got 2026-01-01, which is in the week that begins on 2025-12-29",
        ),
        (
            Tally.from_cells([(dt.date(2026, 1, 1), 9, 1)], every="day"),
            {"since": dt.datetime(2026, 1, 1)},
            InvalidInputError,
            "^since must be a date, got datetime.datetime",
        ),
    ],
)
def test_times_that_cut_a_period_are_refused(
    tally: Tally, conditions: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        tally.where(**conditions)


def test_groups_are_picked_by_a_mapping() -> None:
    tally = Tally.from_cells([("north", 9, 1)], by="region")
    with pytest.raises(InvalidInputError, match="segments must be a mapping of names to labels, got list"):
        tally.where(segments=["north"])  # type: ignore[arg-type]
