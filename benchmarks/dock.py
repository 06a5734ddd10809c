"""How fluid the Label tab stays with 20,000 samples: the delay of the event loop while a user works.

Every 10 ms the loop is asked for an answer, and how late it comes is noted, also for the times at which it could not
be asked because it was busy. Needs QGIS's Python; started by another one, it starts itself anew there.
SAMPLES in the environment changes the number of samples.
"""

from __future__ import annotations

import os
import runpy
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

try:
    from qgis.core import QgsApplication
except ImportError:
    python = os.environ.get("QGIS_PYTHON", "/usr/bin/python3")
    os.execv(python, [python, __file__])

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
runpy.run_path(str(ROOT / "engine" / "launch.py"))
sys.path.insert(0, str(ROOT / "tests"))

import numpy as np
from _dock import SAMPLES, SIDE, Bench, wait
from dock_cases import Hand
from qgis.core import QgsGeometry, QgsRectangle
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest


class Work:
    """What a user does, each as a function that lets the event loop run between the steps."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.store, self.tab, self.canvas = bench, bench.store, bench.tab, bench.canvas
        self.draw = np.random.default_rng(2)

    def all(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("opening, while samples are measured", self.begin),
            ("drawing six samples by hand", self.draw_some),
            ("selecting 1,000 of all, six times", self.select_many),
            ("selecting all and none", self.select_all),
            ("filtering by class, text, warning", self.filter_rows),
            ("sorting by five columns", self.sort_rows),
            ("changing the class of single samples", self.change_one_by_one),
            ("changing the class of 1,000, and undo", self.change_many),
            ("stepping through with N", self.step_through),
            ("scrolling", self.scroll),
            ("deleting 1,000, and undo", self.remove_and_undo),
            ("counting chips in the background", self.count_chips),
            ("adding samples one by one", self.add_while_statistics_run),
        ]

    def begin(self) -> None:
        self.bench.context.set_store(self.store)
        self.store.attach(self.bench.context.project)
        self.tab.samples.table.setFocus()
        end = time.perf_counter() + 30
        while self.tab.facts.busy and time.perf_counter() < end:
            wait(0.2)
        wait(0.5)

    def draw_some(self) -> None:
        hand = Hand(self.canvas)
        self.tab.session.start("freehand")
        wait(0.3)
        for _ in range(6):
            box = self.canvas.extent()
            x, y = (
                self.draw.uniform(low, high)
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
        self.tab.session.leave()
        assert len(self.store.samples) == SAMPLES + 6, "the hand did not draw"

    def select_many(self) -> None:
        fids = list(self.store.samples)
        for _ in range(6):
            self.store.select([int(fid) for fid in self.draw.choice(fids, 1000, replace=False)])
            wait(0.6)

    def select_all(self) -> None:
        self.tab.samples.table.selectAll()
        wait(1.0)
        self.tab.samples.table.clearSelection()
        wait(1.0)

    def filter_rows(self) -> None:
        for row in (3, 5, 0):
            self.tab.samples.summary.selectRow(row)
            wait(0.3)
        for letter in "class 7":
            QTest.keyClick(self.tab.samples.search, letter)
            wait(0.08)
        wait(0.4)
        self.tab.samples.search.clear()
        self.tab.samples.warned.setChecked(True)
        wait(0.4)
        self.tab.samples.warned.setChecked(False)
        wait(0.4)

    def sort_rows(self) -> None:
        for column in (1, 2, 3, 5, 6):
            self.tab.samples.table.sortByColumn(column, Qt.SortOrder.DescendingOrder)
            wait(0.3)

    def change_one_by_one(self) -> None:
        for fid in list(self.store.samples)[:12]:
            self.store.select([fid])
            self.tab.samples.actions.change_class(int(self.draw.integers(1, 11)))
            wait(0.25)

    def change_many(self) -> None:
        fids = list(self.store.samples)
        for value in (3, 4, 5):
            self.store.select(fids[value * 1000 : (value + 1) * 1000])
            self.tab.samples.actions.change_class(value)
            wait(0.8)
        self.store.undo_stack.undo()
        wait(0.8)

    def step_through(self) -> None:
        self.tab.samples.table.setFocus()
        for _ in range(15):
            QTest.keyClick(self.tab.samples.table, Qt.Key.Key_N)
            wait(0.15)

    def scroll(self) -> None:
        bar = self.tab.samples.table.verticalScrollBar()
        for place in np.linspace(0, bar.maximum(), 60):
            bar.setValue(int(place))
            wait(0.02)

    def remove_and_undo(self) -> None:
        fids = list(self.store.samples)
        self.store.select(fids[:1000])
        self.tab.samples.actions.delete_selected()
        wait(0.8)
        self.store.undo_stack.undo()
        wait(0.8)

    def count_chips(self) -> None:
        self.tab.sections.setCurrentWidget(self.tab.statistics)
        end = time.perf_counter() + 30
        for stride in (128, 64):
            self.tab.statistics.chips.stride.setValue(stride)
            wait(0.8)
            while self.tab.statistics.chips.counts is None and time.perf_counter() < end:
                wait(0.1)
        print(f"{'':44} {self.tab.statistics.chips.text.text()}")
        self.tab.sections.setCurrentWidget(self.tab.samples)

    def add_while_statistics_run(self) -> None:
        box = self.store.current_image.extent()
        for place in range(10):
            corner = (box.xMinimum() + 30 * place, box.yMinimum() + 30)
            self.store.add([QgsGeometry.fromRect(QgsRectangle(*corner, corner[0] + 20, corner[1] + 20))], 1)
            wait(0.2)


def main() -> int:
    app = QgsApplication([], True)
    app.initQgis()
    folder = Path(tempfile.mkdtemp(prefix="swath-dock-"))
    try:
        bench = Bench(folder)
        print(f"{SAMPLES} samples, image of {SIDE} x {SIDE} pixels; delay of the event loop:")
        bench.measure("nothing to do", lambda: wait(2))
        results = [bench.measure(title, steps) for title, steps in Work(bench).all()]
        bench.tab.session.close()
        bench.context.set_store(None)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    os._exit(0 if all(results) else 1)  # QGIS's own end takes its time


if __name__ == "__main__":
    main()
