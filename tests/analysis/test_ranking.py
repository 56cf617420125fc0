"""rank_segments(): places counted from all pairs by hand, and scores shrunken by formulas written out."""

import math
from typing import Any

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc

BY = "shop"
count = st.integers(0, 60)
triples = st.tuples(count, count, count).filter(any)
groups = st.lists(triples, min_size=2, max_size=7)
many_groups = st.lists(triples, min_size=4, max_size=7).filter(
    lambda groups: sum(map(any, zip(*groups, strict=True))) > 1
)
methods = st.sampled_from(["score", "wald", "adjusted-wald"])
levels = st.floats(0.5, 0.99)


def tally_of(*groups: Any, by: str = BY) -> nc.Tally:
    """Promoters, passives, detractors of each shop."""
    cells = [
        (name, score, n)
        for name, group in zip("abcdefgh", groups, strict=False)
        for score, n in zip((10, 8, 3), group, strict=True)
    ]
    return nc.Tally.from_cells(cells, by=by)


def score_of(segment: nc.RankedSegment) -> float:
    return segment.score.value


@given(groups, methods, levels)
def test_rank_sets_leave_open_what_no_pair_rules_out(groups: Any, method: Any, level: float) -> None:
    tally = tally_of(*groups)
    ranking = nc.rank_segments(tally, BY, method=method, confidence_level=level)
    pairs = nc.compare_all(tally, BY, method=method, confidence_level=level, correction="holm").pairs
    assert (ranking.by, ranking.method, ranking.confidence_level) == ((BY,), method, level)
    for segment in ranking.segments:
        better = worse = 0
        for pair in pairs:
            if segment.labels in {pair.first, pair.second} and pair.adjusted_pvalue < 1 - level:
                ahead = pair.difference.value * (1 if pair.first == segment.labels else -1)
                better, worse = better + (ahead < 0), worse + (ahead > 0)
        assert (segment.best_rank, segment.worst_rank) == (1 + better, len(groups) - worse)


@given(groups, methods, levels)
def test_every_segment_is_ranked_within_its_own_rank_set(groups: Any, method: Any, level: float) -> None:
    ranking = nc.rank_segments(tally_of(*groups), BY, method=method, confidence_level=level)
    for segment in ranking.segments:
        assert 1 <= segment.best_rank <= segment.rank <= segment.worst_rank <= len(ranking)


@given(groups)
def test_the_highest_score_comes_first_and_equal_ones_share_the_better_place(groups: Any) -> None:
    ranking = nc.rank_segments(tally_of(*groups), BY)
    values = [score_of(segment) for segment in ranking.segments]
    assert values == sorted(values, reverse=True)
    for segment in ranking.segments:
        assert segment.rank == 1 + sum(value > score_of(segment) for value in values)
    for one, other in zip(ranking.segments, ranking.segments[1:], strict=False):
        if one.rank == other.rank:
            assert one.labels < other.labels


@given(groups, methods, levels)
def test_each_score_is_that_of_the_segment_alone(groups: Any, method: Any, level: float) -> None:
    tally = tally_of(*groups)
    ranking = nc.rank_segments(tally, BY, method=method, confidence_level=level)
    assert set(ranking.labels) == set(tally.groups)
    for segment in ranking.segments:
        (label,) = segment.labels
        alone = nc.nps(tally.where(segments={BY: label}), method=method, confidence_level=level)
        assert segment.score == alone
        assert ranking[label] == segment


@given(groups, st.integers(2, 9))
def test_more_answers_of_the_same_kind_narrow_the_rank_sets(groups: Any, times: int) -> None:
    few = nc.rank_segments(tally_of(*groups), BY, confidence_level=0.8)
    more = nc.rank_segments(
        tally_of(*([1_000 * times * n for n in group] for group in groups)), BY, confidence_level=0.8
    )
    assert [s.labels for s in few.segments] == [s.labels for s in more.segments]
    width = [sum(s.worst_rank - s.best_rank for s in ranking.segments) for ranking in (few, more)]
    assert width[1] <= width[0]


