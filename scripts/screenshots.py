"""Take the pictures of the documentation without a display (``make screenshots``, after ``make demo``).

Writes ``docs/NAME.png``: Swath's own windows (a new one is one function in ``PICTURES``), the demo's
picture scaled down, and its reports rendered by Chromium where that is installed.
"""

from __future__ import annotations

import importlib
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs"
DEMO = Path(os.environ.get("DEMO_DIR") or ROOT / ".build" / "demo")
WIDTH = 1400


def set_up() -> Any:
    """Return the dialog that sets up the engine environment."""
    return importlib.import_module("swath.plugin.setup_dialog").SetupDialog()


def algorithm(name: str) -> Any:
    """Return the dialog of one algorithm as the toolbox opens it."""
    from processing.gui.AlgorithmDialog import AlgorithmDialog
    from qgis.core import QgsApplication

    return AlgorithmDialog(QgsApplication.processingRegistry().createAlgorithmById(name))


PICTURES = {
    "set-up": set_up,
    "export": lambda: algorithm("swath:exporttrainingdata"),
    "train": lambda: algorithm("swath:trainmodel"),
    "detect": lambda: algorithm("swath:detectobjects"),
}


def demo_picture() -> None:
    """Scale the demo's picture down."""
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtGui import QImage

    picture = QImage(str(DEMO / "demo.png"))
    if picture.isNull():
        sys.exit(f"There is no picture {DEMO / 'demo.png'}: run 'make demo' first.")
    small = picture.scaledToWidth(min(WIDTH, picture.width()), Qt.TransformationMode.SmoothTransformation)
    small.save(str(TARGET / "demo.png"))
    sys.stdout.write("docs/demo.png\n")


# Pages that the demo leaves behind, and their pictures.
PAGES = {"report": ("model_metrics.html", 1500), "export-report": ("chips.html", 2000)}


def report(name: str) -> None:
    """Render one of the demo's pages."""
    file, height = PAGES[name]
    chromium = shutil.which("chromium")
    page = next(DEMO.rglob(file), None)
    if chromium is None or page is None:
        sys.stdout.write(f"docs/{name}.png is left as it is: Chromium or the demo's {file} is missing\n")
        return
    with tempfile.TemporaryDirectory() as profile:
        command = [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={profile}", f"--window-size=1100,{height}", f"--screenshot={TARGET / name}.png",
            page.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    sys.stdout.write(f"docs/{name}.png\n")


def main(names: list[str]) -> int:
    """Take the named pictures, or all; return 1 where one came out empty."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    TARGET.mkdir(exist_ok=True)
    if not names:
        demo_picture()
        for page in PAGES:
            report(page)
    from qgis.core import QgsApplication
    from qgis.PyQt.QtCore import QSize
    from qgis.PyQt.QtTest import QTest

    app = QgsApplication([], True)
    app.initQgis()
    sys.path.append(str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins"))
    from processing.core.Processing import Processing

    Processing.initialize()
    runpy.run_path(str(ROOT / "engine" / "launch.py"))
    plugin = importlib.import_module("swath").classFactory(None)
    plugin.initProcessing()
    good = True
    for name in names or list(PICTURES):
        window = PICTURES[name]()
        window.resize(window.size().expandedTo(QSize(640, 480)))
        window.show()
        QTest.qWait(300)
        path = TARGET / f"{name}.png"
        good &= bool(window.grab().save(str(path)))
        sys.stdout.write(f"docs/{name}.png\n")
        sys.stdout.flush()
    # QGIS may crash while it takes down windows that nobody closed.
    os._exit(0 if good else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
