"""The driver of ``make demo``: what it reads, splits, counts and says, without running QGIS's algorithms."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, ogr, osr

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "demo"))

import picture
import running
import scores

import demo

BOX = (600000.0, 5000000.0, 600040.0, 5000020.0)


def write_image(path: Path, pixels: np.ndarray, epsg: int = 32632) -> Path:
    bands, rows, cols = pixels.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), cols, rows, bands, gdal.GDT_Byte)
    dataset.SetGeoTransform((BOX[0], (BOX[2] - BOX[0]) / cols, 0, BOX[3], 0, -(BOX[3] - BOX[1]) / rows))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(epsg)
    dataset.SetProjection(reference.ExportToWkt())
    dataset.WriteArray(pixels)
    return path


def write_labels(path: Path, boxes: list[tuple[object, scores.Box]], kind: int, epsg: int = 32632) -> Path:
    here, there = osr.SpatialReference(), osr.SpatialReference()
    here.ImportFromEPSG(32632)
    there.ImportFromEPSG(epsg)
    for reference in (here, there):
        reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = dataset.CreateLayer("labels", there, ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn("kind", kind))
    for value, (left, low, right, high) in boxes:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("kind", value)
        ring = f"{left} {low}, {right} {low}, {right} {high}, {left} {high}, {left} {low}"
        shape = ogr.CreateGeometryFromWkt(f"POLYGON (({ring}))")
        shape.Transform(osr.CoordinateTransformation(here, there))
        feature.SetGeometry(shape)
        layer.CreateFeature(feature)
    return path


@pytest.fixture
def image(tmp_path):
    pixels = np.zeros((3, 20, 40), np.uint8)
    pixels[0, :, ::2] = 200
    return write_image(tmp_path / "image.tif", pixels)


def test_split_gives_whole_pixels_and_the_crs(image):
    west, east, crs = scores.split(image, 0.81)
    assert west == (600000.0, 5000000.0, 600032.0, 5000020.0)
    assert east == (600032.0, 5000000.0, 600040.0, 5000020.0)
    assert scores.extent_text(west, crs) == "600000.0,600032.0,5000000.0,5000020.0 [EPSG:32632]"
    assert scores.extent_text(west, "") == "600000.0,600032.0,5000000.0,5000020.0"


def test_split_refuses_a_rotated_image(tmp_path):
    path = tmp_path / "rotated.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 4, 4, 1)
    dataset.SetGeoTransform((0, 1, 0.2, 0, 0.2, -1))
    del dataset
    with pytest.raises(scores.DataError, match="rotated"):
        scores.split(path, 0.5)


def test_read_classes_numbers_text_in_sorted_order(tmp_path):
    labels = write_labels(tmp_path / "l.gpkg", [("wood", BOX), ("field", BOX), ("wood", BOX)], ogr.OFTString)
    field, classes = scores.read_classes(labels, "kind")
    assert field == "kind"
    assert [(item.value, item.name) for item in classes] == [(1, "field"), (2, "wood")]


def test_read_classes_without_a_class_field_makes_one_class(tmp_path):
    labels = write_labels(tmp_path / "l.gpkg", [("a", BOX), ("b", BOX)], ogr.OFTString)
    field, classes = scores.read_classes(labels, "")
    assert field == ""
    assert [item.value for item in classes] == [1]


def test_read_classes_of_a_missing_field_names_the_others(tmp_path):
    labels = write_labels(tmp_path / "l.gpkg", [("a", BOX)], ogr.OFTString)
    with pytest.raises(scores.DataError, match=r"no field 'sort' .* kind"):
        scores.read_classes(labels, "sort")


@pytest.mark.parametrize("epsg", [32632, 4326])
def test_burn_labels_in_another_crs_gives_the_same_pixels(tmp_path, image, epsg):
    half = (BOX[0], BOX[1], BOX[0] + 20, BOX[3])
    rest = (BOX[0] + 25, BOX[1], BOX[2], BOX[3])
    labels = write_labels(tmp_path / "l.gpkg", [("it's", half), ("b", rest)], ogr.OFTString, epsg)
    field, classes = scores.read_classes(labels, "kind")
    burnt = scores.burn_labels(labels, field, classes, image, BOX, (20, 40))
    expected = np.zeros((20, 40), int)
    expected[:, :20], expected[:, 25:] = 2, 1
    assert (burnt != expected).mean() < 0.01


def test_nearest_mean_learns_colours_and_mean_iou_counts_them(image):
    pixels = scores.read_image(image, BOX)
    truth = np.where(pixels[0] > 100, 2, 1)
    means = scores.nearest_mean(pixels, truth, [1, 2])
    assert means.tolist() == [[0, 0, 0], [200, 0, 0]]
    found = scores.classify(pixels, means, [1, 2])
    assert scores.mean_iou(found, truth, [1, 2]) == 1.0
    assert scores.mean_iou(np.ones_like(truth), truth, [1, 2]) == pytest.approx(0.25)


def test_mean_iou_leaves_unlabelled_pixels_out():
    truth = np.array([[1, 1, 0, 0]])
    assert scores.mean_iou(np.array([[1, 1, 1, 1]]), truth, [1]) == 1.0


def test_nearest_mean_of_an_absent_class_is_never_chosen():
    pixels, truth = np.zeros((3, 2, 2), np.float32), np.ones((2, 2), int)
    means = scores.nearest_mean(pixels, truth, [1, 2])
    assert (scores.classify(pixels, means, [1, 2]) == 1).all()


def test_read_image_larger_than_the_limit_is_coarser(image, monkeypatch):
    monkeypatch.setattr(scores, "MOST_PIXELS", 200)
    assert scores.read_image(image, BOX).shape == (3, 10, 20)


def test_read_raster_fills_zero_outside(image):
    wide = (BOX[0], BOX[1], BOX[2] + 40, BOX[3])
    read = scores.read_raster(image, wide, (20, 80))
    assert (read[:, 40:] == 0).all()
    assert (read[:, :40:2] == 200).all()


def test_parse_results_reads_what_qgis_process_prints():
    lines = [
        "Inputs",
        "",
        "INPUT:\tx",
        "",
        "0...10...100 - done.",
        "",
        "Results",
        "----",
        "",
        "MEAN_IOU:\t0.81",
        "OUTPUT:\t/a b/c.tif",
    ]
    assert running.parse_results(lines) == {"MEAN_IOU": "0.81", "OUTPUT": "/a b/c.tif"}
    assert running.parse_results(["OUTPUT:\tx"]) == {}


def test_echo_shows_lines_with_the_progress_reached():
    out = io.StringIO()
    echo = running.Echo(out)
    echo.feed("Inputs\n----\n\nINPUT:\tx\n0...")
    assert out.getvalue() == ""
    echo.feed("10...")
    assert out.getvalue() == "   10 %\n"
    echo.feed("..20Epoch 1 of ")
    echo.feed("2\n.Epoch 2 of 2\n3 chips\n100 - done.\nlast")
    echo.close()
    lines = out.getvalue().splitlines()[1:]
    assert lines == ["   20 %  Epoch 1 of 2", "   20 %  Epoch 2 of 2", "   20 %  3 chips", "  100 %", "  100 %  last"]
    assert "Epoch 1 of 2" in echo.lines


def test_reason_below_a_heading_is_read_with_all_its_sentences():
    heading = "ERROR:\tAn error was encountered while checking parameter values"
    assert running.reason(["x", heading, "\tThe one.", "\tThe other.", "", "more"]) == "The one. The other."
    assert running.reason(["QGIS broke", ""]) == "QGIS broke"
    assert running.reason([]) == "it said nothing."


def test_a_failing_child_becomes_a_sentence_with_the_step(tmp_path, monkeypatch, capsys):
    program = tmp_path / "qgis_process"
    program.write_text("#!/bin/sh\necho 0...10...\necho 'ERROR:\tThe raster x cannot be read (INPUT).' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    (tmp_path / "profile").mkdir()
    with pytest.raises(running.StepError, match=r"The step 'Train' failed: The raster x cannot be read \(INPUT\)\."):
        running.Qgis(tmp_path / "profile").run("Train", "swath:trainmodel", {"INPUT": "x"})
    assert "10 %" in capsys.readouterr().out


def test_no_qgis_process_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(running.StepError, match="qgis_process was not found"):
        running.Qgis(tmp_path).enable()


def test_settings_need_image_and_labels_together(image):
    assert demo.Settings.from_environment({}).image is None
    with pytest.raises(running.StepError, match="belong together"):
        demo.Settings.from_environment({"IMAGE": str(image)})
    with pytest.raises(running.StepError, match=r"nowhere\.gpkg \(LABELS\) does not exist"):
        demo.Settings.from_environment({"IMAGE": str(image), "LABELS": "nowhere.gpkg"})
    with pytest.raises(running.StepError, match="EPOCHS"):
        demo.Settings.from_environment({"EPOCHS": "0"})


def test_prepare_empties_its_own_folder_only(tmp_path):
    own = tmp_path / "own"
    demo.prepare(own)
    (own / "chips").mkdir()
    demo.prepare(own)
    assert [path.name for path in own.iterdir()] == [demo.MARK]
    with pytest.raises(running.StepError, match="holds other things"):
        demo.prepare(tmp_path)
    assert own.is_dir()


def test_shortfall_names_a_figure_that_is_not_as_promised(tmp_path):
    settings = demo.Settings(tmp_path)
    assert demo.shortfall(settings, {"nearest_mean_iou": 0.3, "mean_iou": 0.8}) == ""
    assert "too easy" in demo.shortfall(settings, {"nearest_mean_iou": 0.6, "mean_iou": 0.8})
    assert "0.650" in demo.shortfall(settings, {"nearest_mean_iou": 0.3, "mean_iou": 0.65})


def test_picture_shows_each_panel_and_colour(tmp_path, qgis_app):
    classes = [scores.LabelClass(1, "A", (255, 0, 0), "1"), scores.LabelClass(2, "B", (0, 0, 255), "2")]
    values = np.repeat([[1, 2]], 2, axis=0).repeat(32, axis=0).repeat(32, axis=1)
    image = picture.stretch(np.full((1, 64, 64), 0.5, np.float32))
    truth = picture.paint_classes(values, classes)
    picture.show(tmp_path / "p.png", [("Image", image), ("Truth", truth)], classes, "note")
    assert [path.name for path in tmp_path.iterdir()] == ["p.png"]
    read = gdal.Open(str(tmp_path / "p.png")).ReadAsArray()
    left = picture.PANEL + 2 * picture.GAP
    assert read[:, 200, left + 20].tolist() == [255, 0, 0]
    assert read[:, 200, left + picture.PANEL - 20].tolist() == [0, 0, 255]


def test_main_reports_a_bad_setting_with_exit_code_1(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("IMAGE", str(tmp_path / "no.tif"))
    monkeypatch.setenv("LABELS", str(tmp_path / "no.gpkg"))
    assert demo.main() == 1
    assert "(IMAGE) does not exist" in capsys.readouterr().err


def test_run_goes_the_whole_way_in_order(monkeypatch, tmp_path, image):
    labels = write_labels(tmp_path / "l.gpkg", [(1, (*BOX[:2], BOX[0] + 38, BOX[3]))], ogr.OFTInteger)
    calls = []

    def fake(self, title, algorithm, values):
        calls.append((algorithm, values))
        if algorithm == "swath:classifypixels":
            write_image(Path(values["OUTPUT"]), np.ones((1, 20, 40), np.uint8))
        self.seconds[title] = 1.0
        return {"MEAN_IOU": "0.75", "OVERALL_ACCURACY": "0.9"}

    monkeypatch.setattr(running.Qgis, "enable", lambda self: None)
    monkeypatch.setattr(running.Qgis, "run", fake)
    for name, value in {"IMAGE": image, "LABELS": labels, "CLASS_FIELD": "kind", "DEMO_DIR": tmp_path / "out"}.items():
        monkeypatch.setenv(name, str(value))
    assert demo.main() == 0
    names = [name.split(":")[1] for name, _ in calls]
    assert names == ["exporttrainingdata", "trainmodel", "classifypixels", "pixelaccuracy"]
    assert calls[0][1]["FORMAT"] == "CLASSIFIED_TILES"
    assert calls[0][1]["EXTENT"].startswith("600000.0,600032.0,")
    assert calls[2][1]["EXTENT"].startswith("600032.0,600040.0,")
    assert calls[3][1]["CLASS_FIELD"] == "kind"
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["mean_iou"] == 0.75
    assert (tmp_path / "out" / "demo.png").exists()


@pytest.mark.parametrize(("side", "expected"), [(2048, 256), (768, 256), (500, 128), (200, 64), (60, 32)])
def test_chip_side_fits_three_times_into_the_image(tmp_path: Path, side: int, expected: int) -> None:
    image = tmp_path / "image.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(image), side, side * 2, 1)
    dataset.SetGeoTransform((1000.0, 0.5, 0.0, 2000.0, 0.0, -0.5))
    dataset = None
    box = (1000.0, 2000.0 - side, 1000.0 + side / 2, 2000.0)
    assert scores.chip_px(image, box) == expected
