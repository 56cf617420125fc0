"""What people mention, and what it does to the score: themes of comments."""

from collections.abc import Mapping
from typing import Any, Final

import attrs
import numpy as np

from nps_core.analysis.estimates import POINTS
from nps_core.analysis.outcomes import checked_survey, codings, named_columns
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import ConfidenceInterval, level_in_words
from nps_core.analysis.suppression import check_min_n
from nps_core.counting.columns import as_list, check_length
from nps_core.counting.kernel import MISSING
from nps_core.display import numbers
from nps_core.display.rows import Row, Rows
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, NoAnswersError, unknown_name
from nps_core.model.survey import Survey
from nps_core.model.tabular import Columns, whole_numbers
from nps_core.stats.intervals import Floats
from nps_core.stats.multiplicity import Correction, adjusted
from nps_core.stats.normal import check_confidence_level, quantile, two_sided

_SUPPRESSED: Final = "too few"
_TWO: Final = 2


@attrs.frozen(kw_only=True)
class Theme:
    """One theme, and what it does to the score. Numbers are None where too few answers carry it, or too few do not.

    Attributes:
        name: What it is called.
        n: How many answers with a score carry it.
        reach: Which share of the answers carries it, between 0 and 1.
        score: The score of the answers that carry it.
        score_without: The score of the others.
        impact: The score of all minus that of the others, in points: what the score would gain or lose without these
            answers. Impacts of themes that overlap do not add.
        interval: The interval around the impact; None if all answers are of one category.
        pvalue: Of the test that the theme has no impact.
        adjusted_pvalue: The same, adjusted for all themes.
        contribution: Its part of the score, in points, where every answer is split equally over its themes.
    """

    name: str
    n: int | None
    reach: float | None
    score: float | None = None
    score_without: float | None = None
    impact: float | None = None
    interval: ConfidenceInterval | None = None
    pvalue: float | None = None
    adjusted_pvalue: float | None = None
    contribution: float | None = None


@attrs.frozen(kw_only=True, repr=False)
class ThemeTable(Result):
    """Themes, the one that costs most first. ``table["price"]`` is one :class:`Theme`.

    Attributes:
        themes: Every theme.
        nps: The score of all answers.
        n: How many answers have a score.
        without_theme: What answers without a theme contribute to the score, in points; None where that would tell
            what is suppressed. All contributions sum to the score.
        confidence_level: The level of the intervals.
        correction: What p-values are adjusted by.
        min_n: The fewest answers that a theme is shown with.
    """

    themes: tuple[Theme, ...]
    nps: float
    n: int
    without_theme: float | None
    confidence_level: float
    correction: Correction
    min_n: int | None

    def __getitem__(self, name: str) -> Theme:
        """The theme of a name.

        Raises:
            UnknownNameError: If there is no such theme.
        """
        for theme in self.themes:
            if theme.name == name:
                return theme
        raise unknown_name("theme", name, [theme.name for theme in self.themes])

    def __len__(self) -> int:
        """How many themes there are."""
        return len(self.themes)

    def __repr__(self) -> str:
        return f"ThemeTable({len(self)} themes, nps={self.nps:.1f}, n={self.n})"

    def _columns(self) -> Columns:
        rows = self.themes
        others = (
            "reach",
            "score",
            "score_without",
            "impact",
            "low",
            "high",
            "pvalue",
            "adjusted_pvalue",
            "contribution",
        )
        ends = {name: [row.interval and getattr(row.interval, name) for row in rows] for name in ("low", "high")}
        numbers_of = {name: ends.get(name) or [getattr(row, name) for row in rows] for name in others}
        return {
            "theme": [row.name for row in rows],
            "n": whole_numbers([row.n for row in rows]),
            **{name: np.array(values, np.float64) for name, values in numbers_of.items()},
        }

    def _picture(self) -> Rows:
        return Rows(
            title=f"Impact of themes on the score {numbers.decimal(self.nps)} (n = {numbers.count(self.n)})",
            unit=f"points, with their {level_in_words(self.confidence_level)}",
            line=0,
            rows=[
                Row(
                    label=theme.name,
                    value=theme.impact,
                    low=theme.interval.low if theme.interval else None,
                    high=theme.interval.high if theme.interval else None,
                    note="" if theme.n is None else f"n = {numbers.count(theme.n)}",
                    instead=_SUPPRESSED,
                )
                for theme in self.themes
            ],
        )

    def _table(self) -> Table:
        level, rest = level_in_words(self.confidence_level), numbers.signed(self.without_theme)
        notes = ["Impact: the score of all minus that of the answers without the theme. Impacts do not add."]
        if self.without_theme is not None:
            notes.append(f"Contributions add to the score; answers without a theme contribute {rest}.")
        if any(theme.n is None for theme in self.themes):
            notes.append(
                f"Not shown: themes that fewer than {self.min_n} answers carry or do not carry, and what tells them."
            )
        return Table(
            title=f"Themes and the score {numbers.decimal(self.nps)} (n = {numbers.count(self.n)})",
            header=("theme", "n", "reach", "NPS with", "without", "impact", level, "p, adjusted", "contribution"),
            rows=tuple(map(_row, self.themes)),
            notes=tuple(notes),
        )


