"""Choose a model, and see what it is before it runs."""

from __future__ import annotations

from qgis.core import QgsApplication, QgsRasterLayer
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ...engine.model_info import ModelInfo
from ...i18n import translate
from .applied_tasks import accuracy_text, applied_task
from .class_strip import ClassStrip
from .form_layout import worded
from .form_parts import Note
from .model_reading import ModelReader, facts_text, misfit, other_cells
from .notice import ERROR, INFO, WARNING, Notice


class ModelPicker(QWidget):
    """A field for a model's file or folder, with what the model says of itself below."""

    changed = pyqtSignal()  # another model was read, or none
    cellsAsked = pyqtSignal(float)  # the user wants the cell size that the model learnt from

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.info: ModelInfo | None = None
        self.problem = ""
        self.field = QgsFileWidget()
        self.field.setDialogTitle(translate("Swath", "Choose a model"))
        kinds = translate("Swath", "Models (*.onnx *.emd *.dlpk)")
        self.field.setFilter(f"{kinds};;{translate('Swath', 'All files (*)')}")
        self.field.lineEdit().setPlaceholderText(translate("Swath", "Folder, .emd, .dlpk or .onnx"))
        self.folder = QToolButton()
        self.folder.setIcon(QgsApplication.getThemeIcon("/mIconFolderOpen.svg"))
        self.folder.setToolTip(translate("Swath", "Choose the folder of a model"))
        self.folder.setAccessibleName(self.folder.toolTip())
        self.head, self.facts, self.classes, self.notice = QLabel(), Note(), ClassStrip(), Notice()
        self._reader = ModelReader(self)
        self.image: QgsRasterLayer | None = None
        self._lay_out()
        self.field.fileChanged.connect(self._ask)
        self.folder.clicked.connect(self._choose_folder)
        self._reader.read.connect(self._take)
        self.notice.label.setOpenExternalLinks(False)
        self.notice.label.linkActivated.connect(lambda _link: self._ask_cells())
        self._show()

    def path(self) -> str:
        """Return what is chosen."""
        return str(self.field.filePath()).strip()

    def set_path(self, path: str) -> None:
        """Choose a model."""
        if path != self.path():
            self.field.setFilePath(path)

    def set_image(self, image: QgsRasterLayer | None) -> None:
        """Tell whether the model fits this image."""
        self.image = image
        self._show()

    def fits(self) -> bool:
        """Tell whether there is a model that can be applied to the image."""
        return self.info is not None and self._remark()[1] != ERROR

    def _lay_out(self) -> None:
        font = self.head.font()
        font.setBold(True)
        self.head.setFont(font)
        self.head.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(self.folder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        for widget in (self.head, self.facts, self.classes, self.notice):
            layout.addWidget(widget)

    def _choose_folder(self) -> None:
        title = translate("Swath", "Choose the folder of a model")
        folder = QFileDialog.getExistingDirectory(self, title, self.path())
        if folder:
            self.set_path(folder)

    def _ask(self, _path: str) -> None:
        self._reader.ask(self.path())

    def _take(self, _path: str, info: ModelInfo | None, text: str) -> None:
        self.info, self.problem = info, text
        self._show()
        self.changed.emit()

    def _ask_cells(self) -> None:
        if self.info is not None and self.info.cell_size:
            self.cellsAsked.emit(float(self.info.cell_size[0]))

    def _show(self) -> None:
        info = self.info
        task = applied_task(info.task) if info is not None else None
        title = "" if info is None else task.title() if task is not None else info.task
        self.head.setText(title)
        self.head.setVisible(bool(title))
        self.facts.say(facts_text(info, accuracy_text(info)) if info is not None else "")
        self.classes.show_classes(info.classes if info is not None else ())
        text, kind, rich = self._remark()
        self.notice.say(worded(text, {}), kind, rich=rich)

    def _remark(self) -> tuple[str, str, bool]:
        """Return what to say about the model and the image, its kind, and whether it holds a link."""
        if self.info is None:
            return self.problem, ERROR, False
        if applied_task(self.info.task) is None:
            text = translate("Swath", "Swath does not apply models of the task {task} yet: choose another model.")
            return text.format(task=self.info.task), ERROR, False
        if self.image is None:
            return "", INFO, False
        text = misfit(self.info, self.path(), self.image)
        if text:
            return text, ERROR, False
        learnt = other_cells(self.info, self.image)
        if not learnt:
            return "", INFO, False
        text = translate(
            "Swath",
            "The model learnt from cells of {learnt:g}, the image has {there:g}: things look larger or smaller to it. "
            '<a href="cells">Take {learnt:g}</a>.',
        )
        return text.format(learnt=learnt, there=self.image.rasterUnitsPerPixelX()), WARNING, True
