"""Reading classes in the background: a layer may be large, and a file may lie far away."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine.errors import CancelledError, InternalError, SwathError
from ...i18n import translate
from .schema_found import Found

Cancelled = Callable[[], bool]
Reading = Callable[[Cancelled], Found]


# A task must outlive the window that wants its result, however early that is closed.
_running: set[SchemaTask] = set()


class SchemaTask(QgsTask):
    """Runs one reading; ``ended`` gives itself, what it found and its error, one of these None."""

    ended = pyqtSignal(object, object, object)

    def __init__(self, reading: Reading) -> None:
        super().__init__(translate("Swath", "Read classes"), QgsTask.Flag.CanCancel)
        self._reading = reading
        self._found: Found | None = None
        self._error: SwathError | None = None

    def run(self) -> bool:
        """Read, in another thread; no exception may leave it."""
        try:
            self._found = self._reading(self.isCanceled)
        except SwathError as error:
            self._error = error
        except BaseException as error:  # noqa: BLE001 - it would end QGIS
            self._error = InternalError(detail=f"{type(error).__name__}: {error}", log="-")
        return self._error is None

    def finished(self, result: bool) -> None:
        """Tell what was found, in the thread of the windows."""
        if not result and self._error is None:
            self._error = CancelledError(what=self.description())
        _running.discard(self)
        self.ended.emit(self, self._found, self._error)


class Reader(QObject):
    """Runs one reading at a time; a later one takes the place of an earlier one, which is then never told."""

    found = pyqtSignal(object, object)  # Found and SwathError, one of them None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: SchemaTask | None = None

    @property
    def is_busy(self) -> bool:
        """Tell whether something is being read."""
        return self._task is not None

    def start(self, reading: Reading) -> None:
        """Read in the background."""
        self.stop()
        task = SchemaTask(reading)
        self._task = task
        _running.add(task)
        task.ended.connect(self._end)  # a method of a QObject: Qt forgets it together with this reader
        QgsApplication.taskManager().addTask(task)

    def stop(self) -> None:
        """Forget what is being read."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _end(self, task: SchemaTask, found: Found | None, error: SwathError | None) -> None:
        if task is self._task:
            self._task = None
            self.found.emit(found, error)
