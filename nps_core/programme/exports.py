"""Exports of survey tools, read into surveys: no row is lost, and no date is guessed."""

import datetime as dt
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

import attrs

from nps_core.counting.zones import check_time_zone
from nps_core.errors import InvalidInputError, listed, must_be_bool, must_be_one_of
from nps_core.model.reading import Reading
from nps_core.model.scale import Category, Scale, check_scale
from nps_core.model.survey import Kind, Survey
from nps_core.model.tally import as_names
from nps_core.programme.cells import MISSING_TEXTS, Answer, NoScore, to_answer
from nps_core.programme.columns import THREE_CATEGORIES, Column, category_of
from nps_core.programme.dates import Dates
from nps_core.programme.layouts import ANY, OTHER, Layout, folded, layouts
from nps_core.programme.sheets import OTHER_ENCODINGS, Sheet, Source, recognize

_SAMPLE: Final = 200
_ASKING: Final = re.compile(
    r"\bnps\b|net promoter|recommend|recommand|recomend|empfehl|rekommend|anbefal|suositt|raccomand|aanbevel"
)


def vendors() -> tuple[str, ...]:
    """The survey tools whose exports :func:`read_export` knows.

    Example:
        >>> from nps_core import programme
        >>> "qualtrics" in programme.vendors()
        True
    """
    return tuple(layouts())


