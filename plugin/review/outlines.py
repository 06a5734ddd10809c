"""Outlines of what is marked in a small raster."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from osgeo import gdal, ogr
from qgis.core import Qgis, QgsGeometry

# How far a line must leave the edges of pixels, in pixels, to go straight through steps of one.
STEPS = 0.75
# Parts smaller than this share of the largest are crumbs.
_CRUMB = 0.25
# Shapes that are narrower than so many pixels would lose their form with the steps.
_THIN = 3.0


def outline(mask: npt.NDArray[np.bool_], transform: Sequence[float], simplified: float = 0.0) -> QgsGeometry:
    """Return the outline of the marked pixels of (rows, columns), without crumbs and small holes.

    Args:
        mask: what is marked.
        transform: GDAL's geotransform of the pixels.
        simplified: how far, in pixels, the outline may leave the edges of pixels; 0 keeps every step, as narrow
            shapes do.

    Returns:
        A polygon or multipolygon in map units; empty where nothing is marked.
    """
    shapes = [QgsGeometry(shape) for shape in _polygons(mask, transform)]
    largest = max((shape.area() for shape in shapes), default=0.0)
    kept = [shape for shape in shapes if shape.area() >= _CRUMB * largest]
    if not kept:
        return QgsGeometry()
    whole = kept[0] if len(kept) == 1 else QgsGeometry.collectGeometry(kept)
    whole = whole.removeInteriorRings(_CRUMB * largest)
    return smooth(whole, abs(transform[1] * transform[5] - transform[2] * transform[4]) ** 0.5, simplified)


def smooth(shape: QgsGeometry, pixel: float, simplified: float) -> QgsGeometry:
    """Return an outline without the steps of pixels of a side; narrow ones stay as they are."""
    if simplified <= 0 or 2 * shape.area() < _THIN * pixel * shape.length():
        return shape
    simpler = shape.simplify(simplified * pixel).makeValid()
    simpler.convertGeometryCollectionToSubclass(Qgis.GeometryType.Polygon)
    return shape if simpler.isEmpty() else simpler


def _polygons(mask: npt.NDArray[np.bool_], transform: Sequence[float]) -> list[QgsGeometry]:
    rows, columns = mask.shape
    raster = gdal.GetDriverByName("MEM").Create("", columns, rows, 1, gdal.GDT_Byte)
    raster.SetGeoTransform(list(transform))
    band = raster.GetRasterBand(1)
    band.WriteArray(mask.astype(np.uint8))
    vectors = ogr.GetDriverByName("Memory").CreateDataSource("")
    layer = vectors.CreateLayer("", None, ogr.wkbPolygon)
    # The band is its own mask: pixels of 0 make no polygon.
    gdal.Polygonize(band, band, layer, -1)
    found = []
    for feature in layer:
        geometry = QgsGeometry()
        geometry.fromWkb(bytes(feature.GetGeometryRef().ExportToWkb()))
        found.append(geometry)
    return found
