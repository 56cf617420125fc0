"""The employee Net Promoter Score: the same score, with the care that colleagues are due."""

from collections.abc import Sequence
from typing import Final

from nps_core.analysis.counts import tally_of
from nps_core.analysis.scoring import NetPromoterScore, nps
from nps_core.analysis.segments import SegmentTable, by_segment
from nps_core.errors import IncompatibleError, InvalidInputError, NoAnswersError
from nps_core.model.sources import as_whole
from nps_core.model.tally import Tallyable

_FEWEST: Final = 2


def enps(data: Tallyable, *, min_n: int = 10, confidence_level: float = 0.95) -> NetPromoterScore:
    """The employee Net Promoter Score, unless so few answered that it would tell who said what.

    Args:
        data: A survey, a tally, or anything else with their ``tally()``.
        min_n: The fewest answers that a score is given for.
        confidence_level: Between 0 and 1.

    Raises:
        NoAnswersError: If there are fewer answers. The message does not tell how many.
        IncompatibleError: If the data have weights.
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> import nps_core as nc
        >>> from nps_core.programme import enps
        >>> enps(nc.Tally.from_categories(promoters=20, passives=25, detractors=15)).rounded
        8
    """
    fewest, tally = _fewest(min_n), tally_of(data)
    if tally.is_weighted:
        raise IncompatibleError("employees must be asked without weights, behind which a single answer could be shown")
    if int(tally.n.sum()) < fewest:
        raise NoAnswersError(
            f"a score of employees needs at least {fewest} answers, so that nobody is told by it; there are fewer"
        )
    return nps(data, confidence_level=confidence_level)


def enps_by_segment(
    data: Tallyable, by: str | Sequence[str], *, min_n: int = 10, confidence_level: float = 0.95
) -> SegmentTable:
    """The employee score of each team, as :func:`nps_core.by_segment` gives it, with small teams suppressed.

    As many other teams are suppressed as it takes that nobody can find a small one by subtraction from the totals.

    Args:
        data: A survey, a tally, or anything else with their ``tally()``.
        by: The name of a segment, or several.
        min_n: The fewest answers that a team is shown with.
        confidence_level: Between 0 and 1.

    Raises:
        NoAnswersError: If there are fewer answers in all.
        IncompatibleError: If the data have weights.
        InvalidInputError: If an option is not what it must be.
        UnknownNameError: If there is no such segment.

    Example:
        >>> import nps_core as nc
        >>> from nps_core.programme import enps_by_segment
        >>> teams = [("a", 9, 30), ("a", 5, 10), ("b", 8, 12), ("b", 10, 12), ("c", 2, 3)]
        >>> table = enps_by_segment(nc.Tally.from_cells(teams, by="team"), "team")
        >>> [segment.label for segment in table.segments if segment.suppressed]
        ['b', 'c']
    """
    enps(data, min_n=min_n, confidence_level=confidence_level)
    return by_segment(data, by, min_n=_fewest(min_n), confidence_level=confidence_level)


def _fewest(min_n: object) -> int:
    whole = as_whole(min_n)
    if whole is None or whole < _FEWEST:
        raise InvalidInputError(f"min_n must be a whole number, {_FEWEST} or more, for employees, got {min_n!r}")
    return whole
