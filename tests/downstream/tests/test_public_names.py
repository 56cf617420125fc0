"""Every public name of nps_core is used here, and no other."""

import ast
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import nps_core
import pytest
from nps_core import annotations, errors, programme, testing

import shop_loyalty

SOURCES = sorted(Path(shop_loyalty.__file__).parent.glob("*.py"))
DOORS = {module.__name__: module for module in (nps_core, annotations, errors, programme, testing)}


def imports(tree: ast.Module) -> Iterator[tuple[str, str, str | None]]:
    """What is imported: the name it has here, the module, and the name it has there (None for a module)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((each.asname or each.name, each.name, None) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for each in node.names:
                here, whole = each.asname or each.name, f"{node.module}.{each.name}"
                yield (here, whole, None) if whole in DOORS else (here, node.module, each.name)


def uses(tree: ast.Module, parts: Iterable[ast.AST] | None = None) -> Iterator[tuple[str, str]]:
    """Which names of which modules are used, in parts of a file; to import one is not to use it."""
    here = {name: (module, inside) for name, module, inside in imports(tree)}
    for node in (each for part in parts or [tree] for each in ast.walk(part)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module, inside = here.get(node.value.id, ("", ""))
            if inside is None:
                yield module, node.attr
        elif isinstance(node, ast.Name):
            module, inside = here.get(node.id, ("", None))
            if inside is not None:
                yield module, inside


TREES = [ast.parse(source.read_text("utf-8")) for source in SOURCES]
USED = {use for tree in TREES for use in uses(tree)}


def test_an_import_alone_is_no_use() -> None:
    text = "import nps_core as nc\nfrom nps_core import errors, nps, trend\nnc.Scale, errors.NPSError, nps"
    found = {("nps_core", "Scale"), ("nps_core.errors", "NPSError"), ("nps_core", "nps")}
    assert set(uses(ast.parse(text))) == found


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_every_public_name_is_used(door: ModuleType) -> None:
    promised: list[str] = door.__all__
    assert set(promised) - {name for module, name in USED if module == door.__name__} == set()


def test_only_public_names_are_used() -> None:
    ours = {(module, name) for module, name in USED if module.partition(".")[0] == "nps_core"}
    assert {use for use in ours if use[0] not in DOORS or use[1] not in DOORS[use[0]].__all__} == set()


def test_no_class_of_the_library_is_a_base() -> None:
    classes = [(tree, node) for tree in TREES for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    bases = {use for tree, node in classes if node.bases for use in uses(tree, node.bases)}
    assert classes
    assert not any(module.startswith("nps_core") for module, _ in bases)


def test_the_library_is_the_installed_one() -> None:
    assert Path(nps_core.__file__).is_relative_to(sysconfig.get_path("purelib"))
