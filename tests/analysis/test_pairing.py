"""compare(pairing=...): the same people twice, against sums over people."""

import math
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc

Answers = dict[Any, tuple[int | None, float]]
"""The score and the weight of each respondent."""

scores = st.sampled_from([0, 6, 7, 8, 9, 10])
ids = st.integers(0, 12) | st.sampled_from(["1", "2", "ann", "bob"])
answers = st.dictionaries(ids, st.tuples(st.none() | scores, st.floats(0.05, 20)), min_size=1, max_size=18)
METHODS: list[Any] = ["score", "wald", "adjusted-wald"]
methods = st.sampled_from(METHODS)
some_pairings = st.sampled_from(["panel", "overlapping"])
pairings = pytest.mark.parametrize("pairing", ["panel", "overlapping"])
ROUNDING: Any = {"rel": 1e-9, "abs": 1e-5}  # of a variance of 0, in points


def in_both(before: Answers, after: Answers) -> list[Any]:
    """Who has a score in both."""
    return [who for who, (score, _) in before.items() if score is not None and after.get(who, (None, 1))[0] is not None]


two_waves = st.tuples(answers, answers).filter(lambda waves: len(in_both(*waves)) > 0)


def survey_of(wave: Answers, *, weighted: bool = False, order: Callable[[list[Any]], Any] = list, **others: Any) -> Any:
    rows = [(who, *answer) for who, answer in wave.items()]
    order(rows)
    columns = list(zip(*rows, strict=True))
    return nc.Survey.from_scores(columns[1], respondents=columns[0], weights=columns[2] if weighted else None, **others)


def survey_from(scores: Any, respondents: Any, **others: Any) -> nc.Survey:
    return nc.Survey.from_scores(scores, respondents=list(respondents), **others)


def coded(score: int | None) -> int:
    assert score is not None
    return (score >= 9) - (score <= 6)


def scored(wave: Answers) -> Answers:
    return {who: answer for who, answer in wave.items() if answer[0] is not None}


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def influences(wave: Answers) -> dict[Any, float]:
    """What each weighted answer does to the score of a wave, with n / (n - 1) of all who were asked."""
    known, n = scored(wave), len(wave)
    total = math.fsum(w for _, w in known.values())
    d = math.fsum(w * coded(s) for s, w in known.values()) / total
    return {who: math.sqrt(n / (n - 1)) * w * (coded(s) - d) / total for who, (s, w) in known.items()}


# ------------------------------------------------------------------------------------------------ the numbers


@given(two_waves, methods)
def test_a_panel_is_the_mean_of_what_changed(waves: Any, method: Any) -> None:
    before, after = waves
    people = in_both(before, after)
    changes = [coded(after[who][0]) - coded(before[who][0]) for who in people]
    found = nc.compare(survey_of(before), survey_of(after), pairing="panel", method=method)
    assert found.value == pytest.approx(100 * mean(changes), rel=1e-12, abs=1e-10)
    squares = math.fsum((change - mean(changes)) ** 2 for change in changes)
    assert found.standard_error == pytest.approx(100 * math.sqrt(squares) / len(people), **ROUNDING)
    assert (found.pairing, found.pairs, found.score.n, found.reference.n) == ("panel", *[len(people)] * 3)
    assert found.score.missing == found.reference.missing == 0


@given(two_waves, methods)
def test_overlapping_samples_are_all_answers_with_the_covariance_of_the_pairs(waves: Any, method: Any) -> None:
    before, after = waves
    people = in_both(before, after)
    sides = [[coded(score) for score, _ in scored(wave).values()] for wave in waves]
    pairs = [[coded(wave[who][0]) for who in people] for wave in waves]
    covariance = mean([(a - mean(pairs[0])) * (b - mean(pairs[1])) for a, b in zip(*pairs, strict=True)])
    n1, n2 = map(len, sides)
    variance = math.fsum((s - mean(sides[0])) ** 2 for s in sides[0]) / n1**2
    variance += math.fsum((s - mean(sides[1])) ** 2 for s in sides[1]) / n2**2
    variance -= 2 * len(people) * covariance / (n1 * n2)
    found = nc.compare(survey_of(before), survey_of(after), pairing="overlapping", method=method)
    assert found.value == pytest.approx(100 * (mean(sides[1]) - mean(sides[0])), rel=1e-12, abs=1e-10)
    assert found.standard_error == pytest.approx(100 * math.sqrt(max(variance, 0)), **ROUNDING)
    assert (found.pairing, found.pairs, found.score.n, found.reference.n) == ("overlapping", len(people), n2, n1)
    assert (found.score.missing, found.reference.missing) == (len(after) - n2, len(before) - n1)


