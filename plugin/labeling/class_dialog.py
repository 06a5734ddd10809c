"""The dialog for one class: name, value, colour, description."""

from __future__ import annotations

from qgis.gui import QgsColorButton
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...i18n import translate
from ...processing_provider.sentences import sentence
from .schema import ClassEntry, Schema, SchemaError
from .schema_nodes import LARGEST_VALUE


class ClassDialog(QDialog):
    """Edits a class of a schema; OK stays grey, with the reason, while it would not fit there."""

    def __init__(self, entry: ClassEntry, schema: Schema, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value, self._schema = entry.value, schema
        self.setWindowTitle(translate("Swath", "Class"))
        self.name, self.value = QLineEdit(entry.name), QSpinBox()
        self.color, self.description = QgsColorButton(), QLineEdit(entry.description)
        self.value.setRange(0, LARGEST_VALUE)
        self.value.setValue(entry.value)
        self.color.setColor(QColor(entry.color))
        self.color.setAllowOpacity(False)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._lay_out()
        self.name.textChanged.connect(lambda _text: self._check())
        self.value.valueChanged.connect(lambda _value: self._check())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.name.selectAll()
        self._check()

    def entry(self) -> ClassEntry:
        """Return the class as it stands there; raise SchemaError where it does not fit into the schema."""
        color = self.color.color().name()
        made = ClassEntry(self.name.text(), self.value.value(), color, self.description.text().strip())
        self._schema.replace(self._value, made)
        return made

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(translate("Swath", "&Name"), self.name)
        form.addRow(translate("Swath", "&Value"), self.value)
        form.addRow(translate("Swath", "&Colour"), self.color)
        form.addRow(translate("Swath", "&Description"), self.description)
        self.value.setToolTip(translate("Swath", "What the class has in rasters and tables; 0 means unlabeled."))
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.resize(340, self.sizeHint().height())

    def _check(self) -> None:
        text = ""
        try:
            self.entry()
        except SchemaError as error:
            text = sentence(error)
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not text)
