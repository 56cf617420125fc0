"""Scores over time: points with their intervals as a band, levels, limits, unusual points, and how many answered."""

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from typing import Any, Final

import attrs

from nps_core._optional import require
from nps_core.display.pictures import MAIN, SECOND, THIRD, Picture, clear_frame, ink, set_title, text_of

MOST_TIMELINES: Final = 64
_COLUMNS: Final = 4
_MOST_MARKERS: Final = 60
_MOST_BARS: Final = 120
_STRIP: Final = 0.14
_GAP: Final = 0.04


@attrs.frozen(kw_only=True)
class Step:
    """A level that holds from one day to another."""

    start: dt.date
    end: dt.date
    value: float


@attrs.frozen(kw_only=True)
class Timeline(Picture):
    """One series to draw.

    Attributes:
        title: What it shows.
        days: The place of each point.
        values: The points, NaN where there is none.
        lows: The lower limits of their intervals.
        highs: The upper limits.
        interval: What the band is called.
        counts: How many answers each has, drawn as columns above.
        note: What stands beside the title of one of several.
        levels: Levels to draw as steps.
        limits: The lower and the upper limits of what is usual, NaN where there is none.
        unusual: Which points to mark, by their position.
    """

    title: str
    days: Sequence[dt.date]
    values: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    interval: str
    counts: Sequence[int]
    note: str = ""
    levels: Sequence[Step] = ()
    limits: tuple[Sequence[float], Sequence[float]] | None = None
    unusual: Sequence[int] = ()

    @property
    def size(self) -> tuple[float, float]:
        """Wide enough for a year of weeks."""
        return 8.0, 4.4

    def fill(self, axes: Any) -> None:
        """The series, a legend below it, and above it the numbers of answers."""
        _draw(self, axes)
        axes.set_ylabel("NPS")
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.1), ncols=5, frameon=False, fontsize="small")
        strip = axes.inset_axes((0, 1 + _GAP, 1, _STRIP), sharex=axes)
        style = {"color": ink(), "alpha": 0.35, "linewidth": 0}
        if len(self.days) <= _MOST_BARS:
            strip.bar(self.days, self.counts, width=_width(self.days), **style)
        else:
            strip.fill_between(self.days, self.counts, step="mid", **style)
        top = max(self.counts)
        strip.set_ylim(0, max(top, 1))
        strip.set_yticks([top], labels=[f"n ≤ {top:,}"], fontsize="small")
        strip.tick_params(axis="both", length=0, labelbottom=False)
        clear_frame(strip, ("top", "right", "left"))
        set_title(axes, self.title, 1 + _GAP + _STRIP + 0.01)


@attrs.frozen(kw_only=True)
class SmallMultiples(Picture):
    """Several series side by side, all on the same axes, in insets of the axes they are drawn in."""

    title: str
    parts: Sequence[Timeline]

    @property
    def size(self) -> tuple[float, float]:
        """As wide as it has columns, as high as it has rows."""
        return 3.0 * self._columns + 0.6, 2.0 * self._rows + 0.8

    @property
    def _columns(self) -> int:
        return min(_COLUMNS, len(self.parts))

    @property
    def _rows(self) -> int:
        return math.ceil(len(self.parts) / self._columns)

    def fill(self, axes: Any) -> None:
        """Insets with one series each; ticks at the left and at the bottom only."""
        first: Any = None
        named: dict[str, Any] = {}
        for place, part in enumerate(self.parts):
            row, column = divmod(place, self._columns)
            wide, high = 1 / self._columns, 1 / self._rows
            bounds = (column * wide, 1 - (row + 1) * high, wide * 0.94, high * 0.8)
            inset = axes.inset_axes(bounds, sharex=first, sharey=first)
            first = first or inset
            _draw(part, inset)
            named |= dict(zip(*reversed(inset.get_legend_handles_labels()), strict=True))
            inset.set_title(f"{text_of(part.title)}  {part.note}", loc="left", fontsize="small")
            has_none_below = place + self._columns >= len(self.parts)
            inset.tick_params(axis="x", labelrotation=40, labelbottom=has_none_below)
            inset.tick_params(axis="y", labelleft=column == 0)
            inset.set_ylabel("NPS" if column == 0 else "", fontsize="small")
        axes.set_axis_off()
        axes.legend(
            named.values(), named, loc="lower left", bbox_to_anchor=(0, 1), ncols=5, frameon=False, fontsize="small"
        )
        set_title(axes, self.title, 1 + 0.35 / self.size[1])


def _draw(timeline: Timeline, axes: Any) -> None:
    axes.axhline(0, color=ink(), alpha=0.3, linewidth=0.8, zorder=0)
    axes.fill_between(
        timeline.days, timeline.lows, timeline.highs, color=MAIN, alpha=0.2, linewidth=0, label=timeline.interval
    )
    if timeline.limits:
        for limits, name in zip(timeline.limits, ("usual limits", None), strict=True):
            style = {"color": ink(), "alpha": 0.6, "linewidth": 0.9, "linestyle": ":"}
            axes.step(timeline.days, limits, where="mid", label=name, **style)
    if alone := _alone(timeline.values):
        ends = [[each[i] for i in alone] for each in (timeline.days, timeline.lows, timeline.highs)]
        days, *_ = ends
        axes.vlines(*ends, color=MAIN, alpha=0.4, linewidth=3)
        axes.plot(days, [timeline.values[i] for i in alone], color=MAIN, linestyle="", marker="o", markersize=3)
    marker = "o" if len(timeline.days) <= _MOST_MARKERS else ""
    axes.plot(timeline.days, timeline.values, color=MAIN, linewidth=1.4, marker=marker, markersize=3, label="NPS")
    for number, level in enumerate(timeline.levels):
        name = None if number else "level"
        axes.plot([level.start, level.end], [level.value] * 2, color=SECOND, linewidth=2.2, label=name)
    if timeline.unusual:
        axes.plot(
            [timeline.days[i] for i in timeline.unusual],
            [timeline.values[i] for i in timeline.unusual],
            color=THIRD,
            linestyle="",
            marker="o",
            markersize=8,
            markerfacecolor="none",
            markeredgewidth=1.6,
            label="unusual",
        )
    clear_frame(axes)
    dates = require("matplotlib.dates", purpose="plot()", extra="plot")
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    first, last = (dates.date2num(day) for day in (dt.date.min, dt.date.max))
    low, high = axes.get_xlim()
    axes.set_xlim(max(low, first), min(high, last))


def _alone(values: Sequence[float]) -> list[int]:
    """Points without a neighbour, of which a band shows nothing."""
    known = [False, *(not math.isnan(value) for value in values), False]
    return [i for i in range(len(values)) if known[i + 1] and not known[i] and not known[i + 2]]


def _width(days: Sequence[dt.date]) -> float:
    """The width of a column, in days."""
    return 0.8 * min(((after - day).days for day, after in itertools.pairwise(days)), default=1)