@given(two_waves)
def test_weighted_samples_that_overlap_share_the_influences_of_the_pairs(waves: Any) -> None:
    found = nc.compare(*(survey_of(wave, weighted=True) for wave in waves), pairing="overlapping")
    if min(map(len, waves)) == 1:
        return
    before, after = map(influences, waves)
    variance = math.fsum((after.get(who, 0) - before.get(who, 0)) ** 2 for who in {*before, *after})
    assert found.standard_error == pytest.approx(100 * math.sqrt(variance), **ROUNDING)


@given(two_waves)
def test_a_weighted_panel_shares_the_influences_of_all(waves: Any) -> None:
    people = in_both(*waves)
    if len(people) == 1:
        return
    found = nc.compare(*(survey_of(wave, weighted=True) for wave in waves), pairing="panel")
    before, after = (influences({who: wave[who] for who in people}) for wave in waves)
    variance = math.fsum((after[who] - before[who]) ** 2 for who in people)
    assert found.standard_error == pytest.approx(100 * math.sqrt(variance), **ROUNDING)
    values = [
        math.fsum(w * coded(s) for s, w in (wave[who] for who in people)) / math.fsum(wave[who][1] for who in people)
        for wave in waves
    ]
    assert found.value == pytest.approx(100 * (values[1] - values[0]), rel=1e-9, abs=1e-9)


@given(two_waves, methods, st.booleans())
def test_the_textbook_interval_of_pairs_is_that_of_the_standard_error(waves: Any, method: Any, weighted: bool) -> None:
    found = nc.compare(*(survey_of(wave, weighted=weighted) for wave in waves), pairing="overlapping", method=method)
    assert found.confidence_interval.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.confidence_interval.high
    assert 0 <= found.pvalue <= 1
    level = found.confidence_interval.confidence_level
    assert (found.pvalue < 1 - level - 1e-9) <= (not found.confidence_interval.low < 0 < found.confidence_interval.high)


@given(some_pairings, two_waves, methods, st.booleans(), st.randoms())
def test_the_order_of_the_rows_does_not_matter(
    pairing: Any, waves: Any, method: Any, weighted: bool, random: Any
) -> None:
    options: Any = {"pairing": pairing, "method": method}
    one = nc.compare(*(survey_of(wave, weighted=weighted) for wave in waves), **options)
    other = nc.compare(*(survey_of(wave, weighted=weighted, order=random.shuffle) for wave in waves), **options)
    if not weighted:
        assert one == other
    for name in ("value", "standard_error", "pvalue"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-6, abs=1e-6)


@given(st.lists(st.tuples(scores, scores, st.floats(0.1, 10)), min_size=1, max_size=15), methods, st.booleans())
def test_where_everybody_answered_twice_a_panel_is_all_there_is(rows: Any, method: Any, weighted: bool) -> None:
    def wave(side: int) -> Any:
        weights = [row[2] for row in rows] if weighted else None
        return survey_from([row[side] for row in rows], range(len(rows)), weights=weights)

    panel, overlap = (
        nc.compare(wave(0), wave(1), pairing=pairing, method=method) for pairing in ("panel", "overlapping")
    )
    assert panel.confidence_interval == overlap.confidence_interval
    assert (panel.value, panel.standard_error, panel.pvalue) == (overlap.value, overlap.standard_error, overlap.pvalue)
    assert panel.pairs == overlap.pairs == len(rows)


@given(some_pairings, two_waves, methods)
def test_exchanging_the_waves_changes_the_sign(pairing: Any, waves: Any, method: Any) -> None:
    options: Any = {"pairing": pairing, "method": method}
    there, back = (nc.compare(*map(survey_of, sides), **options) for sides in (waves, waves[::-1]))
    assert back.value == pytest.approx(-there.value, abs=1e-10)
    assert back.confidence_interval.low == pytest.approx(-there.confidence_interval.high, abs=1e-6)
    assert back.pvalue == pytest.approx(there.pvalue, abs=1e-6)


