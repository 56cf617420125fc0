"""Labels to codes: a segment's text is kept once, and each row holds a small number."""

import datetime as dt
import numbers
from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.columns import as_list, is_missing
from nps_core.errors import InvalidInputError

NO_LABEL = -1
"""The code of a row that has no label."""


def encode(values: Any, what: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Encode a column of labels.

    Args:
        values: Labels as a list, an array, or a column of pandas, Polars or PyArrow. Whole numbers, booleans and dates
            become text; None, NaN and NaT are rows without a label.
        what: What the column holds, for the error message.

    Returns:
        The code of each row (-1 for no label), shape (n,), and the labels in sorted order.

    Raises:
        InvalidInputError: If a label has no obvious text (a fraction, a list), naming its row.
    """
    rows = as_list(values, what)
    try:
        codes, seen = _number(rows)
    except TypeError:  # something unhashable: reading each row as text says which
        codes, seen = np.empty(0, np.int32), rows
    if not all(label is None or type(label) is str for label in seen):
        codes, seen = _number([label_of(value, what, row) for row, value in enumerate(rows)])
    labels = tuple(sorted(label for label in seen if label is not None))
    code_of = {label: code for code, label in enumerate(labels)} | {None: NO_LABEL}
    recode = np.array([code_of[label] for label in seen], np.int32)
    return recode[codes], labels


def _number(rows: list[Any]) -> tuple[NDArray[np.int32], list[Any]]:
    """Number the distinct values in the order they come: the dictionary's own length is the next number."""
    numbering: defaultdict[Any, int] = defaultdict()
    numbering.default_factory = numbering.__len__
    codes = np.fromiter(map(numbering.__getitem__, rows), np.int32, len(rows))
    return codes, list(numbering)


def label_of(value: Any, what: str, row: int = 0) -> str | None:
    """The text of one label, None for none."""
    if isinstance(value, str):
        return str.__str__(value)
    if is_missing(value):
        return None
    if isinstance(value, (bool, np.bool_, numbers.Integral, dt.date)):
        return str(value)
    if isinstance(value, float) and value.is_integer():  # whole numbers with gaps, as pandas keeps them
        return str(int(value))
    raise InvalidInputError(
        f"{what} must be text, whole numbers, booleans or dates, got {value!r} (index {row}); "
        "turn the column into text first"
    )
