"""How many chips an export would give, counted in the background before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine.chips import FORMATS
from ..labeling.statistics import ChipQuestion, ChipTask, ImageGrid
from ..labeling.statistics_chips import MOST_CELLS, ChipCounts, lattice_cells
from .export_source import keys_of

if TYPE_CHECKING:
    from ..labeling.store import SampleStore
    from .algorithm_form import AlgorithmForm

# With one of these, chips lie elsewhere than on the plain lattice of the image.
_BEYOND = ("EXTENT", "CELL_SIZE", "MASK", "ROTATION_ANGLE", "BUFFER_RADIUS", "MIN_POLYGON_OVERLAP_RATIO")


class ChipEstimate(QObject):
    """Asks anew when told to; ``answered`` gives the number of chips, or None where it cannot be said."""

    answered = pyqtSignal(object)

    def __init__(self, form: AlgorithmForm) -> None:
        super().__init__(form)
        self._form = form
        self._task: ChipTask | None = None

    def ask(self, store: SampleStore | None, image: QgsRasterLayer | None, *, masked: bool) -> None:
        """Count the chips of the samples of one image, within its areas where ``masked``."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        question = self._question(store, image, masked=masked)
        if question is None:
            self.answered.emit(None)
            return
        task = ChipTask(question)
        self._task = task  # QGIS deletes a task that nobody holds
        task.answered.connect(self._take)
        QgsApplication.taskManager().addTask(task)

    def _question(
        self, store: SampleStore | None, image: QgsRasterLayer | None, *, masked: bool
    ) -> ChipQuestion | None:
        tile, high, stride, down = (
            int(self._form.value(name) or 0) for name in ("TILE_SIZE_X", "TILE_SIZE_Y", "STRIDE_X", "STRIDE_Y")
        )
        stride, down = stride or tile, down or high
        chosen = FORMATS.get(str(self._form.value("FORMAT")))
        if store is None or image is None or chosen is None or chosen.one_feature:
            return None
        if tile != high or stride != down or any(self._form.value(name) for name in _BEYOND):
            return None
        grid = ImageGrid.of(image, store, self._form.context.project)
        if grid is None or tile > min(grid.width, grid.height) or stride < 1:
            return None
        if lattice_cells((grid.width, grid.height), tile, stride) > MOST_CELLS:
            return None
        keys = keys_of(store, image)
        areas = [area.geometry for area in store.areas.values() if area.image in keys] if masked else []
        samples = [(item.value, item.geometry) for item in store.samples.values() if item.image in keys]
        return ChipQuestion(samples, areas, grid, tile, stride)

    def _take(self, counts: ChipCounts | None) -> None:
        if self.sender() is not self._task:
            return
        self._task = None
        if counts is None:
            self.answered.emit(None)
        else:
            self.answered.emit(counts.places if self._form.value("ALL_TILES") else counts.featured)
