"""compare_to_target(): a score against a given value."""

import math
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc

count = st.integers(0, 60)
triples = st.tuples(count, count, count).filter(any)
mixed = st.tuples(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))
METHODS: list[Any] = ["score", "wald", "adjusted-wald"]
methods = st.sampled_from(METHODS)
targets = st.floats(-100, 100)
levels = st.floats(0.6, 0.999)


def tally_of(x: int, m: int, y: int, **others: Any) -> nc.Tally:
    return nc.Tally.from_categories(promoters=x, passives=m, detractors=y, **others)


EXAMPLE = tally_of(60, 20, 20)
CLUSTERED = nc.Survey.from_scores(
    [10, 9, 3, 8, 10, 6, 9, 9, 7, 2, 10, 9],
    weights=[1, 1, 2, 1, 1, 3, 1, 1, 1, 2, 1.5, 0.5],
    segments={"shop": list("aabbccddeeff"), "region": list("nnnnnnssssss")},
)
SAMPLES: dict[str, tuple[nc.Survey | nc.Tally, nc.Design | None]] = {
    "plain": (EXAMPLE, None),
    "weighted": (CLUSTERED, None),
    "clusters": (CLUSTERED, nc.Design(clusters="shop")),
    "strata": (CLUSTERED, nc.Design(strata="region", population_sizes={"n": 50, "s": 60})),
    "both": (CLUSTERED, nc.Design(strata="region", clusters="shop")),
    "margins": (CLUSTERED, nc.Design(margins={"region": {"n": 0.3, "s": 0.7}})),
    "population": (EXAMPLE, nc.Design(population_sizes=150)),
}
each_sample = pytest.mark.parametrize(("data", "design"), SAMPLES.values(), ids=SAMPLES)


@given(triples, targets, methods, levels)
def test_the_score_and_its_interval_are_moved_by_the_target(
    counts: Any, target: float, method: Any, level: float
) -> None:
    score = nc.nps(tally_of(*counts), method=method, confidence_level=level)
    found = nc.compare_to_target(tally_of(*counts), target, method=method, confidence_level=level)
    assert found.score == score
    assert found.value == score.value - target
    assert (found.target, found.method, found.alternative) == (target, method, "two-sided")
    for side in ("low", "high"):
        expected = getattr(score.confidence_interval, side) - target
        assert getattr(found.confidence_interval, side) == pytest.approx(expected, abs=1e-9)
    assert found.confidence_interval.confidence_level == level
    assert 0 <= found.pvalue <= 1


