"""compare(): after minus before, in points."""

import math
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.stats.differences import mover_interval, mover_pvalue

count = st.integers(0, 300)
some_counts = st.tuples(count, count, count).filter(any)
methods = st.sampled_from(["score", "wald", "adjusted-wald"])


def tally_of(x: int, m: int, y: int, **others: Any) -> nc.Tally:
    return nc.Tally.from_categories(promoters=x, passives=m, detractors=y, **others)


def test_the_known_difference_of_two_samples_is_found() -> None:
    # Promoters, passives, detractors 60/20/20 after 50/30/20: 100 sqrt(.64/100 + .61/100) points
    difference = nc.compare(tally_of(50, 30, 20), tally_of(60, 20, 20), method="wald")
    margin = 1.959963984540054 * 11.180339887498949  # the 97.5 % quantile of the normal distribution
    limits = difference.confidence_interval
    assert difference.value == 10
    assert difference.standard_error == pytest.approx(11.180339887498949, rel=1e-13)
    assert (limits.low, limits.high) == pytest.approx((10 - margin, 10 + margin), rel=1e-12)


@given(some_counts, some_counts, methods, st.floats(0.5, 0.999))
def test_the_numbers_are_those_of_the_formulas_in_points(first: Any, second: Any, method: Any, level: float) -> None:
    before, after = tally_of(*first), tally_of(*second, missing=3)
    difference = nc.compare(before, after, method=method, confidence_level=level)
    low, high = mover_interval(second, first, level, method=method)
    options: Any = {"method": method, "confidence_level": level}
    assert difference.score == nc.nps(after, **options)
    assert difference.reference == nc.nps(before, **options)
    (x1, _, y1), (x2, _, y2) = second, first
    exact = Fraction(x1 - y1, sum(second)) - Fraction(x2 - y2, sum(first))
    assert difference.value == float(100 * exact)  # the nearest float, not the difference of two rounded scores
    assert difference.confidence_interval == nc.ConfidenceInterval(float(100 * low), float(100 * high), level)
    assert difference.pvalue == mover_pvalue(second, first, method=method)
    assert difference.method == method


@given(some_counts, some_counts, methods)
def test_exchanging_the_samples_changes_the_sign_and_nothing_else(first: Any, second: Any, method: Any) -> None:
    there = nc.compare(tally_of(*first), tally_of(*second), method=method)
    back = nc.compare(tally_of(*second), tally_of(*first), method=method)
    assert back.value == -there.value
    assert back.confidence_interval == nc.ConfidenceInterval(
        -there.confidence_interval.high, -there.confidence_interval.low
    )
    assert (back.pvalue, back.standard_error) == (there.pvalue, there.standard_error)
    assert (back.score, back.reference) == (there.reference, there.score)


@given(some_counts)
def test_a_sample_does_not_differ_from_itself(triple: Any) -> None:
    difference = nc.compare(tally_of(*triple), tally_of(*triple))
    assert (difference.value, difference.pvalue) == (0, 1)


def test_a_survey_and_a_tally_may_be_compared() -> None:
    survey = nc.Survey.from_scores([10, 3, 8, None])
    assert nc.compare(survey, tally_of(60, 20, 20)) == nc.compare(survey.tally(), tally_of(60, 20, 20))


@pytest.mark.parametrize("empty", ["before", "after"])
def test_a_side_without_a_score_is_named(empty: str) -> None:
    sides: Any = {"before": tally_of(6, 2, 2), "after": tally_of(6, 2, 2), empty: tally_of(0, 0, 0, missing=2)}
    with pytest.raises(nc.NoAnswersError) as caught:
        nc.compare(**sides)
    assert str(caught.value) == f"a comparison needs answers with a score on both sides, got none in {empty!r}"


def test_different_scales_are_not_compared() -> None:
    with pytest.raises(nc.IncompatibleError) as caught:
        nc.compare(tally_of(6, 2, 2), tally_of(6, 2, 2, scale=nc.Scale.EUROPEAN))
    assert str(caught.value) == (
        "samples must have the same scale to be compared, got "
        "0-10 (detractors 0-6, passives 7-8, promoters 9-10) and 0-10 (detractors 0-5, passives 6-7, promoters 8-10)"
    )


@pytest.mark.parametrize("named", ["before", "after"])
def test_a_frame_is_refused_with_what_counts_it(named: str) -> None:
    sides: Any = {"before": [9], "after": [9], named: pd.DataFrame({"nps": [9, 3]})}
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.compare(**sides)
    assert str(caught.value) == (
        f"{named} must be a Survey, a Tally or an object with their tally(), got DataFrame; "
        "Survey.from_frame reads a frame, Tally.from_frame counts one"
    )


