"""Variances of scores from complex samples, against sums over people."""

import math
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats.designs import (
    CODING,
    LONELY,
    Lonely,
    Sampling,
    design_effect,
    domain_scores,
    influence_of,
    kish_size,
)

DOMAINS = 3
ROUNDING = 1e-12


@attrs.frozen
class Person:
    """Somebody who was asked."""

    stratum: int
    cluster: int
    domain: int
    answer: int | None
    weight: float
    row: int = 0


persons = st.builds(
    Person,
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(0, DOMAINS - 1),
    st.sampled_from([-1, 0, 1, None]),
    st.floats(0.05, 20),
    st.integers(0, 1),
)


def with_two_units(people: list[Person]) -> list[Person]:
    """Two silent people in two clusters of each stratum, so that none is lonely."""
    strata = {person.stratum for person in people}
    return people + [Person(stratum, cluster, 0, None, 1.0) for stratum in sorted(strata) for cluster in (0, 1)]


some_people = st.lists(persons, min_size=2, max_size=18).filter(
    lambda people: any(person.answer is not None for person in people)
)
samples = some_people.map(with_two_units)
fractions = st.lists(st.sampled_from([0.0, 0.1, 0.5, 1.0]), min_size=3, max_size=3)


@attrs.frozen
class Rows:
    """People as the library gets them: counts, sums and sums of squares per row."""

    domains: Any
    n: Any
    sums: Any
    squares: Any
    sampling: Sampling


def rows_of(
    people: list[Person],
    clustered: bool,
    fractions: list[float],
    lonely: Lonely = "error",
    key: Callable[[Person], Any] = lambda person: person.row,
    turn: int = 1,
) -> Rows:
    """One row per stratum, cluster, domain and whatever else the key tells apart; turned, strata and rows go down."""
    table: dict[Any, list[Person]] = {}
    for person in people:
        table.setdefault((person.stratum, person.cluster, person.domain, key(person)), []).append(person)
    keys = list(table)[::turn]
    strata = sorted({stratum for stratum, *_ in keys})[::turn]
    clusters = sorted({(stratum, cluster) for stratum, cluster, *_ in keys})[::turn]
    sums, squares = np.zeros((2, len(keys), 3))
    for row, members in enumerate(table[key] for key in keys):
        for person in members:
            if person.answer is not None:
                sums[row, person.answer + 1] += person.weight
                squares[row, person.answer + 1] += person.weight**2
    units = [len(units_of(people, stratum, clustered)) for stratum in strata]
    return Rows(
        domains=np.array([domain for _, _, domain, _ in keys]),
        n=np.array([sum(person.answer is not None for person in table[key]) for key in keys], float),
        sums=sums,
        squares=squares,
        sampling=Sampling(
            np.array([strata.index(stratum) for stratum, *_ in keys]),
            np.array([clusters.index((stratum, cluster)) for stratum, cluster, *_ in keys]) if clustered else None,
            np.array(units, float),
            np.array([fractions[stratum] for stratum in strata]),
            lonely,
        ),
    )


def units_of(people: list[Person], stratum: int, clustered: bool) -> list[list[Person]]:
    """Who was drawn together."""
    inside = [person for person in people if person.stratum == stratum]
    if not clustered:
        return [[person] for person in inside]
    return [[p for p in inside if p.cluster == cluster] for cluster in sorted({p.cluster for p in inside})]


def answers_in(people: list[Person]) -> list[int]:
    """The domains that have an answer."""
    return sorted({person.domain for person in people if person.answer is not None})


def score(people: list[Person], domain: int) -> tuple[float, float]:
    """The weighted score of a domain, and its total weight."""
    inside = [p for p in people if p.domain == domain and p.answer is not None]
    total = math.fsum(p.weight for p in inside)
    return math.fsum(p.weight * (p.answer or 0) for p in inside) / total if inside else math.nan, total


def influence(unit: list[Person], people: list[Person], domain: int) -> float:
    """What a unit adds to the linearised score of a domain."""
    d, total = score(people, domain)
    return math.fsum(p.weight * (p.answer - d) / total for p in unit if p.domain == domain and p.answer is not None)