@given(some_pairings, two_waves, methods)
def test_one_side_has_half_the_pvalue_and_the_limit_of_a_lower_level(pairing: Any, waves: Any, method: Any) -> None:
    def compared(level: float, alternative: Any) -> nc.Difference:
        surveys = map(survey_of, waves)
        return nc.compare(*surveys, pairing=pairing, method=method, confidence_level=level, alternative=alternative)

    both, greater, less = compared(0.9, "two-sided"), compared(0.95, "greater"), compared(0.95, "less")
    assert greater.confidence_interval.low == pytest.approx(both.confidence_interval.low, abs=1e-9)
    assert less.confidence_interval.high == pytest.approx(both.confidence_interval.high, abs=1e-9)
    assert (greater.confidence_interval.high, less.confidence_interval.low) == (200, -200)
    assert greater.pvalue + less.pvalue == pytest.approx(1, abs=1e-9)
    assert min(greater.pvalue, less.pvalue) == pytest.approx(both.pvalue / 2, abs=1e-9)


def test_a_panel_that_agrees_with_itself_has_not_changed() -> None:
    waves = survey_from([10, 3, 8, 9], "abcd"), survey_from([9, 0, 7, 10], "abcd")
    found = nc.compare(*waves, pairing="panel")
    assert (found.value, found.pvalue) == (0, 1)
    assert found.standard_error == pytest.approx(0, abs=1e-5)


