"""Holm's adjustment, against statsmodels and against its definition."""

import json
import math
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats.multiplicity import holm

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


def test_it_is_that_of_statsmodels() -> None:
    np.testing.assert_allclose(holm(REFERENCE["p"]), REFERENCE["holm"], rtol=1e-15, atol=0)


@given(pvalues)
def test_it_is_what_its_definition_says_and_takes_no_notice_of_what_could_not_be_tested(p: list[float]) -> None:
    assert holm(p).tolist() == pytest.approx(holm_by_definition(p), rel=1e-15, abs=0, nan_ok=True)


@given(pvalues, st.randoms(use_true_random=False))
def test_the_order_of_the_tests_does_not_matter(p: list[float], random: Random) -> None:
    rows = list(range(len(p)))
    random.shuffle(rows)
    np.testing.assert_array_equal(holm([p[row] for row in rows]), holm(p)[rows])


@given(pvalues)
def test_no_pvalue_gets_smaller_or_exceeds_one(p: list[float]) -> None:
    known = [(before, after) for before, after in zip(p, holm(p), strict=True) if not math.isnan(before)]
    assert all(before <= after <= 1 for before, after in known)


def test_one_test_needs_no_adjustment() -> None:
    assert holm([0.03]).tolist() == [0.03]
