"""A tally as plain types, and back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.calendar import Every, check_every, period_starts
from nps_core.counting.kernel import POINTS
from nps_core.counting.times import is_within_years
from nps_core.counting.weights import LARGEST
from nps_core.counting.zones import Days, check_time_zone
from nps_core.errors import InvalidInputError, must_be_one_of, shown
from nps_core.model.scale import Scale
from nps_core.model.sources import whole_count

FORMAT: Final = "nps_core.tally/1"
"""What a serialised tally calls itself; the number rises if an old reader would misunderstand it."""

_N_CATEGORIES: Final = 3
_ROUNDING: Final = 1e-6


def write_dict(
    *,
    scale: Scale,
    by: tuple[str, ...],
    every: Every | None,
    time_zone: str | None,
    labels: Sequence[tuple[str | None, ...]],
    starts: Days | None,
    matrix: NDArray[np.int64],
    weights: NDArray[np.float64] | None,
) -> dict[str, Any]:
    """The parts of a tally in plain types."""
    groups = [
        {"labels": list(own), "counts": row[:-2], "missing": row[-2], "invalid": row[-1]}
        for own, row in zip(labels, matrix.tolist(), strict=True)
    ]
    for i, group in enumerate(groups):
        if starts is not None:
            group["period"] = None if np.isnat(starts[i]) else str(starts[i])
        if weights is not None:
            group["weights"], group["squared_weights"] = weights[:, i].tolist()
    return {
        "format": FORMAT,
        "scale": scale.to_dict(),
        "by": list(by),
        "every": every,
        "time_zone": time_zone,
        "known": "categories" if matrix.shape[1] == _N_CATEGORIES + 2 else "scores",
        "weighted": weights is not None,
        "groups": groups,
    }


def read_dict(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a serialised tally, checked."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        got = data.get("format") if isinstance(data, Mapping) else type(data).__name__
        raise InvalidInputError(f"a serialised tally must be a mapping with the format {FORMAT!r}, got {got!r}")
    try:
        return _read_fields(data)
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(f"a serialised tally must be as to_dict() wrote it: {error!r}") from error


def _read_fields(data: Mapping[str, Any]) -> dict[str, Any]:
    scale, every, groups = Scale.from_dict(data["scale"]), data["every"], _a_list(data["groups"], "groups")
    by = tuple(_a_list(data["by"], "by"))
    must_be_one_of("known", data["known"], ("scores", "categories"))
    if not isinstance(data["weighted"], bool):
        raise InvalidInputError(f"weighted must be true or false, got {data['weighted']!r}")
    width = POINTS if data["known"] == "scores" else 3
    if every is not None:
        check_every(every)
    check_time_zone(data["time_zone"])
    if not all(isinstance(name, str) for name in by) or len(set(by)) < len(by):
        raise InvalidInputError(f"by must hold different names, got {by!r}")
    matrix = np.zeros((len(groups), width + 2), np.int64)
    weighted = data["weighted"]
    weights = np.zeros((2, len(groups), width))
    for i, group in enumerate(groups):
        _check_group(group, f"group {i}", len(by), width, weighted=weighted)
        matrix[i] = [
            whole_count(c, f"a count of group {i}") for c in (*group["counts"], group["missing"], group["invalid"])
        ]
        if weighted:
            for k, name in enumerate(("weights", "squared_weights")):
                weights[k, i] = _numbers(_of_length(group[name], width, f"{name} of group {i}"), f"{name} of group {i}")
    if weighted:
        _check_weights(matrix[:, :width].astype(np.float64), *weights)
    outside = [s for s in range(POINTS) if s not in scale.scores] if width == POINTS else []
    if matrix[:, outside].any():
        raise InvalidInputError(f"counts must be 0 outside the scale {scale}")
    starts = None
    if every is not None:
        days = [None if g["period"] is None else dt.date.fromisoformat(g["period"]) for g in groups]
        starts = np.array(days, "datetime64[D]")
        if not (np.isnat(starts) | is_within_years(starts)).all():
            raise InvalidInputError("periods must be between the years 2 and 9998")
        if (period_starts(starts, every)[~np.isnat(starts)] != starts[~np.isnat(starts)]).any():
            raise InvalidInputError(f"each period must be the first day of a {every}")
    return {
        "scale": scale,
        "by": by,
        "every": every,
        "time_zone": None if every is None else data["time_zone"],
        "labels": [[group["labels"][k] for group in groups] for k in range(len(by))],
        "starts": starts,
        "matrix": matrix,
        "weights": weights if weighted else None,
    }


def _numbers(values: Sequence[Any], what: str) -> Sequence[Any]:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise InvalidInputError(f"{what} must be numbers, got {shown(value)}")
    return values


def _check_weights(counts: NDArray[np.float64], sums: NDArray[np.float64], squares: NDArray[np.float64]) -> None:
    """Refuse sums that no weights have: of n weights the squares are between sum^2 / n and sum^2, but for rounding."""
    if not all((np.isfinite(part) & (part >= 0)).all() for part in (sums, squares)):
        raise InvalidInputError("the sums of weights must be finite numbers, 0 or more")
    with np.errstate(under="ignore"):
        is_right = (sums <= LARGEST * counts * (1 + _ROUNDING)) & ((sums > 0) == (squares > 0))
        is_right[is_right] &= _are_between(counts[is_right], sums[is_right], squares[is_right])
    if not is_right.all():
        group, cell = (int(place[0]) for place in np.nonzero(~is_right))
        raise InvalidInputError(
            f"the sums of weights and of their squares must be those of the answers counted, got {sums[group, cell]:g} "
            f"and {squares[group, cell]:g} for {counts[group, cell]:g} answers (group {group})"
        )


def _are_between(
    counts: NDArray[np.float64], sums: NDArray[np.float64], squares: NDArray[np.float64]
) -> NDArray[np.bool_]:
    square = np.square(sums)
    return (square <= squares * counts * (1 + _ROUNDING)) & (squares <= square * (1 + _ROUNDING))


def _check_group(group: Mapping[str, Any], what: str, n_keys: int, width: int, *, weighted: bool) -> None:
    labels = _of_length(group["labels"], n_keys, f"labels of {what}")
    if not all(label is None or isinstance(label, str) for label in labels):
        raise InvalidInputError(f"{what} must have {n_keys} labels of text or null, got {labels!r}")
    _of_length(group["counts"], width, f"counts of {what}")
    if weighted != ("weights" in group):
        raise InvalidInputError(f"{what} must have weights if the tally is weighted, and only then")


def _a_list(value: Any, what: str) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise InvalidInputError(f"{what} must be a list, got {value!r}")
    return value


def _of_length(value: Any, length: int, what: str) -> Sequence[Any]:
    if len(_a_list(value, what)) != length:
        raise InvalidInputError(f"{what} must be {length} values, got {len(value)}")
    return value  # type: ignore[no-any-return]
