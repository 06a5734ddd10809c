"""Run one job in the engine's process and keep QGIS alive whatever happens there."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingFeedback

from ..engine.errors import (
    CancelledError,
    EngineCrashedError,
    MissingPackageError,
    NoEnvironmentError,
    OutOfMemoryError,
    SwathError,
)
from ..engine.installer import engine_python
from ..engine.installer.machine import clean_environment
from ..engine.log import new_log
from ..i18n import translate
from .sentences import line_sentence

LAUNCHER = Path(__file__).resolve().parents[1] / "engine" / "launch.py"
POLL_S = 0.1
# How long a cancelled engine may take to put things in order before it is killed.
GRACE_S = 10.0
# How long a finished engine may take to end.
ENDING_S = 10.0
TEXT_EVERY_S = 3.0
# What Windows says of a process that could not get memory.
WINDOWS_NO_MEMORY = {0xC0000017, 0xC000012D, 0xC00000FD}


class ReportedError(SwathError):
    """An error that the engine reported; the sentence is in the user's language already."""


def run_engine(
    task: str, job: dict[str, Any], feedback: QgsProcessingFeedback, command: Sequence[str] = ()
) -> dict[str, Any]:
    """Do one job and return its result.

    Args:
        task: a key of ``engine.pipeline.STEPS``.
        job: plain values of that step's job.
        feedback: is told what the engine says, and asked whether the user cancelled.
        command: starts another worker than the engine's; for tests.

    Raises:
        SwathError: with the sentence of the engine, or one about its death; CancelledError after a cancel.
    """
    log = new_log(task)
    command = list(command) or [str(engine_python()), str(LAUNCHER), "worker"]
    child = _start(command, log)
    run = _Run(child, log, feedback)
    try:
        return run.follow({"task": task, "job": job, "log": str(log)})
    finally:
        run.end()


def _start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    try:
        with log.open("ab") as errors:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and script
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=clean_environment(),
                cwd=log.parent,
                **options,
            )
    except OSError as error:
        raise NoEnvironmentError(path=command[0]) from error


