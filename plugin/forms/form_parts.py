"""Small parts that tabs are laid out of."""

from __future__ import annotations

from html import escape

from qgis.PyQt.QtCore import QEvent, QRect, QSize, Qt, QUrl
from qgis.PyQt.QtGui import QFont, QPalette
from qgis.PyQt.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from .notice import blend

_FAINT = 0.72  # of the text's colour


class Note(QLabel):
    """A remark below a field: smaller, fainter, gone while it is empty."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._painting = False
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(scaled(self.font(), 0.9))
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._paint()
        self.say(text)

    def say(self, text: str) -> None:
        """Show a text, or go away."""
        self.setText(text)
        if self.parentWidget() is not None:  # else it would become a window
            self.setVisible(bool(text))

    def sizeHint(self) -> QSize:
        """Return one line's height: that of more lines follows from the width."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """Return one line's height."""
        return QSize(0, self.fontMetrics().height())

    def event(self, event: QEvent) -> bool:
        """Take the colours of a new theme or parent, and show only with a text."""
        done = super().event(event)
        if event.type() == QEvent.Type.ParentChange and self.parentWidget() is not None:
            self.setVisible(bool(self.text()))
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.ParentChange} and not self._painting:
            self._paint()
        return done

    def _paint(self) -> None:
        self._painting = True
        parent = self.parentWidget()
        palette = QPalette(parent.palette() if parent is not None else self.palette())
        text, ground = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)
        palette.setColor(QPalette.ColorRole.WindowText, blend(text, ground, _FAINT))
        self.setPalette(palette)
        self._painting = False


def scaled(font: QFont, factor: float) -> QFont:
    """Return a font of another size; fonts sized in pixels are left as they are."""
    made = QFont(font)
    if font.pointSizeF() > 0:
        made.setPointSizeF(font.pointSizeF() * factor)
    return made


def pair(first: QWidget, second: QWidget) -> QWidget:
    """Return two fields side by side, as width and height."""
    held = QWidget()
    row = QHBoxLayout(held)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(first, 1)
    row.addWidget(QLabel("\N{MULTIPLICATION SIGN}"))
    row.addWidget(second, 1)
    return held


class _Rows(QFormLayout):
    """Gives each sentence the height that it needs now: Qt's own keeps that of the sentence before, which cuts it."""

    def setGeometry(self, rect: QRect) -> None:
        """Lay out anew, also where only a text has changed."""
        self.invalidate()
        super().setGeometry(rect)


def rows() -> QFormLayout:
    """Return a layout of labels and fields that uses the whole width of a dock."""
    made = _Rows()
    made.setContentsMargins(0, 0, 0, 0)
    made.setVerticalSpacing(5)
    made.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return made


def file_links(*places: tuple[object, str]) -> str:
    """Return rich text with a link for each (path, title); those without a path are left out."""
    urls = [(QUrl.fromLocalFile(str(path)).toString(), title) for path, title in places if path]
    return " \N{MIDDLE DOT} ".join(f'<a href="{escape(url)}">{escape(title)}</a>' for url, title in urls)
