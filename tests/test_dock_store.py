"""Samples: every edit is in the file, can be undone, and is told."""

from __future__ import annotations

import pytest
from dock_cases import rectangle, rows, spot


def test_add_samples_are_in_the_file_with_training_sample_fields(store):
    (first, second) = store.add([rectangle(0, 0), rectangle(20, 0)], 2)
    row = rows(store.path)[first]
    fields = {"Classname": "roof", "Classvalue": 2, "Red": 208, "Green": 48, "Blue": 32, "Count": 0, "Image": ""}
    assert {name: row[name] for name in fields} == fields
    assert list(store.samples) == [first, second]
    assert store.layer.getFeature(second).geometry().area() == pytest.approx(100)


def test_hand_clicks_where_it_is_told(canvas, hand):
    from qgis.gui import QgsMapToolEmitPoint

    found = []
    tool = QgsMapToolEmitPoint(canvas)
    tool.canvasClicked.connect(lambda point, _button: found.append((point.x(), point.y())))
    canvas.setMapTool(tool)
    hand.click(*spot(30, 40))
    canvas.unsetMapTool(tool)
    assert found[0] == pytest.approx(spot(30, 40), abs=canvas.mapUnitsPerPixel())
