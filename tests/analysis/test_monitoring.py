"""monitor(): a stream of answers, whose interval may be looked at as often as one likes."""

import copy
import math
import pickle
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.analysis.monitoring import Monitor, monitor
from nps_core.stats.sequences import anytime_pvalue, confidence_sequence
from nps_core.testing import tallies

score = st.none() | st.integers(0, 10)
answers = st.lists(score, max_size=30)
count = st.integers(0, 60)
triples = st.tuples(count, count, count)
levels = st.floats(0.5, 0.999)
targets = st.floats(-100, 100)


def tally_of(x: int, m: int, y: int, **others: Any) -> nc.Tally:
    return nc.Tally.from_categories(promoters=x, passives=m, detractors=y, **others)


EXAMPLE = monitor(tally_of(60, 20, 20, missing=5, invalid=2))


@given(answers)
def test_it_counts_what_nps_counts(scores: Any) -> None:
    assume(any(score is not None for score in scores))
    found, score = monitor(scores), nc.nps(scores)
    for name in ("promoters", "passives", "detractors", "missing", "invalid", "scale", "n", "value"):
        assert getattr(found, name) == getattr(score, name)
    assert found.confidence_level == 0.95


@given(triples, levels)
def test_its_interval_is_the_confidence_sequence_in_points(counts: Any, level: float) -> None:
    found = monitor(tally_of(*counts), confidence_level=level)
    low, high = confidence_sequence(*counts, level)
    interval = found.confidence_interval
    assert (interval.low, interval.high) == pytest.approx((100 * low, 100 * high), rel=0, abs=1e-12)
    assert interval.confidence_level == level
    assert found.value is None or interval.low <= found.value <= interval.high


@given(triples, levels, targets)
def test_a_target_is_excluded_just_when_it_lies_outside_the_interval(counts: Any, level: float, target: float) -> None:
    found = monitor(tally_of(*counts), confidence_level=level)
    low, high = found.confidence_interval.low, found.confidence_interval.high
    assume(min(abs(target - low), abs(target - high)) > 1e-7 or abs(target) == 100)
    outside = target < low or target > high
    assert found.excludes(target) == outside == (found.pvalue(target) <= 1 - level)
    assert found.pvalue(target) == float(anytime_pvalue(*counts, target / 100))


@given(answers, answers, st.permutations(range(5)), levels)
def test_neither_the_order_of_the_answers_nor_the_batches_matter(
    one: Any, other: Any, order: Any, level: float
) -> None:
    together = monitor(one + other, confidence_level=level)
    begun = monitor(confidence_level=level)
    assert monitor(one, confidence_level=level).update(other) == together
    assert begun.update(other).update(one) == together
    assert begun.update(iter((one + other)[::-1])) == together
    for part in order:
        begun = begun.update((one + other)[part::5])
    assert begun == together
    assert hash(begun) == hash(together)
    assert begun.confidence_interval == together.confidence_interval


@given(tallies())
def test_groups_of_a_tally_do_not_matter(tally: nc.Tally) -> None:
    assume(not tally.is_weighted)
    found = monitor(tally)
    assert found == monitor(tally.tally()) == monitor(tally.by_category())
    assert (found.n, found.missing, found.invalid) == (tally.n.sum(), tally.missing.sum(), tally.invalid.sum())
    assert all(type(number) is int for number in (found.promoters, found.n, found.missing, found.invalid))


def test_an_update_leaves_the_monitor_as_it_was() -> None:
    before = monitor([10, 9, 3])
    interval = before.confidence_interval
    after = before.update([10, 8, None])
    assert (before.n, after.n, after.missing) == (3, 5, 1)
    assert before.confidence_interval == interval != after.confidence_interval
    assert before != after
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        before.promoters = 7  # type: ignore[misc]


def test_invalid_answers_are_counted_and_kept() -> None:
    survey = nc.Survey.from_scores([10, 11, None, 3], invalid="exclude")
    found = monitor(survey).update(survey)
    assert (found.n, found.missing, found.invalid) == (4, 2, 2)
    with pytest.raises(nc.InvalidScoreError):
        found.update([11])


def test_it_begins_empty_and_knows_nothing() -> None:
    found = monitor()
    assert found == monitor([]) == monitor(nc.Survey.from_scores([])) == monitor(nc.Tally.from_counts({}))
    assert (found.n, found.value, found.scale) == (0, None, nc.Scale.STANDARD)
    assert found.confidence_interval == nc.ConfidenceInterval(-100.0, 100.0, 0.95)
    assert not any(found.excludes(target) for target in (-100, -50, 0, 100))
    assert found.pvalue(0) == 1
    assert repr(found) == "Monitor(value=None, confidence_interval=(-100.0, 100.0), n=0)"


def test_where_all_are_promoters_only_the_top_cannot_be_excluded() -> None:
    found = monitor([10] * 50)
    assert found.confidence_interval.high == found.value == 100
    assert found.pvalue(100) == 1
    assert found.pvalue(-100) == 0
    assert found.excludes(50)
    assert not found.excludes(100)


def test_billions_of_answers_are_taken() -> None:
    found = monitor(tally_of(5 * 10**9, 3 * 10**9, 2 * 10**9))
    assert found.confidence_interval.low == pytest.approx(30, abs=0.01)
    assert found.confidence_interval.high == pytest.approx(30, abs=0.01)
    assert found.update(tally_of(5, 3, 2)).n == 10**10 + 10
    assert found.excludes(29.9)
    assert not found.excludes(30)


