"""A cluster of Spark that loses an executor in the middle still counts every answer once."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import nps_core as nc

N_PARTS, N_PER_PART = 48, 200_000
REGIONS = [f"region {i}" for i in range(7)]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, nc.Tally]:
    """Ten million answers in many Parquet files, and their counts."""
    folder = tmp_path_factory.mktemp("many")
    generator = np.random.default_rng(6)
    tallies = []
    for part in range(N_PARTS):
        scores = generator.binomial(10, 0.8, N_PER_PART)
        codes = generator.integers(0, len(REGIONS), N_PER_PART, dtype=np.int32)
        regions = pa.DictionaryArray.from_arrays(codes, REGIONS).cast(pa.string())
        pq.write_table(pa.table({"score": scores, "region": regions}), folder / f"part-{part:02}.parquet")
        cells = np.zeros((len(REGIONS), 11), np.int64)
        np.add.at(cells, (codes, scores), 1)
        rows = [(REGIONS[r], s, int(cells[r, s])) for r in range(len(REGIONS)) for s in range(11)]
        tallies.append(nc.Tally.from_cells(rows, by="region"))
    return str(folder), sum(tallies[1:], tallies[0])


SPARK_CLUSTER = """
import os, pathlib, sys, time, threading
import pyspark
os.environ["SPARK_HOME"] = str(pathlib.Path(pyspark.__file__).parent)
from pyspark.sql import SparkSession
import nps_core as nc

def executors():
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"CoarseGrainedExecutorBackend" in line and b"--app-id" in line:
            found.append(int(folder.name))
    return found

session = (
    SparkSession.builder.master("local-cluster[2,1,1024]")
    .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2")
    .config("spark.sql.files.maxPartitionBytes", "300000")
    .getOrCreate()
)
frame = session.read.parquet(sys.argv[1])
assert frame.rdd.getNumPartitions() >= 16
tracker = session.sparkContext.statusTracker()
killed = []

def kill_one():
    while True:
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            if info and info.numTasks >= 16 and 1 <= info.numCompletedTasks < info.numTasks - 4:
                victim = executors()[0]
                os.kill(victim, 9)
                killed.append((victim, info.numCompletedTasks, info.numTasks))
                return
        time.sleep(0.005)

threading.Thread(target=kill_one, daemon=True).start()
tally = nc.Tally.from_frame(frame, score="score", by="region")
assert killed, "an executor must be killed in the middle"
pathlib.Path(sys.argv[2]).write_text(__import__("json").dumps({"tally": tally.to_dict(), "killed": killed}))
session.stop()
"""


def test_spark_loses_an_executor_and_no_answer(answers: tuple[str, nc.Tally], tmp_path: Path) -> None:
    folder, expected = answers
    script, found = tmp_path / "count.py", tmp_path / "found.json"
    script.write_text(textwrap.dedent(SPARK_CLUSTER))
    done = subprocess.run(
        [sys.executable, str(script), folder, str(found)], capture_output=True, text=True, timeout=400, check=False
    )
    assert found.exists(), done.stderr[-3000:]
    result = json.loads(found.read_text())
    assert nc.Tally.from_dict(result["tally"]) == expected
    ((_, done_before, of),) = result["killed"]
    assert 0 < done_before < of
