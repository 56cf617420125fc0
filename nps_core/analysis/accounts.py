"""The score of accounts that several people answer for."""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias, get_args

import attrs
import numpy as np
from numpy.typing import NDArray

from nps_core.analysis.counts import tally_of
from nps_core.analysis.designs import Design
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import NetPromoterScore, level_in_words, nps
from nps_core.counting.columns import as_mapping
from nps_core.counting.kernel import CELLS, MISSING, POINTS
from nps_core.counting.labels import label_of
from nps_core.display import numbers
from nps_core.display.rows import Rows
from nps_core.display.tables import Table
from nps_core.errors import IncompatibleError, InvalidInputError, NoAnswersError, listed, must_be_one_of
from nps_core.model.selection import last_of_each
from nps_core.model.survey import Survey
from nps_core.model.tabular import Columns
from nps_core.model.tally import Tally, Tallyable

RollUp: TypeAlias = Literal["all answers", "account scores", "mean answers", "latest", "most influential"]
"""How the answers of an account become one."""

ROLL_UPS: Final[tuple[RollUp, ...]] = get_args(RollUp)

_IN_WORDS: Final[dict[str, str]] = {
    "all answers": "every answer counts the same",
    "account scores": "the mean of the accounts' scores",
    "mean answers": "every account is classified by its mean answer",
    "latest": "every account by its latest answer",
    "most influential": "every account by the answer of its most influential respondent",
}

_LARGEST: Final = 1e100


@attrs.frozen(kw_only=True)
class AccountScore(Result):
    """The score of accounts, and how their answers were put together.

    Attributes:
        score: The score.
        roll_up: How the answers of an account became one.
        weighted_by_revenue: Whether accounts count by their revenue; otherwise they all count the same, or every answer
            does.
        accounts: How many accounts have an answer with a score.
        left_out: How many answers with a score belong to no account.
    """

    score: NetPromoterScore
    roll_up: RollUp
    weighted_by_revenue: bool
    accounts: int
    left_out: int

    @property
    def method(self) -> str:
        """How the accounts were put together, in words."""
        weights = ", weighted by revenue" if self.weighted_by_revenue else ""
        return _IN_WORDS[self.roll_up] + weights

    def _columns(self) -> Columns:
        columns: Columns = {"roll_up": [self.roll_up], "weighted_by_revenue": np.array([self.weighted_by_revenue])}
        columns |= {"accounts": [self.accounts], "left_out": [self.left_out]}
        return columns | self.score._columns()

    def _picture(self) -> Rows:
        return attrs.evolve(self.score._picture(), title=f"{self._table().title}: {self.method}")

    def _table(self) -> Table:
        interval = self.score.confidence_interval
        left_out = f"Answers of no account: {numbers.count(self.left_out)}."
        return attrs.evolve(
            self.score._table(),
            title=f"NPS of {numbers.count(self.accounts)} accounts {numbers.decimal(self.score.value)} "
            f"({level_in_words(interval.confidence_level)} {numbers.span(interval.low, interval.high)})",
            notes=(f"Roll-up: {self.method}.", *([left_out] if self.left_out else [])),
        )


def account_score(
    data: Tallyable,
    account: str,
    *,
    roll_up: RollUp,
    revenue: Mapping[Any, float] | None = None,
    influence: Mapping[Any, float] | None = None,
    confidence_level: float = 0.95,
) -> AccountScore:
    """The score of accounts that several people answer for. There are five ways to roll answers up, and they differ.

    Intervals allow for answers of one account being alike: accounts are the clusters of the sample.

    Args:
        data: A survey, a tally, or anything else with their ``tally()``; a survey for the last two ways.
        account: The segment whose labels are the accounts.
        roll_up: ``"all answers"`` (large accounts count more), ``"account scores"`` (the mean of the scores of the
            accounts), ``"mean answers"`` (every account is a promoter, a passive or a detractor by its mean answer: on
            the standard scale 6.67 is a detractor, 8.67 a passive), ``"latest"`` (by its latest answer with a score) or
            ``"most influential"`` (by the answer of the respondent of most influence; of several the latest).
        revenue: The revenue of each account, which then counts for so much; not for ``"all answers"``.
        influence: The influence of each respondent, as a number; for ``"most influential"``.
        confidence_level: Between 0 and 1.

    Raises:
        UnknownNameError: If there is no such segment.
        NoAnswersError: If no account has an answer with a score.
        IncompatibleError: If the data have weights, or know only the categories where the scores are needed.
        InvalidInputError: If an account has no revenue, a respondent no influence, or an option is not what it must be.
        MissingDependencyError: If SciPy is not installed.

    Example:
        >>> import nps_core as nc
        >>> survey = nc.Survey.from_scores(
        ...     [10, 9, 9, 9, 3, 7, 6, 8], segments={"account": ["big", "big", "big", "big", "b", "b", "c", "c"]}
        ... )
        >>> [
        ...     round(nc.account_score(survey, "account", roll_up=way).score.value, 1)
        ...     for way in ("all answers", "account scores", "mean answers")
        ... ]
        [25.0, 0.0, 0.0]
    """
    must_be_one_of("roll_up", roll_up, ROLL_UPS)
    if not isinstance(account, str):
        raise InvalidInputError(f"account must be the name of one segment, got {account!r}")
    revenue, influence = _mapping(revenue, "revenue"), _mapping(influence, "influence")
    _check_options(roll_up, revenue, influence)
    if roll_up in {"latest", "most influential"}:
        data = _one_answer_each(data, account, influence)
    tally = tally_of(data, by=account)
    if tally.is_weighted:
        raise IncompatibleError("accounts must be rolled up from answers without weights; revenue= weighs accounts")
    whole = tally
    names = [labels[0] for labels in tally.groups]
    kept = [name for name, n in zip(names, tally.n.tolist(), strict=True) if name is not None and n]
    if not kept:
        raise NoAnswersError("a score of accounts needs an account with an answer that has a score, got none")
    tally = tally.where(segments={account: kept})
    if roll_up == "mean answers":
        tally = _by_mean(tally)
    weights = None if revenue is None else _amounts(kept, revenue, "revenue", "account")
    if roll_up == "account scores":
        weights = (np.ones(len(tally)) if weights is None else weights) / tally.n
    if weights is not None:
        tally = _weighed(tally, weights)
    return AccountScore(
        score=nps(tally, confidence_level=confidence_level, design=Design(clusters=account, lonely="adjust")),
        roll_up=roll_up,
        weighted_by_revenue=revenue is not None,
        accounts=len(kept),
        left_out=int(whole.n.sum() - whole.where(segments={account: kept}).n.sum()),
    )


