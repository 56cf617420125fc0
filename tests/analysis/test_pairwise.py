"""compare_all() and equality(): against comparing two segments alone, and against likelihoods maximised by search."""

import itertools
import math
import sys
from typing import Any

import attrs
import numpy as np
import pytest
import scipy.optimize
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.analysis import pairwise
from nps_core.stats.multiplicity import benjamini_hochberg, holm

BY = "shop"
count = st.integers(0, 60)
triples = st.tuples(count, count, count).filter(any)
groups = st.lists(triples, min_size=2, max_size=6)
methods = st.sampled_from(["score", "wald", "adjusted-wald"])
labels = st.none() | st.sampled_from(["a", "b", "c", "", "d"])
answers = st.lists(
    st.tuples(st.integers(0, 10), labels, st.sampled_from(["x", "y"]), st.floats(0.01, 100)), min_size=2, max_size=15
).filter(lambda rows: len({row[1] for row in rows}) > 1)


def tally_of(*groups: Any, names: Any = "abcdefgh") -> nc.Tally:
    """Promoters, passives, detractors of each shop."""
    cells = [
        (name, score, n)
        for name, group in zip(names, groups, strict=False)
        for score, n in zip((10, 8, 3), group, strict=True)
    ]
    return nc.Tally.from_cells(cells, by=BY)


def survey_of(rows: Any, *, weighted: bool = False) -> nc.Survey:
    scores, shops, kinds, weights = zip(*rows, strict=True)
    return nc.Survey.from_scores(
        scores, segments={BY: shops, "kind": kinds}, weights=list(weights) if weighted else None
    )


def unnamed(difference: nc.Difference) -> nc.Difference:
    return attrs.evolve(difference, names=("", ""))


@given(answers, st.sampled_from([BY, (BY, "kind"), ["kind", BY]]), methods, st.floats(0.5, 0.99))
def test_every_pair_is_what_comparing_the_two_alone_gives(rows: Any, by: Any, method: Any, level: float) -> None:
    survey = survey_of(rows)
    names = (by,) if isinstance(by, str) else tuple(by)
    of_row = [tuple(response.segments.get(name) for name in names) for response in survey]
    table = nc.compare_all(survey, by, method=method, confidence_level=level)
    assert table.labels == survey.tally(by).groups
    assert (table.by, table.method, table.confidence_level) == (names, method, level)
    assert len(table) == len(table.pairs) == math.comb(len(table.labels), 2)
    assert [(p.first, p.second) for p in table.pairs] == [*itertools.combinations(table.labels, 2)]
    for pair in table.pairs:
        first, second = (
            survey.where(np.array([found == labels for found in of_row])) for labels in (pair.first, pair.second)
        )
        alone = nc.compare(second, first, method=method, confidence_level=level)
        assert unnamed(pair.difference) == unnamed(alone)


@given(answers, st.sampled_from(["score", "adjusted-wald"]), st.floats(0.5, 0.99))
def test_with_weights_only_the_standard_errors_know_of_the_others(rows: Any, method: Any, level: float) -> None:
    survey = survey_of(rows, weighted=True)
    options: Any = {"method": method, "confidence_level": level}
    for pair in nc.compare_all(survey, BY, **options).pairs:
        sides = [survey.where(segments={BY: [label]}) for label in (*pair.second, *pair.first)]
        alone, found = nc.compare(*sides, **options), pair.difference
        assert found.value == pytest.approx(alone.value, rel=1e-12, abs=1e-12)
        assert found.pvalue == pytest.approx(alone.pvalue, rel=1e-8, abs=1e-9)
        for side in ("low", "high"):
            mine, theirs = (getattr(d.confidence_interval, side) for d in (found, alone))
            assert mine == pytest.approx(theirs, rel=0, abs=1e-6)
        # n / (n - 1) is that of all answers, of which a segment is a domain
        everybody = len(rows) / (len(rows) - 1)
        errors = [alone.reference.standard_error, alone.score.standard_error]
        own = [side.n / (side.n - 1) if side.n > 1 else 1.0 for side in sides]
        variance = sum(error**2 / factor * everybody for error, factor in zip(errors, own, strict=True))
        assert found.standard_error == pytest.approx(math.sqrt(variance), rel=1e-9, abs=1e-9)


