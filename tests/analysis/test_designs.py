"""Sampling designs through the front door: against R's package survey, and against sums over rows."""

import copy
import csv
import json
import math
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc

FOLDER = Path(__file__).parents[1] / "reference"
REFERENCE = json.loads((FOLDER / "survey.json").read_text())
CLOSE: Any = {"rel": 1e-12, "abs": 0}
LONELY: list[Any] = ["adjust", "average", "certainty", "remove"]


# ----------------------------------------------------------------------------------------------- the numbers of R


def columns_of(name: str) -> dict[str, list[str]]:
    with (FOLDER / f"survey_{name}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column] for row in rows] for column in rows[0]}


def survey_of(name: str, *, weighted: bool = True) -> nc.Survey:
    """The answers of a file, with every column of labels as a segment."""
    columns = columns_of(name)
    return nc.Survey.from_scores(
        [int(rating) for rating in columns["rating"]],
        weights=[float(weight) for weight in columns["w"]] if weighted else None,
        segments={key: columns[key] for key in ("region", "age", "stratum", "channel", "psu", "seg") if key in columns},
    )


def sizes_of(name: str, column: str) -> dict[str, int]:
    """The population of each stratum, as the file has it."""
    columns = columns_of(name)
    return {stratum: int(size) for stratum, size in zip(columns["stratum"], columns[column], strict=True)}


REGION = {"E": 300, "N": 500, "S": 200}
AGE = dict(zip(sorted(set(columns_of("A")["age"])), [420, 310, 270], strict=True))
STRATA = nc.Design(strata="stratum")
STRATA_OF_POPULATIONS = nc.Design(strata="stratum", population_sizes=sizes_of("B", "N"))
CLUSTERS = nc.Design(strata="stratum", clusters="psu")
SOURCES: dict[str, Callable[[nc.Survey, nc.Design], Any]] = {
    "survey": lambda survey, _: survey,
    "tally": lambda survey, _: survey.tally(survey.segments),
    "categories": lambda survey, _: survey.tally(survey.segments).by_category(),
    "no more than needed": lambda survey, design: survey.tally(design.names),
    "json": lambda survey, _: nc.Tally.from_dict(json.loads(json.dumps(survey.tally(survey.segments).to_dict()))),
}
from_each_source = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)


def must_be(score: nc.NetPromoterScore | None, name: str) -> None:
    """Estimate, standard error, degrees of freedom and design effect are those of the reference."""
    expected = REFERENCE[name]
    assert score is not None
    assert score.value == pytest.approx(100 * expected["est"], **CLOSE)
    assert score.standard_error == pytest.approx(100 * expected["se"], **CLOSE)
    assert score.degrees_of_freedom == expected["df"]
    if "deff_replace" in expected:
        assert score.design_effect == pytest.approx(expected["deff_replace"], **CLOSE)


@from_each_source
@pytest.mark.parametrize(
    ("file", "design", "name"),
    [
        ("A", nc.Design(), "A_weighted"),
        ("A", nc.Design(margins={"region": REGION}), "A_poststrat_region"),
        ("A", nc.Design(margins={"region": REGION, "age": AGE}), "A_calibrate_raking"),
        ("A", nc.Design(margins={"region": REGION, "age": AGE}, calibration="linear"), "A_calibrate_linear"),
        ("B", STRATA, "B_strat_nofpc"),
        ("B", STRATA_OF_POPULATIONS, "B_strat_fpc"),
        ("B", nc.Design(), "B_ignore_strata"),
        ("C", CLUSTERS, "C_strat_cluster"),
        ("C", attrs.evolve(CLUSTERS, population_sizes=sizes_of("C", "NP")), "C_strat_cluster_fpc"),
        ("C", nc.Design(clusters="psu"), "C_cluster_only"),
    ],
)
def test_scores_are_those_of_r(source: Callable[..., Any], file: str, design: nc.Design, name: str) -> None:
    must_be(nc.nps(source(survey_of(file), design), design=design), name)


def test_answers_without_weights_are_those_of_r() -> None:
    survey = survey_of("A", weighted=False)
    must_be(nc.nps(survey, design=nc.Design()), "A_unweighted")
    must_be(nc.nps(survey, design=nc.Design(population_sizes=200)), "A_srs_fpc200")


def test_weights_alone_give_the_numbers_of_r() -> None:
    score = nc.nps(survey_of("A"))
    must_be(attrs.evolve(score, degrees_of_freedom=39.0), "A_weighted")
    assert score.degrees_of_freedom is None


@pytest.mark.parametrize(
    ("file", "design", "by", "prefix"),
    [
        ("A", nc.Design(), "region", "A_domain_region"),
        ("B", STRATA_OF_POPULATIONS, "channel", "B_domain_channel"),
        ("C", CLUSTERS, "seg", "C_domain_seg"),
    ],
)
def test_segments_are_the_domains_of_r(file: str, design: nc.Design, by: str, prefix: str) -> None:
    survey = survey_of(file)
    for data in (survey, survey.tally(survey.segments)):
        table = nc.by_segment(data, by, design=design)
        assert len(table) > 1
        for segment in table.segments:
            must_be(segment.score, f"{prefix}_{segment.label}")


def test_a_segment_against_the_rest_is_the_contrast_of_r() -> None:
    expected = REFERENCE["A_region_N_vs_rest"]
    every_option: list[Any] = [{}, {"design": nc.Design()}]
    for options in every_option:
        difference = nc.by_segment(survey_of("A"), "region", **options)["N"].difference
        assert difference is not None
        assert difference.value == pytest.approx(100 * expected["est"], **CLOSE)
        assert difference.standard_error == pytest.approx(100 * expected["est"] / expected["t"], **CLOSE)


def test_segments_that_share_strata_differ_as_in_r() -> None:
    expected = REFERENCE["B_channel_diff"]
    table = nc.by_segment(survey_of("B"), "channel", design=STRATA_OF_POPULATIONS)
    pair = nc.compare_all(survey_of("B"), "channel", design=STRATA_OF_POPULATIONS).pairs[0]
    for difference in (table["app"].difference, pair.difference):
        assert difference is not None
        assert difference.value == pytest.approx(100 * expected["est"], **CLOSE)
        assert difference.standard_error == pytest.approx(100 * expected["se"], **CLOSE)


def test_equality_is_tested_on_a_tally_as_on_its_survey() -> None:
    # Another statistic than Wald's of R, which says F = 0.02 and p = 0.98: the segments do not differ here
    survey = survey_of("C")
    test = nc.equality(survey, "seg", design=CLUSTERS)
    assert nc.equality(survey.tally(survey.segments), "seg", design=CLUSTERS) == test
    assert test.pvalue == pytest.approx(REFERENCE["C_seg_wald"]["p"], abs=0.01)
    assert (test.degrees_of_freedom, test.segments) == (REFERENCE["C_seg_wald"]["df"], 3)


