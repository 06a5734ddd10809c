"""How a chart is painted: title, names, axes and lines once, the read-out at each move of the mouse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF

from ...i18n import translate
from .chart_scale import Axis, short_number
from .theme import faint, mixed, series_color

if TYPE_CHECKING:
    from .charts import LineChart, Series

_MARGIN = 8.0
# Dots stand out only where there are few.
_MOST_DOTS = 40
_MANY = 400


@dataclass
class Look:
    """Where things of a painted chart are, for the mouse."""

    plot: QRectF
    lower: Axis
    left: Axis
    names: dict[str, QRectF] = field(default_factory=dict)

    def point(self, x: float, y: float) -> QPointF:
        """Return where a value is drawn."""
        plot = self.plot
        return QPointF(
            plot.left() + self.lower.place(x) * plot.width(), plot.bottom() - self.left.place(y) * plot.height()
        )


def _small(chart: LineChart) -> QFont:
    font = QFont(chart.font())
    font.setPointSizeF(max(font.pointSizeF() * 0.88, 7.0))
    return font


def draw_still(painter: QPainter, chart: LineChart) -> Look:
    """Paint all but the read-out; return where things are."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    palette = chart.palette()
    small = _small(chart)
    metrics = QFontMetricsF(small)
    names, top = _draw_head(painter, chart, small)
    bottom = metrics.height() + 8.0
    height = max(chart.height() - top - bottom - 2.0, 10.0)
    lower, left = chart.axes(marks=int(min(max(height / (1.9 * metrics.height()), 2), 6)))
    room = max((metrics.horizontalAdvance(left.text(tick)) for tick in left.ticks), default=20.0)
    origin = room + 2 * _MARGIN
    bottom = metrics.height() + 8.0
    plot = QRectF(origin, top, max(chart.width() - origin - 12.0, 10.0), max(chart.height() - top - bottom - 2.0, 10.0))
    look = Look(plot, lower, left, names)
    painter.setFont(small)
    if not chart.shown():
        painter.setPen(faint(palette, 0.4))
        text = translate("Swath", "Nothing yet: the first values come with the first epoch.")
        painter.drawText(plot, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), text)
        return look
    _draw_axes(painter, look, palette, metrics)
    _draw_marked(painter, chart, look)
    for number, item in enumerate(chart.series):
        if item.name not in chart.hidden:
            _draw_line(painter, look, item, series_color(palette, number))
    return look


def _draw_head(painter: QPainter, chart: LineChart, small: QFont) -> tuple[dict[str, QRectF], float]:
    """Paint title and names of the lines; return where these are, and the height of all."""
    palette = chart.palette()
    bold = QFont(chart.font())
    bold.setBold(True)
    painter.setFont(bold)
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    height = QFontMetricsF(bold).height()
    painter.drawText(QPointF(_MARGIN, _MARGIN + QFontMetricsF(bold).ascent()), chart.title)
    painter.setFont(small)
    metrics = QFontMetricsF(small)
    marked = metrics.horizontalAdvance(chart.marked_text) + 12.0 if chart.marked is not None else 0.0
    if chart.marked is not None and chart.shown():
        painter.setPen(faint(palette, 0.3))
        place = QPointF(chart.width() - marked, _MARGIN + QFontMetricsF(bold).ascent())
        painter.drawText(place, chart.marked_text)
    # Beside the title where there is room, else in rows below.
    widths = [metrics.horizontalAdvance(item.name) + 26.0 for item in chart.series]
    title_end = _MARGIN + QFontMetricsF(bold).horizontalAdvance(chart.title) + 14.0
    beside = title_end + sum(widths) <= chart.width() - max(marked, _MARGIN)
    x, y = (title_end, _MARGIN) if beside else (_MARGIN, _MARGIN + height + 2.0)
    names: dict[str, QRectF] = {}
    if len(chart.series) < 2:
        return names, _MARGIN + height + 8.0
    for number, (item, width) in enumerate(zip(chart.series, widths)):
        if x + width > chart.width() - _MARGIN + 6 and x > _MARGIN:
            x, y = _MARGIN, y + metrics.height() + 2.0
        box = QRectF(x, y, width, metrics.height() + 2.0)
        away = item.name in chart.hidden
        color = faint(palette, 0.7) if away else series_color(palette, number)
        middle = box.center().y()
        painter.setPen(QPen(color, 2.5))
        painter.drawLine(QPointF(x, middle), QPointF(x + 12.0, middle))
        painter.setPen(faint(palette, 0.6) if away else faint(palette, 0.15))
        painter.drawText(box.adjusted(16.0, 0, 6, 0), int(Qt.AlignmentFlag.AlignVCenter), item.name)
        names[item.name] = box
        x += width
    return names, max(y + metrics.height() + 10.0, _MARGIN + height + 8.0)


def _draw_axes(painter: QPainter, look: Look, palette: QPalette, metrics: QFontMetricsF) -> None:
    plot, grid, ink = look.plot, faint(palette, 0.86), faint(palette, 0.3)
    for tick in look.left.ticks:
        y = plot.bottom() - look.left.place(tick) * plot.height()
        painter.setPen(QPen(grid, 1.0))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(ink)
        box = QRectF(0.0, y - metrics.height() / 2, plot.left() - 6.0, metrics.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), look.left.text(tick))
    painter.setPen(QPen(faint(palette, 0.6), 1.0))
    painter.drawLine(plot.bottomLeft(), plot.bottomRight())
    end = -1e9
    for tick in look.lower.ticks:
        x = plot.left() + look.lower.place(tick) * plot.width()
        text = look.lower.text(tick)
        half = metrics.horizontalAdvance(text) / 2
        place = min(max(x, half), plot.right() + 11.0 - half)
        painter.setPen(QPen(faint(palette, 0.6), 1.0))
        painter.drawLine(QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + 4.0))
        if place - half < end + 6.0:
            continue
        end = place + half
        painter.setPen(ink)
        painter.drawText(QPointF(place - half, plot.bottom() + 5.0 + metrics.ascent()), text)