def test_within_clusters_the_segments_vary_together() -> None:
    # The variance of the difference of two domains, cluster by cluster: m / (m - 1) sum (U_c - mean)^2.
    rng = np.random.default_rng(5)
    rows = [(int(rng.choice([10, 8, 3])), f"c{c}", "ab"[int(rng.integers(2))]) for c in range(8) for _ in range(6)]
    scores, clusters, shops = zip(*rows, strict=True)
    survey = nc.Survey.from_scores(scores, segments={"cluster": clusters, BY: shops})
    coded = np.array([(s >= 9) - (s <= 6) for s in scores], float)
    influence = np.zeros(len(rows))
    for sign, shop in ((1, "a"), (-1, "b")):
        own = np.array([s == shop for s in shops])
        influence += sign * own * (coded - coded[own].mean()) / own.sum()
    sums = [influence[np.array(clusters) == c].sum() for c in sorted(set(clusters))]
    error = 100 * math.sqrt(8 * np.var(sums, ddof=1))
    (pair,) = nc.compare_all(survey, BY, design=nc.Design(clusters="cluster")).pairs
    (plain,) = nc.compare_all(survey, BY).pairs
    assert pair.difference.value == pytest.approx(plain.difference.value, rel=1e-12)
    assert pair.difference.standard_error == pytest.approx(error, rel=1e-9)


@pytest.mark.parametrize(("correction", "adjust"), [("holm", holm), ("benjamini-hochberg", benjamini_hochberg)])
@given(groups)
def test_pvalues_are_adjusted_for_all_pairs(correction: Any, adjust: Any, groups: Any) -> None:
    table = nc.compare_all(tally_of(*groups), BY, correction=correction)
    expected = adjust([pair.difference.pvalue for pair in table.pairs])
    assert [pair.adjusted_pvalue for pair in table.pairs] == expected.tolist()
    assert table.correction == correction


@pytest.mark.parametrize("correction", ["holm", "benjamini-hochberg"])
@given(groups)
def test_an_adjusted_pvalue_is_that_of_the_textbook(correction: Any, groups: Any) -> None:
    pairs = nc.compare_all(tally_of(*groups), BY, correction=correction).pairs
    ordered = sorted((pair.difference.pvalue, pair.adjusted_pvalue) for pair in pairs)
    m = len(ordered)
    for rank, (_, adjusted) in enumerate(ordered):
        if correction == "holm":
            expected = max((m - i) * p for i, (p, _) in enumerate(ordered[: rank + 1]))
        else:
            expected = min(m / (i + 1) * p for i, (p, _) in enumerate(ordered) if i >= rank)
        assert adjusted == pytest.approx(min(expected, 1), rel=1e-12)


@given(groups, methods, st.sampled_from([1, 2, 3, 7]))
def test_pairs_computed_in_blocks_are_the_same(groups: Any, method: Any, block: int) -> None:
    tally = tally_of(*groups)
    whole = nc.compare_all(tally, BY, method=method)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairwise, "_BLOCK", block)
        assert nc.compare_all(tally, BY, method=method) == whole


@given(groups, st.randoms(use_true_random=False))
def test_other_names_change_the_order_and_the_signs_and_no_number(groups: Any, random: Any) -> None:
    order = random.sample(range(len(groups)), len(groups))
    plain = nc.compare_all(tally_of(*groups), BY)
    renamed = nc.compare_all(tally_of(*(groups[i] for i in order)), BY)
    before = {(p.first, p.second): p for p in plain.pairs}
    for pair in renamed.pairs:
        names = tuple(("abcdefgh"[order["abcdefgh".index(label[0] or "")]],) for label in (pair.first, pair.second))
        same = before[min(names), max(names)]
        sign = 1 if names[0] < names[1] else -1
        assert pair.difference.value == sign * same.difference.value
        assert pair.difference.pvalue == same.difference.pvalue
        assert pair.adjusted_pvalue == same.adjusted_pvalue


