"""Hypothesis strategies for the tests of our own code, made of those of nps_core."""

import nps_core as nc
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from nps_core import testing


def shop_surveys(*, scale: nc.Scale | None = None) -> SearchStrategy[nc.Survey]:
    """Surveys of shops, empty ones among them."""
    return testing.surveys(scale=scale, segments=["shop"], time_zone="naive")


def counted() -> SearchStrategy[nc.Survey | nc.Tally]:
    """What can be counted: surveys and tallies of shops."""
    return st.one_of(shop_surveys(), testing.tallies(by=["shop"]))


def scores_on_scales() -> SearchStrategy[tuple[nc.Scale, int]]:
    """A scale, and a score of it."""
    return testing.scales().flatmap(lambda scale: st.tuples(st.just(scale), testing.scores(scale)))


def answers() -> SearchStrategy[nc.Response]:
    """One answer of a shop."""
    return testing.responses(segments=["shop"], time_zone=None)
