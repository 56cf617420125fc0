"""Weights that meet margins: what they meet, how near they stay to the weights before, and what cannot be met."""

from typing import Any

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError
from nps_core.stats.calibration import (
    CALIBRATIONS,
    indicators,
    linear_factors,
    raking_factors,
    residuals,
)

FACTORS: Any = {"raking": raking_factors, "linear": linear_factors}
ways = st.sampled_from(CALIBRATIONS)
every_way = pytest.mark.parametrize("way", CALIBRATIONS)
weights = st.lists(st.floats(0.2, 5), min_size=12, max_size=30).map(np.array)
seeds = st.integers(0, 10**6)


def margins_near(weights: Any, seed: int, sizes: tuple[int, ...] = (3, 2)) -> Any:
    """Margins that some weights near the given ones meet; every class of each has an answer."""
    rng = np.random.default_rng(seed)
    others = weights * rng.uniform(0.8, 1.25, len(weights))
    margins = {}
    for number, size in enumerate(sizes):
        codes = rng.permutation(np.arange(len(weights)) % size)
        margins[f"margin {number}"] = codes, np.bincount(codes, others, minlength=size)
    return margins


def sums(weights: Any, margin: Any) -> Any:
    codes, totals = margin
    return np.array([weights[codes == label].sum() for label in range(len(totals))])


@given(ways, weights, seeds)
def test_all_margins_are_met(way: str, weights: Any, seed: int) -> None:
    margins = margins_near(weights, seed, (3, 2, 4))
    calibrated = weights * FACTORS[way](weights, margins)
    for codes, totals in margins.values():
        assert sums(calibrated, (codes, totals)) == pytest.approx(totals, rel=1e-9)


@given(ways, weights, seeds)
def test_weights_that_meet_the_margins_stay_as_they_are(way: str, weights: Any, seed: int) -> None:
    margins = {
        name: (codes, sums(weights, (codes, totals))) for name, (codes, totals) in margins_near(weights, seed).items()
    }
    assert FACTORS[way](weights, margins) == pytest.approx(np.ones(len(weights)), rel=1e-9)


@given(ways, weights, seeds)
def test_one_margin_is_post_stratification(way: str, weights: Any, seed: int) -> None:
    margins = margins_near(weights, seed, (4,))
    ((codes, totals),) = margins.values()
    expected = (totals / sums(weights, (codes, totals)))[codes]
    assert FACTORS[way](weights, margins) == pytest.approx(expected, rel=1e-12)


@given(weights, seeds)
def test_raking_multiplies_by_one_factor_per_class(weights: Any, seed: int) -> None:
    # log factor = a[class of the first margin] + b[class of the second], and all factors are positive
    margins = margins_near(weights, seed)
    factors = raking_factors(weights, margins)
    table = indicators(margins, len(weights))
    logs = np.log(factors)
    fitted = table @ np.linalg.lstsq(table, logs, rcond=None)[0]
    assert logs == pytest.approx(fitted, abs=1e-9)


@given(weights, seeds)
def test_linear_factors_are_the_nearest_by_least_squares(weights: Any, seed: int) -> None:
    # They minimise sum w (g - 1)^2 / 2 under the margins: the equations of Lagrange, solved.
    margins = margins_near(weights, seed)
    table = indicators(margins, len(weights))
    n, q = table.shape
    wanted = np.concatenate([totals for _, totals in margins.values()])
    left = np.block([[np.diag(weights), -weights[:, None] * table], [table.T * weights, np.zeros((q, q))]])
    solved = np.linalg.lstsq(left, np.concatenate([weights, wanted]), rcond=None)[0][:n]
    assert linear_factors(weights, margins) == pytest.approx(solved, abs=1e-8)


@given(weights, seeds)
def test_raking_stays_nearest_in_relative_entropy(weights: Any, seed: int) -> None:
    # Its dual: sum w exp(x'b) - x'b totals is least (Deville and Särndal 1992).
    margins = margins_near(weights, seed)
    table = indicators(margins, len(weights))
    wanted = np.concatenate([totals for _, totals in margins.values()])
    found = scipy.optimize.minimize(
        lambda b: (weights * np.exp(table @ b)).sum() - wanted @ b,
        np.zeros(table.shape[1]),
        jac=lambda b: table.T @ (weights * np.exp(table @ b)) - wanted,
        method="BFGS",
        options={"gtol": 1e-9 * wanted.max()},
    )
    assert raking_factors(weights, margins) == pytest.approx(np.exp(table @ found.x), rel=1e-5)


@given(ways, weights, seeds, st.sampled_from([1e-6, 0.5, 1e4]))
def test_neither_the_unit_of_weights_nor_the_order_of_rows_matters(
    way: str, weights: Any, seed: int, times: float
) -> None:
    margins = margins_near(weights, seed)
    expected = weights * FACTORS[way](weights, margins)
    scaled = times * weights * FACTORS[way](times * weights, margins)
    assert scaled == pytest.approx(expected, rel=1e-8)
    order = np.random.default_rng(seed).permutation(len(weights))
    shuffled = {name: (codes[order], totals) for name, (codes, totals) in margins.items()}
    assert weights[order] * FACTORS[way](weights[order], shuffled) == pytest.approx(expected[order], rel=1e-8)


@every_way
@pytest.mark.parametrize("times", [1e-100, 1e-12, 1e12, 1e100])
def test_weights_of_any_size_are_brought_to_the_totals(way: str, times: float) -> None:
    given_weights, margins = times * np.ones(3), {"plan": (np.array([0, 1, 0]), np.array([3.0, 4.0]))}
    assert given_weights * FACTORS[way](given_weights, margins) == pytest.approx(np.array([1.5, 4, 1.5]), rel=1e-12)


