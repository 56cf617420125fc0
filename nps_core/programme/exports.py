"""Exports of survey tools, read into surveys: no row is lost, and no date is guessed."""

import itertools
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import attrs

from nps_core.errors import InvalidInputError, InvalidScoreError, listed, must_be_one_of, shown
from nps_core.model.reading import Reading
from nps_core.model.scale import Category, Scale, check_scale
from nps_core.model.survey import Kind, Survey
from nps_core.model.tally import as_names
from nps_core.programme.layouts import ANY, OTHER, Layout, folded, layouts
from nps_core.programme.sheets import OTHER_ENCODINGS, Sheet, Source, recognize
from nps_core.programme.texts import MISSING_TEXTS, Answer, Dates, NoScore, to_answer

THREE_CATEGORIES: Final = Scale(lowest=0, passives_from=1, promoters_from=2, highest=2)
"""The scale of answers of which only the category is known: 0 detractors, 1 passives, 2 promoters."""

_SAMPLE: Final = 200
_MOST_EXAMPLES: Final = 5
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
    segments: str | Sequence[str] = (),
    time_zone: str | None = None,
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
    kind: Kind | None = None,
) -> Survey:
    """A survey from the CSV file that a survey tool exports.

    Which column is what follows from the tool's layout; columns that are named here come first. Cells such as
    ``"8.0"``, ``"10 - Extremely likely"``, ``"n/a"`` and ``"#N/A"`` are read as what they mean. Rows that are no
    answers (tests, previews, spam) are left out, and counted: ``survey.reading`` says what became of each row.

    Args:
        path: The file.
        vendor: One of :func:`vendors`, or ``"other"`` for any file with one line of names. If not given, the names of
            the columns tell.
        score: The column of scores, by its name or its question.
        at: The column of times.
        reason: The column of answers to "why?".
        suggestion: The column of answers to "what could we do better?".
        respondent: The column of ids.
        segments: Columns of labels.
        time_zone: The zone whose calendar is meant, as :meth:`Survey.from_scores <nps_core.Survey.from_scores>` takes
            it. Times without a zone need one, or ``"naive"``.
        day_first: Whether 3/4/2026 is the third of April. Needed only if the dates of the file can be read in both
            ways. Dates with points, such as 3.4.2026, have the day first unless this is False.
        at_format: The ``strptime`` format of times that are written in another way.
        scale: The scale of the question.
        categories: Read the category of every answer only, on a scale of three (0 detractors, 1 passives, 2
            promoters). That is done without asking if no answer tells more, such as ``"9-10"``.
        missing: Further texts that say that there is no answer.
        invalid: ``"raise"`` refuses answers that are no scores, ``"exclude"`` leaves them out of the score and keeps
            their number.
        encoding: How the file is written. UTF-8 and UTF-16 are recognized; what is neither is taken for
            Windows-1252, which is Latin-1 and some signs more.
        delimiter: What stands between its cells; comma, semicolon, tab and bar are recognized.
        header_rows: How many rows stand above the answers of a file of no known tool. With 2 or 3 a blank name stands
            for the one at its left, and the last of the rows tells such columns apart: ``"Why? / Price"``.
        name: What the survey is called.
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
    blanks = MISSING_TEXTS | {text.strip().casefold() for text in as_names(missing, "missing")}
    named = {"score": score, "at": at, "reason": reason, "suggestion": suggestion, "respondent": respondent}
    labels = as_names(segments, "segments")
    _check_texts({**named, "at_format": at_format, "encoding": encoding, "name": name})
    if not isinstance(day_first, bool | None):
        raise InvalidInputError(f"day_first must be True, False or None, got {day_first!r}")
    other = _other_layout(header_rows, vendor)

    if not isinstance(path, (str, os.PathLike)):
        raise InvalidInputError(f"path must be the name of a file, got {type(path).__name__}")
    source = Source.open(Path(path), encoding)
    known = [layout for each in layouts() if vendor in {None, each} for layout in layouts()[each]]
    known = [] if header_rows > 1 else known
    is_other = vendor == OTHER or header_rows > 1 or (vendor is None and score is not None)
    sheet = recognize(source, known, delimiter, other=other if is_other else None)
    places = _places(sheet, named, labels, scale, blanks)
    columns, lines, excluded = _columns(sheet, places)

    is_guess = encoding is None and source.encoding in OTHER_ENCODINGS
    notes = [f"Not UTF-8: read as {source.encoding}."] if is_guess else []
    answers = _answers(columns["score"], scale, blanks)
    if categories or _are_categories(answers, columns["score"], lines):
        answers = [_category_of(each, scale) for each in answers]
        scale = THREE_CATEGORIES
        notes.append("Only categories are known: 0 stands for detractors, 1 for passives, 2 for promoters.")
    wrong = [row for row, each in enumerate(answers) if isinstance(each, NoScore)]
    if wrong and invalid == "raise":
        where = f"{source.name}: scores in column {sheet.names[places['score']]!r}"
        raise _no_scores(where, scale, [(lines[row], columns["score"][row]) for row in wrong], len(answers))
    times: Any = None
    if "at" in columns:
        dates = Dates(sheet.names[places["at"]], day_first=day_first, pattern=at_format)
        times, note = dates.read(columns["at"], lines, zone=sheet.layout.time_zone)
        notes += [note] if note else []
    survey = Survey.from_scores(
        [scale.highest + 1 if isinstance(each, NoScore) else each for each in answers],
        at=times,
        time_zone=time_zone,
        respondents=columns.get("respondent"),
        reasons=columns.get("reason"),
        suggestions=columns.get("suggestion"),
        segments={label: [cell.strip() or None for cell in columns[_segment(label)]] for label in labels},
        scale=scale,
        name=name,
        question=_question(sheet.labels[places["score"]]),
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
    sheet: Sheet, named: dict[str, str | None], labels: Sequence[str], scale: Scale, blanks: frozenset[str]
) -> dict[str, int]:
    """The position of each column that is read: as named, or as the layout says."""
    layout = sheet.layout
    known = {"at": layout.at, "reason": layout.reason, "respondent": layout.respondent}
    found = {
        what: sheet.find(given) if given is not None else sheet.first_of(known.get(what, ()))
        for what, given in named.items()
    }
    if found["score"] is None:
        found["score"] = _score_place(sheet, scale, blanks)
    return {what: place for what, place in found.items() if place is not None} | {
        _segment(label): sheet.find(label) for label in labels
    }


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
    sample = [row for row in itertools.islice(sheet.rows(), _SAMPLE) if not row.is_blank]
    answered = {place: [to_answer(row.cells[place], scale, blanks) for row in sample] for place in asking}
    places = {place for place, answers in answered.items() if _are_scores(answers)}
    if len(places) != 1:
        which = listed(sheet.names[place] for place in sorted(places) or range(len(sheet.names)))
        raise InvalidInputError(
            f"{sheet.source.name}: one column must be that of the scores, got {len(places)} that seem to be; say "
            f"which with score=, of {which}"
        )
    return places.pop()


def _are_scores(answers: Sequence[Answer]) -> bool:
    """Whether most of what is given is a score or a category."""
    given = [each for each in answers if each is not None]
    return 0 < len(given) <= 2 * sum(not isinstance(each, NoScore) for each in given)


def _columns(sheet: Sheet, places: dict[str, int]) -> tuple[dict[str, list[str]], list[int], dict[str, list[int]]]:
    """The texts of each column, the line of each row, and the lines of those left out by the reason why."""
    columns: dict[str, list[str]] = {what: [] for what in places}
    lines: list[int] = []
    excluded: dict[str, list[int]] = {}
    why_left_out = _leaver(sheet)
    for row in sheet.rows():
        reason = "blank" if row.is_blank else why_left_out(row.cells)
        if reason is not None:
            excluded.setdefault(reason, []).append(row.line)
            continue
        lines.append(row.line)
        for what, place in places.items():
            columns[what].append(row.cells[place])
    return columns, lines, excluded


def _leaver(sheet: Sheet) -> Callable[[Sequence[str]], str | None]:
    """What says why a row is no answer, None if it is one."""
    rules = [
        (leaving.reason, place, {*leaving.values})
        for leaving in sheet.layout.leaves
        if (place := sheet.first_of([leaving.column])) is not None
    ]

    def why(cells: Sequence[str]) -> str | None:
        return next((reason for reason, place, values in rules if folded(cells[place]) in values), None)

    return why


def _question(label: str) -> str | None:
    """The wording of the question, if that is what stands above the column."""
    return label if len(label.split()) > 3 else None


def _answers(texts: Sequence[str], scale: Scale, blanks: frozenset[str]) -> list[Answer]:
    """What each cell says; there are few different ones."""
    known = {text: to_answer(text, scale, blanks) for text in set(texts)}
    return [known[text] for text in texts]


def _are_categories(answers: Sequence[Answer], texts: Sequence[str], lines: Sequence[int]) -> bool:
    """Whether only categories are known; some of one and some of the other is refused."""
    category, score = (
        next((row for row, each in enumerate(answers) if isinstance(each, kind)), None) for kind in (Category, int)
    )
    if category is not None and score is not None:
        first, second = (f"{texts[row]!r} (line {lines[row]})" for row in (category, score))
        raise InvalidScoreError(
            f"answers must all be scores or all be categories, got {first} and {second}; categories=True reads the "
            "category of each",
            total=sum(isinstance(each, Category) for each in answers),
        )
    return category is not None


def _category_of(answer: Answer, scale: Scale) -> Answer:
    """An answer on the scale of three."""
    if answer is None or isinstance(answer, NoScore):
        return answer
    category = answer if isinstance(answer, Category) else scale.classify(answer)
    return (Category.DETRACTOR, Category.PASSIVE, Category.PROMOTER).index(category)


def _no_scores(where: str, scale: Scale, wrong: Sequence[tuple[int, str]], of: int) -> InvalidScoreError:
    """The error for cells that are no scores; a long text may be somebody's words, and is not shown."""
    examples = wrong[:_MOST_EXAMPLES]
    told = ", ".join(f"{shown(text)} (line {line})" for line, text in examples)
    more = ", ..." if len(wrong) > len(examples) else ""
    return InvalidScoreError(
        f"{where} must be whole numbers between {scale.lowest} and {scale.highest}, got {told}{more}: {len(wrong)} of "
        f"{of} in all; invalid='exclude' leaves them out and keeps their number, missing=... names texts that stand "
        "for no answer",
        total=len(wrong),
        examples=examples,
    )
