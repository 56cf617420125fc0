"""Pictures of scores over time: points with their intervals as a band, changes of level, unusual points."""

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from nps_core._optional import require
from nps_core.errors import InvalidInputError

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

_LINE: Final = "#1f5a94"
_BAND: Final = "#1f5a9433"
_LEVEL: Final = "#c8641e"
_UNUSUAL: Final = "#b3261e"
_COLUMNS: Final = 4
_MOST: Final = 64


@attrs.frozen(kw_only=True)
class Step:
    """A level that holds from one day to another."""

    start: dt.date
    end: dt.date
    value: float


@attrs.frozen(kw_only=True)
class Panel:
    """One series to draw.

    Attributes:
        title: What it shows.
        days: The place of each point.
        values: The points, NaN where there is none.
        lows: The lower limits of their intervals.
        highs: The upper limits.
        levels: Levels to draw as steps.
        unusual: Which points to mark, by their position.
    """

    title: str
    days: Sequence[dt.date]
    values: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    levels: Sequence[Step] = ()
    unusual: Sequence[int] = ()


def draw(panel: Panel, axes: "matplotlib.axes.Axes | None" = None) -> "matplotlib.axes.Axes":
    """One series, in axes of one's own or in new ones."""
    found: matplotlib.axes.Axes = axes or _pyplot().subplots(figsize=(8, 4), layout="constrained")[1]
    _draw(panel, found)
    found.set_ylabel("NPS")
    return found


def check_number(pictures: int) -> None:
    """Refuse more small pictures than anyone can look at."""
    if pictures > _MOST:
        raise InvalidInputError(
            f"a plot must be of {_MOST} segments at most, got {pictures:,}; where() picks some of them"
        )


def draw_each(panels: Sequence[Panel]) -> "matplotlib.figure.Figure":
    """Small pictures side by side, all on the same axes."""
    columns = min(_COLUMNS, len(panels))
    rows = math.ceil(len(panels) / columns)
    figure, grid = _pyplot().subplots(
        rows,
        columns,
        sharex=True,
        sharey=True,
        squeeze=False,
        figsize=(3.2 * columns, 2.2 * rows + 0.4),
        layout="constrained",
    )
    places: list[Any] = list(grid.flat)
    for panel, axes in zip(panels, places, strict=False):
        _draw(panel, axes)
        axes.tick_params(axis="x", labelrotation=40)
    for place in range(len(panels), len(places)):
        places[place].set_visible(False)
        places[place - columns].tick_params(axis="x", labelbottom=True)  # nothing is below it
    figure.supylabel("NPS")
    found: matplotlib.figure.Figure = figure
    return found


def _draw(panel: Panel, axes: Any) -> None:
    axes.axhline(0, color="0.75", linewidth=0.8, zorder=0)
    axes.fill_between(panel.days, panel.lows, panel.highs, color=_BAND, linewidth=0)
    marker = "o" if len(panel.days) <= 60 else ""
    axes.plot(panel.days, panel.values, color=_LINE, linewidth=1.4, marker=marker, markersize=3)
    for level in panel.levels:
        axes.plot([level.start, level.end], [level.value, level.value], color=_LEVEL, linewidth=1.8)
    axes.plot(
        [panel.days[i] for i in panel.unusual],
        [panel.values[i] for i in panel.unusual],
        color=_UNUSUAL,
        linestyle="",
        marker="o",
        markersize=7,
        markerfacecolor="none",
        markeredgewidth=1.6,
    )
    axes.set_title(panel.title.replace("$", r"\$"), loc="left", fontsize="medium")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.xaxis.set_major_formatter(_dates().ConciseDateFormatter(axes.xaxis.get_major_locator()))


def _pyplot() -> Any:
    return require("matplotlib.pyplot", purpose="plot()", extra="plot")


def _dates() -> Any:
    return require("matplotlib.dates", purpose="plot()", extra="plot")
