"""How often intervals that are looked at again and again rule out the true score, in simulated streams of answers."""

import attrs
import numpy as np

from benchmarks.coverage.enumeration import Floats
from nps_core.stats.intervals import score_interval
from nps_core.stats.sequences import anytime_pvalue, confidence_sequence

TRUTHS = ((50, 30, 20), (30, 40, 30), (70, 20, 10), (15, 35, 50))
"""Shares of promoters, passives and detractors in percent."""

ANSWERS = 10_000
STREAMS = 2_500
WEEKS = 52
SIZES = (100, 1_000, 10_000)
"""Where widths are compared."""

LEVEL = 0.95
SEED = 20_260_101
AT_ONCE = 10
"""So many streams fit into the caches, more or less."""

TABLE = """\
| promoters, passives, detractors | weekly 95 % intervals | after every answer | {sizes} |
|{rule}
{rows}

How many of {streams:,} streams of {answers:,} answers ever ruled out the true score: ordinary intervals looked at in
each of {weeks} weeks, and those of a monitor looked at after every answer. Then the mean width of a monitor's
interval as a multiple of the ordinary one.
"""


@attrs.frozen
class Looks:
    """What came out for one truth.

    Attributes:
        truth: The shares in percent.
        weekly: The share of streams in which an ordinary weekly interval ever ruled out the truth.
        monitored: The same of a confidence sequence looked at after every answer.
        widths: Its mean width over that of the ordinary interval, at each size.
    """

    truth: tuple[int, int, int]
    weekly: float
    monitored: float
    widths: tuple[float, ...]


def streams(truth: tuple[int, int, int], rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Promoters, passives and detractors after each answer, shape (AT_ONCE, ANSWERS)."""
    drawn = rng.integers(0, 100, (AT_ONCE, ANSWERS))
    promoters = np.cumsum(drawn < truth[0], axis=1, dtype=np.float64)
    detractors = np.cumsum(drawn >= truth[0] + truth[1], axis=1, dtype=np.float64)
    return promoters, np.arange(1, ANSWERS + 1) - promoters - detractors, detractors


def study(truth: tuple[int, int, int]) -> Looks:
    """Look at all streams of one truth.

    A sequence rules out the truth when its p-value does, so no limits are computed but those whose width is compared.
    """
    rng, score = np.random.default_rng([SEED, *truth]), (truth[0] - truth[2]) / 100
    weeks, sizes = np.arange(1, WEEKS + 1) * (ANSWERS // WEEKS) - 1, np.array(SIZES) - 1
    weekly, monitored, widths = [], [], []
    for _ in range(STREAMS // AT_ONCE):
        x, m, y = streams(truth, rng)
        low, high = score_interval(x[:, weeks], m[:, weeks], y[:, weeks], LEVEL)
        weekly.append(((score < low) | (score > high)).any(axis=1).mean())
        monitored.append((anytime_pvalue(x, m, y, score) <= 1 - LEVEL).any(axis=1).mean())
        x, m, y = x[:, sizes], m[:, sizes], y[:, sizes]
        (low, high), (usual_low, usual_high) = confidence_sequence(x, m, y, LEVEL), score_interval(x, m, y, LEVEL)
        widths.append(((high - low) / (usual_high - usual_low)).mean(axis=0))
    ratios = tuple(np.mean(widths, axis=0).tolist())
    return Looks(truth, float(np.mean(weekly)), float(np.mean(monitored)), ratios)


def everything() -> list[Looks]:
    """All truths."""
    return [study(truth) for truth in TRUTHS]


def as_markdown(found: list[Looks]) -> str:
    """The table of what came out."""
    rows = (
        [
            ", ".join(f"{share} %" for share in each.truth),
            f"{100 * each.weekly:.1f} %",
            f"{100 * each.monitored:.1f} %",
            *(f"{width:.2f}" for width in each.widths),
        ]
        for each in found
    )
    return TABLE.format(
        sizes=" | ".join(f"width, n = {n:,}" for n in SIZES),
        rule="---|" * (3 + len(SIZES)),
        rows="\n".join(f"| {' | '.join(row)} |" for row in rows),
        streams=STREAMS,
        answers=ANSWERS,
        weeks=WEEKS,
    )
