"""Which touchpoints go with the score: drivers from ratings."""

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.estimates import POINTS
from nps_core.analysis.outcomes import checked_survey, codings, named_columns
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import ConfidenceInterval, level_in_words
from nps_core.counting.columns import as_numbers, check_length
from nps_core.counting.kernel import MISSING
from nps_core.display import numbers
from nps_core.display.curves import Mark, Quadrants
from nps_core.display.pictures import draw
from nps_core.display.rows import Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import (
    CorrelatedDriversWarning,
    FewAnswersWarning,
    InvalidInputError,
    NoAnswersError,
    listed,
    unknown_name,
)
from nps_core.model.survey import Survey
from nps_core.model.tabular import Columns
from nps_core.stats import importance
from nps_core.stats.intervals import Floats, RngLike, check_draws, generator_of
from nps_core.stats.normal import check_confidence_level

if TYPE_CHECKING:
    import matplotlib.axes

Quadrant: TypeAlias = Literal["concentrate here", "keep up the good work", "low priority", "possible overkill"]
"""Where a driver stands by importance and performance (Martilla and James 1977, J. Marketing 41:77-79)."""

ImportanceMethod: TypeAlias = Literal["lmg", "relative weights"]
"""How importance is computed: over all orders of entering, or by Johnson's approximation beyond 15 drivers."""

_MOST: Final = 50
_CLOSE: Final = 0.8
_INFLATED: Final = 5.0
_ANSWERS_PER_DRIVER: Final = 10
_FEW: Final = 50

_IMPORTANCE: Final = (
    "Importance is the part of the differences between promoters, passives and detractors that goes with a driver.",
    "Going together is not causing.",
    "Quadrants: importance and mean rating above or below the means of these drivers.",
)


@attrs.frozen(kw_only=True)
class Driver:
    """One touchpoint, and what its ratings have to do with the score.

    Attributes:
        name: What it is called.
        importance: The part of R^2 that is its own, between 0 and 1; all parts sum to R^2.
        importance_interval: The interval around that; None without resamples. It never reaches 0: whether a driver
            matters at all is told by its coefficient.
        coefficient: The standardised coefficient beside all other drivers, with its sign.
        coefficient_interval: The interval around that; None without resamples.
        correlation: With the answers, coded 1, 0 and -1; by itself, without regard to the others.
        performance: Its mean rating.
        quadrant: Importance and performance together, each above or below the mean of these drivers; None for a
            single one.
    """

    name: str
    importance: float
    importance_interval: ConfidenceInterval | None
    coefficient: float
    coefficient_interval: ConfidenceInterval | None
    correlation: float
    performance: float
    quadrant: Quadrant | None


