"""The page of the report in a real browser: it shows everything, runs nothing, loads nothing, and follows the theme."""

import html
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from commands import report

import nps_core as nc
from nps_core.display import pages

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=900,1200"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
EVIL = "<img src=x onerror=\"document.title='pwned'\"> <script>document.title='pwned'</script> & \"quoted\""
PROBE = """
<script>
const overflowing = [...document.querySelectorAll("svg")].filter(
  svg => svg.getBoundingClientRect().right > document.documentElement.clientWidth + 1
).length;
const colour = element => getComputedStyle(element).color;
const strokes = [...document.querySelectorAll("svg path")].map(path => getComputedStyle(path).stroke);
const found = {
  title: document.title,
  pictures: document.querySelectorAll("svg[role=img]").length,
  tables: document.querySelectorAll("table").length,
  images: document.querySelectorAll("img, iframe, object, embed, foreignObject").length,
  scripts: document.querySelectorAll("script").length,
  handlers: [...document.querySelectorAll("*")].filter(
    each => each.getAttributeNames().some(name => name.startsWith("on"))
  ).length,
  overflowing: overflowing,
  text: colour(document.body),
  follows: strokes.includes(colour(document.body)),
  loaded: performance.getEntriesByType("resource").length,
};
document.body.innerHTML = "";
document.body.setAttribute("data-found", JSON.stringify(found));
</script>
"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    if not found:
        pytest.skip(f"no browser is here: {', '.join(BROWSERS)}")
    return found[0]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    rows = [
        f'{score},"{label.replace(chr(34), chr(34) * 2)}",2026-0{month}-11'
        for month in (1, 2, 3, 4)
        for label in (EVIL, "north")
        for score in (10, 9, 3, 7)
    ]
    answers = folder / "answers.csv"
    answers.write_text("\n".join(["s,region,t", *rows]), "utf-8")
    target = folder / "page.html"
    assert report(answers, "--score", "s", "--by", "region", "--at", "t", "--html", str(target)).code == 0
    return target


def run(browser: str, *options: str) -> str:
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, *FLAGS, f"--user-data-dir={profile}", *options]
        return subprocess.run(command, capture_output=True, check=True, timeout=120, text=True, encoding="utf-8").stdout


def probed(browser: str, page: Path, *options: str) -> dict[str, Any]:
    """What a script that is added to the page finds in it."""
    copy = page.with_name("probed.html")
    copy.write_text(page.read_text("utf-8").replace("</body>", f"{PROBE}</body>"), "utf-8")
    seen = re.search(r"data-found=\"([^\"]*)\"", run(browser, *options, "--dump-dom", copy.as_uri()))
    assert seen
    found: dict[str, Any] = json.loads(html.unescape(seen[1]))
    return found


def test_the_page_shows_every_part_and_runs_and_loads_nothing(browser: str, page: Path) -> None:
    found = probed(browser, page)
    assert found["title"] == "Net Promoter Score"
    assert (found["pictures"], found["tables"]) == (3, 3)
    assert (found["overflowing"], found["loaded"]) == (0, 0)


def test_the_pictures_follow_the_light_and_the_dark_theme(browser: str, page: Path) -> None:
    light = probed(browser, page, "--blink-settings=preferredColorScheme=1")
    dark = probed(browser, page, "--blink-settings=preferredColorScheme=0")
    assert light["follows"]
    assert dark["follows"]
    assert light["text"] != dark["text"]


def test_names_of_segments_themes_columns_and_comments_are_inert(browser: str, tmp_path: Path) -> None:
    survey = nc.Survey.from_scores(
        [9, 3, 10, 2] * 30,
        segments={EVIL: [EVIL, "b", None, "b"] * 30},
        reasons=[EVIL, "b", None, "javascript:alert(1)"] * 30,
        name=EVIL,
    )
    tags = {EVIL: [True, False, False, True] * 30, "price": [False, True] * 60}
    results = [
        nc.by_segment(survey, EVIL),
        nc.rank_segments(survey, EVIL),
        nc.verbatims(survey, redact=False),
        nc.theme_impacts(survey, tags),
        nc.decompose_change(survey, survey[:60], by=EVIL),
        nc.compare_all(survey, EVIL),
    ]
    parts = [part for i, each in enumerate(results) for part in (each.to_html(), each.to_svg(name=f"p{i}"))]
    made = tmp_path / "made.html"
    made.write_text(pages.page(EVIL, EVIL, parts, EVIL), "utf-8")
    found = probed(browser, made)
    assert found["title"] == EVIL
    assert (found["images"], found["scripts"], found["handlers"], found["loaded"]) == (0, 1, 0, 0)
    assert (found["pictures"], found["tables"]) == (len(results), len(results))


def test_the_page_prints(browser: str, page: Path) -> None:
    target = page.with_name("page.pdf")
    run(browser, f"--print-to-pdf={target}", page.as_uri())
    assert target.read_bytes().startswith(b"%PDF")
