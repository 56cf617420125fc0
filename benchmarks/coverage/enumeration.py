"""Every outcome of a sample with its probability, and the true shares at which coverage is computed."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def region(step: int = 1, promoters: range = range(3, 86), detractors: range = range(3, 86)) -> Whole:
    """Shares of promoters, passives and detractors in whole percent, shape (points, 3), on a grid.

    Passives are 8 to 60 %. By default neither of the others is below 3 % or above 85 %.
    """
    passives, most_critical = (side.ravel() for side in np.mgrid[8:61:step, detractors.start : detractors.stop : step])
    happiest = 100 - passives - most_critical
    inside = (happiest >= promoters.start) & (happiest < promoters.stop)
    return np.stack([happiest, passives, most_critical], axis=1)[inside]


def scores(shares: Whole) -> Whole:
    """The true scores in points."""
    return shares[:, 0] - shares[:, 2]


def outcomes(n: int) -> Whole:
    """All counts of promoters, passives and detractors that n answers can give, shape (3, outcomes)."""
    x, y = np.indices((n + 1, n + 1)).reshape(2, -1)
    x, y = x[x + y <= n], y[x + y <= n]
    return np.stack([x, n - x - y, y])


def probabilities(n: int, shares: Whole) -> Floats:
    """The multinomial probability of each outcome at each point, shape (points, outcomes)."""
    counts = outcomes(n)
    ways = [math.factorial(n) // math.prod(map(math.factorial, triple)) for triple in counts.T.tolist()]
    powers = (shares / 100)[:, :, None] ** np.arange(n + 1)
    found = np.array(ways, np.float64) * np.ones((len(shares), 1))
    for category, count in enumerate(counts):
        found *= powers[:, category, count]
    return found