def test_with_answers_enough_every_place_is_known() -> None:
    ranking = nc.rank_segments(tally_of((900, 0, 100), (800, 0, 200), (600, 0, 400), (400, 0, 600)), BY)
    places = [(s.label, s.rank, s.best_rank, s.worst_rank) for s in ranking.segments]
    assert places == [("a", 1, 1, 1), ("b", 2, 2, 2), ("c", 3, 3, 3), ("d", 4, 4, 4)]


def test_equal_segments_could_have_every_place() -> None:
    ranking = nc.rank_segments(tally_of(*[(5, 3, 2)] * 5), BY)
    assert {(s.rank, s.best_rank, s.worst_rank) for s in ranking.segments} == {(1, 1, 5)}
    assert [s.label for s in ranking.segments] == [*"abcde"]


# -------------------------------------------------------------------------------------------------------- shrinkage


def shrunken(groups: Any, level: float) -> list[tuple[float, float, float]]:
    """Paule and Mandel's spread, and Morris' shrunken scores and limits, in points."""
    k = len(groups)
    pooled = np.sum(groups, axis=0) / np.sum(groups)
    d, s2 = [], []
    for group in groups:
        x, m, y = np.array(group) + 3 * pooled
        p, q = x / (x + m + y), y / (x + m + y)
        s2.append((p + q - (p - q) ** 2) / sum(group))
        d.append((group[0] - group[2]) / sum(group))

    def excess(tau2: float) -> float:
        weights = [1 / (s + tau2) for s in s2]
        mean = np.average(d, weights=weights)
        return math.fsum(w * (value - mean) ** 2 for w, value in zip(weights, d, strict=True)) - (k - 1)

    tau2 = float(scipy.optimize.brentq(excess, 0, 4, xtol=1e-14)) if excess(0) > 0 else 0.0
    weights = np.array([1 / (s + tau2) for s in s2])
    mean = np.average(d, weights=weights)
    typical = np.average(s2, weights=weights)
    z = scipy.stats.norm.ppf((1 + level) / 2)
    rows = []
    for value, s, w in zip(d, s2, weights, strict=True):
        pull = (k - 3) / (k - 1) * s / (s + tau2)
        center = (1 - pull) * value + pull * mean
        v = 2 / (k - 3) * pull**2 * (typical + tau2) / (s + tau2)
        spread = math.sqrt(s * (1 - (1 - w / weights.sum()) * pull) + v * (value - mean) ** 2)
        rows.append((100 * center, max(100 * (center - z * spread), -100), min(100 * (center + z * spread), 100)))
    return rows


@given(many_groups, st.floats(0.5, 0.99))
def test_scores_are_shrunken_by_empirical_bayes(groups: Any, level: float) -> None:
    ranking = nc.rank_segments(tally_of(*groups), BY, confidence_level=level)
    for name, expected in zip("abcdefgh", shrunken(groups, level), strict=False):
        segment = ranking[name]
        assert segment.shrunken is not None
        assert segment.shrunken_interval is not None
        found = segment.shrunken, segment.shrunken_interval.low, segment.shrunken_interval.high
        assert found == pytest.approx(expected, rel=1e-7, abs=1e-7)
        assert segment.shrunken_interval.confidence_level == level


@given(many_groups)
def test_every_shrunken_score_lies_between_its_own_and_one_mean_of_all(groups: Any) -> None:
    segments = nc.rank_segments(tally_of(*groups), BY).segments
    raised = [s.shrunken for s in segments if s.shrunken is not None and s.shrunken > score_of(s) + 1e-9]
    lowered = [s.shrunken for s in segments if s.shrunken is not None and s.shrunken < score_of(s) - 1e-9]
    assert max(raised, default=-100) <= min(lowered, default=100) + 1e-9
    values = [score_of(s) for s in segments]
    assert all(min(values) - 1e-9 <= (s.shrunken or 0) <= max(values) + 1e-9 or s.shrunken is None for s in segments)


def test_the_fewer_its_answers_the_more_a_score_is_shrunken() -> None:
    ranking = nc.rank_segments(tally_of((900, 0, 100), (9, 0, 1), (30, 40, 30), (10, 10, 80), (20, 30, 50)), BY)
    many, few = ranking["a"], ranking["b"]
    assert score_of(many) == score_of(few) == 80
    assert many.shrunken is not None
    assert few.shrunken is not None
    assert 70 < many.shrunken < 80
    assert few.shrunken < many.shrunken - 3


