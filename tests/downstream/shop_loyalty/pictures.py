"""Pictures and pages of results."""

# pyright: reportUnknownMemberType=false
# matplotlib leaves some options without a type

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import nps_core as nc
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure


class Drawable(Protocol):
    """Any result that can be drawn and shown on a page."""

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw the result."""
        ...

    def to_html(self, *, style: bool = True) -> str:
        """The result as HTML."""
        ...


def _write(figure: Figure, path: Path) -> None:
    figure.savefig(path)
    plt.close(figure)


def save(result: Drawable, path: Path) -> None:
    """Draw one result into a file."""
    figure, ax = plt.subplots(layout="constrained")
    result.plot(ax=ax)
    _write(figure, path)


def page(results: Iterable[Drawable]) -> str:
    """A page of tables."""
    return "\n".join(result.to_html(style=False) for result in results)


def poster(trend: nc.Trend, shops: nc.SegmentTable, path: Path) -> None:
    """The trend above the shops."""
    figure, (above, below) = plt.subplots(2, layout="constrained")
    trend.plot(ax=above)
    shops.plot(ax=below)
    _write(figure, path)
