"""The buttons of the monitor: those that go with what the run does."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QGridLayout, QMessageBox, QPushButton, QSizePolicy, QWidget

from ...i18n import translate
from .run_reader import CANCELLED, DONE, FAILED, KILLED, RUNNING, RunReader

_COLUMNS = 3


class MonitorButtons(QWidget):
    """A row of buttons, of which those are shown that make sense."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stop = _button(
            translate("Swath", "Stop and keep"),
            translate("Swath", "End after this batch: the best epoch so far is kept and becomes the model"),
            "/mActionStop.svg",
        )
        self.cancel = _button(
            translate("Swath", "Cancel"),
            translate("Swath", "End without a model; what is done can be resumed"),
            "/mTaskCancel.svg",
        )
        self.resume = _button(
            translate("Swath", "Resume"),
            translate("Swath", "Go on from the last whole epoch, with the same settings"),
            "/mActionStart.svg",
        )
        self.clean = _button(
            translate("Swath", "Clean up"),
            translate("Swath", "Remove the unfinished training"),
            "/mActionDeleteSelected.svg",
        )
        self.apply = _button(
            translate("Swath", "Apply"),
            translate("Swath", "Use this model on an image"),
            "/mActionStart.svg",
        )
        self.report = _button(
            translate("Swath", "Report"),
            translate("Swath", "Open the page with losses and accuracy in the browser"),
            "/mActionOpenTable.svg",
        )
        self.board = _button(
            translate("Swath", "TensorBoard"),
            translate("Swath", "Show the log of this run in TensorBoard, in the browser"),
            "",
        )
        self._all = (self.stop, self.cancel, self.resume, self.clean, self.apply, self.report, self.board)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._shown: tuple[QPushButton, ...] = ()
        self._status, self.asked = "", ""
        for button in self._all:
            button.setParent(self)
            button.hide()

    def show_for(self, reader: RunReader, *, waiting: bool) -> None:
        """Show the buttons for what a run does; ``waiting``: it was started and has not written yet."""
        status = reader.status
        sets = {
            RUNNING: (self.stop, self.cancel, self.board),
            DONE: (self.apply, self.report, self.board),
            CANCELLED: (self.resume, self.clean, self.board),
            FAILED: (self.resume, self.clean, self.board),
            KILLED: (self.resume, self.clean, self.board),
        }
        if status != self._status:
            self._status, self.asked = status, ""
        at_work = reader.now.get("phase") != "finishing"
        self.stop.setEnabled(at_work and not self.asked)
        self.cancel.setEnabled(self.asked != "cancel")
        shown = () if waiting else sets.get(status, ())
        if shown != self._shown:
            self._place(shown)

    def note(self, asked: str) -> None:
        """Keep in mind that the run was asked to "stop" or "cancel": once is enough."""
        self.asked = asked
        self.stop.setEnabled(False)
        self.cancel.setEnabled(asked != "cancel")

    def _place(self, shown: tuple[QPushButton, ...]) -> None:
        for button in self._shown:
            self._grid.removeWidget(button)
            button.hide()
        for number, button in enumerate(shown):
            self._grid.addWidget(button, number // _COLUMNS, number % _COLUMNS)
            button.show()
        self._shown = shown
        self.setVisible(bool(shown))


def ask_user(parent: QWidget, question: str) -> bool:
    """Ask in a window; return whether the user agrees."""
    yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
    return bool(QMessageBox.question(parent, translate("Swath", "Training"), question, yes | no, no) == yes)


def _button(text: str, tip: str, icon: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    if icon:
        button.setIcon(QgsApplication.getThemeIcon(icon))
    return button
