"""A small image, a map canvas with it, samples, and a hand on the mouse: for the tests of the dock.

Coordinates in metres right and below of the image's corner, as in ``layer_cases``, where a function says ``spot``;
elsewhere map coordinates of EPSG:32636.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from layer_cases import NORTH, WEST, write_raster

EPSG = "EPSG:32636"
CANVAS = (400, 400)
# Ground, a field and roofs (metres: west, north, width, height), so that a click has something to grow in.
PLACES = {"field": ((10, 10, 40, 30), (60, 160, 70)), "roof": ((60, 60, 20, 20), (200, 60, 50))}


def picture(side: int = 200, cell: float = 0.5) -> np.ndarray:
    """Return red, green and blue (3, side, side) of grey ground with a green field and a red roof."""
    pixels = np.full((3, side, side), 120, np.uint8)
    for (west, north, width, height), color in PLACES.values():
        rows = slice(round(north / cell), round((north + height) / cell))
        columns = slice(round(west / cell), round((west + width) / cell))
        for band in range(3):
            pixels[band, rows, columns] = color[band]
    return pixels


def make_image(folder: Path, name: str = "image.tif", epsg: int = 32636, add: bool = True, values=None):
    """Return a raster layer of 100 x 100 metres with pixels of half a metre, in the project where ``add``."""
    from qgis.core import QgsProject, QgsRasterLayer

    path = write_raster(folder / name, epsg=epsg, values=picture() if values is None else values)
    layer = QgsRasterLayer(path, Path(name).stem)
    assert layer.isValid(), path
    if add:
        QgsProject.instance().addMapLayer(layer)
    return layer


def make_schema():
    """Return two classes: field (1, green) and roof (2, red)."""
    from swath.plugin.labeling.schema import ClassEntry, Schema

    return Schema("land", "", (ClassEntry("field", 1, "#30a040"), ClassEntry("roof", 2, "#d03020")))


def make_store(folder: Path, name: str = "samples.gpkg", crs: str = EPSG, schema=None):
    """Return an open store in a new file; call its close() at the end, or use the fixture ``store``."""
    from qgis.core import QgsCoordinateReferenceSystem

    from swath.plugin.labeling.store import SampleStore

    chosen = make_schema() if schema is None else schema
    return SampleStore.create(folder / name, QgsCoordinateReferenceSystem(crs), chosen)


def make_canvas(layers, crs: str = EPSG, size: tuple[int, int] = CANVAS):
    """Return a shown canvas that has drawn the layers, at the whole extent of the image, or of the first."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject, QgsRasterLayer
    from qgis.gui import QgsMapCanvas

    canvas = QgsMapCanvas()
    canvas.setCachingEnabled(False)
    canvas.resize(*size)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    canvas.setLayers(list(layers))
    canvas.show()
    if layers:
        first = next((layer for layer in layers if isinstance(layer, QgsRasterLayer)), layers[0])
        transform = QgsCoordinateTransform(first.crs(), canvas.mapSettings().destinationCrs(), QgsProject.instance())
        canvas.setExtent(transform.transformBoundingBox(first.extent()))
    draw(canvas)
    return canvas


def draw(canvas) -> None:
    """Wait until the canvas has drawn."""
    from qgis.PyQt.QtWidgets import QApplication

    canvas.refresh()
    canvas.waitWhileRendering()
    QApplication.processEvents()


def make_context(canvas, store=None):
    """Return what the tabs share, with the samples at work."""
    from swath.plugin.context import DockContext

    context = DockContext(canvas)
    if store is not None:
        context.set_store(store)
    return context


def rectangle(x: float, y: float, width: float = 10.0, height: float | None = None):
    """Return a rectangle as a geometry in EPSG:32636; its spot is its upper left corner."""
    from qgis.core import QgsGeometry, QgsRectangle

    west, north = spot(x, y)
    return QgsGeometry.fromRect(QgsRectangle(west, north - (height or width), west + width, north))


def spot(x: float, y: float) -> tuple[float, float]:
    """Return map coordinates of a place in metres right and below of the image's corner."""
    return WEST + x, NORTH - y


class Hand:
    """Mouse and keys on a canvas, at map coordinates of the canvas."""

    def __init__(self, canvas) -> None:
        from qgis.PyQt.QtCore import Qt

        self.canvas = canvas
        self._left, self._none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        self._right = Qt.MouseButton.RightButton

    def pixel(self, x: float, y: float):
        """Return the place on the viewport."""
        from qgis.core import QgsPointXY

        point = self.canvas.getCoordinateTransform().transform(QgsPointXY(x, y))
        from qgis.PyQt.QtCore import QPoint

        return QPoint(round(point.x()), round(point.y()))

    def press(self, x: float, y: float, button=None, modifier=None) -> None:
        self._mouse("mousePress", x, y, button, modifier)

    def release(self, x: float, y: float, button=None, modifier=None) -> None:
        self._mouse("mouseRelease", x, y, button, modifier)

    def click(self, x: float, y: float, button=None, modifier=None) -> None:
        self.move(x, y, modifier=modifier)
        self._mouse("mouseClick", x, y, button, modifier)

    def right_click(self, x: float, y: float) -> None:
        self.click(x, y, self._right)

    def double_click(self, x: float, y: float) -> None:
        """Press twice as a user does: Qt sends press, release, double click, release."""
        self.click(x, y)
        self._mouse("mouseDClick", x, y, None, None)

    def move(self, x: float, y: float, button=None, modifier=None) -> None:
        """Move the mouse, with a button held where one is given (QTest.mouseMove knows none)."""
        from qgis.PyQt.QtCore import QEvent, QPointF, Qt
        from qgis.PyQt.QtGui import QMouseEvent
        from qgis.PyQt.QtWidgets import QApplication

        viewport, place = self.canvas.viewport(), QPointF(self.pixel(x, y))
        held = Qt.MouseButton.NoButton if button is None else button
        everywhere = QPointF(viewport.mapToGlobal(self.pixel(x, y)))
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, everywhere, Qt.MouseButton.NoButton, held, modifier or self._none
        )
        QApplication.sendEvent(viewport, event)

    def drag(self, *spots: tuple[float, float], modifier=None) -> None:
        """Press the left button at the first spot, move through the others, let go at the last."""
        self.move(*spots[0], modifier=modifier)
        self.press(*spots[0], modifier=modifier)
        for place in spots[1:]:
            self.move(*place, button=self._left, modifier=modifier)
        self.release(*spots[-1], modifier=modifier)

    def key(self, key, modifier=None) -> None:
        """Press and release a key on the canvas."""
        from qgis.PyQt.QtTest import QTest

        QTest.keyClick(self.canvas, key, modifier or self._none)

    def _mouse(self, action: str, x: float, y: float, button, modifier) -> None:
        from qgis.PyQt.QtTest import QTest

        call = getattr(QTest, action)
        call(self.canvas.viewport(), button or self._left, modifier or self._none, self.pixel(x, y))


def rows(path: Path | str, table: str = "samples") -> dict[int, dict]:
    """Return the rows of a table as GDAL reads them from the file, by fid; the geometry as ``wkt``."""
    from osgeo import gdal

    dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY)
    found = {}
    for feature in dataset.GetLayerByName(table):
        shape = feature.GetGeometryRef()
        found[feature.GetFID()] = {**feature.items(), "wkt": None if shape is None else shape.ExportToWkt()}
    return found
