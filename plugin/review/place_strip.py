"""All places of a review as a strip: what became of each, and which is looked at."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QEvent, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from qgis.PyQt.QtWidgets import QSizePolicy, QToolTip, QWidget

from ...i18n import translate
from .candidates import ACCEPTED, CORRECTED, SKIPPED, Candidate, class_name

_HEIGHT, _GAP_PX = 20, 1
_COLORS = {ACCEPTED: "#2f9e58", CORRECTED: "#3b82c4", SKIPPED: "#9a9a9a"}


def state_text(state: str) -> str:
    """Return what became of a place, for the user."""
    return {
        ACCEPTED: translate("Swath", "accepted"),
        CORRECTED: translate("Swath", "corrected"),
        SKIPPED: translate("Swath", "skipped"),
    }.get(state, translate("Swath", "open"))


class PlaceStrip(QWidget):
    """A cell for each place; a click goes there."""

    clicked = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._candidates: Sequence[Candidate] = ()
        self._index = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(translate("Swath", "Progress of the review"))

    def show_places(self, candidates: Sequence[Candidate], index: int) -> None:
        """Show places; the list is read again at each call."""
        self._candidates, self._index = candidates, index
        self.setAccessibleDescription(f"{index + 1} / {len(candidates)}")
        self.update()

    def sizeHint(self) -> QSize:
        """Return a wide, low strip."""
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the least that shows anything."""
        return QSize(60, _HEIGHT)

    def cell(self, place: int) -> QRectF:
        """Return where a place is drawn."""
        width = self.width() / max(1, len(self._candidates))
        gap = _GAP_PX if width > 4 else 0
        return QRectF(place * width, 4, max(1.0, width - gap), self.height() - 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the cells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = self.palette().color(QPalette.ColorRole.WindowText)
        quiet = QColor(text)
        quiet.setAlpha(50)
        painter.setPen(Qt.PenStyle.NoPen)
        for place, candidate in enumerate(self._candidates):
            painter.setBrush(QColor(_COLORS[candidate.state]) if candidate.state in _COLORS else quiet)
            painter.drawRoundedRect(self.cell(place), 2, 2)
        if self._candidates:
            frame = self.cell(self._index)
            middle, width = frame.center().x(), max(frame.width() + 3, 6)
            frame = QRectF(min(max(1, middle - width / 2), self.width() - width - 1), 1.5, width, self.height() - 3)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(text, 2))
            painter.drawRoundedRect(frame, 3, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the place below the pointer."""
        place = self._at(event.pos().x())
        if place is not None:
            self.clicked.emit(place)

    def event(self, event: QEvent) -> bool:
        """Say what a cell is when the pointer rests on it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._at(event.pos().x())
            if place is not None:
                item = self._candidates[place]
                text = f"{place + 1}: {class_name(item.said)}, {state_text(item.state)}"
                QToolTip.showText(event.globalPos(), text, self)
                return True
        return super().event(event)

    def _at(self, x: float) -> int | None:
        count = len(self._candidates)
        return min(max(int(x * count / max(1, self.width())), 0), count - 1) if count else None