@attrs.frozen(kw_only=True, repr=False)
class KeyDrivers(Result):
    """Drivers of the score, the most important first. ``drivers["staff"]`` is one :class:`Driver`.

    Attributes:
        drivers: Every driver.
        r_squared: How much of the variance of the answers, coded 1, 0 and -1, the ratings account for.
        n: How many answers have a score and every rating.
        left_out: How many have a score, but not every rating.
        method: ``"lmg"``, or ``"relative weights"`` for more than 15 drivers.
        confidence_level: The level of the intervals.
    """

    drivers: tuple[Driver, ...]
    r_squared: float
    n: int
    left_out: int
    method: ImportanceMethod
    confidence_level: float

    def __getitem__(self, name: str) -> Driver:
        """The driver of a name.

        Raises:
            UnknownNameError: If there is no such driver.
        """
        for driver in self.drivers:
            if driver.name == name:
                return driver
        raise unknown_name("driver", name, [driver.name for driver in self.drivers])

    def __len__(self) -> int:
        """How many drivers there are."""
        return len(self.drivers)

    def __repr__(self) -> str:
        return f"KeyDrivers({len(self)} drivers, r_squared={self.r_squared:.3f}, n={self.n})"

    def _columns(self) -> Columns:
        rows = self.drivers
        return {
            "driver": [row.name for row in rows],
            "importance": np.array([row.importance for row in rows]),
            **_limits("importance", [row.importance_interval for row in rows]),
            "coefficient": np.array([row.coefficient for row in rows]),
            **_limits("coefficient", [row.coefficient_interval for row in rows]),
            "correlation": np.array([row.correlation for row in rows]),
            "performance": np.array([row.performance for row in rows]),
            "quadrant": [row.quadrant for row in rows],
        }

    def _picture(self) -> Rows:
        return Rows(
            title=f"Importance: {_counted(len(self))} for {numbers.percent(self.r_squared)} of the differences "
            f"(n = {numbers.count(self.n)}); hatched if others being equal the score falls",
            unit=f"percent of R², with its {level_in_words(self.confidence_level)}",
            rows=[_bar(driver) for driver in self.drivers],
        )

    def plot_quadrants(self, *, ax: "matplotlib.axes.Axes | None" = None) -> "matplotlib.axes.Axes":
        """Importance against performance: what to concentrate on is at the top left. Needs the extra ``plot``.

        Args:
            ax: The axes to draw in; new ones if not given.

        Raises:
            MissingDependencyError: If matplotlib is not installed.
        """
        marks = [Mark(label=driver.name, x=driver.performance, y=POINTS * driver.importance) for driver in self.drivers]
        k = len(self)
        picture = Quadrants(
            title=f"Importance and performance of {k} drivers (n = {numbers.count(self.n)})",
            points=marks,
            cross=(sum(mark.x for mark in marks) / k, sum(mark.y for mark in marks) / k),
            across="performance: the mean rating",
            up="importance: percent of R²",
            names=("concentrate here", "keep up the good work", "low priority", "possible overkill"),
        )
        return draw(picture, ax)

    def _table(self) -> Table:
        level = level_in_words(self.confidence_level)
        notes = [*_IMPORTANCE]
        if self.left_out:
            notes.append(f"Answers without every rating, left out: {numbers.count(self.left_out)}.")
        return Table(
            title=f"{_counted(len(self))} for {numbers.percent(self.r_squared)} of the differences "
            f"(n = {numbers.count(self.n)})",
            header=("driver", "quadrant", "importance", level, "coefficient", level, "correlation", "mean rating"),
            rows=tuple(map(_row, self.drivers)),
            left=2,
            notes=tuple(notes),
        )


def _counted(drivers: int) -> str:
    return "1 driver accounts" if drivers == 1 else f"{drivers} drivers account"


def _bar(driver: Driver) -> Row:
    """The importance of a driver as a row of a picture, with the sign of its coefficient."""
    around = driver.importance_interval
    return Row(
        label=driver.name,
        value=POINTS * driver.importance,
        low=POINTS * around.low if around else None,
        high=POINTS * around.high if around else None,
        note=f"coefficient {numbers.signed(driver.coefficient, 2)}",
        is_bar=True,
        is_hatched=driver.coefficient < 0,
    )


