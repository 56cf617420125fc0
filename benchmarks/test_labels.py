"""Labels in a list become codes not quite as fast as in pandas, a few of a fixed width four times as fast.

Ours come with their labels in sorted order. From a list pandas is given an array of objects, made outside the timing;
Polars and PyArrow read the list.
"""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from racing import OURS, RaceAndRecord, Runner, Scaled, equal_to, faster

from nps_core.counting.labels import encode

Texts = NDArray[np.str_]


def texts_of(n: int, n_labels: int) -> Texts:
    """Short labels, of a fixed width of eleven characters."""
    codes = np.random.default_rng(6).integers(0, n_labels, n)
    return np.array([f"label {code:05}" for code in range(n_labels)])[codes]


def decoded(codes: Any, labels: Any) -> Texts:
    texts: Texts = np.asarray(labels, np.str_)[np.asarray(codes)]
    return texts


def ours(labels: Any, expected: Texts) -> Runner:
    return Runner(lambda: encode(labels, "segment"), equal_to(expected, lambda found: decoded(*found)))


def in_pandas(labels: NDArray[Any], expected: Texts) -> Runner:
    return Runner(lambda: pd.factorize(labels), equal_to(expected, lambda found: decoded(*found)))


def of_polars(found: pl.Series) -> Texts:
    return np.asarray(found.cast(pl.String).to_list(), np.str_)


def of_pyarrow(found: Any) -> Texts:
    return decoded(found.indices, found.dictionary.to_pylist())


@pytest.mark.parametrize("n_labels", [10, 1_000, 100_000])
def test_list(race: RaceAndRecord, scaled: Scaled, n_labels: int) -> None:
    expected = texts_of(scaled(10**6), n_labels)
    labels = expected.tolist()
    objects = np.array(labels, np.object_)
    race(
        f"a list of {len(labels):,}, {n_labels:,} distinct",
        {
            OURS: ours(labels, expected),
            "pandas": in_pandas(objects, expected),
            "Polars": Runner(lambda: pl.Series(labels).cast(pl.Categorical), equal_to(expected, of_polars)),
            "PyArrow": Runner(lambda: pa.array(labels).dictionary_encode(), equal_to(expected, of_pyarrow)),
        },
        goals=[faster(1, "pandas")] if n_labels <= 1_000 else [],
        size=len(labels),
        unit="label",
        seconds=4,
    )


@pytest.mark.parametrize("n_labels", [10, 1_000, 100_000])
def test_fixed_width(race: RaceAndRecord, scaled: Scaled, n_labels: int) -> None:
    labels = texts_of(scaled(10**6), n_labels)
    objects = labels.astype(np.object_)
    race(
        f"an array of {len(labels):,}, {n_labels:,} distinct",
        {
            OURS: ours(labels, labels),
            "pandas": in_pandas(labels, labels),
            "pandas, of objects": in_pandas(objects, labels),
            "numpy": Runner(
                lambda: np.unique(labels, return_inverse=True), equal_to(labels, lambda found: decoded(*found[::-1]))
            ),
        },
        goals=[faster(2, "pandas")],
        size=len(labels),
        unit="label",
        seconds=4,
        rounds=3,
    )
