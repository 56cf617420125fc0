"""Why the score is what it is: shares and rates, drivers, themes, words, and how firm all that is."""

from collections.abc import Mapping, Sequence

import nps_core as nc

from shop_loyalty.reports import difference_line, interval_text


def effect_text(effect: nc.Effect) -> str:
    """An effect with its interval."""
    return f"{effect.value:+.1f} ({interval_text(effect.confidence_interval)})"


def rate_of(change: nc.SegmentChange) -> float:
    """What a shop changed by its own score."""
    return change.rate.value


def why_changed(before: nc.Tallyable, after: nc.Tallyable) -> list[str]:
    """A change as a sum: other shops weigh more, or shops got better."""
    found: nc.ChangeDecomposition = nc.decompose_change(before, after, by="shop")
    main = max(found.segments, key=lambda change: abs(rate_of(change)))
    return [f"mix {effect_text(found.mix)}", f"rate {effect_text(found.rate)}", f"mostly {main.label}"]


def compare_waves(before: nc.Survey, after: nc.Survey) -> str:
    """Two waves, with the same people where there are some."""
    found: nc.Difference = nc.compare(before, after, pairing="overlapping")
    return difference_line(found)


def driver_line(driver: nc.Driver) -> str:
    """A driver in one line."""
    return f"{driver.name}: {driver.importance:.0%}, {driver.quadrant or 'the only one'}"


def driver_lines(survey: nc.Survey, ratings: Mapping[str, Sequence[int | None]]) -> list[str]:
    """What goes with the score, the most important first."""
    found: nc.KeyDrivers = nc.key_drivers(survey, ratings, n_resamples=50, rng=1)
    return [driver_line(driver) for driver in sorted(found.drivers, key=lambda driver: -driver.importance)]


def costs(theme: nc.Theme) -> float:
    """How many points a theme costs."""
    return -(theme.contribution or 0.0)


def costliest_theme(survey: nc.Survey, themes: Mapping[str, Sequence[bool]]) -> str:
    """The theme of comments that costs the most."""
    found: nc.ThemeTable = nc.theme_impacts(survey, themes)
    return max(found.themes, key=costs).name


def quote(verbatim: nc.Verbatim) -> str:
    """What somebody said."""
    return f"{verbatim.score}: {verbatim.reason}"


def quotes_of(survey: nc.Survey, category: nc.Category) -> list[str]:
    """What some of a category said."""
    found: nc.Verbatims = nc.verbatims(survey, category=category, limit=3)
    return [quote(verbatim) for verbatim in found.rows if verbatim.reason]


def share_text(share: nc.Share) -> str:
    """A share in words."""
    return f"{share.count} of {share.of}"


def won_over(before: nc.Survey, after: nc.Survey) -> str:
    """How many detractors became promoters."""
    moves: nc.CategoryMoves = nc.category_moves(before, after)
    return share_text(moves.share(nc.Category.DETRACTOR, nc.Category.PROMOTER))


def is_firm(before: nc.Tallyable, after: nc.Tallyable) -> bool:
    """Whether a change has one direction in whatever way the scores are cut."""
    found: nc.Robustness = nc.robustness(before, after)
    return found.holds_for_every_coding


def worst_case(data: nc.Tallyable, *, invited: int) -> float:
    """The score if all the silent were unhappy."""
    bounds: nc.NonresponseBounds = nc.nonresponse(data, invited=invited)
    return bounds.low
