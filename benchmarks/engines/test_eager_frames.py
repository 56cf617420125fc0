"""A frame in memory is counted about as fast as its own library can, whether its keys are texts or categories."""

from typing import Any

import pytest
from asking import QUESTIONS, Question
from catalogue import EAGER
from racing import OURS, RaceAndRecord, Runner, at_most


@pytest.mark.parametrize("opened", [(name, 10**7) for name in EAGER], indirect=True, ids=str)
@pytest.mark.parametrize("question", QUESTIONS)
def test_eager(race: RaceAndRecord, opened: Any, question: Question) -> None:
    asked, expected = opened.asked, opened.answers.expected
    race(
        f"{opened.name}, {question}, {opened.answers.n:,}",
        {
            OURS: Runner(lambda: asked.ours(question), expected.check_tally(question)),
            "native": Runner(asked.native[question], expected.check_rows(question, asked.rows)),
        },
        goals=[at_most(1.2, "native")],
        size=opened.answers.n,
        unit="row",
    )
