"""Objects by mouse in QGIS itself: export boxes, train a detector, find objects in the view and in the image.

Run by ``make desktop`` after the session. The image is the real one where it is there (SWATH_REAL_DATA), else the
generated sample scene. EPOCHS (8) is how long it trains.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

sys.path.insert(0, str(Path(os.environ["SWATH_DESKTOP_HERE"])))

import processing
from driver import Session, Step, picture, say
from qgis.core import QgsFeature, QgsGeometry, QgsProject, QgsRasterLayer, QgsRectangle, QgsVectorLayer
from qgis.utils import plugins
from steps import WORK, end, open_dock, press, show_tab

REAL = Path(os.environ.get("SWATH_REAL_DATA", "")) / "neon_trees"
VIEW = 0.5 if REAL.is_dir() else 0.8
EPOCHS = int(os.environ.get("EPOCHS", "8"))


def data() -> tuple[QgsRasterLayer, QgsVectorLayer]:
    """Return an image, and polygons around its objects."""
    if not REAL.is_dir():
        places = {"SIZE": 1024, "OUTPUT": str(WORK / "scene.tif"), "LABELS": str(WORK / "truth.gpkg")}
        made = processing.run("swath:createsamplescene", places)
        known = QgsVectorLayer(made["LABELS"], "truth")
        known.setSubsetString("Classname = 'Building'")
        return QgsRasterLayer(made["OUTPUT"], "scene"), known
    stem = REAL / "2019_YELL_2_541000_4977000_image_crop"
    known = QgsVectorLayer("Polygon?crs=&field=Classname:string&field=Classvalue:integer", "trees", "memory")
    for box in ElementTree.parse(f"{stem}.xml").iter("bndbox"):  # noqa: S314 - a file of the tests
        left, top, right, bottom = (float(box.findtext(name)) for name in ("xmin", "ymin", "xmax", "ymax"))
        feature = QgsFeature(known.fields())
        feature.setAttributes(["tree", 1])
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(left, -bottom, right, -top)))
        known.dataProvider().addFeature(feature)
    return QgsRasterLayer(f"{stem}.png", "forest"), known


def session() -> Generator[Step, None, None]:
    """Go the whole way."""
    yield lambda: "swath" in plugins  # what makes data is one of its tools
    image, known = data()
    QgsProject.instance().addMapLayer(known, False)
    dock = yield from open_dock(image, VIEW)
    yield from export(dock, known)
    yield from train(dock)
    yield from find(dock, known)
    QgsProject.instance().setDirty(False)


def export(dock: Any, known: QgsVectorLayer) -> Generator[Step, None, None]:
    """Export boxes of the polygons of a layer."""
    yield from show_tab(dock, "export")
    yield 1.5
    tab = dock.tab("export").tab
    tab.purpose.setCurrentIndex(tab.purpose.findData("PASCAL_VOC_RECTANGLES"))
    for name, value in (("LABELS", known.id()), ("TILE_SIZE_X", 256), ("TILE_SIZE_Y", 256)):
        tab.form.set_value(name, value)
    for name, value in (("STRIDE_X", 128), ("STRIDE_Y", 128), ("CLASS_FIELD", "Classname")):
        tab.form.set_value(name, value)
    yield 1.0
    picture("objects-1-export")
    yield from press(tab.form.panel.run_button)
    yield lambda: bool(dock.context.results.get("chips"))
    yield 1.0
    say(f"exported: {Path(dock.context.results['chips']).name}")
    yield from press(tab.train_button)


def train(dock: Any) -> Generator[Step, None, None]:
    """Train a detector in the background."""
    yield lambda: dock.current() == "train"
    yield 2.0
    tab = dock.tab("train").tab
    for name, value in (("MODEL_TYPE", "FCOS"), ("MAX_EPOCHS", EPOCHS), ("BACKBONE", "resnet18")):
        tab.setup.set_values({**tab.setup.values(), name: value})
    yield 1.0
    picture("objects-2-train")
    yield from press(tab.setup.form.panel.run_button)
    yield 3.0
    yield lambda: dock.context.results.get("model") or tab.setup.form.panel.current is None
    if not dock.context.results.get("model"):
        raise RuntimeError(tab.setup.form.panel.notice.text())
    yield 2.0
    say(f"trained: {Path(dock.context.results['model']).name}")
    picture("objects-3-trained")


def find(dock: Any, known: QgsVectorLayer) -> Generator[Step, None, None]:
    """Find the objects of the view, then those of the image, and count them."""
    yield from show_tab(dock, "apply")
    yield 2.0
    tab = dock.tab("apply").tab
    picture("objects-4-apply")
    yield from press(tab.preview_button)
    yield 1.0
    yield lambda: tab.form.panel.current is None
    yield 3.0
    picture("objects-5-preview")
    tab.form.set_value("OUTPUT", str(WORK / "found.gpkg"))
    before = set(QgsProject.instance().mapLayers())
    yield from press(tab.form.panel.run_button)
    yield 1.0
    yield lambda: tab.form.panel.current is None
    yield 4.0
    picture("objects-6-found")
    new = [layer for key, layer in QgsProject.instance().mapLayers().items() if key not in before]
    for layer in new:
        if isinstance(layer, QgsVectorLayer):
            say(f"found {layer.featureCount()} objects beside {known.featureCount()} labeled ones: {layer.name()}")
            inputs = {"DETECTED": layer.source(), "REFERENCE": known}
            say(str(processing.run("swath:objectaccuracy", {**inputs, "MIN_IOU": 0.4, "OUTPUT": "TEMPORARY_OUTPUT"})))


running = Session(session(), end)
