"""The images of the project: which one is labeled, how many samples and areas each has."""

from __future__ import annotations

from collections import Counter
from typing import Any

from qgis.core import QgsApplication, QgsCoordinateTransform, QgsCsException, QgsRasterLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...i18n import translate
from ..context import DockContext
from .image_layers import likely_image, raster_layers, show_only
from .sample_texts import image_text, number_text

_KEY, _LAYER = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class ImagesPanel(QWidget):
    """Chooses the current image; ``onlyChanged`` tells of which image alone samples are to be shown (key or None)."""

    onlyChanged = pyqtSignal(object)

    def __init__(self, context: DockContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.list, self.only, self.zoom = QTreeWidget(), QCheckBox(), QToolButton()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(80)
        self._later.timeout.connect(self.refresh)
        self._lay_out()
        project = context.project
        for signal in (project.layersAdded, project.layersRemoved, project.readProject, project.cleared):
            signal.connect(self._soon)
        self.list.itemClicked.connect(lambda item, _column: self._choose(item))
        self.list.itemActivated.connect(lambda item, _column: self._choose(item))
        self.list.itemDoubleClicked.connect(lambda *_item: self.zoom_to())
        self.zoom.clicked.connect(lambda _checked=False: self.zoom_to())
        self.only.toggled.connect(lambda _on: self._tell_only())
        self.refresh()

    def show_store(self) -> None:
        """Show the samples' numbers of the context's store; choose an image to begin with."""
        store = self._context.store
        if store is not None:
            store.samplesChanged.connect(self._soon)
            store.areasChanged.connect(self._soon)
            store.currentImageChanged.connect(self._image_changed)
            store.schemaChanged.connect(self._tell_only)  # new classes bring new symbols
        self.only.setChecked(False)
        self.refresh()

    def refresh(self) -> None:
        """List the images anew; take the likely one where none is chosen."""
        store, project = self._context.store, self._context.project
        if store is not None and store.current_image is None:
            store.current_image = likely_image(project, self._context.canvas)
        samples = store.images() if store is not None else {}
        areas = Counter(area.image for area in store.areas.values()) if store is not None else Counter()
        self.list.clear()
        for layer in raster_layers(project):
            key = store.image_key(layer) if store is not None else layer.source()
            self._add(layer.name(), key, samples.pop(key, 0), areas.pop(key, 0), layer)
        for key in sorted({*samples, *areas}, key=image_text):
            self._add(image_text(key), key, samples.get(key, 0), areas.get(key, 0), None)
        self.empty.setVisible(self.list.topLevelItemCount() == 0)
        self._mark()

    def zoom_to(self) -> None:
        """Show the chosen image on the map."""
        layer = self._chosen_layer()
        if layer is not None:
            zoom_to_layer(layer, self._context.canvas)

    # --- parts -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        intro = QLabel(
            translate("Swath", "New samples belong to the image chosen here; each image keeps its own samples.")
        )
        intro.setWordWrap(True)
        self.empty = QLabel(translate("Swath", "The project has no image yet: add a raster layer to QGIS."))
        self.empty.setWordWrap(True)
        self.list.setObjectName("swathImages")
        self.list.setRootIsDecorated(False)
        self.list.setAlternatingRowColors(True)
        self.list.setUniformRowHeights(True)
        titles = [translate("Swath", "Image"), translate("Swath", "Samples"), translate("Swath", "Areas")]
        self.list.setHeaderLabels(titles)
        head = self.list.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.only.setText(translate("Swath", "Show only this image's samples"))
        self.only.setToolTip(translate("Swath", "In the table and on the map: where images of several times overlap"))
        self.zoom.setIcon(QgsApplication.getThemeIcon("/mActionZoomToLayer.svg"))
        self.zoom.setToolTip(translate("Swath", "Zoom to the image"))
        self.zoom.setAccessibleName(self.zoom.toolTip())
        self.zoom.setAutoRaise(True)
        row = QHBoxLayout()
        row.addWidget(self.only, 1)
        row.addWidget(self.zoom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(intro)
        layout.addWidget(self.empty)
        layout.addWidget(self.list, 1)
        layout.addLayout(row)

    def _add(self, name: str, key: str, samples: int, areas: int, layer: QgsRasterLayer | None) -> None:
        item = QTreeWidgetItem([name, number_text(samples), number_text(areas)])
        item.setData(0, _KEY, key)
        item.setData(0, _LAYER, layer.id() if layer is not None else "")
        item.setToolTip(0, key)
        for column in (1, 2):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if layer is None:
            item.setText(0, translate("Swath", "{name} (not in the project)").format(name=name))
            item.setToolTip(0, translate("Swath", "Add {key} to the project to label it further.").format(key=key))
            item.setForeground(0, self.palette().placeholderText())
        self.list.addTopLevelItem(item)

    # --- choosing ----------------------------------------------------------------------------

    def _choose(self, item: QTreeWidgetItem) -> None:
        store = self._context.store
        layer = self._context.project.mapLayer(item.data(0, _LAYER))
        if store is not None and isinstance(layer, QgsRasterLayer):
            store.current_image = layer
        self._mark()

    def _mark(self) -> None:
        """Show which image is the current one: bold, with a sign, and selected."""
        store = self._context.store
        current = store.current_image.id() if store is not None and store.current_image is not None else ""
        for number in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(number)
            chosen = bool(current) and item.data(0, _LAYER) == current
            font = item.font(0)
            font.setBold(chosen)
            item.setFont(0, font)
            name = "/mIconSuccess.svg" if chosen else "/mIconRaster.svg"
            item.setIcon(0, QgsApplication.getThemeIcon(name))
            if chosen:
                self.list.setCurrentItem(item)
        self.only.setEnabled(bool(current))
        self.zoom.setEnabled(self.list.topLevelItemCount() > 0)

    def _chosen_layer(self) -> QgsRasterLayer | None:
        item = self.list.currentItem()
        layer = self._context.project.mapLayer(item.data(0, _LAYER)) if item is not None else None
        return layer if isinstance(layer, QgsRasterLayer) else None

    def _image_changed(self) -> None:
        if self._context.store is not None and self._context.store.current_image is None:
            self._soon()  # the layer is on its way out of the project
        else:
            self._mark()
        self._tell_only()

    def _tell_only(self) -> None:
        store = self._context.store
        key = store.current_image_key if store is not None and self.only.isChecked() else None
        if store is not None:
            show_only(store, key)
        self.onlyChanged.emit(key)

    def _soon(self, *_any: Any) -> None:
        self._later.start()


def zoom_to_layer(layer: QgsRasterLayer, canvas: QgsMapCanvas) -> None:
    """Show a whole layer on the map."""
    settings = canvas.mapSettings()
    transform = QgsCoordinateTransform(layer.crs(), settings.destinationCrs(), settings.transformContext())
    try:
        canvas.setExtent(transform.transformBoundingBox(layer.extent()))
    except QgsCsException:
        return
    canvas.refresh()
