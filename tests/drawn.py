"""What a picture shows, asked of matplotlib's artists."""

from typing import Any

import matplotlib as mpl
from matplotlib.axes._base import _AxesBase as Axes
from matplotlib.text import Text

mpl.use("Agg")  # no window


def visible_texts(axes: Any) -> list[str]:
    """Every text that somebody who looks at the figure can read."""
    return [text.get_text() for text in _texts(axes.figure)]


def texts_outside(axes: Any) -> list[str]:
    """The texts that do not fit on the canvas."""
    figure = axes.figure
    found, canvas = _texts(figure), figure.bbox
    boxes = [(text.get_text(), text.get_window_extent(figure.canvas.get_renderer())) for text in found]
    return [
        text
        for text, box in boxes
        if box.x0 < canvas.x0 - 1 or box.x1 > canvas.x1 + 1 or box.y0 < canvas.y0 - 1 or box.y1 > canvas.y1 + 1
    ]


def _texts(figure: Any) -> list[Text]:
    """The texts that are drawn; matplotlib also keeps labels of ticks beyond the ends of an axis."""
    figure.canvas.draw()
    hidden: set[Text] = set()
    for axes in figure.findobj(Axes):
        for axis in (axes.xaxis, axes.yaxis):
            drawn = axis._update_ticks() if axes.axison and axis.get_visible() else []
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if tick not in drawn:
                    hidden |= {tick.label1, tick.label2}
    return [
        text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip() and text not in hidden
    ]


def bars(axes: Any) -> list[tuple[float, float, float, float]]:
    """The place and the size of each bar: x, y, width, height."""
    return [(bar.get_x(), bar.get_y(), bar.get_width(), bar.get_height()) for bar in axes.patches]


def points(axes: Any) -> list[tuple[float, float]]:
    """Every marker that stands alone."""
    lines = [line for line in axes.get_lines() if line.get_marker() not in {"", "None"} and len(line.get_xdata()) == 1]
    return [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in lines]


def spans(axes: Any) -> list[tuple[float, float]]:
    """The ends of every horizontal interval."""
    lines = [line for line in axes.get_lines() if len(line.get_xdata()) == 2]
    return [
        (float(line.get_xdata()[0]), float(line.get_xdata()[1]))
        for line in lines
        if line.get_ydata()[0] == line.get_ydata()[1] and line.get_xdata()[0] != line.get_xdata()[1]
    ]
