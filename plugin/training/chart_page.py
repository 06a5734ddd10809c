"""The charts of a run: losses, measures, measures by class, learning rate, and how it was found."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from ...i18n import translate
from . import run_texts
from .chart_scale import short_number
from .charts import LineChart, Series
from .run_reader import RunReader

# From this width on, in pixels, charts stand side by side.
_WIDE_PX = 680
_MOST_CLASSES = 8
_HEIGHT_PX = 180


class ChartPage(QScrollArea):
    """Charts below each other, or in two columns where there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        epoch = translate("Swath", "Epoch")
        self.loss = LineChart(translate("Swath", "Loss"), epoch)
        self.measures = LineChart(translate("Swath", "Accuracy"), epoch)
        self.classes = LineChart(translate("Swath", "By class"), epoch)
        self.rate = LineChart(translate("Swath", "Learning rate"), epoch, log_y=True)
        self.finder = LineChart(
            translate("Swath", "Finding the learning rate"), translate("Swath", "Learning rate"), log_x=True
        )
        self.charts = (self.loss, self.measures, self.classes, self.rate, self.finder)
        self._known: Any = None
        self._columns = 0
        inside = QWidget()
        for chart in self.charts:
            chart.setParent(inside)
            chart.setMinimumHeight(_HEIGHT_PX)
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setSpacing(6)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)
        self._away = {self.classes, self.finder}
        self._place()

    def show_run(self, reader: RunReader, best: int) -> None:
        """Show the epochs of a run; nothing is painted where nothing is new."""
        now = (id(reader), reader.replaced, len(reader.epochs), best, "rate" in reader.state)
        if now == self._known:
            return
        self._known = now
        epochs = reader.epochs
        xs = [float(item["epoch"]) for item in epochs]
        marked = float(best) if best else None
        text = translate("Swath", "best: {epoch}").format(epoch=best)
        losses = [name for name in ("train_loss", "valid_loss") if any(name in item for item in epochs)]
        self._fill(self.loss, {_short(name): [item.get(name) for item in epochs] for name in losses}, xs, marked, text)
        head, _ = run_texts.headline(reader)
        names = run_texts.measures(epochs, head)[:6]
        values = {run_texts.measure_name(name): [item.get(name) for item in epochs] for name in names}
        self._fill(self.measures, values, xs, marked, text)
        self._fill(self.rate, {run_texts.measure_name("learning_rate"): [e.get("learning_rate") for e in epochs]}, xs)
        self._show_classes(reader, xs, marked, text)
        self._show_finder(reader)

    @staticmethod
    def _fill(chart: LineChart, values: dict[str, list[Any]], xs: list[float], marked: float | None = None,
              text: str = "") -> None:  # fmt: skip
        # What is a number in one epoch may be a list in another, of a run that was resumed by another version.
        rows = {name: [y if isinstance(y, (int, float)) else None for y in ys] for name, ys in values.items()}
        chart.set_series([Series(name, xs, ys) for name, ys in rows.items()], marked, text)

    def _show_classes(self, reader: RunReader, xs: list[float], marked: float | None, text: str) -> None:
        """Show the first measure of each class, where there are some classes and not too many."""
        classes = reader.start.get("classes", [])
        columns = run_texts.class_columns(reader.epochs[-1], len(classes)) if reader.epochs and classes else {}
        visible = 1 < len(classes) <= _MOST_CLASSES and bool(columns)
        if visible:
            name = next(iter(columns))
            by_epoch = [run_texts.class_columns(item, len(classes)).get(name) for item in reader.epochs]
            values = {
                str(item.get("name")): [row[number] if row else None for row in by_epoch]
                for number, item in enumerate(classes)
            }
            self.classes.title = translate("Swath", "{measure} by class").format(measure=run_texts.measure_name(name))
            self._fill(self.classes, values, xs, marked, text)
        self._keep(self.classes, visible=visible)

    def _show_finder(self, reader: RunReader) -> None:
        rate = reader.state.get("rate")
        curve = isinstance(rate, dict) and len(rate.get("rates") or ()) > 1
        if curve:
            series = Series(run_texts.measure_name("train_loss"), rate["rates"], rate["losses"])
            chosen = translate("Swath", "chosen: {rate}").format(rate=short_number(rate["rate"]))
            self.finder.set_series([series], rate["rate"], chosen)
        self._keep(self.finder, visible=curve)

    def _keep(self, chart: LineChart, *, visible: bool) -> None:
        """Keep a chart on the page, or away from it."""
        if visible == (chart in self._away):
            self._away ^= {chart}
            self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        if (2 if self.width() >= _WIDE_PX else 1) != self._columns:
            self._place()

    def _place(self) -> None:
        self._columns = 2 if self.width() >= _WIDE_PX else 1
        for chart in self.charts:
            self._grid.removeWidget(chart)
            chart.setVisible(chart not in self._away)
        for number, chart in enumerate(chart for chart in self.charts if chart not in self._away):
            self._grid.addWidget(chart, number // self._columns, number % self._columns)


def _short(name: str) -> str:
    return {"train_loss": translate("Swath", "training"), "valid_loss": translate("Swath", "validation")}[name]
