"""Where floats would show: ties, tiny weights, levels near one."""

from fractions import Fraction

import pytest

import nps_core as nc
from nps_core.display import numbers


def test_a_difference_that_ends_in_a_tie_is_rounded_away_from_zero() -> None:
    # -65 of 80 against -782 of 1000 is -81.25 + 78.2 = -3.05 exactly.
    after = nc.Tally.from_categories(promoters=5, passives=5, detractors=70)
    before = nc.Tally.from_categories(promoters=109, passives=0, detractors=891)
    difference = nc.compare(before, after)
    assert difference.value == float(Fraction(-305, 100))
    assert numbers.signed(difference.value) == "-3.1"


@pytest.mark.parametrize("ratio", [1e3, 1e6, 1e9, 1e12])
def test_the_weighted_standard_error_keeps_its_digits_however_far_the_weights_lie_apart(ratio: float) -> None:
    scores, weights = [10, 0, 10], [ratio, 1.0, ratio]
    total = Fraction(2 * ratio + 1)
    d = (2 * Fraction(ratio) - 1) / total
    parts = [(Fraction(weight) * (s - d)) ** 2 for s, weight in zip((1, -1, 1), weights, strict=True)]
    variance = Fraction(3, 2) * sum(parts) / total**2  # n / (n - 1) sum w^2 (s - d)^2 / W^2, in exact fractions
    score = nc.nps(nc.Survey.from_scores(scores, weights=weights))
    assert score.standard_error == pytest.approx(100 * float(variance) ** 0.5, rel=1e-12)


@pytest.mark.parametrize("method", ["score", "wald"])
@pytest.mark.parametrize("level", [1e-15, 1e-9, 0.5, 1 - 1e-9])
def test_the_interval_holds_the_score_also_after_rounding(method: str, level: float) -> None:
    for promoters, passives, detractors in ((235, 0, 4), (10**15, 10**15 // 3, 7), (1, 1, 1)):
        tally = nc.Tally.from_categories(promoters=promoters, passives=passives, detractors=detractors)
        score = nc.nps(tally, method=method, confidence_level=level)
        assert score.confidence_interval.low <= score.value <= score.confidence_interval.high


def test_a_level_close_to_one_is_not_printed_as_one() -> None:
    assert "99.9999999 % interval" in str(nc.nps([9, 3], confidence_level=1 - 1e-9))
