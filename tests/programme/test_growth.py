"""Earned growth, and growth across units: against SciPy."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import nps_core as nc
from nps_core.programme import earned_growth, growth_association

NAMES = "abcdefgh"


def test_earned_growth_by_hand() -> None:
    found = earned_growth(last_year=200, returning=190, earned_new=24, bought_new=36)
    assert found.net_revenue_retention == 0.95
    assert found.earned_new_customers == 0.12
    assert found.rate == pytest.approx(0.07)
    assert found.growth == pytest.approx(0.25)
    assert found.earned_share == 0.4
    assert str(found).startswith("Earned growth 7.0 %: last year's customers bring 95.0 %")
    assert earned_growth(last_year=1, returning=1, earned_new=0).earned_share is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"last_year": 0}, "last_year must be a number from 0.01 to"),
        ({"returning": -1}, "returning must be a number from 0 to"),
        ({"earned_new": "x"}, "earned_new must hold numbers up to 1e100, got 'x'"),
        ({"bought_new": None}, "bought_new must be a number from 0 to .* got None"),
    ],
)
def test_earned_growth_refuses(options: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=message):
        earned_growth(**{"last_year": 1, "returning": 1, "earned_new": 1, **options})


def tally_of(promoters: Any) -> nc.Tally:
    cells = [(name, 10, n) for name, n in zip(NAMES, promoters, strict=True)] + [(name, 2, 20) for name in NAMES]
    return nc.Tally.from_cells(cells, by="shop")


@given(
    st.lists(st.integers(0, 60), min_size=8, max_size=8).filter(lambda values: len(set(values)) > 1),
    st.lists(st.integers(-20, 20), min_size=8, max_size=8).filter(lambda values: len(set(values)) > 1),
)
def test_correlations_are_scipys(promoters: Any, growth: Any) -> None:
    found = growth_association(tally_of(promoters), "shop", dict(zip(NAMES, growth, strict=True)))
    scores = [100 * (n - 20) / (n + 20) for n in promoters]
    pearson = stats.pearsonr(scores, growth)
    assert found.correlation.value == pytest.approx(pearson.statistic, abs=1e-9)
    if abs(pearson.statistic) < 0.999:
        low, high = pearson.confidence_interval()
        assert (found.correlation.low, found.correlation.high) == (pytest.approx(low), pytest.approx(high))
    assert found.rank_correlation.value == pytest.approx(stats.spearmanr(scores, growth).statistic, abs=1e-9)
    assert found.units == 8
    assert 0 <= found.reliability <= 1


def test_the_interval_of_ranks_covers_what_is_true() -> None:
    rng, held = np.random.default_rng(2), 0
    true = 6 / np.pi * np.arcsin(0.5 / 2)  # of two normals that correlate by .5
    for _ in range(300):
        x, y = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 40).T
        names = [str(i) for i in range(40)]
        promoters = np.round(1e5 * (1 + np.tanh(x / 3))).astype(int)
        cells = [(name, 10, int(n)) for name, n in zip(names, promoters, strict=True)]
        cells += [(name, 2, int(2e5 - n)) for name, n in zip(names, promoters, strict=True)]
        found = growth_association(nc.Tally.from_cells(cells, by="u"), "u", dict(zip(names, y, strict=True)))
        low, high = found.rank_correlation.low, found.rank_correlation.high
        held += low is not None and high is not None and low <= true <= high
    assert 272 <= held <= 298


def test_what_can_be_said() -> None:
    growth = dict(zip(NAMES, range(8), strict=True))
    together = growth_association(tally_of([5, 9, 12, 20, 24, 33, 40, 61]), "shop", growth)
    assert "go together, which does not tell what causes what" in str(together)
    apart = growth_association(tally_of([9, 5, 12, 33, 24, 20, 5, 9]), "shop", {**growth, "x": 3, None: 2})
    assert "the units do not tell" in str(apart)
    assert apart.left_out == 2
    exact = growth_association(tally_of([20] * 4 + [60] * 4), "shop", dict(zip(NAMES, [0] * 4 + [1] * 4, strict=True)))
    assert exact.correlation.value == pytest.approx(1)
    assert exact.correlation.low is exact.rank_correlation.high is None
    assert "interval unknown" in str(exact)


def test_refusals() -> None:
    tally = tally_of(range(8))
    with pytest.raises(nc.NoAnswersError, match="at least 4 units with a score and a growth, got 3"):
        growth_association(tally, "shop", {"a": 1, "b": 2, "c": 3, "d": float("nan")})
    with pytest.raises(nc.InvalidInputError, match="growth must be a mapping"):
        growth_association(tally, "shop", [1, 2])  # type: ignore[arg-type]
    with pytest.raises(nc.InvalidInputError, match="the growth of the units must differ, got 1 everywhere"):
        growth_association(tally, "shop", dict.fromkeys(NAMES, 1))
    with pytest.raises(nc.InvalidInputError, match="the scores of the units must differ"):
        growth_association(tally_of([5] * 8), "shop", dict(zip(NAMES, range(8), strict=True)))
    with pytest.raises(nc.InvalidInputError, match="by must be the name of one segment"):
        growth_association(tally, ["shop"], {})  # type: ignore[arg-type]
    with pytest.raises(nc.InvalidInputError, match="every unit must have one growth"):
        growth_association(tally, "shop", {5: 1, "5": 2})


def test_units_without_a_growth_are_left_out_and_counted() -> None:
    growth = {**dict(zip(NAMES[:6], [1.0, 2, 3, 5, 4, 6], strict=True)), "g": float("nan"), "z": float("nan")}
    found = growth_association(tally_of(range(8)), "shop", growth)
    assert (found.units, found.left_out) == (6, 2)


def test_the_unit_of_growth_does_not_matter() -> None:
    growth = dict(zip(NAMES, [3, 1, 4, 1, 5, 9, 2, 6], strict=True))
    found = growth_association(tally_of(range(8)), "shop", growth).correlation.value
    tiny = growth_association(tally_of(range(8)), "shop", {name: 1e-90 * value for name, value in growth.items()})
    assert tiny.correlation.value == pytest.approx(found)


def test_any_kind_of_number_is_money() -> None:
    small = np.uint8
    found = earned_growth(last_year=small(100), returning=small(200), earned_new=small(100))
    assert found.rate == 2
    assert earned_growth(last_year=Decimal(100), returning=95, earned_new=Decimal(12)).growth == pytest.approx(0.07)  # type: ignore[arg-type]
