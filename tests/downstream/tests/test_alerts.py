"""What our people are told."""

import warnings
from typing import NoReturn

import nps_core as nc
import pytest
from nps_core import errors

from shop_loyalty import alerts

RAISED = [getattr(errors, name) for name in errors.__all__]
ERRORS = [each for each in RAISED if issubclass(each, nc.NPSError)]
WARNINGS = [each for each in RAISED if issubclass(each, nc.NPSWarning)]


def test_every_error_has_an_advice_of_its_own() -> None:
    assert len({alerts.advice(each("...")) for each in ERRORS}) == len(ERRORS)


def test_every_warning_has_a_remark_of_its_own() -> None:
    assert len({alerts.remark(each("...")) for each in WARNINGS}) == len(WARNINGS)
    assert set(alerts.WEIGHTS) == {*WARNINGS} - {nc.NPSWarning}


def test_what_is_refused_becomes_an_advice() -> None:
    assert alerts.tried(lambda: nc.nps([9, 10]).rounded) == 100
    assert alerts.tried(lambda: nc.nps([None])) == "nobody answered yet: wait"
    assert alerts.tried(lambda: nc.nps([99, 98, 9])) == "2 answers are no scores: look at the form"


def test_what_is_not_installed_is_named() -> None:
    def call() -> NoReturn:
        raise nc.MissingDependencyError("no such thing", name="numbers")

    assert alerts.tried(call) == "call the IT: something is not installed (numbers)"


def test_warnings_become_remarks() -> None:
    questions = ("Would you recommend us?", "Do you recommend us?")
    before, after = (nc.Survey.from_scores([10, 3], respondents=["ann", "bob"], question=asked) for asked in questions)
    difference, remarks = alerts.with_remarks(lambda: nc.compare(before, after))
    assert difference.value == 0
    assert sorted(remarks) == ["the questions were different", "the same people answered"]


def test_the_gravest_comes_first() -> None:
    def call() -> None:
        for kind in (nc.FewAnswersWarning, nc.DisclosureWarning, UserWarning):
            warnings.warn("...", kind, stacklevel=1)

    assert alerts.with_remarks(call)[1] == ["do not show this: somebody could be told by it", "few answers"]


def test_other_errors_are_not_ours() -> None:
    with pytest.raises(ZeroDivisionError):
        alerts.tried(lambda: 1 // 0)