def covariance(people: list[Person], clustered: bool, fractions: list[float], one: int, other: int) -> float:
    """Of the scores of two domains: sum_h (1 - f_h) n_h / (n_h - 1) sum_c (U_hc - mean) (T_hc - mean), one by one."""
    total = 0.0
    for stratum in {person.stratum for person in people}:
        units = units_of(people, stratum, clustered)
        u = [influence(unit, people, one) for unit in units]
        t = [influence(unit, people, other) for unit in units]
        away = math.fsum((a - math.fsum(u) / len(u)) * (b - math.fsum(t) / len(t)) for a, b in zip(u, t, strict=True))
        total += (1 - fractions[stratum]) * len(units) / (len(units) - 1) * away if len(units) > 1 else 0.0
    return total


def estimates(rows: Rows, domains: list[int]) -> tuple[Any, Any, Any]:
    """Scores, covariances and degrees of freedom of domains."""
    members = np.equal.outer(domains, rows.domains)
    shares, total = domain_scores(rows.sums, members)
    counted = members & (rows.n > 0)
    components = rows.sampling.components(influence_of(shares, total, members), rows.sums, rows.squares, counted)
    matrix = components.matrix()
    assert components.variances() == pytest.approx(np.diag(matrix), rel=1e-12, abs=1e-15, nan_ok=True)
    return shares @ CODING, matrix, rows.sampling.degrees_of_freedom(counted, rows.n)


def must_agree(one: tuple[Any, Any, Any], other: tuple[Any, Any, Any]) -> None:
    for these, those in zip(one, other, strict=True):
        assert these == pytest.approx(those, rel=1e-9, abs=ROUNDING)


clustered = pytest.mark.parametrize("clustered", [False, True], ids=["answers", "clusters"])


@given(st.booleans(), samples, fractions)
def test_scores_and_covariances_are_sums_over_people(
    clustered: bool, people: list[Person], fractions: list[float]
) -> None:
    domains = answers_in(people)
    values, matrix, _ = estimates(rows_of(people, clustered, fractions), domains)
    assert values == pytest.approx(np.array([score(people, domain)[0] for domain in domains]), abs=ROUNDING)
    for row, one in enumerate(domains):
        for column, other in enumerate(domains):
            expected = covariance(people, clustered, fractions, one, other)
            assert matrix[row, column] == pytest.approx(expected, rel=1e-9, abs=ROUNDING)


@given(st.booleans(), samples)
def test_degrees_of_freedom_are_units_minus_strata_where_a_domain_has_answers(
    clustered: bool, people: list[Person]
) -> None:
    domains = answers_in(people)
    found = estimates(rows_of(people, clustered, [0.0] * 3), domains)[2]
    for domain, df in zip(domains, found.tolist(), strict=True):
        inside = [p for p in people if p.domain == domain and p.answer is not None]
        units = {(p.stratum, p.cluster) for p in inside} if clustered else inside
        assert df == len(units) - len({p.stratum for p in inside})


@given(st.booleans(), samples, fractions)
def test_rows_of_the_same_unit_may_be_merged(clustered: bool, people: list[Person], fractions: list[float]) -> None:
    domains = answers_in(people)
    finest = rows_of(people, clustered, fractions, key=id)
    coarsest = rows_of(people, clustered, fractions, key=lambda person: None)
    must_agree(estimates(coarsest, domains), estimates(finest, domains))


@given(st.booleans(), samples, fractions, st.randoms(use_true_random=False))
def test_neither_rows_nor_strata_nor_clusters_have_an_order(
    clustered: bool, people: list[Person], fractions: list[float], random: Any
) -> None:
    domains = answers_in(people)
    shuffled = random.sample(people, len(people))
    expected = estimates(rows_of(people, clustered, fractions), domains)
    must_agree(estimates(rows_of(shuffled, clustered, fractions, turn=-1), domains), expected)


@given(st.booleans(), samples, fractions, st.sampled_from([1e-100, 1e-12, 3.0, 1e12, 1e100]))
def test_weights_have_no_unit(clustered: bool, people: list[Person], fractions: list[float], times: float) -> None:
    domains = answers_in(people)
    scaled = [attrs.evolve(person, weight=times * person.weight) for person in people]
    expected = estimates(rows_of(people, clustered, fractions), domains)
    must_agree(estimates(rows_of(scaled, clustered, fractions), domains), expected)


@clustered
def test_no_domains_have_no_variances(clustered: bool) -> None:
    values, matrix, df = estimates(rows_of(lonely_people, clustered, [0.5, 0, 0], "remove"), [])
    assert values.shape == df.shape == (0,)
    assert matrix.shape == (0, 0)


