"""Which folders of chips are learnt from: the first one, more below it, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsApplication
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ...engine.progress import Reporter
from ...i18n import translate
from ...processing_provider.arguments import home_path
from ...processing_provider.sentences import sentence, unusable
from ..forms.form_parts import Note
from ..forms.notice import ERROR, WARNING, Notice
from ..setup_task import SetupTask
from .chip_folder import ChipFolder, read_chip_folder, summary
from .model_fields import kind_formats, kind_title

_SETTLE_MS = 250


class ChipFolders(QWidget):
    """One or more folders; they are read in the background whenever they change.

    Attributes:
        folders: what was read last.
    """

    valuesChanged = pyqtSignal()
    read = pyqtSignal()  # ``folders`` are those that are entered
    kindAsked = pyqtSignal(str)  # the user wants the kind of model that learns from these chips

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folders: tuple[ChipFolder, ...] = ()
        self.rows: list[QgsFileWidget] = []
        self.note, self.notice = Note(), Notice()
        self._task_id = ""
        self._task: SetupTask | None = None
        self._again = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self.look)
        self.more = QToolButton()
        self.more.setText("+")
        self.more.setAutoRaise(True)
        self.more.setToolTip(translate("Swath", "Add another folder with the same format, bands and classes"))
        self.more.setAccessibleName(translate("Swath", "Add a folder"))
        self.more.clicked.connect(lambda _checked: self.add())
        self._rows = QVBoxLayout()
        self._rows.setSpacing(3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(self._rows)
        for widget in (self.note, self.notice):
            layout.addWidget(widget)
        self.notice.label.setOpenExternalLinks(False)
        self.notice.label.linkActivated.connect(self.kindAsked)
        self.add()

    def paths(self) -> list[str]:
        """Return the folders that are entered, without empty lines."""
        return [text for row in self.rows if (text := row.filePath().strip())]

    def set_paths(self, paths: Sequence[str]) -> None:
        """Enter these folders."""
        if list(paths) == self.paths():
            return
        while len(self.rows) > max(len(paths), 1):
            self._remove(self.rows[-1])
        while len(self.rows) < len(paths):
            self.add()
        for row, path in zip(self.rows, paths or [""]):
            row.setFilePath(path)

    def add(self) -> QgsFileWidget:
        """Add an empty line for a folder."""
        row = QgsFileWidget()
        row.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        row.setDialogTitle(translate("Swath", "Folder of chips"))
        row.lineEdit().setPlaceholderText(translate("Swath", "Folder written by Export, or by ArcGIS Pro"))
        row.lineEdit().setAccessibleName(translate("Swath", "Folder of chips"))
        row.fileChanged.connect(lambda _path: self._change())
        held = QWidget()
        line = QHBoxLayout(held)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        line.addWidget(row, 1)
        line.addWidget(self._remover(row) if self.rows else self.more)
        self._rows.addWidget(held)
        self.rows.append(row)
        return row

    def _remover(self, row: QgsFileWidget) -> QToolButton:
        button = QToolButton()
        button.setIcon(QgsApplication.getThemeIcon("/mActionRemove.svg"))
        button.setAutoRaise(True)
        button.setToolTip(translate("Swath", "Leave this folder out"))
        button.setAccessibleName(translate("Swath", "Leave this folder out"))
        button.clicked.connect(lambda _checked: self._remove(row))
        return button

    def _remove(self, row: QgsFileWidget) -> None:
        if row in self.rows[1:]:
            self.rows.remove(row)
            held = row.parentWidget()
            self._rows.removeWidget(held)
            held.hide()
            held.deleteLater()
            self._change()

    def _change(self) -> None:
        self._timer.start()
        self.valuesChanged.emit()

    # --- what they hold --------------------------------------------------------------------------

    def set_kind(self, task_id: str) -> None:
        """Say where the chips are not for this kind of model."""
        self._task_id = task_id
        self._say()

    def look(self) -> None:
        """Read the folders in the background."""
        if self._task is not None:
            self._again = True
            return
        paths = [home_path(text) for text in self.paths()]

        def work(reporter: Reporter) -> tuple[ChipFolder, ...]:
            return tuple(read_chip_folder(path) for path in paths)

        self._task = SetupTask(translate("Swath", "Look at chips"), work)
        self._task.ended.connect(self._take)
        QgsApplication.taskManager().addTask(self._task)

    def _take(self, folders: tuple[ChipFolder, ...] | None, error: BaseException | None) -> None:
        self._task = None
        if self._again:
            self._again = False
            self.look()
            return
        self.folders = folders or ()
        self._say(sentence(unusable(error)) if isinstance(error, OSError) else str(error or ""))
        self.read.emit()

    def _say(self, error: str = "") -> None:
        self.note.say(summary(self.folders))
        problem = error or next((item.problem for item in self.folders if item.problem), "")
        formats = {item.format.id: item.format for item in self.folders if item.format is not None}
        if problem:
            self.notice.say(problem, ERROR)
        elif len(formats) > 1:
            text = translate("Swath", "The folders hold chips of several formats ({formats}): one training takes one.")
            self.notice.say(text.format(formats=", ".join(item.title for item in formats.values())), ERROR)
        elif formats and self._task_id and not set(formats) <= set(kind_formats(self._task_id)):
            self._say_wrong_kind(next(iter(formats.values())).id, next(iter(formats.values())).title)
        else:
            self.notice.say("")

    def _say_wrong_kind(self, format_id: str, title: str) -> None:
        """Say that the chips are for another kind of model, with a link that chooses it."""
        from ...engine.tasks import TASKS  # noqa: PLC0415

        text = translate("Swath", "These chips ({format}) are not for {kind}.")
        said = text.format(format=title, kind=kind_title(self._task_id))
        fitting = next((task for task in TASKS.ids() if format_id in kind_formats(task)), None)
        if fitting is None:
            more = translate("Swath", "No model type learns from them yet: export chips in another format.")
            self.notice.say(f"{said} {more}", WARNING)
            return
        link = translate("Swath", "Take {kind}").format(kind=kind_title(fitting))
        self.notice.say(f"{said} <a href='{fitting}'>{link}</a>", WARNING, rich=True)
