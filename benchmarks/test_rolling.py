"""Rolling scores of a thousand segments over ten years take seconds, whatever the length of the window.

Ours gives scores with their intervals; the others, which have no intervals, the scores alone. All begin with counts per
segment and day.
"""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from racing import OURS, RaceAndRecord, Runner, Scaled, at_most, equal_to, under

import nps_core as nc

FIRST = np.datetime64("2016-01-01")
N_DAYS = 3650
CATEGORIES = ["detractors", "passives", "promoters"]


def counts_of(n_segments: int) -> Any:
    """Answers per segment, day and category."""
    return np.random.default_rng(9).poisson([1.0, 0.9, 1.6], (n_segments, N_DAYS, 3))


def tally_of(counts: Any) -> nc.Tally:
    """The counts as a tally: one survey's."""
    segment, day, category = (np.repeat(each.ravel(), counts.ravel()) for each in np.indices(counts.shape))
    survey = nc.Survey.from_scores(
        np.array([3, 7, 10])[category], at=FIRST + day, time_zone="naive", segments={"shop": segment.astype("U4")}
    )
    return survey.tally("shop", every="day")


def rolled(counts: Any, width: int) -> Any:
    """The scores of all windows, from cumulated counts."""
    until = np.concatenate([np.zeros_like(counts[:, :1]), np.cumsum(counts, axis=1)], axis=1)
    days = np.arange(1, N_DAYS + 1)
    sums = until[:, days] - until[:, np.maximum(days - width, 0)]
    with np.errstate(invalid="ignore"):
        return 100 * (sums[..., 2] - sums[..., 0]) / sums.sum(axis=-1)


def scores_of(found: Any) -> Any:
    """The scores of our result, in the order of its rows."""
    return found.to_polars()["nps"].to_numpy()


@pytest.mark.parametrize("n_segments", [10, 1000])
@pytest.mark.parametrize("width", [90])
def test_peers(race: RaceAndRecord, scaled: Scaled, n_segments: int, width: int) -> None:
    n_segments = scaled(n_segments)
    counts = counts_of(n_segments)
    names = np.sort(np.arange(n_segments).astype("U4"))  # as text, in the order of our result
    order = names.astype(int)
    expected, tally = rolled(counts, width)[order].ravel(), tally_of(counts)
    columns = {"shop": np.repeat(names, N_DAYS), "day": np.tile(FIRST + np.arange(N_DAYS), n_segments)}
    columns |= dict(zip(CATEGORIES, counts[order].reshape(-1, 3).T.astype(np.float64), strict=True))
    frame = pd.DataFrame(columns)
    polars = pl.DataFrame(columns)

    def in_pandas() -> Any:
        sums = frame.groupby("shop", sort=False)[CATEGORIES].rolling(width, min_periods=1).sum()
        return 100 * (sums["promoters"] - sums["detractors"]) / sums.sum(axis=1)

    def in_polars() -> Any:
        sums = {name: pl.col(name).rolling_sum(width, min_samples=1).over("shop") for name in CATEGORIES}
        net, n = sums["promoters"] - sums["detractors"], sum(sums.values(), pl.lit(0.0))
        return polars.select(100 * net / n).to_series()

    runners = {
        OURS: Runner(lambda: nc.rolling(tally, days=width, by="shop"), equal_to(expected, scores_of)),
        "pandas, scores alone": Runner(in_pandas, equal_to(expected, lambda found: found.to_numpy())),
        "Polars, scores alone": Runner(in_polars, equal_to(expected, lambda found: found.to_numpy())),
    }
    race(
        f"{width} days, {n_segments:,} segments, {n_segments * N_DAYS:,} windows",
        runners,
        goals=[under(1, "µs", of=n_segments * N_DAYS, per="window")],
        size=n_segments * N_DAYS,
        unit="window",
        seconds=5,
        rounds=3,
    )


def test_length(race: RaceAndRecord, scaled: Scaled) -> None:
    n_segments = scaled(200)
    counts = counts_of(n_segments)
    tally, order = tally_of(counts), np.sort(np.arange(n_segments).astype("U4")).astype(int)
    runners = {
        name: Runner(
            lambda days=days: nc.rolling(tally, days=days, by="shop"),  # type: ignore[misc]
            equal_to(rolled(counts, days)[order].ravel(), scores_of),
        )
        for name, days in ((OURS, 365), ("7 days", 7), ("90 days", 90))
    }
    race(
        f"365 days beside shorter windows, {n_segments * N_DAYS:,} windows",
        runners,
        goals=[at_most(1.15, "7 days")],
        size=n_segments * N_DAYS,
        unit="window",
        seconds=5,
        rounds=5,
    )
