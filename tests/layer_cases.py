"""Small rasters and shapes for the tests of the algorithms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from osgeo import gdal, osr

gdal.UseExceptions()
WEST, NORTH, CELL, SIDE = 500_000.0, 30_000.0, 0.5, 200


def write_raster(
    path: Path, bands: int = 3, epsg: int = 32636, values=None, kind: int = gdal.GDT_Byte, side: int = SIDE
) -> str:
    """Write a raster of 100 x 100 metres; band n holds 50 n, or ``values``."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), side, side, bands, kind)
    dataset.SetGeoTransform((WEST, CELL * SIDE / side, 0, NORTH, 0, -CELL * SIDE / side))
    if epsg:
        system = osr.SpatialReference()
        system.ImportFromEPSG(epsg)
        dataset.SetProjection(system.ExportToWkt())
    for band in range(1, bands + 1):
        data = np.full((side, side), 50 * band) if values is None else values
        dataset.GetRasterBand(band).WriteArray(data)
    dataset.FlushCache()
    return str(path)


def square(x: float, y: float, side: float = 10.0) -> str:
    """Return a square as WKT; x and y are metres right and below of the raster's corner."""
    left, top = WEST + x, NORTH - y
    right, bottom = left + side, top - side
    return f"POLYGON(({left} {top},{right} {top},{right} {bottom},{left} {bottom},{left} {top}))"


def make_layer(fields, rows, crs="EPSG:32636", geometry="Polygon", name="labels"):
    """Add a layer in memory to the project: fields like ``kind:string``, rows of (wkt, value, ...)."""
    from qgis.core import QgsFeature, QgsGeometry, QgsProject, QgsVectorLayer

    listed = "".join(f"&field={field}" for field in fields)
    made = QgsVectorLayer(f"{geometry}?crs={crs}{listed}", name, "memory")
    features = []
    for wkt, *values in rows:
        feature = QgsFeature(made.fields())
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        feature.setAttributes(values)
        features.append(feature)
    made.dataProvider().addFeatures(features)
    made.updateExtents()
    QgsProject.instance().addMapLayer(made)
    return made
