"""Where falling functions cross zero, many at once."""

from collections.abc import Callable
from typing import Final

import numpy as np

from nps_core.stats.intervals import Floats

_MOST_STEPS: Final = 100
_PRECISION: Final = 4e-15


def find_roots(function: Callable[[Floats], Floats], low: float, high: float, shape: tuple[int, ...]) -> Floats:
    """The zero of each of many falling functions, by Chandrupatla's method.

    The bracket always holds, and inverse quadratic interpolation is used where it can be trusted (Chandrupatla 1997,
    Advances in Engineering Software 28:145-149).

    Args:
        function: From points, one per function, to values of the same shape.
        low: Where to begin to look. A function that is not positive there has its zero there.
        high: Where to end. A function that is still positive there has its zero there; NaN counts as positive.
        shape: How many functions there are.

    Returns:
        Zeros between ``low`` and ``high``, of the given shape.
    """
    a, b = np.full(shape, high), np.full(shape, low)
    with np.errstate(all="ignore"):
        fa, fb = function(a), function(b)
        early, late = fb <= 0, ~(fa < 0)
        done, root = early | late, np.where(early, low, high)
        best, step = b, np.full(shape, 0.5)
        for _ in range(_MOST_STEPS):
            x = a + step * (b - a)
            fx = function(x)
            same = np.sign(fx) == np.sign(fa)
            c, fc = np.where(same, a, b), np.where(same, fa, fb)
            b, fb = np.where(same, b, a), np.where(same, fb, fa)
            a, fa = x, fx
            best = np.where(np.abs(fa) < np.abs(fb), a, b)
            margin = _PRECISION * np.maximum(np.abs(best), 1e-3) / np.abs(b - a)
            found = ~done & ((margin > 0.5) | (fa == 0) | (fb == 0))
            root, done = np.where(found, best, root), done | found
            if done.all():
                break
            xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
            trusted = (1 - np.sqrt(1 - xi) < phi) & (phi < np.sqrt(xi))
            inverse = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
            step = np.where(trusted, inverse, 0.5)
            step = np.where(done | ~np.isfinite(step), 0.5, np.clip(step, margin, 1 - margin))
    return np.where(done, root, best)
