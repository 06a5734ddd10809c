from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from mask_cases import CLASSES, CRS, PLACE, SIZE, box_object, make_chip, objects, painted, read_mask, write_mask

from swath.engine.chips import FORMATS, Chip
from swath.engine.chips._folder import map_line
from swath.engine.chips._label import ChipLabel
from swath.engine.chips._problems import ChipsUnreadableError
from swath.engine.windows import Affine

RCNN = FORMATS.get("RCNN_MASKS")
STEM = "000000000"


def _write(folder, found, size=SIZE):
    chip = make_chip(folder, size=size)
    label = ChipLabel(size, objects=tuple(found))
    name = RCNN.label_name(STEM, label)
    RCNN.write_label(folder, STEM, label, chip)
    (folder / "map.txt").write_bytes(map_line(f"images/{STEM}.tif", name).encode())
    return replace(chip, label=folder / name if name else None)


@given(objects())
@settings(max_examples=60, deadline=None)
def test_objects_written_as_masks_are_those_drawn_by_pixel_centres(found):
    with tempfile.TemporaryDirectory() as folder:
        chip = _write(Path(folder), found)
        masks, values = [], []
        for value in sorted({item.value for item in found}):
            same = [item for item in found if item.value == value]
            numbers, unsure = painted(same)
            path = Path(folder) / "labels" / str(value) / f"{STEM}.tif"
            if not path.exists():
                assert not (numbers > 0)[~unsure].any()
                continue
            mask, place, crs = read_mask(path)
            assert place == PLACE.tuple6()
            assert crs.to_wkt() == CRS
            assert mask.dtype == np.uint8
            seen = [number for number in np.unique(mask) if number]
            assert seen == list(range(1, len(seen) + 1))
            # Each number of the mask is one object, and in the same order.
            pairs = {(a, b) for a, b in zip(mask[~unsure], numbers[~unsure], strict=True)}
            assert len({a for a, _ in pairs}) == len(pairs) == len({b for _, b in pairs})
            masks += [mask == number for number in seen]
            values += [value] * len(seen)
        target = RCNN.read_target(chip, CLASSES)
        assert target.values.tolist() == values
        assert np.array_equal(target.masks, np.array(masks, bool).reshape(-1, *SIZE[::-1]))
        for box, mask in zip(target.boxes, masks, strict=True):
            rows, cols = np.nonzero(mask)
            assert box.tolist() == [cols.min(), rows.min(), cols.max() + 1, rows.max() + 1]


def test_more_objects_than_eight_bits_hold_are_written_with_sixteen(tmp_path):
    found = [box_object(1, col, row, col + 1, row + 1) for row in range(20) for col in range(20)]
    chip = _write(tmp_path, found)
    mask, _, _ = read_mask(chip.label)
    assert mask.dtype == np.uint16
    target = RCNN.read_target(chip, CLASSES)
    assert target.boxes.tolist() == [list(item.box) for item in found]


def test_object_without_a_pixel_of_its_own_is_left_out(tmp_path):
    small, covered, covering = box_object(1, 3.6, 3, 4.4, 9), box_object(2, 5, 5, 8, 8), box_object(2, 4, 4, 9, 9)
    other = box_object(300, 4, 4, 9, 9)
    target = RCNN.read_target(_write(tmp_path, [small, covered, covering, other]), CLASSES)
    # An object of another class has a mask of its own and covers nothing here.
    assert target.values.tolist() == [2, 300]
    assert target.boxes.tolist() == [[4, 4, 9, 9]] * 2
    assert not (tmp_path / "labels" / "1").exists()


def test_chip_with_nothing_but_slivers_has_no_label(tmp_path):
    chip = _write(tmp_path, [box_object(1, 3.6, 3, 4.4, 9)])
    assert chip.label is None
    target = RCNN.read_target(chip)
    assert target.masks.shape == (0, SIZE[1], SIZE[0])
    assert target.boxes.shape == (0, 4)


def _mask(*boxes):
    values = np.zeros(SIZE[::-1], "uint8")
    for number, (left, top, right, bottom) in enumerate(boxes, start=1):
        values[top:bottom, left:right] = number
    return values


@pytest.mark.parametrize("name", ["tree", "TREE", "2"])
def test_class_folders_named_by_value_or_name_are_read(tmp_path, name):
    chip = make_chip(tmp_path)
    write_mask(tmp_path / "labels" / name / f"{STEM}.tif", _mask((1, 2, 5, 6), (10, 10, 12, 12)))
    target = RCNN.read_target(replace(chip, label=tmp_path / "labels" / name / f"{STEM}.tif"), CLASSES)
    assert target.values.tolist() == [2, 2]
    assert target.boxes.tolist() == [[1, 2, 5, 6], [10, 10, 12, 12]]


