"""The examples of the pages, run: pictures for the pages, and the pages as notebooks.

A page is Markdown with examples as the interpreter shows them. ``python docs/running.py FOLDER`` writes every page that
has some as a notebook, and executes it.
"""

import concurrent.futures
import contextlib
import doctest
import importlib
import io
import os
import re
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
FENCE = re.compile(r"^(`{3,}|:{3,})(?P<kind>\S*)[^\n]*\n(?P<body>.*?)^\1$", re.DOTALL | re.MULTILINE)
PLOT = re.compile(r"(?:\w+ = )?(?P<result>.+)\.plot\(\)")

DIRECTIVES = {"include", "raw", "toctree"}
"""Of the documentation, which a notebook does not know."""


def examples(code: str) -> list[doctest.Example]:
    """What is typed, and what is expected."""
    return doctest.DocTestParser().get_examples(code)


def pictures(page: Path, target: Path) -> list[Path]:
    """Run a page, and draw what it plots: an SVG file for each plot, named after the page and numbered from 1."""
    written: list[Path] = []
    names: dict[str, Any] = {}
    for fence in FENCE.finditer(page.read_text("utf-8")):
        for example in examples(fence["body"]) if fence["kind"] == "pycon" else []:
            plot = PLOT.fullmatch(example.source.strip())
            if plot is None:
                _run(example, names)
                continue
            name = f"{page.stem}-{len(written) + 1}"
            path = target / f"{name}.svg"
            path.write_text(eval(plot["result"], names).to_svg(name=name), "utf-8")
            written.append(path)
    return written


def _run(example: doctest.Example, names: dict[str, Any]) -> None:
    """Run one example in silence; one that is to raise may raise."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(example.source, "<page>", "exec"), names)
    except Exception:
        if not example.exc_msg:
            raise


def make_pictures(target: Path) -> None:
    """Draw the pictures of every page that shows some."""
    target.mkdir(exist_ok=True)
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        for page in sorted(FOLDER.glob("*.md")):
            if f"images/made/{page.stem}-" in page.read_text("utf-8"):
                pictures(page, target)
    finally:
        os.chdir(before)


def notebook(page: Path) -> Any:
    """A page as a notebook: prose as it stands, and a cell for every example that shows something."""
    v4 = importlib.import_module("nbformat.v4")
    cells: list[Any] = []
    text, position = page.read_text("utf-8"), 0

    def prose(part: str) -> None:
        plain = re.sub(r"\{\w+\}`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", part)
        plain = re.sub(r"\]\((\w+)\.md(#[\w-]+)?\)", r"](\1.ipynb)", plain).strip()
        if plain:
            cells.append(v4.new_markdown_cell(plain))

    for fence in FENCE.finditer(text):
        if fence["kind"] == "pycon":
            prose(text[position : fence.start()])
            cells.extend(
                v4.new_code_cell(source, metadata={"tags": ["raises-exception"]} if raises else {})
                for source, raises in _grouped(examples(fence["body"]))
            )
            position = fence.end()
        elif fence["kind"].strip("{}") in DIRECTIVES:
            prose(text[position : fence.start()])
            position = fence.end()
    prose(text[position:])
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # the same every time
    return v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})


def _grouped(typed: list[doctest.Example]) -> list[tuple[str, bool]]:
    """Statements, up to each that shows something, and whether that is an error."""
    cells, lines = [], ""
    for example in typed:
        lines += example.source
        if example.want or PLOT.fullmatch(example.source.strip()):
            cells.append((lines.strip(), bool(example.exc_msg)))
            lines = ""
    return [*cells, (lines.strip(), False)] if lines.strip() else cells


def write_notebook(page: Path, target: Path) -> Path:
    """Write a page as a notebook with what its cells show; whatever fails, fails here."""
    nbclient, nbformat = map(importlib.import_module, ("nbclient", "nbformat"))
    made = notebook(page)
    client = nbclient.NotebookClient(made, timeout=120, resources={"metadata": {"path": str(ROOT)}})
    client.execute()
    path = target / f"{page.stem}.ipynb"
    nbformat.write(made, path)
    return path


def main(target: Path) -> None:
    """Write all notebooks."""
    target.mkdir(parents=True, exist_ok=True)
    pages = [page for page in sorted(FOLDER.glob("*.md")) if "```pycon" in page.read_text("utf-8")]
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for path in pool.map(write_notebook, pages, [target] * len(pages)):
            print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
