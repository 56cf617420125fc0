"""Frames to tallies: counted in memory as a survey is, or in the engine that holds the rows."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np

from nps_core._optional import require
from nps_core.counting import engines
from nps_core.counting.answers import to_cells
from nps_core.counting.columns import as_column
from nps_core.counting.engines import Query
from nps_core.counting.frames import Frame
from nps_core.counting.kernel import INVALID, MISSING
from nps_core.counting.times import to_instants
from nps_core.counting.zones import NAIVE, Instants
from nps_core.errors import InvalidInputError, InvalidScoreError, invalid_scores, must_be_one_of
from nps_core.model.columns import LabelColumn, check_answers, optional_weights
from nps_core.model.gathering import count_rows, gather_cells, merge
from nps_core.model.scale import Scale
from nps_core.model.selection import latest_rows

_Invalid: TypeAlias = Literal["raise", "exclude"]

_Count: TypeAlias = Callable[[Frame, Query, Scale, _Invalid], dict[str, Any]]


def count_frame(frame: Any, query: Query, scale: Scale, invalid: _Invalid) -> dict[str, Any]:
    """The groups of a frame: their keys, periods, counts and weights, by the names that a tally has for them.

    Rows in memory are counted as those of a survey are, unless their library is known to be quicker; all others where
    they are.
    """
    must_be_one_of("invalid", invalid, ("raise", "exclude"))
    if query.latest is not None and query.at is None:
        raise InvalidInputError(f"latest={query.latest!r} needs at=, the column of times")
    if query.latest is None and (query.at is None) != (query.every is None):
        raise InvalidInputError(f"at and every go together, got at={query.at!r} and every={query.every!r}")
    opened = Frame.of(frame, "counting in a frame")
    respondent = [] if query.latest is None else [query.latest]
    opened.check(score=query.score, labels=[*query.by, *respondent], at=query.at, weight=query.weight)
    if query.every is not None:
        opened.check_calendar(str(query.at), query.time_zone)
    return _how_to_count(opened, query)(opened, query, scale, invalid)


def _how_to_count(frame: Frame, query: Query) -> _Count:
    """The quickest way that is known to be right."""
    if frame.rows.implementation.is_dask():
        return _in_partitions
    return _in_engine if frame.in_memory is None or _is_quicker_itself(frame, query) else _in_memory


def _is_quicker_itself(frame: Frame, query: Query) -> bool:
    """Whether a library groups its rows in memory on all cores before our one has made codes of its labels."""
    engine, nw = frame.rows.implementation, frame.nw
    if query.latest is not None or not (engine.is_polars() or engine.is_pyarrow()):
        return False
    kinds = {frame.schema[name] for name in query.by}
    if engine.is_polars():
        return nw.String in kinds
    return bool(kinds) and kinds <= {nw.String, nw.Categorical} and _are_arrays(frame, query)


def _are_arrays(frame: Frame, query: Query) -> bool:
    """Whether no key of PyArrow's is text of a kind that not all of its versions group by."""
    return all("view" not in str(frame.column(name).type) for name in query.by)


def _in_memory(frame: Frame, query: Query, scale: Scale, invalid: _Invalid) -> dict[str, Any]:
    scores = as_column(frame.column(query.score), "scores")
    cells = to_cells(scores, query.lowest, query.highest)
    keys = [LabelColumn.from_values(frame.column(name), f"column {name!r}") for name in query.by]
    weights = None if query.weight is None else optional_weights(frame.column(query.weight), len(cells))
    instants, zone = (None, None) if query.at is None else _instants(frame, query.at, query.time_zone)
    if query.latest is None or instants is None:
        check_answers(cells, scores, scale, missing="allow", invalid=invalid)
    else:
        respondents = LabelColumn.from_values(frame.column(query.latest), f"column {query.latest!r}")
        others = [*(key.codes for key in keys), *([] if weights is None else [weights])]
        rows = latest_rows(respondents.codes, instants, cells, others)
        check_answers(np.where(rows, cells, MISSING), scores, scale, missing="allow", invalid=invalid)
        cells, instants, keys = cells[rows], instants[rows], [key.take(rows) for key in keys]
        weights = None if weights is None else weights[rows]
    return count_rows(cells, keys, weights=weights, instants=instants, time_zone=zone, every=query.every)


def _instants(frame: Frame, at: str, time_zone: str | None) -> tuple[Instants, str | None]:
    """The times of a column; without a calendar, as they were written."""
    return to_instants(frame.column(at), time_zone or (NAIVE if frame.zone_of(at) is None else None))


def _in_engine(frame: Frame, query: Query, scale: Scale, invalid: _Invalid) -> dict[str, Any]:
    found = engines.count_in_engine(frame, query)
    n_invalid = int(found.counts[found.cells == INVALID].sum())
    if n_invalid and invalid == "raise":
        if frame.in_memory is not None:
            return _in_memory(frame, query, scale, invalid)  # knows in which rows they are
        raise _refusal(frame, query, scale, total=n_invalid, of=int(found.counts.sum()))
    return gather_cells(found, [f"column {name!r}" for name in query.by], query.every)


def _in_partitions(frame: Frame, query: Query, scale: Scale, invalid: _Invalid) -> dict[str, Any]:
    """Let the workers of Dask count each partition as rows in memory are: they group slower themselves."""
    dask = require("dask", extra="frames", purpose="counting in Dask")
    rows = frame.rows.to_native()[query.columns]
    if query.latest is not None:
        rows = rows.shuffle(on=[query.latest])  # all answers of a respondent must be in one partition
    count = dask.delayed(_count_partition)
    counted = dask.compute(*(count(part, number, query, scale) for number, part in enumerate(rows.to_delayed())))
    groups = merge(counted)
    n_invalid = int(groups["cells"][:, INVALID].sum())
    if n_invalid and invalid == "raise":
        raise _refusal(frame, query, scale, total=n_invalid, of=int(groups["cells"].sum()))
    return groups


def _count_partition(part: Any, number: int, query: Query, scale: Scale) -> dict[str, Any]:
    try:
        return _in_memory(Frame.of(part, "counting in Dask"), query, scale, "exclude")
    except InvalidInputError as error:
        raise InvalidInputError(f"{error}, in partition {number}") from error


def _refusal(frame: Frame, query: Query, scale: Scale, *, total: int, of: int) -> InvalidScoreError:
    """The error that shows some of the scores that are none."""
    examples = [(None, value) for value in engines.invalid_scores(frame, query)]
    return invalid_scores(scale.lowest, scale.highest, examples, total=total, of=of)
