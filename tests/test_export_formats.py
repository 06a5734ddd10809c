"""Every chip format, from QGIS layers to chips, each read back by a small reader of its own."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from export_cases import (
    BOXES,
    LABELLED,
    TILE,
    check_class_rasters,
    check_pictures,
    labels_in_degrees,
    pixel_boxes,
    placed,
    truth,
)
from layer_cases import make_layer, noise, square, write_raster

pytestmark = pytest.mark.usefixtures("engine")
CLASSES = [value for *_, value in BOXES]


@pytest.fixture
def labels(qgis_new_project):
    return labels_in_degrees()


@pytest.fixture
def image(tmp_path):
    return write_raster(tmp_path / "image, 1.tif", values=noise(seed=4))


@pytest.fixture
def chips(processing, swath_plugin, image, labels, tmp_path):
    """Export four chips, or the three with labels, and return the folder."""

    def run(name: str, **parameters) -> Path:
        given = {"INPUT": image, "LABELS": labels, "FORMAT": name, "OUTPUT": str(tmp_path / name)}
        sides = {f"{what}_{axis}": TILE for what in ("TILE_SIZE", "STRIDE") for axis in ("X", "Y")}
        run.results = processing.run("swath:exporttrainingdata", {**given, **sides, **parameters})
        return Path(run.results["OUTPUT"])

    return run


def objects(path: Path) -> list[ET.Element]:
    return list(ET.parse(path).getroot().iter("object"))


def test_pascal_voc_boxes(chips, image):
    folder = chips("PASCAL_VOC_RECTANGLES")
    assert check_pictures(folder, image) == LABELLED
    assert (chips.results["CHIPS"], chips.results["FEATURES"]) == (3, 3)
    for number, (value, box) in enumerate(pixel_boxes()):
        [found] = objects(folder / "labels" / f"{number:09d}.xml")
        assert int(found.findtext("name")) == value
        assert [float(side.text) for side in found.find("bndbox")] == pytest.approx(box, abs=0.02)


def test_kitti_boxes(chips, image):
    folder = chips("KITTI_RECTANGLES")
    assert check_pictures(folder, image) == LABELLED
    for number, (value, box) in enumerate(pixel_boxes()):
        [row] = (folder / "labels" / f"{number:09d}.txt").read_text().splitlines()
        assert int(row.split()[0]) == value
        assert [float(cell) for cell in row.split()[4:8]] == pytest.approx(box, abs=0.02)


def test_classified_tiles(chips, image):
    folder = chips("CLASSIFIED_TILES", ALL_TILES=True)
    assert len(check_pictures(folder, image)) == 4
    assert set(check_class_rasters(folder, truth())) >= set(LABELLED)


def test_rcnn_masks(chips, image):
    folder = chips("RCNN_MASKS")
    assert check_pictures(folder, image) == LABELLED
    values = truth()
    for value, count in ((1, 2), (2, 1)):
        masks = {key: mask for key, mask in placed(folder, f"labels/*{value}/*.tif").items() if mask.any()}
        assert len(masks) == count
        for (col, row), mask in masks.items():
            np.testing.assert_array_equal(mask > 0, values[row : row + TILE, col : col + TILE] == value)


def test_labeled_tiles_around_each_feature(chips, image):
    folder = chips("LABELED_TILES")
    assert len(check_pictures(folder, image)) == 3
    found = [int(objects(path)[0].findtext("name")) for path in folder.glob("labels/*.xml")]
    assert sorted(found) == sorted(CLASSES)


def test_labeled_tiles_cropped_and_black(chips):
    folder = chips("LABELED_TILES", CROP_MODE="BOUNDING_BOX", BLACKEN_AROUND_FEATURE=True)
    sizes = sorted(chip.shape[1:] for chip in placed(folder, "images/*.tif").values())
    assert np.abs(np.subtract(sizes, [(30, 30), (40, 40), (60, 60)])).max() <= 1


def test_multilabeled_tiles(chips, image):
    folder = chips("MULTILABELED_TILES")
    assert check_pictures(folder, image) == LABELLED
    found = [[item.findtext("name") for item in objects(path)] for path in sorted(folder.glob("labels/*.xml"))]
    assert len(found) == 3
    assert [len(names) for names in found] == [1, 1, 1]
    assert found[0] == found[2] != found[1]


def test_imagenet_folders(chips):
    folder = chips("IMAGENET") / "images"
    assert sorted(len(list(path.glob("*.tif"))) for path in folder.iterdir() if path.is_dir()) == [1, 2]


def test_export_tiles_without_labels(chips, image):
    folder = chips("EXPORT_TILES", LABELS=None)
    assert len(check_pictures(folder, image)) == 4
    assert not (folder / "labels").exists()


def test_export_tiles_in_pairs_where_labels_are(chips, image):
    folder = chips("EXPORT_TILES", INPUT2=image)
    assert check_pictures(folder, image) == LABELLED
    assert check_pictures(folder, image, "images2/*.tif") == LABELLED


def test_cyclegan_takes_two_rasters_of_any_places(chips, image, tmp_path):
    other = write_raster(tmp_path / "other.tif", values=noise(seed=8), epsg=32637)
    folder = chips("CYCLEGAN", LABELS=None, INPUT2=other)
    assert len(check_pictures(folder, image)) == 4
    assert len(check_pictures(folder, other, "images2/*.tif")) == 4


def test_panoptic_segmentation(chips, image):
    folder = chips("PANOPTIC_SEGMENTATION")
    assert check_pictures(folder, image) == LABELLED
    assert check_class_rasters(folder, truth()) == LABELLED


def test_panoptic_segmentation_with_instances_of_their_own(chips):
    cars = make_layer(["what:string"], [(square(30, 30, 4), "car"), (square(40, 30, 4), "car")], name="cars")
    folder = chips("PANOPTIC_SEGMENTATION", INSTANCE_LABELS=cars, INSTANCE_CLASS_FIELD="what")
    values = truth()
    for x in (30, 40):
        values[60:68, 2 * x : 2 * x + 8] = 3
    check_class_rasters(folder, values)
    model = json.loads((folder / "esri_model_definition.emd").read_text())
    assert {item["Value"]: item["Name"] for item in model["Classes"]} == {1: "kind 1", 2: "kind 2", 3: "car"}


def test_coco_outlines(chips):
    folder = chips("COCO")
    [content] = [json.loads(path.read_text()) for path in folder.rglob("*.json") if "annotations" in path.read_text()]
    assert [item["category_id"] for item in content["annotations"]] == CLASSES
    found = [side for item in content["annotations"] for side in item["bbox"]]
    boxes = [(left, top, right - left, bottom - top) for _, (left, top, right, bottom) in pixel_boxes()]
    assert found == pytest.approx([side for box in boxes for side in box], abs=0.05)


def numbers(folder: Path, stem: str) -> list[float]:
    [path] = folder.rglob(f"{stem}.txt")
    [line] = path.read_text().splitlines()
    return [float(word) for word in line.split()]


def test_yolo_boxes(chips):
    folder = chips("YOLO")
    for number, (value, (left, top, right, bottom)) in enumerate(pixel_boxes()):
        middle = [(left + right) / 2 / TILE, (top + bottom) / 2 / TILE]
        expected = [value - 1, *middle, (right - left) / TILE, (bottom - top) / TILE]
        assert numbers(folder, f"{number:09d}") == pytest.approx(expected, abs=1e-3)


def test_yolo_polygons(chips):
    folder = chips("YOLO_POLYGONS")
    for number, (value, box) in enumerate(pixel_boxes()):
        found = numbers(folder, f"{number:09d}")
        xs, ys = np.array(found[1::2]) * TILE, np.array(found[2::2]) * TILE
        assert found[0] == value - 1
        assert [xs.min(), ys.min(), xs.max(), ys.max()] == pytest.approx(box, abs=0.05)


def test_every_format_is_tried_here():
    from swath.engine.chips import FORMATS

    source = Path(__file__).read_text()
    assert [name for name in FORMATS.ids() if f'chips("{name}"' not in source] == []
