"""The exact coverage of the intervals of one score."""

import attrs
import numpy as np

from benchmarks.coverage.enumeration import Floats, Whole, outcomes, probabilities, region, scores
from nps_core.stats.intervals import CLOSED_FORMS, METHODS, N_RESAMPLES, Interval, Method, interval

SIZES = (10, 20, 50, 100)
DRAWN_OUTCOMES = 5_000
"""Methods that draw do so for about as many outcomes: where there are fewer, each is drawn for several times."""

SEED = 20_260_101


@attrs.frozen
class Coverage:
    """What came out for one method and sample size, at each point."""

    n: int
    method: Method
    shares: Whole
    covered: Floats
    width: Floats

    @property
    def worst(self) -> list[int]:
        """The shares at which coverage is lowest."""
        return self.shares[self.covered.argmin()].tolist()


def limits(n: int, method: Method) -> Interval:
    """The limits of all outcomes, shape (repeats, outcomes), free of rounding in the last digits."""
    counts = outcomes(n)
    repeats = 1 if method in CLOSED_FORMS else -(-DRAWN_OUTCOMES // counts.shape[1])
    drawn = (np.tile(count, (repeats, 1)) for count in counts)
    low, high = interval(*drawn, method=method, n_resamples=N_RESAMPLES, rng=SEED)
    return low.round(12), high.round(12)


def study(n: int, method: Method, shares: Whole) -> Coverage:
    """The share of samples whose interval holds the true score, at each point.

    Bootstrap limits are scores that n answers can have, as some true scores of the grid are. A limit exactly at the
    true score counts half: the interval holds the values next to it on one side only.
    """
    low, high = limits(n, method)
    chance, truth = probabilities(n, shares), scores(shares)
    covered = np.empty(len(shares))
    for score in np.unique(truth):
        hit = (np.sign(score / 100 - low) + np.sign(high - score / 100)).mean(axis=0) / 2
        covered[truth == score] = chance[truth == score] @ hit
    return Coverage(n, method, shares, covered, chance @ (high - low).mean(axis=0))


def everything() -> dict[tuple[Method, int], Coverage]:
    """All methods and sizes over the realistic region."""
    return {(method, n): study(n, method, region()) for method in METHODS for n in SIZES}


def beyond() -> list[Coverage]:
    """The default where promoters may also be as few as none; for detractors it is the same, mirrored."""
    return [study(n, "score", region(promoters=range(86), detractors=range(3, 101))) for n in SIZES]
