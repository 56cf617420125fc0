"""Optional dependencies: imported when asked for, and missed with the command that installs them."""

import importlib
from typing import Any

from nps_core.errors import MissingDependencyError


def require(module: str, *, extra: str, purpose: str) -> Any:
    """Import an optional module, or say what it is needed for and how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise MissingDependencyError(
            f"{purpose} needs {package}, which is not installed; install it with: pip install 'nps_core[{extra}]'"
        ) from error
