"""plot() of the results of analyses: what is drawn is what was found."""

import datetime as dt
import math
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import pytest
from drawn import bars, points, spans, texts_outside, visible_texts
from matplotlib import pyplot as plt
from results import MAKE

import nps_core as nc
from nps_core.display.pictures import CATEGORY_COLOURS

MONDAY = dt.date(2025, 1, 6)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


every_result = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)


@every_result
@pytest.mark.filterwarnings("ignore::nps_core.NPSWarning")
def test_every_result_is_drawn_within_its_canvas(make: Callable[[], Any]) -> None:
    axes = make().plot()
    assert isinstance(axes, mpl.axes.Axes)
    assert axes.get_title(loc="left")
    assert texts_outside(axes) == []


@every_result
@pytest.mark.filterwarnings("ignore::nps_core.NPSWarning")
def test_axes_of_ones_own_are_drawn_in(make: Callable[[], Any]) -> None:
    figure, (_, own) = plt.subplots(1, 2, figsize=(16, 6), layout="constrained")
    assert make().plot(ax=own) is own
    figure.canvas.draw()
    assert plt.get_fignums() == [1]


@pytest.mark.parametrize("style", ["dark_background", "grayscale", "ggplot", "seaborn-v0_8-talk"])
def test_the_style_sheet_of_the_user_is_followed(style: str) -> None:
    with plt.style.context(style):
        axes = nc.by_segment(MAKE_SHOPS, "shop").plot()
        assert texts_outside(axes) == []
        line, *_ = (each for each in axes.get_lines() if each.get_linestyle() == "--")
        assert mpl.colors.same_color(line.get_color(), mpl.rcParams["text.color"])


MAKE_SHOPS = nc.Tally.from_cells([("a", 9, 30), ("a", 3, 10), ("b", 9, 10), ("b", 7, 5), ("c", None, 3)], by="shop")


def labels_of(axes: Any) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


def notes_of(axes: Any) -> list[str]:
    (notes,) = axes.child_axes
    return [label.get_text() for label in notes.get_yticklabels()]


def test_a_score_shows_its_parts_as_bars_from_zero_and_its_interval() -> None:
    score = nc.nps(nc.Tally.from_categories(promoters=60, passives=15, detractors=25))
    axes = score.plot()
    assert [(x, width) for x, _, width, _ in bars(axes)] == [(0, 60), (0, 15), (0, -25)]
    assert points(axes) == [(35, 3)]
    assert (score.confidence_interval.low, score.confidence_interval.high) in spans(axes)
    assert labels_of(axes) == ["promoters", "passives", "detractors", "NPS"]
    assert notes_of(axes) == ["60 (60.0 %)", "15 (15.0 %)", "25 (25.0 %)", "n = 100"]


def test_a_distribution_shows_every_score_in_the_colour_of_its_category() -> None:
    found = nc.distribution([10, 10, 9, 8, 3, 0, None])
    axes = found.plot()
    assert [height for *_, height in bars(axes)] == [1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 2]
    colours = [mpl.colors.to_hex(bar.get_facecolor()) for bar in axes.patches]
    assert colours == [CATEGORY_COLOURS[0]] * 7 + [CATEGORY_COLOURS[1]] * 2 + [CATEGORY_COLOURS[2]] * 2
    assert axes.get_ylim()[0] == 0
    (strip,) = axes.child_axes
    assert points(strip) == [(found.score.value, 0)]
    assert strip.get_xlim() == (-100, 100)
    assert "2" in visible_texts(axes)


def test_segments_stand_beside_the_overall_score() -> None:
    table = nc.by_segment(MAKE_SHOPS, "shop")
    axes = table.plot()
    assert points(axes) == [(table["a"].score.value, 0), (table["b"].score.value, 1)]  # type: ignore[union-attr]
    assert labels_of(axes) == ["a", "b", "c"]
    assert notes_of(axes) == ["n = 40", "n = 15", "n = 0"]
    assert "no score" in visible_texts(axes)
    assert f"overall {table.overall.value:.1f}" in visible_texts(axes)
    for segment in (table["a"], table["b"]):
        assert segment.score
        assert (segment.score.confidence_interval.low, segment.score.confidence_interval.high) in spans(axes)


