"""What goes away while the review is at work: the project, layers, the file of the review."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from review_fixtures import find, press, states, wait_for


def test_a_search_of_a_project_that_was_closed_shows_nothing_in_the_next(tab, land, tmp_path, classes):
    from dock_cases import make_store
    from qgis.core import QgsProject

    other = make_store(tmp_path, "other.gpkg", schema=classes)
    beside = tmp_path / "other_review.gpkg"
    beside.write_bytes(b"the review of the other labels")
    tab.panel.find.click()
    assert tab.search.task is not None
    QgsProject.instance().clear()
    tab._context.set_store(other)
    for _ in range(50):
        QTest.qWait(10)
    assert tab.search.task is None
    assert not tab.panel.bar.isVisible()
    assert tab.review.candidates == []
    assert tab.stack.currentWidget() is not tab.page
    assert beside.read_bytes() == b"the review of the other labels"


def test_layers_that_go_during_the_search_and_after_it_do_no_harm(tab, map_layers):
    from qgis.core import QgsProject

    tab.panel.find.click()
    QgsProject.instance().removeMapLayers([layer.id() for layer in map_layers])
    wait_for(tab)
    assert tab.review.candidates
    press(tab, Qt.Key.Key_A, Qt.Key.Key_H, Qt.Key.Key_2)
    assert states(tab)[:2] == ["accepted", "corrected"]
    tab.panel.find.click()
    assert tab.panel.notice.text()


def test_a_review_whose_file_is_gone_says_so_and_goes_on(tab, land):
    find(tab)
    told = []
    tab._context.told.connect(lambda text, _level: told.append(text))
    tab.review.path.unlink()
    press(tab, Qt.Key.Key_A)
    assert states(tab)[0] == "accepted"
    assert len(land.samples) == 1
    assert "cannot be written" in told[0]


def test_matches_that_were_removed_are_not_stepped_through(tab):
    from qgis.core import QgsProject, QgsVectorLayer

    from swath.plugin.review.accuracy_page import OBJECTS

    tab._show_accuracy()
    page = tab.accuracy
    page.show_for(OBJECTS, {})
    layer = QgsVectorLayer("Polygon?crs=EPSG:32636", "matches", "memory")
    QgsProject.instance().addMapLayer(layer)
    page._take_layers({"MATCHES": layer})
    page.show_numbers(OBJECTS, {})
    QgsProject.instance().removeMapLayer(layer.id())
    asked = []
    page.matchesMade.connect(asked.append)
    QTest.mouseClick(page.errors, Qt.MouseButton.LeftButton)
    assert asked == []


@pytest.mark.parametrize(
    ("table", "data"),
    [
        ("places", {"state": ["open"]}),
        ("places", {"certainty": "x"}),
        ("places", {"size": {}}),
        ("places", {"said": [[], "Roof", ""]}),
        ("about", {"looks": [[1]]}),
        ("about", {"looks": [[1, None, 3]]}),
    ],
)
def test_a_review_with_values_of_another_kind_is_refused(tab, table, data):
    import json

    from osgeo import gdal

    find(tab)
    path = tab.review.path
    package = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_UPDATE)
    layer = package.GetLayerByName(table)
    feature = layer.GetNextFeature()
    feature["data"] = json.dumps({**json.loads(feature["data"]), **data})
    layer.SetFeature(feature)
    del feature, layer, package
    told = []
    tab._context.told.connect(lambda text, _level: told.append(text))
    tab._forget()
    tab.panel.resume.click()
    assert "cannot be read" in told[0]
    assert tab.review.candidates == []
    tab.grab()
