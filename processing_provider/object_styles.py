"""How found objects are drawn where they are loaded: outlines in the classes' colours, confidences in the objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qgis.core import (
    Qgis,
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsMapLayer,
    QgsPalLayerSettings,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsRendererCategory,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor

Color = Sequence[int]
# A fill through which the imagery is seen well, of 255.
_FAINT = 40
_OUTLINE_MM = 0.5
_TEXT_POINTS = 8.0
# The width of a label on the screen or paper, in metres.
_LABEL_M = 0.007


class ObjectStyle(QgsProcessingLayerPostProcessorInterface):
    """Draws polygons by a field, and writes confidences into those with room for them.

    Args:
        field: that tells the categories apart.
        categories: (value, title, colour) of each, in the order of the legend.
        confidence: field of confidences from 0 to 1; "" for no labels.
        side: of the objects, in map units; labels are drawn from the scale on at which they fit. 0: at any.
    """

    def __init__(
        self, field: str, categories: Sequence[tuple[Any, str, Color]], confidence: str = "", side: float = 0.0
    ) -> None:
        super().__init__()
        self._field, self._categories = field, list(categories)
        self._confidence, self._side = confidence, side

    def postProcessLayer(
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        """Style the layer."""
        if not isinstance(layer, QgsVectorLayer):
            return
        layer.setRenderer(self._renderer())
        if self._confidence:
            layer.setLabeling(QgsVectorLayerSimpleLabeling(self._labels(layer)))
            layer.setLabelsEnabled(True)
        layer.triggerRepaint()

    def _renderer(self) -> QgsCategorizedSymbolRenderer:
        found = [QgsRendererCategory(value, _symbol(color), title) for value, title, color in self._categories]
        return QgsCategorizedSymbolRenderer(self._field, found)

    def _labels(self, layer: QgsVectorLayer) -> QgsPalLayerSettings:
        settings = QgsPalLayerSettings()
        settings.fieldName = f'format_number("{self._confidence}", 2)'
        settings.isExpression = True
        settings.placement = Qgis.LabelPlacement.Horizontal
        settings.fitInPolygonOnly = True
        style, halo = QgsTextFormat(), QgsTextBufferSettings()
        style.setSize(_TEXT_POINTS)
        style.setColor(QColor(20, 20, 20))
        halo.setEnabled(True)
        halo.setSize(0.8)
        halo.setColor(QColor(255, 255, 255, 220))
        style.setBuffer(halo)
        settings.setFormat(style)
        if self._side > 0:
            metres = QgsUnitTypes.fromUnitToUnitFactor(layer.crs().mapUnits(), Qgis.DistanceUnit.Meters)
            settings.scaleVisibility = True
            settings.minimumScale = self._side * metres / _LABEL_M
        return settings


def _symbol(color: Color) -> QgsFillSymbol:
    red, green, blue = color[:3]
    return QgsFillSymbol.createSimple(
        {
            "color": f"{red},{green},{blue},{_FAINT}",
            "outline_color": f"{red},{green},{blue},255",
            "outline_width": str(_OUTLINE_MM),
            "outline_width_unit": "MM",
        }
    )


def class_categories(classes: Sequence[Mapping[str, Any]]) -> list[tuple[Any, str, Color]]:
    """Return the categories of the engine's classes (dicts of value, name, color), in the order of values."""
    ordered = sorted(classes, key=lambda item: int(item["value"]))
    return [(int(item["value"]), str(item["name"]), item["color"]) for item in ordered]


def largest_side(sides: Sequence[float]) -> float:
    """Return a side that nine of ten objects do not exceed: labels fit into few beyond its scale."""
    return sorted(sides)[len(sides) * 9 // 10] if sides else 0.0


# By place. QGIS asks for the style after the run, when the algorithm is gone; older versions do not keep it.
_STYLES: dict[str, ObjectStyle] = {}


def draw_on_load(context: QgsProcessingContext, place: str, style: ObjectStyle) -> None:
    """Have a result drawn in a style if it is loaded when the run is done."""
    if place and context.willLoadLayerOnCompletion(place):
        _STYLES[place] = style
        context.layerToLoadOnCompletionDetails(place).setPostProcessor(style)