def theme_impacts(
    survey: Survey,
    themes: Mapping[str, Any],
    *,
    confidence_level: float = 0.95,
    correction: Correction = "holm",
    min_n: int | None = 5,
) -> ThemeTable:
    """What the themes of people's comments do to the score, from tags: yes or no, answer by answer.

    The impact of a theme is d - d_without, the score of all answers minus that of those without it. Its standard error
    is sqrt(mean psi^2 / n) with psi = (s - d) - (1 - t)(s - d_without) / (1 - reach), where s is an answer coded 1, 0
    or -1 and t tells whether it carries the theme.

    Args:
        survey: The answers; weights count.
        themes: By the name of the theme, whether each answer carries it: n booleans.
        confidence_level: Between 0 and 1.
        correction: ``"holm"`` or ``"benjamini-hochberg"``.
        min_n: Themes that fewer answers carry, or do not carry, are not shown; None to show all.

    Raises:
        InvalidInputError: If a tag is not True or False, or there are more or fewer than answers.
        NoAnswersError: If no answer has a score.

    Example:
        >>> import nps_core as nc
        >>> survey = nc.Survey.from_scores([10, 9, 3, 2, 8, 10])
        >>> table = nc.theme_impacts(survey, {"price": [False, False, True, True, False, False]}, min_n=None)
        >>> round(table["price"].impact, 1), round(table["price"].score_without, 1)
        (-58.3, 75.0)
    """
    checked_survey(survey, "theme_impacts()")
    confidence_level = check_confidence_level(confidence_level)
    fewest = check_min_n(min_n)
    columns = named_columns(themes, "themes")
    scored = survey._cells < MISSING
    if survey.weights is not None:
        scored &= survey.weights > 0
    tags = np.column_stack([_tags(values, name, len(survey)) for name, values in columns.items()])[scored]
    weights = np.ones(len(tags)) if survey.weights is None else survey.weights[scored]
    if not len(weights):
        raise NoAnswersError("themes need an answer that has a score, got none")
    values = codings(survey)[scored]
    whole = float(weights @ values / weights.sum())
    reaches, carried, without, errors = np.array([_around_theme(values, weights, tag) for tag in tags.T]).T
    impacts = whole - without
    with np.errstate(divide="ignore", invalid="ignore"):
        pvalues = np.where(errors > 0, two_sided(impacts / errors), np.nan)
    carriers = tags.sum(axis=0)
    hidden, all_shown = _hidden(tags, fewest)
    pvalues[hidden] = np.nan
    corrected = adjusted(pvalues, correction)
    parts, rest = _contributions(values * (weights / weights.sum()), tags)
    reach = quantile(confidence_level)
    rows = [
        Theme(name=name, n=None, reach=None)
        if hidden[i]
        else Theme(
            name=name,
            n=int(carriers[i]),
            reach=float(reaches[i]),
            score=_points(carried[i]),
            score_without=_points(without[i]),
            impact=_points(impacts[i]),
            interval=_around(impacts[i], reach * errors[i], confidence_level),
            pvalue=_known(pvalues[i]),
            adjusted_pvalue=_known(corrected[i]),
            contribution=_points(parts[i]) if all_shown else None,
        )
        for i, name in enumerate(columns)
    ]
    return ThemeTable(
        themes=tuple(sorted(rows, key=lambda theme: (theme.impact is None, theme.impact))),
        nps=POINTS * whole,
        n=len(tags),
        without_theme=POINTS * rest if all_shown else None,
        confidence_level=confidence_level,
        correction=correction,
        min_n=fewest,
    )


