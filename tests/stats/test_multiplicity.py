"""Adjusted p-values, against statsmodels and against their definitions."""

import json
import math
from pathlib import Path
from random import Random
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError
from nps_core.stats.multiplicity import CORRECTIONS, Correction, adjusted, benjamini_hochberg, holm

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "multiplicity.json").read_text())
pvalues = st.lists(st.floats(0, 1) | st.just(math.nan) | st.sampled_from([0.0, 0.01, 0.01, 1.0]), max_size=12)


def holm_by_definition(p: list[float]) -> list[float]:
    """The largest, up to each p-value, of (how many are not smaller in the order) times p."""
    order = sorted((value, row) for row, value in enumerate(p) if not math.isnan(value))
    adjusted, largest = [math.nan] * len(p), 0.0
    for rank, (value, row) in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * value))
        adjusted[row] = largest
    return adjusted


def benjamini_hochberg_by_definition(p: list[float]) -> list[float]:
    """The smallest, from each p-value up, of k over its place in the order times p."""
    order = sorted((value, row) for row, value in enumerate(p) if not math.isnan(value))
    adjusted, smallest = [math.nan] * len(p), 1.0
    for place, (value, row) in reversed(list(enumerate(order, start=1))):
        smallest = min(smallest, len(order) / place * value)
        adjusted[row] = smallest
    return adjusted


DEFINITIONS: dict[Any, Any] = {"holm": holm_by_definition, "benjamini-hochberg": benjamini_hochberg_by_definition}
every_correction = pytest.mark.parametrize("correction", get_args(Correction))


def test_they_are_those_of_statsmodels() -> None:
    np.testing.assert_allclose(holm(REFERENCE["p"]), REFERENCE["holm"], rtol=1e-15, atol=0)
    np.testing.assert_allclose(benjamini_hochberg(REFERENCE["p"]), REFERENCE["bh"], rtol=1e-15, atol=0)


@every_correction
@given(pvalues)
def test_it_is_what_its_definition_says_and_takes_no_notice_of_what_could_not_be_tested(
    correction: Any, p: list[float]
) -> None:
    expected = DEFINITIONS[correction](p)
    assert adjusted(p, correction).tolist() == pytest.approx(expected, rel=1e-15, abs=0, nan_ok=True)


@every_correction
@given(pvalues, st.randoms(use_true_random=False))
def test_the_order_of_the_tests_does_not_matter(correction: Any, p: list[float], random: Random) -> None:
    rows = list(range(len(p)))
    random.shuffle(rows)
    np.testing.assert_array_equal(adjusted([p[row] for row in rows], correction), adjusted(p, correction)[rows])


@every_correction
@given(pvalues)
def test_no_pvalue_gets_smaller_or_exceeds_one(correction: Any, p: list[float]) -> None:
    known = [(before, after) for before, after in zip(p, adjusted(p, correction), strict=True) if before == before]
    assert all(before <= after <= 1 for before, after in known)


@every_correction
@given(pvalues)
def test_what_was_smaller_stays_no_larger(correction: Any, p: list[float]) -> None:
    known = [(before, after) for before, after in zip(p, adjusted(p, correction), strict=True) if before == before]
    after = [value for _, value in sorted(known)]
    assert after == sorted(after)


@given(pvalues)
def test_screening_finds_no_less_than_claiming_does(p: list[float]) -> None:
    known = ~np.isnan(p)
    assert (benjamini_hochberg(p)[known] <= holm(p)[known] * (1 + 1e-15)).all()


@every_correction
def test_one_test_needs_no_adjustment(correction: Any) -> None:
    assert adjusted([0.03], correction).tolist() == [0.03]


@every_correction
def test_no_test_has_no_pvalue(correction: Any) -> None:
    assert adjusted([], correction).shape == (0,)
    assert np.isnan(adjusted([math.nan], correction)).all()


def test_each_correction_goes_by_its_name() -> None:
    assert tuple(CORRECTIONS) == get_args(Correction)
    p = REFERENCE["p"]
    assert adjusted(p, "holm").tolist() == holm(p).tolist()
    assert adjusted(p, "benjamini-hochberg").tolist() == benjamini_hochberg(p).tolist()


@pytest.mark.parametrize("correction", ["bonferroni", None])
def test_a_correction_that_does_not_exist_is_refused(correction: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"^correction must be one of 'holm', 'benjamini-hochberg', got"):
        adjusted([0.5], correction)
