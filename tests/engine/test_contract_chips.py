"""What every chip format must do, whatever it is: drop a file into ``engine/chips`` and it is tested here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from chip_cases import BOXES, NORTH_UP, noise, pixel_box, write_labels, write_raster
from rasterio.windows import Window

from swath.engine import pipeline
from swath.engine.chips import (
    FORMATS,
    INSTANCES_TOO,
    NO_SECOND,
    OBJECTS,
    SECOND_MAY,
    SECOND_UNPAIRED,
    VALUES,
    Chip,
    ChipFormat,
    ChipSet,
)
from swath.engine.chips import _targets as targets
from swath.engine.errors import InputError
from swath.engine.jobs import ExportJob
from swath.engine.progress import Silent

CLASSES = [{"value": 1, "name": "one", "color": [255, 0, 0]}, {"value": 2, "name": "two", "color": [0, 0, 255]}]
MORE = [{"value": 9, "name": "nine", "color": [0, 255, 0]}]
TILE = 64
ALL = list(FORMATS.all().values())
formats = pytest.mark.parametrize("chip_format", ALL, ids=lambda item: item.id)
paired = pytest.mark.parametrize(
    "chip_format", [item for item in ALL if item.second == SECOND_MAY], ids=lambda item: item.id
)


def _export(folder: Path, chip_format: ChipFormat, number: int = 0, **values: Any) -> Path:
    """Export a picture of noise with the boxes; a second time with another picture, and one class more."""
    raster = write_raster(folder / f"image{number}.tif", noise(seed=number))
    shapes = [pixel_box(NORTH_UP, *box[:4]) for box in BOXES]
    codes = [9 if number and box[4] == 2 else box[4] for box in BOXES]
    labels = write_labels(folder / f"labels{number}.gpkg", shapes, codes)
    settings: dict[str, Any] = {"tile_size": [TILE, TILE], "stride": [32, 32]}
    if chip_format.needs:
        settings |= {"labels": str(labels), "classes": CLASSES + (MORE if number else [])}
    if INSTANCES_TOO in chip_format.needs:
        settings["instance_labels"] = str(labels)
    if chip_format.second == SECOND_UNPAIRED:
        settings["raster2"] = str(write_raster(folder / f"second{number}.tif", noise(width=170, seed=7 + number)))
    job = ExportJob(str(raster), str(folder / "chips"), chip_format.id, **{**settings, **values})
    pipeline.export(job, Silent())
    return folder / "chips"


def _place(folder: Path, chip: Chip, name: str) -> tuple[int, int]:
    """Return column and row of a chip on its raster, after comparing all its pixels with it."""
    assert chip.transform is not None
    with rasterio.open(folder / name) as source, rasterio.open(chip.image) as written:
        assert chip.transform.tuple6() == pytest.approx(tuple(written.transform)[:6])
        col, row = (round(value) for value in ~source.transform @ (written.transform.c, written.transform.f))
        assert np.array_equal(source.read(window=Window(col, row, written.width, written.height)), written.read())
    return col, row


def _objects(col: int, row: int) -> list[tuple[int, tuple[float, ...]]]:
    """Return (value, box) of what is labelled in a chip, in chip pixels."""
    frame = shapely.box(0, 0, TILE, TILE)
    shapes = [(box[4], shapely.box(*box[:4])) for box in BOXES]
    shapes = [(value, shapely.transform(shape, lambda at: at - (col, row))) for value, shape in shapes]
    cut = [(value, shape.intersection(frame)) for value, shape in shapes]
    return sorted((value, shape.bounds) for value, shape in cut if shape.area > 0)


def _check(chip_format: ChipFormat, target: Any, truth: list[tuple[int, tuple[float, ...]]]) -> None:
    """Compare what was read with what was labelled, by the kind of truth."""
    canvas = np.zeros((TILE, TILE), np.int64)
    for value, (left, top, right, bottom) in truth:
        canvas[int(top) : int(bottom), int(left) : int(right)] = value
    values = {value for value, _ in truth}
    if chip_format.target == targets.PIXELS:
        assert np.array_equal(target, canvas)
    elif chip_format.target in (targets.BOXES, targets.INSTANCES):
        found = sorted(zip(target.values.tolist(), map(tuple, target.boxes.tolist()), strict=True))
        assert [value for value, _ in found] == [value for value, _ in truth]
        assert np.abs(np.array([box for _, box in found]) - [box for _, box in truth]).max() < 0.01
        assert (target.masks is None) == (chip_format.target == targets.BOXES)
        for value, mask in zip(target.values, target.masks if target.masks is not None else (), strict=False):
            assert set(canvas[mask].tolist()) == {value}
        if target.masks is not None:
            assert np.array_equal(target.masks.sum(axis=0), canvas > 0)
    elif chip_format.target == targets.CLASSES:
        assert set(target.values) <= values
        assert len(target.values) == (1 if chip_format.one_feature else len(values))
    elif chip_format.target == targets.PANOPTIC:
        assert np.array_equal(target.values, canvas)
        assert np.array_equal(target.instances > 0, canvas > 0)
    else:
        assert chip_format.target == targets.IMAGES
        assert target is None


def _values(target: Any) -> set[int]:
    """Return the class values in a truth of any kind."""
    values = () if target is None else getattr(target, "values", target)
    return {int(value) for value in np.unique(values)} - {0}


def _plain(target: Any) -> list[Any]:
    """Return a truth of any kind as something that can be compared."""
    parts = vars(target).values() if hasattr(target, "__dict__") else [target]
    return [None if part is None else np.asarray(part).tolist() for part in parts]


def _read(chip_format: ChipFormat, folder: Path) -> ChipSet:
    chip_set = chip_format.read(folder)
    assert chip_set.format_id == chip_format.id
    assert chip_set.size == (TILE, TILE)
    assert chip_set.same_size
    assert (chip_set.bands, chip_set.dtype, len(chip_set.stats)) == (3, "uint8", 3)
    assert len({chip.image for chip in chip_set.chips}) == len(chip_set.chips) > 0
    return chip_set


@formats
def test_format_describes_itself_completely(chip_format: ChipFormat) -> None:
    assert re.fullmatch(r"[A-Z0-9_]+", chip_format.id)
    assert chip_format.title
    assert chip_format.help.endswith(".")
    assert chip_format.metadata_mode
    assert type(chip_format).__doc__
    assert FORMATS.get(chip_format.id) is chip_format
    assert set(chip_format.needs) <= {VALUES, OBJECTS, INSTANCES_TOO}
    assert chip_format.second in {NO_SECOND, SECOND_MAY, SECOND_UNPAIRED}
    kinds = {targets.PIXELS, targets.BOXES, targets.INSTANCES, targets.CLASSES, targets.PANOPTIC, targets.IMAGES}
    assert chip_format.target in kinds
    assert bool(chip_format.needs) == (chip_format.target != targets.IMAGES)


def test_formats_have_names_of_their_own() -> None:
    for name in ("id", "title", "metadata_mode"):
        assert len({getattr(item, name).lower() for item in ALL}) == len(ALL)


@formats
def test_format_reads_back_what_it_wrote(chip_format: ChipFormat, tmp_path: Path) -> None:
    chip_set = _read(chip_format, _export(tmp_path, chip_format))
    assert [(item.value, item.name) for item in chip_set.classes] == (
        [(1, "one"), (2, "two")] if chip_format.needs else []
    )
    assert len(chip_set.stats2) == (3 if chip_format.second == SECOND_UNPAIRED else 0)
    for chip in chip_set.chips:
        second = chip.image2 == chip.image
        col, row = _place(tmp_path, chip, "second0.tif" if second else "image0.tif")
        target = chip_format.read_target(chip, chip_set.classes)
        _check(chip_format, target, _objects(col, row))
    if chip_format.one_feature:
        assert len(chip_set.chips) == len(BOXES)


@formats
def test_format_reads_the_counts_of_the_export(chip_format: ChipFormat, tmp_path: Path) -> None:
    chip_set = _read(chip_format, _export(tmp_path, chip_format))
    if not chip_format.needs:
        return
    counted: dict[int, int] = {}
    for chip in chip_set.chips:
        assert chip.counts is not None
        for value, count in chip.counts.items():
            counted[value] = counted.get(value, 0) + count
        target = chip_format.read_target(chip, chip_set.classes)
        if chip_format.target == targets.PIXELS:
            assert {value: count for value, count in chip.counts.items() if count} == dict(
                zip(*(each.tolist() for each in np.unique(target, return_counts=True)), strict=True)
            )
        elif chip_format.target in (targets.BOXES, targets.INSTANCES):
            assert sum(chip.counts.values()) == len(target.values)
        else:
            assert {value for value, count in chip.counts.items() if value and count} == _values(target)
    assert {value for value, count in counted.items() if value and count} == {1, 2}
    assert set(chip_set.class_objects) == {1, 2}


@formats
def test_format_takes_more_chips_with_more_classes(chip_format: ChipFormat, tmp_path: Path) -> None:
    first = _read(chip_format, _export(tmp_path, chip_format))
    truth = {chip.image: _plain(chip_format.read_target(chip, first.classes)) for chip in first.chips}
    both = _read(chip_format, _export(tmp_path, chip_format, 1))
    assert len(both.chips) == 2 * len(first.chips)
    assert [item.value for item in both.classes] == ([1, 2, 9] if chip_format.needs else [])
    found = {chip.image: _plain(chip_format.read_target(chip, both.classes)) for chip in both.chips}
    assert {image: found[image] for image in truth} == truth
    new = [chip for chip in both.chips if chip.image not in truth]
    values = set().union(*(_values(chip_format.read_target(chip, both.classes)) for chip in new))
    assert values == ({1, 9} if chip_format.needs else set())


@formats
def test_format_reads_chips_without_a_label(chip_format: ChipFormat, tmp_path: Path) -> None:
    if chip_format.one_feature:
        return
    chip_set = _read(chip_format, _export(tmp_path, chip_format, all_tiles=True))
    empty = [
        chip for chip in chip_set.chips if chip_format.needs and not _objects(*_place(tmp_path, chip, "image0.tif"))
    ]
    assert bool(empty) == bool(chip_format.needs)
    for chip in empty:
        assert not _values(chip_format.read_target(chip, chip_set.classes))


@paired
def test_format_takes_a_second_raster_of_the_same_places(chip_format: ChipFormat, tmp_path: Path) -> None:
    second = write_raster(tmp_path / "second.tif", noise(bands=1, dtype="uint16", seed=3))
    chip_set = _read(chip_format, _export(tmp_path, chip_format, raster2=str(second)))
    assert len(chip_set.stats2) == 1
    for chip in chip_set.chips:
        col, row = _place(tmp_path, chip, "image0.tif")
        assert chip.image2 is not None
        with rasterio.open(second) as source, rasterio.open(chip.image2) as written:
            assert np.array_equal(source.read(window=Window(col, row, TILE, TILE)), written.read())
            assert tuple(written.transform)[:6] == pytest.approx(chip.transform.tuple6() if chip.transform else ())


@formats
def test_format_tells_its_folder_from_others(chip_format: ChipFormat, tmp_path: Path) -> None:
    folder = _export(tmp_path, chip_format)
    assert [item.id for item in ALL if item.detect(folder)] == [chip_format.id]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert not chip_format.detect(empty)
    assert not chip_format.detect(tmp_path / "none")
    for other in (empty, tmp_path / "none"):
        with pytest.raises(InputError, match=re.escape(str(other))):
            chip_format.read(other)
    for item in ALL:
        if item is not chip_format:
            with pytest.raises(InputError, match=re.escape(str(folder))):
                item.read(folder)


@formats
def test_folder_of_a_format_is_claimed_once_without_its_documents(chip_format: ChipFormat, tmp_path: Path) -> None:
    folder = _export(tmp_path, chip_format)
    for path in folder.iterdir():
        if path.is_file() and path.name not in {"annotations.json", "panoptic.json", "data.yaml"}:
            path.unlink()
    claimed = [item.id for item in ALL if item.detect(folder)]
    # A chip with the XML or the folders of one class may look like another format, but never like two.
    assert len(claimed) <= 1
