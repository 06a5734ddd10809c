"""Classes with their colours, in as many lines as the width of a dock needs."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QEvent, QPoint, QRect, QSize, Qt
from qgis.PyQt.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette
from qgis.PyQt.QtWidgets import QSizePolicy, QToolTip, QWidget

from ...engine.classes import ClassInfo
from ...i18n import translate
from .notice import blend

_MOST = 24
_GAP_PX, _SPACE_PX, _LINE_PX = 5, 12, 4


class ClassStrip(QWidget):
    """Draws a square and a name for each class; the value stands in the tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: list[ClassInfo] = []
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_classes(self, classes: Sequence[ClassInfo]) -> None:
        """Show classes; none hides the strip."""
        self._classes = list(classes)
        self.setVisible(bool(classes))
        names = ", ".join(item.name for item in classes)
        self.setAccessibleName(translate("Swath", "Classes: {names}").format(names=names))
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        places = self._places(width)
        return places[-1][1].bottom() + 2 if places else 0

    def sizeHint(self) -> QSize:
        """Return the size at the width that it has."""
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        """Return one line's height."""
        return QSize(0, self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the squares and names."""
        painter = QPainter(self)
        text = self.palette().color(QPalette.ColorRole.WindowText)
        edge = blend(text, self.palette().color(QPalette.ColorRole.Window), 0.5)
        side = self._side()
        for item, place, name in self._places(self.width()):
            square = QRect(place.left(), place.center().y() - side // 2, side, side)
            if item is not None:
                painter.setPen(edge)
                painter.setBrush(QColor(*item.color))
                painter.drawRect(square)
            painter.setPen(text)
            left = place.left() + (side + _GAP_PX if item is not None else 0)
            rest = QRect(left, place.top(), place.right() - left + 1, place.height())
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Show the value of the class under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self._at(event.pos())
            text = (
                translate("Swath", "{name}: value {value}").format(name=found.name, value=found.value) if found else ""
            )
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def _at(self, point: QPoint) -> ClassInfo | None:
        return next((item for item, place, _ in self._places(self.width()) if place.contains(point)), None)

    def _side(self) -> int:
        return round(self.fontMetrics().height() * 0.62)

    def _places(self, width: int) -> list[tuple[ClassInfo | None, QRect, str]]:
        """Return each class with its rectangle and its name, cut where it is wider than the strip."""
        metrics, found, left, top = self.fontMetrics(), [], 0, 0
        shown: list[tuple[ClassInfo | None, str]] = [(item, item.name) for item in self._classes[:_MOST]]
        if len(self._classes) > _MOST:
            text = translate("Swath", "and {count} more")
            shown.append((None, text.format(count=len(self._classes) - _MOST)))
        for item, name in shown:
            square = self._side() + _GAP_PX if item is not None else 0
            title = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(width - square, 20))
            wide = square + metrics.horizontalAdvance(title) + 2
            if left and left + wide > width:
                left, top = 0, top + metrics.height() + _LINE_PX
            found.append((item, QRect(left, top, wide, metrics.height()), title))
            left += wide + _SPACE_PX
        return found
