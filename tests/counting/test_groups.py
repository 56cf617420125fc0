"""Grouping against a dictionary of tuples."""

import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.counting import groups
from nps_core.counting.groups import combine, count_by

SIZES = st.lists(st.integers(0, 4), min_size=1, max_size=3)


@st.composite
def codes(draw: st.DrawFn) -> tuple[list[list[int]], list[int], int]:
    sizes, n = draw(SIZES), draw(st.integers(0, 20))
    return [draw(st.lists(st.integers(-1, size - 1), min_size=n, max_size=n)) for size in sizes], sizes, n


def naive_combine(columns: list[list[int]], sizes: list[int], n: int) -> tuple[list[int], list[tuple[int, ...]]]:
    rows = [tuple(column[i] for column in columns) for i in range(n)]
    none_last = sorted(set(rows), key=lambda row: [s if c < 0 else c for c, s in zip(row, sizes, strict=True)])
    return [none_last.index(row) for row in rows], none_last


@pytest.mark.parametrize("dense", [groups._DENSE, -1], ids=["a table of all groups", "a sort of those that occur"])
def test_groups_are_the_combinations_that_occur_in_order_none_last(dense: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "_DENSE", dense)

    @given(codes())
    def check(drawn: tuple[list[list[int]], list[int], int]) -> None:
        columns, sizes, n = drawn
        group, table = combine([np.array(column, np.int32) for column in columns], sizes, n)
        expected_group, expected_table = naive_combine(columns, sizes, n)
        assert group.tolist() == expected_group
        assert [tuple(row) for row in table.tolist()] == expected_table
        assert table.shape == (len(expected_table), len(sizes))

    check()


def test_without_keys_all_rows_are_one_group() -> None:
    group, table = combine([], [], 3)
    assert group.tolist() == [0, 0, 0]
    assert table.shape == (1, 0)


def test_more_possible_groups_than_memory_are_no_problem() -> None:
    size = 2_000_000_000
    column = np.array([size - 1, 0, -1], np.int32)
    group, table = combine([column, column, column], [size] * 3, 3)
    assert group.tolist() == [1, 0, 2]
    assert table.tolist() == [[0] * 3, [size - 1] * 3, [-1] * 3]


@pytest.mark.parametrize("dense", [groups._DENSE_COUNTS, 0], ids=["a table of all groups", "those that occur"])
def test_counts_and_weights_are_those_of_the_groups_that_occur(dense: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "_DENSE_COUNTS", dense)

    @given(codes())
    def check(drawn: tuple[list[list[int]], list[int], int]) -> None:
        columns, sizes, n = drawn
        cells = [i % 13 for i in range(n)]
        weights = [1 + i / 8 for i in range(n)]
        found = count_by(
            np.array(cells, np.uint8), [np.array(column, np.int8) for column in columns], sizes, np.array(weights)
        )
        group, table = naive_combine(columns, sizes, n)
        assert [tuple(row) for row in found.codes.tolist()] == table
        assert found.counts.tolist() == naive.count_groups(cells, group, len(table))
        assert found.weights is not None
        for power, sums in zip((1, 2), found.weights.tolist(), strict=True):
            assert sums == naive.weigh_groups(cells, group, len(table), weights, power)

    check()


def test_without_weights_none_are_counted() -> None:
    found = count_by(np.array([9, 3], np.uint8), [], [])
    assert found.weights is None
    assert found.codes.shape == (1, 0)
    assert found.counts[0, [3, 9]].tolist() == [1, 1]
    assert count_by(np.array([], np.uint8), [], []).counts.shape == (0, 13)