LONELY_SURVEY = survey_of("C").where(segments={"psu": ["c1", "c2", "c3", "c4", "c5", "c6"]})


@pytest.mark.parametrize("lonely", LONELY)
def test_a_stratum_of_one_cluster_is_treated_as_in_r(lonely: Any) -> None:
    must_be(nc.nps(LONELY_SURVEY, design=attrs.evolve(CLUSTERS, lonely=lonely)), f"C_lonely_{lonely}")


@pytest.mark.parametrize(
    ("file", "design", "name"),
    [
        ("A", nc.Design(), "A_weighted"),
        ("B", STRATA_OF_POPULATIONS, "B_strat_fpc"),
        ("C", CLUSTERS, "C_strat_cluster"),
        ("C", nc.Design(clusters="psu"), "C_cluster_only"),
    ],
)
def test_the_textbook_interval_is_the_confint_of_r(file: str, design: nc.Design, name: str) -> None:
    found = nc.nps(survey_of(file), design=design, method="wald").confidence_interval
    assert (found.low, found.high) == pytest.approx([100 * limit for limit in REFERENCE[name]["ci"]], rel=1e-10)


@pytest.mark.parametrize(("file", "by", "design"), [("B", "channel", STRATA), ("C", "seg", CLUSTERS)])
def test_a_tally_gives_all_that_its_survey_gives(file: str, by: str, design: nc.Design) -> None:
    survey = survey_of(file)
    for name, source in SOURCES.items():
        data = source(survey, attrs.evolve(design, clusters=(*design.clusters, by)))  # with a key more
        for one, other in (
            (nc.nps(data, design=design), nc.nps(survey, design=design)),
            (nc.by_segment(data, by, design=design), nc.by_segment(survey, by, design=design)),
            (nc.compare_to_target(data, 10, design=design), nc.compare_to_target(survey, 10, design=design)),
        ):
            if name == "categories":  # the same sums, added in another order
                for ours, theirs in zip(one.to_dicts(), other.to_dicts(), strict=True):
                    for key, value in theirs.items():
                        is_number = isinstance(value, float)
                        assert ours[key] == (pytest.approx(value, rel=1e-9) if is_number else value)
            else:
                assert one == other


# ---------------------------------------------------------------------------------------------- sums over rows


@attrs.frozen
class Row:
    """Somebody who was drawn."""

    score: int | None
    stratum: str
    cluster: str
    group: str | None
    weight: float

    @property
    def coded(self) -> int:
        return 0 if self.score is None else (self.score >= 9) - (self.score <= 6)


some_rows = st.builds(
    Row,
    st.none() | st.sampled_from([0, 6, 7, 8, 9, 10]),
    st.sampled_from("ns"),
    st.sampled_from("abc"),
    st.sampled_from(["x", "y", None]),
    st.floats(0.05, 20),
)
ANCHORS = [Row(score, h, c, g, 1.5) for h in "ns" for score, c, g in ((None, "a", "x"), (10, "b", "y"), (3, "c", "x"))]
"""Two units and more in each stratum, and both a promoter and a detractor."""
samples = st.lists(some_rows, max_size=20).map(lambda rows: rows + ANCHORS)
designs = st.sampled_from(
    [
        nc.Design(),
        nc.Design(strata="stratum"),
        nc.Design(clusters="cluster"),
        nc.Design(strata="stratum", clusters="cluster"),
        nc.Design(population_sizes=40),
        nc.Design(clusters="cluster", population_sizes=5),
        nc.Design(strata="stratum", population_sizes={"n": 30, "s": 90}),
        nc.Design(strata="stratum", clusters="cluster", population_sizes={"n": 3, "s": 12}),
    ]
)


def survey_from(rows: Sequence[Row], *, weighted: bool = True) -> nc.Survey:
    return nc.Survey.from_scores(
        [row.score for row in rows],
        weights=[row.weight for row in rows] if weighted else None,
        segments={
            "stratum": [row.stratum for row in rows],
            "cluster": [row.cluster for row in rows],
            "group": [row.group for row in rows],
        },
    )


def unweighted(rows: Sequence[Row]) -> list[Row]:
    return [attrs.evolve(row, weight=1.0) for row in rows]


def value_of(rows: Sequence[Row]) -> float:
    scored = [row for row in rows if row.score is not None]
    return math.fsum(row.weight * row.coded for row in scored) / math.fsum(row.weight for row in scored)


def influences(rows: Sequence[Row], inside: Callable[[Row], bool]) -> list[float]:
    """What each row does to the score of those inside: w (s - d) / W, 0 for all others and where there is no score."""
    members = [row for row in rows if inside(row)]
    total, d = math.fsum(row.weight for row in members if row.score is not None), value_of(members)
    return [row.weight * (row.coded - d) / total if inside(row) and row.score is not None else 0.0 for row in rows]


def variance(rows: Sequence[Row], u: Sequence[float], design: nc.Design) -> float:
    """sum_h (1 - f_h) n_h / (n_h - 1) sum_c (U_hc - mean U_h)^2, unit by unit."""
    totals: dict[str, dict[Any, float]] = {}
    for position, (row, own) in enumerate(zip(rows, u, strict=True)):
        own_units = totals.setdefault(row.stratum if design.strata else "", {})
        unit = row.cluster if design.clusters else position
        own_units[unit] = own_units.get(unit, 0.0) + own
    result = 0.0
    for stratum, units in totals.items():
        n, mean = len(units), math.fsum(units.values()) / len(units)
        sizes: Any = design.population_sizes
        fraction = 0.0 if sizes is None else n / (sizes[stratum,] if design.strata else sizes)
        result += (1 - fraction) * n / (n - 1) * math.fsum((own - mean) ** 2 for own in units.values())
    return result


def units_minus_strata(rows: Sequence[Row], design: nc.Design) -> int:
    """Among those with a score."""
    scored = [(position, row) for position, row in enumerate(rows) if row.score is not None]
    strata = {row.stratum if design.strata else "" for _, row in scored}
    units = {
        (row.stratum if design.strata else "", row.cluster if design.clusters else position) for position, row in scored
    }
    return len(units) - len(strata)


def error_of(rows: Sequence[Row], design: nc.Design, inside: Callable[[Row], bool]) -> float:
    return 100 * math.sqrt(max(variance(rows, influences(rows, inside), design), 0.0))


