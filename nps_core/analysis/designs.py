"""How the answers were sampled: strata, clusters, finite populations, known margins."""

import math
import operator
from collections.abc import Mapping, Sequence
from typing import Any, Final, Self, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.counting.groups import combine
from nps_core.counting.labels import label_of
from nps_core.errors import InvalidInputError, listed, must_be_one_of
from nps_core.model.immutable import FrozenMapping, Immutable
from nps_core.model.tally import Tally, as_names
from nps_core.stats.calibration import (
    CALIBRATIONS,
    Calibration,
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
    Lonely,
    Sampling,
    domain_scores,
    influence_of,
    kish_size,
)
from nps_core.stats.intervals import Floats

Labels: TypeAlias = tuple[str | None, ...]
"""One label per key."""

_SAME_TOTAL = 1e-6
_BLOCK = 1 << 21


def _by_labels(mapping: Mapping[Any, Any], what: str) -> dict[Labels, Any]:
    """A mapping from a label, or several, as a mapping from tuples of labels."""
    if not isinstance(mapping, Mapping):
        raise InvalidInputError(f"{what} must be a mapping from labels to numbers, got {type(mapping).__name__}")
    return {
        tuple(label_of(label, what) for label in (key if isinstance(key, tuple) else (key,))): value
        for key, value in mapping.items()
    }


def _size(value: Any, what: str) -> int:
    try:
        whole = operator.index(value)
        if whole >= 1 and not isinstance(value, (bool, np.bool_)):
            return whole
    except TypeError:
        pass
    raise InvalidInputError(f"{what} must be a whole number, 1 or more, got {value!r}")


def _sizes(value: Any) -> int | FrozenMapping[Labels, int] | None:
    if value is None or not isinstance(value, Mapping):
        return None if value is None else _size(value, "population_sizes")
    sizes = _by_labels(value, "population_sizes")
    return FrozenMapping({key: _size(size, f"the population size of {_text(key)}") for key, size in sizes.items()})


def _totals(value: Any) -> FrozenMapping[tuple[str, ...], FrozenMapping[Labels, float]]:
    if not isinstance(value, Mapping):
        raise InvalidInputError(f"margins must be a mapping from names to totals, got {type(value).__name__}")
    margins = {}
    for name, given in value.items():
        what = f"margin {_text(as_names(name))}"
        totals = _by_labels(given, what)
        for key, total in totals.items():
            number = total if isinstance(total, (int, float, np.integer, np.floating)) else math.nan
            if isinstance(total, bool) or not 0 < number < math.inf:
                raise InvalidInputError(f"the totals of {what} must be numbers above 0, got {total!r} for {_text(key)}")
        if not totals:
            raise InvalidInputError(f"{what} must have totals, got none")
        margins[as_names(name)] = FrozenMapping({key: float(total) for key, total in totals.items()})
    sums = {name: math.fsum(totals.values()) for name, totals in margins.items()}
    if sums and max(sums.values()) > min(sums.values()) * (1 + _SAME_TOTAL):
        shown = ", ".join(f"{_text(name)}: {total:g}" for name, total in sums.items())
        raise InvalidInputError(f"all margins must have the same total, got {shown}")
    return FrozenMapping(margins)


_NO_MARGINS: Final[Any] = FrozenMapping[Any, Any]({})


