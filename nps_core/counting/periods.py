"""The calendar of a report: periods in a row, their names, the same one a year before; fiscal years, if need be."""

import datetime as dt
from typing import Any, Final

import attrs
import numpy as np

from nps_core.counting.calendar import Every, check_every, period_label, period_range, period_starts
from nps_core.counting.zones import Days
from nps_core.errors import InvalidInputError

_FISCAL: Final = ("quarter", "year")

_MONTHS: Final = 12
_YEAR: Final = np.timedelta64(_MONTHS, "M")
_DAY: Final = np.timedelta64(1, "D")


def _month(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 1 <= value <= _MONTHS:
        raise InvalidInputError(f"fiscal_start_month must be a month from 1 to 12, got {value!r}")
    return int(value)


@attrs.frozen
class Calendar:
    """Periods of one length. With a first month other than January, quarters and years are those of the fiscal year.

    Attributes:
        every: The length of a period.
        first_month: The month that the fiscal year begins with.
    """

    every: Every = attrs.field(validator=lambda _, __, every: check_every(every))
    first_month: int = attrs.field(default=1, converter=_month)

    @property
    def is_fiscal(self) -> bool:
        """Whether its periods are others than those of the calendar year."""
        return self.first_month != 1 and self.every in _FISCAL

    @property
    def counted_every(self) -> Every:
        """The calendar period by which answers are counted, that these periods are then made of."""
        return "month" if self.is_fiscal else self.every

    def starts_of(self, starts: Days) -> Days:
        """The first day of the period that each period of :attr:`counted_every` belongs to."""
        if not self.is_fiscal:
            return starts
        return self._shifted(period_starts(self._shifted(starts, -1), self.every), 1)

    def between(self, first: np.datetime64, last: np.datetime64) -> Days:
        """The starts of all periods from one start to another, both included."""
        if not self.is_fiscal:
            return period_range(first, last, self.every)
        ends = self._shifted(np.array([first, last]), -1)
        return self._shifted(period_range(ends[0], ends[1], self.every), 1)

    def label(self, start: dt.date) -> str:
        """A period's name: 2025-03-06, 2025-W10, 2025-03, 2025-Q1, 2025; FY2026 for the one that ends in 2026."""
        if not self.is_fiscal:
            return period_label(start, self.every)
        months = start.year * _MONTHS + start.month - self.first_month
        year, quarter = months // _MONTHS + 1, months % _MONTHS // 3 + 1
        return f"FY{year:04}-Q{quarter}" if self.every == "quarter" else f"FY{year:04}"

    def year_before(self, starts: Days) -> Days:
        """The start of the same period a year before: the same date, or the week of the same number; NaT if none is.

        There is none for 29 February, nor for a week 53 after a year of 52.
        """
        if self.every == "week":
            return _week_before(starts)
        months = starts.astype("datetime64[M]")
        before = (months - _YEAR).astype("datetime64[D]") + (starts - months.astype("datetime64[D]"))
        return np.where(before.astype("datetime64[M]") == months - _YEAR, before, np.datetime64("NaT", "D"))

    def _shifted(self, starts: Days, direction: int) -> Days:
        """First days of months, moved by as many months as the fiscal year begins after January."""
        months = starts.astype("datetime64[M]") + np.timedelta64(direction * (self.first_month - 1), "M")
        return months.astype("datetime64[D]")


def _week_before(mondays: Days) -> Days:
    """The Monday of the ISO week of the same number in the year before."""
    years = (mondays + 3 * _DAY).astype("datetime64[Y]")  # the year of a week is that of its Thursday
    last_year: Days = np.subtract(years, np.timedelta64(1, "Y"))
    of_year = _first_mondays(years)
    before = _first_mondays(last_year) + (mondays - of_year)
    return np.where(before < of_year, before, np.datetime64("NaT", "D"))


def _first_mondays(years: Days) -> Days:
    """The Monday of the first week of each year: the week of 4 January."""
    return period_starts(np.asarray(years.astype("datetime64[D]") + 3 * _DAY, "datetime64[D]"), "week")
