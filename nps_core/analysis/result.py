"""What every result can do: be printed, shown in a notebook, and handed to a data frame."""

import abc
import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nps_core._optional import require
from nps_core.display.tables import STYLE, Table, as_html, as_text
from nps_core.model.immutable import Immutable

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


Columns: TypeAlias = dict[str, list[Any] | NDArray[Any]]
"""Columns by name."""


class Result(Immutable, abc.ABC):
    """The base of all results: frozen values that print as a table and convert to records and frames."""

    __slots__ = ()

    @abc.abstractmethod
    def _columns(self) -> Columns:
        """The numbers, column by column; where there is none NaN or a mask in an array, None in a list."""

    @abc.abstractmethod
    def _table(self) -> Table:
        """The same, rounded, for people."""

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dictionary per row, in plain types; None where there is no number."""
        columns = self._plain_columns()
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def to_pandas(self) -> "pd.DataFrame":
        """A pandas DataFrame; NaN where there is no number.

        Raises:
            MissingDependencyError: If pandas is not installed.
        """
        columns = {name: _with_nan(column) for name, column in self._columns().items()}
        frame: pd.DataFrame = require("pandas", purpose="to_pandas()").DataFrame(columns)
        return frame

    def to_polars(self) -> "pl.DataFrame":
        """A Polars DataFrame; null where there is no number.

        Raises:
            MissingDependencyError: If Polars is not installed.
        """
        polars = require("polars", purpose="to_polars()")
        columns = {
            name: polars.Series(column.tolist(), dtype=polars.Series(column.data[:0]).dtype)
            if isinstance(column, np.ma.MaskedArray)
            else column
            for name, column in self._columns().items()
        }
        frame: pl.DataFrame = polars.DataFrame(columns, nan_to_null=True)
        return frame

    def to_arrow(self) -> "pa.Table":
        """A PyArrow Table; null where there is no number.

        Raises:
            MissingDependencyError: If PyArrow is not installed.
        """
        arrow = require("pyarrow", purpose="to_arrow()")
        columns = {
            name: arrow.array(column.data, mask=column.mask)
            if isinstance(column, np.ma.MaskedArray)
            else arrow.array(column, from_pandas=True)
            for name, column in self._columns().items()
        }
        table: pa.Table = arrow.table(columns)
        return table

    def _plain_columns(self) -> dict[str, list[Any]]:
        return {name: _plain(column) for name, column in self._columns().items()}

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


def _with_nan(column: list[Any] | NDArray[Any]) -> list[Any] | NDArray[Any]:
    """A column in which what is masked is NaN."""
    return np.where(column.mask, np.nan, column.data) if isinstance(column, np.ma.MaskedArray) else column


def _plain(column: list[Any] | NDArray[Any]) -> list[Any]:
    """A column as a list of Python values, None for NaN."""
    values = column if isinstance(column, list) else column.tolist()
    return [None if isinstance(value, float) and math.isnan(value) else value for value in values]