@given(st.booleans(), samples, fractions)
def test_domains_come_alone_or_together(clustered: bool, people: list[Person], fractions: list[float]) -> None:
    rows = rows_of(people, clustered, fractions)
    together = estimates(rows, [0, 1, 2])
    for domain in range(DOMAINS):
        value, matrix, df = estimates(rows, [domain])
        here = [values[domain] for values in (together[0], np.diag(together[1]), together[2])]
        assert [value[0], matrix[0, 0], df[0]] == pytest.approx(here, rel=1e-12, abs=1e-15, nan_ok=True)


@given(st.booleans(), samples, st.integers(0, 2))
def test_who_does_not_answer_counts_as_a_unit_all_the_same(clustered: bool, people: list[Person], stratum: int) -> None:
    # A silent unit in a stratum spreads its influences, summing to S, over one unit more: the variance changes by
    # n' / (n' - 1) (sum U^2 - S^2 / n') minus the same with n.
    domains = answers_in(people)
    known = {person.stratum for person in people}
    stratum = min(known, key=lambda other: abs(other - stratum))
    more = [*people, Person(stratum, 7, 0, None, 1.0)]
    _, matrix, df = estimates(rows_of(people, clustered, [0.0] * 3), domains)
    _, with_more, same = estimates(rows_of(more, clustered, [0.0] * 3), domains)
    assert df.tolist() == same.tolist()
    for row, domain in enumerate(domains):
        u = [influence(unit, people, domain) for unit in units_of(people, stratum, clustered)]
        squared, total, n = math.fsum(a * a for a in u), math.fsum(u), len(u)
        change = (n + 1) / n * (squared - total**2 / (n + 1)) - n / (n - 1) * (squared - total**2 / n)
        assert with_more[row, row] - matrix[row, row] == pytest.approx(change, rel=1e-9, abs=ROUNDING)


@given(st.booleans(), samples)
def test_a_stratum_without_an_answer_of_a_domain_adds_nothing(clustered: bool, people: list[Person]) -> None:
    domains = answers_in(people)
    elsewhere = [Person(3, cluster, DOMAINS, 1, 2.0) for cluster in (0, 1, 1)]
    must_agree(
        estimates(rows_of(people + elsewhere, clustered, [0.0] * 4), domains),
        estimates(rows_of(people, clustered, [0.0] * 4), domains),
    )


@given(st.booleans(), samples)
def test_who_is_wholly_observed_leaves_nothing_open(clustered: bool, people: list[Person]) -> None:
    rows = rows_of(people, clustered, [1.0] * 3)
    assert np.abs(estimates(rows, answers_in(people))[1]).max(initial=0.0) == 0


@given(samples)
def test_clusters_of_one_are_no_clusters(people: list[Person]) -> None:
    alone = [attrs.evolve(person, cluster=number) for number, person in enumerate(people)]
    domains = answers_in(people)
    must_agree(
        estimates(rows_of(alone, True, [0.25] * 3), domains), estimates(rows_of(alone, False, [0.25] * 3), domains)
    )


@given(some_people)
def test_one_stratum_of_everybody_is_the_simple_sample(people: list[Person]) -> None:
    flat = [attrs.evolve(person, stratum=0, cluster=0) for person in people]
    rows = rows_of(flat, False, [0.3])
    simple = attrs.evolve(rows, sampling=Sampling.simple(len(rows.n), len(people), 0.3))
    must_agree(estimates(simple, answers_in(flat)), estimates(rows, answers_in(flat)))


@given(st.tuples(*[st.integers(0, 10**12)] * 3).filter(lambda triple: sum(triple) > 1))
def test_counts_alone_have_the_variance_of_a_mean(counts: Any) -> None:
    sums, n = np.array([counts], float), sum(counts)
    members = np.ones((1, 1), bool)
    shares, total = domain_scores(sums, members)
    variance = Sampling.simple(1, n).components(influence_of(shares, total, members), sums, sums, members).variances()
    y, m, x = counts
    assert variance * (n - 1) == pytest.approx([(4 * x * y + m * (x + y)) / n**2], rel=1e-12)


