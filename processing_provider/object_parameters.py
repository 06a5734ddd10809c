"""Parameters of the algorithms that take objects, and checks of these."""

from __future__ import annotations

from qgis.core import (
    Qgis,
    QgsProcessing,
    QgsProcessingFeatureSource,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsWkbTypes,
)

from ..i18n import translate
from .detection_problems import NotPolygonsError
from .parameters import Added


def polygons(name: str, title: str, text: str) -> Added:
    """Return a layer of polygons."""
    kinds = [int(QgsProcessing.SourceType.TypeVectorPolygon)]
    return QgsProcessingParameterFeatureSource(name, title, kinds), text


def confidence_field(parent: str) -> Added:
    """Return CONFIDENCE_FIELD of a layer given as ``parent``."""
    title = translate("Swath", "Confidence field")
    text = translate(
        "Swath",
        "The field that says how sure each object is: numbers from 0 to 1 or from 0 to 100, or texts that are such "
        "numbers. Empty: Confidence, else Score.",
    )
    return QgsProcessingParameterField("CONFIDENCE_FIELD", title, parentLayerParameterName=parent, optional=True), text


def check_polygons(features: QgsProcessingFeatureSource, parameter: str) -> None:
    """Raise NotPolygonsError for points and lines, which models and scripts can hand on unchecked."""
    words = {
        Qgis.GeometryType.Point: translate("Swath", "points"),
        Qgis.GeometryType.Line: translate("Swath", "lines"),
    }
    kind = QgsWkbTypes.geometryType(features.wkbType())
    if kind in words and features.featureCount() != 0:
        raise NotPolygonsError(layer=features.sourceName(), kind=words[kind], parameter=parameter)
