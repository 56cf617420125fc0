"""Values that are columns of numbers: handed out as records, and as frames of the libraries that people use."""

import abc
import csv
import datetime as dt
import io
import math
import re
from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from nps_core._optional import require
from nps_core.errors import must_be_one_of
from nps_core.model.immutable import Immutable

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

Columns: TypeAlias = dict[str, list[Any] | NDArray[Any]]
"""Columns by name."""

Labels: TypeAlias = tuple[str | None, ...]
"""The labels of a segment, one per name; None where answers carry none."""

_DELIMITERS: Final = (",", ";", "\t", "|")

_FORMULA_BEGINS: Final = {
    delimiter: re.compile(
        r"^(?= *[=+\-@\t\r\n＝＋－＠])|"
        rf"(?<=[\r\n{''.join(sign for sign in _DELIMITERS if sign != delimiter)}])(?=[ \t\"]*(?:[=+@＝＋－＠]|-(?!\))))"
    )
    for delimiter in _DELIMITERS
}
"""Where a text begins as a formula does, or what stands in it behind another sign that cuts cells; by the delimiter."""

Backend: TypeAlias = Literal["pandas", "polars", "pyarrow"]
"""A library of frames."""


class Tabular(Immutable, abc.ABC):
    """A value that converts to records and frames, one row for each of its parts."""

    __slots__ = ()

    @abc.abstractmethod
    def _columns(self) -> Columns:
        """The numbers, column by column; where there is none NaN or a mask in an array, None in a list."""

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

    def to_csv(self, *, delimiter: str = ",", decimal: str = ".") -> str:
        r"""The rows as CSV, with names of columns above; empty where there is no number.

        Texts that a spreadsheet would take for a formula, which begin with ``=``, ``+``, ``-``, ``@`` or a tab, get an
        apostrophe in front, in names of columns, too: labels come from people. So does what stands behind another
        delimiter inside a text, for a spreadsheet that cuts there. Numbers stay numbers. Lines end in ``\r\n`` (RFC
        4180), so write them as bytes: ``path.write_bytes(result.to_csv().encode("utf-8-sig"))``.

        Args:
            delimiter: What stands between cells: a comma, a semicolon, a tab or a bar. Excel expects semicolons where
                decimals have commas.
            decimal: What stands before decimals: a point or a comma.

        Example:
            >>> import nps_core as nc
            >>> tally = nc.Tally.from_cells([("=1+1", 9, 2)], by="region")
            >>> print(tally.to_csv().splitlines()[1][:6])
            '=1+1,
        """
        columns = self._plain_columns()
        written = io.StringIO()
        must_be_one_of("delimiter", delimiter, _DELIMITERS)
        must_be_one_of("decimal", decimal, (".", ","))
        writer = csv.writer(written, delimiter=delimiter)
        begins = _FORMULA_BEGINS[delimiter]
        writer.writerow([_inert(name, begins, decimal) for name in columns])
        rows = zip(*columns.values(), strict=True)
        writer.writerows([_inert(value, begins, decimal) for value in row] for row in rows)
        return written.getvalue()

    def _plain_columns(self) -> dict[str, list[Any]]:
        return {name: _plain(column) for name, column in self._columns().items()}

    def to_frame(self, backend: Backend) -> Any:
        """A frame of a library by its name: what ``to_pandas()``, ``to_polars()`` or ``to_arrow()`` gives.

        Args:
            backend: ``"pandas"``, ``"polars"`` or ``"pyarrow"``.

        Raises:
            MissingDependencyError: If the library is not installed.
        """
        must_be_one_of("backend", backend, get_args(Backend))
        return {"pandas": self.to_pandas, "polars": self.to_polars, "pyarrow": self.to_arrow}[backend]()


def _inert(value: Any, begins: re.Pattern[str], decimal: str) -> Any:
    """A value of a spreadsheet's cell that is not run: the same, unless it is text that begins as a formula does."""
    if isinstance(value, str):
        return begins.sub("'", value)
    if isinstance(value, float):
        return str(value).replace(".", decimal)
    return value.isoformat() if isinstance(value, dt.date) else value


def whole_numbers(values: Sequence[int | None]) -> NDArray[Any]:
    """A column of whole numbers, masked where there is none."""
    numbers = np.array([value or 0 for value in values], np.int64)
    mask = [value is None for value in values]
    return np.ma.array(numbers, mask=mask) if any(mask) else numbers


def label_columns(by: Sequence[str], labels: Sequence[Labels], others: Container[str]) -> Columns:
    """A column of labels per name, called otherwise where another column has that name."""
    columns: Columns = {}
    for name, values in zip(by, zip(*labels, strict=True), strict=True):
        column = name
        while column in others or column in columns:  # a segment may be called "n"
            column = f"segment_{column}"
        columns[column] = list(values)
    return columns


def _with_nan(column: list[Any] | NDArray[Any]) -> list[Any] | NDArray[Any]:
    """A column in which what is masked is NaN."""
    return np.where(column.mask, np.nan, column.data) if isinstance(column, np.ma.MaskedArray) else column


def _plain(column: list[Any] | NDArray[Any]) -> list[Any]:
    """A column as a list of Python values, None for NaN."""
    values = column if isinstance(column, list) else column.tolist()
    return [None if isinstance(value, float) and math.isnan(value) else value for value in values]