@every_way
def test_rows_without_weight_have_none_afterwards(way: str) -> None:
    margins = {
        "plan": (np.array([0, 0, 1, 1, 1]), np.array([3.0, 4.0])),
        "land": (np.array([0, 1, 0, 1, 1]), np.array([2.0, 5.0])),
    }
    before = np.array([1.0, 2.0, 1.0, 1.0, 0.0])
    found = FACTORS[way](before, margins)
    without = {name: (codes[:4], totals) for name, (codes, totals) in margins.items()}
    assert (before * found)[:4] == pytest.approx(before[:4] * FACTORS[way](before[:4], without), rel=1e-9)
    assert np.isfinite(found).all()


def test_without_margins_raking_changes_nothing() -> None:
    assert raking_factors(np.array([1.0, 2.0]), {}).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("way", "message"),
    [
        (
            "raking",
            r"^the margins must be met .* after 2000 rounds of raking 'plan' is still 0\.33 of a total off; perhaps a",
        ),
        ("linear", r"^the margins must be met by some weights together, but 'plan' cannot be$"),
    ],
)
def test_margins_that_contradict_each_other_are_refused(way: str, message: str) -> None:
    codes = np.array([0, 1])
    margins = {"plan": (codes, np.array([3.0, 4.0])), "copy": (codes, np.array([4.0, 3.0]))}
    with pytest.raises(InvalidInputError, match=message):
        FACTORS[way](np.ones(2), margins)


@every_way
def test_a_class_that_nobody_is_in_cannot_be_weighted_up(way: str) -> None:
    margins = {"plan": (np.array([0, 0]), np.array([3.0, 4.0])), "land": (np.array([0, 1]), np.array([5.0, 2.0]))}
    with np.errstate(divide="ignore"), pytest.raises(InvalidInputError, match=r"^the margins must be met by some"):
        FACTORS[way](np.ones(2), margins)


def test_linear_weights_below_zero_are_refused_where_raking_has_an_answer() -> None:
    margins = {
        "plan": (np.array([0, 0, 1, 1]), np.array([3.0, 4.0])),
        "land": (np.array([0, 1, 0, 1]), np.array([6.9, 0.1])),
    }
    with pytest.raises(InvalidInputError, match=r"^linear calibration must leave no weight below 0, as it does here;"):
        linear_factors(np.ones(4), margins)
    assert raking_factors(np.ones(4), margins) == pytest.approx(
        np.array([3 * 6.9, 3 * 0.1, 4 * 6.9, 4 * 0.1]) / 7, rel=1e-12
    )


def test_raking_that_converges_slowly_gets_there() -> None:
    # Nearly all of the first cell must go.
    margins = {
        "plan": (np.array([0, 0, 1, 1]), np.array([2.0, 5.0])),
        "land": (np.array([0, 1, 0, 1]), np.array([2.0, 5.0])),
    }
    before = np.array([1.0, 1.0, 1.0, 0.02])
    after = before * raking_factors(before, margins)
    for margin in margins.values():
        assert sums(after, margin) == pytest.approx(margin[1], rel=1e-9)
    assert after[0] * after[3] / (after[1] * after[2]) == pytest.approx(0.02, rel=1e-6)  # odds ratios stay


def test_indicators_say_which_class_each_row_is_in() -> None:
    margins = {"plan": (np.array([0, 1, 1]), np.ones(2)), "land": (np.array([2, 0, 1]), np.ones(3))}
    assert indicators(margins, 3).tolist() == [[1, 0, 0, 0, 1], [0, 1, 1, 0, 0], [0, 1, 0, 1, 0]]
    assert indicators({}, 3).shape == (3, 0)


@given(st.lists(st.lists(st.floats(0, 5), min_size=3, max_size=3), min_size=8, max_size=20), seeds)
def test_residuals_are_those_of_a_weighted_regression_person_by_person(cells: Any, seed: int) -> None:
    before = np.array(cells) + np.array([0.2, 0, 0])
    margins = margins_near(before.sum(axis=1), seed)
    table = indicators(margins, len(before))
    influence = np.random.default_rng(seed).normal(size=(2, len(before), 3))
    root = np.sqrt(before.ravel())
    people = np.repeat(table, 3, axis=0)
    expected = [
        each.ravel() - people @ np.linalg.lstsq(people * root[:, None], each.ravel() * root, rcond=1e-12)[0]
        for each in influence
    ]
    found = residuals(influence, table, before)
    assert found.reshape(2, -1) == pytest.approx(np.array(expected), rel=1e-7, abs=1e-9)


@given(st.lists(st.lists(st.floats(0, 5), min_size=3, max_size=3), min_size=8, max_size=20), seeds)
def test_residuals_are_uncorrelated_with_every_margin(cells: Any, seed: int) -> None:
    before = np.array(cells) + np.array([0.2, 0, 0])
    table = indicators(margins_near(before.sum(axis=1), seed), len(before))
    influence = np.random.default_rng(seed).normal(size=(2, len(before), 3))
    left = residuals(influence, table, before)
    assert (left * before).sum(axis=2) @ table == pytest.approx(np.zeros((2, table.shape[1])), abs=1e-9)
    assert residuals(left, table, before) == pytest.approx(left, abs=1e-9)


def test_what_margins_tell_does_not_vary_and_without_them_nothing_is_told() -> None:
    table = np.eye(3)[[0, 0, 1, 2]]
    known = np.repeat((table @ np.array([1.0, -2.0, 5.0]))[None, :, None], 3, axis=2)
    assert residuals(known, table, np.ones((4, 3))) == pytest.approx(np.zeros((1, 4, 3)), abs=1e-12)
    assert residuals(known, np.zeros((4, 0)), np.ones((4, 3))).tolist() == known.tolist()
