"""Write the tables and the chart of the documentation from all that was recorded."""

import sys
from typing import Final

import growth
from pages import DOCS, machine_of, section
from records import FOLDER, Claim, measured_table, read

_MEMORY: Final = "test_memory"
_GROWTH: Final = "test_growth"
_ORDER: Final = (
    "scores",
    "groups",
    "calendar",
    "labels",
    "intervals",
    "objects",
    "frames",
    "rolling",
    "drivers",
    "import",
    "growth",
    "memory",
)


def main() -> None:
    """Write what was recorded, of a trial (``--quick``) beside its records instead of into the documentation."""
    quick = "--quick" in sys.argv[1:]
    claims = read(quick=quick)
    tables = FOLDER / "quick" / "speed.md" if quick else DOCS / "tables" / "speed.md"
    chart = FOLDER / "quick" / "growth.svg" if quick else DOCS / "images" / "growth.svg"
    tables.write_text(page(claims), "utf-8")
    sys.stdout.write(f"{tables}\n")
    if _GROWTH in claims:
        growth.draw(claims[_GROWTH], chart)
        sys.stdout.write(f"{chart}\n")


def page(claims: dict[str, Claim]) -> str:
    """All claims in Markdown; marks divide what stands in different places of the page."""
    ordered = [claims[name] for name in (f"test_{each}" for each in _ORDER) if name in claims]
    races = [part for claim in ordered if claim.name != _MEMORY for part in section(claim)]
    memory = measured_table(claims[_MEMORY]) if _MEMORY in claims else ""
    return "\n\n".join([machine_of(ordered), *races, "<!-- memory -->", memory]) + "\n"


if __name__ == "__main__":
    main()
