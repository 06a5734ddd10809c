"""The question of which class a shape is, where none is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.gui import QgsColorButton
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...engine.errors import SwathError
from ...i18n import translate
from ...processing_provider.sentences import sentence
from .class_icons import swatch
from .schema_nodes import LARGEST_VALUE, ClassEntry

if TYPE_CHECKING:
    from .schema import Schema


class DefineClassDialog(QDialog):
    """Offers the classes there are, and a new one with name, value and colour."""

    def __init__(self, schema: Schema, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schema = schema
        self.setWindowTitle(translate("Swath", "Define class"))
        self.classes, self.name, self.value = QComboBox(), QLineEdit(), QSpinBox()
        self.color, self.problem = QgsColorButton(), QLabel()
        for entry in schema.classes():
            self.classes.addItem(swatch(entry.color), f"{entry.name} ({entry.value})", entry.value)
        self.classes.addItem(translate("Swath", "New class..."), None)
        self.name.setPlaceholderText(translate("Swath", "for example: building"))
        self.value.setRange(1, LARGEST_VALUE)
        self.value.setValue(schema.next_value())
        self.color.setColor(QColor(schema.next_color()))
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._lay_out()
        self.classes.currentIndexChanged.connect(lambda _index: self._refresh())
        self.name.textChanged.connect(lambda _text: self._refresh())
        self.value.valueChanged.connect(lambda _value: self._refresh())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._refresh()

    def entry(self) -> ClassEntry:
        """Return the chosen class, or the new one; raise SchemaError where it does not fit into the schema."""
        chosen = self._schema.find(self.classes.currentData())
        if chosen is not None:
            return chosen
        made = ClassEntry(self.name.text().strip(), self.value.value(), self.color.color().name())
        self._schema.add(made)
        return made

    def _lay_out(self) -> None:
        self._form = QFormLayout()
        self._form.addRow(translate("Swath", "Class"), self.classes)
        self._form.addRow(translate("Swath", "Name"), self.name)
        self._form.addRow(translate("Swath", "Value"), self.value)
        self._form.addRow(translate("Swath", "Colour"), self.color)
        layout = QVBoxLayout(self)
        note = QLabel(translate("Swath", "Which class is the object that you have drawn?"))
        note.setWordWrap(True)
        layout.addWidget(note)
        layout.addLayout(self._form)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(320)

    def _refresh(self) -> None:
        new = self.classes.currentData() is None
        for widget in (self.name, self.value, self.color):
            widget.setVisible(new)
            self._form.labelForField(widget).setVisible(new)
        text = ""
        if new and self.name.text().strip():
            try:
                self.entry()
            except SwathError as error:
                text = sentence(error)
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        ready = not new or (bool(self.name.text().strip()) and not text)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(ready)
        if new:
            self.name.setFocus()


def define_class(schema: Schema, parent: QWidget | None = None) -> ClassEntry | None:
    """Ask for the class of a shape; return None where the user gives up."""
    dialog = DefineClassDialog(schema, parent)
    try:
        return dialog.entry() if dialog.exec() == QDialog.DialogCode.Accepted else None
    finally:
        dialog.deleteLater()
