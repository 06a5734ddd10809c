"""Charts of samples, painted in the colours of the theme: bars by class, a histogram of sizes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from qgis.PyQt.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette, QPen
from qgis.PyQt.QtWidgets import QSizePolicy, QToolTip, QWidget

from ...i18n import translate
from .sample_texts import number_text, share_text

_GAP, _MARGIN = 6, 2


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its colour (``#rrggbb``) and how long it is."""

    name: str
    color: str
    value: int


class BarChart(QWidget):
    """Lying bars, one below the other, with names before and numbers behind them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show other bars."""
        self.bars = tuple(bars)
        total = sum(bar.value for bar in self.bars)
        lines = (f"{bar.name}: {number_text(bar.value)} ({share_text(bar.value, total)})" for bar in self.bars)
        self.setAccessibleDescription("\n".join(lines))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size that all bars need."""
        return QSize(200, max(len(self.bars), 1) * self._row() + 2 * _MARGIN)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size: as high as the bars are many."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, metrics, row = self.palette(), self.fontMetrics(), self._row()
        if not self.bars:
            painter.setPen(_faint(palette))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, translate("Swath", "No samples yet"))
            return
        longest = max(bar.value for bar in self.bars) or 1
        widest = max(metrics.boundingRect(bar.name).width() for bar in self.bars) + 4
        names = min(widest + _GAP, int(self.width() * 0.38))
        numbers = max(metrics.horizontalAdvance(number_text(bar.value)) for bar in self.bars) + _GAP
        space = max(self.width() - names - numbers - _GAP, 10)
        for place, bar in enumerate(self.bars):
            top = _MARGIN + place * row
            painter.setPen(palette.color(QPalette.ColorRole.WindowText))
            name = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, names - _GAP)
            line = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, top, names - _GAP, row), line | Qt.AlignmentFlag.AlignLeft, name)
            length = space * bar.value / longest
            if bar.value:
                painter.setBrush(QColor(bar.color))
                painter.setPen(QPen(_edge(QColor(bar.color), palette), 1))
                painter.drawRect(QRectF(names + 0.5, top + 3.5, max(length, 2), row - 7))
            painter.setPen(palette.color(QPalette.ColorRole.WindowText))
            left = names + length + _GAP
            painter.drawText(
                QRectF(left, top, numbers + space, row), line | Qt.AlignmentFlag.AlignLeft, number_text(bar.value)
            )

    def event(self, event: QEvent) -> bool:
        """Say the whole name and the share of the bar under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = (event.pos().y() - _MARGIN) // self._row()
            if 0 <= place < len(self.bars):
                bar, total = self.bars[place], sum(bar.value for bar in self.bars)
                text = f"{bar.name}: {number_text(bar.value)} ({share_text(bar.value, total)})"
                QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def _row(self) -> int:
        return self.fontMetrics().height() + 6


class SizeChart(QWidget):
    """How many samples are of which size: bins that double, and a line where a chip's side is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts = np.zeros(0, np.int64)
        self.first, self.chip = 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_sizes(self, sides: np.ndarray, chip: int) -> None:
        """Show the longer sides of samples in pixels, and the side of a chip."""
        self.chip = chip
        self.first, self.counts = size_bins(sides)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a height that shows differences without taking the dock."""
        return QSize(200, 7 * self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size."""
        return QSize(120, 6 * self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint columns, their scale, and the chip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, metrics = self.palette(), self.fontMetrics()
        if not self.counts.sum():
            painter.setPen(_faint(palette))
            text = translate("Swath", "Sizes in pixels are not known yet")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
            return
        low, high = self._range()
        line = metrics.height()
        ground = QRectF(4, line + 2, self.width() - 8, self.height() - 2 * line - 6)
        step, tallest = ground.width() / (high - low), int(self.counts.max())
        accent = palette.color(QPalette.ColorRole.Highlight)
        for number, count in enumerate(self.counts):
            height = ground.height() * count / tallest
            left = ground.left() + (self.first + number - low) * step
            if count:
                painter.fillRect(QRectF(left + 1, ground.bottom() - max(height, 1), step - 2, max(height, 1)), accent)
        painter.setPen(QPen(_faint(palette), 1))
        painter.drawLine(ground.bottomLeft(), ground.bottomRight())
        self._paint_scale(painter, ground, step, low, high)
        self._paint_chip(painter, ground, step, low)

    def _paint_scale(self, painter: QPainter, ground: QRectF, step: float, low: int, high: int) -> None:
        metrics = self.fontMetrics()
        every = max(1, math.ceil(metrics.horizontalAdvance("00000") / step))
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        for power in range(low, high + 1, every):
            text, x = number_text(2**power), ground.left() + (power - low) * step
            width = metrics.horizontalAdvance(text)
            left = min(max(x - width / 2, 0), self.width() - width)
            painter.drawText(QPointF(left, ground.bottom() + metrics.ascent() + 2), text)

    def _paint_chip(self, painter: QPainter, ground: QRectF, step: float, low: int) -> None:
        if self.chip <= 0:
            return
        metrics = self.fontMetrics()
        x = ground.left() + (math.log2(self.chip) - low) * step
        color = self.palette().color(QPalette.ColorRole.WindowText)
        painter.setPen(QPen(color, 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, ground.top() - 2), QPointF(x, ground.bottom()))
        text = translate("Swath", "chip {side}").format(side=self.chip)
        width = metrics.horizontalAdvance(text)
        painter.setPen(color)
        painter.drawText(QPointF(min(max(x - width / 2, 0), self.width() - width), metrics.ascent()), text)

    def _range(self) -> tuple[int, int]:
        """Return the powers of two between which the scale lies; the chip is always on it."""
        low, high = self.first, self.first + len(self.counts)
        if self.chip > 0:
            low, high = min(low, math.floor(math.log2(self.chip))), max(high, math.ceil(math.log2(self.chip)))
        return low, max(high, low + 1)


def size_bins(sides: np.ndarray) -> tuple[int, np.ndarray]:
    """Return the first power of two, and how many sides (pixels) lie in each bin from there: 2^n up to 2^(n+1)."""
    known = sides[np.isfinite(sides) & (sides > 0)]
    if not len(known):
        return 0, np.zeros(0, np.int64)
    powers = np.floor(np.log2(np.maximum(known, 1))).astype(int)
    first = int(powers.min())
    return first, np.bincount(powers - first)


def _faint(palette: QPalette) -> QColor:
    return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText)


def _edge(color: QColor, palette: QPalette) -> QColor:
    """Return the colour of a bar's border: seen where the bar is of the colour of the ground."""
    ground = palette.color(QPalette.ColorRole.Window)
    if abs(color.lightness() - ground.lightness()) > 60:
        return color
    return _faint(palette)
