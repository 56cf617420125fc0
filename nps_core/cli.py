"""The command ``nps-core``: from files of answers to a report."""

import argparse
import concurrent.futures
import html
import importlib.metadata
import io
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn, TextIO, TypeVar

import attrs

from nps_core.analysis.distribution import ScoreDistribution, distribution
from nps_core.analysis.periods import Trend
from nps_core.analysis.result import Result
from nps_core.analysis.scoring import NetPromoterScore, nps
from nps_core.analysis.segments import SegmentTable, by_segment
from nps_core.analysis.trends import trend
from nps_core.counting.calendar import EVERY, Every
from nps_core.counting.files import find_files, open_answers
from nps_core.counting.relations import Answers
from nps_core.counting.zones import NAIVE
from nps_core.display.pages import page
from nps_core.display.tables import one_line
from nps_core.errors import InvalidInputError, InvalidScoreError, NPSError, shown
from nps_core.model.scale import PRESETS, Scale
from nps_core.model.tally import Tally
from nps_core.stats.differences import DIFFERENCE_METHODS
from nps_core.stats.normal import check_confidence_level

T = TypeVar("T")

_MOMENT: Final = 1.0
"""Seconds after which a wait deserves a sign of life."""


@attrs.frozen
class Report:
    """What the command shows."""

    source: str
    files: list[str]
    overall: NetPromoterScore
    distribution: ScoreDistribution
    segments: dict[str, SegmentTable]
    trend: Trend | None

    @property
    def results(self) -> list[NetPromoterScore | SegmentTable | Trend]:
        """Everything in it, in order."""
        return [self.overall, *self.segments.values(), *([] if self.trend is None else [self.trend])]

    def as_text(self) -> str:
        """For a terminal."""
        return "\n\n\n".join(map(str, self.results))

    def as_html(self) -> str:
        """For a browser: one self-contained page."""
        about = f"{self.source}, read on {time.strftime('%Y-%m-%d')}"
        drawn = [self.distribution, *self.results[1:]]
        parts = [
            _drawn(picture, f"picture-{number}") + result.to_html(style=False)
            for number, (result, picture) in enumerate(zip(self.results, drawn, strict=True), 1)
        ]
        return page("Net Promoter Score", about, parts, f"Made with nps_core {_version()}.")

    def as_json(self) -> str:
        """For machines: exact numbers."""
        (overall,) = self.overall.to_dicts()
        overall["rounded"] = self.overall.rounded
        content = {
            "source": self.source,
            **({"files": self.files} if len(self.files) > 1 else {}),
            "scale": self.overall.scale.to_dict(),
            "nps": overall,
            "segments": {name: table.to_dicts() for name, table in self.segments.items()},
            "trend": None if self.trend is None else self.trend.to_dicts(),
        }
        return json.dumps(content, indent=2, default=str, allow_nan=False)  # ASCII: no terminal can spoil it


