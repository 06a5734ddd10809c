"""Features in a raster's coordinate reference system, as a GeoPackage."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeature,
    QgsFeatureRequest,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsRectangle,
    QgsVectorFileWriter,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QMetaType

from ..engine.errors import CancelledError
from ..i18n import translate
from .class_fields import ClassValues
from .problems import LabelsFailedError

_SEGMENTS = 16  # of a quarter circle, for buffers


@dataclass
class _Counts:
    written: int = 0
    repaired: int = 0
    broken: int = 0
    unclassed: int = 0


def write_features(
    source: QgsProcessingFeatureSource,
    crs: QgsCoordinateReferenceSystem,
    part: QgsRectangle,
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
    *,
    values: ClassValues | None = None,
    buffer_radius: float = 0.0,
    in_order: bool = False,
) -> str | None:
    """Write the features that meet ``part`` (in ``crs``) to a temporary GeoPackage and return its path.

    Args:
        source: the features, in any coordinate reference system.
        crs: of the file.
        part: a rectangle in ``crs``; an empty one for all features.
        context: holds the project's transformations.
        feedback: is told of features that were repaired or left out.
        values: the class of each feature, written as columns ``value`` and ``name``; those without are left out.
        buffer_radius: in the source's map units, drawn around each feature before it is transformed.
        in_order: sort by feature id, which QGIS does by itself except for selected features; those that come
            later are drawn over those before them.

    Returns:
        None where no feature is left.

    Raises:
        LabelsFailedError, CancelledError.
    """
    transform = QgsCoordinateTransform(source.sourceCrs(), crs, context.transformContext())
    path = QgsProcessingUtils.generateTempFilename("features.gpkg", context)
    counts = _Counts()
    fields = _fields() if values is not None else QgsFields()
    writer = _writer(path, crs, context, fields)
    if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
        raise LabelsFailedError(layer=source.sourceName(), crs=crs.authid(), detail=writer.errorMessage())
    request = _request(source, transform, part, buffer_radius)
    if in_order:
        request.addOrderBy("$id")
    for feature in source.getFeatures(request, Qgis.ProcessingFeatureSourceFlag.SkipGeometryValidityChecks):
        if feedback.isCanceled():
            raise CancelledError(what=translate("Swath", "the run"))
        value = values.of(feature) if values is not None else None
        if values is not None and value is None:
            counts.unclassed += 1
            continue
        geometry = _transformed(feature.geometry(), transform, buffer_radius, counts)
        if geometry is None:
            continue
        made = QgsFeature(fields)
        made.setGeometry(geometry)
        if values is not None:
            made.setAttributes([value, values.names.get(value, str(value))])
        writer.addFeature(made)
        counts.written += 1
    detail = writer.errorMessage()
    del writer
    if detail:
        raise LabelsFailedError(layer=source.sourceName(), crs=crs.authid(), detail=detail)
    _tell(source.sourceName(), counts, feedback)
    return path if counts.written else None


def _fields() -> QgsFields:
    fields = QgsFields()
    fields.append(QgsField("value", QMetaType.Type.LongLong))
    fields.append(QgsField("name", QMetaType.Type.QString))
    return fields


def _writer(
    path: str, crs: QgsCoordinateReferenceSystem, context: QgsProcessingContext, fields: QgsFields
) -> QgsVectorFileWriter:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName, options.fileEncoding = "GPKG", "features", "UTF-8"
    return QgsVectorFileWriter.create(path, fields, Qgis.WkbType.Unknown, crs, context.transformContext(), options)


def _request(
    source: QgsProcessingFeatureSource, transform: QgsCoordinateTransform, part: QgsRectangle, buffer_radius: float
) -> QgsFeatureRequest:
    """Ask only for the features near the raster: a label layer may cover a country."""
    request = QgsFeatureRequest()
    if part.isEmpty():
        return request
    try:
        around = transform.transformBoundingBox(part, Qgis.TransformDirection.Reverse) if transform.isValid() else part
    except QgsCsException:
        return request
    # A straight edge there may be a curve here.
    around.grow(buffer_radius + 0.02 * max(around.width(), around.height()))
    return request.setFilterRect(around)


def _transformed(
    geometry: QgsGeometry, transform: QgsCoordinateTransform, buffer_radius: float, counts: _Counts
) -> QgsGeometry | None:
    """Return a valid flat geometry in the target's coordinates; None where nothing is left of it."""
    if geometry.isNull() or geometry.isEmpty():
        return None
    if QgsWkbTypes.isCurvedType(geometry.wkbType()):
        geometry = QgsGeometry(geometry.constGet().segmentize())
    if geometry.wkbType() != QgsWkbTypes.flatType(geometry.wkbType()):
        geometry.get().dropZValue()
        geometry.get().dropMValue()
    kind = geometry.type()
    if kind == Qgis.GeometryType.Polygon and not geometry.isGeosValid():
        geometry = geometry.makeValid()
        geometry.convertGeometryCollectionToSubclass(kind)
        counts.repaired += 1
    if buffer_radius > 0:
        geometry = geometry.buffer(buffer_radius, _SEGMENTS)
    try:
        failed = transform.isValid() and geometry.transform(transform) != Qgis.GeometryOperationResult.Success
    except QgsCsException:
        failed = True
    if failed or geometry.isNull() or geometry.isEmpty():
        counts.broken += 1
        return None
    return geometry


def _tell(name: str, counts: _Counts, feedback: QgsProcessingFeedback) -> None:
    """Say what was done to the features that the user would not expect."""
    if counts.repaired:
        text = translate("Swath", "{count} invalid geometries of {layer} were repaired for this run")
        feedback.pushWarning(text.format(count=counts.repaired, layer=name))
    if counts.broken:
        text = translate("Swath", "{count} features of {layer} were left out: their geometry cannot be used")
        feedback.pushWarning(text.format(count=counts.broken, layer=name))
    if counts.unclassed:
        text = translate("Swath", "{count} features of {layer} were left out: their class field is empty")
        feedback.pushWarning(text.format(count=counts.unclassed, layer=name))
