"""One sentence for the user inside a form: what was refused, what to know, what went well."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

INFO, SUCCESS, WARNING, ERROR = "info", "success", "warning", "error"
_LOOKS = {
    INFO: ("#3b82c4", "/mIconInfo.svg"),
    SUCCESS: ("#2f9e58", "/mIconSuccess.svg"),
    WARNING: ("#d9902f", "/mIconWarning.svg"),
    ERROR: ("#d0453e", "/mIconCritical.svg"),
}
_ICON_PX = 16
# How much of its colour is in the background, of 1.
_TINT = 0.14


class Notice(QFrame):
    """A coloured box with an icon and a sentence; hidden while it has nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = ""
        self._painting = False
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setOpenExternalLinks(True)
        self.label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.LinksAccessibleByMouse
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.addWidget(self._icon)
        row.addWidget(self.label, 1)
        self.hide()

    def say(self, text: str, kind: str = INFO, *, rich: bool = False) -> None:
        """Show a sentence, plain or ``rich`` with links; an empty one hides the box."""
        self.kind = kind if text else ""
        self.label.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        self.label.setText(text)
        self.setVisible(bool(text))
        if text:
            self._icon.setPixmap(QgsApplication.getThemeIcon(_LOOKS[kind][1]).pixmap(_ICON_PX, _ICON_PX))
            self._paint()

    def text(self) -> str:
        """Return the sentence, "" where there is none."""
        return self.label.text() if self.kind else ""

    @staticmethod
    def color(kind: str) -> QColor:
        """Return the colour of a kind of sentence."""
        return QColor(_LOOKS[kind][0])

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.kind and not self._painting:
            self._paint()

    def _paint(self) -> None:
        color, ground = QColor(_LOOKS[self.kind][0]), self.palette().color(QPalette.ColorRole.Window)
        mixed = blend(color, ground, _TINT)
        self._painting = True  # setting the sheet changes the palette
        sheet = f"Notice {{ background: {mixed.name()}; border: none; border-left: 3px solid {color.name()}; }}"
        self.setStyleSheet(sheet)
        self._painting = False


def blend(color: QColor, ground: QColor, share: float) -> QColor:
    """Return ``ground`` with ``share`` (0 to 1) of ``color`` in it."""
    pairs = zip(color.getRgb()[:3], ground.getRgb()[:3])
    return QColor(*(round(share * one + (1 - share) * other) for one, other in pairs))
