"""A frame in memory is counted about as fast as its own library can, whether its keys are texts or categories."""

from typing import Any

import pytest
from asking import QUESTIONS, Question, race_native
from catalogue import EAGER
from racing import RaceAndRecord


@pytest.mark.parametrize("opened", [(name, 10**7) for name in EAGER], indirect=True, ids=str)
@pytest.mark.parametrize("question", QUESTIONS)
def test_eager(race: RaceAndRecord, opened: Any, question: Question) -> None:
    race_native(race, opened, question, times=1.2)
