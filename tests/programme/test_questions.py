"""The questions: every language is whole, and every word leads to its category."""

import itertools
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.model.words import words_of
from nps_core.programme import QuestionSet, category_word, languages, question_set
from nps_core.programme.questions import SUBJECTS

LANGUAGES = languages()


def test_the_languages() -> None:
    assert LANGUAGES == ("da", "de", "en", "fi", "sv")
    assert words_of("fi").language == "Suomi"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_whole(language: str) -> None:
    words = words_of(language)
    assert set(words.question) == {"recommend", "reason", "improve", "who", "lowest", "highest"}
    assert set(words.subjects) == set(SUBJECTS)
    assert set(words.categories) == {str(category) for category in nc.Category}
    assert all(len(each) >= 2 for each in words.categories.values())
    places = {name for _, name, _, _ in string.Formatter().parse(words.question["recommend"]) if name}
    assert places == {"lowest", "highest", "subject"}
    assert all("{name}" in named and "{" not in unnamed for named, unnamed in words.subjects.values())


@pytest.mark.parametrize(("language", "subject"), [*itertools.product(LANGUAGES, SUBJECTS)])
@pytest.mark.parametrize("name", [None, "Acme {subject} 100 %"])
def test_a_question_has_no_place_left_open(language: str, subject: Any, name: str | None) -> None:
    asked = question_set(language, subject=subject, name=name, scale=nc.Scale.ONE_TO_TEN)
    assert isinstance(asked, QuestionSet)
    assert "1" in asked.recommend
    assert "10" in asked.recommend
    assert asked.recommend.endswith("?")
    assert asked.reason.endswith("?")
    assert asked.improve.endswith("?")
    if name is None:
        assert "{" not in asked.recommend + asked.improve
    else:
        assert name in asked.recommend
    assert str(asked).splitlines()[0].endswith(f"(1 = {asked.lowest_label}, 10 = {asked.highest_label})")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_leads_to_its_category_in_all_languages(language: str) -> None:
    for category, words in words_of(language).categories.items():
        for word in words:
            for spelling in (word, word.upper(), f" {word.title()}  "):
                assert nc.Category.parse(spelling) == nc.Category.parse(spelling, language=language) == category
        assert category_word(category, language=language) == words[0]
        assert category_word(nc.Category(category), language=language, several=True) == words[1]


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("promotører", "promoter"), ("neutrale", "passive"), ("kritikere", "detractor"),
        ("ambassadörer", "promoter"), ("passiva", "passive"), ("kritiker", "detractor"),
        ("promoottori", "promoter"), ("passiivinen", "passive"), ("parjaaja", "detractor"),
        ("arvostelija", "detractor"),
        ("Promotoren", "promoter"), ("Passive", "passive"), ("Kritiker", "detractor"), ("Detraktoren", "detractor"),
        ("Neutral", "passive"),
    ],
)  # fmt: skip
def test_the_words_that_people_really_use(word: str, category: str) -> None:
    assert nc.Category.parse(word) == category


@given(st.text(max_size=8) | st.integers() | st.none())
def test_other_words_are_no_category(word: Any) -> None:
    known = {w.casefold() for language in LANGUAGES for each in words_of(language).categories.values() for w in each}
    if not (isinstance(word, str) and " ".join(word.split()).casefold() in known):
        with pytest.raises(nc.InvalidInputError, match=r"^a category must be called by one of its words in any known"):
            nc.Category.parse(word)


def test_waves_that_asked_in_other_words_are_noticed() -> None:
    spring, autumn = (
        nc.Survey.from_scores([9, 3, 10], question=question_set(language).recommend) for language in ("en", "de")
    )
    with pytest.warns(nc.LikeWithUnlikeWarning, match="question"):
        nc.compare(spring, autumn)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: question_set("no"), "^language must be one of 'da', 'de', 'en', 'fi', 'sv', got 'no'$"),
        (lambda: question_set(subject="shop"), "^subject must be one of 'company'"),
        (lambda: question_set(name=" "), "^name must be text that is not empty, or None, got ' '$"),
        (lambda: question_set(name=3), "^name must be text"),
        (lambda: question_set(scale="0-10"), "^scale must be a Scale"),
        (lambda: nc.Category.parse("promoter", language="no"), "^language must be one of"),
        (lambda: nc.Category.parse("kritikere", language="fi"), "^a category must be called by one of its words in fi"),
        (lambda: category_word("fan"), "^category must be one of 'detractor', 'passive', 'promoter', got 'fan'$"),
    ],
)
def test_what_no_language_knows_is_refused(ask: Any, message: str) -> None:
    with pytest.raises(nc.InvalidInputError, match=message):
        ask()
