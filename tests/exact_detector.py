"""A scene and a detector that reads it exactly, made by the engine's Python: QGIS's has no onnx.

Run as a program: ``exact_detector.py TESTS_OF_ENGINE FOLDER`` writes ``raster.tif``, ``empty.tif``, ``oracle.onnx`` and
``truth.json`` (xmin, ymin, xmax, ymax in pixels, class index, confidence).
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path


def main(tests: Path, folder: Path) -> None:
    """Write all files."""
    sys.path.insert(0, str(tests))
    runpy.run_path(str(tests.parents[1] / "engine" / "launch.py"))
    import numpy as np
    from detect_models import random_objects, write_oracle, write_scene

    objects = random_objects(np.random.default_rng(3), 300, 200, 60, 24)
    write_scene(folder / "raster.tif", objects, 300, 200)
    write_scene(folder / "empty.tif", objects[:0], 300, 200)
    write_oracle(folder / "oracle.onnx")
    (folder / "truth.json").write_text(json.dumps(objects.tolist()))


if __name__ == "__main__":
    main(*(Path(item) for item in sys.argv[1:]))