@pytest.mark.parametrize("k", [2, 3])
def test_among_fewer_than_four_segments_nothing_is_shrunken(k: int) -> None:
    ranking = nc.rank_segments(tally_of(*[(5, 3, 2), (1, 2, 3), (4, 4, 4)][:k]), BY)
    assert {(s.shrunken, s.shrunken_interval) for s in ranking.segments} == {(None, None)}
    assert {record["shrunken_low"] for record in ranking.to_dicts()} == {None}
    assert "\nScores are shrunken among 4 segments or more." in str(ranking)


@pytest.mark.parametrize(("score", "value"), [(10, 100), (8, 0), (3, -100)])
@pytest.mark.parametrize("k", [4, 6])
def test_where_everybody_in_every_segment_agrees_the_shrunken_score_is_theirs(score: int, value: int, k: int) -> None:
    tally = nc.Tally.from_cells([(name, score, 3 + i) for i, name in enumerate("abcdef"[:k])], by=BY)
    ranking = nc.rank_segments(tally, BY)
    assert {(s.rank, s.best_rank, s.worst_rank) for s in ranking.segments} == {(1, 1, k)}
    assert [s.shrunken for s in ranking.segments] == [value] * k


def test_segments_without_an_answer_have_no_place() -> None:
    silent = nc.Tally.from_cells([("aa", None, 9), (None, None, 2)], by=BY)
    tally = tally_of((5, 3, 2), (1, 2, 3), (4, 4, 4), (9, 9, 1))
    assert nc.rank_segments(tally + silent, BY).segments == nc.rank_segments(tally, BY).segments


# ---------------------------------------------------------------------------------------------------------- weights


def weighted_survey(factor: float = 1.0) -> nc.Survey:
    rng = np.random.default_rng(4)
    n = 120
    return nc.Survey.from_scores(
        rng.choice([10, 9, 8, 7, 3, 0], n),
        weights=factor * rng.choice([0.5, 1.0, 2.0], n),
        segments={BY: rng.choice([*"abcde"], n)},
    )


def test_weights_count_in_scores_places_and_shrinkage() -> None:
    survey = weighted_survey()
    ranking = nc.rank_segments(survey, BY)
    pairs = nc.compare_all(survey, BY).pairs
    for segment in ranking.segments:
        assert score_of(segment) == pytest.approx(nc.nps(survey.where(segments={BY: segment.labels})).value)
        beaten = [
            pair
            for pair in pairs
            for sign, labels in ((1, pair.first), (-1, pair.second))
            if labels == segment.labels and pair.adjusted_pvalue < 0.05 and sign * pair.difference.value > 0
        ]
        assert segment.worst_rank == len(ranking) - len(beaten)
    assert all(s.shrunken is not None and s.shrunken != score_of(s) for s in ranking.segments)


def test_only_the_proportions_of_the_weights_matter() -> None:
    plain, scaled = nc.rank_segments(weighted_survey(), BY), nc.rank_segments(weighted_survey(1_000.0), BY)
    for one, other in zip(plain.segments, scaled.segments, strict=True):
        assert (one.labels, one.rank, one.best_rank, one.worst_rank) == (
            other.labels, other.rank, other.best_rank, other.worst_rank,
        )  # fmt: skip
        assert one.shrunken == pytest.approx(other.shrunken, rel=1e-9)


def test_equal_weights_rank_and_shrink_as_none_do() -> None:
    scores, shops = [10, 9, 3, 8, 0, 10, 9, 9, 2, 7] * 6, ["a", "b", "c", "d", "e", "e"] * 10
    plain = nc.rank_segments(nc.Survey.from_scores(scores, segments={BY: shops}), BY)
    equal = nc.rank_segments(nc.Survey.from_scores(scores, weights=[3.0] * 60, segments={BY: shops}), BY)
    for one, other in zip(plain.segments, equal.segments, strict=True):
        assert (one.labels, one.rank, one.best_rank, one.worst_rank) == (
            other.labels, other.rank, other.best_rank, other.worst_rank,
        )  # fmt: skip
        assert one.shrunken == pytest.approx(other.shrunken, rel=1e-9)


