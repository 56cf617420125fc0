"""Pictures: plain values in, matplotlib's axes out. What kinds there are is in the modules beside this one.

Lines, points and text take the colours, fonts and sizes of the user's style sheet. Only the three categories have
colours of their own, which differ in lightness, too: they can be told apart in grey and by the colour-blind.
"""

import abc
import html
import io
import re
import textwrap
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from nps_core._optional import require
from nps_core.display.tables import one_line
from nps_core.errors import InvalidInputError

if TYPE_CHECKING:
    import matplotlib.axes

DETRACTORS: Final = "#a63a12"
PASSIVES: Final = "#cfcfcf"
PROMOTERS: Final = "#4a9bd4"
CATEGORY_COLOURS: Final = (DETRACTORS, PASSIVES, PROMOTERS)

MAIN: Final = "C0"
SECOND: Final = "C1"
THIRD: Final = "C3"

LONGEST_LABEL: Final = 36
_LETTERS_PER_INCH: Final = 12
_SHORTEST_LINE: Final = 16
_CURRENT: Final = "#010203"
"""Stands for the colour of the text around an SVG until it is written."""

_ONE_AT_A_TIME: Final = threading.Lock()


class Picture(abc.ABC):
    """Something that can be drawn."""

    __slots__ = ()

    title: str

    @property
    @abc.abstractmethod
    def size(self) -> tuple[float, float]:
        """Width and height that suit it, in inches."""

    @abc.abstractmethod
    def fill(self, axes: Any) -> None:
        """Draw it in empty axes."""


def draw(picture: Picture, ax: "matplotlib.axes.Axes | None" = None) -> "matplotlib.axes.Axes":
    """A picture in axes of one's own, or in new ones."""
    axes: matplotlib.axes.Axes
    if ax is None:
        pyplot = require("matplotlib.pyplot", purpose="plot()", extra="plot")
        axes = pyplot.subplots(figsize=picture.size, layout="constrained")[1]
    else:
        axes = ax
    picture.fill(axes)
    if ax is None:
        _settle(axes)
    else:
        _fit_title(axes)
    return axes


def as_svg(picture: Picture, name: str) -> str:
    """A picture for a page: an SVG element without script or font, in the colour of the text around it.

    Args:
        picture: The picture.
        name: What its parts are named after: another one for each picture of a page.
    """
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name):
        raise InvalidInputError(f"a name must be letters, digits and hyphens, a letter first, got {name!r}")
    mpl = require("matplotlib", purpose="pictures", extra="plot")
    figures = require("matplotlib.figure", purpose="pictures", extra="plot")
    inked = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    written = io.StringIO()
    with _ONE_AT_A_TIME, mpl.rc_context():  # whose settings are those of the whole program
        mpl.rcdefaults()
        mpl.rcParams.update(dict.fromkeys(inked, _CURRENT) | {"svg.hashsalt": name})
        figure = figures.Figure(figsize=picture.size, layout="constrained")
        axes = figure.subplots()
        picture.fill(axes)
        _settle(axes)
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(written, format="svg", transparent=True, metadata=nothing)
    element = written.getvalue()[written.getvalue().index("<svg") :]
    head, body = element.split(">", 1)
    body = re.sub(r"<!--.*?-->\s*", "", body, flags=re.DOTALL)
    body = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", body)
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    told, width = html.escape(one_line(picture.title)), picture.size[0]
    element = f'{head} role="img" aria-label="{told}" width="100%" style="max-width: {width:g}in">{body}'
    return element.replace(_CURRENT, "currentColor").strip()


def _settle(axes: Any) -> None:
    """Make room for what stands around the axes, which moves as they shrink: matplotlib comes nearer with every try."""
    axes.figure.draw_without_rendering()
    axes.figure.draw_without_rendering()
    if _fit_title(axes):
        axes.figure.draw_without_rendering()


def _fit_title(axes: Any) -> bool:
    """Break a title that would be wider than the figure; whether it had to be."""
    figure = axes.figure
    (title,) = (
        child for child in axes.get_children() if getattr(child, "get_text", str)() == axes.get_title(loc="left")
    )
    text, extent = title.get_text(), title.get_window_extent()
    if extent.x1 <= figure.bbox.x1:
        return False
    longest = max(map(len, text.splitlines()))
    title.set_text(_broken(text, int(0.95 * longest * (figure.bbox.x1 - extent.x0) / extent.width)))
    return True


def check_number(things: int, what: str, most: int) -> None:
    """Refuse a picture of more things than anyone can look at."""
    if things > most:
        raise InvalidInputError(f"a plot must be of {most} {what} at most, got {things:,}; where() picks some of them")


def ink() -> str:
    """The colour of text in the style sheet."""
    found: str = require("matplotlib", purpose="plot()", extra="plot").rcParams["text.color"]
    return found


def text_of(label: str) -> str:
    """A label that draws as it is written: no formula, on one line, and not longer than a picture has room for."""
    return shortened(one_line(label)).replace("$", r"\$")


def shortened(text: str, longest: int = LONGEST_LABEL) -> str:
    """A text, or as much of its beginning as there is room for."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def set_title(axes: Any, title: str, above: float = 1.0) -> None:
    """The title, on as many lines as the width of the axes takes; above what is drawn over them."""
    width = axes.get_window_extent().width / axes.figure.dpi
    text = _broken(one_line(title), int(width * _LETTERS_PER_INCH)).replace("$", r"\$")
    axes.set_title(text, loc="left", fontsize="medium", y=above)


def _broken(text: str, letters: int) -> str:
    """A text on lines of so many letters."""
    return "\n".join(textwrap.wrap(text, max(_SHORTEST_LINE, letters)))


def clear_frame(axes: Any, sides: Sequence[str] = ("top", "right")) -> None:
    """Axes without those sides of the frame."""
    for side in sides:
        axes.spines[side].set_visible(False)
