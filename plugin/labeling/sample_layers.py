"""The layers through which QGIS shows the samples and areas of a store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from qgis.core import QgsDataProvider, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...i18n import translate
from .sample_styles import areas_renderer, samples_renderer, style_selection
from .samples import AREAS, SAMPLES
from .schema import Schema

_SETTLE_MS = 400  # after the last edit, until counts and extents are read anew


class SampleLayers(QObject):
    """Holds the two layers; makes them anew where the user removed them from the project."""

    selectionChanged = pyqtSignal()
    edited = pyqtSignal(str, object)  # with QGIS's own tools, and saved: the table, and the set of fids
    removed = pyqtSignal(str)  # the user took the layer of this table out of the project

    def __init__(self, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._path = path
        self._schema = Schema()
        self._project = QgsProject.instance()
        self._clearing = self._forgotten = False
        self._watches: dict[str, _Watch] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._reload)
        self._hear(self._project)

    def get(self, table: str) -> QgsVectorLayer:
        """Return the layer of a table."""
        if table not in self._watches:
            options = QgsVectorLayer.LayerOptions(self._project.transformContext())
            layer = QgsVectorLayer(f"{self._path}|layername={table}", self._title(table), "ogr", options)
            if self._forgotten:  # held by nobody: a layer that outlives QGIS would crash it
                return layer
            self._take(table, layer)
        return self._watches[table].layer

    def selected(self) -> list[int]:
        """Return the fids of the selected samples."""
        return self._watches[SAMPLES].layer.selectedFeatureIds() if SAMPLES in self._watches else []

    def style(self, schema: Schema) -> None:
        """Draw the samples in the colours of their classes."""
        self._schema = schema
        if SAMPLES in self._watches:
            self._style(SAMPLES)

    def show_changes(self, table: str) -> None:
        """Draw a layer anew now, and read counts and extents when edits pause."""
        if table in self._watches:
            self._watches[table].layer.triggerRepaint()
        self._timer.start()

    def attach(self, project: QgsProject) -> None:
        """Put the layers into a project, the samples on top; take those that are there already."""
        if project is not self._project:
            self._hear(project)
        for table in (AREAS, SAMPLES):
            there = [layer for layer in project.mapLayers().values() if self._shows(layer, table)]
            if not there:
                project.addMapLayer(self.get(table), False)
                project.layerTreeRoot().insertLayer(0, self.get(table))
            elif table not in self._watches or self._watches[table].layer not in there:
                for layer in there:  # opened before we wrote: QGIS then reads without locks, and no more
                    layer.dataProvider().reloadData()
                self._take(table, there[0])

    def forget(self) -> None:
        """Let go of the layers, for good."""
        self._forgotten = True
        self._timer.stop()
        for table in list(self._watches):
            layer = self._watches[table].layer
            self._watches.pop(table).stop()
            if layer.project() is None:
                # Others may still hold it. It must let go of the file, and a layer of a file that outlives QGIS
                # crashes it; one of the memory does not.
                layer.setDataSource("MultiPolygon", layer.name(), "memory", QgsDataProvider.ProviderOptions())

    def _hear(self, project: QgsProject) -> None:
        self._project = project
        project.aboutToBeCleared.connect(self._start_clearing)
        project.cleared.connect(self._end_clearing)

    def _start_clearing(self) -> None:
        self._clearing = True

    def _end_clearing(self) -> None:
        self._clearing = False

    def _take(self, table: str, layer: QgsVectorLayer) -> None:
        if table in self._watches:
            self._watches.pop(table).stop()
        watch = _Watch(layer, self)
        self._watches[table] = watch
        watch.gone.connect(lambda: self._lose(table, watch))
        watch.edited.connect(lambda fids: self.edited.emit(table, fids))
        style_selection(layer)
        if table == SAMPLES:
            watch.selectionChanged.connect(self.selectionChanged)
        self._style(table)

    def _lose(self, table: str, watch: _Watch) -> None:
        if self._watches.get(table) is not watch:
            return
        self._watches.pop(table).stop()
        if not self._clearing:
            self.removed.emit(table)
        if table == SAMPLES:
            self.selectionChanged.emit()

    def _shows(self, layer: Any, table: str) -> bool:
        if not isinstance(layer, QgsVectorLayer) or layer.providerType() != "ogr" or not layer.isValid():
            return False
        path, *rest = layer.source().split("|")
        return f"layername={table}" in rest and _same(Path(path), self._path)

    def _style(self, table: str) -> None:
        layer = self._watches[table].layer
        layer.setRenderer(areas_renderer() if table == AREAS else samples_renderer(self._schema, layer.renderer()))
        layer.triggerRepaint()
        layer.emitStyleChanged()

    def _reload(self) -> None:
        for watch in self._watches.values():
            if watch.layer.isValid() and not watch.layer.isEditable():
                watch.layer.dataProvider().reloadData()
                watch.layer.updateExtents(True)

    def _title(self, table: str) -> str:
        text = translate("Swath", "{name}: areas") if table == AREAS else translate("Swath", "{name}: samples")
        return text.format(name=self._path.stem)


class _Watch(QObject):
    """Hears what happens to one layer; deaf after stop()."""

    gone = pyqtSignal()
    edited = pyqtSignal(object)
    selectionChanged = pyqtSignal()

    def __init__(self, layer: QgsVectorLayer, parent: QObject) -> None:
        super().__init__(parent)
        self.layer = layer
        self._touched: set[int] = set()
        layer.willBeDeleted.connect(self._tell_gone)
        layer.selectionChanged.connect(self._tell_selection)
        layer.committedFeaturesAdded.connect(self._hear_added)
        layer.committedFeaturesRemoved.connect(self._hear_fids)
        layer.committedAttributeValuesChanges.connect(self._hear_fids)
        layer.committedGeometriesChanges.connect(self._hear_fids)
        layer.afterCommitChanges.connect(self._tell_edited)

    def stop(self) -> None:
        """Hear nothing more, and hold the layer no longer: it would keep the file open."""
        self.blockSignals(True)
        self.layer = None
        self.deleteLater()

    def _hear_added(self, _layer: str, features: Any) -> None:
        self._touched.update(feature.id() for feature in features)

    def _hear_fids(self, _layer: str, fids: Any) -> None:
        self._touched.update(fids)

    def _tell_edited(self) -> None:
        touched, self._touched = self._touched, set()
        if touched:
            self.edited.emit(touched)

    def _tell_gone(self) -> None:
        self.gone.emit()

    def _tell_selection(self) -> None:
        self.selectionChanged.emit()


def _same(one: Path, other: Path) -> bool:
    try:
        return one == other or os.path.samefile(one, other)  # noqa: PTH121 - both may be missing
    except OSError:
        return False
