"""What every result can do: be printed, shown in a notebook, and handed to a data frame."""

import abc

from nps_core.display.tables import STYLE, Table, as_html, as_text
from nps_core.model.tabular import Tabular


class Result(Tabular):
    """The base of all results: frozen values that print as a table and convert to records and frames."""

    __slots__ = ()

    @abc.abstractmethod
    def _table(self) -> Table:
        """The columns, rounded, for people."""

    def to_html(self, *, style: bool = True) -> str:
        """The table as HTML: no script, every label escaped.

        Args:
            style: With its style sheet, as a notebook needs it; a page may bring its own.
        """
        table = as_html(self._table())
        return f"<style>{STYLE}</style>{table}" if style else table

    def __str__(self) -> str:
        return as_text(self._table())

    def _repr_html_(self) -> str:
        return self.to_html()