def _hidden(tags: Any, fewest: int | None) -> tuple[Any, bool]:
    """Which themes to hide, and whether nothing is hidden: no theme, and not the answers without one.

    Where nobody carries two themes, themes and answers without one add up to all answers. Then the hidden ones are two
    at least, and hold ``fewest`` answers together: beside the small ones the smallest others.
    """
    n, times = len(tags), tags.sum(axis=1)
    sizes = np.append(tags.sum(axis=0), np.count_nonzero(times == 0))
    if fewest is None:
        return np.zeros(len(sizes) - 1, np.bool_), True
    hidden = (sizes > 0) & (sizes < fewest)
    hidden[:-1] |= (sizes[:-1] < n) & (n - sizes[:-1] < fewest)
    if hidden.any() and times.max() <= 1:
        for place in np.argsort(sizes, kind="stable"):
            if np.count_nonzero(hidden) < _TWO or sizes[hidden].sum() < fewest:
                hidden[place] |= sizes[place] > 0
    return hidden[:-1], not hidden.any()


def _tags(values: Any, name: str, n: int) -> Any:
    what = f"theme {name!r}"
    column = as_list(values, what)
    for index, value in enumerate(column):
        if not isinstance(value, (bool, np.bool_)) and not (isinstance(value, int) and value in {0, 1}):
            raise InvalidInputError(f"{what} must hold True or False, got {value!r} (index {index})")
    check_length(what, len(column), n)
    return np.array(column, np.bool_)


def _around_theme(values: Floats, weights: Floats, tag: Any) -> tuple[float, float, float, float]:
    """The reach of a theme, the scores with and without it, and the standard error of its impact; NaN for none."""
    total, own, rest = float(weights.sum()), float(weights[tag].sum()), float(weights[~tag].sum())
    carried = float(weights[tag] @ values[tag]) / own if own > 0 else np.nan
    if rest <= 0:
        return own / total, carried, np.nan, np.nan
    without = float(weights[~tag] @ values[~tag]) / rest
    psi = (values - weights @ values / total) - ~tag * (values - without) * (total / rest)
    return own / total, carried, without, float(np.sqrt(np.square(weights / total * psi).sum()))


def _contributions(values: Floats, tags: Any) -> tuple[Floats, float]:
    """What each theme adds to the score, every answer split equally over its themes; and the answers without one."""
    times = tags.sum(axis=1)
    split = np.where(times > 0, values / np.maximum(times, 1), 0.0)
    return split @ tags, float(values[times == 0].sum())


def _points(value: float) -> float | None:
    return _known(POINTS * value)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _around(impact: float, margin: float, confidence_level: float) -> ConfidenceInterval | None:
    if np.isnan(impact) or margin == 0:  # answers that are all alike do not tell how much they could differ
        return None
    low, high = np.clip(POINTS * np.array([impact - margin, impact + margin]), -2 * POINTS, 2 * POINTS).tolist()
    return ConfidenceInterval(low, high, confidence_level)


def _row(theme: Theme) -> tuple[str, ...]:
    if theme.n is None:
        return (theme.name, _SUPPRESSED, *[numbers.NOTHING] * 7)
    around = theme.interval
    return (
        theme.name,
        numbers.count(theme.n),
        numbers.percent(theme.reach),
        numbers.decimal(theme.score),
        numbers.decimal(theme.score_without),
        numbers.signed(theme.impact),
        numbers.NOTHING if around is None else numbers.signed_span(around.low, around.high),
        numbers.pvalue(theme.adjusted_pvalue),
        numbers.signed(theme.contribution),
    )
