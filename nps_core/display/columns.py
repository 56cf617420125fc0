"""Columns: how many of each, side by side; and the steps from one total to another."""

from collections.abc import Sequence
from typing import Any, Final

import attrs

from nps_core.display.pictures import (
    DETRACTORS,
    MAIN,
    PASSIVES,
    PROMOTERS,
    Picture,
    clear_frame,
    ink,
    set_title,
    text_of,
)

_MOST_LABELS: Final = 16
_STRIP: Final = 0.12
_GAP: Final = 0.16


@attrs.frozen(kw_only=True)
class Part:
    """One layer of columns that stand on each other: its name, and how high it is in each column."""

    name: str
    heights: Sequence[float]
    colours: str | Sequence[str] = MAIN


@attrs.frozen(kw_only=True)
class ColumnChart(Picture):
    """Counts side by side.

    Attributes:
        title: What it shows.
        labels: What stands below each column.
        parts: What each column is made of, from below.
        across: What the columns are.
        up: What they count.
        score: A score with its interval, from -100 to 100, to be drawn above.
        shows_counts: Whether every column carries its count.
    """

    title: str
    labels: Sequence[str]
    parts: Sequence[Part]
    across: str
    up: str
    score: tuple[float, float, float] | None = None
    shows_counts: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """As that of a series."""
        return 8.0, 4.4

    def fill(self, axes: Any) -> None:
        """The columns from zero, a legend if they have several parts, and the score on an axis of its own."""
        places = range(len(self.labels))
        below = [0.0] * len(self.labels)
        for part in self.parts:
            bars = axes.bar(
                places,
                part.heights,
                bottom=below,
                color=part.colours,
                edgecolor=ink(),
                linewidth=0.5,
                label=text_of(part.name),
            )
            below = [under + height for under, height in zip(below, part.heights, strict=True)]
            if self.shows_counts:
                axes.bar_label(bars, labels=[f"{height:,}" for height in part.heights], padding=2, fontsize="small")
        step = -(-len(self.labels) // _MOST_LABELS) if self.labels else 1
        shown = places[::step]
        turned = max(map(len, self.labels), default=0) > 4
        axes.set_xticks(shown, labels=[text_of(self.labels[place]) for place in shown], rotation=40 if turned else 0)
        axes.set_ylim(0, 1.12 * max([1.0, *below]))
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.tick_params(axis="x", length=0)
        axes.set_xlabel(text_of(self.across))
        axes.set_ylabel(text_of(self.up))
        clear_frame(axes)
        above = 1.0
        if self.score is not None:
            _draw_score(axes.inset_axes((0, 1 + _GAP, 1, _STRIP)), *self.score)
            above += _GAP + _STRIP
        if len(self.parts) > 1:
            axes.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
        set_title(axes, self.title, above + 0.01)


@attrs.frozen(kw_only=True)
class Change:
    """One step of a waterfall.

    Attributes:
        label: What stands below it.
        note: What stands below that.
        value: The total, or by how much the total changes.
        low: The lower limit of the interval around that.
        high: The upper limit.
        is_total: Whether it stands on zero.
    """

    label: str
    note: str
    value: float
    low: float
    high: float
    is_total: bool = False


@attrs.frozen(kw_only=True)
class Waterfall(Picture):
    """From one total to another: totals as columns from zero, changes between them."""

    title: str
    changes: Sequence[Change]
    unit: str

    @property
    def size(self) -> tuple[float, float]:
        """Wider with more steps."""
        return max(6.0, 1.1 * len(self.changes) + 1.5), 4.4

    def fill(self, axes: Any) -> None:
        """Columns, their intervals, and lines that lead from one to the next."""
        level = 0.0
        for place, change in enumerate(self.changes):
            start = 0.0 if change.is_total else level
            colour = PASSIVES if change.is_total else PROMOTERS if change.value >= 0 else DETRACTORS
            hatch = None if change.is_total or change.value >= 0 else "////"
            axes.bar(
                place, change.value, bottom=start, width=0.6, color=colour, edgecolor=ink(), linewidth=0.6, hatch=hatch
            )
            level = start + change.value
            ends = start + change.low, start + change.high
            axes.plot([place, place], ends, color=ink(), linewidth=1.6)
            number = f"{change.value:.1f}" if change.is_total else f"{change.value:+.1f}"
            axes.annotate(
                number,
                (place, max(*ends, start, level)),
                (0, 3),
                textcoords="offset points",
                ha="center",
                fontsize="small",
            )
            if place + 1 < len(self.changes):
                axes.plot([place + 0.3, place + 0.7], [level, level], color=ink(), alpha=0.5, linewidth=0.8)
        axes.axhline(0, color=ink(), alpha=0.6, linewidth=0.8)
        axes.set_xticks(
            range(len(self.changes)),
            labels=[f"{text_of(change.label)}\n{text_of(change.note)}" for change in self.changes],
        )
        axes.tick_params(axis="x", length=0)
        axes.use_sticky_edges = False  # the ends of columns need room for their numbers, too
        axes.margins(y=0.12)
        axes.set_ylabel(self.unit)
        clear_frame(axes)
        set_title(axes, self.title)


def _draw_score(axes: Any, value: float, low: float, high: float) -> None:
    """A score with its interval on the whole scale."""
    axes.axvline(0, color=ink(), alpha=0.3, linewidth=0.8)
    axes.plot([low, high], [0, 0], color=MAIN, linewidth=2.2, solid_capstyle="butt")
    axes.plot([value], [0], color=MAIN, marker="o", markersize=7)
    axes.set_xlim(-100, 100)
    axes.set_yticks([0], labels=["NPS"])
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize="small")
    clear_frame(axes, ("top", "right", "left"))
