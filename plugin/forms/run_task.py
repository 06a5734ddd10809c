"""Run an algorithm of any provider by its id, in the background, and load what it makes."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingAlgRunnerTask,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsTask,
)
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...i18n import translate
from .history import HistoryEntry
from .result_layers import Dress, Place, load_results, make_context

TEMPORARY = "TEMPORARY_OUTPUT"
INFO, WARNING, ERROR = "info", "warning", "error"
# Held until they end, whatever becomes of the dock, the tab or the form that started them.
_running: list[AlgorithmRun] = []


def running(algorithm_id: str) -> list[AlgorithmRun]:
    """Return the runs of an algorithm that have not ended yet, the oldest first."""
    return [run for run in _running if run.algorithm_id == algorithm_id]


def make_algorithm(algorithm_id: str) -> QgsProcessingAlgorithm:
    """Return a new instance of an algorithm; raise LookupError where no provider has it."""
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(algorithm_id)
    if algorithm is None:
        text = translate("Swath", "There is no algorithm {id}: switch on its provider in the settings of Processing.")
        raise LookupError(text.format(id=algorithm_id))
    return algorithm


class AlgorithmRun(QObject):
    """One run of an algorithm. Make it, connect its signals, and call :meth:`start`; it keeps itself alive.

    Args:
        algorithm_id: like ``swath:trainmodel``.
        parameters: by name; plain values, or what else Processing takes. ``TEMPORARY_OUTPUT`` for outputs that
            may go when QGIS ends.
        project: whose layers and transforms are used; results are loaded into it.
        load: names of the outputs whose layers are loaded when the run went well.
        place: puts a loaded layer into the layer tree; without it, it comes on top.

    Attributes:
        layers: what was loaded, by the name of the output; there while ``finished`` is told, and gone afterwards.
        dress: changes how loaded layers are drawn; may be set before the start.
        recorded: whether Processing's history lists the run; may be switched off before the start.
        cancelled: whether the run ended because the user wanted it.
        adrift: whether the project that it was started in was closed meanwhile: what it made is nobody's next step.
    """

    progress = pyqtSignal(float)  # percent, 0 to 100
    message = pyqtSignal(str)  # what is being done, or the last line said
    logged = pyqtSignal(str, str)  # INFO, WARNING or ERROR, and a line
    finished = pyqtSignal(bool, dict, str)  # ok, results, and one sentence if it did not go well

    def __init__(
        self,
        algorithm_id: str,
        parameters: Mapping[str, Any],
        project: QgsProject | None = None,
        load: Collection[str] = (),
        place: Place | None = None,
    ) -> None:
        super().__init__()
        self.algorithm_id = algorithm_id
        self.algorithm = make_algorithm(algorithm_id)
        self.parameters = dict(parameters)
        self._temporary = {name for name, value in parameters.items() if _place(value) == TEMPORARY}
        self.layers: dict[str, QgsMapLayer] = {}
        self.cancelled = self.adrift = False
        self._unprepared = False
        self._cancelled_at: int | None = None
        self.percent = 0.0
        self.lines: list[tuple[str, str]] = []
        self.began = time.monotonic()
        self._project = project or QgsProject.instance()
        self._load, self._place = frozenset(load), place
        self._feedback = _Feedback(self._hear)
        self._context = make_context(self._project, self._feedback)
        self.dress: Dress | None = None
        self.recorded = True
        self._entry: HistoryEntry | None = None
        self._task: QgsTask | None = None
        self._errors: list[str] = []

    @property
    def seconds(self) -> float:
        """Return how long ago it was started."""
        return time.monotonic() - self.began

    def start(self) -> None:
        """Prepare the run in this thread, and do it in the background."""
        _running.append(self)
        self.began = time.monotonic()
        self._feedback.progressChanged.connect(self._advance)
        # Layers of another project have no place in the one that was opened meanwhile.
        self._project.cleared.connect(self._forget_project)
        self._said.connect(self._note)
        if self.recorded:
            self._entry = HistoryEntry(self.algorithm, self.parameters, self._context)
        given = self._with_destinations()
        if self.algorithm.flags() & Qgis.ProcessingAlgorithmFlag.NoThreading:
            QTimer.singleShot(0, lambda: self._end(*reversed(self.algorithm.run(given, self._context, self._feedback))))
            return
        task = QgsProcessingAlgRunnerTask(self.algorithm, given, self._context, self._feedback)
        task.setDescription(self.algorithm.displayName())
        if task.isCanceled():  # it could not be prepared, and said why; QGIS cancels the feedback as well
            self._unprepared = True
            QTimer.singleShot(0, lambda: self._end(False, {}))
            return
        task.executed.connect(self._end)
        self._task = task  # QGIS deletes a task that nobody holds
        QgsApplication.taskManager().addTask(task)

    def cancel(self) -> None:
        """Ask the run to end; the engine is killed where it does not obey."""
        if self in _running:
            self.cancelled = True
            self._cancelled_at = len(self.lines)
            self.message.emit(translate("Swath", "Cancelling ..."))
            self._feedback.cancel()

    def is_temporary(self, output: str) -> bool:
        """Tell whether an output goes when QGIS ends."""
        return output in self._temporary

    def left_over(self) -> str:
        """Return what the run said last after it was cancelled: what is left of it, and where. "" for nothing."""
        hidden = translate("Swath", "Cancelling ...")
        lines = self.lines[self._cancelled_at :] if self._cancelled_at is not None else []
        return next((line for kind, line in reversed(lines) if kind == INFO and line != hidden), "")

    # --- what the run says ---------------------------------------------------------------------

    _said = pyqtSignal(str, str, bool)

    def _hear(self, kind: str, text: str, passing: bool) -> None:
        """Take a line in the thread of the run; the signal brings it into that of the windows."""
        self._said.emit(kind, text, passing)

    def _note(self, kind: str, text: str, passing: bool) -> None:
        line = text.strip()
        if kind == ERROR:
            self._errors.append(line)
        if not line:
            return
        if not passing:
            self.lines.append((kind, line))
            self.logged.emit(kind, line)
        if kind != ERROR and not self.cancelled:
            self.message.emit(line.split("\n")[-1])

    def _advance(self, percent: float) -> None:
        self.percent = percent
        self.progress.emit(percent)

    # --- how it ends ----------------------------------------------------------------------------

    def _with_destinations(self) -> dict[str, Any]:
        """Return the parameters, with the outputs that are to be loaded said to be so."""
        given = dict(self.parameters)
        for definition in self.algorithm.destinationParameterDefinitions():
            value = given.get(definition.name())
            if definition.name() not in self._load or not value:
                continue
            if not isinstance(value, QgsProcessingOutputLayerDefinition):
                value = QgsProcessingOutputLayerDefinition(str(value))
            value.destinationProject = self._project
            given[definition.name()] = value
        return given

    def _forget_project(self) -> None:
        self._load, self.adrift = frozenset(), True

    def _show_results(self, results: dict[str, Any]) -> str:
        """Load the layers; return a sentence about what did not work, or ""."""
        try:
            self.layers, text = load_results(
                self._context, self._project, results, self._place, self.dress, self._feedback
            )
        except Exception as error:  # noqa: BLE001 - styles come from others, too, and the run has ended all the same
            text = translate("Swath", "The result was written, but could not be shown as a layer: {error}.")
            return text.format(error=error)
        return text

    def _end(self, ok: bool, results: Mapping[str, Any]) -> None:
        # What was said last is still on its way from the other thread.
        QTimer.singleShot(0, lambda: self._finish(ok, dict(results)))

    def _finish(self, ok: bool, results: dict[str, Any]) -> None:
        if self not in _running:
            return
        text = ""
        # A run that was through before it heard of the cancel is a good one.
        # The user may also cancel in QGIS's own list of tasks.
        self.cancelled = self.cancelled or (self._feedback.isCanceled() and not self._unprepared)
        if ok:
            self.cancelled = False
            if self._load:
                text = self._show_results(results)
        elif self.cancelled:
            text = translate("Swath", "Cancelled.")
        else:
            text = error_sentence(self._errors)
        if self._entry is not None:
            self._entry.end(results, [line for _kind, line in self.lines])
        self._project.cleared.disconnect(self._forget_project)
        self._feedback.progressChanged.disconnect(self._advance)
        # Layers that a run took must end before QGIS does, however long somebody keeps the run.
        self._task = self._context = self.parameters = None  # type: ignore[assignment]
        try:
            self.finished.emit(ok, results, text)
        finally:
            # Python does not hear of it when QGIS deletes a layer: who wants one later looks for its id.
            self.layers = {}
            _running.remove(self)


def _place(value: Any) -> Any:
    """Return where an output goes."""
    return value.sink.staticValue() if isinstance(value, QgsProcessingOutputLayerDefinition) else value


def error_sentence(errors: list[str]) -> str:
    """Return one sentence of what a run said when it failed."""
    said = errors[-1] if errors else ""
    last = next((line.strip() for line in reversed(said.split("\n")) if line.strip()), "")
    if not last:
        return translate("Swath", "It ended without saying why: see the log below, and QGIS's log messages.")
    if said.startswith("Traceback"):
        return translate("Swath", "An error that Swath did not expect: {error}.").format(error=last.rstrip("."))
    return last


class _Feedback(QgsProcessingFeedback):
    """Hands on what an algorithm says, in the thread that it says it in."""

    def __init__(self, hear: Callable[[str, str, bool], None]) -> None:
        super().__init__(False)
        self._hear = hear

    def setProgressText(self, text: str) -> None:
        self._hear(INFO, text, True)

    def pushInfo(self, info: str) -> None:
        self._hear(INFO, info, False)

    def pushWarning(self, warning: str) -> None:
        self._hear(WARNING, warning, False)

    def reportError(self, error: str, fatalError: bool = False) -> None:  # noqa: N803 - QGIS's name
        self._hear(ERROR, error, False)
