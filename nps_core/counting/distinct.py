"""Numbering the distinct values of an array, without a sort where one can be done without."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nps_core.counting.kernel import WIDE_BLOCK, blocks

_SLACK: Final = 1 << 16
"""A range of whole numbers may be so much longer than they are many, and still be a table."""

_FEWEST_BITS: Final = 16
"""Texts are first looked up among 2 to this many slots, a table that stays in the cache."""

_MOST_TURNS: Final = 8

_ODD: Final = 0x9E3779B97F4A7C15
"""2**64 divided by the golden ratio: multiplied by it, numbers that are close end up far apart."""

Numbered = tuple[NDArray[np.integer[Any]], NDArray[Any]]


def number_integers(values: NDArray[np.integer[Any]]) -> Numbered:
    """Number whole numbers: with a table of their range if it is not much longer than they are many.

    Args:
        values: Whole numbers, shape (n,).

    Returns:
        The position of each among the distinct ones, shape (n,), and these, in order.
    """
    if not len(values):
        return np.zeros(0, np.intp), values
    lowest, highest = int(values.min()), int(values.max())
    if highest - lowest > 2 * len(values) + _SLACK:
        distinct, codes = np.unique(values, return_inverse=True)
        return codes, distinct
    present = np.zeros(highest - lowest + 1, np.bool_)
    places = np.subtract(values, values.dtype.type(lowest), dtype=np.int64, casting="unsafe")
    present[places] = True
    number = np.cumsum(present, dtype=np.int32)
    number -= np.int32(1)
    return number[places], np.flatnonzero(present).astype(values.dtype) + values.dtype.type(lowest)


def number_texts(texts: NDArray[np.str_]) -> Numbered:
    """Number texts of a fixed width, by hashing all of them at once.

    The characters of each text are multiplied and added up to one number, whose first bits are a slot in a table. Every
    text writes its row into its slot, where the last one stays; whoever finds there a row with the same text is done,
    and the others, which share a slot with a different text, have another turn. Nothing is taken for equal that has not
    been compared.

    Args:
        texts: Texts, shape (n,).

    Returns:
        The number of each, shape (n,), and the distinct ones, in no particular order.
    """
    words = _words_of(texts)
    codes = np.empty(len(texts), np.intp)
    left = np.arange(len(texts))
    firsts = [left[:0]]
    n_distinct = 0
    for turn in range(_MOST_TURNS):
        bits = max(_FEWEST_BITS, len(left).bit_length()) if turn else _FEWEST_BITS
        slots = _slots_of(words, turn, bits)
        holder = np.full(1 << bits, -1, np.intp)
        holder[slots] = np.arange(len(left))
        held = holder[slots]
        is_same = np.ones(len(left), np.bool_)
        for word in words:
            is_same &= word[held] == word
        is_held = holder >= 0
        number = np.cumsum(is_held) + (n_distinct - 1)
        codes[left[is_same]] = number[slots[is_same]]
        firsts.append(left[holder[is_held]])
        n_distinct += len(firsts[-1])
        left, words = left[~is_same], words[:, ~is_same]
        if not len(left):
            break
    else:  # texts made to share their slots
        rest, codes_of_rest = np.unique(texts[left], return_inverse=True)
        codes[left] = codes_of_rest + n_distinct
        return codes, np.concatenate([texts[np.concatenate(firsts)], rest])
    return codes, texts[np.concatenate(firsts)]


def _words_of(texts: NDArray[np.str_]) -> NDArray[np.uint64]:
    """The characters as numbers of eight bytes, shape (words, n): eight characters in each, if all fit into a byte."""
    width = texts.dtype.itemsize // 4
    if not width:  # all of them empty, as a field of a record may be
        return np.empty((0, len(texts)), np.uint64)
    characters = np.ascontiguousarray(texts).view(np.uint32).reshape(len(texts), width)
    kind = np.uint8 if not characters.size or characters.max() <= np.iinfo(np.uint8).max else np.uint32
    per_word = 8 // np.dtype(kind).itemsize
    n_words = -(-width // per_word)
    words = np.empty((n_words, len(texts)), np.uint64)
    for rows in blocks(len(texts), WIDE_BLOCK):
        padded = np.zeros((len(characters[rows]), n_words * per_word), kind)
        padded[:, :width] = characters[rows]
        words[:, rows] = padded.view(np.uint64).T
    return words


def _slots_of(words: NDArray[np.uint64], turn: int, bits: int) -> NDArray[np.intp]:
    """The first bits of a sum of products, another one each turn."""
    mixed = np.zeros(words.shape[1], np.uint64)
    for position, word in enumerate(words):
        factor = _ODD * (2 * (turn * len(words) + position) + 1) % 2**64
        mixed += word * np.uint64(factor)
    return (mixed >> np.uint64(64 - bits)).astype(np.intp)
