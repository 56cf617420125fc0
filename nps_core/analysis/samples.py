"""Answers as a design has drawn them: their weights, units and strata, and what they say about groups."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.designs import Design, quoted
from nps_core.counting.groups import combine
from nps_core.errors import InvalidInputError, listed
from nps_core.model.tabular import Labels
from nps_core.model.tally import Tally
from nps_core.stats.calibration import (
    Margins,
    indicators,
    linear_factors,
    raking_factors,
    residuals,
)
from nps_core.stats.designs import (
    LONELY,
    Codes,
    Components,
    Sampling,
    domain_scores,
    influence_of,
    kish_size,
)
from nps_core.stats.intervals import Floats

_BLOCK: Final = 1 << 21
"""So many numbers are held at a time, about."""


@attrs.frozen(eq=False)
class Sample:
    """Answers in R rows, so fine that everybody in a row has the same group, stratum, cluster and margins.

    Attributes:
        groups: The group of each row, shape (R,).
        n: How many answers with a score each row holds, shape (R,).
        sums: Sums of the calibrated weights per row and category, shape (R, 3).
        squares: Sums of their squares.
        sampling: How the rows were drawn.
        uncalibrated: Sums of the weights as given.
        margins: The margins as indicators, shape (R, Q).
        population: The size of the population, where answers were drawn from all of it one by one, without weights.
    """

    groups: Codes
    n: Floats
    sums: Floats
    squares: Floats
    sampling: Sampling
    uncalibrated: Floats
    margins: Floats
    population: int | None

    @classmethod
    def of(cls, tally: Tally, design: Design, groups: Codes) -> Self:
        """The rows of a tally whose keys are all that the design names."""
        counts = tally.category_counts.astype(np.float64)
        weights = tally.category_weights
        sums, squares = (counts, counts) if weights is None else weights
        margins = _margins(tally, design, sums.sum(axis=1))
        factors = np.ones(len(tally))
        if margins:
            calibrate = raking_factors if design.calibration == "raking" else linear_factors
            factors = calibrate(sums.sum(axis=1), margins)
        is_simple = not (design.names or tally.is_weighted)
        return cls(
            groups=groups,
            n=counts.sum(axis=1),
            sums=sums * factors[:, None],
            squares=squares * np.square(factors)[:, None],
            sampling=_sampling(tally, design),
            uncalibrated=sums,
            margins=indicators(margins, len(tally)),
            population=design.population_sizes if is_simple and isinstance(design.population_sizes, int) else None,
        )


@attrs.frozen(eq=False)
class Domains:
    """Some groups of a sample, or for each of them all the others.

    Attributes:
        sample: The sample.
        codes: The group of each domain, -1 for none, shape (k,).
        others: Whether all groups but that one are meant.
    """

    sample: Sample
    codes: Codes
    others: bool = False

    def estimates(self) -> "DomainEstimates":
        """The score of each domain, and how it varies from sample to sample."""
        parts = [self._part(codes) for codes in self._blocks()]
        weights, variances, kish, degrees_of_freedom, within = map(np.concatenate, zip(*parts, strict=True))
        is_census = self.sample.sampling.is_census
        return DomainEstimates(weights, variances, kish, degrees_of_freedom, within, is_census)

    def covariances(self, other: "Domains") -> Floats:
        """The covariance of each domain's score with that of its counterpart, shape (k,); 0 between samples."""
        if other.sample is not self.sample:
            return np.zeros(len(self.codes))
        step = self._step
        return np.concatenate(
            [
                self._components(self.codes[i : i + step]).with_each(other._components(other.codes[i : i + step]))
                for i in range(0, len(self.codes), step)
            ]
        )

    def total_degrees_of_freedom(self) -> float:
        """Units minus strata of the whole sample."""
        answers = (self.sample.n > 0)[None, :]
        return float(self.sample.sampling.degrees_of_freedom(answers, self.sample.n)[0])

    def covariance_matrix(self) -> Floats:
        """The covariances of the scores of all domains, shape (k, k)."""
        blocks = self._blocks()
        rows = []
        for block in blocks:
            components = self._components(block)
            rows.append(np.concatenate([components.with_all(self._components(other)) for other in blocks], axis=1))
        return np.concatenate(rows)

    def correlations(self) -> Floats:
        """The correlations of the scores of all domains, shape (k, k); 0 with a score that does not vary."""
        covariances = self.covariance_matrix()
        errors = np.sqrt(np.maximum(np.diag(covariances), 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(np.outer(errors, errors) > 0, covariances / np.outer(errors, errors), 0.0)
        np.fill_diagonal(found, 1.0)
        return found

    @property
    def _step(self) -> int:
        """So many domains at a time that memory stays small."""
        return max(1, _BLOCK // (3 * len(self.sample.groups)))

    def _blocks(self) -> list[Codes]:
        return [self.codes[i : i + self._step] for i in range(0, len(self.codes), self._step)] or [self.codes]

    def _members(self, codes: Codes) -> NDArray[np.bool_]:
        own = np.equal.outer(codes, self.sample.groups)
        return (~own & (codes >= 0)[:, None]) if self.others else own

    def _components(self, codes: Codes) -> Components:
        sample, members = self.sample, self._members(codes)
        shares, total = domain_scores(sample.sums, members)
        influence = influence_of(shares, total, members)
        if sample.margins.size:
            influence = residuals(influence, sample.margins, sample.uncalibrated)
        return sample.sampling.components(influence, sample.sums, sample.squares, members & (sample.n > 0))

    def _part(self, codes: Codes) -> tuple[NDArray[Any], ...]:
        sample, members = self.sample, self._members(codes)
        weights = members @ sample.sums
        return (
            weights,
            self._components(codes).variances(),
            kish_size(weights, members @ sample.squares),
            sample.sampling.degrees_of_freedom(members & (sample.n > 0), sample.n),
            sample.sampling.variance_within(sample.sums, members),
        )


@attrs.frozen(eq=False)
class DomainEstimates:
    """What a sample says about k domains.

    Attributes:
        weights: Sums of the weights of detractors, passives and promoters, shape (k, 3).
        variances: The variances of the scores, shape (k,).
        kish: Kish's effective sample sizes, shape (k,).
        degrees_of_freedom: Units minus strata, shape (k,), None without a design.
        within: The variance of an answer that strata and finite populations leave, shape (k,), None without a design.
        is_census: Whether everybody was asked.
    """

    weights: Floats
    variances: Floats
    kish: Floats
    degrees_of_freedom: Floats | None
    within: Floats | None
    is_census: bool = False


def _codes(tally: Tally, names: Sequence[str]) -> tuple[Codes, list[Labels]]:
    """The combination of labels that each row carries, and all that occur."""
    keys = [tally._key(name) for name in names]
    codes, table = combine([key.codes for key in keys], [len(key.labels) for key in keys], len(tally))
    known = [(*key.labels, None) for key in keys]
    labels = [tuple(own[code] for own, code in zip(known, row, strict=True)) for row in table.tolist()]
    return codes, labels


def _must_be_labelled(tally: Tally, names: Sequence[str], answers: NDArray[Any], what: str) -> None:
    for name in names:
        unlabelled = (tally._key(name).codes < 0) & (answers > 0)
        if unlabelled.any():
            answers_without = int((tally.n + tally.missing + tally.invalid)[unlabelled].sum())
            raise InvalidInputError(
                f"every answer must have a label of {what} {name!r}, got {answers_without} without; give "
                "them one, such as 'unknown', or leave them out"
            )


def _sampling(tally: Tally, design: Design) -> Sampling:
    """The strata and units of the rows. Answers without a score were drawn, too, and count as units."""
    answers = tally.n + tally.missing + tally.invalid
    _must_be_labelled(tally, design.strata, answers, "stratum")
    _must_be_labelled(tally, design.clusters, answers, "cluster")
    strata, labels = _codes(tally, design.strata)
    clusters = None
    if design.clusters:
        clusters, _ = _codes(tally, tuple(dict.fromkeys([*design.strata, *design.clusters])))
        stratum_of = np.zeros(clusters.max(initial=-1) + 1, np.intp)
        stratum_of[clusters] = strata
        units = np.bincount(stratum_of, minlength=len(labels)).astype(np.float64)
    else:
        units = np.bincount(strata, answers, minlength=len(labels)).astype(np.float64)
    sampling = Sampling(strata, clusters, units, _fractions(design, labels, units), design.lonely)
    lonely = [quoted(labels[row]) for row in np.flatnonzero(sampling.is_lonely).tolist()]
    unit = "cluster" if design.clusters else "answer"
    if lonely and design.lonely == "error":
        what, where = "sample", ""
        if design.strata:
            what, where = "stratum", f" in {', '.join(lonely[:5])}{', ...' if len(lonely) > 5 else ''}"
        raise InvalidInputError(
            f"every {what} must have two {unit}s or more to show how they differ, got one{where}; lonely= must say "
            f"what to do: one of {listed(LONELY[1:])}"
        )
    if lonely and design.lonely == "average" and sampling.is_lonely.all():
        raise InvalidInputError(f"lonely='average' needs a stratum with two {unit}s or more, got none")
    return sampling


def _fractions(design: Design, labels: list[Labels], units: Floats) -> Floats:
    """Which part of each stratum's population was drawn."""
    known = design.population_sizes
    if known is None:
        return np.zeros(len(labels))
    fractions = []
    if isinstance(known, Mapping) and set(known) - set(labels):
        strange = ", ".join(map(quoted, sorted(set(known) - set(labels), key=str)))
        raise InvalidInputError(f"population_sizes must be of strata that have answers, got {strange}")
    for stratum, drawn in zip(labels, units.tolist(), strict=True):
        size = known if isinstance(known, int) else known.get(stratum)
        name = f"stratum {quoted(stratum)}" if stratum else "the sample"
        if size is None:
            given = ", ".join(map(quoted, known)) if isinstance(known, Mapping) else ""
            raise InvalidInputError(
                f"population_sizes must have the size of every stratum, got none for {name} but for {given}"
            )
        if drawn > size:
            raise InvalidInputError(f"a population must be as large as its sample, got {size} for {name} of {drawn:g}")
        fractions.append(drawn / size)
    return np.array(fractions)


def _margins(tally: Tally, design: Design, weights: Floats) -> Margins:
    """Per margin the class of each row and the totals of the classes, all with the grand total of the first."""
    margins: dict[str, tuple[Codes, Floats]] = {}
    grand_total = None
    for names, known in design.margins.items():
        _must_be_labelled(tally, names, weights, "margin")
        codes, labels = _codes(tally, names)
        what = quoted(names)
        there = np.bincount(codes, weights, minlength=len(labels)) > 0
        occurring = {label for label, is_there in zip(labels, there.tolist(), strict=True) if is_there}
        for wrong, message in (
            (occurring - set(known), "must have a total for every label that occurs, got none for"),
            (set(known) - occurring, "must have answers for every total, got none for"),
        ):
            if wrong:
                shown, given = (", ".join(map(quoted, labels)) for labels in (sorted(wrong, key=str), known))
                raise InvalidInputError(f"margin {what} {message} {shown}; the totals are for {given}")
        totals = np.array([known.get(label, np.nan) for label in labels])
        rank = np.cumsum(there) - 1  # rows without weight keep no class of their own
        totals, codes = totals[there], np.where(there, rank, 0)[codes]
        grand_total = grand_total or totals.sum()
        margins[" x ".join(names)] = (codes, totals * (grand_total / totals.sum()))
    return margins
