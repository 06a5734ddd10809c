"""Several images in one export, one by one or from a folder; and second rasters."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from export_cases import ramp, read_raster, there, words
from layer_cases import CELL, NORTH, SIDE, WEST, noise, read_layer, square, write_raster
from osgeo import gdal

MOSAIC, SEPARATE = "PROCESS_AS_MOSAICKED_IMAGE", "PROCESS_ITEMS_SEPARATELY"
WIDTH = SIDE * CELL


@pytest.fixture
def good(layer):
    return layer(["Classvalue:integer"], [(square(10, 10), 1), (square(110, 40), 2)])


@pytest.fixture
def pair(tmp_path):
    """Return two rasters side by side, with 10 pixels in common, and their pixels."""
    left, right = noise(seed=1), noise(seed=2)
    return (
        (write_raster(tmp_path / "left.tif", values=left), left),
        (write_raster(tmp_path / "right.tif", values=right, corner=(WEST + WIDTH - 5, NORTH)), right),
    )


def test_separate_rasters_get_labels_in_their_own_systems_with_the_same_classes(export, layer, tmp_path):
    one = write_raster(tmp_path / "one.tif")
    degrees = str(tmp_path / "degrees.tif")
    shifted = write_raster(tmp_path / "shifted.tif", corner=(WEST + 100, NORTH))
    gdal.Warp(degrees, shifted, dstSRS="EPSG:4326").FlushCache()
    labels = layer(["kind:string"], [(square(10, 10), "wood"), (square(130, 40), "field")])
    made = export(
        labels,
        CLASS_FIELD="kind",
        INPUT=one,
        ADDITIONAL_RASTERS=[degrees],
        PROCESSING_MODE=SEPARATE,
        MASK=layer([], [(square(0, 0, 300),)], name="mask"),
        EXTENT=f"{WEST},{WEST + 190},{NORTH - 90},{NORTH} [EPSG:32636]",
    )
    assert made["raster"] == one
    [more] = made["additional"]
    assert more["raster"] == degrees
    assert [(value, name) for value, name, _ in read_layer(made["labels"])] == [(2, "wood")]
    [(value, name, shape)] = read_layer(more["labels"])
    assert (value, name) == (1, "field")
    west, _, _, north = shape.GetEnvelope()
    x, y = there(4326, WEST + 130, NORTH - 40)
    assert (west, shape.GetEnvelope()[3]) == pytest.approx((x, y), abs=1e-6)
    assert north
    assert [item["name"] for item in made["classes"]] == ["field", "wood"]
    assert more["mask"] != made["mask"]
    assert made["extent"] == [WEST, NORTH - 90, WEST + 190, NORTH]
    assert more["extent"][0] == pytest.approx(there(4326, WEST, NORTH)[0], abs=1e-5)


def test_separate_rasters_that_no_label_meets_are_left_out_and_said(export, good, refused, tmp_path):
    one = write_raster(tmp_path / "one.tif")
    far = write_raster(tmp_path / "far.tif", corner=(WEST + 5000, NORTH))
    # Within the labels' extent, but between the two of them.
    gap = write_raster(tmp_path / "gap.tif", corner=(WEST + 12, NORTH - 22), side=SIDE)
    gdal.Translate(str(tmp_path / "gap2.tif"), gap, srcWin=[20, 0, 100, 30]).FlushCache()
    given = {"ADDITIONAL_RASTERS": [far, str(tmp_path / "gap2.tif")], "PROCESSING_MODE": SEPARATE}
    made = export(good, INPUT=one, TILE_SIZE_X=16, TILE_SIZE_Y=16, **given)
    assert made["additional"] == []
    words(export.said, "The raster far is left out", "The raster gap2 is left out")
    text = refused(good, INPUT=far, TILE_SIZE_X=16, TILE_SIZE_Y=16, **given)
    words(text, "None of the 2 rasters", "far")


def test_separate_rasters_without_labels_are_cut_where_none_are_needed(export, good, tmp_path):
    one = write_raster(tmp_path / "one.tif")
    far = write_raster(tmp_path / "far.tif", corner=(WEST + 5000, NORTH))
    given = {"INPUT": one, "ADDITIONAL_RASTERS": [far], "PROCESSING_MODE": SEPARATE, "FORMAT": "EXPORT_TILES"}
    assert export(good, **given)["additional"] == []
    made = export(good, ALL_TILES=True, **given)
    assert [(item["raster"], item["labels"]) for item in made["additional"]] == [(far, "")]


def test_separate_rasters_share_a_label_raster_where_it_holds_labels(export, tmp_path):
    values = np.zeros((SIDE, SIDE))
    values[:50, :50] = 3
    labels = write_raster(tmp_path / "labels.tif", 1, values=values)
    paths = [
        write_raster(tmp_path / f"{name}.tif", corner=(WEST + x, NORTH - y))
        for name, x, y in (("here", 5, 5), ("empty", 50, 50), ("touching", 20, 20))
    ]
    made = export(labels, INPUT=paths[0], ADDITIONAL_RASTERS=paths[1:], PROCESSING_MODE=SEPARATE)
    assert (made["labels"], made["labels_are_raster"]) == (labels, True)
    assert [(item["raster"], item["labels"]) for item in made["additional"]] == [(paths[2], labels)]
    words(export.said, "The raster empty is left out")


def test_folder_gives_its_rasters_in_order_without_side_files(export, good, tmp_path):
    folder = tmp_path / "scenes, all"
    (folder / "below").mkdir(parents=True)
    for name in ("b", "a", "c"):
        write_raster(folder / f"{name}.tif", corner=(WEST + 20 * (ord(name) - 97), NORTH))
    shutil.copy(folder / "a.tif", folder / "below" / "d.tif")
    dataset = gdal.Open(str(folder / "a.tif"))
    dataset.BuildOverviews("NEAREST", [2, 4])
    dataset.GetRasterBand(1).GetStatistics(False, True)
    dataset = None
    (folder / "places.csv").write_text("x,y,z\n1,1,5\n2,1,6\n1,2,7\n2,2,8\n")
    (folder / "notes.txt").write_text("nothing")
    (folder / ".hidden.tif").write_bytes((folder / "a.tif").read_bytes())
    assert (folder / "a.tif.ovr").exists()
    assert (folder / "a.tif.aux.xml").exists()
    made = export(good, INPUT=None, INPUT_FOLDER=str(folder), PROCESSING_MODE=SEPARATE)
    found = [made["raster"], *(item["raster"] for item in made["additional"])]
    assert [Path(path).name for path in found] == ["a.tif", "b.tif", "c.tif"]
    # One that is given by name as well counts once, and comes first.
    made = export(good, INPUT=str(folder / "c.tif"), INPUT_FOLDER=str(folder), PROCESSING_MODE=SEPARATE)
    found = [made["raster"], *(item["raster"] for item in made["additional"])]
    assert [Path(path).name for path in found] == ["c.tif", "a.tif", "b.tif"]
    made = export(good, INPUT=None, INPUT_FOLDER=str(folder))
    assert gdal.Open(made["raster"]).RasterXSize == SIDE + 80


def test_folder_with_a_virtual_raster_gives_that_instead_of_its_tiles(export, good, tmp_path, pair):
    folder = tmp_path / "tiles"
    folder.mkdir()
    names = [shutil.copy(path, folder) for path, _ in pair]
    gdal.BuildVRT(str(folder / "all.vrt"), names).FlushCache()
    made = export(good, INPUT=None, INPUT_FOLDER=str(folder), PROCESSING_MODE=SEPARATE)
    assert made["raster"] == str(folder / "all.vrt")
    assert made["additional"] == []


def test_folder_without_rasters_is_refused(refused, good, tmp_path):
    (tmp_path / "empty").mkdir()
    words(refused(good, INPUT=None, INPUT_FOLDER=str(tmp_path / "empty")), "empty", "INPUT_FOLDER")
    words(refused(good, INPUT=None, INPUT_FOLDER=str(tmp_path / "nowhere")), "nowhere", "INPUT_FOLDER")


def test_more_rasters_that_are_none_are_refused(refused, good, layer):
    words(refused(good, ADDITIONAL_RASTERS=["/nowhere/a.tif"]), "ADDITIONAL_RASTERS")


def test_band_that_one_of_the_rasters_lacks_is_refused(refused, good, tmp_path):
    one = write_raster(tmp_path / "one.tif", 1)
    words(refused(good, ADDITIONAL_RASTERS=[one], BANDS=[3], PROCESSING_MODE=SEPARATE), "BANDS", "1 to 1")


def test_second_raster_of_another_system_comes_on_the_grid_of_the_first(export, good, raster, tmp_path):
    second = ramp(tmp_path / "second.tif", 4326, there(4326, WEST + 10, NORTH - 10), 5e-6)
    made = export(good, FORMAT="EXPORT_TILES", INPUT2=second)
    pixels, valid = read_raster(made["raster2"])
    dataset = gdal.Open(made["raster2"])
    assert (dataset.RasterXSize, dataset.RasterYSize, dataset.RasterCount) == (SIDE, SIDE, 2)
    assert dataset.GetGeoTransform() == pytest.approx((WEST, CELL, 0, NORTH, 0, -CELL))
    assert 1000 < valid.sum() < 6000
    rows, cols = np.nonzero(valid)
    assert np.abs(pixels[0, rows, cols] - (cols + 0.5) * CELL).max() < 0.6 * CELL
    # As it is, for a format that pairs nothing.
    assert export(good, FORMAT="CYCLEGAN", INPUT2=second)["raster2"] == second


def test_second_raster_of_another_place_is_refused_unless_unpaired(export, refused, good, tmp_path):
    far = write_raster(tmp_path / "far.tif", corner=(WEST + 5000, NORTH))
    words(refused(good, FORMAT="EXPORT_TILES", INPUT2=far), "far", "INPUT2")
    assert export(good, FORMAT="CYCLEGAN", INPUT2=far)["raster2"] == far


def test_second_raster_goes_with_each_raster_that_it_covers(export, good, raster, tmp_path):
    more = [write_raster(tmp_path / f"{x}.tif", corner=(WEST + x, NORTH)) for x in (50, 120)]
    second = write_raster(tmp_path / "second.tif", 1)
    given = {"ADDITIONAL_RASTERS": more, "INPUT2": second, "PROCESSING_MODE": SEPARATE}
    made = export(None, FORMAT="EXPORT_TILES", **given)
    assert [(item["raster"], item["raster2"]) for item in made["additional"]] == [(more[0], second)]
    words(export.said, "The raster 120 is left out")
    # An unpaired one is cut once.
    made = export(None, FORMAT="CYCLEGAN", **given)
    assert [made["raster2"], *(item["raster2"] for item in made["additional"])] == [second, "", ""]
