"""Broken input by the million: nothing that reads may fail in a way that is not its own, and nothing may be lost.

Each target takes random numbers and reads as many inputs as it says. The tests read some thousands of each; ``nox -s
fuzz`` reads as many as it is told, on all cores, and writes down how many they were if they are ten million or more.
"""

import concurrent.futures
import contextlib
import csv
import datetime as dt
import functools
import gzip
import io
import json
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import nps_core as nc
from nps_core import programme
from nps_core.counting.files import open_answers
from nps_core.model.privacy import redacted
from nps_core.programme.cells import INVALID, to_answer
from nps_core.programme.dates import Dates

TABLE: Final = Path(__file__).parents[1] / "docs" / "tables" / "fuzzing.md"

SCORES: Final = [
    "",
    "0",
    "10",
    "9",
    "8.0",
    " 7 ",
    "11",
    "-1",
    "NA",
    "#N/A",
    "null",
    "10 - Extremely likely",
    "7-8",
    "Promoter (9-10)",
    "9 or more",
    "9 (or more)",
    "Score: -1",
    "10-Sep",
    "Detractor - 10",
    "8,000",
    "x",
]
TIMES: Final = [
    "2026-01-05",
    "3/4/2026 10:00",
    "13.1.2026",
    "Jan 5, 2026 1:05 PM",
    "1767616200",
    "2026-01-05T10:00:00Z",
    "2026-01-05 10:00:00-05:00",
    "Mon, 5 Sept 2026, 1:05 p.m.",
]
SIGNS: Final = "0123456789 -/:.,;'\"|\t\n\r=+@#%()[]{}<>\\_aTZUGMCPnulé€\u0660\uff19\u2028\x00\x1a\ufeff😀"
VALUES: Final = [
    *(None, True, False, 0, 10, 11, -1, 9.0, 8.5, float("nan"), float("inf"), "", "9", b"9", [], {}, 2**63, 10**400),
    *(dt.date(2026, 1, 5), dt.datetime(2026, 1, 5), 1 + 2j, object, nc.Category.PASSIVE),
]


def spoilt(rng: random.Random, text: str) -> str:
    """A text with some signs changed, left out, put in or said twice."""
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(text) + 1)
        how = rng.randrange(4)
        if how == 0:
            text = text[:at] + rng.choice(SIGNS) + text[at:]
        elif how == 1:
            text = text[:at] + text[at + 1 :]
        elif how == 2:
            text = text[:at] + rng.choice(SIGNS) + text[at + 1 :]
        else:
            text = text[:at] + text[rng.randrange(len(text) + 1) :]
    return text


def answers(rng: random.Random) -> int:
    """Cells of scores: each is a score, a category, nothing or invalid."""
    for _ in range(1_000):
        answer = to_answer(spoilt(rng, rng.choice(SCORES)), nc.Scale.STANDARD)
        assert answer is None or answer == INVALID or isinstance(answer, nc.Category) or 0 <= answer <= 10
    return 1_000


def dates(rng: random.Random) -> int:
    """Columns of times: read whole, or refused with a line."""
    for _ in range(250):
        texts = [spoilt(rng, rng.choice(TIMES)) for _ in range(4)]
        try:
            times, _ = Dates("at").read(texts, range(2, 6))
        except nc.InvalidInputError as error:
            if "(line " not in str(error):
                raise
        else:
            assert len(times) == 4
    return 1_000


def words(rng: random.Random) -> int:
    """Names of categories and scales, and texts to be redacted."""
    for _ in range(300):
        text = spoilt(rng, rng.choice(["Promoter", "0-10", "1-5", "ann@example.com 040 123 4567", "passiivinen"]))
        for parse in (nc.Category.parse, nc.Scale.parse):
            with contextlib.suppress(nc.NPSError):
                parse(text)
        assert "@example" not in redacted(text.replace("@example", ""))
    return 900


def columns(rng: random.Random) -> int:
    """Lists of anything as scores, times, labels and weights: every row is counted, or the list is refused."""
    for _ in range(50):
        n = rng.randrange(4)
        column = [rng.choice(VALUES) for _ in range(n)]
        given = {rng.choice(["at", "respondents", "reasons", "weights"]): [rng.choice(VALUES) for _ in range(n)]}
        if rng.random() < 0.5:
            given["segments"] = {"a": [rng.choice(VALUES) for _ in range(n)]}
        try:
            survey = nc.Survey.from_scores(column, invalid="exclude", time_zone="naive", **given)  # type: ignore[arg-type]
        except nc.NPSError:
            continue
        assert survey.n + survey.missing + survey.invalid == n == len(survey)
        assert int(survey.tally().counts.sum()) == survey.n
    return 50


