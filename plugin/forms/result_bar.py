"""What stands below a result: how strongly it covers the image, and a look at what is under it."""

from __future__ import annotations

from collections.abc import Iterable

from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from ...i18n import translate

KEY = Qt.Key.Key_H


class ResultBar(QWidget):
    """An opacity slider, and a button (or the key H, held down) that hides the result; for one or more layers."""

    def __init__(self, project: QgsProject, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._ids: list[str] = []
        self._hidden: list[str] = []  # by the button or the key
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(translate("Swath", "Opacity of the result"))
        self.percent = QLabel()
        self.percent.setMinimumWidth(self.fontMetrics().horizontalAdvance("100 %"))
        self.compare = QPushButton(translate("Swath", "Hide (H)"))
        self.compare.setToolTip(
            translate(
                "Swath", "Hold the button, or the key H while the map or this tab has the focus, to see what is below."
            )
        )
        self.compare.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel(translate("Swath", "Opacity")))
        row.addWidget(self.slider, 1)
        row.addWidget(self.percent)
        row.addWidget(self.compare)
        self.slider.valueChanged.connect(self._fade)
        self.compare.pressed.connect(lambda: self.hide_result(True))
        self.compare.released.connect(lambda: self.hide_result(False))
        project.layersRemoved.connect(self._look)
        self.hide()

    def follow(self, layers: Iterable[QgsMapLayer]) -> None:
        """Take these layers; none hides the bar."""
        self.hide_result(False)
        found = list(layers)
        self._ids = [layer.id() for layer in found]
        if found:
            self.slider.blockSignals(True)
            self.slider.setValue(round(100 * found[0].opacity()))
            self.slider.blockSignals(False)
            self._show_percent()
        self.setVisible(bool(found))

    def layers(self) -> list[QgsMapLayer]:
        """Return the layers that are still there."""
        found = (self._project.mapLayer(item) for item in self._ids)
        return [layer for layer in found if layer is not None]

    def hide_result(self, hidden: bool) -> None:
        """Hide the result, or show again what was hidden so."""
        names = [item for item in self._ids if item not in self._hidden] if hidden else self._hidden
        nodes = [self._project.layerTreeRoot().findLayer(item) for item in names]
        changed = [node for node in nodes if node is not None and node.itemVisibilityChecked() == hidden]
        for node in changed:
            node.setItemVisibilityChecked(not hidden)
        self._hidden = [node.layerId() for node in changed] if hidden else []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide the result as long as the key is held, in what the bar was installed on."""
        if event.type() in {QEvent.Type.KeyPress, QEvent.Type.KeyRelease} and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if event.key() == KEY and plain and self._ids and self.isVisible():
                if not event.isAutoRepeat():
                    self.hide_result(event.type() == QEvent.Type.KeyPress)
                return True
        if event.type() == QEvent.Type.FocusOut:  # the key is let go where nobody hears it
            self.hide_result(False)
        return super().eventFilter(watched, event)

    def _fade(self, percent: int) -> None:
        for layer in self.layers():
            layer.setOpacity(percent / 100)
            layer.triggerRepaint()
        self._show_percent()

    def _show_percent(self) -> None:
        self.percent.setText(f"{self.slider.value()} %")

    def _look(self, _ids: list[str]) -> None:
        if self._ids and not self.layers():
            self.follow(())
