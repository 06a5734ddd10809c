"""Sample predictions beside the truth, epoch by epoch."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QSlider, QVBoxLayout, QWidget

from ...i18n import translate
from .theme import faint


class PictureWidget(QWidget):
    """A picture as wide as there is room, at most twice its size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QPixmap()
        self._scaled = QPixmap()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_picture(self, picture: QPixmap) -> None:
        """Show another picture."""
        self._picture, self._scaled = picture, QPixmap()
        self.setMinimumHeight(self.heightForWidth(self.width()))
        self.update()

    def shown_width(self) -> int:
        """Return how wide the picture is painted, in pixels of the window."""
        return min(self.width(), 2 * self._picture.width()) if not self._picture.isNull() else 0

    def heightForWidth(self, width: int) -> int:
        """Return the height that keeps the picture's form."""
        if self._picture.isNull():
            return 0
        return round(min(width, 2 * self._picture.width()) * self._picture.height() / self._picture.width())

    def sizeHint(self) -> QSize:
        """Return the picture's own size."""
        return self._picture.size() if not self._picture.isNull() else QSize(240, 160)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the form."""
        self._scaled = QPixmap()
        self.setMinimumHeight(self.heightForWidth(self.width()))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture; the scaled one is kept."""
        if self._picture.isNull():
            return
        ratio = self.devicePixelRatioF()
        width = self.shown_width()
        if self._scaled.isNull():
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled = self._picture.scaledToWidth(max(round(width * ratio), 1), smooth)
            self._scaled.setDevicePixelRatio(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._scaled)
        painter.end()


class SampleView(QWidget):
    """A slider over the epochs and the picture of the one it stands at: image, truth and prediction in a row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: dict[int, Path] = {}
        self._epochs: list[int] = []
        self._shown = Path()
        self._best = 0
        self.picture = PictureWidget()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(5)
        self.slider.setAccessibleName(translate("Swath", "Epoch"))
        self.slider.setToolTip(translate("Swath", "Which epoch's predictions are shown; at the right end, the newest"))
        self.label = QLabel()
        self.empty = QLabel(
            translate("Swath", "After each epoch, some chips are drawn here: image, truth, prediction.")
        )
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.heads = [QLabel(text) for text in _heads()]
        self._lay_out()
        self.slider.valueChanged.connect(lambda _place: self._show())
        self.set_pictures({})

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.slider, 1)
        row.addWidget(self.label)
        self.columns = QWidget()
        heads = QHBoxLayout(self.columns)
        heads.setContentsMargins(0, 0, 0, 0)
        heads.setSpacing(0)
        for head in self.heads:
            head.setAlignment(Qt.AlignmentFlag.AlignCenter)
            heads.addWidget(head, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for widget in (self.columns, self.picture):
            column.addWidget(widget)
        column.addStretch(1)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 6, 4, 4)
        layout.addLayout(row)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.empty, 1)

    def set_pictures(self, pictures: dict[int, Path], best: int = 0) -> None:
        """Show these pictures by epoch; a slider that stands at the newest one stays at the newest."""
        newest = not self._epochs or self.slider.value() >= len(self._epochs) - 1
        at = self.epoch
        self._pictures, self._epochs, self._best = pictures, list(pictures), best
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(len(self._epochs) - 1, 0))
        self.slider.setValue(len(self._epochs) - 1 if newest or at not in pictures else self._epochs.index(at))
        self.slider.blockSignals(False)
        for widget in (self.slider, self.label, self.area):
            widget.setVisible(bool(pictures))
        self.slider.setEnabled(len(pictures) > 1)
        self.empty.setVisible(not pictures)
        self._show()

    @property
    def epoch(self) -> int:
        """Return the epoch that is shown; 0 for none."""
        place = self.slider.value()
        return self._epochs[place] if 0 <= place < len(self._epochs) else 0

    def _show(self) -> None:
        epoch = self.epoch
        if not epoch:
            return
        text = translate("Swath", "Epoch {epoch}").format(epoch=epoch)
        self.label.setText(text + (" ★" if epoch == self._best else ""))
        self.label.setToolTip(translate("Swath", "The best epoch") if epoch == self._best else "")
        path = self._pictures[epoch]
        if path != self._shown:
            picture = QPixmap(str(path))
            if not picture.isNull():
                self._shown = path
                self.picture.set_picture(picture)
        self._color()

    def _color(self) -> None:
        """Stand the names of the columns above them, in the letters of notes."""
        color = faint(self.palette(), 0.3).name()
        for head in self.heads:
            head.setStyleSheet(f"color: {color}")
        self.columns.setMaximumWidth(max(self.picture.shown_width(), 120))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the names above the columns."""
        super().resizeEvent(event)
        self._color()


def _heads() -> tuple[str, str, str]:
    return translate("Swath", "Image"), translate("Swath", "Truth"), translate("Swath", "Prediction")
