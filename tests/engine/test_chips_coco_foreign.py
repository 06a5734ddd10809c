from __future__ import annotations

import json
import shutil

import pytest
from mask_cases import SIZE, make_chip

from swath.engine.chips import FORMATS
from swath.engine.chips._problems import ChipsUnreadableError

FORMAT = FORMATS.get("COCO")
IMAGE = {"id": 7, "file_name": "a b.tif", "width": SIZE[0], "height": SIZE[1]}
OBJECT = {"id": 1, "image_id": 7, "category_id": 3, "bbox": [1, 1, 4, 4]}
TRIANGLES = [[10, 10, 20.2, 10, 10, 20.2], [29.8, 3, 33, 3, 33, 6.2]]


def _foreign(folder, file="annotations.json", pictures="images", **changes):
    """Write a data set of other software: two pictures, the first with two objects."""
    for name in ("a b.tif", "ü.tif"):
        (folder / pictures).mkdir(parents=True, exist_ok=True)
        shutil.copy(make_chip(folder.parent / "made").image, folder / pictures / name)
    document = {
        "info": {"year": 2017},
        "images": [
            {**IMAGE, "coco_url": "http://x/ä"},
            {**IMAGE, "id": "eight", "file_name": "ü.tif"},
            {**IMAGE, "id": 9, "file_name": "gone.tif"},
        ],
        "annotations": [
            {**OBJECT, "category_id": 0, "segmentation": [[1, 1, 5, 1, 5, 5, 1, 5]]},
            {**OBJECT, "image_id": "eight", "bbox": [2, 3, 4, 5], "segmentation": []},
            {**OBJECT, "iscrowd": 1, "segmentation": {}},
            {"id": 4, "image_id": 7, "category_id": 3, "segmentation": TRIANGLES},
            {**OBJECT, "image_id": 9},
        ],
        "categories": [{"id": 3, "name": "Bäume"}, {"id": 0, "name": "car"}],
        **changes,
    }
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "pictures"),
    [
        ("annotations.json", "images"),
        ("_annotations.coco.json", "."),
        ("annotations/instances_train2017.json", "train2017"),
        ("annotations/instances_train2017.json", "images/train2017"),
        ("annotations/all.json", "images"),
        ("annotations/all.json", "annotations"),
    ],
)
def test_data_sets_of_other_software_are_read(tmp_path, file, pictures):
    folder = _foreign(tmp_path / "data", file, pictures)
    assert FORMAT.detect(folder)
    chip_set = FORMAT.read(folder)
    # The lowest id is 0, so that all are raised by one.
    assert [(info.value, info.name) for info in chip_set.classes] == [(1, "car"), (4, "Bäume")]
    assert [chip.image.name for chip in chip_set.chips] == ["a b.tif", "ü.tif"]
    assert chip_set.stats[0].mean == 7
    first, second = (FORMAT.read_target(chip, chip_set.classes) for chip in chip_set.chips)
    assert first.values.tolist() == [1, 4]
    assert first.boxes.tolist() == [[1, 1, 5, 5], [10, 3, 33, 20]]
    assert first.masks.sum(axis=(1, 2)).tolist() == [16, 55 + 6]
    # Without an outline it is its box.
    assert second.boxes.tolist() == [[2, 3, 6, 8]]
    assert second.masks.sum() == 20


