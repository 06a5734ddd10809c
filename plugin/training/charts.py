"""A live line chart of our own: no library of charts is everywhere that QGIS is."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qgis.PyQt.QtCore import QPointF, QSize, Qt
from qgis.PyQt.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from qgis.PyQt.QtWidgets import QFileDialog, QMenu, QSizePolicy, QWidget

from ...i18n import translate
from .chart_painting import Look, draw_readout, draw_still
from .chart_scale import Axis, known, linear_axis, log_axis


@dataclass(frozen=True)
class Series:
    """One line: a name and places; ``ys`` holds None where a value is not known."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float | None]


class LineChart(QWidget):
    """Lines over epochs, with read-out under the mouse (or by the arrow keys), hidden lines, and a marked place.

    Args:
        title: above the lines.
        x_name: what the lower axis counts, for the read-out.
        log_x: lower axis by its logarithm.
        log_y: left axis by its logarithm; users may change it.
        ask_path: asks where to save a picture; for tests.
    """

    def __init__(
        self, title: str, x_name: str, *, log_x: bool = False, log_y: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title, self.x_name, self.log_x, self.log_y = title, x_name, log_x, log_y
        self.series: list[Series] = []
        self.hidden: set[str] = set()
        self.marked: float | None = None
        self.marked_text = ""
        self.ask_path = self._ask_path
        self._still: QPixmap | None = None
        self._look: Look | None = None
        self._at: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title)

    def sizeHint(self) -> QSize:
        """Return a size that shows enough."""
        return QSize(360, 190)

    def minimumSizeHint(self) -> QSize:
        """Return the least size that can be read."""
        return QSize(220, 150)

    def set_series(self, series: Sequence[Series], marked: float | None = None, marked_text: str = "") -> None:
        """Show these lines; ``marked`` is an x that stands out, as the best epoch."""
        self.series = list(series)
        self.marked, self.marked_text = marked, marked_text
        self._renew()

    def shown(self) -> list[Series]:
        """Return the lines that are not hidden and hold a number."""
        return [item for item in self.series if item.name not in self.hidden and known(item.ys)]

    def axes(self, marks: int = 4) -> tuple[Axis, Axis]:
        """Return the lower and the left axis for what is shown; the left one with about ``marks`` numbers."""
        xs = [x for item in self.series for x in item.xs]
        ys = [y for item in self.shown() for y in item.ys]
        lower = log_axis(xs) if self.log_x else linear_axis(xs, 6, whole=True, tight=True)
        positive = all(y > 0 for y in known(ys))
        return lower, (log_axis(ys, marks + 1) if self.log_y and positive else linear_axis(ys, marks))

    def toggle(self, name: str) -> None:
        """Hide a line, or show it again; the last one stays."""
        if name in self.hidden:
            self.hidden.discard(name)
        elif len(self.shown()) > 1:
            self.hidden.add(name)
        self._renew()

    def readout(self) -> tuple[float, list[tuple[int, str, float]]] | None:
        """Return the x that is read out, and number, name and value of each line there; None without one."""
        if self._at is None:
            return None
        values = []
        for number, item in enumerate(self.series):
            if item.name not in self.hidden and self._at in item.xs:
                y = item.ys[list(item.xs).index(self._at)]
                if y is not None:
                    values.append((number, item.name, float(y)))
        return (self._at, values) if values else None

    def save_png(self, path: Path) -> bool:
        """Save the picture as it is shown, at twice its resolution; tell whether it was written."""
        factor = 2.0
        picture = QPixmap(self.size() * factor)
        picture.setDevicePixelRatio(factor)
        picture.fill(self.palette().base().color())
        with_painter = QPainter(picture)
        draw_still(with_painter, self)
        with_painter.end()
        return bool(picture.save(str(path), "PNG"))

    # --- painting --------------------------------------------------------------------------------

    def _renew(self) -> None:
        self._still = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines, which are kept as a picture, and the read-out above them."""
        ratio = self.devicePixelRatioF()
        if self._still is None:
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(self.palette().base().color())
            still = QPainter(self._still)
            self._look = draw_still(still, self)
            still.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        if self._look is not None:
            draw_readout(painter, self, self._look, self.readout())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint anew."""
        self._still = None
        super().resizeEvent(event)

    def changeEvent(self, event: object) -> None:
        """Paint anew where colours or letters changed."""
        self._still = None
        super().changeEvent(event)

    # --- mouse and keys --------------------------------------------------------------------------

    def _places(self) -> list[float]:
        return sorted({x for item in self.shown() for x, y in zip(item.xs, item.ys) if y is not None})

    def _read_at(self, x: float | None) -> None:
        if x != self._at:
            self._at = x
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out the nearest place."""
        look, places = self._look, self._places()
        if look is None or not places or not look.plot.adjusted(-8, -4, 8, 20).contains(QPointF(event.pos())):
            self._read_at(None)
            return
        share = (event.pos().x() - look.plot.left()) / max(look.plot.width(), 1.0)
        wanted = look.lower.value(share)
        number = bisect.bisect_left(places, wanted)
        near = places[max(number - 1, 0) : number + 1]
        self._read_at(min(near, key=lambda x: abs(look.lower.place(x) - share)))

    def leaveEvent(self, event: object) -> None:
        """Read out nothing."""
        self._read_at(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Read out nothing."""
        self._read_at(None)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read out the next place to the left or right."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
        places = self._places()
        if event.key() in ends and places:
            self._read_at(places[ends[event.key()]])
        elif event.key() in steps and places:
            number = places.index(self._at) + steps[event.key()] if self._at in places else len(places) - 1
            self._read_at(places[min(max(number, 0), len(places) - 1)])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hide or show the line whose name is pressed."""
        look = self._look
        if look is not None and event.button() == Qt.MouseButton.LeftButton:
            hit = next((name for name, box in look.names.items() if box.contains(QPointF(event.pos()))), None)
            if hit is not None:
                self.toggle(hit)
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the chart."""
        self.menu().exec(event.globalPos())

    def menu(self) -> QMenu:
        """Return the menu: save, copy, logarithm, hidden lines."""
        menu = QMenu(self)
        menu.addAction(translate("Swath", "Save as PNG ...")).triggered.connect(self._save)
        menu.addAction(translate("Swath", "Copy picture")).triggered.connect(
            lambda: QGuiApplication.clipboard().setPixmap(self.grab())
        )
        menu.addSeparator()
        log = menu.addAction(translate("Swath", "Logarithmic axis"))
        log.setCheckable(True)
        log.setChecked(self.log_y)
        log.toggled.connect(self._set_log)
        for item in self.series if len(self.series) > 1 else []:
            action = menu.addAction(item.name)
            action.setCheckable(True)
            action.setChecked(item.name not in self.hidden)
            action.triggered.connect(lambda _checked, name=item.name: self.toggle(name))
        return menu

    def _set_log(self, log: bool) -> None:
        self.log_y = log
        self._renew()

    def _save(self) -> None:
        path = self.ask_path()
        if path:
            self.save_png(Path(path).with_suffix(".png"))

    def _ask_path(self) -> str:
        title, kinds = translate("Swath", "Save chart"), translate("Swath", "Pictures (*.png)")
        return str(QFileDialog.getSaveFileName(self, title, f"{self.title}.png", kinds)[0])
