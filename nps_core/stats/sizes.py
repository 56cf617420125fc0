"""How many answers it takes, and what so many answers can show. Shares, on the scale from -1 to 1.

v is the variance of one answer coded 1, 0 and -1: 1 at worst, if half are promoters and half detractors.
"""

import math

from nps_core.stats.normal import quantile


def variance_of(score: float, passive_share: float) -> float:
    """The variance of one answer where the score and the share of passives are expected to be these."""
    return 1 - passive_share - score * score


def size_for_margin(
    margin: float,
    variance: float,
    confidence_level: float,
    *,
    design_effect: float = 1.0,
    population: int | None = None,
) -> int:
    """How many answers make an interval of so many shares to each side: z^2 v deff / margin^2, fewer of few people.

    Of N people n / (1 + (n - 1) / N) are enough, where n would be of very many (Cochran 1977, Sampling Techniques).
    """
    n = quantile(confidence_level) ** 2 * variance * design_effect / margin**2
    if population is not None:
        n /= 1 + (n - 1) / population
        return min(population, _up(n))
    return _up(n)


def margin_of_size(
    n: float, variance: float, confidence_level: float, *, design_effect: float = 1.0, population: int | None = None
) -> float:
    """How far the interval of n answers reaches to each side."""
    left = 1.0 if population is None else max(0.0, (population - n) / max(population - 1, 1))
    return quantile(confidence_level) * math.sqrt(variance * design_effect * left / n)


def size_for_change(
    change: float, variances: tuple[float, float], confidence_level: float, power: float, *, ratio: float = 1.0
) -> int:
    """How many answers before it takes to show a change: (z_a + z_b)^2 (v1 + v2 / ratio) / change^2.

    Args:
        change: The change of the score, as a share.
        variances: Of one answer before and after.
        confidence_level: Of the test, two-sided.
        power: How probable it is to be that the change is shown.
        ratio: How many answers after there are for each before.
    """
    sides = quantile(confidence_level) + reach_of(power)
    return _up(sides**2 * (variances[0] + variances[1] / ratio) / change**2)


def change_of_size(
    n: float, n_after: float, variances: tuple[float, float], confidence_level: float, power: float
) -> float:
    """The smallest change that so many answers before and after show with this power."""
    sides = quantile(confidence_level) + reach_of(power)
    return sides * math.sqrt(variances[0] / n + variances[1] / n_after)


def reach_of(power: float) -> float:
    """The normal quantile of a probability of one half or more."""
    return 0.0 if power == 0.5 else quantile(2 * power - 1)


def invitations_for(n: int, response_rate: float, assurance: float) -> int:
    """The fewest invitations k that bring n answers with this probability: k r - z sqrt(k r (1 - r)) >= n."""
    z = reach_of(assurance)
    spread = z * math.sqrt(response_rate * (1 - response_rate))
    root = (spread + math.sqrt(spread * spread + 4 * response_rate * n)) / (2 * response_rate)
    return max(math.ceil(root * root - 1e-9), n)


def answers_of(invited: int, response_rate: float, assurance: float) -> int:
    """How many answers so many invitations bring with this probability at least, by the same formula."""
    spread = math.sqrt(invited * response_rate * (1 - response_rate))
    return max(0, math.floor(invited * response_rate - reach_of(assurance) * spread + 1e-9))


def _up(n: float) -> int:
    """The next whole number, of which rounding must not make one more; at least 1."""
    return max(1, math.ceil(n - 1e-9 * max(1.0, n)))
