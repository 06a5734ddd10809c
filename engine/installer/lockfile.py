"""One set-up at a time: a lock that the system releases even when the process is killed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .errors import EngineBusyError
from .places import shorten


@contextmanager
def exclusive(home: Path) -> Iterator[None]:
    """Hold the set-up of the environment at ``home``; raise EngineBusyError where another one runs."""
    path = home.with_name(home.name + ".lock")
    with path.open("a") as handle:
        try:
            _lock(handle)
        except OSError as error:
            raise EngineBusyError(path=shorten(home), detail="another set-up is running") from error
        yield
    # The file stays: removing it would let two processes hold two locks of the same name.


def _lock(handle: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - only there

        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - only there

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
