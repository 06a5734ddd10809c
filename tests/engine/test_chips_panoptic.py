from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mask_cases import (
    CLASSES,
    CRS,
    PLACE,
    SIZE,
    box_object,
    centres,
    make_chip,
    objects,
    painted,
    read_mask,
    write_mask,
)

from swath.engine.chips import FORMATS
from swath.engine.chips._folder import map_line
from swath.engine.chips._label import ChipLabel
from swath.engine.chips._problems import ChipsUnreadableError

PANOPTIC = FORMATS.get("PANOPTIC_SEGMENTATION")
STEM = "000000000"
STUFF = np.add.outer(np.arange(SIZE[1]) // 15, np.arange(SIZE[0]) // 10).astype("uint16") % 3


def _with_things(values, found):
    """Draw classes of objects over class values, as an export does before it calls the format."""
    values, unsure = values.copy(), np.zeros(values.shape, bool)
    for item in found:
        inside, near = centres(item.shape)
        values[inside] = item.value
        unsure |= near
    return values, unsure


def _write(folder, values, found):
    chip = make_chip(folder)
    (folder / "labels").mkdir()
    label = ChipLabel(SIZE, values=values, instances=tuple(found))
    name = PANOPTIC.label_name(STEM, label)
    if name:
        PANOPTIC.write_label(folder, STEM, label, chip)
    (folder / "map.txt").write_bytes(map_line(f"images/{STEM}.tif", name).encode())
    return replace(chip, label=folder / name if name else None)


@given(objects(values=(2, 5, 300)), st.booleans())
@settings(max_examples=60, deadline=None)
def test_things_lie_over_stuff_and_have_the_class_of_their_pixels(found, with_stuff):
    values, unsure = _with_things(STUFF if with_stuff else STUFF * 0, found)
    numbers, _ = painted(found)
    with tempfile.TemporaryDirectory() as folder:
        chip = _write(Path(folder), values, found)
        if chip.label is None:
            assert not values.any()
            return
        classified, place, crs = read_mask(chip.label)
        ids, place2, _ = read_mask(Path(folder) / "labels2" / f"{STEM}.tif")
        target = PANOPTIC.read_target(chip, CLASSES)
    assert place == place2 == PLACE.tuple6()
    assert crs.to_wkt() == CRS
    assert np.array_equal(classified, values)
    assert ids.dtype == np.uint8
    assert np.array_equal((ids > 0)[~unsure], (numbers > 0)[~unsure])
    pairs = set(zip(ids[~unsure].tolist(), numbers[~unsure].tolist(), strict=True))
    assert len({a for a, _ in pairs}) == len(pairs) == len({b for _, b in pairs})
    assert [number for number in np.unique(ids) if number] == list(range(1, ids.max() + 1))
    for number in range(1, ids.max() + 1):
        assert len(np.unique(classified[ids == number])) == 1
    assert np.array_equal(target.values, values)
    assert np.array_equal(target.instances, ids)


def test_instances_have_no_pixels_where_there_is_no_data(tmp_path):
    values = np.zeros(SIZE[::-1], "uint8")
    # The export leaves what lies to the left of column 10 unlabelled, whatever is drawn there.
    values[4:9, 10:15] = 2
    chip = _write(tmp_path, values, [box_object(2, 1, 1, 6, 6), box_object(2, 5, 4, 15, 9)])
    target = PANOPTIC.read_target(chip)
    assert np.array_equal(target.instances, values // 2)


def test_chip_without_labels_reads_as_zeros(tmp_path):
    chip = _write(tmp_path, np.zeros(SIZE[::-1], "uint8"), [])
    assert chip.label is None
    target = PANOPTIC.read_target(replace(chip, size=None))
    assert target.values.shape == target.instances.shape == SIZE[::-1]
    assert not target.values.any()
    assert not target.instances.any()


def _folder(tmp_path, second):
    make_chip(tmp_path)
    write_mask(tmp_path / "labels" / f"{STEM}.tif", STUFF.astype("uint8"))
    ids = np.zeros(SIZE[::-1], "uint16")
    ids[2:5, 3:9] = 40
    ids[10:12, 3:9] = 7
    write_mask(tmp_path / second / f"{STEM}.tif", ids)
    return ids


@pytest.mark.parametrize("second", ["labels2", "instances", "instance_labels", "labels_instance"])
def test_object_numbers_are_found_in_folders_of_several_names(tmp_path, second):
    ids = _folder(tmp_path, second)
    chip_set = PANOPTIC.read(tmp_path)
    assert [info.value for info in chip_set.classes] == [1, 2]
    target = PANOPTIC.read_target(chip_set.chips[0], chip_set.classes)
    assert np.array_equal(target.values, STUFF)
    assert np.array_equal(target.instances, np.select([ids == 7, ids == 40], [1, 2]))


def test_object_numbers_in_class_folders_are_drawn_over_the_classes(tmp_path):
    ids = _folder(tmp_path, "instances/300")
    write_mask(tmp_path / "instances" / "tree" / f"{STEM}.tif", np.eye(*SIZE[::-1], dtype="uint8"))
    chip = replace(make_chip(tmp_path), label=tmp_path / "labels" / f"{STEM}.tif")
    target = PANOPTIC.read_target(chip, CLASSES)
    assert np.array_equal(target.values, np.where(ids > 0, 300, np.where(np.eye(*SIZE[::-1]) > 0, 2, STUFF)))
    numbers = [int(target.instances[place]) for place in ((20, 20), (10, 4), (3, 4), (0, 5))]
    assert numbers == [1, 2, 3, 0]


def test_broken_folders_are_told_in_a_sentence(tmp_path):
    _folder(tmp_path, "elsewhere")
    with pytest.raises(ChipsUnreadableError, match="it has no folder of object numbers: labels2, instances"):
        PANOPTIC.read(tmp_path)
    write_mask(tmp_path / "labels2" / f"{STEM}.tif", np.zeros((3, 3), "uint8"))
    with pytest.raises(ChipsUnreadableError, match=r"labels2.000000000.tif has another size than the class values"):
        PANOPTIC.read(tmp_path)
    chip = replace(make_chip(tmp_path), label=tmp_path / "labels" / f"{STEM}.tif")
    write_mask(tmp_path / "labels2" / f"{STEM}.tif", np.zeros(SIZE[::-1], "float32"))
    with pytest.raises(ChipsUnreadableError, match="holds values of type float32"):
        PANOPTIC.read_target(chip, CLASSES)
