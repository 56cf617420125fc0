"""Make docs/data/made_answers.csv: no real answers, but dates and segments together in a handy size.

The same seed gives the same file, byte for byte: ``python docs/data/make_answers.py``.
"""

import csv
import datetime as dt
import random
from pathlib import Path

TARGET = Path(__file__).with_name("made_answers.csv")
START, DAYS, N = dt.datetime(2026, 1, 1), 181, 2400

# Shares of detractors and passives; the rest are promoters. The south gets better as the months go by.
REGIONS = {"north": (0.15, 0.30), "south": (0.40, 0.30), "west": (0.25, 0.35)}
PRODUCTS = ("app", "store", "store", "web")


def answers() -> list[tuple[str, str, str, int | str]]:
    """The rows of the file, oldest first."""
    random_number = random.Random(20260701).random  # the one method whose numbers never change
    rows = []
    for _ in range(N):
        at = START + dt.timedelta(days=DAYS * random_number())
        region = list(REGIONS)[int(3 * random_number())]
        product = PRODUCTS[int(4 * random_number())]
        detractors, passives = REGIONS[region]
        if region == "south":
            detractors -= 0.2 * (at - START) / dt.timedelta(days=DAYS)
        draw, within = random_number(), random_number()
        if draw < detractors:
            score: int | str = int(7 * within**0.5)
        elif draw < detractors + passives:
            score = 7 + int(2 * within)
        else:
            score = 9 + int(2 * within)
        if random_number() < 0.04:
            score = ""
        rows.append((f"{at:%Y-%m-%dT%H:%M}", region, product, score))
    return sorted(rows, key=lambda row: row[0])


def main() -> None:
    """Write the file."""
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("answered", "region", "product", "score"))
        writer.writerows(answers())


if __name__ == "__main__":
    main()
