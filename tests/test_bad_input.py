"""What the documentation says of bad input: row by row."""

from pathlib import Path

import bad_input
import pytest
from bad_input import BAD, Bad, got

DOCS = Path(__file__).parents[1] / "docs" / "tables" / "bad_input.md"


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.kind)
def test_bad_input_gets_what_the_docs_say(bad: Bad) -> None:
    error, text = got(bad)
    assert error == bad.error
    assert text


@pytest.mark.skipif(not DOCS.exists(), reason="the tests run without the documentation beside them")
def test_the_docs_show_the_table_that_is_tested() -> None:
    assert DOCS.read_text("utf-8") == bad_input.as_markdown()
