"""Hostile hands: threads, sizes, chunks, settings of others. Nothing changes a result, and nothing wraps around."""

import concurrent.futures
import datetime as dt
import decimal
import itertools
import locale
import math
import pickle
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from results import MAKE, YEARS

import nps_core as nc
from nps_core import testing
from nps_core.counting import kernel

MOST = 2**62 - 1


# ---------------------------------------------------------------------------------------------------------- threads


def everything(survey: nc.Survey) -> list[Any]:
    return [
        nc.nps(survey),
        nc.by_segment(survey, "shop"),
        nc.trend(survey, every="month"),
        survey.tally("unit", every="week"),
        survey.where(segments={"shop": "a"}),
        hash(survey),
    ]


def test_threads_share_a_survey() -> None:
    fresh = pickle.loads(pickle.dumps(YEARS))
    alone = everything(YEARS)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = list(pool.map(everything, [fresh] * 64))
    for each in found:
        assert [repr(one) for one in each] == [repr(one) for one in alone]
        assert each[3:] == alone[3:]


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_parts_counted_by_threads_add_up_to_the_whole(threads: int) -> None:
    rng = np.random.default_rng(7)
    scores, shops = rng.integers(0, 11, 10_000), rng.integers(0, 50, 10_000)
    whole = nc.Survey.from_scores(scores, segments={"shop": shops}).tally("shop")
    cuts = np.array_split(np.arange(10_000), 13)
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        surveys = pool.map(lambda rows: nc.Survey.from_scores(scores[rows], segments={"shop": shops[rows]}), cuts)
        assert sum(pool.map(lambda survey: survey.tally("shop"), surveys)) == whole


@given(testing.surveys(weighted=True, max_size=8), st.lists(st.integers(0, 8), max_size=4))
def test_any_chunks_give_the_same(survey: nc.Survey, cuts: list[int]) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut <= len(survey)), len(survey)]
    parts = [survey[low:high].tally() for low, high in itertools.pairwise(edges)]
    merged, whole = sum(parts[1:], parts[0]), survey.tally()
    assert merged.counts.tolist() == whole.counts.tolist()
    assert (merged.missing.tolist(), merged.invalid.tolist()) == (whole.missing.tolist(), whole.invalid.tolist())


