"""A button that shows the key that does the same."""

from __future__ import annotations

from qgis.PyQt.QtCore import QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from qgis.PyQt.QtWidgets import QPushButton, QSizePolicy, QWidget

_CAP_PX, _GAP_PX = 18, 6


class KeyButton(QPushButton):
    """Its text stands left, the key at the right, as a key cap."""

    def __init__(self, text: str, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self._full = key, ""
        self.setText(text)
        self.setStyleSheet("text-align: left; padding: 3px 6px;")
        # As wide as its column, so that buttons side by side are alike.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        # Letters are the keys of the review; only the Tab key reaches a button.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def setText(self, text: str) -> None:
        """Show a text, cut where it would run into the key; screen readers get the whole."""
        self._full = text
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        icon = 0 if self.icon().isNull() else self.iconSize().width() + _GAP_PX
        room = self.width() - icon - (_CAP_PX + _GAP_PX if self.key else 0) - 3 * _GAP_PX
        text = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, max(room, 0))
        super().setText(text.replace("&", "&&"))  # a single one would underline the next letter

    def sizeHint(self) -> QSize:
        """Leave room for the key."""
        size = super().sizeHint()
        return QSize(size.width() + (_CAP_PX + 8 if self.key else 0), max(size.height(), _CAP_PX + 8))

    def minimumSizeHint(self) -> QSize:
        """Let a narrow dock cut the text, not the window."""
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, then the key."""
        super().paintEvent(event)
        if not self.key:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        ink = self.palette().color(role, QPalette.ColorRole.ButtonText)
        edge, fill = QColor(ink), self.palette().color(QPalette.ColorRole.Button)
        edge.setAlpha(110)
        cap = QRectF(self.width() - _CAP_PX - 6, (self.height() - _CAP_PX) / 2, _CAP_PX, _CAP_PX).adjusted(0, 1, 0, -1)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(cap, 3, 3)
        font = QFont(self.font())
        font.setPointSizeF(max(6.0, font.pointSizeF() * 0.85))
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self.key)