def read_export(
    path: str | os.PathLike[str],
    *,
    vendor: str | None = None,
    score: str | None = None,
    at: str | None = None,
    reason: str | None = None,
    suggestion: str | None = None,
    respondent: str | None = None,
    segments: str | Sequence[str] | Mapping[str, str] = (),
    time_zone: str | None = None,
    at_zone: str | None = None,
    day_first: bool | None = None,
    at_format: str | None = None,
    scale: Scale = Scale.STANDARD,
    categories: bool = False,
    missing: str | Sequence[str] = (),
    invalid: Literal["raise", "exclude"] = "raise",
    encoding: str | None = None,
    delimiter: str | None = None,
    header_rows: int = 1,
    name: str | None = None,
    question: str | None = None,
    kind: Kind | None = None,
) -> Survey:
    """A survey from the CSV file that a survey tool exports.

    Which column is what follows from the tool's layout; columns named here take precedence. Cells such as
    ``"8.0"``, ``"10 - Extremely likely"``, ``"n/a"`` and ``"#N/A"`` are read as what they mean. Rows that are no
    answers (tests, previews, spam) are left out, and counted: ``survey.reading`` says what became of each row.

    Args:
        path: The file.
        vendor: One of :func:`vendors`, or ``"other"`` for any other file with names above its columns. If not given,
            the names of the columns tell.
        score: The column of scores, by its name or its question.
        at: The column of times.
        reason: The column of answers to "why?".
        suggestion: The column of answers to "what could we do better?".
        respondent: The column of ids.
        segments: Columns of labels, or columns by what their segments are to be called.
        time_zone: The zone whose calendar is meant, as :meth:`Survey.from_scores <nps_core.Survey.from_scores>` takes
            it. Times without a zone need one, or ``"naive"``.
        at_zone: The zone that times without one are written in, if it is another: some tools write UTC, or the time of
            the account. Where the file tells it, as Qualtrics' and Typeform's do, it is known.
        day_first: Whether 3/4/2026 is the third of April. Needed only if the dates of the file can be read in both
            ways. Dates with points, such as 3.4.2026, have the day first unless this is False.
        at_format: The ``strptime`` format of times that are written in another way.
        scale: The scale of the question.
        categories: Read the category of every answer only, on a scale of three (0 detractors, 1 passives, 2
            promoters). That is done without asking if no answer tells more, such as ``"9-10"``.
        missing: Further texts that say that there is no answer.
        invalid: ``"raise"`` refuses answers that are no scores, ``"exclude"`` leaves them out of the score and keeps
            their number; so it does with categories among scores.
        encoding: How the file is written. UTF-8 and UTF-16 are recognized; what is neither is taken for
            Windows-1252, which is Latin-1 and some signs more.
        delimiter: What stands between its cells; comma, semicolon, tab and bar are recognized.
        header_rows: How many rows stand above the answers of a file of no known tool. With 2 or 3 a blank name stands
            for the one at its left, and the last of the rows tells such columns apart: ``"Why? / Price"``.
        name: What the survey is called.
        question: The wording of the question; by default what stands above the scores, if that is a sentence.
        kind: ``"relationship"`` or ``"transactional"``.

    Raises:
        UnreadableFileError: If the file cannot be opened, or is no such table.
        UnknownNameError: If there is no such column.
        InvalidScoreError: If cells are no scores; it names the first lines.
        InvalidInputError: If the tool or a column cannot be recognized, dates can be read in two ways, or an option
            is not what it must be.

    Example:
        >>> from nps_core import programme
        >>> survey = programme.read_export(
        ...     "tests/data/saas_feedback_text.csv", score="nps_score", at="timestamp", time_zone="naive"
        ... )
        >>> survey.n
        800
        >>> print(survey.reading)
        saas_feedback_text.csv: other, utf-8, cells between ','
        800 rows: 800 scored, 0 missing, 0 invalid
        Read: score from 'nps_score', at from 'timestamp'
        Not read: 'user_id', 'feedback_text'
    """
    check_scale(scale)
    must_be_one_of("invalid", invalid, ("raise", "exclude"))
    if vendor is not None:
        vendor = "-".join(str(vendor).replace("_", " ").casefold().split())
        must_be_one_of("vendor", vendor, (*vendors(), OTHER))
    blanks = MISSING_TEXTS | {folded(text) for text in as_names(missing, "missing")}
    named = {"score": score, "at": at, "reason": reason, "suggestion": suggestion, "respondent": respondent}
    labels = _labels(segments)
    _check_texts({**named, "at_format": at_format, "encoding": encoding, "name": name, "question": question})
    _check_texts({f"the column of segment {label!r}": column for label, column in labels.items()})
    if not isinstance(day_first, bool | None):
        raise InvalidInputError(f"day_first must be True, False or None, got {day_first!r}")
    must_be_bool("categories", categories)
    check_time_zone(at_zone, "at_zone")
    other = _other_layout(header_rows, vendor)

    if not isinstance(path, (str, os.PathLike)):
        raise InvalidInputError(f"path must be the name of a file, got {type(path).__name__}")
    source = Source.open(Path(path), encoding)
    known = [layout for each in layouts() if vendor in {None, each} for layout in layouts()[each]]
    known = [] if header_rows > 1 else known
    is_other = vendor == OTHER or header_rows > 1 or (vendor is None and score is not None)
    sheet = recognize(source, known, delimiter, other=other if is_other else None, score=score)
    places = _places(sheet, named, labels, scale, blanks)
    cells, lines, excluded = _cells(sheet, places)
    columns = {
        what: Column(source=source.name, name=sheet.names[places[what]], texts=texts, lines=lines)
        for what, texts in cells.items()
    }

    is_guess = encoding is None and source.encoding in OTHER_ENCODINGS
    notes = [f"Not UTF-8: read as {source.encoding}."] if is_guess else []
    answers = columns["score"].answers(scale, blanks)
    kinds = set(map(type, answers))
    if int in kinds and not categories:
        answers = columns["score"].without_categories(answers, invalid)
    wrong = columns["score"].invalid_rows(answers, scale, invalid)
    if categories or (Category in kinds and int not in kinds):
        answers = [category_of(each, scale) for each in answers]
        scale = THREE_CATEGORIES
        notes.append("Only categories are known: 0 stands for detractors, 1 for passives, 2 for promoters.")
    times: list[dt.datetime | None] | None = None
    if "at" in columns:
        dates = Dates(columns["at"].name, day_first=day_first, pattern=at_format)
        times, told = columns["at"].times(dates, at_zone or sheet.zone_of(places["at"]))
        notes += told
    elif at_zone is not None or at_format is not None:
        raise InvalidInputError(f"{source.name}: at_zone and at_format need a column of times: name it with at=")
    survey = Survey.from_scores(
        [scale.highest + 1 if isinstance(each, NoScore) else each for each in answers],
        at=times,
        time_zone=time_zone,
        respondents=[each.strip() for each in cells["respondent"]] if "respondent" in cells else None,
        reasons=cells.get("reason"),
        suggestions=cells.get("suggestion"),
        segments={label: [each.strip() or None for each in cells[_segment(label)]] for label in labels},
        scale=scale,
        name=name,
        question=question or _question(sheet.labels[places["score"]]),
        kind=kind,
        invalid="exclude",
    )
    left_out = {reason: tuple(found) for reason, found in excluded.items()}
    reading = Reading(
        source=source.name,
        vendor=sheet.layout.title,
        encoding=source.encoding,
        delimiter=sheet.delimiter,
        rows=len(lines) + sum(map(len, left_out.values())),
        scored=survey.n,
        missing=survey.missing,
        invalid=survey.invalid,
        excluded={reason: len(found) for reason, found in left_out.items()},
        lines=({"invalid": tuple(lines[row] for row in wrong)} if wrong else {}) | left_out,
        columns={what: sheet.names[place] for what, place in places.items()},
        unread=tuple(each for place, each in enumerate(sheet.names) if place not in places.values()),
        notes=tuple(notes),
    )
    return attrs.evolve(survey, reading=reading)


