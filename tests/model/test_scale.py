"""Scales: every score of one falls in exactly one category."""

import copy
import pickle
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.errors import InvalidInputError, InvalidScoreError
from nps_core.model.scale import PRESETS, Category, Scale
from nps_core.testing import scales

# The cut points as their publishers have them: 0-10 in Reichheld, "The One Number You Need to Grow" (2003); the others
# as the design of this library lists them.
PUBLISHED = {
    "0-10": {"detractor": range(7), "passive": range(7, 9), "promoter": range(9, 11)},
    "1-10": {"detractor": range(1, 7), "passive": range(7, 9), "promoter": range(9, 11)},
    "1-5": {"detractor": range(1, 4), "passive": range(4, 5), "promoter": range(5, 6)},
    "european": {"detractor": range(6), "passive": range(6, 8), "promoter": range(8, 11)},
}


@given(scales())
def test_every_score_of_a_scale_falls_in_exactly_one_category(scale: Scale) -> None:
    ranges = [scale.range_of(category) for category in Category]
    assert [score for scores in ranges for score in scores] == list(scale.scores)
    assert all(scale.classify(score) is category for category in Category for score in scale.range_of(category))
    assert all(ranges)


@given(scales())
def test_a_higher_score_is_never_a_lower_category(scale: Scale) -> None:
    categories = [scale.classify(score) for score in scale.scores]
    assert categories == sorted(categories)


def test_the_possible_scales_are_those_with_three_categories_within_0_to_10() -> None:
    possible = 0
    for lowest, passives, promoters, highest in product(range(-1, 13), repeat=4):
        arguments = {"lowest": lowest, "passives_from": passives, "promoters_from": promoters, "highest": highest}
        if 0 <= lowest < passives < promoters <= highest <= 10:
            Scale(**arguments)
            possible += 1
        else:
            with pytest.raises(InvalidInputError, match="a scale must hold 0 <= lowest < passives_from < promoters_"):
                Scale(**arguments)
    assert possible == 495  # 12 choose 4: four different points, the last moved up by one


def test_an_impossible_scale_is_refused_with_what_was_got() -> None:
    with pytest.raises(InvalidInputError, match="got lowest=0, passives_from=9, promoters_from=7, highest=10"):
        Scale(lowest=0, highest=10, passives_from=9, promoters_from=7)


@pytest.mark.parametrize("value", [0.0, "0", None, True, np.True_], ids=repr)
def test_the_points_of_a_scale_are_whole_numbers(value: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"the points of a scale must be whole numbers, got"):
        Scale(lowest=value, highest=10, passives_from=7, promoters_from=9)


def test_numpys_whole_numbers_make_the_same_scale() -> None:
    scale = Scale(*map(np.int64, (0, 10, 7, 9)))
    assert scale == Scale.STANDARD
    assert type(scale.highest) is int


@pytest.mark.parametrize("name", PRESETS)
def test_the_presets_are_as_published(name: str) -> None:
    scale = Scale.parse(name)
    assert {category: scale.range_of(category) for category in Category} == PUBLISHED[name]


def test_a_preset_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(InvalidInputError, match="scale must be one of '0-10', '1-10', '1-5', 'european', got '0-5'"):
        Scale.parse("0-5")
    with pytest.raises(InvalidInputError, match=r"scale must be one of .*, got \[\]"):
        Scale.parse([])  # type: ignore[arg-type]


@given(scales(), st.integers() | st.floats() | st.text() | st.booleans() | st.none())
def test_classify_knows_the_scores_of_the_scale_and_nothing_else(scale: Scale, value: Any) -> None:
    if not isinstance(value, bool) and value in list(scale.scores):
        assert int(value) in scale.range_of(scale.classify(value))
    else:
        with pytest.raises(InvalidScoreError, match=f"between {scale.lowest} and {scale.highest}, got"):
            scale.classify(value)


@given(scales())
def test_a_scale_survives_json_pickle_and_copy(scale: Scale) -> None:
    assert Scale.from_dict(scale.to_dict()) == scale
    assert copy.deepcopy(scale) == scale
    assert all(pickle.loads(pickle.dumps(scale, protocol)) == scale for protocol in range(6))


@pytest.mark.parametrize("data", [None, {}, [0, 10, 7, 9], {"lowest": 0}, Scale.STANDARD.to_dict() | {"more": 1}])
def test_a_mapping_of_other_things_is_no_scale(data: Any) -> None:
    with pytest.raises(InvalidInputError, match="a scale must be a mapping of 'lowest', 'highest', 'passives_from', "):
        Scale.from_dict(data)


@given(scales(), scales())
def test_scales_differ_if_their_words_do(one: Scale, other: Scale) -> None:
    assert (one == other) == (str(one) == str(other))
    assert (one == other) == (hash(one) == hash(other))


def test_a_scale_in_words_leaves_no_question() -> None:
    assert str(Scale.FIVE_POINT) == "1-5 (detractors 1-3, passives 4, promoters 5)"


def test_categories_are_ordered_strings() -> None:
    assert Category.DETRACTOR < Category.PASSIVE < Category.PROMOTER
    assert sorted(["promoter", "detractor", "passive"]) == list(Category)
    assert f"{Category.PROMOTER}" == "promoter"


@pytest.mark.parametrize(
    ("word", "category"),
    [
        *(("Promoter", "promoter"), ("  PASSIVE ", "passive"), ("detractor", "detractor"), ("neutral", "passive")),
        *(("passively  Satisfied", "passive"),),
        *(("Ambassadörer", "promoter"), ("passiivinen", "passive"), ("Kritiker", "detractor")),
    ],
)
def test_a_category_has_many_words(word: str, category: str) -> None:
    assert Category.parse(word) is Category(category)


def test_a_word_is_looked_up_in_the_language_that_is_asked_for() -> None:
    assert Category.parse("promoter", language="en") is Category.PROMOTER
    with pytest.raises(InvalidInputError) as caught:
        Category.parse("passiivinen", language="en")
    assert str(caught.value) == "a category must be called by one of its words in en, got 'passiivinen'"
    with pytest.raises(InvalidInputError, match=r"^language must be one of 'da', .*, got 'klingon'"):
        Category.parse("promoter", language="klingon")


@pytest.mark.parametrize("word", ["", "promote", "9", None, 9, b"promoter"])
def test_what_is_no_word_for_a_category_is_refused(word: Any) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Category.parse(word)
    assert str(caught.value) == f"a category must be called by one of its words in any known language, got {word!r}"


def test_what_was_got_is_told() -> None:
    with pytest.raises(InvalidScoreError, match=r"score must be a whole number between 0 and 10, got 11$"):
        Scale.STANDARD.classify(11)
    with pytest.raises(InvalidInputError, match=r"the points of a scale must be whole numbers, got 1\.5$"):
        Scale(1.5, 10, passives_from=7, promoters_from=9)  # type: ignore[arg-type]