def _mapping(value: object, name: str) -> dict[Any, Any] | None:
    """What was given by label or by respondent, None if nothing was."""
    given = as_mapping(value)
    if value is not None and given is None:
        raise InvalidInputError(f"{name} must be a mapping to numbers, got {type(value).__name__}")
    return given


def _check_options(roll_up: RollUp, revenue: object, influence: object) -> None:
    if (roll_up == "most influential") != (influence is not None):
        given = "none" if influence is None else "some"
        raise InvalidInputError(
            f"influence must be given for 'most influential', and only for it, got {given} for {roll_up!r}"
        )
    if roll_up == "all answers" and revenue is not None:
        raise InvalidInputError("revenue weighs accounts, and with roll_up='all answers' it is answers that count")


def _one_answer_each(data: object, account: str, influence: Mapping[Any, float] | None) -> Survey:
    """The one answer of each account that counts; those of no account are all kept, to be told."""
    if not isinstance(data, Survey):
        raise InvalidInputError(f"one answer per account can be picked from a Survey only, got {type(data).__name__}")
    accounts = data._column(account).codes.astype(np.int64)
    times = data._times().view(np.int64) if influence is None or data._instants is not None else np.zeros(len(data))
    order: list[NDArray[Any]] = [times]
    if influence is not None:
        has_score = data._cells < MISSING
        asked = [each if score else None for each, score in zip(data._persons("influence="), has_score, strict=True)]
        known = {each for each in asked if each is not None}
        amounts = dict(zip(known, _amounts([*known], influence, "influence", "respondent"), strict=True))
        order.append(np.array([-1.0 if each is None else amounts[each] for each in asked]))
    return data.where(last_of_each(accounts, [*order, data._cells < MISSING]))


def _amounts(names: list[Any], given: Mapping[Any, float], what: str, of: str) -> NDArray[np.float64]:
    """The number of each name; all that have none are told."""
    by_name = {label_of(key, what) if of == "account" else key: value for key, value in given.items()}
    missing = [name for name in names if name not in by_name]
    if missing:
        told = f"{listed(missing[:3])}: {len(missing)} in all"
        raise InvalidInputError(f"every {of} must have a number as {what}, got none for {told}")
    values = [by_name[name] for name in names]
    for name, value in zip(names, values, strict=True):
        is_number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
        if not is_number or not 0 <= value <= _LARGEST:
            raise InvalidInputError(f"the {what} of {name!r} must be a number, 0 or more, got {value!r}")
    return np.array(values, np.float64)


def _by_mean(tally: Tally) -> Tally:
    """One answer per account: the category of its mean. The cut points are the same, so that there is no gap."""
    means = (tally.counts * np.arange(POINTS)).sum(axis=1) / tally.n
    category = (means >= tally.scale.passives_from).astype(np.int64) + (means >= tally.scale.promoters_from)
    cells = np.zeros((len(tally), 3 + CELLS - POINTS), np.int64)
    cells[np.arange(len(tally)), category] = 1
    return attrs.evolve(tally, cells=cells)


def _weighed(tally: Tally, weights: NDArray[np.float64]) -> Tally:
    """The tally with a weight for every answer of each group."""
    counts = tally._cells[:, : MISSING - CELLS]
    return attrs.evolve(tally, weights=np.stack([counts * weights[:, None], counts * np.square(weights)[:, None]]))