def _drawn(result: Result, name: str) -> str:
    """The picture of a result, or why there is none."""
    try:
        return result.to_svg(name=name)
    except InvalidInputError as error:
        return f"<p>No picture: {html.escape(str(error))}.</p>"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0, or 2 for an error, which is told in one line.

    Args:
        arguments: What stands after ``nps-core``; by default what the shell gave.
    """
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a label that the terminal cannot show must not stop the report
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        report = make_report(options, progress=sys.stderr)
        if options.html is not None:
            _write(options.html, report.as_html())
        _print(report.as_json() if options.json else report.as_text())
    except NPSError as error:
        print(f"nps-core: error: {one_line(str(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("nps-core: interrupted", file=sys.stderr)
        return 130
    return 0


def make_report(options: argparse.Namespace, *, progress: TextIO) -> Report:
    """Count the files, once for each part of the report, and analyse the counts."""
    if options.at is None and (options.every or options.at_format or options.time_zone):
        raise InvalidInputError("--every, --at-format and --time-zone need --at")
    paths = find_files(options.files)
    if options.html is not None and os.path.realpath(options.html) in map(os.path.realpath, paths):
        raise InvalidInputError("--html must name another file than the answers'")
    scale = Scale.parse(options.scale)
    analysis = {"confidence_level": check_confidence_level(options.confidence_level), "method": options.method}
    every: Every | None = None if options.at is None else options.every or "month"
    time_zone = options.time_zone or NAIVE
    with open_answers(paths, encoding=options.encoding, delimiter=options.delimiter) as answers:

        def count(part: int, **keys: Any) -> Tally:
            return _watched(
                answers,
                lambda: Tally.from_frame(relation, score=options.score, scale=scale, invalid="exclude", **keys),
                f"counting {part} of {1 + len(options.by)}" if options.by else "counting",
                progress,
            )

        relation = answers.select(
            score=options.score,
            by=options.by,
            at=options.at,
            at_format=options.at_format,
            time_zone=time_zone,
            missing=options.missing,
        )
        tally = count(1, at=options.at, every=every, time_zone=time_zone) if every else count(1)
        if options.invalid == "raise" and tally.invalid.any():
            raise _invalid(answers, options, scale, tally)
        overall = nps(tally, **analysis)
        return Report(
            source=answers.source,
            files=answers.names,
            overall=overall,
            distribution=distribution(tally, confidence_level=analysis["confidence_level"]),
            segments={
                name: by_segment(count(part, by=name), name, **analysis) for part, name in enumerate(options.by, 2)
            },
            trend=trend(tally, every=every, **analysis) if every else None,
        )


def _invalid(answers: Answers, options: argparse.Namespace, scale: Scale, tally: Tally) -> InvalidScoreError:
    examples = answers.invalid_scores(options.score, options.missing, scale.lowest, scale.highest)
    several = len(answers.files) > 1
    told = ", ".join(f"{shown(value)} (data row {row}{f' of {name}' * several})" for name, row, value in examples)
    total, of = int(tally.invalid.sum()), int((tally.n + tally.missing + tally.invalid).sum())
    has_words = any(isinstance(value, str) and any(map(str.isalpha, value)) for *_, value in examples)
    advice = "; programme.read_export, in Python, reads texts such as '10 - Extremely likely'" if has_words else ""
    return InvalidScoreError(
        f"scores must be whole numbers between {scale.lowest} and {scale.highest}, got {told}"
        f"{', ...' * (total > len(examples))}: {total} of {of} in all; if a text means that there is no answer, say so "
        f"with --missing TEXT; --invalid exclude leaves them out of the score and shows their number{advice}",
        total=total,
        examples=[(row, value) for _, row, value in examples],
    )


def _watched(answers: Answers, job: Callable[[], T], doing: str, progress: TextIO) -> T:
    """Run a job in a thread and, if it takes longer than a moment and someone is looking, tell how far it is."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        future = pool.submit(job)
        line = ""
        try:
            while not concurrent.futures.wait([future], timeout=_MOMENT).done:
                if progress.isatty():
                    share = max(answers.connection.query_progress(), 0.0)
                    line = f"{doing} ... {share:3.0f} %"
                    print(f"\r{line}", end="", file=progress, flush=True)
        except KeyboardInterrupt:
            answers.connection.interrupt()
            raise
        finally:
            if line:
                print("\r" + " " * (len(line) + 2) + "\r", end="", file=progress, flush=True)
        return future.result()


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be written: {error.strerror}") from error


def _print(text: str) -> None:
    try:
        print(text, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where Python can flush the rest at its end
        if not isinstance(error, BrokenPipeError):  # a reader who has seen enough, such as head, is no error
            raise InvalidInputError(f"the report cannot be printed: {error.strerror}") from error


def _version() -> str:
    return importlib.metadata.version("nps_core")


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, as all others are."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"nps-core: error: {message} (nps-core report --help shows how)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="nps-core", description="The Net Promoter Score of files of answers.")
    parser.add_argument("--version", action="version", version=f"nps_core {_version()}")
    commands = parser.add_subparsers(dest="command", required=True)
    report = commands.add_parser(
        "report",
        help="the score of one file or several, by segment and over time",
        description="Count CSV, Parquet or JSON files and print the score, the segments and the trend.",
    )
    add = report.add_argument
    add("files", metavar="FILE", nargs="+", help="a .csv, .parquet or .json file, or a pattern such as '2026/*.csv'")
    add("--score", required=True, metavar="COL", help="the column of scores")
    add("--by", action="append", default=[], metavar="COL", help="a column of segments; may be given several times")
    add("--at", metavar="COL", help="the column of times")
    add("--every", choices=EVERY, help="the period of the trend (default: month)")
    add("--time-zone", metavar="ZONE", help="whose calendar is meant (default: times as written)")
    add("--at-format", metavar="FORMAT", help="how times are written if not as ISO 8601, e.g. '%%d/%%m/%%Y %%H:%%M'")
    add("--scale", default="0-10", metavar="SCALE", help=f"one of {', '.join(PRESETS)} (default: 0-10)")
    add("--confidence-level", type=float, default=0.95, metavar="LEVEL", help="of all intervals (default: 0.95)")
    add("--method", choices=DIFFERENCE_METHODS, default="score", help="of all intervals (default: score)")
    add("--missing", action="append", default=[], metavar="TEXT", help="a text that means no answer, e.g. NA")
    add("--invalid", choices=("raise", "exclude"), default="raise", help="what to do with answers that are no scores")
    add("--encoding", default="utf-8", help="of a CSV file (default: utf-8)")
    add("--delimiter", metavar="CHAR", help="of a CSV file (default: as its header has it)")
    add("--html", metavar="OUT", help="also write a page for a browser")
    add("--json", action="store_true", help="print exact numbers for machines")
    return parser
