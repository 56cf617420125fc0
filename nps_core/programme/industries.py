"""Where a score lies beside the usual range of its industry."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, Final

import attrs
import numpy as np

from nps_core.analysis.result import Result
from nps_core.analysis.scoring import NetPromoterScore, level_in_words, nps, remarks
from nps_core.analysis.targets import check_target
from nps_core.display import numbers
from nps_core.display.rows import Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, unknown_name
from nps_core.model.tabular import Columns
from nps_core.model.tally import Tallyable

_APPROXIMATE: Final = "approximate, from published overviews of industry benchmarks"
_PLACES: Final = ("below", "within", "above")


@attrs.frozen(kw_only=True)
class IndustryRange:
    """The usual range of scores in an industry.

    Attributes:
        name: What the industry is called.
        low: The lowest usual score, in points.
        high: The highest.
        source: Where the range is from.

    Raises:
        InvalidInputError: If the range is not within -100 to 100, or the wrong way around.

    Example:
        >>> from nps_core.programme import IndustryRange
        >>> IndustryRange(name="ferries", low=35, high=50, source="our trade association, 2026").high
        50.0
    """

    name: str
    low: float = attrs.field(converter=check_target)
    high: float = attrs.field(converter=check_target)
    source: str = _APPROXIMATE

    def __attrs_post_init__(self) -> None:
        """Refuse a range the wrong way around, and one without a name."""
        if not (isinstance(self.name, str) and self.name.strip()):
            raise InvalidInputError(f"an industry must have a name, got {self.name!r}")
        if self.low > self.high:
            raise InvalidInputError(f"low must not be above high, got {self.low:g} and {self.high:g}")


INDUSTRIES: Final = MappingProxyType(
    {
        name: IndustryRange(name=name, low=low, high=high)
        for name, low, high in (
            ("automotive", 20, 30),
            ("banking & finance", 20, 30),
            ("e-commerce", 30, 40),
            ("electronics", 20, 30),
            ("groceries", 40, 50),
            ("hotels & travel", 30, 40),
            ("insurance", 20, 30),
            ("restaurants", 25, 35),
        )
    }
)
"""The usual ranges by industry. They are approximate: other questions, countries and years give other ranges."""


@attrs.frozen(kw_only=True)
class IndustryComparison(Result):
    """A score beside the usual range of its industry.

    Attributes:
        score: The score.
        industry: The range.
        places: Where the score can lie, given its interval: one or more of ``"below"``, ``"within"`` and ``"above"``.
    """

    score: NetPromoterScore
    industry: IndustryRange
    places: tuple[str, ...]

    @property
    def verdict(self) -> str | None:
        """Where the score lies, None if its interval allows for more than one place."""
        return self.places[0] if len(self.places) == 1 else None

    @property
    def sentence(self) -> str:
        """The verdict in words, as one would say it in a report."""
        score, interval = numbers.decimal(self.score.value), self.score.confidence_interval
        span = f"{level_in_words(interval.confidence_level)} {numbers.span(interval.low, interval.high)}"
        low, high = (numbers.decimal(end, 0) for end in (self.industry.low, self.industry.high))
        usual = f"the usual range of {self.industry.name}, {low} to {high}"
        if self.verdict:
            return f"With {score} ({span}), the score is {self.verdict} {usual}."
        could_be = f"{', '.join(self.places[:-1])} or {self.places[-1]}"
        return f"With {score} ({span}), the score could be {could_be} {usual}: more answers would tell."

    def _columns(self) -> Columns:
        interval = self.score.confidence_interval
        return {
            "industry": [self.industry.name],
            "range_low": [self.industry.low],
            "range_high": [self.industry.high],
            "nps": [self.score.value],
            "low": [interval.low],
            "high": [interval.high],
            "n": [self.score.n],
            **{place: np.array([place in self.places]) for place in _PLACES},
            "source": [self.industry.source],
        }

    def _picture(self) -> Rows:
        interval, score = self.score.confidence_interval, self.score
        row = Row(
            label="score",
            value=score.value,
            low=interval.low,
            high=interval.high,
            note=f"n = {numbers.count(score.n)}",
        )
        return Rows(
            title=self.sentence,
            unit=f"NPS with its {level_in_words(interval.confidence_level)}",
            rows=(row,),
            band=(self.industry.low, self.industry.high),
            line_name=f"usual in {self.industry.name}",
        )

    def _table(self) -> Table:
        interval = self.score.confidence_interval
        return Table(
            title=self.sentence,
            header=("", "NPS", level_in_words(interval.confidence_level), "n"),
            rows=(
                (
                    "score",
                    numbers.decimal(self.score.value),
                    numbers.span(interval.low, interval.high),
                    numbers.count(self.score.n),
                ),
                (self.industry.name, "", numbers.span(self.industry.low, self.industry.high), ""),
            ),
            notes=(f"The range: {self.industry.source}.", *remarks(self.score)),
        )


def compare_to_industry(
    data: Tallyable | Sequence[Any] | Any, industry: str | IndustryRange, *, confidence_level: float = 0.95
) -> IndustryComparison:
    """Whether a score is below, within or above the usual range of its industry, as far as its answers can tell.

    Args:
        data: A survey, a tally, anything else with their ``tally()``, or the scores themselves (0 to 10).
        industry: The name of one of ``INDUSTRIES``, or a range of one's own.
        confidence_level: Of the interval that has to lie in one place for a verdict.

    Raises:
        UnknownNameError: If there is no such industry.
        NoAnswersError: If there is no answer with a score.

    Example:
        >>> import nps_core as nc
        >>> from nps_core.programme import compare_to_industry
        >>> few = nc.Tally.from_categories(promoters=50, passives=30, detractors=20)
        >>> print(compare_to_industry(few, "insurance").sentence)
        With 30.0 (95 % interval 14.0 to 44.3), the score could be below, within or above the usual range of insurance, 20 to 30: more answers would tell.
        >>> compare_to_industry(nc.Tally.from_counts({10: 900, 3: 100}), "groceries").verdict
        'above'
    """  # noqa: E501  a sentence is one line
    if not isinstance(industry, IndustryRange):
        if not isinstance(industry, str) or industry not in INDUSTRIES:
            raise unknown_name("industry", industry, tuple(INDUSTRIES))
        industry = INDUSTRIES[industry]
    score = nps(data, confidence_level=confidence_level)
    low, high = score.confidence_interval.low, score.confidence_interval.high
    possible = (low < industry.low, low <= industry.high and high >= industry.low, high > industry.high)
    places = tuple(place for place, is_possible in zip(_PLACES, possible, strict=True) if is_possible)
    return IndustryComparison(score=score, industry=industry, places=places)
