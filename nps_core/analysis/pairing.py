"""Who answered twice: the same respondents in two surveys."""

from typing import Final, Literal, TypeAlias, get_args

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.estimates import Estimates
from nps_core.counting.kernel import MISSING
from nps_core.errors import InvalidInputError
from nps_core.model.survey import Survey
from nps_core.stats.designs import CODING
from nps_core.stats.differences import overlap_correlation, pair_covariance
from nps_core.stats.intervals import Floats

Pairing: TypeAlias = Literal["independent", "panel", "overlapping"]
"""How the people of two samples are related: others, the same ones, or partly the same ones."""

PAIRINGS: Final[tuple[Pairing, ...]] = get_args(Pairing)

_SHRINKAGE: Final = 2.0
"""So many uncorrelated pairs are added to those that are there."""


@attrs.frozen(eq=False)
class Pairs:
    """Two surveys, and the rows of those who gave a score in both.

    Attributes:
        before: The earlier survey.
        after: The later one.
        rows: The rows of each pair before and after, shape (2, pairs).
    """

    before: Survey
    after: Survey
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, before: object, after: object) -> "Pairs":
        """Match the respondents of two surveys.

        Raises:
            InvalidInputError: If one is not a survey with respondents, somebody has two scores in one, or nobody
                has a score in both.
        """
        first, earlier = _survey_and_rows(before, "before")
        second, later = _survey_and_rows(after, "after")
        shared = [(row, later[respondent]) for respondent, row in earlier.items() if respondent in later]
        if not shared:
            kinds = ", and ".join(_kinds_of_ids(rows) for rows in (earlier, later))
            raise InvalidInputError(
                f"some respondents must have a score in both samples to be paired, got none (ids: {kinds})"
            )
        return cls(first, second, np.array(shared, np.intp).T)

    def only(self) -> "Pairs":
        """The same pairs, in surveys of nobody else."""
        surveys, positions = [], []
        for survey, rows in zip((self.before, self.after), self.rows, strict=True):
            mask = np.zeros(len(survey), np.bool_)
            mask[rows] = True
            surveys.append(survey.where(mask))
            positions.append((np.cumsum(mask) - 1)[rows])
        before, after = surveys
        return Pairs(before, after, np.array(positions))

    def __len__(self) -> int:
        """How many people gave a score in both."""
        return int(self.rows.shape[1])

    def covariance_and_correlation(self, before: Estimates, after: Estimates) -> tuple[Floats, Floats]:
        """How the two scores vary together: their covariance, and the correlation for the interval, each shape (1,)."""
        if before.kish is None and after.kish is None:
            n = before.counts.n, after.counts.n
            table = self._table()[None]
            return pair_covariance(table, *n), overlap_correlation(table, *n)
        influences = [
            _influence(survey, estimates)[rows]
            for survey, estimates, rows in zip((self.before, self.after), (before, after), self.rows, strict=True)
        ]
        covariance = np.array([influences[0] @ influences[1]])
        errors = before.standard_errors * after.standard_errors / 100**2
        with np.errstate(divide="ignore", invalid="ignore"):
            correlation = np.where(errors > 0, covariance / errors, 0.0) * len(self) / (len(self) + _SHRINKAGE)
        return covariance, np.clip(correlation, -1.0, 1.0)

    def _table(self) -> NDArray[np.int64]:
        """How many went from which category to which: promoters, passives, detractors before by after, shape (3, 3)."""
        before, after = (
            2 - _categories(survey)[rows] for survey, rows in zip((self.before, self.after), self.rows, strict=True)
        )
        return np.bincount(3 * before + after, minlength=9).reshape(3, 3)


def _survey_and_rows(survey: object, what: str) -> tuple[Survey, dict[str | int, int]]:
    """The survey, and the row of each respondent's score."""
    if not isinstance(survey, Survey) or survey._respondents is None:
        got = "one without" if isinstance(survey, Survey) else type(survey).__name__
        raise InvalidInputError(f"to pair respondents, {what} must be a Survey with respondents, got {got}")
    rows: dict[str | int, int] = {}
    for row in np.flatnonzero(survey._cells < MISSING).tolist():
        respondent = survey._respondents[row]
        if respondent is not None and rows.setdefault(respondent, row) != row:
            raise InvalidInputError(
                f"to be paired, everybody must have one score in {what}, got two of somebody (rows {rows[respondent]} "
                f"and {row}); latest() keeps the latest of each"
            )
    return survey, rows


def _kinds_of_ids(rows: dict[str | int, int]) -> str:
    """What ids there are, without showing one."""
    texts = sum(isinstance(respondent, str) for respondent in rows)
    return f"{texts} of text and {len(rows) - texts} of numbers"


def _categories(survey: Survey) -> NDArray[np.intp]:
    """0 for detractors, 1 for passives, 2 for promoters (and for what is no score), shape (len,)."""
    limits = [survey.scale.passives_from, survey.scale.promoters_from]
    return np.searchsorted(limits, survey._cells, side="right").astype(np.intp)


def _influence(survey: Survey, estimates: Estimates) -> Floats:
    """What each answer does to the score, w (s - d) / W, scaled as its variance is, shape (len,)."""
    weights = np.ones(len(survey)) if survey._weights is None else survey._weights
    weights = np.where(survey._cells < MISSING, weights, 0.0)
    away = CODING[_categories(survey)] - estimates.values[0] / 100
    n = len(survey)
    correction = n / (n - 1) if survey._weights is not None and n > 1 else 1.0
    return np.asarray(np.sqrt(correction) * weights * away / weights.sum())
