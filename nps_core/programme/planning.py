"""How many people to ask, and what the survey will be able to show."""

import math
from typing import Any, Final

import attrs
import numpy as np

from nps_core.analysis.estimates import POINTS
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import level_in_words
from nps_core.display import numbers
from nps_core.display.curves import Curves, Mark
from nps_core.display.tables import Table
from nps_core.errors import InvalidInputError
from nps_core.model.sources import as_whole
from nps_core.model.tabular import Columns
from nps_core.stats import sizes
from nps_core.stats.normal import check_confidence_level

_MOST: Final = 10**12
_MOST_EFFECT: Final = 1e6


@attrs.frozen(kw_only=True)
class Expected:
    """What the answers are expected to be like, which decides how much each of them tells.

    Attributes:
        nps: The score, in points. Without one, the worst case is planned for: half promoters, half detractors.
        passive_share: The share of passives, between 0 and 1; needed with a score.
        design_effect: How much larger the variance is than that of independent, equally weighted answers.

    Raises:
        InvalidInputError: If one is not what it must be, or no answers can be like that.

    Example:
        >>> from nps_core.programme import Expected
        >>> round(Expected(nps=30, passive_share=0.3).variance, 2)
        0.61
    """

    nps: float | None = None
    passive_share: float | None = None
    design_effect: float = 1.0

    def __attrs_post_init__(self) -> None:
        """Refuse what no answers can be like."""
        if (self.nps is None) != (self.passive_share is None):
            raise InvalidInputError(
                f"nps and passive_share must be given together, got {self.nps!r} and {self.passive_share!r}"
            )
        if self.nps is not None and self.passive_share is not None:
            _number(self.nps, "nps", -POINTS, POINTS)
            _number(self.passive_share, "passive_share", 0, 1)
            if abs(self.nps) / POINTS + self.passive_share > 1:
                raise InvalidInputError(
                    f"a score of {self.nps:g} must leave room for passives: at most {1 - abs(self.nps) / POINTS:g} of "
                    f"the answers, got a passive_share of {self.passive_share:g}"
                )
        _number(self.design_effect, "design_effect", 1e-6, _MOST_EFFECT)

    @property
    def variance(self) -> float:
        """The variance of one answer coded 1, 0 and -1, between 0 and 1."""
        if self.nps is None or self.passive_share is None:
            return 1.0
        return sizes.variance_of(self.nps / POINTS, self.passive_share)


def sample_size(
    margin: float,
    *,
    expected: Expected | None = None,
    confidence_level: float = 0.95,
    population: int | None = None,
) -> int:
    """How many answers it takes for an interval of so many points to each side.

    n = z^2 v deff / margin^2, and of N people n / (1 + (n - 1) / N) are enough.

    Args:
        margin: Points to each side of the score.
        expected: What the answers are expected to be like; the worst case if not given.
        confidence_level: Between 0 and 1.
        population: How many people there are, if they are not very many.

    Raises:
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> from nps_core.programme import Expected, sample_size
        >>> sample_size(10), sample_size(10, expected=Expected(nps=30, passive_share=0.3))
        (385, 235)
    """
    likely = _likely(expected, confidence_level)
    return sizes.size_for_margin(
        _number(margin, "margin", 1e-3, POINTS) / POINTS,
        likely.variance,
        confidence_level,
        design_effect=likely.design_effect,
        population=_whole(population, "population"),
    )


def precision(
    n: int, *, expected: Expected | None = None, confidence_level: float = 0.95, population: int | None = None
) -> float:
    """How many points the interval of so many answers will reach to each side.

    Args:
        n: How many answers there will be.
        expected: What they are expected to be like; the worst case if not given.
        confidence_level: Between 0 and 1.
        population: How many people there are, if they are not very many.

    Raises:
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> from nps_core.programme import precision
        >>> round(precision(385), 2)
        9.99
    """
    likely = _likely(expected, confidence_level)
    size, people = _some(n, "n"), _whole(population, "population")
    if people is not None and size > people:
        raise InvalidInputError(f"n must not be more than the population, got {size} of {people}")
    margin = sizes.margin_of_size(
        size, likely.variance, confidence_level, design_effect=likely.design_effect, population=people
    )
    return POINTS * margin


def sample_size_for_change(
    change: float, *, expected: Expected | None = None, confidence_level: float = 0.95, power: float = 0.8
) -> int:
    """How many answers each of two surveys needs to show a change of so many points.

    n = (z_a + z_b)^2 (v1 + v2) deff / change^2.

    Args:
        change: Points from one survey to the next.
        expected: What the answers of both are expected to be like; the worst case if not given.
        confidence_level: Of the test.
        power: How probable it is to be that a change of this size is shown.

    Raises:
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> from nps_core.programme import sample_size_for_change
        >>> sample_size_for_change(10)
        1570
    """
    likely = _likely(expected, confidence_level)
    variance = likely.variance * likely.design_effect
    share = _number(change, "change", 1e-3, 2 * POINTS) / POINTS
    return sizes.size_for_change(share, (variance, variance), confidence_level, _power(power))


