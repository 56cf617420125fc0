"""Flows: how many went from which group to which one."""

from collections.abc import Sequence
from typing import Any, Final

import attrs
import numpy as np

from nps_core.display.pictures import CATEGORY_COLOURS, Picture, ink, set_title

_WIDTH: Final = 0.07
_GAP: Final = 0.06


@attrs.frozen(kw_only=True)
class Flow(Picture):
    """Groups before at the left, after at the right, and between them bands as wide as the number who went that way.

    Attributes:
        title: What it shows.
        names: The groups, the lowest first.
        counts: From each group (rows) to each (columns).
    """

    title: str
    names: Sequence[str]
    counts: Sequence[Sequence[int]]

    @property
    def size(self) -> tuple[float, float]:
        """High enough for thin bands."""
        return 7.5, 4.4

    def fill(self, axes: Any) -> None:
        """Two columns of groups, and the bands in the colours of where they come from."""
        counts = np.asarray(self.counts, np.float64)
        total = max(counts.sum(), 1.0)
        sizes = counts.sum(axis=1) / total, counts.sum(axis=0) / total
        floors = [np.cumsum(each) - each + _GAP * np.arange(len(each)) for each in sizes]
        for side, (size, floor) in enumerate(zip(sizes, floors, strict=True)):
            self._column(axes, side, size, floor)
        leaving, coming = floors[0].copy(), floors[1].copy()
        along = np.linspace(0, 1, 50)
        bend = along * along * (3 - 2 * along)
        for before, row in enumerate(counts / total):
            for after, wide in enumerate(row):
                if wide > 0:
                    low = leaving[before] + (coming[after] - leaving[before]) * bend
                    x = _WIDTH + along * (1 - 2 * _WIDTH)
                    axes.fill_between(x, low, low + wide, color=CATEGORY_COLOURS[before], alpha=0.55, linewidth=0)
                    self._number(axes, (float(x[12]), float(low[12] + wide / 2)), int(self.counts[before][after]), wide)
                leaving[before] += wide
                coming[after] += wide
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.03, 1 + _GAP * len(self.names))
        axes.set_axis_off()
        set_title(axes, self.title)

    def _column(self, axes: Any, side: int, size: Any, floor: Any) -> None:
        left, sums = side * (1 - _WIDTH), np.asarray(self.counts).sum(axis=1 - side)
        axes.bar(
            [left] * len(size),
            size,
            _WIDTH,
            bottom=floor,
            align="edge",
            color=CATEGORY_COLOURS,
            edgecolor=ink(),
            linewidth=0.6,
        )
        for name, high, low, number in zip(self.names, size.tolist(), floor.tolist(), sums.tolist(), strict=True):
            place = (-0.02, "right") if side == 0 else (1.02, "left")
            axes.text(place[0], low + high / 2, f"{name}  {number:,}", ha=place[1], va="center")

    @staticmethod
    def _number(axes: Any, place: tuple[float, float], number: int, wide: float) -> None:
        if wide >= 0.035:
            axes.text(*place, f"{number:,}", ha="center", va="center", fontsize="small")
