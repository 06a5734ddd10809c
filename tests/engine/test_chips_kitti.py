"""KITTI: exact bytes, read back by us and by a parser of the tests, and read from others."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from chip_cases import printf
from hypothesis import HealthCheck, given, settings
from label_cases import Scene, chips_polygons, write_picture, write_text

from swath.engine.chips import FORMATS, Chip
from swath.engine.chips._problems import ChipsUnreadableError
from swath.engine.classes import classes_from_dicts

KITTI = FORMATS.get("KITTI_RECTANGLES")


def label(folder, text, size=(64, 48)):
    image = write_picture(folder / "images" / "a.png", size)
    return Chip("a", image, write_text(folder / "labels" / "a.txt", text))


def test_line_is_that_of_arcgis(tmp_path):
    scene = Scene.of((32, 32), (1, shapely.box(19.02, 4.71, 32, 32)), (255, shapely.box(-0.001, 0, 0.18, 32.001)))
    chip = scene.write(KITTI, tmp_path)
    assert chip.label.read_bytes() == (
        b"  1 0.00 0 0   19.02    4.71   32.00   32.00 0 0 0 0 0 0 0\n"
        b"255 0.00 0 0    0.00    0.00    0.18   32.00 0 0 0 0 0 0 0\n"
    )


def test_chip_without_a_feature_has_no_label(tmp_path):
    assert KITTI.label_name("1", Scene.of((8, 8)).label) is None
    assert KITTI.read_target(Chip("1", write_picture(tmp_path / "1.png"))).boxes.shape == (0, 4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scene=chips_polygons())
def test_boxes_read_back_to_a_hundredth_of_a_pixel(tmp_path, scene):
    chip = scene.write(KITTI, tmp_path)
    found = KITTI.read_target(chip)
    assert found.values.tolist() == scene.values
    assert np.abs(found.boxes - scene.boxes).max(initial=0) <= 0.00501
    if chip.label is None:
        return
    lines = chip.label.read_text("ascii").splitlines()
    pattern = "%3d 0.00 0 0 %7.2f %7.2f %7.2f %7.2f 0 0 0 0 0 0 0"
    words = [line.split() for line in lines]
    assert {len(each) for each in words} == {15}
    assert lines == [printf(pattern, int(each[0]), *map(float, each[4:8])) for each in words]


def test_labels_of_kitti_itself_are_read(tmp_path):
    classes = classes_from_dicts([{"value": 3, "name": "Car"}])
    text = (
        "Car 0.00 1 -1.57 -2.5 4 12.25 50 1.5 1.6 3.9 2.1 1.4 8.4 -1.59\n\n"
        "DontCare -1 -1 -10 1 1 5 5 -1 -1 -1 -1000 -1000 -1000 -10\r\n"
        "Car 0 0 0 70 4 80 9 0 0 0 0 0 0 0 0.91\n"
    )
    found = KITTI.read_target(label(tmp_path, text), classes)
    assert found.boxes.tolist() == [[0, 4, 12.25, 48]]
    assert found.values.tolist() == [3]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("1 0 0 0 1 2 3\n", "line 1 of it"),
        ("1 0 0 0 1 2 3 4\n1 0 0 0 1 2 three 4 0 0 0 0 0 0 0\n", "line 2 of it"),
        ("1 0 0 0 1 nan 3 4 0 0 0 0 0 0 0", "line 1 of it"),
        ("hut 0 0 0 1 2 3 4 0 0 0 0 0 0 0", "'hut'"),
        ("0 0 0 0 1 2 3 4 0 0 0 0 0 0 0", "'0'"),
    ],
)
def test_broken_label_says_where(tmp_path, text, word):
    chip = label(tmp_path, text)
    with pytest.raises(ChipsUnreadableError, match=word) as caught:
        KITTI.read_target(chip, classes_from_dicts([{"value": 1, "name": "Palm"}]))
    assert str(chip.label) in str(caught.value)


def test_huge_label_is_refused_unread(tmp_path):
    chip = label(tmp_path, "1")
    with chip.label.open("ab") as file:
        file.truncate(17 * 2**20)
    with pytest.raises(ChipsUnreadableError, match="16 MB"):
        KITTI.read_target(chip)