ROUNDING: Any = {"rel": 1e-9, "abs": 1e-6}


@given(samples, designs, st.booleans())
def test_the_score_of_a_design_is_that_of_its_rows(rows: list[Row], design: nc.Design, weighted: bool) -> None:
    score = nc.nps(survey_from(rows, weighted=weighted), design=design)
    rows = rows if weighted else unweighted(rows)
    assert score.value == pytest.approx(100 * value_of(rows), rel=1e-12, abs=1e-10)
    assert score.standard_error == pytest.approx(error_of(rows, design, lambda _: True), **ROUNDING)
    assert score.degrees_of_freedom == units_minus_strata(rows, design)
    total = math.fsum(row.weight for row in rows if row.score is not None)
    squares = math.fsum(row.weight**2 for row in rows if row.score is not None)
    assert score.kish_n == pytest.approx(total**2 / squares, rel=1e-12)


@given(samples, designs)
def test_segments_of_a_design_keep_all_its_units(rows: list[Row], design: nc.Design) -> None:
    table = nc.by_segment(survey_from(rows), "group", design=design)
    for segment in table.segments:
        label = segment.labels[0]
        own = [row for row in rows if row.group == label]
        if segment.score is None or segment.difference is None:
            assert not any(row.score is not None for row in own)
            continue
        inside, outside = (lambda row, label=label: row.group == label), (lambda row, label=label: row.group != label)
        assert segment.score.value == pytest.approx(100 * value_of(own), rel=1e-12, abs=1e-10)
        assert segment.score.standard_error == pytest.approx(error_of(rows, design, inside), **ROUNDING)
        assert segment.score.degrees_of_freedom == units_minus_strata(own, design)
        gap = [a - b for a, b in zip(influences(rows, inside), influences(rows, outside), strict=True)]
        error = 100 * math.sqrt(max(variance(rows, gap, design), 0.0))
        assert segment.difference.standard_error == pytest.approx(error, **ROUNDING)


@given(samples, designs)
def test_pairs_of_segments_have_the_covariance_of_their_units(rows: list[Row], design: nc.Design) -> None:
    for pair in nc.compare_all(survey_from(rows), "group", design=design).pairs:
        first = influences(rows, lambda row, label=pair.first[0]: row.group == label)  # type: ignore[misc]
        second = influences(rows, lambda row, label=pair.second[0]: row.group == label)  # type: ignore[misc]
        gap = [a - b for a, b in zip(first, second, strict=True)]
        error = 100 * math.sqrt(max(variance(rows, gap, design), 0.0))
        assert pair.difference.standard_error == pytest.approx(error, **ROUNDING)


def test_a_cluster_that_gave_no_score_was_drawn_all_the_same() -> None:
    rows = [Row(10, "n", "a", None, 1.0), Row(3, "n", "a", None, 1.0), Row(9, "n", "b", None, 1.0)]
    silent, design = Row(None, "n", "c", None, 1.0), nc.Design(clusters="cluster")
    two, three = (nc.nps(survey_from(part), design=design) for part in (rows, [*rows, silent]))
    # U_a = (1 - 1/3 - 1 - 1/3) / 3 = -2/9, U_b = 2/9: 2/1 (8/81), and with a third unit of 0 it is 3/2 (8/81)
    assert two.standard_error == pytest.approx(100 * math.sqrt(2 * 8 / 81), rel=1e-13)
    assert three.standard_error == pytest.approx(100 * math.sqrt(1.5 * 8 / 81), rel=1e-13)
    assert two.value == three.value
    assert (two.degrees_of_freedom, three.degrees_of_freedom) == (1, 1)
    known = nc.nps(survey_from([*rows, attrs.evolve(silent, cluster="b")]), design=design)  # one that was there
    assert known.standard_error == two.standard_error


def test_a_segment_is_not_the_score_of_its_answers_alone() -> None:
    survey = survey_from([Row(10, "n", "a", "x", 1), Row(3, "n", "b", "x", 1), Row(9, "n", "c", "y", 1)])
    design = nc.Design(clusters="cluster")
    segment = nc.by_segment(survey, "group", design=design)["x"].score
    alone = nc.nps(survey.where(segments={"group": "x"}), design=design)
    assert segment is not None
    assert segment.value == alone.value == 0
    # two units of +-1/2: of three that were drawn 3/2 (1/2), of two 2/1 (1/2)
    assert segment.standard_error == pytest.approx(100 * math.sqrt(0.75), rel=1e-13)
    assert alone.standard_error == pytest.approx(100, rel=1e-13)


@given(samples)
def test_clusters_of_the_same_name_in_two_strata_are_two(rows: list[Row]) -> None:
    renamed = [attrs.evolve(row, cluster=f"{row.stratum}/{row.cluster}") for row in rows]
    one, other = (
        nc.nps(survey_from(part), design=nc.Design(strata="stratum", clusters="cluster")) for part in (rows, renamed)
    )
    assert (one.standard_error, one.degrees_of_freedom) == (other.standard_error, other.degrees_of_freedom)


@given(samples)
def test_several_names_make_strata_and_clusters_of_combinations(rows: list[Row]) -> None:
    survey = survey_from(rows)
    both = nc.Survey.from_scores(
        survey.scores, weights=survey.weights, segments={"both": [f"{row.stratum}{row.cluster}" for row in rows]}
    )
    joint = nc.nps(survey, design=nc.Design(clusters=["cluster", "stratum"]))
    assert joint.standard_error == pytest.approx(nc.nps(both, design=nc.Design(clusters="both")).standard_error)
    crossed = nc.Design(
        strata=["stratum", "cluster"],
        lonely="remove",
        population_sizes=dict.fromkeys([(h, c) for h in "ns" for c in "abc"], 50),
    )
    named = nc.Design(
        strata="both", lonely="remove", population_sizes=dict.fromkeys([f"{h}{c}" for h in "ns" for c in "abc"], 50)
    )
    assert nc.nps(survey, design=crossed).standard_error == pytest.approx(
        nc.nps(both, design=named).standard_error, **ROUNDING
    )


# -------------------------------------------------------------------------------------------------- what must hold


def numbers_of(score: nc.NetPromoterScore) -> list[float]:
    interval = score.confidence_interval
    return [score.value, score.standard_error, interval.low, interval.high, score.effective_n or 0, score.kish_n or 0]


