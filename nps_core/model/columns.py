"""The columns of a survey, canonical and closed."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any, Self, TypeAlias, TypeVar

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.counting.columns import as_column, as_list, check_length, first_rows
from nps_core.counting.kernel import INVALID, MISSING, POINTS, Codes, narrowest
from nps_core.counting.labels import NO_LABEL, encode, label_of
from nps_core.counting.weights import WEIGHTS, as_weight, as_weights
from nps_core.errors import InvalidInputError, MissingScoreError, invalid_scores, must_be_one_of, shown
from nps_core.model.immutable import Immutable, content, freeze
from nps_core.model.scale import Scale

Wanted: TypeAlias = str | int | dt.date | Collection[str | int | dt.date | None] | None
"""One label, or several; None stands for "no label"."""


Column = TypeVar("Column", list[Any], tuple[Any, ...])


@attrs.frozen
class LabelColumn(Immutable):
    """Labels, dictionary-encoded: each label once, in sorted order, and a code per row.

    Attributes:
        codes: The position of each row's label, -1 for none; shape (n,), in the smallest type that holds them.
        labels: The labels that occur.
    """

    codes: Codes = attrs.field(eq=content)
    labels: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        """Close the codes, in the type that goes with the labels: the same column is always the same bytes."""
        object.__setattr__(self, "codes", freeze(self.codes.astype(narrowest(len(self.labels)), copy=False)))

    @classmethod
    def from_values(cls, values: Any, what: str) -> Self:
        """Encode a column as people have it."""
        return cls(*encode(values, what))

    @classmethod
    def unlabelled(cls, n: int) -> Self:
        """A column of n rows without a label."""
        return cls(np.full(n, NO_LABEL, np.int8), ())

    @classmethod
    def concatenate(cls, columns: Sequence["LabelColumn"]) -> Self:
        """Several columns, one after the other."""
        if all(column.labels == columns[0].labels for column in columns):
            return cls(np.concatenate([column.codes for column in columns]), columns[0].labels)
        labels = tuple(sorted(set().union(*(column.labels for column in columns))))
        code_of = {label: code for code, label in enumerate(labels)}
        recoded = [
            np.array([*map(code_of.__getitem__, column.labels), NO_LABEL], np.int32)[column.codes] for column in columns
        ]
        return cls(np.concatenate(recoded), labels)

    def take(self, rows: Any) -> Self:
        """Some of the rows (a slice, an index or a mask), with only the labels that still occur."""
        codes = self.codes[rows]
        present = np.zeros(len(self.labels) + 1, np.bool_)
        present[codes] = True  # -1 marks the spare last place
        present = present[:-1]
        recode = np.append(np.cumsum(present, dtype=np.int32) - np.int32(1), np.int32(NO_LABEL))
        labels = tuple(label for label, kept in zip(self.labels, present.tolist(), strict=True) if kept)
        return type(self)(recode[codes], labels)

    def values(self) -> list[str | None]:
        """The label of each row."""
        return [*map((*self.labels, None).__getitem__, self.codes.tolist())]

    def mask(self, wanted: Wanted) -> NDArray[np.bool_]:
        """Which rows carry the wanted label, or one of several (None: no label), shape (n,)."""
        several = [*wanted] if isinstance(wanted, Collection) and not isinstance(wanted, str) else [wanted]
        texts = {label_of(label, "a wanted label") for label in several}
        is_wanted = np.array([label in texts for label in (*self.labels, None)], np.bool_)
        return is_wanted[self.codes]


def optional_objects(
    values: Any, what: str, n: int, convert: Callable[[Any], Any], plain: frozenset[type]
) -> tuple[Any, ...] | None:
    """A column of converted Python values, None if nothing in it is known. Errors name the row.

    Values of the plain types are what they should be already, but for the empty text, and are taken as they are.
    """
    if values is None:
        return None
    rows = as_list(values, what)
    check_length(what, len(rows), n)
    if set(map(type, rows)) <= plain and "" not in rows:
        return known(tuple(rows))
    converted = []
    for row, value in enumerate(rows):
        try:
            converted.append(convert(value))
        except InvalidInputError as error:
            raise InvalidInputError(f"{error} (index {row} of {what})") from None
    return known(tuple(converted))


def known(column: Column) -> Column | None:
    """The column, None if nothing in it is known."""
    return column if column.count(None) < len(column) else None


def optional_weights(values: Any, n: int) -> NDArray[np.float64] | None:
    """A column of sampling weights."""
    if values is None:
        return None
    column = as_column(values, "weights")
    if isinstance(column, list) and set(map(type, column)) == {float}:
        column = np.array(column)
    if not isinstance(column, list) and column.dtype.kind in "iuf":
        weights = as_weights(column)
    else:
        weights = np.array([as_weight(row) for row in as_list(column, "weights")], np.float64)
    check_length("weights", len(weights), n)
    wrong = np.isnan(weights)
    if wrong.any():
        row, value = first_rows(wrong, as_list(column, "weights"))[0]
        raise InvalidInputError(f"{WEIGHTS}, got {shown(value)} (index {row}; {wrong.sum()} in all)")
    return weights


def check_answers(cells: NDArray[np.uint8], given: Any, scale: Scale, *, missing: str, invalid: str) -> None:
    """Refuse invalid and missing answers where they are not allowed, naming the first rows."""
    must_be_one_of("missing", missing, ("allow", "raise"))
    must_be_one_of("invalid", invalid, ("raise", "exclude"))
    if not len(cells) or cells.max() < POINTS:
        return
    is_invalid, is_missing = cells == INVALID, cells == MISSING
    if invalid == "raise" and is_invalid.any():
        total = int(np.count_nonzero(is_invalid))
        raise invalid_scores(scale.lowest, scale.highest, first_rows(is_invalid, given), total=total, of=len(cells))
    if missing == "raise" and is_missing.any():
        rows = np.flatnonzero(is_missing)
        raise MissingScoreError(
            f"scores must not be missing, got none at index {rows[0]}: {len(rows)} of {len(cells)} in all; "
            "pass missing='allow' to count and report them"
        )


def taken(column: tuple[Any, ...] | None, rows: slice | NDArray[np.bool_]) -> tuple[Any, ...] | None:
    """Some rows of a column of objects, None if there are some and nothing in them is known."""
    if column is None:
        return None
    kept = column[rows] if isinstance(rows, slice) else tuple(column[row] for row in np.flatnonzero(rows).tolist())
    return kept if not kept or any(value is not None for value in kept) else None


def blanked(column: Column | None, rows: NDArray[np.bool_]) -> Any:
    """A column of objects without what stands in some rows, None if nothing else is known."""
    if column is None:
        return None
    return known(tuple(None if row else value for value, row in zip(column, rows.tolist(), strict=True)))


def joined(first: tuple[Any, ...] | None, second: tuple[Any, ...] | None, n: int, m: int) -> tuple[Any, ...] | None:
    """Two columns of objects, one after the other; None for the rows of one that is not there."""
    if first is None and second is None:
        return None
    return (first or (None,) * n) + (second or (None,) * m)


def joined_arrays(first: Any, second: Any, n: int, m: int, fill: Any) -> Any:
    """Two arrays, one after the other; ``fill`` for the rows of one that is not there."""
    if first is None and second is None:
        return None
    return np.concatenate(
        [np.full(n, fill) if first is None else first, np.full(m, fill) if second is None else second]
    )
