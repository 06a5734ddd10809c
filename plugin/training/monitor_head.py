"""What a run does now: a sentence, how far it is, the best so far, time left, memory."""

from __future__ import annotations

import time

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QPainter, QPaintEvent
from qgis.PyQt.QtWidgets import QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from ...i18n import translate
from . import run_texts
from .run_reader import RUNNING, RunReader
from .theme import faint


class ElidedLabel(QWidget):
    """One line of notes that is cut short where it is too long; all of it stands in the tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Show a text; an empty one hides the line."""
        self.text = text
        self.setToolTip(text)
        self.setVisible(bool(text))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of a line."""
        return QSize(80, self.fontMetrics().height())

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        painter.setPen(faint(self.palette(), 0.3))
        text = self.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(0, self.fontMetrics().ascent(), text)
        painter.end()


class MonitorHead(QWidget):
    """A few lines that change from second to second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headline, self.best, self.numbers, self.facts = QLabel(), QLabel(), QLabel(), ElidedLabel()
        self.bar = QProgressBar()
        font = self.headline.font()
        font.setBold(True)
        self.headline.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 0, 2, 0)
        layout.setSpacing(2)
        for widget in (self.headline, self.bar, self.best, self.numbers, self.facts):
            layout.addWidget(widget)
        for label in (self.headline, self.best, self.numbers):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def show_run(self, reader: RunReader | None, *, waiting: bool) -> None:
        """Show a run; ``waiting``: it was started and has not written yet."""
        if reader is None:
            self.headline.setText(
                translate("Swath", "No training yet: set one up, or open the folder of one that was started elsewhere.")
            )
            for widget in (self.bar, self.best, self.numbers, self.facts):
                widget.hide()
            return
        self.facts.say(run_texts.facts_text(reader))
        self.show_numbers(reader, waiting=waiting)

    def show_numbers(self, reader: RunReader, *, waiting: bool) -> None:
        """Show what changes from second to second."""
        self.bar.setVisible(waiting or reader.status == RUNNING)
        if waiting:
            self.headline.setText(translate("Swath", "The training begins: the chips are read"))
            self.bar.setRange(0, 0)
            self.numbers.show()
            self.best.hide()
            return
        self.headline.setText(run_texts.state_text(reader))
        done = run_progress(reader)
        self.bar.setRange(0, 1000 if done > 0 else 0)
        self.bar.setValue(round(1000 * done))
        self.bar.setFormat(f"{100 * done:.0f} %")
        said = reader.now.get("time") or (reader.epochs[-1].get("time") if reader.epochs else None) or time.time()
        # Clocks of other machines may differ: an age is never negative.
        age = max(time.time() - float(said), 0.0)
        _say(self.best, run_texts.best_text(reader))
        _say(self.numbers, run_texts.numbers_text(reader, age))


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def run_progress(reader: RunReader) -> float:
    """Return how much of a running training is done, 0 to 1."""
    now = reader.now
    if now.get("phase") == "finishing":
        return 0.99
    if reader.epochs and int(now.get("epoch", 0)) <= len(reader.epochs):
        return 0.98 * len(reader.epochs) / max(reader.epochs[-1].get("epochs", 1), 1)
    if now.get("phase") in {"learning", "judging"} and now.get("epochs"):
        part = now.get("step", 0) / max(now.get("steps", 1), 1)
        return 0.98 * float(now.get("epoch", 1) - 1 + part) / float(now["epochs"])
    return 0.0
