"""Run a child process line by line, so that it can be cancelled with all it started."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from ..errors import CancelledError
from .machine import clean_environment

GRACE_S = 3.0
POLL_S = 0.1


class Runner(Protocol):
    """Runs commands; tests hand in one that only writes them down."""

    def __call__(
        self, argv: Sequence[str], on_line: Callable[[str], None], cancelled: Callable[[], bool], folder: Path
    ) -> int:
        """Run ``argv`` in ``folder``, hand on each line of output and return the exit status.

        Raises:
            CancelledError: after the process and its children have ended.
            OSError: if it cannot be started.
        """


def run_child(argv: Sequence[str], on_line: Callable[[str], None], cancelled: Callable[[], bool], folder: Path) -> int:
    """Run a command for real (see :class:`Runner`)."""
    child = _start(argv, folder)
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(child, lines), daemon=True)
    reader.start()
    try:
        while True:
            if cancelled():
                raise CancelledError(what="setting up the engine environment")
            with contextlib.suppress(queue.Empty):
                line = lines.get(timeout=POLL_S)
                if line is None:
                    return child.wait()
                on_line(line)
    finally:
        end_group(child)
        reader.join(timeout=GRACE_S)


def _start(argv: Sequence[str], folder: Path) -> subprocess.Popen[str]:
    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return subprocess.Popen(  # noqa: S603 - the installer's own commands
        list(argv),
        cwd=folder,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        **options,
    )


def _read(child: subprocess.Popen[str], lines: queue.SimpleQueue[str | None]) -> None:
    assert child.stdout is not None  # noqa: S101 - we asked for the pipe
    for line in child.stdout:
        lines.put(line.rstrip())
    lines.put(None)


def end_group(child: subprocess.Popen[str]) -> None:
    """End a child and everything it started; first politely, then by force."""
    if child.poll() is not None:
        return
    if sys.platform == "win32":
        command = ["taskkill", "/PID", str(child.pid), "/T", "/F"]
        subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - fixed
        return
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=GRACE_S)
            return
