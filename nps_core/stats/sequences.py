"""Confidence sequences: intervals that stay valid however often one looks.

An ordinary interval is right once. Looked at week after week, it leaves out the true score sooner or later. A
confidence sequence holds it at all times at once, with the stated probability. It comes from a bet: whoever bets,
answer by answer, that the score is greater than delta has in expectation no more after any number of answers than at
the beginning, if the score is delta. So a bettor who ever multiplies the stake by 2 / alpha has shown that it is not,
and is wrong in this with probability alpha / 2 at most (Ville 1939; Waudby-Smith and Ramdas 2024, JRSS B 86:1-27). The
bettor here spreads the stake over many bold and cautious bets, and what comes of it depends on the counts alone, not on
their order.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from nps_core.stats.intervals import Floats, Interval
from nps_core.stats.normal import check_confidence_level
from nps_core.stats.roots import find_roots

_BETS: Final = np.geomspace(2e-4, 0.98, 64)
_LOG_SHARES: Final = np.log(_BETS**0.25 / np.sum(_BETS**0.25))


def log_wealth(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, delta: ArrayLike) -> Floats:
    """The logarithm of what bets that the score is above delta have made of a stake of 1.

    With M = (1 + delta) / 2 the wealth is K = sum_j w_j (1 - c_j + c_j / M)^x (1 - c_j + c_j / (2 M))^m (1 - c_j)^y:
    before the first answer the stake is divided among 64 bettors, each of whom puts the same share c_j of what he owns
    on every answer (betting with mixtures: Waudby-Smith and Ramdas 2024, JRSS B 86:1-27). The shares c_j are geometric
    from 0.0002 to 0.98, the w_j proportional to c_j^(1/4). If the score is delta, K is a martingale that begins at 1.

    Args:
        promoters: Counts x, 0 or more.
        passives: Counts m.
        detractors: Counts y.
        delta: Scores between -1 and 1; all four are broadcast.

    Returns:
        Logarithms, falling in delta; infinite at -1 once somebody was no detractor.
    """
    x, m, y, score = (np.asarray(part, np.float64)[..., None] for part in (promoters, passives, detractors, delta))
    with np.errstate(divide="ignore"):
        per_promoter = np.log1p(_BETS * ((1 - score) / (1 + score)))
        per_passive = np.log1p(_BETS * (-score / (1 + score)))
    of_each = _LOG_SHARES + _times(x, per_promoter) + _times(m, per_passive) + y * np.log1p(-_BETS)
    peak = of_each.max(axis=-1)
    peak = np.where(peak < np.inf, peak, 0.0)
    return np.asarray(peak + np.log(np.exp(of_each - peak[..., None]).sum(axis=-1)))


def log_evidence(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, null: ArrayLike) -> Floats:
    """The logarithm of the larger wealth, of bets that the score is above the null and of bets that it is below.

    Args:
        promoters: Counts, 0 or more.
        passives: Counts.
        detractors: Counts.
        null: Scores between -1 and 1; all four are broadcast.
    """
    above = log_wealth(promoters, passives, detractors, null)
    below = log_wealth(detractors, passives, promoters, np.negative(null))
    return np.maximum(above, below)


def anytime_pvalue(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, null: ArrayLike) -> Floats:
    """The p-value of a given score that is valid at any time: 2 over the larger wealth, or 1.

    If the score is the null, the p-values of a whole stream of answers ever fall to a level, or below, with a
    probability of that level at most. It is ``1 - confidence_level`` at the limits of :func:`confidence_sequence`.

    Args:
        promoters: Counts, 0 or more.
        passives: Counts.
        detractors: Counts.
        null: Scores between -1 and 1; all four are broadcast.
    """
    return np.exp(np.minimum(math.log(2) - log_evidence(promoters, passives, detractors, null), 0.0))


def confidence_sequence(
    promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, confidence_level: float = 0.95
) -> Interval:
    """The limits after so many answers; all limits of a stream hold the score together, with the given confidence.

    The lower limit is the highest score below that of the answers against which the wealth is 2 / alpha or more; for
    the upper one promoters and detractors change places.

    Args:
        promoters: Counts, 0 or more.
        passives: Counts of the same shape.
        detractors: Counts of the same shape.
        confidence_level: Between 0 and 1.

    Returns:
        Lower and upper limits between -1 and 1, which is where they are while there is no answer.
    """
    parts = (np.asarray(part, np.float64) for part in (promoters, passives, detractors))
    x, m, y = np.broadcast_arrays(*parts)
    goal = math.log(2 / (1 - check_confidence_level(confidence_level)))
    return _lower_limit(x, m, y, goal), -_lower_limit(y, m, x, goal)


def _lower_limit(x: Floats, m: Floats, y: Floats, goal: float) -> Floats:
    """The score at which the wealth comes down to the goal, between -1 and the score of the answers."""
    n = x + m + y
    score = np.where(n > 0, x - y, -1.0) / np.where(n > 0, n, 1.0)
    share = find_roots(lambda share: log_wealth(x, m, y, share * (1 + score) - 1) - goal, 0.0, 1.0, n.shape)
    return np.minimum(share * (1 + score) - 1, score)


def _times(count: Floats, logarithm: Floats) -> Floats:
    """Their product, 0 where nothing is counted, also of what is infinite."""
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, count * logarithm, 0.0)
