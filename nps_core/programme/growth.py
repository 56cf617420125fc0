"""Growth: how much of it is earned, and whether it goes with the score."""

import math
from collections.abc import Mapping
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.scoring import NetPromoterScore, level_in_words
from nps_core.analysis.segments import by_segment
from nps_core.counting.columns import as_mapping, as_numbers
from nps_core.counting.labels import label_of
from nps_core.display import numbers
from nps_core.errors import InvalidInputError, NoAnswersError
from nps_core.model.tally import Tallyable
from nps_core.programme.worth import Amount
from nps_core.stats.normal import check_confidence_level, quantile

_UNITS: Final = 4
_LEAST: Final = 0.01
_MOST: Final = 1e15
_PERFECT: Final = 1 - 1e-12


@attrs.frozen(kw_only=True)
class EarnedGrowth:
    """How much of growth is earned by customers who come back and bring others (Reichheld, Darnell and Burns 2021).

    Attributes:
        rate: The earned growth rate: net revenue retention plus earned new customers, minus 1.
        net_revenue_retention: What last year's customers bring this year, by what they brought then.
        earned_new_customers: What customers won by recommendation bring, by last year's revenue.
        growth: The growth of all revenue.
        earned_share: Which share of new customers' revenue is earned; None without new customers.
    """

    rate: float
    net_revenue_retention: float
    earned_new_customers: float
    growth: float
    earned_share: float | None

    def __str__(self) -> str:
        """The rate in a sentence."""
        return (
            f"Earned growth {numbers.percent(self.rate)}: last year's customers bring "
            f"{numbers.percent(self.net_revenue_retention)} of what they brought, customers won by recommendation "
            f"{numbers.percent(self.earned_new_customers)} more; all growth is {numbers.percent(self.growth)}."
        )


def earned_growth(*, last_year: float, returning: float, earned_new: float, bought_new: float = 0.0) -> EarnedGrowth:
    """The earned growth rate: growth by customers who come back, and by those whom they bring.

    Args:
        last_year: All revenue of last year.
        returning: This year's revenue from last year's customers.
        earned_new: This year's revenue from new customers who came by recommendation.
        bought_new: This year's revenue from new customers won by advertising, sales or offers.

    Raises:
        InvalidInputError: If an amount is no number, negative or beyond 1e15, or last year's is less than 0.01.

    Example:
        >>> from nps_core.programme import earned_growth
        >>> found = earned_growth(last_year=100, returning=95, earned_new=12, bought_new=18)
        >>> round(found.rate, 2), round(found.growth, 2), found.earned_share
        (0.07, 0.25, 0.4)
    """
    before = _money(last_year, "last_year", _LEAST)
    back, earned, bought = (
        _money(value, name, 0)
        for name, value in (("returning", returning), ("earned_new", earned_new), ("bought_new", bought_new))
    )
    return EarnedGrowth(
        rate=(back + earned) / before - 1,
        net_revenue_retention=back / before,
        earned_new_customers=earned / before,
        growth=(back + earned + bought) / before - 1,
        earned_share=earned / (earned + bought) if earned + bought else None,
    )


def _money(value: Any, name: str, least: float) -> float:
    number = float(as_numbers([value], name)[0])
    if not least <= number <= _MOST:
        raise InvalidInputError(f"{name} must be a number from {least:g} to {_MOST:g}, got {value!r}")
    return number


@attrs.frozen(kw_only=True)
class GrowthAssociation:
    """How the scores of units go with their growth.

    Attributes:
        units: How many units have a score and a growth.
        correlation: Pearson's correlation, with its interval; without one where it is perfect, for Fisher's formula
            cannot tell how sure that is.
        rank_correlation: Spearman's, with its interval.
        reliability: Which part of the scores' variance is more than chance, between 0 and 1: noise in the scores draws
            a correlation towards 0. None if no unit has two answers, so that nothing tells the noise.
        left_out: How many units have only one of the two.
        confidence_level: The level of the intervals.
    """

    units: int
    correlation: Amount
    rank_correlation: Amount
    reliability: float | None
    left_out: int
    confidence_level: float

    def __str__(self) -> str:
        """What can be said, in sentences."""
        found = self.correlation
        around = (
            "unknown" if found.low is None else f"{numbers.signed(found.low, 2)} to {numbers.signed(found.high, 2)}"
        )
        claim = "scores and growth go together, which does not tell what causes what"
        if found.low is None or found.high is None or found.low <= 0 <= found.high:
            claim = "the units do not tell whether scores and growth go together"
        return (
            f"Correlation of score and growth {numbers.signed(found.value, 2)} "
            f"({level_in_words(self.confidence_level)} {around}, {numbers.count(self.units)} units): {claim}."
            + (f" Units with only a score or a growth: {numbers.count(self.left_out)}." if self.left_out else "")
        )


