"""The layers through which QGIS shows the samples and areas of a store."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsProject,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...i18n import translate
from .samples import AREAS, SAMPLES
from .schema import ClassEntry, Schema

_SETTLE_MS = 400  # after the last edit, until counts and extents are read anew
_OPACITY = "128"  # of 255


class SampleLayers(QObject):
    """Holds the two layers; makes them anew where the user removed them from the project."""

    selectionChanged = pyqtSignal()
    edited = pyqtSignal()  # with QGIS's own tools, and saved

    def __init__(self, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._path = path
        self._schema = Schema()
        self._layers: dict[str, QgsVectorLayer] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._reload)

    def get(self, table: str) -> QgsVectorLayer:
        """Return the layer of a table."""
        if table not in self._layers:
            name = self._title(table)
            options = QgsVectorLayer.LayerOptions(QgsProject.instance().transformContext())
            self._take(table, QgsVectorLayer(f"{self._path}|layername={table}", name, "ogr", options))
        return self._layers[table]

    def style(self, schema: Schema) -> None:
        """Draw the samples in the colours of their classes."""
        self._schema = schema
        for table in self._layers:
            self._style(table)

    def show_changes(self, *tables: str) -> None:
        """Draw the layers anew now, and read counts and extents when edits pause."""
        for table in tables:
            if table in self._layers:
                self._layers[table].triggerRepaint()
        self._timer.start()

    def attach(self, project: QgsProject) -> None:
        """Put the layers into a project, the samples on top; take those that are there already."""
        for table in (AREAS, SAMPLES):
            there = [layer for layer in project.mapLayers().values() if self._shows(layer, table)]
            if there and self._layers.get(table) is not there[0]:
                self._take(table, there[0])
            elif not there:
                project.addMapLayer(self.get(table), False)
                project.layerTreeRoot().insertLayer(0, self.get(table))

    def forget(self) -> None:
        """Let go of the layers."""
        self._timer.stop()
        for table, layer in list(self._layers.items()):
            self._let_go(table, layer)

    def _take(self, table: str, layer: QgsVectorLayer) -> None:
        earlier = self._layers.get(table)
        if earlier is not None:
            self._let_go(table, earlier)
        self._layers[table] = layer
        layer.willBeDeleted.connect(lambda: self._layers.pop(table, None))
        if table == SAMPLES:
            layer.selectionChanged.connect(self.selectionChanged)
        layer.afterCommitChanges.connect(self.edited)
        self._style(table)

    def _let_go(self, table: str, layer: QgsVectorLayer) -> None:
        self._layers.pop(table, None)
        for signal in (layer.selectionChanged, layer.afterCommitChanges):
            for slot in (self.selectionChanged, self.edited):
                try:
                    signal.disconnect(slot)
                except TypeError:  # it was not connected
                    continue

    def _shows(self, layer: object, table: str) -> bool:
        if not isinstance(layer, QgsVectorLayer) or layer.providerType() != "ogr":
            return False
        path, _, rest = layer.source().partition("|")
        return f"layername={table}" in rest.split("|") and Path(path) == self._path

    def _style(self, table: str) -> None:
        layer = self._layers[table]
        layer.setRenderer(_areas_renderer() if table == AREAS else samples_renderer(self._schema))
        layer.triggerRepaint()

    def _reload(self) -> None:
        for layer in self._layers.values():
            # QGIS forgets the selection when it reads anew.
            selected = layer.selectedFeatureIds()
            layer.dataProvider().reloadData()
            layer.updateExtents(True)
            if selected:
                layer.selectByIds(selected)

    def _title(self, table: str) -> str:
        if table == AREAS:
            return translate("Swath", "{name}: labeled areas").format(name=self._path.stem)
        return translate("Swath", "{name}: samples").format(name=self._path.stem)


def samples_renderer(schema: Schema) -> QgsCategorizedSymbolRenderer:
    """Return a renderer with one half transparent symbol for each class, in the order of the schema."""
    categories = [QgsRendererCategory(entry.value, _symbol(entry), entry.name) for entry in schema.classes()]
    return QgsCategorizedSymbolRenderer("Classvalue", categories)


def _symbol(entry: ClassEntry) -> QgsFillSymbol:
    red, green, blue = (int(entry.color[place : place + 2], 16) for place in (1, 3, 5))
    return QgsFillSymbol.createSimple(
        {
            "color": f"{red},{green},{blue},{_OPACITY}",
            "outline_color": f"{red},{green},{blue},255",
            "outline_width": "0.4",
        }
    )


def _areas_renderer() -> QgsSingleSymbolRenderer:
    return QgsSingleSymbolRenderer(
        QgsFillSymbol.createSimple(
            {"style": "no", "outline_color": "255,255,0,255", "outline_width": "0.5", "outline_style": "dash"}
        )
    )
