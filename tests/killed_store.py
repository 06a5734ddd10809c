"""Add samples without end, and say each that is done: a child process of a test, which kills it."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / "engine" / "launch.py"))

from qgis.core import QgsApplication

application = QgsApplication([], True)
application.initQgis()

from dock_cases import make_store, rectangle

store = make_store(Path(sys.argv[1]))
for number in range(100_000):
    store.add([rectangle(number % 90, number // 90 % 90)], 1 + number % 2)
    sys.stdout.write(f"{store.samples[number + 1].uid}\n")
    sys.stdout.flush()
    application.processEvents()
