"""Each kind of bad input, and what somebody who gives it gets: an error with its message, or an answer that says so.

The documentation shows the same rows, and the tests try each of them.
"""

import contextlib
import datetime as dt
import io
import tempfile
import warnings
from pathlib import Path
from typing import Any, Final

import attrs
import pandas as pd

import nps_core as nc
from nps_core import cli, programme


@attrs.frozen
class Bad:
    """One kind of bad input.

    Attributes:
        kind: What is bad.
        code: An example.
        error: The error that one gets, None for an answer.
    """

    kind: str
    code: str
    error: type[nc.NPSError] | None


def of_file(text: str | bytes, **options: Any) -> nc.Survey:
    """A survey read from a file of that text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return programme.read_export(path, **options)


def command(text: str | bytes, *options: str, name: str = "answers.csv") -> str:
    """What the command says of a file of that text."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()) as said:
        path = Path(folder) / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        code = cli.main(["report", str(path), "--score", "nps", *options])
        return f"exit {code}: {said.getvalue().strip()}"


S: Final = nc.Survey.from_scores
NAMES: Final = {"dt": dt, "pd": pd, "nc": nc, "programme": programme, "S": S, "of_file": of_file, "command": command}

BAD: Final = (
    Bad("a score beyond the scale", "S([9, 11])", nc.InvalidScoreError),
    Bad("the same, and wanted", "S([9, 11], invalid='exclude')", None),
    Bad("a fraction", "S([9, 8.5])", nc.InvalidScoreError),
    Bad("infinity", "S([9, float('inf')])", nc.InvalidScoreError),
    Bad("True and False", "S([9, True])", nc.InvalidScoreError),
    Bad("numbers as text", "S(['9', '8'])", nc.InvalidScoreError),
    Bad("None, NaN and empty text", "S([9, None, float('nan'), ''])", None),
    Bad("missing answers where none may be", "S([9, None], missing='raise')", nc.MissingScoreError),
    Bad("no answer at all", "nc.nps([])", nc.NoAnswersError),
    Bad("a table instead of a column", "S([[9, 8], [7, 6]])", nc.InvalidScoreError),
    Bad("one number instead of a column", "S(9)", nc.InvalidInputError),
    Bad("a text instead of a column", "S('9')", nc.InvalidInputError),
    Bad("columns of different length", "S([9, 8], segments={'a': ['x']})", nc.InvalidInputError),
    Bad("labels that are lists", "S([9], segments={'a': [['x']]})", nc.InvalidInputError),
    Bad("times without a zone", "S([9], at=[dt.datetime(2026, 1, 5)])", nc.InvalidInputError),
    Bad(
        "times with and without a zone",
        "S([9, 8], at=[dt.datetime(2026, 1, 5), dt.datetime(2026, 1, 5, tzinfo=dt.UTC)], time_zone='UTC')",
        nc.InvalidInputError,
    ),
    Bad(
        "a zone that does not exist",
        "S([9], at=[dt.date(2026, 1, 5)], time_zone='Europe/Atlantis')",
        nc.InvalidInputError,
    ),
    Bad("times as text", "S([9], at=['2026-01-05'], time_zone='UTC')", nc.InvalidInputError),
    Bad("a year beyond the calendar", "S([9], at=[dt.date(9999, 1, 5)], time_zone='UTC')", nc.InvalidInputError),
    Bad("a weight below 0", "S([9, 8], weights=[1, -1])", nc.InvalidInputError),
    Bad("a weight that is not known", "S([9, 8], weights=[1, None])", nc.InvalidInputError),
    Bad(
        "a segment that does not exist",
        "nc.by_segment(S([9], segments={'region': ['x']}), 'regoin')",
        nc.UnknownNameError,
    ),
    Bad("a frame instead of a survey", "nc.nps(pd.DataFrame({'nps': [9]}))", nc.InvalidInputError),
    Bad("a negative count", "nc.Tally.from_counts({9: -1})", nc.InvalidInputError),
    Bad("counts beyond 64 bits", "nc.Tally.from_counts({9: 2**63})", nc.InvalidInputError),
    Bad(
        "counts that grow beyond 64 bits",
        "nc.Tally.from_counts({9: 2**61}) + nc.Tally.from_counts({8: 2**61})",
        nc.InvalidInputError,
    ),
    Bad("JSON of something else", "nc.Tally.from_dict({'a': 1})", nc.InvalidInputError),
    Bad("two scales", "S([9]) + S([5], scale=nc.Scale.FIVE_POINT)", nc.IncompatibleError),
    Bad("a scale without passives", "nc.Scale(0, 10, passives_from=7, promoters_from=7)", nc.InvalidInputError),
    Bad("a confidence of 95", "nc.nps([9, 8], confidence_level=95)", nc.InvalidInputError),
    Bad("a file that is not there", "programme.read_export('nowhere.csv')", nc.UnreadableFileError),
    Bad("an empty file", "of_file('')", nc.UnreadableFileError),
    Bad("an Excel file called CSV", "of_file(b'PK\\x03\\x04...')", nc.UnreadableFileError),
    Bad(
        "a quote that is not closed",
        "of_file('nps,why\\n9,\"good\\n8,x\\n', score='nps')",
        nc.UnreadableFileError,
    ),
    Bad("a row with a cell too many", "of_file('nps,why\\n9,a,b\\n', score='nps')", nc.UnreadableFileError),
    Bad(
        "Latin-1",
        "of_file('nps,why\\n9,schön\\n'.encode('latin-1'), score='nps', reason='why').reading.notes",
        None,
    ),
    Bad("semicolons", "of_file('nps;why\\n9;a,b\\n', score='nps', reason='why')[0].reason", None),
    Bad(
        "'NA', '#N/A', 'null' and blank lines",
        "of_file('nps,why\\n9,a\\nNA,b\\n#N/A,c\\nnull,d\\n,\\n', score='nps').reading",
        None,
    ),
    Bad(
        "'8.0' and '10 - Extremely likely'",
        "of_file('nps\\n8.0\\n10 - Extremely likely\\n', score='nps').scores",
        None,
    ),
    Bad("a stray '11.0'", "of_file('nps\\n8.0\\n11.0\\n', score='nps')", nc.InvalidScoreError),
    Bad("the end of a range", "of_file('nps\\n8\\n9 (or more)\\n', score='nps')", nc.InvalidScoreError),
    Bad(
        "a range that became a date in a spreadsheet",
        "of_file('nps\\n8\\n10-Sep\\n', score='nps')",
        nc.InvalidScoreError,
    ),
    Bad("ranges among scores", "of_file('nps\\n9\\n7-8\\n', score='nps')", nc.InvalidScoreError),
    Bad(
        "dates that can be read in two ways",
        "of_file('nps,at\\n9,3/4/2026\\n', score='nps', at='at', time_zone='UTC')",
        nc.InvalidInputError,
    ),
    Bad(
        "dates in two orders",
        "of_file('nps,at\\n9,13/4/2026\\n8,4/13/2026\\n', score='nps', at='at', time_zone='UTC')",
        nc.InvalidInputError,
    ),
    Bad(
        "a comment where a score should be",
        "of_file('nps\\n9\\nThey promised to call me back.\\n', score='nps')",
        nc.InvalidScoreError,
    ),
    Bad("a column that stands twice", "of_file('nps,why,nps\\n9,a,1\\n', score='nps')", nc.UnknownNameError),
    Bad(
        "a format of times that tells no year",
        "of_file('nps,at\\n9,3.4.\\n', score='nps', at='at', at_format='%d.%m.')",
        nc.InvalidInputError,
    ),
    Bad("an export of no known tool", "of_file('a,b\\n9,x\\n')", nc.InvalidInputError),
    Bad("a file for the command without the column", "command('score\\n9\\n')", None),
    Bad("a file for the command that is no text", "command(b'\\xff\\xfe\\x00')", None),
)


def got(bad: Bad) -> tuple[type[nc.NPSError] | None, str]:
    """What one gets: the error and its message, or None and the answer."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            answer = eval(bad.code, dict(NAMES))
        except nc.NPSError as error:
            return type(error), str(error)
        return None, answer if bad.code.startswith("command") else repr(answer)


def as_markdown() -> str:
    """The table of the documentation."""
    lines = ["| what is given | for example | what you get |", "|---|---|---|"]
    for bad in BAD:
        error, text = got(bad)
        told = f"**{error.__name__}**: {text.replace('<', '&lt;')}" if error else f"`{text}`"
        code = bad.code.replace("|", "\\|")
        lines.append(f"| {bad.kind} | `{code}` | {told.replace('|', chr(92) + '|')} |")
    return "\n".join([*lines, ""])
