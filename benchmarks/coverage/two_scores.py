"""The exact coverage of the intervals of a difference of two scores."""

import attrs
import numpy as np

from benchmarks.coverage.enumeration import Floats, Whole, outcomes, probabilities, region, scores
from nps_core.stats.differences import DIFFERENCE_METHODS, DifferenceMethod, mover_interval

SIZES = ((10, 10), (10, 40), (20, 20), (10, 100), (50, 50), (100, 100))
STEP = 5
REACH = 4
ROUNDING = 1e-12
ROWS = 256


@attrs.frozen
class Coverage:
    """What came out for one method and pair of sample sizes, at each pair of points."""

    sizes: tuple[int, int]
    method: DifferenceMethod
    shares: Whole
    covered: Floats

    @property
    def worst(self) -> tuple[list[int], list[int]]:
        """The shares of the two groups at which coverage is lowest."""
        first, second = divmod(int(self.covered.argmin()), len(self.shares))
        return self.shares[first].tolist(), self.shares[second].tolist()


def study(sizes: tuple[int, int], method: DifferenceMethod, shares: Whole) -> Coverage:
    """The share of pairs of samples whose interval holds the true difference, at each pair of points.

    No outcome is left out. Pairs of outcomes are laid out for some outcomes of the first sample at a time; for each
    true difference the matrix of hits is multiplied with the probabilities of both sides.
    """
    first, second = (outcomes(n) for n in sizes)
    chance, other_chance = (probabilities(n, shares) for n in sizes)
    differences = np.subtract.outer(scores(shares), scores(shares))
    covered = np.zeros(differences.shape)
    for start in range(0, first.shape[1], ROWS):
        rows = slice(start, start + ROWS)
        x, m, y = first[:, rows, None]
        low, high = mover_interval((x, m, y), tuple(second), method=method)
        low, high = low - ROUNDING, high + ROUNDING
        for difference in np.unique(differences):
            one, two = np.nonzero(differences == difference)
            (ones, place), (twos, other_place) = (np.unique(side, return_inverse=True) for side in (one, two))
            hit = (low <= difference / 100) & (difference / 100 <= high)
            held = hit.astype(np.float32) @ other_chance[twos].T.astype(np.float32)
            covered[one, two] += (chance[ones, rows] @ held)[place, other_place]
    return Coverage(sizes, method, shares, covered)


def everything() -> dict[tuple[DifferenceMethod, tuple[int, int]], Coverage]:
    """All methods and sizes over pairs of points of a coarser grid of the realistic region."""
    return {(method, sizes): study(sizes, method, region(STEP)) for method in DIFFERENCE_METHODS for sizes in SIZES}


def nearby(found: Coverage) -> Coverage:
    """The same in steps of 1 % around the two points where coverage is lowest."""
    shares = region()
    near = [(abs(shares - point)[:, 1:] <= REACH).all(axis=1) for point in found.worst]
    return study(found.sizes, found.method, shares[np.any(near, axis=0)])
