"""Drop-downs of layers that fit into a dock, and what kind of result a layer is."""

from __future__ import annotations

from qgis.core import Qgis, QgsMapLayer, QgsPalettedRasterRenderer, QgsRasterLayer, QgsVectorLayer
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtWidgets import QComboBox, QSizePolicy

_OBJECT_FIELDS = {"confidence", "score", "match"}


def layer_box(filters: Qgis.LayerFilter) -> QgsMapLayerComboBox:
    """Return a drop-down of the layers of a kind."""
    box = QgsMapLayerComboBox()
    box.setFilters(filters)
    box.setMinimumContentsLength(8)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


def is_map(layer: QgsMapLayer | None) -> bool:
    """Tell whether a layer is drawn as a raster of classes."""
    return isinstance(layer, QgsRasterLayer) and isinstance(layer.renderer(), QgsPalettedRasterRenderer)


def is_objects(layer: QgsMapLayer | None) -> bool:
    """Tell whether a layer holds objects that a model found, or their assessment."""
    return isinstance(layer, QgsVectorLayer) and any(item.name().lower() in _OBJECT_FIELDS for item in layer.fields())
