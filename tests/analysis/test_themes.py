"""theme_impacts(): against the arithmetic of its definition, and a jackknife."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc

rows = st.lists(st.tuples(st.integers(0, 10), st.booleans(), st.booleans(), st.booleans()), min_size=2, max_size=40)


def value(score: int) -> int:
    return 100 if score >= 9 else 0 if score >= 7 else -100


def mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def table_of(rows: Any, **options: Any) -> nc.ThemeTable:
    scores, *tags = zip(*rows, strict=True)
    return nc.theme_impacts(nc.Survey.from_scores(scores), dict(zip("abc", tags, strict=True)), **options)


@given(rows)
def test_scores_with_and_without_and_what_all_themes_add_up_to(rows: Any) -> None:
    table = table_of(rows, min_n=None)
    whole = mean([value(row[0]) for row in rows])
    for i, name in enumerate("abc", 1):
        theme = table[name]
        carried = mean([value(row[0]) for row in rows if row[i]])
        others = mean([value(row[0]) for row in rows if not row[i]])
        assert theme.score == (None if carried is None else pytest.approx(carried))
        assert theme.score_without == (None if others is None else pytest.approx(others, abs=1e-9))
        assert theme.impact == (None if others is None else pytest.approx(whole - others, abs=1e-9))
        assert theme.n == sum(row[i] for row in rows)
        split = sum(value(row[0]) / sum(row[1:]) for row in rows if row[i]) / len(rows)
        assert theme.contribution == pytest.approx(split, abs=1e-9)
    parts = [theme.contribution for theme in table.themes]
    assert sum(parts) + table.without_theme == pytest.approx(table.nps, abs=1e-10)
    impacts = [theme.impact for theme in table.themes if theme.impact is not None]
    assert impacts == sorted(impacts)


def made(n: int = 400, *, seed: int = 1) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    tag = rng.random(n) < 0.3
    return np.where(tag, rng.integers(0, 10, n), rng.integers(4, 11, n)), tag


def impact(scores: Any, tag: Any) -> float:
    values = 100.0 * ((scores >= 9).astype(int) - (scores < 7))
    return float(values.mean() - values[~tag].mean())


def test_the_standard_error_is_close_to_the_jackknifes() -> None:
    scores, tag = made()
    left_out = [impact(np.delete(scores, i), np.delete(tag, i)) for i in range(len(scores))]
    jackknife = np.sqrt((len(scores) - 1) * np.var(left_out))
    around = nc.theme_impacts(nc.Survey.from_scores(scores), {"t": tag})["t"].interval
    assert around is not None
    assert (around.high - around.low) / (2 * 1.959964) == pytest.approx(jackknife, rel=0.01)


def test_the_standard_error_is_the_formulas() -> None:
    scores, tag = made(50)
    s = (scores >= 9).astype(float) - (scores < 7)
    d, d_without, reach = s.mean(), s[~tag].mean(), tag.mean()
    psi = (s - d) - (1 - tag) * (s - d_without) / (1 - reach)
    error = 100 * np.sqrt(np.mean(psi**2) / len(s))
    around = nc.theme_impacts(nc.Survey.from_scores(scores), {"t": tag}, confidence_level=0.9)["t"].interval
    assert around is not None
    assert around.high - around.low == pytest.approx(2 * 1.6448536 * error, rel=1e-6)


def test_a_theme_without_impact_is_seldom_found() -> None:
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(300):
        survey = nc.Survey.from_scores(rng.integers(4, 11, 200))
        pvalue = nc.theme_impacts(survey, {"t": rng.random(200) < 0.2})["t"].pvalue
        found += pvalue is not None and pvalue < 0.05
    assert 3 <= found <= 28


def test_weights_are_as_good_as_repetition_for_the_impact() -> None:
    scores, tag = made(60)
    times = np.random.default_rng(3).integers(1, 4, 60)
    weighted = nc.theme_impacts(nc.Survey.from_scores(scores, weights=times), {"t": tag})["t"]
    repeated = nc.theme_impacts(nc.Survey.from_scores(np.repeat(scores, times)), {"t": np.repeat(tag, times)})["t"]
    assert weighted.impact == pytest.approx(repeated.impact)
    assert weighted.contribution == pytest.approx(repeated.contribution)


def test_themes_of_all_or_of_none() -> None:
    survey = nc.Survey.from_scores([10, 9, 3, None])
    table = nc.theme_impacts(survey, {"all": [1, 1, 1, 0], "none": [0, 0, 0, 1]}, min_n=None)
    assert (table["all"].impact, table["all"].interval, table["all"].score_without) == (None, None, None)
    assert (table["none"].impact, table["none"].score, table["none"].pvalue) == (0, None, None)
    assert table.n == 3


def test_small_themes_are_not_shown_nor_what_would_tell_them() -> None:
    scores = [10] * 10 + [2] * 3 + [7] * 10
    tags = {"small": [False] * 10 + [True] * 3 + [False] * 10, "large": [True] * 10 + [False] * 13}
    table = nc.theme_impacts(nc.Survey.from_scores(scores), tags)
    assert table["small"] == nc.Theme(name="small", n=None, reach=None)
    assert (table["large"].contribution, table.without_theme) == (None, None)
    assert "too few" in str(table)
    assert "fewer than 5" in str(table)
    shown = nc.theme_impacts(nc.Survey.from_scores(scores), tags, min_n=None)
    assert shown["small"].n == 3
    assert "Contributions add" in str(shown)


def test_many_themes_are_adjusted_for() -> None:
    scores, tag = made(80)
    rng = np.random.default_rng(1)
    tags = {"t": tag, **{f"noise{i}": rng.random(80) < 0.5 for i in range(4)}}
    table = nc.theme_impacts(nc.Survey.from_scores(scores), tags)
    smallest = min(table.themes, key=lambda theme: theme.pvalue)
    assert smallest.adjusted_pvalue == pytest.approx(min(1, 5 * smallest.pvalue))
    other = nc.theme_impacts(nc.Survey.from_scores(scores), tags, correction="benjamini-hochberg")
    assert other["t"].adjusted_pvalue <= table["t"].adjusted_pvalue


@pytest.mark.parametrize(
    ("themes", "message"),
    [
        ({"t": [True, None]}, r"theme 't' must hold True or False, got None \(index 1\)"),
        ({"t": [2, 0]}, "got 2"),
        ({"t": ["yes", "no"]}, "got 'yes'"),
        ({"t": [True]}, r"theme 't' must be as long as the scores \(2\), got 1"),
        ({}, "themes must be a mapping"),
    ],
)
def test_tags_that_cannot_be_used(themes: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=message):
        nc.theme_impacts(nc.Survey.from_scores([1, 2]), themes)


def test_other_refusals() -> None:
    with pytest.raises(nc.NoAnswersError, match="need an answer that has a score"):
        nc.theme_impacts(nc.Survey.from_scores([None]), {"t": [True]})
    with pytest.raises(nc.UnknownNameError, match="theme must be one of 't'"):
        nc.theme_impacts(nc.Survey.from_scores([1, 2]), {"t": [True, False]})["u"]


def test_what_people_see() -> None:
    scores, tag = made()
    table = nc.theme_impacts(nc.Survey.from_scores(scores), {"price": tag})
    assert repr(table).startswith("ThemeTable(1 themes, nps=")
    assert len(table) == 1
    assert table.to_dicts()[0]["theme"] == "price"
    assert table.to_dicts()[0]["low"] < table.to_dicts()[0]["impact"] < table.to_dicts()[0]["high"]


def test_answers_of_one_category_do_not_tell_how_sure_an_impact_is() -> None:
    theme = nc.theme_impacts(nc.Survey.from_scores([10] * 20), {"t": [True, False] * 10})["t"]
    assert (theme.impact, theme.interval, theme.pvalue) == (0, None, None)


def test_themes_that_exclude_each_other_are_not_told_by_subtraction() -> None:
    tags = {
        name: [low <= i < high for i in range(42)] for name, low, high in (("a", 0, 20), ("b", 20, 40), ("c", 40, 42))
    }
    table = nc.theme_impacts(nc.Survey.from_scores([10] * 20 + [5] * 20 + [0] * 2), tags)
    assert [name for name in "abc" if table[name].n is None] == ["a", "c"]
    few_untagged = {name: tags[name] for name in "ab"}
    table = nc.theme_impacts(nc.Survey.from_scores([10] * 20 + [5] * 20 + [0] * 2), few_untagged)
    assert [name for name in "ab" if table[name].n is None] == ["a"]
    assert table.without_theme is table["b"].contribution is None


def test_answers_of_no_weight_carry_no_theme() -> None:
    survey = nc.Survey.from_scores([10] * 5 + [0] + [10] * 4, weights=[1] * 6 + [0] * 4)
    theme = nc.theme_impacts(survey, {"a": [False] * 5 + [True] * 5}, min_n=None)["a"]
    assert (theme.n, theme.score) == (1, -100)
