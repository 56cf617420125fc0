"""What is found in series of periods in which nothing happens, and in series in which something does: a simulation.

Every series has the same distribution of answers in all periods (45 % promoters, 30 % passives), but for wobble: each
period's true score is moved by a normal number. The sizes of the periods are equal, or differ by up to twenty times.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import scipy.stats
from numpy.typing import NDArray

from nps_core.stats import series

Floats: TypeAlias = NDArray[np.float64]

RUNS: Final = 10_000
RUNS_OF_LEVELS: Final = 2_000
RUNS_OF_DELAYS: Final = 300
PERIODS: Final = (6, 12, 24, 52)
WOBBLES: Final = (0.0, 0.03, 0.08)
SIZES: Final[tuple[int | str, ...]] = (30, 100, 1000, "20 to 400")
PLACES: Final = ((24, 12), (52, 13), (52, 26), (104, 52))
"""How many periods there are, and after how many of them the level changes."""

_SHARES: Final = np.array([0.45, 0.30, 0.25])


class Series:
    """Many series of scores with their sampling variances, as the library computes them."""

    def __init__(self, counts: NDArray[np.int64]) -> None:
        triple = counts[..., 0], counts[..., 1], counts[..., 2]
        self.n = counts.sum(axis=-1)
        self.values: Floats = (triple[0] - triple[2]) / self.n
        self.own: Floats = series.own_variances(*triple)
        self.common: Floats = series.common_variances(*triple)


def drawn(
    rng: np.random.Generator, runs: int, n_periods: int, *, size: int | str, wobble: float, shift: Any = 0.0
) -> Series:
    """Series in which each period's score is moved by wobble, and by a shift that is the same in all."""
    sizes = rng.integers(20, 401, (runs, n_periods)) if isinstance(size, str) else size
    move = (rng.normal(0, wobble, (runs, n_periods)) + shift) / 2
    shares = np.stack([_SHARES[0] + move, np.full(move.shape, _SHARES[1]), _SHARES[2] - move], axis=-1)
    shares = np.clip(shares, 0.005, None)
    return Series(rng.multinomial(sizes, shares / shares.sum(axis=-1, keepdims=True)))


def pvalues(values: Floats, variances: Floats) -> Floats:
    """The p-values of the slopes."""
    n_periods = values.shape[-1]
    found = series.regress(values, variances, series.straight_line(n_periods))
    statistic = np.abs(found.coefficients[..., 1] / found.standard_errors[..., 1])
    return np.asarray(2 * scipy.stats.t.sf(statistic, n_periods - 2))


def false_slopes(each: Series) -> float:
    """The share of series said to rise or fall at the 5 % level."""
    return float((pvalues(each.values, each.own) < 0.05).mean())


def false_limits(each: Series) -> float:
    """The share of periods said to be unusual."""
    mean, margins, _ = series.natural_limits(each.values, each.common)
    return float((np.abs(each.values - mean[:, None]) > margins).mean())


def changes(each: Series, runs: int) -> list[list[int]]:
    """The periods at which the level of each series is said to change."""
    return [series.levels(each.values[run], each.common[run])[0][1:] for run in range(runs)]


def false_changes(each: Series, runs: int) -> float:
    """The share of series whose level is said to change."""
    return float(np.mean([len(found) > 0 for found in changes(each, runs)]))


def false_warnings(each: Series, runs: int) -> float:
    """The share of series with an early warning in force after the last period."""
    alarms = 0
    for run in range(runs):
        firsts, spread = series.levels(each.values[run], each.common[run])
        found = series.moving_average(each.values[run][firsts[-1] :], spread[firsts[-1] :])
        alarms += bool(abs(found.values[-1] - found.centre) > found.margins[-1])
    return alarms / runs


def found_in_time(rng: np.random.Generator, n_periods: int, at: int, *, points: float, wobble: float, n: int) -> float:
    """How often a shift is found within a period of its date."""
    shift = np.where(np.arange(n_periods) >= at, points / 100, 0.0)
    each = drawn(rng, RUNS_OF_LEVELS, n_periods, size=n, wobble=wobble, shift=shift)
    return float(np.mean([any(abs(found - at) <= 1 for found in run) for run in changes(each, RUNS_OF_LEVELS)]))


def weeks_until_seen(
    rng: np.random.Generator, *, points: float, n: int, before: int = 26, after: int = 40
) -> tuple[float, float]:
    """After how many periods, looked at one by one, a shift is warned of or found: the median, and the share by then.

    Both are of series in which nothing had been said when the shift began.
    """
    shift = np.where(np.arange(before + after) >= before, points / 100, 0.0)
    each = drawn(rng, RUNS_OF_DELAYS, before + after, size=n, wobble=0.0, shift=shift)
    delays = []
    for values, noise in zip(each.values, each.common, strict=True):
        signs = (k for k in range(before, before + after + 1) if _says_something(values[:k], noise[:k]))
        first = next(signs, before + after + 1)
        if first > before:
            delays.append(first - before)
    return float(np.median(delays)), float(np.mean(np.array(delays) <= after))


