"""Which groups are too small to be shown, and which others would give them away."""

import itertools
import warnings
from typing import Any, Final, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.counting.groups import combine
from nps_core.errors import DisclosureWarning, InvalidInputError
from nps_core.model.sources import as_whole
from nps_core.model.tally import Tally

_MOST_STEPS: Final = 2_000
_NOTHING: Final = 1e-6
_MOST: Final = 2**62

Mask: TypeAlias = NDArray[np.bool_]


def check_min_n(min_n: Any) -> int | None:
    """The fewest answers that a group is shown with, None to show all."""
    whole = as_whole(min_n)
    if min_n is not None and (whole is None or not 1 <= whole < _MOST):
        raise InvalidInputError(f"min_n must be a whole number from 1 up to 2**62, or None, got {min_n!r}")
    return whole


def small_groups(tally: Tally, min_n: int | None) -> Mask:
    """Which groups to suppress: those of fewer than ``min_n`` answers, and what would tell them by subtraction.

    Who knows a total (of all groups; or by fewer of the keys) can take from it the groups that are shown. So in every
    total that may be known, because it is of ``min_n`` answers, the suppressed groups are two or more and hold
    ``min_n`` answers together, and no system of totals determines one of them (Cox 1980, JASA 75:377-385). Groups
    without an answer are not suppressed: there is nothing to hide.

    Warns:
        DisclosureWarning: If totals by fewer of the keys determine a suppressed group, whatever this table hides.

    Returns:
        A mask, shape (groups,).
    """
    n = tally.n
    if min_n is None:
        return np.zeros(len(n), np.bool_)
    hidden = (n > 0) & (n < min_n)
    lines = [line for line in _lines(tally, min_n) if line.known.any()]
    smallest_first = np.argsort(n, kind="stable")
    while hidden.any():
        before, weak = hidden.copy(), _weak(lines, hidden, n, min_n)
        determined = [] if weak else _determined(lines, hidden)
        for groups, number in weak or determined:
            candidates = (groups == number) & ~hidden & (n > 0)
            hidden[smallest_first[candidates[smallest_first]][:1]] = True
        if (hidden == before).all():  # a total that is of suppressed groups only cannot be mended here
            if determined:
                warnings.warn(
                    "some suppressed segments can be told from totals by fewer of the names in by; do not show those",
                    DisclosureWarning,
                    stacklevel=3,
                )
            break
    return hidden


@attrs.frozen(eq=False)
class _Lines:
    """The totals by some of the keys, and the groups that each is of.

    Attributes:
        of: The line of each group, shape (groups,).
        known: Which lines have so many answers that their total may be shown somewhere, shape (lines,).
    """

    of: NDArray[np.intp]
    known: Mask

    def sums(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Sums over each known line, 0 for the others."""
        return np.where(self.known, np.bincount(self.of, values, minlength=len(self.known)), 0.0)


def _lines(tally: Tally, min_n: int) -> list[_Lines]:
    """The totals by every choice of fewer keys, none of them among these: that is shown in any case."""
    keys = [(key.codes, len(key.labels)) for key in tally._keys]
    lines = []
    for chosen in itertools.chain.from_iterable(itertools.combinations(keys, size) for size in range(len(keys))):
        of, table = combine([codes for codes, _ in chosen], [size for _, size in chosen], len(tally))
        answers = np.bincount(of, tally.n, minlength=len(table))
        lines.append(_Lines(of, answers >= (min_n if chosen else 0)))
    return lines


def _weak(lines: list[_Lines], hidden: Mask, n: NDArray[np.int64], min_n: int) -> list[tuple[NDArray[np.intp], int]]:
    """Lines whose suppressed groups are only one, or hold too few answers, with others to join them."""
    weak = []
    for line in lines:
        alone, answers = line.sums(hidden), line.sums(n * hidden)
        others = line.sums(~hidden & (n > 0))
        found = np.flatnonzero((alone > 0) & ((alone == 1) | (answers < min_n)) & (others > 0))
        weak += [(line.of, number) for number in found.tolist()]
    return weak


def _determined(lines: list[_Lines], hidden: Mask) -> list[tuple[NDArray[np.intp], int]]:
    """The lines of a suppressed group that all known totals determine together, if there is one.

    A group is determined if no change that keeps every total can change it. A random change is such a one once its
    part along the totals is taken out, and it then leaves alone what must not change (with probability 1).
    """
    if len(lines) <= 1:
        return []  # two unknowns in each line are not determined
    change = np.random.default_rng(0).standard_normal(int(hidden.sum()))
    change -= _along_totals([attrs.evolve(line, of=line.of[hidden]) for line in lines], change)
    fixed = np.flatnonzero(np.abs(change) < _NOTHING)
    group = np.flatnonzero(hidden)[fixed[:1]]
    return [(line.of, int(line.of[row])) for row in group for line in lines]


def _along_totals(lines: list[_Lines], change: NDArray[np.float64]) -> NDArray[np.float64]:
    """The part of a change that the totals of the lines see, by conjugate gradients on least squares."""
    total = np.zeros(len(change))
    rest = change.copy()
    direction = gradient = np.zeros(len(change))
    size = 1.0
    for step in range(_MOST_STEPS):
        gradient = np.sum([line.sums(rest)[line.of] for line in lines], axis=0)
        following = float(gradient @ gradient)
        if following <= 1e-24 * len(change):
            break
        direction = gradient if step == 0 else gradient + following / size * direction
        size = following
        seen = [line.sums(direction) for line in lines]
        length = following / float(sum(part @ part for part in seen))
        total += length * direction
        rest -= length * direction
    return total
