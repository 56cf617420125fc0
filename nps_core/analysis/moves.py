"""How the same people move between the categories, from one survey to the next."""

from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.comparisons import Difference, compare
from nps_core.analysis.pairing import Pairs
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import level_in_words
from nps_core.display import numbers
from nps_core.display.flow import Flow
from nps_core.display.tables import Table
from nps_core.errors import IncompatibleError, must_be_one_of
from nps_core.model.immutable import content, freeze
from nps_core.model.scale import Category
from nps_core.model.survey import Survey
from nps_core.model.tabular import Columns
from nps_core.stats.normal import check_confidence_level
from nps_core.stats.shares import wilson

CATEGORIES: Final = tuple(Category)


@attrs.frozen(kw_only=True)
class Share:
    """A share of some people.

    Attributes:
        count: How many they are.
        of: How many there are in all.
        value: The share, between 0 and 1; None of nobody.
        low: The lower limit of Wilson's interval.
        high: The upper limit.
    """

    count: int
    of: int
    value: float | None
    low: float
    high: float

    @classmethod
    def of_counts(cls, count: int, of: int, confidence_level: float) -> "Share":
        """The share, with its interval."""
        low, high = wilson(count, of, confidence_level)
        return cls(count=count, of=of, value=count / of if of else None, low=float(low), high=float(high))


@attrs.frozen(kw_only=True, repr=False)
class CategoryMoves(Result):
    """A table of 3 times 3: from which category to which one, of those who answered twice.

    Attributes:
        n: How many answered twice.
        change: The change of their score, as of :func:`compare` with ``pairing="panel"``.
        confidence_level: The level of all intervals.
    """

    n: int
    change: Difference
    confidence_level: float
    _counts: NDArray[np.int64] = attrs.field(alias="counts", converter=freeze, eq=content)

    def share(self, before: Category | str, after: Category | str) -> Share:
        """Which share of a category is in which one the next time.

        Raises:
            InvalidInputError: If there is no such category.
        """
        for category in (before, after):
            must_be_one_of("category", category, [str(known) for known in Category])
        row = self._counts[CATEGORIES.index(Category(before))]
        return Share.of_counts(int(row[CATEGORIES.index(Category(after))]), int(row.sum()), self.confidence_level)

    @property
    def stayed(self) -> Share:
        """Which share stayed in their category."""
        return Share.of_counts(int(np.trace(self._counts)), self.n, self.confidence_level)

    @property
    def rose(self) -> Share:
        """Which share rose to a better category."""
        return Share.of_counts(int(np.triu(self._counts, 1).sum()), self.n, self.confidence_level)

    @property
    def fell(self) -> Share:
        """Which share fell to a worse category."""
        return Share.of_counts(int(np.tril(self._counts, -1).sum()), self.n, self.confidence_level)

    def __repr__(self) -> str:
        return f"CategoryMoves(n={self.n}, change={self.change.value:.1f})"

    def _columns(self) -> Columns:
        cells = [(before, after, self.share(before, after)) for before in CATEGORIES for after in CATEGORIES]
        return {
            "before": [str(before) for before, _, _ in cells],
            "after": [str(after) for _, after, _ in cells],
            "n": np.array([share.count for _, _, share in cells]),
            "share": np.array([share.value for _, _, share in cells], np.float64),
            "low": np.array([share.low for _, _, share in cells]),
            "high": np.array([share.high for _, _, share in cells]),
        }

    def _picture(self) -> Flow:
        return Flow(
            title=self._table().title,
            names=[f"{category}s" for category in CATEGORIES],
            counts=self._counts.tolist(),
        )

    def _table(self) -> Table:
        level = level_in_words(self.confidence_level)
        rows = [
            (f"{before}s", numbers.count(int(counts.sum())), *(_in_words(self.share(before, to)) for to in CATEGORIES))
            for before, counts in zip(CATEGORIES, self._counts, strict=True)
        ]
        interval = self.change.confidence_interval
        span = numbers.signed_span(interval.low, interval.high)
        changed = f"Their score changed by {numbers.signed(self.change.value)} points ({span})."
        return Table(
            title=f"Of {numbers.count(self.n)} who answered twice {_in_words(self.stayed)} stayed",
            header=("before", "n", *(f"then {category}s" for category in CATEGORIES)),
            rows=tuple(rows),
            notes=(f"Rose: {_in_words(self.rose)}. Fell: {_in_words(self.fell)}. In brackets the {level}.", changed),
        )


def category_moves(before: Survey, after: Survey, *, confidence_level: float = 0.95) -> CategoryMoves:
    """How those who answered two surveys moved between detractors, passives and promoters.

    Args:
        before: The earlier survey, with respondents; ``survey.latest()`` if some answered it several times.
        after: The later one, on the same scale.
        confidence_level: Of Wilson's intervals of the shares, and of the change of the score.

    Raises:
        InvalidInputError: If respondents cannot be paired.
        IncompatibleError: If the scales differ, or the surveys have weights.

    Example:
        >>> import nps_core as nc
        >>> before = nc.Survey.from_scores([9, 8, 3, 10], respondents=["ann", "bob", "cleo", "dan"])
        >>> after = nc.Survey.from_scores([10, 9, 7, 6], respondents=["ann", "bob", "cleo", "dan"])
        >>> moves = nc.category_moves(before, after)
        >>> moves.share("promoter", "promoter").value, moves.rose.count, moves.fell.count
        (0.5, 2, 1)
    """
    confidence_level = check_confidence_level(confidence_level)
    change = compare(before, after, pairing="panel", confidence_level=confidence_level)
    if before.weights is not None or after.weights is not None:
        raise IncompatibleError("moves must be counted from answers without weights: every person is one")
    pairs = Pairs.of(before, after)
    counts = np.zeros((3, 3), np.int64)
    places = [_places(survey)[rows] for survey, rows in zip((before, after), pairs.rows, strict=True)]
    np.add.at(counts, (places[0], places[1]), 1)
    return CategoryMoves(n=len(places[0]), change=change, confidence_level=confidence_level, counts=counts)


def _places(survey: Survey) -> NDArray[np.intp]:
    """The place of each answer's category."""
    cells, scale = survey._cells, survey.scale
    return (cells >= scale.passives_from).astype(np.intp) + (cells >= scale.promoters_from)


def _in_words(share: Share) -> str:
    """A share, with its interval."""
    if share.value is None:
        return numbers.NOTHING
    return f"{numbers.percent(share.value)} ({numbers.percent_span(share.low, share.high)})"