@given(groups, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(groups: Any, random: Any) -> None:
    named = list(zip("abcdefgh", groups, strict=False))
    shuffled = random.sample(named, len(named))
    mixed = tally_of(*(group for _, group in shuffled), names=[name for name, _ in shuffled])
    assert nc.compare_all(mixed, BY) == nc.compare_all(tally_of(*groups), BY)
    assert nc.equality(mixed, BY) == nc.equality(tally_of(*groups), BY)


@given(groups)
def test_segments_without_a_score_are_in_no_pair(groups: Any) -> None:
    tally = tally_of(*groups)
    silent = nc.Tally.from_cells([("0", None, 4), ("x", None, 2), (None, None, 1)], by=BY)
    assert nc.compare_all(tally + silent, BY).pairs == nc.compare_all(tally, BY).pairs
    assert nc.equality(tally + silent, BY) == nc.equality(tally, BY)


def test_a_segment_whose_weights_are_all_zero_is_in_no_pair() -> None:
    rows = [(10, "a", "x", 1.0), (3, "a", "x", 2.0), (9, "b", "x", 3.0), (0, "b", "y", 1.0), (0, "c", "y", 0.0)]
    table = nc.compare_all(survey_of(rows, weighted=True), BY)
    assert table.labels == (("a",), ("b",))
    assert nc.equality(survey_of(rows, weighted=True), BY).segments == 2


def test_the_sides_of_a_pair_are_called_by_their_labels() -> None:
    tally = nc.Tally.from_cells([("a", "x", 10, 3), ("a", None, 2, 4), ("", "x", 8, 2)], by=(BY, "kind"))
    pairs = nc.compare_all(tally, [BY, "kind"]).pairs
    assert [pair.difference.names for pair in pairs] == [
        ("a / x", '"" / x'),
        ("a / (no label)", '"" / x'),
        ("a / (no label)", "a / x"),
    ]
    assert str(pairs[2].difference).split("\n")[4].startswith("a / (no label)")


@given(groups)
def test_the_records_are_the_pairs(groups: Any) -> None:
    table = nc.compare_all(tally_of(*groups), BY)
    for pair, record in zip(table.pairs, table.to_dicts(), strict=True):
        difference = pair.difference
        assert record == {
            "first_shop": pair.first[0],
            "second_shop": pair.second[0],
            "first_nps": difference.score.value,
            "second_nps": difference.reference.value,
            "difference": difference.value,
            "low": difference.confidence_interval.low,
            "high": difference.confidence_interval.high,
            "standard_error": difference.standard_error,
            "pvalue": difference.pvalue,
            "adjusted_pvalue": pair.adjusted_pvalue,
        }


def test_a_table_is_not_iterable_and_shows_its_size() -> None:
    table: Any = nc.compare_all(tally_of((3, 2, 1), (1, 2, 3), (4, 0, 0)), BY)
    with pytest.raises(TypeError, match="not iterable"):
        iter(table)
    assert repr(table) == "PairTable(by=['shop'], segments=3, pairs=3)"


# --------------------------------------------------------------------------------------------------- are they equal?


def restricted(x: float, m: float, y: float, delta: float) -> tuple[float, float]:
    """The largest log-likelihood of one group with the score delta, by search, and the variance of an answer there."""

    def unlikely(q: float) -> float:
        pairs = ((x, q + delta), (m, 1 - delta - 2 * q), (y, q))
        return -math.fsum(n * math.log(max(share, 1e-300)) for n, share in pairs if n)

    bounds = (max(0.0, -delta), (1 - delta) / 2)
    found = scipy.optimize.minimize_scalar(unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-11})
    best = min([float(found.x), *bounds], key=unlikely)
    return -unlikely(best), 2 * best + delta - delta**2


