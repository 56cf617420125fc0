"""What is supported in which engine: a table of which every cell is a test."""

from typing import Any

import hard_rows
import naive
import pytest

import nps_core as nc
from nps_core.counting.calendar import EVERY

YES, SESSION, VIEW, NO_TYPE = "yes", "the session's", "in a view", "no such type"

FEATURES = ("labels", *EVERY, "weights", "designs", "latest", "zones", "rows")
"""The columns of the table, by what is tested."""

HEADS = {
    "labels": "scores and labels",
    "designs": "strata, clusters",
    "latest": "latest answers",
    "zones": "other time zones",
    "rows": "`Survey.from_frame`",
}

ENGINES: dict[str, dict[str, str]] = {
    "pandas": {},
    "pandas over PyArrow": {},
    "Polars": {},
    "Polars, lazy": {},
    "PyArrow": {},
    "DuckDB": {"zones": SESSION},
    "Ibis on DuckDB": {"zones": VIEW},
    "Ibis on SQLite": {"zones": NO_TYPE},
    "Ibis on Postgres": {"zones": VIEW},
    "Dask": {},
    "Spark": {"zones": SESSION},
    "SQLFrame": {"zones": SESSION},
}
"""What is not simply supported, by engine and feature."""


def as_markdown() -> str:
    """The table, for the docs: all periods in one column, as no engine has some of them only."""
    shown = [feature for feature in FEATURES if feature not in EVERY]
    heads = ["", *(HEADS.get(feature, feature) for feature in shown)]
    heads.insert(2, "day to year")
    lines = [heads, ["---"] * len(heads)]
    for engine, notes in ENGINES.items():
        cells = [engine, *(notes.get(feature, YES) for feature in shown)]
        cells.insert(2, YES if notes.keys().isdisjoint(EVERY) else "some")
        lines.append(cells)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def check(engine: str, feature: str, frame: Any) -> None:
    """Test one cell of the table on a frame of the hard rows."""
    if feature in EVERY:
        _check_periods(frame, feature)
    else:
        {
            "labels": _check_labels,
            "weights": _check_weights,
            "designs": _check_designs,
            "latest": _check_latest,
            "zones": _check_zones,
            "rows": _check_rows,
        }[feature](frame, ENGINES[engine].get(feature, YES))


def _check_labels(frame: Any, note: str) -> None:
    for score in ("whole", "score"):
        for by in ([], ["region"], ["shop", "region"]):
            tally = nc.Tally.from_frame(frame, score=score, by=by, invalid="exclude")
            assert naive.as_counter(tally) == hard_rows.counts_by(by, score=score)


def _check_periods(frame: Any, every: Any) -> None:
    options: dict[str, Any] = {"at": "at", "every": every, "time_zone": "naive", "invalid": "exclude"}
    tally = nc.Tally.from_frame(frame, score="whole", by="region", **options)
    assert naive.as_counter(tally) == hard_rows.counts_by(["region"], every)


def _check_weights(frame: Any, note: str) -> None:
    tally = nc.Tally.from_frame(frame, score="whole", by="region", weight="weight", invalid="exclude")
    sums = tally.score_weights
    assert sums is not None
    found = {(label, s): tuple(sums[:, g, s].tolist()) for g, (label,) in enumerate(tally.groups) for s in range(11)}
    expected = hard_rows.weights_by("region")
    assert {key: pytest.approx(both, rel=1e-12) for key, both in expected.items()} == {k: found[k] for k in expected}


def _check_designs(frame: Any, note: str) -> None:
    columns = hard_rows.TABLE
    names = ("district", "school")
    survey = nc.Survey.from_scores(
        columns["whole"],
        segments={name: columns[name] for name in names},
        weights=columns["weight"],
        invalid="exclude",
    )
    tally = nc.Tally.from_frame(
        frame, score="whole", stratum="district", cluster="school", weight="weight", invalid="exclude"
    )
    design = nc.Design(strata="district", clusters="school")
    ours, expected = nc.nps(tally, design=design), nc.nps(survey, design=design)
    assert (ours.value, ours.standard_error) == pytest.approx((expected.value, expected.standard_error), rel=1e-10)
    assert ours.degrees_of_freedom == expected.degrees_of_freedom


def _check_latest(frame: Any, note: str) -> None:
    tally = nc.Tally.from_frame(frame, score="whole", at="at", latest="who", invalid="exclude")
    assert naive.as_counter(tally) == hard_rows.latest_counts()


def _check_zones(frame: Any, note: str) -> None:
    options: dict[str, Any] = {"score": "whole", "at": "utc", "every": "day", "invalid": "exclude"}
    if note == NO_TYPE:
        with pytest.raises(nc.UnknownNameError, match="got 'utc'"):
            nc.Tally.from_frame(frame, time_zone="UTC", **options)
    elif note in {SESSION, VIEW}:
        reason = {SESSION: "the zone of the engine's session, ", VIEW: "take it off in the database"}[note]
        with pytest.raises(nc.IncompatibleError, match=reason):
            nc.Tally.from_frame(frame, time_zone="Europe/Helsinki", **options)
    else:
        tally = nc.Tally.from_frame(frame, time_zone="Europe/Helsinki", **options)
        assert naive.as_counter(tally) == hard_rows.days_in("Europe/Helsinki")
    if note == SESSION:
        tally = nc.Tally.from_frame(frame, time_zone="UTC", **options)
        assert naive.as_counter(tally) == hard_rows.days_in("UTC")


def _check_rows(frame: Any, note: str) -> None:
    survey = nc.Survey.from_frame(
        frame,
        score="whole",
        at="at",
        time_zone="naive",
        respondent="who",
        segments=["region", "shop"],
        weight="weight",
        invalid="exclude",
    )
    assert naive.as_counter(survey.tally(["region"], every="day")) == hard_rows.counts_by(["region"], "day")
    assert sorted(str(response.respondent) for response in survey) == sorted(str(row["who"]) for row in hard_rows.ROWS)
    assert sorted(survey.weights.tolist()) == sorted(row["weight"] for row in hard_rows.ROWS)  # type: ignore[union-attr]
