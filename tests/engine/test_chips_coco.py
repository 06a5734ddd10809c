from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from mask_cases import CLASSES, SIZE, box_object, centres, make_chip, objects
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from swath.engine.chips import FORMATS, _coco_shapes, _json_lists
from swath.engine.chips._folder import map_line
from swath.engine.chips._label import ChipLabel, LabelObject

FORMAT = FORMATS.get("COCO")
LARGE = (120, 90)


def _export(folder, chips, before=None, first=0, size=SIZE):
    """Write chips and seal them as an export does: each chip is a list of objects."""
    (folder / "labels").mkdir(parents=True)
    lines = (before / "map.txt").read_text().splitlines(keepends=True) if before else []
    for number, found in enumerate(chips, start=first):
        stem = f"{number:09d}"
        chip = make_chip(folder, stem, size)
        label = ChipLabel(size, objects=tuple(found))
        assert FORMAT.label_name(stem, label) is None
        if not label.empty:
            FORMAT.write_label(folder, stem, label, chip)
        lines.append(map_line(f"images/{stem}.tif", None))
    FORMAT.seal(folder, before, CLASSES, lines)
    (folder / "map.txt").write_text("".join(lines), newline="")
    return lines


def _document(folder):
    return json.loads((folder / "annotations.json").read_text("utf-8"))


def _iou(first, second):
    return (first & second).sum() / max(1, (first | second).sum())


