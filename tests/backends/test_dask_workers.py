"""Dask with workers that are processes of their own: what is supported there, and what a lost worker costs."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dask.dataframe as dd
import hard_rows
import naive
import pyarrow.parquet as pq
import pytest
import support
from dask.distributed import Client, LocalCluster

import nps_core as nc

N_PARTS, TIMES = 32, 100
"""So many files of the hard rows, each of which is there so many times: two million answers."""

A_FEW = 3
"""So many parts must still be to be counted when a worker is killed."""

pytestmark = [
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),  # Dask asks pandas so
    pytest.mark.filterwarnings("ignore:The inplace keyword"),  # and so
]


@pytest.fixture(scope="module")
def workers() -> Iterator[Client]:
    """Two processes of one thread each, which stay."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def n_transitions(client: Client) -> int:
    """How many tasks the scheduler has moved on so far."""
    found: int = client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.transition_counter)
    return found


@pytest.mark.parametrize("feature", support.FEATURES)
def test_what_is_supported_by_workers(feature: str, workers: Client, parts: str) -> None:
    frame = dd.read_parquet(parts).repartition(npartitions=16)
    before = n_transitions(workers)
    with workers.as_current():
        support.check("Dask", feature, frame)
    assert n_transitions(workers) >= before + frame.npartitions, "the workers must have counted"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hard rows many times, in many files."""
    folder = tmp_path_factory.mktemp("many-hard")
    a_part = hard_rows.N * TIMES // N_PARTS
    positions = [row % hard_rows.N for row in range(hard_rows.N * TIMES)]
    for part in range(N_PARTS):
        rows = hard_rows.TABLE.take(positions[part * a_part : (part + 1) * a_part])
        pq.write_table(rows, folder / f"part-{part:02}.parquet")
    return str(folder)


def busiest(client: Client) -> tuple[str, int, int]:
    """The worker that holds most results, their number, and how many parts are still to be counted by anyone."""

    def look(dask_scheduler: Any) -> tuple[str, int, int]:
        found = max(dask_scheduler.workers.values(), key=lambda worker: len(worker.has_what))
        to_do = [task for task in dask_scheduler.tasks.values() if task.state in {"queued", "processing", "waiting"}]
        return found.address, len(found.has_what), len(to_do)

    found: tuple[str, int, int] = client.run_on_scheduler(look)
    return found


@pytest.mark.filterwarnings("ignore")  # those of a cluster that loses a worker are many, and its own
def test_weeks_and_weights_are_counted_once_though_a_worker_is_lost(many: str) -> None:
    frame = dd.read_parquet(many)
    assert frame.npartitions >= 16

    def count() -> nc.Tally:
        return nc.Tally.from_frame(
            frame,
            score="whole",
            by="region",
            at="at",
            every="week",
            time_zone="naive",
            weight="weight",
            invalid="exclude",
        )

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
        ThreadPoolExecutor(1) as thread,
    ):
        pids = client.run(os.getpid)
        counting = thread.submit(count)
        until = time.monotonic() + 60
        victim, held, waiting = busiest(client)
        while not (held and waiting >= A_FEW) and not counting.done() and time.monotonic() < until:
            time.sleep(0.005)
            victim, held, waiting = busiest(client)
        os.kill(pids[victim], signal.SIGKILL)
        assert held, "the worker must hold results that are lost with it"
        assert waiting >= A_FEW, "there must be more to count"
        assert not counting.done(), "the count must not be over"
        tally = counting.result(300)
        assert pids[victim] not in client.run(os.getpid).values()
    once = hard_rows.counts_by(["region"], "week")
    assert naive.as_counter(tally) == Counter({key: n * TIMES for key, n in once.items()})
    weights = tally.tally("region").score_weights
    assert weights is not None
    for (label, score), sums in hard_rows.weights_by("region").items():
        group = tally.tally("region").groups.index((label,))
        assert weights[:, group, score].tolist() == pytest.approx([each * TIMES for each in sums], rel=1e-12)