def _says_something(values: Floats, noise: Floats) -> bool:
    firsts, spread = series.levels(values, noise)
    found = series.moving_average(values[firsts[-1] :], spread[firsts[-1] :])
    return len(firsts) > 1 or bool(abs(found.values[-1] - found.centre) > found.margins[-1])


def naive_slopes(rng: np.random.Generator, n_periods: int, width: int) -> float:
    """The share of still series in which a straight line through rolling scores is said to rise or fall."""
    each = drawn(rng, RUNS, n_periods + width - 1, size=100, wobble=0.0)
    rolling = np.lib.stride_tricks.sliding_window_view(each.values, width, axis=1).mean(axis=-1)
    time = np.arange(n_periods) - (n_periods - 1) / 2
    slope = rolling @ time / (time @ time)
    left = rolling - rolling.mean(axis=1, keepdims=True) - slope[:, None] * time
    error = np.sqrt(np.square(left).sum(axis=1) / (n_periods - 2) / (time @ time))
    return float((2 * scipy.stats.t.sf(np.abs(slope / error), n_periods - 2) < 0.05).mean())


def everything(rng: np.random.Generator) -> dict[tuple[str, int, float, int | str], float]:
    """Every false finding, by what it is, the number of periods, the wobble and the sizes."""
    found: dict[tuple[str, int, float, int | str], float] = {}
    for n_periods in PERIODS:
        for wobble in WOBBLES:
            for size in SIZES:
                each = drawn(rng, RUNS, n_periods, size=size, wobble=wobble)
                found["slope", n_periods, wobble, size] = false_slopes(each)
                found["level", n_periods, wobble, size] = false_changes(each, RUNS_OF_LEVELS)
                found["warning", n_periods, wobble, size] = false_warnings(each, RUNS_OF_LEVELS)
                if n_periods >= series.FEWEST_FOR_LIMITS:
                    found["limits", n_periods, wobble, size] = false_limits(each)
    return found


def range_of(found: dict[tuple[str, int, float, int | str], float], what: str, wobbles: Sequence[float]) -> list[str]:
    """For each number of periods the lowest and the highest share, in percent."""
    cells = []
    for n_periods in PERIODS:
        shares = [
            share
            for (kind, n, wobble, _), share in found.items()
            if (kind, n) == (what, n_periods) and wobble in wobbles
        ]
        cells.append(f"{100 * min(shares):.1f}-{100 * max(shares):.1f}" if shares else "")
    return cells


SEED: Final = 20_261_123

TABLE: Final = """\
| said of series in which nothing changes | {periods} |
|{rule}
{false}

Percent. The range is over periods of 30, 100 and 1,000 answers and of sizes between 20 and 400, {runs:,} series each
({fewer:,} for levels and warnings). Slope: of series said to rise or fall at the 5 % level. Limits: of periods said to
be unusual; it takes {limits} periods. Level: of series said to change. Warning: of series with a warning in force.
A straight line through rolling means of 4 of 52 such weeks "finds" a slope in {rolling:.0f} % of them.

| a change of 20 points, 100 answers a period | {wobbles} |
|---|{wobble_rule}
{found}

Percent found within one period of its date.

| looked at every week, after 26 weeks a drop of | 100 answers a week | 200 | 1,000 |
|---|---|---|---|
{delays}

Weeks until a warning or a change of level, the median of {delayed} series. The last row: in how many percent one
appears within 40 weeks although nothing happens.
"""


def table(rng: np.random.Generator) -> str:
    """All of it, as the documentation shows it."""
    found = everything(rng)
    false = [
        f"| {what}, wobble {100 * wobble:.0f} | {' | '.join(range_of(found, what, (wobble,)))} |"
        for what in ("slope", "limits", "level", "warning")
        for wobble in WOBBLES
    ]
    in_time = [
        [100 * found_in_time(rng, n_periods, at, points=-20, wobble=wobble, n=100) for wobble in WOBBLES]
        for n_periods, at in PLACES
    ]
    weeks = {
        (points, n): weeks_until_seen(rng, points=points, n=n) for points in (-10, -20, 0) for n in (100, 200, 1000)
    }
    delays = [
        f"| {-points} points | {' | '.join(f'{weeks[points, n][0]:.0f}' for n in (100, 200, 1000))} |"
        for points in (-10, -20)
    ]
    nothing = " | ".join(f"{100 * weeks[0, n][1]:.0f} %" for n in (100, 200, 1000))
    return TABLE.format(
        periods=" | ".join(f"{n} periods" for n in PERIODS),
        rule="---|" * (len(PERIODS) + 1),
        false="\n".join(false),
        runs=RUNS,
        fewer=RUNS_OF_LEVELS,
        limits=series.FEWEST_FOR_LIMITS,
        rolling=100 * naive_slopes(rng, 52, 4),
        wobbles=" | ".join(f"wobble {100 * wobble:.0f}" for wobble in WOBBLES),
        wobble_rule="---|" * len(WOBBLES),
        found="\n".join(
            f"| in period {at + 1} of {n_periods} | {' | '.join(f'{share:.0f}' for share in shares)} |"
            for (n_periods, at), shares in zip(PLACES, in_time, strict=True)
        ),
        delays="\n".join([*delays, f"| nothing | {nothing} |"]),
        delayed=RUNS_OF_DELAYS,
    )