def detectable_change(
    n: int,
    n_after: int | None = None,
    *,
    expected: Expected | None = None,
    confidence_level: float = 0.95,
    power: float = 0.8,
) -> float:
    """The smallest change, in points, that surveys of so many answers show with this power.

    Args:
        n: How many answers there are before.
        n_after: How many there are after; as many if not given.
        expected: What the answers of both are expected to be like; the worst case if not given.
        confidence_level: Of the test.
        power: How probable it is to be that the change is shown.

    Raises:
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> from nps_core.programme import Expected, detectable_change
        >>> round(detectable_change(100, expected=Expected(nps=30, passive_share=0.3)))
        31
    """
    likely = _likely(expected, confidence_level)
    before = _some(n, "n")
    after = before if n_after is None else _some(n_after, "n_after")
    variance = likely.variance * likely.design_effect
    change = sizes.change_of_size(before, after, (variance, variance), confidence_level, _power(power))
    return min(POINTS * change, 2 * POINTS)


def invitations(n: int, *, response_rate: float, assurance: float = 0.9) -> int:
    """How many people to invite, to be sure enough of so many answers.

    Args:
        n: How many answers are wanted.
        response_rate: The share of those invited who answer, between 0 and 1.
        assurance: How probable it is to be that so many answer, from 0.5 up. At 0.5 it is n / response_rate.

    Raises:
        InvalidInputError: If an option is not what it must be.

    Example:
        >>> from nps_core.programme import invitations
        >>> invitations(385, response_rate=0.12)
        3412
    """
    return sizes.invitations_for(_some(n, "n"), _rate(response_rate), _power(assurance, "assurance"))