class _Run:
    """One child process, from its start to its certain end."""

    def __init__(self, child: subprocess.Popen[bytes], log: Path, feedback: QgsProcessingFeedback) -> None:
        self._child, self._log, self._feedback = child, log, feedback
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._asked_at: float | None = None
        self._text, self._text_at = "", -TEXT_EVERY_S
        self._reader = threading.Thread(target=self._read, name="swath-engine-output", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._child.stdout is not None  # noqa: S101 - we asked for the pipe
        with contextlib.suppress(ValueError, OSError):
            for line in self._child.stdout:
                self._lines.put(line)
        self._lines.put(None)

    def follow(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send the request and hand on what comes back until the result or the end."""
        self._send(request)
        while True:
            self._watch_cancel()
            try:
                line = self._lines.get(timeout=POLL_S)
            except queue.Empty:
                # Loaders of a killed engine may keep its pipe open: its death counts, not the pipe's end.
                if self._child.poll() is not None:
                    raise self._death() from None
                continue
            if line is None:
                raise self._death()
            done = self._handle(line)
            if done is not None:
                return done

    def _send(self, line: dict[str, Any]) -> None:
        assert self._child.stdin is not None  # noqa: S101 - we asked for the pipe
        with contextlib.suppress(OSError):
            # Where the child is gone, its end is noticed by the reader.
            self._child.stdin.write(json.dumps(line).encode("utf-8") + b"\n")
            self._child.stdin.flush()

    def _watch_cancel(self) -> None:
        if not self._feedback.isCanceled():
            return
        now = time.monotonic()
        if self._asked_at is None:
            self._asked_at = now
            self._feedback.pushInfo(translate("Swath", "Cancelling ..."))
            self._send({"cancel": True})
        elif now - self._asked_at > GRACE_S:
            raise CancelledError(what=translate("Swath", "the run"))

    def _handle(self, line: bytes) -> dict[str, Any] | None:
        """Hand one line on; return the result if it is that, raise if it is an error."""
        try:
            said = json.loads(line)
            kind = said["type"]
        except (ValueError, KeyError, TypeError):
            return None
        if kind == "progress":
            self._progress(float(said.get("fraction") or 0.0), str(said.get("text") or ""))
        elif kind == "message":
            self._feedback.pushInfo(str(said["text"]))
        elif kind == "warning":
            self._feedback.pushWarning(str(said["text"]))
        elif kind == "metrics":
            if text := metrics_text(said["values"]):
                self._feedback.pushInfo(text)
        elif kind == "error":
            if said["error"].get("type") == CancelledError.__name__:
                raise CancelledError(**said["error"]["facts"])
            raise ReportedError(detail=line_sentence(said["error"]))
        elif kind == "result":
            return dict(said["values"])
        return None

    def _progress(self, fraction: float, text: str) -> None:
        self._feedback.setProgress(100.0 * fraction)
        now = time.monotonic()
        if text and text != self._text and now - self._text_at >= TEXT_EVERY_S:
            # Each text becomes a line of the log: a few are enough.
            self._text, self._text_at = text, now
            self._feedback.setProgressText(text)

    def _death(self) -> SwathError:
        """Say why the child ended without result or error."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(timeout=ENDING_S)
        if self._asked_at is not None:
            return CancelledError(what=translate("Swath", "the run"))
        code = self._child.returncode
        if code == -9 or (code is not None and code & 0xFFFFFFFF in WINDOWS_NO_MEMORY):
            how = translate("Swath", "the system ended it")
            return OutOfMemoryError(how=how, log=self._log)
        missing = _missing_package(self._log)
        if missing:
            path = Path(str(self._child.args[0])).parents[1]  # type: ignore[index]
            return MissingPackageError(package=missing, path=path, tier="apply")
        return EngineCrashedError(how=_how(code), log=self._log)

    def end(self) -> None:
        """Make sure that the process and all it started are gone."""
        assert self._child.stdin is not None  # noqa: S101 - we asked for the pipe
        finished = self._asked_at is None or time.monotonic() - self._asked_at < GRACE_S
        with contextlib.suppress(OSError):
            self._child.stdin.close()
        if finished:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(timeout=ENDING_S)
        kill_group(self._child)
        self._reader.join(timeout=ENDING_S)
        assert self._child.stdout is not None  # noqa: S101 - we asked for the pipe
        if not self._reader.is_alive():
            self._child.stdout.close()


def kill_group(child: subprocess.Popen[bytes]) -> None:
    """Kill a child and everything it started, at once."""
    if sys.platform == "win32":
        if child.poll() is None:
            command = ["taskkill", "/PID", str(child.pid), "/T", "/F"]
            subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - fixed
    else:
        # The group outlives its leader: loaders of training data are in it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def metrics_text(values: dict[str, Any]) -> str:
    """Return the numbers of an epoch in one line; the run folder holds the rest."""
    hidden = {"time", "epoch", "epochs", "seconds", "memory_mb", "gpu_memory_mb", "seconds_left"}
    shown = {name: value for name, value in values.items() if name not in hidden}
    numbers = [f"{name} {value:.4g}" for name, value in shown.items() if isinstance(value, (int, float))]
    if "epoch" in values and "epochs" in values:
        head = translate("Swath", "Epoch {number} of {count}")
        numbers.insert(0, head.format(number=values["epoch"], count=values["epochs"]))
    return ", ".join(numbers)


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        names: Callable[[int], str] = lambda number: signal.Signals(number).name  # noqa: E731
        with contextlib.suppress(ValueError):
            return translate("Swath", "signal {name}").format(name=names(-code))
    return translate("Swath", "exit status {code}").format(code=code)


def _missing_package(log: Path) -> str:
    """Return the package without which the engine did not even start, or ""."""
    try:
        with log.open("rb") as file:
            file.seek(max(log.stat().st_size - 2000, 0))
            tail = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    found = re.search(r"^ModuleNotFoundError: No module named '([^'.]+)", tail, re.MULTILINE)
    return found.group(1) if found else ""
