"""Move, add and remove the vertices of samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgis.core import Qgis, QgsCsException, QgsGeometry, QgsPointXY, QgsRectangle
from qgis.gui import QgsMapMouseEvent, QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from ....i18n import translate
from ..placing import NoAreaError, NotPlacedError, carry, clean_polygons
from ..reshaping import change_items, items, selected, within
from . import ToolType
from ._canvas_tool import CanvasTool, wipe

if TYPE_CHECKING:
    from ..drawing import DrawingSession

_REACH = 9  # pixels in which a vertex or an edge is taken


@dataclass(frozen=True)
class _Grip:
    """What the pointer would take: a vertex, or a new one in front of the vertex ``index``."""

    index: int
    new: bool
    at: QgsPointXY  # in map coordinates


class VerticesTool(CanvasTool):
    """The outline nearest to the pointer shows its vertices; they are dragged, and edges give new ones."""

    def __init__(self, session: DrawingSession) -> None:
        super().__init__(session)
        self._fid: int | None = None
        self._shown: QgsGeometry | None = None  # of the sample, in map coordinates
        self._grip: _Grip | None = None
        self._drags = False
        self._outline = self.band(Qgis.GeometryType.Polygon)
        self._dots = self.band(Qgis.GeometryType.Point)
        self._mark = self.band(Qgis.GeometryType.Point)
        self._dots.setIcon(QgsRubberBand.IconType.ICON_FULL_BOX)
        self._dots.setIconSize(7)
        self._mark.setIconSize(12)

    @property
    def sketching(self) -> bool:
        """Tell whether a vertex is dragged."""
        return self._drags

    def hint(self) -> str:
        """Return what to do next."""
        if self._shown is None:
            return translate("Swath", "Point at the outline of a sample.")
        return translate(
            "Swath", "Drag a vertex, or an edge for a new one; Delete removes the vertex under the pointer."
        )

    def cancel(self) -> bool:
        """Let go of the vertex."""
        had = self._drags
        self._drags, self._press, self._grip = False, None, None
        if had:
            self._take(self._fid)
        else:
            self._take(None)
        return had

    def step_back(self) -> bool:
        """Let go of the vertex that is dragged."""
        return self._drags and self.cancel()

    def delete(self) -> None:
        """Remove the vertex under the pointer."""
        grip, fid = self._grip, self._fid
        if grip is None or grip.new or fid is None or self._drags:
            return

        def remove(shape: QgsGeometry) -> None:
            shape.deleteVertex(grip.index)

        self._change(remove, translate("Swath", "Remove a vertex"))

    def items_changed(self) -> None:
        """Follow an undo, or an edit elsewhere."""
        if not self._drags:
            self._take(self._fid)

    def target_changed(self) -> None:
        """Forget the sample: areas are edited now, or the other way."""
        self._take(None)

    # --- the mouse -----------------------------------------------------------------------------------

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        """Show the vertices of the nearest outline, or where a vertex goes."""
        if self.session.store is None:
            return
        if self._drags:
            self._show_grip(self.session.snapping.point(event))
            return
        point, reach = self.toMapCoordinates(event.pos()), _REACH * self.session.canvas.mapUnitsPerPixel()
        nearest = self._nearest(point, reach)
        if nearest is not None and nearest != self._fid:
            self._take(nearest)
        self._grip = self._grip_at(point, reach)
        self._show_mark(self._grip.at if self._grip else None)

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        """Take the vertex."""
        if not self.draws(event):
            return
        self.canvasMoveEvent(event)
        if self._grip is not None:
            self._press, self._drags = event.pos(), True

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        """Leave the vertex where the pointer is."""
        if event.button() != Qt.MouseButton.LeftButton or not self._drags:
            return
        grip, moved = self._grip, self.dragged(event)
        point = self.session.snapping.point(event)
        self._drags, self._press = False, None
        if not moved or grip is None:
            self._take(self._fid)
            return
        there = self.session.guard(lambda: self._to_store(point))
        if there is None:
            self._take(self._fid)
            return

        def move(shape: QgsGeometry) -> None:
            if grip.new:
                shape.insertVertex(there.x(), there.y(), grip.index)
            else:
                shape.moveVertex(there.x(), there.y(), grip.index)

        self._change(move, translate("Swath", "Add a vertex") if grip.new else translate("Swath", "Move a vertex"))

    # --- which vertex -----------------------------------------------------------------------------------

    def _nearest(self, point: QgsPointXY, reach: float) -> int | None:
        """Return what has its outline nearest to a place, within reach; what is selected goes first."""
        session, table = self.session, self.session.target
        box = QgsRectangle(point.x() - reach, point.y() - reach, point.x() + reach, point.y() + reach)
        try:
            there = carry(QgsGeometry.fromRect(box), session.to_store())
        except NotPlacedError:  # nothing to be said: the pointer only passes
            return None
        found = within(session.store, there.boundingBox(), table)
        chosen, centre = set(selected(session.store, table)), there.boundingBox().center()
        far = max(there.boundingBox().width(), there.boundingBox().height()) / 2
        near = []
        for item in found:
            squared = item.geometry.closestSegmentWithContext(centre)[0]
            if 0 <= squared <= far * far:
                near.append((item.fid not in chosen, item.fid != self._fid, squared, item.fid))
        return min(near)[3] if near else None

    def _grip_at(self, point: QgsPointXY, reach: float) -> _Grip | None:
        if self._shown is None:
            return None
        vertex, index, _before, _after, squared = self._shown.closestVertex(point)
        if index >= 0 and squared <= reach * reach:
            return _Grip(index, new=False, at=vertex)
        squared, at, after, _side = self._shown.closestSegmentWithContext(point)
        return _Grip(after, new=True, at=at) if 0 <= squared <= reach * reach else None

    def _to_store(self, point: QgsPointXY) -> QgsPointXY:
        try:
            there = self.session.to_store().transform(point)
        except QgsCsException:
            there = QgsPointXY(math.inf, math.inf)
        if not (math.isfinite(there.x()) and math.isfinite(there.y())):
            raise NoAreaError
        return there

    # --- changing and showing -----------------------------------------------------------------------------

    def _change(self, step, text: str) -> None:  # noqa: ANN001 - takes a geometry and changes it
        session, fid, table = self.session, self._fid, self.session.target
        known = items(session.store, table) if session.store is not None else {}
        if fid not in known:
            self._take(None)
            return

        def change() -> None:
            shape = QgsGeometry(known[fid].geometry)
            step(shape)
            change_items(session.store, {fid: clean_polygons(shape)}, text, table)

        session.guard(change)
        self._take(fid)

    def _take(self, fid: int | None) -> None:
        """Show the vertices of a sample, as it is in the store; None shows none."""
        self._grip = None
        self._show_mark(None)
        store = self.session.store
        known = items(store, self.session.target) if store is not None else {}
        before = self._shown
        self._fid, self._shown = (fid, QgsGeometry(known[fid].geometry)) if fid in known else (None, None)
        if self._shown is not None:
            try:
                # Vertex by vertex: what is shown must have the same vertices as the sample.
                self._shown.transform(self.session.from_store())
            except QgsCsException:
                self._fid, self._shown = None, None
        self._show(self._shown)
        if (before is None) != (self._shown is None):
            self.tell_hint()

    def _show(self, shape: QgsGeometry | None) -> None:
        if shape is None:
            wipe(self._outline, Qgis.GeometryType.Polygon)
            wipe(self._dots, Qgis.GeometryType.Point)
            return
        self.paint(self._outline, shape, fill=30)
        self._dots.setColor(QColor("#ffffff"))
        self._dots.setStrokeColor(QColor("#202020"))
        points = [QgsPointXY(vertex) for vertex in shape.vertices()]
        self._dots.setToGeometry(QgsGeometry.fromMultiPointXY(points), None)
        self._dots.show()

    def _show_grip(self, point: QgsPointXY) -> None:
        shape = QgsGeometry(self._shown)
        if self._grip.new:
            shape.insertVertex(point.x(), point.y(), self._grip.index)
        else:
            shape.moveVertex(point.x(), point.y(), self._grip.index)
        self._show(shape)
        self._show_mark(point)

    def _show_mark(self, point: QgsPointXY | None) -> None:
        if point is None:
            wipe(self._mark, Qgis.GeometryType.Point)
            return
        new = self._grip is not None and self._grip.new
        self._mark.setIcon(QgsRubberBand.IconType.ICON_CROSS if new else QgsRubberBand.IconType.ICON_FULL_BOX)
        self._mark.setColor(QColor("#ff7f00"))
        self._mark.setWidth(2)
        self._mark.setToGeometry(QgsGeometry.fromPointXY(point), None)
        self._mark.show()


TOOL = ToolType(
    id="vertices",
    title=lambda: translate("Swath", "Edit vertices"),
    icon='<path d="M5 18 L9 5 L19 9 L16 19 Z" fill="none" stroke="{ink}" stroke-width="1.5"/>'
    '<g fill="{accent}" stroke="{ink}" stroke-width="1.4"><rect x="2.8" y="15.8" width="4.4" height="4.4"/>'
    '<rect x="6.8" y="2.8" width="4.4" height="4.4"/><rect x="16.8" y="6.8" width="4.4" height="4.4"/>'
    '<rect x="13.8" y="16.8" width="4.4" height="4.4"/></g>',
    shortcut="V",
    order=11,
    make=VerticesTool,
    sketches=False,
)
