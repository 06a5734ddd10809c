"""Grow a sample from a click: all around it that has nearly the same colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from qgis.core import Qgis, QgsCoordinateTransform, QgsGeometry, QgsPointXY
from qgis.gui import QgsMapMouseEvent
from qgis.PyQt.QtCore import QObject, QPoint, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QWheelEvent
from qgis.PyQt.QtWidgets import QWidget

from ....i18n import translate
from .. import growing
from ..placing import carry
from ..region_outline import outline
from ..tolerance_slider import LEAST, MOST, ToleranceSlider
from ..visible_pixels import NoImageThereError, Picture, image_at, visible_picture
from . import ToolType
from ._canvas_tool import CanvasTool, wipe

if TYPE_CHECKING:
    from ..drawing import DrawingSession

_PIXELS_A_STEP = 6  # of the pointer, for one step of the tolerance
_FEWEST = 4  # pixels of a region


class Tolerance(QObject):
    """How far colours may be from that of the click; what the slider shows."""

    changed = pyqtSignal(float)

    def __init__(self) -> None:
        super().__init__()
        self.value = growing.TOLERANCE

    def set(self, value: float) -> None:
        """Change it, within what the slider has."""
        value = min(max(value, LEAST), MOST)
        if value != self.value:
            self.value = value
            self.changed.emit(value)


@dataclass
class _View:
    """What is grown in: the picture and, for each click, how far all colours are from its own."""

    picture: Picture
    smooth: growing.Floats
    seeds: list[tuple[tuple[int, int], growing.Floats]]


class GrowTool(CanvasTool):
    """Click, mend the tolerance, accept: with the button held, the wheel and Ctrl, or the slider."""

    def __init__(self, session: DrawingSession) -> None:
        super().__init__(session)
        self.tolerance = Tolerance()
        self._band = self.band(Qgis.GeometryType.Polygon)
        self._view: _View | None = None
        self._shape = QgsGeometry()  # in map coordinates
        self._inside, self._before = False, growing.TOLERANCE
        self._pointer = QPoint()
        self._timer = QTimer(session)
        self._timer.setSingleShot(True)
        self._timer.setInterval(15)  # a slider that moves gives more values than can be drawn
        self._timer.timeout.connect(self._grow)
        self.tolerance.changed.connect(lambda _value: self._timer.start() if self._view is not None else None)

    @property
    def sketching(self) -> bool:
        """Tell whether a region is shown that nobody has accepted yet."""
        return self._view is not None

    @property
    def preview(self) -> QgsGeometry:
        """Return the region that is shown, in map coordinates."""
        return QgsGeometry(self._shape)

    def hint(self) -> str:
        """Return what to do next."""
        if self._view is None:
            return translate("Swath", "Click into a field or roof; drag to the right while holding to grow further.")
        if self._shape.isEmpty():
            return translate("Swath", "Too few pixels are alike here: raise the tolerance, or click another place.")
        return translate(
            "Swath", "Enter or a click inside accepts, Ctrl and wheel change the tolerance, Shift adds a place."
        )

    def cancel(self) -> bool:
        """Drop the region."""
        had = self._view is not None
        self._view, self._shape, self._press = None, QgsGeometry(), None
        self._timer.stop()
        wipe(self._band, Qgis.GeometryType.Polygon)
        self.session.measure.hide()
        if had:
            self.tell_hint()
        return had

    def pointer_left(self) -> None:
        """Leave the region and its size on the canvas: the slider may be on its way."""
        self.session.snapping.hide()

    def step_back(self) -> bool:
        """Take back the last click."""
        if self._view is None:
            return False
        self._view.seeds.pop()
        if not self._view.seeds:
            return self.cancel()
        self._grow()
        return True

    def finish(self) -> None:
        """Keep the region."""
        if self._view is None:
            return
        if self._timer.isActive():  # what is kept is what the slider says
            self._timer.stop()
            self._grow()
        if not self._shape.isEmpty() and self.session.finish(self._shape):
            self.cancel()

    def redraw(self) -> None:
        """Show the region in the colour of its class."""
        if not self._shape.isEmpty():
            self.paint(self._band, self._shape)

    def controls(self, parent: QWidget) -> QWidget:
        """Return the slider of the tolerance."""
        return ToleranceSlider(self.tolerance, parent)

    # --- the mouse -----------------------------------------------------------------------------------

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        """Grow from here; inside a region that is shown, accept it when the button is let go."""
        if event.button() == Qt.MouseButton.RightButton:
            self.finish()
            return
        if not self.draws(event) or self.session.store is None:
            return
        self._press, self._pointer, self._before = event.pos(), event.pos(), self.tolerance.value
        point = self.toMapCoordinates(event.pos())
        adds = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._inside = not adds and self._shape.contains(point)
        if not self._inside:
            if not adds:
                self.cancel()
                self._press = event.pos()
            self.session.guard(lambda: self._seed(point))
            self._grow()

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        """Change the tolerance while the button is held."""
        self._pointer = event.pos()
        if self._press is not None and event.buttons() & Qt.MouseButton.LeftButton and self.dragged(event):
            self._inside = False
            self.tolerance.set(self._before + (event.pos().x() - self._press.x()) / _PIXELS_A_STEP)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        """Accept the region that was clicked into."""
        if event.button() == Qt.MouseButton.LeftButton and self._press is not None:
            self._press = None
            if self._inside:
                self.finish()

    def canvasDoubleClickEvent(self, event: QgsMapMouseEvent) -> None:
        """Accept: the first of the two clicks has grown the region."""
        if self.draws(event):
            self.finish()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the tolerance with Ctrl; without, the map zooms as ever."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.tolerance.set(self.tolerance.value + (1 if event.angleDelta().y() > 0 else -1))
            event.accept()
        else:
            event.ignore()

    # --- growing --------------------------------------------------------------------------------------

    def _seed(self, point: QgsPointXY) -> None:
        """Remember a click; read the picture with the first one."""
        session, canvas = self.session, self.session.canvas
        if self._view is None:
            image = image_at(canvas, point, session.store.current_image)
            picture = visible_picture(canvas, image)
            smooth = growing.box_mean(picture.colors)
        else:
            picture, smooth = self._view.picture, self._view.smooth
        seed = picture.pixel(self._transform(picture).transform(point))
        if seed is None or not picture.shown[seed]:
            raise NoImageThereError
        distance = growing.distance_to(picture.colors, smooth, seed)
        distance[~picture.shown] = np.inf
        if self._view is None:
            self._view = _View(picture, smooth, [])
        self._view.seeds.append((seed, distance))

    def _grow(self) -> None:
        view = self._view
        if view is None:
            return
        mask = np.zeros(view.picture.shown.shape, bool)
        for seed, distance in view.seeds:
            mask |= growing.grow(distance, seed, self.tolerance.value)
        place = view.picture
        shape = QgsGeometry()
        if mask.sum() >= _FEWEST:
            found = outline(mask, place.left, place.top, place.width, place.height)
            back = self._transform(place, back=True)
            shape = self.session.guard(lambda: carry(found, back)) or QgsGeometry()
        self._shape = shape
        if shape.isEmpty():
            wipe(self._band, Qgis.GeometryType.Polygon)
            self.session.measure.hide()
        else:
            self.redraw()
            text = self.session.measure.text(shape, self.session.store.current_image)
            self.session.measure.show(text, self._pointer)
        self.tell_hint()

    def _transform(self, picture: Picture, *, back: bool = False) -> QgsCoordinateTransform:
        settings = self.session.canvas.mapSettings()
        ends = (picture.crs, settings.destinationCrs()) if back else (settings.destinationCrs(), picture.crs)
        return QgsCoordinateTransform(*ends, settings.transformContext())


TOOL = ToolType(
    id="grow",
    title=lambda: translate("Swath", "Grow from a click"),
    icon='<path d="M4 20 L15 9" stroke="{ink}" stroke-width="2.6" stroke-linecap="round"/>'
    '<path d="M17 2 V6 M17 11 V14 M11.5 7.5 H14 M19.5 7.5 H23 M13 3.5 L14.6 5.2 M21 3.5 L19.6 5 M21 11.5 L19.5 10" '
    'stroke="{ink}" stroke-width="1.5" stroke-linecap="round"/><circle cx="17" cy="7.6" r="3" fill="{accent}"/>',
    shortcut="G",
    order=30,
    make=GrowTool,
)
