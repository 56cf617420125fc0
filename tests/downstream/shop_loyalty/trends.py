"""What happens over time: months, windows, changes of level, and how often we ask."""

import datetime as dt
from collections.abc import Iterable

import nps_core as nc
from nps_core.annotations import Every

from shop_loyalty.reports import difference_line, interval_text


def period_line(period: nc.Period) -> str:
    """One period in one line."""
    if period.score is None:
        return f"{period.label}: no answer"
    change = "" if period.change is None else f" ({period.change.value:+.0f})"
    return f"{period.label}: {period.score.rounded}{change}"


def slope_text(slope: nc.Slope | nc.TooFewPeriods) -> str:
    """A slope, or why there is none."""
    if isinstance(slope, nc.TooFewPeriods):
        return f"{slope.needed - slope.got} more periods are needed"
    return f"{slope.value:+.1f} points each ({interval_text(slope.confidence_interval)})"


def month_lines(data: nc.Tallyable, *, every: Every = "month") -> list[str]:
    """One line per month, and where it goes."""
    trend: nc.Trend = nc.trend(data, every=every)
    return [*map(period_line, trend.periods), f"slope: {slope_text(trend.slope)}"]


def change_line(point: nc.ChangePoint) -> str:
    """A change of level in one line."""
    before, after = point.before, point.after
    return f"{before.value:.0f} until {before.last}, {after.value:.0f} since {after.first}"


def last_change(trend: nc.Trend) -> str | None:
    """The last change of level, None if there is none, or nobody can tell."""
    points = trend.change_points
    return change_line(points[-1]) if points else None


def level_now(trend: nc.Trend) -> nc.Level | None:
    """The level since the last change."""
    return trend.current_level or None


def unusual_months(trend: nc.Trend) -> tuple[str, ...]:
    """The months outside the limits of what is usual here."""
    limits: nc.Limits | nc.TooFewPeriods = trend.limits
    return limits.unusual if limits else ()


def warned_since(trend: nc.Trend) -> str | None:
    """The month since which something seems to be changing."""
    warning: nc.EarlyWarning | nc.TooFewPeriods = trend.early_warning
    if isinstance(warning, nc.TooFewPeriods):
        return None
    return warning.since


def moving_shops(data: nc.Tallyable) -> list[str]:
    """The shops whose score rises or falls for sure."""

    def text(move: nc.SegmentMove) -> str:
        return f"{move.label}: {slope_text(move.slope)}"

    trends: nc.SegmentTrends = nc.trend(data, every="month", by="shop")
    return [text(move) for move in trends.moves if move.moved]


def window_value(window: nc.RollingScore) -> float | None:
    """The score of a window."""
    return None if window.score is None else window.score.value


def rolling_values(data: nc.Tallyable, *, days: int = 30) -> dict[dt.date, float | None]:
    """The score of the last days, on each day."""
    windows: nc.RollingScores = nc.rolling(data, days=days)
    return {window.end: window_value(window) for window in windows.points}


def rolling_by_shop(data: nc.Tallyable) -> dict[str | None, float | None]:
    """The last score of each shop over a quarter."""
    windows: nc.SegmentRolling = nc.rolling(data, months=3, every="month", by="shop")
    return {shop: window_value(windows[shop].points[-1]) for (shop,) in windows.labels}


def days_until_known(days: Iterable[nc.Tallyable], target: float) -> int | None:
    """After how many days we know that a target is met or missed, though we look every day."""
    watch: nc.Monitor = nc.monitor()
    for number, day in enumerate(days, start=1):
        watch = watch.update(day)
        if watch.excludes(target):
            return number
    return None


def beyond(step: nc.Step | nc.TooFewPeriods) -> bool:
    """Whether a step is more than chance."""
    return step.pvalue < 0.05 if step else False


def campaign_line(data: nc.Tallyable, start: dt.date) -> str:
    """What a campaign changed."""
    effect: nc.ActivityEffect = nc.effect_of(data, start, by="shop", every="week")
    more = " beyond the trend" if beyond(effect.beyond_trend) else ""
    return f"{difference_line(effect.difference)}{more}"


def gap_line(gap: nc.Gap) -> str:
    """A silence in one line."""
    return f"{gap.first} to {gap.last}: {gap.periods} without answers"


def busiest(periods: Iterable[nc.RhythmPeriod]) -> str:
    """The period with the most responses."""
    return max(periods, key=lambda period: period.responses).label


def rhythm_lines(*surveys: nc.Survey) -> list[str]:
    """How regularly we ask."""
    found: nc.Rhythm = nc.rhythm(*surveys, every="month")
    return [f"busiest: {busiest(found.periods)}", *map(gap_line, found.gaps)]


RULES = nc.QuarantineRules(relationship=90, transactional=30, any_kind=14)


def asked_again_from(person: nc.QuarantinedRespondent) -> dt.date | None:
    """From when a customer may be asked after a visit."""
    return person.transactional_from


def may_be_asked(survey: nc.Survey, day: dt.date) -> dict[str | int, dt.date | None]:
    """Who may be asked on a day, and since when."""
    found: nc.Quarantine = nc.quarantine(survey, rules=RULES)
    return {customer: asked_again_from(found[customer]) for customer in found.may_be_asked("transactional", on=day)}
