"""A survey of Response objects costs a quarter more than a list comprehension of the scores; further fields add to it.

One comprehension for each of the eight fields: nobody knows beforehand which of them the responses carry.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from racing import OURS, RaceAndRecord, Runner, Scaled, ScoresOf, at_most

import nps_core as nc

BARE = "list comprehensions"

FIELDS: dict[str, tuple[str, ...]] = {
    "a score": ("score",),
    "a score and a segment": ("score", "segments"),
    "everything": ("score", "segments", "at", "respondent", "reason", "suggestion", "weight"),
}
"""What the responses carry."""

READERS: dict[str, Callable[[list[nc.Response]], list[Any]]] = {
    "score": lambda responses: [response.score for response in responses],
    "segments": lambda responses: [response.segments.get("region") for response in responses],
    "at": lambda responses: [response.at for response in responses],
    "respondent": lambda responses: [response.respondent for response in responses],
    "reason": lambda responses: [response.reason for response in responses],
    "suggestion": lambda responses: [response.suggestion for response in responses],
    "weight": lambda responses: [response.weight for response in responses],
    "invalid": lambda responses: [response.invalid for response in responses],
}
"""One list comprehension per field."""


def responses_of(scores: list[int], fields: tuple[str, ...]) -> list[nc.Response]:
    """Responses that carry these fields."""
    generator = np.random.default_rng(9)
    regions = [f"region {code}" for code in generator.integers(0, 20, len(scores)).tolist()]
    minutes = generator.integers(0, 1_000_000, len(scores)).tolist()
    first = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    columns: dict[str, list[Any]] = {
        "score": scores,
        "segments": [{"region": region} for region in regions],
        "at": [first + dt.timedelta(minutes=each) for each in minutes],
        "respondent": [f"person {row}" for row in range(len(scores))],
        "reason": [f"because of {row}" for row in range(len(scores))],
        "suggestion": [None if row % 3 else "more of it" for row in range(len(scores))],
        "weight": generator.gamma(4, 0.25, len(scores)).tolist(),
    }
    rows = zip(*(columns[field] for field in fields), strict=True)
    return [nc.Response(**dict(zip(fields, row, strict=True))) for row in rows]


@pytest.mark.parametrize("carried", [*FIELDS])
def test_responses(race: RaceAndRecord, scaled: Scaled, scores_of: ScoresOf, carried: str) -> None:
    fields = FIELDS[carried]
    responses = responses_of(scores_of(scaled(10**5)).tolist(), fields)

    def check_survey(survey: nc.Survey) -> None:
        assert [*survey] == responses

    def check_columns(columns: list[list[Any]]) -> None:
        for field, column in zip(READERS, columns, strict=True):
            values = (getattr(response, field) for response in responses)
            assert column == [value.get("region") if field == "segments" else value for value in values]

    race(
        f"{len(responses):,} responses with {carried}",
        {
            OURS: Runner(lambda: nc.Survey.from_responses(responses), check_survey),
            BARE: Runner(lambda: [read(responses) for read in READERS.values()], check_columns),
        },
        goals=[at_most(1.5, BARE)],
        size=len(responses),
        unit="response",
        seconds=3,
    )
