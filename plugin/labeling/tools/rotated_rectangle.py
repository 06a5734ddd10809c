"""Draw a rectangle of any direction."""

from __future__ import annotations

from qgis.core import QgsGeometry, QgsPointXY

from ....i18n import translate
from .. import shapes
from . import ToolType
from ._sketch import SketchTool


class RotatedRectangleTool(SketchTool):
    """An edge by two clicks, the width by a third."""

    fewest, most = 3, 3

    def hint(self) -> str:
        """Return what to do next."""
        if not self.sketching:
            return translate("Swath", "Click where an edge of the object starts.")
        if len(self.points) == 1:
            return translate("Swath", "Click where the edge ends; Shift keeps to 45 degrees.")
        return translate("Swath", "Click the far side.")

    def shape(self, points: list[QgsPointXY]) -> QgsGeometry:
        """Return the rectangle on the edge; the edge alone while there are but two points."""
        return shapes.turned_rectangle(*points) if len(points) == 3 else shapes.polygon(points)

    def hold(self, points: list[QgsPointXY], pointer: QgsPointXY) -> QgsPointXY:
        """Return the end of an edge in steps of 45 degrees; the corner of a square for the third point."""
        if len(points) == 1:
            return shapes.at_45_degrees(points[0], pointer)
        return shapes.square_third(points[0], points[1], pointer)


TOOL = ToolType(
    id="rotated_rectangle",
    title=lambda: translate("Swath", "Rotated rectangle"),
    icon='<path d="M2.5 12 L14 3.5 L21.5 12.5 L10 21 Z" fill="{accent}" stroke="{ink}" stroke-width="1.8"/>',
    shortcut="T",
    order=23,
    make=RotatedRectangleTool,
)
