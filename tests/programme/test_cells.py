"""Cells as survey tools write them: scores, categories, nothing, or nothing that makes sense."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core.programme.cells import INVALID, to_answer

P, Q, D = nc.Category.PROMOTER, nc.Category.PASSIVE, nc.Category.DETRACTOR


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *(("8", 8), (" 8 ", 8), ("8.0", 8), ("8,0", 8), ("8.", 8), ("+8", 8), ("010", 10), ("0", 0), ("10", 10)),
        *(("10 - Extremely likely", 10), ("10 – sehr wahrscheinlich", 10), ("0 = Not at all likely", 0)),
        *(("9 Very likely", 9), ("9: likely", 9), ("7 (neutral)", 7), ("10.0 - best", 10), ("0-Not at all", 0)),
        *(("Extremely likely - 10", 10), ("Not at all likely (0)", 0), ("Score: 7", 7), ("Très probable 10", 10)),
        *(("", None), ("  ", None), ("NA", None), ("n/a", None), ("#N/A", None), ("null", None), ("None", None)),
        *(("NaN", None), ("-", None), ("#NV", INVALID)),
        *(("9-10", P), ("9 – 10", P), ("7-8 - Likely", Q), ("0-6", D), ("0 to 6", D), ("7 bis 8", Q)),
        *(("Promoter", P), ("passive", Q), ("Kritiker", D), ("ambassadörer", P)),
        *(("Promoter (9-10)", P), ("Passives: 7-8", Q), ("Detractors 0 to 6 (unhappy)", D), ("Likely (6-7)", INVALID)),
        *(("9 or more", INVALID), ("6 und weniger", INVALID), ("at least 9", INVALID), ("More than 8", INVALID)),
        *(("Most likely - 10", 10), ("8,000", INVALID), ("8.000", 8), ("8,00", 8)),
        *(("6-7", INVALID), ("10-9", INVALID), ("7-7", INVALID), ("9-11", INVALID)),
        *(("11", INVALID), ("-1", INVALID), ("8.5", INVALID), ("8,5", INVALID), ("100", INVALID), ("1e1", INVALID)),
        *(("9/10", INVALID), ("8 of 10", INVALID), ("ten", INVALID), ("10%", INVALID), ("8 9", INVALID)),
        *(("Score: -1", INVALID), ("NPS -5", INVALID), ("minus 3", INVALID), ("minus: 3", INVALID)),
        *(("9 (or more)", INVALID), ("7 - or higher", INVALID), ("9: or more", INVALID), ("min. 9", INVALID)),
        *(("6 max", INVALID), ("9 (min)", INVALID), ("6 at most", INVALID), ("at least: 9", INVALID)),
        *(("vähintään 9", INVALID), ("9 (tai enemmän)", INVALID), ("mere end: 8", INVALID), ("9 og over", INVALID)),
        *(("6 bzw. weniger", INVALID), ("meer dan: 8", INVALID), ("9 (of meer)", INVALID), ("более: 8", INVALID)),
        *(("9 or more likely", INVALID), ("likely to be less than 7", INVALID), ("up to - 6", INVALID)),
        *(("10-Sep", INVALID), ("8-Jul", INVALID), ("9. Okt", INVALID), ("1. Jun", INVALID), ("7. März", INVALID)),
        *(("2 people never called me back", INVALID), ("I have waited since May 5", INVALID), ("10 percent", INVALID)),
        *(
            ("8 point five", INVALID),
            ("3 times better", INVALID),
            ("10 - Detractor", INVALID),
            ("Promoter: 0", INVALID),
        ),
        *(("more than 9-10", INVALID), ("not 9-10", INVALID), ("9-10 or more", INVALID), ("Promoter (0-6)", INVALID)),
        *(("0-6 - Promoter", INVALID), ("0-6 - Detractor", D), ("9-10 (Detractors)", INVALID)),
        *(("9 - " + "x" * 116, 9), ("9 - " + "x" * 117, INVALID)),
        *(("5 - Neutral", 5), ("10 - Promoter", 10), ("Detractor: 3", 3), ("0 - Least likely", 0), ("4 - nothing", 4)),
        *(("9\u00a0\u2013  sehr   wahrscheinlich", 9), ("10 äußerst wahrscheinlich", 10), ("Very likely (9.0)", 9)),
        *(("2026-01-05", INVALID), ("five 5 six 6", INVALID), ("٨", 8), ("great, 10 out of 10!", INVALID)),
    ],
)
def test_what_a_cell_says(text: str, answer: Any) -> None:
    assert to_answer(text, nc.Scale.STANDARD) == answer


def test_scores_are_those_of_the_scale() -> None:
    assert to_answer("0", nc.Scale.ONE_TO_TEN) == INVALID
    assert to_answer("5 - best", nc.Scale.FIVE_POINT) == 5
    assert to_answer("6", nc.Scale.FIVE_POINT) == INVALID


def test_further_texts_may_say_that_there_is_no_answer() -> None:
    assert to_answer("99", nc.Scale.STANDARD, frozenset({"99"})) is None
    assert to_answer("", nc.Scale.STANDARD, frozenset({"99"})) == INVALID


@given(st.text(max_size=12))
def test_any_text_is_a_score_a_category_nothing_or_invalid(text: str) -> None:
    answer = to_answer(text, nc.Scale.STANDARD)
    assert answer is None or answer == INVALID or isinstance(answer, nc.Category) or 0 <= answer <= 10


@pytest.mark.parametrize("text", ["9" + " x" * 50_000, "a" + " " * 100_000 + "x", "a " * 50_000 + "9", "1 " * 50_000])
def test_a_long_text_is_no_score_and_takes_no_longer_than_its_length(text: str) -> None:
    assert to_answer(text, nc.Scale.STANDARD) == INVALID
