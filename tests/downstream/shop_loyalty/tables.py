"""Handing numbers on: to data frames, to files, and back."""

import json
from pathlib import Path

import nps_core as nc
import polars as pl
from nps_core.annotations import Tabular


def names_of(result: Tabular) -> list[str]:
    """The columns of a result."""
    rows = result.to_dicts()
    return [*rows[0]] if rows else []


def frame_of(result: Tabular) -> pl.DataFrame:
    """The rows of a result, the emptiest columns left out."""
    frame = result.to_polars()
    return frame.select(column for column in frame.iter_columns() if column.null_count() < len(frame))


def from_till(frame: pl.DataFrame) -> nc.Survey:
    """The survey of a frame with the columns of our tills."""
    return nc.Survey.from_frame(
        frame, score="score", at="day", respondent="customer", segments="shop", time_zone="naive", kind="transactional"
    )


def keep(counts: nc.Tally, path: Path) -> None:
    """Write counts to a file."""
    path.write_text(json.dumps(counts.to_dict()), "utf-8")


def kept(path: Path) -> nc.Tally:
    """The counts of a file."""
    return nc.Tally.from_dict(json.loads(path.read_text("utf-8")))


def unhappy_lately(survey: nc.Survey, n: int) -> nc.Survey:
    """The detractors of the last answers."""
    return survey[-n:].detractors


def mean_score(survey: nc.Survey) -> float | None:
    """The mean of the scores, None if there are none."""
    scores = survey.scores[survey.scores >= 0]  # not those missing, which are NaN
    return float(scores.mean()) if len(scores) else None