def growth_association(
    data: Tallyable, by: str, growth: Mapping[Any, float], *, confidence_level: float = 0.95
) -> GrowthAssociation:
    """Whether units with higher scores grow more, and how little a few units can tell of it.

    Pearson's interval is Fisher's z with variance 1 / (n - 3), Spearman's that of Bonett and Wright (2000,
    Psychometrika 65:23-28), with (1 + r^2 / 2) / (n - 3).

    Args:
        data: A survey, a tally, or anything else with their ``tally()``.
        by: The segment whose labels are the units: shops, regions, companies.
        growth: The growth of each unit, by its label.
        confidence_level: Between 0 and 1.

    Raises:
        InvalidInputError: If growth is no mapping to numbers, or scores or growth are the same everywhere.
        NoAnswersError: If fewer than four units have a score and a growth.
        UnknownNameError: If there is no such segment.

    Example:
        >>> import nps_core as nc
        >>> from nps_core.programme import growth_association
        >>> cells = [(shop, 10, 10 + 3 * i) for i, shop in enumerate("abcde")]
        >>> cells += [(shop, 2, 10) for shop in "abcde"]
        >>> growth = {"a": 0.01, "b": 0.04, "c": 0.02, "d": 0.06, "e": 0.05}
        >>> found = growth_association(nc.Tally.from_cells(cells, by="shop"), "shop", growth).correlation
        >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
        (0.77, -0.34, 0.98)
    """
    level = check_confidence_level(confidence_level)
    if not isinstance(by, str):
        raise InvalidInputError(f"by must be the name of one segment, got {by!r}")
    given = as_mapping(growth)
    if given is None:
        raise InvalidInputError(f"growth must be a mapping of labels to numbers, got {type(growth).__name__}")
    units = [label_of(key, "growth") for key in given]
    if len(set(units)) < len(units):
        raise InvalidInputError("every unit must have one growth, got several for labels that are the same text")
    values = as_numbers([*given.values()], "growth").tolist()
    grown = {unit: value for unit, value in zip(units, values, strict=True) if not math.isnan(value)}
    scores = {
        segment.labels[0]: segment.score
        for segment in by_segment(data, by).segments
        if segment.score is not None and segment.labels[0] is not None
    }
    shared = [name for name in scores if name in grown]
    if len(shared) < _UNITS:
        raise NoAnswersError(
            f"an association needs at least {_UNITS} units with a score and a growth, got {len(shared)} "
            f"of {len(scores)} with a score and {len(grown)} with a growth"
        )
    x = np.array([scores[name].value for name in shared])
    y = np.array([grown[name] for name in shared])
    for what, values in (("scores", x), ("growth", y)):
        if np.ptp(values) == 0:
            raise InvalidInputError(f"the {what} of the units must differ, got {values[0]:g} everywhere")
    r, rho = _correlation(x, y), _correlation(_ranks(x), _ranks(y))
    return GrowthAssociation(
        units=len(shared),
        correlation=_fisher(r, len(shared), 1.0, level),
        rank_correlation=_fisher(rho, len(shared), 1 + rho * rho / 2, level),
        reliability=_reliability([scores[name] for name in shared], float(x.var(ddof=1))),
        left_out=len(set(scores) ^ set(grown)),
        confidence_level=level,
    )


def _reliability(scores: list[NetPromoterScore], variance: float) -> float | None:
    """1 minus the sampling variance by all of the variance between units.

    A unit of few answers tells its own variance badly, and one of a single answer not at all: it has the pooled one.
    """
    n = np.array([score.kish_n or score.n for score in scores])
    own = np.array([score.standard_error**2 for score in scores]) * n  # of one answer, with n in the denominator
    several = n > 1
    if not several.any():
        return None
    pooled = (own * n)[several].sum() / (n - 1)[several].sum()
    unbiased = np.where(several, own * n / np.where(several, n - 1, 1), pooled)
    return float(max(0.0, 1 - np.mean(unbiased / n) / variance))


def _correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    x, y = ((values - values.mean()) / np.ptp(values) for values in (x, y))
    return float(np.clip(x @ y / math.sqrt(float(x @ x) * float(y @ y)), -1, 1))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks, of equal values their mean."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place])


def _fisher(r: float, n: int, factor: float, level: float) -> Amount:
    if abs(r) >= _PERFECT:
        return Amount(value=r, low=None, high=None)
    reach = quantile(level) * math.sqrt(factor / (n - 3))
    return Amount(value=r, low=math.tanh(math.atanh(r) - reach), high=math.tanh(math.atanh(r) + reach))
