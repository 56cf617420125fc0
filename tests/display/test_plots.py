"""Pictures: what is drawn is what was given."""

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import pytest

import nps_core as nc
from nps_core.display import plots

mpl.use("Agg")  # no window
pyplot: Any = pytest.importorskip("matplotlib.pyplot")

MONDAY = dt.date(2025, 1, 6)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    pyplot.close("all")


def weekly(counts: dict[str, list[tuple[int, int, int] | None]]) -> nc.Tally:
    rows = [
        (shop, MONDAY + dt.timedelta(weeks=week), score, count)
        for shop, weeks in counts.items()
        for week, counted in enumerate(weeks)
        for score, count in zip((9, 7, 3), counted or (0, 0, 0), strict=True)
        if count
    ]
    return nc.Tally.from_cells(rows, by="shop", every="week")


STEADY: list[tuple[int, int, int] | None] = [(45, 30, 25), (40, 35, 25)] * 10
STRANGE = [*STEADY[:15], (5, 10, 85), *STEADY[16:]]
FALLEN = [*STEADY, *[(20, 30, 50), (25, 25, 50)] * 6]
TALLY = weekly({"$a$ & b": STEADY, "strange": STRANGE, "fallen": FALLEN, "short": [None, (5, 3, 2)]})


def shown(axes: Any) -> list[tuple[list[Any], list[float]]]:
    """The days and the values of each line but the one at 0."""
    lines = [line for line in axes.get_lines() if list(line.get_ydata()) != [0, 0]]
    return [(list(line.get_xdata()), list(line.get_ydata())) for line in lines]


@pytest.mark.parametrize("shop", ["$a$ & b", "strange", "fallen", "short"])
def test_a_trend_shows_its_scores_levels_and_unusual_periods(shop: str) -> None:
    trend = nc.trend(TALLY.where(segments={"shop": shop}), every="week")
    axes = trend.plot()
    (days, values), *levels, (unusual, _) = shown(axes)
    assert days == [period.start for period in trend.periods]
    for value, period in zip(values, trend.periods, strict=True):
        assert math.isnan(value) if period.score is None else value == period.score.value
    assert [(each[0][0], *set(each[1])) for each in levels] == [(lv.start, lv.value) for lv in trend.levels or ()]
    assert unusual == [trend[label].start for label in (trend.limits.unusual if trend.limits else ())]
    assert (axes.get_title(loc="left"), axes.get_ylabel()) == ("NPS by week", "NPS")
    axes.figure.canvas.draw()


def test_the_band_is_that_of_the_intervals() -> None:
    trend = nc.trend(TALLY.where(segments={"shop": "fallen"}), every="week")
    (band,) = trend.plot().collections
    heights = band.get_paths()[0].vertices[:, 1]
    limits = [period.score.confidence_interval for period in trend.periods if period.score]
    assert heights.min() == min(limit.low for limit in limits)
    assert heights.max() == max(limit.high for limit in limits)


def test_axes_of_ones_own_are_drawn_in() -> None:
    _, own = pyplot.subplots()
    assert nc.trend(TALLY, every="week").plot(ax=own) is own
    survey = nc.Survey.from_scores([9, 3], at=[MONDAY, MONDAY], time_zone="naive")
    assert nc.rolling(survey, days=7).plot(ax=own) is own
    assert len(pyplot.get_fignums()) == 1


def test_segments_are_small_pictures_on_the_same_axes() -> None:
    trends = nc.trend(TALLY, every="week", by="shop")
    figure = trends.plot()
    drawn = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in drawn] == [r"\$a\$ & b", "fallen", "short", "strange"]
    assert len({axes.get_ylim() for axes in drawn}) == len({axes.get_xlim() for axes in drawn}) == 1
    figure.canvas.draw()


def test_a_row_that_is_not_full_leaves_no_picture_without_its_dates() -> None:
    figure = nc.trend(weekly({f"shop {i}": STEADY for i in range(6)}), every="week", by="shop").plot()
    figure.canvas.draw()
    labelled = [any(text.get_visible() and text.get_text() for text in axes.get_xticklabels()) for axes in figure.axes]
    assert labelled[:6] == [False, False, True, True, True, True]
    assert [axes.get_visible() for axes in figure.axes] == [True] * 6 + [False] * 2


def test_a_segment_without_scores_has_no_picture() -> None:
    survey = nc.Survey.from_scores([9, None], at=[MONDAY] * 2, time_zone="naive", segments={"shop": ["a", "b"]})
    assert len(nc.trend(survey, every="week", by="shop").plot().axes) == 1


def test_rolling_scores_show_their_windows() -> None:
    survey = nc.Survey.from_scores(
        [9, 3, 10],
        at=[MONDAY + dt.timedelta(days=40 * i) for i in range(3)],
        time_zone="naive",
        segments={"shop": ["a", "b", "a"]},
    )
    rolling = nc.rolling(survey, days=30)
    axes = rolling.plot()
    days, values = shown(axes)[0]
    assert days == list(rolling.ends)
    assert [None if math.isnan(v) else v for v in values] == [p.score and p.score.value for p in rolling.points]
    assert axes.get_title(loc="left") == "NPS of the last 30 days"
    figure = nc.rolling(survey, days=30, by="shop").plot()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["a", "b"]


def test_nobody_looks_at_hundreds_of_pictures() -> None:
    many = weekly({f"shop {i}": [(5, 3, 2)] for i in range(65)})
    for result in (nc.trend(many, every="week", by="shop"), nc.rolling(weekly_by_day(), days=7, by="shop")):
        with pytest.raises(nc.InvalidInputError, match=r"^a plot must be of 64 segments at most, got 65; where\(\)"):
            result.plot()


def weekly_by_day() -> nc.Tally:
    return nc.Tally.from_cells([(f"shop {i}", MONDAY, 9, 1) for i in range(65)], by="shop", every="day")


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.pyplot", None)
    with pytest.raises(nc.MissingDependencyError, match=r"plot\(\) needs matplotlib.*pip install 'nps_core\[plot\]'"):
        nc.trend(TALLY, every="week").plot()


def test_a_panel_holds_plain_values_only() -> None:
    panel = plots.Panel(title="t", days=[MONDAY], values=[1.0], lows=[0.0], highs=[2.0])
    assert shown(plots.draw(panel))[0] == ([MONDAY], [1.0])
