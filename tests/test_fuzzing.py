"""Some thousands of the broken inputs of which a recorded run has read ten million."""

import re

import fuzzing
import pytest


@pytest.mark.parametrize("target", fuzzing.TARGETS)
@pytest.mark.parametrize("seed", range(5))
def test_broken_input_is_read_or_refused(target: str, seed: int) -> None:
    assert fuzzing.run(target, seed, 1) > 0


@pytest.mark.skipif(not fuzzing.TABLE.exists(), reason="the tests run without the documentation beside them")
def test_the_recorded_run_read_ten_million_inputs() -> None:
    rows = re.findall(r"^\| \**([\d,]+)\** \| (.*) \|$", fuzzing.TABLE.read_text("utf-8"), re.MULTILINE)
    *parts, total = [int(count.replace(",", "")) for count, _ in rows]
    assert total == sum(parts) >= 10_000_000
    told = [(target.__doc__ or "").strip().rstrip(".") for target in fuzzing.TARGETS.values()]
    assert [what for _, what in rows[:-1]] == told
