"""The kernel against loops that count one answer at a time."""

import math
from random import Random

import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting import kernel

Columns = list[np.ndarray]

SIZES = [(), (1,), (3,), (18,), (19,), (400,), (6_000,), (2, 3), (1, 1, 1), (40, 50), (90, 90)]
"""Tables of up to 256 places, of up to 65,536, and of more; of one key and of several."""


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, Columns, list[int]]:
    """Cells, the codes of up to three keys, and how many codes each has."""
    sizes = draw(st.lists(st.integers(0, 6), max_size=3))
    rows = draw(st.lists(st.tuples(st.integers(0, 12), *(st.integers(-1, size - 1) for size in sizes)), max_size=60))
    cells, *columns = np.array(rows, np.int8).reshape(-1, 1 + len(sizes)).T
    return cells.astype(np.uint8), columns, sizes


def drawn(n: int, sizes: tuple[int, ...], seed: int = 1) -> tuple[np.ndarray, Columns]:
    """Random cells and codes, in the types that columns keep them in."""
    rng = np.random.default_rng(seed)
    kinds = [np.int8 if size <= 127 else np.int16 for size in sizes]
    columns = [rng.integers(-1, size, n).astype(kind) for size, kind in zip(sizes, kinds, strict=True)]
    return rng.integers(0, 13, n).astype(np.uint8), columns


def group_of_row(columns: Columns, sizes: list[int] | tuple[int, ...], n: int) -> list[int]:
    """The number of each row's combination of codes, none coming last."""
    group = [0] * n
    for column, size in zip(columns, sizes, strict=True):
        group = [g * (size + 1) + (size if code < 0 else code) for g, code in zip(group, column.tolist(), strict=True)]
    return group


def n_groups(sizes: list[int] | tuple[int, ...]) -> int:
    return math.prod(size + 1 for size in sizes)


@pytest.fixture(params=[2, 1_000, None], ids=lambda rows: f"blocks of {rows}")
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tests in one block and in many."""
    if request.param is not None:
        for name in ("BLOCK", "WIDE_BLOCK", "_SHORT"):
            monkeypatch.setattr(kernel, name, request.param)


@pytest.mark.usefixtures("block")
class TestInBlocksOfAnySize:
    @pytest.mark.parametrize("n", [0, 1, 2, 3_001])
    def test_the_counts_of_one_group_are_those_of_a_loop(self, n: int) -> None:
        cells, _ = drawn(n, ())
        assert kernel.count(cells).tolist() == naive.count_groups(cells.tolist(), [0] * n, 1)[0]

    @pytest.mark.parametrize("n", [0, 1, 3_001])
    @pytest.mark.parametrize("sizes", SIZES, ids=str)
    def test_the_counts_of_every_group_are_those_of_a_loop(self, sizes: tuple[int, ...], n: int) -> None:
        cells, columns = drawn(n, sizes)
        counts = kernel.count_groups(cells, columns, sizes)
        groups = group_of_row(columns, sizes, n)
        assert counts.dtype == np.int64
        assert counts.tolist() == naive.count_groups(cells.tolist(), groups, n_groups(sizes))

    @pytest.mark.parametrize("sizes", [(), (4,), (6_000,), (2, 2)], ids=str)
    def test_the_sums_of_the_weights_are_those_of_a_loop(self, sizes: tuple[int, ...]) -> None:
        cells, columns = drawn(300, sizes)
        weights = np.random.default_rng(2).gamma(2.0, size=300)
        groups = group_of_row(columns, sizes, 300)
        used = sorted(set(groups))
        arguments = cells.tolist(), [used.index(group) for group in groups], len(used), weights.tolist()
        counts, (sums, squares) = kernel.weigh_groups(cells, columns, sizes, weights)
        assert np.array_equal(counts, kernel.count_groups(cells, columns, sizes))
        assert sums.shape == squares.shape == (n_groups(sizes), 11)
        assert sums[used] == pytest.approx(np.array(naive.weigh_groups(*arguments, power=1)), rel=1e-13)
        assert squares[used] == pytest.approx(np.array(naive.weigh_groups(*arguments, power=2)), rel=1e-13)
        assert np.count_nonzero(np.delete(sums, used, axis=0)) == 0


@pytest.mark.parametrize("n", [kernel.BLOCK, kernel.BLOCK + 1, 2 * kernel.BLOCK + 7])
def test_answers_that_are_looked_up_in_pairs_are_counted_one_by_one(n: int) -> None:
    cells, (codes,) = drawn(n, (5,))
    expected = np.zeros((6, 13), np.int64)
    np.add.at(expected, (codes.astype(np.intp), cells), 1)  # -1 is the last row
    assert np.array_equal(kernel.count_groups(cells, [codes], [5]), expected)


def test_wider_codes_than_needed_count_the_same() -> None:
    cells, (codes,) = drawn(1_000, (5,))
    for kind in (np.int16, np.int32, np.int64):
        wide = kernel.count_groups(cells, [codes.astype(kind)], [5])
        assert np.array_equal(wide, kernel.count_groups(cells, [codes], [5]))


def test_more_answers_than_32_bits_hold_are_counted_in_64(monkeypatch: pytest.MonkeyPatch) -> None:
    cells, columns = drawn(1_000, (6_000,))
    expected = kernel.count_groups(cells, columns, [6_000])
    monkeypatch.setattr(kernel, "_MOST_IN_FOUR_BYTES", 999)
    assert np.array_equal(kernel.count_groups(cells, columns, [6_000]), expected)


@given(tables())
def test_any_rows_are_counted_as_a_loop_counts_them(table: tuple[np.ndarray, Columns, list[int]]) -> None:
    cells, columns, sizes = table
    expected = naive.count_groups(cells.tolist(), group_of_row(columns, sizes, len(cells)), n_groups(sizes))
    assert kernel.count_groups(cells, columns, sizes).tolist() == expected


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(table: tuple[np.ndarray, Columns, list[int]], random: Random) -> None:
    cells, columns, sizes = table
    order = np.array(random.sample(range(len(cells)), len(cells)), np.intp)
    shuffled = kernel.count_groups(cells[order], [column[order] for column in columns], sizes)
    assert np.array_equal(kernel.count_groups(cells, columns, sizes), shuffled)


@given(tables(), st.integers(0, 60))
def test_the_counts_of_two_parts_add_up_to_those_of_the_whole(
    table: tuple[np.ndarray, Columns, list[int]], cut: int
) -> None:
    cells, columns, sizes = table
    parts = [
        kernel.count_groups(cells[rows], [column[rows] for column in columns], sizes)
        for rows in (slice(None, cut), slice(cut, None))
    ]
    assert np.array_equal(sum(parts), kernel.count_groups(cells, columns, sizes))


@given(tables())
def test_weights_of_one_sum_to_the_counts(table: tuple[np.ndarray, Columns, list[int]]) -> None:
    cells, columns, sizes = table
    counts, (sums, squares) = kernel.weigh_groups(cells, columns, sizes, np.ones(len(cells)))
    assert np.array_equal(sums, counts[:, : kernel.POINTS])
    assert np.array_equal(squares, counts[:, : kernel.POINTS])


def test_the_cells_are_the_scores_then_missing_then_invalid() -> None:
    assert [*range(kernel.POINTS), kernel.MISSING, kernel.INVALID] == [*range(kernel.CELLS)]