def key_drivers(
    survey: Survey,
    ratings: Mapping[str, Any],
    *,
    confidence_level: float = 0.95,
    n_resamples: int = 1000,
    rng: RngLike = None,
) -> KeyDrivers:
    """Which touchpoints go with the score, from how people rated them.

    Importance is Lindeman, Merenda and Gold's share of R^2 (Groemping 2007, Am. Statist. 61:139-147): what a driver
    adds, averaged over all orders in which drivers can enter. Beyond 15 drivers it is Johnson's relative weight. Read
    it with the coefficient: a driver that does nothing, but goes with one that does, is given a part.

    Args:
        survey: The answers; weights count.
        ratings: The ratings of each touchpoint by its name: n numbers, None or NaN where there is none.
        confidence_level: Of the intervals, which are percentiles of the bootstrap.
        n_resamples: How many times to draw; 0 for no intervals.
        rng: A seed or a generator, for the same intervals every time.

    Raises:
        InvalidInputError: If ratings are no numbers, have another length or do not vary, or an option is not what it
            must be.
        NoAnswersError: If too few answers have a score and every rating.

    Warns:
        CorrelatedDriversWarning: If two drivers correlate by more than .8, or the variance inflation of one exceeds 5.
        FewAnswersWarning: If there are fewer than 50 answers, or fewer than 10 per driver.

    Example:
        >>> import numpy as np
        >>> import nps_core as nc
        >>> rng = np.random.default_rng(1)
        >>> staff, price = rng.integers(0, 11, (2, 500))
        >>> survey = nc.Survey.from_scores(np.clip(np.round(0.7 * staff + 0.2 * price + 2), 0, 10))
        >>> found = nc.key_drivers(survey, {"staff": staff, "price": price}, rng=1)
        >>> found["staff"].importance > found["price"].importance
        True
    """
    checked_survey(survey, "key_drivers()")
    confidence_level = check_confidence_level(confidence_level)
    draws = check_draws(n_resamples) if n_resamples != 0 else 0
    generator = generator_of(rng)
    data = _Data.of(survey, ratings)
    names, n = data.names, data.variables.shape[1]
    means = np.average(data.variables, axis=1, weights=data.weights)
    variables = data.variables
    variables -= means[:, np.newaxis]
    variables /= np.abs(variables).max(axis=1, keepdims=True)  # squares of very small ratings would be lost
    sums = importance.moments(variables, data.weights)
    correlations = importance.correlations_of(sums)
    _warn(names, correlations, n)
    method: ImportanceMethod = "lmg" if len(names) <= importance.MOST_BY_SUBSETS else "relative weights"
    parts = _parts(method)
    found, slopes = parts(correlations), importance.coefficients(correlations)
    around: list[ConfidenceInterval | None] = [None] * len(names)
    around_slopes = around
    if draws:
        drawn = importance.correlations_of(importance.resampled_moments(variables, data.weights, draws, generator))
        around = _percentiles(parts(drawn), confidence_level)
        around_slopes = _percentiles(importance.coefficients(drawn), confidence_level)
    drivers = [
        Driver(
            name=name,
            importance=float(found[i]),
            importance_interval=around[i],
            coefficient=float(slopes[i]),
            coefficient_interval=around_slopes[i],
            correlation=float(correlations[i, -1]),
            performance=float(means[i]),
            quadrant=_quadrant(found[i] >= found.mean(), means[i] >= means[:-1].mean()) if len(names) > 1 else None,
        )
        for i, name in enumerate(names)
    ]
    return KeyDrivers(
        drivers=tuple(sorted(drivers, key=lambda driver: -driver.importance)),
        r_squared=float(found.sum()),
        n=n,
        left_out=data.left_out,
        method=method,
        confidence_level=confidence_level,
    )


@attrs.frozen(eq=False)
class _Data:
    """The answers that are complete.

    Attributes:
        names: The names of the drivers.
        variables: Their ratings and, last, the answers coded 1, 0 and -1; shape (k + 1, n).
        weights: The weights of the answers, None if they have none.
        left_out: How many answers have a score, but not every rating.
    """

    names: tuple[str, ...]
    variables: Floats
    weights: Floats | None
    left_out: int

    @classmethod
    def of(cls, survey: Survey, ratings: Mapping[str, Any]) -> Self:
        """Gather ratings and answers, and refuse what no importance can be computed from."""
        columns = named_columns(ratings, "ratings")
        if len(columns) > _MOST:
            raise InvalidInputError(f"there must be at most {_MOST} drivers, got {len(columns)}")
        variables = np.empty((len(columns) + 1, len(survey)))
        for row, (name, values) in zip(variables, columns.items(), strict=False):
            row[:] = _ratings(values, name, len(survey))
        variables[-1] = codings(survey)
        weights = survey.weights
        scored = survey._cells < MISSING
        if weights is not None:
            scored &= weights > 0
        complete = scored & ~np.isnan(variables.sum(axis=0))
        if not complete.all():
            variables, weights = variables[:, complete], None if weights is None else weights[complete]
        _must_suffice(tuple(columns), variables)
        return cls(tuple(columns), variables, weights, int((scored & ~complete).sum()))


