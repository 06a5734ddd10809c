"""Run, Cancel, how far it is, what it says: the foot of every form."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from qgis.core import QgsApplication
from qgis.gui import QgsCollapsibleGroupBoxBasic
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QFontDatabase, QKeySequence
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ...i18n import translate
from .notice import ERROR, INFO, SUCCESS, WARNING, Notice, blend, fitted
from .run_task import AlgorithmRun

_LOG_LINES = 2000
_LOG_HEIGHT_PX = 140


class RunPanel(QWidget):
    """Shows one run at a time, and asks for it to begin (``runAsked``)."""

    runAsked = pyqtSignal()
    finished = pyqtSignal(bool, dict, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.current: AlgorithmRun | None = None
        self.worded: Callable[[str], str] = str  # of a sentence, before it is shown
        self.last: AlgorithmRun | None = None  # that ended while it was shown
        self.done_text: Callable[[AlgorithmRun, dict[str, Any]], str] | None = None  # rich text, after a good run
        self.notice = Notice()
        self.run_button = _RunButton()
        self.run_button.setText(translate("Swath", "Run"))
        self.run_button.setIcon(QgsApplication.getThemeIcon("/mActionStart.svg"))
        self.run_button.setObjectName("run")
        self.run_button.setToolTip(translate("Swath", "Begin (Ctrl+Return)"))
        self.cancel_button = QPushButton(translate("Swath", "Cancel"))
        self.cancel_button.setObjectName("cancel")
        self.bar, self.line = QProgressBar(), QLabel()
        self.log = QPlainTextEdit()
        self.log_box = QgsCollapsibleGroupBoxBasic(translate("Swath", "Log"))
        self.buttons = QHBoxLayout()
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._show_line)
        self._text = ""
        self._lay_out()
        self.run_button.clicked.connect(lambda _checked: self.runAsked.emit())
        self.cancel_button.clicked.connect(self.cancel)
        self._show_state()

    def follow(self, run: AlgorithmRun) -> None:
        """Show a run that was started, here or elsewhere."""
        self.leave()
        self.current, self._text = run, ""
        self.notice.say("")
        self.log.clear()
        for kind, line in run.lines:
            self._write(kind, line)
        run.progress.connect(self._advance)
        run.message.connect(self._say)
        run.logged.connect(self._write)
        run.finished.connect(self._end)
        self._advance(run.percent)
        self._clock.start()
        self._show_state()
        self._show_line()

    def leave(self) -> None:
        """Look away from the run, which goes on."""
        run, self.current = self.current, None
        if run is not None:
            for signal, slot in self._slots(run):
                signal.disconnect(slot)
        self._clock.stop()
        self._show_state()

    def cancel(self) -> None:
        """End the run that is shown."""
        if self.current is not None:
            self.cancel_button.setEnabled(False)
            self.current.cancel()

    def refuse(self, text: str) -> None:
        """Say why there is no run."""
        self.notice.say(self.worded(text), ERROR)

    def _slots(self, run: AlgorithmRun) -> tuple[tuple[object, object], ...]:
        return (
            (run.progress, self._advance),
            (run.message, self._say),
            (run.logged, self._write),
            (run.finished, self._end),
        )

    def _lay_out(self) -> None:
        self.line.setWordWrap(True)
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.bar.setRange(0, 0)
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(_LOG_LINES)
        self.log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.log.setMinimumHeight(_LOG_HEIGHT_PX)
        self.log.setPlaceholderText(translate("Swath", "What a run says is written here."))
        inside = QVBoxLayout(self.log_box)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.log)
        self.log_box.setCollapsed(True)
        self.buttons.addWidget(self.run_button, 1)
        self.buttons.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.notice)
        layout.addLayout(self.buttons)
        for widget in (self.bar, self.line, self.log_box):
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def _show_state(self) -> None:
        busy = self.current is not None
        self.run_button.setEnabled(not busy)
        self.cancel_button.setVisible(busy)
        self.cancel_button.setEnabled(busy)
        self.bar.setVisible(busy)
        self.line.setVisible(busy)

    def _advance(self, percent: float) -> None:
        # Without a number yet, a bar that moves says more than one that stands at 0.
        self.bar.setRange(0, 1000 if percent > 0 else 0)
        self.bar.setValue(round(10 * percent))
        self.bar.setFormat(f"{percent:.0f} %")

    def _say(self, text: str) -> None:
        self._text = text
        self._show_line()

    def _show_line(self) -> None:
        if self.current is not None:
            seconds = time_text(self.current.seconds)
            self.line.setText(f"{seconds}   {fitted(self._text, self.line)}" if self._text else seconds)
            self.line.setToolTip(self._text)

    def _write(self, kind: str, line: str) -> None:
        if kind == INFO:
            self.log.appendPlainText(line)
            return
        ground = self.palette().text().color()
        color = blend(Notice.color(kind), ground, 0.75).name()
        self.log.appendHtml(f'<span style="color:{color}; white-space:pre-wrap">{escape(line)}</span>')

    def _end(self, ok: bool, results: dict[str, Any], text: str) -> None:
        run = self.last = self.current
        self.leave()
        if run is None:
            return
        if ok and not text and self.done_text is not None:
            self.notice.say(self.done_text(run, results), SUCCESS, rich=True)
        elif ok and not text:
            self.notice.say(translate("Swath", "Done in {time}.").format(time=time_text(run.seconds)), SUCCESS)
        elif ok:
            self.notice.say(text, WARNING)
        elif run.cancelled:
            # What is left of a cancelled run, if anything is, is said before it ends.
            self.notice.say(f"{text} {run.left_over()}".strip(), INFO)
        else:
            self.notice.say(self.worded(text), ERROR)
        self.finished.emit(ok, results, text)


class _RunButton(QPushButton):
    """Keeps its keys: Qt forgets them with every new text."""

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setShortcut(QKeySequence("Ctrl+Return"))


def time_text(seconds: float) -> str:
    """Return a duration: ``12 s``, ``3:05 min``, ``2:10 h``."""
    whole = round(seconds)
    if whole < 60:
        return translate("Swath", "{seconds} s").format(seconds=whole)
    if whole < 3600:
        return translate("Swath", "{minutes}:{seconds:02d} min").format(minutes=whole // 60, seconds=whole % 60)
    return translate("Swath", "{hours}:{minutes:02d} h").format(hours=whole // 3600, minutes=whole % 3600 // 60)
