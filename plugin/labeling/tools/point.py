"""Mark an object by a click: a point with a buffer."""

from __future__ import annotations

from qgis.core import Qgis, QgsGeometry, QgsPointXY
from qgis.gui import QgsMapMouseEvent
from qgis.PyQt.QtWidgets import QWidget

from ....i18n import translate
from ..buffer_spin import BufferSpin
from . import ToolType
from ._canvas_tool import wipe
from ._sketch import SketchTool


class PointTool(SketchTool):
    """A click; the sample is the circle of the buffer about it, which the pointer shows before."""

    fewest, most = 1, 1

    def hint(self) -> str:
        """Return what to do next."""
        return translate("Swath", "Click the middle of the object; the buffer is the circle's radius.")

    def shape(self, points: list[QgsPointXY]) -> QgsGeometry:
        """Return the point."""
        return QgsGeometry.fromPointXY(points[-1])

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        """Show the circle that a click would make."""
        point = self.session.snapping.point(event)
        if not self._points:
            self.paint(self._shape_band, self.session.outline(QgsGeometry.fromPointXY(point)), fill=30)

    def pointer_left(self) -> None:
        """Take the circle away that follows the pointer."""
        super().pointer_left()
        if not self._points:
            wipe(self._shape_band, Qgis.GeometryType.Polygon)

    def controls(self, parent: QWidget) -> QWidget:
        """Return the box for the buffer."""
        return BufferSpin(self.session, parent)


TOOL = ToolType(
    id="point",
    title=lambda: translate("Swath", "Point with buffer"),
    icon='<circle cx="12" cy="12" r="8.5" fill="{accent}" stroke="{ink}" stroke-width="1.2" stroke-dasharray="3 2"/>'
    '<circle cx="12" cy="12" r="2.8" fill="{ink}"/>',
    shortcut="O",
    order=27,
    make=PointTool,
)
