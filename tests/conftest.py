"""How Hypothesis runs: the same examples every time, and many others with HYPOTHESIS_PROFILE=search.

While code is mutated (HYPOTHESIS_PROFILE=mutation), nobody reads the examples: they are not made small.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from typing import Any

import pytest
from hypothesis import Phase, settings

settings.register_profile("fixed", max_examples=25, deadline=None, derandomize=True, database=None)
settings.register_profile("search", max_examples=2_000, deadline=None, print_blob=True)
settings.register_profile("mutation", settings.get_profile("fixed"), phases=[Phase.explicit, Phase.generate])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


@pytest.fixture(scope="module")
def in_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """Makes tables of Ibis on SQLite, each in a file of its own; all are closed after the tests of the module."""
    import ibis

    with ExitStack() as opened:

        def table(columns: str, rows: Sequence[Sequence[Any]]) -> Any:
            path = tmp_path_factory.mktemp("sqlite") / "answers.db"
            places = ", ".join("?" * len(rows[0]))
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute(f"CREATE TABLE answers ({columns})")
                connection.executemany(f"INSERT INTO answers VALUES ({places})", rows)
            backend = ibis.sqlite.connect(path)
            opened.callback(backend.disconnect)
            return backend.table("answers")

        yield table
