"""Add to a sample by drawing."""

from __future__ import annotations

from qgis.core import QgsGeometry

from ....i18n import translate
from . import ToolType
from ._sketch import SketchTool


class ExtendTool(SketchTool):
    """A polygon, by clicks or freehand, that joins the sample it covers most."""

    streams = True

    def hint(self) -> str:
        """Return what to do next."""
        if not self.sketching:
            return translate("Swath", "Draw, from inside a sample, what is to be added to it.")
        return translate("Swath", "Go on; Enter, right click or double click adds it to the sample.")

    def deliver(self, geometry: QgsGeometry) -> bool:
        """Add the shape."""
        return self.session.reshape(geometry, extend=True)


TOOL = ToolType(
    id="extend",
    title=lambda: translate("Swath", "Add to a sample"),
    icon='<path d="M3 4 H14 V9 H20 V20 H3 Z" fill="{accent}" stroke="{ink}" stroke-width="1.6"/>'
    '<path d="M11 10.5 V17.5 M7.5 14 H14.5" stroke="{ink}" stroke-width="2.2"/>',
    shortcut="A",
    order=40,
    make=ExtendTool,
    sketches=False,
)
