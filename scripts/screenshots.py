"""Take the pictures of Swath's own windows without a display (``make screenshots``).

Writes ``.build/screenshots/NAME.png``. A new picture is one function in ``PICTURES``.
"""

from __future__ import annotations

import importlib
import os
import runpy
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / ".build" / "screenshots"


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
    "classify": lambda: algorithm("swath:classifypixels"),
}


def main(names: list[str]) -> int:
    """Take the named pictures, or all; return 1 where one came out empty."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
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
    TARGET.mkdir(parents=True, exist_ok=True)
    good = True
    for name in names or list(PICTURES):
        window = PICTURES[name]()
        window.resize(window.size().expandedTo(QSize(640, 480)))
        window.show()
        QTest.qWait(300)
        path = TARGET / f"{name}.png"
        good &= bool(window.grab().save(str(path)))
        sys.stdout.write(f"{path}\n")
        sys.stdout.flush()
    # QGIS may crash while it takes down windows that nobody closed.
    os._exit(0 if good else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
