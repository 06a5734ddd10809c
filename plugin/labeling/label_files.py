"""New, opened, taken and merged labels: the files behind the Label tab."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import Qgis, QgsCoordinateReferenceSystem, QgsProviderRegistry, QgsRasterLayer, QgsSettings
from qgis.PyQt.QtCore import QObject, QStandardPaths, Qt
from qgis.PyQt.QtWidgets import QApplication, QWidget

from ...engine.errors import SwathError
from ...i18n import translate
from ..context import DockContext
from ..free_path import free_path
from .image_layers import likely_image
from .label_dialogs import LabelDialogs
from .merging import MergeSummary
from .sample_texts import counted, number_text
from .schema_task import Reader
from .store import SampleStore
from .store_problems import StoreFolderError, StoreThereError

_FOLDER = "swath/labels_folder"


class LabelFiles(QObject):
    """Opens labels in the context; each call says in a sentence what went wrong, and tells whether it went well."""

    def __init__(self, context: DockContext, window: QWidget, dialogs: LabelDialogs) -> None:
        super().__init__(window)
        self._context, self._window, self._dialogs = context, window, dialogs
        self._taking: tuple[Any, str] = (None, "")
        self._reader = Reader(self)
        self._reader.found.connect(self._take)

    def new(self) -> bool:
        """Ask only for the place of new labels, and begin."""
        image = likely_image(self._context.project, self._context.canvas)
        path = self._dialogs.new_file(self._window, suggested_path(image, self._context))
        if path is None:
            return False
        if path.exists():
            return self.open_path(path, image)
        crs = image.crs() if image is not None and image.crs().isValid() else self._context.project.crs()
        if not crs.isValid():
            crs = QgsCoordinateReferenceSystem(self._context.canvas.mapSettings().destinationCrs())
        return self._begin(lambda: SampleStore.create(path, crs), image)

    def open(self) -> bool:
        """Ask for labels and open them."""
        title = translate("Swath", "Open labels")
        path = self._dialogs.old_file(self._window, start_folder(self._context), title)
        return path is not None and self.open_path(path)

    def open_path(self, path: Path, image: QgsRasterLayer | None = None) -> bool:
        """Open labels; those that are open already are only shown again, where their layers were removed."""
        store = self._context.store
        if store is not None and path.exists() and store.path.samefile(path):
            store.attach(self._context.project)
            return True
        return self._begin(lambda: SampleStore.open(path), image)

    def take_layer(self) -> bool:
        """Ask for a layer and copy its features into the labels; new ones are made where none are open."""
        store = self._context.store
        own = [store.layer, store.areas_layer] if store is not None else []
        choice = self._dialogs.layer(self._window, own)
        if choice is None or (self._context.store is None and not self.new()):
            return False
        store = self._context.store
        self._taking = (store, choice.layer.name())
        return self._try(lambda: self._reader.start(store.layer_reading(choice.layer, choice.field, choice.buffer)))

    def _take(self, shapes: Any, error: SwathError | None) -> None:
        """Add what was read of a layer in the background."""
        store, name = self._taking
        if error is not None:
            self._context.tell_error(error)
            return
        taken: list[int] = []
        if store is not self._context.store or not self._try(lambda: taken.append(store.take_shapes(shapes))):
            return
        one = translate("Swath", "One sample taken from {layer}; Ctrl+Z takes it out again.")
        many = translate("Swath", "{count} samples taken from {layer}; Ctrl+Z takes them out again.")
        self._context.tell(" ".join([counted(taken[0], one, many, layer=name), *store.notes]))

    def merge_copy(self) -> bool:
        """Ask for a copy in which somebody else labeled, and take over what is newer there."""
        store = self._context.store
        if store is None:
            return False
        title = translate("Swath", "Merge a copy of these labels")
        path = self._dialogs.old_file(self._window, store.path.parent, title)
        if path is None:
            return False
        found: list[MergeSummary] = []
        if not self._try(lambda: found.append(store.merge_copy(path))):
            return False
        self._context.tell(summary_text(found[0], path))
        self._tell_notes(store)
        return True

    def save_copy(self) -> bool:
        """Ask for a place and write a copy there, in which somebody else can label."""
        store = self._context.store
        if store is None:
            return False
        suggested = free_path(store.path.with_name(f"{store.path.stem}_copy.gpkg"))
        path = self._dialogs.new_file(self._window, suggested)
        if path is None or not self._try(lambda: copy_labels(store.path, path)):
            return False
        text = translate("Swath", "{name} is written: label in it elsewhere, then merge it here.")
        self._context.tell(text.format(name=path.name))
        return True

    def close(self) -> None:
        """Let go of the labels; everything is in the file already."""
        self._context.set_store(None)

    def _begin(self, make: Callable[[], SampleStore], image: QgsRasterLayer | None) -> bool:
        made: list[SampleStore] = []
        if not self._try(lambda: made.append(make())):
            return False
        store = made[0]
        store.attach(self._context.project)
        QgsSettings().setValue(_FOLDER, str(store.path.parent))
        self._context.set_store(store)
        if image is not None:
            store.current_image = image
        return True

    def _tell_notes(self, store: SampleStore) -> None:
        """Say what was repaired, left out or renumbered in what was taken."""
        if store.notes:
            self._context.tell(" ".join(store.notes), Qgis.MessageLevel.Warning)

    def _try(self, step: Callable[[], Any]) -> bool:
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            step()
        except SwathError as error:
            self._context.tell_error(error)
            return False
        finally:
            QApplication.restoreOverrideCursor()
        return True


def suggested_path(image: QgsRasterLayer | None, context: DockContext) -> Path:
    """Return a free name for new labels beside the image, or in another folder where that cannot be written."""
    folder, stem = None, translate("Swath", "labels")
    if image is not None:
        source = QgsProviderRegistry.instance().decodeUri(image.providerType(), image.source()).get("path")
        if source and Path(str(source)).is_file():
            folder = Path(str(source)).parent
            stem = f"{Path(str(source)).stem}_labels"
        else:
            stem = "".join(letter if letter.isalnum() else "_" for letter in image.name()) + "_labels"
    if folder is None or not os.access(folder, os.W_OK):
        folder = start_folder(context)
    return free_path(folder / f"{stem}.gpkg")


def copy_labels(source: Path, target: Path) -> None:
    """Copy labels while they are at work, whole to the last edit.

    Raises:
        StoreThereError, StoreFolderError.
    """
    if target.exists():
        raise StoreThereError(path=target)
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as held,
            contextlib.closing(sqlite3.connect(str(target))) as written,
        ):
            held.backup(written)
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise StoreFolderError(folder=target.parent, detail=error) from error


def start_folder(context: DockContext) -> Path:
    """Return the folder in which to ask for files: of the last labels, of the project, or of documents."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    places = (str(QgsSettings().value(_FOLDER, "") or ""), context.project.absolutePath(), documents)
    return next((Path(place) for place in places if place and os.access(place, os.W_OK)), Path.home())


def summary_text(summary: MergeSummary, path: Path) -> str:
    """Return what a merge brought, in sentences."""
    if not (summary.added or summary.changed or summary.removed or summary.areas):
        text = translate("Swath", "{name} holds nothing newer.").format(name=path.name)
    else:
        text = translate(
            "Swath", "{name}: {added} samples new, {changed} changed, {removed} removed; Ctrl+Z takes it back."
        )
        facts = {"added": summary.added, "changed": summary.changed, "removed": summary.removed}
        text = text.format(name=path.name, **{key: number_text(value) for key, value in facts.items()})
    return " ".join([text, *summary.notes])
