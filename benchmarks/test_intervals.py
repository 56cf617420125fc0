"""A million intervals take a tenth of a second, and ten thousand resamples less than one of rows.

The score interval is raced against bisection on the score test over all groups at once; the bootstrap, which draws
counts, against drawing rows, of which twenty times are timed and stand for ten thousand.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from peers import categories_of
from racing import OURS, RaceAndRecord, Runner, Scaled, ScoresOf, equal_to, faster, under

import nps_core as nc
from nps_core.stats.intervals import score_interval
from nps_core.stats.normal import quantile

Floats = NDArray[np.float64]

N_RESAMPLES = 10_000
TIMED_RESAMPLES = 20


def statistic(shift: Floats, x: Floats, m: Floats, y: Floats) -> Floats:
    """The squared score test of the hypothesis that the score is ``shift``.

    The share of answers that are not passive is the larger root of a quadratic, which maximises the likelihood under
    the hypothesis.
    """
    n = x + m + y
    b = x + y + shift * (x - y)
    free = (b + np.sqrt(np.maximum(b * b - 4 * n * (shift * (x - y) - m * shift * shift), 0))) / (2 * n)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (x - y - n * shift) ** 2 / (n * (free - shift * shift))


def bisected(x: Floats, m: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Both limits, by halving the range outside the estimate 45 times."""
    threshold = quantile(0.95) ** 2
    limits = []
    for end in (-1.0, 1.0):
        inside, outside = (x - y) / (x + m + y), np.full(x.shape, end)
        for _ in range(45):
            middle = (inside + outside) / 2
            is_inside = statistic(middle, x, m, y) <= threshold
            inside, outside = np.where(is_inside, middle, inside), np.where(is_inside, outside, middle)
        limits.append(inside)
    return limits[0], limits[1]


def test_intervals(race: RaceAndRecord, scaled: Scaled) -> None:
    n_groups = scaled(10**6)
    counts = np.random.default_rng(7).multinomial(60, [0.5, 0.3, 0.2], n_groups) + 1
    promoters, passives, detractors = counts.T.astype(np.float64)
    slow = np.stack(bisected(promoters, passives, detractors))

    def check(found: tuple[Floats, Floats]) -> None:
        np.testing.assert_allclose(np.stack(found), slow, atol=1e-9)

    race(
        f"{n_groups:,} score intervals",
        {
            OURS: Runner(lambda: score_interval(promoters, passives, detractors), check),
            "bisection": Runner(lambda: bisected(promoters, passives, detractors), check),
        },
        goals=[under(100, "ns", of=n_groups, per="group"), faster(20, "bisection")],
        size=n_groups,
        unit="group",
        rounds=3,
    )


def test_segments(race: RaceAndRecord, scaled: Scaled, scores_of: ScoresOf) -> None:
    n_segments = scaled(10**6)
    scores = scores_of(3 * n_segments)
    codes = np.tile(np.arange(n_segments), 3)
    labels = categories_of(codes, (f"{code:07}" for code in range(n_segments)))
    tally = nc.Survey.from_scores(scores, segments={"segment": labels}).tally("segment")
    coded = np.where(scores >= 9, 100.0, np.where(scores <= 6, -100.0, 0.0))
    expected = np.bincount(codes, coded, minlength=n_segments) / 3
    frame = pd.DataFrame({"segment": codes, "coded": coded})
    race(
        f"{n_segments:,} segments of a tally: scores and intervals",
        {
            OURS: Runner(
                lambda: nc.by_segment(tally, "segment"),
                equal_to(expected, lambda table: table.to_pandas()["nps"].to_numpy()),
            ),
            "pandas, grouping three answers each": Runner(
                lambda: frame.groupby("segment")["coded"].agg(["mean", "sem"]),
                equal_to(expected, lambda found: found["mean"].to_numpy()),
            ),
        },
        size=n_segments,
        unit="segment",
        rounds=3,
    )


def test_bootstrap(race: RaceAndRecord, scaled: Scaled, scores_of: ScoresOf) -> None:
    scores = scores_of(scaled(10**6))
    coded = np.where(scores >= 9, 100.0, np.where(scores <= 6, -100.0, 0.0))
    value, error = coded.mean(), coded.std() / np.sqrt(len(coded))
    tally = nc.Survey.from_scores(scores).tally()
    generator = np.random.default_rng(8)

    def resampled_rows() -> list[float]:
        rows = (generator.integers(0, len(coded), len(coded)) for _ in range(TIMED_RESAMPLES))
        return [float(coded[each].mean()) for each in rows]

    def check_interval(score: Any) -> None:
        """So many answers are all but normal: the limits are near the normal ones, to a tenth of an error."""
        found = np.array([score.confidence_interval.low, score.confidence_interval.high])
        np.testing.assert_allclose(found, value + quantile(0.95) * error * np.array([-1, 1]), atol=0.1 * error)

    def check_resamples(found: list[float]) -> None:
        np.testing.assert_allclose(found, value, atol=6 * error)

    race(
        f"{N_RESAMPLES:,} resamples of {len(scores):,} answers",
        {
            OURS: Runner(lambda: nc.nps(tally, method="bootstrap-percentile", rng=1), check_interval),
            "rows (20 times, scaled up)": Runner(resampled_rows, check_resamples, scale=N_RESAMPLES / TIMED_RESAMPLES),
        },
        goals=[faster(10_000, "rows (20 times, scaled up)")],
        rounds=5,
    )
