"""Threads that hand work on through bounded queues; the first error ends all of them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")

_POLL_SECONDS = 0.1


class StoppedError(Exception):
    """The crew is ending because of an error elsewhere; never reaches the user."""


class Crew:
    """A group of threads with one fate.

    Attributes:
        error: the first error of any thread, or None.
    """

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.error: BaseException | None = None

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Run ``work`` in a thread."""
        thread = threading.Thread(target=self._run, args=(work,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except StoppedError:
            pass
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the crew
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """Stop all threads because of ``error``; the first one counts."""
        with self._lock:
            if self.error is None:
                self.error = error
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Tell whether the threads are to end."""
        return self._stop.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait a while for the threads to end; tell whether any is still at work."""
        for thread in self._threads:
            thread.join(seconds)
            if thread.is_alive():
                return True
        return False

    def join(self) -> None:
        """Wait for all threads."""
        for thread in self._threads:
            thread.join()


class Channel(Generic[Item]):
    """A queue of at most ``size`` items from ``senders`` threads to one; None says that a sender is done."""

    def __init__(self, crew: Crew, size: int, senders: int = 1) -> None:
        self._crew, self._senders = crew, senders
        self._queue: queue.Queue[Item | None] = queue.Queue(size)

    def put(self, item: Item | None) -> None:
        """Hand an item on, waiting for room; raise StoppedError when the crew ends."""
        while not self._crew.stopped:
            try:
                self._queue.put(item, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return
        raise StoppedError

    def get(self) -> Item | None:
        """Return the next item, None when all senders are done; raise StoppedError when the crew ends."""
        while not self._crew.stopped:
            if self._senders == 0:
                return None
            try:
                item = self._queue.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if item is not None:
                return item
            self._senders -= 1
        raise StoppedError