@pytest.mark.parametrize("category", range(3))
@pytest.mark.parametrize("sizes", [(3, 3), (3, 6), (7, 10), (10, 20)])
@clustered
def test_where_strata_explain_everything_nothing_is_left_to_vary(
    clustered: bool, sizes: tuple[int, int], category: int
) -> None:
    # All promoters in one stratum, all of another category in the other, with equal weights.
    sums = np.zeros((2, 3))
    sums[0, 2], sums[1, category] = sizes
    members, strata = np.ones((1, 2), bool), np.arange(2)
    shares, total = domain_scores(sums, members)
    if clustered:
        sums, strata = np.repeat(sums / 2, 2, axis=0), np.repeat(strata, 2)
        members = np.ones((1, 4), bool)
    sampling = Sampling(
        strata, np.arange(4) if clustered else None, np.array([2, 2] if clustered else sizes, float), np.zeros(2)
    )
    variance = sampling.components(influence_of(shares, total, members), sums, sums, members).variances()
    assert 0 <= variance[0] < 1e-15


lonely_people = [
    Person(0, 0, 0, 1, 2.0),
    Person(0, 1, 0, -1, 1.0),
    Person(0, 1, 1, 0, 3.0),
    Person(0, 2, 0, 0, 2.0),
    Person(1, 0, 0, -1, 4.0),
    Person(2, 0, 1, 1, 1.0),
]
"""Strata 1 and 2 have one unit; domain 0 has answers in strata 0 and 1."""


def lonely_variance(lonely: Lonely, clustered: bool, fractions: list[float], domain: int = 0) -> float:
    rows = rows_of(lonely_people, clustered, fractions, lonely)
    assert rows.sampling.is_lonely.tolist() == [False, fractions[1] < 1, fractions[2] < 1]
    return float(estimates(rows, [0, 1])[1][domain, domain])


@clustered
def test_a_lonely_unit_counts_by_its_distance_from_the_mean_of_all(clustered: bool) -> None:
    others = covariance(lonely_people, clustered, [0.5, 0, 0], 0, 0)
    alone = influence([lonely_people[4]], lonely_people, 0)
    assert lonely_variance("adjust", clustered, [0.5, 0, 0]) == pytest.approx(others + alone**2, rel=1e-12)
    assert lonely_variance("adjust", clustered, [0.5, 0.25, 0]) == pytest.approx(others + 0.75 * alone**2, rel=1e-12)


@clustered
def test_a_lonely_stratum_gets_the_average_of_those_that_the_domain_has_answers_in(clustered: bool) -> None:
    others = [covariance(lonely_people, clustered, [0.5, 0, 0], domain, domain) for domain in (0, 1)]
    for domain in (0, 1):  # each has answers in stratum 0 and in one lonely stratum
        found = lonely_variance("average", clustered, [0.5, 0, 0], domain)
        assert found == pytest.approx(2 * others[domain], rel=1e-12)


@clustered
@pytest.mark.parametrize("lonely", ["certainty", "remove"])
def test_a_lonely_unit_may_be_certain_or_removed_which_is_the_same(lonely: Lonely, clustered: bool) -> None:
    others = covariance(lonely_people, clustered, [0.5, 0, 0], 0, 0)
    assert lonely_variance(lonely, clustered, [0.5, 0, 0]) == pytest.approx(others, rel=1e-12)


@clustered
@pytest.mark.parametrize("lonely", LONELY)
def test_who_is_all_of_a_stratum_is_not_lonely(lonely: Lonely, clustered: bool) -> None:
    others = covariance(lonely_people, clustered, [0.5, 0, 0], 0, 0)
    assert lonely_variance(lonely, clustered, [0.5, 1, 1]) == pytest.approx(others, rel=1e-12)


@clustered
def test_an_average_of_no_stratum_is_unknown(clustered: bool) -> None:
    people = [Person(stratum, 0, 0, stratum - 1, 1.0) for stratum in range(3)]
    assert np.isnan(estimates(rows_of(people, clustered, [0.0] * 3, "average"), [0])[1]).all()


@given(st.booleans(), samples)
def test_what_becomes_of_lonely_strata_does_not_matter_where_there_are_none(
    clustered: bool, people: list[Person]
) -> None:
    domains = answers_in(people)
    expected = estimates(rows_of(people, clustered, [0.0] * 3), domains)
    for lonely in LONELY:
        must_agree(estimates(rows_of(people, clustered, [0.0] * 3, lonely), domains), expected)


