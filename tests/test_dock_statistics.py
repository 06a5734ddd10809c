"""Statistics of samples: what a chip size would give, beside what an export really gives; charts; the panel."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from dock_cases import make_context, rectangle


def outline(value: int, left: float, top: float, width: float, height: float):
    """Return a rectangle in pixels."""
    from qgis.core import QgsGeometry, QgsRectangle

    from swath.plugin.labeling.statistics_chips import Outline

    return Outline(value, QgsGeometry.fromRect(QgsRectangle(left, top, left + width, top + height)))


def count(outlines, size=(200, 200), tile=64, stride=32, **more):
    from swath.plugin.labeling.statistics_chips import count_chips

    return count_chips(outlines, size, tile, stride, **more)


def plain_count(boxes, size, tile, stride) -> int:
    """Count chips by looking at each place and each box."""
    from swath.plugin.labeling.statistics_chips import chip_starts

    return sum(
        any(left < col + tile and left + width > col and top < row + tile and top + height > row
            for left, top, width, height in boxes)
        for row in chip_starts(size[1], tile, stride)
        for col in chip_starts(size[0], tile, stride)
    )  # fmt: skip


def test_chips_start_as_in_the_export():
    from swath.plugin.labeling.statistics_chips import chip_starts

    assert chip_starts(200, 64, 32).tolist() == [0, 32, 64, 96, 128, 136]
    assert chip_starts(64, 64, 32).tolist() == [0]
    assert chip_starts(192, 64, 64).tolist() == [0, 64, 128]
    assert chip_starts(63, 64, 32).tolist() == []


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("size", "tile", "stride"), [((200, 170), 64, 32), ((210, 333), 50, 37), ((90, 90), 64, 64)])
def test_boxes_are_counted_as_one_by_one(seed, size, tile, stride):
    draw = np.random.default_rng(seed)
    boxes = [(*draw.uniform(-20, 320, 2), *draw.uniform(0.1, (5, 60)[seed % 2], 2)) for _ in range(12)]
    counts = count([outline(1 + place % 2, *box) for place, box in enumerate(boxes)], size, tile, stride)
    assert counts.featured == plain_count(boxes, size, tile, stride)
    assert counts.by_class[1] == plain_count(boxes[::2], size, tile, stride)
    assert counts.by_class[2] == plain_count(boxes[1::2], size, tile, stride)


def test_sample_that_ends_at_a_chip_border_is_not_in_the_next():
    counts = count([outline(1, 10, 10, 54, 54)], (128, 128), 64, 64)
    assert (counts.featured, counts.places) == (1, 4)


def test_empty_corner_of_a_large_shape_gives_no_chip():
    from qgis.core import QgsGeometry

    from swath.plugin.labeling.statistics_chips import Outline

    corner = QgsGeometry.fromWkt("POLYGON((0 0,200 0,200 4,4 4,4 200,0 200,0 0))")
    assert count([Outline(1, corner)], (200, 200), 50, 50).featured == 7


def test_only_chips_wholly_inside_the_areas_count():
    from qgis.core import QgsGeometry, QgsRectangle

    samples = [outline(1, 0, 0, 200, 200)]
    area = QgsGeometry.fromRect(QgsRectangle(0, 0, 130, 64))
    counts = count(samples, (192, 192), 64, 64, areas=area)
    assert (counts.featured, counts.outside) == (2, 7)


def test_split_leaves_no_overlap_between_its_sides():
    draw = np.random.default_rng(1)
    samples = [outline(1 + k % 3, *draw.uniform(0, 1900, 2), 20, 20) for k in range(300)]
    counts = count(samples, (2000, 2000), 128, 64)
    assert counts.train + counts.valid + counts.dropped == counts.featured
    assert 0.05 < counts.valid / (counts.train + counts.valid) < 0.2
    assert set(counts.valid_by_class) == {1, 2, 3}
    assert min(counts.valid_by_class.values()) > 0


def test_no_validation_where_all_chips_overlap():
    counts = count([outline(1, 0, 0, 80, 80)], (80, 80), 64, 8)
    assert counts.featured == 9
    assert counts.valid == 0


@pytest.fixture
def scattered(store, image):
    """Return the store with 60 rectangles and triangles of two classes on the image."""
    from dock_cases import spot
    from qgis.core import QgsGeometry

    store.current_image = image
    draw = np.random.default_rng(5)
    for value in (1, 2):
        shapes = []
        for _ in range(12):
            x, y = spot(*draw.uniform(2, 80, 2))
            w, h = draw.uniform(1, 12, 2)
            shapes.append(QgsGeometry.fromWkt(f"POLYGON(({x} {y},{x + w} {y},{x} {y - h},{x} {y}))"))
        store.add(shapes, value)
    return store


def question(store, image, tile, stride, *, masked=False):
    from qgis.core import QgsProject

    from swath.plugin.labeling.statistics import ChipQuestion, ImageGrid

    samples = [(sample.value, sample.geometry) for sample in store.samples.values()]
    areas = [area.geometry for area in store.areas.values()] if masked else []
    return ChipQuestion(samples, areas, ImageGrid.of(image, store, QgsProject.instance()), tile, stride)


def test_count_is_that_of_a_real_export(scattered, image, processing, swath_plugin, engine, tmp_path):
    from swath.plugin.labeling.statistics import answer

    scattered.add_area(rectangle(0, 0, 70))
    for number, masked in enumerate((False, True)):
        given = {
            "INPUT": image,
            "LABELS": f"{scattered.path}|layername=samples",
            "CLASS_FIELD": "Classvalue",
            "FORMAT": "RCNN_MASKS",
            "TILE_SIZE_X": 40,
            "TILE_SIZE_Y": 40,
            "STRIDE_X": 20,
            "STRIDE_Y": 20,
            "OUTPUT": str(tmp_path / f"chips{number}"),
        }
        if masked:
            given["MASK"] = f"{scattered.path}|layername=areas"
        made = processing.run("swath:exporttrainingdata", given)
        counts = answer(question(scattered, image, 40, 20, masked=masked))
        assert counts.featured == made["CHIPS"]
        lines = (Path(made["OUTPUT"]) / "swath_chips.jsonl").read_text().splitlines()
        for value in (1, 2):
            real = sum(str(value) in json.loads(line)["counts"] for line in lines)
            assert counts.by_class[value] == real


def test_task_answers_in_the_background(scattered, image):
    from qgis.core import QgsApplication
    from qgis.PyQt.QtTest import QSignalSpy

    from swath.plugin.labeling.statistics import ChipTask, answer

    asked = question(scattered, image, 64, 32)
    task = ChipTask(asked)
    spy = QSignalSpy(task.answered)
    QgsApplication.taskManager().addTask(task)
    assert len(spy) or spy.wait(5000)
    assert spy[0][0] == answer(asked)


def test_bins_double():
    from swath.plugin.labeling.sample_charts import size_bins

    first, counts = size_bins(np.array([4.0, 7.9, 8.0, 33.0, np.nan]))
    assert (first, counts.tolist()) == (2, [2, 1, 0, 1])
    assert size_bins(np.array([np.nan]))[1].tolist() == []


def test_bars_are_painted_in_class_colors_as_long_as_their_numbers(qgis_app):
    from qgis.PyQt.QtGui import QColor

    from swath.plugin.labeling.sample_charts import Bar, BarChart

    chart = BarChart()
    chart.show_bars([Bar("field", "#30a040", 40), Bar("roof", "#d03020", 20)])
    chart.resize(300, chart.sizeHint().height())
    picture = chart.grab().toImage()
    lengths = []
    for place, color in enumerate(("#30a040", "#d03020")):
        row = int((place + 0.5) * picture.height() / 2)
        lengths.append(sum(picture.pixelColor(x, row) == QColor(color) for x in range(picture.width())))
    assert lengths[1] == pytest.approx(lengths[0] / 2, abs=3)
    assert lengths[0] > 100


def test_panel_says_what_a_chip_size_gives(scattered, image, canvas):
    from qgis.core import QgsProject
    from qgis.PyQt.QtTest import QSignalSpy

    from swath.plugin.labeling.sample_facts import SampleFacts
    from swath.plugin.labeling.statistics import answer
    from swath.plugin.labeling.statistics_panel import StatisticsPanel

    panel = StatisticsPanel(make_context(canvas, scattered))
    facts = SampleFacts(scattered, QgsProject.instance())
    facts.finish()
    panel.chips.tile.setValue(40)
    panel.chips.stride.setValue(20)
    spy = QSignalSpy(panel.chips.answered)
    panel.show_store(facts)
    panel.resize(380, 500)
    panel.show()
    assert len(spy) or spy.wait(5000)
    expected = answer(question(scattered, image, 40, 20))
    assert panel.chips.counts == expected
    assert panel.chips.text.text().startswith(f"{expected.featured} of 81 places show samples.")
    assert [bar.value for bar in panel.bars.bars] == [12, 12]
    panel.by_pixels.setChecked(True)
    assert sum(bar.value for bar in panel.bars.bars) == sum(sample.count for sample in scattered.samples.values())
    panel.chips.tile.setValue(400)
    panel.chips.ask()
    assert "smaller than a chip" in panel.chips.text.text()
    facts.stop()
    panel.close()


def test_panel_without_samples_says_so(canvas):
    from swath.plugin.labeling.statistics_panel import StatisticsPanel

    panel = StatisticsPanel(make_context(canvas))
    panel.show_store(None)
    panel.show()
    panel.refresh()
    assert "no samples" in panel.chips.text.text()
    panel.close()


def test_web_map_is_labeled_without_pixels(store, canvas, tmp_path):
    from qgis.core import QgsProject, QgsRasterLayer

    from swath.plugin.labeling.label_tab import LabelTab

    source = f"type=xyz&url=file://{tmp_path}/%7Bz%7D/%7Bx%7D/%7By%7D.png&zmin=0&zmax=18"
    web = QgsRasterLayer(source, "web map", "wms")
    assert web.isValid()
    QgsProject.instance().addMapLayer(web)
    store.current_image = web
    (fid,) = store.add([rectangle(10, 10)], 1)
    assert store.samples[fid].count == 0
    tab = LabelTab(make_context(canvas, store))
    tab.show()
    tab.facts.finish()
    assert tab.facts.flags[tab.facts.slots()].tolist() == [0]
    tab.sections.setCurrentWidget(tab.statistics)
    tab.statistics.refresh()
    assert "web map" in tab.statistics.chips.text.text()
    assert tab.images.list.topLevelItemCount() == 2
    tab.session.close()
    tab._context.set_store(None)
    tab.close()
