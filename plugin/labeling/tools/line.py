"""Draw along an object: a line with a buffer."""

from __future__ import annotations

from qgis.core import QgsGeometry, QgsPointXY
from qgis.PyQt.QtWidgets import QWidget

from ....i18n import translate
from ..buffer_spin import BufferSpin
from . import ToolType
from ._sketch import SketchTool


class LineTool(SketchTool):
    """Point by point along a road or a stream; the sample is what lies within the buffer."""

    fewest, streams = 2, True

    def hint(self) -> str:
        """Return what to do next."""
        if not self.sketching:
            return translate("Swath", "Click along the object; the buffer is the distance to either side.")
        return translate("Swath", "Go on; Enter, right click or double click ends it, Backspace takes a point back.")

    def shape(self, points: list[QgsPointXY]) -> QgsGeometry:
        """Return the line."""
        return QgsGeometry.fromPolylineXY(points) if len(points) > 1 else QgsGeometry.fromPointXY(points[0])

    def controls(self, parent: QWidget) -> QWidget:
        """Return the box for the buffer."""
        return BufferSpin(self.session, parent)


TOOL = ToolType(
    id="line",
    title=lambda: translate("Swath", "Line with buffer"),
    icon='<path d="M4 18 L10 8 L15 14 L20 5" fill="none" stroke="{accent}" stroke-width="7" stroke-linecap="round" '
    'stroke-linejoin="round"/><path d="M4 18 L10 8 L15 14 L20 5" fill="none" stroke="{ink}" stroke-width="1.8"/>',
    shortcut="L",
    order=26,
    make=LineTool,
)