@given(samples, designs, st.floats(0.001, 1000))
def test_weights_of_a_design_matter_only_in_proportion(rows: list[Row], design: nc.Design, factor: float) -> None:
    scaled = [attrs.evolve(row, weight=factor * row.weight) for row in rows]
    one, other = (numbers_of(nc.nps(survey_from(part), design=design)) for part in (rows, scaled))
    assert other == pytest.approx(one, rel=1e-5, abs=1e-5)


@given(samples, designs, st.randoms())
def test_neither_the_order_of_rows_nor_the_names_of_labels_matter(
    rows: list[Row], design: nc.Design, random: Any
) -> None:
    other = {"n": "s", "s": "n", "a": "z", "b": "", "c": "b"}
    turned = [attrs.evolve(row, stratum=other[row.stratum], cluster=other[row.cluster]) for row in rows]
    random.shuffle(turned)
    sizes: Any = design.population_sizes
    if design.strata and sizes is not None:
        sizes = {other[label]: size for (label,), size in sizes.items()}
    found = nc.nps(survey_from(turned), design=attrs.evolve(design, population_sizes=sizes))
    assert numbers_of(found) == pytest.approx(numbers_of(nc.nps(survey_from(rows), design=design)), rel=1e-5, abs=1e-5)


@given(samples, designs, st.integers(0, 25))
def test_tallies_of_parts_add_up_to_the_design_of_the_whole(rows: list[Row], design: nc.Design, cut: int) -> None:
    survey = survey_from(rows)
    parts = survey[cut:].tally(survey.segments) + survey[:cut].tally(survey.segments)
    whole = nc.nps(survey, design=design)
    found = nc.nps(parts, design=design)
    assert numbers_of(found) == pytest.approx(numbers_of(whole), rel=1e-5, abs=1e-5)
    assert (found.n, found.missing) == (whole.n, whole.missing)


@given(samples)
def test_a_design_of_nothing_is_the_weights_alone(rows: list[Row]) -> None:
    survey = survey_from(rows)
    plain, designed = nc.nps(survey), nc.nps(survey, design=nc.Design())
    assert designed.value == plain.value
    assert designed.standard_error == pytest.approx(plain.standard_error, rel=1e-9)
    assert designed.design_effect == pytest.approx(plain.design_effect, rel=1e-9)
    assert designed.kish_n == plain.kish_n
    assert designed.degrees_of_freedom == plain.n - 1


@given(st.lists(st.none() | st.integers(0, 10), min_size=2, max_size=30).filter(lambda s: len(s) - s.count(None) > 1))
def test_a_design_of_nothing_leaves_a_simple_sample_as_it_is(scores: list[int | None]) -> None:
    plain, designed = nc.nps(scores), nc.nps(scores, design=nc.Design())
    assert designed.value == plain.value
    assert designed.effective_n == pytest.approx(plain.n, rel=1e-9)
    assert designed.kish_n == plain.n
    for side in ("low", "high"):
        one, other = (getattr(score.confidence_interval, side) for score in (plain, designed))
        assert other == pytest.approx(one, rel=0, abs=1e-6)
    # the design's variance is unbiased: n / (n - 1) of everybody who was drawn
    drawn = len(scores)
    assert designed.standard_error == pytest.approx(plain.standard_error * math.sqrt(drawn / (drawn - 1)), rel=1e-9)


@given(st.tuples(st.integers(1, 9), st.integers(0, 9), st.integers(1, 9)), st.integers(1, 500))
def test_a_simple_sample_of_a_population_tells_more_than_its_size(counts: Any, others: int) -> None:
    x, m, y = counts
    n, population = x + m + y, x + m + y + others
    tally = nc.Tally.from_categories(promoters=x, passives=m, detractors=y)
    score = nc.nps(tally, design=nc.Design(population_sizes=population))
    assert score.effective_n == pytest.approx(n * (population - 1) / (population - n), rel=1e-12)
    simple = nc.nps(tally, design=nc.Design())
    assert score.standard_error == pytest.approx(simple.standard_error * math.sqrt(others / population), rel=1e-9)
    inner, outer = score.confidence_interval, simple.confidence_interval
    assert outer.low <= inner.low + 1e-9
    assert inner.high <= outer.high + 1e-9


@pytest.mark.parametrize("method", ["score", "wald", "adjusted-wald"])
@pytest.mark.parametrize(
    ("design", "weights"),
    [
        (nc.Design(population_sizes=4), None),
        (nc.Design(population_sizes=4), [1, 2, 3, 4]),
        (nc.Design(strata="r", population_sizes={"a": 2, "b": 2}), None),
        (nc.Design(clusters="r", population_sizes=2), [1, 2, 3, 4]),
    ],
)
def test_where_everybody_was_asked_nothing_is_unsure(method: Any, design: nc.Design, weights: Any) -> None:
    survey = nc.Survey.from_scores([10, 3, 9, 8], weights=weights, segments={"r": list("aabb")})
    score = nc.nps(survey, design=design, method=method)
    assert score.standard_error == score.design_effect == 0
    assert score.confidence_interval.low == pytest.approx(score.value, abs=1e-3)
    assert score.confidence_interval.high == pytest.approx(score.value, abs=1e-3)


def test_a_census_of_people_who_agree_is_sure_of_it() -> None:
    score = nc.nps([10, 10], design=nc.Design(population_sizes=2))
    assert (score.value, score.standard_error) == (100, 0)
    assert score.confidence_interval.low == pytest.approx(100, abs=1e-3)


def test_everybody_of_a_population_of_one_was_asked() -> None:
    score = nc.nps([10], design=nc.Design(population_sizes=1))
    assert (score.value, score.standard_error) == (100, 0)
    assert score.effective_n is not None
    assert not math.isnan(score.effective_n)


@pytest.mark.parametrize("method", ["score", "adjusted-wald"])
def test_a_segment_in_one_cluster_may_have_any_score(method: Any) -> None:
    rows = [
        Row(s, "n", c, g, 1) for s, c, g in ((10, "a", "x"), (3, "a", "x"), (9, "a", "x"), (9, "b", "y"), (2, "c", "y"))
    ]
    segment = nc.by_segment(survey_from(rows), "group", design=nc.Design(clusters="cluster"), method=method)["x"]
    assert segment.score is not None
    assert segment.difference is not None
    assert segment.score.degrees_of_freedom == 0
    interval = segment.score.confidence_interval
    assert (interval.low, interval.high) == pytest.approx((-100, 100), rel=1e-6)
    assert segment.difference.pvalue == pytest.approx(1, abs=1e-6)


