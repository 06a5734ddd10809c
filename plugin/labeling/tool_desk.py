"""Which of Swath's tools has the map canvas."""

from __future__ import annotations

from qgis.core import QgsCoordinateTransform
from qgis.gui import QgsMapCanvas, QgsMapTool
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .tools import TOOLS, discover
from .tools._canvas_tool import CanvasTool


class ToolDesk(QObject):
    """Gives one canvas to the drawing tools, makes them when they are needed, and takes it from them."""

    toolChanged = pyqtSignal(str)  # the id of the tool at work, "" where another tool has the canvas
    hintChanged = pyqtSignal(str)

    def __init__(self, canvas: QgsMapCanvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.canvas = canvas
        self.letters = frozenset(tool.shortcut for tool in discover())
        self._made: dict[str, CanvasTool] = {}
        self._earlier: QgsMapTool | None = None
        self._closed = False
        self._crs = canvas.mapSettings().destinationCrs()
        canvas.mapToolSet.connect(self._tool_set)
        canvas.destinationCrsChanged.connect(self._crs_changed)

    @property
    def active(self) -> CanvasTool | None:
        """Return the tool of Swath that has the canvas now."""
        if sip.isdeleted(self.canvas):
            return None
        current = self.canvas.mapTool()
        return current if current in self._made.values() else None

    @property
    def tool(self) -> str:
        """Return the id of the tool at work, or ""."""
        active = self.active
        return next((name for name, made in self._made.items() if made is active), "") if active else ""

    def start(self, tool: str) -> None:
        """Give the canvas to a tool; raise KeyError for an unknown id."""
        if tool == self.tool:
            return
        if tool not in self._made:
            self._made[tool] = TOOLS.all()[tool].make(self)
        current = self.canvas.mapTool()
        if current is not None and current not in self._made.values():
            # Not to a tool of another session: its tab is not in front any more.
            self._earlier = current.session._earlier if isinstance(current, CanvasTool) else current
        self.canvas.setMapTool(self._made[tool])
        self.canvas.setFocus()

    def start_by_letter(self, letter: str) -> bool:
        """Start the tool of a letter; tell whether there is one."""
        for tool in discover():
            if letter and tool.shortcut == letter.upper():
                self.start(tool.id)
                return True
        return False

    def leave(self) -> None:
        """Give the canvas back to the tool that had it before; an unfinished sketch goes."""
        active = self.active
        if active is None:
            return
        earlier = self._earlier
        if earlier is not None and not sip.isdeleted(earlier):
            self.canvas.setMapTool(earlier)
        else:
            self.canvas.unsetMapTool(active)

    def close(self) -> None:
        """Take all tools off the canvas; the desk is of no use afterwards. Closing twice is no error."""
        self.leave()
        closed, self._closed = self._closed, True
        if not closed and not sip.isdeleted(self.canvas):
            self.canvas.mapToolSet.disconnect(self._tool_set)
            self.canvas.destinationCrsChanged.disconnect(self._crs_changed)
            for tool in self._made.values():
                tool.dispose()
        self._made.clear()

    def _tool_set(self, _new: QgsMapTool | None, _old: QgsMapTool | None = None) -> None:
        self.toolChanged.emit(self.tool)

    def _crs_changed(self) -> None:
        settings = self.canvas.mapSettings()
        earlier, self._crs = self._crs, settings.destinationCrs()
        if self.active is not None:
            self.active.carry(QgsCoordinateTransform(earlier, self._crs, settings.transformContext()))
