"""Write the table of the engines from all that was recorded."""

import sys
from typing import Final

from pages import DOCS, machine_of, section
from records import FOLDER, Claim, goals_table, measured_table, read

_MEMORY: Final = "test_engine_memory"
_ORDER: Final = ("test_lazy_engines", "test_eager_frames")


def main() -> None:
    """Write what was recorded, of a trial (``--quick``) beside its records instead of into the documentation."""
    quick = "--quick" in sys.argv[1:]
    path = (FOLDER / "quick" if quick else DOCS / "tables") / "engine_speed.md"
    path.write_text(page(read(quick=quick)), "utf-8")
    sys.stdout.write(f"{path}\n")


def page(claims: dict[str, Claim]) -> str:
    """The claims about engines in Markdown; marks divide what stands in different places of the page."""
    races = [claims[name] for name in _ORDER if name in claims]
    memory = [claims[_MEMORY]] if _MEMORY in claims else []
    sections = [part for claim in races for part in section(claim)]
    tables = [table for claim in memory for table in (measured_table(claim), goals_table(claim)) if table]
    return "\n\n".join([machine_of([*races, *memory], is_c_there=False), *sections, "<!-- memory -->", *tables]) + "\n"


if __name__ == "__main__":
    main()
