"""Pictures and pages of results."""

# pyright: reportUnknownMemberType=false
# matplotlib leaves some options without a type

from collections.abc import Iterable
from pathlib import Path

import nps_core as nc
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from nps_core.annotations import Result


def _write(figure: Figure, path: Path) -> None:
    figure.savefig(path)
    plt.close(figure)


def save(result: Result, path: Path) -> None:
    """Draw one result into a file."""
    figure, ax = plt.subplots(layout="constrained")
    result.plot(ax=ax)
    _write(figure, path)


def page(results: Iterable[Result]) -> str:
    """A page of tables."""
    return "\n".join(result.to_html(style=False) for result in results)


def poster(trend: nc.Trend, shops: nc.SegmentTable, path: Path) -> None:
    """The trend above the shops."""
    figure, (above, below) = plt.subplots(2, layout="constrained")
    trend.plot(ax=above)
    shops.plot(ax=below)
    _write(figure, path)
