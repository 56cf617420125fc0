"""What one process needs at most to answer one question: ``peak.py engine question ours|native folder [server]``.

Started anew for every figure, and on its own: what it imports is part of what it needs.
"""

import json
import resource
import sys
from pathlib import Path

from asking import Place, Question
from catalogue import ENGINES, Engine

_ALONE = {"Dask, two workers": Engine("in_dask", "threads", ("dask",))}
"""Where workers would hold what is to be measured."""


def main(name: str, question: Question, who: str, folder: str, server: str | None = None) -> None:
    """Write the peak before and after the question, in bytes."""
    with (_ALONE.get(name) or ENGINES[name]).open(Place(folder, server)) as asked:
        before = peak()
        if who == "ours":
            asked.ours(question)
        else:
            asked.native[question]()
        sys.stdout.write(json.dumps({"before": before, "peak": peak()}) + "\n")


def peak() -> int:
    """The most memory that this process has held so far, in bytes.

    In Linux a process inherits the ``ru_maxrss`` of the one that started it, but not what ``/proc`` tells.
    """
    status = Path("/proc/self/status")
    lines = status.read_text("utf-8").splitlines() if status.exists() else []
    kilobytes = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    if kilobytes:
        return 1024 * kilobytes[0]
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]