def test_what_is_suppressed_is_not_drawn() -> None:
    axes = nc.by_segment(MAKE_SHOPS, "shop", min_n=20).plot()
    texts = visible_texts(axes)
    assert texts.count("suppressed") == 2
    assert "n = 15" not in texts


def test_a_ranking_tells_its_rank_sets() -> None:
    ranking = nc.rank_segments(
        nc.Tally.from_cells([("a", 9, 90), ("a", 3, 10), ("b", 9, 10), ("b", 3, 90)], by="x"), "x"
    )
    assert notes_of(ranking.plot()) == ["rank 1   n = 100", "rank 2   n = 100"]


def test_a_difference_stands_below_the_scores_it_is_made_of() -> None:
    found = nc.compare([9, 9, 3, 8], [9, 3, 3, 3])
    axes = found.plot()
    assert points(axes) == [(found.reference.value, 0), (found.score.value, 1), (found.value, 2)]
    assert labels_of(axes) == ["before", "after", "difference"]


def test_the_parts_of_a_change_lead_from_one_score_to_the_other() -> None:
    before = nc.Tally.from_cells([("a", 9, 30), ("a", 3, 10), ("b", 9, 10), ("b", 3, 40)], by="shop")
    after = nc.Tally.from_cells([("a", 9, 60), ("a", 3, 20), ("b", 9, 10), ("b", 3, 30)], by="shop")
    change = nc.decompose_change(before, after, by="shop")
    columns = bars(change.plot())
    tops = [y + height for _, y, _, height in columns]
    assert tops[-2:] == pytest.approx([change.after.value] * 2)
    assert [y for _, y, _, _ in columns] == pytest.approx([0, change.before.value, tops[1], 0])
    assert [height for *_, height in columns[1:3]] == pytest.approx([change.mix.value, change.rate.value])


def test_the_picture_of_a_test_of_equality_has_its_statistic_on_the_curve() -> None:
    found = nc.equality(MAKE_SHOPS, "shop")
    axes = found.plot()
    assert points(axes) == [(found.statistic, found.pvalue)]
    curve = axes.get_lines()[0]
    assert abs(curve.get_ydata()[0] - 1) < 1e-12
    assert axes.get_ylim()[0] == 0


def test_those_who_moved_flow_from_one_category_to_another() -> None:
    people = [str(i) for i in range(6)]
    before = nc.Survey.from_scores([9, 9, 9, 3, 3, 8], respondents=people)
    after = nc.Survey.from_scores([9, 9, 3, 3, 9, 8], respondents=people)
    axes = nc.category_moves(before, after).plot()
    assert len(axes.collections) == 5  # of nine ways, five were gone
    columns = [(round(x, 2), round(height * 6)) for x, _, _, height in bars(axes)]
    assert columns == [(0, 2), (0, 1), (0, 3), (0.93, 2), (0.93, 1), (0.93, 3)]
    assert "promoters  3" in visible_texts(axes)


def test_drivers_are_bars_with_the_sign_of_what_they_do() -> None:
    staff = [i % 7 for i in range(200)]
    price = [(3 * i) % 5 for i in range(200)]
    scores = [min(10, max(0, 4 + s - p)) for s, p in zip(staff, price, strict=True)]
    drivers = nc.key_drivers(nc.Survey.from_scores(scores), {"staff": staff, "price": price}, n_resamples=0)
    axes = drivers.plot()
    assert [width for _, _, width, _ in bars(axes)] == [100 * driver.importance for driver in drivers.drivers]
    assert [bar.get_hatch() is not None for bar in axes.patches] == [d.coefficient < 0 for d in drivers.drivers]
    quadrants = drivers.plot_quadrants()
    (marks,) = (line for line in quadrants.get_lines() if line.get_marker() == "o")
    assert list(marks.get_xdata()) == [driver.performance for driver in drivers.drivers]
    assert {"staff", "price", "concentrate here"} <= set(visible_texts(quadrants))
    assert texts_outside(quadrants) == []
    _, own = plt.subplots()
    assert drivers.plot_quadrants(ax=own) is own


# ---------------------------------------------------------------------------------------------------------- over time


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


def lines_named(axes: Any) -> dict[str, Any]:
    return {line.get_label(): line for line in axes.get_lines() if not line.get_label().startswith("_")}