@given(samples)
def test_two_domains_of_one_sample_vary_together_as_their_matrix_says(people: list[Person]) -> None:
    rows = rows_of(people, True, [0.0] * 3)
    members = np.equal.outer([0, 1, 2], rows.domains)
    shares, total = domain_scores(rows.sums, members)
    components = rows.sampling.components(influence_of(shares, total, members), rows.sums, rows.squares, members)
    turned = rows.sampling.components(
        influence_of(shares[[1, 2, 0]], total[[1, 2, 0]], members[[1, 2, 0]]),
        rows.sums,
        rows.squares,
        members[[1, 2, 0]],
    )
    expected = components.matrix()[[0, 1, 2], [1, 2, 0]]
    assert components.with_each(turned) == pytest.approx(expected, rel=1e-12, abs=1e-15, nan_ok=True)


def test_a_domain_without_weight_has_no_score() -> None:
    sums = np.array([[0, 0, 0], [1, 2, 3]], float)
    members = np.array([[True, False], [False, False], [False, True]])
    shares, total = domain_scores(sums, members)
    assert np.isnan(total).tolist() == [True, True, False]
    assert np.isnan(shares).all(axis=1).tolist() == [True, True, False]
    found = influence_of(shares, total, members)
    assert np.isnan(found[0, 0]).all()
    assert found[2].tolist() == [[0, 0, 0], pytest.approx(((CODING - 2 / 6) / 6).tolist())]


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=20), st.sampled_from([1e-100, 1.0, 1e100]))
def test_kish_size_is_the_square_of_the_sum_over_the_sum_of_squares(weights: list[float], times: float) -> None:
    w = times * np.array(weights)
    expected = math.fsum(weights) ** 2 / math.fsum(weight**2 for weight in weights)
    assert kish_size(w, w**2) == pytest.approx(expected, rel=1e-12)
    assert kish_size(np.ones((2, 5)), np.ones((2, 5))).tolist() == [5, 5]
    assert np.isnan(kish_size(np.zeros(3), np.zeros(3)))


def test_the_design_effect_is_one_of_answers_drawn_one_by_one() -> None:
    assert design_effect(np.array(0.6 / 99), np.array(0.6), np.array(100)) == pytest.approx(1, rel=1e-14)
    effects = design_effect(np.array([0.02, 0.0]), np.array([0.5, 0.0]), np.array([51, 10]))
    assert effects[0] == pytest.approx(2, rel=1e-14)
    assert np.isnan(effects[1])


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 9), st.booleans()), min_size=1, max_size=12)
)
def test_the_variance_within_strata_is_that_of_the_answers(rows: list[tuple[int, int, int, bool]]) -> None:
    rows = [*rows, (0, 0, 1, True), (1, 1, 1, True), (2, 2, 1, True)]  # every stratum has answers
    fractions = [0.0, 0.3, 1.0]
    strata = np.array([stratum for stratum, *_ in rows])
    order = np.argsort(strata, kind="stable")
    sums = np.zeros((len(rows), 3))
    for row, (_, category, count, _) in enumerate(rows):
        sums[row, category] = count
    members = np.array([[True] * len(rows), [inside for *_, inside in rows]])
    sampling = Sampling(strata[order], None, np.full(3, 5.0), np.array(fractions))
    found = sampling.variance_within(sums[order], members[:, order])
    for domain, inside in enumerate(members):
        spread = n = 0.0
        for stratum in range(3):
            answers = np.repeat(
                [category - 1 for _, category, *_ in rows],
                [count * bool(i) * (s == stratum) for (s, _, count, _), i in zip(rows, inside, strict=True)],
            )
            n += len(answers)
            spread += (1 - fractions[stratum]) * (len(answers) * answers.var() if len(answers) else 0)
        assert found[domain] == pytest.approx(spread / n, abs=1e-12)


def test_a_stratum_without_answers_of_a_domain_has_no_variance() -> None:
    sampling = Sampling(np.array([0, 0, 1]), None, np.array([5.0, 5.0]), np.zeros(2))
    sums = np.array([[4.0, 0, 0], [0, 0, 4], [1, 0, 1]])
    with np.errstate(all="raise"):
        assert sampling.variance_within(sums, np.array([[True, True, False], [False, False, True]])).tolist() == [1, 1]
