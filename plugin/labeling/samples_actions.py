"""What can be done with the selected samples: show them on the map, step through them, change them (undoably)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qgis.core import QgsApplication, QgsCoordinateTransform, QgsCsException, QgsGeometry, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QAction, QMenu, QWidget

from ...engine.errors import SwathError
from ...i18n import translate
from ..context import DockContext
from .class_icons import swatch
from .sample_texts import counted, number_text

if TYPE_CHECKING:
    from .store import SampleStore

# More outlines than this only slow the map down when they flash.
_MOST_FLASHED = 500
_ROOM = 1.6
_NEAR_PX, _WIDE = 12, 6.0
_KEYS = {
    **{letter: getattr(Qt.Key, f"Key_{letter}") for letter in "ZFPNCMS"},
    "Del": Qt.Key.Key_Delete,
}


class SampleActions(QObject):
    """The actions on the selection of a store.

    ``step`` asks the table to go to the next (1) or previous (-1) row. ``done`` tells what was done, in a sentence.
    """

    done = pyqtSignal(str)
    step = pyqtSignal(int)

    def __init__(self, context: DockContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._keys: dict[int, QAction] = {}
        self.menu = QMenu(parent)
        self.menu.aboutToShow.connect(self._fill_classes)
        add = self._add
        self.zoom = add("mActionZoomToSelected", translate("Swath", "Zoom to selection"), "Z", self.zoom_to)
        self.flash = add("mActionHighlightFeature", translate("Swath", "Flash on the map"), "F", self.flash_selected)
        self.previous = add("mActionArrowUp", translate("Swath", "Previous sample"), "P", lambda: self.step.emit(-1))
        self.next = add("mActionArrowDown", translate("Swath", "Next sample"), "N", lambda: self.step.emit(1))
        self.change = add("rendererCategorizedSymbol", translate("Swath", "Change class"), "C", lambda: None)
        self.change.setMenu(self.menu)
        self.merge = add("mActionMergeFeatures", translate("Swath", "Merge into one sample"), "M", self.merge_selected)
        self.split = add("mActionSplitParts", translate("Swath", "Split into parts"), "S", self.split_selected)
        self.delete = add("mActionDeleteSelectedFeatures", translate("Swath", "Delete"), "Del", self.delete_selected)
        self.refresh()

    @property
    def all(self) -> tuple[QAction, ...]:
        """Return the actions in the order of menus and buttons."""
        first = (self.zoom, self.flash, self.previous, self.next)
        return (*first, self.change, self.merge, self.split, self.delete)

    @property
    def store(self) -> SampleStore | None:
        """Return the samples at work."""
        return self._context.store

    def refresh(self, shown: int = 0) -> None:
        """Enable what makes sense for the selection; ``shown`` is the number of rows of the table."""
        store = self.store
        count = len(store.selected) if store else 0
        for action in (self.zoom, self.flash, self.change, self.split, self.delete):
            action.setEnabled(count > 0)
        self.merge.setEnabled(count > 1)
        for action in (self.previous, self.next):
            action.setEnabled(shown > 0)

    def press(self, key: int) -> bool:
        """Do what a key stands for in the table; tell whether it stands for something.

        1 to 9 give the selected samples the class at that place of the schema.
        """
        action = self._keys.get(key)
        if action is not None:
            if action is not self.change and action.isEnabled():
                action.trigger()
            return action is not self.change
        store = self.store
        place = key - Qt.Key.Key_1
        if store is None or not 0 <= place <= 8 or not store.selected:
            return False
        classes = store.schema.classes()
        if place < len(classes):
            self.change_class(classes[place].value)
        return True

    def takes(self, key: int) -> bool:
        """Tell whether a key is for the table, not for a shortcut of the main window."""
        digit = Qt.Key.Key_1 <= key <= Qt.Key.Key_9
        return key in self._keys or (digit and self.store is not None and bool(self.store.selected))

    # --- on the map --------------------------------------------------------------------------

    def zoom_to(self) -> None:
        """Show all selected samples."""
        box = self._box()
        if box is None:
            return
        box.scale(_ROOM)
        self._widen(box)
        self._context.canvas.setExtent(box)
        self._context.canvas.refresh()

    def go_to(self) -> None:
        """Bring the selected sample into the middle; change the scale only where it would be a dot or too large."""
        box, canvas = self._box(), self._context.canvas
        if box is None:
            return
        extent = canvas.extent()
        side = max(box.width(), box.height())
        if side > 0.8 * min(extent.width(), extent.height()) or side < _NEAR_PX * canvas.mapUnitsPerPixel():
            box.scale(_WIDE)
            self._widen(box)
            canvas.setExtent(box)
        else:
            canvas.setCenter(box.center())
        canvas.refresh()

    def flash_selected(self) -> None:
        """Let the selected samples flash."""
        store = self.store
        if store is not None:
            shapes = [store.samples[fid].geometry for fid in store.selected[:_MOST_FLASHED]]
            self._context.canvas.flashGeometries(shapes, store.crs)

    def _box(self) -> QgsRectangle | None:
        store, canvas = self.store, self._context.canvas
        return (
            None if store is None else map_box([store.samples[fid].geometry for fid in store.selected], store, canvas)
        )

    def _widen(self, box: QgsRectangle) -> None:
        """Keep a sample of a few pixels from filling the map."""
        if box.width() <= 0 or box.height() <= 0:
            box.grow(10 * self._context.canvas.mapUnitsPerPixel())

    # --- changes -----------------------------------------------------------------------------

    def change_class(self, value: int) -> None:
        """Give the selected samples another class."""
        store = self.store
        if store is None:
            return
        fids, entry = store.selected, store.schema.find(value)
        name = entry.name if entry else str(value)
        if self._try(lambda: store.change_class(fids, value)):
            one = translate("Swath", "The sample is {name} now; Ctrl+Z takes it back.")
            many = translate("Swath", "{count} samples are {name} now; Ctrl+Z takes it back.")
            self.done.emit(counted(len(fids), one, many, name=name))

    def merge_selected(self) -> None:
        """Make one sample of the selected ones, of the class of the oldest."""
        store = self.store
        if store is None:
            return
        fids = sorted(store.selected)
        values = {store.samples[fid].value for fid in fids}
        merged: list[int] = []
        if not self._try(lambda: merged.append(store.merge(fids))):
            return
        store.select(merged)
        text = translate("Swath", "{count} samples merged into one; Ctrl+Z takes it back.").format(count=len(fids))
        if len(values) > 1:
            entry = store.schema.find(store.samples[merged[0]].value)
            more = translate("Swath", "They had several classes: it is {name} now.")
            text += " " + more.format(name=entry.name if entry else "?")
        self.done.emit(text)

    def split_selected(self) -> None:
        """Make a sample of each part of the selected ones."""
        store = self.store
        if store is None:
            return
        fids, parts = store.selected, []
        if not self._try(lambda: parts.extend(store.split(fids))):
            return
        if len(parts) == len(fids):
            self.done.emit(translate("Swath", "Nothing to split: each selected sample is a single part."))
            return
        store.select(parts)
        text = translate("Swath", "Split into {count} samples; Ctrl+Z takes it back.")
        self.done.emit(text.format(count=number_text(len(parts))))

    def delete_selected(self) -> None:
        """Delete the selected samples."""
        store = self.store
        if store is None or not store.selected:
            return
        fids = store.selected
        if self._try(lambda: store.remove(fids)):
            one = translate("Swath", "One sample deleted; Ctrl+Z brings it back.")
            many = translate("Swath", "{count} samples deleted; Ctrl+Z brings them back.")
            self.done.emit(counted(len(fids), one, many))

    def _try(self, change: Callable[[], object]) -> bool:
        try:
            change()
        except SwathError as error:
            self._context.tell_error(error)
            return False
        return True

    # --- menus -------------------------------------------------------------------------------

    def _add(self, icon: str, text: str, key: str, slot: Callable[[], object]) -> QAction:
        # The table takes the key itself: a shortcut would work in the whole window. The menu shows it all the same.
        action = QAction(QgsApplication.getThemeIcon(f"/{icon}.svg"), f"{text}\t{key}", self)
        action.setIconText(text)
        action.setObjectName(f"swathSample{icon}")
        action.setToolTip(translate("Swath", "{text} ({key})").format(text=text, key=key))
        action.triggered.connect(lambda _checked=False: slot())
        self._keys[_KEYS[key]] = action
        return action

    def _fill_classes(self) -> None:
        self.menu.clear()
        store = self.store
        for place, entry in enumerate(store.schema.classes() if store else (), start=1):
            title = entry.name.replace("&", "&&") + (f"\t{place}" if place <= 9 else "")
            action = self.menu.addAction(swatch(entry.color), title)
            action.triggered.connect(lambda _checked=False, value=entry.value: self.change_class(value))
        if self.menu.isEmpty():
            self.menu.addAction(translate("Swath", "There are no classes yet")).setEnabled(False)


def map_box(shapes: Sequence[QgsGeometry], store: SampleStore, canvas: QgsMapCanvas) -> QgsRectangle | None:
    """Return the box around shapes of a store in the map's coordinate reference system; None where there is none."""
    box = QgsRectangle()
    box.setNull()
    for shape in shapes:
        box.combineExtentWith(shape.boundingBox())
    if box.isNull():
        return None
    settings = canvas.mapSettings()
    transform = QgsCoordinateTransform(store.crs, settings.destinationCrs(), settings.transformContext())
    try:
        return transform.transformBoundingBox(box)
    except QgsCsException:
        return None
