"""Several images in one export: joined to a mosaic, one by one, from a folder; and second rasters."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from layer_cases import CELL, NORTH, SIDE, WEST, noise, read_layer, square, write_raster
from osgeo import gdal, osr

MOSAIC, SEPARATE = "PROCESS_AS_MOSAICKED_IMAGE", "PROCESS_ITEMS_SEPARATELY"
WIDTH = SIDE * CELL


@pytest.fixture
def good(layer):
    return layer(["Classvalue:integer"], [(square(10, 10), 1), (square(110, 40), 2)])


@pytest.fixture
def refused(export):
    from qgis.core import QgsProcessingException

    def ask(labels, **parameters) -> str:
        with pytest.raises(QgsProcessingException) as caught:
            export(labels, **parameters)
        return str(caught.value).split("\n")[-1]

    return ask


@pytest.fixture
def pair(tmp_path):
    """Return two rasters side by side, with 10 pixels in common, and their pixels."""
    left, right = noise(seed=1), noise(seed=2)
    return (
        (write_raster(tmp_path / "left.tif", values=left), left),
        (write_raster(tmp_path / "right.tif", values=right, corner=(WEST + WIDTH - 5, NORTH)), right),
    )


def read(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Return pixels (bands, height, width) and where they are valid."""
    dataset = gdal.Open(path)
    pixels = dataset.ReadAsArray().reshape(-1, dataset.RasterYSize, dataset.RasterXSize)
    return pixels, dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() > 0


def words(text: str, *expected: str) -> None:
    for word in expected:
        assert word in text, text


def test_mosaic_has_the_pixels_of_both_and_the_first_lies_on_top(export, good, pair):
    (one, left), (other, right) = pair
    made = export(good, INPUT=one, ADDITIONAL_RASTERS=[other])
    assert made["additional"] == []
    pixels, valid = read(made["raster"])
    np.testing.assert_array_equal(pixels, np.concatenate([left, right[:, :, 10:]], axis=2))
    assert valid.all()
    assert gdal.Open(made["raster"]).GetGeoTransform() == (WEST, CELL, 0, NORTH, 0, -CELL)
    # Labels of both are in it.
    assert [value for value, _, _ in read_layer(made["labels"])] == [1, 2]
    pixels, _ = read(export(good, INPUT=other, ADDITIONAL_RASTERS=[one])["raster"])
    np.testing.assert_array_equal(pixels, np.concatenate([left[:, :, :-10], right], axis=2))


def test_mosaic_is_invalid_between_rasters(export, good, tmp_path):
    one = write_raster(tmp_path / "one.tif", values=noise())
    other = write_raster(tmp_path / "other.tif", values=noise(), corner=(WEST + 150, NORTH - 30))
    pixels, valid = read(export(good, INPUT=one, ADDITIONAL_RASTERS=[other])["raster"])
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
        pixels, valid = read(export(good, INPUT=first, ADDITIONAL_RASTERS=[other])["raster"])
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
    pixels, valid = read(export(good, INPUT=paths[0], ADDITIONAL_RASTERS=[paths[1]])["raster"])
    np.testing.assert_array_equal(pixels[:bands], np.where(hole, below, top)[:bands])
    assert valid.all()
    pixels, valid = read(export(good, INPUT=paths[0], ADDITIONAL_RASTERS=[_moved(paths[0], tmp_path)])["raster"])
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


def ramp(path: Path, epsg: int, corner: tuple[float, float], cell: float) -> str:
    """Write a raster whose pixels hold their own place in zone 36: metres east and north of its corner."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject

    back = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem(f"EPSG:{epsg}"),
        QgsCoordinateReferenceSystem("EPSG:32636"),
        QgsProject.instance().transformContext(),
    )
    values = np.zeros((2, 60, 60))
    for row in range(60):
        for col in range(60):
            place = back.transform(corner[0] + (col + 0.5) * cell, corner[1] - (row + 0.5) * cell)
            values[:, row, col] = place.x() - WEST, place.y() - NORTH
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 60, 60, 2, gdal.GDT_Float32)
    dataset.SetGeoTransform((corner[0], cell, 0, corner[1], 0, -cell))
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    dataset.SetProjection(system.ExportToWkt())
    dataset.WriteArray(values)
    dataset.FlushCache()
    return str(path)


def there(epsg: int, x: float, y: float) -> tuple[float, float]:
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject

    transform = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:32636"),
        QgsCoordinateReferenceSystem(f"EPSG:{epsg}"),
        QgsProject.instance().transformContext(),
    )
    place = transform.transform(x, y)
    return place.x(), place.y()


@pytest.mark.parametrize(("epsg", "cell"), [(4326, 5e-6), (32637, 0.5), (3857, 0.6), (4258, 5e-6)])
def test_mosaic_brings_rasters_of_other_systems_to_where_qgis_has_them(export, good, tmp_path, epsg, cell):
    first = write_raster(tmp_path / "first.tif", 2, values=noise(2).astype(float), kind=gdal.GDT_Float32)
    other = ramp(tmp_path / "other.tif", epsg, there(epsg, WEST + 120, NORTH - 20), cell)
    made = export(good, INPUT=first, ADDITIONAL_RASTERS=[other])
    pixels, valid = read(made["raster"])
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
    text = Path(export(labels, INPUT=first, ADDITIONAL_RASTERS=[other])["raster"]).read_text()
    inner = next(part for part in text.split("<") if part.startswith("SourceFilename") and "first.tif" not in part)
    assert "VRTWarpedDataset" not in Path(inner.split(">")[1]).read_text()
    assert ".tif" in Path(inner.split(">")[1]).read_text()


def test_mosaic_turns_a_turned_raster(export, good, tmp_path):
    first = write_raster(tmp_path / "first.tif", 1)
    turned = write_raster(tmp_path / "turned.tif", 1)
    dataset = gdal.Open(turned, gdal.GA_Update)
    dataset.SetGeoTransform((WEST + 200, 0.4, 0.3, NORTH - 90, 0.3, -0.4))
    dataset = None
    pixels, valid = read(export(good, INPUT=first, ADDITIONAL_RASTERS=[turned])["raster"])
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
    from qgis.core import QgsRasterBandStats, QgsRasterLayer

    (one, _), (other, _) = pair
    texts = [Path(export(good, INPUT=one, ADDITIONAL_RASTERS=[other])["raster"]).read_text() for _ in range(2)]
    # QGIS keeps statistics beside a raster when it has drawn it.
    shown = QgsRasterLayer(other, "other")
    shown.dataProvider().bandStatistics(1, QgsRasterBandStats.Stats.All)
    del shown
    assert Path(other + ".aux.xml").exists()
    texts.append(Path(export(good, INPUT=one, ADDITIONAL_RASTERS=[other])["raster"]).read_text())
    assert len(set(texts)) == 1
    write_raster(Path(other), values=noise(seed=9), corner=(WEST + WIDTH - 5, NORTH))
    assert Path(export(good, INPUT=one, ADDITIONAL_RASTERS=[other])["raster"]).read_text() != texts[0]


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
    pixels, valid = read(made["raster2"])
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