def _ratings(values: Any, name: str, n: int) -> Floats:
    what = f"the ratings of {name!r}"
    column = as_numbers(values, what)
    check_length(what, len(column), n)
    return column


def _must_suffice(names: tuple[str, ...], variables: Floats) -> None:
    """Refuse what no importance can be computed from."""
    fewest, n = len(names) + 2, variables.shape[1]
    if n < fewest:
        raise NoAnswersError(
            f"{len(names)} drivers need at least {fewest} answers with a score and every rating, got {n}"
        )
    *varies, outcome_varies = (variables != variables[:, :1]).any(axis=1)
    constant = [name for name, different in zip(names, varies, strict=True) if not different]
    if constant:
        raise InvalidInputError(f"ratings must vary among the answers, those of {listed(constant)} do not")
    if not outcome_varies:
        raise InvalidInputError("the answers must be of two categories at least, got only one among those with ratings")


def _warn(names: tuple[str, ...], correlations: Floats, n: int) -> None:
    pairs = np.abs(np.triu(correlations[:-1, :-1], 1))
    first, second = np.unravel_index(int(pairs.argmax()), pairs.shape)
    inflation = importance.variance_inflation(correlations)
    worst = int(inflation.argmax())
    told = ""
    if pairs[first, second] > _CLOSE:
        told = f"{names[first]!r} and {names[second]!r} correlate by {correlations[first, second]:.2f}"
    elif inflation[worst] > _INFLATED:
        told = f"the other drivers nearly determine {names[worst]!r} (variance inflation {inflation[worst]:.1f})"
    if told:
        warnings.warn(
            f"{told}: the answers can hardly tell which of them matters, and one that does nothing is given a part; "
            "put them together, or leave one out",
            CorrelatedDriversWarning,
            stacklevel=3,
        )
    fewest = max(_FEW, _ANSWERS_PER_DRIVER * len(names))
    if n < fewest:
        warnings.warn(
            f"{len(names)} drivers need at least {fewest} answers to be told apart, got {n}",
            FewAnswersWarning,
            stacklevel=3,
        )


def _parts(method: ImportanceMethod) -> Any:
    return importance.lmg if method == "lmg" else importance.relative_weights


def _percentiles(drawn: NDArray[np.float64], confidence_level: float) -> list[ConfidenceInterval | None]:
    tail = (1 - confidence_level) / 2
    lows, highs = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return [
        ConfidenceInterval(float(low), float(high), confidence_level) for low, high in zip(lows, highs, strict=True)
    ]


def _quadrant(is_important: bool, performs: bool) -> Quadrant:  # noqa: FBT001  two axes
    if is_important:
        return "keep up the good work" if performs else "concentrate here"
    return "possible overkill" if performs else "low priority"


def _limits(prefix: str, intervals: list[ConfidenceInterval | None]) -> Columns:
    return {
        f"{prefix}_{end}": np.array([np.nan if each is None else getattr(each, end) for each in intervals])
        for end in ("low", "high")
    }


def _row(driver: Driver) -> tuple[str, ...]:
    around, slopes = driver.importance_interval, driver.coefficient_interval
    return (
        driver.name,
        driver.quadrant or numbers.NOTHING,
        numbers.percent(driver.importance),
        numbers.NOTHING if around is None else numbers.percent_span(around.low, around.high),
        numbers.signed(driver.coefficient, 2),
        numbers.NOTHING if slopes is None else f"{numbers.signed(slopes.low, 2)} to {numbers.signed(slopes.high, 2)}",
        numbers.signed(driver.correlation, 2),
        numbers.decimal(driver.performance),
    )
