"""decompose_change(): exact sums, a published paradox, and standard errors against samples drawn many times."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc

BY = "plan"
CODING = np.array([-1.0, 0.0, 1.0])
SCORES = (3, 8, 10)
count = st.integers(0, 50)
label = st.none() | st.sampled_from(["a", "b", "c", ""])
cells = st.lists(st.tuples(label, st.sampled_from(["x", "y"]), st.sampled_from(SCORES), count), min_size=1, max_size=8)
samples = cells.filter(lambda rows: any(row[-1] for row in rows))
rows = st.lists(
    st.tuples(label, st.sampled_from(["x", "y"]), st.integers(0, 10), st.floats(0.01, 100)), min_size=1, max_size=10
)
NAMES = (BY, "kind")


def tally_of(rows: Any) -> nc.Tally:
    return nc.Tally.from_cells(rows, by=NAMES)


def survey_of(rows: Any) -> nc.Survey:
    plans, kinds, scores, weights = zip(*rows, strict=True)
    return nc.Survey.from_scores(scores, segments={BY: plans, "kind": kinds}, weights=list(weights))


def plain_effects(before: Any, after: Any) -> dict[Any, tuple[float, float]]:
    """Mix and rate of each group, written out; the samples are sums of weights per group and category."""
    total = [np.sum([*side.values()]) for side in (before, after)]
    overall = [
        sum(cells @ CODING for cells in side.values()) / n for side, n in zip((before, after), total, strict=True)
    ]
    effects = {}
    for key in {**before, **after}:
        one, other = (side.get(key, np.zeros(3)) for side in (before, after))
        w0, w1 = one.sum() / total[0], other.sum() / total[1]
        d0 = one @ CODING / one.sum() if w0 else other @ CODING / other.sum()
        d1 = other @ CODING / other.sum() if w1 else d0
        effects[key] = 100 * (w1 - w0) * ((d0 + d1) / 2 - sum(overall) / 2), 100 * (w0 + w1) / 2 * (d1 - d0)
    return effects


def grouped(data: Any, by: Any) -> dict[Any, Any]:
    """Sums of weights (or counts) per group and category."""
    tally = data.tally(by)
    sums = tally.category_counts if tally.category_weights is None else tally.category_weights[0]
    return {key: row.astype(float) for key, row in zip(tally.groups, sums, strict=True) if row.sum() > 0}


def check(before: Any, after: Any, by: Any) -> None:
    change = nc.decompose_change(before, after, by=by)
    names = (by,) if isinstance(by, str) else tuple(by)
    expected = plain_effects(grouped(before, names), grouped(after, names))
    assert set(change.labels) == set(expected)
    assert len(change) == len(change.segments) == len(change.labels)
    for segment in change.segments:
        found = segment.mix.value, segment.rate.value
        assert found == pytest.approx(expected[segment.labels], rel=0, abs=1e-11)
    assert change.change.value == pytest.approx(nc.nps(after).value - nc.nps(before).value, rel=0, abs=1e-12)
    # 1e-12 of the scale of 100 points
    parts = [effect.value for segment in change.segments for effect in (segment.mix, segment.rate)]
    assert math.fsum(parts) == pytest.approx(change.change.value, rel=0, abs=1e-10)
    assert change.mix.value + change.rate.value == pytest.approx(change.change.value, rel=0, abs=1e-10)
    assert change.mix.value == pytest.approx(math.fsum(s.mix.value for s in change.segments), rel=0, abs=1e-10)
    assert change.rate.value == pytest.approx(math.fsum(s.rate.value for s in change.segments), rel=0, abs=1e-10)
    steps = [effect.value for _, effect in change.mix_by]
    assert tuple(name for name, _ in change.mix_by) == change.by == names
    assert math.fsum(steps) == pytest.approx(change.mix.value, rel=0, abs=1e-10)
    for depth in range(1, len(names)):
        coarse = plain_effects(grouped(before, names[:depth]), grouped(after, names[:depth]))
        assert math.fsum(steps[:depth]) == pytest.approx(sum(mix for mix, _ in coarse.values()), rel=0, abs=1e-10)


@given(samples, samples, st.sampled_from([BY, "kind", [BY, "kind"], ("kind", BY)]))
def test_mix_and_rate_of_all_segments_add_up_to_the_change(before: Any, after: Any, by: Any) -> None:
    check(tally_of(before), tally_of(after), by)


@given(rows, rows, st.sampled_from([BY, [BY, "kind"], ("kind", BY)]))
def test_so_they_do_with_weights(before: Any, after: Any, by: Any) -> None:
    check(survey_of(before), survey_of(after), by)


@given(samples, samples)
def test_the_whole_change_is_what_comparing_the_samples_gives(before: Any, after: Any) -> None:
    sides = tally_of(before), tally_of(after)
    change, whole = nc.decompose_change(*sides, by=NAMES).change, nc.compare(*sides, method="wald")
    assert change.value == pytest.approx(whole.value, rel=1e-12, abs=1e-12)
    assert change.standard_error == pytest.approx(whole.standard_error, rel=1e-6, abs=1e-5)
    limits = change.confidence_interval
    assert [limits.low, limits.high] == pytest.approx(
        [whole.confidence_interval.low, whole.confidence_interval.high], rel=1e-6, abs=1e-4
    )


@given(samples, samples, st.sampled_from([BY, [BY, "kind"]]))
def test_shares_and_values_are_those_of_the_segments(before: Any, after: Any, by: Any) -> None:
    sides = tally_of(before), tally_of(after)
    change = nc.decompose_change(*sides, by=by)
    assert (change.before, change.after) == tuple(nc.nps(side) for side in sides)
    for side, share, value in ((0, "share_before", "value_before"), (1, "share_after", "value_after")):
        table = nc.by_segment(sides[side], by)
        for segment in change.segments:
            own = table[segment.labels] if segment.labels in table.labels else None
            assert getattr(segment, share) == pytest.approx(0 if own is None else own.share, rel=1e-12)
            score = None if own is None or own.score is None else own.score.value
            found = getattr(segment, value)
            assert found == (None if score is None else pytest.approx(score, rel=1e-12, abs=1e-12))
    for segment in change.segments:
        if None in (segment.value_before, segment.value_after):
            assert (segment.rate.value, segment.rate.standard_error) == (0, 0)


@given(samples, samples)
def test_segments_come_in_the_order_of_their_labels(before: Any, after: Any) -> None:
    both = tally_of(before) + tally_of(after)
    labels = [key for key, n in zip(both.groups, both.n.tolist(), strict=True) if n]
    assert list(nc.decompose_change(tally_of(before), tally_of(after), by=NAMES).labels) == labels


def flipped(effect: nc.Effect) -> Any:
    interval = effect.confidence_interval
    return -effect.value, effect.standard_error, -interval.high, -interval.low


def plain(effect: nc.Effect) -> Any:
    interval = effect.confidence_interval
    return effect.value, effect.standard_error, interval.low, interval.high


@given(rows, rows, st.sampled_from([BY, NAMES]))
def test_swapping_the_samples_changes_the_sign_of_everything(before: Any, after: Any, by: Any) -> None:
    sides = survey_of(before), survey_of(after)
    there, back = nc.decompose_change(*sides, by=by), nc.decompose_change(*sides[::-1], by=by)
    assert there.labels == back.labels
    effects = [
        [change.change, change.mix, change.rate, *(step for _, step in change.mix_by)]
        + [effect for segment in change.segments for effect in (segment.mix, segment.rate)]
        for change in (there, back)
    ]
    for one, other in zip(*effects, strict=True):
        assert plain(one) == pytest.approx(flipped(other), rel=0, abs=1e-5)
        assert one.value == pytest.approx(-other.value, rel=0, abs=1e-10)
    for one, other in zip(there.segments, back.segments, strict=True):
        assert (one.share_before, one.value_before) == (other.share_after, other.value_after)


@given(samples)
def test_one_segment_has_no_mix(rows: Any) -> None:
    before, after = tally_of([("a", *row[1:]) for row in rows]), tally_of([("a", "x", 10, 5), ("a", "x", 3, 2)])
    change = nc.decompose_change(before, after, by=BY)
    assert (change.mix.value, change.mix.standard_error) == pytest.approx((0, 0), abs=1e-10)
    assert change.rate.value == pytest.approx(change.change.value, abs=1e-10)
    assert change.rate.standard_error == pytest.approx(nc.compare(before, after).standard_error, abs=1e-9)


@given(samples)
def test_identical_samples_have_no_effect(rows: Any) -> None:
    tally = tally_of(rows)
    change = nc.decompose_change(tally, tally, by=NAMES)
    effects = [change.change, change.mix, change.rate, *(effect for _, effect in change.mix_by)]
    effects += [effect for segment in change.segments for effect in (segment.mix, segment.rate)]
    assert change.change.value == 0
    assert {effect.value for effect in effects} == {0}
    assert not [record for record in change.to_dicts() if "-0.0" in map(str, record.values())]


def test_who_comes_or_goes_is_all_mix() -> None:
    before = tally_of([("a", "x", 10, 60), ("a", "x", 3, 20), ("b", "x", 3, 20)])
    after = tally_of([("a", "x", 10, 30), ("a", "x", 3, 10), (None, "x", 10, 10), (None, "x", 8, 50)])
    change = nc.decompose_change(before, after, by=BY)
    assert change.labels == (("a",), ("b",), (None,))
    assert change.rate.value == 0
    assert change.mix.value == pytest.approx(change.change.value)
    gone, new = change["b"], change[None]
    assert (gone.value_before, gone.value_after, gone.share_after) == (-100, None, 0)
    assert (new.value_before, new.share_before, new.share_after) == (None, 0, 0.6)
    assert new.value_after == pytest.approx(100 / 6)
    # a is 50 before and after: 40 and 30 of 100 are the totals before and after... beyond their mean stays a's share
    middle = (nc.nps(before).value + nc.nps(after).value) / 2
    assert gone.mix.value == pytest.approx(-0.2 * (-100 - middle))
    assert new.mix.value == pytest.approx(0.6 * (100 / 6 - middle))


def simpson() -> tuple[nc.Tally, nc.Tally]:
    """Shares 50 % to 27.5 %; 34.80 to 42.0455 (37 of 88) and -8.80 to -2.1552 (-5 of 232)."""
    before = [("old", 10, 337), ("old", 3, 163), ("new", 10, 228), ("new", 3, 272)]
    after = [("old", 10, 62), ("old", 8, 1), ("old", 3, 25), ("new", 10, 113), ("new", 8, 1), ("new", 3, 118)]
    first, second = (nc.Tally.from_cells(rows, by=BY) for rows in (before, after))
    return first, second


def test_every_segment_may_get_better_while_the_whole_gets_worse() -> None:
    before, after = simpson()
    change = nc.decompose_change(before, after, by=BY)
    old, new = change["old"], change["new"]
    assert (old.share_before, old.share_after) == (0.5, 0.275)
    assert [old.value_before, old.value_after] == pytest.approx([34.80, 42.0455], abs=5e-5)
    assert [new.value_before, new.value_after] == pytest.approx([-8.80, -2.1552], abs=5e-5)
    assert [change.before.value, change.after.value, change.change.value] == pytest.approx([13, 10, -3], abs=1e-12)
    assert [change.rate.value, change.mix.value] == pytest.approx([6.8776, -9.8776], abs=5e-5)
    assert old.rate.value > 0
    assert new.rate.value > 0


def test_the_paradox_may_be_built_from_weights() -> None:
    def survey(old: tuple[float, float], new: tuple[float, float]) -> nc.Survey:
        return nc.Survey.from_scores([10, 3, 10, 3], weights=[*old, *new], segments={BY: ["old", "old", "new", "new"]})

    shares = [(0.5, 0.5), (0.275, 0.725)]
    values = [(0.3480, -0.0880), (37 / 88, -5 / 232)]
    sides = [
        survey(*((w * (1 + d) / 2, w * (1 - d) / 2) for w, d in zip(share, value, strict=True)))
        for share, value in zip(shares, values, strict=True)
    ]
    change = nc.decompose_change(*sides, by=BY)
    from_counts = nc.decompose_change(*simpson(), by=BY)
    assert [change.mix.value, change.rate.value] == pytest.approx(
        [from_counts.mix.value, from_counts.rate.value], abs=1e-10
    )


# --------------------------------------------------------------------------------------------------- standard errors

SHARES = np.array(
    [
        [[[0.05, 0.06, 0.14], [0.10, 0.10, 0.10]], [[0.05, 0.05, 0.05], [0.12, 0.08, 0.10]]],
        [[[0.10, 0.05, 0.15], [0.05, 0.05, 0.10]], [[0.02, 0.02, 0.16], [0.15, 0.10, 0.05]]],
    ]
)
"""Two samples of two plans, two kinds and three categories."""

SIZES = (1_500, 900)


def drawn_effects(cells: Any) -> tuple[Any, Any]:
    """Mix and rate of each group in each draw, from shares of shape (2, draws, groups, 3)."""
    w = cells.sum(axis=-1)
    d = (cells @ CODING) / w
    overall = (cells @ CODING).sum(axis=-1)[..., None]
    return 100 * (w[1] - w[0]) * ((d - overall)[0] + (d - overall)[1]) / 2, 100 * w.mean(axis=0) * (d[1] - d[0])


@pytest.fixture(scope="module")
def draws() -> Any:
    """Shares in 20,000 pairs of samples, shape (2, draws, plans, kinds, 3)."""
    rng = np.random.default_rng(11)
    found = [rng.multinomial(n, part.ravel(), 20_000) / n for n, part in zip(SIZES, SHARES, strict=True)]
    return np.stack(found).reshape(2, -1, 2, 2, 3)


@pytest.fixture(scope="module")
def expected_samples() -> list[nc.Tally]:
    """Tallies whose shares are exactly those drawn from."""
    return [
        nc.Tally.from_cells(
            [
                (plan, kind, score, round(n * part[i, j, c]))
                for i, plan in enumerate("ab")
                for j, kind in enumerate("xy")
                for c, score in enumerate(SCORES)
            ],
            by=NAMES,
        )
        for n, part in zip(SIZES, SHARES, strict=True)
    ]


def test_standard_errors_are_the_spread_over_many_samples(draws: Any, expected_samples: Any) -> None:
    for by, cells in ((BY, draws.sum(axis=3)), ("kind", draws.sum(axis=2)), (NAMES, draws.reshape(2, -1, 4, 3))):
        mix, rate = drawn_effects(cells)
        change = nc.decompose_change(*expected_samples, by=by)
        assert change.mix.standard_error == pytest.approx(mix.sum(axis=1).std(), rel=0.03)
        assert change.rate.standard_error == pytest.approx(rate.sum(axis=1).std(), rel=0.03)
        for k, segment in enumerate(change.segments):
            assert segment.mix.standard_error == pytest.approx(mix[:, k].std(), rel=0.03)
            assert segment.rate.standard_error == pytest.approx(rate[:, k].std(), rel=0.03)


@pytest.mark.parametrize("by", [NAMES, NAMES[::-1]], ids=" in ".join)
def test_so_are_those_of_nested_steps(by: Any, draws: Any, expected_samples: Any) -> None:
    coarse = draws.sum(axis=3 if by == NAMES else 2)
    first = drawn_effects(coarse)[0].sum(axis=1)
    whole = drawn_effects(draws.reshape(2, -1, 4, 3))[0].sum(axis=1)
    (_, one), (_, two) = nc.decompose_change(*expected_samples, by=by).mix_by
    assert one.standard_error == pytest.approx(first.std(), rel=0.03)
    assert two.standard_error == pytest.approx((whole - first).std(), rel=0.03)
    assert one.value == pytest.approx(first.mean(), abs=0.2)
    assert two.value == pytest.approx((whole - first).mean(), abs=0.2)


def linearised(before: nc.Survey, after: nc.Survey, by: str, effect: Any) -> float:
    """n / (n - 1) sum (w de/dw)^2 over the answers of both samples, with derivatives by small steps."""
    variance = 0.0
    sides = (before, after)
    for which, survey in enumerate(sides):
        n = len(survey)
        for row in range(n):
            moved = []
            for factor in (1 + 1e-5, 1 - 1e-5):
                weights = [r.weight * (factor if i == row else 1) for i, r in enumerate(survey)]  # type: ignore[operator]
                changed = nc.Survey.from_scores(
                    [r.score for r in survey], segments={by: [r.segments[by] for r in survey]}, weights=weights
                )
                both = [changed if side == which else sides[side] for side in (0, 1)]
                moved.append(effect(plain_effects(*(grouped(side, by) for side in both))))
            variance += n / (n - 1) * ((moved[0] - moved[1]) / 2e-5) ** 2
    return math.sqrt(variance)


def test_with_weights_standard_errors_are_those_of_linearised_answers() -> None:
    rng = np.random.default_rng(8)
    before, after = (
        nc.Survey.from_scores(
            rng.choice([10, 8, 3], n), segments={BY: rng.choice([*"abc"], n)}, weights=rng.choice([0.5, 1.0, 3.0], n)
        )
        for n in (22, 17)
    )
    change = nc.decompose_change(before, after, by=BY)
    mix = linearised(before, after, BY, lambda effects: sum(m for m, _ in effects.values()))
    rate = linearised(before, after, BY, lambda effects: sum(r for _, r in effects.values()))
    assert change.mix.standard_error == pytest.approx(mix, rel=1e-4)
    assert change.rate.standard_error == pytest.approx(rate, rel=1e-4)
    for segment in change.segments:
        labels = segment.labels
        own = linearised(before, after, BY, lambda effects, labels=labels: effects[labels][0])
        assert segment.mix.standard_error == pytest.approx(own, rel=1e-4)


@given(samples, samples, st.floats(0.5, 0.99))
def test_intervals_are_the_textbooks(before: Any, after: Any, level: float) -> None:
    change = nc.decompose_change(tally_of(before), tally_of(after), by=NAMES, confidence_level=level)
    z = nc.nps(tally_of([("a", "x", 10, 1), ("a", "x", 3, 1)]), confidence_level=level, method="wald")
    reach = z.confidence_interval.high / z.standard_error
    effects = [change.change, change.mix, change.rate, *(step for _, step in change.mix_by)]
    effects += [effect for segment in change.segments for effect in (segment.mix, segment.rate)]
    for effect in effects:
        interval = effect.confidence_interval
        margin = reach * effect.standard_error
        assert [interval.low, interval.high] == pytest.approx([effect.value - margin, effect.value + margin])
        assert interval.confidence_level == change.confidence_level == level
        assert effect.standard_error >= 0


# ---------------------------------------------------------------------------------------------- edges, and refusals


def weighted(rows: Any) -> nc.Survey:
    return nc.Survey.from_scores(
        [score for _, score, _ in rows], segments={BY: [plan for plan, _, _ in rows]}, weights=[w for *_, w in rows]
    )


@pytest.mark.parametrize("other", [[("b", 9, 0.0)], []], ids=["in both", "in one"])
def test_a_segment_without_weight_has_no_effect(other: Any) -> None:
    some = [("a", 10, 1.0), ("a", 3, 2.0), ("c", 8, 1.0)]
    before, after = weighted([*some, ("b", 9, 0.0)]), weighted([*some, ("a", 9, 1.0), *other])
    change = nc.decompose_change(before, after, by=BY)
    effects = [change.change, change.mix, change.rate]
    effects += [effect for segment in change.segments for effect in (segment.mix, segment.rate)]
    assert all(math.isfinite(effect.value) and math.isfinite(effect.standard_error) for effect in effects)
    assert change.mix.value + change.rate.value == pytest.approx(change.change.value)
    assert sum(segment.mix.value for segment in change.segments if segment.labels == ("b",)) == 0


@pytest.mark.parametrize("least", [1e-100, 1e-12, 1e-3])
@pytest.mark.parametrize("most", [1.0, 1e12, 1e100])
def test_weights_may_differ_as_much_as_weights_may(least: float, most: float) -> None:
    before = weighted([("a", 10, most), ("a", 3, most), ("b", 9, least), ("b", 3, least)])
    after = weighted([("a", 10, 1.0), ("a", 3, 1.0), ("b", 9, 1.0), ("b", 8, 1.0)])
    change = nc.decompose_change(before, after, by=BY)
    assert change.mix.value + change.rate.value == pytest.approx(change.change.value)
    assert 0 < change.mix.standard_error < 200
    assert 0 < change.rate.standard_error < 200


def test_huge_counts_add_up_too() -> None:
    before = nc.Tally.from_cells([("a", 10, 2**60), ("a", 3, 2**58), ("b", 10, 3), ("b", 3, 1)], by=BY)
    after = nc.Tally.from_cells([("a", 10, 5), ("a", 3, 3), ("b", 10, 2**59), ("b", 3, 2**59)], by=BY)
    change = nc.decompose_change(before, after, by=BY)
    assert change.mix.value + change.rate.value == pytest.approx(change.change.value, rel=0, abs=1e-10)


def test_categories_are_enough() -> None:
    before, after = simpson()
    change = nc.decompose_change(before.by_category(), after.by_category(), by=BY)
    assert change == nc.decompose_change(before, after, by=BY)


def test_the_order_of_the_names_matters_for_the_steps_alone() -> None:
    before = tally_of([("a", "x", 10, 9), ("a", "y", 3, 5), ("b", "x", 8, 4), ("b", "y", 10, 6)])
    after = tally_of([("a", "x", 3, 4), ("a", "y", 10, 7), ("b", "x", 10, 8), ("b", "y", 3, 1)])
    one, other = (nc.decompose_change(before, after, by=by) for by in (NAMES, NAMES[::-1]))
    for segment in one.segments:
        same = other[segment.labels[::-1]]
        assert (segment.mix.value, segment.rate.value) == pytest.approx((same.mix.value, same.rate.value))
    assert one.mix.value == pytest.approx(other.mix.value)
    assert one.mix_by[0][1].value != pytest.approx(other.mix_by[0][1].value)
    assert [name for name, _ in other.mix_by] == ["kind", BY]


@given(samples, samples)
def test_the_records_are_the_segments(before: Any, after: Any) -> None:
    change = nc.decompose_change(tally_of(before), tally_of(after), by=NAMES)
    for segment, record in zip(change.segments, change.to_dicts(), strict=True):
        assert record == {
            BY: segment.labels[0],
            "kind": segment.labels[1],
            "share_before": segment.share_before,
            "share_after": segment.share_after,
            "nps_before": segment.value_before,
            "nps_after": segment.value_after,
            "mix": segment.mix.value,
            "mix_low": segment.mix.confidence_interval.low,
            "mix_high": segment.mix.confidence_interval.high,
            "mix_standard_error": segment.mix.standard_error,
            "rate": segment.rate.value,
            "rate_low": segment.rate.confidence_interval.low,
            "rate_high": segment.rate.confidence_interval.high,
            "rate_standard_error": segment.rate.standard_error,
        }


def test_a_segment_is_found_by_its_label_and_refused_with_those_that_are() -> None:
    change = nc.decompose_change(*simpson(), by=BY)
    assert change["old"].label == "old"
    assert change[("new",)] == change.segments[0]
    with pytest.raises(nc.UnknownNameError) as caught:
        change["odl"]
    assert str(caught.value) == "segment must be one of 'new', 'old', got 'odl'. Did you mean 'old'?"
    with pytest.raises(TypeError, match="not iterable"):
        iter(change)  # type: ignore[call-overload]


def test_the_repr_shows_the_totals() -> None:
    change = nc.decompose_change(*simpson(), by=BY)
    whole, mix, rate = change.change.value, change.mix.value, change.rate.value
    assert repr(change) == f"ChangeDecomposition(by=['plan'], change={whole}, mix={mix}, rate={rate})"


def test_segments_must_be_named() -> None:
    before, after = simpson()
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.decompose_change(before, after, by=[])
    assert str(caught.value) == "by must name at least one segment"
    with pytest.raises(nc.UnknownNameError, match="Did you mean 'plan'"):
        nc.decompose_change(before, after, by="plans")


@pytest.mark.parametrize("named", ["before", "after"])
def test_samples_that_cannot_be_compared_are_refused(named: str) -> None:
    before, after = simpson()
    sides: Any = {"before": before, "after": after}
    with pytest.raises(nc.InvalidInputError, match=rf"^{named} must be a Survey, a Tally or .*, got list$"):
        nc.decompose_change(**sides | {named: [9, 3]}, by=BY)
    with pytest.raises(nc.NoAnswersError) as caught:
        nc.decompose_change(**sides | {named: nc.Tally.from_cells([("old", None, 2)], by=BY)}, by=BY)
    assert str(caught.value) == f"a comparison needs answers with a score on both sides, got none in {named!r}"
    with pytest.raises(nc.InvalidInputError, match=r"^weights must not all be 0$"):
        nc.decompose_change(**sides | {named: weighted([("old", 9, 0.0)])}, by=BY)
    five = nc.Tally.from_cells([("old", 5, 3)], by=BY, scale=nc.Scale.FIVE_POINT)
    with pytest.raises(nc.IncompatibleError, match=r"^samples must have the same scale to be compared, got "):
        nc.decompose_change(**sides | {named: five}, by=BY)


@pytest.mark.parametrize("function", [nc.decompose_change, nc.robustness, nc.compare], ids=lambda f: f.__name__)
def test_surveys_that_asked_something_else_are_compared_with_a_warning(function: Any) -> None:
    options: Any = {"by": BY} if function is nc.decompose_change else {}
    surveys = [
        nc.Survey.from_scores([9, 3], segments={BY: ["a", "b"]}, question=question) for question in ("Why?", "How?")
    ]
    with pytest.warns(nc.LikeWithUnlikeWarning) as caught:
        function(*surveys, **options)
    (warning,) = caught
    assert str(warning.message) == (
        "the surveys differ in their question, and so may the answers: 'Why?' before, 'How?' after"
    )
    assert warning.filename == __file__
    function(surveys[0], surveys[0], **options)


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(nc.InvalidInputError, match=r"write 0\.95"):
        nc.decompose_change(*simpson(), by=BY, confidence_level=95)
