"""Turn whatever was raised into an error with one sentence for the user."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator

from .errors import (
    CancelledError,
    DiskFullError,
    EnvironmentProblem,
    InternalError,
    MissingPackageError,
    OutOfMemoryError,
    SwathError,
)
from .installer.check import APPLY_MODULES

_NO_SPACE = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NO_SPACE_WORDS = ("no space left on device", "disk quota exceeded", "not enough space on the disk")
_NO_MEMORY_WORDS = (
    "out of memory",
    "can't allocate memory",
    "cannot allocate memory",
    "bad allocation",
    "failed to allocate memory",
    "std::bad_alloc",
)


class NoAccessError(EnvironmentProblem, OSError):
    """A file or folder that the system does not let us use."""

    template = (
        "The system does not allow access to {path} ({detail}): "
        "choose another place, or close the program that has it open."
    )


class BrokenPackageError(EnvironmentProblem):
    """A package that is there and does not load."""

    template = (
        "The package {package} cannot be loaded in the engine environment {path} ({detail}): "
        "repair it with Plugins > Swath > Set up."
    )


def explain(error: BaseException, log: str) -> SwathError:
    """Return the error that says ``error`` in one sentence; ``log`` is the path of the run's log."""
    if isinstance(error, SwathError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return CancelledError(what="the run")
    if isinstance(error, ImportError):
        # Not those further down the chain: libraries try one import after the other.
        problem = _import_problem(error)
        if problem is not None:
            return problem
    for cause in _chain(error):
        known = _known(cause, log)
        if known is not None:
            return known
    return InternalError(detail=f"{type(error).__name__}: {_first_line(error)}", log=log or "(none)")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what caused it: libraries wrap a full disk in errors of their own."""
    cause: BaseException | None = error
    for _ in range(10):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _known(error: BaseException, log: str) -> SwathError | None:
    text = str(error).lower()
    if isinstance(error, SwathError):
        return error
    if isinstance(error, MemoryError) or any(words in text for words in _NO_MEMORY_WORDS):
        return OutOfMemoryError(how=_first_line(error) or "an allocation failed", log=log or "(none)")
    if getattr(error, "errno", None) in _NO_SPACE or any(words in text for words in _NO_SPACE_WORDS):
        return DiskFullError(path=getattr(error, "filename", None) or "the output")
    if isinstance(error, PermissionError):
        return NoAccessError(path=error.filename or "a file", detail=error.strerror or _first_line(error))
    return None


def _import_problem(error: ImportError) -> SwathError | None:
    package = (error.name or "").split(".")[0]
    if package in {"", "swath"}:
        return None
    if isinstance(error, ModuleNotFoundError) and error.name == package:
        tier = "apply" if package in APPLY_MODULES else "train"
        return MissingPackageError(package=package, path=sys.prefix, tier=tier)
    return BrokenPackageError(package=package, path=sys.prefix, detail=_first_line(error))


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else ""
