"""Weights that meet known totals: post-stratification, raking, linear calibration."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from nps_core.errors import InvalidInputError
from nps_core.stats.intervals import Floats

Calibration: TypeAlias = Literal["raking", "linear"]
"""How weights are moved: by factors, which stay positive, or by the least squares of the regression estimator."""

CALIBRATIONS: Final[tuple[Calibration, ...]] = get_args(Calibration)

Margins: TypeAlias = Mapping[str, tuple[NDArray[np.intp], Floats]]
"""By the name of the margin: the class of each of R rows, and the known total of each class."""

_MOST_CYCLES: Final = 2_000
_EXACT: Final = 1e-13
_GOOD: Final = 1e-9


def raking_factors(weights: Floats, margins: Margins) -> Floats:
    """Factors that make the weights add up to every margin, by iterative proportional fitting.

    With one margin this is post-stratification and exact at once; with several they are met in turn until all hold
    (Deming and Stephan 1940, Annals of Mathematical Statistics 11:427-444).

    Args:
        weights: The weight of each row, shape (R,).
        margins: The margins; all must have the same grand total.

    Returns:
        Factors, shape (R,).

    Raises:
        InvalidInputError: If the margins cannot be met together; the message names the one that is farthest off.
    """
    factors, best, distances = np.ones(len(weights)), np.inf, dict[str, float]()
    for _ in range(_MOST_CYCLES):
        for codes, totals in margins.values():
            factors = factors * (totals / _sums(weights * factors, codes, totals))[codes]
        distances = _distances(weights * factors, margins)
        worst = max(distances.values(), default=0.0)
        if worst <= _EXACT or best <= worst <= _GOOD:  # it does not get better in the last digits
            return factors
        best = min(best, worst)
    name = max(distances, key=lambda margin: distances[margin])
    raise InvalidInputError(
        f"the margins must be met by some weights together, but after {_MOST_CYCLES} rounds of raking {name!r} is "
        f"still {distances[name]:.2g} of a total off; perhaps a combination of labels that it needs has no answer"
    )


def linear_factors(weights: Floats, margins: Margins) -> Floats:
    """Factors 1 + x'lambda that make the weights add up to every margin: those of the regression estimator.

    (Deville and Särndal 1992, JASA 87:376-382.)

    Args:
        weights: The weight of each row, shape (R,).
        margins: The margins; all must have the same grand total.

    Returns:
        Factors, shape (R,).

    Raises:
        InvalidInputError: If the margins cannot be met together, or not without negative weights.
    """
    table = indicators(margins, len(weights))
    wanted = np.concatenate([totals for _, totals in margins.values()])
    factors: Floats = table @ (
        _inverse(table, weights) @ wanted
    )  # 1 + x'lambda without cancellation: 1 is in the span of x
    distances = _distances(weights * factors, margins)
    name = max(distances, key=lambda margin: distances[margin])
    if distances[name] > _GOOD:
        raise InvalidInputError(f"the margins must be met by some weights together, but {name!r} cannot be")
    if (factors[weights > 0] < 0).any():
        raise InvalidInputError("linear calibration must leave no weight below 0, as it does here; use raking")
    return factors


def indicators(margins: Margins, n_rows: int) -> Floats:
    """Which class of each margin each row is in, as zeros and ones, shape (R, classes of all margins)."""
    parts = [np.equal.outer(codes, np.arange(len(totals))) for codes, totals in margins.values()]
    return np.concatenate([np.zeros((n_rows, 0)), *parts], axis=1)


def residuals(influence: Floats, table: Floats, sums: Floats) -> Floats:
    """What is left of influences after regression on the margins, with the weights before calibration.

    Known margins take out of an estimate's variance what they explain of it (Deville and Särndal 1992).

    Args:
        influence: Shape (B, R, 3).
        table: The margins as indicators, shape (R, Q).
        sums: Sums of the weights before calibration, shape (R, 3).

    Returns:
        Residuals, shape (B, R, 3).
    """
    explained = (influence * sums).sum(axis=2) @ table @ _inverse(table, sums.sum(axis=1)) @ table.T
    return np.asarray(influence - explained[:, :, None])


def _inverse(table: Floats, weights: Floats) -> Floats:
    """The inverse of X'WX, or what serves as one: margins of the same total are collinear."""
    product = table.T @ (table * weights[:, None])
    size = np.sqrt(np.diag(product))
    scale = np.outer(size, size) + (size[:, None] * size == 0)
    return np.asarray(np.linalg.pinv(product / scale, rcond=1e-11, hermitian=True) / scale, np.float64)


def _sums(weights: Floats, codes: NDArray[np.intp], totals: Floats) -> Floats:
    return np.bincount(codes, weights, minlength=len(totals)).astype(np.float64)


def _distances(weights: Floats, margins: Margins) -> dict[str, float]:
    """By margin, the largest distance of a class from its total, relative to the total."""
    return {
        name: float(np.max(np.abs(_sums(weights, codes, totals) / totals - 1)))
        for name, (codes, totals) in margins.items()
    }