def _draw_marked(painter: QPainter, chart: LineChart, look: Look) -> None:
    """Paint the line at the marked place; what it is stands beside the title, where it hides no values."""
    if chart.marked is None or not 0.0 <= look.lower.place(chart.marked) <= 1.0:
        return
    x = look.plot.left() + look.lower.place(chart.marked) * look.plot.width()
    painter.setPen(QPen(faint(chart.palette(), 0.45), 1.2, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, look.plot.top()), QPointF(x, look.plot.bottom()))


def _draw_line(painter: QPainter, look: Look, item: Series, color: QColor) -> None:
    """Paint one line, with gaps where values are missing."""
    parts, count = _parts(look, item)
    few = count <= _MOST_DOTS
    # Hundreds of pieces wider than a pixel take longer than all the rest.
    join = Qt.PenJoinStyle.RoundJoin if few else Qt.PenJoinStyle.BevelJoin
    painter.setPen(QPen(color, 1.8 if few else 1.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, join))
    for part in parts:
        painter.drawPolyline(QPolygonF(part))
    if few:
        painter.setBrush(color)
        painter.setPen(Qt.PenStyle.NoPen)
        for part in parts:
            for place in part:
                painter.drawEllipse(place, 2.4, 2.4)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _parts(look: Look, item: Series) -> tuple[list[list[QPointF]], int]:
    """Return the pieces of a line in pixels, and how many values it has.

    Where several values fall into one column of pixels, the lowest and the highest are enough.
    """
    ys = np.array([np.nan if y is None else y for y in item.ys], float)
    if look.left.log:
        ys[ys <= 0] = np.nan
    known = np.isfinite(ys)
    count = int(known.sum())
    # A gap in the values parts the line.
    piece = np.cumsum(~known)[known]
    plot = look.plot
    across = plot.left() + look.lower.places(np.asarray(item.xs, float)[known]) * plot.width()
    down = plot.bottom() - look.left.places(ys[known]) * plot.height()
    if count > _MANY:
        starts = np.flatnonzero(np.diff(np.floor(across), prepend=-1.0) + np.diff(piece, prepend=-1) != 0)
        lowest, highest = np.maximum.reduceat(down, starts), np.minimum.reduceat(down, starts)
        across = np.repeat(across[starts], 2)
        down, piece = np.stack([lowest, highest], 1).ravel(), np.repeat(piece[starts], 2)
    parts: dict[int, list[QPointF]] = {}
    for number, x, y in zip(piece.tolist(), across.tolist(), down.tolist()):
        parts.setdefault(number, []).append(QPointF(x, y))
    return list(parts.values()), count


def draw_readout(
    painter: QPainter, chart: LineChart, look: Look, read: tuple[float, list[tuple[int, str, float]]] | None
) -> None:
    """Paint a line at the place that is read out, and a box with the values there."""
    if read is None:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    palette, (at, values) = chart.palette(), read
    x = look.plot.left() + look.lower.place(at) * look.plot.width()
    painter.setPen(QPen(faint(palette, 0.35), 1.0))
    painter.drawLine(QPointF(x, look.plot.top()), QPointF(x, look.plot.bottom()))
    for number, _, y in values:
        if not look.left.log or y > 0:
            painter.setBrush(series_color(palette, number))
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 1.5))
            painter.drawEllipse(look.point(at, y), 4.0, 4.0)
    font = _small(chart)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    head = f"{chart.x_name} {short_number(at)}"
    rows = [(series_color(palette, number), name, short_number(y)) for number, name, y in values]
    names = max(metrics.horizontalAdvance(name) for _, name, _ in rows)
    numbers = max(metrics.horizontalAdvance(text) for _, _, text in rows)
    width = max(names + numbers + 34.0, metrics.horizontalAdvance(head) + 14.0)
    line = metrics.height() + 1.0
    height = line * (len(rows) + 1) + 8.0
    left = x + 10.0 if x + 10.0 + width < chart.width() else max(x - 10.0 - width, 2.0)
    top = min(max(look.plot.top() + 2.0, 2.0), max(chart.height() - height - 2.0, 2.0))
    box = QRectF(left, top, width, height)
    painter.setPen(QPen(faint(palette, 0.6), 1.0))
    text_color, ground = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
    painter.setBrush(mixed(ground, text_color, 0.06))
    painter.drawRoundedRect(box, 4.0, 4.0)
    painter.setPen(text_color)
    painter.drawText(QPointF(left + 7.0, top + 4.0 + metrics.ascent()), head)
    for row, (color, name, text) in enumerate(rows, 1):
        base = top + 4.0 + row * line + metrics.ascent()
        painter.fillRect(QRectF(left + 7.0, base - metrics.ascent() * 0.62, 9.0, 3.0), color)
        painter.setPen(text_color)
        painter.drawText(QPointF(left + 21.0, base), name)
        painter.drawText(QPointF(left + width - 7.0 - metrics.horizontalAdvance(text), base), text)
