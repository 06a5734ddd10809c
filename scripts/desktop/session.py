"""The whole way by mouse and keys in QGIS itself: label, export, train, apply to the view, review.

Run by ``make desktop``; takes a picture of each tab. The image is the real one where it is there (SWATH_REAL_DATA),
else the generated sample scene, which the pictures of the documentation show. EPOCHS (2) is how long it trains.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(os.environ["SWATH_DESKTOP_HERE"])))

import processing
from driver import Session, Step, click, key, on_map, picture, say, x
from qgis.core import (
    QgsCoordinateTransform,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.utils import iface, plugins
from steps import WORK, dialog, end, open_dock, press, show_tab

REAL = Path(os.environ.get("SWATH_REAL_DATA", ""))
VIEW = 0.5 if (REAL / "kampala_buildings").is_dir() else 0.9
ROOFS = 24
EPOCHS = int(os.environ.get("EPOCHS", "2"))


class Delays:
    """How late the event loop comes round to a timer of 20 ms, while something else goes on."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._last = time.perf_counter()
        self._timer.start(20)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append(max(now - self._last - 0.02, 0.0))
        self._last = now

    def end(self, what: str) -> None:
        """Write down what was seen."""
        self._timer.stop()
        ordered = sorted(self.late)
        share = ordered[int(0.95 * (len(ordered) - 1))]
        say(f"event loop during {what}: 95 % within {1000 * share:.0f} ms, at most {1000 * ordered[-1]:.0f} ms")


def data() -> tuple[QgsRasterLayer, QgsVectorLayer]:
    """Return an image, and the objects that are drawn by hand."""
    folder = REAL / "kampala_buildings"
    if folder.is_dir():
        return (
            QgsRasterLayer(str(folder / "train_ne.tif"), "kampala"),
            QgsVectorLayer(str(folder / "train_ne_buildings.geojson"), "roofs"),
        )
    made = processing.run(
        "swath:createsamplescene",
        {"SIZE": 1024, "OUTPUT": str(WORK / "scene.tif"), "LABELS": str(WORK / "truth.gpkg")},
    )
    known = QgsVectorLayer(made["LABELS"], "truth")
    known.setSubsetString("Classname = 'Building'")
    return QgsRasterLayer(made["OUTPUT"], "scene"), known


def roofs(known: QgsVectorLayer) -> list[list[tuple[float, float]]]:
    """Return the corners of some roofs inside the view, the largest first."""
    canvas = iface.mapCanvas()
    inside = QgsRectangle(canvas.extent())
    inside.scale(0.9)
    to_map = QgsCoordinateTransform(known.crs(), canvas.mapSettings().destinationCrs(), QgsProject.instance())
    found = []
    for feature in known.getFeatures():
        shape = feature.geometry()
        shape.transform(to_map)
        if inside.contains(shape.boundingBox()):
            ring = shape.simplify(canvas.mapUnitsPerPixel() * 2).asGeometryCollection()[0].asPolygon()[0][:-1]
            sides = [ring[place].distance(ring[place - 1]) for place in range(len(ring))]
            # Two quick clicks at about one place would be a double click.
            if 3 <= len(ring) <= 10 and min(sides) > 6 * canvas.mapUnitsPerPixel():
                found.append((shape.area(), [(point.x(), point.y()) for point in ring]))
    found.sort(key=lambda item: -item[0])
    return [ring for _, ring in found[:ROOFS]]


def session() -> Generator[Step, None, None]:
    """Go the whole way."""
    yield lambda: "swath" in plugins  # what makes data is one of its tools
    image, known = data()
    dock = yield from open_dock(image, VIEW)
    picture("1-empty")
    yield from label(dock, known)
    yield from export(dock)
    yield from train(dock)
    yield from apply(dock)
    yield from review(dock)
    QgsProject.instance().setDirty(False)