def q_by_search(groups: Any) -> float:
    """The score test at the common score of the largest likelihood."""
    found = scipy.optimize.minimize_scalar(
        lambda delta: -math.fsum(restricted(*group, delta)[0] for group in groups),
        bounds=(-0.999, 0.999),
        method="bounded",
        options={"xatol": 1e-9},
    )
    common = float(found.x)
    return math.fsum(
        sum(group) * ((group[0] - group[2]) / sum(group) - common) ** 2 / restricted(*group, common)[1]
        for group in groups
    )


@given(st.lists(st.tuples(*[st.integers(1, 40)] * 3), min_size=2, max_size=4))
def test_equality_is_the_score_test_at_the_likeliest_common_score(groups: Any) -> None:
    test = nc.equality(tally_of(*groups), BY)
    assert test.statistic == pytest.approx(q_by_search(groups), rel=1e-4, abs=1e-6)
    assert test.pvalue == pytest.approx(scipy.stats.chi2.sf(test.statistic, len(groups) - 1), rel=1e-12)
    assert (test.degrees_of_freedom, test.segments) == (len(groups) - 1, len(groups))
    assert test.error_degrees_of_freedom is None


@given(groups)
def test_equality_is_a_probability_whatever_the_counts(groups: Any) -> None:
    test = nc.equality(tally_of(*groups), BY)
    assert 0 <= test.statistic < math.inf
    assert 0 <= test.pvalue <= 1
    assert test.pvalue == pytest.approx(scipy.stats.chi2.sf(test.statistic, len(groups) - 1), rel=1e-9, abs=1e-300)


@given(triples, st.integers(2, 6))
def test_segments_of_the_same_counts_are_equal(triple: Any, k: int) -> None:
    test = nc.equality(tally_of(*[triple] * k), BY)
    assert test.statistic == pytest.approx(0, abs=1e-9)
    assert test.pvalue == pytest.approx(1)


@pytest.mark.parametrize("group", [(5, 0, 0), (0, 5, 0), (0, 0, 5)])
def test_segments_that_all_agree_are_equal(group: Any) -> None:
    test = nc.equality(tally_of(group, (1, 0, 0) if group[0] else (0, *group[1:]), names="ab"), BY)
    assert (test.statistic, test.pvalue) == (0, 1)


def test_segments_that_could_not_differ_more_are_not_equal() -> None:
    test = nc.equality(tally_of((50, 0, 0), (0, 0, 50)), BY)
    assert test.statistic == pytest.approx(100)  # 2 * 50 * 1^2 / 1
    assert test.pvalue == pytest.approx(scipy.stats.chi2.sf(100, 1))


def test_equal_weights_do_not_change_the_test() -> None:
    rows = [(10, "a", "x", 2.5)] * 9 + [(3, "a", "x", 2.5)] * 4 + [(8, "b", "x", 2.5)] * 7 + [(0, "b", "x", 2.5)] * 6
    weighted, plain = (nc.equality(survey_of(rows, weighted=weighted), BY) for weighted in (True, False))
    assert weighted.statistic == pytest.approx(plain.statistic, rel=1e-9)
    assert weighted.pvalue == pytest.approx(plain.pvalue, rel=1e-9)


def clustered(k: int, clusters: int, seed: int = 1) -> tuple[nc.Survey, list[tuple[int, str, str]]]:
    rng = np.random.default_rng(seed)
    rows = [
        (int(rng.choice([10, 8, 3])), f"c{c:02}", "abcd"[int(rng.integers(k))])
        for c in range(clusters)
        for _ in range(8)
    ]
    scores, units, shops = zip(*rows, strict=True)
    return nc.Survey.from_scores(scores, segments={"cluster": units, BY: shops}), rows


