"""What becomes of a drawn shape before it is a sample: its coordinate system, its buffer, its validity."""

from __future__ import annotations

import math
from collections.abc import Iterable

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsDistanceArea,
    QgsGeometry,
    QgsPointXY,
    QgsRectangle,
    QgsWkbTypes,
)
from qgis.PyQt.QtGui import QTransform

from ...engine.errors import InputError

# A straight edge may leave its curve by this share of the shape's size before vertices are added.
STRAIGHTNESS = 1e-4
# There and back, a point may be off by this share of the shape's size.
BACK = 0.01
QUARTER = 12  # segments of a quarter of a round cap


class NotPlacedError(InputError):
    """A shape lies where one of the two coordinate systems ends."""

    template = (
        "The shape cannot be carried from {source} to {target}: "
        "draw where both coordinate systems reach, or choose another one for the map."
    )


class NoAreaError(InputError):
    """A shape without an area."""

    template = "Nothing was kept of the shape, because it has no area: draw it larger."


def carry(geometry: QgsGeometry, transform: QgsCoordinateTransform) -> QgsGeometry:
    """Return polygons in another CRS; their edges follow the lines that were straight in the first one.

    Vertices are added only where an edge bends by more than ``STRAIGHTNESS`` of the shape's size.

    Raises:
        NotPlacedError: if the transform does not reach there.
    """
    if transform.isShortCircuited() or not transform.isValid():
        return QgsGeometry(geometry)
    names = {"source": _crs_name(transform.sourceCrs()), "target": _crs_name(transform.destinationCrs())}
    rings = polygon_parts(geometry)
    try:
        if not _comes_back(
            geometry.boundingBox(), (point for part in rings for ring in part for point in ring), transform
        ):
            raise NotPlacedError(**names)
        box = transform.transformBoundingBox(geometry.boundingBox())
        slack = STRAIGHTNESS * math.hypot(box.width(), box.height())
        parts = [[_bend(ring, transform, slack) for ring in part] for part in rings]
    except QgsCsException as error:
        raise NotPlacedError(**names) from error
    if not all(math.isfinite(value) for part in parts for ring in part for point in ring for value in point):
        raise NotPlacedError(**names)
    return QgsGeometry.fromMultiPolygonXY(parts)


def _comes_back(box: QgsRectangle, points: Iterable[QgsPointXY], transform: QgsCoordinateTransform) -> bool:
    """Tell whether points lie where a transform means something: beyond, it folds the map onto itself unsaid."""
    slack = BACK * math.hypot(box.width(), box.height())
    back = Qgis.TransformDirection.Reverse
    return all(transform.transform(transform.transform(point), back).distance(point) <= slack for point in points)


def _crs_name(crs: QgsCoordinateReferenceSystem) -> str:
    return crs.authid() or crs.description() or "?"


def polygon_parts(geometry: QgsGeometry) -> list[list[list[QgsPointXY]]]:
    """Return the rings of all polygons, the outer ring of each first."""
    if geometry.isMultipart():
        return list(geometry.asMultiPolygon())
    return [geometry.asPolygon()]


def _bend(ring: list[QgsPointXY], transform: QgsCoordinateTransform, slack: float) -> list[QgsPointXY]:
    ends = [transform.transform(point) for point in ring]
    made: list[QgsPointXY] = ends[:1]
    for index in range(len(ring) - 1):
        made += _edge(ring[index], ring[index + 1], ends[index], ends[index + 1], transform, slack)
    return made


def _edge(
    start: QgsPointXY,
    end: QgsPointXY,
    start_there: QgsPointXY,
    end_there: QgsPointXY,
    transform: QgsCoordinateTransform,
    slack: float,
    depth: int = 6,
) -> list[QgsPointXY]:
    """Return the points after ``start_there`` up to ``end_there``."""
    middle = QgsPointXY((start.x() + end.x()) / 2, (start.y() + end.y()) / 2)
    there = transform.transform(middle)
    away, _nearest = there.sqrDistToSegment(start_there.x(), start_there.y(), end_there.x(), end_there.y(), 0.0)
    if depth == 0 or away <= slack * slack:
        return [end_there]
    return [
        *_edge(start, middle, start_there, there, transform, slack, depth - 1),
        *_edge(middle, end, there, end_there, transform, slack, depth - 1),
    ]


def ground_scale(
    centre: QgsPointXY, span: float, crs: QgsCoordinateReferenceSystem, context: QgsCoordinateTransformContext
) -> tuple[float, float]:
    """Return metres on the ground for one map unit to the east and to the north of a place.

    Measured over ``span`` map units on the CRS's own ellipsoid, so it also holds in degrees and where a
    projection stretches (as Web Mercator does). Without a CRS a map unit counts as a metre.
    """
    if not crs.isValid() or span <= 0:
        return 1.0, 1.0
    meter = QgsDistanceArea()
    meter.setSourceCrs(crs, context)
    meter.setEllipsoid(crs.ellipsoidAcronym() or "EPSG:7030")
    half = span / 2
    try:
        east = meter.measureLine(QgsPointXY(centre.x() - half, centre.y()), QgsPointXY(centre.x() + half, centre.y()))
        north = meter.measureLine(QgsPointXY(centre.x(), centre.y() - half), QgsPointXY(centre.x(), centre.y() + half))
    except QgsCsException:
        return 1.0, 1.0
    if not (east > 0 and north > 0):
        return 1.0, 1.0
    return east / span, north / span


def ground_buffer(
    geometry: QgsGeometry, metres: float, crs: QgsCoordinateReferenceSystem, context: QgsCoordinateTransformContext
) -> QgsGeometry:
    """Return everything within a distance on the ground, with round caps.

    The shape is stretched to metres about its centre, buffered there and stretched back: exact to about a
    thousandth in geographic and conformal CRSs while the shape is small against the Earth.
    """
    box: QgsRectangle = geometry.boundingBox()
    span = max(box.width(), box.height())
    if span <= 0:
        span = 1e-4 if crs.isValid() and crs.isGeographic() else 1.0
    east, north = ground_scale(box.center(), span, crs, context)
    x, y = box.center().x(), box.center().y()
    stretched = QgsGeometry(geometry)
    stretched.transform(QTransform(east, 0, 0, north, -x * east, -y * north))
    made = stretched.buffer(metres, QUARTER)
    made.transform(QTransform(1 / east, 0, 0, 1 / north, x, y))
    return made


def clean_polygons(geometry: QgsGeometry, smallest: float = 0.0) -> QgsGeometry:
    """Return the polygons of a shape, valid: where its outline crosses itself it falls into parts.

    Args:
        geometry: polygons, as drawn.
        smallest: area in square units below which a part is none.

    Raises:
        NoAreaError: if no part has an area.
    """
    if geometry.isNull() or geometry.isEmpty():
        raise NoAreaError
    valid = geometry if geometry.isGeosValid() else geometry.makeValid()
    parts = [part for part in _polygons(valid) if part.area() > smallest]
    if not parts:
        raise NoAreaError
    return QgsGeometry.collectGeometry(parts) if len(parts) > 1 else _as_multi(parts[0])


def _polygons(geometry: QgsGeometry) -> Iterable[QgsGeometry]:
    for part in geometry.asGeometryCollection():
        if part.type() == QgsWkbTypes.GeometryType.PolygonGeometry:
            yield from part.asGeometryCollection() if part.isMultipart() else [part]


def _as_multi(geometry: QgsGeometry) -> QgsGeometry:
    made = QgsGeometry(geometry)
    made.convertToMultiType()
    return made
