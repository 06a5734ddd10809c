"""The page of the runs: which one is shown, and the monitor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ...i18n import translate
from .monitor import RunMonitor
from .run_finding import list_runs, output_of
from .run_reader import RUNNING

_MOST_KEPT = 20


class RunPage(QWidget):
    """A choice of runs (of this project, and beside them) over the monitor of one.

    Attributes:
        known: model folders of the project's runs, the newest first.
        ask_folder: asks for a folder; for tests.
    """

    told = pyqtSignal(str)

    def __init__(self, project: QgsProject, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.known: list[Path] = []
        self.monitor = RunMonitor()
        self.choice = QComboBox()
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(12)
        self.choice.setAccessibleName(translate("Swath", "Training run"))
        self.choice.setToolTip(translate("Swath", "Runs of this project and those beside them, the newest first"))
        self.refresh_button = _button(
            "/mActionRefresh.svg", translate("Swath", "Look for runs that were started elsewhere")
        )
        self.open_button = _button(
            "/mActionFileOpen.svg",
            translate("Swath", "Watch a run that was started elsewhere: choose its model folder"),
        )
        self.ask_folder = self._ask_folder
        row = QHBoxLayout()
        row.addWidget(self.choice, 1)
        row.addWidget(self.refresh_button)
        row.addWidget(self.open_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 6, 2, 0)
        layout.addLayout(row)
        layout.addWidget(self.monitor, 1)
        self.choice.activated.connect(lambda _place: self.watch(Path(self.choice.currentData())))
        self.refresh_button.clicked.connect(lambda _checked: self.refresh())
        self.open_button.clicked.connect(lambda _checked: self.open())
        self.monitor.statusChanged.connect(lambda _status: self._name())

    @property
    def output(self) -> Path | None:
        """Return the model folder of the run that is shown."""
        return self.monitor.reader.output if self.monitor.reader is not None else None

    def set_known(self, outputs: Sequence[str]) -> None:
        """Take the runs that the project knows."""
        self.known = [Path(text) for text in outputs][:_MOST_KEPT]
        self.refresh()

    def forget(self) -> None:
        """Know no runs any more, and look away from one that has ended."""
        if self.monitor.reader is not None and self.monitor.reader.status != RUNNING:
            self.monitor.watch(None)
        self.set_known([])

    def watch(self, output: Path, *, expected: bool = False) -> None:
        """Show a run and remember it; ``expected``: it is about to be started."""
        self.known = [output, *(path for path in self.known if path != output)][:_MOST_KEPT]
        self.monitor.watch(output, expected=expected)
        self.refresh()

    def open(self) -> None:
        """Ask for a folder, and show its run."""
        text = self.ask_folder()
        if not text:
            return
        output = output_of(Path(text))
        if output is None:
            self.told.emit(
                translate("Swath", "There is no training in {folder}: choose a model folder.").format(folder=text)
            )
            return
        self.watch(output)

    def refresh(self) -> None:
        """List the runs anew."""
        home = self._project.homePath()
        found = list_runs(self.known, [Path(home)] if home else [])
        if self.output is not None and self.output not in found:
            found.insert(0, self.output)
        self.choice.blockSignals(True)
        self.choice.clear()
        for output in found:
            self.choice.addItem(output.name, str(output))
            self.choice.setItemData(self.choice.count() - 1, str(output), Qt.ItemDataRole.ToolTipRole)
        self.choice.setCurrentIndex(self.choice.findData(str(self.output)) if self.output is not None else -1)
        self.choice.setEnabled(bool(found))
        self.choice.blockSignals(False)
        if self.output is None and found:
            self.monitor.watch(found[0])
            self.choice.setCurrentIndex(0)

    def _name(self) -> None:
        self.choice.setToolTip(str(self.output or ""))

    def showEvent(self, event: QShowEvent) -> None:
        """Look for runs that were started meanwhile."""
        super().showEvent(event)
        self.refresh()

    def _ask_folder(self) -> str:
        title = translate("Swath", "Model folder of a training, finished or at work")
        start = str(self.output.parent) if self.output is not None else self._project.homePath()
        return str(QFileDialog.getExistingDirectory(self, title, start))


def _button(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(QgsApplication.getThemeIcon(icon))
    button.setAutoRaise(True)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
