"""What loyalty is worth: what promoters, passives and detractors bring."""

import math
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.moves import Share
from nps_core.analysis.outcomes import checked_survey
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import level_in_words
from nps_core.analysis.suppression import check_min_n
from nps_core.counting.columns import as_list, as_numbers, check_length, is_missing
from nps_core.display import numbers
from nps_core.display.pictures import CATEGORY_COLOURS
from nps_core.display.rows import Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, NoAnswersError, must_be_one_of
from nps_core.model.scale import Category
from nps_core.model.survey import Survey
from nps_core.model.tabular import Columns, whole_numbers
from nps_core.stats.normal import check_confidence_level, quantile
from nps_core.stats.student import t_reach


@attrs.frozen(kw_only=True)
class Amount:
    """A mean, a ratio or a rate, with its interval; None where the answers do not tell.

    Attributes:
        value: The value.
        low: The lower limit.
        high: The upper limit.
    """

    value: float | None
    low: float | None
    high: float | None


@attrs.frozen(kw_only=True)
class CategoryWorth:
    """What the customers of one category bring. Everything is None where too few of them are known.

    Attributes:
        category: The category.
        n: How many of them have an amount.
        total: The sum of their amounts.
        mean: The mean amount.
        growth: What those who brought something earlier bring now by what they brought then, minus 1; None if that is
            known of too few.
        retention: The share of earlier customers who are still there; None if that is known of too few.
    """

    category: Category
    n: int | None
    total: float | None = None
    mean: Amount | None = None
    growth: Amount | None = None
    retention: Share | None = None


@attrs.frozen(kw_only=True)
class WorthByCategory(Result):
    """What promoters, passives and detractors bring. ``worth["promoter"]`` is one :class:`CategoryWorth`.

    Attributes:
        what: What the amounts are.
        categories: The three categories, detractors first.
        promoter_to_detractor: How many times the mean amount of a detractor that of a promoter is.
        without_amount: How many answers with a score have no amount.
        confidence_level: The level of the intervals.
        min_n: The fewest customers that a category is shown with.
    """

    what: str
    categories: tuple[CategoryWorth, ...]
    promoter_to_detractor: Amount | None
    without_amount: int
    confidence_level: float
    min_n: int | None

    def __getitem__(self, category: Category | str) -> CategoryWorth:
        """The worth of a category.

        Raises:
            InvalidInputError: If there is no such category.
        """
        must_be_one_of("category", category, [str(known) for known in Category])
        return self.categories[[*Category].index(Category(category))]

    def _columns(self) -> Columns:
        rows = self.categories
        amounts = {
            f"{name}{ending}": [getattr(getattr(row, name), end, None) for row in rows]
            for name in ("mean", "growth", "retention")
            for ending, end in (("", "value"), ("_low", "low"), ("_high", "high"))
        }
        return {
            "category": [str(row.category) for row in rows],
            "n": whole_numbers([row.n for row in rows]),
            "total": np.array([row.total for row in rows], np.float64),
            **{name: np.array(values, np.float64) for name, values in amounts.items()},
        }

    def _picture(self) -> Rows:
        return Rows(
            title=f"{self.what.capitalize()} by category",
            unit=f"mean, with its {level_in_words(self.confidence_level)}",
            rows=[_bar(row, colour) for row, colour in zip(self.categories, CATEGORY_COLOURS, strict=True)],
        )

    def _table(self) -> Table:
        notes = []
        times = self.promoter_to_detractor
        if times is not None:
            notes.append(
                f"A promoter brings {numbers.decimal(times.value, 2)} times what a detractor brings "
                f"({numbers.decimal(times.low, 2)} to {numbers.decimal(times.high, 2)}). "
                "Going together is not causing."
            )
        if self.without_amount:
            notes.append(f"Answers without an amount: {numbers.count(self.without_amount)}.")
        if any(row.n is None for row in self.categories):
            notes.append(f"Categories of fewer than {self.min_n} customers are not shown.")
        level = level_in_words(self.confidence_level)
        more = [name for name in ("growth", "retention") if any(getattr(row, name) for row in self.categories)]
        return Table(
            title=f"{self.what.capitalize()} by category",
            header=("category", "n", "mean", level, *(part for name in more for part in (name, level))),
            rows=tuple(_row(row, more) for row in self.categories),
            notes=tuple(notes),
        )


