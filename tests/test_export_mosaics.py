"""Several images joined to a mosaic: its pixels, what lies between them, what does not go together."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from export_cases import ramp, read_raster, there, words
from layer_cases import CELL, NORTH, SIDE, WEST, noise, read_layer, square, write_raster
from osgeo import gdal

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


def test_mosaic_has_the_pixels_of_both_and_the_first_lies_on_top(export, good, pair):
    (one, left), (other, right) = pair
    made = export(good, INPUT=one, ADDITIONAL_RASTERS=[other])
    assert made["additional"] == []
    pixels, valid = read_raster(made["raster"])
    np.testing.assert_array_equal(pixels, np.concatenate([left, right[:, :, 10:]], axis=2))
    assert valid.all()
    assert gdal.Open(made["raster"]).GetGeoTransform() == (WEST, CELL, 0, NORTH, 0, -CELL)
    # Labels of both are in it.
    assert [value for value, _, _ in read_layer(made["labels"])] == [1, 2]
    pixels, _ = read_raster(export(good, INPUT=other, ADDITIONAL_RASTERS=[one])["raster"])
    np.testing.assert_array_equal(pixels, np.concatenate([left[:, :, :-10], right], axis=2))


def test_mosaic_is_invalid_between_rasters(export, good, tmp_path):
    one = write_raster(tmp_path / "one.tif", values=noise())
    other = write_raster(tmp_path / "other.tif", values=noise(), corner=(WEST + 150, NORTH - 30))
    pixels, valid = read_raster(export(good, INPUT=one, ADDITIONAL_RASTERS=[other])["raster"])
    expected = np.zeros((260, 500), bool)
    expected[:200, :200] = expected[60:, 300:] = True
    np.testing.assert_array_equal(valid, expected)
    assert (pixels[:, ~expected] == 0).all()


@pytest.mark.parametrize("bands", [1, 3, 8])
def test_mosaic_shows_what_lies_below_no_data_masks_and_alpha(export, good, tmp_path, bands):
    top, below = noise(bands, 1), noise(bands, 2)
    hole = np.zeros((SIDE, SIDE), bool)
    hole[50:90, 20:70] = True
    empty = top.copy()
    empty[:, hole] = 0
    path = write_raster(tmp_path / "top.tif", bands, values=empty)
    dataset = gdal.Open(path, gdal.GA_Update)
    for band in range(1, bands + 1):
        dataset.GetRasterBand(band).SetNoDataValue(0)
    dataset = None
    masked = write_raster(tmp_path / "masked.tif", bands, values=top)
    dataset = gdal.Open(masked, gdal.GA_Update)
    dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    dataset.GetRasterBand(1).GetMaskBand().WriteArray(np.where(hole, 0, 255))
    dataset = None
    other = write_raster(tmp_path / "below.tif", bands, values=below)
    for first in (path, masked):
        pixels, valid = read_raster(export(good, INPUT=first, ADDITIONAL_RASTERS=[other])["raster"])
        np.testing.assert_array_equal(pixels, np.where(hole, below, top))
        assert valid.all()


@pytest.mark.parametrize("bands", [1, 3, 7])
def test_mosaic_takes_an_alpha_band_for_a_mask(export, good, tmp_path, bands):
    top, below = noise(bands + 1, 1), noise(bands + 1, 2)
    hole = np.zeros((SIDE, SIDE), bool)
    hole[50:90, 20:70] = True
    top[-1], below[-1] = np.where(hole, 0, 255), 255
    paths = []
    for name, values in (("top", top), ("below", below)):
        paths.append(write_raster(tmp_path / f"{name}.tif", bands + 1, values=values))
        dataset = gdal.Open(paths[-1], gdal.GA_Update)
        dataset.GetRasterBand(bands + 1).SetColorInterpretation(gdal.GCI_AlphaBand)
        dataset = None
    pixels, valid = read_raster(export(good, INPUT=paths[0], ADDITIONAL_RASTERS=[paths[1]])["raster"])
    np.testing.assert_array_equal(pixels[:bands], np.where(hole, below, top)[:bands])
    assert valid.all()
    pixels, valid = read_raster(export(good, INPUT=paths[0], ADDITIONAL_RASTERS=[_moved(paths[0], tmp_path)])["raster"])
    assert not valid[50:90, 20:70].any()


def _moved(path: str, folder: Path) -> str:
    """Return a copy 100 metres to the east."""
    target = str(folder / "moved.tif")
    gdal.Translate(target, path, outputBounds=[WEST + 100, NORTH, WEST + 200, NORTH - 100]).FlushCache()
    return target


def test_mosaic_keeps_names_of_bands(export, good, pair):
    (one, _), (other, _) = pair
    dataset = gdal.Open(one, gdal.GA_Update)
    for number, name in enumerate(("Red", "Green", "Near & far"), start=1):
        dataset.GetRasterBand(number).SetDescription(name)
    dataset = None
    made = gdal.Open(export(good, INPUT=one, ADDITIONAL_RASTERS=[other])["raster"])
    assert [made.GetRasterBand(number).GetDescription() for number in (1, 2, 3)] == ["Red", "Green", "Near & far"]


@pytest.mark.parametrize(("epsg", "cell"), [(4326, 5e-6), (32637, 0.5), (3857, 0.6), (4258, 5e-6)])
def test_mosaic_brings_rasters_of_other_systems_to_where_qgis_has_them(export, good, tmp_path, epsg, cell):
    first = write_raster(tmp_path / "first.tif", 2, values=noise(2).astype(float), kind=gdal.GDT_Float32)
    other = ramp(tmp_path / "other.tif", epsg, there(epsg, WEST + 120, NORTH - 20), cell)
    made = export(good, INPUT=first, ADDITIONAL_RASTERS=[other])
    pixels, valid = read_raster(made["raster"])
    rows, cols = np.nonzero(valid)
    east = cols > SIDE + 10
    assert 2000 < east.sum() < 6000
    rows, cols = rows[east], cols[east]
    transform = gdal.Open(made["raster"]).GetGeoTransform()
    assert transform[:3] == (WEST, CELL, 0)
    x, y = transform[0] + (cols + 0.5) * CELL - WEST, transform[3] - (rows + 0.5) * CELL - NORTH
    # Half of a pixel at the border, where there is nothing to interpolate with; an eighth inside.
    for found, expected in ((pixels[0, rows, cols], x), (pixels[1, rows, cols], y)):
        assert np.abs(found - expected).max() < 0.6 * CELL
        assert np.median(np.abs(found - expected)) < 0.13 * CELL


def test_mosaic_of_a_shift_grid_is_warped_at_once(export, layer, tmp_path, qgis_new_project):
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject

    target, source = (QgsCoordinateReferenceSystem(f"EPSG:{number}") for number in (25832, 31467))
    transform = QgsCoordinateTransform(source, target, QgsProject.instance())
    if not transform.instantiatedCoordinateOperationDetails().grids:
        pytest.skip("PROJ has no grid for this pair of systems")
    corner = QgsCoordinateTransform(target, source, QgsProject.instance()).transform(WEST + 200, 5_500_000)
    first = write_raster(tmp_path / "first.tif", 1, 25832, corner=(WEST, 5_500_000))
    other = write_raster(tmp_path / "other.tif", 1, 31467, corner=(corner.x(), corner.y()))
    shape = f"POLYGON(({WEST} 5500000,{WEST + 9} 5500000,{WEST + 9} 5499991,{WEST} 5500000))"
    labels = layer(["Classvalue:integer"], [(shape, 1)], crs="EPSG:25832")
    made = Path(export(labels, INPUT=first, ADDITIONAL_RASTERS=[other])["raster"])
    [masked] = {name.text for name in ET.parse(made).iter("SourceFilename")} - {first}
    [pixels] = {name.text for name in ET.parse(made.with_name(masked)).iter("SourceFilename")}
    assert gdal.Open(str(made.with_name(pixels))).GetDriver().ShortName == "GTiff"


def test_mosaic_turns_a_turned_raster(export, good, tmp_path):
    first = write_raster(tmp_path / "first.tif", 1)
    turned = write_raster(tmp_path / "turned.tif", 1)
    dataset = gdal.Open(turned, gdal.GA_Update)
    dataset.SetGeoTransform((WEST + 200, 0.4, 0.3, NORTH - 90, 0.3, -0.4))
    dataset = None
    pixels, valid = read_raster(export(good, INPUT=first, ADDITIONAL_RASTERS=[turned])["raster"])
    assert valid[:SIDE, :SIDE].all()
    # A raster of 100 metres a side stands on its corner.
    assert valid.sum() * CELL**2 == pytest.approx(2 * WIDTH**2, rel=0.01)
    assert set(np.unique(pixels[0, valid])) == {50}


def test_mosaic_of_rasters_that_do_not_go_together_is_refused(refused, good, raster, tmp_path):
    for name, path, expected in (
        ("bands", write_raster(tmp_path / "bands.tif", 4), ["4", "3"]),
        ("type", write_raster(tmp_path / "type.tif", kind=gdal.GDT_UInt16), ["UInt16", "Byte"]),
        ("bare", write_raster(tmp_path / "bare.tif", epsg=0), ["no coordinate reference system"]),
    ):
        text = refused(good, ADDITIONAL_RASTERS=[path])
        words(text, name, *expected)


def test_mosaic_of_pictures_without_georeference_is_refused_with_the_remedy(refused, good, raster, tmp_path):
    picture = str(tmp_path / "picture.png")
    gdal.GetDriverByName("PNG").CreateCopy(picture, gdal.GetDriverByName("MEM").Create("", 80, 80, 3))
    words(refused(good, ADDITIONAL_RASTERS=[picture]), "picture", "PROCESS_ITEMS_SEPARATELY")


def test_mosaic_text_changes_with_its_rasters_and_not_otherwise(export, good, pair):
    (one, _), (other, _) = pair
    texts = [Path(export(good, INPUT=one, ADDITIONAL_RASTERS=[other])["raster"]).read_text() for _ in range(2)]
    # As QGIS does when it draws a raster.
    dataset = gdal.Open(other)
    dataset.GetRasterBand(1).ComputeStatistics(True)
    dataset = None
    assert Path(other + ".aux.xml").exists()
    texts.append(Path(export(good, INPUT=one, ADDITIONAL_RASTERS=[other])["raster"]).read_text())
    assert len(set(texts)) == 1
    write_raster(Path(other), values=noise(seed=9), corner=(WEST + WIDTH - 5, NORTH))
    assert Path(export(good, INPUT=one, ADDITIONAL_RASTERS=[other])["raster"]).read_text() != texts[0]


def test_mosaic_text_is_the_same_in_another_session(export, good, pair, tmp_path, monkeypatch):
    """Else an export could not be continued once QGIS was closed: its temporary folder changes."""
    from swath.processing_provider import raster_files

    (one, _), (other, _) = pair
    degrees = str(tmp_path / "degrees.tif")
    gdal.Warp(degrees, other, dstSRS="EPSG:4326").FlushCache()
    alpha = str(tmp_path / "alpha.tif")
    gdal.Warp(alpha, other, dstAlpha=True).FlushCache()
    more = _moved(alpha, tmp_path)
    found = []
    for name in ("monday", "tuesday"):
        folder = str(tmp_path / name)
        monkeypatch.setattr(
            raster_files, "QgsProcessingUtils", SimpleNamespace(tempFolder=lambda folder=folder: folder)
        )
        made = export(good, INPUT=one, ADDITIONAL_RASTERS=[degrees], FORMAT="CLASSIFIED_TILES", INPUT2=degrees)
        paths = [made["raster"], made["raster2"], export(good, INPUT=alpha, ADDITIONAL_RASTERS=[more])["raster"]]
        assert all(path.startswith(str(tmp_path / name)) for path in paths)
        assert read_raster(made["raster"])[1].any()
        found.append([Path(path).read_text() for path in paths])
    assert found[0] == found[1]


def test_mosaic_of_rasters_without_system_is_made_by_their_places(export, layer, tmp_path):
    paths = [write_raster(tmp_path / f"{x}.tif", epsg=0, corner=(WEST + x, NORTH)) for x in (0, 100)]
    labels = layer(["Classvalue:integer"], [(square(10, 10), 1)], crs="")
    made = export(labels, INPUT=paths[0], ADDITIONAL_RASTERS=paths[1:])
    dataset = gdal.Open(made["raster"])
    assert (dataset.RasterXSize, dataset.GetProjection()) == (2 * SIDE, "")


def test_mosaic_that_is_mostly_empty_is_made_with_a_word_on_the_remedy(export, good, tmp_path):
    one = write_raster(tmp_path / "one.tif")
    far = write_raster(tmp_path / "far.tif", corner=(WEST + 2000, NORTH - 2000))
    export(good, INPUT=one, ADDITIONAL_RASTERS=[far])
    words(export.said, "4200 x 4200 pixels", "0.45 %", "PROCESS_ITEMS_SEPARATELY")
