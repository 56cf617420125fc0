"""category_moves(): against counting person by person."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc

SCORES = st.lists(st.tuples(st.none() | st.integers(0, 10), st.none() | st.integers(0, 10)), min_size=1, max_size=30)
NAMES = ("detractor", "passive", "promoter")


def place(score: int) -> int:
    return (score >= 7) + (score >= 9)


def surveys(rows: Any) -> tuple[nc.Survey, nc.Survey]:
    people = [f"p{i}" for i in range(len(rows))]
    before, after = zip(*rows, strict=True)
    return nc.Survey.from_scores(before, respondents=people), nc.Survey.from_scores(
        after[::-1], respondents=people[::-1]
    )


@given(SCORES.filter(lambda rows: any(None not in row for row in rows)))
def test_every_move_is_counted(rows: Any) -> None:
    moves = nc.category_moves(*surveys(rows), confidence_level=0.9)
    counted = Counter((place(before), place(after)) for before, after in rows if None not in (before, after))
    assert moves.n == sum(counted.values())
    for i, before in enumerate(NAMES):
        for j, after in enumerate(NAMES):
            share = moves.share(before, after)
            assert share.count == counted[i, j]
            assert share.of == sum(counted[i, k] for k in range(3))
            assert share.value == (share.count / share.of if share.of else None)
            assert 0 <= share.low <= share.high <= 1
    assert moves.stayed.count == sum(counted[i, i] for i in range(3))
    assert moves.rose.count == sum(n for (i, j), n in counted.items() if j > i)
    assert moves.stayed.count + moves.rose.count + moves.fell.count == moves.n
    steps = sum(n * (j - i) for (i, j), n in counted.items())
    assert moves.change.value == pytest.approx(100 * steps / moves.n)


def test_what_people_see() -> None:
    moves = nc.category_moves(*surveys([(9, 10), (9, 3), (8, 9), (2, 2)] * 5))
    assert repr(moves) == "CategoryMoves(n=20, change=-25.0)"
    text = str(moves)
    assert "Of 20 who answered twice 50.0 % (29.9 to 70.1 %) stayed" in text
    assert "Rose: 25.0 %" in text
    assert "p0" not in text
    assert [*moves.to_dicts()[0]] == ["before", "after", "n", "share", "low", "high"]
    assert len(moves.to_dicts()) == 9
    assert "-" in str(nc.category_moves(*surveys([(9, 10)])))


def test_refusals() -> None:
    before, after = surveys([(9, 10)])
    with pytest.raises(nc.InvalidInputError, match="category must be one of"):
        nc.category_moves(before, after).share("neutral", "promoter")
    with pytest.raises(nc.InvalidInputError, match="respondents"):
        nc.category_moves(before, nc.Survey.from_scores([1]))
    with pytest.raises(nc.InvalidInputError, match="to be paired, got none"):
        nc.category_moves(before, nc.Survey.from_scores([1], respondents=["x"]))
    with pytest.raises(nc.IncompatibleError, match="scale"):
        nc.category_moves(before, nc.Survey.from_scores([1], respondents=["p0"], scale=nc.Scale.FIVE_POINT))
    weighted = nc.Survey.from_scores([1], respondents=["p0"], weights=[2])
    with pytest.raises(nc.IncompatibleError, match="without weights"):
        nc.category_moves(before, weighted)
