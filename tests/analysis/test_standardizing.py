"""A score at known shares: the mean of the segments, and its interval from theirs."""

import math
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc

count = st.integers(0, 30)
triples = st.lists(st.tuples(count, count, count).filter(any), min_size=1, max_size=5)


def tally_of(groups: Any) -> nc.Tally:
    cells = [
        (str(i), score, count)
        for i, triple in enumerate(groups)
        for score, count in zip((10, 8, 3), triple, strict=True)
    ]
    return nc.Tally.from_cells(cells, by="g")


@given(triples, st.sampled_from(["score", "wald"]), st.floats(0.5, 0.99))
def test_it_is_made_of_the_scores_of_the_segments(groups: Any, method: Any, level: float) -> None:
    tally, shares = tally_of(groups), {str(i): i + 1.0 for i in range(len(groups))}
    total = sum(shares.values())
    found = nc.standardize(tally, "g", shares, confidence_level=level, method=method)
    parts = [
        (shares[s.label] / total, s.score)
        for s in nc.by_segment(tally, "g", confidence_level=level, method=method).segments
        if s.score is not None
    ]
    value = math.fsum(share * score.value for share, score in parts)
    down = math.sqrt(math.fsum((share * (score.value - score.confidence_interval.low)) ** 2 for share, score in parts))
    up = math.sqrt(math.fsum((share * (score.confidence_interval.high - score.value)) ** 2 for share, score in parts))
    error = math.sqrt(math.fsum((share * score.standard_error) ** 2 for share, score in parts))
    assert found.value == pytest.approx(value, abs=1e-9)
    interval = found.confidence_interval
    assert (interval.low, interval.high) == pytest.approx((value - down, value + up), abs=1e-9)
    assert found.standard_error == pytest.approx(error, abs=1e-9)


@given(triples)
def test_of_one_segment_it_is_its_score(groups: Any) -> None:
    found, alone = nc.standardize(tally_of(groups[:1]), "g", {0: 7}), nc.nps(tally_of(groups[:1]).tally())
    assert found.value == pytest.approx(alone.value)
    assert found.confidence_interval.low == pytest.approx(alone.confidence_interval.low)
    assert found.confidence_interval.high == pytest.approx(alone.confidence_interval.high)


def test_its_value_is_that_of_post_stratification() -> None:
    survey = nc.Survey.from_scores([10, 9, 3, 8, 10, 2, 9], segments={"g": list("aaabbbb")})
    shares = {"a": 0.3, "b": 0.7}
    calibrated = nc.nps(survey, design=nc.Design(margins={"g": shares}))
    assert nc.standardize(survey, "g", shares).value == pytest.approx(calibrated.value)


def test_it_covers_in_small_samples_of_unequal_strata() -> None:
    # Exact: all outcomes of 8 and 6 answers
    shares, true = (0.35, 0.65), ((0.5, 0.3, 0.2), (0.7, 0.2, 0.1))
    parts = []
    for n, p in zip((8, 6), true, strict=True):
        outcomes = [(x, m, n - x - m) for x in range(n + 1) for m in range(n + 1 - x)]
        parts.append([(o, scipy.stats.multinomial.pmf(o, n, p)) for o in outcomes])
    score = 100 * sum(share * (p[0] - p[2]) for share, p in zip(shares, true, strict=True))
    covered = 0.0
    for first, chance in parts[0]:
        for second, other in parts[1][::3]:
            interval = nc.standardize(tally_of([first, second]), "g", {0: 35, 1: 65}).confidence_interval
            covered += chance * other * (interval.low <= score <= interval.high)
    assert covered / sum(chance for _, chance in parts[1][::3]) > 0.93


def test_it_is_shown_and_handed_on() -> None:
    tally = nc.Tally.from_cells([("new", 9, 30), ("new", 3, 10), ("old", 9, 30), ("old", 3, 30)], by="customer")
    found = nc.standardize(tally, "customer", {"old": 80, "new": 20})
    assert [*found.to_dicts()[0].items()][:3] == [("customer", "new"), ("known_share", 0.2), ("share", 0.4)]
    assert str(found) == (
        "NPS 10.0 at known shares (95 % interval -10.5 to 30.1)\n\n"
        "customer  known share   share   NPS  95 % interval   n\n"
        "------------------------------------------------------\n"
        "new            20.0 %  40.0 %  50.0   19.6 to 71.6  40\n"
        "old            80.0 %  60.0 %   0.0  -24.5 to 24.5  60"
    )


def test_weights_count() -> None:
    survey = nc.Survey.from_scores([10, 3, 9, 8], weights=[2, 1, 1, 3], segments={"g": list("aabb")})
    found = nc.standardize(survey, "g", {"a": 1, "b": 1})
    assert found.value == pytest.approx((100 / 3 + 25) / 2)
    assert "allow for weights" in str(found)


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ({"0": 1}, "shares must be of the segments that have answers, '0', '1', got them of '0'"),
        (
            {"0": 1, "1": 1, "x": 1},
            "shares must be of the segments that have answers, '0', '1', got them of '0', '1', 'x'",
        ),
        ({"0": 1, "1": 0}, "shares must be numbers above 0, got 0 for '1'"),
        ({"0": 1, "1": True}, "shares must be numbers above 0, got True for '1'"),
        ({"0": 1, "1": math.inf}, "shares must be numbers above 0, got inf for '1'"),
        ([1, 2], "shares must be a mapping from labels to numbers, got list"),
    ],
)
def test_shares_that_do_not_fit_are_refused(shares: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.standardize(tally_of([(3, 2, 1), (1, 2, 3)]), "g", shares)
    assert str(caught.value) == message


def test_it_needs_segments_and_a_method() -> None:
    tally = tally_of([(3, 2, 1)])
    with pytest.raises(nc.InvalidInputError, match=r"^by must name at least one segment$"):
        nc.standardize(tally, (), {})
    with pytest.raises(nc.InvalidInputError, match=r"^method must be one of"):
        nc.standardize(tally, "g", {0: 1}, method="bayes")  # type: ignore[arg-type]
    assert np.isfinite(nc.standardize(tally, "g", {0: 1}).value)
