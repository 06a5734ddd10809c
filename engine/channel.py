"""What the worker says: JSON objects, one a line, on a channel that no library can write into."""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from .errors import SwathError

INTERVAL = 0.1


def plain(value: Any) -> Any:
    """Return ``value`` in JSON's types: numpy's numbers as numbers, NaN and infinity as null."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return os.fspath(value) if isinstance(value, PurePath) else str(value)


def private_stdout() -> int:
    """Take standard output away: return a copy of it, and let everybody else write to standard error."""
    sys.stdout.flush()
    private = os.dup(1)
    os.dup2(2, 1)
    return private


class Channel:
    """A :class:`~.progress.Reporter` that writes JSON lines to a file descriptor. Thread-safe.

    Progress and metrics are sent at most ten times a second; the last metrics held back are sent with
    the next line. A parent that is gone counts as a cancel.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._cancelled = False
        # The parent is gone: nobody asked for the cancel.
        self.orphaned = False
        self._last_progress = self._last_metrics = -INTERVAL
        self._held: dict[str, Any] | None = None

    def cancel(self) -> None:
        """Ask the running work to stop. Takes no lock: safe in a signal handler."""
        self._cancelled = True

    def cancelled(self) -> bool:
        """Tell whether somebody asked."""
        return self._cancelled

    def progress(self, fraction: float, text: str = "") -> None:
        """Send how much is done, unless the last such line was just sent."""
        now = time.monotonic()
        if now - self._last_progress < INTERVAL and fraction < 1:
            return
        self._last_progress = now
        self._send({"type": "progress", "fraction": plain(min(max(float(fraction), 0.0), 1.0)), "text": str(text)})

    def message(self, text: str) -> None:
        """Send something the user should read."""
        self._send({"type": "message", "text": str(text)})

    def warning(self, text: str) -> None:
        """Send something the user should act on."""
        self._send({"type": "warning", "text": str(text)})

    def metrics(self, values: dict[str, Any]) -> None:
        """Send numbers, or hold them until the next line when the last were just sent."""
        now = time.monotonic()
        if now - self._last_metrics < INTERVAL:
            self._held = values
            return
        self._last_metrics, self._held = now, None
        self._send({"type": "metrics", "values": plain(values)})

    def result(self, values: dict[str, Any]) -> None:
        """Send the result: the last line of a run that went well."""
        self._send({"type": "result", "values": plain(values)})

    def error(self, error: SwathError) -> None:
        """Send the error: the last line of a run that did not."""
        self._send({"type": "error", "error": plain(error.to_dict())})

    def _send(self, line: dict[str, Any]) -> None:
        with self._lock:
            held, self._held = self._held, None
            lines = [{"type": "metrics", "values": plain(held)}, line] if held is not None else [line]
            text = "".join(json.dumps(item, allow_nan=False) + "\n" for item in lines)
            data = memoryview(text.encode("utf-8"))
            try:
                while data:
                    data = data[os.write(self._descriptor, data) :]
            except OSError:
                # Nobody reads any more: the parent is gone.
                self._cancelled = True
