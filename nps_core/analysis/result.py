"""What every result can do: be printed, shown in a notebook, and handed to a data frame."""

import abc
from typing import TYPE_CHECKING

from nps_core.display import pictures
from nps_core.display.tables import STYLE, Table, as_html, as_text
from nps_core.model.tabular import Tabular

if TYPE_CHECKING:
    import matplotlib.axes


class Result(Tabular):
    """The base of all results: frozen values that print as a table, plot, and convert to records and frames."""

    __slots__ = ()

    @abc.abstractmethod
    def _table(self) -> Table:
        """The columns, rounded, for people."""

    @abc.abstractmethod
    def _picture(self) -> pictures.Picture:
        """What :meth:`plot` draws."""

    def plot(self, *, ax: "matplotlib.axes.Axes | None" = None) -> "matplotlib.axes.Axes":
        """Draw the result, in colours and fonts of matplotlib's style sheet. Needs the extra ``plot``.

        Args:
            ax: The axes to draw in; new ones if not given.

        Returns:
            The axes; ``plot().figure.savefig("name.png")`` writes a file.

        Raises:
            InvalidInputError: If there are more rows or segments than anyone can look at.
            MissingDependencyError: If matplotlib is not installed.
        """
        return pictures.draw(self._picture(), ax)

    def to_html(self, *, style: bool = True) -> str:
        """The table as HTML: no script, every label escaped.

        Args:
            style: With its style sheet, as a notebook needs it; a page may bring its own.
        """
        table = as_html(self._table())
        return f"<style>{STYLE}</style>{table}" if style else table

    def to_svg(self, *, name: str = "nps-core") -> str:
        """The picture as an SVG element for a page: no script, in the colour of the text around it.

        Args:
            name: What its parts are named after: letters, digits and hyphens, another name for each picture of a page.

        Raises:
            InvalidInputError: If there are more rows or segments than anyone can look at, or the name is another.
            MissingDependencyError: If matplotlib is not installed.
        """
        return pictures.as_svg(self._picture(), name)

    def __str__(self) -> str:
        return as_text(self._table())

    def _repr_html_(self) -> str:
        return self.to_html()
