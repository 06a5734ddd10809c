"""Draw a polygon by its corners."""

from __future__ import annotations

from ....i18n import translate
from . import ToolType
from ._sketch import SketchTool


class PolygonTool(SketchTool):
    """Corner by corner; with the button held also freehand."""

    streams = True

    def hint(self) -> str:
        """Return what to do next."""
        if not self.sketching:
            return translate("Swath", "Click the corners of the object, or hold the button to draw freehand.")
        return translate("Swath", "Go on; Enter, right click or double click ends it, Backspace takes a corner back.")


TOOL = ToolType(
    id="polygon",
    title=lambda: translate("Swath", "Polygon"),
    icon='<path d="M4 9 L13 3 L21 10 L17 20 L6 19 Z" fill="{accent}" stroke="{ink}" stroke-width="1.6"/>'
    '<g fill="{ink}"><rect x="2.5" y="7.5" width="3" height="3"/><rect x="11.5" y="1.5" width="3" height="3"/>'
    '<rect x="19.5" y="8.5" width="3" height="3"/><rect x="15.5" y="18.5" width="3" height="3"/>'
    '<rect x="4.5" y="17.5" width="3" height="3"/></g>',
    shortcut="P",
    order=20,
    make=PolygonTool,
)
