"""Promoters: those who may be asked to speak for us, and those who are promoters again."""

from collections.abc import Set
from typing import Any

from nps_core.counting.columns import as_list
from nps_core.errors import InvalidInputError
from nps_core.model.response import to_respondent
from nps_core.model.scale import Category
from nps_core.model.survey import Survey


def ambassadors(survey: Survey, *, consent: Any) -> Survey:
    """The promoters who agreed to be asked: the latest answer of each, in a survey.

    Args:
        survey: The answers, with respondents; with times, if some answered several times.
        consent: The ids of the respondents who agreed, as a list, a set or a column; True if all did.

    Raises:
        InvalidInputError: If the survey has no respondents, somebody answered several times without times, or consent
            is neither True nor ids.

    Example:
        >>> import nps_core as nc
        >>> from nps_core.programme import ambassadors
        >>> survey = nc.Survey.from_scores([10, 9, 3], respondents=["ann", "bob", "cleo"])
        >>> [response.respondent for response in ambassadors(survey, consent={"ann", "cleo"})]
        ['ann']
    """
    latest = _one_each(survey)
    agreed = check_consent(consent, latest)
    known = [_agrees(response.respondent, agreed) for response in latest]
    return latest.where(known, category=Category.PROMOTER)


def returning_promoters(before: Survey, after: Survey) -> Survey:
    """The answers of those in the later survey who are promoters, and were promoters before.

    Args:
        before: The earlier survey, with respondents.
        after: The later one.

    Raises:
        InvalidInputError: If one has no respondents, or somebody answered it several times and it has no times.

    Example:
        >>> import nps_core as nc
        >>> from nps_core.programme import returning_promoters
        >>> before = nc.Survey.from_scores([10, 9, 3], respondents=["ann", "bob", "cleo"])
        >>> after = nc.Survey.from_scores([9, 7, 10], respondents=["ann", "bob", "cleo"])
        >>> [response.respondent for response in returning_promoters(before, after)]
        ['ann']
    """
    earlier = {response.respondent for response in _one_each(before).promoters} - {None}
    later = _one_each(after)
    return later.where([response.respondent in earlier for response in later], category=Category.PROMOTER)


def check_consent(consent: Any, survey: Survey) -> frozenset[object] | None:
    """Who agreed to be contacted; None if all did. Nobody is named in an error."""
    if consent is True:
        return None
    try:
        given = [*consent] if isinstance(consent, Set) else as_list(consent, "consent")
        agreed = frozenset(to_respondent(each) for each in given) - {None}
    except InvalidInputError as error:
        raise InvalidInputError(
            "consent must be the ids of the respondents who agreed to be contacted, or True if all did, "
            f"got {type(consent).__name__}: {error}"
        ) from None
    _must_be_alike(agreed, survey)
    return agreed


def _must_be_alike(agreed: frozenset[object], survey: Survey) -> None:
    """Refuse numbers for ids that are text, and text for numbers: nobody would be found."""
    kinds = {isinstance(each, str) for each in agreed}
    known = (response.respondent for response in survey if response.respondent is not None)
    first = next(known, None)
    if first is None or len(kinds) != 1 or isinstance(first, str) in kinds:
        return
    if not any(isinstance(each, str) in kinds for each in known):
        theirs, ours = ("text", "numbers") if isinstance(first, str) else ("numbers", "text")
        raise InvalidInputError(f"consent must be ids as the survey has them, which are {theirs}, got {ours}")


def _agrees(respondent: object, agreed: frozenset[object] | None) -> bool:
    return respondent is not None and (agreed is None or respondent in agreed)


def _one_each(survey: object) -> Survey:
    """One answer per respondent."""
    if not isinstance(survey, Survey):
        raise InvalidInputError(f"promoters are found in a Survey, got {type(survey).__name__}")
    if survey.at is not None:
        return survey.latest()
    seen: set[object] = set()
    respondents = [response.respondent for response in survey]
    if len(survey) and respondents.count(None) == len(survey):
        raise InvalidInputError("promoters are found by their respondents: pass respondents= when making the survey")
    for respondent in respondents:
        if respondent is not None and respondent in seen:
            raise InvalidInputError(
                "somebody answered several times: pass at= when making the survey, so that the latest counts"
            )
        seen.add(respondent)
    return survey
