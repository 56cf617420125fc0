"""Trailing windows: which days are in them, and how many answers, at a cost that does not grow with their length."""

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.zones import Days

_DAY = np.timedelta64(1, "D")

_FIRST_DAY = np.datetime64(dt.date.min, "D")
"""Windows that would reach farther back begin there."""


def window_starts(ends: Days, *, days: int | None, months: int | None) -> Days:
    """The first day of the window that ends on each day.

    A window of months holds the days after the same day so many months before; the last day of a month stands in for a
    day that it does not have.
    """
    if months is None:
        return np.maximum(ends - np.timedelta64(int(days or 0), "D") + _DAY, _FIRST_DAY)
    month = ends.astype("datetime64[M]")
    day_of_month = ends - month.astype("datetime64[D]")
    before = month - np.timedelta64(int(months), "M")
    last_of_month = (before + np.timedelta64(1, "M")).astype("datetime64[D]") - _DAY
    same_day: Days = np.minimum(before.astype("datetime64[D]") + day_of_month, last_of_month)
    return np.maximum(same_day + _DAY, _FIRST_DAY)


def sums_in_windows(amounts: NDArray[Any], firsts: NDArray[np.intp], ends: NDArray[np.intp]) -> NDArray[Any]:
    """The sum of the amounts of the days in each window.

    Whole numbers are the differences of running sums. Of others these would keep what a large amount long before has
    left by rounding, so their windows are put together from blocks of 1, 2, 4, ... days.

    Args:
        amounts: Amounts per day, shape (k, days, ...).
        firsts: The first day of each window, by its place among the days; what lies outside of them holds nothing.
        ends: The last day of each window.

    Returns:
        Sums, shape (k, windows, ...).
    """
    n_days = amounts.shape[1]
    begins, until = np.clip(firsts, 0, n_days), np.clip(ends + 1, 0, n_days)
    if np.issubdtype(amounts.dtype, np.integer):
        running = np.zeros((len(amounts), n_days + 1, *amounts.shape[2:]), amounts.dtype)
        np.cumsum(amounts, axis=1, out=running[:, 1:])
        return np.asarray(running[:, until] - running[:, begins])
    lengths = np.maximum(until - begins, 0)
    sums = np.zeros((len(amounts), len(lengths), *amounts.shape[2:]))
    blocks = amounts
    for level in range(_levels(lengths)):
        has_block = (lengths >> level) & 1 == 1
        sums[:, has_block] += blocks[:, (begins + _below(lengths, level))[has_block]]
        blocks = blocks[:, : -(1 << level)] + blocks[:, 1 << level :]
    return sums


def sums_while_present(
    amounts: NDArray[Any],
    rows: NDArray[np.int64],
    begins: NDArray[np.int64],
    until: NDArray[np.int64],
    *,
    shape: tuple[int, int],
) -> NDArray[Any]:
    """The sum of what is present on each day.

    Whole numbers come, and are subtracted when they go. Others would leave something behind by rounding, so each stay
    is put together from blocks of 1, 2, 4, ... days, and every block is handed down to its two halves.

    Args:
        amounts: How much comes and goes, shape (n,).
        rows: The row of each, shape (n,).
        begins: The first day of each, by its place.
        until: The day from which on it is not there any more, later than the first.
        shape: How many rows and days there are.

    Returns:
        Sums, of that shape.
    """
    n_rows, n_days = shape
    if np.issubdtype(amounts.dtype, np.integer):
        change = np.zeros((n_rows, n_days + 1), amounts.dtype)
        np.add.at(change, (rows, begins), amounts)
        np.subtract.at(change, (rows, until), amounts)
        return np.cumsum(change, axis=1)[:, :-1]
    sums, lengths = np.zeros(shape), until - begins
    for level in reversed(range(_levels(lengths))):
        sums[:, 1 << level :] += sums[:, : -(1 << level)]
        has_block = (lengths >> level) & 1 == 1
        places = (rows * n_days + begins + _below(lengths, level))[has_block]
        sums += np.bincount(places, amounts[has_block], sums.size).reshape(shape)
    return sums


def _levels(lengths: NDArray[np.int64]) -> int:
    """How many sizes of blocks, 1, 2, 4, ... days, the longest takes."""
    return int(lengths.max(initial=0)).bit_length()


def _below(lengths: NDArray[np.int64], level: int) -> NDArray[np.int64]:
    """The days in each that are in smaller blocks than those of a level."""
    return lengths & ((1 << level) - 1)


def stays(
    persons: NDArray[np.int64],
    order: NDArray[np.intp],
    days: NDArray[np.int64],
    has_score: NDArray[np.bool_],
    leaves: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """From which day on, and until before which, each answer is the one that counts of its person.

    In every window that is the latest of those with a score or, if none has one, the latest. So an answer counts from
    its day on until it leaves the windows, or until the person's next answer with a score; one without a score only
    while no answer with one is there.

    Args:
        persons: A number for each answer's person, shape (n,).
        order: The rows by person, and by time within each.
        days: The day of each answer, by its place among the days, shape (n,).
        has_score: Whether it has a score, shape (n,).
        leaves: The first day whose window does not hold the answer any more, shape (n,): later for later days.

    Returns:
        Two days for each answer, by their places; where the second is not after the first, it never counts.
    """
    person, day, scored, leave = persons[order], days[order], has_score[order], leaves[order]
    n = len(order)
    never = np.iinfo(np.int64).max
    places = np.arange(n)

    def next_day(which: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The day of the same person's next answer of a kind."""
        following = np.append(np.minimum.accumulate(np.where(which, places, n)[::-1])[::-1], n)[1:]
        is_same = (following < n) & (person[np.minimum(following, n - 1)] == person)
        return np.where(is_same, day[np.minimum(following, n - 1)], never)

    previous = np.maximum.accumulate(np.where(scored, places, -1))
    has_previous = (previous >= 0) & (person[previous] == person)
    first = np.where(scored | ~has_previous, day, np.maximum(day, leave[previous]))
    until = np.minimum(leave, next_day(scored))
    until = np.where(scored, until, np.minimum(until, next_day(~scored)))
    begins, ends = np.empty(n, np.int64), np.empty(n, np.int64)
    begins[order], ends[order] = first, until
    return begins, ends