def covariances_of(rows: list[tuple[int, str, str]], k: int, clusters: int) -> Any:
    """The covariances of the scores of k shops in a sample of clusters: m / (m - 1) sum (U_c - mean)(U_c - mean)'."""
    coded = np.array([(s >= 9) - (s <= 6) for s, _, _ in rows], float)
    totals = np.zeros((k, clusters))
    for row, shop in enumerate("abcd"[:k]):
        own = np.array([s == shop for _, _, s in rows])
        influence = own * (coded - coded[own].mean()) / own.sum()
        totals[row] = [influence[[u == f"c{c:02}" for _, u, _ in rows]].sum() for c in range(clusters)]
    return clusters * np.cov(totals)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_in_a_design_equality_is_an_f_test_with_the_correlations_of_the_clusters(k: int) -> None:
    survey, rows = clustered(k, 10)
    design = nc.Design(clusters="cluster")
    covariances = covariances_of(rows, k, 10)
    errors = np.sqrt(np.diag(covariances))
    precision = np.linalg.inv(covariances / np.outer(errors, errors))
    scores = [segment.score for segment in nc.by_segment(survey, BY, design=design).segments]
    groups = [
        tuple((s.effective_n or 0) * share for share in (s.promoter_share, s.passive_share, s.detractor_share))
        for s in scores
        if s is not None
    ]
    d = np.array([(x - y) / (x + m + y) for x, m, y in groups])
    common = float(d.mean())
    for _ in range(40):  # the mean weighted by the inverse of the covariances at the common score
        scale = np.sqrt([sum(group) / restricted(*group, common)[1] for group in groups])
        weights = precision @ scale * scale
        common = float(weights @ d / weights.sum())
    away = (d - common) * scale
    error_df = 9 - (k - 1) + 1
    expected = error_df / (9 * (k - 1)) * (away @ precision @ away)
    test = nc.equality(survey, BY, design=design)
    assert test.statistic == pytest.approx(expected, rel=1e-3)
    assert test.error_degrees_of_freedom == error_df
    assert test.pvalue == pytest.approx(scipy.stats.f.sf(test.statistic, k - 1, error_df), rel=1e-8)
    assert (test.degrees_of_freedom, test.segments) == (k - 1, k)


def test_in_a_design_without_strata_and_clusters_it_is_the_same_test_as_without() -> None:
    survey, _ = clustered(3, 6)
    plain = nc.equality(survey, BY)
    design = nc.equality(survey, BY, design=nc.Design(population_sizes=10**9))
    assert design.error_degrees_of_freedom is None
    assert design.statistic == pytest.approx(plain.statistic, rel=1e-4)


@pytest.mark.parametrize(("k", "clusters"), [(3, 2), (4, 3)])
def test_too_few_clusters_for_so_many_segments_are_refused(k: int, clusters: int) -> None:
    survey, rows = clustered(k, clusters)
    assert len({shop for _, _, shop in rows}) == k
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.equality(survey, BY, design=nc.Design(clusters="cluster"))
    assert str(caught.value) == (
        f"to compare {k} segments at once, the sample must have {k - 1} degrees of freedom or more, "
        f"got {clusters - 1} (units minus strata)"
    )


@pytest.mark.parametrize("k", [2, 3, 4])
def test_as_many_clusters_as_segments_are_enough(k: int) -> None:
    survey, _ = clustered(k, k)
    test = nc.equality(survey, BY, design=nc.Design(clusters="cluster"))
    assert test.error_degrees_of_freedom == 1
    assert 0 <= test.pvalue <= 1
    assert math.isfinite(test.statistic)