@attrs.frozen(kw_only=True)
class SurveyPlan(Result):
    """What a survey will, and will not, be able to show.

    Attributes:
        invited: How many people are invited.
        response_rate: The share of them expected to answer.
        assurance: How probable it is that at least ``answers`` do.
        answers: So many answers can be counted on.
        expected_answers: So many are to be expected.
        margin: How many points the interval of the score reaches to each side, with the answers counted on.
        detectable: The smallest change to another survey of this size that is shown with the power.
        segments: Into how many segments of the same size the answers fall.
        segment_margin: How many points the interval of one segment reaches to each side.
        confidence_level: Of the intervals and tests.
        power: How probable it is that a change of ``detectable`` points is shown.
        population: How many people there are, None for very many.
        expected: What the answers are expected to be like.
    """

    invited: int
    response_rate: float
    assurance: float
    answers: int
    expected_answers: int
    margin: float
    detectable: float
    segments: int
    segment_margin: float
    confidence_level: float
    power: float
    population: int | None
    expected: Expected

    @property
    def sentence(self) -> str:
        """The plan in words, to be put before whoever decides."""
        return " ".join(self._sentences())

    def _sentences(self) -> list[str]:
        likely, least = numbers.count(self.expected_answers), numbers.count(self.answers)
        case = "in the worst case" if self.expected.nps is None else f"if the score is near {self.expected.nps:g}"
        interval = f"{level_in_words(self.confidence_level)}, {case}"
        margin, in_segment = numbers.decimal(self.margin), numbers.decimal(self.segment_margin)
        change, power = numbers.decimal(self.detectable), f"{100 * self.power:g} %"
        sentences = [
            f"Of {numbers.count(self.invited)} people invited about {likely} will answer.",
            f"With a probability of {100 * self.assurance:g} %, {least} or more will.",
            f"From these the score will be known to within {margin} points to each side ({interval}).",
            f"One of {self.segments} segments of the same size will be known to within {in_segment} points.",
            f"A change of {change} points to the next such survey will be shown with a probability of {power}.",
            "Smaller changes will often be missed.",
        ]
        if self.segments == 1:
            del sentences[3]
        return sentences

    def _columns(self) -> Columns:
        fields = attrs.asdict(self, recurse=False)
        expected = fields.pop("expected")
        optional = {
            "population": fields.pop("population"),
            "nps": expected.nps,
            "passive_share": expected.passive_share,
        }
        columns: Columns = {name: [value] for name, value in fields.items()}
        columns |= {name: np.array([value], np.float64) for name, value in optional.items()}
        columns["design_effect"] = [float(expected.design_effect)]
        return columns

    def _margin_of(self, n: int) -> float:
        return precision(n, expected=self.expected, population=self.population, confidence_level=self.confidence_level)

    def _picture(self) -> Curves:
        most = max(10, 2 * self.answers)
        reach = most if self.population is None else min(most, self.population)
        sizes_of = np.unique(np.linspace(min(5, reach), reach, 80).round().astype(int))
        found = {"answers": (self.answers, self.margin)}
        if self.segments > 1:
            found["in one segment"] = (max(1, self.answers // self.segments), self.segment_margin)
        return Curves(
            title="How closely the score will be known",
            x=sizes_of.tolist(),
            lines={"margin": [self._margin_of(n) for n in sizes_of.tolist()]},
            across="answers",
            up="points to each side",
            marks=[
                Mark(label=f"{numbers.count(n)} {name}: ± {numbers.decimal(margin)}", x=n, y=margin)
                for name, (n, margin) in found.items()
            ],
        )

    def _table(self) -> Table:
        rows = [
            ("invited", numbers.count(self.invited)),
            ("answers to be expected", numbers.count(self.expected_answers)),
            (f"answers to be counted on ({100 * self.assurance:g} %)", numbers.count(self.answers)),
            (f"score to within ({level_in_words(self.confidence_level)})", f"+- {numbers.decimal(self.margin)}"),
            (f"one of {self.segments} segments to within", f"+- {numbers.decimal(self.segment_margin)}"),
            (f"change that is shown ({100 * self.power:g} %)", numbers.decimal(self.detectable)),
        ]
        if self.segments == 1:
            del rows[4]
        return Table(
            title="Survey plan", header=("", "points or people"), rows=tuple(rows), notes=tuple(self._sentences())
        )


def plan_survey(
    *,
    response_rate: float,
    invited: int | None = None,
    margin: float | None = None,
    change: float | None = None,
    segments: int = 1,
    expected: Expected | None = None,
    population: int | None = None,
    confidence_level: float = 0.95,
    power: float = 0.8,
    assurance: float = 0.9,
) -> SurveyPlan:
    """Plan a survey in one call: from the number of people invited, or from what it is to show.

    Args:
        response_rate: The share of those invited who answer, between 0 and 1.
        invited: How many people can be invited. Or one of the next two:
        margin: To how many points the score is to be known.
        change: Which change to the next survey of the same size is to be shown.
        segments: Into how many segments of the same size the answers fall.
        expected: What the answers are expected to be like; the worst case if not given.
        population: How many people there are, if they are not very many.
        confidence_level: Of intervals and tests.
        power: How probable it is to be that the change is shown.
        assurance: How probable it is to be that enough people answer.

    Raises:
        InvalidInputError: If an option is not what it must be, not one of the three goals is given, or more people
            would have to be invited than there are.

    Example:
        >>> from nps_core.programme import plan_survey
        >>> plan = plan_survey(invited=4000, response_rate=0.12)
        >>> plan.answers, round(plan.margin, 1), round(plan.detectable, 1)
        (453, 9.2, 18.6)
    """
    likely = _likely(expected, confidence_level)
    rate, people, parts = _rate(response_rate), _whole(population, "population"), _some(segments, "segments")
    goals = {"invited": invited, "margin": margin, "change": change}
    given = [name for name, goal in goals.items() if goal is not None]
    if len(given) != 1:
        raise InvalidInputError(f"one of invited, margin and change must be given, got {given or 'none'}")
    common: dict[str, Any] = {"expected": likely, "confidence_level": confidence_level}
    if invited is not None:
        asked = _some(invited, "invited")
    else:
        wanted = (
            sample_size_for_change(change or 0.0, power=power, **common)
            if margin is None
            else sample_size(margin, population=people, **common)
        )
        asked = invitations(wanted, response_rate=rate, assurance=assurance)
    if people is not None and asked > people:
        raise InvalidInputError(f"no more people can be invited than there are, got {asked:,} of {people:,}")
    answers = sizes.answers_of(asked, rate, _power(assurance, "assurance"))
    if answers == 0:
        raise InvalidInputError(
            f"so many people must be invited that an answer can be counted on with a probability of "
            f"{100 * assurance:g} %, got {asked:,} with a response rate of {rate:g}"
        )
    per_segment = max(1, answers // parts)
    return SurveyPlan(
        invited=asked,
        response_rate=rate,
        assurance=float(assurance),
        answers=answers,
        expected_answers=round(asked * rate),
        margin=precision(answers, population=people, **common),
        detectable=detectable_change(answers, power=power, **common),
        segments=parts,
        segment_margin=precision(per_segment, **common),
        confidence_level=float(confidence_level),
        power=float(power),
        population=people,
        expected=likely,
    )


def _likely(expected: Expected | None, confidence_level: float) -> Expected:
    """What is expected, or the worst case."""
    check_confidence_level(confidence_level)
    if expected is None:
        return Expected()
    if not isinstance(expected, Expected):
        raise InvalidInputError(f"expected must be an Expected, got {type(expected).__name__}")
    return expected


def _number(value: Any, what: str, lowest: float, highest: float) -> float:
    is_number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not is_number or not lowest <= value <= highest:
        raise InvalidInputError(f"{what} must be a number from {lowest:g} to {highest:g}, got {value!r}")
    return float(value)


def _some(value: Any, what: str) -> int:
    whole = as_whole(value)
    if whole is None or not 1 <= whole <= _MOST:
        raise InvalidInputError(f"{what} must be a whole number from 1 up, got {value!r}")
    return whole


def _whole(value: Any, what: str) -> int | None:
    return None if value is None else _some(value, what)


def _rate(value: Any) -> float:
    rate = _number(value, "response_rate", 0, 1)
    if rate < 1e-6:
        raise InvalidInputError(f"response_rate must be above 0, got {value!r}")
    return rate


def _power(value: Any, what: str = "power") -> float:
    power = _number(value, what, 0.5, 1)
    if math.isclose(power, 1):
        raise InvalidInputError(f"{what} must be below 1, got {value!r}: nothing is certain")
    return power