def _bar(row: CategoryWorth, colour: str) -> Row:
    """The mean of a category as a row of a picture."""
    mean = row.mean or Amount(value=None, low=None, high=None)
    return Row(
        label=f"{row.category}s",
        value=mean.value,
        low=mean.low,
        high=mean.high,
        note="" if row.n is None else f"n = {numbers.count(row.n)}",
        colour=colour,
        is_bar=True,
        instead="too few",
    )


def worth_by_category(
    survey: Survey,
    amounts: Any,
    *,
    earlier: Any = None,
    retained: Any = None,
    what: str = "revenue",
    min_n: int | None = 10,
    confidence_level: float = 0.95,
) -> WorthByCategory:
    """What promoters, passives and detractors bring: one row of the survey per customer. Needs the extra ``stats``.

    Means have intervals of Student's t, growth that of a ratio of sums, retention Wilson's.

    Args:
        survey: The answers, one per customer, without weights.
        amounts: What each customer brought, n numbers: 0 of those who are gone, negative for refunds; None and NaN are
            unknown.
        earlier: What the same customers brought the time before, n numbers; for growth.
        retained: Whether each customer is still there: n booleans, None where it is unknown. If only ``earlier`` is
            given, who brought something then is retained by bringing something now.
        what: What the amounts are, such as ``"spend"`` or ``"visits"``.
        min_n: Categories of fewer customers are not shown; None to show all.
        confidence_level: Between 0 and 1.

    Raises:
        InvalidInputError: If a column holds something else than it must, or the survey has weights.
        NoAnswersError: If no answer with a score has an amount.
        MissingDependencyError: If SciPy is not installed.

    Example:
        >>> import nps_core as nc
        >>> from nps_core.programme import worth_by_category
        >>> survey = nc.Survey.from_scores([10] * 20 + [3] * 20)
        >>> worth = worth_by_category(survey, [30, 50] * 10 + [10, 30] * 10)
        >>> worth["promoter"].mean.value, worth["detractor"].mean.value
        (40.0, 20.0)
    """
    checked_survey(survey, "worth_by_category()")
    if survey.weights is not None:
        raise InvalidInputError("worth_by_category() takes answers without weights: customers bring what they bring")
    if not isinstance(what, str):
        raise InvalidInputError(f"what must be text, got {what!r}")
    level, fewest = check_confidence_level(confidence_level), check_min_n(min_n)
    now = _numbers(amounts, "amounts", len(survey))
    then = None if earlier is None else _numbers(earlier, "earlier", len(survey))
    money = _Money(now, then, _stays(retained, now, then, len(survey)))
    scores = survey.scores
    known = ~np.isnan(scores) & ~np.isnan(now)
    if not known.any():
        raise NoAnswersError("worth needs an answer that has a score and an amount, got none")
    rows = []
    for category in Category:
        span = survey.scale.range_of(category)
        own = known & (scores >= span[0]) & (scores <= span[-1])
        rows.append(_worth(category, own, money, level, fewest))
    return WorthByCategory(
        what=what,
        categories=tuple(rows),
        promoter_to_detractor=_times(rows[2].mean, rows[0].mean, level, rows),
        without_amount=int((~np.isnan(scores) & np.isnan(now)).sum()),
        confidence_level=level,
        min_n=fewest,
    )


@attrs.frozen(eq=False)
class _Money:
    """What each customer brought now and then, and whether each is still there."""

    now: NDArray[np.float64]
    then: NDArray[np.float64] | None
    stays: NDArray[np.float64] | None


def _numbers(values: Any, what: str, n: int) -> NDArray[np.float64]:
    column = as_numbers(values, what)
    check_length(what, len(column), n)
    return column


