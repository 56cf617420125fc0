"""Weights, strata, clusters, finite populations and margins, against R's package survey."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nps_core.stats.calibration import indicators, linear_factors, raking_factors, residuals
from nps_core.stats.designs import (
    CODING,
    Components,
    Lonely,
    Sampling,
    design_effect,
    domain_scores,
    influence_of,
)
from nps_core.stats.student import f_pvalue, t_pvalue

FOLDER = Path(__file__).parents[1] / "reference"
REFERENCE = json.loads((FOLDER / "survey.json").read_text())
CLOSE: Any = {"rel": 1e-12, "abs": 0}


class Sample:
    """A file of answers, one per row, and the numbers that nps_core makes of it."""

    def __init__(self, name: str) -> None:
        with (FOLDER / f"survey_{name}.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        self.columns = {column: np.array([row[column] for row in rows]) for column in rows[0]}
        self.weights = self.columns["w"].astype(float)
        self.answers = np.eye(3)[self.columns["s"].astype(int) + 1]
        self.base = self.weights
        self.margins: Any = None

    def __len__(self) -> int:
        return len(self.weights)

    def keep(self, which: Any) -> "Sample":
        self.columns = {name: column[which] for name, column in self.columns.items()}
        self.weights, self.answers = self.weights[which], self.answers[which]
        self.base = self.weights
        return self

    def calibrate(self, factors: Any, margins: Any) -> "Sample":
        self.margins = margins
        self.weights = self.weights * factors(self.weights, margins)
        return self

    def codes(self, *names: str) -> Any:
        keys = np.array(["/".join(row) for row in zip(*(self.columns[name] for name in names), strict=True)])
        return np.unique(keys, return_inverse=True)[1]

    def margin(self, name: str, totals: list[float]) -> Any:
        """A margin, with the totals of its labels in their order."""
        return self.codes(name), np.array(totals, float)

    def each(self, name: str) -> Any:
        """One domain per label."""
        return np.equal.outer(np.unique(self.columns[name]), self.columns[name])

    def sampling(self, *, clusters: bool = False, populations: str = "", lonely: Lonely = "error") -> Sampling:
        strata = self.codes("stratum")
        codes = self.codes("stratum", "psu") if clusters else None
        each = np.arange(len(self)) if codes is None else codes
        units = np.array([len(np.unique(each[strata == h])) for h in range(strata.max() + 1)], float)
        fractions = np.zeros(len(units))
        if populations:
            fractions = units / [float(self.columns[populations][strata == h][0]) for h in range(len(units))]
        return Sampling(strata, codes, units, fractions, lonely)

    @property
    def simple(self) -> Sampling:
        return Sampling.simple(len(self), len(self))

    def domains(self, members: Any = None) -> tuple[Any, Any, Any]:
        members = np.ones((1, len(self)), bool) if members is None else members
        return (members, *domain_scores(self.sums, members))

    @property
    def sums(self) -> Any:
        return self.answers * self.weights[:, None]

    def components(self, sampling: Sampling, members: Any = None) -> Components:
        members, shares, total = self.domains(members)
        influence = influence_of(shares, total, members)
        if self.margins:
            table = indicators(self.margins, len(self))
            influence = residuals(influence, table, self.answers * self.base[:, None])
        return sampling.components(influence, self.sums, self.squares, members)

    @property
    def squares(self) -> Any:
        return self.answers * np.square(self.weights)[:, None]

    def must_be(self, name: str, sampling: Sampling, members: Any = None) -> None:
        expected, variance = REFERENCE[name], self.components(sampling, members).variances()
        members, shares, _ = self.domains(members)
        scores = shares @ CODING
        assert scores == pytest.approx(np.atleast_1d(expected["est"]), **CLOSE)
        assert np.sqrt(variance) == pytest.approx(np.atleast_1d(expected["se"]), **CLOSE)
        if "df" in expected:
            assert sampling.degrees_of_freedom(members, np.ones(len(self))).tolist() == [expected["df"]]
        if "deff_replace" in expected:
            spread = shares @ CODING**2 - scores**2
            effect = design_effect(variance, spread, members.sum(axis=1))
            assert effect == pytest.approx([expected["deff_replace"]], **CLOSE)


def test_a_weighted_sample() -> None:
    sample = Sample("A")
    sample.must_be("A_weighted", sample.simple)
    sample.must_be("A_weighted_contrast", sample.simple)


def test_a_sample_without_weights() -> None:
    sample = Sample("A")
    sample.weights = np.ones(len(sample))
    sample.must_be("A_unweighted", sample.simple)
    sample.must_be("A_srs_fpc200", Sampling.simple(len(sample), len(sample), len(sample) / 200))


@pytest.mark.parametrize("region", ["E", "N", "S"])
def test_domains_of_a_weighted_sample(region: str) -> None:
    sample = Sample("A")
    sample.must_be(f"A_domain_region_{region}", sample.simple, sample.columns["region"][None] == region)


@pytest.mark.parametrize("channel", ["app", "web"])
def test_domains_across_strata(channel: str) -> None:
    sample = Sample("B")
    members = sample.columns["channel"][None] == channel
    sample.must_be(f"B_domain_channel_{channel}", sample.sampling(populations="N"), members)


@pytest.mark.parametrize("segment", ["x", "y", "z"])
def test_domains_across_clusters(segment: str) -> None:
    sample = Sample("C")
    members = sample.columns["seg"][None] == segment
    sample.must_be(f"C_domain_seg_{segment}", sample.sampling(clusters=True), members)


def test_one_domain_against_the_rest() -> None:
    sample, expected = Sample("A"), REFERENCE["A_region_N_vs_rest"]
    north = sample.columns["region"] == "N"
    members, shares, _ = sample.domains(np.stack([north, ~north]))
    gap, contrast = np.array([1, -1]) @ (shares @ CODING), np.array([1, -1])
    error = np.sqrt(contrast @ sample.components(sample.simple, members).matrix() @ contrast)
    assert gap == pytest.approx(expected["est"], **CLOSE)
    assert error == pytest.approx(expected["est"] / expected["t"], **CLOSE)
    assert t_pvalue(gap / error, expected["df"]) == pytest.approx(expected["p"], rel=1e-10)


def test_post_stratification() -> None:
    sample = Sample("A")
    sample.calibrate(raking_factors, {"region": sample.margin("region", [300, 500, 200])})
    assert sample.weights == pytest.approx(np.array(REFERENCE["A_poststrat_weights"]["w"]), rel=1e-13, abs=0)
    sample.must_be("A_poststrat_region", sample.simple)


@pytest.mark.parametrize(
    ("name", "factors"), [("A_calibrate_raking", raking_factors), ("A_calibrate_linear", linear_factors)]
)
def test_calibration_to_two_margins(name: str, factors: Any) -> None:
    sample = Sample("A")
    margins = {"region": sample.margin("region", [300, 500, 200]), "age": sample.margin("age", [420, 310, 270])}
    sample.calibrate(factors, margins)
    assert sample.weights == pytest.approx(np.array(REFERENCE[f"{name}_weights"]["w"]), rel=1e-10, abs=0)
    sample.must_be(name, sample.simple)


def test_the_weights_of_rake() -> None:
    sample = Sample("A")
    margins = {"region": sample.margin("region", [300, 500, 200]), "age": sample.margin("age", [420, 310, 270])}
    sample.calibrate(raking_factors, margins)
    assert sample.weights == pytest.approx(np.array(REFERENCE["A_rake_weights"]["w"]), rel=1e-10, abs=0)


def test_strata() -> None:
    sample = Sample("B")
    sample.must_be("B_strat_fpc", sample.sampling(populations="N"))
    sample.must_be("B_strat_nofpc", sample.sampling())
    sample.must_be("B_ignore_strata", sample.simple)


def test_each_stratum_by_itself() -> None:
    sample = Sample("B")
    sample.must_be("B_by_stratum", sample.sampling(populations="N"), sample.each("stratum"))


def test_covariances_of_domains_that_share_strata() -> None:
    sample, expected = Sample("B"), REFERENCE["B_channel_diff"]
    members, shares, _ = sample.domains(sample.each("channel"))
    components = sample.components(sample.sampling(populations="N"), members)
    app, web = shares @ CODING
    assert components.matrix() == pytest.approx(np.reshape(expected["vcov"], (2, 2)), **CLOSE)
    contrast = np.array([1, -1])
    assert app - web == pytest.approx(expected["est"], **CLOSE)
    assert np.sqrt(contrast @ components.matrix() @ contrast) == pytest.approx(expected["se"], **CLOSE)


def test_clusters() -> None:
    sample = Sample("C")
    sample.must_be("C_strat_cluster", sample.sampling(clusters=True))
    sample.must_be("C_strat_cluster_fpc", sample.sampling(clusters=True, populations="NP"))
    clusters = sample.codes("psu")
    alone = Sampling(np.zeros(len(sample), np.intp), clusters, np.array([clusters.max() + 1.0]), np.zeros(1))
    sample.must_be("C_cluster_only", alone)


@pytest.mark.parametrize(("file", "name"), [("A", "A_weighted_parts"), ("C", "C_parts")])
def test_shares_of_promoters_passives_and_detractors(file: str, name: str) -> None:
    sample, expected = Sample(file), REFERENCE[name]
    sampling = sample.simple if file == "A" else sample.sampling(clusters=True)
    members, shares, total = sample.domains()
    away = (np.eye(3) - shares.T)[::-1] / total  # of one answer from each share, promoters first
    influence = np.repeat(away[:, None, :], len(sample), axis=1)
    vcov = sampling.components(influence, sample.sums, sample.squares, np.repeat(members, 3, axis=0)).matrix()
    assert shares[0, ::-1] == pytest.approx(np.array(expected["est"]), **CLOSE)
    assert vcov == pytest.approx(np.reshape(expected["vcov"], (3, 3)), rel=1e-12, abs=1e-15)


def test_a_total() -> None:
    sample, expected = Sample("C"), REFERENCE["C_total"]
    influence = np.broadcast_to(CODING, (1, len(sample), 3))
    members = np.ones((1, len(sample)), bool)
    variance = sample.sampling(clusters=True).components(influence, sample.sums, sample.squares, members).variances()
    assert (sample.sums @ CODING).sum() == pytest.approx(expected["est"], **CLOSE)
    assert np.sqrt(variance) == pytest.approx([expected["se"]], **CLOSE)


def test_several_domains_at_once() -> None:
    sample, expected = Sample("C"), REFERENCE["C_seg_wald"]
    members, shares, _ = sample.domains(sample.each("seg"))
    contrasts = np.array([[1, 0, 0], [-1, 1, 0], [-1, 0, 1]])
    b = contrasts @ shares @ CODING
    covariances = contrasts @ sample.components(sample.sampling(clusters=True), members).matrix() @ contrasts.T
    assert b == pytest.approx(np.array(expected["coef"]), rel=1e-11, abs=0)
    assert np.sqrt(np.diag(covariances)) == pytest.approx(np.array(expected["se"]), rel=1e-11, abs=0)
    statistic = b[1:] @ np.linalg.solve(covariances[1:, 1:], b[1:]) / 2
    assert statistic == pytest.approx(expected["Ftest"], rel=1e-10)
    assert f_pvalue(statistic, expected["df"], expected["ddf"]) == pytest.approx(expected["p"], rel=1e-11)


@pytest.mark.parametrize("lonely", ["adjust", "average", "certainty", "remove"])
def test_a_stratum_of_one_cluster(lonely: Lonely) -> None:
    sample = Sample("C")
    sample.keep(~np.isin(sample.columns["psu"], ["c7", "c8", "c9"]))
    sampling = sample.sampling(clusters=True, lonely=lonely)
    assert sampling.is_lonely.tolist() == [False, True]
    sample.must_be(f"C_lonely_{lonely}", sampling)
