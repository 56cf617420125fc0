"""No path holds more than a small multiple of the scores themselves.

Measured by tracemalloc, which numpy reports to: at the peak, and what the result keeps, both beyond the input.
"""

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest
from peers import categories_of
from racing import Record, Scaled, ScoresOf

import nps_core as nc

N_LABELS: Final = 100

Path = Callable[[], Any]
"""A path from its input to its result."""


def labels_of(n: int) -> Any:
    codes = np.random.default_rng(11).integers(0, N_LABELS, n, dtype=np.int8)
    return categories_of(codes, (f"label {code:02}" for code in range(N_LABELS)))


def times_of(n: int) -> Any:
    minutes = np.random.default_rng(12).integers(0, 1_500_000, n)
    return np.datetime64("2023-01-01", "us") + minutes.astype("timedelta64[m]")


def weights_of(n: int) -> Any:
    return np.random.default_rng(13).gamma(4, 0.25, n)


def in_kind(scores: Any, kind: str) -> Any:
    """The scores as a list or as an array of a type."""
    return scores.tolist() if kind == "list" else scores.astype(kind)


def scoring(kind: str) -> Callable[[Any], Path]:
    def prepare(scores: Any) -> Path:
        given = in_kind(scores, kind)
        return lambda: nc.nps(given)

    return prepare


def surveying(kind: str, **others: Callable[[int], Any]) -> Callable[[Any], Path]:
    def prepare(scores: Any) -> Path:
        given = in_kind(scores, kind)
        columns = {name: make(len(scores)) for name, make in others.items()}
        return lambda: nc.Survey.from_scores(given, **columns)

    return prepare


def tallying(*by: str, every: Any = None, **others: Callable[[int], Any]) -> Callable[[Any], Path]:
    def prepare(scores: Any) -> Path:
        survey = surveying("uint8", **others)(scores)()
        return lambda: survey.tally(by, every=every)

    return prepare


def from_responses(scores: Any) -> Path:
    responses = [nc.Response(score, segments={"segment": "north"}) for score in scores.tolist()]
    return lambda: nc.Survey.from_responses(responses)


def by_segment(scores: Any) -> Path:
    survey = surveying("uint8", segments=segments)(scores)()
    return lambda: nc.by_segment(survey, "segment")


def segments(n: int) -> dict[str, Any]:
    return {"segment": labels_of(n)}


def naive(_: int) -> str:
    return "naive"


PATHS: dict[str, tuple[int, Callable[[Any], Path]]] = {
    "nps(scores), uint8": (10**7, scoring("uint8")),
    "nps(scores), int64": (10**7, scoring("int64")),
    "nps(scores), float64": (10**7, scoring("float64")),
    "nps(scores), a list": (10**6, scoring("list")),
    "Survey.from_scores(scores), uint8": (10**7, surveying("uint8")),
    "Survey.from_scores(scores), int64": (10**7, surveying("int64")),
    "Survey.from_scores(scores), a list": (10**6, surveying("list")),
    "Survey.from_scores(scores, segments=...), uint8": (10**7, surveying("uint8", segments=segments)),
    "Survey.from_scores(scores, at=...), uint8": (10**7, surveying("uint8", at=times_of, time_zone=naive)),
    'survey.tally("segment")': (10**7, tallying("segment", segments=segments)),
    'survey.tally(every="month")': (10**7, tallying(every="month", at=times_of, time_zone=naive)),
    'survey.tally("segment"), weighted': (10**7, tallying("segment", segments=segments, weights=weights_of)),
    "Survey.from_responses(responses)": (10**5, from_responses),
    'by_segment(survey, "segment")': (10**7, by_segment),
}
"""Each path with the number of its answers, and what prepares it."""


@pytest.mark.parametrize("path", [*PATHS])
def test_memory(record: Record, scaled: Scaled, scores_of: ScoresOf, path: str) -> None:
    nominal, prepare = PATHS[path]
    n = scaled(nominal)
    prepare(scores_of(1_000))()  # what is made once, at first use, is no answer's
    run = prepare(scores_of(n))
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        result = run()
        _, peak = tracemalloc.get_traced_memory()
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result is not None
    record(path, "bytes per answer", peak=(peak - before) / n, kept=(kept - before) / n)
