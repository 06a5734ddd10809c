"""How fluid the Label tab stays with 20,000 samples: the delay of the event loop while a user works.

Every 10 ms the loop is asked for an answer, and how late it comes is noted, also for the times at which it could not
be asked because it was busy. Needs QGIS's Python; started by another one, it starts itself anew there.
SAMPLES in the environment changes the number of samples.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

try:
    from qgis.core import QgsApplication
except ImportError:
    python = os.environ.get("QGIS_PYTHON", "/usr/bin/python3")
    os.execv(python, [python, __file__])

import runpy

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
runpy.run_path(str(ROOT / "engine" / "launch.py"))
sys.path.insert(0, str(ROOT / "tests"))

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


def scenarios(bench: Bench) -> list[tuple[str, Callable[[], None]]]:
    from dock_cases import Hand
    from qgis.core import QgsGeometry, QgsRectangle
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    store, tab, canvas = bench.store, bench.tab, bench.canvas
    draw = np.random.default_rng(2)

    def begin() -> None:
        bench.context.set_store(store)
        store.attach(bench.context.project)
        tab.samples.table.setFocus()
        end = time.perf_counter() + 30
        while tab.facts.busy and time.perf_counter() < end:
            wait(0.2)
        wait(0.5)

    def draw_some() -> None:
        hand = Hand(canvas)
        tab.session.start("freehand")
        wait(0.3)
        for _ in range(6):
            box = canvas.extent()
            x, y = (
                draw.uniform(low, high)
                for low, high in ((box.xMinimum(), box.center().x()), (box.yMinimum(), box.center().y()))
            )
            reach = box.width() / 20
            spots = [(x + reach * np.cos(t), y + reach * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 60)]
            hand.move(*spots[0])
            hand.press(*spots[0])
            for spot in spots[1:]:
                hand.move(*spot, button=Qt.MouseButton.LeftButton)
                wait(0.012)
            hand.release(*spots[-1])
            wait(0.4)
        tab.session.leave()

    def select_many() -> None:
        fids = list(store.samples)
        for _ in range(6):
            store.select([int(fid) for fid in draw.choice(fids, 1000, replace=False)])
            wait(0.6)

    def select_all() -> None:
        tab.samples.table.selectAll()
        wait(1.0)
        tab.samples.table.clearSelection()
        wait(1.0)

    def filter_rows() -> None:
        for row in (3, 5, 0):
            tab.samples.summary.selectRow(row)
            wait(0.3)
        for letter in "class 7":
            QTest.keyClick(tab.samples.search, letter)
            wait(0.08)
        wait(0.4)
        tab.samples.search.clear()
        tab.samples.warned.setChecked(True)
        wait(0.4)
        tab.samples.warned.setChecked(False)
        wait(0.4)

    def sort_rows() -> None:
        for column in (1, 2, 3, 5, 6):
            tab.samples.table.sortByColumn(column, Qt.SortOrder.DescendingOrder)
            wait(0.3)

    def change_one_by_one() -> None:
        for fid in list(store.samples)[:12]:
            store.select([fid])
            tab.samples.actions.change_class(int(draw.integers(1, 11)))
            wait(0.25)

    def change_many() -> None:
        fids = list(store.samples)
        for value in (3, 4, 5):
            store.select(fids[value * 1000 : (value + 1) * 1000])
            tab.samples.actions.change_class(value)
            wait(0.8)
        store.undo_stack.undo()
        wait(0.8)

    def step_through() -> None:
        tab.samples.table.setFocus()
        for _ in range(15):
            QTest.keyClick(tab.samples.table, Qt.Key.Key_N)
            wait(0.15)

    def scroll() -> None:
        bar = tab.samples.table.verticalScrollBar()
        for place in np.linspace(0, bar.maximum(), 60):
            bar.setValue(int(place))
            wait(0.02)

    def remove_and_undo() -> None:
        fids = list(store.samples)
        store.select(fids[:1000])
        tab.samples.actions.delete_selected()
        wait(0.8)
        store.undo_stack.undo()
        wait(0.8)

    def count_chips() -> None:
        tab.sections.setCurrentWidget(tab.statistics)
        end = time.perf_counter() + 30
        for stride in (128, 64):
            tab.statistics.chips.stride.setValue(stride)
            wait(0.8)
            while tab.statistics.chips.counts is None and time.perf_counter() < end:
                wait(0.1)
        print(f"{'':44} {tab.statistics.chips.text.text()}")
        tab.sections.setCurrentWidget(tab.samples)

    def add_while_statistics_run() -> None:
        box = store.current_image.extent()
        for place in range(10):
            corner = (box.xMinimum() + 30 * place, box.yMinimum() + 30)
            store.add([QgsGeometry.fromRect(QgsRectangle(*corner, corner[0] + 20, corner[1] + 20))], 1)
            wait(0.2)

    return [
        ("opening, while samples are measured", begin),
        ("drawing six samples by hand", draw_some),
        ("selecting 1,000 of all, six times", select_many),
        ("selecting all and none", select_all),
        ("filtering by class, text, warning", filter_rows),
        ("sorting by five columns", sort_rows),
        ("changing the class of single samples", change_one_by_one),
        ("changing the class of 1,000, and undo", change_many),
        ("stepping through with N", step_through),
        ("scrolling", scroll),
        ("deleting 1,000, and undo", remove_and_undo),
        ("counting chips in the background", count_chips),
        ("adding samples one by one", add_while_statistics_run),
    ]


def main() -> int:
    app = QgsApplication([], True)
    app.initQgis()
    folder = Path(tempfile.mkdtemp(prefix="swath-dock-"))
    try:
        bench = Bench(folder)
        print(f"{SAMPLES} samples, image of {SIDE} x {SIDE} pixels; delay of the event loop:")
        bench.measure("nothing to do", lambda: wait(2))
        results = [bench.measure(title, steps) for title, steps in scenarios(bench)]
        bench.tab.session.close()
        bench.context.set_store(None)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    os._exit(0 if all(results) else 1)  # QGIS's own end takes its time


if __name__ == "__main__":
    main()