@attrs.frozen(kw_only=True)
class Design(Immutable):
    """How the answers were sampled, and what is known about the population: an option of the analyses.

    The names are those of segments. Standard errors, and with them intervals and tests, are then those of the design,
    as R's package ``survey`` computes them (Lumley 2004, Journal of Statistical Software 9(8)); the formulas are in
    :doc:`designs`. Weights are not part of the design: they come with the answers.

    Attributes:
        strata: The segments within each of whose labels was sampled separately.
        clusters: The segments whose labels were drawn together, as everybody in a shop; within strata, so that two
            strata may use the same label for different clusters.
        population_sizes: How many units (clusters, or people without clusters) there are to draw from: a number, or
            with strata a mapping from the label of each. None for so many that it makes no difference.
        lonely: What to do with a stratum of one unit, which cannot tell how units differ. ``"error"`` refuses it,
            ``"adjust"`` takes its distance from the mean of all (on the safe side), ``"average"`` gives it the average
            variance of the other strata, ``"certainty"`` and ``"remove"`` let it add no variance.
        margins: Known totals, numbers or shares of people, by segment and label; weights are moved until they add up
            to them: post-stratification with one margin, raking with several. A tuple of names makes a margin of each
            combination of labels.
        calibration: How weights are moved: ``"raking"``, or ``"linear"`` as in the regression estimator.

    Raises:
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> import nps_core as nc
        >>> survey = nc.Survey.from_scores(
        ...     [10, 9, 3, 8, 10, 6, 9, 9],
        ...     segments={"region": list("NNNNSSSS"), "shop": list("aabbccdd")},
        ... )
        >>> design = nc.Design(strata="region", clusters="shop")
        >>> score = nc.nps(survey, design=design)
        >>> score.value, round(score.standard_error, 1), score.degrees_of_freedom
        (37.5, 45.1, 2.0)
    """

    strata: tuple[str, ...] = attrs.field(default=(), converter=as_names)
    clusters: tuple[str, ...] = attrs.field(default=(), converter=as_names)
    population_sizes: int | FrozenMapping[Labels, int] | None = attrs.field(default=None, converter=_sizes)
    lonely: Lonely = "error"
    margins: FrozenMapping[tuple[str, ...], FrozenMapping[Labels, float]] = attrs.field(
        default=_NO_MARGINS, converter=_totals
    )
    calibration: Calibration = "raking"

    def __attrs_post_init__(self) -> None:
        """Refuse options that do not exist, or that do not go together."""
        must_be_one_of("lonely", self.lonely, LONELY)
        must_be_one_of("calibration", self.calibration, CALIBRATIONS)
        if self.population_sizes is not None and isinstance(self.population_sizes, int) == bool(self.strata):
            raise InvalidInputError(
                "population_sizes must be a mapping from the label of each stratum with strata, and one number without"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """All segments that the design needs, each once."""
        return tuple(dict.fromkeys([*self.strata, *self.clusters, *(name for key in self.margins for name in key)]))


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
        return DomainEstimates(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))

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
        return self._components(self.codes).matrix()

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
        )


@attrs.frozen(eq=False)
class DomainEstimates:
    """What a sample says about k domains.

    Attributes:
        weights: Sums of the weights of detractors, passives and promoters, shape (k, 3).
        variances: The variances of the scores, shape (k,).
        kish: Kish's effective sample sizes, shape (k,).
        degrees_of_freedom: Units minus strata, shape (k,), None without a design.
    """

    weights: Floats
    variances: Floats
    kish: Floats
    degrees_of_freedom: Floats | None


def _codes(tally: Tally, names: Sequence[str]) -> tuple[Codes, list[Labels]]:
    """The combination of labels that each row carries, and all that occur."""
    keys = [tally._key(name) for name in names]
    codes, table = combine([key.codes for key in keys], [len(key.labels) for key in keys], len(tally))
    labels = [tuple((*key.labels, None)[code] for key, code in zip(keys, row, strict=True)) for row in table.tolist()]
    return codes, labels


def _must_be_labelled(tally: Tally, names: Sequence[str], answers: NDArray[Any], what: str) -> None:
    for name in names:
        unlabelled = (tally._key(name).codes < 0) & (answers > 0)
        if unlabelled.any():
            answers_without = int((tally.n + tally.missing + tally.invalid)[unlabelled].sum())
            raise InvalidInputError(f"every answer must have a label of {what} {name!r}, got {answers_without} without")


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
    lonely = [_text(labels[row]) for row in np.flatnonzero(sampling.is_lonely).tolist()]
    unit = "cluster" if design.clusters else "answer"
    if lonely and design.lonely == "error":
        raise InvalidInputError(
            f"every stratum must have two {unit}s or more to show how they differ, got one in {', '.join(lonely)}; "
            f"lonely= must say what to do: one of {listed(LONELY[1:])}"
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
    for stratum, drawn in zip(labels, units.tolist(), strict=True):
        size = known if isinstance(known, int) else known.get(stratum)
        name = f"stratum {_text(stratum)}" if stratum else "the sample"
        if size is None:
            raise InvalidInputError(f"population_sizes must have the size of every stratum, got none for {name}")
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
        what = _text(names)
        there = np.bincount(codes, weights, minlength=len(labels)) > 0
        occurring = {label for label, is_there in zip(labels, there.tolist(), strict=True) if is_there}
        for wrong, message in (
            (occurring - set(known), "must have a total for every label that occurs, got none for"),
            (set(known) - occurring, "must have answers for every total, got none for"),
        ):
            if wrong:
                raise InvalidInputError(f"margin {what} {message} {', '.join(map(_text, sorted(wrong, key=str)))}")
        totals = np.array([known.get(label, np.nan) for label in labels])
        rank = np.cumsum(there) - 1  # rows without weight keep no class of their own
        totals, codes = totals[there], np.where(there, rank, 0)[codes]
        grand_total = grand_total or totals.sum()
        margins[what] = (codes, totals * (grand_total / totals.sum()))
    return margins


def _text(labels: Sequence[object]) -> str:
    return " x ".join(repr(label) for label in labels)
