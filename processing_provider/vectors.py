"""Features in a raster's coordinate reference system, as a GeoPackage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
class LeftOut:
    """Which features of a layer were repaired or left out, however many rasters they were written for; by id."""

    repaired: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    unclassed: set[int] = field(default_factory=set)

    def tell(self, name: str, feedback: QgsProcessingFeedback) -> None:
        """Say what was done to features that the user would not expect."""
        if self.repaired:
            text = translate("Swath", "{count} invalid geometries of {layer} were repaired for this run")
            feedback.pushWarning(text.format(count=len(self.repaired), layer=name))
        if self.broken:
            text = translate("Swath", "{count} features of {layer} were left out: their geometry cannot be used")
            feedback.pushWarning(text.format(count=len(self.broken), layer=name))
        if self.unclassed:
            text = translate("Swath", "{count} features of {layer} were left out: their class field is empty")
            feedback.pushWarning(text.format(count=len(self.unclassed), layer=name))


@dataclass(frozen=True)
class Written:
    """A GeoPackage with features; so many of them meet the wanted part, and so many of these have an area."""

    path: str
    meeting: int
    with_area: int


class Columns:
    """What a file says of each feature besides its geometry; of this class nothing."""

    def fields(self) -> QgsFields:
        """Return the columns."""
        return QgsFields()

    def row(self, feature: QgsFeature) -> list[Any] | None:
        """Return their values; None to leave the feature out, as it has no class."""
        return []


class ClassColumns(Columns):
    """Columns ``value`` and ``name`` of the class of each feature; those without one are left out."""

    def __init__(self, values: ClassValues) -> None:
        self._values = values

    def fields(self) -> QgsFields:
        """Return the columns."""
        return _fields(("value", QMetaType.Type.LongLong), ("name", QMetaType.Type.QString))

    def row(self, feature: QgsFeature) -> list[Any] | None:
        """Return the class of a feature."""
        value = self._values.of(feature)
        return None if value is None else [value, self._values.names.get(value, str(value))]


def crs_of(source: QgsProcessingFeatureSource) -> QgsCoordinateReferenceSystem:
    """Return the coordinate reference system of features, an invalid one where they have none.

    A GeoPackage names one even then: "Undefined geographic SRS" or the like, which QGIS takes for one.
    """
    crs = source.sourceCrs()
    undefined = not crs.authid() and crs.description().lower().startswith("undefined ")
    return QgsCoordinateReferenceSystem() if undefined else crs


def write_features(
    source: QgsProcessingFeatureSource,
    crs: QgsCoordinateReferenceSystem,
    part: QgsRectangle,
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
    *,
    columns: Columns | None = None,
    buffer_radius: float = 0.0,
    left_out: LeftOut,
) -> Written:
    """Write the features in and around ``part`` (in ``crs``) to a temporary GeoPackage.

    They are in the order of their ids, in which QGIS draws them: later ones lie over those before. (A spatial
    index would give them in its own.)

    Args:
        source: the features, in any coordinate reference system.
        crs: of the file.
        part: a rectangle in ``crs``; an empty one for all features.
        context: holds the project's transformations.
        feedback: asked whether the user cancelled.
        columns: what to write of each feature besides its geometry.
        buffer_radius: in the source's map units, drawn around each feature before it is transformed.
        left_out: where to note features that were repaired or left out.

    Raises:
        LabelsFailedError, CancelledError.
    """
    transform = QgsCoordinateTransform(crs_of(source), crs, context.transformContext())
    path = QgsProcessingUtils.generateTempFilename("features.gpkg", context)
    meeting = with_area = 0
    columns = columns or Columns()
    fields = columns.fields()
    writer = _writer(path, crs, context, fields)
    if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
        raise LabelsFailedError(layer=source.sourceName(), crs=crs.authid(), detail=writer.errorMessage())
    request = _request(source, transform, part, buffer_radius).addOrderBy("$id")
    for feature in source.getFeatures(request, Qgis.ProcessingFeatureSourceFlag.SkipGeometryValidityChecks):
        if feedback.isCanceled():
            raise CancelledError(what=translate("Swath", "the run"))
        row = columns.row(feature)
        if row is None:
            left_out.unclassed.add(feature.id())
            continue
        geometry = _transformed(feature, transform, buffer_radius, left_out)
        if geometry is None:
            continue
        made = QgsFeature(fields)
        made.setGeometry(geometry)
        made.setAttributes(row)
        writer.addFeature(made)
        if part.isEmpty() or geometry.intersects(part):
            meeting += 1
            with_area += geometry.area() > 0
    detail = writer.errorMessage()
    del writer
    if detail:
        raise LabelsFailedError(layer=source.sourceName(), crs=crs.authid(), detail=detail)
    return Written(path, meeting, with_area)


def _fields(*listed: tuple[str, QMetaType.Type]) -> QgsFields:
    fields = QgsFields()
    for name, kind in listed:
        fields.append(QgsField(name, kind))
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
    feature: QgsFeature, transform: QgsCoordinateTransform, buffer_radius: float, left_out: LeftOut
) -> QgsGeometry | None:
    """Return a valid flat geometry in the target's coordinates; None where nothing is left of it."""
    geometry = feature.geometry()
    if geometry.isNull() or geometry.isEmpty():
        return None
    if QgsWkbTypes.isCurvedType(geometry.wkbType()):
        geometry = QgsGeometry(geometry.constGet().segmentize())
    if geometry.wkbType() != QgsWkbTypes.flatType(geometry.wkbType()):
        geometry.get().dropZValue()
        geometry.get().dropMValue()
    geometry = _repaired(geometry, feature.id(), left_out)
    if buffer_radius > 0:
        geometry = geometry.buffer(buffer_radius, _SEGMENTS)
    try:
        failed = transform.isValid() and geometry.transform(transform) != Qgis.GeometryOperationResult.Success
    except QgsCsException:
        failed = True
    if failed or geometry.isNull() or geometry.isEmpty():
        left_out.broken.add(feature.id())
        return None
    return geometry


def _repaired(geometry: QgsGeometry, number: int, left_out: LeftOut) -> QgsGeometry:
    """Make crossed polygons valid, also those in a collection; one that is a mere line or point becomes nothing."""
    kind = geometry.type()
    if kind not in {Qgis.GeometryType.Polygon, Qgis.GeometryType.Unknown} or geometry.isGeosValid():
        return geometry
    made = geometry.makeValid()
    if kind == Qgis.GeometryType.Polygon and made.type() != kind and not made.convertGeometryCollectionToSubclass(kind):
        return QgsGeometry()
    if not made.isEmpty():
        left_out.repaired.add(number)
    return made
