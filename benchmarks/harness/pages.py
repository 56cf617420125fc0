"""What the pages of tables share: where everything was measured, and a section per claim."""

from pathlib import Path
from typing import Final

from records import Claim, goals_table, races_table

DOCS: Final = Path(__file__).parents[2] / "docs"


def section(claim: Claim) -> list[str]:
    """The heading of a claim, its words, its races and its goals."""
    heading = f"### {_title(claim).capitalize()}"
    return list(filter(None, [heading, claim.text, races_table(claim), goals_table(claim)]))


def machine_of(claims: list[Claim], *, is_c_there: bool = True) -> str:
    """Where, with what and when; of everything that was measured elsewhere, or on another day, too."""
    facts: dict[str, list[str]] = {}
    for claim in claims:
        versions = ", ".join(f"{name} {version}" for name, version in claim.versions.items())
        compiler = f"; C by {claim.compiler}" if is_c_there else ""
        facts.setdefault(f"{claim.processor}; {versions}{compiler}; {claim.date}", []).append(_title(claim))
    if len(facts) == 1:
        return f"Measured on {next(iter(facts))}."
    return "\n\n".join(f"Measured on {fact} ({', '.join(names)})." for fact, names in facts.items())


def _title(claim: Claim) -> str:
    return claim.name.removeprefix("test_").replace("_", " ")
