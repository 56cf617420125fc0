"""Draw the picture of the README from the made answers: python docs/images/make_pictures.py."""

from pathlib import Path

import matplotlib as mpl
import pandas as pd

import nps_core as nc

DOCS = Path(__file__).parents[1]


def main() -> None:
    """Write trend.png beside this file."""
    mpl.use("Agg")
    answers = pd.read_csv(DOCS / "data" / "made_answers.csv", parse_dates=["answered"])
    survey = nc.Survey.from_scores(answers["score"], at=answers["answered"], time_zone="Europe/Helsinki")
    axes = nc.trend(survey, every="week").plot()
    axes.figure.savefig(DOCS / "images" / "trend.png", dpi=110, facecolor="white", metadata={"Software": None})


if __name__ == "__main__":
    main()
