"""The dialog "Set up the engine environment"."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtGui import QCloseEvent, QFontDatabase
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..engine.errors import CancelledError, SwathError
from ..engine.installer.build import Builder
from ..engine.installer.check import Diagnosis, diagnose
from ..engine.installer.choices import BUILDS, Choice, make_choice
from ..engine.installer.machine import best_build, platform_key
from ..engine.installer.places import engine_home
from ..engine.installer.state import ABSENT, CHOSEN, READY, current_state
from ..i18n import translate
from ..processing_provider.sentences import sentence
from .setup_task import SetupTask, Work, step_text
from .setup_texts import build_title, size_text, state_text, tier_title


class SetupDialog(QDialog):
    """Shows the state of the engine environment, and sets up, repairs or removes it when asked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Swath", "Set up the engine environment"))
        self.resize(640, 560)
        self._task: SetupTask | None = None
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.tier, self.build, self.room = QComboBox(), QComboBox(), QLabel()
        self.bar, self.step = QProgressBar(), QLabel()
        self.log = QPlainTextEdit()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._lay_out()
        self._fill_choices()
        self.refresh()

    def refresh(self) -> None:
        """Show what is there now, and which buttons make sense."""
        state, busy = current_state(), self._task is not None
        self.state.setText(state_text(state))
        for widget in (self.tier, self.build):
            widget.setEnabled(not busy)
        self.install.setEnabled(not busy)
        self.repair.setEnabled(not busy and state.stamp is not None)
        self.remove.setEnabled(not busy and state.kind not in {ABSENT, CHOSEN})
        self.copy.setEnabled(not busy)
        self.cancel.setEnabled(busy)
        self.bar.setVisible(busy)
        if not busy and state.kind == READY:
            self.install.setText(translate("Swath", "Install again"))
        else:
            self.install.setText(translate("Swath", "Install"))

    def choice(self) -> Choice:
        """Return what is chosen; raise UnsupportedChoiceError where it cannot be installed here."""
        return make_choice(platform_key(), str(self.tier.currentData()), str(self.build.currentData()))

    def start(self, title: str, work: Work, done: Any = None) -> None:
        """Run work in the background; ``done`` gets its result when it went well."""
        task = SetupTask(title, work)
        self._task = task  # QGIS deletes a task that nobody holds
        task.told.connect(self._tell)
        task.progressChanged.connect(lambda percent: self.bar.setValue(round(percent)))
        task.ended.connect(lambda result, error: self._end(result, error, done))
        self.bar.setValue(0)
        self.refresh()
        QgsApplication.taskManager().addTask(task)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the window while work is running: closing it would hide how it ends."""
        if self._task is None:
            super().closeEvent(event)
        else:
            event.ignore()

    def reject(self) -> None:
        """Close, unless work is running."""
        if self._task is None:
            super().reject()

    # --- parts of the window -----------------------------------------------------------------

    def _lay_out(self) -> None:
        note = translate(
            "Swath",
            "Swath runs models in a Python environment of its own, apart from QGIS. "
            "It is downloaded only when you press Install.",
        )
        intro = QLabel(note)
        intro.setWordWrap(True)
        group = QGroupBox(translate("Swath", "What to install"))
        form = QFormLayout(group)
        form.addRow(translate("Swath", "Use"), self.tier)
        form.addRow(translate("Swath", "Compute on"), self.build)
        form.addRow(translate("Swath", "Size"), self.room)
        self.room.setWordWrap(True)
        self.step.setWordWrap(True)
        self.log.setReadOnly(True)
        self.log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.log.setPlaceholderText(translate("Swath", "What the installer does is written here."))
        self.log.setMaximumBlockCount(2000)
        layout = QVBoxLayout(self)
        for widget in (intro, self.state, group):
            layout.addWidget(widget)
        layout.addLayout(self._actions())
        for widget in (self.step, self.bar, self.log, self.buttons):
            layout.addWidget(widget)
        layout.setStretchFactor(self.log, 1)
        self.buttons.rejected.connect(self.reject)

    def _actions(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.install = self._button(row, translate("Swath", "Install"), self._install)
        self.repair = self._button(row, translate("Swath", "Repair"), self._repair)
        self.remove = self._button(row, translate("Swath", "Remove"), self._remove)
        row.addStretch(1)
        self.copy = self._button(row, translate("Swath", "Copy diagnosis"), self._diagnose)
        self.cancel = self._button(row, translate("Swath", "Cancel"), self._cancel)
        self.install.setDefault(True)
        return row

    @staticmethod
    def _button(row: QHBoxLayout, text: str, action: Any) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(action)
        row.addWidget(button)
        return button

    def _fill_choices(self) -> None:
        for tier in ("train", "apply"):
            self.tier.addItem(tier_title(tier), tier)
        stamp = current_state().stamp
        self.tier.setCurrentIndex(max(self.tier.findData(stamp.tier if stamp else "train"), 0))
        self.tier.currentIndexChanged.connect(lambda _index: self._fill_builds())
        self.build.currentIndexChanged.connect(lambda _index: self._show_size())
        self._fill_builds()

    def _fill_builds(self) -> None:
        tier, self._best = str(self.tier.currentData()), ""
        self.build.clear()
        try:
            self._best = best_build(tier)
            for build in BUILDS[platform_key()]:
                if tier == "apply" or build != "directml":
                    self.build.addItem(build_title(build, recommended=build == self._best), build)
        except SwathError as error:
            self._tell(sentence(error))
        self.build.setCurrentIndex(max(self.build.findData(self._best), 0))
        self._show_size()

    def _show_size(self) -> None:
        if self.build.currentData():
            self.room.setText(size_text(self.choice(), engine_home()))

    # --- what the buttons do -----------------------------------------------------------------

    def _install(self) -> None:
        choice = self.choice()
        self.log.clear()
        title = translate("Swath", "Set up Swath's engine")
        self.start(title, lambda reporter: Builder(engine_home(), reporter).create(choice))

    def _repair(self) -> None:
        stamp = current_state().stamp
        choice = stamp.choice if stamp and stamp.choice.lock.is_file() else self.choice()
        self.log.clear()
        title = translate("Swath", "Repair Swath's engine")
        self.start(title, lambda reporter: Builder(engine_home(), reporter).repair(choice))

    def _remove(self) -> None:
        question = translate("Swath", "Remove the engine environment? Your models and data are kept.")
        yes = QMessageBox.StandardButton.Yes
        if QMessageBox.question(self, self.windowTitle(), question, yes | QMessageBox.StandardButton.No) == yes:
            title = translate("Swath", "Remove Swath's engine")
            self.start(title, lambda reporter: Builder(engine_home(), reporter).remove())

    def _diagnose(self) -> None:
        self._tell(translate("Swath", "Trying the packages"))
        title = translate("Swath", "Diagnose Swath's engine")
        self.start(title, lambda reporter: diagnose(cancelled=reporter.cancelled), self._copy)

    def _copy(self, diagnosis: Diagnosis) -> None:
        self.log.setPlainText(diagnosis.text())
        QgsApplication.clipboard().setText(diagnosis.text())
        self.step.setText(
            translate("Swath", "The diagnosis is in the clipboard: paste it where you report the problem.")
        )

    def _cancel(self) -> None:
        if self._task is not None:
            self.step.setText(translate("Swath", "Stopping ..."))
            self._task.cancel()

    def _tell(self, text: str) -> None:
        self.step.setText(step_text(text))
        self.log.appendPlainText(text)

    def _end(self, result: Any, error: BaseException | None, done: Any) -> None:
        self._task = None
        self.refresh()
        if isinstance(error, CancelledError):
            self.step.setText(translate("Swath", "Cancelled: nothing half-made was left."))
        elif error is not None:
            text = sentence(error) if isinstance(error, SwathError) else f"{type(error).__name__}: {error}"
            self.step.setText(translate("Swath", "It did not work: see below."))
            self.log.appendPlainText(text)
        elif done is not None:
            done(result)
        else:
            self.step.setText("")
