"""Settings of the documentation. It is built from the installed package, without the network."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.ext.napoleon import Config, GoogleDocstring

sys.path.insert(0, str(Path(__file__).parent))

import running  # the module beside this one

project = "nps_core"
author = "The nps_core authors"
copyright = "2026, The nps_core authors"
release = version = installed_version("nps_core")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build", "tables"]  # tables are parts of pages
html_theme = "furo"
html_title = f"nps_core {release}"
pygments_style = "friendly"
smartquotes = False  # messages and options are shown as they are

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_typehints_format = "short"
add_module_names = False
python_use_unqualified_type_names = True
maximum_signature_line_length = 100
toc_object_entries_show_parents = "hide"

# A name of ours that leads nowhere fails the build. Other projects' names are left as text.
nitpicky = True
others = r"attrs?|collections|datetime|decimal|fractions|os|pathlib|typing|zoneinfo|np|npt|numpy"
extras = r"duckdb|hypothesis|matplotlib|narwhals|pandas|polars|pyarrow"
nitpick_ignore_regex = [(r"py:.*", rf"({others}|{extras})\..*")]

google_style = Config(napoleon_use_ivar=True)  # attributes as one list per class


def read_google_style(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Do what sphinx.ext.napoleon does, but read an attribute's docstring as prose: it takes a colon for a type."""
    what = "method" if what in {"attribute", "data", "property"} else what
    lines[:] = GoogleDocstring(list(lines), google_style, app, what, name, obj, options).lines()


def draw_pictures(app: Sphinx) -> None:
    """Draw the pictures of the pages from their own examples."""
    running.make_pictures(Path(app.srcdir) / "images" / "made")


def setup(app: Sphinx) -> None:
    """Register the above with Sphinx."""
    app.connect("builder-inited", draw_pictures)
    app.connect("autodoc-process-docstring", read_google_style)