@pytest.mark.parametrize("block", [1, 3, 64])
def test_any_size_of_blocks_gives_the_same(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = [i % 13 if i % 7 else None for i in range(500)]
    expected = nc.Survey.from_scores(scores, invalid="exclude").tally()
    monkeypatch.setattr(kernel, "WIDE_BLOCK", block)
    assert nc.Survey.from_scores(scores, invalid="exclude").tally() == expected


def test_pictures_drawn_by_threads_leave_the_settings_of_others_alone() -> None:
    import matplotlib as mpl

    table = nc.by_segment(nc.Survey.from_scores([0, 9, 3], segments={"shop": [*"xyz"]}), "shop")
    alone = table.to_svg()
    with mpl.rc_context({"font.size": 17, "text.color": "red"}):
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            drawn = list(pool.map(lambda _: table.to_svg(), range(6)))
        assert (mpl.rcParams["font.size"], mpl.rcParams["text.color"]) == (17, "red")
    assert {*drawn} == {alone}


# ------------------------------------------------------------------------------------------------------------ sizes


@pytest.mark.parametrize("n", [1, 2**31 + 1, 2**53 + 1, MOST // 4])
def test_a_score_of_any_number_of_answers(n: int) -> None:
    score = nc.nps(nc.Tally.from_counts({10: n, 8: n, 0: n}))
    assert (score.value, score.n) == (0, 3 * n)
    low, high = score.confidence_interval.low, score.confidence_interval.high
    assert -100 <= low <= 0 <= high <= 100
    assert high - low == pytest.approx(2 * 1.959963984540054 * 100 * (2 / 3) ** 0.5 / (3 * n) ** 0.5, rel=0.5)


def test_the_most_answers_are_as_many_as_the_errors_say() -> None:
    most = nc.Tally.from_counts({9: MOST})
    assert most.n.tolist() == [MOST]
    assert (nc.Tally.from_counts({9: MOST - 5}) + nc.Tally.from_counts({3: 5})).n.tolist() == [MOST]


def test_ids_that_have_lost_their_last_digits_are_refused() -> None:
    ids = [1234567890123456788.0, 1234567890123456789.0, math.nan]
    with pytest.raises(nc.InvalidInputError, match=r"ids of 2\*\*53 and more must be texts or whole numbers"):
        nc.Survey.from_scores([9, 3, 8], respondents=ids)
    with pytest.raises(nc.InvalidInputError, match="turn the column into text first"):
        nc.Survey.from_scores([9, 3, 8], segments={"shop": ids})
    survey = nc.Survey.from_scores([9, 3, 8], respondents=[2.0**53 - 1, 7.0, math.nan])
    assert [response.respondent for response in survey] == [2**53 - 1, 7, None]


def test_two_thousand_million_answers_are_counted() -> None:
    half = nc.Tally.from_cells([("a", 9, 2**31 + 1), ("b", 3, 2**31 + 1)], by="shop")
    total = half + half
    assert total.n.tolist() == [2**32 + 2] * 2
    assert nc.by_segment(total, "shop")["a"].score.value == 100
    assert nc.compare(half, total).value == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: nc.Tally.from_counts({9: MOST + 1}),
        lambda: nc.Tally.from_counts({9: MOST}) + nc.Tally.from_counts({9: 1}),
        lambda: nc.Tally.from_counts({9: 2**61}) + nc.Tally.from_counts({8: 2**61}),
        lambda: nc.Tally.from_counts({9: MOST}, missing=1),
        lambda: nc.Tally.from_cells([("a", 9, MOST), ("b", 9, MOST)], by="shop").tally(),
        lambda: sum([nc.Tally.from_counts({9: MOST // 2})] * 3),
    ],
)
def test_counts_beyond_what_fits_are_refused(make: Any) -> None:
    with pytest.raises(nc.InvalidInputError, match=r"2\*\*62"):
        make()


def test_a_million_segments() -> None:
    n = 1_000_000
    survey = nc.Survey.from_scores(np.full(2 * n, 9), segments={"person": np.repeat(np.arange(n), 2)})
    tally = survey.tally("person")
    assert len(tally) == n
    assert (tally.n == 2).all()
    assert nc.nps(tally).n == 2 * n


def test_nothing_is_something() -> None:
    empty = nc.Survey.from_scores([])
    assert (len(empty), empty.tally().n.sum(), empty.redact(), [*empty]) == (0, 0, empty, [])
    for analyse in (nc.nps, nc.distribution, lambda s: nc.trend(s, every="week"), lambda s: nc.compare(s, s)):
        with pytest.raises(nc.NPSError):
            analyse(empty)


# ------------------------------------------------------------------------------------------------- settings of others


@pytest.fixture
def strict() -> Iterator[None]:
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("name", MAKE)
def test_results_are_the_same_with_strict_settings_and_leave_them_alone(name: str, strict: None) -> None:
    MAKE[name]()  # SciPy, when it is first imported, adds a filter of its own
    errors, filters = np.geterr(), [*warnings.filters]
    with decimal.localcontext() as context:
        context.prec = 3
        result = MAKE[name]()
        text = str(result)
    assert (np.geterr(), [*warnings.filters]) == (errors, filters)
    assert text == str(MAKE[name]())


FAR_APART = nc.Survey.from_scores(
    [10, 8, 3, 9, 0, 7],
    weights=[1e-100, 1e100, 1, 1e-80, 1e80, 3],
    segments={"shop": [*"xyxyxy"]},
    at=[dt.date(2026, month, 1) for month in range(1, 7)],
    time_zone="naive",
)


@pytest.mark.parametrize(
    "analyse",
    [
        nc.nps,
        nc.distribution,
        lambda survey: nc.nps(survey, design=nc.Design(strata="shop")),
        lambda survey: nc.by_segment(survey, "shop"),
        lambda survey: nc.rank_segments(survey, "shop"),
        lambda survey: nc.equality(survey, "shop"),
        lambda survey: nc.trend(survey, every="month"),
        lambda survey: nc.compare(survey, survey.where(segments={"shop": "x"})),
        lambda survey: nc.decompose_change(survey, survey, by="shop"),
        lambda survey: nc.Tally.from_dict(survey.tally("shop").to_dict()),
    ],
)
def test_weights_that_are_far_apart_are_no_matter_to_strict_settings(strict: None, analyse: Any) -> None:
    assert str(analyse(FAR_APART))


def test_results_do_not_depend_on_the_locale() -> None:
    before = locale.setlocale(locale.LC_ALL)
    text = str(MAKE["long trend"]())
    for name in ("de_DE.UTF-8", "tr_TR.UTF-8", "C.UTF-8", "C"):
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
        try:
            assert str(MAKE["long trend"]()) == text
        finally:
            locale.setlocale(locale.LC_ALL, before)


def test_using_the_library_changes_nothing_around_it() -> None:
    code = """
import gc, locale, os, random, signal, sys, threading, warnings, decimal
import numpy as np
def state():
    return (np.geterr(), np.get_printoptions(), random.getstate(), np.random.get_state()[1].tolist(), os.getcwd(),
            dict(os.environ), [*warnings.filters], decimal.getcontext().prec, locale.setlocale(locale.LC_ALL),
            threading.active_count(), signal.getsignal(signal.SIGINT), sys.excepthook, sys.getrecursionlimit())
before = state()
import nps_core as nc
from nps_core import programme
survey = nc.Survey.from_scores([10, 9, 3, 8] * 30, segments={"shop": [*"abcd"] * 30})
print(nc.nps(survey), nc.by_segment(survey, "shop"), nc.nps(survey, method="bootstrap", rng=1))
nc.key_drivers(survey, {"x": [*range(120)]}, n_resamples=20)
programme.sample_size(5)
assert state() == before
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


# ---------------------------------------------------------------------------------------------------------- pickles

STORED = Path(__file__).parent / "data" / "stored.pickle"
"""Made by Python 3.11: ``STORED.write_bytes(pickle.dumps(values(), 4))``; other Pythons must read it."""


def values() -> list[Any]:
    survey = nc.Survey.from_scores(
        [9, None, 3],
        at=[dt.date(2026, 1, 5), None, dt.date(2026, 2, 5)],
        time_zone="Europe/Helsinki",
        segments={"shop": ["a", None, "b"]},
        respondents=["ann", 7, None],
        reasons=[None, "slow", ""],
        weights=[1, 2, 0.5],
    )
    return [survey, survey.tally("shop", every="month"), survey[0], nc.Scale.FIVE_POINT, nc.Category.PASSIVE]


def test_pickles_of_one_python_are_read_by_the_others() -> None:
    stored = pickle.loads(STORED.read_bytes())
    assert stored == values()
    assert [hash(each) for each in stored[:1]] == [hash(each) for each in values()[:1]]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_values_survive_every_protocol(protocol: int) -> None:
    assert pickle.loads(pickle.dumps(values(), protocol)) == values()
