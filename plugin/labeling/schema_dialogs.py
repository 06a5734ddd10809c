"""The questions that the schema asks; tests answer them without windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qgis.core import QgsSettings
from qgis.gui import QgsColorDialog
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QDialog, QFileDialog, QInputDialog, QMessageBox, QWidget

from ...i18n import translate
from .class_dialog import ClassDialog
from .schema import ClassEntry, Schema
from .set_up_dialog import SetUpDialog

if TYPE_CHECKING:
    from qgis.core import QgsProject

_FOLDER = "swath/schema_folder"


class SchemaDialogs:
    """Asks by windows above a widget."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent

    def question(self, text: str) -> bool:
        """Return whether the user says yes; Enter and Esc say no."""
        buttons = QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No
        said = QMessageBox.question(self._parent, "Swath", text, buttons, QMessageBox.StandardButton.No)
        return said == QMessageBox.StandardButton.Yes

    def choose(self, title: str, text: str, names: Sequence[str]) -> int | None:
        """Return the place of the chosen name, or None."""
        name, chosen = QInputDialog.getItem(self._parent, title, text, list(names), 0, False)
        return list(names).index(name) if chosen else None

    def pick_color(self, color: str, title: str) -> str | None:
        """Return the chosen colour as ``#rrggbb``, or None."""
        picked = QgsColorDialog.getColor(QColor(color), self._parent, title)
        return picked.name() if picked.isValid() else None

    def edit_class(self, entry: ClassEntry, schema: Schema) -> ClassEntry | None:
        """Return a class as the user wants it, or None."""
        dialog = ClassDialog(entry, schema, self._parent)
        try:
            return dialog.entry() if dialog.exec() == QDialog.DialogCode.Accepted else None
        finally:
            dialog.deleteLater()

    def set_up(self, project: QgsProject, *, replaces: bool) -> tuple[Schema, bool] | None:
        """Return the classes that the user took from elsewhere, and whether they replace the present ones."""
        dialog = SetUpDialog(project, replaces=replaces, parent=self._parent)
        try:
            accepted = dialog.exec() == QDialog.DialogCode.Accepted
            return (dialog.schema, dialog.replaces) if accepted and dialog.schema is not None else None
        finally:
            dialog.deleteLater()

    def open_file(self) -> str:
        """Return the path of a schema file to load, or ""."""
        kinds = translate("Swath", "Schemas and lists of classes ({kinds})").format(kinds="*.json *.ecs *.ecd *.emd")
        everything = translate("Swath", "All files ({kinds})").format(kinds="*")
        title = translate("Swath", "Load schema")
        path, _ = QFileDialog.getOpenFileName(self._parent, title, _folder(), f"{kinds};;{everything}")
        return _remembered(path)

    def save_file(self, name: str) -> str:
        """Return the path to save a schema at, or ""."""
        kinds = translate("Swath", "Schema of Swath ({kinds})").format(kinds="*.json")
        title = translate("Swath", "Save schema")
        place = f"{_folder()}/{name}.json" if _folder() else f"{name}.json"
        path, _ = QFileDialog.getSaveFileName(self._parent, title, place, kinds)
        return _remembered(path)


def _folder() -> str:
    return str(QgsSettings().value(_FOLDER, ""))


def _remembered(path: str) -> str:
    if path:
        QgsSettings().setValue(_FOLDER, path.replace("\\", "/").rpartition("/")[0])
    return path