def _labels(segments: str | Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    """The column of each segment by what it is to be called."""
    if isinstance(segments, Mapping):
        return dict(segments)
    return {name: name for name in as_names(segments, "segments")}


def _check_texts(given: Mapping[str, object]) -> None:
    """What must be texts."""
    for what, value in given.items():
        if not isinstance(value, str | None):
            raise InvalidInputError(f"{what} must be a text, got {value!r}")


def _other_layout(header_rows: int, vendor: str | None) -> Layout:
    """Of a file of no known tool."""
    if isinstance(header_rows, bool) or not isinstance(header_rows, int) or not 1 <= header_rows <= 3:
        raise InvalidInputError(f"header_rows must be 1, 2 or 3, got {header_rows!r}")
    if header_rows == 1:
        return ANY
    if vendor not in {None, OTHER}:
        raise InvalidInputError(f"header_rows is for files of no known tool, and {vendor} has a layout")
    return attrs.evolve(ANY, header_rows=header_rows, labels_row=header_rows - 1, continues=True)


def _segment(label: str) -> str:
    return f"segment {label!r}"


def _places(
    sheet: Sheet, named: dict[str, str | None], labels: Mapping[str, str], scale: Scale, blanks: frozenset[str]
) -> dict[str, int]:
    """The position of each column that is read: as named, or as the layout says."""
    layout = sheet.layout
    known = {"at": layout.at or layout.first, "reason": layout.reason}
    found = {
        what: sheet.find(given) if given is not None else sheet.first_of([*map(folded, known.get(what, ()))])
        for what, given in named.items()
    }
    if named["respondent"] is None:
        found["respondent"] = _most_filled(sheet, sheet.all_of(layout.respondent))
    if found["score"] is None:
        found["score"] = _score_place(sheet, scale, blanks)
    return {what: place for what, place in found.items() if place is not None} | {
        _segment(label): sheet.find(column) for label, column in labels.items()
    }


def _most_filled(sheet: Sheet, places: Sequence[int]) -> int | None:
    """Of several columns the one in which least is blank, the first of such; None if there are none."""
    if len(places) < 2:
        return next(iter(places), None)
    rows = (row.cells for row in sheet.rows() if not row.is_blank)
    filled = Counter(place for cells in rows for place in places if cells[place].strip())
    return max(places, key=lambda place: filled[place])


def _score_place(sheet: Sheet, scale: Scale, blanks: frozenset[str]) -> int:
    """The position of the scores: as the layout says, or of the only question that asks for them."""
    layout = sheet.layout
    if (place := sheet.first_of(layout.score)) is not None:
        return place
    if layout.score_beside:
        beside = [folded(name) for name in sheet.names if folded(name).endswith(layout.score_beside)]
        known = {sheet.first_of([name.removesuffix(layout.score_beside)]) for name in beside}
        if len(known) == 1 and (place := known.pop()) is not None:
            return place
    asking = [
        place
        for place, texts in enumerate(zip(sheet.names, sheet.labels, strict=True))
        if any(_ASKING.search(folded(text)) for text in texts)
    ]
    given: dict[int, list[str]] = {place: [] for place in asking}
    for row in sheet.rows():
        for place, texts in given.items():
            if not row.is_blank and folded(row.cells[place]) not in blanks:
                texts.append(row.cells[place])
        if all(len(texts) >= _SAMPLE for texts in given.values()):
            break
    places = {place for place, texts in given.items() if _are_scores([to_answer(each, scale) for each in texts])}
    if len(places) != 1:
        which = listed(sheet.names[place] for place in sorted(places) or range(len(sheet.names)))
        raise InvalidInputError(
            f"{sheet.source.name}: one column must be that of the scores, got {len(places)} that seem to be; say "
            f"which with score=, of {which}"
        )
    return places.pop()


def _are_scores(answers: Sequence[Answer]) -> bool:
    """Whether most of what is given is a score or a category."""
    return 0 < len(answers) <= 2 * sum(not isinstance(each, NoScore) for each in answers)


def _cells(sheet: Sheet, places: dict[str, int]) -> tuple[dict[str, list[str]], list[int], dict[str, list[int]]]:
    """The texts of each column, the line of each row, and the lines of those left out by the reason why.

    Raises:
        InvalidInputError: If rows are of several surveys.
    """
    cells: dict[str, list[str]] = {what: [] for what in places}
    lines: list[int] = []
    excluded: dict[str, list[int]] = {}
    surveys: set[str] = set()
    own = sheet.first_of([sheet.layout.one_of])
    why_left_out = _leaver(sheet)
    for row in sheet.rows():
        reason = "blank" if row.is_blank else why_left_out(row.cells)
        if reason is not None:
            excluded.setdefault(reason, []).append(row.line)
            continue
        lines.append(row.line)
        for what, place in places.items():
            cells[what].append(row.cells[place])
        if own is not None:
            surveys.add(row.cells[own])
    if len(surveys) > 1:
        raise InvalidInputError(
            f"{sheet.source.name}: all rows must be of one survey, got {len(surveys)} in column "
            f"{sheet.layout.one_of!r}; make a file of each"
        )
    return cells, lines, excluded


def _leaver(sheet: Sheet) -> Callable[[Sequence[str]], str | None]:
    """What says why a row is no answer, None if it is one."""
    rules = [(each, place) for each in sheet.layout.leaves if (place := sheet.first_of([each.column])) is not None]

    def why(cells: Sequence[str]) -> str | None:
        return next((rule.reason for rule, place in rules if rule.leaves(cells[place])), None)

    return why


def _question(label: str) -> str | None:
    """The wording of the question, if that is what stands above the column."""
    return label if len(label.split()) > 3 else None
