"""Servers and clusters, started for the tests and stopped after them."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hard_rows
import pytest

SERVER = "postgres"
"""Whom the server runs as, if the tests run as root, which it refuses."""


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hard rows as Parquet files: the pattern that finds them."""
    return hard_rows.write_parts(tmp_path_factory.mktemp("answers") / "parts")


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Spark in this process, on two threads."""
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Ibis on a Postgres of its own."""
    import ibis

    folder = tmp_path_factory.mktemp("postgres")
    port = _free_port()
    run = _as_server(folder)
    run("initdb", "--pgdata", "data", "--auth", "trust", "--username", "tester", "--encoding", "UTF8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    run("pg_ctl", "--pgdata", "data", "--log", "log", "--wait", "--options", options, "start")
    try:
        connection = ibis.postgres.connect(host="127.0.0.1", port=port, user="tester", database="postgres")
        yield connection
        connection.disconnect()
    finally:
        run("pg_ctl", "--pgdata", "data", "--mode", "immediate", "stop")


def _as_server(folder: Path) -> Callable[..., None]:
    """What runs a command of Postgres in a folder, as somebody who may."""
    places = os.pathsep.join([*map(str, Path("/usr/lib/postgresql").glob("*/bin")), os.environ.get("PATH", os.defpath)])
    is_root = os.geteuid() == 0
    if is_root:
        shutil.chown(folder, SERVER)
        for parent in folder.parents:  # pytest closes its folders to others
            if parent.stat().st_mode & 0o001 == 0:
                parent.chmod(parent.stat().st_mode | 0o011)

    def run(command: str, *arguments: str) -> None:
        found = shutil.which(command, path=places)
        assert found is not None, f"{command} of Postgres must be installed"
        with (folder.parent / "output").open("a+b") as output:  # no pipe: the server would hold it open
            done = subprocess.run(
                [found, *arguments],
                cwd=folder,
                user=SERVER if is_root else None,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            output.seek(0)
            assert done.returncode == 0, output.read().decode(errors="replace")

    return run


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