@pytest.mark.parametrize("second", [3, 10], ids=["the opposite", "the same"])
def test_in_a_design_segments_without_variance_are_tested_too(second: int) -> None:
    scores = [10] * 12 + [second] * 12
    survey = nc.Survey.from_scores(
        scores, segments={"cluster": [f"c{i % 6}" for i in range(24)], BY: ["a"] * 12 + ["b"] * 12}
    )
    test = nc.equality(survey, BY, design=nc.Design(clusters="cluster"))
    assert test.statistic == pytest.approx(0 if second == 10 else 24)  # 2 * 12 * 1^2 / 1
    assert test.pvalue == pytest.approx(1 if second == 10 else scipy.stats.f.sf(24, 1, 5))


def test_without_scipy_the_test_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    with pytest.raises(nc.MissingDependencyError, match=r"pip install 'nps_core\[stats\]'$"):
        nc.equality(tally_of((3, 2, 1), (1, 2, 3)), BY)


# ------------------------------------------------------------------------------------------------ what is refused

SOME = tally_of((3, 2, 1), (1, 2, 3))
every_call = pytest.mark.parametrize("call", [nc.compare_all, nc.equality, nc.rank_segments], ids=lambda f: f.__name__)


@every_call
@pytest.mark.parametrize(
    ("data", "number"),
    [
        (nc.Tally.from_cells([("a", 10, 3)], by=BY), 1),
        (nc.Tally.from_cells([("a", None, 3), ("b", None, 2)], by=BY), 0),
        (nc.Tally.from_cells([("a", 9, 3), ("b", None, 2)], by=BY), 1),
        (nc.Tally.from_cells([], by=BY), 0),
        (nc.Survey.from_scores([9, 3], weights=[1, 0], segments={BY: ["a", "b"]}), 1),
    ],
    ids=["one", "none answers", "one answers", "nothing", "one has weight"],
)
def test_fewer_than_two_segments_with_answers_are_refused(call: Any, data: Any, number: int) -> None:
    with pytest.raises(nc.NoAnswersError) as caught:
        call(data, BY)
    assert str(caught.value) == f"a comparison needs two segments or more with answers, got {number}"


@every_call
def test_more_than_a_thousand_segments_are_refused(call: Any) -> None:
    many = nc.Tally.from_cells([(f"s{i}", 9, 1) for i in range(1_001)], by=BY)
    with pytest.raises(nc.InvalidInputError) as caught:
        call(many, BY)
    assert str(caught.value) == "segments must be 1000 or fewer to be compared in pairs, got 1001"


@every_call
def test_as_many_segments_as_allowed_are_compared(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairwise, "MOST_SEGMENTS", 3)
    call(tally_of((3, 2, 1), (1, 2, 3), (0, 0, 1)), BY)
    with pytest.raises(nc.InvalidInputError, match=r"^segments must be 3 or fewer to be compared in pairs, got 4$"):
        call(tally_of((3, 2, 1), (1, 2, 3), (0, 0, 1), (1, 1, 1)), BY)


@every_call
def test_segments_must_be_named(call: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        call(SOME, [])
    assert str(caught.value) == "by must name at least one segment"
    with pytest.raises(nc.UnknownNameError, match="Did you mean 'shop'"):
        call(SOME, "shops")
    with pytest.raises(nc.InvalidInputError, match=r"^data must be a Survey, a Tally or .*, got list$"):
        call([9, 3], BY)
    with pytest.raises(nc.InvalidInputError, match=r"^design must be a Design, got str$"):
        call(SOME, BY, design="shop")


@pytest.mark.parametrize("call", [nc.compare_all, nc.rank_segments])
def test_options_that_do_not_exist_are_refused(call: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        call(SOME, BY, method="bayes")
    assert str(caught.value) == "method must be one of 'score', 'wald', 'adjusted-wald', got 'bayes'"
    with pytest.raises(nc.InvalidInputError, match=r"write 0\.95"):
        call(SOME, BY, confidence_level=95)


def test_a_correction_that_does_not_exist_is_refused() -> None:
    correction: Any = "tukey"
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.compare_all(SOME, BY, correction=correction)
    assert str(caught.value) == "correction must be one of 'holm', 'benjamini-hochberg', got 'tukey'"
