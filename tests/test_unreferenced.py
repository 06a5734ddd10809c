"""Pictures without georeference, or with ground control points: labels drawn over them in QGIS land where they were."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from export_cases import TILE
from layer_cases import NORTH, SIDE, WEST, noise, read_layer
from osgeo import gdal, ogr, osr

SEPARATE = "PROCESS_ITEMS_SEPARATELY"
CORNERS = [(col, row) for col in (0, SIDE) for row in (0, SIDE)]
# Pixels of a picture: column, row, side, class.
SQUARES = [(20, 30, 40, 1), (120, 10, 50, 2), (130, 150, 25, 1)]


def write_png(path: Path, pixels: np.ndarray) -> str:
    bands, height, width = pixels.shape
    memory = gdal.GetDriverByName("MEM").Create("", width, height, bands, gdal.GDT_Byte)
    memory.WriteArray(pixels)
    gdal.GetDriverByName("PNG").CreateCopy(str(path), memory)
    return str(path)


def drawn(layer, picture: str):
    """Return labels as a user draws them: over the pixels that QGIS shows, in a layer without CRS."""
    from qgis.core import QgsRasterLayer

    shown = QgsRasterLayer(picture, "picture")
    extent, cell = shown.extent(), shown.rasterUnitsPerPixelX()
    rows = []
    for col, row, side, value in SQUARES:
        left, top = extent.xMinimum() + col * cell, extent.yMaximum() - row * cell
        right, bottom = left + side * cell, top - side * cell
        shape = f"POLYGON(({left} {top},{right} {top},{right} {bottom},{left} {bottom},{left} {top}))"
        rows.append((shape, value))
    return layer(["Classvalue:integer"], rows, crs="")


@pytest.fixture
def pixels():
    return noise(seed=6)


@pytest.fixture
def picture(tmp_path, pixels):
    return write_png(tmp_path / "picture.png", pixels)


@pytest.fixture
def chips(engine, processing, swath_plugin, tmp_path):
    def run(labels, name: str, **parameters) -> Path:
        sides = {f"{what}_{axis}": TILE for what in ("TILE_SIZE", "STRIDE") for axis in ("X", "Y")}
        given = {"LABELS": labels, "FORMAT": name, "OUTPUT": str(tmp_path / name), **sides, **parameters}
        run.results = processing.run("swath:exporttrainingdata", given)
        return Path(run.results["OUTPUT"])

    return run


def truth() -> np.ndarray:
    values = np.zeros((SIDE, SIDE), int)
    for col, row, side, value in SQUARES:
        values[row : row + side, col : col + side] = value
    return values


def test_labels_over_a_picture_lie_on_the_same_pixels_in_its_chips(chips, layer, picture, pixels):
    from qgis.core import QgsRasterLayer

    folder = chips(drawn(layer, picture), "CLASSIFIED_TILES", INPUT=picture)
    corners = [(0, 0), (TILE, 0), (TILE, TILE)]
    for number, (col, row) in enumerate(corners):
        chip = str(folder / "images" / f"{number:09d}.tif")
        np.testing.assert_array_equal(gdal.Open(chip).ReadAsArray(), pixels[:, row : row + TILE, col : col + TILE])
        label = gdal.Open(str(folder / "labels" / f"{number:09d}.tif")).ReadAsArray()
        np.testing.assert_array_equal(label, truth()[row : row + TILE, col : col + TILE])
        # The chip lies over the picture in QGIS, too.
        extent = QgsRasterLayer(chip, "chip").extent()
        assert (extent.xMinimum(), extent.yMaximum()) == pytest.approx((col, -row), abs=1e-6)
    assert len(list((folder / "images").glob("*.tif"))) == 3


def test_boxes_over_a_picture_in_pixel_space(chips, layer, picture):
    folder = chips(drawn(layer, picture), "PASCAL_VOC_RECTANGLES", INPUT=picture, REFERENCE_SYSTEM="PIXEL_SPACE")
    box = ET.parse(folder / "labels" / "000000000.xml").getroot().find("object/bndbox")
    assert [float(side.text) for side in box] == [20, 30, 60, 70]


def test_pictures_one_by_one_each_get_the_labels_and_a_part_of_them_by_extent(chips, layer, picture, pixels, tmp_path):
    other = write_png(tmp_path / "other.png", pixels[:, ::-1].copy())
    given = {"INPUT": picture, "ADDITIONAL_RASTERS": [other], "PROCESSING_MODE": SEPARATE, "EXTENT": "0,100,-100,0"}
    folder = chips(drawn(layer, picture), "CLASSIFIED_TILES", **given)
    found = [gdal.Open(str(path)).ReadAsArray() for path in sorted((folder / "images").glob("*.tif"))]
    np.testing.assert_array_equal(found[0], pixels[:, :TILE, :TILE])
    np.testing.assert_array_equal(found[1], pixels[:, ::-1][:, :TILE, :TILE])


def test_label_picture_over_a_picture(chips, picture, pixels, tmp_path):
    labels = write_png(tmp_path / "labels.png", truth()[np.newaxis].astype(np.uint8))
    folder = chips(labels, "CLASSIFIED_TILES", INPUT=picture)
    label = gdal.Open(str(folder / "labels" / "000000001.tif")).ReadAsArray()
    np.testing.assert_array_equal(label, truth()[:TILE, TILE:])


def test_accuracy_of_a_classified_picture(engine, processing, swath_plugin, layer, tmp_path):
    classified = write_png(tmp_path / "classified.png", truth()[np.newaxis].astype(np.uint8))
    given = {"CLASSIFIED": classified, "REFERENCE": drawn(layer, classified), "OUTPUT": str(tmp_path / "matrix.csv")}
    made = processing.run("swath:pixelaccuracy", given)
    assert made["OVERALL_ACCURACY"] == 1


def test_map_of_a_picture_would_lie_over_it(job, picture, tmp_path, monkeypatch):
    """The engine gives its result the georeference that it is told the picture has."""
    from swath.engine import model_files
    from swath.engine.classes import ClassInfo
    from swath.engine.model_info import GraphInfo, GraphInput, ModelInfo

    graph = GraphInfo("a.onnx", (GraphInput("image", (1,)),))
    info = ModelInfo("PIXELS", "UNET", "resnet18", (graph,), (ClassInfo(1, "a", (0, 0, 0)),), 64, 16)
    monkeypatch.setattr(model_files, "describe_model", lambda path: info)
    (tmp_path / "a.onnx").write_bytes(b"")
    made = job("swath:classifypixels", INPUT=picture, MODEL=str(tmp_path / "a.onnx"), OUTPUT=str(tmp_path / "map.tif"))
    assert gdal.Open(made["raster"]).GetGeoTransform() == (0, 1, 0, 0, 0, -1)


@pytest.fixture
def scan(pixels, tmp_path):
    """Return a picture with ground control points: half a metre a pixel, turned by a little."""
    path = str(tmp_path / "scan.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, SIDE, SIDE, 3)
    dataset.WriteArray(pixels)
    system = osr.SpatialReference()
    system.ImportFromEPSG(32636)
    places = [(col, row, WEST + 0.5 * col + 0.1 * row, NORTH - 0.5 * row + 0.1 * col) for col, row in CORNERS]
    dataset.SetGCPs([gdal.GCP(x, y, 0, col, row) for col, row, x, y in places], system.ExportToWkt())
    dataset.FlushCache()
    return path


def seen(path: str) -> tuple[np.ndarray, tuple[float, ...]]:
    """Return the first band as QGIS shows it, and its extent."""
    from qgis.core import QgsRasterLayer

    shown = QgsRasterLayer(path, "scan")
    provider, extent = shown.dataProvider(), shown.extent()
    block = provider.block(1, extent, provider.xSize(), provider.ySize())
    found = np.frombuffer(bytes(block.data()), np.uint8).reshape(provider.ySize(), provider.xSize()).copy()
    return found, (extent.xMinimum(), extent.yMaximum())


def test_scan_with_ground_control_points_lies_where_qgis_shows_it(export, layer, scan):
    made = export(drawn(layer, scan), INPUT=scan)
    assert len(read_layer(made["labels"])) == 3
    dataset = gdal.Open(made["raster"])
    expected, corner = seen(scan)
    assert dataset.RasterCount == 3
    assert (dataset.RasterYSize, dataset.RasterXSize) == expected.shape
    assert dataset.GetGeoTransform()[::3] == pytest.approx(corner)
    valid = dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() > 0
    assert 0.6 < valid.mean() < 0.9
    assert (dataset.GetRasterBand(1).ReadAsArray() == expected)[valid].mean() > 0.999


def test_scan_with_ground_control_points_gives_chips(chips, scan):
    folder = chips(None, "EXPORT_TILES", INPUT=scan)
    assert chips.results["CHIPS"] >= 4
    assert (folder / "images" / "000000000.tif").exists()


def test_picture_whose_system_was_set_by_hand_stays_where_qgis_shows_it(export, layer, picture):
    from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer

    shown = QgsRasterLayer(picture, "picture")
    shown.setCrs(QgsCoordinateReferenceSystem("EPSG:32636"))
    QgsProject.instance().addMapLayer(shown)
    made = gdal.Open(export(drawn(layer, picture), INPUT=shown)["raster"])
    assert made.GetGeoTransform() == (0, 1, 0, 0, 0, -1)
    assert made.GetSpatialRef().GetAuthorityCode(None) == "32636"


def test_labels_of_a_geopackage_that_calls_its_system_undefined_have_none(chips, picture, tmp_path):
    from qgis.core import QgsVectorLayer

    path = str(tmp_path / "drawn.gpkg")
    gdal.GetDriverByName("GPKG").Create(path, 0, 0, 0, gdal.GDT_Unknown)
    source = ogr.Open(path, 1)
    table = source.CreateLayer("drawn", None, ogr.wkbPolygon)
    table.CreateField(ogr.FieldDefn("value", ogr.OFTInteger))
    made = ogr.Feature(table.GetLayerDefn())
    made.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON((20 -30,60 -30,60 -70,20 -70,20 -30))"))
    made.SetField("value", 1)
    table.CreateFeature(made)
    made = table = source = None
    assert QgsVectorLayer(path, "drawn", "ogr").crs().authid() == ""
    folder = chips(path, "PASCAL_VOC_RECTANGLES", INPUT=picture)
    box = ET.parse(folder / "labels" / "000000000.xml").getroot().find("object/bndbox")
    assert [float(side.text) for side in box] == [20, 30, 60, 70]
