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

MATCH_COLUMNS = [("Match", ogr.OFTString), ("Class", ogr.OFTString), ("Confidence", ogr.OFTReal), ("IoU", ogr.OFTReal)]
MATCHES = [
    (square(10, 10), "matched", "Car", 0.9, 0.8),
    (square(30, 30), "missed", "Car", None, None),
    (square(50, 50), "false", "Truck", 0.4, None),
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


def describe(task="OBJECTS", bands=(1, 2, 3), outputs=("boxes", "scores")):
    """Return a description of a model."""
    from swath.engine.classes import ClassInfo
    from swath.engine.model_info import GraphInfo, GraphInput, ModelInfo

    graph = GraphInfo("a.onnx", (GraphInput("image", bands),), outputs)
    return ModelInfo(task, "RETINANET", "resnet18", (graph,), (ClassInfo(1, "Car", (0, 0, 0)),), 64, 16)


def refusal(run, *layers, **parameters) -> str:
    """Return the sentence that refuses a run; "" where it is taken."""
    from qgis.core import QgsProcessingException

    try:
        run(*layers, **parameters)
    except QgsProcessingException as error:
        # Nothing keeps the error, and with it layers, beyond QGIS's own end.
        return str(error).split("\n")[-1]
    return ""


def objects(layer, fields=("Classname:string", "Classvalue:integer", "Confidence:double"), rows=None, **options):
    """Make a layer of squares side by side: the values of each row, in fields like ``kind:string``."""
    if rows is None:
        rows = [("Car", 1, 0.9), ("Car", 1, 0.8), ("Truck", 2, 0.7)]
    placed = [(square(20 * number, 10), *row) for number, row in enumerate(rows)]
    return layer(list(fields), placed, **options)
