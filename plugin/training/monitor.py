"""Watch a training run: what it does now, charts, sample predictions, epochs, the result, and its end.

It only reads the run folder, so that it shows runs started from anywhere, also after the dock was closed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QTimer, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices, QHideEvent, QShowEvent
from qgis.PyQt.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from ...i18n import translate
from ..forms.notice import ERROR, INFO, WARNING, Notice, fitted
from . import run_texts
from .chart_page import ChartPage
from .epoch_table import EpochModel, table_view
from .job_parameters import job_parameters
from .monitor_buttons import MonitorButtons, ask_user
from .monitor_head import MonitorHead
from .result_page import ResultPage
from .run_clean_up import clean_up
from .run_reader import CANCELLED, DONE, FAILED, KILLED, NONE, RUNNING, RunReader
from .sample_view import SampleView
from .tensorboard import TensorBoard

_FAST_MS, _SLOW_MS, _MORE_MS = 1000, 3000, 10
REPORT = "model_metrics.html"


class RunMonitor(QWidget):
    """One run at a time.

    Attributes:
        ask: asks a question and returns whether the user agrees; for tests.
        open_url: opens a file or an address; for tests.
    """

    resumeAsked = pyqtSignal(dict)  # the parameters of the same training
    cancelAsked = pyqtSignal(object)  # the model folder (Path) of the run that was told to end
    applyAsked = pyqtSignal(str)  # the model folder
    statusChanged = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reader: RunReader | None = None
        self.ask: Callable[[str], bool] = lambda question: ask_user(self, question)
        self.open_url: Callable[[str], Any] = lambda text: QDesktopServices.openUrl(QUrl(text))
        self.head, self.notice = MonitorHead(), Notice()
        self.buttons = MonitorButtons()
        self.pages = QTabWidget()
        self.charts, self.samples, self.result = ChartPage(), SampleView(), ResultPage()
        self.epochs = EpochModel(self)
        self.table = table_view(self.epochs, translate("Swath", "Epochs"))
        self.tensorboard = TensorBoard(self, self._open_address)
        self._expected = False
        self._status = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.poll)
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        self.pages.setDocumentMode(True)
        for widget, text in (
            (self.charts, translate("Swath", "Charts")),
            (self.samples, translate("Swath", "Samples")),
            (self.table, translate("Swath", "Epochs")),
            (self.result, translate("Swath", "Result")),
        ):
            self.pages.addTab(widget, text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        for widget in (self.head, self.notice, self.buttons):
            layout.addWidget(widget)
        layout.addWidget(self.pages, 1)

    def _connect(self) -> None:
        buttons = self.buttons
        for button, action in (
            (buttons.stop, self.stop),
            (buttons.cancel, self.cancel),
            (buttons.resume, self.resume),
            (buttons.clean, self.clean_up),
            (buttons.report, self.open_report),
            (buttons.apply, lambda: self.reader is not None and self.applyAsked.emit(str(self.reader.output))),
            (buttons.board, self.open_tensorboard),
        ):
            button.clicked.connect(lambda _checked, action=action: action())
        self.result.reportAsked.connect(self.open_report)
        self.result.folderAsked.connect(self.open_folder)
        self.tensorboard.told.connect(lambda text: self._tell(text, WARNING))

    # --- which run -------------------------------------------------------------------------------

    def watch(self, output: Path | None, *, expected: bool = False) -> None:
        """Show the run of a model folder; ``expected``: it is about to be started."""
        if self.reader is None or output is None or self.reader.output != output or expected:
            self.tensorboard.stop()
            self.reader = RunReader(output) if output is not None else None
            self._status = ""
        self._expected = expected
        self.poll()

    def tell(self, text: str) -> None:
        """Say what is done before the run folder is there."""
        if self.reader is not None and self._expected:
            self.head.numbers.setText(fitted(text, self.head.numbers))

    def give_up(self) -> None:
        """Stop waiting for a run that did not begin."""
        self._expected, self._status = False, ""
        self.poll()

    def poll(self) -> None:
        """Look for news, show them, and look again later."""
        reader = self.reader
        if reader is None:
            self._show()
            return
        if reader.poll() or reader.status != self._status or not self._status:
            self._show()
        elif reader.status == RUNNING:
            self.head.show_numbers(reader, waiting=self._expected)
        self._tend_tensorboard()
        if reader.more:
            self._timer.start(_MORE_MS)
        elif self.isVisible() or reader.status == RUNNING:
            self._timer.start(_FAST_MS if reader.status in {RUNNING, NONE} else _SLOW_MS)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at once."""
        super().showEvent(event)
        self.poll()

    def hideEvent(self, event: QHideEvent) -> None:
        """Look less often while nobody sees it."""
        super().hideEvent(event)
        if self._timer.isActive():
            self._timer.start(_SLOW_MS)

    # --- what the user may do --------------------------------------------------------------------

    def stop(self) -> None:
        """Ask the run to keep the best so far and finish."""
        self._wish("stop", translate("Swath", "Stopping: the best epoch so far becomes the model."))

    def cancel(self) -> None:
        """Ask the run to end without a model, if the user agrees."""
        question = translate("Swath", "Cancel the training? The finished epochs are kept, and you can resume it later.")
        if self.ask(question):
            self._wish("cancel", translate("Swath", "Cancelling ..."))
            if self.reader is not None:
                self.cancelAsked.emit(self.reader.output)

    def _wish(self, name: str, text: str) -> None:
        if self.reader is None:
            return
        try:
            (self.reader.folder / name).touch()
        except OSError as error:
            sentence = translate("Swath", "The run folder {folder} cannot be written ({reason}).")
            self._tell(sentence.format(folder=self.reader.folder, reason=error.strerror or error), ERROR)
            return
        self._tell(text, INFO)
        self.buttons.note(name)

    def resume(self) -> None:
        """Ask for the same training again; it goes on from the last whole epoch."""
        if self.reader is not None and self.reader.start.get("job"):
            try:
                parameters = job_parameters(self.reader.start["job"])
            except (TypeError, ValueError, AttributeError):
                text = translate("Swath", "The run folder {folder} does not say what was trained: set it up anew.")
                self._tell(text.format(folder=self.reader.folder), ERROR)
                return
            self.resumeAsked.emit(parameters)

    def clean_up(self) -> None:
        """Remove an unfinished run, if the user agrees."""
        reader = self.reader
        if reader is None:
            return
        question = translate("Swath", "Remove the unfinished training in {folder} with its {count} epochs?")
        if not self.ask(question.format(folder=reader.partial, count=len(reader.epochs))):
            return
        self.tensorboard.stop()
        text = clean_up(reader)
        self._tell(text, ERROR)
        self.poll()

    def open_report(self) -> None:
        """Open the report of a finished run."""
        if self.reader is not None:
            self.open_url(QUrl.fromLocalFile(str(self.report)).toString())

    def open_folder(self) -> None:
        """Open the model folder."""
        if self.reader is not None:
            self.open_url(QUrl.fromLocalFile(str(self.reader.folder.parent)).toString())

    def open_tensorboard(self) -> None:
        """Show the run's log in TensorBoard."""
        if self.reader is not None:
            self._tell(translate("Swath", "TensorBoard is being started ..."), INFO)
            self.tensorboard.show(self.reader.folder / "tensorboard")

    @property
    def report(self) -> Path:
        """Return where the report of the run is or will be."""
        return (self.reader.output if self.reader is not None else Path()) / REPORT

    def _open_address(self, address: str) -> None:
        self.open_url(address)

    def _tend_tensorboard(self) -> None:
        """Let go of the log while the run folder gets its final name; Windows could not rename it else."""
        reader, board = self.reader, self.tensorboard
        if reader is None or board.folder == Path():
            return
        if board.running and reader.status == RUNNING and reader.now.get("phase") == "finishing":
            board.stop()
        elif reader.status == DONE and board.folder.parent.parent == reader.partial:
            board.move(reader.folder / "tensorboard")

    # --- showing ---------------------------------------------------------------------------------

    def _tell(self, text: str, kind: str) -> None:
        self.notice.say(text, kind)

    def _show(self) -> None:
        """Show all that is known of the run."""
        reader = self.reader or RunReader(Path("none"))
        status = reader.status
        if status in {RUNNING, DONE}:
            self._expected = False
        if status != self._status:
            self._status = status
            # What is left of an earlier run is about to go on.
            self.notice.say(*(("", INFO) if self._expected else self._sentence(reader)))
            self.statusChanged.emit(status)
        best = int(reader.best.get("epoch", 0)) if reader.epochs else 0
        head, _ = run_texts.headline(reader)
        self.head.show_run(self.reader, waiting=self._expected)
        self.buttons.show_for(reader, waiting=self._expected)
        self.charts.show_run(reader, best)
        self.samples.set_pictures(reader.pictures, best)
        self.epochs.set_epochs(reader.epochs, head, best)
        at_end = self.table.verticalScrollBar().value() >= self.table.verticalScrollBar().maximum() - 1
        if at_end:
            self.table.scrollToBottom()
        self.result.show_run(reader, self.report)
        self.pages.setVisible(status != NONE and not self._expected)

    @staticmethod
    def _sentence(reader: RunReader) -> tuple[str, str]:
        """Return what should be known of how a run ended, and its kind."""
        onward = (
            translate("Swath", "Resume goes on after epoch {count}.").format(count=len(reader.epochs))
            if reader.can_resume
            else translate("Swath", "No epoch was finished: Resume starts anew.")
        )
        if reader.status == KILLED:
            text = translate("Swath", "This training ended without a word: QGIS or its engine was closed or crashed.")
            return f"{text} {onward}", WARNING
        if reader.status == FAILED:
            return f"{reader.problem.get('message', '')} {onward}", ERROR
        return (onward, INFO) if reader.status == CANCELLED else ("", INFO)
