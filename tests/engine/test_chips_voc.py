"""PASCAL VOC: exact bytes, read back, read by others, and read from others."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from label_cases import Scene, chips_polygons, write_picture, write_text

from swath.engine.chips import FORMATS, Chip
from swath.engine.chips._problems import ChipsUnreadableError
from swath.engine.classes import classes_from_dicts

VOC = FORMATS.get("PASCAL_VOC_RECTANGLES")
PALMS = classes_from_dicts([{"value": 1, "name": "Palm"}, {"value": 7, "name": "Hut"}])
# The layout of a label that ArcGIS Pro wrote, with other numbers.
ARCGIS = """<?xml version="1.0"?>
<annotation>
    <filename>000000000.tif</filename>
    <source>
        <annotation>ArcGIS Pro 2.1</annotation>
    </source>
    <size>
        <width>64</width>
        <height>48</height>
        <depth>3</depth>
    </size>
    <object>
        <name>1</name>
        <bndbox>
            <xmin>12.50</xmin>
            <ymin>0.00</ymin>
            <xmax>64.00</xmax>
            <ymax>7.13</ymax>
        </bndbox>
    </object>
    <object>
        <name>255</name>
        <bndbox>
            <xmin>0.00</xmin>
            <ymin>40.00</ymin>
            <xmax>0.18</xmax>
            <ymax>48.00</ymax>
        </bndbox>
    </object>