@pytest.mark.parametrize("shop", ["$a$ & b", "strange", "fallen", "short"])
def test_a_trend_shows_its_scores_levels_limits_and_unusual_periods(shop: str) -> None:
    trend = nc.trend(TALLY.where(segments={"shop": shop}), every="week")
    axes = trend.plot()
    lines = lines_named(axes)
    days, values = lines["NPS"].get_data()
    assert list(days) == [period.start for period in trend.periods]
    for value, period in zip(values, trend.periods, strict=True):
        assert math.isnan(value) if period.score is None else value == period.score.value
    steps = [line for line in axes.get_lines() if line.get_color() == "C1"]
    assert [(line.get_xdata()[0], *set(line.get_ydata())) for line in steps] == [
        (level.start, level.value) for level in (trend.levels if trend.change_points else ())
    ]
    unusual = list(lines["unusual"].get_xdata()) if "unusual" in lines else []
    limits = None if trend.change_points else trend.limits
    assert unusual == [trend[label].start for label in (limits.unusual if limits else ())]
    assert ("usual limits" in lines) == bool(limits)
    if limits:
        assert list(lines["usual limits"].get_ydata()) == list(limits.lows)
    (strip,) = axes.child_axes
    assert [height for *_, height in bars(strip)] == [period.n for period in trend.periods]
    assert (axes.get_ylabel(), strip.get_ylim()[0]) == ("NPS", 0)


def test_the_band_is_that_of_the_intervals() -> None:
    trend = nc.trend(TALLY.where(segments={"shop": "fallen"}), every="week")
    (band,) = trend.plot().collections
    heights = band.get_paths()[0].vertices[:, 1]
    limits = [period.score.confidence_interval for period in trend.periods if period.score]
    assert heights.min() == min(limit.low for limit in limits)
    assert heights.max() == max(limit.high for limit in limits)


def test_a_period_without_neighbours_shows_its_interval_too() -> None:
    trend = nc.trend(weekly({"a": [(5, 3, 2), None, (4, 3, 3)]}), every="week")
    _, sticks = trend.plot().collections
    ends = [(path.vertices[0, 1], path.vertices[1, 1]) for path in sticks.get_paths()]
    assert ends == [
        (p.score.confidence_interval.low, p.score.confidence_interval.high) for p in trend.periods if p.score
    ]


def test_segments_are_small_pictures_on_the_same_axes() -> None:
    axes = nc.trend(TALLY, every="week", by="shop").plot()
    insets = axes.child_axes
    assert [inset.get_title(loc="left") for inset in insets] == [
        r"\$a\$ & b  n = 2,000",
        "fallen  n = 3,200",
        "short  n = 10",
        "strange  n = 2,000",
    ]
    legend = {text.get_text() for text in axes.get_legend().get_texts()}
    assert legend == {"95 % interval", "NPS", "level", "usual limits", "unusual"}
    assert len({inset.get_ylim() for inset in insets}) == len({inset.get_xlim() for inset in insets}) == 1
    assert texts_outside(axes) == []


def test_a_row_that_is_not_full_leaves_no_picture_without_its_dates() -> None:
    axes = nc.trend(weekly({f"shop {i}": STEADY for i in range(6)}), every="week", by="shop").plot()
    axes.figure.canvas.draw()
    shown = [any(t.get_visible() and t.get_text() for t in inset.get_xticklabels()) for inset in axes.child_axes]
    assert shown == [False, False, True, True, True, True]


def test_a_segment_without_scores_has_no_picture() -> None:
    survey = nc.Survey.from_scores([9, None], at=[MONDAY] * 2, time_zone="naive", segments={"shop": ["a", "b"]})
    assert len(nc.trend(survey, every="week", by="shop").plot().child_axes) == 1


def test_rolling_scores_show_their_windows() -> None:
    survey = nc.Survey.from_scores(
        [9, 3, 10],
        at=[MONDAY + dt.timedelta(days=40 * i) for i in range(3)],
        time_zone="naive",
        segments={"shop": ["a", "b", "a"]},
    )
    rolling = nc.rolling(survey, days=30)
    axes = rolling.plot()
    days, values = lines_named(axes)["NPS"].get_data()
    assert list(days) == list(rolling.ends)
    assert [None if math.isnan(v) else v for v in values] == [p.score and p.score.value for p in rolling.points]
    assert axes.get_title(loc="left") == "NPS of the last 30 days, for looking only"
    insets = nc.rolling(survey, days=30, by="shop").plot().child_axes
    assert [inset.get_title(loc="left").strip() for inset in insets] == ["a", "b"]