def test_the_textbook_interval_of_one_cluster_is_the_whole_scale_too() -> None:
    survey = nc.Survey.from_scores([10, 3, 9], segments={"cluster": ["a"] * 3, "all": ["x"] * 3})
    score = nc.nps(survey, design=nc.Design(clusters="cluster", lonely="remove"), method="wald")
    assert score.degrees_of_freedom == 0
    assert (score.confidence_interval.low, score.confidence_interval.high) == (-100, 100)


@pytest.mark.parametrize("lonely", ["adjust", "certainty", "remove"])
def test_one_unit_alone_may_have_any_score(lonely: Any) -> None:
    survey = nc.Survey.from_scores([10, 3, 9], segments={"cluster": ["a"] * 3})
    for score in (
        nc.nps(survey, design=nc.Design(clusters="cluster", lonely=lonely)),
        nc.nps([10], design=nc.Design(lonely=lonely)),
    ):
        assert score.degrees_of_freedom == 0
        interval = score.confidence_interval
        assert (interval.low, interval.high) == pytest.approx((-100, 100), rel=1e-6)


def test_an_interval_does_not_depend_on_a_segment_without_a_score() -> None:
    def score_of_a(scores: Any, labels: str) -> Any:
        survey = nc.Survey.from_scores(scores, segments={"g": list(labels)})
        return nc.by_segment(survey, "g", design=nc.Design())["a"].score

    plain, beside = score_of_a([10, 3, 9, 3], "abbb"), score_of_a([10, 3, 9, 3, None], "abbbc")
    assert beside.confidence_interval.low == pytest.approx(plain.confidence_interval.low, rel=1e-9)


UNANIMOUS_STRATA = nc.Survey.from_scores([10, 10, 3, 3], segments={"region": list("aabb")})


def test_people_who_agree_within_their_strata_are_not_everybody() -> None:
    assert "Everybody was asked" not in str(nc.nps(UNANIMOUS_STRATA, design=nc.Design(strata="region")))


def test_people_who_agree_within_their_strata_still_leave_a_doubt() -> None:
    interval = nc.nps(UNANIMOUS_STRATA, design=nc.Design(strata="region")).confidence_interval
    assert interval.high - interval.low > 1  # points, of four answers


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(0.01, 10)), min_size=3, max_size=12),
    st.sampled_from(["score", "wald", "adjusted-wald"]),
    st.booleans(),
)
def test_no_variance_is_below_zero_by_a_rounding(rows: Any, method: Any, weighted: bool) -> None:
    scores = {"a": 10, "b": 3, "c": 8}
    survey = nc.Survey.from_scores(
        [scores[region] for region, _ in rows],
        weights=[weight for _, weight in rows] if weighted else None,
        segments={"region": [region for region, _ in rows]},
    )
    design = nc.Design(strata="region", lonely="remove")
    score = nc.nps(survey, design=design, method=method)
    target = nc.compare_to_target(survey, 20, design=design, method=method)
    assert score.effective_n is not None
    assert score.effective_n > 0 or score.degrees_of_freedom == 0  # everybody in a stratum of their own
    assert score.confidence_interval.low <= score.value <= score.confidence_interval.high
    assert 0 <= target.pvalue <= 1


def test_a_variance_that_rounds_below_zero_is_zero() -> None:
    survey = nc.Survey.from_scores([8, 10, 10, 8, 10], segments={"region": list("caaca")})
    score = nc.nps(survey, design=nc.Design(strata="region"), method="wald")
    assert score.standard_error == 0
    assert score.effective_n is not None
    assert score.effective_n > 0
    assert score.confidence_interval.low <= 60 <= score.confidence_interval.high


def test_segments_may_be_those_of_the_design() -> None:
    survey = survey_of("C")
    table = nc.by_segment(survey, ("stratum", "psu"), design=CLUSTERS)
    assert len(table) == 9
    for segment in table.segments:
        assert segment.score is not None
        assert segment.score.degrees_of_freedom == 0
    strata = nc.by_segment(survey, "stratum", design=CLUSTERS)
    for segment in strata.segments:  # a stratum is a sample of its own
        alone = nc.nps(survey.where(segments={"stratum": segment.label}), design=CLUSTERS)
        assert segment.score is not None
        assert segment.score.standard_error == pytest.approx(alone.standard_error, **CLOSE)
        assert segment.score.degrees_of_freedom == alone.degrees_of_freedom
        assert segment.difference is not None
        rest = segment.difference.reference
        assert segment.difference.standard_error == pytest.approx(math.hypot(alone.standard_error, rest.standard_error))


def test_segments_without_a_label_and_without_weight_are_domains_too() -> None:
    survey = nc.Survey.from_scores(
        [10, 3, 9, 8, 3], weights=[1, 2, 0, 0, 3], segments={"g": [None, None, "z", "z", "y"], "c": list("ababa")}
    )
    table = nc.by_segment(survey, "g", design=nc.Design(clusters="c"))
    assert table["z"].score is table["z"].difference is None
    assert table["z"].n == 2
    nameless = table[None].score
    assert nameless is not None
    assert nameless.value == pytest.approx(-100 / 3)


def test_a_stratum_of_zero_weight_adds_nothing() -> None:
    rows = [Row(10, "n", "a", None, 1), Row(3, "n", "b", None, 2), Row(9, "s", "a", None, 0), Row(3, "s", "b", None, 0)]
    north = nc.nps(survey_from(rows[:2]), design=nc.Design(strata="stratum"))
    both = nc.nps(survey_from(rows), design=nc.Design(strata="stratum"))
    assert (both.value, both.standard_error) == (north.value, north.standard_error)


def test_weights_of_a_design_that_are_all_zero_leave_no_score() -> None:
    survey = nc.Survey.from_scores([10, 3], weights=[0, 0], segments={"c": ["a", "b"]})
    design = nc.Design(clusters="c")
    for call in (lambda: nc.nps(survey, design=design), lambda: nc.compare_to_target(survey, 0, design=design)):
        with pytest.raises(nc.InvalidInputError, match=r"^weights must not all be 0$"):
            call()


