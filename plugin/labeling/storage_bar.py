"""The line at the top of the Label tab: which labels are open, and the menu of files; and how to begin without any."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QSize, Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QResizeEvent
from qgis.PyQt.QtWidgets import (
    QAction,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...i18n import translate
from ..context import DockContext
from .image_layers import likely_image
from .label_files import LabelFiles


class StorageBar(QWidget):
    """Shows the file of the labels, with all that can be done with files in a menu."""

    def __init__(self, context: DockContext, files: LabelFiles, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._files = context, files
        self.name, self.button, self.menu = _Elided(), QToolButton(), QMenu(self)
        self.new = self._add("mActionFileNew", translate("Swath", "New labels ..."), files.new)
        self.open = self._add("mActionFileOpen", translate("Swath", "Open labels ..."), files.open)
        self.menu.addSeparator()
        self.take = self._add("mIconVector", translate("Swath", "Take a layer as labels ..."), files.take_layer)
        self.copy = self._add(
            "mActionFileSaveAs", translate("Swath", "Save a copy for a colleague ..."), files.save_copy
        )
        self.merge = self._add("", translate("Swath", "Merge a colleague's copy ..."), files.merge_copy)
        self.menu.addSeparator()
        self.folder = self._add("mIconFolderOpen", translate("Swath", "Show the folder"), self._show_folder)
        self.close_labels = self._add("", translate("Swath", "Close the labels"), files.close)
        self.button.setText(translate("Swath", "Labels"))
        self.button.setIcon(QgsApplication.getThemeIcon("/mActionNewGeoPackageLayer.svg"))
        self.button.setIconSize(QSize(18, 18))
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setToolTip(translate("Swath", "New, open, take a layer, merge a copy, close"))
        self.button.setMenu(self.menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addWidget(self.name, 1)
        self.refresh()

    def refresh(self) -> None:
        """Show the labels that are open now."""
        store = self._context.store
        for action in (self.copy, self.merge, self.folder, self.close_labels):
            action.setEnabled(store is not None)
        if store is None:
            self.name.show_text(translate("Swath", "No labels are open"), "")
        else:
            saved = translate("Swath", "{path}\nEvery edit is saved at once.").format(path=store.path)
            self.name.show_text(store.path.name, saved)

    def _add(self, icon: str, text: str, slot: object) -> QAction:
        action = self.menu.addAction(text)
        if icon:
            action.setIcon(QgsApplication.getThemeIcon(f"/{icon}.svg"))
        action.triggered.connect(lambda _checked=False: slot())
        return action

    def _show_folder(self) -> None:
        store = self._context.store
        if store is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(store.path.parent)))


class BeginPage(QFrame):
    """What is seen while no labels are open: one sentence, and the buttons to follow it."""

    def __init__(self, context: DockContext, files: LabelFiles, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.new = self._button(translate("Swath", "New labels ..."), "mActionFileNew", files.new)
        self.open = self._button(translate("Swath", "Open labels ..."), "mActionFileOpen", files.open)
        self.take = self._button(translate("Swath", "Take a layer as labels ..."), "mIconVector", files.take_layer)
        self.new.setDefault(True)
        row = QHBoxLayout()
        row.addWidget(self.new)
        row.addWidget(self.open)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addLayout(row)
        layout.addWidget(self.take)
        project = context.project
        for signal in (project.layersAdded, project.layersRemoved):
            # A method of this widget, and no lambda: QGIS's project outlives it.
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self, *_layers: object) -> None:
        """Say what to do first."""
        image = likely_image(self._context.project, self._context.canvas)
        if image is None:
            text = translate("Swath", "Add an image to the map first, then press New labels.")
        else:
            text = translate(
                "Swath",
                "To label {image}, press New labels, or simply a drawing tool below: you are only asked where to keep "
                "the file, and everything you draw is saved in it at once.",
            ).format(image=image.name())
        self.text.setText(text)

    @staticmethod
    def _button(text: str, icon: str, slot: object) -> QPushButton:
        button = QPushButton(QgsApplication.getThemeIcon(f"/{icon}.svg"), text)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: slot())
        return button


class _Elided(QLabel):
    """A label that shortens a long name in its middle instead of widening the dock."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str, tip: str) -> None:
        """Show another text."""
        self._text = text
        self.setToolTip(tip)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten to the new width."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideMiddle, max(self.width() - 4, 20))
        if shown != self.text():
            self.setText(shown)
