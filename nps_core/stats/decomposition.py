"""Why a score changed: because the groups changed, or because there are more of one group and fewer of another."""

from typing import Final, Self

import attrs
import numpy as np

from nps_core.stats.intervals import Floats

_CODING: Final = np.array([-1.0, 0.0, 1.0])
_SIGN: Final = np.array([-1.0, 1.0])[:, None, None]
"""What the two samples count for in a change: before, after."""


@attrs.frozen(eq=False)
class Decomposition:
    """The change of a score as a sum of mix and rate effects over k groups, exact and symmetric in time.

    Cells are the shares of each group and category (detractors, passives, promoters) before and after, shape (2, k, 3);
    so are gradients, which say how an effect changes with a cell.

    Attributes:
        cells: The shares, each sample's adding up to 1.
        mix: What the changed share of each group did, shape (k,).
        rate: What its changed score did, shape (k,).
        mix_own: The gradient of each mix effect by the cells of its own group, shape (2, k, 3), but for
        mix_common: what every cell does to it through the score of all: this times the cell's coding; shape (k,).
        rate_own: The gradient of each rate effect, which depends on its own group only, shape (2, k, 3).
    """

    cells: Floats
    mix: Floats
    rate: Floats
    mix_own: Floats
    mix_common: Floats
    rate_own: Floats

    @classmethod
    def of(cls, before: Floats, after: Floats) -> Self:
        """Decompose the change between two samples.

        mix_k = (w1 - w0) ((d0 + d1) / 2 - (D0 + D1) / 2) and rate_k = (w0 + w1) / 2 (d1 - d0) add up to D1 - D0
        (Kitagawa 1955, JASA 50:1168-1194, with the mix taken around the score of all). A group that is in one sample
        only keeps the score that it has there: all that it does is mix.

        Args:
            before: Weights of the answers per group and category, shape (k, 3), with a positive sum.
            after: The same of the later sample. Every group has an answer in one of the two.
        """
        cells = np.stack([before, after]).astype(np.float64)
        cells /= cells.sum(axis=(1, 2), keepdims=True)
        w = cells.sum(axis=2)
        here = w > 0
        with np.errstate(invalid="ignore", divide="ignore"):
            d = (cells @ _CODING) / w
            slopes = np.where(here[..., None], (_CODING - d[..., None]) / w[..., None], 0.0)  # of d, by the cells
        d = np.where(here, d, d[::-1])  # who comes or goes has one score, in both samples
        stays = here.all(axis=0)[:, None]
        jump, step = (w[1] - w[0])[:, None], (d[1] - d[0])[:, None]
        middle, beyond = w.mean(axis=0)[:, None], (d.mean(axis=0) - (cells.sum(axis=1) @ _CODING).mean())[:, None]
        return cls(
            cells=cells,
            mix=(jump * beyond)[:, 0],
            rate=(middle * step)[:, 0],
            mix_own=_SIGN * beyond + jump * slopes * np.where(stays, 0.5, 1.0),
            mix_common=-jump[:, 0] / 2,
            rate_own=np.where(stays, step / 2 + _SIGN * middle * slopes, 0.0),
        )

    @property
    def mix_gradient(self) -> Floats:
        """The gradient of the sum of all mix effects, shape (2, k, 3)."""
        return np.asarray(self.mix_own + self.mix_common.sum() * _CODING)

    def mix_errors(self, spreads: Floats) -> Floats:
        """The standard error of each mix effect by the delta method, shape (k,).

        Args:
            spreads: Per sample, group and category the sum of squared weights over the squared sum of all weights
                (count / n^2 without weights), shape (2, k, 3).
        """
        variance = np.zeros(len(self.mix))
        for cells, spread, own in zip(self.cells, spreads, self.mix_own, strict=True):
            coding = _CODING - (cells @ _CODING).sum()
            mean = (cells * own).sum(axis=1)
            of_all = (spread * coding).sum()
            covariance = (spread * (own - mean[:, None]) * coding).sum(axis=1)
            covariance -= mean * (of_all - (spread * coding).sum(axis=1))
            variance += _own_variance(own, cells, spread)
            variance += 2 * self.mix_common * covariance + self.mix_common**2 * (spread * coding**2).sum()
        return np.sqrt(np.maximum(variance, 0.0))

    def rate_errors(self, spreads: Floats) -> Floats:
        """The standard error of each rate effect by the delta method, shape (k,).

        Args:
            spreads: As for :meth:`mix_errors`.
        """
        parts = [_own_variance(*sample) for sample in zip(self.rate_own, self.cells, spreads, strict=True)]
        return np.sqrt(sum(parts))


def gradient_error(gradient: Floats, cells: Floats, spreads: Floats) -> float:
    """The standard error of one quantity from its gradient, by the delta method.

    Args:
        gradient: Shape (2, k, 3).
        cells: The shares of the cells, of that shape.
        spreads: As for :meth:`Decomposition.mix_errors`.
    """
    mean = (cells * gradient).sum(axis=(1, 2), keepdims=True)
    return float(np.sqrt(np.square(np.sqrt(spreads) * (gradient - mean)).sum()))


def _own_variance(own: Floats, cells: Floats, spread: Floats) -> Floats:
    """In one sample, the variance of k quantities whose gradient is 0 outside their own group's three cells."""
    mean = (cells * own).sum(axis=1, keepdims=True)
    inside = np.square(np.sqrt(spread) * (own - mean)).sum(axis=1)
    return np.asarray(inside + np.square(mean[:, 0]) * (spread.sum() - spread.sum(axis=1)))
