"""The tab "Review" over a map with doubts, and a hand on its keys: for the tests of the review."""

from __future__ import annotations

import pytest
from dock_cases import make_canvas, make_context, make_store
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from review_cases import write_map


@pytest.fixture
def map_layers(tmp_path, qgis_new_project, swath_plugin):
    """Return the map with three doubts, and its probabilities, in an empty project."""
    from qgis.core import QgsProject, QgsRasterLayer

    found = [
        QgsRasterLayer(path, name) for path, name in zip(write_map(tmp_path), ("map", "probabilities"), strict=True)
    ]
    QgsProject.instance().addMapLayers(found)
    return found


@pytest.fixture
def classes():
    from swath.plugin.labeling.schema import ClassEntry, Schema

    entries = (ClassEntry("Water", 1, "#005ac8"), ClassEntry("Forest", 2, "#148228"), ClassEntry("Roof", 3, "#c83c28"))
    return Schema("land", "", entries)


@pytest.fixture
def land(tmp_path, map_layers, classes):
    made = make_store(tmp_path, schema=classes)
    yield made
    made.close()


@pytest.fixture
def open_tab(qgis_new_project):
    """Return a function that shows the tab beside a canvas, and take all of them down after the test."""
    from qgis.PyQt.QtCore import QEvent
    from qgis.PyQt.QtWidgets import QApplication

    made = []

    def make(layers, store=None, **options):
        from swath.plugin.review.review_tab import ReviewTab

        canvas = make_canvas(layers)
        shown = ReviewTab(make_context(canvas, store), **options)
        shown.resize(400, 620)
        shown.show()
        made.append((shown, canvas))
        return shown

    yield make
    for shown, canvas in made:
        shown.close()
        canvas.close()
        for widget in (shown, canvas):
            widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def tab(open_tab, map_layers, land):
    """Return the tab over the map, with labels of its classes."""
    return open_tab([map_layers[0]], land)


def wait_for(tab):
    """Wait until the search of a tab has ended."""
    from qgis.PyQt.QtWidgets import QApplication

    for _ in range(600):
        if tab.search.task is None:
            return
        QTest.qWait(10)
        QApplication.processEvents()
    raise AssertionError("the search did not end")


def find(tab):
    tab.panel.find.click()
    wait_for(tab)
    assert tab.review.candidates, tab.panel.notice.text()


def press(tab, *keys, modifier=Qt.KeyboardModifier.NoModifier):
    for key in keys:
        QTest.keyClick(tab.page.card, key, modifier)


def states(tab):
    return [item.state for item in tab.review.candidates]


def values(store):
    return sorted(sample.value for sample in store.samples.values())
