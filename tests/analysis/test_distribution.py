"""distribution(): how many gave each score, against counting by hand."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc

answers = st.lists(st.one_of(st.none(), st.integers(0, 10)), min_size=1).filter(lambda given: set(given) - {None})


@given(answers)
def test_every_score_is_counted(given_scores: Any) -> None:
    found, counted = nc.distribution(given_scores), Counter(given_scores)
    known = [score for score in given_scores if score is not None]
    assert found.scores == tuple(range(11))
    assert found.counts == tuple(counted[score] for score in range(11))
    assert found.shares == pytest.approx([counted[score] / len(known) for score in range(11)])
    assert found.mean == pytest.approx(np.mean(known))
    assert found.score == nc.nps(given_scores)


def test_weights_count() -> None:
    survey = nc.Survey.from_scores([10, 9, 3], weights=[1, 2, 5])
    found = nc.distribution(survey)
    assert (found.shares[10], found.shares[9], found.shares[3]) == (0.125, 0.25, 0.625)
    assert found.counts[3] == 1
    assert found.mean == pytest.approx((10 + 18 + 15) / 8)
    assert "weighted share" in str(found)


def test_the_scale_is_that_of_the_survey() -> None:
    found = nc.distribution(nc.Survey.from_scores([1, 5, 5], scale=nc.Scale.FIVE_POINT))
    assert found.scores == (1, 2, 3, 4, 5)
    assert [row["category"] for row in found.to_dicts()] == ["detractor"] * 3 + ["passive", "promoter"]


def test_it_prints_every_score_with_its_category() -> None:
    lines = str(nc.distribution([10, 9, 9, 8, 3, None])).splitlines()
    assert lines[0] == str(nc.nps([10, 9, 9, 8, 3, None])).splitlines()[0]
    assert lines[7].split() == ["3", "detractor", "1", "20.0", "%"]
    assert "The mean score is 7.80." in lines


def test_counts_of_categories_have_no_distribution() -> None:
    with pytest.raises(nc.IncompatibleError):
        nc.distribution(nc.Tally.from_categories(promoters=6, passives=2, detractors=2))
    with pytest.raises(nc.NoAnswersError):
        nc.distribution([None])
