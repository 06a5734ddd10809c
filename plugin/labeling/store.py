"""The samples at work: held in memory, written to a GeoPackage at every edit, with undo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication, QLockFile, QTimer, pyqtSignal

from ...i18n import translate
from ..undo import QUndoStack
from . import store_files as files
from .commands import Change, EditCommand, Step, listed
from .foreign_edits import Given, heal, read_step
from .geopackage import GeoPackage
from .images import find_image, image_key
from .sample_layers import SampleLayers
from .samples import AREAS, SAMPLES, Area, Changes, Sample
from .schema import Schema
from .store_problems import LayerGoneError, StoreClosedError, StoreError
from .store_writing import rewrite, write_step
from .taking import SampleTaking

__all__ = ["Area", "Changes", "Sample", "SampleStore", "StoreError"]

_SETTLE_MS = 1000  # after an edit, until it is in the main file as well as in the log beside it


class SampleStore(SampleTaking):
    """One file of samples; made by :meth:`create` or :meth:`open`.

    Every edit is in the file when the call returns, one transaction for each, so that a process killed at any
    moment loses nothing. Edits raise StoreError and then have changed nothing.
    """

    samplesChanged = pyqtSignal(object)  # Changes
    areasChanged = pyqtSignal(object)  # Changes
    schemaChanged = pyqtSignal()
    currentClassChanged = pyqtSignal(object)  # the value, or None
    currentImageChanged = pyqtSignal()
    selectionChanged = pyqtSignal()
    failed = pyqtSignal(object)  # the StoreError of an undo or redo, or of QGIS's own edits

    def __init__(self, package: GeoPackage, lock: QLockFile, content: files.Content) -> None:
        super().__init__()
        self.path, self.crs = package.path, content.crs
        self.project = QgsProject.instance()
        self._package, self._lock, self._srs_id = package, lock, content.srs_id
        self._schema, self._samples, self._areas = content.schema, content.samples, content.areas
        self.samples: Mapping[int, Sample] = MappingProxyType(self._samples)
        self.areas: Mapping[int, Area] = MappingProxyType(self._areas)
        self.deleted, self._next = content.deleted, content.next_fid
        self.undo_stack = QUndoStack(self)
        self._layers = SampleLayers(self.path, self)
        self._layers.selectionChanged.connect(self.selectionChanged)
        self._layers.edited.connect(self._take_edits)
        self._layers.removed.connect(self._tell_removed)
        self._layers.style(self._schema)
        self._current_image: QgsRasterLayer | None = None
        self._current_image_key = ""
        classes = self._schema.classes()
        self._current_class = classes[0].value if classes else None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(package.settle)
        QCoreApplication.instance().aboutToQuit.connect(self.close)

    @classmethod
    def create(cls, path: str | Path, crs: QgsCoordinateReferenceSystem, schema: Schema | None = None) -> SampleStore:
        """Make a new file and open it; raise StoreError where it is there already or cannot be made."""
        files.create_file(_full(path), crs, schema or Schema())
        return cls.open(path)

    @classmethod
    def open(cls, path: str | Path) -> SampleStore:
        """Open a file that Swath made; raise StoreError with what is wrong where it cannot be used."""
        package, lock = files.open_file(_full(path))
        try:
            content = files.read_content(package)
            heal(package, content)
        except StoreError:
            package.close()
            lock.unlock()
            raise
        return cls(package, lock, content)

    def close(self) -> None:
        """Close the file; layers in a project stay there. Closing twice is no error."""
        self._timer.stop()
        self._layers.forget()
        self.undo_stack.clear()
        self._package.close()
        self._lock.unlock()

    # --- what is there -----------------------------------------------------------------------

    @property
    def layer(self) -> QgsVectorLayer:
        """Return the layer of the samples."""
        return self._layers.get(SAMPLES)

    @property
    def areas_layer(self) -> QgsVectorLayer:
        """Return the layer of the fully labeled areas."""
        return self._layers.get(AREAS)

    @property
    def schema(self) -> Schema:
        """Return the classes; change them by set_schema()."""
        return self._schema

    @property
    def current_class(self) -> int | None:
        """The value of the class that new samples get."""
        return self._current_class

    @current_class.setter
    def current_class(self, value: int | None) -> None:
        if value is not None:
            self._check_class(value)
        if value != self._current_class:
            self._current_class = value
            self.currentClassChanged.emit(value)

    @property
    def current_image(self) -> QgsRasterLayer | None:
        """The image that is labeled."""
        return self._current_image

    @current_image.setter
    def current_image(self, layer: QgsRasterLayer | None) -> None:
        if layer is self._current_image:
            return
        if self._current_image is not None:
            self._current_image.willBeDeleted.disconnect(self._lose_image)
        self._current_image = layer
        self._current_image_key = self.image_key(layer) if layer is not None else ""
        if layer is not None:
            layer.willBeDeleted.connect(self._lose_image)
        self.currentImageChanged.emit()

    @property
    def current_image_key(self) -> str:
        """Return the key under which samples remember the current image; "" without one."""
        return self._current_image_key

    def image_key(self, layer: QgsRasterLayer) -> str:
        """Return the key under which samples remember an image."""
        return image_key(layer, self.path)

    def image_layer(self, key: str) -> QgsRasterLayer | None:
        """Return the layer of the project that a key names, or None."""
        return find_image(self.project, key, self.path)

    def images(self) -> dict[str, int]:
        """Return the number of samples of each image, by its key."""
        return dict(Counter(sample.image for sample in self._samples.values()))

    # --- selection and map -------------------------------------------------------------------

    @property
    def selected(self) -> list[int]:
        """Return the fids of the selected samples."""
        return sorted(fid for fid in self._layers.selected() if fid in self._samples)

    def select(self, fids: Iterable[int]) -> None:
        """Select samples, and no others."""
        if not self._package.is_open:
            return
        self.layer.selectByIds([fid for fid in fids if fid in self._samples])

    def attach(self, project: QgsProject) -> None:
        """Show samples and areas in a project: the layers are added once, or found there."""
        self.project = project
        self._layers.attach(project)

    # --- for edits and commands --------------------------------------------------------------

    def take_fid(self, table: str) -> int:
        """Return a fid that was never used."""
        self._next[table] += 1
        return self._next[table] - 1

    def apply(self, step: Step, text: str | None = None) -> None:
        """Write a step, hold it and tell it; with a text it goes onto the undo stack.

        Raises:
            StoreError: where it cannot be written; nothing has changed then.
        """
        if not self._package.is_open:
            raise StoreClosedError(path=self.path)
        schema = step.schema.after if step.schema and step.schema.after else self._schema
        write_step(self._package, step, schema, self._srs_id)
        self._hold(step, schema, text)

    def _hold(self, step: Step, schema: Schema, text: str | None = None) -> None:
        if not self._timer.isActive():
            self._timer.start()
        for table, changes in ((SAMPLES, step.samples), (AREAS, step.areas)):
            self._next[table] = max([self._next[table], *(fid + 1 for fid in changes)])
        _follow(self._samples, step.samples)
        _follow(self._areas, step.areas)
        for uid, change in step.deleted.items():
            if change.after is None:
                self.deleted.pop(uid, None)
            else:
                self.deleted[uid] = change.after
        if text is not None:  # before it is told: who hears it may edit, too
            self.undo_stack.push(EditCommand(self, step, text))
        self._tell(step, schema)

    def _tell(self, step: Step, schema: Schema) -> None:
        if schema is not self._schema:
            self._schema = schema
            self._layers.style(schema)
            self.schemaChanged.emit()
            if schema.find(self._current_class) is None:
                self.current_class = next((entry.value for entry in schema.classes()), None)
        if step.samples:
            changes = listed(step.samples)
            gone = set(changes.removed) & set(self._layers.selected())
            if gone:
                self.layer.deselect(list(gone))
            self._layers.show_changes(SAMPLES)
            self.samplesChanged.emit(changes)
        if step.areas:
            self._layers.show_changes(AREAS)
            self.areasChanged.emit(listed(step.areas))

    def _take_edits(self, table: str, fids: set[int]) -> None:
        """Make an edit with QGIS's own tools a step of ours."""
        given = Given(self._schema, self._current_class, self._current_image_key, self.pixel_counter())
        held = self._samples if table == SAMPLES else self._areas
        try:
            step = read_step(self._package, table, fids, held, given)
            changes = step.samples or step.areas
            items = [change.after for change in changes.values() if change.after is not None]
        except StoreError as error:
            self.failed.emit(error)
            return
        try:
            rewrite(self._package, table, items, self._schema, self._srs_id)
        except StoreError as error:  # they are in the file as the user made them: completed when it is opened again
            self.failed.emit(error)
        if not step.is_empty():
            self._hold(step, self._schema, translate("Swath", "Edit in QGIS"))

    def _tell_removed(self, table: str) -> None:
        if table == SAMPLES:
            self.failed.emit(LayerGoneError(path=self.path))

    def _lose_image(self) -> None:
        self._current_image, self._current_image_key = None, ""
        self.currentImageChanged.emit()


def _follow(held: dict, changes: Mapping[int, Change]) -> None:
    for fid, change in changes.items():
        if change.after is None:
            held.pop(fid, None)
        else:
            held[fid] = change.after


def _full(path: str | Path) -> Path:
    return Path(path).expanduser().absolute()