def test_scores_themselves_may_be_compared() -> None:
    assert nc.compare([10, 3, None], [9, 9]) == nc.compare(
        nc.Survey.from_scores([10, 3, None]), nc.Survey.from_scores([9, 9])
    )
    data: Any = 40
    with pytest.raises(nc.InvalidInputError, match=r"^scores must be a sequence"):
        nc.compare([9], data)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "bootstrap"}, "^method must be one of 'score', 'wald', 'adjusted-wald', got"),
        ({"confidence_level": 0}, "^conf"),
    ],
)
def test_an_option_that_is_wrong_is_refused(options: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=message):
        nc.compare(tally_of(6, 2, 2), tally_of(5, 3, 2), **options)


@given(some_counts, some_counts, methods, st.floats(0.51, 0.999))
def test_one_sided_comparisons_are_halves_of_the_two_sided_one(
    first: Any, second: Any, method: Any, level: float
) -> None:
    def compared(level: float, alternative: Any) -> nc.Difference:
        options: Any = {"method": method, "confidence_level": level, "alternative": alternative}
        return nc.compare(tally_of(*first), tally_of(*second), **options)

    both, greater, less = compared(2 * level - 1, "two-sided"), compared(level, "greater"), compared(level, "less")
    assert greater.confidence_interval.low == pytest.approx(both.confidence_interval.low, abs=1e-9)
    assert less.confidence_interval.high == pytest.approx(both.confidence_interval.high, abs=1e-9)
    assert (greater.confidence_interval.high, less.confidence_interval.low) == (200, -200)
    assert greater.pvalue + less.pvalue == pytest.approx(1, abs=1e-12)
    assert min(greater.pvalue, less.pvalue) == pytest.approx(both.pvalue / 2, abs=1e-12)
    assert (greater.pvalue <= less.pvalue) == (both.value >= 0) or both.value == 0
    assert (greater.value, greater.standard_error) == (both.value, both.standard_error)
    assert (both.alternative, greater.alternative, less.alternative) == ("two-sided", "greater", "less")


@given(some_counts, some_counts)
def test_looking_the_other_way_is_exchanging_the_samples(first: Any, second: Any) -> None:
    up = nc.compare(tally_of(*first), tally_of(*second), alternative="greater")
    down = nc.compare(tally_of(*second), tally_of(*first), alternative="less")
    assert (down.value, down.pvalue) == (-up.value, up.pvalue)
    assert down.confidence_interval.high == -up.confidence_interval.low


def test_a_one_sided_comparison_says_so_in_print() -> None:
    before, after = tally_of(50, 30, 20), tally_of(60, 20, 20)
    greater = nc.compare(before, after, alternative="greater")
    assert str(greater).splitlines()[0] == "Difference +10.0 points (greater, 95 % interval -8.5 to +200.0, p = 0.187)"
    assert greater.to_dicts()[0]["alternative"] == "greater"
    assert greater.pairing == "independent"
    assert greater.pairs is None


def test_a_one_sided_level_is_above_a_half() -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.compare(tally_of(6, 2, 2), tally_of(5, 3, 2), alternative="less", confidence_level=0.5)
    assert str(caught.value) == "a one-sided confidence_level must be above 0.5, got 0.5"


@pytest.mark.parametrize("alternative", ["larger", None, True])
def test_an_unknown_alternative_is_refused(alternative: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.compare(tally_of(6, 2, 2), tally_of(5, 3, 2), alternative=alternative)
    assert str(caught.value) == f"alternative must be one of 'two-sided', 'greater', 'less', got {alternative!r}"


def test_each_of_two_samples_has_its_own_design() -> None:
    before = nc.Survey.from_scores([10, 3, 9, 8, 2, 9], segments={"region": list("nnnsss")})
    after = nc.Survey.from_scores([9, 10, 9, 8, 3, 9, 10], segments={"region": list("nnnssss")})
    design = nc.Design(strata="region", population_sizes={"n": 30, "s": 5})
    difference = nc.compare(before, after, design=design)
    earlier, later = (nc.nps(survey, design=design) for survey in (before, after))
    assert (difference.reference, difference.score) == (earlier, later)
    assert difference.value == later.value - earlier.value
    assert difference.standard_error == pytest.approx(math.hypot(earlier.standard_error, later.standard_error))


def test_scores_alone_have_no_segments_for_a_design() -> None:
    for design in (nc.Design(strata="region"), nc.Design(clusters="region")):
        with pytest.raises(nc.InvalidInputError) as caught:
            nc.compare([10, 3, 9], [9, 3, 8], design=design)
        assert str(caught.value) == (
            "scores alone have no segments, and the design needs 'region'; make a Survey with segments="
        )
