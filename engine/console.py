"""A reporter for people at a terminal, or for a log file of a server."""

from __future__ import annotations

import sys
import time
from typing import Any

INTERVAL_TERMINAL, INTERVAL_FILE = 0.2, 10.0


def say(text: str, *, error: bool = False) -> None:
    """Write one line (nothing for an empty text)."""
    stream = sys.stderr if error else sys.stdout
    if text:
        stream.write(text + "\n")
        stream.flush()


class Console:
    """A :class:`~.progress.Reporter`: one moving line on a terminal, a line now and then elsewhere.

    All of it goes to standard error, so that standard output holds the result only.
    """

    def __init__(self) -> None:
        self._stream = sys.stderr
        self._moving = self._stream.isatty()
        self._interval = INTERVAL_TERMINAL if self._moving else INTERVAL_FILE
        self._last, self._shown, self._cancelled = -self._interval, 0, False

    def cancel(self) -> None:
        """Ask the running work to stop."""
        self._cancelled = True

    def cancelled(self) -> bool:
        """Tell whether somebody asked."""
        return self._cancelled

    def progress(self, fraction: float, text: str = "") -> None:
        """Show how much is done."""
        now = time.monotonic()
        if now - self._last < self._interval and fraction < 1:
            return
        self._last = now
        line = f"{fraction:4.0%} {text}"
        if not self._moving:
            self._write(line + "\n")
            return
        line = line[:150]
        self._write("\r" + line + " " * max(self._shown - len(line), 0))
        self._shown = len(line)

    def message(self, text: str) -> None:
        """Write it above the moving line."""
        self.clear()
        self._write(text + "\n")

    def warning(self, text: str) -> None:
        """Write it, marked."""
        self.message("Warning: " + text)

    def metrics(self, values: dict[str, Any]) -> None:
        """Write the numbers in one line; long texts, lists and tables are left to the run folder."""
        numbers = [f"{name} {value:.4g}" for name, value in values.items() if isinstance(value, (int, float))]
        if numbers:
            self.message(", ".join(numbers))

    def clear(self) -> None:
        """Wipe the moving line."""
        if self._shown:
            self._write("\r" + " " * self._shown + "\r")
            self._shown = 0

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