WRITTEN: Final = json.dumps(
    nc.Tally.from_cells(
        [("north", dt.date(2026, 1, 5), 9, 3), (None, None, 2, 1)], by="region", every="week", time_zone="naive"
    ).to_dict()
)


def mappings(rng: random.Random) -> int:
    """Dictionaries of tallies, with their JSON or their values changed: read as written, or refused."""
    for _ in range(50):
        data: Any = json.loads(WRITTEN)
        if rng.random() < 0.5:
            try:
                data = json.loads(spoilt(rng, WRITTEN))
            except ValueError:
                continue
        else:
            place = data
            while isinstance(place, (dict, list)) and place and rng.random() < 0.7:
                key = rng.choice([*place]) if isinstance(place, dict) else rng.randrange(len(place))
                if not isinstance(place[key], (dict, list)) or rng.random() < 0.3:
                    place[key] = rng.choice(VALUES)
                    break
                place = place[key]
        try:
            tally = nc.Tally.from_dict(data)
        except nc.NPSError:
            continue
        assert nc.Tally.from_dict(tally.to_dict()) == tally
    return 50


def cells(rng: random.Random) -> int:
    """Rows of counts: added up, or refused."""
    for _ in range(50):
        rows = [
            (rng.choice(["a", "b", None, *VALUES]), rng.choice([9, 3, None, *VALUES]), rng.choice([1, 2**61, *VALUES]))
            for _ in range(rng.randrange(4))
        ]
        try:
            tally = nc.Tally.from_cells(rows, by="shop", invalid="exclude")
        except nc.NPSError:
            continue
        total = int((tally.n + tally.missing + tally.invalid).sum())
        assert total == sum(int(count) for *_, count in rows)
    return 50


MADE: Final = {path.stem: path for path in (Path(__file__).parent / "data" / "exports").iterdir()}
ROWS_ABOVE: Final = {"qualtrics": 3, "surveymonkey": 2, "survicate": 2}


@functools.cache
def made_export(vendor: str) -> list[list[str]]:
    """The records of a survey tool's file."""
    return [*csv.reader(io.StringIO(MADE[vendor].read_text("utf-8"), newline=""))]


def a_table(rng: random.Random) -> tuple[list[list[str]], list[list[str]]]:
    """What stands above the answers, and the answers: of a tool, or of none."""
    if rng.random() < 0.3:
        rows = [[rng.choice([*SCORES, *TIMES]) for _ in range(3)] for _ in range(rng.randrange(5))]
        return [["nps", "why", "at"]], rows
    vendor = rng.choice(sorted(MADE))
    above = ROWS_ABOVE.get(vendor, 1)
    records = made_export(vendor)
    rows = [[*rng.choice(records[above:])] for _ in range(rng.randrange(5))]
    for row in rows:
        for _ in range(rng.randrange(3)):
            row[rng.randrange(len(row))] = rng.choice([*SCORES, *TIMES])
    return records[:above], rows


def exports(rng: random.Random) -> int:
    """Files of all tools: every row below the header is scored, missing, invalid or excluded, or all are refused."""
    path = Path(tempfile.gettempdir()) / f"nps-core-fuzzing-{os.getpid()}.csv"  # of this process alone
    for _ in range(10):
        above, rows = a_table(rng)
        file = io.StringIO(newline="")
        csv.writer(file, csv.unix_dialect, delimiter=rng.choice(",;\t|")).writerows([*above, *rows])
        whole = rng.random() < 0.5
        text = file.getvalue() if whole else spoilt(rng, file.getvalue())
        content = text.encode(rng.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"]), "ignore")
        path.write_bytes(content)
        options: dict[str, Any] = {"time_zone": rng.choice(["naive", "UTC"]), "categories": rng.random() < 0.5}
        try:
            survey = programme.read_export(
                path, score=rng.choice([*above[0], None, None, None]), invalid="exclude", **options
            )
        except nc.NPSError:
            continue
        reading = survey.reading
        assert reading is not None
        excluded = sum(reading.excluded.values())
        assert reading.rows == reading.scored + reading.missing + reading.invalid + excluded == len(survey) + excluded
        if whole:
            assert reading.rows == len(rows)
    path.unlink(missing_ok=True)
    return 10


def json_values(text: str) -> list[Any]:
    """What a JSON file holds: an array, or one value after another."""
    decoder, found, rest = json.JSONDecoder(), list[Any](), text.strip(" \t\r\n")
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].lstrip(" \t\r\n")
    return found[0] if len(found) == 1 and isinstance(found[0], list) else found


