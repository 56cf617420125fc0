"""A server of PostgreSQL for one run, whose files are gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import pyarrow.csv
import pyarrow.parquet as pq

_OPTIONS: Final = "-c listen_addresses='' -c fsync=off -c shared_buffers=256MB -c work_mem=64MB -c jit=off"

_TABLE: Final = (
    "CREATE UNLOGGED TABLE answers (region text, product text, score bigint, at timestamp, weight double precision)"
)


@contextmanager
def running() -> Iterator[str]:
    """The folder of the socket of a server that runs."""
    folder = tempfile.mkdtemp(prefix="nps_core_server_")
    who = _other_user()
    try:
        if who:
            shutil.chown(folder, who["user"], who["group"])
        data, log = f"{folder}/data", f"{folder}/log"
        _run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", **who)
        _run("pg_ctl", "start", "-w", "-D", data, "-l", log, "-o", f"{_OPTIONS} -k {folder}", **who)
        try:
            yield folder
        finally:
            _run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", data, **who)
    finally:
        shutil.rmtree(folder)


def load(server: str, folder: Path) -> None:
    """Copy Parquet files into the table of answers, which is made anew."""
    with psycopg.connect(host=server, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS answers")
        connection.execute(_TABLE)
        with connection.cursor().copy("COPY answers FROM STDIN (FORMAT csv)") as copy:
            for path in sorted(folder.glob("*.parquet")):
                for batch in pq.ParquetFile(path).iter_batches():
                    copy.write(_csv(batch))
        connection.execute("VACUUM ANALYZE answers")


def _csv(batch: Any) -> memoryview:
    sink = pyarrow.BufferOutputStream()
    pyarrow.csv.write_csv(batch, sink, pyarrow.csv.WriteOptions(include_header=False))
    return memoryview(sink.getvalue())


def _other_user() -> dict[str, Any]:
    """For root, as whom PostgreSQL does not run: someone else."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _run(*command: str, **who: Any) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **who)