@given(mixed, methods, levels)
def test_the_limits_are_the_targets_whose_pvalue_is_one_minus_the_level(counts: Any, method: Any, level: float) -> None:
    interval = nc.nps(tally_of(*counts), method=method, confidence_level=level).confidence_interval
    for limit in (interval.low, interval.high):
        if -99 < limit < 99:
            found = nc.compare_to_target(tally_of(*counts), limit, method=method)
            assert found.pvalue == pytest.approx(1 - level, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
@each_sample
def test_interval_and_pvalue_agree_whatever_the_sample(data: Any, design: Any, method: Any) -> None:
    for level in (0.6, 0.8, 0.9):
        score = nc.nps(data, design=design, method=method, confidence_level=level)
        for limit in (score.confidence_interval.low, score.confidence_interval.high):
            if -100 < limit < 100:
                found = nc.compare_to_target(data, limit, design=design, method=method)
                assert found.pvalue == pytest.approx(1 - level, rel=1e-6)
                assert found.score == nc.nps(data, design=design, method=method)


@each_sample
def test_the_textbook_test_is_that_of_scipy(data: Any, design: Any) -> None:
    found = nc.compare_to_target(data, 10, design=design, method="wald")
    statistic = found.value / found.score.standard_error
    df = found.score.degrees_of_freedom
    reference = scipy.stats.norm if df is None else scipy.stats.t(df)
    assert found.pvalue == pytest.approx(2 * reference.sf(abs(statistic)), rel=1e-9)
    greater = nc.compare_to_target(data, 10, design=design, method="wald", alternative="greater")
    assert greater.pvalue == pytest.approx(reference.sf(statistic), rel=1e-9)
    low = found.value - reference.ppf(0.95) * found.score.standard_error
    assert greater.confidence_interval.low == pytest.approx(low, rel=1e-9)


@given(triples)
def test_against_nothing_it_is_mcnemars_test(counts: Any) -> None:
    x, _, y = counts
    statistic = 0.0 if x == y else (x - y) / math.sqrt(x + y)
    found = nc.compare_to_target(tally_of(*counts), 0)
    assert found.pvalue == pytest.approx(2 * scipy.stats.norm.sf(abs(statistic)), rel=1e-9, abs=1e-300)
    greater = nc.compare_to_target(tally_of(*counts), 0, alternative="greater")
    assert greater.pvalue == pytest.approx(scipy.stats.norm.sf(statistic), rel=1e-9, abs=1e-300)


@given(mixed, targets, methods, levels)
def test_one_side_has_half_the_pvalue_and_the_limit_of_a_lower_level(
    counts: Any, target: float, method: Any, level: float
) -> None:
    def compared(level: float, alternative: Any) -> nc.TargetComparison:
        options: Any = {"method": method, "confidence_level": level, "alternative": alternative}
        return nc.compare_to_target(tally_of(*counts), target, **options)

    both, greater, less = compared(2 * level - 1, "two-sided"), compared(level, "greater"), compared(level, "less")
    assert greater.confidence_interval.low == pytest.approx(both.confidence_interval.low, abs=1e-9)
    assert less.confidence_interval.high == pytest.approx(both.confidence_interval.high, abs=1e-9)
    assert (greater.confidence_interval.high, less.confidence_interval.low) == (100 - target, -100 - target)
    assert greater.pvalue + less.pvalue == pytest.approx(1, abs=1e-9)
    if method != "adjusted-wald":  # which tests a score a little nearer to 0 than the one it shows
        assert (greater.pvalue <= 0.5) == (both.value >= 0) or abs(both.value) < 1e-9
    assert min(greater.pvalue, less.pvalue) == pytest.approx(both.pvalue / 2, abs=1e-9)


@given(mixed, targets, methods)
def test_exchanging_promoters_and_detractors_changes_the_sign(counts: Any, target: float, method: Any) -> None:
    there = nc.compare_to_target(tally_of(*counts), target, method=method, alternative="greater")
    back = nc.compare_to_target(tally_of(*counts[::-1]), -target, method=method, alternative="less")
    assert (back.value, back.pvalue) == pytest.approx((-there.value, there.pvalue), abs=1e-12)
    assert back.confidence_interval.high == pytest.approx(-there.confidence_interval.low, abs=1e-9)


@given(triples)
def test_the_score_itself_is_no_target_that_it_misses(counts: Any) -> None:
    score = nc.nps(tally_of(*counts)).value
    found = nc.compare_to_target(tally_of(*counts), score)
    assert found.value == 0
    assert found.pvalue == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("target", [-100, 0, 100])
@pytest.mark.parametrize("counts", [(5, 0, 0), (0, 5, 0), (0, 0, 5), (1, 0, 0), (1, 0, 1)])
def test_the_ends_of_the_scale_are_targets_too(counts: Any, target: float, method: Any) -> None:
    found = nc.compare_to_target(tally_of(*counts), target, method=method)
    assert 0 <= found.pvalue <= 1
    assert found.confidence_interval.low <= found.value <= found.confidence_interval.high or method == "adjusted-wald"
    if method == "score" and counts == (5, 0, 0):
        assert (found.pvalue == 0) == (target == -100)
        assert (found.pvalue == 1) == (target == 100)


def test_the_example_is_met() -> None:
    found = nc.compare_to_target(EXAMPLE, 25, alternative="greater")
    assert found.value == 15
    # McNemar-like by hand: q = root of 2 n q^2 + (-x - y + (2 n - x + y) delta) q - y delta (1 - delta) = 0
    b = -80 + 160 * 0.25
    q = (-b + math.sqrt(b * b + 800 * 20 * 0.25 * 0.75)) / 400
    z = 0.15 / math.sqrt((2 * q + 0.25 - 0.0625) / 100)
    assert found.pvalue == pytest.approx(scipy.stats.norm.sf(z), rel=1e-12)


def test_print_shows_the_target_and_the_score() -> None:
    assert str(nc.compare_to_target(EXAMPLE, 25)) == (
        "Difference +15.0 points (95 % interval -1.8 to +29.3, p = 0.078)\n"
        "\n"
        "         NPS  95 % interval    n\n"
        "--------------------------------\n"
        "target    25\n"
        "score   40.0   23.2 to 54.3  100"
    )
    less = nc.compare_to_target(EXAMPLE, 52.5, alternative="less", confidence_level=0.9)
    assert str(less).splitlines()[0] == "Difference -12.5 points (less, 90 % interval -152.5 to -2.8, p = 0.045)"
    assert str(less).splitlines()[4].split() == ["target", "52.5"]
    assert str(less).splitlines()[5].split()[:2] == ["score", "40.0"]


def test_records_hold_all_numbers() -> None:
    found = nc.compare_to_target(EXAMPLE, 25, alternative="greater")
    assert found.to_dicts() == [
        {
            "difference": 15.0,
            "low": found.confidence_interval.low,
            "high": 75.0,
            "pvalue": found.pvalue,
            "nps": 40.0,
            "n": 100,
            "target": 25.0,
            "alternative": "greater",
            "method": "score",
        }
    ]


@pytest.mark.parametrize("target", [30, 30.0, np.int64(30), np.float32(30)])
def test_a_target_may_be_any_number(target: Any) -> None:
    assert nc.compare_to_target(EXAMPLE, target) == nc.compare_to_target(EXAMPLE, 30)
    assert type(nc.compare_to_target(EXAMPLE, target).target) is float


@pytest.mark.parametrize(
    "target", [100.5, -101, math.nan, math.inf, "30", None, True, np.bool_(True), [30], 10**400, 1j, EXAMPLE]
)
def test_what_is_no_target_is_refused(target: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.compare_to_target(EXAMPLE, target)
    assert str(caught.value) == f"a target must be a number of points from -100 to 100, got {target!r}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "bayes"}, "method must be one of 'score', 'wald', 'adjusted-wald', got 'bayes'"),
        ({"alternative": "more"}, "alternative must be one of 'two-sided', 'greater', 'less', got 'more'"),
        ({"confidence_level": 1}, "confidence_level must be between 0 and 1, both excluded, got 1"),
        (
            {"confidence_level": 0.4, "alternative": "greater"},
            "a one-sided confidence_level must be above 0.5, got 0.4",
        ),
        ({"design": "shop"}, "design must be a Design, got str"),
    ],
)
def test_an_option_that_is_wrong_is_refused(options: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.compare_to_target(EXAMPLE, 30, **options)
    assert str(caught.value) == message


@pytest.mark.parametrize("data", [[], [None, None], tally_of(0, 0, 0, missing=3)])
def test_nothing_cannot_miss_a_target(data: Any) -> None:
    with pytest.raises(nc.NoAnswersError) as caught:
        nc.compare_to_target(data, 30)
    assert str(caught.value) == "a comparison needs answers with a score, got none"


def test_weights_that_are_all_zero_miss_no_target() -> None:
    with pytest.raises(nc.InvalidInputError, match=r"^weights must not all be 0$"):
        nc.compare_to_target(nc.Survey.from_scores([10, 3], weights=[0, 0]), 30)


def test_without_a_degree_of_freedom_every_target_may_be_met() -> None:
    survey = nc.Survey.from_scores([10, 3, 9, 8], segments={"shop": list("aaaa")})
    for method in METHODS:
        found = nc.compare_to_target(survey, -90, design=nc.Design(clusters="shop", lonely="remove"), method=method)
        assert found.score.degrees_of_freedom == 0
        assert found.pvalue == pytest.approx(1, abs=1e-6)
        interval = found.confidence_interval
        assert (interval.low, interval.high) == pytest.approx((-10, 190), abs=1e-6)