def test_the_file_of_training_is_taken_of_several(tmp_path):
    folder = _foreign(tmp_path / "data", "annotations/instances_train2017.json", "train2017")
    _foreign(folder, "annotations/instances_val2017.json", "val2017")
    (folder / "annotations" / "captions_train2017.json").write_text('{"images": [], "annotations": []}')
    assert len(FORMAT.read(folder).chips) == 2
    (folder / "annotations" / "instances_train2017.json").rename(folder / "annotations" / "instances_other.json")
    with pytest.raises(ChipsUnreadableError, match="several files of annotations, annotations/instances_other"):
        FORMAT.read(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": [{**IMAGE, "file_name": "../../secret.tif"}]}, "'.*secret.tif' is named there, but lies outside"),
        ({"images": [{**IMAGE, "file_name": "/etc/passwd"}]}, "lies outside of the folder"),
        ({"images": [{**IMAGE, "width": 10**9}]}, "picture 7 has 1000000000 x 30 pixels"),
        ({"images": [{**IMAGE, "width": "40"}]}, "'40' is no whole number"),
        ({"images": [IMAGE, IMAGE]}, "two pictures have the id 7"),
        ({"images": [IMAGE, {**IMAGE, "id": 8}]}, "two entries name the picture a b.tif"),
        ({"images": [[1, 2]]}, "an entry is broken"),
        ({"images": []}, "it has no list of images or of categories"),
        ({"categories": [{"id": 1, "name": "car"}]}, "objects of the category 0, but no such category"),
        ({"categories": [{"id": 10**30, "name": "car"}, {"id": 0, "name": "a"}, {"id": 3, "name": "b"}]}, ""),
        ({"annotations": [{**OBJECT, "category_id": 10**30}]}, "an entry is broken"),
        ({"annotations": ["x"]}, "an entry is broken"),
        ({"annotations": [{**OBJECT, "segmentation": "x"}]}, "object 1 of a b.tif: segmentation is neither a list"),
        ({"annotations": [{**OBJECT, "segmentation": [[1, 2, "x", 4, 5, 6]]}]}, "is no list of numbers"),
        ({"annotations": [{**OBJECT, "segmentation": [[1, 2, 1e300, 4, 5, 6]]}]}, "nowhere near the picture"),
        ({"annotations": [{**OBJECT, "segmentation": [[1, 2, 10**400, 4, 5, 6]]}]}, "nowhere near the picture"),
        ({"annotations": [{**OBJECT, "segmentation": [[1, 2, 3, 4, 5, float("nan")]]}]}, "nowhere near the picture"),
        ({"annotations": [{**OBJECT, "segmentation": [[1, 2, 3, 4, 5]]}]}, "has 5 numbers"),
        ({"annotations": [{"id": 1, "image_id": 7, "category_id": 3}]}, "a polygon or box is no list"),
        ({"annotations": [{**OBJECT, "segmentation": {"size": [9, 9], "counts": [81]}}]}, "run lengths are for"),
        ({"annotations": [{**OBJECT, "segmentation": {"size": [30, 40], "counts": [81]}}]}, "add to 81 pixels"),
        ({"annotations": [{**OBJECT, "segmentation": {"size": [30, 40], "counts": [-1, 1201]}}]}, "no whole numbers"),
        ({"annotations": [{**OBJECT, "segmentation": {"size": [30, 40], "counts": "PPP"}}]}, "are cut off"),
        ({"annotations": [{**OBJECT, "segmentation": {"size": [30, 40], "counts": "o" * 99 + "1"}}]}, "are broken"),
    ],
)
def test_broken_files_are_told_in_a_sentence(tmp_path, changes, message):
    folder = _foreign(tmp_path / "data", **changes)
    if not message:
        FORMAT.read(folder)
        return
    with pytest.raises(ChipsUnreadableError, match=message) as caught:
        [FORMAT.read_target(chip) for chip in FORMAT.read(folder).chips]
    assert "annotations.json" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"images": [], "annotations": [', "no value at byte 31"),
        ('{"images": [], "annotations": [], "other": [1 2]', "',' is missing at byte 46"),
        ('["images": [], "annotations": []', "'{' is missing at byte 0"),
        ('{"images": [], "annotations": ' + "[" * 100_000, "nested too deeply|no value at byte"),
    ],
)
def test_text_that_is_no_json_is_told_in_a_sentence(tmp_path, text, message):
    (tmp_path / "annotations.json").write_text(text)
    with pytest.raises(ChipsUnreadableError, match=message):
        FORMAT.read(tmp_path)


def test_picture_of_another_size_is_told_in_a_sentence(tmp_path):
    folder = _foreign(tmp_path / "data", images=[{**IMAGE, "height": 31}], annotations=[OBJECT])
    chip = FORMAT.read(folder).chips[0]
    with pytest.raises(ChipsUnreadableError, match=r"a b\.tif has 40 x 31 pixels, but it has 40 x 30"):
        FORMAT.read_target(chip)


def test_a_changed_file_is_read_again(tmp_path):
    folder = _foreign(tmp_path / "data")
    chip = FORMAT.read(folder).chips[0]
    assert FORMAT.read_target(chip).values.tolist() == [1, 4]
    _foreign(folder, annotations=[OBJECT])
    assert FORMAT.read_target(chip).values.tolist() == [4]


def test_other_json_is_no_coco(tmp_path):
    (tmp_path / "labels.json").write_text('{"shapes": [], "imagePath": "x"}')
    (tmp_path / "map.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert not FORMAT.detect(tmp_path)
    with pytest.raises(ChipsUnreadableError, match="it holds no file of annotations"):
        FORMAT.read(tmp_path)
