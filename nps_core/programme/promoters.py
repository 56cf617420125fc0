"""Promoters: those who may be asked to speak for us, and those who are promoters again."""

from collections.abc import Collection, Mapping

from nps_core.errors import InvalidInputError
from nps_core.model.scale import Category
from nps_core.model.survey import Survey


def ambassadors(survey: Survey, *, consent: bool | Collection[str | int]) -> Survey:
    """The promoters who agreed to be asked: the latest answer of each, in a survey.

    Args:
        survey: The answers, with respondents; with times, if some answered several times.
        consent: The respondents who agreed; True if all did.

    Raises:
        InvalidInputError: If the survey has no respondents, somebody answered several times without times, or consent
            is neither True nor a collection.

    Example:
        >>> import nps_core as nc
        >>> from nps_core.programme import ambassadors
        >>> survey = nc.Survey.from_scores([10, 9, 3], respondents=["ann", "bob", "cleo"])
        >>> [response.respondent for response in ambassadors(survey, consent={"ann", "cleo"})]
        ['ann']
    """
    agreed = check_consent(consent)
    latest = _one_each(survey)
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


def check_consent(consent: object) -> frozenset[object] | None:
    """Who agreed to be contacted; None if all did."""
    if consent is True:
        return None
    if isinstance(consent, (str, Mapping)) or not isinstance(consent, Collection):
        raise InvalidInputError(
            f"consent must be the respondents who agreed to be contacted, or True if all did, got {consent!r}"
        )
    return frozenset(consent)


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