def test_nobody_looks_at_hundreds_of_pictures() -> None:
    many = weekly({f"shop {i}": [(5, 3, 2)] for i in range(65)})
    for result in (nc.trend(many, every="week", by="shop"), nc.rolling(weekly_by_day(), days=7, by="shop")):
        with pytest.raises(nc.InvalidInputError, match=r"^a plot must be of 64 segments at most, got 65; where\(\)"):
            result.plot()
    for result, what in ((nc.by_segment(hundreds(), "shop"), "rows"), (nc.compare_all(hundreds(), "shop"), "pairs")):
        with pytest.raises(nc.InvalidInputError, match=rf"^a plot must be of 100 {what} at most"):
            result.plot()


def hundreds() -> nc.Tally:
    return nc.Tally.from_cells([(f"shop {i}", 9, 1) for i in range(101)], by="shop")


def weekly_by_day() -> nc.Tally:
    return nc.Tally.from_cells([(f"shop {i}", MONDAY, 9, 1) for i in range(65)], by="shop", every="day")


def test_long_and_strange_labels_stay_on_the_canvas() -> None:
    labels = ["a" * 300, "x^2 $\\frac{1}$ & <b>", "two\nlines", "ä ö ü ß", ""]
    tally = nc.Tally.from_cells([(label, score, 3) for label in labels for score in (9, 3)], by="shop")
    axes = nc.by_segment(tally, "shop").plot()
    assert texts_outside(axes) == []
    assert any(text.endswith("…") and len(text) == 36 for text in labels_of(axes))


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.pyplot", None)
    with pytest.raises(nc.MissingDependencyError, match=r"plot\(\) needs matplotlib.*pip install 'nps_core\[plot\]'"):
        nc.trend(TALLY, every="week").plot()


def test_a_quarantine_that_never_ends_has_an_empty_picture() -> None:
    survey = nc.Survey.from_scores(
        [9, 3], at=[None, MONDAY], time_zone="naive", respondents=["ann", "ann"], kind="relationship"
    )
    found = nc.quarantine(survey, rules=nc.QuarantineRules(relationship=90, transactional=30))
    axes = found.plot()
    assert [len(line.get_xdata()) for line in axes.get_lines()] == [0, 0]
    assert axes.get_title(loc="left") == "How many of 1 respondents may be asked again"


def test_far_years_and_thousands_of_days_are_drawn() -> None:
    at = [dt.date(2, 1, 3), dt.date(9998, 12, 30)]
    axes = nc.trend(nc.Survey.from_scores([9, 3], at=at, time_zone="naive"), every="year").plot()
    assert texts_outside(axes) == []
    at = [dt.date(2000, 1, 1) + dt.timedelta(days=i) for i in range(400)]
    trend = nc.trend(nc.Survey.from_scores([9, 3] * 200, at=at, time_zone="naive"), every="day")
    (strip,) = trend.plot().child_axes
    (area,) = strip.collections
    assert area.get_paths()[0].vertices[:, 1].max() == 1
    assert bars(strip) == []


def test_a_title_is_broken_where_long_labels_leave_little_room() -> None:
    staff, price = ([i % k for i in range(200)] for k in (7, 5))
    survey = nc.Survey.from_scores([min(10, s + 3) for s in staff])
    drivers = nc.key_drivers(survey, {"a$b": staff, "w" * 50: price}, n_resamples=0)
    assert texts_outside(drivers.plot()) == []


def test_pairs_of_long_labels_show_both() -> None:
    tally = nc.Tally.from_cells([(letter * 40, score, 3) for letter in "abc" for score in (9, 3)], by="shop")
    first, second = labels_of(nc.compare_all(tally, "shop").plot())[0].split(" - ")
    assert first.startswith("aaa")
    assert second.startswith("bbb")


def test_the_numbers_of_a_waterfall_stay_below_its_title() -> None:
    before, after = (nc.Tally.from_cells([(shop, score, 5)], by="shop") for shop, score in (("a", 9), ("b", 3)))
    axes = nc.decompose_change(before, after, by="shop").plot()
    low, high = axes.get_ylim()
    assert low < -110
    assert high > 110
