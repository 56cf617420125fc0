"""One of every result of the analyses."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import nps_core as nc

CELLS = [("north", 10, 6), ("north", 8, 2), ("south", 0, 5), ("south", None, 3), (None, 8, 1), ("west", None, 2)]
DATED = [
    (dt.date(2026, 1, 5), 10, 6),
    (dt.date(2026, 1, 9), 3, 2),
    (dt.date(2026, 3, 1), 9, 2),
    (dt.date(2026, 4, 1), 2, 2),
    (None, 4, 2),
]
SHOPS = [
    ("a", 10, 6), ("a", 8, 2), ("b", 0, 5), ("b", 9, 3), ("c", 8, 2), ("d", 3, 4), ("d", None, 1), ("e", 10, 9),
    (None, 10, 1), (None, 2, 1),
]  # fmt: skip
LATER = [("a", 10, 4), ("a", 3, 2), ("b", 0, 1), ("b", 9, 6), ("c", 8, 2), ("c", 10, 2), ("f", 3, 4)]
CLUSTERED = nc.Survey.from_scores(
    [10, 9, 3, 8, 10, 6, 9, 9, 2, 7, 10, 3],
    segments={"shop": [*"aabbaabbaabb"], "unit": [*"112233445566"]},
)
PANEL = [
    nc.Survey.from_scores(scores, respondents=["ann", "bob", "cleo", "dan"])
    for scores in ([10, 3, 8, None], [9, 9, 10, 3])
]


YEARS = nc.Survey.from_scores(
    [(7 * i * i) % 11 if i % 9 else None for i in range(150)],
    at=[dt.date(2025, 1, 10) + dt.timedelta(days=4 * i) for i in range(150)],
    time_zone="naive",
    segments={"shop": [*"abc"] * 50, "unit": [str(i % 10) for i in range(150)]},
    respondents=[f"person {i % 40}" for i in range(150)],
    kind="transactional",
)


def shops(cells: Any = SHOPS) -> nc.Tally:
    return nc.Tally.from_cells(cells, by="shop")


COMMENTS = nc.Survey.from_scores([10, 2, 8], reasons=["quick", "slow", None], suggestions=[None, "chairs", "tea"])
RATINGS = {"staff": [i % 7 for i in range(150)], "price": [i % 5 for i in range(150)]}

MAKE: dict[str, Callable[[], Any]] = {
    "accounts": lambda: nc.account_score(CLUSTERED, "unit", roll_up="mean answers"),
    "competitors": lambda: nc.compare_competitors(shops(), "shop", ours="a", min_n=2),
    "drivers": lambda: nc.key_drivers(YEARS, RATINGS, n_resamples=50, rng=1),
    "themes": lambda: nc.theme_impacts(YEARS, {"price": [i % 3 == 0 for i in range(150)]}),
    "comments": lambda: nc.verbatims(COMMENTS),
    "distribution": lambda: nc.distribution(nc.Survey.from_scores([10, 9, 8, 3], weights=[1, 2, 3, 4])),
    "moves": lambda: nc.category_moves(*PANEL),
    "score": lambda: nc.nps([10, 9, 8, 3, None]),
    "weighted": lambda: nc.nps(nc.Survey.from_scores([10, 9, 8, 3], weights=[1, 2, 3, 4])),
    "in a design": lambda: nc.nps(CLUSTERED, design=nc.Design(clusters="unit")),
    "difference": lambda: nc.compare(nc.Tally.from_counts({10: 3}), nc.Tally.from_counts({10: 3, 2: 2})),
    "of a panel": lambda: nc.compare(*PANEL, pairing="panel"),
    "target": lambda: nc.compare_to_target([10, 9, 8, 3], 20, alternative="greater"),
    "segments": lambda: nc.by_segment(nc.Tally.from_cells(CELLS, by="region"), "region"),
    "suppressed": lambda: nc.by_segment(shops(), "shop", min_n=5),
    "all suppressed": lambda: nc.by_segment(shops([("a", 10, 3), ("b", 8, 4)]), "shop", min_n=5),
    "segments in a design": lambda: nc.by_segment(CLUSTERED, "shop", design=nc.Design(clusters="unit")),
    "pairs": lambda: nc.compare_all(shops(), "shop"),
    "pairs in a design": lambda: nc.compare_all(CLUSTERED, "shop", design=nc.Design(clusters="unit")),
    "equality": lambda: nc.equality(shops(), "shop"),
    "equality in a design": lambda: nc.equality(CLUSTERED, "shop", design=nc.Design(clusters="unit")),
    "ranking": lambda: nc.rank_segments(shops(), "shop"),
    "ranking of few": lambda: nc.rank_segments(shops(SHOPS[:4]), "shop"),
    "changes": lambda: nc.decompose_change(shops(), shops(LATER), by="shop"),
    "robustness": lambda: nc.robustness(shops(), shops(LATER)),
    "nonresponse": lambda: nc.nonresponse(shops(), invited=60, target=10),
    "nobody silent": lambda: nc.nonresponse(shops(), invited=33),
    "standardized": lambda: nc.standardize(
        nc.Tally.from_cells(CELLS, by="region"), "region", {"north": 2, "south": 1, None: 1}
    ),
    "trend": lambda: nc.trend(nc.Tally.from_cells(DATED, every="day"), every="month"),
    "long trend": lambda: nc.trend(YEARS, every="month"),
    "fiscal trend": lambda: nc.trend(YEARS, every="quarter", fiscal_start_month=4),
    "trends": lambda: nc.trend(YEARS, every="month", by="shop"),
    "trends in a design": lambda: nc.trend(YEARS, every="year", by="shop", design=nc.Design(clusters="unit")),
    "rolling": lambda: nc.rolling(YEARS, months=2, every="month"),
    "rolling latest": lambda: nc.rolling(YEARS, days=30, every="month", latest=True),
    "rolling segments": lambda: nc.rolling(YEARS, days=30, every="month", by="shop"),
    "monitor": lambda: nc.monitor([10, 9, 8, 3, None]),
    "empty monitor": lambda: nc.monitor(confidence_level=0.9),
    "effect": lambda: nc.effect_of(YEARS.tally("shop", every="day"), dt.date(2026, 1, 1), by="shop"),
    "effect of few": lambda: nc.effect_of(YEARS.tally(every="day"), dt.date(2025, 1, 20)),
    "rhythm": lambda: nc.rhythm(YEARS, every="quarter"),
    "quarantine": lambda: nc.quarantine(YEARS, rules=nc.QuarantineRules(relationship=90, transactional=30)),
}
