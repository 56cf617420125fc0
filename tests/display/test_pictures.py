"""Pictures: colours that can be told apart, texts that draw as they are written, and SVG for pages."""

import colorsys
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import pytest
from drawn import points, texts_outside, visible_texts
from matplotlib import pyplot as plt

from nps_core.display import pictures
from nps_core.display.columns import ColumnChart, Part
from nps_core.display.curves import Curves, Mark, Quadrants
from nps_core.display.rows import Row, Rows
from nps_core.errors import InvalidInputError


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


ROWS = Rows(
    title="of <b>two</b> & $x$",
    unit="points",
    rows=[
        Row(label="<script>", value=1.0, low=0.0, high=2.0, note="--> &"),
        Row(label="none", value=None, instead="-"),
    ],
)


def linear(colour: str) -> list[float]:
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in mpl.colors.to_rgb(colour)]


def lightness(rgb: list[float]) -> float:
    """L* of CIE 1976, of linear red, green and blue."""
    y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


# Viénot, Brettel and Mollon 1999, Color Research and Application 24:243-252: what two kinds of the colour-blind see.
PROTANOPE = [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]
DEUTERANOPE = [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]


@pytest.mark.parametrize("seen", [None, PROTANOPE, DEUTERANOPE])
def test_categories_can_be_told_apart_in_grey_and_by_the_colour_blind(seen: Any) -> None:
    lights = []
    for colour in pictures.CATEGORY_COLOURS:
        rgb = linear(colour)
        lights.append(lightness([sum(a * b for a, b in zip(row, rgb, strict=True)) for row in seen] if seen else rgb))
    dark, middle, light = sorted(lights)
    assert min(middle - dark, light - middle) > 12
    hues = [colorsys.rgb_to_hsv(*mpl.colors.to_rgb(colour)) for colour in pictures.CATEGORY_COLOURS]
    assert hues[1][1] == 0  # passives are grey


def test_texts_draw_as_they_are_written() -> None:
    assert pictures.text_of("5 $ and $x$") == r"5 \$ and \$x\$"
    assert pictures.text_of("two\nlines") == r"two\nlines"
    assert len(pictures.text_of("a" * 100)) == 36
    axes = pictures.draw(ROWS)
    assert axes.get_title(loc="left") == r"of <b>two</b> & \$x\$"
    assert texts_outside(axes) == []


def test_a_long_title_is_broken_and_stays_on_the_canvas() -> None:
    axes = pictures.draw(Rows(title="many words " * 30, unit="points", rows=ROWS.rows))
    assert axes.get_title(loc="left").count("\n") >= 2
    assert texts_outside(axes) == []


@pytest.mark.parametrize("columns", [2, 4])
def test_a_long_title_stays_on_the_canvas_in_axes_of_others(columns: int) -> None:
    figure, many = plt.subplots(1, columns, figsize=(3 * columns, 4))
    axes = pictures.draw(Rows(title="WIDE WORDS " * 9, unit="points", rows=ROWS.rows), many[-1])
    box = next(text for text in axes.get_children() if str(text).find("WIDE") > 0).get_window_extent()
    assert box.x1 <= figure.bbox.x1


def test_a_picture_in_a_part_of_a_figure_is_as_wide_as_that() -> None:
    part = plt.figure(layout="constrained").subfigures(1, 2)[1]
    axes = pictures.draw(Rows(title="many words " * 9, unit="points", rows=ROWS.rows), part.subplots())
    assert axes.get_title(loc="left").count("\n") >= 2


def test_an_svg_is_well_formed_inert_and_in_the_colour_of_the_text_around_it() -> None:
    element = pictures.as_svg(ROWS, "first")
    tree = ET.fromstring(element)
    tags = {each.tag.rpartition("}")[2] for each in tree.iter()}
    assert tags <= {"svg", "defs", "style", "g", "path", "use", "clipPath", "rect", "title"}
    assert not {name for each in tree.iter() for name in each.attrib if name.startswith("on")}
    targets = [value for each in tree.iter() for name, value in each.attrib.items() if name.endswith("href")]
    assert all(target.startswith("#first-") for target in targets)
    assert "currentColor" in element
    assert "script" not in element
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", element)
    names = re.findall(r' id="([^"]*)"', element)
    assert len(names) == len(set(names)) > 0


def test_pictures_of_one_page_share_no_name_and_are_the_same_every_time() -> None:
    first, second = (pictures.as_svg(ROWS, name) for name in ("first", "second"))
    assert not set(re.findall(r' id="([^"]*)"', first)) & set(re.findall(r' id="([^"]*)"', second))
    assert pictures.as_svg(ROWS, "first") == first


def test_an_svg_leaves_the_settings_of_matplotlib_as_they_were() -> None:
    before, figures = dict(mpl.rcParams), plt.get_fignums()
    with plt.style.context("dark_background"):
        dark = pictures.as_svg(ROWS, "a")
    assert dark == pictures.as_svg(ROWS, "a")
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == figures


def test_columns_stand_on_zero_and_on_each_other() -> None:
    chart = ColumnChart(
        title="t",
        labels=[f"week {i}" for i in range(40)],
        parts=[Part(name="a", heights=[1] * 40), Part(name="b", heights=[2] * 40, colours="C1")],
        across="week",
        up="people",
    )
    axes = pictures.draw(chart)
    assert {(bar.get_y(), bar.get_height()) for bar in axes.patches} == {(0, 1), (1, 2)}
    assert axes.get_ylim()[0] == 0
    assert [text for text in visible_texts(axes) if text.startswith("week ")] == [f"week {i}" for i in range(0, 40, 3)]
    assert texts_outside(axes) == []


def test_crowded_points_have_their_names_on_both_sides() -> None:
    marks = [Mark(label=name, x=1.0, y=y) for name, y in (("one", 1.0), ("two", 1.001), ("three", 9.0))]
    picture = Quadrants(title="t", points=marks, cross=(1.0, 3.0), across="x", up="y", names=("a", "b", "c", "d"))
    axes = pictures.draw(picture)
    sides = {text.get_text(): text.get_horizontalalignment() for text in axes.texts}
    assert (sides["one"], sides["two"], sides["three"]) == ("left", "right", "left")


def test_one_curve_has_no_legend_and_two_have() -> None:
    one, two = (
        Curves(title="t", x=[1.0, 2.0], lines={name: [1.0, 2.0] for name in names}, across="x", up="y", marks=())
        for names in (["a"], ["a", "b"])
    )
    assert pictures.draw(one).get_legend() is None
    axes = pictures.draw(two)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]
    assert len({line.get_linestyle() for line in axes.get_lines()}) == 2
    assert points(axes) == []


@pytest.mark.parametrize("name", ["", "1", "a b", 'x" onload="alert(1)', "ä", None])
def test_the_name_of_an_svg_is_plain(name: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"^a name must be letters, digits and hyphens, a letter first, got "):
        pictures.as_svg(ROWS, name)
