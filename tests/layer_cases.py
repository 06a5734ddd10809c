"""Small rasters and shapes for the tests of the algorithms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from osgeo import gdal, ogr, osr

gdal.UseExceptions()
WEST, NORTH, CELL, SIDE = 500_000.0, 30_000.0, 0.5, 200


def write_raster(
    path: Path,
    bands: int = 3,
    epsg: int = 32636,
    values=None,
    kind: int = gdal.GDT_Byte,
    side: int = SIDE,
    corner: tuple[float, float] = (WEST, NORTH),
) -> str:
    """Write a raster of 100 x 100 metres; band n holds 50 n, or ``values``, which may be (bands, side, side)."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), side, side, bands, kind)
    dataset.SetGeoTransform((corner[0], CELL * SIDE / side, 0, corner[1], 0, -CELL * SIDE / side))
    if epsg:
        system = osr.SpatialReference()
        system.ImportFromEPSG(epsg)
        dataset.SetProjection(system.ExportToWkt())
    for band in range(1, bands + 1):
        data = np.full((side, side), 50 * band) if values is None else values
        data = data[band - 1] if data.ndim == 3 else data
        dataset.GetRasterBand(band).WriteArray(data)
    dataset.FlushCache()
    return str(path)


def noise(bands: int = 3, seed: int = 0, side: int = SIDE) -> np.ndarray:
    """Return pixels (bands, side, side) from 1 to 255."""
    return np.random.default_rng(seed).integers(1, 256, (bands, side, side), dtype=np.uint8)


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


def write_layer(path: Path, rows) -> str:
    """Write a GeoPackage of one layer of any geometry, rows of (wkt, class value)."""
    system = osr.SpatialReference()
    system.ImportFromEPSG(32636)
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    made = source.CreateLayer("labels", system, ogr.wkbUnknown)
    made.CreateField(ogr.FieldDefn("Classvalue", ogr.OFTInteger64))
    for wkt, value in rows:
        feature = ogr.Feature(made.GetLayerDefn())
        feature["Classvalue"] = value
        feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
        made.CreateFeature(feature)
    return str(path)


def read_layer(path: str) -> list[tuple[int, str, ogr.Geometry]]:
    """Return (value, name, geometry) of the labels that a job names."""
    dataset = ogr.Open(path)
    return [(item["value"], item["name"], item.GetGeometryRef().Clone()) for item in dataset.GetLayer(0)]
