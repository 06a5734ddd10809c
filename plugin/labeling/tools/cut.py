"""Cut out of samples by drawing."""

from __future__ import annotations

from qgis.core import QgsGeometry

from ....i18n import translate
from . import ToolType
from ._sketch import SketchTool


class CutTool(SketchTool):
    """A polygon, by clicks or freehand, that is taken out of samples: corners, strips, holes."""

    streams = True

    def hint(self) -> str:
        """Return what to do next."""
        if not self.sketching:
            return translate("Swath", "Draw what is to be cut away; inside of a sample it makes a hole.")
        return translate("Swath", "Go on; Enter, right click or double click cuts it away.")

    def deliver(self, geometry: QgsGeometry) -> bool:
        """Cut the shape out."""
        return self.session.reshape(geometry, extend=False)


TOOL = ToolType(
    id="cut",
    title=lambda: translate("Swath", "Cut from samples"),
    icon='<path d="M3 4 H20 V11 H13 V20 H3 Z" fill="{accent}" stroke="{ink}" stroke-width="1.6"/>'
    '<path d="M15 17 H22" stroke="{ink}" stroke-width="2.2"/>',
    shortcut="X",
    order=41,
    make=CutTool,
    sketches=False,
)
