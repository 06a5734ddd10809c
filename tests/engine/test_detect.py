"""Detecting objects: what comes out, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import detect_models
import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from apply_models import Collector, classify, random_pixels, write_model, write_raster
from apply_models import info as pixel_info
from detect_models import (
    OBJECTS,
    VEHICLES,
    boxes_in_pixels,
    detect,
    info,
    write_dots,
    write_oracle,
    write_scene,
)

from swath.engine.errors import CancelledError, InputError

folder = detect_models.folder


def test_features_have_class_value_confidence_and_the_rasters_crs(folder: Path) -> None:
    result, features = detect(folder, tile_size=64)
    assert features["crs"] == "EPSG:32633"
    assert pyogrio.read_info(folder / "out.gpkg")["geometry_type"] == "Polygon"
    by_box = {tuple(box): index for index, box in enumerate(boxes_in_pixels(features))}
    for left, top, right, bottom, channel, score in OBJECTS:
        index = by_box[left, top, right, bottom]
        assert features["Classname"][index] == VEHICLES[int(channel)].name
        assert features["Classvalue"][index] == VEHICLES[int(channel)].value
        assert features["Confidence"][index] == score
    assert features["Classvalue"].dtype == np.int64
    assert features["Confidence"].dtype == np.float64
    counts = [int((OBJECTS[:, 4] == channel).sum()) for channel in (0, 1)]
    assert [item["count"] for item in result["classes"]] == counts
    assert [item["name"] for item in result["classes"]] == [item.name for item in VEHICLES]
    assert result["objects"] == len(OBJECTS)
    assert json.loads(json.dumps(result)) == result


def test_features_come_in_the_order_of_tiles_the_surest_first(folder: Path) -> None:
    _, one = detect(folder, "one", tile_size=64, batch_size=1)
    middle = (boxes_in_pixels(one)[:, :2] + boxes_in_pixels(one)[:, 2:]) / 2
    # Objects up to 30 pixels are whole in the tile that keeps their centre.
    first = one["Confidence"][(middle < 45).all(1)]
    assert len(first) > 1
    assert (one["Confidence"][: len(first)] == np.sort(first)[::-1]).all()


def test_raster_without_objects_gives_an_empty_layer_with_all_columns(folder: Path) -> None:
    write_scene(folder / "raster.tif", np.zeros((0, 6)), 100, 90)
    result, features = detect(folder)
    assert result["objects"] == 0
    assert len(features["geometry"]) == len(features["Confidence"]) == 0
    assert [item["count"] for item in result["classes"]] == [0, 0]
    facts = pyogrio.read_info(folder / "out.gpkg")
    assert [str(kind) for kind in facts["dtypes"]] == ["object", "int64", "float64"]
    assert facts["geometry_type"] == "Polygon"


def test_raster_of_no_data_computes_nothing(folder: Path) -> None:
    write_raster(folder / "raster.tif", np.full((9, 100, 90), -9999, np.float32), nodata=-9999)
    result, features = detect(folder, tile_size=64)
    assert (result["computed"], result["objects"], len(features["geometry"])) == (0, 0, 0)


def test_raster_without_reference_gives_pixels_and_no_crs(folder: Path) -> None:
    write_scene(folder / "raster.tif", OBJECTS, 200, 180, crs=None, transform=rasterio.Affine.identity())
    _, features = detect(folder)
    assert features["crs"] is None
    bounds = shapely.bounds(features["geometry"])
    assert sorted(map(tuple, bounds.tolist())) == sorted(map(tuple, OBJECTS[:, :4].tolist()))


def test_turned_raster_gives_turned_boxes(folder: Path) -> None:
    turned = rasterio.Affine.translation(1000, 2000) @ rasterio.Affine.rotation(30) @ rasterio.Affine.scale(2, -2)
    write_scene(folder / "raster.tif", OBJECTS, 200, 180, transform=turned)
    _, features = detect(folder, tile_size=64)
    back = shapely.transform(features["geometry"], lambda xy: np.array([~turned * tuple(place) for place in xy]))
    bounds = np.round(shapely.bounds(back), 6)
    assert sorted(map(tuple, bounds.tolist())) == sorted(map(tuple, OBJECTS[:, :4].tolist()))
    assert np.allclose(shapely.area(back) * 4, shapely.area(features["geometry"]))


def test_threshold_is_the_models_own_unless_given(folder: Path) -> None:
    low, high = np.sort(OBJECTS[:, 5])[[0, len(OBJECTS) // 2]]
    for own, given, expected in ((0.0, -1.0, 0.5), (float(high), -1.0, high), (float(high), float(low), low)):
        write_oracle(folder / "oracle.onnx", info(threshold=own))
        result, features = detect(folder, threshold=given)
        assert result["threshold"] == expected
        assert len(features["Confidence"]) == (OBJECTS[:, 5] >= expected).sum()


def test_extent_and_cell_size_give_the_grid_that_is_searched(folder: Path) -> None:
    _, features = detect(folder, extent=[500020, 5399930, 500070, 5399990])
    inside = shapely.box(500020, 5399930, 500070, 5399990)
    assert 0 < len(features["geometry"]) < len(OBJECTS)
    assert shapely.covers(inside, shapely.centroid(features["geometry"])).all()
    write_dots(folder / "oracle.onnx")
    pixels = np.zeros((2, 80, 80), np.float32)
    pixels[:, 40:42, 20:22] = np.array([0.75, 3])[:, None, None]
    write_raster(folder / "raster.tif", pixels)
    _, features = detect(folder, cell_size=1.0)
    assert boxes_in_pixels(features).tolist() == [[15, 35, 27, 47]]


def test_mask_skips_tiles_and_keeps_objects_whose_centre_is_inside(folder: Path) -> None:
    area = shapely.Polygon([(500010, 5399995), (500060, 5399990), (500050, 5399950), (500015, 5399960)])
    shape = shapely.to_wkb(np.array([area], object))
    pyogrio.raw.write(folder / "mask.gpkg", shape, [], [], geometry_type="Polygon", crs="EPSG:32633")
    result, features = detect(folder, mask=str(folder / "mask.gpkg"), tile_size=48, padding=12)
    _, everything = detect(folder, "all", tile_size=48, padding=12)
    inside = shapely.contains_properly(area, shapely.centroid(everything["geometry"]))
    assert 0 < inside.sum() < len(inside)
    assert boxes_in_pixels(features).tolist() == boxes_in_pixels(everything)[inside].tolist()
    assert 0 < result["computed"] < result["tiles"]
    assert result["computed"] + result["skipped"] == result["tiles"]


def dots(folder: Path, places: list[tuple[int, int, float, float]], size: int = 100) -> None:
    """Write a raster of dots: row, column, score, half the side; a negative score hides what is on its right."""
    pixels = np.zeros((2, size, size), np.float32)
    for row, col, score, radius in places:
        pixels[:, row, col] = score, radius
    write_raster(folder / "raster.tif", pixels)


def test_overlapping_objects_go_inside_tiles_and_by_run_nms_over_all(tmp_path: Path) -> None:
    write_dots(tmp_path / "oracle.onnx")
    # Three in a row: the IoU of neighbours is 0.25, that of the outer ones 0.
    dots(tmp_path, [(50, 40, 0.75, 5), (50, 46, 0.875, 5), (50, 52, 0.625, 5)])
    for job, left in (
        ({}, [0.875]),
        ({"nms_overlap": 0.3, "max_overlap_ratio": 0.3}, [0.625, 0.75, 0.875]),
        ({"nms_overlap": 0.3, "max_overlap_ratio": 0.2}, [0.875]),
        ({"nms_overlap": 0.3, "run_nms": False}, [0.625, 0.75, 0.875]),
        ({"nms_overlap": 0.1, "run_nms": False}, [0.875]),
    ):
        _, features = detect(tmp_path, **job)
        assert sorted(features["Confidence"].tolist()) == left, job


def test_augmentation_averages_over_eight_views(tmp_path: Path) -> None:
    write_dots(tmp_path / "oracle.onnx")
    # The second is hidden where its neighbour lies on the left, as in two of the eight views; the third is too
    # weak in all.
    dots(tmp_path, [(30, 30, 0.75, 4), (60, 60, 0.75, 4), (60, 59, -1, 0), (90, 20, 0.4, 4)])
    _, plain = detect(tmp_path, "plain", threshold=0.5)
    assert plain["Confidence"].tolist() == [0.75]
    _, features = detect(tmp_path, threshold=0.5, test_time_augmentation=True, tile_size=64)
    assert sorted(features["Confidence"].tolist()) == [0.5625, 0.75]
    boxes = sorted(boxes_in_pixels(features).tolist())
    assert boxes == [[26.5, 26.5, 34.5, 34.5], [56.5, 56.5, 64.5, 64.5]]


def test_mirrored_pixels_beyond_the_raster_show_no_objects(tmp_path: Path) -> None:
    write_dots(tmp_path / "oracle.onnx", fixed_tile=True)
    dots(tmp_path, [(20, 44, 0.75, 3), (48, 49, 0.875, 3)], size=50)
    _, features = detect(tmp_path, run_nms=False)
    # The tile has 64 pixels: both dots appear mirrored behind the edges as well.
    assert sorted(boxes_in_pixels(features).tolist()) == [[41.5, 17.5, 47.5, 23.5], [46.5, 45.5, 50, 50]]


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ({"padding": 32, "tile_size": 64}, "PADDING"),
        ({"threshold": 1.5}, "THRESHOLD"),
        ({"threshold": -0.5}, "THRESHOLD"),
        ({"nms_overlap": -0.1}, "NMS_OVERLAP"),
        ({"max_overlap_ratio": 2}, "MAX_OVERLAP_RATIO"),
        ({"batch_size": 0}, "BATCH_SIZE"),
        ({"processor": "TPU"}, "PROCESSOR"),
    ],
)
def test_bad_settings_are_refused_before_work_starts(folder: Path, job: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        detect(folder, **job)
    assert sorted(path.name for path in folder.iterdir()) == ["oracle.onnx", "raster.tif"]


def test_output_that_is_no_geopackage_is_refused(folder: Path) -> None:
    from swath.engine.applying.detect import detect_objects
    from swath.engine.jobs import DetectJob

    job = DetectJob(
        raster=str(folder / "raster.tif"), model=str(folder / "oracle.onnx"), output=str(folder / "out.shp")
    )
    with pytest.raises(InputError, match=r"out\.shp.*OUTPUT.*\.gpkg"):
        detect_objects(job, Collector())


def test_a_model_of_another_task_is_refused_with_the_right_tool(folder: Path) -> None:
    write_model(folder / "tiny.onnx", pixel_info())
    with pytest.raises(InputError, match=r"PIXELS.*use 'Classify Pixels Using Deep Learning'"):
        detect(folder, model=str(folder / "tiny.onnx"))
    with pytest.raises(InputError, match=r"OBJECTS.*use 'Detect Objects Using Deep Learning'"):
        classify(folder, model=str(folder / "oracle.onnx"))


def test_a_graph_that_does_not_fit_its_words_is_refused(folder: Path) -> None:
    write_oracle(folder / "oracle.onnx", info(classes=VEHICLES))
    three = write_model(folder / "tiny.onnx", pixel_info(task="OBJECTS"))
    with pytest.raises(InputError, match="no output 'boxes'"):
        detect(folder, model=str(three))
    write_dots(folder / "oracle.onnx", classes=VEHICLES[:1])
    dots(folder, [(5, 5, 0.75, 3)])
    with pytest.raises(InputError, match="2 channels for 1 classes"):
        detect(folder)
    write_dots(folder / "oracle.onnx", mask=np.ones((4, 4)), label=7)
    with pytest.raises(InputError, match="class number 7"):
        detect(folder)
    assert not (folder / "out.gpkg.partial").exists()


def test_raster_without_the_bands_is_refused(folder: Path) -> None:
    write_raster(folder / "raster.tif", random_pixels(40, 40))
    with pytest.raises(InputError, match=r"has only 3"):
        detect(folder)


def test_cancel_ends_as_error_and_leaves_no_output(folder: Path) -> None:
    with pytest.raises(CancelledError):
        detect(folder, reporter=Collector(cancel_after=0.0), tile_size=32, padding=8)
    assert not (folder / "out.gpkg").exists()


def test_an_earlier_output_is_replaced(folder: Path) -> None:
    detect(folder)
    write_scene(folder / "raster.tif", OBJECTS[:3], 200, 180)
    _, features = detect(folder)
    assert len(features["geometry"]) == 3


def test_raster_unlike_the_training_and_the_processor_are_told(folder: Path) -> None:
    write_oracle(folder / "oracle.onnx", info(dtype="uint8", cell_size=(2.0, 2.0)))
    reporter = Collector()
    result, _ = detect(folder, reporter=reporter)
    assert "uint8" in reporter.warnings[0]
    assert "CELL_SIZE" in reporter.warnings[1]
    assert "The model runs on: CPU." in reporter.messages
    assert result["processor"] == "CPU"
    assert 0 < result["busy"] <= 1
