"""Tools with which clicks make a shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import Qgis, QgsCoordinateTransform, QgsCsException, QgsGeometry, QgsPointXY
from qgis.gui import QgsMapMouseEvent, QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QTransform

from ....i18n import translate
from ....processing_provider.sentences import sentence
from .. import shapes
from ..placing import NoAreaError, ground_scale
from ._canvas_tool import CanvasTool, wipe

if TYPE_CHECKING:
    from ..drawing import DrawingSession

# Web Mercator stretches east and north by up to 0.7 % differently; nobody sees that, so squares stay square.
_ALIKE = 0.01


class SketchTool(CanvasTool):
    """Collects points by clicks and shows the shape they make with the pointer.

    ``fewest`` points make a shape; ``most`` end it (0: Enter, a double click or the right button ends it).
    Where ``streams`` is True, moving with the button held draws freehand between the clicks.
    """

    fewest, most, streams = 3, 0, False

    def __init__(self, session: DrawingSession) -> None:
        super().__init__(session)
        self._points: list[QgsPointXY] = []
        self._pointer: QgsPointXY | None = None
        self._constrained, self._aspect = False, 1.0
        self._shape_band = self.band(Qgis.GeometryType.Polygon)
        self._corner_band = self.band(Qgis.GeometryType.Point)
        self._corner_band.setIcon(QgsRubberBand.IconType.ICON_FULL_BOX)
        self._corner_band.setIconSize(6)

    # --- for the tools to fill in ----------------------------------------------------------------

    def shape(self, points: list[QgsPointXY]) -> QgsGeometry:
        """Return what points make. They are stretched so that right angles are right on the ground."""
        return shapes.polygon(points)

    def hold(self, points: list[QgsPointXY], pointer: QgsPointXY) -> QgsPointXY:
        """Return where the pointer counts while Shift is held: in steps of 45 degrees from the last point."""
        return shapes.at_45_degrees(points[-1], pointer)

    def deliver(self, geometry: QgsGeometry) -> bool:
        """Keep a finished shape in map coordinates; tell whether it was kept."""
        return self.session.finish(geometry)

    # --- what the session calls --------------------------------------------------------------------

    @property
    def sketching(self) -> bool:
        """Tell whether points are set."""
        return bool(self._points)

    @property
    def points(self) -> list[QgsPointXY]:
        """Return the points set so far, in map coordinates."""
        return list(self._points)

    def cancel(self) -> bool:
        """Forget all points."""
        had = bool(self._points)
        self._points, self._pointer, self._press = [], None, None
        wipe(self._shape_band, Qgis.GeometryType.Polygon)
        wipe(self._corner_band, Qgis.GeometryType.Point)
        self.session.measure.hide()
        self.session.measured.emit("")
        if had:
            self.tell_hint()
        return had

    def step_back(self) -> bool:
        """Forget the last point."""
        if not self._points:
            return False
        if len(self._points) == 1:
            return self.cancel()
        self._points.pop()
        self._show()
        return True

    def finish(self) -> None:
        """Make the shape of the points, if they are enough; what is not kept stays to be mended."""
        if not self._points:
            return
        if len(set(map(_key, self._points))) < self.fewest:
            if self.most:
                self.cancel()
            else:
                text = translate("Swath", "{count} points are needed: click on the map, or press Esc to stop.")
                self.session.hintChanged.emit(text.format(count=self.fewest))
            return
        geometry = self.geometry(self._points)
        kept = self.deliver(geometry)
        if kept or geometry.isEmpty() or self.session.outline(geometry).area() == 0:
            self.cancel()
            if not kept:
                self.session.hintChanged.emit(sentence(NoAreaError()))

    def redraw(self) -> None:
        """Show the sketch again."""
        if self._points:
            self._show()

    def constrain(self, on: bool) -> None:
        """Hold to squares and 45 degrees, or no more."""
        if on != self._constrained:
            self._constrained = on
            self.redraw()

    def pointer_left(self) -> None:
        """Show the sketch without the pointer."""
        super().pointer_left()
        self._pointer = None
        self.redraw()

    def carry(self, transform: QgsCoordinateTransform) -> None:
        """Take the points into the canvas's new CRS; drop them where they do not fit in."""
        try:
            self._points = [transform.transform(point) for point in self._points]
        except QgsCsException:
            self.cancel()
        self._pointer = None
        if self._points:
            self._measure_aspect()
            self._show()

    # --- the mouse -----------------------------------------------------------------------------------

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        """Set a point; the right button ends the sketch."""
        if event.button() == Qt.MouseButton.RightButton:
            self.finish()
        elif self.draws(event):
            if self.most and len(self._points) >= self.most:
                self.cancel()
            self._press = event.pos()
            self._constrained = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._add(self.session.snapping.point(event), event)

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        """Follow the pointer."""
        self._constrained = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._pointer = self.session.snapping.point(event)
        held = bool(event.buttons() & Qt.MouseButton.LeftButton)
        if held and self.streams and self._points and self.dragged(event):
            self._press = event.pos()
            self._points.append(self._pointer)
        if self._points:
            self._show()
            self._measure(event)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        """End a shape of two points that was drawn by dragging."""
        drags = self.most and self._points and len(self._points) < self.most and self.dragged(event)
        if event.button() == Qt.MouseButton.LeftButton and drags:
            self._add(self.session.snapping.point(event), event)
        self._press = None

    def canvasDoubleClickEvent(self, event: QgsMapMouseEvent) -> None:
        """End the sketch; the first of the two clicks has set the last point."""
        if self.draws(event):
            self.finish()

    # --- the shape ------------------------------------------------------------------------------------

    def geometry(self, points: list[QgsPointXY]) -> QgsGeometry:
        """Return what points in map coordinates make, in map coordinates."""
        made = self.shape([QgsPointXY(point.x() * self._aspect, point.y()) for point in points])
        if self._aspect != 1.0:
            made.transform(QTransform.fromScale(1 / self._aspect, 1))
        return made

    def _add(self, point: QgsPointXY, event: QgsMapMouseEvent) -> None:
        if not self._points:
            self._points = [point]
            self._measure_aspect()
        else:
            self._points.append(self._held(point))
        self._pointer = None
        self._show()
        self._measure(event)
        if self.most and len(self._points) >= self.most:
            self.finish()

    def _held(self, pointer: QgsPointXY) -> QgsPointXY:
        if not (self._constrained and self._points):
            return pointer
        stretched = [QgsPointXY(point.x() * self._aspect, point.y()) for point in self._points]
        held = self.hold(stretched, QgsPointXY(pointer.x() * self._aspect, pointer.y()))
        return QgsPointXY(held.x() / self._aspect, held.y())

    def _measure_aspect(self) -> None:
        """Find how long a map unit is to the east, of one to the north: degrees are shorter, far from the equator."""
        settings = self.session.canvas.mapSettings()
        span = 200 * settings.mapUnitsPerPixel()
        east, north = ground_scale(self._points[0], span, settings.destinationCrs(), settings.transformContext())
        self._aspect = east / north if abs(east / north - 1) > _ALIKE else 1.0

    def _shown(self) -> list[QgsPointXY]:
        complete = self.most and len(self._points) >= self.most
        if self._pointer is None or complete:
            return self._points
        return [*self._points, self._held(self._pointer)]

    def _show(self) -> None:
        self.paint(self._shape_band, self.session.outline(self.geometry(self._shown())))
        corners = self._points if len(self._points) < 400 else self._points[:1]
        self._corner_band.setColor(QColor("#ffffff"))
        self._corner_band.setStrokeColor(QColor("#202020"))
        self._corner_band.setToGeometry(QgsGeometry.fromMultiPointXY(corners), None)
        self._corner_band.show()
        self.tell_hint()

    def _measure(self, event: QgsMapMouseEvent) -> None:
        if not self._points:
            return
        outline = self.session.outline(self.geometry(self._shown()))
        image = self.session.store.current_image if self.session.store is not None else None
        text = self.session.measure.text(outline, image)
        self.session.measure.show(text, event.pos())
        self.session.measured.emit(text)


def _key(point: QgsPointXY) -> tuple[float, float]:
    return point.x(), point.y()
