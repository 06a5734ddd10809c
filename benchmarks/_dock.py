"""A map of an image with many samples and the Label tab beside it, and a meter of the event loop's delay."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

SAMPLES = int(os.environ.get("SAMPLES", "20000"))
SIDE, CELL = 6000, 0.5
TICK = 0.010
LIMIT_MS = 50


class Delays:
    """Notes how late the event loop answers."""

    def __init__(self) -> None:
        from qgis.PyQt.QtCore import Qt, QTimer

        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(int(1000 * TICK))
        self._timer.timeout.connect(self._tick)
        self.late: list[float] = []

    def start(self) -> None:
        self.late = []
        self._due = time.perf_counter() + TICK
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        while self._due <= now:
            self.late.append(1000 * (now - self._due))
            self._due += TICK


def wait(seconds: float) -> None:
    """Let the event loop run as it does while nobody writes a test."""
    from qgis.PyQt.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


def make_image(folder: Path) -> str:
    from osgeo import gdal, osr

    gdal.UseExceptions()
    path = folder / "image.tif"
    options = ["TILED=YES", "COMPRESS=DEFLATE", "PREDICTOR=2"]
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), SIDE, SIDE, 3, gdal.GDT_Byte, options)
    dataset.SetGeoTransform((500_000, CELL, 0, 3_000, 0, -CELL))
    system = osr.SpatialReference()
    system.ImportFromEPSG(32636)
    dataset.SetProjection(system.ExportToWkt())
    draw = np.random.default_rng(0)
    for row in range(0, SIDE, 500):
        for band in (1, 2, 3):
            dataset.GetRasterBand(band).WriteArray(draw.integers(60, 200, (500, SIDE), np.uint8), 0, row)
    dataset.BuildOverviews("AVERAGE", [2, 4, 8, 16])
    dataset = None
    return str(path)


def fill(store: object, number: int) -> None:
    """Add round, angular and long samples of ten classes."""
    from qgis.core import QgsGeometry, QgsPointXY

    draw = np.random.default_rng(1)
    extent = SIDE * CELL
    for value in range(1, 11):
        shapes = []
        for x, y, size in zip(
            *draw.uniform(10, extent - 10, (2, number // 10)), draw.uniform(1, 9, number // 10), strict=True
        ):
            shapes.append(QgsGeometry.fromPointXY(QgsPointXY(500_000 + x, 3_000 - y)).buffer(size, 2 + value))
        store.add(shapes, value)


class Bench:
    """A map of an image with samples, beside it the Label tab."""

    def __init__(self, folder: Path) -> None:
        from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer
        from qgis.gui import QgsLayerTreeMapCanvasBridge, QgsMapCanvas
        from qgis.PyQt.QtWidgets import QHBoxLayout, QWidget

        from swath.plugin.context import DockContext
        from swath.plugin.labeling.label_tab import LabelTab
        from swath.plugin.labeling.schema import ClassEntry, Schema
        from swath.plugin.labeling.store import SampleStore

        schema = Schema()
        for value in range(1, 11):
            schema = schema.add(ClassEntry(f"class {value}", value, schema.next_color()))
        self.store = SampleStore.create(folder / "labels.gpkg", QgsCoordinateReferenceSystem("EPSG:32636"), schema)
        image = QgsRasterLayer(make_image(folder), "image")
        QgsProject.instance().addMapLayer(image)
        self.store.current_image = image
        fill(self.store, SAMPLES)
        self.window, self.canvas = QWidget(), QgsMapCanvas()
        self.canvas.setDestinationCrs(image.crs())
        self.canvas.setParallelRenderingEnabled(True)
        self.canvas.setCachingEnabled(True)
        self.bridge = QgsLayerTreeMapCanvasBridge(QgsProject.instance().layerTreeRoot(), self.canvas)
        self.context = DockContext(self.canvas)
        self.tab = LabelTab(self.context)
        layout = QHBoxLayout(self.window)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.tab)
        self.tab.setFixedWidth(400)
        self.window.resize(1366, 700)
        self.window.show()
        self.canvas.setExtent(image.extent())
        wait(1.5)
        self.delays = Delays()

    def measure(self, title: str, steps: Callable[[], None]) -> bool:
        """Print the delays while ``steps`` run; tell whether 95 % are below the limit."""
        self.delays.start()
        steps()
        self.delays.stop()
        late = np.array(self.delays.late)
        middle, most, longest = np.percentile(late, 50), np.percentile(late, 95), late.max()
        well = most < LIMIT_MS
        sign = "" if well else f"  ABOVE {LIMIT_MS} ms"
        print(f"{title:44} median {middle:5.1f} ms   95 % {most:5.1f} ms   longest {longest:6.1f} ms{sign}", flush=True)
        return well
