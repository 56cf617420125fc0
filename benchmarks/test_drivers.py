"""Drivers of 20,000 answers: ten in milliseconds, fifteen in less than a second.

The other way solves the normal equations of every subset one by one, from the same sums of products.
"""

from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pytest
from racing import OURS, RaceAndRecord, Runner, Scaled, equal_to, faster, under

import nps_core as nc


def made(n: int, k: int) -> tuple[nc.Survey, dict[str, Any]]:
    """Ratings that go together, and scores that depend on them."""
    rng = np.random.default_rng(3)
    ratings = np.clip(np.round(7 + rng.normal(size=(n, 1)) + 1.5 * rng.normal(size=(n, k))), 0, 10)
    scores = np.clip(np.round(ratings @ np.linspace(1, 0, k) / np.linspace(1, 0, k).sum() + rng.normal(size=n)), 0, 10)
    return nc.Survey.from_scores(scores), {f"t{i}": ratings[:, i] for i in range(k)}


def subset_by_subset(survey: nc.Survey, ratings: dict[str, Any]) -> Any:
    """The same shares, with a system of equations for each subset."""
    outcome = (survey.scores >= 9).astype(float) - (survey.scores < 7)
    k, c = len(ratings), np.corrcoef(np.column_stack([*ratings.values(), outcome]).T)
    explained: dict[tuple[int, ...], float] = {(): 0.0}
    for size in range(1, k + 1):
        for subset in combinations(range(k), size):
            index = np.array(subset)
            explained[subset] = float(c[index, -1] @ np.linalg.solve(c[np.ix_(index, index)], c[index, -1]))
    shares = np.zeros(k)
    for subset, r_squared in explained.items():
        weight = factorial(len(subset) - 1) * factorial(k - len(subset)) / factorial(k) if subset else 0.0
        for driver in subset:
            shares[driver] += weight * (r_squared - explained[tuple(i for i in subset if i != driver)])
    return shares


def shares_of(found: nc.KeyDrivers) -> Any:
    """The shares in the order of the ratings."""
    return np.array([found[f"t{i}"].importance for i in range(len(found))])


@pytest.mark.parametrize(("k", "limit"), [(10, 10_000), (15, 1_000_000)])
def test_importance(race: RaceAndRecord, scaled: Scaled, k: int, limit: float) -> None:
    n = scaled(20_000)
    survey, ratings = made(n, k)
    expected = subset_by_subset(survey, ratings)
    runners = {
        OURS: Runner(lambda: nc.key_drivers(survey, ratings, n_resamples=0), equal_to(expected, shares_of)),
        "subset by subset": Runner(lambda: subset_by_subset(survey, ratings), equal_to(expected)),
        "ours, with 1,000 resamples": Runner(
            lambda: nc.key_drivers(survey, ratings, rng=1), equal_to(expected, shares_of)
        ),
    }
    goals = [under(limit, "µs"), faster(10, "subset by subset")]
    race(f"{k} drivers, {n:,} answers", runners, goals=goals, size=n, unit="answer", seconds=3, rounds=3)
