"""How a survey programme runs: how many answers when, where there are gaps, and how often people answer."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.periods import some_of, undated_in_words, zone_in_words
from nps_core.analysis.result import Result
from nps_core.counting.calendar import Every, check_every, period_label, period_range, period_starts
from nps_core.counting.kernel import INVALID, MISSING
from nps_core.counting.zones import Days, local_days
from nps_core.display import numbers
from nps_core.display.columns import ColumnChart, Part
from nps_core.display.tables import Table
from nps_core.errors import IncompatibleError, InvalidInputError, NoAnswersError
from nps_core.model.immutable import FrozenMapping
from nps_core.model.selection import number_persons
from nps_core.model.survey import KINDS, Kind, Survey
from nps_core.model.tabular import Columns

_DAY = np.timedelta64(1, "D")

_MOST_ROWS: Final = 60
"""So many of the last periods are printed."""


@attrs.frozen(kw_only=True)
class RhythmPeriod:
    """One period of a programme.

    Attributes:
        label: Its name.
        start: Its first day.
        responses: How many people were asked, answered or not.
        n: How many of them gave a score.
        missing: How many gave no answer.
        invalid: How many gave an answer that is not a score.
        kinds: How many were asked in relationship and in transactional surveys, and in surveys that do not say (None);
            only the kinds that occur.
    """

    label: str
    start: dt.date
    responses: int
    n: int
    missing: int
    invalid: int
    kinds: Mapping[Kind | None, int]


@attrs.frozen(kw_only=True)
class Gap:
    """Periods in a row in which nobody was asked.

    Attributes:
        first: The name of the first.
        last: The name of the last.
        start: The first day.
        end: The last day.
        periods: How many there are.
    """

    first: str
    last: str
    start: dt.date
    end: dt.date
    periods: int


@attrs.frozen(kw_only=True, repr=False)
class Rhythm(Result):
    """How a survey programme runs: look at it before you believe a trend.

    A score can move because the programme does: other kinds of surveys, weeks without any, few people who answer often.

    Attributes:
        every: The length of a period.
        time_zone: The zone of the calendar, ``"naive"`` for times taken as written.
        periods: Every period from the first to the last, also those in which nobody was asked.
        gaps: Periods in a row in which nobody was asked.
        longest_silence: The most days that passed from one day on which somebody was asked to the next.
        kinds: How many were asked in each kind of survey; None for surveys that do not say.
        mixed_periods: The names of the periods with answers of more than one kind, which one score should not mix.
        respondents: How many different respondents there are.
        answers_per_respondent: How many respondents were asked so many times, by the number of times.
        median_days_between: The median of the days between two surveys of the same respondent, None if nobody was asked
            twice.
        anonymous: How many responses have no respondent.
        undated: How many have no known time, and are in no period.
    """

    every: Every
    time_zone: str | None
    periods: tuple[RhythmPeriod, ...]
    gaps: tuple[Gap, ...]
    longest_silence: int
    kinds: Mapping[Kind | None, int]
    mixed_periods: tuple[str, ...]
    respondents: int
    answers_per_respondent: Mapping[int, int]
    median_days_between: float | None
    anonymous: int
    undated: int

    __iter__: ClassVar[None] = None  # its periods are to be iterated over

    def __len__(self) -> int:
        """How many periods there are."""
        return len(self.periods)

    @property
    def mixes_kinds(self) -> bool:
        """Whether both relationship and transactional surveys are in it."""
        return len(self.kinds.keys() - {None}) > 1

    def _columns(self) -> Columns:
        fields = ("responses", "n", "missing", "invalid")
        columns: Columns = {
            "period": [period.label for period in self.periods],
            "start": np.array([period.start for period in self.periods], "datetime64[D]"),
        }
        columns |= {name: [getattr(period, name) for period in self.periods] for name in fields}
        return columns | {kind or "unknown_kind": self._of_kind(kind) for kind in self.kinds}

    def _of_kind(self, kind: Kind | None) -> list[Any]:
        return [period.kinds.get(kind, 0) for period in self.periods]

    def _picture(self) -> ColumnChart:
        return ColumnChart(
            title=self._table().title,
            labels=[period.label for period in self.periods],
            parts=[
                Part(name=kind or "unknown kind", heights=self._of_kind(kind), colours=f"C{number}")
                for number, kind in enumerate(self.kinds)
            ],
            across=self.every,
            up="people asked",
        )

    def _table(self) -> Table:
        shown_rows = slice(-_MOST_ROWS, None)
        several = len(self.kinds) > 1
        shown: list[Kind | None] = [*self.kinds] if several else []
        rows = zip(
            [period.label for period in self.periods[shown_rows]],
            [numbers.count(period.responses) for period in self.periods[shown_rows]],
            [numbers.count(period.n) for period in self.periods[shown_rows]],
            *(map(numbers.count, self._of_kind(kind)[shown_rows]) for kind in shown),
            strict=True,
        )
        total = sum(period.responses for period in self.periods)
        return Table(
            title=f"Rhythm by {self.every}: {numbers.count(total)} responses",
            header=(self.every, "responses", "scores", *(kind or "unknown kind" for kind in shown)),
            rows=tuple(rows),
            notes=tuple(self._notes()),
        )

    def _notes(self) -> list[str]:
        silence = self.longest_silence
        days = "1 day" if silence == 1 else f"{numbers.count(silence)} days"
        notes = [f"{zone_in_words(self.time_zone)}. From one day with answers to the next: {days} at most."]
        if len(self) > _MOST_ROWS:
            notes.append(f"Before these: {numbers.count(len(self) - _MOST_ROWS)} periods; to_dicts() has all.")
        if self.gaps:
            told = tuple(gap.first if gap.periods == 1 else f"{gap.first} to {gap.last}" for gap in self.gaps)
            notes.append(f"Nobody was asked in: {some_of(told)}.")
        if self.mixed_periods:
            notes.append(f"Different kinds of surveys in the same {self.every}: {some_of(self.mixed_periods)}.")
        if self.respondents:
            times = ", ".join(
                f"{_times(number)}: {numbers.count(people)}" for number, people in self.answers_per_respondent.items()
            )
            between = self.median_days_between
            again = "" if between is None else f"; median of the days between: {numbers.decimal(between, 0)}"
            notes.append(f"Respondents: {numbers.count(self.respondents)} (asked {times}{again}).")
        if self.anonymous:
            notes.append(f"Without a respondent: {numbers.count(self.anonymous)}.")
        return notes + undated_in_words(self.undated)

    def __repr__(self) -> str:
        """The size, without the numbers."""
        return f"Rhythm(every={self.every!r}, periods={len(self)}, gaps={len(self.gaps)}, undated={self.undated})"


def rhythm(*surveys: Survey, every: Every = "week") -> Rhythm:
    """How a survey programme runs: responses per period, gaps, mixed kinds, and how often the same people are asked.

    Args:
        surveys: One survey with times, or several with times in the same zone: relationship and transactional ones,
            on whatever scales.
        every: ``"day"``, ``"week"`` (ISO, from Monday), ``"month"``, ``"quarter"`` or ``"year"``.

    Raises:
        InvalidInputError: If no survey is given, or something else.
        IncompatibleError: If the surveys are of different time zones, or some respondents are text and others numbers.
        NoAnswersError: If no response has a known time.

    Example:
        >>> import datetime as dt
        >>> import nps_core as nc
        >>> at = [dt.date(2026, 1, 5), dt.date(2026, 1, 7), dt.date(2026, 1, 26)]
        >>> survey = nc.Survey.from_scores([9, 3, 10], at=at, time_zone="naive", respondents=["a", "b", "a"])
        >>> print(nc.rhythm(survey))
        Rhythm by week: 3 responses
        <BLANKLINE>
        week      responses  scores
        ---------------------------
        2026-W02          2       2
        2026-W03          0       0
        2026-W04          0       0
        2026-W05          1       1
        <BLANKLINE>
        Times as written, without a zone. From one day with answers to the next: 19 days at most.
        Nobody was asked in: 2026-W03 to 2026-W04.
        Respondents: 2 (asked once: 1, twice: 1; median of the days between: 21).
    """
    check_every(every)
    programme = Programme.of(surveys)
    known = ~np.isnat(programme.days)
    days = programme.days[known]
    if not len(days):
        raise NoAnswersError("a rhythm needs responses with a known time, got none")
    starts = period_starts(days, every)
    every_start = period_range(starts.min(), starts.max(), every)
    row = np.searchsorted(every_start, starts)
    counts = np.zeros((len(every_start), 3, len(KINDS) + 1), np.int64)
    np.add.at(counts, (row, programme.answers[known], programme.kinds[known]), 1)
    labels = [period_label(start, every) for start in every_start.tolist()]
    of_kind = counts.sum(axis=1)
    times, between = programme.repetitions()
    return Rhythm(
        every=every,
        time_zone=programme.time_zone,
        periods=tuple(
            RhythmPeriod(
                label=label,
                start=start,
                responses=n + missing + invalid,
                n=n,
                missing=missing,
                invalid=invalid,
                kinds=_by_kind(kinds),
            )
            for label, start, (n, missing, invalid), kinds in zip(
                labels, every_start.tolist(), counts.sum(axis=2).tolist(), of_kind.tolist(), strict=True
            )
        ),
        gaps=_gaps(labels, every_start, of_kind.sum(axis=1) == 0),
        longest_silence=int(np.diff(np.unique(days)).astype(np.int64).max(initial=0)),
        kinds=_by_kind(np.bincount(programme.kinds, minlength=len(KINDS) + 1).tolist()),
        mixed_periods=tuple(labels[i] for i in np.flatnonzero((of_kind[:, :-1] > 0).sum(axis=1) > 1)),
        respondents=sum(times.values()),
        answers_per_respondent=FrozenMapping(times),
        median_days_between=between,
        anonymous=int(np.count_nonzero(programme.persons < 0)),
        undated=int(np.count_nonzero(~known)),
    )


@attrs.frozen(kw_only=True, eq=False)
class Programme:
    """The responses of one survey or of several, one after another.

    Attributes:
        time_zone: The zone of the calendar.
        days: The day of each response, NaT where unknown, shape (n,).
        persons: The number of each respondent, -1 where unknown, shape (n,).
        names: Each respondent once, in the order of the numbers.
        kinds: The position of each response's kind in :data:`KINDS`, and the one after for none, shape (n,).
        answers: 0 for a score, 1 for a missing and 2 for an invalid answer, shape (n,).
    """

    time_zone: str | None
    days: Days
    persons: NDArray[np.int64]
    names: tuple[str | int, ...]
    kinds: NDArray[np.int64]
    answers: NDArray[np.int64]

    @classmethod
    def of(cls, surveys: Sequence[Any]) -> "Programme":
        """Put surveys one after another; respondents of the same id are the same in all."""
        if not surveys:
            raise InvalidInputError("at least one survey must be given, got none")
        for place, survey in enumerate(surveys):
            if not isinstance(survey, Survey):
                raise InvalidInputError(f"every argument must be a Survey, got {type(survey).__name__} (index {place})")
        timed = [survey for survey in surveys if survey._instants is not None] or [surveys[0]]
        zones = list(dict.fromkeys(survey.time_zone for survey in timed))
        if len(zones) > 1:
            raise IncompatibleError(f"surveys must have the same time zone to be put together, got {zones}")
        respondents = [each for survey in surveys for each in survey._respondents or (None,) * len(survey)]
        names = tuple(dict.fromkeys(each for each in respondents if each is not None))
        texts = sum(isinstance(name, str) for name in names)
        if 0 < texts < len(names):
            raise IncompatibleError(
                "respondents must be all text or all numbers to be told apart, got "
                f"{texts} that are text and {len(names) - texts} that are numbers"
            )
        cells = np.concatenate([survey._cells for survey in surveys])
        kinds = [KINDS.index(survey.kind) if survey.kind else len(KINDS) for survey in surveys]
        return cls(
            time_zone=zones[0],
            days=np.concatenate([_days_of(survey) for survey in surveys]),
            persons=number_persons(respondents),
            names=names,
            kinds=np.repeat(kinds, [len(survey) for survey in surveys]),
            answers=np.where(cells == MISSING, 1, np.where(cells == INVALID, 2, 0)),
        )

    def repetitions(self) -> tuple[dict[int, int], float | None]:
        """How many respondents were asked so many times, and the median of the days in between."""
        known = self.persons >= 0
        times = np.bincount(self.persons[known], minlength=len(self.names))
        number, people = np.unique(times, return_counts=True)
        dated = known & ~np.isnat(self.days)
        persons, days = self.persons[dated], self.days[dated]
        order = np.lexsort((days, persons))
        between = np.diff(days[order]).astype(np.int64)[np.diff(persons[order]) == 0]
        median = float(np.median(between)) if len(between) else None
        return dict(zip(number.tolist(), people.tolist(), strict=True)), median


def _days_of(survey: Survey) -> Days:
    """The day of each response; all unknown if the survey has no times."""
    if survey._instants is None:
        return np.full(len(survey), np.datetime64("NaT", "D"))
    return local_days(survey._instants, survey.time_zone)


def _by_kind(counts: Sequence[int]) -> FrozenMapping[Kind | None, int]:
    """Counts by kind, without the kinds that do not occur."""
    kinds: tuple[Kind | None, ...] = (*KINDS, None)
    return FrozenMapping({kind: count for kind, count in zip(kinds, counts, strict=True) if count})


def _gaps(labels: Sequence[str], starts: Days, is_empty: NDArray[np.bool_]) -> tuple[Gap, ...]:
    """The runs of empty periods, which have periods before and after them."""
    edges = np.diff(is_empty.astype(np.int8))
    begins, ends = np.flatnonzero(edges == 1) + 1, np.flatnonzero(edges == -1)
    last_days = (starts[ends + 1] - _DAY).tolist()
    return tuple(
        Gap(first=labels[begin], last=labels[end], start=start, end=last_day, periods=end - begin + 1)
        for begin, end, start, last_day in zip(
            begins.tolist(), ends.tolist(), starts[begins].tolist(), last_days, strict=True
        )
    )


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
