"""The house: a module imports only from the floors below it, and nothing that was not asked for."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import nps_core

ROOT = Path(nps_core.__file__).parent
MODULES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))

SHARED = {"errors", "_optional", "_deprecation"}
GROUND = {"counting", "stats", "display"}
ROOF = {"__init__", "__main__", "_hypothesis", "annotations", "cli", "testing"}
MAY_IMPORT = {
    "errors": set(),
    "_deprecation": {"errors"},
    "_optional": {"errors"},
    **{room: {room} | SHARED for room in GROUND},
    "model": {"model", "counting"} | SHARED,
    "analysis": {"analysis", "model"} | GROUND | SHARED,
    "programme": {"programme", "analysis", "model"} | GROUND | SHARED,
    **{roof: {"programme", "analysis", "model"} | GROUND | SHARED | ROOF for roof in ROOF},
}

OPTIONAL = ["duckdb", "hypothesis", "matplotlib", "narwhals", "pandas", "polars", "pyarrow", "scipy"]
REQUIRED = {"attr", "attrs", "numpy"}


def room_of(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def imported(node: ast.AST) -> list[str]:
    """The modules that a statement imports, with ``from nps_core import x`` as ``nps_core.x``."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"imports are absolute, line {node.lineno} is not"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs: what is only for type checkers is left out."""
    yield node
    body = node.orelse if isinstance(node, ast.If) and is_for_types_only(node) else ast.iter_child_nodes(node)
    for child in body:
        yield from statements(child)


def tree_of(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"))


def names_imported_by(tree: ast.AST) -> list[str]:
    return [name for node in ast.walk(tree) for name in imported(node)]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_imports_only_from_the_floors_below(path: Path) -> None:
    rooms = {name.split(".")[1] for name in names_imported_by(tree_of(path)) if name.split(".")[0] == "nps_core"}
    assert rooms <= MAY_IMPORT[room_of(path)], f"{path} may not import {rooms - MAY_IMPORT[room_of(path)]}"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_imports_outright_only_what_is_always_installed(path: Path) -> None:
    names = {name.split(".")[0] for node in statements(tree_of(path)) for name in imported(node)}
    assert names <= REQUIRED | {"nps_core"} | sys.stdlib_module_names


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_function_hides_an_import(path: Path) -> None:
    functions = [n for n in ast.walk(tree_of(path)) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    hidden = [name for function in functions for node in ast.walk(function) for name in imported(node)]
    assert not hidden, "optional packages come through _optional.require(), everything else at the top"


def test_the_contract_sees_what_it_forbids() -> None:
    source = "from nps_core.stats import intervals\nfrom nps_core import cli\ndef f():\n    import pandas"
    tree = ast.parse(source)
    assert names_imported_by(tree) == ["nps_core.stats.intervals", "nps_core.cli", "pandas"]
    assert not {"stats", "cli"} & MAY_IMPORT["model"]
    assert {"counting", "model", "stats", "display", "analysis"} <= {room_of(path) for path in MODULES}


def test_importing_every_public_name_loads_numpy_and_attrs_only() -> None:
    code = f"import sys; from nps_core import *; print(*[name for name in {OPTIONAL} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_importing_the_library_loads_none_of_its_rooms() -> None:
    code = "import sys, nps_core; print(*[name for name in sys.modules if name.startswith('nps_core.')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_every_public_name_has_one_home_and_type_checkers_see_the_same() -> None:
    tree = tree_of(Path("__init__.py"))
    block = next(node for node in tree.body if is_for_types_only(node))
    seen = {
        alias.name: node.module for node in ast.walk(block) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert seen == nps_core._HOME_OF
    assert sorted(seen) == sorted(nps_core.__all__)
    assert set(nps_core.__all__) <= set(dir(nps_core))
    assert not hasattr(nps_core, "nonsense")