def test_a_design_widens_the_rank_sets() -> None:
    rng = np.random.default_rng(2)
    clusters = [f"c{i // 20:02}" for i in range(480)]
    mood = rng.integers(0, 3, 24)
    scores = [(10, 8, 3)[mood[i // 20]] for i in range(480)]
    survey = nc.Survey.from_scores(scores, segments={"unit": clusters, BY: ["abcd"[i // 120] for i in range(480)]})
    plain = nc.rank_segments(survey, BY)
    within = nc.rank_segments(survey, BY, design=nc.Design(clusters="unit"))
    assert plain.labels == within.labels
    widths = [sum(s.worst_rank - s.best_rank for s in ranking.segments) for ranking in (plain, within)]
    assert widths[0] < widths[1]


# ------------------------------------------------------------------------------------------------------- how it shows


def test_the_records_are_the_segments_in_their_order() -> None:
    ranking = nc.rank_segments(tally_of((5, 3, 2), (1, 2, 3), (4, 4, 4), (9, 9, 1)), BY)
    for segment, record in zip(ranking.segments, ranking.to_dicts(), strict=True):
        interval = segment.shrunken_interval
        assert interval is not None
        assert record == {
            "shop": segment.label,
            "rank": segment.rank,
            "best_rank": segment.best_rank,
            "worst_rank": segment.worst_rank,
            "nps": segment.score.value,
            "low": segment.score.confidence_interval.low,
            "high": segment.score.confidence_interval.high,
            "standard_error": segment.score.standard_error,
            "n": segment.score.n,
            "promoters": segment.score.promoters,
            "passives": segment.score.passives,
            "detractors": segment.score.detractors,
            "missing": 0,
            "invalid": 0,
            "shrunken": segment.shrunken,
            "shrunken_low": interval.low,
            "shrunken_high": interval.high,
        }


def test_a_segment_may_be_called_like_a_number_of_the_ranking() -> None:
    (record, _) = nc.rank_segments(tally_of((5, 3, 2), (1, 2, 3), by="rank"), "rank").to_dicts()
    assert [*record][:2] == ["segment_rank", "rank"]
    assert (record["segment_rank"], record["rank"]) == ("a", 1)


def test_a_segment_is_found_by_its_label_or_by_one_label_per_name() -> None:
    tally = nc.Tally.from_cells([("a", "x", 10, 3), ("a", None, 2, 4), (None, "x", 8, 2)], by=(BY, "kind"))
    ranking = nc.rank_segments(tally, [BY, "kind"])
    assert ranking["a", None].label == "a / (no label)"
    assert ranking[None, "x"].score.passives == 2
    assert [segment.label for segment in ranking.segments] == ["a / x", "(no label) / x", "a / (no label)"]
    single = nc.rank_segments(nc.Tally.from_cells([("a", 9, 1), (None, 9, 2), ("7", 3, 1)], by=BY), BY)
    assert single[None].score.n == 2
    assert single["7"].rank == 3
    assert single[7].rank == 3  # type: ignore[index]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("A", "segment must be one of 'a', 'b', got 'A'. Did you mean 'a'?"),
        ("xyz", "segment must be one of 'a', 'b', got 'xyz'."),
        (("a", "x"), "segment must be one of 'a', 'b', got 'a / x'."),
    ],
)
def test_a_label_that_has_no_place_is_refused_with_those_that_have(wanted: Any, message: str) -> None:
    ranking = nc.rank_segments(tally_of((5, 3, 2), (1, 2, 3)), BY)
    with pytest.raises(nc.UnknownNameError) as caught:
        ranking[wanted]
    assert str(caught.value).startswith(message.removesuffix("."))


def test_a_ranking_is_not_iterable_and_shows_its_size() -> None:
    ranking: Any = nc.rank_segments(tally_of((5, 3, 2), (1, 2, 3)), BY)
    with pytest.raises(TypeError, match="not iterable"):
        iter(ranking)
    assert repr(ranking) == "SegmentRanking(by=['shop'], segments=2)"
    assert len(ranking) == 2
