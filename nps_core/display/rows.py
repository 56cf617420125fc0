"""Rows of values: points with their intervals, or bars from zero, one below the other."""

from collections.abc import Sequence
from typing import Any, Final

import attrs

from nps_core.display.pictures import MAIN, Picture, check_number, clear_frame, ink, set_title, text_of

MOST_ROWS: Final = 100


@attrs.frozen(kw_only=True)
class Row:
    """One value.

    Attributes:
        label: What stands at its left.
        value: Its place, None for none.
        low: The lower limit of its interval, None for no interval.
        high: The upper limit.
        note: What stands at its right, such as the number of answers.
        other: A second value, drawn as a cross.
        colour: Its colour.
        is_bar: Whether to draw a bar from zero; otherwise a point.
        is_hatched: Whether the bar is hatched.
        stands_out: Whether a point is a large diamond.
        instead: What stands in the place of a value that there is none of.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""
    other: float | None = None
    colour: str = MAIN
    is_bar: bool = False
    is_hatched: bool = False
    stands_out: bool = False
    instead: str = ""


@attrs.frozen(kw_only=True)
class Rows(Picture):
    """Values below each other on one axis.

    Attributes:
        title: What it shows.
        rows: The values, the first on top.
        unit: What the axis measures.
        line: A value to compare with, None for none.
        line_name: What that is.
        band: A range to compare with, None for none.
        other_name: What the crosses are.
    """

    title: str
    rows: Sequence[Row]
    unit: str
    line: float | None = None
    line_name: str = ""
    band: tuple[float, float] | None = None
    other_name: str = ""

    @property
    def size(self) -> tuple[float, float]:
        """As high as it has rows."""
        return 8.0, 1.3 + 0.3 * max(2, len(self.rows))

    def fill(self, axes: Any) -> None:
        """The rows, a line or a band behind them, and notes at the right."""
        check_number(len(self.rows), "rows", MOST_ROWS)
        places = range(len(self.rows))
        if self.band is not None:
            axes.axvspan(*self.band, color=ink(), alpha=0.12, linewidth=0, label=self.line_name)
        if self.line is not None:
            axes.axvline(self.line, color=ink(), alpha=0.6, linewidth=1, linestyle="--", label=self.line_name)
        if any(row.is_bar for row in self.rows):
            axes.axvline(0, color=ink(), alpha=0.6, linewidth=0.8)
        for place, row in zip(places, self.rows, strict=True):
            _draw(row, place, axes)
        others = [(row.other, place) for place, row in zip(places, self.rows, strict=True) if row.other is not None]
        if others:
            axes.plot(*zip(*others, strict=True), color=ink(), linestyle="", marker="x", label=self.other_name)
        if not any(row.value for row in self.rows):
            axes.set_xlim(-100, 100)
        axes.set_ylim(len(self.rows) - 0.5, -0.5)
        axes.set_yticks(places, labels=[text_of(row.label) for row in self.rows])
        axes.tick_params(axis="y", length=0)
        notes = axes.secondary_yaxis("right")
        notes.set_yticks(places, labels=[text_of(row.note) for row in self.rows])
        notes.tick_params(axis="y", length=0)
        clear_frame(notes, ("right",))
        clear_frame(axes, ("top", "right", "left"))
        axes.grid(axis="x", alpha=0.25)
        axes.set_axisbelow(True)
        axes.set_xlabel(self.unit)
        if (self.line is not None and self.line_name) or self.band is not None or others:
            names = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
            names.pop("", None)
            axes.legend(
                names.values(),
                [text_of(name) for name in names],
                loc="lower right",
                bbox_to_anchor=(1, 1),
                ncols=2,
                frameon=False,
                fontsize="small",
                borderaxespad=0,
            )
        set_title(axes, self.title, 1.0 if not axes.get_legend() else 1.0 + 0.35 / self.size[1])


def _draw(row: Row, place: int, axes: Any) -> None:
    if row.value is None:
        middle = axes.get_yaxis_transform()
        axes.text(0.5, place, text_of(row.instead), transform=middle, ha="center", va="center", alpha=0.7)
        return
    if row.is_bar:
        hatch = "////" if row.is_hatched else None
        axes.barh(place, row.value, height=0.6, color=row.colour, edgecolor=ink(), linewidth=0.6, hatch=hatch)
    else:
        marker, size = ("D", 8) if row.stands_out else ("o", 6)
        axes.plot([row.value], [place], color=row.colour, marker=marker, markersize=size, linestyle="")
    if row.low is not None and row.high is not None:
        colour = ink() if row.is_bar else row.colour
        axes.plot([row.low, row.high], [place, place], color=colour, linewidth=1.8, solid_capstyle="butt")
