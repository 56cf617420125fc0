"""Student's t, chi-squared and F: against scipy.stats, and what few degrees of freedom do to a reach."""

from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats.student import chi2_pvalue, f_pvalue, stretched, t_pvalue

reaches = st.floats(0.01, 8)
freedoms = st.floats(1, 1e6)
sizes = st.floats(2, 1e6)


@given(reaches, freedoms, sizes)
def test_a_reach_is_lengthened_by_the_ratio_of_two_quantiles_of_student(z: float, df: float, n: float) -> None:
    tail = scipy.stats.norm.sf(z)
    factor = scipy.stats.t.isf(tail, df) / scipy.stats.t.isf(tail, n - 1)
    assert stretched(z, (df, n)) == pytest.approx(z * max(factor, 1), rel=1e-9)


@given(reaches, freedoms)
def test_from_the_normal_it_is_lengthened_to_students_quantile(z: float, df: float) -> None:
    expected = max(scipy.stats.t.isf(scipy.stats.norm.sf(z), df), z)
    assert stretched(z, (df, np.inf)) == pytest.approx(expected, rel=1e-9)


@given(st.lists(st.floats(0, 40), max_size=5))
def test_without_freedoms_or_with_infinite_ones_it_stays_as_it_is(z: list[float]) -> None:
    assert stretched(z, None).tolist() == z
    assert stretched(z, (np.inf, np.inf)).tolist() == z


@given(reaches, freedoms, st.floats(1, 50))
def test_it_gets_no_shorter_where_the_design_leaves_more_than_the_formula_counts_on(
    z: float, df: float, more: float
) -> None:
    assert stretched(z, (df * more + 1e-3, df + 1)) == z


@given(reaches, sizes, freedoms, st.floats(1, 50))
def test_fewer_degrees_of_freedom_reach_farther(z: float, n: float, df: float, more: float) -> None:
    assert stretched(z, (df * more, n)) <= stretched(z, (df, n)) * (1 + 1e-12)


@given(st.floats(0, 8), st.floats(0, 8), freedoms, sizes)
def test_a_longer_reach_stays_longer(one: float, other: float, df: float, n: float) -> None:
    short, long = stretched(sorted((one, other)), (df, n))
    assert short <= long * (1 + 1e-9)


@pytest.mark.parametrize("df", [0, -1, -np.inf, np.nan])
def test_without_a_degree_of_freedom_everything_is_possible(df: float) -> None:
    assert stretched(1.96, (df, 100)) >= 1e8
    assert stretched(0, (df, 100)) == 0


@pytest.mark.parametrize("n", [1, 0.5, 0, np.nan])
def test_a_single_answer_counts_as_the_normal(n: float) -> None:
    assert stretched(1.96, (5, n)) == stretched(1.96, (5, np.inf))


def test_freedoms_of_any_shape_go_with_a_reach() -> None:
    df, n = np.array([[1.0], [3.0], [np.inf]]), np.array([10.0, np.inf])
    together = stretched(1.96, (df, n))
    assert together.shape == (3, 2)
    assert together.tolist() == [[float(stretched(1.96, (d, k))) for k in n] for d in df[:, 0]]


@pytest.mark.parametrize("df", [1, 2, 3, 5, 10, 30, 1000])
def test_the_farthest_reach_grows_with_the_level_too(df: float) -> None:
    reach = stretched(np.arange(1, 41), (df, np.inf))
    assert (reach >= np.arange(1, 41)).all()
    assert (np.diff(reach) >= 0).all()


@given(st.floats(-60, 60), st.floats(0.5, 1e4))
def test_the_pvalue_of_t_is_that_of_scipy(t: float, df: float) -> None:
    expected = 2 * scipy.stats.t.sf(abs(t), df)
    assert t_pvalue(t, df) == pytest.approx(expected, rel=1e-9, abs=1e-300)
    assert t_pvalue(-t, df) == t_pvalue(t, df)


@given(st.floats(0, 500), st.integers(1, 100), st.integers(1, 1000))
def test_the_pvalues_of_chi_squared_and_f_are_those_of_scipy(statistic: float, df: int, df_error: int) -> None:
    expected: Any = scipy.stats.chi2.sf(statistic, df)
    assert chi2_pvalue(statistic, df) == pytest.approx(expected, rel=1e-9, abs=1e-300)
    expected = scipy.stats.f.sf(statistic, df, df_error)
    assert f_pvalue(statistic, df, df_error) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@given(st.floats(0, 60), st.floats(1, 1e4))
def test_f_with_one_degree_of_freedom_is_the_square_of_t(t: float, df: float) -> None:
    assert f_pvalue(t * t, 1, df) == pytest.approx(t_pvalue(t, df), rel=1e-7, abs=1e-300)
