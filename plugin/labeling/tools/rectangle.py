"""Draw an upright rectangle."""

from __future__ import annotations

from qgis.core import QgsGeometry, QgsPointXY

from ....i18n import translate
from .. import shapes
from . import ToolType
from ._sketch import SketchTool


class RectangleTool(SketchTool):
    """Two corners, clicked or dragged; Shift makes squares."""

    fewest, most = 2, 2

    def hint(self) -> str:
        """Return what to do next."""
        if not self.sketching:
            return translate("Swath", "Click a corner, or drag from corner to corner.")
        return translate("Swath", "Click the corner opposite; Shift makes a square.")

    def shape(self, points: list[QgsPointXY]) -> QgsGeometry:
        """Return the rectangle between the corners."""
        return shapes.rectangle(points[0], points[-1])

    def hold(self, points: list[QgsPointXY], pointer: QgsPointXY) -> QgsPointXY:
        """Return the corner of a square."""
        return shapes.square_corner(points[0], pointer)


TOOL = ToolType(
    id="rectangle",
    title=lambda: translate("Swath", "Rectangle"),
    icon='<rect x="3.5" y="6" width="17" height="12" fill="{accent}" stroke="{ink}" stroke-width="1.8"/>',
    shortcut="R",
    order=22,
    make=RectangleTool,
)
