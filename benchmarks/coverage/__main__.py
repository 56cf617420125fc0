"""How often the intervals hold the true value, summed over every possible sample, and how often series mislead.

``python -m benchmarks.coverage``, run in the root of the checkout, writes the tables that the documentation shows.
Names of tables after it, such as ``coverage_series``, write these only.
"""

import sys
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.coverage import looking, one_score, still_series, two_scores
from nps_core.stats.differences import DIFFERENCE_METHODS
from nps_core.stats.intervals import METHODS

TABLES = Path(__file__).parents[2] / "docs" / "tables"

ONE = """\
| coverage | {sizes} |
|{rule}
{coverage}

Mean and, in brackets, lowest coverage in percent, over {points:,} true distributions in steps of 1 %.

| width | {sizes} |
|{rule}
{width}

Mean width in points. Where promoters or detractors are fewer than 3 %, or more than 85 %, the default's coverage can be
lower: with 8-60 % passives, on the same grid, down to {beyond}.
It is lower still where either are nearly, but not quite, absent.
"""

TWO = """\
| answers | {methods} |
|{rule}
{coverage}

Mean and, in brackets, lowest coverage in percent, over all {pairs:,} pairs of {points} true distributions in steps of
{step} %. In steps of 1 %, within {reach} % of the two distributions where it is lowest, the default's coverage comes
down to {nearby}.
"""


def told(covered: one_score.Floats) -> str:
    return f"{100 * covered.mean():.1f} ({100 * covered.min():.1f})"


def rows(names: Iterable[str], cells: Iterable[Iterable[str]]) -> str:
    return "\n".join(f"| {' | '.join([name, *row])} |" for name, row in zip(names, cells, strict=True))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def one() -> str:
    """The tables of one score."""
    found, sizes = one_score.everything(), one_score.SIZES
    for (method, n), each in found.items():
        say(f"{method:20} n = {n:3}: {told(each.covered)}, lowest {each.covered.min():.5f} at {each.worst}")
    beyond = one_score.beyond()
    for each in beyond:
        say(f"score beyond         n = {each.n:3}: lowest {each.covered.min():.5f} at {each.worst}")
    return ONE.format(
        sizes=" | ".join(f"n = {n}" for n in sizes),
        rule="---|" * (len(sizes) + 1),
        coverage=rows(METHODS, ([told(found[method, n].covered) for n in sizes] for method in METHODS)),
        points=len(found["score", sizes[0]].shares),
        width=rows(METHODS, ([f"{100 * found[method, n].width.mean():.1f}" for n in sizes] for method in METHODS)),
        beyond=", ".join(f"{100 * each.covered.min():.1f} % (n = {each.n})" for each in beyond),
    )


def two() -> str:
    """The table of two scores."""
    found, sizes = two_scores.everything(), two_scores.SIZES
    for (method, (n1, n2)), each in found.items():
        say(f"{method:20} {n1:3}, {n2:3}: {told(each.covered)}, lowest {each.covered.min():.5f} at {each.worst}")
    nearby = [two_scores.nearby(found["score", pair]) for pair in sizes]
    for each in nearby:
        say(f"score nearby         {each.sizes}: lowest {each.covered.min():.5f} at {each.worst}")
    points = len(found["score", sizes[0]].shares)
    names = (f"{n1} and {n2}" for n1, n2 in sizes)
    return TWO.format(
        methods=" | ".join(DIFFERENCE_METHODS),
        rule="---|" * (len(DIFFERENCE_METHODS) + 1),
        coverage=rows(names, ([told(found[method, pair].covered) for method in DIFFERENCE_METHODS] for pair in sizes)),
        pairs=points**2,
        points=points,
        step=two_scores.STEP,
        reach=two_scores.REACH,
        nearby=", ".join(f"{100 * each.covered.min():.1f} % ({' and '.join(map(str, each.sizes))})" for each in nearby),
    )


def over_time() -> str:
    """The tables of series of periods."""
    return still_series.table(np.random.default_rng(still_series.SEED))


def often() -> str:
    """The table of streams that are looked at again and again."""
    return looking.as_markdown(looking.everything())


STUDIES = {"coverage_one": one, "coverage_two": two, "coverage_series": over_time, "coverage_looking": often}


def main(names: list[str]) -> None:
    """Compute them, write them to docs/tables, and show them."""
    begun = time.perf_counter()
    TABLES.mkdir(exist_ok=True)
    for name in names or STUDIES:
        table = STUDIES[name]()
        (TABLES / f"{name}.md").write_text(table, "utf-8", newline="\n")
        say(f"\n{table}")
    say(f"{time.perf_counter() - begun:.0f} seconds with numpy {np.__version__}")


if __name__ == "__main__":
    main(sys.argv[1:])
