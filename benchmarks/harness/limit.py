"""The limit: the same counts in C, compiled for this very processor when the benchmarks begin."""

import ctypes
import functools
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

NAME: Final = "C"

_SOURCE: Final = Path(__file__).with_name("limit.c")
_OPTIONS: Final = ("-O3", "-march=native", "-shared", "-fPIC")


@functools.cache
def compiler() -> str | None:
    """The C compiler: the one that Python was built with, or any; None without one."""
    own = (sysconfig.get_config_var("CC") or "cc").split()[0]
    return next(filter(None, map(shutil.which, (own, "cc", "gcc", "clang"))), None)


def description() -> str:
    """The compiler and its options, in a line."""
    program = compiler()
    if program is None:
        return "no C compiler was found: the limit is left out"
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return f"{version.splitlines()[0]} {' '.join(_OPTIONS[:2])}"


@functools.cache
def _library() -> ctypes.CDLL:
    folder = Path(tempfile.mkdtemp(prefix="nps_core_limit_"))
    try:
        built = folder / "limit.so"
        subprocess.run([str(compiler()), *_OPTIONS, str(_SOURCE), "-o", str(built), "-lm"], check=True)
        return ctypes.CDLL(str(built))
    finally:
        shutil.rmtree(folder)  # what is loaded stays loaded


def count(scores: NDArray[Any]) -> NDArray[np.int64]:
    """Detractors, passives, promoters, missing and invalid, shape (5,), of uint8, int64 or float64."""
    counts = np.zeros(5, np.int64)
    function = {"u": "count_bytes", "i": "count_longs", "f": "count_doubles"}[scores.dtype.kind]
    getattr(_library(), function)(_pointer(scores), _size(scores), _pointer(counts))
    return counts


def count_groups(codes: NDArray[np.int32], cells: NDArray[np.uint8], n_groups: int) -> NDArray[np.uint32]:
    """Counts per group and cell, shape (n_groups, 13)."""
    counts = np.zeros((n_groups, 13), np.uint32)
    if _library().count_groups(_pointer(codes), _pointer(cells), _size(cells), _int64(n_groups), _pointer(counts)):
        raise MemoryError
    return counts


def weigh_groups(
    codes: NDArray[np.int32], scores: NDArray[np.uint8], weights: NDArray[np.float64], n_groups: int
) -> NDArray[np.float64]:
    """Sums of the weights, of their squares, and counts per group and score, shape (n_groups, 11, 3)."""
    sums = np.zeros((n_groups, 11, 4))
    columns = _pointer(codes), _pointer(scores), _pointer(weights)
    if _library().weigh_groups(*columns, _size(scores), _int64(n_groups), _pointer(sums)):
        raise MemoryError
    return sums[..., :3]


def _pointer(array: NDArray[Any]) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def _size(array: NDArray[Any]) -> ctypes.c_int64:
    return _int64(len(array))


_int64 = ctypes.c_int64
