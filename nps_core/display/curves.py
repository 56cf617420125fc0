"""Curves with points on them, and points in four quarters."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from nps_core._optional import require
from nps_core.display.pictures import MAIN, SECOND, Picture, clear_frame, ink, set_title, text_of

_STYLES: Final = ("-", "--", ":", "-.")


@attrs.frozen(kw_only=True)
class Mark:
    """A point with a text beside it."""

    label: str
    x: float
    y: float


@attrs.frozen(kw_only=True)
class Curves(Picture):
    """Lines over one axis.

    Attributes:
        title: What it shows.
        x: The places, numbers or days.
        lines: The heights by name.
        across: What the axis measures.
        up: What the heights measure.
        marks: Points on the lines.
        is_stepped: Whether the lines go up in steps.
    """

    title: str
    x: Sequence[float] | Sequence[dt.date]
    lines: Mapping[str, Sequence[float]]
    across: str
    up: str
    marks: Sequence[Mark] = ()
    is_stepped: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """As that of a series."""
        return 7.0, 4.0

    def fill(self, axes: Any) -> None:
        """The lines, told apart by their dashes, too."""
        for number, (name, heights) in enumerate(self.lines.items()):
            style = {"color": f"C{number}", "linestyle": _STYLES[number % len(_STYLES)], "label": text_of(name)}
            axes.plot(self.x, heights, drawstyle="steps-post" if self.is_stepped else "default", **style)
        for mark in self.marks:
            axes.plot([mark.x], [mark.y], color=SECOND, marker="o", markersize=7, linestyle="")
            axes.annotate(text_of(mark.label), (mark.x, mark.y), (6, 6), textcoords="offset points")
        if self.x and isinstance(self.x[0], dt.date):
            dates = require("matplotlib.dates", purpose="plot()", extra="plot")
            axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
        if len(self.lines) > 1:
            axes.legend(frameon=False, fontsize="small")
        axes.set_ylim(0, 1.12 * max(max(heights, default=0) for heights in self.lines.values()) or 1)
        axes.margins(x=0.08)
        axes.set_xlabel(self.across)
        axes.set_ylabel(self.up)
        clear_frame(axes)
        set_title(axes, self.title)


@attrs.frozen(kw_only=True)
class Quadrants(Picture):
    """Points in four quarters.

    Attributes:
        title: What it shows.
        points: The points.
        cross: Where the quarters meet.
        across: What the axis below measures.
        up: What the other one measures.
        names: What the quarters are called: top left, top right, bottom left, bottom right.
    """

    title: str
    points: Sequence[Mark]
    cross: tuple[float, float]
    across: str
    up: str
    names: tuple[str, str, str, str]

    @property
    def size(self) -> tuple[float, float]:
        """Room for names."""
        return 7.0, 5.0

    def fill(self, axes: Any) -> None:
        """The points with their names, which are kept apart, and the quarters."""
        axes.axvline(self.cross[0], color=ink(), alpha=0.4, linewidth=0.8)
        axes.axhline(self.cross[1], color=ink(), alpha=0.4, linewidth=0.8)
        axes.plot([p.x for p in self.points], [p.y for p in self.points], color=MAIN, linestyle="", marker="o")
        axes.margins(x=0.25, y=0.18)
        spread = max(self.points, key=lambda p: p.y).y - min(self.points, key=lambda p: p.y).y
        reach = max([1e-12, *(abs(p.x - self.cross[0]) for p in self.points)])
        last: dict[int, float] = {}
        for point in sorted(self.points, key=lambda p: p.y):
            near = round(8 * (point.x - self.cross[0]) / reach)
            crowded = near in last and point.y - last[near] < 0.05 * spread
            last[near] = point.y
            place, side = ((-6, 3), "right") if crowded else ((6, 3), "left")
            axes.annotate(text_of(point.label), (point.x, point.y), place, textcoords="offset points", ha=side)
        for name, (x, y) in zip(self.names, ((0, 1), (1, 1), (0, 0), (1, 0)), strict=True):
            axes.annotate(
                name,
                (x, y),
                (4 - 8 * x, 4 - 8 * y),
                xycoords="axes fraction",
                textcoords="offset points",
                ha="right" if x else "left",
                va="top" if y else "bottom",
                alpha=0.7,
                fontsize="small",
            )
        axes.set_xlabel(self.across)
        axes.set_ylabel(self.up)
        clear_frame(axes)
        set_title(axes, self.title)
