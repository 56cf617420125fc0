"""Industries: a verdict only where the whole interval lies in one place."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.programme import INDUSTRIES, IndustryRange, compare_to_industry
from nps_core.testing import tallies


@given(tallies(), st.floats(-100, 100), st.floats(-100, 100), st.floats(0.5, 0.99))
def test_the_places_are_those_that_the_interval_touches(tally: nc.Tally, a: float, b: float, level: float) -> None:
    if not tally.n.any():
        return
    own = IndustryRange(name="ours", low=min(a, b), high=max(a, b), source="us")
    found = compare_to_industry(tally, own, confidence_level=level)
    interval = nc.nps(tally, confidence_level=level).confidence_interval
    touched = {
        "below" if point < own.low else "above" if point > own.high else "within"
        for point in (
            interval.low,
            interval.high,
            *(each for each in (own.low, own.high) if interval.low <= each <= interval.high),
        )
    }
    assert set(found.places) == touched
    assert found.verdict == (found.places[0] if len(touched) == 1 else None)
    assert (found.verdict is None) == ("could be" in found.sentence)


def test_the_published_ranges_are_there_and_say_that_they_are_approximate() -> None:
    assert len(INDUSTRIES) == 8
    assert (INDUSTRIES["insurance"].low, INDUSTRIES["insurance"].high) == (20, 30)
    assert (INDUSTRIES["groceries"].low, INDUSTRIES["groceries"].high) == (40, 50)
    assert all(each.source.startswith("approximate") and each.name == name for name, each in INDUSTRIES.items())


def test_a_verdict_is_told_in_a_sentence_with_its_source() -> None:
    found = compare_to_industry(nc.Tally.from_counts({10: 900, 3: 100}), "groceries")
    assert found.sentence == (
        "With 80.0 (95 % interval 76.0 to 83.4), the score is above the usual range of groceries, 40 to 50."
    )
    assert str(found).splitlines()[-1] == "The range: approximate, from published overviews of industry benchmarks."
    (row,) = found.to_dicts()
    assert (row["industry"], row["above"], row["within"], row["n"]) == ("groceries", True, False, 1000)
    assert len({found, compare_to_industry(nc.Tally.from_counts({10: 900, 3: 100}), "groceries")}) == 1


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: compare_to_industry([9], "insurence"), nc.UnknownNameError, r"Did you mean 'insurance'\?$"),
        (lambda: compare_to_industry([9], 30), nc.UnknownNameError, "^industry must be one of 'automotive'"),
        (lambda: compare_to_industry([None], "insurance"), nc.NoAnswersError, "at least one answer"),
        (lambda: IndustryRange(name="x", low=30, high=20), nc.InvalidInputError, "^low must not be above high, got 30"),
        (lambda: IndustryRange(name="x", low=-101, high=20), nc.InvalidInputError, "from -100 to 100, got -101$"),
        (lambda: IndustryRange(name="", low=1, high=2), nc.InvalidInputError, "^an industry must have a name, got ''$"),
    ],
)
def test_what_is_no_industry_is_refused(ask: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ask()