@given(objects(LARGE))
@settings(max_examples=40, deadline=None)
def test_pycocotools_reads_the_objects_that_were_written(found):
    # Corners are written to a thousandth of a pixel, so that pixels this near to an edge may go either way.
    drawn = [(item, centres(item.shape, LARGE)[0], _near_edge(item.shape)) for item in found]
    drawn = [(item, inside, near) for item, inside, near in drawn if (inside & ~near).any()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _export(folder, [[item for item, _, _ in drawn]], size=LARGE)
        coco = COCO(str(folder / "annotations.json"))
        chip_set = FORMAT.read(folder)
        target = FORMAT.read_target(chip_set.chips[0], chip_set.classes)
    items = coco.loadAnns(coco.getAnnIds())
    assert coco.loadImgs(1) == [{"id": 1, "file_name": "000000000.tif", "width": LARGE[0], "height": LARGE[1]}]
    assert [item["category_id"] for item in items] == [item.value for item, _, _ in drawn] == target.values.tolist()
    for item, (truth, inside, near), mask, box in zip(items, drawn, target.masks, target.boxes, strict=True):
        x, y, width, height = item["bbox"]
        assert [x, y, x + width, y + height] == pytest.approx(truth.shape.bounds, abs=0.01)
        assert box.tolist() == pytest.approx(truth.shape.bounds, abs=0.01)
        assert item["area"] == pytest.approx(truth.shape.area, abs=0.01)
        assert np.array_equal(mask | near, inside | near)
        # pycocotools draws pixels by another rule, which differs along the edge only.
        theirs = coco.annToMask(item).astype(bool)
        assert not ((theirs != inside) & ~_near_edge(truth.shape, 1.0)).any()
        if truth.shape.area > 100 and truth.shape.length < 0.3 * truth.shape.area:
            assert _iou(theirs, inside) >= 0.95


def _near_edge(shape, distance=1e-3):
    cols, rows = np.meshgrid(np.arange(LARGE[0]) + 0.5, np.arange(LARGE[1]) + 0.5)
    return shapely.distance(shape.boundary, shapely.points(cols, rows)) < distance


def test_shapes_with_holes_are_run_lengths_that_pycocotools_draws_alike(tmp_path):
    ring = shapely.box(3, 3, 20, 20) - shapely.box(8, 8, 12, 12)
    both = shapely.MultiPolygon([ring, shapely.box(0, 25, 40, 30)])
    _export(tmp_path, [[LabelObject(2, both, 1.0)]])
    coco = COCO(str(tmp_path / "annotations.json"))
    item = coco.loadAnns(coco.getAnnIds())[0]
    assert item["segmentation"]["size"] == [SIZE[1], SIZE[0]]
    assert np.array_equal(coco.annToMask(item), centres(both)[0])
    chip = FORMAT.read(tmp_path).chips[0]
    assert np.array_equal(FORMAT.read_target(chip).masks[0], centres(both)[0])


@given(st.integers(1, 12), st.integers(1, 12), st.data())
@settings(max_examples=60, deadline=None)
def test_run_lengths_packed_or_not_are_those_of_pycocotools(width, height, data):
    bits = data.draw(st.lists(st.booleans(), min_size=width * height, max_size=width * height))
    mask = np.array(bits, np.uint8).reshape(height, width)
    packed = coco_mask.encode(np.asfortranarray(mask))
    packed = {"size": packed["size"], "counts": packed["counts"].decode()}
    assert np.array_equal(_coco_shapes.draw_outline(packed, None, (width, height)), mask)
    plain = _coco_shapes.run_lengths(mask.astype(bool))
    assert np.array_equal(coco_mask.decode(coco_mask.frPyObjects(plain, height, width)), mask)
    assert np.array_equal(_coco_shapes.draw_outline(plain, None, (width, height)), mask)


def test_large_run_lengths_are_unpacked(tmp_path):
    mask = np.zeros((3000, 2000), np.uint8)
    mask[100:2900, 50:1950] = np.random.default_rng(0).random((2800, 1900)) > 0.999
    mask[1500:] ^= 1
    packed = coco_mask.encode(np.asfortranarray(mask))
    drawn = _coco_shapes.draw_outline({"size": [3000, 2000], "counts": packed["counts"].decode()}, None, (2000, 3000))
    assert np.array_equal(drawn, mask)


A, B, C = box_object(1, 2, 2, 9, 9), box_object(2, 4, 5, 30, 25), box_object(300, 0, 0, 5, 5)


def test_file_has_a_line_for_each_entry_and_lists_empty_chips(tmp_path):
    _export(tmp_path, [[], [A, B], []])
    assert not (tmp_path / "labels").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["annotations.json", "images", "map.txt"]
    document = _document(tmp_path)
    assert document["categories"] == [{"id": info.value, "name": info.name, "supercategory": ""} for info in CLASSES]
    assert document["licenses"] == []
    assert [item["file_name"] for item in document["images"]] == [f"{number:09d}.tif" for number in range(3)]
    assert {(item["width"], item["height"]) for item in document["images"]} == {SIZE}
    assert document["annotations"][0] == {
        "id": 1,
        "image_id": 2,
        "category_id": 1,
        "bbox": [2.0, 2.0, 7.0, 7.0],
        "area": 49.0,
        "segmentation": [[9.0, 2.0, 9.0, 9.0, 2.0, 9.0, 2.0, 2.0]],
        "iscrowd": 0,
    }
    lines = (tmp_path / "annotations.json").read_text().splitlines()
    assert sum(line.startswith('{"id":') for line in lines) == 3 + 3 + 2
    chip_set = FORMAT.read(tmp_path)
    assert [chip.label is None for chip in chip_set.chips] == [True, False, True]
    assert chip_set.class_objects == {1: 1, 2: 1}
    assert FORMAT.read_target(chip_set.chips[0]).masks.shape == (0, SIZE[1], SIZE[0])


def test_chips_added_twice_have_ids_of_their_own(tmp_path):
    folder = tmp_path / "chips"
    _export(folder, [[A], [B, C]])
    for time in range(2):
        more = tmp_path / f"more{time}"
        first = 2 + 2 * time
        _export(more, [[C], []], before=folder, first=first)
        # The export moves what is new into the old folder.
        for path in more.rglob("*"):
            if path.is_file():
                shutil.move(path, folder / path.relative_to(more))
    document = _document(folder)
    assert [item["id"] for item in document["images"]] == [1, 2, 3, 4, 5, 6]
    assert [item["id"] for item in document["annotations"]] == [1, 2, 3, 4, 5]
    assert [item["image_id"] for item in document["annotations"]] == [1, 2, 2, 3, 5]
    coco = COCO(str(folder / "annotations.json"))
    assert [len(coco.getAnnIds(imgIds=[number])) for number in range(1, 7)] == [1, 2, 1, 0, 1, 0]
    chip_set = FORMAT.read(folder)
    found = [FORMAT.read_target(chip).values.tolist() for chip in chip_set.chips]
    assert found == [[1], [2, 300], [300], [], [300], []]


def test_sealing_again_after_being_cut_off_changes_nothing(tmp_path, monkeypatch):
    lines = _export(tmp_path / "whole", [[A], [B, C], []])
    text = (tmp_path / "whole" / "annotations.json").read_text()
    # All is written and the fragments are gone; the export begins again and makes an empty folder for them.
    (tmp_path / "whole" / "labels").mkdir()
    FORMAT.seal(tmp_path / "whole", None, CLASSES, lines)
    assert (tmp_path / "whole" / "annotations.json").read_text() == text
    assert not (tmp_path / "whole" / "labels").exists()
    for stage in ("replace", "rename", "rmtree"):
        folder = tmp_path / stage
        with monkeypatch.context() as patch:
            target = shutil if stage == "rmtree" else Path
            patch.setattr(target, stage, _interrupt)
            with pytest.raises(KeyboardInterrupt):
                _export(folder, [[A], [B, C], []])
        FORMAT.seal(folder, None, CLASSES, lines)
        assert (folder / "annotations.json").read_text() == text
        assert sorted(path.name for path in folder.iterdir()) == ["annotations.json", "images"]


def _interrupt(*args, **kwargs):
    raise KeyboardInterrupt


def test_sealing_continues_with_the_fragments_of_an_earlier_run(tmp_path):
    (tmp_path / "labels").mkdir()
    chip = make_chip(tmp_path, "000000000")
    FORMAT.write_label(tmp_path, "000000000", ChipLabel(SIZE, objects=(A,)), chip)
    make_chip(tmp_path, "000000001")
    FORMAT.write_label(tmp_path, "000000001", ChipLabel(SIZE, objects=(B,)), chip)
    FORMAT.seal(tmp_path, None, CLASSES, [map_line(f"images/00000000{number}.tif", None) for number in (0, 1)])
    assert [item["category_id"] for item in _document(tmp_path)["annotations"]] == [1, 2]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["a", "b", "ü", "images"]), VALUES), st.integers(1, 40), st.booleans())
@settings(max_examples=150, deadline=None)
def test_lists_are_walked_as_json_has_them_whatever_the_chunks(document, chunk, plain):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "x.json"
        path.write_text(json.dumps(document, ensure_ascii=plain, indent=None if plain else 1), encoding="utf-8")
        patch.setattr(_json_lists, "_CHUNK", chunk)
        found = list(_json_lists.elements(path, ("a", "images")))
        lists = {name: value for name, value in document.items() if name in {"a", "images"} and isinstance(value, list)}
        assert [(item.name, item.value) for item in found] == [(name, item) for name in lists for item in lists[name]]
        data = path.read_bytes()
        assert [json.loads(data[item.start : item.stop]) for item in found] == [item.value for item in found]
