"""Draw a circle."""

from __future__ import annotations

from qgis.core import QgsGeometry, QgsPointXY

from ....i18n import translate
from .. import shapes
from . import ToolType
from ._sketch import SketchTool


class CircleTool(SketchTool):
    """Centre and edge, clicked or dragged; a circle on the ground, whatever the map's CRS."""

    fewest, most = 2, 2

    def hint(self) -> str:
        """Return what to do next."""
        if not self.sketching:
            return translate("Swath", "Click the centre, or drag from the centre to the edge.")
        return translate("Swath", "Click the edge.")

    def shape(self, points: list[QgsPointXY]) -> QgsGeometry:
        """Return the circle through the second point."""
        return shapes.circle(points[0], points[-1])


TOOL = ToolType(
    id="circle",
    title=lambda: translate("Swath", "Circle"),
    icon='<circle cx="12" cy="12" r="9" fill="{accent}" stroke="{ink}" stroke-width="1.8"/>'
    '<circle cx="12" cy="12" r="1.8" fill="{ink}"/>',
    shortcut="C",
    order=24,
    make=CircleTool,
)
