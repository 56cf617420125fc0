"""A lazy frame is counted about as fast as the engine answers the query that its own experts would write.

Everyone reads the same Parquet files: eight, of five columns. PostgreSQL has them in a table.
"""

from typing import Any

import pytest
from asking import QUESTIONS, Question, race_native
from catalogue import LARGE, LAZY
from racing import RaceAndRecord

SIZES = [*((name, 10**7) for name in LAZY), *((name, 10**8) for name in LARGE)]


@pytest.mark.parametrize("opened", SIZES, indirect=True, ids=str)
@pytest.mark.parametrize("question", QUESTIONS)
def test_lazy(race: RaceAndRecord, opened: Any, question: Question) -> None:
    race_native(race, opened, question, times=1.15, rounds=3 if opened.answers.n > 10**7 else 5)
