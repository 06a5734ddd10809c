"""The box for the buffer of lines and points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import Qgis, QgsUnitTypes
from qgis.PyQt.QtCore import QSignalBlocker, Qt
from qgis.PyQt.QtWidgets import QDoubleSpinBox, QWidget

from ...i18n import translate

if TYPE_CHECKING:
    from .drawing import DrawingSession


class BufferSpin(QDoubleSpinBox):
    """Shows the session's buffer in the units of the map; in degrees of a map in metres."""

    def __init__(self, session: DrawingSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setRange(0.01, 9999.0)
        self.setDecimals(2)
        self.setMaximumWidth(150)
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.setPrefix(translate("Swath", "Buffer "))
        self.setToolTip(
            translate("Swath", "Distance on the ground from the drawn line or point to the edge of the sample.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self._changed)
        session.bufferChanged.connect(self.refresh)
        session.canvas.destinationCrsChanged.connect(self.refresh)
        self.refresh()

    def refresh(self, *_any: object) -> None:
        """Show the session's buffer."""
        unit = self._session.buffer_unit
        with QSignalBlocker(self):
            self.setSuffix(" " + QgsUnitTypes.toAbbreviatedString(unit))
            self.setValue(self._session.buffer * metres_to(unit))

    def _changed(self, value: float) -> None:
        self._session.set_buffer(value / metres_to(self._session.buffer_unit))


def metres_to(unit: Qgis.DistanceUnit) -> float:
    """Return how many of a unit a metre has; 1 for units of no known length."""
    return QgsUnitTypes.fromUnitToUnitFactor(Qgis.DistanceUnit.Meters, unit)