</annotation>
"""


def label(folder, *objects, head="", size=(64, 48)):
    """Write a picture and a label of these (name, corners as text); return the chip."""
    image = write_picture(folder / "images" / "a.png", size)
    lines = []
    for name, corners in objects:
        places = zip(("xmin", "ymin", "xmax", "ymax"), corners.split(), strict=True)
        box = "".join(f"<{key}>{at}</{key}>" for key, at in places)
        lines.append(f"<object><difficult>1</difficult><bndbox>{box}</bndbox><name>{name}</name></object>")
    path = write_text(folder / "labels" / "a.xml", f"{head}<annotation>{''.join(lines)}</annotation>")
    return Chip("a", image, path)


def test_label_has_the_bytes_of_arcgis(tmp_path):
    outside = shapely.box(-0.0, 40, 0.18, 48.5)
    scene = Scene.of((64, 48), (1, shapely.box(12.5, -1e-9, 64, 7.125001)), (255, outside))
    chip = scene.write(VOC, tmp_path)
    assert chip.label == tmp_path / "labels" / "000000000.xml"
    assert chip.label.read_bytes().decode() == ARCGIS


def test_chip_without_a_feature_has_no_label(tmp_path):
    assert VOC.label_name("1", Scene.of((8, 8)).label) is None
    found = VOC.read_target(Chip("1", write_picture(tmp_path / "1.png")))
    assert found.boxes.shape == (0, 4)
    assert found.values.shape == (0,)
    assert found.masks is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scene=chips_polygons())
def test_boxes_read_back_to_a_hundredth_of_a_pixel(tmp_path, scene):
    chip = scene.write(VOC, tmp_path)
    found = VOC.read_target(chip)
    assert found.values.tolist() == scene.values
    assert found.boxes.dtype == np.float64
    assert np.abs(found.boxes - scene.boxes).max(initial=0) <= 0.00501


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scene=chips_polygons())
def test_torchvision_reads_our_labels(tmp_path, scene):
    from torchvision.datasets import VOCDetection

    chip = scene.write(VOC, tmp_path)
    if chip.label is None:
        return
    read = VOCDetection.parse_voc_xml(ElementTree.parse(chip.label).getroot())["annotation"]
    assert read["filename"] == chip.image.name
    assert [int(read["size"][key]) for key in ("width", "height", "depth")] == [*scene.label.size, 3]
    assert [int(item["name"]) for item in read["object"]] == scene.values
    boxes = [[float(item["bndbox"][key]) for key in ("xmin", "ymin", "xmax", "ymax")] for item in read["object"]]
    assert np.abs(np.array(boxes) - scene.boxes).max() <= 0.00501


def test_torchvision_reads_a_whole_folder_of_ours(tmp_path):
    from torchvision.datasets import VOCDetection

    root = tmp_path / "VOCdevkit" / "VOC2012"
    scene = Scene.of((64, 48), (3, shapely.box(1, 2, 30, 40)))
    for stem in ("000000000", "000000001"):
        chip = scene.write(VOC, tmp_path / "ours", stem)
        write_text(root / "Annotations" / f"{stem}.xml", chip.label.read_bytes())
        write_picture(root / "JPEGImages" / f"{stem}.jpg", (64, 48))
    write_text(root / "ImageSets" / "Main" / "train.txt", "000000000\n000000001\n")
    data = VOCDetection(str(tmp_path), "2012", "train")
    assert len(data) == 2
    picture, target = data[1]
    assert picture.size == (64, 48)
    assert target["annotation"]["object"][0]["bndbox"] == {
        "xmin": "1.00",
        "ymin": "2.00",
        "xmax": "30.00",
        "ymax": "40.00",
    }


def test_names_and_values_are_both_understood(tmp_path):
    chip = label(tmp_path, ("Hut", "1 2 3 4"), (" 1 ", "5 6 7 8"), ("7", "0 0 1 1"), ("Palm", "2.5 2 9.75 4"))
    found = VOC.read_target(chip, PALMS)
    assert found.values.tolist() == [7, 1, 7, 1]
    assert found.boxes[3].tolist() == [2.5, 2, 9.75, 4]


def test_value_goes_before_a_name_that_looks_like_one(tmp_path):
    classes = classes_from_dicts([{"value": 1, "name": "2"}, {"value": 2, "name": "1"}])
    assert VOC.read_target(label(tmp_path, ("1", "1 2 3 4")), classes).values.tolist() == [1]


def test_name_of_no_class_is_refused_with_the_known_ones(tmp_path):
    chip = label(tmp_path, ("palm", "1 2 3 4"))
    with pytest.raises(ChipsUnreadableError, match=r"labels.a\.xml .*'palm'.*Palm, Hut"):
        VOC.read_target(chip, PALMS)
    with pytest.raises(ChipsUnreadableError, match="none at all"):
        VOC.read_target(chip)


def test_boxes_are_cut_to_the_picture_and_empty_ones_left_out(tmp_path):
    boxes = ["-5 -5 10 10", "60 40 70.5 60", "10 10 10 20", "70 1 80 9", "30 20 10 5", "0 0 64 48"]
    chip = label(tmp_path, *(("1", corners) for corners in boxes))
    found = VOC.read_target(chip)
    assert found.boxes.tolist() == [[0, 0, 10, 10], [60, 40, 64, 48], [10, 5, 30, 20], [0, 0, 64, 48]]
    assert found.values.tolist() == [1, 1, 1, 1]


def test_parts_of_an_object_are_no_objects(tmp_path):
    part = "<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>"
    chip = label(tmp_path, ("1", "1 2 30 40"))
    chip.label.write_text(chip.label.read_text().replace("</object>", part + "</object>"))
    assert len(VOC.read_target(chip).boxes) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_any_encoding_of_xml_is_read(tmp_path, encoding):
    classes = classes_from_dicts([{"value": 4, "name": "Bäume"}])
    chip = label(tmp_path, ("Bäume", "1 2 3 4"))
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{name}"?>\n' + chip.label.read_text("utf-8")
    chip.label.write_bytes(text.encode(encoding))
    assert VOC.read_target(chip, classes).values.tolist() == [4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY x "lol"><!ENTITY y "&x;&x;&x;">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">',
    ],
)
def test_xml_that_declares_entities_is_refused(tmp_path, head, encoding):
    chip = label(tmp_path, ("1", "1 2 3 4"))
    chip.label.write_bytes((head + chip.label.read_text()).encode(encoding))
    with pytest.raises(ChipsUnreadableError, match="declares"):
        VOC.read_target(chip)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("<annotation><object>", r"a\.xml"),
        ("", r"a\.xml"),
        ("<kml/>", "another kind, <kml>"),
        ("<annotation><object><name>1</name></object></annotation>", "no box"),
        ("<annotation><object><bndbox/></object></annotation>", "a box of it is"),
        ("not xml", r"a\.xml"),
        ('<?xml version="1.0" encoding="klingon"?><annotation/>', "klingon|encoding"),
    ],
)
def test_broken_label_says_which_and_how(tmp_path, text, word):
    chip = label(tmp_path)
    chip.label.write_text(text)
    with pytest.raises(ChipsUnreadableError, match=word) as caught:
        VOC.read_target(chip)
    assert re.search(r"labels.a\.xml", str(caught.value))


@pytest.mark.parametrize("corners", ["1 2 nan 4", "1 2 inf 4", "a 2 3 4", "1,5 2 3 4"])
def test_corner_that_is_no_number_is_refused(tmp_path, corners):
    with pytest.raises(ChipsUnreadableError, match="a box of it is"):
        VOC.read_target(label(tmp_path, ("1", corners)))


def test_huge_label_is_refused_unread(tmp_path):
    chip = label(tmp_path, ("1", "1 2 3 4"))
    with chip.label.open("ab") as file:
        file.truncate(17 * 2**20)
    with pytest.raises(ChipsUnreadableError, match="16 MB"):
        VOC.read_target(chip)
