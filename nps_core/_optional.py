"""Optional dependencies: imported when asked for, and missed with the command that installs them."""

import importlib
import importlib.util
from collections.abc import Sequence
from typing import Any

from nps_core.errors import MissingDependencyError


def require(module: str, *, purpose: str, extra: str | None = None) -> Any:
    """Import an optional module, or say what it is needed for and how to install it.

    Args:
        module: The module's name.
        purpose: What needs it.
        extra: The extra of nps_core that brings it, None for a package that the user brings.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if str(error.name).partition(".")[0] != package:
            raise  # it is there, and something that it needs is not
        wanted = package if extra is None else f"'nps_core[{extra}]'"
        raise MissingDependencyError(
            f"{purpose} needs {package}, which is not installed; install it with: pip install {wanted}"
        ) from error


def first_installed(modules: Sequence[str], *, purpose: str) -> str:
    """The first of several modules that can be imported, any of which will do.

    Args:
        modules: Their names, the best one first.
        purpose: What needs one of them.
    """
    for module in modules:
        if importlib.util.find_spec(module) is not None:
            return module
    raise MissingDependencyError(
        f"{purpose} needs {' or '.join(modules)}, of which none is installed; install the first with: "
        f"pip install {modules[0]}"
    )
