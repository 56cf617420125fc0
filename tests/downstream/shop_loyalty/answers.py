"""The answers of our shops: from visits, from exports of survey tools, and from our own counts."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nps_core as nc
from nps_core import programme
from nps_core.annotations import Every

ONE_TO_SEVEN = nc.Scale(lowest=1, highest=7, passives_from=5, promoters_from=7)


@dataclass(frozen=True)
class Visit:
    """One customer who was asked after a visit."""

    customer: str
    shop: str
    day: dt.date
    score: int | None
    why: str | None = None

    @property
    def response(self) -> nc.Response:
        """The visit as nps_core takes it."""
        return nc.Response(
            self.score, at=self.day, respondent=self.customer, reason=self.why, segments={"shop": self.shop}
        )


class Till:
    """Counts of cells (shop, day, score, how many): no subclass of anything, but it can be counted."""

    def __init__(self, cells: Iterable[tuple[str, dt.date, int | None, int]]) -> None:
        self._counts = nc.Tally.from_cells(cells, by="shop", every="day")

    def tally(self, by: str | Sequence[str] = (), *, every: Every | None = None) -> nc.Tally:
        """How many gave each score, per group."""
        return self._counts.tally(by, every=every)


def survey_of(visits: Iterable[Visit], *, name: str | None = None) -> nc.Survey:
    """A survey of visits."""
    return nc.Survey.from_responses(
        [visit.response for visit in visits], time_zone="naive", name=name, kind="transactional"
    )


def all_answered(visits: Iterable[Visit]) -> bool:
    """Whether nobody left the score out."""
    try:
        nc.Survey.from_responses([visit.response for visit in visits], time_zone="naive", missing="raise")
    except nc.MissingScoreError:
        return False
    return True


def wrong_scores(scores: Sequence[int | float | str | None]) -> list[str]:
    """The first answers that are not scores, in words."""
    try:
        nc.Survey.from_scores(scores)
    except nc.InvalidScoreError as error:
        return [f"answer {index}: {value!r}" for index, value in error.examples]
    return []


def exported(path: Path, *, score: str | None = None) -> nc.Survey | None:
    """The survey of an export, None if the file is no such table."""
    try:
        return programme.read_export(path, score=score, time_zone="naive", invalid="exclude")
    except nc.UnreadableFileError:
        return None


def reading_line(reading: programme.Reading | None) -> str:
    """What became of the rows of a file."""
    if reading is None:
        return f"no file; we read exports of {', '.join(programme.vendors())}"
    left_out = sum(reading.excluded.values())
    return f"{reading.source}: {reading.scored} of {reading.rows} rows have a score, {left_out} left out"


def scale_called(name: str) -> nc.Scale:
    """A scale by its name, ours if there is no such scale."""
    try:
        return nc.Scale.parse(name)
    except nc.InvalidInputError:
        return ONE_TO_SEVEN


def is_happy(score: int, *, scale: nc.Scale = nc.Scale.STANDARD) -> bool:
    """Whether a score is that of a promoter."""
    return scale.classify(score) is nc.Category.PROMOTER


def together(first: nc.Tally, second: nc.Tally) -> nc.Tally | None:
    """Two counts in one, None if they do not go together."""
    try:
        return first + second
    except nc.IncompatibleError:
        return None


def labels_of(survey: nc.Survey, segment: str) -> tuple[str, ...]:
    """The labels of a segment, none if the survey has no such segment."""
    try:
        return survey.labels(segment)
    except nc.UnknownNameError:
        return ()


def answers_per_shop(data: nc.Tallyable) -> dict[str, int]:
    """How many answers with a score each shop has."""
    counts = data.tally("shop")
    return {shop or "?": int(n) for (shop,), n in zip(counts.groups, counts.n.tolist(), strict=True)}
