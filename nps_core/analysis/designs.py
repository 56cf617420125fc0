"""How the answers were sampled: strata, clusters, finite populations, known margins."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
import numpy as np

from nps_core.counting.labels import label_of
from nps_core.errors import InvalidInputError, must_be_one_of
from nps_core.model.immutable import FrozenMapping, Immutable
from nps_core.model.sources import as_whole
from nps_core.model.tabular import Labels
from nps_core.model.tally import as_names
from nps_core.stats.calibration import CALIBRATIONS, Calibration
from nps_core.stats.designs import LONELY, Lonely

_MOST: Final = 2**62
_LARGEST: Final = 10**200
_SAME_TOTAL: Final = 1e-6
"""Margins may differ by rounding, relatively by so much."""


def by_labels(mapping: Mapping[Any, Any], what: str) -> dict[Labels, Any]:
    """A mapping from a label, or several, as a mapping from tuples of labels."""
    items = getattr(mapping, "items", None)  # of a mapping, or of a pandas Series such as value_counts() gives
    if items is None:
        raise InvalidInputError(f"{what} must be a mapping from labels to numbers, got {type(mapping).__name__}")
    found: dict[Labels, Any] = {}
    for key, value in items():
        labels = tuple(label_of(label, what) for label in (key if isinstance(key, tuple) else (key,)))
        if found.setdefault(labels, value) is not value:
            raise InvalidInputError(f"{what} must have every label once, got {quoted(labels)} twice")
    return found


def _strata(names: str | Sequence[str]) -> tuple[str, ...]:
    return as_names(names, "strata")


def _clusters(names: str | Sequence[str]) -> tuple[str, ...]:
    return as_names(names, "clusters")


def _size(value: Any, what: str) -> int:
    whole = as_whole(value)
    if whole is None or not 1 <= whole < _MOST:
        raise InvalidInputError(f"{what} must be a whole number from 1 up to 2**62, got {value!r}")
    return whole


def _sizes(value: Any) -> int | FrozenMapping[Labels, int] | None:
    if value is None:
        return None
    if not hasattr(value, "items"):
        return _size(value, "population_sizes")
    sizes = by_labels(value, "population_sizes")
    return FrozenMapping({key: _size(size, f"the population size of {quoted(key)}") for key, size in sizes.items()})


def _totals(value: Any) -> FrozenMapping[tuple[str, ...], FrozenMapping[Labels, float]]:
    if not isinstance(value, Mapping):
        raise InvalidInputError(f"margins must be a mapping from names to totals, got {type(value).__name__}")
    margins = {}
    for key, given in value.items():
        names = as_names(key, "the names of a margin")
        what = f"margin {quoted(names)}"
        if names in margins:
            raise InvalidInputError(f"every margin must be given once, got {quoted(names)} twice")
        totals = by_labels(given, what)
        for labels, total in totals.items():
            number = total if isinstance(total, (int, float, np.integer, np.floating)) else math.nan
            if isinstance(total, bool) or not 0 < number < _LARGEST:
                raise InvalidInputError(
                    f"the totals of {what} must be numbers above 0, got {total!r} for {quoted(labels)}"
                )
        if not totals:
            raise InvalidInputError(f"{what} must have totals, got none")
        if max(totals.values()) <= 1 and abs(math.fsum(totals.values()) - 1) > _SAME_TOTAL:
            raise InvalidInputError(f"the shares of {what} must add up to 1, got {math.fsum(totals.values()):g}")
        margins[names] = FrozenMapping({labels: float(total) for labels, total in totals.items()})
    sums = {name: math.fsum(totals.values()) for name, totals in margins.items()}
    if sums and max(sums.values()) > min(sums.values()) * (1 + _SAME_TOTAL):
        shown = ", ".join(f"{quoted(name)}: {total:g}" for name, total in sums.items())
        raise InvalidInputError(
            f"all margins must have the same total, got {shown}; give them all as shares, or all as numbers of people"
        )
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

    strata: tuple[str, ...] = attrs.field(default=(), converter=_strata)
    clusters: tuple[str, ...] = attrs.field(default=(), converter=_clusters)
    population_sizes: int | Mapping[Labels, int] | None = attrs.field(default=None, converter=_sizes)
    lonely: Lonely = "error"
    margins: Mapping[tuple[str, ...], Mapping[Labels, float]] = attrs.field(default=_NO_MARGINS, converter=_totals)
    calibration: Calibration = "raking"

    def __attrs_post_init__(self) -> None:
        """Refuse options that do not exist, or that do not go together."""
        must_be_one_of("lonely", self.lonely, LONELY)
        must_be_one_of("calibration", self.calibration, CALIBRATIONS)
        if self.strata and isinstance(self.population_sizes, int):
            raise InvalidInputError(
                f"with strata, population_sizes must map the label of each to its size, got {self.population_sizes}"
            )
        if not self.strata and isinstance(self.population_sizes, Mapping):
            raise InvalidInputError("without strata, population_sizes must be one number, got a mapping")

    @property
    def names(self) -> tuple[str, ...]:
        """All segments that the design needs, each once."""
        return tuple(dict.fromkeys([*self.strata, *self.clusters, *(name for key in self.margins for name in key)]))


def quoted(labels: Sequence[object]) -> str:
    """Labels, or names, as they stand in a message."""
    return " x ".join(repr(label) for label in labels)
