"""Reading the counts that others made: mappings, rows of a GROUP BY, JSON."""

import datetime as dt
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.counting.answers import cell_of
from nps_core.counting.calendar import NAIVE, Days, check_every, check_time_zone, local_days, period_starts, to_instants
from nps_core.counting.columns import as_list
from nps_core.counting.kernel import CELLS, INVALID, MISSING, POINTS
from nps_core.errors import InvalidInputError, InvalidScoreError, must_be_one_of
from nps_core.model.scale import Scale

FORMAT: Final = "nps_core.tally/1"
"""What a serialised tally calls itself; the number rises if an old reader would misunderstand it."""

_MOST = 2**62


@attrs.frozen
class CellTable:
    """Parsed rows: r of them.

    Attributes:
        labels: One list of r labels per key.
        days: The day of each row, shape (r,), None if rows have none.
        cells: The cell of each row, shape (r,).
        counts: The count of each row, shape (r,).
    """

    labels: list[list[Any]]
    days: Days | None
    cells: NDArray[np.uint8]
    counts: NDArray[np.int64]


def whole_count(count: Any, what: str) -> int:
    """A count as an int."""
    try:
        whole = operator.index(count)
        if not isinstance(count, bool) and 0 <= whole < _MOST:
            return whole
    except TypeError:
        pass
    raise InvalidInputError(f"{what} must be a whole number from 0 up to 2**62, got {count!r}")


def counts_row(counts: Mapping[int, int] | Sequence[int], scale: Scale, *, missing: int, invalid: int) -> list[int]:
    """Counts per score as one row of cells."""
    if not isinstance(counts, Mapping):
        listed_counts = as_list(counts, "counts")
        if len(listed_counts) != len(scale.scores):
            raise InvalidInputError(
                f"counts must hold one number per score {scale.lowest}-{scale.highest}, got {len(listed_counts)}"
            )
        counts = dict(zip(scale.scores, listed_counts, strict=True))
    row = [0] * CELLS
    for score, count in counts.items():
        cell = _on_scale(score, scale)
        if cell in {INVALID, MISSING}:
            raise InvalidScoreError(
                f"scores must be whole numbers between {scale.lowest} and {scale.highest}, got {score!r}; "
                "give the others as missing= and invalid="
            )
        row[cell] += whole_count(count, f"the count of score {score!r}")
    row[MISSING], row[INVALID] = whole_count(missing, "missing"), whole_count(invalid, "invalid")
    return row


def parse_cells(
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
    if isinstance(cells, Mapping):
        cells = [(*(key if isinstance(key, tuple) else (key,)), count) for key, count in cells.items()]
    try:
        rows = [tuple(row) for row in cells]
    except TypeError:
        raise InvalidInputError(f"cells must be rows ({', '.join(names)}) or a mapping, got {cells!r}") from None
    for index, row in enumerate(rows):
        if len(row) != len(names):
            raise InvalidInputError(f"a cell must hold ({', '.join(names)}), got {len(row)} values (index {index})")
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in names]
    *labels, scores, counts = columns
    parsed = np.array([_on_scale(score, scale) for score in scores], np.uint8)
    if invalid == "raise" and (parsed == INVALID).any():
        raise _invalid_cells(scores, parsed, scale)
    return CellTable(
        labels=labels[: len(by)],
        days=_days(labels[-1]) if dated else None,
        cells=parsed,
        counts=np.array([whole_count(count, f"the count at index {i}") for i, count in enumerate(counts)], np.int64),
    )


