"""One sentence for the user inside a form: what was refused, what to know, what went well."""

from __future__ import annotations

import re
from html import escape, unescape

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPaintEvent, QPalette
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

INFO, SUCCESS, WARNING, ERROR = "info", "success", "warning", "error"
_LOOKS = {
    INFO: ("#3b82c4", "/mIconInfo.svg"),
    SUCCESS: ("#2f9e58", "/mIconSuccess.svg"),
    WARNING: ("#d9902f", "/mIconWarning.svg"),
    ERROR: ("#d0453e", "/mIconCritical.svg"),
}
_ICON_PX = 16
_BAR_PX = 3
_LINK_ON_DARK, _LINK_ON_LIGHT = "#6cb4ff", "#0b5cad"
# A word that is longer, as a path is, would widen the dock.
_LONGEST_PX = 240
# Signs of Chinese and Japanese are no part of it: lines break between any two of them.
_WORD = re.compile(r"[^\s\u2e80-\uffff]{12,}")
# How much of its colour is in the background, of 1.
_TINT = 0.14


class Notice(QFrame):
    """A coloured box with an icon and a sentence; hidden while it has nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = ""
        self._text, self._rich = "", False
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setOpenExternalLinks(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.addWidget(self._icon)
        row.addWidget(self.label, 1)
        self.hide()

    def say(self, text: str, kind: str = INFO, *, rich: bool = False) -> None:
        """Show a sentence, plain or ``rich`` with links; an empty one hides the box."""
        self.kind = kind if text else ""
        self._text, self._rich = text, rich
        self._write()
        self.setVisible(bool(text))
        if text:
            self._icon.setPixmap(QgsApplication.getThemeIcon(_LOOKS[kind][1]).pixmap(_ICON_PX, _ICON_PX))
            self.update()

    def text(self) -> str:
        """Return the sentence, "" where there is none."""
        return self._text if self.kind else ""

    @staticmethod
    def color(kind: str) -> QColor:
        """Return the colour of a kind of sentence."""
        return QColor(_LOOKS[kind][0])

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.kind:
            self._write()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the bar at its side; without a style sheet, which would keep an old theme's colours."""
        color, painter = self.color(self.kind or INFO), QPainter(self)
        painter.fillRect(self.rect(), blend(color, self.palette().color(QPalette.ColorRole.Window), _TINT))
        painter.fillRect(0, 0, _BAR_PX, self.height(), color)
        painter.end()

    def _write(self) -> None:
        dark = self.palette().color(QPalette.ColorRole.Window).lightness() < 128
        # Qt's own blue of links cannot be read on dark grounds.
        link = _LINK_ON_DARK if dark else _LINK_ON_LIGHT
        text = self._text.replace("<a ", f'<a style="color:{link}" ') if self._rich else self._text
        flags = Qt.TextInteractionFlag.TextSelectableByMouse
        if "<a " in text:  # without links, the key Tab has nothing to do here
            flags |= Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        self.label.setTextInteractionFlags(flags)
        self.label.setTextFormat(Qt.TextFormat.RichText if self._rich else Qt.TextFormat.PlainText)
        parts = re.split(r"(<[^>]*>)", text) if self._rich else [text]
        self.label.setText("".join(part if part.startswith("<") and self._rich else self._cut(part) for part in parts))
        plain = unescape(re.sub(r"<[^>]*>", "", self._text)) if self._rich else self._text
        self.setToolTip("" if fitted(plain, self.label) == plain else plain)

    def _cut(self, part: str) -> str:
        """Return a text, or that between two tags, with long words cut."""
        return escape(fitted(unescape(part), self.label), quote=False) if self._rich else fitted(part, self.label)


def fitted(text: str, label: QLabel) -> str:
    """Return a text whose longest words, as paths, are cut in their middle so that a narrow label holds them."""
    metrics = label.fontMetrics()
    middle = Qt.TextElideMode.ElideMiddle
    return _WORD.sub(lambda found: metrics.elidedText(found[0], middle, _LONGEST_PX), text)


def blend(color: QColor, ground: QColor, share: float) -> QColor:
    """Return ``ground`` with ``share`` (0 to 1) of ``color`` in it."""
    pairs = zip(color.getRgb()[:3], ground.getRgb()[:3])
    return QColor(*(round(share * one + (1 - share) * other) for one, other in pairs))
