"""The kernel against loops that count one answer at a time."""

from random import Random

import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting import kernel

ROWS = st.integers(1, 7).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, 12), st.integers(0, n - 1)), max_size=60))
)


def split(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    cells, groups = zip(*rows, strict=True) if rows else ((), ())
    return np.array(cells, np.uint8), np.array(groups, np.int32)


@pytest.fixture(params=[1, 3, kernel._BLOCK], ids=lambda rows: f"blocks of {rows}")
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The same tests in one block and in many."""
    monkeypatch.setattr(kernel, "_BLOCK", request.param)
    return int(request.param)


@pytest.mark.usefixtures("block")
class TestInBlocksOfAnySize:
    def test_the_counts_of_one_group_are_those_of_a_loop(self) -> None:
        cells = np.random.default_rng(1).integers(0, 13, 1_000).astype(np.uint8)
        assert kernel.count(cells).tolist() == naive.count_groups(cells.tolist(), [0] * 1_000, 1)[0]

    @pytest.mark.parametrize("n_groups", [1, 3, 400])
    def test_the_counts_of_every_group_are_those_of_a_loop(self, n_groups: int) -> None:
        rng = np.random.default_rng(n_groups)
        cells, groups = rng.integers(0, 13, 9_000).astype(np.uint8), rng.integers(0, n_groups, 9_000)
        counts = kernel.count_groups(cells, groups, n_groups)
        assert counts.tolist() == naive.count_groups(cells.tolist(), groups.tolist(), n_groups)

    def test_the_sums_of_the_weights_are_those_of_a_loop(self) -> None:
        rng = np.random.default_rng(2)
        cells, groups = rng.integers(0, 13, 500).astype(np.uint8), rng.integers(0, 4, 500)
        weights = rng.gamma(2.0, size=500)
        arguments = cells.tolist(), groups.tolist(), 4, weights.tolist()
        sums, squares = kernel.weigh_groups(cells, groups, 4, weights)
        assert sums == pytest.approx(np.array(naive.weigh_groups(*arguments, power=1)), rel=1e-13)
        assert squares == pytest.approx(np.array(naive.weigh_groups(*arguments, power=2)), rel=1e-13)

    def test_no_answers_give_a_table_of_zeros(self) -> None:
        cells, groups = split([])
        assert kernel.count(cells).tolist() == [0] * 13
        assert kernel.count_groups(cells, groups, 2).tolist() == [[0] * 13] * 2
        assert kernel.weigh_groups(cells, groups, 2, np.zeros(0))[0].tolist() == [[0.0] * 11] * 2


@given(ROWS)
def test_any_rows_are_counted_as_a_loop_counts_them(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    n_groups, rows = drawn
    cells, groups = split(rows)
    expected = naive.count_groups(cells.tolist(), groups.tolist(), n_groups)
    assert kernel.count_groups(cells, groups, n_groups).tolist() == expected


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(drawn: tuple[int, list[tuple[int, int]]], random: Random) -> None:
    n_groups, rows = drawn
    shuffled = random.sample(rows, len(rows))
    assert np.array_equal(kernel.count_groups(*split(rows), n_groups), kernel.count_groups(*split(shuffled), n_groups))


@given(ROWS, st.integers(0, 60))
def test_the_counts_of_two_parts_add_up_to_those_of_the_whole(
    drawn: tuple[int, list[tuple[int, int]]], cut: int
) -> None:
    n_groups, rows = drawn
    parts = [kernel.count_groups(*split(part), n_groups) for part in (rows[:cut], rows[cut:])]
    assert np.array_equal(sum(parts), kernel.count_groups(*split(rows), n_groups))


@given(ROWS)
def test_weights_of_one_sum_to_the_counts(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    n_groups, rows = drawn
    cells, groups = split(rows)
    counts = kernel.count_groups(cells, groups, n_groups)[:, : kernel.POINTS]
    sums, squares = kernel.weigh_groups(cells, groups, n_groups, np.ones(len(rows)))
    assert np.array_equal(sums, counts)
    assert np.array_equal(squares, counts)


def test_the_cells_are_the_scores_then_missing_then_invalid() -> None:
    assert [*range(kernel.POINTS), kernel.MISSING, kernel.INVALID] == [*range(kernel.CELLS)]


def test_counts_beyond_32_bits_would_not_wrap() -> None:
    assert kernel.count(np.zeros(3, np.uint8)).dtype == np.int64
    assert kernel.count_groups(np.zeros(3, np.uint8), np.zeros(3, np.int32), 1).dtype == np.int64
