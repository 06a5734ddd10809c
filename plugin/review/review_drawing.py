"""Drawing the right outline of a place, with the tools that labels are drawn with."""

from __future__ import annotations

from qgis.core import QgsGeometry
from qgis.PyQt.QtCore import pyqtSignal

from ..labeling.drawing import DrawingSession

TOOL = "polygon"


class ReviewDrawing(DrawingSession):
    """Gives an outline to the review (``outlined``: the geometry in the store's system, and the class value).

    The shape does not become a sample at once: the review makes one step of it and of what became of the place.
    """

    outlined = pyqtSignal(object, int)

    def finish(self, geometry: QgsGeometry) -> bool:
        """Hand a shape in the canvas's system to the review; tell whether it could be taken."""
        if self.store is None:
            return False
        placed = self.guard(lambda: self.placed(self.outline(geometry)))
        if placed is None:
            return False
        value = self.store.current_class
        if self.store.schema.find(value) is None:
            value = self._ask()
            if value is None:
                return False
        self.outlined.emit(placed, value)
        return True
