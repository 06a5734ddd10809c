"""What all tools of Swath on the map canvas have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import Qgis, QgsCoordinateTransform, QgsGeometry
from qgis.gui import QgsMapMouseEvent, QgsMapTool, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QApplication, QWidget

from ....i18n import translate
from ..reshaping import change_items, selected
from ..samples import AREAS

if TYPE_CHECKING:
    from ..drawing import DrawingSession


class CanvasTool(QgsMapTool):
    """A tool that leaves nothing on the canvas when another one takes it.

    The session calls ``cancel`` (Esc, another store), ``step_back`` (Backspace, Ctrl+Z), ``finish``
    (Enter) and ``delete`` (Delete); each does what makes sense for the tool.
    """

    def __init__(self, session: DrawingSession) -> None:
        super().__init__(session.canvas)
        self.session = session
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._bands: list[QgsRubberBand] = []
        self._press: QPoint | None = None

    # --- for the tools to fill in ----------------------------------------------------------------

    @property
    def sketching(self) -> bool:
        """Tell whether something unfinished is on the canvas."""
        return False

    def hint(self) -> str:
        """Return what to do next, in a sentence."""
        return ""

    def cancel(self) -> bool:
        """Drop what is unfinished; tell whether there was anything."""
        return False

    def step_back(self) -> bool:
        """Take back the last step of what is unfinished; tell whether there was one."""
        return False

    def finish(self) -> None:
        """End what is unfinished and keep it."""

    def delete(self) -> None:
        """Delete what is selected."""
        session, table = self.session, self.session.target
        if session.store is None or self.sketching:
            return
        chosen = selected(session.store, table)
        areas = table == AREAS
        text = translate("Swath", "Remove labeled areas") if areas else translate("Swath", "Remove samples")
        if chosen:
            session.guard(lambda: change_items(session.store, dict.fromkeys(chosen), text, table))

    def redraw(self) -> None:
        """Draw again, after the class, the buffer or a key has changed."""

    def constrain(self, on: bool) -> None:
        """Hold to squares and directions from now on (Shift), or no more."""

    def pointer_left(self) -> None:
        """Take what follows the pointer off the canvas."""
        self.session.snapping.hide()
        self.session.measure.hide()

    def carry(self, transform: QgsCoordinateTransform) -> None:
        """Follow the canvas into another CRS; by default an unfinished sketch goes."""
        del transform
        self.cancel()

    def store_changed(self) -> None:
        """Take note of another store, or none."""
        self.cancel()

    def items_changed(self) -> None:
        """Take note that samples or areas were changed, by whatever: an undo, the table, another tool."""

    def target_changed(self) -> None:
        """Take note that areas are drawn instead of samples, or the other way."""
        self.redraw()

    def controls(self, parent: QWidget) -> QWidget | None:
        """Return widgets that belong to this tool, for the toolbar; None without any."""
        del parent
        return None

    # --- what QGIS calls --------------------------------------------------------------------------

    def activate(self) -> None:
        """Take the canvas."""
        super().activate()
        self.session.keys.install()
        self.tell_hint()

    def deactivate(self) -> None:
        """Leave the canvas, and leave nothing on it."""
        if sip.isdeleted(self.session) or sip.isdeleted(self.session.canvas):
            return
        self.session.keys.remove()
        self.cancel()
        self.session.snapping.hide()
        self.session.measure.hide()
        self.session.hintChanged.emit("")
        super().deactivate()

    # --- for the tools to use ---------------------------------------------------------------------

    def draws(self, event: QgsMapMouseEvent) -> bool:
        """Tell whether a press of the left button draws: not while Space pans."""
        return event.button() == Qt.MouseButton.LeftButton and not self.session.keys.panning

    def dragged(self, event: QgsMapMouseEvent) -> bool:
        """Tell whether the pointer moved from where the button was pressed, by more than a shaky hand does."""
        return (
            self._press is not None
            and (event.pos() - self._press).manhattanLength() >= QApplication.startDragDistance()
        )

    def tell_hint(self) -> None:
        """Say what to do next."""
        self.session.hintChanged.emit(self.hint())

    def band(self, kind: Qgis.GeometryType) -> QgsRubberBand:
        """Return a new rubber band, which goes with the tool."""
        made = QgsRubberBand(self.session.canvas, kind)
        made.setSecondaryStrokeColor(QColor(255, 255, 255, 180))  # seen on dark ground, too
        self._bands.append(made)
        return made

    def paint(self, band: QgsRubberBand, geometry: QgsGeometry, *, fill: int = 70) -> None:
        """Show a geometry in map coordinates, in the colour of what is drawn; ``fill`` is the opacity, 0 to 255."""
        color = self.session.color()
        band.setColor(color)
        band.setFillColor(QColor(color.red(), color.green(), color.blue(), fill))
        band.setWidth(2)
        band.setToGeometry(geometry, None)
        band.show()

    def dispose(self) -> None:
        """Go, and take the rubber bands off the canvas for good."""
        for band in self._bands:
            if not sip.isdeleted(band):
                self.session.canvas.scene().removeItem(band)
        self._bands.clear()
        self.deleteLater()  # it is a child of the canvas


def wipe(band: QgsRubberBand, kind: Qgis.GeometryType) -> None:
    """Show nothing with a band; the canvas may be gone already."""
    if not sip.isdeleted(band):
        band.reset(kind)
        band.hide()
