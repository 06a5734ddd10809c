"""What samples give for a training, worked out in the background."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsGeometry, QgsProject, QgsRasterLayer, QgsTask
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtGui import QTransform

from ...i18n import translate
from .statistics_chips import ChipCounts, Outline, count_chips

if TYPE_CHECKING:
    from .store import SampleStore

# Now and then the task sleeps for a moment, so that the window gets Python's lock at once.
_WORK_SECONDS, _REST_SECONDS = 0.003, 0.003


@dataclass(frozen=True)
class ImageGrid:
    """The pixels of an image: how many there are, and how to come to them from the store's coordinates."""

    width: int
    height: int
    transform: QgsCoordinateTransform
    to_pixels: QTransform

    @classmethod
    def of(cls, layer: QgsRasterLayer | None, store: SampleStore, project: QgsProject) -> ImageGrid | None:
        """Return the grid of an image; None where it has no pixels of its own, as a web map."""
        if layer is None or not layer.isValid() or layer.dataProvider().xSize() <= 0:
            return None
        extent = layer.extent()
        x, y = layer.width() / extent.width(), layer.height() / extent.height()
        return cls(
            layer.width(),
            layer.height(),
            QgsCoordinateTransform(store.crs, layer.crs(), project.transformContext()),
            QTransform(x, 0, 0, -y, -extent.xMinimum() * x, extent.yMaximum() * y),
        )

    def place(self, geometry: QgsGeometry) -> QgsGeometry | None:
        """Return a geometry of the store in pixels; None where it cannot be there."""
        there = QgsGeometry(geometry)
        try:
            if not self.transform.isShortCircuited() and self.transform.isValid():
                there.transform(self.transform)
        except QgsCsException:
            return None
        there.transform(self.to_pixels)
        return there


@dataclass(frozen=True)
class ChipQuestion:
    """What is asked: samples (class value, geometry in the store's system), and how chips are cut."""

    samples: Sequence[tuple[int, QgsGeometry]]
    areas: Sequence[QgsGeometry]
    grid: ImageGrid
    tile: int
    stride: int
    share: float = 0.1


class ChipTask(QgsTask):
    """Answers a question; ``answered`` gives the counts, or None where it was cancelled or failed."""

    answered = pyqtSignal(object)

    def __init__(self, question: ChipQuestion) -> None:
        super().__init__(
            translate("Swath", "Count chips"), QgsTask.Flag.CanCancel | QgsTask.Flag.Hidden | QgsTask.Flag.Silent
        )
        self._question, self._counts = question, None

    def run(self) -> bool:
        """Count; in a thread of the task manager."""
        try:
            self._counts = answer(self._question, self)
        except Exception:  # noqa: BLE001 - what leaves run() would end QGIS
            return False
        return self._counts is not None

    def finished(self, well: bool) -> None:
        """Hand over the counts; in the main thread."""
        self.answered.emit(self._counts if well else None)


def answer(question: ChipQuestion, task: QgsTask | None = None) -> ChipCounts | None:
    """Count the chips; None where the task was cancelled."""
    pause = _Pause(task)
    areas = None
    if question.areas:
        areas = QgsGeometry.unaryUnion([shape for shape in map(question.grid.place, question.areas) if shape])
    counts = count_chips(
        _outlines(question, pause),
        (question.grid.width, question.grid.height),
        question.tile,
        question.stride,
        areas,
        question.share,
        pause.stop,
    )
    return None if pause.cancelled else counts


def _outlines(question: ChipQuestion, pause: _Pause) -> Iterator[Outline]:
    for value, geometry in question.samples:
        if pause.stop():
            return
        there = question.grid.place(geometry)
        if there is not None:
            yield Outline(value, there)


class _Pause:
    """Rests between pieces of work, and knows whether the task was cancelled."""

    def __init__(self, task: QgsTask | None) -> None:
        self._task, self._since = task, time.perf_counter()
        self.cancelled = False

    def stop(self) -> bool:
        """Rest where it is time to; tell whether to stop."""
        if self._task is not None and time.perf_counter() - self._since > _WORK_SECONDS:
            time.sleep(_REST_SECONDS)
            self._since = time.perf_counter()
            self.cancelled = self.cancelled or self._task.isCanceled()
        return self.cancelled
