"""Models that run in a moment, made by the engine's Python: QGIS's has no onnx.

Run as a program: ``tiny_models.py TESTS_OF_ENGINE FOLDER`` writes ``land/land.onnx``, which gives red, green and grey
pixels three classes, and ``oracle.onnx`` with ``scene.tif``, whose objects it finds.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path


def main(tests: Path, folder: Path) -> None:
    """Write all files."""
    sys.path.insert(0, str(tests))
    runpy.run_path(str(tests.parents[1] / "engine" / "launch.py"))
    import numpy as np
    from apply_models import info, write_model
    from detect_models import random_objects, write_oracle, write_scene

    from swath.engine.classes import ClassInfo

    classes = (
        ClassInfo(1, "field", (48, 160, 64)),
        ClassInfo(2, "roof", (208, 48, 32)),
        ClassInfo(5, "road", (0, 0, 0)),
    )
    facts = {"metrics": {"mean_iou": 0.8125}}
    write_model(folder / "land" / "land.onnx", info(classes, cell_size=(0.5, 0.5), training=facts), seed=3)
    objects = random_objects(np.random.default_rng(3), 300, 200, 60, 24)
    write_scene(folder / "scene.tif", objects, 300, 200)
    write_oracle(folder / "oracle.onnx")


if __name__ == "__main__":
    main(*(Path(item) for item in sys.argv[1:]))