def label(dock: Any, known: QgsVectorLayer) -> Generator[Step, None, None]:
    """Draw roofs with the mouse; the first tool asks where to keep them, the first roof for its class."""
    canvas, tab = iface.mapCanvas(), dock.tab("label")
    yield from press(tab.toolbar.buttons["polygon"])
    yield lambda: dialog() is not None
    yield 0.5
    key("ctrl+a")
    x("type", "--delay", 5, str(WORK / "roofs.gpkg"))
    key("Return")
    yield lambda: dock.context.store is not None
    yield 1.0
    drawn = roofs(known)
    say(f"{len(drawn)} roofs to draw")
    for number, ring in enumerate(drawn):
        for across, down in ring:
            click(on_map(canvas, across, down))
            yield 0.12
        key("Return")
        if number == 0:
            yield lambda: dialog() is not None
            yield 0.3
            picture("2-define-class")
            key("ctrl+a")
            x("type", "--delay", 5, "building")
            key("Return")
        yield 0.15
    yield lambda: len(dock.context.store.samples) >= len(drawn) - 2
    before = len(dock.context.store.samples)
    key("ctrl+z")
    yield lambda: len(dock.context.store.samples) == before - 1
    key("ctrl+y")
    yield lambda: len(dock.context.store.samples) == before
    say(f"{before} samples drawn; one undone and redone by keys")
    yield 1.5
    picture("3-label")
    tab.sections.setCurrentIndex(3)
    yield 2.0
    picture("4-statistics")
    tab.sections.setCurrentIndex(0)


def export(dock: Any) -> Generator[Step, None, None]:
    """Export with what the tab proposes, but chips of 128 pixels."""
    yield from show_tab(dock, "export")
    yield 1.5
    tab = dock.tab("export").tab
    for name, value in (("TILE_SIZE_X", 128), ("TILE_SIZE_Y", 128), ("STRIDE_X", 64), ("STRIDE_Y", 64)):
        tab.form.set_value(name, value)
    yield 1.0
    yield from press(tab.form.panel.run_button)
    yield lambda: bool(dock.context.results.get("chips"))
    yield 1.0
    say(f"exported: {Path(dock.context.results['chips']).name}")
    picture("5-export")
    yield from press(tab.train_button)


def train(dock: Any) -> Generator[Step, None, None]:
    """Train a small network in the background."""
    yield lambda: dock.current() == "train"
    yield 2.0
    tab = dock.tab("train").tab
    for name, value in (("MAX_EPOCHS", EPOCHS), ("BATCH_SIZE", 4), ("BACKBONE", "resnet18")):
        tab.setup.set_values({**tab.setup.values(), name: value})
    yield 1.0
    picture("6-train")
    yield from press(tab.setup.preview_button)
    yield 3.0
    picture("7-chips")
    bar = tab.pages.tabBar()
    yield from press(bar, bar.tabRect(0).center())
    delays = Delays()
    yield from press(tab.setup.form.panel.run_button)
    yield 3.0
    yield lambda: dock.context.results.get("model") or tab.setup.form.panel.current is None
    delays.end("training in the background")
    if not dock.context.results.get("model"):
        raise RuntimeError(tab.setup.form.panel.notice.text())
    yield 2.0
    say(f"trained: {Path(dock.context.results['model']).name}")
    picture("8-trained")


def apply(dock: Any) -> Generator[Step, None, None]:
    """Apply to the view, then to the image."""
    yield from show_tab(dock, "apply")
    yield 2.0
    tab = dock.tab("apply").tab
    yield from press(tab.preview_button)
    yield 1.0
    yield lambda: tab.form.panel.current is None
    yield 3.0
    say(f"applied to the view: {[layer.name() for layer in QgsProject.instance().mapLayers().values()]}")
    picture("9-preview")
    tab.form.set_value("PROBABILITIES", str(WORK / "probabilities.tif"))
    yield from press(tab.form.panel.run_button)
    yield 1.0
    yield lambda: bool(dock.context.results.get("map"))
    yield 3.0
    picture("10-applied")


def review(dock: Any) -> Generator[Step, None, None]:
    """Find what the model is unsure of, and decide on some places with keys."""
    yield from show_tab(dock, "review")
    yield 2.0
    tab = dock.tab("review").tab
    picture("11-review")
    yield from press(tab.panel.find)
    yield 1.0
    yield lambda: tab.search.task is None
    yield 2.0
    before = len(dock.context.store.samples)
    for name in ("1", "b", "s"):
        key(name)
        yield 1.0
    picture("12-places")
    say(f"reviewed by keys: {len(dock.context.store.samples) - before} new samples")


running = Session(session(), end)
