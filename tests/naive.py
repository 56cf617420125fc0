"""Slow and obvious versions of what the library does fast: the oracles of its tests."""

import datetime as dt
import math
import numbers
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from nps_core.model.response import Response
from nps_core.model.scale import Scale
from nps_core.model.tally import Tally

MISSING = "missing"
INVALID = "invalid"


def outcome(value: Any, scale: Scale) -> int | str:
    """What an answer counts as: the score it equals, or missing, or invalid."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return MISSING
    if isinstance(value, str):
        return MISSING if len(value) == 0 else INVALID
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return MISSING if np.isnat(value) else INVALID
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item() if value.dtype.kind in "iu" else "an array"
    if isinstance(value, (bool, np.bool_, complex)) or not isinstance(value, (numbers.Number, Decimal)):
        return INVALID
    if math.isnan(value):  # type: ignore[arg-type]
        return MISSING
    for score in scale.scores:
        if value == score:
            return score
    return INVALID


def count_groups(cells: Sequence[int], groups: Sequence[int], n_groups: int) -> list[list[int]]:
    """Counts per group and cell, one answer at a time."""
    table = [[0] * 13 for _ in range(n_groups)]
    for cell, group in zip(cells, groups, strict=True):
        table[group][cell] += 1
    return table


def weigh_groups(
    cells: Sequence[int], groups: Sequence[int], n_groups: int, weights: Sequence[float], power: int
) -> list[list[float]]:
    """Exactly rounded sums of a power of the weights per group and score."""
    return [
        [
            math.fsum(w**power for c, g, w in zip(cells, groups, weights, strict=True) if (c, g) == (cell, group))
            for cell in range(11)
        ]
        for group in range(n_groups)
    ]


def local_day(instant: dt.datetime, zone: str) -> dt.date:
    """The day of a UTC instant in a zone, as ``datetime`` has it."""
    return instant.replace(tzinfo=dt.UTC).astimezone(zoneinfo.ZoneInfo(zone)).date()


def to_utc(wall_time: dt.datetime, zone: str) -> dt.datetime:
    """A time written in a zone, in UTC, as ``datetime`` has it with fold=0 (PEP 495)."""
    return wall_time.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0).astimezone(dt.UTC).replace(tzinfo=None)


def period_start(day: dt.date, every: str) -> dt.date:
    """The first day of the period that a day falls in."""
    if every == "week":
        year, week, _ = day.isocalendar()
        return dt.date.fromisocalendar(year, week, 1)
    first_month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}
    return day if every == "day" else dt.date(day.year, first_month[every], 1)


def period_of(response: Response, every: str | None, zone: str) -> dt.date | None:
    """The period that a response falls in, None if its time is unknown or no period is asked for."""
    if every is None or response.at is None:
        return None
    if response.at.tzinfo is None:
        return period_start(response.at.date(), every)
    return period_start(response.at.astimezone(zoneinfo.ZoneInfo(zone)).date(), every)


def tally(
    responses: Iterable[Response], by: Sequence[str] = (), every: str | None = None, zone: str = "UTC"
) -> Counter[tuple[Any, ...]]:
    """How many responses there are of each (label..., period, outcome)."""
    return Counter(
        (
            *(response.segments.get(name) for name in by),
            period_of(response, every, zone),
            INVALID if response.invalid else MISSING if response.score is None else response.score,
        )
        for response in responses
    )


def as_counter(tally: Tally) -> Counter[tuple[Any, ...]]:
    """A tally as :func:`tally` would count it."""
    starts = [None] * len(tally) if tally.starts is None else tally.starts.tolist()
    table = zip(
        tally.groups, starts, tally.counts.tolist(), tally.missing.tolist(), tally.invalid.tolist(), strict=True
    )
    counter: Counter[tuple[Any, ...]] = Counter()
    for labels, start, counts, missing, invalid in table:
        for answer, count in [*enumerate(counts), (MISSING, missing), (INVALID, invalid)]:
            counter[*labels, start, answer] += count
    return +counter


def latest(responses: Sequence[Response]) -> list[Response]:
    """One response per respondent: the last in the order of (has a score, time, row)."""
    return _best(responses, lambda response, row: (response.score is not None, _time(response), row))


def first(responses: Sequence[Response]) -> list[Response]:
    """One response per respondent: the first with a score, or the first; an unknown time is later than all."""
    seconds = dt.timedelta(seconds=1)

    def rank(response: Response, row: int) -> Any:
        ago = -((_time(response) - LONG_AGO) / seconds) if response.at is not None else -math.inf
        return response.score is not None, ago, -row

    return _best(responses, rank)


LONG_AGO = dt.datetime(1, 1, 1)


def _time(response: Response) -> dt.datetime:
    return LONG_AGO if response.at is None else response.at.astimezone(dt.UTC).replace(tzinfo=None)


def _best(responses: Sequence[Response], rank_of: Callable[[Response, int], Any]) -> list[Response]:
    best: dict[Any, tuple[Any, int]] = {}
    for row, response in enumerate(responses):
        rank = rank_of(response, row)
        person = response.respondent if response.respondent is not None else ("nobody", row)
        if person not in best or rank > best[person][0]:
            best[person] = (rank, row)
    return [responses[row] for row in sorted(row for _, row in best.values())]
