"""How running work speaks: progress, messages, metrics, and whether it should stop."""

from __future__ import annotations

from typing import Any, Protocol

from .errors import CancelledError


class Reporter(Protocol):
    """Where running work reports to. The worker writes JSON lines; tests collect them."""

    def progress(self, fraction: float, text: str = "") -> None:
        """Say how much is done, 0 to 1, and with what it is busy."""

    def message(self, text: str) -> None:
        """Say something the user should read."""

    def warning(self, text: str) -> None:
        """Say something the user should act on."""

    def metrics(self, values: dict[str, Any]) -> None:
        """Report numbers of one epoch or step."""

    def cancelled(self) -> bool:
        """Tell whether the user asked to cancel. Cheap, and safe to call from any thread."""


class Silent:
    """A reporter that says nothing and is never cancelled; also a base for others."""

    def progress(self, fraction: float, text: str = "") -> None:
        """Ignore it."""

    def message(self, text: str) -> None:
        """Ignore it."""

    def warning(self, text: str) -> None:
        """Ignore it."""

    def metrics(self, values: dict[str, Any]) -> None:
        """Ignore it."""

    def cancelled(self) -> bool:
        """Never."""
        return False


class Section(Silent):
    """A part of a longer run: its 0 to 1 is mapped to ``start`` to ``stop`` of the parent."""

    def __init__(self, parent: Reporter, start: float, stop: float) -> None:
        self._parent, self._start, self._span = parent, start, stop - start

    def progress(self, fraction: float, text: str = "") -> None:
        """Report the mapped fraction."""
        self._parent.progress(self._start + self._span * min(max(fraction, 0.0), 1.0), text)

    def message(self, text: str) -> None:
        """Hand it on."""
        self._parent.message(text)

    def warning(self, text: str) -> None:
        """Hand it on."""
        self._parent.warning(text)

    def metrics(self, values: dict[str, Any]) -> None:
        """Hand it on."""
        self._parent.metrics(values)

    def cancelled(self) -> bool:
        """Ask the parent."""
        return self._parent.cancelled()


def check(reporter: Reporter, what: str) -> None:
    """Raise :class:`CancelledError` if the user asked to cancel ``what``."""
    if reporter.cancelled():
        raise CancelledError(what=what)
