"""Whole exports that put several settings together, or meet what is odd."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
from export_cases import TILE, check_class_rasters, labels_in_degrees, placed, truth
from layer_cases import NORTH, SIDE, WEST, noise, square, write_layer, write_raster
from osgeo import gdal

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def image(tmp_path):
    return write_raster(tmp_path / "image, 1.tif", values=noise(seed=4))


@pytest.fixture
def chips(processing, swath_plugin, image, qgis_new_project, tmp_path):
    """Export and return the folder."""
    from qgis.core import QgsProcessingFeedback

    labels = labels_in_degrees()

    def run(name: str, **parameters) -> Path:
        given = {"INPUT": image, "LABELS": labels, "FORMAT": name, "OUTPUT": str(tmp_path / name)}
        sides = {f"{what}_{axis}": TILE for what in ("TILE_SIZE", "STRIDE") for axis in ("X", "Y")}
        feedback = QgsProcessingFeedback(False)
        run.results = processing.run("swath:exporttrainingdata", {**given, **sides, **parameters}, feedback=feedback)
        run.said = feedback.textLog()
        return Path(run.results["OUTPUT"])

    return run


@pytest.mark.parametrize(("name", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("MRF", ".mrf")])
def test_picture_formats(chips, name, suffix):
    folder = chips("PASCAL_VOC_RECTANGLES", CHIP_FORMAT=name)
    assert len(list((folder / "images").glob(f"*{suffix}"))) == 3


@pytest.mark.parametrize("name", ["PNG", "JPEG"])
def test_four_bands_in_a_picture_that_takes_three_are_refused(chips, tmp_path, name):
    from qgis.core import QgsProcessingException

    four = write_raster(tmp_path / "four.tif", 4, values=noise(4))
    dataset = gdal.Open(four, gdal.GA_Update)
    dataset.GetRasterBand(4).SetColorInterpretation(gdal.GCI_Undefined)
    dataset = None
    with pytest.raises(QgsProcessingException, match=r"4 bands.*CHIP_FORMAT.*BANDS"):
        chips("PASCAL_VOC_RECTANGLES", INPUT=four, CHIP_FORMAT=name)
    assert list(tmp_path.glob("PASCAL*")) == []
    chips("PASCAL_VOC_RECTANGLES", INPUT=four, CHIP_FORMAT=name, BANDS=[4, 2, 1])
    assert chips.results["CHIPS"] == 3


def test_mosaic_turned_in_pixel_space(chips, tmp_path):
    other = write_raster(tmp_path / "other.tif", values=noise(seed=5), corner=(WEST + 100, NORTH))
    turned = {"ROTATION_ANGLE": 90, "REFERENCE_SYSTEM": "PIXEL_SPACE"}
    folder = chips("PASCAL_VOC_RECTANGLES", ADDITIONAL_RASTERS=[other], **turned)
    assert chips.results["CHIPS"] == 12
    assert gdal.Open(str(folder / "images" / "000000000.tif")).GetProjection() == ""
    assert json.loads((folder / "esri_model_definition.emd").read_text())["ImageSpaceUsed"] == "PIXEL_SPACE"


def test_mosaic_with_a_gap_gives_chips_where_there_is_imagery(chips, tmp_path):
    other = write_raster(tmp_path / "other.tif", values=noise(seed=5), corner=(WEST + 200, NORTH - 100))
    folder = chips("EXPORT_TILES", LABELS=None, ADDITIONAL_RASTERS=[other])
    corners = set(placed(folder, "images/*.tif"))
    assert corners == {(col + shift, row + shift // 2) for col in (0, 100) for row in (0, 100) for shift in (0, 400)}


def test_separate_rasters_in_two_systems_give_one_set_of_chips(chips, image, tmp_path):
    degrees = str(tmp_path / "degrees.tif")
    gdal.Warp(degrees, image, dstSRS="EPSG:4326", width=220, height=220).FlushCache()
    folder = chips("PASCAL_VOC_RECTANGLES", ADDITIONAL_RASTERS=[degrees], PROCESSING_MODE="PROCESS_ITEMS_SEPARATELY")
    systems = {gdal.Open(str(path)).GetSpatialRef().IsGeographic() for path in (folder / "images").glob("*.tif")}
    assert systems == {0, 1}
    assert chips.results["FEATURES"] >= 6
    assert len((folder / "map.txt").read_text().splitlines()) == chips.results["CHIPS"]


def test_second_raster_in_degrees_shows_the_same_place(chips, image, tmp_path):
    second = str(tmp_path / "degrees.tif")
    gdal.Warp(second, image, dstSRS="EPSG:4326", resampleAlg="near").FlushCache()
    folder = chips("EXPORT_TILES", LABELS=None, INPUT2=second)
    one, two = placed(folder, "images/*.tif"), placed(folder, "images2/*.tif")
    assert set(one) == set(two)
    # In noise, half a pixel away most is lost, but a whole pixel away all is.
    away, other = (
        np.median([np.abs(np.roll(one[key].astype(int), shift, axis=1) - two[key]) for key in one]) for shift in (0, 3)
    )
    assert away < 0.6 * other


def test_label_raster_of_another_grid_and_system_is_drawn_on_the_images(chips, image, tmp_path):
    labels = write_raster(tmp_path / "labels.tif", 1, values=truth())
    gdal.Warp(str(tmp_path / "fine.tif"), labels, xRes=0.1, yRes=0.1, resampleAlg="near").FlushCache()
    folder = chips("CLASSIFIED_TILES", LABELS=str(tmp_path / "fine.tif"))
    assert len(check_class_rasters(folder, truth())) == 3
    gdal.Warp(str(tmp_path / "degrees.tif"), labels, dstSRS="EPSG:4326", xRes=4e-7, yRes=4e-7).FlushCache()
    folder = chips("CLASSIFIED_TILES", LABELS=str(tmp_path / "degrees.tif"), OUTPUT=str(tmp_path / "from degrees"))
    values, found = truth(), placed(folder, "labels/*.tif")
    for (col, row), label in found.items():
        assert (label == values[row : row + TILE, col : col + TILE]).mean() > 0.99
    assert len(found) == 3


def test_mixed_geometry_types_keep_what_the_format_can_hold(chips, tmp_path):
    point, line = f"POINT({WEST + 30} {NORTH - 30})", f"LINESTRING({WEST + 2} {NORTH - 2},{WEST + 40} {NORTH - 2})"
    path = write_layer(tmp_path / "mixed.gpkg", [(square(10, 10), 1), (line, 2), (point, 3)])
    folder = chips("CLASSIFIED_TILES", LABELS=path)
    assert set(np.unique(placed(folder, "labels/*.tif")[0, 0])) == {0, 1, 2, 3}
    folder = chips("PASCAL_VOC_RECTANGLES", LABELS=path)
    assert (folder / "labels" / "000000000.xml").read_text().count("<object>") == 1
    assert "2 labels are points or lines without an area and were left out" in chips.said


def test_features_across_the_edge_are_cut(chips, tmp_path):
    path = write_layer(tmp_path / "edge.gpkg", [(square(-10, 40, 20), 1)])
    folder = chips("PASCAL_VOC_RECTANGLES", LABELS=path)
    text = (folder / "labels" / "000000000.xml").read_text()
    for side, value in (("xmin", 0), ("ymin", 80), ("xmax", 20), ("ymax", 100)):
        assert f"<{side}>{value:.2f}</{side}>" in text


@pytest.mark.slow
def test_sixty_five_thousand_classes_go_through_with_a_warning(chips, tmp_path):
    rows = [(square(x / 2.7, y / 2.7, 0.6), 256 * x + y + 1) for x in range(256) for y in range(256)]
    path = write_layer(tmp_path / "many.gpkg", rows)
    before = time.monotonic()
    folder = chips("CLASSIFIED_TILES", LABELS=path, REPORT=str(tmp_path / "report.html"))
    print(f"65,536 classes: {time.monotonic() - before:.1f} s")
    assert "8 bits only" in chips.said
    labels = placed(folder, "labels/*.tif")
    assert max(label.max() for label in labels.values()) == 65_536
    assert labels[0, 0].shape == (TILE, TILE)
    assert SIDE == 2 * TILE


def test_same_export_gives_the_same_bytes_and_names_no_temporary_file(chips, tmp_path):
    more = write_raster(tmp_path / "more.tif", values=noise(seed=5), corner=(WEST + 80, NORTH))
    given = {"ADDITIONAL_RASTERS": [more], "REPORT": str(tmp_path / "report.html")}
    one = chips("CLASSIFIED_TILES", OUTPUT=str(tmp_path / "one"), **given)
    two = chips("CLASSIFIED_TILES", OUTPUT=str(tmp_path / "two"), **given)
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    for name in names:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
    described = json.loads((one / "esri_model_definition.emd").read_text("utf-8"))["SwathExport"]["Exports"]
    assert [(item["Raster"], item["Labels"]) for item in described] == [("image, 1 and 1 more", "labels")]
    assert "processing_" not in (tmp_path / "report.html").read_text("utf-8").replace(str(tmp_path), "")


def test_folder_with_a_broken_raster_is_refused_with_its_name(chips, image, tmp_path):
    from qgis.core import QgsProcessingException

    folder = tmp_path / "tiles"
    folder.mkdir()
    (folder / "a.tif").write_bytes(Path(image).read_bytes())
    (folder / "b.tif").write_bytes(Path(image).read_bytes()[:7])
    with pytest.raises(QgsProcessingException, match=r"b\.tif.*INPUT_FOLDER"):
        chips("CLASSIFIED_TILES", INPUT=None, INPUT_FOLDER=str(folder))


def test_class_names_keep_their_values_where_chips_are_added(chips, layer, tmp_path):
    out = str(tmp_path / "together")
    for names in (["roof", "pool"], ["road", "roof"]):
        labels = layer(["kind:string"], [(square(10 + 40 * n, 10), name) for n, name in enumerate(names)])
        chips("CLASSIFIED_TILES", LABELS=labels, CLASS_FIELD="kind", OUTPUT=out)
    classes = json.loads((Path(out) / "esri_model_definition.emd").read_text())["Classes"]
    assert {item["Name"]: item["Value"] for item in classes} == {"pool": 1, "roof": 2, "road": 3}
