"""The slider for the tolerance with which a region grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QSignalBlocker, Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from ...i18n import translate

if TYPE_CHECKING:
    from .tools.grow import Tolerance

LEAST, MOST = 1.0, 80.0


class ToleranceSlider(QWidget):
    """Shows and changes the tolerance."""

    def __init__(self, tolerance: Tolerance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tolerance = tolerance
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(int(LEAST), int(MOST))
        self.slider.setPageStep(5)
        self.slider.setFixedWidth(90)
        self.slider.setAccessibleName(translate("Swath", "Tolerance"))
        self.setToolTip(
            translate("Swath", "How far colours may be from that of the click (Ctrl and wheel on the map).")
        )
        self._number = QLabel()
        self._number.setMinimumWidth(self.fontMetrics().horizontalAdvance("88"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (QLabel(translate("Swath", "Tolerance")), self.slider, self._number):
            layout.addWidget(widget)
        self.slider.valueChanged.connect(lambda value: tolerance.set(float(value)))
        tolerance.changed.connect(self._show)
        self._show(tolerance.value)

    def _show(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value))
        self._number.setText(str(round(value)))
