"""Work of the installer as a task of QGIS: in the background, cancellable, and unable to harm QGIS."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from qgis.core import QgsTask
from qgis.PyQt.QtCore import pyqtSignal

from ..engine.errors import CancelledError
from ..engine.progress import Reporter, Silent
from ..i18n import translate

Work = Callable[[Reporter], Any]


class SetupTask(QgsTask):
    """Run one piece of the installer's work.

    Args:
        title: shown by QGIS's task manager.
        work: what to do; gets a reporter and may raise anything.
    """

    told = pyqtSignal(str)
    ended = pyqtSignal(object, object)  # the work's result and its error, one of them None

    def __init__(self, title: str, work: Work) -> None:
        super().__init__(title, QgsTask.Flag.CanCancel)
        self._work = work
        self._stop = threading.Event()
        self._result: Any = None
        self._error: BaseException | None = None

    def run(self) -> bool:
        """Do the work in the background; never lets an exception out, which would end QGIS."""
        try:
            self._result = self._work(_TaskReporter(self, self._stop))
        except BaseException as error:  # noqa: BLE001 - shown to the user by ended
            self._error = error
        return self._error is None

    def cancel(self) -> None:
        """Ask the work to stop; it ends its child process within a moment."""
        self._stop.set()
        super().cancel()

    def finished(self, result: bool) -> None:
        """Tell the result or the error, in the thread of the windows."""
        if not result and self._error is None:  # cancelled before it began
            self._error = CancelledError(what=self.description())
        self.ended.emit(self._result, self._error)


class _TaskReporter(Silent):
    """Hands progress on to the task and texts to its signal."""

    def __init__(self, task: SetupTask, stop: threading.Event) -> None:
        self._task, self._stop = task, stop

    def progress(self, fraction: float, text: str = "") -> None:
        self._task.setProgress(100.0 * fraction)
        if text:
            self._task.told.emit(text)

    def message(self, text: str) -> None:
        self._task.told.emit(text)

    def warning(self, text: str) -> None:
        self._task.told.emit(text)

    def cancelled(self) -> bool:
        return self._stop.is_set()


def step_text(text: str) -> str:
    """Return what the installer says it is doing in the user's language; details stay as they are."""
    known = {
        "Fetching the installer uv": translate("Swath", "Fetching the installer uv"),
        "Creating the environment": translate("Swath", "Creating the environment"),
        "Installing the packages": translate("Swath", "Installing the packages"),
        "Installing PyTorch": translate("Swath", "Installing PyTorch"),
        "Unpacking": translate("Swath", "Unpacking"),
        "Trying the packages": translate("Swath", "Trying the packages"),
        "The engine environment is ready": translate("Swath", "The engine environment is ready"),
    }
    return known.get(text, text)
