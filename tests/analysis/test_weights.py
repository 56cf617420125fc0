"""Sampling weights: against the formulas over rows, written out slowly."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.stats.intervals import interval

weight = st.floats(0.01, 100)
rows = st.lists(st.tuples(st.integers(0, 10), weight), min_size=1, max_size=25)


def weighted(rows: Any, **others: Any) -> nc.Survey:
    return nc.Survey.from_scores([score for score, _ in rows], weights=[weight for _, weight in rows], **others)


def coding(score: int) -> int:
    return (score >= 9) - (score <= 6)


def value_and_variance(rows: list[tuple[int, float]]) -> tuple[float, float]:
    """Row by row (Lumley 2004): d = sum w s / sum w, V = n/(n-1) sum (w (s-d) / sum w)^2."""
    total = math.fsum(w for _, w in rows)
    d = math.fsum(w * coding(score) for score, w in rows) / total
    n = len(rows)
    variance = math.fsum((w * (coding(score) - d) / total) ** 2 for score, w in rows) * (n / (n - 1) if n > 1 else 1)
    return d, variance


def effective_n(rows: list[tuple[int, float]]) -> float:
    """min(n / deff, Kish); Kish where everybody agrees."""
    total = math.fsum(w for _, w in rows)
    kish = total**2 / math.fsum(w * w for _, w in rows)
    d, variance = value_and_variance(rows)
    tau = math.fsum(w * abs(coding(score)) for score, w in rows) / total
    if len({coding(score) for score, _ in rows}) == 1:
        return kish
    deff = variance / ((tau - d * d) / (len(rows) - 1))
    return min(len(rows) / deff, kish)


@given(rows)
def test_value_and_standard_error_are_those_of_the_rows(rows: list[tuple[int, float]]) -> None:
    score = nc.nps(weighted(rows))
    d, variance = value_and_variance(rows)
    assert score.value == pytest.approx(100 * d, rel=1e-12, abs=1e-12)
    assert score.standard_error == pytest.approx(100 * math.sqrt(variance), rel=1e-9, abs=1e-9)


@given(rows)
def test_the_effective_size_is_that_of_the_rows(rows: list[tuple[int, float]]) -> None:
    assert nc.nps(weighted(rows)).effective_n == pytest.approx(effective_n(rows), rel=1e-9)


@given(rows, st.sampled_from(["score", "adjusted-wald"]), st.floats(0.5, 0.99))
def test_the_interval_is_that_of_the_effective_counts(rows: Any, method: Any, level: float) -> None:
    size, total = effective_n(rows), math.fsum(w for _, w in rows)
    counts = [size * math.fsum(w for score, w in rows if coding(score) == side) / total for side in (1, 0, -1)]
    low, high = interval(*counts, level, method=method)
    found = nc.nps(weighted(rows), method=method, confidence_level=level).confidence_interval
    assert (found.low, found.high) == pytest.approx((100 * low, 100 * high), rel=0, abs=1e-6)


@given(rows.filter(lambda rows: len({coding(score) for score, _ in rows}) > 1))
def test_walds_interval_is_the_value_with_its_standard_error(rows: Any) -> None:
    score = nc.nps(weighted(rows), method="wald")
    margin = 1.959963984540054 * score.standard_error  # the 97.5 % quantile of the normal distribution
    found = score.confidence_interval
    assert (found.low, found.high) == pytest.approx((score.value - margin, score.value + margin), rel=0, abs=1e-9)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=25), weight, st.sampled_from(["score", "adjusted-wald"]))
def test_equal_weights_leave_the_value_and_its_interval_as_they_are(scores: list[int], w: float, method: Any) -> None:
    equal, none = nc.nps(weighted([(s, w) for s in scores]), method=method), nc.nps(scores, method=method)
    assert equal.value == pytest.approx(none.value, rel=1e-12)
    if none.value % 1 != 0.5:  # at a tie, a weight that floats cannot add exactly decides
        assert equal.rounded == none.rounded
    assert equal.effective_n == pytest.approx(len(scores), rel=1e-9)
    for side in ("low", "high"):
        found, expected = (getattr(score.confidence_interval, side) for score in (equal, none))
        assert found == pytest.approx(expected, rel=0, abs=1e-9)


def test_the_weighted_value_is_rounded_from_one_division() -> None:
    # 285 of 1000 is 28.5 %, but 100 * 0.285 is 28.499999999999996 in floats
    survey = weighted([(10, 1.0)] * 285 + [(8, 1.0)] * 715)
    assert nc.nps(survey).value == 28.5
    assert nc.nps(survey).rounded == 29


@given(rows, st.floats(0.001, 1000))
def test_weights_matter_only_in_proportion(rows: list[tuple[int, float]], factor: float) -> None:
    plain, scaled = nc.nps(weighted(rows)), nc.nps(weighted([(score, factor * w) for score, w in rows]))
    for one, other in zip(
        (plain.value, plain.standard_error, plain.effective_n, plain.confidence_interval.low),
        (scaled.value, scaled.standard_error, scaled.effective_n, scaled.confidence_interval.low),
        strict=True,
    ):
        assert other == pytest.approx(one, rel=1e-6, abs=1e-6)


@given(rows)
def test_the_counts_stay_unweighted(rows: list[tuple[int, float]]) -> None:
    score, plain = nc.nps(weighted(rows)), nc.nps([score for score, _ in rows])
    assert (score.promoters, score.passives, score.detractors) == (plain.promoters, plain.passives, plain.detractors)


def test_an_answer_of_weight_zero_does_not_move_the_value() -> None:
    assert nc.nps(weighted([(10, 2.0), (3, 1.0), (0, 0.0)])).value == pytest.approx(100 / 3)


def test_a_weighted_tally_gives_what_its_survey_gives() -> None:
    survey = weighted([(10, 2.0), (3, 1.0), (8, 0.5)], segments={"region": ["north", "south", "south"]})
    tally = survey.tally("region")
    assert nc.nps(tally) == nc.nps(survey)
    assert nc.by_segment(tally, "region") == nc.by_segment(survey, "region")


@pytest.mark.parametrize("method", ["bootstrap", "bootstrap-percentile", "bayes"])
def test_weighted_answers_are_not_resampled(method: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.nps(weighted([(10, 2.0), (3, 1.0)]), method=method)
    assert str(caught.value) == (
        f"with weights or a design, method must be one of 'score', 'wald', 'adjusted-wald', got {method!r}"
    )


def test_weights_that_are_all_zero_leave_no_score() -> None:
    nothing, something = weighted([(10, 0.0), (3, 0.0)]), weighted([(10, 1.0)])
    for call in (
        lambda: nc.nps(nothing),
        lambda: nc.compare(nothing, something),
        lambda: nc.compare(something, nothing),
    ):
        with pytest.raises(nc.InvalidInputError, match=r"^weights must not all be 0$"):
            call()


def test_a_segment_whose_weights_are_all_zero_has_no_score_and_the_others_have() -> None:
    survey = weighted([(10, 1.0), (3, 2.0), (9, 0.0)], segments={"region": ["north", "north", "south"]})
    table = nc.by_segment(survey, "region")
    assert table["south"].score is table["south"].difference is None
    assert table["south"].n == 1
    alone = nc.nps(survey.where(segments={"region": "north"}))
    assert table["north"].score is not None
    assert table["north"].score.value == alone.value
    assert table["north"].score.confidence_interval == alone.confidence_interval
    # n / (n - 1) is that of the whole sample of three, of which the segment is a domain
    assert table["north"].score.standard_error == pytest.approx(alone.standard_error * math.sqrt(3 / 2 / (2 / 1)))


def test_the_rest_keeps_its_digits_beside_a_segment_that_weighs_far_more() -> None:
    survey = weighted(
        [(10, 1e8), (9, 1e8), (3, 1e8), (9, 1e-6), (3, 3e-6), (3, 2e-6)], segments={"size": ["big"] * 3 + ["small"] * 3}
    )
    difference = nc.by_segment(survey, "size")["big"].difference
    assert difference is not None
    alone = nc.nps(survey.where(segments={"size": "small"}))
    assert difference.reference.value == alone.value
    assert difference.reference.standard_error == pytest.approx(alone.standard_error * math.sqrt(6 / 5 / (3 / 2)))


@given(st.lists(st.tuples(st.integers(0, 10), weight, st.sampled_from("abc")), min_size=1, max_size=10))
def test_a_weighted_segment_is_compared_as_two_samples_are(rows: list[tuple[int, float, str]]) -> None:
    survey = weighted([row[:2] for row in rows], segments={"s": [row[2] for row in rows]})
    for segment in nc.by_segment(survey, "s").segments:
        own = np.array([row[2] == segment.label for row in rows])
        if not own.all():
            alone = nc.compare(survey.where(~own), survey.where(own))
            assert segment.difference is not None
            for name in ("value", "pvalue"):
                assert getattr(segment.difference, name) == pytest.approx(getattr(alone, name), rel=1e-9, abs=1e-9)


def test_the_score_of_one_weighted_answer_equals_itself() -> None:
    survey = weighted([(10, 2.0)])
    assert nc.nps(survey) == nc.nps(survey)


@given(rows)
def test_a_target_is_compared_with_the_weighted_score(rows: list[tuple[int, float]]) -> None:
    score, result = nc.nps(weighted(rows)), nc.compare_to_target(weighted(rows), 10)
    assert result.score.to_dicts() == score.to_dicts()
    assert result.value == score.value - 10
    interval, around = score.confidence_interval, result.confidence_interval
    assert (around.low, around.high) == pytest.approx((interval.low - 10, interval.high - 10), abs=1e-9)


def test_weights_never_count_as_answers() -> None:
    many = weighted([(10, 1e6), (3, 1e6), (8, 1e6)])
    assert nc.nps(many).effective_n == pytest.approx(3)
    assert nc.compare(weighted([(10, 5.0)]), many).score.effective_n == pytest.approx(3)
    assert nc.compare_to_target(many, 20).score.effective_n == pytest.approx(3)


@pytest.mark.parametrize("w", [1e-100, 1e-50, 1.0, 1e50, 1e100])
def test_the_smallest_and_the_largest_weights_are_as_good_as_others(w: float) -> None:
    share = min(2 * w, 1e100) / w  # none beyond what is allowed
    found, plain = nc.nps(weighted([(10, w), (3, w * share)])), nc.nps(weighted([(10, 1.0), (3, share)]))
    for name in ("value", "standard_error", "effective_n", "kish_n", "design_effect"):
        assert getattr(found, name) == pytest.approx(getattr(plain, name), rel=1e-9)


@given(rows, rows, st.sampled_from(["score", "wald", "adjusted-wald"]))
def test_weighted_samples_differ_by_the_root_of_both_variances(first: Any, second: Any, method: Any) -> None:
    difference = nc.compare(weighted(first), weighted(second), method=method)
    errors = [math.sqrt(value_and_variance(sample)[1]) for sample in (first, second)]
    assert difference.standard_error == pytest.approx(100 * math.hypot(*errors), rel=1e-9, abs=1e-9)
    assert 0 <= difference.pvalue <= 1