def test_a_panel_is_surer_than_two_samples_where_people_stay_as_they_were() -> None:
    n = 60
    before = survey_from([10, 8, 3] * (n // 3), range(n))
    after = survey_from([9, 8, 3] * (n // 3 - 4) + [9, 9, 8] * 4, range(n))
    panel = nc.compare(before, after, pairing="panel")
    with pytest.warns(nc.NotIndependentWarning, match="got 60 in both; pairing='panel'"):
        independent = nc.compare(before, after)
    assert panel.value == pytest.approx(independent.value)
    assert panel.standard_error < independent.standard_error / 2
    assert panel.pvalue < independent.pvalue / 10


def test_one_weighted_wave_is_enough_for_weights() -> None:
    plain = survey_from([10, 3, 8, 9, 2], "abcde")
    equal = survey_from([10, 9, 8, 3, 2], "abcdx", weights=[2] * 5)
    found = nc.compare(plain, equal, pairing="overlapping")
    before = [(1, "a"), (-1, "b"), (0, "c"), (1, "d"), (-1, "e")]
    after = {"a": 1, "b": 1, "c": 0, "d": -1, "x": -1}
    u = {who: s / 5 for s, who in before}
    t = {who: math.sqrt(5 / 4) * s / 5 for who, s in after.items()}
    variance = math.fsum((t.get(who, 0) - u.get(who, 0)) ** 2 for who in {*u, *t})
    assert found.standard_error == pytest.approx(100 * math.sqrt(variance), rel=1e-12)


def test_a_respondent_of_weight_zero_moves_nothing() -> None:
    before = survey_from([10, 3, 8, 0], "abcd", weights=[1, 2, 1, 0])
    after = survey_from([3, 9, 8, 10], "abcd", weights=[1, 2, 1, 0])
    found = nc.compare(before, after, pairing="panel")
    assert found.value == pytest.approx(100 * (1 / 4 + 1 / 4))
    assert found.pairs == 4


# ------------------------------------------------------------------------------------------------- who is who


def test_a_number_and_its_text_are_two_people() -> None:
    before = survey_from([10, 3, 8], [1, "1", "2"])
    after = survey_from([3, 9, 8], ["1", 1, 2])
    found = nc.compare(before, after, pairing="panel")
    assert (found.pairs, found.value) == (2, 0)  # 1: 10 then 9, "1": 3 then 3


@pairings
def test_who_has_no_id_or_no_score_is_in_no_pair(pairing: Any) -> None:
    before = survey_from([10, 3, 8, 9, None, 2], ["a", None, "b", None, "c", "d"])
    after = survey_from([3, 9, None, 9, 9, None], ["a", None, "b", None, "c", "d"])
    found = nc.compare(before, after, pairing=pairing)
    assert found.pairs == 1
    assert (found.reference.n, found.score.n) == ((1, 1) if pairing == "panel" else (5, 4))


@pairings
def test_who_gave_a_score_only_once_may_stand_in_a_wave_twice(pairing: Any) -> None:
    before = survey_from([10, None, 3], ["a", "a", "b"])
    assert nc.compare(before, survey_from([9, 8], ["a", "b"]), pairing=pairing).pairs == 2


NOBODY = "some respondents must have a score in both samples to be paired, got none"


@pairings
@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            survey_from([10, 3, 9], ["a", "b", "a"]),
            survey_from([10], ["a"]),
            (
                "to be paired, everybody must have one score in before, got two of somebody (rows 0 and "
                "2); latest() keeps the latest of each"
            ),
        ),
        (
            survey_from([10], [7]),
            survey_from([10, 3, 9], [7, 7, 7]),
            (
                "to be paired, everybody must have one score in after, got two of somebody (rows 0 and 1); "
                "latest() keeps the latest of each"
            ),
        ),
        (
            nc.Survey.from_scores([10]),
            survey_from([10], ["a"]),
            "to pair respondents, before must be a Survey with respondents, got one without",
        ),
        (
            survey_from([10], ["a"]),
            nc.Survey.from_scores([10]),
            "to pair respondents, after must be a Survey with respondents, got one without",
        ),
        (
            survey_from([10], ["a"]).tally(),
            survey_from([10], ["a"]),
            "to pair respondents, before must be a Survey with respondents, got Tally",
        ),
        (survey_from([10], ["a"]), [9], "to pair respondents, after must be a Survey with respondents, got list"),
        (
            survey_from([10, 3], ["a", "b"]),
            survey_from([10, 3], ["c", "d"]),
            f"{NOBODY} (ids: 2 of text and 0 of numbers, and 2 of text and 0 of numbers)",
        ),
        (
            survey_from([10], [1]),
            survey_from([10], ["1"]),
            f"{NOBODY} (ids: 0 of text and 1 of numbers, and 1 of text and 0 of numbers)",
        ),
        (
            survey_from([None], ["a"]),
            survey_from([10], ["a"]),
            f"{NOBODY} (ids: 0 of text and 0 of numbers, and 1 of text and 0 of numbers)",
        ),
    ],
)
def test_who_cannot_be_paired_is_refused(pairing: Any, before: Any, after: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.compare(before, after, pairing=pairing)
    assert str(caught.value) == message


TWO = survey_from([10, 3], ["a", "b"])


@pairings
def test_a_design_and_a_pairing_do_not_go_together(pairing: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.compare(TWO, TWO, pairing=pairing, design=nc.Design())
    assert str(caught.value) == f"samples with a design must be independent to be compared, got pairing={pairing!r}"


@pytest.mark.parametrize("pairing", ["paired", None, True, ["panel"]])
def test_an_unknown_pairing_is_refused(pairing: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.compare(TWO, TWO, pairing=pairing)
    assert str(caught.value) == f"pairing must be one of 'independent', 'panel', 'overlapping', got {pairing!r}"


@pairings
def test_paired_scales_must_be_the_same(pairing: Any) -> None:
    with pytest.raises(nc.IncompatibleError, match=r"^samples must have the same scale to be compared, got 0-10"):
        nc.compare(TWO, survey_from([10, 3], ["a", "b"], scale=nc.Scale.EUROPEAN), pairing=pairing)


@pairings
def test_pairs_whose_weights_are_all_zero_leave_nothing_to_compare(pairing: Any) -> None:
    before = survey_from([10, 3, 9], "abc", weights=[0, 0, 1] if pairing == "panel" else [0, 0, 0])
    with pytest.raises(nc.InvalidInputError, match=r"^weights must not all be 0$"):
        nc.compare(before, survey_from([10, 3], "ab", weights=[1, 1]), pairing=pairing)


# ------------------------------------------------------------------------------------------------------- in print


def test_print_tells_how_many_answered_twice() -> None:
    before, after = survey_from([10, 3, 8, 9], "abcd"), survey_from([9, 9, 3, 7], "abcx")
    panel, overlap = (nc.compare(before, after, pairing=pairing) for pairing in ("panel", "overlapping"))
    assert str(panel).endswith("\n\nRespondents with a score in both: 3, only these.")
    assert str(overlap).endswith("\n\nRespondents with a score in both: 3, among others.")
    assert (panel.to_dicts()[0]["pairing"], panel.to_dicts()[0]["pairs"]) == ("panel", 3)
    assert nc.compare([10], [9]).to_dicts()[0]["pairs"] is None


# ------------------------------------------------------------------------------------------------------- warnings


@pytest.mark.parametrize("pairing", ["independent", "panel", "overlapping"])
@pytest.mark.parametrize(
    ("what", "first", "second"),
    [("question", "Would you recommend us?", "Would you buy again?"), ("kind", "relationship", "transactional")],
)
def test_like_is_compared_with_unlike_with_a_warning(what: str, first: Any, second: Any, pairing: Any) -> None:
    others: Any = [str(number) for number in range(3)] if pairing == "independent" else "abc"
    before, after = survey_from([10, 3, 9], "abc", **{what: first}), survey_from([9, 3, 8], others, **{what: second})
    with pytest.warns(nc.LikeWithUnlikeWarning) as caught:
        nc.compare(before, after, pairing=pairing)
    assert [str(warning.message) for warning in caught] == [
        f"the surveys differ in their {what}, and so may the answers: {first!r} before, {second!r} after"
    ]
    assert Path(caught[0].filename) == Path(__file__)


def test_two_ways_of_being_unlike_are_two_warnings() -> None:
    before = nc.Survey.from_scores([9, 3], question="a", kind="relationship")
    after = nc.Survey.from_scores([9, 3], question="b", kind="transactional")
    with pytest.warns(nc.LikeWithUnlikeWarning) as caught:
        nc.compare(before, after)
    assert [str(warning.message).split(",")[0] for warning in caught] == [
        "the surveys differ in their question",
        "the surveys differ in their kind",
    ]


@pytest.mark.parametrize("what", ["question", "kind"])
def test_what_one_side_does_not_say_is_not_unlike(what: str) -> None:
    value: Any = "relationship"
    said, unsaid = nc.Survey.from_scores([9, 3], **{what: value}), nc.Survey.from_scores([9, 3])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for before, after in ((said, unsaid), (unsaid, said), (unsaid, unsaid), (said, said), (said, [9, 3])):
            nc.compare(before, after)


def test_people_in_both_samples_are_not_independent() -> None:
    before, after = survey_from([10, 3, 9], ["a", "b", None]), survey_from([10, 3, 9], ["a", "c", None])
    with pytest.warns(nc.NotIndependentWarning) as caught:
        nc.compare(before, after)
    assert str(caught[0].message) == (
        "respondents must be others in samples compared as independent, got 1 in both; pairing='panel' or "
        "'overlapping' allows for that"
    )
    assert Path(caught[0].filename) == Path(__file__)


def test_clusters_in_both_samples_are_not_independent() -> None:
    def wave(shops: str) -> nc.Survey:
        return nc.Survey.from_scores([10, 3, 9, 8], segments={"shop": list(shops), "region": list("nsns")})

    design = nc.Design(clusters="shop")
    with pytest.warns(nc.NotIndependentWarning, match="got 2 with the same labels in both") as caught:
        nc.compare(wave("aabc"), wave("bbcd"), design=design)
    assert Path(caught[0].filename) == Path(__file__)
    apart = nc.compare(wave("aabc"), wave("xxyz"), design=design)
    errors = [nc.nps(wave(shops), design=design).standard_error for shops in ("aabc", "xxyz")]
    assert apart.standard_error == pytest.approx(math.hypot(*errors), rel=1e-12)


def test_many_respondents_are_paired_by_their_ids() -> None:
    n = 20_000
    rng = np.random.default_rng(1)
    order = rng.permutation(n)
    scores = rng.integers(0, 11, n)
    before, after = survey_from(scores, np.arange(n)), survey_from(scores[order], order)
    found = nc.compare(before, after, pairing="panel")
    assert (found.value, found.pvalue, found.pairs) == (0, 1, n)
    assert found.standard_error == pytest.approx(0, abs=1e-5)
