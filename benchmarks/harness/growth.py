"""The chart of growth: nanoseconds per answer, by the number of answers and by the number of groups."""

from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from racing import OURS
from records import Case, Claim

_LINES: Final = {
    OURS: {"color": "#c2410c", "linewidth": 2.4, "marker": "o"},
    "Polars": {"color": "#6b7280", "linewidth": 1.4, "marker": "s", "linestyle": "--"},
    "DuckDB": {"color": "#9ca3af", "linewidth": 1.4, "marker": "^", "linestyle": ":"},
}
"""Told apart by shade, marker and stroke, so that the chart can be read in grey."""


def draw(claim: Claim, path: Path) -> None:
    """Draw the races of ``test_growth`` as one SVG, the same for the same numbers."""
    with mpl.rc_context({"svg.hashsalt": "growth", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure = Figure(figsize=(9, 4.2), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        _panel(left, [case for case in claim.cases if case.table == "test_answers"])
        _panel(right, [case for case in claim.cases if case.table == "test_groups"])
        left.set(title="The score, by the number of answers", xlabel="answers", ylabel="ns per answer")
        n = max((case.size for case in claim.cases if case.table == "test_groups"), default=0)
        right.set(title=f"Scores per group, {n:,} answers", xlabel="groups")
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", facecolor="white", metadata={"Date": None})


def _panel(axes: Axes, cases: list[Case]) -> None:
    axes.set(xscale="log", yscale="log")
    ends: list[tuple[float, str]] = []
    x: list[int] = [case.x for case in cases if case.x is not None]
    for name, style in _LINES.items():
        y = [1e9 * case.medians[name] / case.size for case in cases]
        axes.plot(x, y, markersize=4, **style)  # type: ignore[arg-type]
        ends.append((y[-1], name))
    for height, (_, name) in zip(_apart([value for value, _ in sorted(ends)]), sorted(ends), strict=True):
        axes.annotate(
            name,
            (x[-1], height),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=_LINES[name]["color"] if name == OURS else "#374151",
            weight="bold" if name == OURS else "normal",
            annotation_clip=False,
        )
    axes.grid(visible=True, which="major", color="#e5e7eb", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.06)


def _apart(heights: list[float]) -> list[float]:
    """Rising heights on a log axis, moved up where two labels would meet."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, 1.45 * moved[-1]) if moved else height)
    return moved
