"""Clean scores of any type to one byte each, which is what the processor counts fastest."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.kernel import BLOCK, POINTS, WIDE_BLOCK, blocks

Narrowed: TypeAlias = tuple[slice, NDArray[np.uint8] | None, NDArray[np.bool_] | None]
"""The rows of a block, their scores (None: something is no score), and which of them are not missing (None: all)."""

_BOOLEANS: Final = frozenset({bool, np.bool_})

_SHORT: Final = 1 << 8
"""Up to so many answers in a list, looking at all of them is faster than finding some."""


def as_bytes(answers: list[Any]) -> bytes | None:
    """A list of whole numbers from 0 to 255 as bytes, in one call; None if it is something else.

    ``bytes`` takes True and False for 1 and 0 (older numpy's, too, with a warning), so these, which are rare among
    scores, are looked at again; in a short list, all are.
    """
    try:
        scores = bytes(answers)
    except (TypeError, ValueError, DeprecationWarning):
        return None
    if b"\0" not in scores and b"\1" not in scores:
        return scores
    suspects: Iterable[Any] = answers
    if len(scores) > _SHORT:
        suspects = map(answers.__getitem__, np.flatnonzero(np.frombuffer(scores, np.uint8) <= 1).tolist())
    return scores if _BOOLEANS.isdisjoint(map(type, suspects)) else None


def narrowed(array: NDArray[Any]) -> Iterator[Narrowed]:
    """Scores from 0 to 10, block by block, in one byte each.

    Args:
        array: Whole numbers or floats, shape (n,).

    Yields:
        The rows of a block; their scores, in a buffer that the next block uses again, 0 where one is missing (NaN), or
        None if something in the block is neither a score nor missing; which of them are not missing, or None if all.
    """
    if not array.dtype.isnative:
        yield slice(0, len(array)), None, None
    elif array.dtype.kind == "f":
        yield from _from_floats(array)
    elif array.dtype.itemsize == 1:
        for rows in blocks(len(array), BLOCK):
            yield rows, _if_scores(array[rows].view(np.uint8)), None
    else:
        yield from _from_integers(array)


def _from_integers(array: NDArray[Any]) -> Iterator[Narrowed]:
    """Looked at as unsigned, a negative number is a large one: one comparison finds all that is no score."""
    unsigned = f"u{array.dtype.itemsize}"
    buffer = np.empty(min(len(array), WIDE_BLOCK), np.uint8)
    for rows in blocks(len(array), WIDE_BLOCK):
        block = array[rows]
        if np.maximum.reduce(block.view(unsigned)) >= POINTS:
            yield rows, None, None
        else:
            scores = buffer[: len(block)]
            np.copyto(scores, block, casting="unsafe")
            yield rows, scores, None


def _from_floats(array: NDArray[Any]) -> Iterator[Narrowed]:
    """A float that has been a byte is the same number again if it was a whole one, and never if it was NaN."""
    n = min(len(array), WIDE_BLOCK)
    buffer, again, same = np.empty(n, np.uint8), np.empty(n, array.dtype), np.empty(n, np.bool_)
    for rows in blocks(len(array), WIDE_BLOCK):
        block = array[rows]
        scores, is_score = buffer[: len(block)], same[: len(block)]
        with np.errstate(invalid="ignore"):  # what NaN and infinity become as a byte does not matter
            np.copyto(scores, block, casting="unsafe")
        np.copyto(again[: len(block)], scores)
        np.equal(again[: len(block)], block, out=is_score)
        n_other = len(block) - np.count_nonzero(is_score)
        if not n_other:
            yield rows, _if_scores(scores), None
        elif n_other > np.count_nonzero(np.isnan(block)):
            yield rows, None, None
        else:
            scores *= is_score.view(np.uint8)
            yield rows, _if_scores(scores), is_score


def _if_scores(scores: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    return scores if np.maximum.reduce(scores) < POINTS else None
