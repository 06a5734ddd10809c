"""Objects for the tests of detection on the QGIS side, and an engine that only pretends."""

from __future__ import annotations

from pathlib import Path

from layer_cases import NORTH, WEST, square
from osgeo import ogr, osr

CLASSES = [
    {"value": 1, "name": "Car", "color": [200, 40, 30]},
    {"value": 2, "name": "Truck, large", "color": [20, 90, 200]},
]
RING = (
    f"POLYGON(({WEST} {NORTH},{WEST + 30} {NORTH},{WEST + 30} {NORTH - 30},{WEST} {NORTH - 30},{WEST} {NORTH}),"
    f"({WEST + 10} {NORTH - 10},{WEST + 20} {NORTH - 10},{WEST + 20} {NORTH - 20},{WEST + 10} {NORTH - 20},"
    f"{WEST + 10} {NORTH - 10}))"
)
FOUND = [
    (square(10, 10), "Car", 1, 0.91),
    (square(40, 40, 20), "Truck, large", 2, 0.874),
    (RING, "Car", 1, 0.5),
]


def write_objects(path: str, rows, columns, kind=ogr.wkbPolygon, epsg: int = 32636) -> None:
    """Write a GeoPackage as the engine does: rows of (wkt, value, ...), columns of (name, OGR type)."""
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    source = ogr.GetDriverByName("GPKG").CreateDataSource(path)
    layer = source.CreateLayer(Path(path).stem, system, kind)
    for name, sort in columns:
        layer.CreateField(ogr.FieldDefn(name, sort))
    for wkt, *values in rows:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
        for (name, _), value in zip(columns, values, strict=True):
            feature[name] = value
        layer.CreateFeature(feature)


def write_detections(path: str, rows=FOUND, **options) -> None:
    """Write found objects as the engine does."""
    columns = [("Classname", ogr.OFTString), ("Classvalue", ogr.OFTInteger64), ("Confidence", ogr.OFTReal)]
    write_objects(path, rows, columns, **options)


def read_rows(path: str) -> tuple[list[str], list[dict], list]:
    """Return the names of the fields, the rows and the geometries of any vector file."""
    source = ogr.Open(path)
    layer = source.GetLayer(0)
    names = [item.GetName() for item in layer.schema]
    features = list(layer)
    rows = [{name: feature[name] for name in names} for feature in features]
    return names, rows, [feature.GetGeometryRef().Clone() for feature in features]
