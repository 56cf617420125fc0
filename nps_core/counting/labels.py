"""Labels to codes: a segment's text is kept once, and each row holds a small number."""

import datetime as dt
import numbers
from collections import defaultdict
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.categorical import from_categories, from_texts
from nps_core.counting.columns import EXACT, as_column, as_list, is_missing
from nps_core.counting.distinct import number_integers, number_texts
from nps_core.counting.kernel import Codes, narrowest
from nps_core.errors import InvalidInputError, shown

NO_LABEL = -1
"""The code of a row that has no label."""

Numbered: TypeAlias = tuple[NDArray[np.integer[Any]], list[Any]]
"""The number of each row, -1 for none, and the distinct values in the order of their numbers."""

_ALIKE_IF_EQUAL: Final = frozenset({int, bool, dt.date})

_NONE: Final = frozenset({"NoneType", "NAType", "NaTType"})
"""The types of what says "not given", and nothing else: pandas' own by their names, so as not to import it."""


def encode(values: Any, what: str) -> tuple[Codes, tuple[str, ...]]:
    """Encode a column of labels.

    A column that is encoded already (a categorical of pandas or Polars, a dictionary of PyArrow) is not decoded for it,
    columns of text are encoded by their own library, and arrays of whole numbers and of fixed-width text are numbered
    as arrays. For the rest there is a dictionary.

    Args:
        values: Labels as a list, an array, or a column of pandas, Polars or PyArrow. Whole numbers, booleans and dates
            become text; None, NaN and NaT are rows without a label.
        what: What the column holds, for the error message.

    Returns:
        The code of each row (-1 for no label), shape (n,), in the type of :func:`narrowest`, and the labels in sorted
        order.

    Raises:
        InvalidInputError: If a label has no obvious text (a fraction, a list), naming its row.
    """
    encoded = from_categories(values)
    if encoded is not None:
        codes, distinct = _those_that_occur(*encoded)
    else:
        codes, distinct = from_texts(values) or _from_array(values) or _from_list(as_list(values, what), what)
    texts = _texts_of(distinct, what, codes)
    labels = tuple(sorted(dict.fromkeys(text for text in texts if text is not None)))  # a set would lose their order
    code_of: dict[str | None, int] = {label: code for code, label in enumerate(labels)} | {None: NO_LABEL}
    recode = np.array([*(code_of[text] for text in texts), NO_LABEL], narrowest(len(labels)))
    return recode[codes], labels


def _those_that_occur(codes: Codes, categories: list[Any]) -> Numbered:
    """The same without the categories that no row has."""
    present = np.zeros(len(categories) + 1, np.bool_)
    present[codes] = True  # -1 marks the spare last place
    position = np.append(np.cumsum(present[:-1], dtype=np.int32) - 1, -1)
    return position[codes], [category for category, occurs in zip(categories, present, strict=False) if occurs]


def _texts_of(distinct: list[Any], what: str, codes: NDArray[np.integer[Any]]) -> list[str | None]:
    """The texts of the distinct values; of plain text and whole numbers, which may be many, all at once."""
    if set(map(type, distinct)) <= {str, int, type(None)}:
        return [None if value is None else str(value) for value in distinct]
    return [_text_of(value, what, codes, number) for number, value in enumerate(distinct)]


def _text_of(value: Any, what: str, codes: NDArray[np.integer[Any]], number: int) -> str | None:
    """The text of a distinct value; if it has none, the error names the first row of the value."""
    try:
        return label_of(value, what)
    except InvalidInputError:
        return label_of(value, what, int(np.argmax(codes == number)))


def _from_array(values: Any) -> Numbered | None:
    """Arrays of whole numbers, booleans and text, numbered; None for anything else."""
    if not isinstance(values, np.ndarray):
        if not _is_numeric(values):
            return None
        values = as_column(values, "labels")
    if not isinstance(values, np.ndarray) or isinstance(values, np.ma.MaskedArray) or values.ndim != 1:
        return None
    kind = values.dtype.kind
    if kind == "f" and values.dtype.itemsize <= np.dtype(np.float64).itemsize:  # wider ones hold more than we look at
        return _from_floats(values)
    if kind == "b":
        codes, distinct = number_integers(values.view(np.uint8))
        return codes, distinct.astype(np.bool_).tolist()
    if kind in "iu":
        codes, distinct = number_integers(values)
    elif kind == "U":
        codes, distinct = number_texts(values)
    else:
        return None
    return codes, distinct.tolist()


def _is_numeric(values: Any) -> bool:
    """Whether a column of pandas, Polars or PyArrow says that it holds numbers or booleans."""
    kind = str(getattr(values, "dtype", getattr(values, "type", ""))).lower()
    return kind.startswith(("int", "uint", "bool", "float", "double"))


def _from_floats(values: NDArray[Any]) -> Numbered | None:
    """Whole numbers with gaps, as many libraries keep them; None if there is anything else, or numbers too large."""
    is_known = ~np.isnan(values)
    known = values[is_known].astype(np.float64)
    if not np.all(np.abs(known) < 2**53) or not np.array_equal(known, np.floor(known)):
        return None
    codes = np.full(len(values), -1, np.int64)
    codes[is_known], distinct = number_integers(known.astype(np.int64))
    return codes, distinct.tolist()


def _from_list(rows: list[Any], what: str) -> Numbered:
    """A list, numbered by a dictionary; where equal values have different texts, by their texts."""
    try:
        codes, seen = _number(rows)
    except TypeError:  # something unhashable: reading each row as text says which
        codes, seen = np.empty(0, np.int32), rows
    if not (_are_texts(seen) or _are_of_one_type(rows)):
        codes, seen = _number([label_of(value, what, row) for row, value in enumerate(rows)])
    return codes, seen


def _are_texts(seen: list[Any]) -> bool:
    return all(type(label) is str or is_missing(label) for label in seen)


def _are_of_one_type(rows: list[Any]) -> bool:
    """Whether values that are equal have the same text: True, 1 and 1.0 are equal, and so are times in two zones."""
    types = {kind for kind in set(map(type, rows)) if kind.__name__ not in _NONE}
    return len(types) == 1 and types <= _ALIKE_IF_EQUAL


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
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:  # as pandas keeps them with gaps
        return str(int(value))
    raise InvalidInputError(
        f"{what} must be text, whole numbers, booleans or dates, got {shown(value)} (index {row}); "
        "turn the column into text first"
    )
