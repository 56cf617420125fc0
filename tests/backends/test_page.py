"""The code of docs/engines.md that needs a cluster or a server: each block runs, and counts what the others count."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nps_core as nc

pytestmark = pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")  # Ibis asks pandas so

PAGE = Path(__file__).parents[2] / "docs" / "engines.md"
BLOCKS = re.findall(r"^```py$\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
SQL = re.findall(r"^```sql$\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
ANSWERS = pd.DataFrame(
    {
        "score": [10, 9, 3, None, 8, 2],
        "region": ["north", "south", "north", "south", None, "north"],
        "answered": pd.to_datetime(
            [
                "2026-01-31 21:59Z",
                "2026-01-31 22:00Z",
                "2026-02-10 09:00Z",
                "2026-02-11 09:00Z",
                "2026-03-01 09:00Z",
                "2026-03-31 22:30Z",
            ],
            format="ISO8601",
        ).astype("datetime64[us, UTC]"),
    }
)
EXPECTED = nc.Survey.from_scores(
    ANSWERS["score"], at=ANSWERS["answered"], time_zone="Europe/Helsinki", segments={"region": ANSWERS["region"]}
).tally("region", every="month")


@pytest.fixture(autouse=True)
def _answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "answers" / "2026").mkdir(parents=True)
    ANSWERS.to_parquet(tmp_path / "answers" / "2026" / "part.parquet")
    monkeypatch.chdir(tmp_path)


def block(word: str) -> str:
    (found,) = (each for each in BLOCKS if word in each)
    return found


def run(code: str, **names: Any) -> dict[str, Any]:
    """What the names are after a block, run as a file of its own."""
    path = Path("block.py")
    path.write_text(code, "utf-8")
    return runpy.run_path(str(path), init_globals={"nc": nc, **names}, run_name="__main__")


def test_every_block_is_run_here() -> None:
    words = ("getOrCreate", "spark.table", "LocalCluster", "ibis.postgres", "DuckDBSession")
    assert [word for word in words if block(word)] == list(words)
    assert len(BLOCKS) == len(words)
    assert len(SQL) == 1


def test_spark(spark: Any) -> None:
    zone = spark.conf.get("spark.sql.session.timeZone")
    folder = str(Path("answers/2026").absolute())  # Spark takes paths from where it was started
    code = block("getOrCreate").replace('"answers/"', repr(folder))
    try:
        found = run(code)["tally"]
        assert found == EXPECTED
        spark.read.parquet(folder).createOrReplaceTempView("answers")
        answers = run(block("spark.table"), spark=spark)["answers"]
        assert nc.Tally.from_frame(answers, score="score", by="region") == EXPECTED.tally("region")
    finally:
        spark.conf.set("spark.sql.session.timeZone", zone)


def test_dask() -> None:
    code = block("LocalCluster").replace('"answers/"', '"answers/2026/"')
    code = f"import json\n\nimport nps_core as nc\n\n{code}    print(json.dumps(tally.to_dict()))\n"
    Path("block.py").write_text(code, "utf-8")  # in a process of its own, which the workers begin as
    done = subprocess.run([sys.executable, "block.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert nc.Tally.from_dict(json.loads(done.stdout)) == EXPECTED


def test_postgres(postgres: Any) -> None:
    rows = ", ".join(
        f"({'NULL' if pd.isna(score) else score}, {'NULL' if pd.isna(region) else repr(region)}, '{answered}')"
        for score, region, answered in ANSWERS.itertuples(index=False)
    )
    table = "CREATE TABLE answers (score double precision, region text, answered timestamptz)"
    code = re.sub(r"ibis\.postgres\.connect\(.*\)", "theirs", block("ibis.postgres"))
    postgres.raw_sql("CREATE SCHEMA page; SET search_path TO page").close()  # others have a table of that name
    try:
        for statement in (table, f"INSERT INTO answers VALUES {rows}", SQL[0]):
            postgres.raw_sql(statement).close()
        assert run(code, theirs=postgres)["tally"] == EXPECTED
    finally:
        postgres.raw_sql("SET search_path TO DEFAULT; DROP SCHEMA page CASCADE").close()


def test_sqlframe() -> None:
    assert run(block("DuckDBSession"))["tally"] == EXPECTED
