"""A page: tables and pictures in one self-contained HTML file."""

import html
from collections.abc import Sequence
from typing import Final

from nps_core.display.tables import STYLE

_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
p.about { margin-top: .2rem; opacity: .75; }
section { margin: 2.5rem 0; overflow-x: auto; }
svg { display: block; height: auto; margin-bottom: 1rem; min-width: 34rem; }
footer { margin-top: 3rem; font-size: .85rem; opacity: .75; }
@media print { svg { min-width: 0; } body { margin: 0; max-width: none; } section { break-inside: avoid; } }
"""


def page(title: str, about: str, parts: Sequence[str], footer: str) -> str:
    """A whole HTML document: no script, nothing loaded from elsewhere. The texts are escaped, the parts are HTML."""
    sections = "\n".join(f"<section>{part}</section>" for part in parts)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>{_STYLE}{STYLE}</style>
</head>
<body>
<h1>{html.escape(title)}</h1>
<p class="about">{html.escape(about)}</p>
{sections}
<footer>{html.escape(footer)}</footer>
</body>
</html>
"""