@pytest.mark.parametrize(
    "line",
    [
        f"images\\{STEM}.tif  labels\\tree\\{STEM}.tif",
        f"images\\{STEM}.tif  labels\\{STEM}.tif",
        f"images/{STEM}.tif labels/roof/{STEM}.tif labels/tree/{STEM}.tif",
        f"images/{STEM}.tif",
        None,
    ],
)
def test_labels_are_found_whatever_the_map_says(tmp_path, line):
    make_chip(tmp_path)
    write_mask(tmp_path / "labels" / "roof" / f"{STEM}.tif", _mask((1, 2, 5, 6)))
    write_mask(tmp_path / "labels" / "tree" / f"{STEM}.tif", _mask((3, 3, 9, 9)))
    if line:
        (tmp_path / "map.txt").write_text(line + "\r\n")
    chip_set = RCNN.read(tmp_path)
    # No file names the classes: the folders do, in the order of their names.
    assert [(info.value, info.name) for info in chip_set.classes] == [(1, "roof"), (2, "tree")]
    target = RCNN.read_target(chip_set.chips[0], chip_set.classes)
    assert target.values.tolist() == [1, 2]
    assert target.boxes.tolist() == [[1, 2, 5, 6], [3, 3, 9, 9]]
    assert RCNN.detect(tmp_path)


def test_masks_directly_in_labels_are_of_one_class(tmp_path):
    for stem in ("a", "b"):
        make_chip(tmp_path, stem)
    write_mask(tmp_path / "labels" / "a.tif", _mask((1, 2, 5, 6)).astype("uint16") * 700)
    chip_set = RCNN.read(tmp_path)
    assert [info.value for info in chip_set.classes] == [1]
    assert [chip.label is None for chip in chip_set.chips] == [False, True]
    target = RCNN.read_target(chip_set.chips[0], chip_set.classes)
    assert target.boxes.tolist() == [[1, 2, 5, 6]]
    assert target.values.tolist() == [1]


def test_a_class_may_be_called_labels(tmp_path):
    chip = make_chip(tmp_path / "labels")
    path = tmp_path / "labels" / "labels" / "labels" / f"{STEM}.tif"
    write_mask(path, _mask((1, 2, 5, 6)))
    classes = (replace(CLASSES[0], name="other"), replace(CLASSES[1], name="Labels"))
    assert RCNN.read_target(replace(chip, label=path), classes).values.tolist() == [2]


def test_broken_masks_are_told_in_a_sentence(tmp_path):
    chip = make_chip(tmp_path)
    label = tmp_path / "labels" / "1" / f"{STEM}.tif"
    write_mask(label, _mask((1, 2, 5, 6))[:-1])
    chip = replace(chip, label=label)
    with pytest.raises(ChipsUnreadableError, match="the masks of chip 000000000 differ in size"):
        RCNN.read_target(chip, CLASSES)
    write_mask(label, np.ones(SIZE[::-1], "float32"))
    with pytest.raises(ChipsUnreadableError, match="holds values of type float32, not whole numbers from 0"):
        RCNN.read_target(chip, CLASSES)
    write_mask(label, _mask((1, 2, 5, 6)))
    with pytest.raises(ChipsUnreadableError, match="names the class '1', which is none of those of the folder: tree"):
        RCNN.read_target(chip, CLASSES[1:])
    with pytest.raises(ChipsUnreadableError, match="it holds no chips"):
        RCNN.read(tmp_path / "labels")


def test_masks_that_would_fill_the_memory_are_refused(tmp_path):
    size = (500, 500)
    label = tmp_path / "labels" / "1" / f"{STEM}.tif"
    write_mask(label, np.arange(250_000, dtype="uint32").reshape(size))
    chip = Chip(STEM, tmp_path / "images" / f"{STEM}.tif", label)
    with pytest.raises(ChipsUnreadableError, match="holds 249999 objects of 500 x 500 pixels"):
        RCNN.read_target(chip, CLASSES)


def test_links_out_of_the_folder_are_not_followed(tmp_path):
    secret = tmp_path / "elsewhere" / f"{STEM}.tif"
    write_mask(secret, _mask((1, 2, 5, 6)))
    folder = tmp_path / "chips"
    make_chip(folder)
    (folder / "labels").mkdir()
    (folder / "labels" / "1").symlink_to(secret.parent)
    chip_set = RCNN.read(folder)
    with pytest.raises(ChipsUnreadableError, match=r"1/000000000.tif leads out of it"):
        RCNN.read_target(chip_set.chips[0], chip_set.classes)


def test_turned_chips_keep_their_place(tmp_path):
    chip = replace(make_chip(tmp_path), transform=Affine(0.3, 0.4, 10.0, 0.4, -0.3, 20.0))
    label = ChipLabel(SIZE, objects=(box_object(1, 1, 1, 9, 9),))
    RCNN.write_label(tmp_path, STEM, label, chip)
    assert read_mask(tmp_path / "labels" / "1" / f"{STEM}.tif")[1] == (0.3, 0.4, 10.0, 0.4, -0.3, 20.0)
