"""Write the tables and the chart of the documentation from all that was recorded."""

import sys
from pathlib import Path
from typing import Final

import growth
from records import FOLDER, Claim, goals_table, measured_table, races_table, read

DOCS: Final = Path(__file__).parents[2] / "docs"

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
    races = [part for claim in ordered if claim.name != _MEMORY for part in _section(claim)]
    memory = measured_table(claims[_MEMORY]) if _MEMORY in claims else ""
    return "\n\n".join([_machine(ordered), *races, "<!-- memory -->", memory]) + "\n"


def _section(claim: Claim) -> list[str]:
    heading = f"### {claim.name.removeprefix('test_').capitalize()}"
    return list(filter(None, [heading, claim.text, races_table(claim), goals_table(claim)]))


def _machine(claims: list[Claim]) -> str:
    """Where, with what and when; of everything that was measured elsewhere, or on another day, too."""
    facts: dict[str, list[str]] = {}
    for claim in claims:
        versions = ", ".join(f"{name} {version}" for name, version in claim.versions.items())
        fact = f"{claim.processor}; {versions}; C by {claim.compiler}; {claim.date}"
        facts.setdefault(fact, []).append(claim.name.removeprefix("test_"))
    if len(facts) == 1:
        return f"Measured on {next(iter(facts))}."
    return "\n\n".join(f"Measured on {fact} ({', '.join(names)})." for fact, names in facts.items())


if __name__ == "__main__":
    main()
