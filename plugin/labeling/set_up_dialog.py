"""The dialog "Set up classes from": a layer, a model, samples, chips or a schema file, with a look at what is there."""

from __future__ import annotations

from qgis.core import Qgis, QgsMapLayer, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from ...engine.errors import CancelledError, SwathError
from ...i18n import translate
from ...processing_provider.sentences import sentence
from .schema import Schema
from .schema_found import Found
from .schema_from_fields import class_fields, from_field
from .schema_from_files import from_file
from .schema_from_rasters import from_raster
from .schema_model import COUNT, KEY, NAME, VALUE, SchemaModel
from .schema_task import Reader, Reading

_TYPE_MS = 300


class SetUpDialog(QDialog):
    """Reads the classes of whatever is chosen in the background, and shows them before they are taken."""

    def __init__(
        self, project: QgsProject, *, replaces: bool = True, path: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Swath", "Set up classes"))
        self.schema: Schema | None = None
        self.of_layer = QRadioButton(translate("Swath", "From a &layer of the project"))
        self.of_file = QRadioButton(translate("Swath", "From a &file or folder"))
        self.layer, self.field = QgsMapLayerComboBox(), QComboBox()
        kinds = Qgis.LayerFilter.VectorLayer | Qgis.LayerFilter.RasterLayer
        self.layer.setFilters(Qgis.LayerFilters(kinds))
        self.layer.setProject(project)
        self.path = QLineEdit(path)
        self.view, self.model, self.notes = QTreeView(), SchemaModel(self), QLabel()
        self.add = QRadioButton(translate("Swath", "&Add to the present classes"))
        self.take = QRadioButton(translate("Swath", "&Replace the present classes"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._later, self._reader = QTimer(self), Reader(self)
        self._lay_out(replaces)
        self._connect()
        (self.of_file if path or self.layer.count() == 0 else self.of_layer).setChecked(True)
        self._choose_layer()

    @property
    def replaces(self) -> bool:
        """Tell whether the classes are to replace the present ones."""
        return self.take.isChecked()

    def done(self, result: int) -> None:
        """Close, and forget what is still being read."""
        self._later.stop()
        self._reader.stop()
        super().done(result)

    # --- what is read ------------------------------------------------------------------------

    def _choose_layer(self) -> None:
        layer = self.layer.currentLayer()
        self.field.blockSignals(True)
        self.field.clear()
        if isinstance(layer, QgsVectorLayer):
            self.field.addItems(class_fields(layer))
        self.field.blockSignals(False)
        self._read()

    def _read(self) -> None:
        """Read what is chosen now; nothing can be taken until that is done."""
        vector = isinstance(self.layer.currentLayer(), QgsVectorLayer)
        self._later.stop()
        for widget in (self.layer, self.field):
            widget.setEnabled(self.of_layer.isChecked())
        for widget in (self.path, self.browse_file, self.browse_folder):
            widget.setEnabled(self.of_file.isChecked())
        self.field.setVisible(vector)
        self.field_label.setVisible(vector)
        self._show(None)
        self._reader.stop()
        try:
            reading = self._reading()
        except SwathError as error:
            self.notes.setText(sentence(error))
            return
        if reading is None:
            self.notes.setText(translate("Swath", "Choose where the classes come from."))
            return
        self.notes.setText(translate("Swath", "Reading the classes..."))
        self._reader.start(reading)

    def _reading(self) -> Reading | None:
        if self.of_file.isChecked():
            text = self.path.text().strip().strip('"')
            return from_file(text) if text else None
        layer: QgsMapLayer | None = self.layer.currentLayer()
        if isinstance(layer, QgsVectorLayer):
            return from_field(layer, self.field.currentText()) if self.field.currentText() else None
        return from_raster(layer) if isinstance(layer, QgsRasterLayer) else None

    def _take(self, found: Found | None, error: SwathError | None) -> None:
        if found is None:
            self.notes.setText("" if error is None or isinstance(error, CancelledError) else sentence(error))
            return
        self._show(found.schema)
        count = len(found.schema.classes())
        text = translate("Swath", "{count} classes.") if count != 1 else translate("Swath", "{count} class.")
        self.notes.setText(" ".join((text.format(count=count), *found.notes)))

    def _show(self, schema: Schema | None) -> None:
        self.schema = schema
        self.model.show(schema or Schema())
        self.view.expandAll()
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(schema is not None)

    # --- parts of the window -----------------------------------------------------------------

    def _lay_out(self, replaces: bool) -> None:
        self.field_label = QLabel(translate("Swath", "Field"))
        self.browse_file = QPushButton(translate("Swath", "File..."))
        self.browse_folder = QPushButton(translate("Swath", "Folder..."))
        self.path.setPlaceholderText(translate("Swath", "Model, samples, schema, or folder of a model or chips"))
        self.path.setToolTip(
            translate(
                "Swath",
                "A model (.emd, .onnx, .dlpk), samples of Swath (.gpkg), a schema (.json, .ecs), or the folder of a "
                "model or of training chips",
            )
        )
        for button in (self.browse_file, self.browse_folder):
            button.setAutoDefault(False)
        self.field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.field.setMinimumContentsLength(12)
        layers, files = QHBoxLayout(), QHBoxLayout()
        layers.addWidget(self.layer, 3)
        layers.addWidget(self.field_label)
        layers.addWidget(self.field, 2)
        for widget in (self.path, self.browse_file, self.browse_folder):
            files.addWidget(widget)
        self._lay_out_view()
        self.notes.setWordWrap(True)
        self.notes.setTextFormat(Qt.TextFormat.PlainText)
        (self.take if replaces else self.add).setChecked(True)
        choice = QWidget()
        rows = QVBoxLayout(choice)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.add)
        rows.addWidget(self.take)
        choice.setVisible(not replaces)  # without classes there is nothing to replace
        layout = QVBoxLayout(self)
        layout.addWidget(self.of_layer)
        layout.addLayout(layers)
        layout.addWidget(self.of_file)
        layout.addLayout(files)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.notes)
        layout.addWidget(choice)
        layout.addWidget(self.buttons)
        self.resize(420, 480)

    def _lay_out_view(self) -> None:
        self.view.setModel(self.model)
        self.view.setColumnHidden(COUNT, True)
        self.view.setColumnHidden(KEY, True)
        self.view.header().setStretchLastSection(False)
        self.view.header().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.view.header().setSectionResizeMode(VALUE, QHeaderView.ResizeMode.ResizeToContents)
        self.view.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.view.setUniformRowHeights(True)
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _connect(self) -> None:
        self._later.setSingleShot(True)
        self._later.setInterval(_TYPE_MS)
        self._later.timeout.connect(self._read)
        self._reader.found.connect(self._take)
        self.of_layer.toggled.connect(lambda _on: self._read())
        self.layer.layerChanged.connect(lambda _layer: self._choose_layer())
        self.field.currentIndexChanged.connect(lambda _index: self._read())
        self.path.textChanged.connect(lambda _text: self._later.start())
        self.browse_file.clicked.connect(self._browse_file)
        self.browse_folder.clicked.connect(self._browse_folder)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _browse_file(self) -> None:
        kinds = "*.emd *.onnx *.dlpk *.gpkg *.json *.ecs *.ecd"
        listed = translate("Swath", "Models, samples and schemas ({kinds})").format(kinds=kinds)
        everything = translate("Swath", "All files ({kinds})").format(kinds="*")
        title = translate("Swath", "Set up classes")
        self._fill(QFileDialog.getOpenFileName(self, title, self.path.text(), f"{listed};;{everything}")[0])

    def _browse_folder(self) -> None:
        self._fill(QFileDialog.getExistingDirectory(self, translate("Swath", "Set up classes"), self.path.text()))

    def _fill(self, path: str) -> None:
        if path:
            self.path.setText(path)
            self._read()