def _stays(
    retained: Any, now: NDArray[np.float64], then: NDArray[np.float64] | None, n: int
) -> NDArray[np.float64] | None:
    """1 for who is still there, 0 for who is not, NaN for who is not known to have been."""
    if retained is None:
        return None if then is None else np.where(then > 0, (now > 0).astype(np.float64), np.nan)
    column = as_list(retained, "retained")
    check_length("retained", len(column), n)
    for index, value in enumerate(column):
        if not is_missing(value) and not isinstance(value, (bool, np.bool_)):
            raise InvalidInputError(f"retained must hold True, False or None, got {value!r} (index {index})")
    return np.array([np.nan if is_missing(value) else float(value) for value in column])


def _worth(
    category: Category, own: NDArray[np.bool_], money: _Money, level: float, fewest: int | None
) -> CategoryWorth:
    n = int(own.sum())
    if fewest is not None and 0 < n < fewest:
        return CategoryWorth(category=category, n=None)
    growth = retention = None
    now = money.now[own]
    if money.then is not None:
        then = money.then[own]
        had = ~np.isnan(then) & (then != 0)
        growth = _ratio(now[had], then[had], level) if _suffices(int(had.sum()), fewest) else None
    if money.stays is not None:
        there = money.stays[own & ~np.isnan(money.stays)]
        retention = Share.of_counts(int(there.sum()), len(there), level) if _suffices(len(there), fewest) else None
    mean = _ratio(now, np.ones(n), level, minus=0.0)
    return CategoryWorth(category=category, n=n, total=float(now.sum()), mean=mean, growth=growth, retention=retention)


def _suffices(n: int, fewest: int | None) -> bool:
    return fewest is None or n >= fewest


@np.errstate(under="ignore")
def _ratio(y: NDArray[np.float64], x: NDArray[np.float64], level: float, minus: float = 1.0) -> Amount:
    """The ratio of two sums, minus 1, with the interval of its linearisation; with x = 1 the mean, with Student's."""
    n = len(y)
    if not n or not x.sum() > 0:
        return Amount(value=None, low=None, high=None)
    ratio = float(y.sum() / x.sum())
    if n == 1:
        return Amount(value=ratio - minus, low=None, high=None)
    error = math.sqrt(float(np.square(y - ratio * x).sum()) / (n - 1) / n) / float(x.mean())
    reach = float(t_reach(level, n - 1)) * error
    return Amount(value=ratio - minus, low=ratio - reach - minus, high=ratio + reach - minus)


def _times(first: Amount | None, second: Amount | None, level: float, rows: list[CategoryWorth]) -> Amount | None:
    """One mean by another, with an interval on the scale of logarithms; None unless both are sure to be positive."""
    if first is None or second is None or rows[0].n is None or rows[2].n is None:
        return None
    errors = []
    for mean, n in ((first, rows[2].n), (second, rows[0].n)):
        if mean.value is None or mean.low is None or mean.high is None or mean.low <= 0:
            return None
        errors.append((mean.high - mean.low) / 2 / float(t_reach(level, n - 1)) / mean.value)
    ratio = float(first.value or 0) / float(second.value or 1)
    reach = math.exp(quantile(level) * math.hypot(*errors))
    return Amount(value=ratio, low=ratio / reach, high=ratio * reach)


def _row(row: CategoryWorth, more: list[str]) -> tuple[str, ...]:
    if row.n is None or row.mean is None:
        return (f"{row.category}s", "too few", *[numbers.NOTHING] * (2 + 2 * len(more)))
    low, high = (numbers.decimal(end, 2) for end in (row.mean.low, row.mean.high))
    around = numbers.NOTHING if row.mean.low is None else f"{low} to {high}"
    shares = [getattr(row, name) for name in more]
    return (
        f"{row.category}s",
        numbers.count(row.n),
        numbers.decimal(row.mean.value, 2),
        around,
        *(part for each in shares for part in _in_percent(each)),
    )


def _in_percent(share: Amount | Share | None) -> tuple[str, str]:
    if share is None:
        return numbers.NOTHING, numbers.NOTHING
    return numbers.percent(share.value), numbers.percent_span(share.low, share.high)
