"""robustness() and nonresponse(): against every coding and every answer that the silent could have given."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc

SCALES = [nc.Scale.STANDARD, nc.Scale.ONE_TO_TEN, nc.Scale.FIVE_POINT, nc.Scale.EUROPEAN]
Z = 1.959963984540054  # the 97.5 % quantile of the normal distribution
count = st.integers(0, 30)
triples = st.tuples(count, count, count).filter(any)


@st.composite
def two_samples(draw: st.DrawFn) -> tuple[nc.Scale, list[int], list[int]]:
    """Counts per score of a scale, before and after."""
    scale = draw(st.sampled_from(SCALES))
    few = st.lists(st.sampled_from([0, 0, 1, 2, 7, 25]), min_size=len(scale.scores), max_size=len(scale.scores))
    return scale, draw(few.filter(any)), draw(few.filter(any))


def tallies_of(scale: nc.Scale, *samples: list[int]) -> list[nc.Tally]:
    return [nc.Tally.from_counts(sample, scale=scale) for sample in samples]


def shares_from(sample: list[int]) -> list[float]:
    """The share of answers from each score but the lowest up."""
    return [sum(sample[cut:]) / sum(sample) for cut in range(1, len(sample))]


def mean(sample: list[int], coding: Any) -> float:
    return math.fsum(n * c for n, c in zip(sample, coding, strict=True)) / sum(sample)


@given(two_samples())
def test_each_cut_compares_the_shares_from_there_up(case: Any) -> None:
    scale, before, after = case
    found = nc.robustness(*tallies_of(scale, before, after))
    records = found.to_dicts()
    assert found.cuts == tuple(scale.scores)[1:] == tuple(record["from_score"] for record in records)
    for record, one, other in zip(records, shares_from(before), shares_from(after), strict=True):
        assert (record["share_before"], record["share_after"]) == pytest.approx((one, other), rel=0, abs=1e-12)
        assert record["difference"] == pytest.approx(other - one, rel=0, abs=1e-12)


def wilson(x: int, n: int, z: float) -> tuple[float, float]:
    """The score interval of a proportion."""
    center, root = x / n + z * z / (2 * n), math.sqrt(x / n * (1 - x / n) / n + z * z / (4 * n * n))
    return (center - z * root) / (1 + z * z / n), (center + z * root) / (1 + z * z / n)


def newcombe(x1: int, n1: int, x2: int, n2: int, z: float = Z) -> tuple[float, float]:
    """The hybrid score interval of a difference of two proportions (Newcombe 1998, method 10)."""
    p1, p2 = x1 / n1, x2 / n2
    (l1, u1), (l2, u2) = wilson(x1, n1, z), wilson(x2, n2, z)
    return p1 - p2 - math.hypot(p1 - l1, u2 - p2), p1 - p2 + math.hypot(u1 - p1, p2 - l2)


def test_the_oracle_gives_the_published_limits() -> None:
    # 56/70 - 48/80: Newcombe 1998, table II
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@given(two_samples())
def test_the_interval_of_each_cut_is_newcombes(case: Any) -> None:
    scale, before, after = case
    records = nc.robustness(*tallies_of(scale, before, after)).to_dicts()
    for cut, record in enumerate(records, start=1):
        expected = newcombe(sum(after[cut:]), sum(after), sum(before[cut:]), sum(before))
        assert (record["low"], record["high"]) == pytest.approx(expected, rel=0, abs=1e-7)


@given(two_samples(), st.sampled_from([0.8, 0.9, 0.99]))
def test_a_cut_is_clear_at_a_level_just_when_its_pvalue_says_so(case: Any, level: float) -> None:
    scale, before, after = case
    found = nc.robustness(*tallies_of(scale, before, after), confidence_level=level)
    assert found.confidence_level == level
    for record in found.to_dicts():
        if abs(record["pvalue"] - (1 - level)) > 1e-6:
            assert (record["low"] > 0 or record["high"] < 0) == (record["pvalue"] < 1 - level)


@given(two_samples())
def test_change_and_mean_change_are_those_of_the_answers(case: Any) -> None:
    scale, before, after = case
    tallies = tallies_of(scale, before, after)
    found = nc.robustness(*tallies)
    assert (found.before, found.after) == tuple(nc.nps(tally) for tally in tallies)
    assert found.change == pytest.approx(nc.compare(*tallies).value, rel=1e-12, abs=1e-12)
    answers = [np.repeat([*scale.scores], sample) for sample in (before, after)]
    assert found.mean_change == pytest.approx(answers[1].mean() - answers[0].mean(), rel=0, abs=1e-9)


@given(two_samples(), st.randoms(use_true_random=False))
def test_if_it_holds_for_every_coding_none_says_the_opposite(case: Any, random: Any) -> None:
    scale, before, after = case
    found = nc.robustness(*tallies_of(scale, before, after))
    moves = [other - one for one, other in zip(shares_from(before), shares_from(after), strict=True)]
    opposite = [move for move in moves if move * found.change < -1e-9]
    assert found.contrary_cuts == tuple(
        cut for cut, move in zip(found.cuts, moves, strict=True) if move * found.change < -1e-9
    )
    if found.holds_for_every_coding:
        for _ in range(20):
            coding = sorted(random.choice([0, 1, 5, random.random()]) for _ in scale.scores)
            moved = mean(after, coding) - mean(before, coding)
            assert moved * found.change >= -1e-9
            assert found.change != 0 or moved == pytest.approx(0, abs=1e-9)
        assert not found.contrary_cuts
        assert not found.contrary_scales
        assert found.holds_for_the_mean
    elif found.change:  # then a cut alone is a coding that says so
        assert opposite
    else:
        assert max(map(abs, moves)) > 1e-9


@given(two_samples())
def test_the_scales_that_say_the_opposite_are_those_that_do(case: Any) -> None:
    scale, before, after = case
    found = nc.robustness(*tallies_of(scale, before, after))
    contrary = []
    for low, high in itertools.combinations(found.cuts, 2):
        other = nc.Scale(lowest=scale.lowest, highest=scale.highest, passives_from=low, promoters_from=high)
        (y1, m1, x1), (y2, m2, x2) = (tally.category_counts[0].tolist() for tally in tallies_of(other, before, after))
        change = (x2 - y2) * (x1 + m1 + y1) - (x1 - y1) * (x2 + m2 + y2)
        if change * found.change < 0:
            contrary.append((low, high))
    assert found.contrary_scales == tuple(contrary)


@given(two_samples())
def test_a_contrary_cut_is_clear_if_its_interval_leaves_out_zero(case: Any) -> None:
    scale, before, after = case
    found = nc.robustness(*tallies_of(scale, before, after))
    clear = [record["from_score"] for record in found.to_dicts() if record["low"] > 0 or record["high"] < 0]
    assert found.clearly_contrary_cuts == tuple(cut for cut in found.contrary_cuts if cut in clear)


@given(two_samples())
def test_swapping_the_samples_turns_every_direction_round(case: Any) -> None:
    scale, before, after = case
    there, back = (nc.robustness(*tallies_of(scale, *pair)) for pair in ((before, after), (after, before)))
    assert (back.change, back.mean_change) == (-there.change, -there.mean_change)
    for name in ("holds_for_every_coding", "contrary_cuts", "clearly_contrary_cuts", "contrary_scales"):
        assert getattr(back, name) == getattr(there, name)
    assert back.holds_for_the_mean == there.holds_for_the_mean


@given(two_samples())
def test_a_sample_does_not_differ_from_itself_with_any_coding(case: Any) -> None:
    scale, before, _ = case
    found = nc.robustness(*tallies_of(scale, before, [3 * n for n in before]))
    assert (found.change, found.mean_change, found.holds_for_every_coding) == (0, 0, True)
    assert {(record["difference"], record["pvalue"]) for record in found.to_dicts()} == {(0, 1)}
    assert found.holds_for_the_mean


def test_the_mean_may_say_the_opposite() -> None:
    before, after = nc.Tally.from_counts({10: 30, 8: 40, 6: 30}), nc.Tally.from_counts({10: 32, 8: 38, 2: 30})
    found = nc.robustness(before, after)
    assert (found.change, found.holds_for_the_mean) == (2, False)
    assert found.mean_change == pytest.approx(-1.16)
    same_score = nc.robustness(before, nc.Tally.from_counts({10: 30, 8: 40, 5: 30}))
    assert (same_score.change, same_score.holds_for_the_mean, same_score.holds_for_every_coding) == (0, False, False)
    assert same_score.contrary_cuts == same_score.contrary_scales == ()


rows = st.lists(st.tuples(st.integers(0, 10), st.floats(0.01, 100)), min_size=1, max_size=12)


def weighted(rows: Any) -> nc.Survey:
    return nc.Survey.from_scores([score for score, _ in rows], weights=[weight for _, weight in rows])


@given(rows, rows)
def test_with_weights_shares_and_means_are_weighted(before: Any, after: Any) -> None:
    found = nc.robustness(weighted(before), weighted(after))
    scores, weights = zip(*(np.array(side).T for side in (before, after)), strict=True)
    means = [np.average(s, weights=w) for s, w in zip(scores, weights, strict=True)]
    assert found.mean_change == pytest.approx(means[1] - means[0], abs=1e-9)
    for record in found.to_dicts():
        cut = record["from_score"]
        shares = [w[s >= cut].sum() / w.sum() for s, w in zip(scores, weights, strict=True)]
        assert (record["share_before"], record["share_after"]) == pytest.approx(shares, abs=1e-12)
        assert record["difference"] == pytest.approx(shares[1] - shares[0], abs=1e-12)


@given(rows, rows)
def test_with_weights_the_cuts_have_the_intervals_of_the_scores_with_those_cuts(before: Any, after: Any) -> None:
    # Everybody from the cut up is made a promoter, everybody below a detractor.
    for record in nc.robustness(weighted(before), weighted(after)).to_dicts()[::4]:
        recoded = [
            weighted([(10 if score >= record["from_score"] else 0, weight) for score, weight in side])
            for side in (before, after)
        ]
        expected = nc.compare(*recoded)
        limits = expected.confidence_interval.low / 200, expected.confidence_interval.high / 200
        assert (record["low"], record["high"]) == pytest.approx(limits, abs=1e-7)
        assert record["pvalue"] == pytest.approx(expected.pvalue, abs=1e-7)


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_weighted_answers_gives_no_direction(rows: Any, random: Any) -> None:
    found = nc.robustness(weighted(rows), weighted(random.sample(rows, len(rows))))
    assert found.change == pytest.approx(0, abs=1e-9)
    assert not found.clearly_contrary_cuts


def test_a_tally_of_categories_does_not_know_the_cuts() -> None:
    scores, categories = nc.Tally.from_counts({9: 3}), nc.Tally.from_categories(promoters=1, passives=1, detractors=1)
    for sides in ((scores, categories), (categories, scores), (scores.by_category(), scores)):
        with pytest.raises(nc.IncompatibleError) as caught:
            nc.robustness(*sides)
        assert str(caught.value) == ("this tally was made from categories and does not know how many gave each score")


@pytest.mark.parametrize("named", ["before", "after"])
def test_samples_that_cannot_be_compared_are_refused(named: str) -> None:
    sides: Any = {"before": nc.Tally.from_counts({9: 3}), "after": nc.Tally.from_counts({3: 3})}
    with pytest.raises(nc.InvalidInputError, match=rf"^{named} must be a Survey, a Tally or .*, got list$"):
        nc.robustness(**sides | {named: [9, 3]})
    with pytest.raises(nc.NoAnswersError, match=rf"on both sides, got none in '{named}'$"):
        nc.robustness(**sides | {named: nc.Tally.from_counts({}, missing=2)})
    with pytest.raises(nc.InvalidInputError, match=r"^weights must not all be 0$"):
        nc.robustness(**sides | {named: weighted([(9, 0.0)])})
    with pytest.raises(nc.IncompatibleError, match=r"^samples must have the same scale to be compared, got "):
        nc.robustness(**sides | {named: nc.Tally.from_counts({5: 3}, scale=nc.Scale.FIVE_POINT)})
    with pytest.raises(nc.InvalidInputError, match=r"write 0\.95"):
        nc.robustness(**sides, confidence_level=95)


def test_the_repr_shows_the_verdict() -> None:
    found = nc.robustness(nc.Tally.from_counts({9: 3}), nc.Tally.from_counts({3: 3}))
    assert repr(found) == "Robustness(change=-200.0, holds_for_every_coding=True)"


# -------------------------------------------------------------------------------------------------------- the silent


def tally_of(promoters: int, passives: int, detractors: int, **others: Any) -> nc.Tally:
    return nc.Tally.from_categories(promoters=promoters, passives=passives, detractors=detractors, **others)


@given(triples, st.integers(0, 60), st.sampled_from([0.8, 0.95]))
def test_the_bounds_are_reached_when_all_the_silent_agree(triple: Any, silent: int, level: float) -> None:
    x, m, y = triple
    n, asked = sum(triple), sum(triple) + silent
    bounds = nc.nonresponse(tally_of(*triple), invited=asked, confidence_level=level)
    assert bounds.low == pytest.approx(nc.nps(tally_of(x, m, y + silent)).value, rel=0, abs=1e-11)
    assert bounds.high == pytest.approx(nc.nps(tally_of(x + silent, m, y)).value, rel=0, abs=1e-11)
    assert -100 <= bounds.low <= bounds.high <= 100
    assert (bounds.invited, bounds.score) == (asked, nc.nps(tally_of(*triple), confidence_level=level))
    assert bounds.response_rate == n / asked
    own, outer = bounds.score.confidence_interval, bounds.confidence_interval
    assert outer.low == pytest.approx((n * own.low - 100 * silent) / asked, abs=1e-11)
    assert outer.high == pytest.approx((n * own.high + 100 * silent) / asked, abs=1e-11)
    assert outer.low <= bounds.low + 1e-11
    assert bounds.high <= outer.high + 1e-11
    assert outer.confidence_level == level


@given(triples, st.integers(1, 60), st.floats(-100, 100))
def test_at_the_tipping_point_all_have_the_target(triple: Any, silent: int, target: float) -> None:
    n = sum(triple)
    bounds = nc.nonresponse(tally_of(*triple), invited=n + silent, target=target)
    assert bounds.tipping_point is not None
    assert bounds.target == target
    whole = (n * bounds.score.value + silent * bounds.tipping_point) / (n + silent)
    assert whole == pytest.approx(target, rel=1e-9, abs=1e-9)
    if min(abs(target - bounds.low), abs(target - bounds.high)) > 1e-9:
        assert bounds.can_tip == (bounds.low < target < bounds.high)


@given(triples, st.tuples(count, count, count).filter(any))
def test_what_the_silent_would_say_together_tips_the_score_to_it(triple: Any, silent: Any) -> None:
    everybody = [a + b for a, b in zip(triple, silent, strict=True)]
    target = nc.nps(tally_of(*everybody)).value
    bounds = nc.nonresponse(tally_of(*triple), invited=sum(everybody), target=target)
    assert bounds.tipping_point == pytest.approx(nc.nps(tally_of(*silent)).value, rel=1e-9, abs=1e-9)
    assert bounds.can_tip


@given(triples, st.integers(1, 60))
def test_the_bounds_themselves_can_be_reached(triple: Any, silent: int) -> None:
    tally, asked = tally_of(*triple), sum(triple) + silent
    bounds = nc.nonresponse(tally, invited=asked)
    for target in (bounds.low, bounds.high):
        there = nc.nonresponse(tally, invited=asked, target=target)
        assert there.can_tip
        assert "impossible" not in str(there)


@given(triples, st.floats(-100, 100))
def test_where_nobody_was_silent_nothing_is_open(triple: Any, target: float) -> None:
    bounds = nc.nonresponse(tally_of(*triple, missing=3), invited=sum(triple), target=target)
    assert bounds.low == bounds.high == bounds.score.value
    assert bounds.confidence_interval == bounds.score.confidence_interval
    assert (bounds.response_rate, bounds.tipping_point, bounds.can_tip) == (1, None, False)
    assert "nobody was silent" in str(bounds)
    (record,) = bounds.to_dicts()
    assert record["tipping_point"] is None


def test_who_gave_no_score_is_silent() -> None:
    assert nc.nonresponse(tally_of(6, 2, 2, missing=5), invited=20).response_rate == 0.5


def test_a_target_out_of_reach_is_impossible() -> None:
    bounds = nc.nonresponse(tally_of(60, 20, 20), invited=110, target=-50)
    assert bounds.tipping_point == pytest.approx((-50 * 110 - 40 * 100) / 10)
    assert not bounds.can_tip
    assert str(bounds).endswith("-950.0 (impossible)")


def test_with_weights_the_score_is_weighted_and_the_response_rate_counts_people() -> None:
    survey = weighted([(10, 3.0), (3, 1.0)])
    bounds = nc.nonresponse(survey, invited=4)
    assert (bounds.score.value, bounds.response_rate) == (50, 0.5)
    assert (bounds.low, bounds.high) == (-25, 75)


@pytest.mark.parametrize("invited", [9, 0, -1, True, np.True_, 10.0, "10", None, [20], math.nan, math.inf])
def test_fewer_invited_than_answered_or_no_number_are_refused(invited: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.nonresponse(tally_of(6, 2, 2), invited=invited)
    assert str(caught.value) == (f"invited must be a whole number, at least the 10 who answered, got {invited!r}")


def test_one_answer_is_fewer_than_true_looks_like() -> None:
    with pytest.raises(nc.InvalidInputError, match="at least the 1 who answered, got True"):
        nc.nonresponse(tally_of(1, 0, 0), invited=True)


@pytest.mark.parametrize("invited", [np.int64(20), np.uint8(20), 20])
def test_the_invited_may_be_counted_by_numpy(invited: Any) -> None:
    bounds = nc.nonresponse(tally_of(6, 2, 2), invited=invited)
    assert bounds == nc.nonresponse(tally_of(6, 2, 2), invited=20)
    assert type(bounds.invited) is int


@pytest.mark.parametrize("target", [101, -100.1, "0", None, True, math.nan, math.inf])
def test_a_target_that_is_no_score_is_refused(target: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.nonresponse(tally_of(6, 2, 2), invited=20, target=target)
    assert str(caught.value) == f"a target must be a number of points from -100 to 100, got {target!r}"


def test_silence_alone_has_no_bounds() -> None:
    with pytest.raises(nc.NoAnswersError):
        nc.nonresponse(tally_of(0, 0, 0, missing=4), invited=20)
    with pytest.raises(nc.InvalidInputError, match=r"^data must be a Survey, a Tally or .*, got list$"):
        nc.nonresponse([9, 3], invited=20)  # type: ignore[arg-type]
    with pytest.raises(nc.InvalidInputError, match=r"write 0\.9"):
        nc.nonresponse(tally_of(6, 2, 2), invited=20, confidence_level=90)
