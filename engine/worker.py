"""The child process that does the work: one job in, JSON lines out.

Standard input brings the job as one line of JSON, then stays open as a lifeline: a line
``{"cancel": true}`` asks to cancel, its end says that the parent is gone. The lines that go out are
described at :class:`~.channel.Channel`.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from typing import Any

from .channel import Channel, private_stdout
from .errors import CancelledError, InternalError, SwathError
from .failures import explain
from .jobs import BadJobError
from .log import LOGGER, start_log
from .pipeline import STEPS
from .progress import Reporter

# Seconds the work has to clean up after its parent died, and a finished process to end.
GRACE = 5.0
LONGEST_LINE = 64 * 1024 * 1024
OK, FAILED = 0, 1


class Lines:
    """Lines of a file descriptor; ``None`` at its end. Unbuffered, so that nothing waits in Python."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._buffer = descriptor, b""

    def next(self) -> bytes | None:
        """Wait for the next line and return it."""
        while b"\n" not in self._buffer:
            try:
                part = os.read(self._descriptor, 65536)
            except OSError:
                return None
            if not part or len(self._buffer) > LONGEST_LINE:
                return None
            self._buffer += part
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line


def main() -> int:
    """Do one job; return the exit status (0: a result was sent, 1: an error was)."""
    channel = Channel(private_stdout())
    lines = Lines(sys.stdin.fileno())
    log = ""
    try:
        task, values, log = _request(lines.next())
        start_log(log)
        _watch(lines, channel)
        LOGGER.info("task %s, process %d, job %s", task, os.getpid(), values)
        channel.result(run_step(task, values, channel))
    except BaseException as error:  # noqa: BLE001 - whatever it was becomes one line for the parent
        failure = explain(error, log)
        if channel.cancelled() and isinstance(failure, InternalError):
            # Libraries that are interrupted raise all kinds of things.
            LOGGER.info("after the cancel: %s", failure)
            failure = CancelledError(what="the run")
        LOGGER.log(logging.INFO if isinstance(error, SwathError) else logging.ERROR, "%s", failure, exc_info=error)
        channel.error(failure)
        status = FAILED
    else:
        status = OK
    # Threads of libraries must not keep a finished process alive.
    _exit_later(status)
    return status


def run_step(task: str, values: dict[str, Any], reporter: Reporter) -> dict[str, Any]:
    """Run one step of the pipeline; raise BadJobError where there is no such task or job."""
    if task not in STEPS:
        raise BadJobError(job=task, detail="the tasks are " + ", ".join(STEPS))
    job_type, step = STEPS[task]
    result: dict[str, Any] = step(job_type.from_dict(values), reporter)
    return result


def _request(line: bytes | None) -> tuple[str, dict[str, Any], str]:
    """Read the first line: the task, its job and the path of the log."""
    try:
        request = json.loads(line or b"")
        return str(request["task"]), dict(request["job"]), str(request.get("log") or "")
    except (ValueError, KeyError, TypeError) as error:
        raise BadJobError(job="(none)", detail=f"no line with a task and a job came ({error})") from error


def _watch(lines: Lines, channel: Channel) -> None:
    """Cancel on a line, a signal, or the end of standard input; after the latter, end for certain."""

    def listen() -> None:
        while (line := lines.next()) is not None:
            if _asks_to_cancel(line):
                channel.cancel()
        channel.orphaned = not channel.cancelled()
        channel.cancel()
        LOGGER.info("the parent process is gone")
        _exit_later(FAILED)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: channel.cancel())
    threading.Thread(target=listen, name="swath-lifeline", daemon=True).start()


def _asks_to_cancel(line: bytes) -> bool:
    try:
        request = json.loads(line)
    except ValueError:
        return False
    return isinstance(request, dict) and bool(request.get("cancel"))


def _exit_later(status: int) -> None:
    """End this process and its children in some seconds, if it is still there."""

    def end() -> None:
        LOGGER.warning("ending the process the hard way")
        if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
            # Loaders of training data are in our group; they would wait for us for ever.
            os.killpg(0, signal.SIGKILL)
        os._exit(status)

    timer = threading.Timer(GRACE, end)
    timer.daemon = True
    timer.start()
