"""Draw around an object in one stroke."""

from __future__ import annotations

from qgis.core import QgsGeometry, QgsPointXY
from qgis.gui import QgsMapMouseEvent
from qgis.PyQt.QtCore import Qt

from ....i18n import translate
from .. import shapes
from . import ToolType
from ._sketch import SketchTool


class FreehandTool(SketchTool):
    """Press, draw around, let go."""

    def hint(self) -> str:
        """Return what to do next."""
        if not self.sketching:
            return translate("Swath", "Press the button, draw around the object, and let go.")
        return translate("Swath", "Let go where the outline closes; Esc drops it.")

    def shape(self, points: list[QgsPointXY]) -> QgsGeometry:
        """Return the stroke without the vertices that nobody sees."""
        made = shapes.polygon(points)
        if self._press is not None or len(points) < 8:
            return made
        simple = made.simplify(0.7 * self.session.canvas.mapUnitsPerPixel())
        return made if simple.isEmpty() else simple

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        """Draw on while the button is held."""
        if self._press is not None and self._points and event.buttons() & Qt.MouseButton.LeftButton:
            point = self.toMapCoordinates(event.pos())
            if point != self._points[-1]:
                self._points.append(point)
            self._show()
            self._measure(event)
        else:
            self.session.snapping.point(event)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        """Close the outline."""
        if event.button() == Qt.MouseButton.LeftButton and self._press is not None:
            self._press = None
            if len(self._points) < self.fewest:
                self.cancel()
            else:
                self.finish()

    def canvasDoubleClickEvent(self, event: QgsMapMouseEvent) -> None:
        """Start another stroke: a stroke may come soon after another."""
        self.canvasPressEvent(event)

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        """Start a stroke."""
        if self.draws(event):
            self.cancel()
        super().canvasPressEvent(event)


TOOL = ToolType(
    id="freehand",
    title=lambda: translate("Swath", "Freehand"),
    icon='<path d="M5 14 C2 7 9 2 13 6 S21 6 20 12 S15 22 10 19 S7 18 5 14 Z" fill="{accent}" stroke="{ink}" '
    'stroke-width="1.8"/>',
    shortcut="F",
    order=21,
    make=FreehandTool,
)
