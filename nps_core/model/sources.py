"""Reading the counts that others made: mappings, rows of a GROUP BY."""

import datetime as dt
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from nps_core.counting.answers import cell_of
from nps_core.counting.columns import as_list
from nps_core.counting.groups import CellTable
from nps_core.counting.kernel import CELLS, INVALID, MISSING
from nps_core.counting.times import to_instants
from nps_core.counting.zones import NAIVE, Days, local_days
from nps_core.errors import InvalidInputError, InvalidScoreError, invalid_scores, must_be_one_of, shown
from nps_core.model.scale import Scale

_MOST = 2**62


def whole_count(count: Any, what: str) -> int:
    """A count as an int."""
    whole = as_whole(count)
    if whole is None or not 0 <= whole < _MOST:
        raise InvalidInputError(f"{what} must be a whole number from 0 to 2**62 - 1, got {shown(count)}")
    return whole


def as_whole(value: Any) -> int | None:
    """A whole number as an int, None for anything else, booleans among it."""
    if isinstance(value, (bool, np.bool_)):
        return None
    try:
        return operator.index(value)
    except TypeError:
        return None


def counts_row(counts: Mapping[int, int] | Sequence[int], scale: Scale, *, missing: int, invalid: int) -> list[int]:
    """Counts per score as one row of cells."""
    items = getattr(counts, "items", None)  # of a mapping, or of a pandas Series such as value_counts() gives
    if items is not None:
        pairs = list(items())
    else:
        listed_counts = as_list(counts, "counts")
        if len(listed_counts) != len(scale.scores):
            raise InvalidInputError(
                f"counts must hold one number per score {scale.lowest}-{scale.highest}, got {len(listed_counts)}"
            )
        pairs = list(zip(scale.scores, listed_counts, strict=True))
    row = [0] * CELLS
    for score, count in pairs:
        cell = _on_scale(score, scale)
        if cell in {INVALID, MISSING}:
            raise InvalidScoreError(
                f"scores must be whole numbers between {scale.lowest} and {scale.highest}, got {shown(score)}; "
                "give the others as missing= and invalid="
            )
        row[cell] += whole_count(count, f"the count of score {shown(score)}")
    row[MISSING], row[INVALID] = whole_count(missing, "missing"), whole_count(invalid, "invalid")
    return row


def read_cells(
    cells: Mapping[Any, int] | Iterable[Sequence[Any]],
    *,
    by: tuple[str, ...],
    dated: bool,
    scale: Scale,
    invalid: Literal["raise", "exclude"],
) -> CellTable:
    """Rows ``(label..., [day,] score, count)``, or a mapping of keys to counts, column by column."""
    must_be_one_of("invalid", invalid, ("raise", "exclude"))
    names = [*by, *["day"] * dated, "score", "count"]
    if hasattr(cells, "columns"):
        raise InvalidInputError("cells must be rows, not a frame: Tally.from_frame counts one")
    items = getattr(cells, "items", None)  # of a mapping, or of a pandas Series such as groupby(...).size() gives
    if items is not None:
        cells = [(*(key if isinstance(key, tuple) else (key,)), count) for key, count in items()]
    try:
        rows = [tuple(row) for row in cells]
    except TypeError:
        raise InvalidInputError(
            f"cells must be rows ({', '.join(names)}) or a mapping, got {type(cells).__name__}"
        ) from None
    for index, row in enumerate(rows):
        if len(row) != len(names):
            raise InvalidInputError(f"a cell must hold ({', '.join(names)}), got {len(row)} values (index {index})")
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in names]
    *labels, scores, counts = columns
    parsed = np.array([_on_scale(score, scale) for score in scores], np.uint8)
    if invalid == "raise" and (parsed == INVALID).any():
        wrong = np.flatnonzero(parsed == INVALID).tolist()
        examples = [(row, scores[row]) for row in wrong[:5]]
        raise invalid_scores(scale.lowest, scale.highest, examples, total=len(wrong), of=len(scores))
    return CellTable(
        labels=labels[: len(by)],
        days=_days(labels[-1]) if dated else None,
        cells=parsed,
        counts=np.array([whole_count(count, f"the count at index {i}") for i, count in enumerate(counts)], np.int64),
    )


def _on_scale(score: Any, scale: Scale) -> int:
    cell = cell_of(score)
    return cell if cell == MISSING or cell in scale.scores else INVALID


def _days(values: list[Any]) -> Days:
    instants, zone = to_instants([v.replace(tzinfo=None) if isinstance(v, dt.datetime) else v for v in values], NAIVE)
    return local_days(instants, zone)
