"""Tallies as JSON: there and back, and every corrupted one refused in words."""

import copy
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError
from nps_core.model.scale import Scale
from nps_core.model.survey import Survey
from nps_core.model.tally import Tally
from nps_core.testing import surveys, tallies

BY = ("region", "product")
JUNK: list[Any] = [
    None,
    False,
    -1,
    1.5,
    10**400,
    2**62,
    float("nan"),
    "",
    "x",
    [],
    {},
    [None],
    [[1]],
    {"a": 1},
    "0" * 11,
]


@given(tallies(by=BY) | tallies(by=BY, every="week") | tallies(by=()).map(Tally.by_category))
def test_a_tally_survives_json(tally: Tally) -> None:
    assert Tally.from_dict(json.loads(json.dumps(tally.to_dict(), allow_nan=False))) == tally


@given(surveys(weighted=True), st.data())
def test_a_weighted_tally_survives_json_even_if_it_is_empty(survey: Survey, data: st.DataObject) -> None:
    tally = survey[: data.draw(st.integers(0, 10))].tally(survey.segments)
    assert Tally.from_dict(json.loads(json.dumps(tally.to_dict(), allow_nan=False))) == tally


def test_the_format_is_what_earlier_versions_wrote() -> None:
    written = {  # as version 0.1.0 writes it
        "format": "nps_core.tally/1",
        "scale": {"lowest": 0, "highest": 10, "passives_from": 7, "promoters_from": 9},
        "by": ["region"],
        "every": "month",
        "time_zone": "Europe/Helsinki",
        "known": "scores",
        "weighted": False,
        "groups": [
            {
                "labels": ["north"],
                "period": "2026-01-01",
                "counts": [0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0],
                "missing": 3,
                "invalid": 4,
            },
            {"labels": [None], "period": None, "counts": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5], "missing": 0, "invalid": 0},
        ],
    }
    rows = [("north", "2026-01-31", 3, 1), ("north", "2026-01-02", 9, 2), ("north", "2026-01-02", None, 3)]
    rows += [("north", "2026-01-02", -1, 4), (None, None, 10, 5)]
    dated = [(label, day and dt.date.fromisoformat(day), score, count) for label, day, score, count in rows]
    tally = Tally.from_cells(dated, by="region", every="month", time_zone="Europe/Helsinki", invalid="exclude")
    assert tally.to_dict() == written
    assert Tally.from_dict(written) == tally


def example() -> dict[str, Any]:
    """A valid tally with everything in it."""
    times = [dt.date.fromisoformat("2026-01-31"), None, dt.date.fromisoformat("2026-02-01")]
    survey = Survey.from_scores(
        [9, 3, None], at=times, time_zone="UTC", segments={"region": ["a", None, "b"]}, weights=[1, 2, 0.5]
    )
    return survey.tally("region", every="month").to_dict()


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside a value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*path, key))


PATHS = [*paths(example())]


def corrupted(path: tuple[Any, ...], change: Any) -> Any:
    """The example with one value replaced, or left out if the change is ``del``."""
    data = [copy.deepcopy(example())]
    inner: Any = data
    for key in (0, *path)[:-1]:
        inner = inner[key]
    if change == "del":
        del inner[(0, *path)[-1]]
    else:
        inner[(0, *path)[-1]] = change
    return data[0] if data else None


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)) or "all")
def test_a_dict_with_one_value_corrupted_is_refused_or_read_as_what_it_says(path: tuple[Any, ...]) -> None:
    for change in [*JUNK, "del"]:
        tally = read_or_refused(corrupted(path, change))
        if tally is not None:  # another label, period, count or weight, or one group less
            assert path[:1] in {("groups",), ("by",), ("every",), ("time_zone",)}
            assert Tally.from_dict(tally.to_dict()) == tally


@settings(max_examples=100)
@given(st.data())
def test_a_dict_with_several_values_corrupted_raises_nothing_but_invalid_input(data: st.DataObject) -> None:
    broken: Any = [example()]
    for _ in range(data.draw(st.integers(1, 4))):
        *path, last = data.draw(st.sampled_from([*paths(broken)][1:]))
        inner = broken
        for key in path:
            inner = inner[key]
        inner[last] = copy.deepcopy(data.draw(st.sampled_from(JUNK)))
    tally = read_or_refused(broken[0])
    assert tally is None or Tally.from_dict(tally.to_dict()) == tally


def read_or_refused(data: Any) -> Tally | None:
    """The tally, or None if the library's own error refuses it; any other error goes on."""
    try:
        return Tally.from_dict(data)
    except InvalidInputError:
        return None


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_other_json_is_refused(data: Any) -> None:
    with pytest.raises(InvalidInputError, match="a serialised tally must be a mapping with the format"):
        Tally.from_dict(data)


