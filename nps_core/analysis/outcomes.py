"""What analyses row by row share: the answers as numbers, and columns beside them."""

from typing import Any

import numpy as np

from nps_core.counting.columns import as_mapping
from nps_core.errors import InvalidInputError
from nps_core.model.survey import Survey
from nps_core.stats.intervals import Floats


def codings(survey: Survey) -> Floats:
    """Every answer coded 1 for a promoter, 0 for a passive and -1 for a detractor; what has no score means nothing."""
    cells, scale = survey._cells, survey.scale
    return (cells >= scale.promoters_from).astype(np.float64) - (cells < scale.passives_from)


def checked_survey(data: object, what: str) -> None:
    """Refuse what is no survey."""
    if not isinstance(data, Survey):
        raise InvalidInputError(f"{what} needs the answers one by one: a Survey, got {type(data).__name__}")


def named_columns(columns: Any, what: str) -> dict[str, Any]:
    """Columns by name, at least one: of a mapping, or of a frame of pandas."""
    named = as_mapping(columns)
    if not named:
        got = type(columns).__name__ if named is None else "none"
        raise InvalidInputError(f"{what} must be a mapping of names to columns, at least one, got {got}")
    for name in named:
        if not isinstance(name, str):
            raise InvalidInputError(f"the names of {what} must be text, got {name!r}")
    return named
