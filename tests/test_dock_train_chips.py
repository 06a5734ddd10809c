"""Chips with their labels drawn on them, before a training."""

from __future__ import annotations

import json
import shutil

import pytest
from dock_train_cases import make_boxes, make_chips
from dock_train_fixtures import press
from form_cases import wait_for


def test_preview_draws_labels_pages_and_shuffles(train_tab, tmp_path):
    folder = make_chips(tmp_path / "many_chips", 30, empty_last=True)
    train_tab.setup.chips.set_paths([str(folder)])
    wait_for(lambda: train_tab.setup.chips.folders)
    press(train_tab.setup.preview_button)
    assert train_tab.pages.currentWidget() is train_tab.preview
    preview = train_tab.preview
    wait_for(lambda: preview._task is None and preview.tiles and preview.tiles[-1].chip is not None)
    count = len(preview.tiles)
    assert 2 <= count < 30
    image = preview.tiles[0].chip.image
    assert image.pixelColor(2, 32).green() > image.pixelColor(2, 32).red()
    assert image.pixelColor(60, 32).red() > image.pixelColor(60, 32).green()
    assert preview.tiles[0].caption() == "Field, Roof"
    preview.labels.setChecked(False)
    wait_for(lambda: preview._task is None and preview.tiles[0].chip.classes == ())
    preview.labels.setChecked(True)
    paths = [tile.chip.path.name for tile in preview.tiles]
    press(preview.forth)
    wait_for(lambda: preview._task is None and preview.tiles[0].chip.path.name not in paths)
    assert preview.place.text() == f"{count + 1} to {2 * count} of 30"
    preview.turn(99)
    wait_for(lambda: preview._task is None and not preview.forth.isEnabled())
    last = [tile for tile in preview.tiles if tile.chip is not None][-1]
    assert last.caption() == "no label"
    preview.mix(seed=3)
    wait_for(lambda: preview._task is None and preview.first == 0)
    assert [tile.chip.path.name for tile in preview.tiles] != paths
    assert "Field" in preview.counts.text()


@pytest.mark.parametrize("chip_format", ["PASCAL_VOC_RECTANGLES", "YOLO", "YOLO_POLYGONS", "COCO", "RCNN_MASKS"])
def test_objects_are_drawn_where_they_lie_in_every_format(tmp_path, chip_format):
    """One box from (8, 8) to (40, 40) of class 2."""
    from swath.plugin.training.chip_folder import read_chip_folder
    from swath.plugin.training.chip_pictures import draw_chip

    folder = make_boxes(tmp_path / "chips")
    rewrite(folder, chip_format)
    found = read_chip_folder(folder)
    assert (found.problem, found.format.id, len(found.entries)) == ("", chip_format, 3)
    plain = draw_chip(found, found.entries[0], labels=False).image
    drawn = draw_chip(found, found.entries[0])
    assert drawn.problem == ""
    assert drawn.classes == ("Roof",)
    changed = [
        (x, y)
        for x in range(64)
        for y in range(64)
        if plain.pixelColor(x, y).rgb() != drawn.image.pixelColor(x, y).rgb()
    ]
    assert {(8, 20), (20, 8), (39, 20), (20, 39)} <= set(changed)
    assert not [(x, y) for x, y in changed if not (4 <= x < 44 and y < 44)]


def rewrite(folder, chip_format):
    """Write the labels of boxes in another format."""
    from osgeo import gdal

    path = folder / "esri_model_definition.emd"
    names = {"YOLO": "YOLO_rectangles", "YOLO_POLYGONS": "YOLO_polygons", "COCO": "COCO", "RCNN_MASKS": "RCNN_Masks"}
    if chip_format not in names:
        return
    path.write_text(path.read_text().replace("PASCAL_VOC_rectangles", names[chip_format]))
    stems = [item.stem for item in sorted((folder / "images").iterdir())]
    for item in (folder / "labels").iterdir():
        item.unlink()
    if chip_format in {"YOLO", "YOLO_POLYGONS"}:
        line = "1 0.375 0.375 0.5 0.5\n" if chip_format == "YOLO" else "1 .125 .125 .625 .125 .625 .625 .125 .625\n"
        for stem in stems:
            (folder / "labels" / f"{stem}.txt").write_text(line)
        (folder / "map.txt").write_text("".join(f"images\\{s}.tif  labels\\{s}.txt \r\n" for s in stems))
    elif chip_format == "RCNN_MASKS":
        (folder / "labels" / "2").mkdir()
        for stem in stems:
            dataset = gdal.GetDriverByName("GTiff").Create(str(folder / "labels/2" / f"{stem}.tif"), 64, 64, 1)
            import numpy as np

            mask = np.zeros((64, 64), np.uint8)
            mask[8:40, 8:40] = 1
            dataset.GetRasterBand(1).WriteArray(mask)
            dataset = None
        (folder / "map.txt").write_text("".join(f"images\\{s}.tif  labels\\2\\{s}.tif \r\n" for s in stems))
    else:
        (folder / "labels").rmdir()
        ring = [8, 8, 40, 8, 40, 40, 8, 40]
        values = {
            "images": [{"id": n, "file_name": f"{s}.tif", "width": 64, "height": 64} for n, s in enumerate(stems)],
            "categories": [{"id": 1, "name": "Field"}, {"id": 2, "name": "Roof"}],
            "annotations": [
                {"id": n, "image_id": n, "category_id": 2, "segmentation": [ring], "bbox": [8, 8, 32, 32]}
                for n, _ in enumerate(stems)
            ],
        }
        (folder / "annotations.json").write_text(json.dumps(values))
        (folder / "map.txt").write_text("".join(f"images\\{s}.tif \r\n" for s in stems))


def test_broken_chips_are_said_and_the_others_shown(train_tab, town_chips):
    (town_chips / "labels" / "000000000000.tif").write_bytes(b"no raster")
    (town_chips / "images" / "000000000001.tif").write_bytes(b"")
    train_tab.setup.chips.set_paths([str(town_chips)])
    wait_for(lambda: train_tab.setup.chips.folders)
    train_tab.pages.setCurrentWidget(train_tab.preview)
    preview = train_tab.preview
    wait_for(lambda: preview._task is None and preview.tiles[2].chip is not None)
    problems = [bool(tile.chip.problem) for tile in preview.tiles[:3]]
    assert problems == [True, True, False]


def test_chips_that_are_cut_off_or_gone_leave_the_others_to_be_seen(train_tab, tmp_path):
    chips = make_chips(tmp_path / "chips")
    images = sorted((chips / "images").iterdir())
    images[0].write_bytes(images[0].read_bytes()[: images[0].stat().st_size // 2])
    train_tab.setup.chips.set_paths([str(chips)])
    wait_for(lambda: train_tab.setup.chips.folders)
    preview, drawn = train_tab.preview, []
    preview.drawn.connect(lambda: drawn.append(1))
    train_tab.pages.setCurrentIndex(1)
    wait_for(lambda: preview._task is None and preview.tiles and preview.tiles[0].chip is not None)
    assert preview.tiles[0].caption() == f"{images[0].name} cannot be read"
    assert preview.tiles[1].caption() == "Field, Roof"
    shutil.rmtree(chips)
    drawn.clear()
    preview.mix(1)
    wait_for(lambda: drawn and preview._task is None)
    captions = [tile.caption() for tile in preview.tiles if tile.chip is not None]
    assert len(captions) > 1
    assert [text.split(" ", 1)[-1] for text in captions] == ["cannot be read"] * len(captions)
