"""What the Label tab asks: for files, and for a layer to take as labels. Tests give their own answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsFieldProxyModel, QgsMapLayerProxyModel, QgsUnitTypes, QgsVectorLayer, QgsWkbTypes
from qgis.gui import QgsFieldComboBox, QgsMapLayerComboBox
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QDoubleSpinBox, QFileDialog, QFormLayout, QLabel, QWidget

from ...i18n import translate


@dataclass(frozen=True)
class LayerChoice:
    """A layer to take as labels: ``field`` "" takes all as one class; ``buffer`` (map units) widens lines, points."""

    layer: QgsVectorLayer
    field: str = ""
    buffer: float = 0.0


class LabelDialogs:
    """Asks with windows."""

    def new_file(self, parent: QWidget, suggested: Path) -> Path | None:
        """Ask where new labels are kept."""
        path, _ = QFileDialog.getSaveFileName(
            parent,
            translate("Swath", "Where to keep the labels"),
            str(suggested),
            _filter(),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if not path:
            return None
        return Path(path) if path.lower().endswith(".gpkg") else Path(path + ".gpkg")

    def old_file(self, parent: QWidget, folder: Path, title: str) -> Path | None:
        """Ask for a file of labels."""
        path, _ = QFileDialog.getOpenFileName(parent, title, str(folder), _filter())
        return Path(path) if path else None

    def layer(self, parent: QWidget, without: list[QgsVectorLayer]) -> LayerChoice | None:
        """Ask for a layer to take as labels."""
        dialog = TakeLayerDialog(parent, without)
        return dialog.choice() if dialog.exec() == QDialog.DialogCode.Accepted else None


class TakeLayerDialog(QDialog):
    """Asks for a vector layer and the field of its classes."""

    def __init__(self, parent: QWidget | None, without: list[QgsVectorLayer]) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Swath", "Take a layer as labels"))
        self.layer, self.field, self.buffer = QgsMapLayerComboBox(), QgsFieldComboBox(), QDoubleSpinBox()
        self.layer.setFilters(QgsMapLayerProxyModel.Filter.HasGeometry)
        self.layer.setExceptedLayerList(without)
        self.field.setAllowEmptyFieldName(True)
        self.field.setFilters(QgsFieldProxyModel.Filter.AllTypes)
        self.buffer.setRange(0, 10_000)
        note = QLabel(
            translate(
                "Swath",
                "Its features are copied into the labels; the layer stays as it is. Without a field, all become "
                "samples of the class that is chosen now.",
            )
        )
        note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        form = QFormLayout(self)
        form.addRow(note)
        form.addRow(translate("Swath", "Layer"), self.layer)
        form.addRow(translate("Swath", "Field of the classes"), self.field)
        self._width = QLabel(translate("Swath", "Width to each side"))
        form.addRow(self._width, self.buffer)
        form.addRow(buttons)
        self.layer.layerChanged.connect(lambda _layer: self._follow())
        self.resize(380, self.sizeHint().height())
        self._follow()

    def choice(self) -> LayerChoice | None:
        """Return what is chosen; None without a layer."""
        layer = self.layer.currentLayer()
        if not isinstance(layer, QgsVectorLayer):
            return None
        return LayerChoice(layer, self.field.currentField(), self.buffer.value() if _is_thin(layer) else 0.0)

    def _follow(self) -> None:
        layer = self.layer.currentLayer()
        self._ok.setEnabled(isinstance(layer, QgsVectorLayer))
        thin = isinstance(layer, QgsVectorLayer) and _is_thin(layer)
        self.buffer.setVisible(thin)
        self._width.setVisible(thin)
        if not isinstance(layer, QgsVectorLayer):
            return
        degrees = layer.crs().isGeographic()
        self.buffer.setDecimals(7 if degrees else 2)
        self.buffer.setValue(0.00002 if degrees else 2.0)
        self.buffer.setSuffix(" " + QgsUnitTypes.toAbbreviatedString(layer.crs().mapUnits()))
        self.field.setLayer(layer)
        names = {name.casefold(): name for name in layer.fields().names()}
        likely = next(
            (names[name] for name in ("classname", "class", "label", "classvalue", "value") if name in names), ""
        )
        self.field.setField(likely)


def _is_thin(layer: QgsVectorLayer) -> bool:
    return layer.geometryType() != QgsWkbTypes.GeometryType.PolygonGeometry


def _filter() -> str:
    return translate("Swath", "Labels (*.gpkg)")
