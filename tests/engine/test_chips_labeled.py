"""The formats that give a whole chip its class, or classes: Labeled Tiles, MultiLabeled Tiles, Imagenet."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from label_cases import Scene, chips_polygons, write_picture, write_text

from swath.engine.chips import FORMATS, Chip
from swath.engine.chips._problems import ChipsUnreadableError
from swath.engine.classes import classes_from_dicts

LABELED, MULTI, IMAGENET = (FORMATS.get(name) for name in ("LABELED_TILES", "MULTILABELED_TILES", "IMAGENET"))
CLASSES = classes_from_dicts([{"value": 1, "name": "Hut, old"}, {"value": 5, "name": "Palm"}])


def objects_of(path):
    """Parse on our own: (name, corners) of each object."""
    items = ElementTree.parse(path).getroot().findall("object")
    return [(item.findtext("name"), [float(corner.text) for corner in item.find("bndbox")]) for item in items]


def label(folder, *names):
    image = write_picture(folder / "images" / "a.png")
    text = "".join(f"<object><name>{name}</name></object>" for name in names)
    return Chip("a", image, write_text(folder / "labels" / "a.xml", f"<annotation>{text}</annotation>"))


def test_labeled_tile_names_its_class_and_the_box_of_its_feature(tmp_path):
    scene = Scene.of((64, 48), (12, shapely.box(3, 4.5, 30, 40)), value=12)
    chip = scene.write(LABELED, tmp_path)
    assert objects_of(chip.label) == [("12", [3, 4.5, 30, 40])]
    assert LABELED.read_target(chip).values == (12,)


def test_labeled_tile_of_a_feature_without_outline_has_the_box_of_the_chip(tmp_path):
    chip = Scene.of((64, 48), value=7).write(LABELED, tmp_path)
    assert objects_of(chip.label) == [("7", [0, 0, 64, 48])]


def test_tile_without_a_class_has_no_label(tmp_path):
    for chip_format in (LABELED, MULTI, IMAGENET):
        assert chip_format.label_name("1", Scene.of((8, 8)).label) is None
        assert chip_format.read_target(Chip("1", tmp_path / "images" / "1.tif")).values == ()


def test_labeled_tile_of_others_counts_its_first_object_by_name_or_value(tmp_path):
    assert LABELED.read_target(label(tmp_path, "Palm", "1"), CLASSES).values == (5,)
    assert LABELED.read_target(label(tmp_path, "1"), CLASSES).values == (1,)
    with pytest.raises(ChipsUnreadableError, match="'Shed'"):
        LABELED.read_target(label(tmp_path, "Shed"), CLASSES)
    with pytest.raises(ChipsUnreadableError, match="names no class"):
        LABELED.read_target(label(tmp_path), CLASSES)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scene=chips_polygons())
def test_multilabeled_tile_reads_back_the_classes_in_it(tmp_path, scene):
    chip = scene.write(MULTI, tmp_path)
    values = sorted(set(scene.values))
    assert MULTI.read_target(chip).values == tuple(values)
    if chip.label is not None:
        assert objects_of(chip.label) == [(",".join(map(str, values)), [0, 0, *scene.label.size])]


def test_multilabeled_tile_of_others_is_understood(tmp_path):
    assert MULTI.read_target(label(tmp_path, " Palm , 1"), CLASSES).values == (1, 5)
    assert MULTI.read_target(label(tmp_path, "Palm", "Hut, old", "5"), CLASSES).values == (1, 5)
    assert MULTI.read_target(label(tmp_path), CLASSES).values == ()
    with pytest.raises(ChipsUnreadableError, match="'Shed'"):
        MULTI.read_target(label(tmp_path, "Palm,Shed"), CLASSES)


def test_imagenet_chip_lies_in_the_folder_of_its_class(tmp_path):
    scene = Scene.of((64, 48), (3, shapely.box(0, 0, 9, 9)), value=3)
    assert IMAGENET.image_name("000000004", ".png", scene.label) == "images/3/000000004.png"
    chip = scene.write(IMAGENET, tmp_path)
    assert chip.label is None
    assert IMAGENET.read_target(chip).values == (3,)


@pytest.mark.parametrize("root", ["images", "."])
def test_imagenet_folders_of_others_are_classes_by_name(tmp_path, root):
    for name, stems in (("tree", "ab"), ("barn", "ac"), ("3", "d")):
        for stem in stems:
            write_picture(tmp_path / root / name / f"{stem}.jpg")
    assert IMAGENET.detect(tmp_path)
    found = IMAGENET.read(tmp_path)
    assert [(item.value, item.name) for item in found.classes] == [(1, "barn"), (2, "tree"), (3, "3")]
    targets = {chip.image.parent.name: IMAGENET.read_target(chip, found.classes).values for chip in found.chips}
    assert targets == {"barn": (1,), "tree": (2,), "3": (3,)}
    assert len(found.chips) == 5


def test_imagenet_folder_of_no_class_is_refused(tmp_path):
    chip = Chip("a", tmp_path / "images" / "Shed" / "a.tif")
    with pytest.raises(ChipsUnreadableError, match="'Shed'"):
        IMAGENET.read_target(chip, CLASSES)
