"""One answer to the survey."""

import datetime as dt
import math
import numbers
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, overload

import attrs

from nps_core.counting.answers import cell_of
from nps_core.counting.columns import EXACT, is_missing
from nps_core.counting.kernel import INVALID, MISSING, POINTS
from nps_core.counting.weights import WEIGHTS, as_weight
from nps_core.errors import InvalidInputError, InvalidScoreError, must_be_bool, shown
from nps_core.model.immutable import Immutable

PLAIN_TEXTS: Final[frozenset[type]] = frozenset({str, type(None)})
"""Types that a text is kept as; so is a respondent's id, or as an int."""

PLAIN_IDS: Final[frozenset[type]] = PLAIN_TEXTS | {int}

_NO_SEGMENTS: Mapping[str, str | None] = MappingProxyType({})


def to_score(value: Any) -> int | None:
    """A score as an int, None if it is missing."""
    if type(value) is int and 0 <= value < POINTS:  # nearly always
        return value
    cell = cell_of(value)
    if cell == INVALID:
        raise InvalidScoreError(
            f"score must be a whole number between 0 and 10, or None, got {shown(value)}", examples=((None, value),)
        )
    return None if cell == MISSING else cell


def to_time(value: Any) -> dt.datetime | None:
    """A time as a datetime, None if it is missing; a date is its first moment."""
    if value is None or is_missing(value):
        return None
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    raise InvalidInputError(f"at must be a datetime, a date or None, got {shown(value)}")


def to_text(value: Any) -> str | None:
    """A text, None if it is missing or empty."""
    if value is None:
        return None
    if isinstance(value, str):
        return str.__str__(value) or None
    if is_missing(value):
        return None
    raise InvalidInputError(f"a reason or suggestion must be text or None, got {type(value).__name__}")


def to_respondent(value: Any) -> str | int | None:
    """A respondent's id, None if it is missing or empty."""
    if value is None or is_missing(value):
        return None
    if isinstance(value, str):
        return str.__str__(value) or None
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():  # whole numbers with gaps, as pandas keeps them
        if abs(value) < EXACT:
            return int(value)
        raise InvalidInputError(
            "ids of 2**53 and more must be texts or whole numbers: floats have lost their last digits, which makes one "
            "person of two"
        )
    raise InvalidInputError(f"a respondent must be a text, a whole number or None, got {type(value).__name__}")


def to_weight(value: Any) -> float | None:
    """A sampling weight, None for an unweighted answer."""
    if value is None:
        return None
    weight = as_weight(value)
    if math.isnan(weight):
        raise InvalidInputError(f"{WEIGHTS}, got {shown(value)}")
    return weight


def to_segments(value: Any) -> Mapping[str, str | None]:
    """Segment labels as a mapping that cannot be changed."""
    if not isinstance(value, Mapping):
        raise InvalidInputError(f"segments must be a mapping of names to labels, got {type(value).__name__}")
    if not value:
        return _NO_SEGMENTS
    for name, label in value.items():
        if not isinstance(name, str) or not (label is None or isinstance(label, str)):
            raise InvalidInputError(f"segments must map text to text or None, got {name!r}: {label!r}")
    return MappingProxyType(dict(value))


def check_responses(rows: Iterable[object]) -> None:
    """Refuse what is no response, naming its row."""
    for index, row in enumerate(rows):
        if not isinstance(row, Response):
            raise InvalidInputError(f"responses must be Response objects, got {type(row).__name__} (index {index})")


@overload
def instant_of(at: dt.datetime) -> dt.datetime: ...
@overload
def instant_of(at: None) -> None: ...
def instant_of(at: dt.datetime | None) -> dt.datetime | None:
    """What two times are compared by: in the hour that the clocks show twice, Python goes by the clock alone."""
    if at is None or at.tzinfo is None:
        return at
    try:
        return at.astimezone(dt.UTC)
    except OverflowError:  # the first or the last day that Python knows
        return at


def _labelled(segments: Mapping[str, str | None]) -> frozenset[tuple[str, str | None]]:
    return frozenset(item for item in segments.items() if item[1] is not None)


@attrs.frozen
class Response(Immutable):
    """One person's answer: a score, and what is known beside it.

    Two responses are equal if everything they hold is; a segment labelled None says the same as no such segment. The
    repr shows neither the respondent nor any text, so that a log or a traceback gives no one away.

    Attributes:
        score: The answer to "how likely are you to recommend us?", a whole number from 0 to 10 (the survey's
            :class:`Scale` may allow less), or None if it was not given.
        at: When it was given.
        respondent: Who gave it: an id.
        reason: The answer to "why?".
        suggestion: The answer to "what could we do better?".
        segments: Labels by name, such as ``{"region": "north"}``.
        weight: A sampling weight, None if the survey has none.
        invalid: True for an answer that was given but is not a score of the scale; its score is None.

    Raises:
        InvalidScoreError: If the score is not a whole number from 0 to 10.
        InvalidInputError: If another attribute is not what it must be.

    Example:
        >>> import nps_core as nc
        >>> nc.Response(9, reason="fast and friendly", segments={"region": "north"})
        Response(score=9, segments={'region': 'north'}, reason=<hidden>)
    """

    score: int | None = attrs.field(converter=to_score)
    at: dt.datetime | None = attrs.field(default=None, converter=to_time, kw_only=True, eq=instant_of)
    respondent: str | int | None = attrs.field(default=None, converter=to_respondent, kw_only=True)
    reason: str | None = attrs.field(default=None, converter=to_text, kw_only=True)
    suggestion: str | None = attrs.field(default=None, converter=to_text, kw_only=True)
    segments: Mapping[str, str | None] = attrs.field(
        default=_NO_SEGMENTS, converter=to_segments, kw_only=True, eq=_labelled
    )
    weight: float | None = attrs.field(default=None, converter=to_weight, kw_only=True)
    invalid: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse a response that has a score and calls it invalid."""
        if self.invalid is False:
            return
        must_be_bool("invalid", self.invalid)
        if self.score is not None:
            raise InvalidInputError(f"an invalid response must have the score None, got {self.score}")

    def __repr__(self) -> str:
        """Whatever is set; of respondent and texts only that they are."""
        told = {"score": self.score, "at": self.at, "segments": dict(self.segments), "weight": self.weight}
        parts = [f"{name}={value!r}" for name, value in told.items() if name == "score" or value not in (None, {})]
        parts += [
            f"{name}=<hidden>" for name in ("respondent", "reason", "suggestion") if getattr(self, name) is not None
        ]
        return f"Response({', '.join(parts + ['invalid=True'] * self.invalid)})"
