"""Draw an ellipse."""

from __future__ import annotations

from qgis.core import QgsGeometry, QgsPointXY

from ....i18n import translate
from .. import shapes
from . import ToolType
from ._sketch import SketchTool


class EllipseTool(SketchTool):
    """An axis by two clicks, the width by a third."""

    fewest, most = 3, 3

    def hint(self) -> str:
        """Return what to do next."""
        if not self.sketching:
            return translate("Swath", "Click one end of the object.")
        if len(self.points) == 1:
            return translate("Swath", "Click the other end; Shift keeps to 45 degrees.")
        return translate("Swath", "Click how wide it is; Shift makes a circle.")

    def shape(self, points: list[QgsPointXY]) -> QgsGeometry:
        """Return the ellipse; its axis alone while there are but two points."""
        return shapes.ellipse_on_axis(*points) if len(points) == 3 else shapes.polygon(points)

    def hold(self, points: list[QgsPointXY], pointer: QgsPointXY) -> QgsPointXY:
        """Return the end of an axis in steps of 45 degrees; as wide as long for the third point."""
        if len(points) == 1:
            return shapes.at_45_degrees(points[0], pointer)
        return shapes.square_third(points[0], points[1], pointer, share=0.5)


TOOL = ToolType(
    id="ellipse",
    title=lambda: translate("Swath", "Ellipse"),
    icon='<ellipse cx="12" cy="12" rx="10" ry="5.5" transform="rotate(-30 12 12)" fill="{accent}" stroke="{ink}" '
    'stroke-width="1.8"/>',
    shortcut="E",
    order=25,
    make=EllipseTool,
)
