"""Answers straight to the counts of the three categories: all that one score needs."""

from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.counting.kernel import BLOCK, POINTS
from nps_core.counting.narrowing import as_bytes, narrowed

_SCORES: Final = bytes(range(POINTS))

_SHORT: Final = 1 << 11
"""Up to so many answers in a list, Python's own bytes are counted faster than numpy begins."""


@attrs.frozen
class CategoryCounts:
    """How many answers there are of each category, and how many are missing."""

    detractors: int
    passives: int
    promoters: int
    missing: int = 0


def count_categories(
    answers: NDArray[Any] | list[Any], passives_from: int, promoters_from: int
) -> CategoryCounts | None:
    """Count the categories of clean answers on the widest scale, 0 to 10.

    A block is read once, and two comparisons with one number each, which the processor makes for 32 answers at a time,
    give all the counts; nothing as long as the answers is ever written. Of a short list, or array of whole numbers, the
    scores of a category are what is left without the others.

    Args:
        answers: The answers, shape (n,).
        passives_from: The lowest score of a passive.
        promoters_from: The lowest score of a promoter.

    Returns:
        The counts, or None if it takes a closer look, that of ``to_cells``, to say what each answer is.
    """
    if isinstance(answers, list):
        scores = as_bytes(answers)
        if scores is None:
            return None
        if len(scores) <= _SHORT:
            return _count_bytes(scores, passives_from, promoters_from)
        return _count_array(np.frombuffer(scores, np.uint8), passives_from, promoters_from)
    if isinstance(answers, np.ma.MaskedArray) or answers.dtype.kind not in "iuf":
        return None
    if len(answers) <= _SHORT and answers.dtype.kind != "f":
        return count_categories(answers.tolist(), passives_from, promoters_from)
    return _count_array(answers, passives_from, promoters_from)


def _count_bytes(scores: bytes, passives_from: int, promoters_from: int) -> CategoryCounts | None:
    if scores.translate(None, _SCORES):
        return None
    promoters = len(scores.translate(None, _SCORES[:promoters_from]))
    passives = len(scores.translate(None, _SCORES[:passives_from])) - promoters
    return CategoryCounts(len(scores) - passives - promoters, passives, promoters)


def _count_array(array: NDArray[Any], passives_from: int, promoters_from: int) -> CategoryCounts | None:
    n_missing = n_not_detractors = n_promoters = 0
    is_above = np.empty(min(len(array), BLOCK), np.bool_)
    for _, scores, is_score in narrowed(array):
        if scores is None:
            return None
        above = is_above[: len(scores)]
        n_promoters += int(np.count_nonzero(np.greater_equal(scores, promoters_from, out=above)))
        n_not_detractors += int(np.count_nonzero(np.greater_equal(scores, passives_from, out=above)))
        n_missing += 0 if is_score is None else len(scores) - int(np.count_nonzero(is_score))
    return CategoryCounts(
        detractors=len(array) - n_not_detractors - n_missing,
        passives=n_not_detractors - n_promoters,
        promoters=n_promoters,
        missing=n_missing,
    )
