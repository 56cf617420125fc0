"""What loyalty is worth."""

from collections.abc import Mapping, Sequence

import nps_core as nc
from nps_core import programme


def amount_text(amount: programme.Amount | None) -> str:
    """An amount, or a dash."""
    return "-" if amount is None or amount.value is None else f"{amount.value:.2f}"


def worth_line(row: programme.CategoryWorth) -> str:
    """What customers of a category spend."""
    return f"{row.category}: {amount_text(row.mean)}"


def worth_lines(survey: nc.Survey, spend: Sequence[float | None]) -> list[str]:
    """What promoters, passives and detractors spend."""
    found: programme.WorthByCategory = programme.worth_by_category(survey, spend, what="spend", min_n=None)
    return [*map(worth_line, found.categories), f"times: {amount_text(found.promoter_to_detractor)}"]


def growth_text(last_year: float, returning: float, earned: float, bought: float) -> str:
    """How much of our growth is earned."""
    found: programme.EarnedGrowth = programme.earned_growth(
        last_year=last_year, returning=returning, earned_new=earned, bought_new=bought
    )
    return f"{found.rate:.0%} of {found.growth:.0%}"


def goes_with_growth(data: nc.Tallyable, growth: Mapping[str, float]) -> bool:
    """Whether shops of higher scores grow more."""
    found: programme.GrowthAssociation = programme.growth_association(data, "shop", growth)
    low = found.correlation.low
    return low is not None and low > 0