def written(rng: random.Random, form: str) -> str:
    """A file of answers."""
    n = rng.randrange(1, 5)
    if form == "csv":
        file = io.StringIO(newline="")
        rows = [[rng.choice(SCORES), rng.choice(SCORES), rng.choice(TIMES)] for _ in range(n)]
        csv.writer(file, rng.choice(["unix", "excel"]), delimiter=rng.choice(",;\t|")).writerows(
            [["nps", "why", "at"], *rows]
        )
        return file.getvalue()
    answers = [
        {"nps": rng.choice([9, 3, None, 8.5, 11, "9", "x"]), "why": rng.choice(SCORES), "at": rng.choice(TIMES)}
        for _ in range(n)
    ]
    return json.dumps(answers, indent=rng.choice([None, 1])) if form == "json" else "\n".join(map(json.dumps, answers))


def rows_of(text: str, form: str) -> int:
    """How many answers a file has: blank lines between cells are none, and a comma too many in JSON is no answer."""
    if form == "csv":
        delimiter = max(",;\t|", key=text.removeprefix("\ufeff").split("\n")[0].count)
        return sum(map(bool, csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))) - 1
    return len(json_values(re.sub(r",(\s*[]}])", r"\1", text)))


def files(rng: random.Random) -> int:
    """CSV and JSON files for the command: every row is scored, missing or invalid, or all are refused."""
    form = rng.choice(["csv", "json", "jsonl"])
    text = written(rng, form) if rng.random() < 0.3 else spoilt(rng, written(rng, form))
    text = text.encode("utf-8", "ignore").decode()
    packed = rng.random() < 0.2
    path = Path(tempfile.gettempdir()) / f"nps-core-fuzzing-{os.getpid()}.{form}{'.gz' * packed}"
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if packed else text.encode())
    by = rng.choice([[], ["why"]])
    try:
        with open_answers([path]) as opened:
            rows = opened.select(score="nps", by=by, at=None, at_format=None, time_zone=None, missing=["NA"])
            tally = nc.Tally.from_frame(rows, score="nps", by=by, invalid="exclude")
    except nc.NPSError:
        return 1
    finally:
        path.unlink()
    assert int((tally.n + tally.missing + tally.invalid).sum()) == rows_of(text, form), text
    return 1


TARGETS: Final[dict[str, Callable[[random.Random], int]]] = {
    each.__name__: each for each in (answers, dates, words, columns, mappings, cells, exports, files)
}
SHARES: Final = {
    "answers": 0.398,
    "dates": 0.3,
    "words": 0.1,
    "columns": 0.07,
    "mappings": 0.05,
    "cells": 0.05,
    "exports": 0.03,
    "files": 0.002,
}
"""How many of all inputs each target reads."""

RECORDED_FROM: Final = 10_000_000


def run(target: str, seed: int, inputs: int) -> int:
    """Read so many inputs, or some more, and return how many."""
    rng, done = random.Random(f"{target} {seed}"), 0
    while done < inputs:
        done += TARGETS[target](rng)
    return done


def main(inputs: int, seed: int) -> None:
    """Read inputs on all cores; a run of ten million is written into the table of the documentation."""
    pieces = min(64, 1 + inputs // 200_000)
    counted = dict.fromkeys(TARGETS, 0)
    started = time.monotonic()
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        jobs = {
            pool.submit(run, target, seed + piece, int(inputs * share / pieces) + 1): target
            for piece in range(pieces)
            for target, share in SHARES.items()
        }
        for job in concurrent.futures.as_completed(jobs):
            if job.exception():
                pool.shutdown(cancel_futures=True)
            counted[jobs[job]] += job.result()
            print(f"\r{sum(counted.values()):,} of {inputs:,}", end="", file=sys.stderr)
    told = {name: (target.__doc__ or "").strip().rstrip(".") for name, target in TARGETS.items()}
    lines = ["| inputs | what they were |", "|---|---|", *(f"| {counted[name]:,} | {told[name]} |" for name in TARGETS)]
    lines.append(
        f"| **{sum(counted.values()):,}** | together, with seed {seed}; uncaught exceptions: 0, lost rows: 0 |"
    )
    if inputs >= RECORDED_FROM:
        TABLE.write_text("\n".join([*lines, ""]), "utf-8")
    print(f"\n{sum(counted.values()):,} inputs in {time.monotonic() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main(int(sys.argv[1].replace(",", "").replace("_", "")), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
