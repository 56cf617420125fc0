"""Wilson's interval: against the equation that it solves, and known limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_core.stats.normal import quantile
from nps_core.stats.shares import wilson


@given(n=st.integers(1, 10_000), part=st.floats(0, 1), level=st.sampled_from([0.8, 0.95, 0.999]))
def test_the_limits_are_where_the_score_test_stops_rejecting(n: int, part: float, level: float) -> None:
    x = round(part * n)
    low, high = (float(limit) for limit in wilson(x, n, level))
    assert 0 <= low <= x / n <= high <= 1
    for limit in {low, high} - {0.0, 1.0}:
        assert abs(x / n - limit) / np.sqrt(limit * (1 - limit) / n) == pytest.approx(quantile(level), rel=1e-6)


def test_known_limits() -> None:
    # Newcombe (1998), Statistics in Medicine 17:857-872, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    low, high = wilson([81, 15, 0, 1], [263, 148, 20, 29])
    np.testing.assert_allclose(low, [0.2553, 0.0624, 0.0000, 0.0061], atol=5e-5)
    np.testing.assert_allclose(high, [0.3662, 0.1605, 0.1611, 0.1718], atol=5e-5)


def test_of_nobody_every_share_is_possible() -> None:
    assert tuple(map(float, wilson(0, 0))) == (0, 1)
