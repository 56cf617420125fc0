"""plot() of what a programme finds: what is drawn is what was found."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from drawn import bars, points, spans, texts_outside, visible_texts
from matplotlib import pyplot as plt

import nps_core as nc
from nps_core import programme

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
SURVEY = nc.Survey.from_scores(
    [(7 * i * i) % 11 for i in range(60)],
    at=[START + dt.timedelta(hours=5 * i) for i in range(60)],
    respondents=[f"person {i}" for i in range(60)],
    segments={"team": ["east" if i % 3 else "west" for i in range(60)]},
)


CONSENT = [f"person {i}" for i in range(60)]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


def follow_ups() -> Any:
    events = [
        programme.LoopEvent(respondent=f"person {i}", at=START + dt.timedelta(days=14 + i), state="contacted")
        for i in (1, 2, 3)
    ]
    return programme.follow_ups(SURVEY, consent=CONSENT, now=START + dt.timedelta(days=20), events=events)


MAKE: dict[str, Callable[[], Any]] = {
    "industry": lambda: programme.compare_to_industry(SURVEY, "insurance"),
    "plan": lambda: programme.plan_survey(response_rate=0.12, invited=3412, segments=4),
    "small plan": lambda: programme.plan_survey(response_rate=0.5, invited=10, population=12),
    "worth": lambda: programme.worth_by_category(SURVEY, [10.0 + i for i in range(60)]),
    "worth of few": lambda: programme.worth_by_category(SURVEY, [10.0 + i for i in range(60)], min_n=50),
    "follow-ups": follow_ups,
    "digest": lambda: follow_ups().digest("team"),
    "nothing to do": lambda: programme.follow_ups(SURVEY[:0], consent=[], now=START),
    "measures": lambda: programme.loop_measures(follow_ups()),
}


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
def test_every_result_is_drawn_within_its_canvas(make: Callable[[], Any]) -> None:
    axes = make().plot()
    assert axes.get_title(loc="left")
    assert texts_outside(axes) == []


def test_an_industry_is_a_band_behind_the_score() -> None:
    found = programme.compare_to_industry(SURVEY, "insurance")
    axes = found.plot()
    ((x, _, width, _),) = bars(axes)
    assert (x, x + width) == (20, 30)
    assert points(axes) == [(found.score.value, 0)]
    assert spans(axes) == [(found.score.confidence_interval.low, found.score.confidence_interval.high)]
    assert "usual in insurance" in visible_texts(axes)


def test_a_plan_is_on_its_curve() -> None:
    plan = programme.plan_survey(response_rate=0.12, invited=3412, segments=4)
    axes = plan.plot()
    assert points(axes) == [(385, plan.margin), (96, plan.segment_margin)]
    curve = axes.get_lines()[0]
    near = min(zip(*curve.get_data(), strict=True), key=lambda point: abs(point[0] - 385))
    assert near[1] == pytest.approx(plan.margin, rel=0.05)


def test_what_categories_bring_are_bars_from_zero() -> None:
    worth = programme.worth_by_category(SURVEY, [10.0 + i for i in range(60)], what="spend")
    axes = worth.plot()
    assert [(x, width) for x, _, width, _ in bars(axes)] == [
        (0, row.mean and row.mean.value) for row in worth.categories
    ]
    hidden = programme.worth_by_category(SURVEY, [10.0 + i for i in range(60)], min_n=50).plot()
    assert visible_texts(hidden).count("too few") == 3
    assert bars(hidden) == []


def test_follow_ups_are_stacked_by_state() -> None:
    found = follow_ups()
    digest = found.digest()
    axes = found.plot()
    heights = [height for *_, height in bars(axes)]
    assert sum(heights) == len(found)
    assert heights[: len(digest.rows)] == [row.overdue for row in digest.rows]
    assert {"overdue", "open", "contacted", "resolved"} <= set(visible_texts(axes))


def test_measures_of_the_loop_are_shares_with_intervals() -> None:
    found = programme.loop_measures(follow_ups())
    axes = found.plot()
    assert bars(axes)[0][2] == 100 * (found.contacted.value or 0)
    assert (100 * found.contacted.low, 100 * found.contacted.high) in spans(axes)
