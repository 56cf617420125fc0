"""Competitors: against comparing each pair by hand, and on a published case."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nps_core as nc
from nps_core import compare_competitors

DATA = Path(__file__).parents[1] / "data"
names = st.sampled_from(["Acme", "Bolt", "Cog", "Dyn"])
cells = st.lists(st.tuples(names, st.integers(0, 10), st.integers(1, 30)), min_size=2, max_size=12)


@given(cells, st.integers(1, 20))
def test_each_company_is_compared_as_by_hand(rows: Any, min_n: int) -> None:
    tally = nc.Tally.from_cells(rows, by="company")
    n = dict(zip([labels[0] for labels in tally.groups], tally.n.tolist(), strict=True))
    kept = {name for name, count in n.items() if name and count >= min_n}
    if len(kept) < 2:
        with pytest.raises(nc.NoAnswersError, match="two companies"):
            compare_competitors(tally, "company", min_n=min_n)
        return
    ours = min(kept)
    table = compare_competitors(tally, "company", ours=ours, min_n=min_n)
    assert {each.label for each in table.segments} == kept
    assert table.left_out == len(n) - len(kept)
    parts = {name: tally.where(segments={"company": name}).tally() for name in kept}
    values = {name: nc.nps(part).value for name, part in parts.items()}
    spread = np.std([*values.values()], ddof=1)
    pvalues = {name: nc.compare(parts[name], parts[ours]).pvalue for name in kept - {ours}}
    adjusted = dict(zip(pvalues, _holm([*pvalues.values()]), strict=True))
    for each in table.segments:
        assert each.score == nc.nps(parts[each.label])
        if spread == 0:
            assert each.z is None
        else:
            assert each.z == pytest.approx((values[each.label] - np.mean([*values.values()])) / spread)
        if each.label == ours:
            assert (each.difference, each.adjusted_pvalue) == (None, None)
        else:
            expected = nc.compare(parts[each.label], parts[ours])
            assert each.difference is not None
            assert each.difference.value == expected.value
            assert each.difference.confidence_interval == expected.confidence_interval
            assert each.adjusted_pvalue == pytest.approx(adjusted[each.label])


def _holm(pvalues: list[float]) -> list[float]:
    order = np.argsort(pvalues, kind="stable")
    worst, found = 0.0, [0.0] * len(pvalues)
    for place, row in enumerate(order.tolist()):
        worst = max(worst, min(1.0, pvalues[row] * (len(pvalues) - place)))
        found[row] = worst
    return found


def test_the_airlines_of_a_published_case() -> None:
    frame = pd.concat([pd.read_csv(DATA / f"prepbench122_{name}.csv") for name in ("airlines", "prepair")])
    column = "How likely are you to recommend this airline?"
    survey = nc.Survey.from_scores(frame[column], segments={"airline": frame["Airline"]})
    table = compare_competitors(survey, "airline", ours="Prep Air")
    assert (len(table), table.left_out) == (59, 40)
    ours = table["Prep Air"]
    assert round(ours.score.value, 4) == 21.1957  # tests/data/SOURCES.md
    sizes = frame.groupby("Airline")[column].size()
    scores = frame.groupby("Airline")[column].apply(lambda s: 100 * ((s >= 9).sum() - (s <= 6).sum()) / len(s))
    field = scores[sizes >= 50]
    assert ours.z == pytest.approx((field["Prep Air"] - field.mean()) / field.std())
    assert ours.z is not None
    assert round(ours.z, 4) == 1.1312


def test_it_is_printed_with_ours_and_without() -> None:
    rows = [("Acme", 9, 60), ("Acme", 3, 20), ("Bolt", 9, 40), ("Bolt", 3, 40), ("Cog", 9, 5)]
    tally = nc.Tally.from_cells(rows, by="company")
    table = compare_competitors(tally, "company", ours="Acme")
    assert str(table) == (
        "2 competitors\n"
        "\n"
        "rank  company  possible   NPS  95 % interval   n      z  ours minus theirs   95 % interval  adjusted p\n"
        "------------------------------------------------------------------------------------------------------\n"
        "1     Acme            1  50.0   29.0 to 66.4  80  +0.71                  -               -           -\n"
        "2     Bolt            2   0.0  -21.4 to 21.4  80  -0.71              +50.0  +20.0 to +77.0       0.001\n"
        "\n"
        "z: standard deviations (35.4 points) above the mean of the field (25.0).\n"
        "Ours: Acme; p-values adjusted by Holm.\n"
        "Left out, with fewer than 50 answers: 1."
    )
    assert "Cog" not in str(table)
    alone = compare_competitors(tally, "company", min_n=5)
    assert "ours minus theirs" not in str(alone)
    assert "Left out" not in str(alone)
    assert "difference" not in alone.to_dicts()[0]
    assert table.to_dicts()[1]["difference"] == 50.0
    assert repr(table) == "CompetitorTable(by='company', companies=2, left_out=1, ours='Acme')"
    assert table == compare_competitors(tally, "company", ours="Acme")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"ours": "Dyn"}, nc.UnknownNameError, "^segment must be one of 'Acme', 'Bolt', got 'Dyn'"),
        ({"by": ["company"]}, nc.InvalidInputError, "^by must be the name of one segment, got"),
        ({"by": "shop"}, nc.UnknownNameError, "^segment must be one of 'company', got 'shop'"),
        ({"min_n": 0}, nc.InvalidInputError, "^min_n must be"),
        ({"min_n": 500}, nc.NoAnswersError, "^a comparison needs two companies of 500 answers or more, got 0 of 2; "),
    ],
)
def test_what_has_no_competitors_is_refused(options: Any, error: type[Exception], message: str) -> None:
    tally = nc.Tally.from_cells([("Acme", 9, 60), ("Bolt", 9, 60)], by="company")
    with pytest.raises(error, match=message):
        compare_competitors(tally, **{"by": "company", **options})


def test_answers_about_no_company_are_no_competitor() -> None:
    companies = ["A"] * 60 + ["B"] * 60 + [None] * 60
    survey = nc.Survey.from_scores([10] * 60 + [3] * 60 + [9] * 60, segments={"co": companies})
    table = nc.compare_competitors(survey, "co", ours="A")
    assert (len(table), table.left_out, table.unlabelled, table.field_mean) == (2, 0, 60, 0.0)
    assert "Answers about no company: 60." in str(table)
