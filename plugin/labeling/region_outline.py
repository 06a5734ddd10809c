"""The outline of a region of pixels."""

from __future__ import annotations

import numpy as np
from osgeo import gdal, ogr
from qgis.core import QgsGeometry

from .growing import Mask


def outline(mask: Mask, left: float, top: float, width: float, height: float) -> QgsGeometry:
    """Return the polygon around a region, with its holes; empty for an empty region.

    The steps of the pixels are smoothed away: no vertex moves by more than about a pixel.

    Args:
        mask: (rows, columns).
        left: x of the outer edge of the first column, in map units; ``top`` is the y of the first row.
        top: see ``left``.
        width: of a pixel, in map units.
        height: of a pixel, in map units.
    """
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if len(rows) == 0:
        return QgsGeometry()
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.uint8)
    raster = gdal.GetDriverByName("MEM").Create("", part.shape[1], part.shape[0], 1, gdal.GDT_Byte)
    raster.SetGeoTransform((left + columns[0] * width, width, 0, top - rows[0] * height, 0, -height))
    band = raster.GetRasterBand(1)
    band.WriteRaster(0, 0, part.shape[1], part.shape[0], part.tobytes())
    vectors = ogr.GetDriverByName("Memory").CreateDataSource("")
    layer = vectors.CreateLayer("", None, ogr.wkbPolygon)
    gdal.Polygonize(band, band, layer, -1)  # the band is its own mask: only what is in the region
    shapes = []
    for feature in layer:
        shape = QgsGeometry()
        shape.fromWkb(bytes(feature.GetGeometryRef().ExportToWkb()))
        shapes.append(shape)
    whole = QgsGeometry.unaryUnion(shapes)
    smooth = whole.simplify(max(width, height))
    return whole if smooth.isEmpty() or smooth.area() == 0 else smooth
