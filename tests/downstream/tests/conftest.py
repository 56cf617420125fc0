"""Half a year of visits, and how Hypothesis runs."""

import datetime as dt

import nps_core as nc
import pytest
from hypothesis import settings

from shop_loyalty.answers import Visit, survey_of

settings.register_profile("fixed", max_examples=25, deadline=None, derandomize=True, database=None)
settings.load_profile("fixed")

START = dt.date(2026, 1, 5)
SHOPS = ("north", "south", "harbour")


def made(start: dt.date, *, kinder: int = 0) -> list[Visit]:
    """A visit every day, in turn in each shop; every tenth customer does not answer."""
    return [
        Visit(
            customer=f"customer {i % 60}",
            shop=SHOPS[i % 3],
            day=start + dt.timedelta(days=i),
            score=None if i % 10 == 9 else min(10, (7 * i * i) % 11 + (i % 3) + kinder),
            why="the queue" if i % 4 == 0 else None,
        )
        for i in range(180)
    ]


@pytest.fixture(scope="session")
def visits() -> list[Visit]:
    return made(START)


@pytest.fixture(scope="session")
def survey(visits: list[Visit]) -> nc.Survey:
    return survey_of(visits, name="spring")


@pytest.fixture(scope="session")
def later() -> nc.Survey:
    return survey_of(made(START + dt.timedelta(days=181), kinder=2), name="autumn")
