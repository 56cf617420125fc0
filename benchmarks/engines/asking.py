"""What every engine is asked, by us and by its own experts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, get_args

import attrs
from racing import OURS, RaceAndRecord, Runner, at_most

import nps_core as nc

Question = Literal["by region", "by region and week", "by region, weighted"]

QUESTIONS: Final[tuple[Question, ...]] = get_args(Question)
REGION, WEEK, WEIGHTED = QUESTIONS

Row = tuple[Any, ...]
"""The region, the Monday if weeks are asked for, the score, the count; if weighted, sums of weights and of squares."""


@attrs.frozen
class Asked:
    """One engine, open, with the answers in it.

    Attributes:
        frame: What is given to nps_core.
        native: What an expert of the engine writes instead, to be called, by question.
        rows: The rows of what such a call gives.
    """

    frame: Any
    native: Mapping[Question, Callable[[], Any]]
    rows: Callable[[Any], Iterable[Row]]

    def ours(self, question: Question) -> nc.Tally:
        """The answer of nps_core."""
        return nc.Tally.from_frame(self.frame, score="score", by="region", **_OPTIONS[question])


@attrs.frozen
class Place:
    """Where the answers are.

    Attributes:
        folder: The folder of Parquet files.
        server: The folder of the socket of PostgreSQL, with the same answers in a table, None without it.
    """

    folder: str
    server: str | None = None

    @property
    def files(self) -> str:
        """All files, as a pattern."""
        return f"{self.folder}/*.parquet"


def race_native(race: RaceAndRecord, opened: Any, question: Question, *, times: float, **options: int) -> None:
    """Race us against the engine's own query, of which we take at most so many times the time."""
    asked, expected = opened.asked, opened.answers.expected
    race(
        f"{opened.name}, {question}, {opened.answers.n:,}",
        {
            OURS: Runner(lambda: asked.ours(question), expected.check_tally(question)),
            "native": Runner(asked.native[question], expected.check_rows(question, asked.rows)),
        },
        goals=[at_most(times, "native")],
        size=opened.answers.n,
        unit="row",
        **options,
    )


_OPTIONS: Final[Mapping[Question, dict[str, Any]]] = {
    REGION: {},
    WEEK: {"at": "at", "every": "week", "time_zone": "naive"},
    WEIGHTED: {"weight": "weight"},
}
