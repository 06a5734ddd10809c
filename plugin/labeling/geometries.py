"""Geometries of samples: multipolygons in the plane, valid, in the store's coordinate reference system."""

from __future__ import annotations

import math
from collections.abc import Iterable

from qgis.core import Qgis, QgsCoordinateTransform, QgsCsException, QgsGeometry, QgsWkbTypes

from .store_problems import SampleGeometryError

_POLYGON = Qgis.GeometryType.Polygon


def to_area(geometry: QgsGeometry) -> QgsGeometry:
    """Return a geometry as a valid multipolygon without heights.

    Curves become lines, crossed outlines are repaired, lines and points beside areas are left out.

    Raises:
        SampleGeometryError: where no area is left.
    """
    made = QgsGeometry(geometry)
    kind = QgsWkbTypes.displayString(geometry.wkbType()) if not geometry.isNull() else "Null"
    if made.isNull() or made.isEmpty():
        raise SampleGeometryError(kind=kind)
    if QgsWkbTypes.isCurvedType(made.wkbType()):
        made = QgsGeometry(made.constGet().segmentize())
    if made.wkbType() != QgsWkbTypes.flatType(made.wkbType()):
        made.get().dropZValue()
        made.get().dropMValue()
    if not made.isGeosValid():
        made = made.makeValid()
    if made.type() != _POLYGON and not made.convertGeometryCollectionToSubclass(_POLYGON):
        raise SampleGeometryError(kind=kind)
    made.convertToMultiType()
    area = made.area()
    if made.isEmpty() or not math.isfinite(area) or area <= 0:
        raise SampleGeometryError(kind=kind)
    return made


def union(geometries: Iterable[QgsGeometry]) -> QgsGeometry:
    """Return the area that geometries cover together."""
    return to_area(QgsGeometry.unaryUnion(list(geometries)))


def parts(geometry: QgsGeometry) -> list[QgsGeometry]:
    """Return each polygon of a geometry on its own."""
    return [to_area(part) for part in geometry.asGeometryCollection()]


def transformed(geometry: QgsGeometry, transform: QgsCoordinateTransform) -> QgsGeometry | None:
    """Return a geometry in another coordinate reference system; None where it cannot be there."""
    made = QgsGeometry(geometry)
    try:
        failed = made.transform(transform) != Qgis.GeometryOperationResult.Success
    except QgsCsException:
        return None
    box = made.boundingBox()
    return None if failed or not box.isFinite() else made
