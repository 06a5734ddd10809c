"""Folders from elsewhere: layouts of other software, what is measured of their pictures, and real ones."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest
import rasterio
from chip_cases import noise, write_raster
from label_cases import write_picture, write_text

from swath.engine.chips import FORMATS
from swath.engine.chips._problems import ChipsUnreadableError

VOC, KITTI, YOLO, POLYGONS, CLASSIFIED, LABELED = (
    FORMATS.get(name)
    for name in (
        *("PASCAL_VOC_RECTANGLES", "KITTI_RECTANGLES", "YOLO"),
        *("YOLO_POLYGONS", "CLASSIFIED_TILES", "LABELED_TILES"),
    )
)
XML = (
    "<annotation><object><name>{0}</name><bndbox>"
    "<xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>8</ymax></bndbox></object></annotation>"
)
LABELS = {
    "PASCAL_VOC_RECTANGLES": (".xml", XML.format("tree")),
    "KITTI_RECTANGLES": (".txt", "tree 0 0 0 1 2 9 8 0 0 0 0 0 0 0\n"),
    "YOLO": (".txt", "0 0.5 0.5 0.25 0.25\n"),
    "YOLO_POLYGONS": (".txt", "0 0.1 0.1 0.5 0.1 0.5 0.75\n1 0.5 0.5 0.25 0.25\n"),
}
LAYOUTS = {
    "images and labels": ("images/{}", "labels/{}"),
    "upper case": ("Images/{}", "Labels/{}"),
    "images and annotations": ("images/{}", "annotations/{}"),
    "of VOC": ("JPEGImages/{}", "Annotations/{}"),
    "of YOLO": ("images/train/{}", "labels/train/{}"),
    "of a place in a part": ("images/train/rome/{}", "labels/train/rome/{}"),
    "parts first": ("train/images/{}", "train/labels/{}"),
    "parts, side by side": ("valid/{}", "valid/{}"),
    "side by side": ("{}", "{}"),
}


def fill(folder, chip_format, layout, stems=("b", "a.1"), picture=".png"):
    """Write pictures and labels in a layout."""
    suffix, text = LABELS[chip_format]
    image, label = LAYOUTS[layout]
    for stem in stems:
        write_picture(folder / image.format(stem + picture))
        write_text(folder / label.format(stem + suffix), text)
    return folder


def claimed_by(folder):
    return [item.id for item in FORMATS.all().values() if item.detect(folder)]


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_folder_of_any_layout_is_found_and_read(tmp_path, name, layout):
    fill(tmp_path, name, layout)
    write_text(tmp_path / "README.txt", "About these pictures\n")
    assert claimed_by(tmp_path) == [name]
    found = FORMATS.get(name).read(tmp_path)
    assert [chip.stem for chip in found.chips] == ["a.1", "b"]
    assert (found.size, found.bands, found.same_size, found.cell_size) == ((32, 24), 3, True, None)
    assert [item.value for item in found.classes] == ([1, 2] if name == "YOLO_POLYGONS" else [1])
    for chip in found.chips:
        assert FORMATS.get(name).read_target(chip, found.classes).values[0] == 1
        assert chip.size is None


def test_only_pictures_with_a_label_count_side_by_side(tmp_path):
    fill(tmp_path, "PASCAL_VOC_RECTANGLES", "side by side", ["a", "b"])
    write_picture(tmp_path / "c.png")
    write_picture(tmp_path / "d.tif")
    write_text(tmp_path / "d.csv", "x,y\n")
    assert [chip.stem for chip in VOC.read(tmp_path).chips] == ["a", "b"]


def test_pictures_without_a_label_are_background_beside_a_folder_of_labels(tmp_path):
    fill(tmp_path, "YOLO", "of YOLO", ["a", "b"])
    write_picture(tmp_path / "images" / "val" / "a.png")
    found = YOLO.read(tmp_path)
    assert [(chip.image.parent.name, chip.label is None) for chip in found.chips] == [
        ("train", False),
        ("train", False),
        ("val", True),
    ]
    assert YOLO.read_target(found.chips[2], found.classes).boxes.shape == (0, 4)


def test_label_of_the_format_is_taken_where_there_are_several(tmp_path):
    for name in ("KITTI_RECTANGLES", "PASCAL_VOC_RECTANGLES"):
        fill(tmp_path, name, "images and labels")
    assert claimed_by(tmp_path) == ["PASCAL_VOC_RECTANGLES"]
    assert {chip.label.suffix for chip in VOC.read(tmp_path).chips} == {".xml"}
    assert {chip.label.suffix for chip in KITTI.read(tmp_path).chips} == {".txt"}


def test_label_rasters_without_a_word_are_classified_tiles(tmp_path):
    for stem in "ab":
        write_picture(tmp_path / "images" / f"{stem}.jpg")
        write_picture(tmp_path / "labels" / f"{stem}.png", bands=1)
    assert claimed_by(tmp_path) == ["CLASSIFIED_TILES"]
    assert len(CLASSIFIED.read(tmp_path).chips) == 2


@pytest.mark.parametrize(
    "lines", ["0.5 0.5\n", "words of some kind\n", "0 640 480 64 64\n", "0 0.5 0.5 0.1 0.1 0.1\n", "\n"]
)
def test_folder_of_other_text_files_is_claimed_by_nobody(tmp_path, lines):
    write_picture(tmp_path / "images" / "a.png")
    write_text(tmp_path / "labels" / "a.txt", lines)
    assert claimed_by(tmp_path) == []


def test_folder_of_pictures_alone_is_claimed_by_nobody(tmp_path):
    write_picture(tmp_path / "a.png")
    write_picture(tmp_path / "more" / "b.png")
    assert claimed_by(tmp_path) == []
    with pytest.raises(ChipsUnreadableError, match="holds no chips"):
        VOC.read(tmp_path)


def test_stated_format_goes_before_what_lies_there(tmp_path):
    fill(tmp_path, "PASCAL_VOC_RECTANGLES", "images and labels")
    write_text(tmp_path / "esri_model_definition.emd", json.dumps({"MetaDataMode": "Labeled_Tiles"}))
    assert claimed_by(tmp_path) == ["LABELED_TILES"]
    assert LABELED.read_target(LABELED.read(tmp_path).chips[0], LABELED.read(tmp_path).classes).values == (1,)


def test_links_that_leave_the_folder_do_not_count(tmp_path):
    folder = fill(tmp_path / "set", "PASCAL_VOC_RECTANGLES", "images and labels", ["a", "b"])
    secret = write_picture(tmp_path / "secret.png")
    (folder / "images" / "a.png").unlink()
    (folder / "images" / "a.png").symlink_to(secret)
    (folder / "images" / "c.png").symlink_to(folder / "images" / "b.png")
    (folder / "labels" / "b.xml").unlink()
    (folder / "labels" / "b.xml").symlink_to(write_text(tmp_path / "b.xml", XML))
    assert [(chip.stem, chip.label) for chip in VOC.read(folder).chips] == [("b", None), ("c", None)]


def test_classes_of_labels_are_numbers_as_they_are_and_words_in_order(tmp_path):
    for number, name in enumerate(["palm", "2", "hut", "0", "palm", "7"]):
        write_picture(tmp_path / f"{number}.png")
        write_text(tmp_path / f"{number}.xml", XML.format(name))
    found = VOC.read(tmp_path)
    assert {item.name: item.value for item in found.classes} == {"0": 1, "2": 2, "hut": 3, "palm": 4, "7": 7}
    values = [VOC.read_target(chip, found.classes).values.tolist() for chip in found.chips]
    assert values == [[4], [2], [3], [1], [4], [7]]
    assert [item.value for item in found.classes] == sorted(item.value for item in found.classes)


def test_stated_classes_are_the_only_ones(tmp_path):
    fill(tmp_path, "PASCAL_VOC_RECTANGLES", "images and labels", ["a"])
    stated = {"MetaDataMode": "PASCAL_VOC_rectangles", "Classes": [{"Value": 4, "Name": "Palm"}]}
    write_text(tmp_path / "esri_model_definition.emd", json.dumps(stated))
    found = VOC.read(tmp_path)
    assert [(item.value, item.name) for item in found.classes] == [(4, "Palm")]
    with pytest.raises(ChipsUnreadableError, match=r"'tree'.*Palm"):
        VOC.read_target(found.chips[0], found.classes)


def test_pictures_of_several_sizes_are_measured(tmp_path):
    sizes = {"a": (32, 24), "b": (50, 10), "c": (32, 24)}
    for stem, size in sizes.items():
        write_picture(tmp_path / f"{stem}.png", size, seed=ord(stem))
        write_text(tmp_path / f"{stem}.txt", "0 0.5 0.5 1 1\n")
    found = YOLO.read(tmp_path)
    assert not found.same_size
    assert {chip.stem: chip.size for chip in found.chips} == sizes
    assert found.size == (32, 24)
    assert YOLO.read_target(found.chips[1]).boxes.tolist() == [[0, 0, 50, 10]]
    values = np.concatenate([rasterio.open(chip.image).read(2).ravel() for chip in found.chips]).astype(float)
    assert found.stats[1].mean == pytest.approx(values.mean())
    assert found.stats[1].std == pytest.approx(values.std(ddof=1))


@pytest.mark.parametrize(("bands", "dtype", "word"), [(1, "uint8", "bands"), (3, "uint16", "type")])
def test_pictures_that_do_not_fit_together_are_refused(tmp_path, bands, dtype, word):
    fill(tmp_path, "YOLO", "images and labels", ["a"])
    write_picture(tmp_path / "images" / "b.png", bands=bands, dtype=dtype)
    with pytest.raises(ChipsUnreadableError, match=rf"b\.png.*{word}.*a\.png"):
        YOLO.read(tmp_path)


def test_place_in_the_picture_itself_is_known(tmp_path):
    (tmp_path / "images").mkdir()
    write_raster(tmp_path / "images" / "a.tif", noise(40, 30))
    write_text(tmp_path / "labels" / "a.txt", "0 0.5 0.5 1 1\n")
    found = YOLO.read(tmp_path)
    assert found.chips[0].transform.tuple6() == (0.5, 0, 300000, 0, -0.5, 100000)
    assert found.cell_size == (0.5, 0.5)
    assert "UTM zone 36N" in found.crs


def test_real_trees_are_read_as_they_are(real_data):
    folder = real_data / "neon_trees"
    assert claimed_by(folder) == ["PASCAL_VOC_RECTANGLES"]
    found = VOC.read(folder)
    (chip,) = found.chips
    assert chip.image.name == "2019_YELL_2_541000_4977000_image_crop.png"
    assert [(item.value, item.name) for item in found.classes] == [(1, "Tree")]
    boxes = [
        [float(box.findtext(key)) for key in ("xmin", "ymin", "xmax", "ymax")]
        for box in ElementTree.parse(chip.label).getroot().iter("bndbox")
    ]
    target = VOC.read_target(chip, found.classes)
    assert len(boxes) == 279
    assert target.boxes.tolist() == boxes
    assert set(target.values.tolist()) == {1}


def test_real_vehicles_are_read_as_they_are(real_data):
    folder = real_data / "munich_vehicles"
    assert claimed_by(folder) == ["YOLO"]
    found = YOLO.read(folder)
    assert len(found.chips) == 20
    assert found.size == (1284, 377)
    assert [(item.value, item.name) for item in found.classes] == [(1, "1"), (4, "4")]
    total = 0
    for chip in found.chips:
        rows = np.array([line.split() for line in re.findall(r"\S.*", chip.label.read_text())], float)
        target = YOLO.read_target(chip, found.classes)
        x, y, width, height = rows[:, 1:].T * np.array([[1284], [377], [1284], [377]])
        corners = np.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2], axis=1)
        assert np.abs(target.boxes - np.clip(corners, 0, [1284, 377, 1284, 377])).max() < 1e-9
        assert target.values.tolist() == (rows[:, 0] + 1).tolist()
        total += len(rows)
    assert total == 746
