"""What people wrote: reasons and suggestions, chosen, in order and redacted."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final, Literal, TypeAlias, get_args

import attrs
import numpy as np

from nps_core.analysis.outcomes import checked_survey
from nps_core.analysis.result import Result
from nps_core.counting.kernel import MISSING
from nps_core.display import numbers, pictures
from nps_core.display.columns import ColumnChart, Part
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError, must_be_bool, must_be_one_of
from nps_core.model.columns import Wanted
from nps_core.model.immutable import FrozenMapping
from nps_core.model.privacy import redacted
from nps_core.model.response import Response
from nps_core.model.scale import Category
from nps_core.model.sources import as_whole
from nps_core.model.survey import Survey
from nps_core.model.tabular import Columns, label_columns, whole_numbers

Order: TypeAlias = Literal["lowest", "highest", "latest"]
"""What comes first."""

ORDERS: Final[tuple[Order, ...]] = get_args(Order)


def _closed(segments: Mapping[str, str | None]) -> Mapping[str, str | None]:
    return FrozenMapping(segments)


_COLOURS: Final = dict(zip(Category, pictures.CATEGORY_COLOURS, strict=True))


@attrs.frozen(kw_only=True)
class Verbatim:
    """What one person wrote. Who it was is not kept.

    Attributes:
        score: The score given with it, None if there is none.
        category: What the score makes of the person.
        at: When it was written.
        reason: The answer to "why?".
        suggestion: The answer to "what could we do better?".
        segments: Labels by name.
    """

    score: int | None
    category: Category | None
    at: dt.datetime | None
    reason: str | None = attrs.field(repr=False)
    suggestion: str | None = attrs.field(repr=False)
    segments: Mapping[str, str | None] = attrs.field(converter=_closed)


@attrs.frozen(kw_only=True, repr=False)
class Verbatims(Result):
    """Comments in an order. ``verbatims.rows`` are all of them.

    Attributes:
        rows: Every comment.
        total: How many comments there are, those beyond the limit included.
        redacted: Whether addresses, links and long numbers were taken out.
    """

    rows: tuple[Verbatim, ...]
    total: int
    redacted: bool

    def __len__(self) -> int:
        """How many comments there are here."""
        return len(self.rows)

    def __repr__(self) -> str:
        """How many there are, without any text."""
        return f"Verbatims({len(self)} of {self.total}, redacted={self.redacted})"

    def _columns(self) -> Columns:
        columns: Columns = {
            "score": whole_numbers([row.score for row in self.rows]),
            "category": [row.category and str(row.category) for row in self.rows],
            "at": [row.at for row in self.rows],
            "reason": [row.reason for row in self.rows],
            "suggestion": [row.suggestion for row in self.rows],
        }
        if not any(row.at for row in self.rows):
            del columns["at"]
        names = self._segments()
        labels = [tuple(row.segments.get(name) for name in names) for row in self.rows]
        return columns | (label_columns(names, labels, columns) if names else {})

    def _segments(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for row in self.rows for name in row.segments))

    def _picture(self) -> ColumnChart:
        scores = sorted({row.score for row in self.rows if row.score is not None})
        counted = Counter(row.score for row in self.rows)
        silent = [numbers.NOTHING] if counted[None] else []
        heights = [counted[score] for score in scores] + [counted[None]] * len(silent)
        of_score = {row.score: _COLOURS[row.category] for row in self.rows if row.category}
        colours = [of_score[score] for score in scores] + [pictures.PASSIVES] * len(silent)
        return ColumnChart(
            title=self._table().title,
            labels=[*map(str, scores), *silent],
            parts=[Part(name="comments", heights=heights, colours=colours)],
            across="score",
            up="comments",
            shows_counts=True,
        )

    def _table(self) -> Table:
        shown = f"{numbers.count(len(self))} of {numbers.count(self.total)}" if len(self) < self.total else len(self)
        texts = [text for text in ("reason", "suggestion") if any(getattr(row, text) for row in self.rows)] or [
            "reason"
        ]
        return Table(
            title=f"Comments: {shown}",
            header=("score", *texts),
            rows=tuple((numbers.count(row.score), *(getattr(row, text) or "" for text in texts)) for row in self.rows),
            left=3,
        )


def verbatims(
    survey: Survey,
    *,
    category: Category | str | Collection[Category | str] | None = None,
    segments: Mapping[str, Wanted] | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    order: Order = "lowest",
    limit: int | None = None,
    redact: bool = True,
) -> Verbatims:
    """What people wrote: comments of some category, segment or time, in an order, redacted.

    Redaction takes out e-mail addresses, links, @names and runs of seven digits or more (telephones, cards, accounts).
    It cannot know the names of people. Counting words is left to libraries for text.

    Args:
        survey: The answers.
        category: A category, or several.
        segments: A label, or several, by segment name.
        since: The first moment that counts, as of :meth:`Survey.where`.
        until: The first moment that counts no more.
        order: ``"lowest"`` or ``"highest"`` score first, or ``"latest"`` first. Among equals the latest, then the order
            of the survey.
        limit: The most comments to give; all if not given.
        redact: Whether to take out what could tell who wrote.

    Raises:
        UnknownNameError: If the survey has no such segment.
        InvalidInputError: If an option is not what it must be, or there are no times to order by.

    Example:
        >>> import nps_core as nc
        >>> reasons = ["quick", "call me: 040 123 4567", None]
        >>> survey = nc.Survey.from_scores([10, 2, 3], reasons=reasons)
        >>> [row.reason for row in nc.verbatims(survey, category="detractor").rows]
        ['call me: [number]']
    """
    checked_survey(survey, "verbatims()")
    must_be_one_of("order", order, ORDERS)
    must_be_bool("redact", redact)
    most = as_whole(limit)
    if limit is not None and (most is None or most < 1):
        raise InvalidInputError(f"limit must be a whole number, 1 or more, or None, got {limit!r}")
    if order == "latest" and len(survey):
        survey._times()
    chosen = survey.where(segments=segments, category=category, since=since, until=until)
    written = [each is not None for each in chosen._reasons or [None] * len(chosen)]
    suggested = [each is not None for each in chosen._suggestions or [None] * len(chosen)]
    chosen = chosen.where(np.logical_or(written, suggested)) if len(chosen) else chosen
    keys = _keys(chosen, order)
    rows = np.lexsort(keys[::-1])[:most]
    mask = np.zeros(len(chosen), np.bool_)
    mask[rows] = True
    responses = dict(zip(np.sort(rows).tolist(), chosen.where(mask), strict=True))
    return Verbatims(
        rows=tuple(_verbatim(responses[row], survey, redact=redact) for row in rows.tolist()),
        total=len(chosen),
        redacted=redact,
    )


def _keys(survey: Survey, order: Order) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """What comments are ordered by, the most important first; what has no score or no time comes last."""
    cells = survey._cells.astype(np.int64)
    latest = np.zeros(len(survey), np.int64)
    if survey.at is not None:
        moments = survey.at.astype("datetime64[us]").view(np.int64)
        latest = np.where(np.isnat(survey.at), np.iinfo(np.int64).max, -moments)
    if order == "latest":
        return [latest]
    unscored = (cells >= MISSING).astype(np.int64)
    return [unscored, cells if order == "lowest" else -cells, latest]


def _verbatim(response: Response, survey: Survey, *, redact: bool) -> Verbatim:
    reason, suggestion = response.reason, response.suggestion
    if redact:
        reason, suggestion = reason and redacted(reason), suggestion and redacted(suggestion)
    return Verbatim(
        score=response.score,
        category=None if response.score is None else survey.scale.classify(response.score),
        at=response.at,
        reason=reason,
        suggestion=suggestion,
        segments=response.segments,
    )