@pytest.mark.parametrize(
    ("path", "change", "message"),
    [
        ((), [], "a serialised tally must be a mapping with the format 'nps_core.tally/1', got 'list'"),
        (("format",), "nps_core.tally/2", "with the format 'nps_core.tally/1', got 'nps_core.tally/2'"),
        (("scale",), None, "a scale must be a mapping of 'lowest', "),
        (("scale", "highest"), 12, "a scale must hold 0 <= lowest"),
        (("scale",), Scale.FIVE_POINT.to_dict(), r"counts must be 0 outside the scale 1-5 \(detractors 1-3"),
        (("by",), "region", "by must be a list, got 'region'"),
        (("by",), ["region", "region"], r"by must hold different names, got \('region', 'region'\)"),
        (("by",), [1], r"by must hold different names, got \(1,\)"),
        (("every",), "decade", "every must be one of 'day', "),
        (("every",), "year", "each period must be the first day of a year"),
        (("time_zone",), "Europe/Atlantis", "time_zone must be an IANA name"),
        (("known",), "all", "known must be one of 'scores', 'categories', got 'all'"),
        (("known",), "categories", "counts of group 0 must be 3 values, got 11"),
        (("groups",), {}, r"groups must be a list, got \{\}"),
        (("groups", 1), 5, "a serialised tally must be as to_dict\\(\\) wrote it: TypeError"),
        (("groups", 1, "labels"), [], "labels of group 1 must be 1 values, got 0"),
        (("groups", 1, "labels"), [5], r"group 1 must have 1 labels of text or null, got \[5\]"),
        (("groups", 1, "labels"), "x", "labels of group 1 must be a list, got 'x'"),
        (("groups", 1, "counts"), [1], "counts of group 1 must be 11 values, got 1"),
        (("groups", 1, "counts", 3), -1, r"a count of group 1 must be a whole number from 0 to 2\*\*62 - 1, got -1"),
        (("groups", 1, "missing"), 0.5, "a count of group 1 must be a whole number"),
        (("groups", 1, "period"), "2026-01-02", "each period must be the first day of a month"),
        (("groups", 1, "period"), "soon", "a serialised tally must be as to_dict.. wrote it: .*soon"),
        (("groups", 1, "weights"), "del", "group 1 must have weights if the tally is weighted, and only then"),
        (("weighted",), False, "group 0 must have weights if the tally is weighted, and only then"),
        (("weighted",), 1, "weighted must be true or false, got 1"),
        (("groups", 1, "weights"), [1.0], "weights of group 1 must be 11 values, got 1"),
        (("groups", 1, "weights", 0), -1.0, "the sums of weights must be finite numbers, 0 or more"),
        (("groups", 1, "squared_weights", 0), float("inf"), "the sums of weights must be finite numbers, 0 or more"),
        (("groups", 1, "weights", 0), "1", "weights of group 1 must be numbers, got '1'"),
        (("groups", 1, "squared_weights", 0), True, "squared_weights of group 1 must be numbers, got True"),
        (
            ("groups", 1, "weights", 1),
            50.0,
            r"must be those of the answers counted, got 50 and 0 for 0 answers \(group 1\)",
        ),
        (("groups", 1, "period"), "0001-01-01", "periods must be between the years 2 and 9998"),
        (("groups", 1, "squared_weights"), "del", "as to_dict.. wrote it: KeyError\\('squared_weights'\\)"),
        (("groups", 1, "weights", 0), 10**400, "as to_dict.. wrote it: OverflowError"),
    ],
)
def test_the_message_says_what_must_hold(path: tuple[Any, ...], change: Any, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        Tally.from_dict(corrupted(path, change))


@pytest.mark.parametrize(
    ("sums", "squares"), [(2.0, 5.0), (2.0, 1.9), (2.0, 0.0), (0.0, 1.0), (3e100, 1e200)], ids=lambda each: f"{each:g}"
)
def test_sums_that_no_two_weights_have_are_refused(sums: float, squares: float) -> None:
    data = Survey.from_scores([9, 9], weights=[1, 1]).tally().to_dict()
    data["groups"][0]["weights"][9], data["groups"][0]["squared_weights"][9] = sums, squares
    with pytest.raises(
        InvalidInputError, match=r"must be those of the answers counted, got .* for 2 answers \(group 0\)"
    ):
        Tally.from_dict(data)


def test_json_that_is_too_deep_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InvalidInputError, match=r"as to_dict\(\) wrote it: RecursionError"):
        Tally.from_dict(Tally.from_counts({9: 1}).to_dict() | {"by": deep})