def test_the_wider_interval_is_the_price_of_looking_often() -> None:
    tally = tally_of(500, 300, 200)
    found, once = monitor(tally).confidence_interval, nc.nps(tally).confidence_interval
    assert 1.6 < (found.high - found.low) / (once.high - once.low) < 1.8


def test_scales_never_mix() -> None:
    five = monitor(nc.Tally.from_counts({5: 3, 4: 2, 1: 1}, scale=nc.Scale.FIVE_POINT))
    assert (five.promoters, five.passives, five.detractors) == (3, 2, 1)
    assert five.update(nc.Survey.from_scores([5, 5], scale=nc.Scale.FIVE_POINT)).promoters == 5
    message = r"a batch must have the scale of the monitor, 1-5 \(.*\), got 0-10 \(.*\); begin with"
    with pytest.raises(nc.IncompatibleError, match=message):
        five.update([10])
    with pytest.raises(nc.IncompatibleError, match="got 1-10"):
        monitor().update(nc.Survey.from_scores([], scale=nc.Scale.ONE_TO_TEN))


def test_weights_are_refused() -> None:
    weighted = nc.Survey.from_scores([10, 3], weights=[1, 2])
    with pytest.raises(nc.IncompatibleError, match="counts every answer once, and the data must carry no weights"):
        monitor(weighted)
    with pytest.raises(nc.IncompatibleError, match="counts every answer once, and the batch must carry no weights"):
        monitor().update(weighted.tally())


@pytest.mark.parametrize("target", [-100.1, 101, float("nan"), None, "30", True])
def test_a_target_must_be_a_score(target: Any) -> None:
    for ask in (EXAMPLE.excludes, EXAMPLE.pvalue):
        with pytest.raises(nc.InvalidInputError, match="a target must be a number of points from -100 to 100, got"):
            ask(target)


@pytest.mark.parametrize("level", [0, 1, 95, True, "high"])
def test_a_level_must_be_between_0_and_1(level: Any) -> None:
    for data in (None, [10]):
        with pytest.raises(nc.InvalidInputError, match="confidence_level must be"):
            monitor(data, confidence_level=level)


def test_a_frame_is_sent_where_frames_are_counted() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"nps": [10]})
    with pytest.raises(nc.InvalidInputError, match=r"data must be a Survey.*Tally\.from_frame"):
        monitor(frame)
    with pytest.raises(nc.InvalidInputError, match=r"batch must be a Survey.*Tally\.from_frame"):
        monitor().update(frame)


def test_copies_and_pickles_are_the_same_value() -> None:
    interval = EXAMPLE.confidence_interval
    assert copy.deepcopy(EXAMPLE) is EXAMPLE
    for protocol in (2, 5):
        again = pickle.loads(pickle.dumps(EXAMPLE, protocol))
        assert again == EXAMPLE
        assert hash(again) == hash(EXAMPLE)
        assert again.confidence_interval == interval
    assert monitor([10], confidence_level=0.9) != monitor([10])


def test_it_is_printed_as_a_score_is() -> None:
    assert str(EXAMPLE) == (
        "NPS 40.0 (95 % interval at any time 11.6 to 63.7, n = 100)\n\n"
        "answers     count   share\n"
        "-------------------------\n"
        "promoters      60  60.0 %\n"
        "passives       20  20.0 %\n"
        "detractors     20  20.0 %\n"
        "missing         5\n"
        "invalid         2\n\n"
        "Scale 0-10 (detractors 0-6, passives 7-8, promoters 9-10).\n"
        "The interval holds however often it is looked at."
    )
    assert repr(EXAMPLE).startswith("Monitor(value=40.0, confidence_interval=(11.57")
    assert repr(EXAMPLE).endswith("), n=100)")
    assert "<td>60.0 %</td>" in EXAMPLE.to_html()


def test_without_answers_it_prints_that_there_are_none() -> None:
    assert str(monitor()).startswith("NPS - (95 % interval at any time -100.0 to 100.0, n = 0)\n")
    assert "promoters       0      -\n" in str(monitor())


def test_it_is_one_record() -> None:
    (record,) = EXAMPLE.to_dicts()
    assert record == {
        "nps": 40.0,
        "low": EXAMPLE.confidence_interval.low,
        "high": EXAMPLE.confidence_interval.high,
        "n": 100,
        "promoters": 60,
        "passives": 20,
        "detractors": 20,
        "missing": 5,
        "invalid": 2,
        "confidence_level": 0.95,
    }
    assert monitor().to_dicts()[0]["nps"] is None
    assert all(type(value) in {int, float} for value in record.values())


@pytest.mark.parametrize("of", [monitor(), EXAMPLE], ids=["empty", "full"])
def test_frames_have_a_column_of_numbers_with_and_without_answers(of: Monitor) -> None:
    polars = pytest.importorskip("polars")
    assert of.to_polars().schema["nps"] == polars.Float64
    assert of.to_polars().to_dicts() == of.to_dicts()


@pytest.mark.parametrize("count", [-5, math.nan, 1.5, "x", True])
def test_a_count_must_be_a_whole_number(count: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match=r"^promoters must be a whole number from 0 to 2\*\*62 - 1, got"):
        Monitor(promoters=count)


def test_a_monitor_holds_no_more_answers_than_can_be_counted() -> None:
    half = nc.monitor(nc.Tally.from_counts({9: 2**61}))
    with pytest.raises(nc.InvalidInputError, match=r"promoters must be .* 2\*\*62 - 1, got 4611686018427387904"):
        half.update(nc.Tally.from_counts({9: 2**61}))
