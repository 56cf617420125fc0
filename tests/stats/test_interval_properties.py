"""What holds for every method of an interval, and which methods it does not hold for.

- In bounds: all but Wald's, which is not cut off.
- Holds the score: the score interval and Wald's always. Adjusted Wald's and the Bayes interval shrink towards 0 and may
  leave an extreme score out; the bootstrap's is random.
- Nested in the level, blind to the order of the groups, NaN without an answer: all, with the same draws.
- Mirrored when promoters and detractors change places: all formulas; random draws are mirrored on average only.
"""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError
from nps_core.stats.intervals import CLOSED_FORMS, METHODS, Interval, estimate, interval, standard_error

FORMULAS: Any = tuple(CLOSED_FORMS)
count = st.integers(0, 40)
triples = st.tuples(count, count, count).filter(any)
levels = st.floats(0.01, 0.9999)
ROUNDING = 1e-12


def limits(triple: Any, level: float, method: Any) -> Interval:
    return interval(*triple, level, method=method, n_resamples=200, rng=1)


@pytest.mark.parametrize("method", [method for method in METHODS if method != "wald"])
@given(triples, levels)
def test_it_lies_on_the_scale(method: Any, triple: Any, level: float) -> None:
    low, high = limits(triple, level, method)
    assert -1 <= low <= high <= 1


@pytest.mark.parametrize("method", ["score", "wald"])
@given(triples | st.tuples(*[st.floats(0, 40)] * 3).filter(any), levels)
def test_it_holds_the_score_to_the_last_digit(method: Any, triple: Any, level: float) -> None:
    low, high = limits(triple, level, method)
    assert low <= estimate(*triple)[0] <= high


@pytest.mark.parametrize("method", ["adjusted-wald", "bayes"])
def test_what_shrinks_towards_zero_may_leave_an_extreme_score_out(method: Any) -> None:
    assert limits((30, 0, 0), 0.5, method)[1] < 1


@pytest.mark.parametrize("method", METHODS)
@given(triples, levels, levels)
def test_it_widens_with_the_level(method: Any, triple: Any, one: float, other: float) -> None:
    (low, high), (wider_low, wider_high) = (limits(triple, level, method) for level in sorted((one, other)))
    assert wider_low <= low + ROUNDING
    assert high <= wider_high + ROUNDING


@pytest.mark.parametrize("method", FORMULAS)
@given(triples, levels)
def test_it_mirrors_when_promoters_and_detractors_change_places(method: Any, triple: Any, level: float) -> None:
    (low, high), (mirrored_low, mirrored_high) = limits(triple, level, method), limits(triple[::-1], level, method)
    assert (mirrored_low, mirrored_high) == pytest.approx((-high, -low), rel=0, abs=ROUNDING)


@pytest.mark.parametrize("method", ["bootstrap", "bootstrap-percentile", "bayes"])
def test_random_draws_mirror_on_average(method: Any) -> None:
    low, high = interval(120, 50, 30, method=method, n_resamples=20_000, rng=1)
    mirrored = interval(30, 50, 120, method=method, n_resamples=20_000, rng=2)
    assert mirrored == pytest.approx((-high, -low), rel=0, abs=0.0051)  # the lattice of 200 answers is 0.005 apart


@pytest.mark.parametrize("method", FORMULAS)
@given(st.lists(triples, min_size=1, max_size=6), levels, st.randoms(use_true_random=False))
def test_each_group_has_its_own_interval_whatever_stands_beside_it(
    method: Any, groups: list[Any], level: float, random: Any
) -> None:
    shuffled = random.sample(groups, len(groups))
    together = zip(*limits(np.array(shuffled).T, level, method), strict=True)
    assert list(together) == [limits(group, level, method) for group in shuffled]


@pytest.mark.parametrize("method", FORMULAS)
@given(triples.filter(lambda triple: sum(count > 0 for count in triple) > 1), levels)
def test_twice_as_many_answers_of_the_same_kind_narrow_it(method: Any, triple: Any, level: float) -> None:
    low, high = limits(triple, level, method)
    narrow_low, narrow_high = limits([2 * count for count in triple], level, method)
    assert narrow_high - narrow_low < high - low


@pytest.mark.parametrize("method", METHODS)
def test_a_group_without_an_answer_has_no_interval_and_harms_no_other(method: Any) -> None:
    low, high = limits([[0, 5], [0, 3], [0, 2]], 0.95, method)
    assert np.isnan([low[0], high[0]]).all()
    assert (low[1], high[1]) == limits((5, 3, 2), 0.95, method)
    assert np.isnan(estimate(0, 0, 0)).all()
    assert np.isnan(standard_error(0, 0, 0))


@pytest.mark.parametrize("method", METHODS)
def test_no_groups_have_no_intervals(method: Any) -> None:
    low, high = limits(np.zeros((3, 0)), 0.95, method)
    assert low.shape == high.shape == (0,)


@pytest.mark.parametrize("method", METHODS)
def test_any_shape_comes_back_in_that_shape(method: Any) -> None:
    low, high = limits(np.arange(1, 25).reshape(3, 2, 2, 2), 0.95, method)
    assert low.shape == high.shape == (2, 2, 2)
    assert (low < high).all()


def test_a_method_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(InvalidInputError, match=r"^method must be one of 'score', 'wald', .*, got 'wilson'$"):
        interval(1, 1, 1, method="wilson")


@given(triples, st.integers(1, 100))
def test_more_passives_bring_the_score_nearer_to_zero(triple: Any, more: int) -> None:
    x, m, y = triple
    before, after = estimate(x, m, y)[0], estimate(x, m + more, y)[0]
    assert np.sign(before) == np.sign(after)
    assert abs(after) < abs(before) or x == y
