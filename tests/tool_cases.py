"""A drawing session on a canvas with an image and samples, and its hand: for the tests of the drawing tools."""

from __future__ import annotations

import pytest
from dock_cases import Hand, make_canvas, make_image, make_store, rows, spot


@pytest.fixture
def desk(tmp_path, qgis_new_project):
    """Return a function that opens a store on a canvas of some CRS and gives a session with its hand."""
    from swath.plugin.labeling.drawing import DrawingSession

    open_now = []

    def make(crs="EPSG:32636", store_crs="EPSG:32636", **given):
        image = make_image(tmp_path)
        canvas = make_canvas([image], crs)
        store = make_store(tmp_path, crs=store_crs)
        store.current_image = image
        said = []
        session = DrawingSession(canvas, store, lambda text, level: said.append(text), **given)
        session.said, session.hand = said, Hand(canvas)
        session.hints = []
        session.hintChanged.connect(session.hints.append)
        open_now.append((session, store, canvas))
        return session

    yield make
    for session, store, canvas in open_now:
        session.close()
        store.close()
        canvas.deleteLater()


def at(session, *places):
    """Return places in metres of the image as map coordinates of the canvas."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsPointXY, QgsProject

    crs = session.canvas.mapSettings().destinationCrs()
    there = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:32636"), crs, QgsProject.instance())
    found = [there.transform(QgsPointXY(*spot(*place))) for place in places]
    return [(point.x(), point.y()) for point in found]


def click(session, *places, modifier=None):
    for place in at(session, *places):
        session.hand.click(*place, modifier=modifier)


def only(session):
    """Return the single sample in the store, after a look into the file."""
    (sample,) = session.store.samples.values()
    (row,) = rows(session.store.path).values()
    assert row["Classvalue"] == sample.value
    return sample


def shown_bands(session):
    from qgis.gui import QgsRubberBand

    return [
        item
        for item in session.canvas.scene().items()
        if isinstance(item, QgsRubberBand) and item.isVisible() and item.numberOfVertices()
    ]


@pytest.fixture
def key():
    from qgis.PyQt.QtCore import Qt

    return Qt.Key
