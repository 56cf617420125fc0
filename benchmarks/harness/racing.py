"""Races: several ways to one result, taken in turn, so that whatever slows the machine slows them all.

A time is the machine's and the minute's; a ratio of two times of the same round is neither. So every round calls every
runner once, each round beginning with another one, and what is told is the median over the rounds of the ratios.
"""

import gc
import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

OURS: Final = "nps_core"

RaceAndRecord = Callable[..., None]
"""What the fixture ``race`` gives: ``race(case, runners, goals=..., size=..., unit=..., seconds=..., rounds=...)``."""

Record = Callable[..., None]
"""What the fixture ``record`` gives: ``record(case, unit, goals=..., **columns)``."""

Scaled = Callable[[int], int]
"""What the fixture ``scaled`` gives: a number of rows, or a tenth of it and half a million at most in a trial."""

ScoresOf = Callable[[int], NDArray[np.uint8]]
"""What the fixture ``scores_of`` gives: so many scores."""

_SHORTEST: Final = 1e-3
"""A turn takes at least this many seconds: what is quicker is called several times."""

_MOST_CALLS: Final = 10_000
_MOST_ROUNDS: Final = 200


@attrs.frozen
class Runner:
    """One way to the result.

    Attributes:
        call: What is timed.
        check: Raises an AssertionError if what the call gave is wrong; called once, before anything is timed.
        scale: What the time is multiplied by, where a part stands for the whole.
    """

    call: Callable[[], Any]
    check: Callable[[Any], None]
    scale: float = 1.0


@attrs.frozen
class Race:
    """What was measured.

    Attributes:
        times: Seconds per call by runner, each of shape (rounds,).
    """

    times: Mapping[str, NDArray[np.float64]]

    @property
    def medians(self) -> dict[str, float]:
        """The median time of each runner, in seconds."""
        return {name: float(np.median(times)) for name, times in self.times.items()}

    @property
    def ratios(self) -> dict[str, float]:
        """How many times our time each runner takes: the median over the rounds."""
        return {name: float(np.median(times / self.times[OURS])) for name, times in self.times.items()}

    def times_of(self, rival: str) -> float:
        """How many times the rival's time ours is: the median over the rounds."""
        return float(np.median(self.times[OURS] / self.times[rival]))

    def above(self, rival: str) -> float:
        """How much longer ours takes than the rival's, in seconds: the median over the rounds."""
        return float(np.median(self.times[OURS] - self.times[rival]))


@attrs.frozen
class Goal:
    """What a race is to show; it is reported, and never asserted.

    Attributes:
        text: The goal in words.
        rival: Whom it is about, None for a goal of ours alone.
        measure: The number that the race gives.
        limit: What the number is held against.
        is_most: Whether it may be at most the limit; at least otherwise.
    """

    text: str
    rival: str | None
    measure: Callable[[Race], float]
    limit: float
    is_most: bool

    def holds(self, measured: float) -> bool:
        """Whether a measured number reaches the goal."""
        return measured <= self.limit if self.is_most else measured >= self.limit


def at_most(times: float, rival: str) -> Goal:
    """Ours takes at most so many times as long as the rival."""
    return Goal(f"at most {times:g} times {rival}", rival, lambda race: race.times_of(rival), times, is_most=True)


def faster(times: float, rival: str) -> Goal:
    """The rival takes at least so many times as long as ours."""
    text = f"faster than {rival}" if times == 1 else f"{times:g} times faster than {rival}"
    return Goal(text, rival, lambda race: race.ratios[rival], times, is_most=False)


def at_most_above(milliseconds: float, rival: str) -> Goal:
    """Ours takes at most so much longer than the rival."""
    text = f"at most {milliseconds:g} ms above {rival}"
    return Goal(text, rival, lambda race: 1e3 * race.above(rival), milliseconds, is_most=True)


def under(limit: float, unit: str, *, of: int = 1, per: str = "call") -> Goal:
    """Ours takes less than an absolute time per item, in ``"ns"`` or ``"µs"``."""
    factor = {"ns": 1e9, "µs": 1e6}[unit] / of
    return Goal(
        f"at most {limit:g} {unit} per {per}", None, lambda race: factor * race.medians[OURS], limit, is_most=True
    )


def race_in_turn(runners: Mapping[str, Runner], *, seconds: float, rounds: int) -> Race:
    """Check every runner, then time them in turn.

    The garbage collector stands still, as it would otherwise stop whoever happens to run.

    Args:
        runners: The ways to the result, by name.
        seconds: How long to go on at least, unless 200 rounds are done.
        rounds: How many rounds to do at least.

    Raises:
        AssertionError: If a result is wrong.
    """
    for name, runner in runners.items():
        try:
            runner.check(runner.call())
        except AssertionError as error:
            raise AssertionError(f"{name} must give the right result before it is timed: {error}") from error
    names = [*runners]
    calls = {name: _calls_for(runner.call) for name, runner in runners.items()}
    times: dict[str, list[float]] = {name: [] for name in names}
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        start, done = time.perf_counter(), 0
        while done < rounds or (done < _MOST_ROUNDS and time.perf_counter() - start < seconds):
            first = done % len(names)
            for name in names[first:] + names[:first]:
                times[name].append(_timed(runners[name].call, calls[name]) * runners[name].scale)
            done += 1
    finally:
        if was_enabled:
            gc.enable()
    return Race({name: np.array(each) for name, each in times.items()})


def equal_to(expected: Any, read: Callable[[Any], Any] = lambda found: found) -> Callable[[Any], None]:
    """A check: what is read from a result equals what is expected; fractions to nine digits."""

    def check(found: Any) -> None:
        actual = read(found)
        if isinstance(expected, (np.ndarray, float)) and np.asarray(expected).dtype.kind == "f":
            np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-9)
        elif isinstance(expected, np.ndarray):
            np.testing.assert_array_equal(actual, expected)
        else:
            assert actual == expected, f"{actual!r} is not {expected!r}"

    return check


def _timed(call: Callable[[], Any], calls: int) -> float:
    """Seconds per call; of quick ones, the first is not timed, as it would pay for what the one before left behind."""
    if calls > 1:
        call()
    turns = range(calls)
    start = time.perf_counter()
    for _ in turns:
        call()
    return (time.perf_counter() - start) / calls


def _calls_for(call: Callable[[], Any]) -> int:
    """How many calls make a turn."""
    quickest = _timed(call, 1)
    if quickest < 10 * _SHORTEST:  # the first may have been slow for no fault of its own
        quickest = min(quickest, _timed(call, 1), _timed(call, 1))
    return min(_MOST_CALLS, max(1, math.ceil(_SHORTEST / max(quickest, 1e-9))))