def read_dict(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a serialised tally, checked."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        got = data.get("format") if isinstance(data, Mapping) else type(data).__name__
        raise InvalidInputError(f"a serialised tally must be a mapping with the format {FORMAT!r}, got {got!r}")
    try:
        return _read_fields(data)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(f"a serialised tally must be as to_dict() wrote it: {error!r}") from error


def _read_fields(data: Mapping[str, Any]) -> dict[str, Any]:
    scale, every, groups = Scale.from_dict(data["scale"]), data["every"], _a_list(data["groups"], "groups")
    by = tuple(_a_list(data["by"], "by"))
    must_be_one_of("known", data["known"], ("scores", "categories"))
    width = POINTS if data["known"] == "scores" else 3
    if every is not None:
        check_every(every)
    check_time_zone(data["time_zone"])
    if not all(isinstance(name, str) for name in by) or len(set(by)) < len(by):
        raise InvalidInputError(f"by must hold different names, got {by!r}")
    matrix = np.zeros((len(groups), width + 2), np.int64)
    weighted = bool(groups) and "weights" in groups[0]
    weights = np.zeros((2, len(groups), width))
    for i, group in enumerate(groups):
        _check_group(group, f"group {i}", len(by), width, weighted=weighted)
        matrix[i] = [
            whole_count(c, f"a count of group {i}") for c in (*group["counts"], group["missing"], group["invalid"])
        ]
        if weighted:
            for k, name in enumerate(("weights", "squared_weights")):
                weights[k, i] = _of_length(group[name], width, f"{name} of group {i}")
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise InvalidInputError("the sums of weights must be finite numbers, 0 or more")
    outside = [s for s in range(POINTS) if s not in scale.scores] if width == POINTS else []
    if matrix[:, outside].any():
        raise InvalidInputError(f"counts must be 0 outside the scale {scale}")
    starts = None
    if every is not None:
        days = [None if g["period"] is None else dt.date.fromisoformat(g["period"]) for g in groups]
        starts = np.array(days, "datetime64[D]")
        if (period_starts(starts, every)[~np.isnat(starts)] != starts[~np.isnat(starts)]).any():
            raise InvalidInputError(f"each period must be the first day of a {every}")
    return {
        "scale": scale,
        "by": by,
        "every": every,
        "time_zone": data["time_zone"],
        "labels": [[group["labels"][k] for group in groups] for k in range(len(by))],
        "starts": starts,
        "matrix": matrix,
        "weights": weights if weighted else None,
    }


def _check_group(group: Mapping[str, Any], what: str, n_keys: int, width: int, *, weighted: bool) -> None:
    labels = _of_length(group["labels"], n_keys, f"labels of {what}")
    if not all(label is None or isinstance(label, str) for label in labels):
        raise InvalidInputError(f"{what} must have {n_keys} labels of text or null, got {labels!r}")
    _of_length(group["counts"], width, f"counts of {what}")
    if weighted != ("weights" in group):
        raise InvalidInputError("either every group must have weights or none")


def _a_list(value: Any, what: str) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise InvalidInputError(f"{what} must be a list, got {value!r}")
    return value


def _of_length(value: Any, length: int, what: str) -> Sequence[Any]:
    if len(_a_list(value, what)) != length:
        raise InvalidInputError(f"{what} must be {length} values, got {len(value)}")
    return value  # type: ignore[no-any-return]


def _on_scale(score: Any, scale: Scale) -> int:
    cell = cell_of(score)
    return cell if cell == MISSING or cell in scale.scores else INVALID


def _days(values: list[Any]) -> Days:
    instants, zone = to_instants([v.replace(tzinfo=None) if isinstance(v, dt.datetime) else v for v in values], NAIVE)
    return local_days(instants, zone)


def _invalid_cells(scores: list[Any], cells: NDArray[np.uint8], scale: Scale) -> InvalidScoreError:
    rows = np.flatnonzero(cells == INVALID).tolist()
    return InvalidScoreError(
        f"scores must be whole numbers between {scale.lowest} and {scale.highest}, got {scores[rows[0]]!r} "
        f"(index {rows[0]} of {len(scores)}; {len(rows)} in all); pass invalid='exclude' to count them as invalid",
        total=len(rows),
        examples=[(row, scores[row]) for row in rows[:5]],
    )
