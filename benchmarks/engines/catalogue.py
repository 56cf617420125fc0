"""The engines by name. Each has a module of its own, so that a process imports only the one that it measures."""

import importlib
import importlib.util
import shutil
from contextlib import AbstractContextManager
from typing import Final

import attrs
from asking import Asked, Place


@attrs.frozen
class Engine:
    """One way to hold answers.

    Attributes:
        module: The module that knows how.
        opener: Its function that opens a place.
        packages: What must be installed.
        programs: What must be on the path.
    """

    module: str
    opener: str
    packages: tuple[str, ...]
    programs: tuple[str, ...] = ()

    @property
    def lacks(self) -> list[str]:
        """What is not here."""
        packages = [name for name in self.packages if importlib.util.find_spec(name) is None]
        return packages + [name for name in self.programs if shutil.which(name) is None]

    @property
    def needs_server(self) -> bool:
        """Whether PostgreSQL must be running."""
        return "initdb" in self.programs

    def open(self, place: Place) -> AbstractContextManager[Asked]:
        """Open the answers of a place."""
        opened: AbstractContextManager[Asked] = getattr(importlib.import_module(self.module), self.opener)(place)
        return opened


LAZY: Final = {
    "DuckDB": Engine("in_duckdb", "relation", ("duckdb",)),
    "Polars, lazy": Engine("in_polars", "lazy", ("polars",)),
    "Spark, local[2]": Engine("in_spark", "session", ("pyspark",), ("java",)),
    "Dask, two workers": Engine("in_dask", "workers", ("dask", "distributed")),
    "Ibis on DuckDB": Engine("in_ibis", "on_duckdb", ("ibis", "duckdb")),
    "Ibis on PostgreSQL": Engine("in_ibis", "on_postgres", ("ibis", "psycopg"), ("initdb", "pg_ctl")),
    "SQLFrame on DuckDB": Engine("in_sqlframe", "session", ("sqlframe", "duckdb")),
}

LARGE: Final = ("DuckDB", "Polars, lazy", "Spark, local[2]")
"""Those that are asked about ten times as many answers, too."""

EAGER: Final = {
    "pandas, plain text": Engine("in_pandas", "plain", ("pandas", "pyarrow")),
    "pandas, categories": Engine("in_pandas", "categories", ("pandas", "pyarrow")),
    "Polars, plain text": Engine("in_polars", "plain", ("polars",)),
    "Polars, categories": Engine("in_polars", "categories", ("polars",)),
    "PyArrow, plain text": Engine("in_pyarrow", "plain", ("pyarrow",)),
    "PyArrow, dictionaries": Engine("in_pyarrow", "dictionaries", ("pyarrow",)),
}

ENGINES: Final = LAZY | EAGER