def test_a_thousand_segments_of_ten_thousand_answers_fit_into_little_memory() -> None:
    # The members of all segments at once would be 1000 x 10000 x 3 floats, 240 MB an array
    import tracemalloc

    n = 10_000
    survey = nc.Survey.from_scores(
        np.arange(n) * 7 % 11, segments={"g": np.arange(n) % 1_000, "c": np.arange(n) // 7, "h": np.arange(n) % 3}
    )
    tally = survey.tally(["g", "c"])
    some = tally.where(segments={"g": [str(g) for g in range(0, 1_000, 4)]})
    tracemalloc.start()
    table = nc.by_segment(some, "g", design=nc.Design(clusters="c"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(table) == 250
    assert peak < 100e6


# --------------------------------------------------------------------------------------------------------- margins


def test_margins_weigh_segments_as_known() -> None:
    survey = nc.Survey.from_scores([10, 9, 3, 8, 3], segments={"g": list("xxxyy")})
    score = nc.nps(survey, design=nc.Design(margins={"g": {"x": 1, "y": 3}}))
    assert score.value == pytest.approx(100 * (0.25 * 1 / 3 + 0.75 * -1 / 2), rel=1e-13)
    # residuals from each margin's own mean: n / (n - 1) sum (w (s - d_g))^2, with w = .25/3 and .75/2
    squares = (0.25 / 3) ** 2 * (2 * (2 / 3) ** 2 + (4 / 3) ** 2) + (0.75 / 2) ** 2 * 2 * 0.25
    assert score.standard_error == pytest.approx(100 * math.sqrt(5 / 4 * squares), rel=1e-13)
    assert score.n == 5


@given(samples, st.sampled_from(["raking", "linear"]), st.floats(2, 1e6))
def test_margins_may_be_numbers_or_shares(rows: list[Row], calibration: Any, factor: float) -> None:
    def score(factor: float) -> nc.NetPromoterScore:
        totals = {"stratum": {"n": 0.6 * factor, "s": 0.4 * factor}}
        return nc.nps(survey_from(rows), design=nc.Design(margins=totals, calibration=calibration))

    assert numbers_of(score(factor)) == pytest.approx(numbers_of(score(1.0)), rel=1e-6, abs=1e-6)
    north, south = (value_of([row for row in rows if row.stratum == h]) for h in "ns")
    assert score(factor).value == pytest.approx(100 * (0.6 * north + 0.4 * south), rel=1e-9, abs=1e-9)


def test_a_tuple_of_names_is_a_margin_of_combinations() -> None:
    survey = survey_of("A")
    pairs = sorted(set(zip(columns_of("A")["region"], columns_of("A")["age"], strict=True)))
    joined = nc.Survey.from_scores(
        survey.scores,
        weights=survey.weights,
        segments={"cell": [f"{r}/{a}" for r, a in zip(columns_of("A")["region"], columns_of("A")["age"], strict=True)]},
    )
    totals = {pair: 10 + position for position, pair in enumerate(pairs)}
    crossed = nc.nps(survey, design=nc.Design(margins={("region", "age"): totals}))
    named = nc.nps(joined, design=nc.Design(margins={"cell": {f"{r}/{a}": n for (r, a), n in totals.items()}}))
    assert crossed == named


def test_margins_go_with_strata_and_clusters() -> None:
    survey = survey_of("C")
    design = attrs.evolve(CLUSTERS, margins={"seg": {"x": 1, "y": 1, "z": 2}})
    score = nc.nps(survey, design=design)
    parts = [nc.nps(survey.where(segments={"seg": label})).value for label in "xyz"]
    assert score.value == pytest.approx(0.25 * parts[0] + 0.25 * parts[1] + 0.5 * parts[2], rel=1e-12)
    assert score.degrees_of_freedom == 7
    # within the margin's own classes nothing is left to explain: each class keeps its own mean
    table = nc.by_segment(survey, "seg", design=design)
    for label, value in zip("xyz", parts, strict=True):
        segment = table[label].score
        assert segment is not None
        assert segment.value == pytest.approx(value, rel=1e-12)


def test_an_answer_without_weight_or_score_needs_no_label_of_a_margin() -> None:
    survey = nc.Survey.from_scores([10, 3, None, 9], weights=[1, 1, 1, 0], segments={"g": ["x", "y", None, None]})
    assert nc.nps(survey, design=nc.Design(margins={"g": {"x": 3, "y": 1}})).value == pytest.approx(50)


# -------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"lonely": "ignore"},
            "lonely must be one of 'error', 'adjust', 'average', 'certainty', 'remove', got 'ignore'",
        ),
        ({"lonely": None}, "lonely must be one of 'error', 'adjust', 'average', 'certainty', 'remove', got None"),
        ({"calibration": "logit"}, "calibration must be one of 'raking', 'linear', got 'logit'"),
        ({"population_sizes": 0}, "population_sizes must be a whole number from 1 up to 2**62, got 0"),
        ({"population_sizes": -3}, "population_sizes must be a whole number from 1 up to 2**62, got -3"),
        ({"population_sizes": 2.0}, "population_sizes must be a whole number from 1 up to 2**62, got 2.0"),
        ({"population_sizes": True}, "population_sizes must be a whole number from 1 up to 2**62, got True"),
        ({"population_sizes": "many"}, "population_sizes must be a whole number from 1 up to 2**62, got 'many'"),
        ({"population_sizes": [3, 4]}, "population_sizes must be a whole number from 1 up to 2**62, got [3, 4]"),
        (
            {"strata": "region", "population_sizes": {"north": 0.5}},
            "the population size of 'north' must be a whole number from 1 up to 2**62, got 0.5",
        ),
        (
            {"strata": "region", "population_sizes": 100},
            "with strata, population_sizes must map the label of each to its size, got 100",
        ),
        (
            {"population_sizes": {"north": 100}},
            "without strata, population_sizes must be one number, got a mapping",
        ),
        ({"margins": [("region", 3)]}, "margins must be a mapping from names to totals, got list"),
        ({"margins": {"region": [3, 4]}}, "margin 'region' must be a mapping from labels to numbers, got list"),
        ({"margins": {"region": {}}}, "margin 'region' must have totals, got none"),
        (
            {"margins": {"region": {"north": 0}}},
            "the totals of margin 'region' must be numbers above 0, got 0 for 'north'",
        ),
        (
            {"margins": {"region": {"north": True}}},
            "the totals of margin 'region' must be numbers above 0, got True for 'north'",
        ),
        (
            {"margins": {("region", "age"): {("north", "old"): math.inf}}},
            "the totals of margin 'region' x 'age' must be numbers above 0, got inf for 'north' x 'old'",
        ),
        (
            {"margins": {"region": {"north": "3"}}},
            "the totals of margin 'region' must be numbers above 0, got '3' for 'north'",
        ),
        (
            {"margins": {"region": {"north": math.nan}}},
            "the totals of margin 'region' must be numbers above 0, got nan for 'north'",
        ),
        (
            {"margins": {"region": {"north": 500, "south": 500}, "age": {"old": 999}}},
            (
                "all margins must have the same total, got 'region': 1000, 'age': 999; give them all as shares, or all "
                "as numbers of people"
            ),
        ),
        (
            {"margins": {"region": {"north": 0.5, "south": 0.4}}},
            "the shares of margin 'region' must add up to 1, got 0.9",
        ),
    ],
)
def test_a_design_that_is_none_is_refused(options: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.Design(**options)
    assert str(caught.value) == message


@pytest.mark.parametrize("option", ["strata", "clusters"])
@pytest.mark.parametrize("names", [5, None, ["a", "a"], [3]])
def test_names_of_a_design_must_be_names(option: str, names: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match="must be a name or several different names, got"):
        nc.Design(**{option: names})


@pytest.mark.parametrize("option", ["strata", "clusters"])
def test_names_of_a_design_are_refused_by_their_option(option: str) -> None:
    names: Any = ["a", "a"]
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.Design(**{option: names})
    assert str(caught.value) == f"{option} must be a name or several different names, got {names!r}"


def test_margins_may_differ_by_what_rounding_does() -> None:
    design = nc.Design(
        margins={"a": {"x": 0.1, "y": 0.2, "z": 0.7}, "b": {"z": 1}, "c": {"u": 0.3333333, "v": 0.6666667}}
    )
    assert len(design.margins) == 3


TWO_UNITS = "every stratum must have two {} or more to show how they differ, got one in {}; "
WHAT_TO_DO = "lonely= must say what to do: one of 'adjust', 'average', 'certainty', 'remove'"
GIVE_ONE = "; give them one, such as 'unknown', or leave them out"
SMALL = nc.Survey.from_scores(
    [10, 3, 9, 8, None],
    segments={
        "region": ["n", "n", "s", "s", "s"],
        "shop": ["a", "b", "a", "b", "b"],
        "one": ["n", "s", "s", "s", "s"],
        "gaps": ["n", None, "s", None, None],
        "age": ["old", "old", "old", "new", "new"],
    },
)


@pytest.mark.parametrize(
    ("design", "message"),
    [
        ({"population_sizes": 4}, "a population must be as large as its sample, got 4 for the sample of 5"),
        (
            {"clusters": "shop", "population_sizes": 1},
            "a population must be as large as its sample, got 1 for the sample of 2",
        ),
        (
            {"strata": "region", "population_sizes": {"n": 2, "s": 2}},
            "a population must be as large as its sample, got 2 for stratum 's' of 3",
        ),
        (
            {"strata": "region", "population_sizes": {"n": 2}},
            "population_sizes must have the size of every stratum, got none for stratum 's' but for 'n'",
        ),
        (
            {"strata": "region", "population_sizes": {"n": 2, "s": 3, "w": 4, "e": 5}},
            "population_sizes must be of strata that have answers, got 'e', 'w'",
        ),
        (
            {"strata": ("region", "shop"), "population_sizes": {("n", "a"): 2}},
            "population_sizes must have the size of every stratum, got none for stratum 'n' x 'b' but for 'n' x 'a'",
        ),
        ({"strata": "gaps"}, "every answer must have a label of stratum 'gaps', got 3 without" + GIVE_ONE),
        ({"clusters": ["shop", "gaps"]}, "every answer must have a label of cluster 'gaps', got 3 without" + GIVE_ONE),
        (
            {"margins": {"gaps": {"n": 1, "s": 2}}},
            "every answer must have a label of margin 'gaps', got 3 without" + GIVE_ONE,
        ),
        (
            {"strata": "one"},
            TWO_UNITS.format("answers", "'n'") + WHAT_TO_DO,
        ),
        (
            {"strata": "one", "clusters": "region"},
            TWO_UNITS.format("clusters", "'n'") + WHAT_TO_DO,
        ),
        (
            {"strata": ["region", "shop"], "clusters": "age"},
            TWO_UNITS.format("clusters", "'n' x 'a', 'n' x 'b', 's' x 'a', 's' x 'b'") + WHAT_TO_DO,
        ),
        (
            {"strata": ["region", "shop"], "clusters": "age", "lonely": "average"},
            "lonely='average' needs a stratum with two clusters or more, got none",
        ),
        (
            {"margins": {"region": {"n": 1}}},
            "margin 'region' must have a total for every label that occurs, got none for 's'; the totals are for 'n'",
        ),
        (
            {"margins": {"region": {"n": 2, "s": 1, "w": 1, "e": 1}}},
            (
                "margin 'region' must have answers for every total, got none for 'e', 'w'; the totals are for "
                "'n', 's', 'w', 'e'"
            ),
        ),
        (
            {"margins": {("region", "age"): {("n", "old"): 1, ("s", "old"): 2}}},
            (
                "margin 'region' x 'age' must have a total for every label that occurs, got none for 's' x 'new'; the "
                "totals are for 'n' x 'old', 's' x 'old'"
            ),
        ),
        (
            {"margins": {"age": {"old": 90, "new": 10}, "region": {"n": 95, "s": 5}}, "calibration": "linear"},
            "linear calibration must leave no weight below 0, as it does here; use raking",
        ),
    ],
)
def test_a_sample_that_does_not_fit_its_design_is_refused(design: Any, message: str) -> None:
    for data in (SMALL, SMALL.tally(SMALL.segments)):
        for call in (nc.nps, lambda data, design: nc.by_segment(data, "age", design=design)):
            with pytest.raises(nc.InvalidInputError) as caught:
                call(data, design=nc.Design(**design))
            assert str(caught.value) == message


IMPOSSIBLE = {"age": {"old": 1, "new": 9}, "region": {"n": 8, "s": 2}}  # nobody is new in the north


def test_margins_that_cannot_be_met_are_named() -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.nps(SMALL, design=nc.Design(margins=IMPOSSIBLE))
    text = str(caught.value)
    assert text.startswith(
        "the margins must be met by some weights together, but after 2000 rounds of raking 'age' is "
    )
    assert text.endswith("of a total off; perhaps a combination of labels that it needs has no answer")


def test_margins_that_no_line_meets_are_named() -> None:
    survey = nc.Survey.from_scores([10, 3, 9], segments={"a": list("xyy"), "b": list("uvv")})
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.nps(survey, design=nc.Design(margins={"a": {"x": 2, "y": 1}, "b": {"u": 1, "v": 3}}, calibration="linear"))
    assert "all margins must have the same total" in str(caught.value)
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.nps(survey, design=nc.Design(margins={"a": {"x": 2, "y": 2}, "b": {"u": 1, "v": 3}}, calibration="linear"))
    assert str(caught.value) in {
        f"the margins must be met by some weights together, but {name!r} cannot be" for name in "ab"
    }


@pytest.mark.parametrize("design", [nc.Design(), nc.Design(clusters="shop")])
def test_a_sample_of_one_unit_is_refused_as_such(design: nc.Design) -> None:
    unit = "cluster" if design.clusters else "answer"
    survey = nc.Survey.from_scores([10], segments={"shop": ["a"]})
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.nps(survey, design=design)
    assert "got one in ;" not in str(caught.value)
    assert f"two {unit}s or more" in str(caught.value)


@pytest.mark.parametrize("design", [{"strata": "region"}, "region"])
@pytest.mark.parametrize(
    "call",
    [
        nc.nps,
        lambda data, design: nc.by_segment(data, "age", design=design),
        lambda data, design: nc.compare(data, data, design=design),
        lambda data, design: nc.compare_to_target(data, 0, design=design),
        lambda data, design: nc.equality(data, "age", design=design),
    ],
)
def test_what_is_no_design_is_refused(call: Any, design: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        call(SMALL, design=design)
    assert str(caught.value) == f"design must be a Design, got {type(design).__name__}"


@pytest.mark.parametrize(
    "design", [{"strata": "regoin"}, {"clusters": "regoin"}, {"margins": {"regoin": {"n": 1, "s": 2}}}]
)
def test_an_unknown_name_is_refused_with_those_that_are_known(design: Any) -> None:
    for data in (SMALL, SMALL.tally(SMALL.segments)):
        with pytest.raises(nc.UnknownNameError) as caught:
            nc.nps(data, design=nc.Design(**design))
        assert str(caught.value) == (
            "segment must be one of 'region', 'shop', 'one', 'gaps', 'age', got 'regoin'. Did you mean 'region'?"
        )


@pytest.mark.parametrize("method", ["bootstrap", "bootstrap-percentile", "bayes"])
def test_designs_are_not_resampled(method: Any) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.nps(SMALL, design=nc.Design(), method=method)
    assert str(caught.value) == (
        f"with weights or a design, method must be one of 'score', 'wald', 'adjusted-wald', got {method!r}"
    )


@pytest.mark.parametrize("scores", [[], [None, None]])
def test_a_sample_without_a_score_has_none_whatever_its_design(scores: list[None]) -> None:
    survey = nc.Survey.from_scores(scores, segments={"region": ["n", None][: len(scores)]})
    for design in (nc.Design(strata="region"), nc.Design(margins={"region": {"n": 1}}), nc.Design(population_sizes=1)):
        for call in (
            lambda design=design: nc.nps(survey, design=design),
            lambda design=design: nc.compare_to_target(survey, 0, design=design),
            lambda design=design: nc.by_segment(survey, "region", design=design),
        ):
            with pytest.raises(nc.NoAnswersError, match="got none"):
                call()


@pytest.mark.parametrize(
    "design",
    [
        lambda: nc.Design(population_sizes=10**400),
        lambda: nc.Design(strata="region", population_sizes={"n": 10**400, "s": 10**400}),
        lambda: nc.Design(margins={"region": {"n": 10**400, "s": 10**400}}),
    ],
)
def test_numbers_beyond_all_floats_raise_no_bare_error(design: Callable[[], nc.Design]) -> None:
    try:
        score = nc.nps(SMALL, design=design())
    except nc.InvalidInputError:
        return
    assert math.isfinite(score.standard_error)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"strata": "year", "population_sizes": {2026: 10, "2026": 20}},
            "population_sizes must have every label once, got '2026' twice",
        ),
        (
            {"margins": {"year": {2026: 1, "2026": 2, "2027": 3}}},
            "margin 'year' must have every label once, got '2026' twice",
        ),
    ],
)
def test_two_totals_for_one_label_are_refused(options: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError) as caught:
        nc.Design(**options)
    assert str(caught.value) == message


