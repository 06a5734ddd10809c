"""Scenes at random, exported as masks, panoptic labels and COCO, and read back: what is there is what was labelled."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from chip_cases import (
    NORTH_UP,
    UTM,
    Recorder,
    chip_window,
    noise,
    read_map_lines,
    run_export,
    write_labels,
    write_raster,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from mask_cases import centres, objects, painted
from pycocotools.coco import COCO
from shapely.affinity import affine_transform, translate

from swath.engine.chips import FORMATS
from swath.engine.chips._label import LabelObject
from swath.engine.data import exporting
from swath.engine.errors import CancelledError
from swath.engine.jobs import ExportJob

SCENE = (90, 70)
TURNED = rasterio.Affine(0.3, 0.4, 1000.0, 0.4, -0.3, 5000.0)
places = st.sampled_from([(NORTH_UP, UTM), (TURNED, "EPSG:3857"), (rasterio.Affine(2, 0, 0, 0, 2, 0), None)])


def _scene(folder, found, transform, crs):
    """Write a raster and the objects, given in its pixels, as labels."""
    a, b, c, d, e, f = tuple(transform)[:6]
    pixels = noise(*SCENE)
    raster = write_raster(folder / "r.tif", pixels, transform, crs)
    shapes = [affine_transform(item.shape, [a, b, d, e, c, f]) for item in found]
    labels = write_labels(folder / "l.gpkg", shapes, [item.value for item in found], crs=crs)
    return {"raster": str(raster), "labels": str(labels)}


def _inside(found, window):
    """Return the objects of a scene in the pixels of one chip."""
    col, row, width, height = window
    cut = [(item.value, item.shape.intersection(shapely.box(col, row, col + width, row + height))) for item in found]
    moved = [LabelObject(value, translate(shape, -col, -row), 0.0) for value, shape in cut if shape.area > 0]
    return [item for item in moved if item.shape.geom_type in {"Polygon", "MultiPolygon"}]


def _chips(folder, chip_format, transform):
    chip_set = chip_format.read(folder)
    assert len(chip_set.chips) == len(read_map_lines(folder))
    for chip in chip_set.chips:
        with rasterio.open(chip.image) as dataset:
            window = (*chip_window(dataset.transform, transform), dataset.width, dataset.height)
        yield window, chip_format.read_target(chip, chip_set.classes)


def _check_rcnn(truth, target, size):
    expected = []
    for value in sorted({item.value for item in truth}):
        numbers, unsure = painted([item for item in truth if item.value == value], size)
        expected += [(value, numbers == number, ~unsure) for number in range(1, int(numbers.max()) + 1)]
    expected = [(value, mask, sure) for value, mask, sure in expected if (mask & sure).any()]
    assert [value for value, _, _ in expected] == target.values.tolist()
    for (_, mask, sure), read in zip(expected, target.masks, strict=True):
        assert np.array_equal(read[sure], mask[sure])


def _check_coco(truth, target, size):
    drawn = [(item, *centres(item.shape, size)) for item in truth]
    drawn = [(item, inside, near) for item, inside, near in drawn if (inside & ~near).any()]
    assert [item.value for item, _, _ in drawn] == target.values.tolist()
    for (item, inside, _), mask, box in zip(drawn, target.masks, target.boxes, strict=True):
        assert box.tolist() == pytest.approx(item.shape.bounds, abs=0.01)
        # Corners are written to a thousandth of a pixel.
        assert np.count_nonzero(mask != inside) <= 2


def _check_panoptic(truth, target, size):
    numbers, unsure = painted(truth, size)
    values = np.array([0, *(item.value for item in truth)])[numbers]
    assert np.array_equal(target.values[~unsure], values[~unsure])
    pairs = set(zip(target.instances[~unsure].tolist(), numbers[~unsure].tolist(), strict=True))
    assert len({a for a, _ in pairs}) == len(pairs) == len({b for _, b in pairs})


CHECKS = {"RCNN_MASKS": _check_rcnn, "COCO": _check_coco, "PANOPTIC_SEGMENTATION": _check_panoptic}


@pytest.mark.parametrize("format_id", list(CHECKS))
@given(found=objects(SCENE, most=6), place=places, tile=st.integers(20, 50), stride=st.integers(15, 60))
@settings(max_examples=12, deadline=None)
def test_scene_reads_back_as_it_was_labelled(format_id, found, place, tile, stride):
    chip_format = FORMATS.get(format_id)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not found:
            return
        base = _scene(folder, found, *place)
        run_export(folder, base, format=format_id, tile_size=[tile, tile + 5], stride=[stride, stride], all_tiles=True)
        for window, target in _chips(folder / "out", chip_format, place[0]):
            CHECKS[format_id](_inside(found, window), target, window[2:])


@pytest.mark.parametrize("format_id", list(CHECKS))
def test_export_that_was_cut_off_and_one_added_give_the_same_as_whole_ones(tmp_path, monkeypatch, format_id):
    monkeypatch.setattr(exporting, "_BYTES_AHEAD", 1)
    rng = np.random.default_rng(1)
    corners = [(1 + number % 2, *rng.uniform(0, (80, 60)).tolist()) for number in range(25)]
    found = [LabelObject(value, shapely.box(x, y, x + 9.3, y + 7.7), 0.0) for value, x, y in corners]
    base = {**_scene(tmp_path, found, NORTH_UP, UTM), "format": format_id, "tile_size": [16, 16], "stride": [12, 6]}
    run_export(tmp_path, base, "whole")
    job = ExportJob(**{**base, "output": str(tmp_path / "parts")})
    with pytest.raises(CancelledError):
        exporting.export_chips(job, Recorder(cancel_after=9))
    assert not (tmp_path / "parts").exists()
    recorder = Recorder()
    run_export(tmp_path, base, "parts", recorder)
    assert any("Continuing" in text for text in recorder.messages)
    for path in (tmp_path / "whole").rglob("*.*"):
        if path.suffix in {".json", ".tif", ".txt"} and path.is_file():
            assert (tmp_path / "parts" / path.relative_to(tmp_path / "whole")).read_bytes() == path.read_bytes(), path
    once = [target for _, target in _chips(tmp_path / "whole", FORMATS.get(format_id), NORTH_UP)]
    run_export(tmp_path, base, "whole")
    twice = [target for _, target in _chips(tmp_path / "whole", FORMATS.get(format_id), NORTH_UP)]
    assert len(twice) == 2 * len(once)
    for first, again, expected in zip(twice, twice[len(once) :], once, strict=False):
        for target in (first, again):
            assert np.array_equal(target.values, expected.values)
    if format_id == "COCO":
        items = json.loads((tmp_path / "whole" / "annotations.json").read_text())["annotations"]
        assert [item["id"] for item in items] == list(range(1, len(items) + 1))


def test_real_buildings_are_alike_in_all_formats(tmp_path, real_data):
    from test_export_real import _mercator

    folder = real_data / "kampala_buildings"
    items = json.loads((folder / "train_ne_buildings.geojson").read_text())["features"]
    shapes = [shapely.transform(shapely.geometry.shape(item["geometry"]), _mercator) for item in items]
    labels = write_labels(tmp_path / "l.gpkg", shapes, [1] * len(shapes), ["building"] * len(shapes), "EPSG:3857")
    raster = tmp_path / "r.tif"
    raster.write_bytes((folder / "train_ne.tif").read_bytes())
    sets = {}
    for format_id in CHECKS:
        base = {"raster": str(raster), "labels": str(labels), "stride": [256, 256]}
        run_export(tmp_path, base, format_id, format=format_id)
        chip_set = FORMATS.get(format_id).read(tmp_path / format_id)
        sets[format_id] = [FORMATS.get(format_id).read_target(chip, chip_set.classes) for chip in chip_set.chips]
    coco = COCO(str(tmp_path / "COCO" / "annotations.json"))
    assert [len(found) for found in sets.values()] == [24] * 3
    for number, (masks, outlines, panoptic) in enumerate(zip(*sets.values(), strict=True), start=1):
        anything = masks.masks.any(axis=0)
        assert np.array_equal(anything, panoptic.values == 1)
        assert np.array_equal(anything, panoptic.instances > 0)
        assert np.count_nonzero(anything != outlines.masks.any(axis=0)) <= 3
        theirs = [coco.annToMask(item) for item in coco.loadAnns(coco.getAnnIds(imgIds=[number]))]
        assert np.mean(np.any(theirs, axis=0) != anything) < 0.02
        if len(masks.values) == len(outlines.values):
            # Pixel centres lie inside of outlines, whose thin corners may reach farther.
            assert (masks.boxes[:, :2] >= outlines.boxes[:, :2] - 0.5).all()
            assert (masks.boxes[:, 2:] <= outlines.boxes[:, 2:] + 0.5).all()
