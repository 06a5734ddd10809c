"""Select samples on the map, move and delete them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import Qgis, QgsGeometry, QgsPointXY, QgsRectangle
from qgis.gui import QgsMapMouseEvent
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from ....i18n import translate
from ..placing import carry, clean_polygons
from ..reshaping import change_items, items, meeting, selected
from ..samples import AREAS
from . import ToolType
from ._canvas_tool import CanvasTool, wipe

if TYPE_CHECKING:
    from ..drawing import DrawingSession

_REACH = 4  # pixels around a click


class SelectTool(CanvasTool):
    """A click selects, a box selects all it meets, dragging a selected sample moves the selection."""

    def __init__(self, session: DrawingSession) -> None:
        super().__init__(session)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._band = self.band(Qgis.GeometryType.Polygon)
        self._start: QgsPointXY | None = None
        self._moved: dict[int, QgsGeometry] = {}  # in map coordinates, while they are dragged

    @property
    def sketching(self) -> bool:
        """Tell whether something is dragged."""
        return self._start is not None

    def hint(self) -> str:
        """Return what to do next."""
        return translate("Swath", "Click, or drag a box, to select (Shift adds); drag what is selected to move it.")

    def cancel(self) -> bool:
        """Let go of what is dragged, or of the selection."""
        had = self.sketching
        self._start, self._press, self._moved = None, None, {}
        wipe(self._band, Qgis.GeometryType.Polygon)
        return had

    # --- the mouse -----------------------------------------------------------------------------------

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        """Start a click, a box or a move."""
        if not self.draws(event) or self.session.store is None:
            return
        self._press = event.pos()
        self._start = self.toMapCoordinates(event.pos())
        self._moved = {}
        under = self._under(self._start)
        chosen = set(selected(self.session.store, self.session.target))
        if chosen & set(under) and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            known = items(self.session.store, self.session.target)
            back = self.session.from_store()
            self._moved = self.session.guard(lambda: {fid: carry(known[fid].geometry, back) for fid in chosen}) or {}

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        """Show the box, or where the selection goes."""
        if self._start is None or not self.dragged(event):
            return
        if self._moved:
            shapes = [self._shifted(shape, event) for shape in self._moved.values()]
            self.paint(self._band, QgsGeometry.collectGeometry(shapes), fill=40)
        else:
            box = QgsRectangle(self._start, self.toMapCoordinates(event.pos()))
            self._band.setColor(QColor("#3080ff"))
            self._band.setFillColor(QColor(48, 128, 255, 40))
            self._band.setToGeometry(QgsGeometry.fromRect(box), None)
            self._band.show()

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        """Select, or move what is selected."""
        if event.button() != Qt.MouseButton.LeftButton or self._start is None or self.session.store is None:
            return
        start, moved, dragged = self._start, self._moved, self.dragged(event)
        adds = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.cancel()
        if dragged and moved:
            self._move({fid: self._shifted(shape, event, start) for fid, shape in moved.items()})
        elif dragged:
            box = QgsGeometry.fromRect(QgsRectangle(start, self.toMapCoordinates(event.pos())))
            self._select([item.fid for item in self._meeting(box)], adds=adds)
        else:
            self._select(self._under(start)[:1], adds=adds, toggles=True)

    # --- what is under the pointer ---------------------------------------------------------------------

    def _under(self, point: QgsPointXY) -> list[int]:
        """Return what is at a place, the smallest first: it may lie within a larger one."""
        reach = _REACH * self.session.canvas.mapUnitsPerPixel()
        box = QgsRectangle(point.x() - reach, point.y() - reach, point.x() + reach, point.y() + reach)
        found = self._meeting(QgsGeometry.fromRect(box))
        return [item.fid for item in sorted(found, key=lambda item: item.geometry.area())]

    def _meeting(self, shape: QgsGeometry) -> list:
        session = self.session
        there = session.guard(lambda: carry(shape, session.to_store()))
        return meeting(session.store, there, session.target) if there is not None else []

    def _select(self, fids: list[int], *, adds: bool, toggles: bool = False) -> None:
        store, table = self.session.store, self.session.target
        chosen = selected(store, table) if adds else []
        if toggles and adds and set(fids) <= set(chosen):
            chosen = [fid for fid in chosen if fid not in fids]
        else:
            chosen = [*chosen, *fids]
        if table == AREAS:
            store.areas_layer.selectByIds(chosen)
        else:
            store.select(chosen)
        self.tell_hint()

    # --- moving ------------------------------------------------------------------------------------------

    def _shifted(self, shape: QgsGeometry, event: QgsMapMouseEvent, start: QgsPointXY | None = None) -> QgsGeometry:
        start, end = start or self._start, self.toMapCoordinates(event.pos())
        made = QgsGeometry(shape)
        made.translate(end.x() - start.x(), end.y() - start.y())
        return made

    def _move(self, shapes: dict[int, QgsGeometry]) -> None:
        session, table = self.session, self.session.target
        transform = session.to_store()

        def move() -> None:
            there = {fid: clean_polygons(carry(shape, transform)) for fid, shape in shapes.items()}
            change_items(session.store, there, translate("Swath", "Move"), table)

        session.guard(move)


TOOL = ToolType(
    id="select",
    title=lambda: translate("Swath", "Select and move"),
    icon='<path d="M6 2.5 L6 18 L10 14.5 L12.8 21 L15.4 19.9 L12.6 13.5 L18 13.2 Z" fill="{accent}" stroke="{ink}" '
    'stroke-width="1.6" stroke-linejoin="round"/>',
    shortcut="M",
    order=10,
    make=SelectTool,
    sketches=False,
)