def test_one_margin_given_twice_is_refused() -> None:
    with pytest.raises(nc.InvalidInputError):
        nc.Design(margins={"year": {"2026": 2}, ("year",): {"2026": 3}})


# ------------------------------------------------------------------------------------------------------- as a value

DESIGNS = [
    nc.Design(),
    nc.Design(strata="region"),
    nc.Design(clusters="region"),
    nc.Design(strata="region", clusters=["shop", "till"], lonely="adjust"),
    nc.Design(population_sizes=100),
    nc.Design(strata="region", population_sizes={"n": 10, "s": 20}),
    nc.Design(margins={"region": {"n": 1, "s": 2}, ("age", "sex"): {("old", "f"): 3}}, calibration="linear"),
]


@pytest.mark.parametrize("design", DESIGNS)
def test_a_design_is_a_value(design: nc.Design) -> None:
    fields = attrs.asdict(design, recurse=False)
    again = nc.Design(**fields)
    for other in (again, copy.copy(design), copy.deepcopy(design), pickle.loads(pickle.dumps(design))):
        assert other == design
        assert hash(other) == hash(design)
        assert repr(other) == repr(design)
    assert [other for other in DESIGNS if other == design] == [design]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        design.lonely = "remove"  # type: ignore[misc]


def test_designs_that_say_the_same_are_equal() -> None:
    sizes = {2026: np.int64(10), "2027": 20}
    one = nc.Design(strata=["year"], population_sizes=sizes, margins={"age": {40: np.float64(2), "old": 1}})
    other = nc.Design(
        strata="year", population_sizes={("2027",): 20, "2026": 10}, margins={("age",): {"old": 1.0, "40": 2}}
    )
    assert one == other
    assert hash(one) == hash(other)
    sizes["2028"] = 3
    assert one == other


def test_a_design_names_each_segment_once() -> None:
    design = nc.Design(strata=["a", "b"], clusters=["b", "c"], margins={"c": {"x": 1}, ("d", "a"): {("x", "y"): 1}})
    assert design.names == ("a", "b", "c", "d")
    assert nc.Design().names == ()


@pytest.mark.parametrize("size", [100, np.int64(100), np.uint8(100)])
def test_a_population_may_be_any_whole_number(size: Any) -> None:
    assert nc.Design(population_sizes=size) == nc.Design(population_sizes=100)
    labelled = nc.Survey.from_scores([10, 3, 9, 8], segments={"year": [2026, 2026, 2027, 2027]})
    by_int = nc.Design(strata="year", population_sizes={2026: size, 2027: size})
    assert nc.nps(labelled, design=by_int) == nc.nps(
        labelled, design=nc.Design(strata="year", population_sizes={"2026": 100, "2027": 100})
    )


def test_a_result_keeps_nothing_of_the_sample() -> None:
    table = nc.by_segment(survey_of("C"), "seg", design=CLUSTERS)
    assert pickle.loads(pickle.dumps(table)) == table
    assert len(pickle.dumps(table)) < 20_000
