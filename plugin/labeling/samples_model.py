"""The samples as a table model: filtered and sorted in numpy, so that 20,000 rows stay fluid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from qgis.PyQt.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionRange,
    QModelIndex,
    QObject,
    Qt,
    pyqtSignal,
)
from qgis.PyQt.QtGui import QIcon

from ...i18n import translate
from .class_icons import no_icon, swatch, warning_icon
from .sample_checks import FLAGS, warning_text, warning_title
from .sample_facts import SampleFacts
from .sample_texts import area_text, image_text, number_text, share_text, time_text

if TYPE_CHECKING:
    from .store import SampleStore

WARNING, CLASS, AREA, PIXELS, SHARE, IMAGE, TIME = range(7)
COLUMNS = 7
# More rows than this at once are cheaper to show anew than to move one by one.
_FEW = 16


@dataclass(frozen=True)
class SampleFilter:
    """Which samples to show: all conditions together; ``text`` is found in the class, the image, the
    warnings or the time, or is the number of the sample.
    """

    value: int | None = None
    image: str | None = None
    warned: bool = False
    text: str = ""


class SamplesModel(QAbstractTableModel):
    """Samples of a store; ``rows`` are their slots in the order shown."""

    shownChanged = pyqtSignal()  # other rows are shown than before, or in another order

    def __init__(self, store: SampleStore, facts: SampleFacts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._facts = store, facts
        self.filter = SampleFilter()
        self._column, self._order = TIME, Qt.SortOrder.DescendingOrder
        self.rows = np.zeros(0, np.int64)
        self._total = 0
        facts.edited.connect(self._edit)
        facts.measured.connect(self._refigure)
        facts.settled.connect(self._settle)
        store.schemaChanged.connect(self.refresh)
        self.refresh()

    # --- for the view ------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt names it
        """Return how many samples are shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt names it
        """Return the number of columns."""
        return 0 if parent.isValid() else COLUMNS

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return column_title(section) if section != WARNING else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return translate("Swath", "Warnings") if section == WARNING else column_title(section)
        if role == Qt.ItemDataRole.DecorationRole and section == WARNING:
            return warning_icon()
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        slot, column = int(self.rows[index.row()]), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(slot, column)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(slot, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in {AREA, PIXELS, SHARE}:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._hint(slot, column)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Show in another order."""
        self._column, self._order = column, order
        self.refresh()

    # --- for the panel -----------------------------------------------------------------------

    def set_filter(self, wanted: SampleFilter) -> None:
        """Show other samples."""
        if wanted != self.filter:
            self.filter = wanted
            self.refresh()

    def refresh(self) -> None:
        """Filter and sort everything anew."""
        self.beginResetModel()
        slots = self._facts.slots()
        slots = slots[self._passing(slots)]
        order = np.argsort(self._keys(slots), kind="stable")
        self.rows = slots[order if self._order == Qt.SortOrder.AscendingOrder else order[::-1]]
        self._sum()
        self.endResetModel()
        self.shownChanged.emit()

    def fids(self, rows: Iterable[int] | slice = slice(None)) -> list[int]:
        """Return the fids of shown rows."""
        wanted = rows if isinstance(rows, slice) else np.fromiter(rows, np.int64)
        return [int(fid) for fid in self._facts.fid[self.rows[wanted]]]

    def rows_of(self, fids: Iterable[int]) -> np.ndarray:
        """Return the rows in which samples are shown, ascending; those not shown are left out."""
        return np.flatnonzero(np.isin(self.rows, self._facts.slots_of(fids)))

    def selection_of(self, rows: np.ndarray) -> QItemSelection:
        """Return ascending rows as a selection: few ranges where they touch, made without a question for each."""
        selection = QItemSelection()
        for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else ():
            first, last = int(run[0]), int(run[-1])
            selection.append(QItemSelectionRange(self.createIndex(first, 0), self.createIndex(last, COLUMNS - 1)))
        return selection

    # --- cells -------------------------------------------------------------------------------

    def _text(self, slot: int, column: int) -> str:
        facts = self._facts
        if column == CLASS:
            entry = self._store.schema.find(int(facts.value[slot]))
            return entry.name if entry else str(facts.value[slot])
        if column == AREA:
            return area_text(float(facts.area[slot]))
        if column == PIXELS:
            return number_text(int(facts.count[slot])) if facts.count[slot] else "–"
        if column == SHARE:
            return share_text(int(facts.count[slot]), self._total)
        if column == IMAGE:
            return image_text(facts.images[facts.image[slot]])
        return time_text(int(facts.time[slot])) if column == TIME else ""

    def _icon(self, slot: int, column: int) -> QIcon | None:
        if column == CLASS:
            entry = self._store.schema.find(int(self._facts.value[slot]))
            return swatch(entry.color) if entry else no_icon()
        if column == WARNING and self._facts.flags[slot]:
            return warning_icon()
        return None

    def _hint(self, slot: int, column: int) -> str | None:
        if column == WARNING:
            return warning_text(int(self._facts.flags[slot])) or None
        if column == IMAGE:
            return self._facts.images[self._facts.image[slot]]
        return None

    # --- order -------------------------------------------------------------------------------

    def _passing(self, slots: np.ndarray) -> np.ndarray:
        facts, wanted = self._facts, self.filter
        passing = np.ones(len(slots), bool)
        if wanted.value is not None:
            passing &= facts.value[slots] == wanted.value
        if wanted.image is not None:
            number = facts.images.index(wanted.image) if wanted.image in facts.images else -1
            passing &= facts.image[slots] == number
        if wanted.warned:
            passing &= facts.flags[slots] != 0
        text = " ".join(wanted.text.casefold().split())
        return passing & self._holding(slots, text) if text else passing

    def _holding(self, slots: np.ndarray, text: str) -> np.ndarray:
        """Tell which samples show a text; classes and images are few, so each is asked once."""
        facts = self._facts
        values = [entry.value for entry in self._store.schema.classes() if text in entry.name.casefold()]
        images = [number for number, name in enumerate(facts.images) if text in image_text(name).casefold()]
        holding = np.isin(facts.value[slots], values) | np.isin(facts.image[slots], images)
        for flag in FLAGS:
            if text in warning_title(flag).casefold():
                holding |= (facts.flags[slots] & flag) != 0
        if text.isdigit():
            holding |= facts.fid[slots] == int(text)
        elif "-" in text or ":" in text:
            holding |= np.array([text in time_text(int(time)) for time in facts.time[slots]], bool)
        return holding

    def _keys(self, slots: np.ndarray) -> np.ndarray:
        facts = self._facts
        if self._column == CLASS:
            ranks = {entry.value: rank for rank, entry in enumerate(self._store.schema.classes())}
            found, where = np.unique(facts.value[slots], return_inverse=True)
            return np.array([ranks.get(int(value), len(ranks)) for value in found], np.int64)[where.reshape(-1)]
        if self._column == AREA:
            return np.nan_to_num(facts.area[slots], nan=-1.0)
        if self._column in {PIXELS, SHARE}:
            return facts.count[slots]
        if self._column == IMAGE:
            ranks = np.argsort(np.argsort([image_text(name) for name in facts.images] or [""]))
            return ranks[facts.image[slots]]
        return facts.time[slots] if self._column == TIME else facts.flags[slots]

    # --- keeping up --------------------------------------------------------------------------

    def _edit(self, added: np.ndarray, changed: np.ndarray, removed: np.ndarray) -> None:
        if len(added) + len(changed) + len(removed) > _FEW:
            self.refresh()
            return
        for slot in removed:
            self._take_out(int(slot))
        for slot in changed:
            self._change(int(slot))
        for slot in added:
            self._put_in(int(slot))
        self._sum()
        self.shownChanged.emit()

    def _change(self, slot: int) -> None:
        found = np.flatnonzero(self.rows == slot)
        if len(found) and self._passing(np.array([slot]))[0]:
            row = int(found[0])
            around = self._keys(self.rows[max(row - 1, 0) : row + 2])
            if self._in_order(around):
                self.dataChanged.emit(self.index(row, 0), self.index(row, COLUMNS - 1), [])
                return
        self._take_out(slot)
        self._put_in(slot)

    def _in_order(self, keys: np.ndarray) -> bool:
        first, second = (keys[:-1], keys[1:]) if self._order == Qt.SortOrder.AscendingOrder else (keys[1:], keys[:-1])
        return bool((first <= second).all())

    def _take_out(self, slot: int) -> None:
        for row in np.flatnonzero(self.rows == slot):
            self.beginRemoveRows(QModelIndex(), int(row), int(row))
            self.rows = np.delete(self.rows, row)
            self.endRemoveRows()

    def _put_in(self, slot: int) -> None:
        one = np.array([slot])
        if not self._passing(one)[0]:
            return
        keys, key = self._keys(self.rows), self._keys(one)[0]
        if self._order == Qt.SortOrder.AscendingOrder:
            row = int(np.searchsorted(keys, key, side="right"))
        else:
            row = len(keys) - int(np.searchsorted(keys[::-1], key, side="right"))
        self.beginInsertRows(QModelIndex(), row, row)
        self.rows = np.insert(self.rows, row, slot)
        self.endInsertRows()

    def _sum(self) -> None:
        self._total = int(self._facts.count[self._facts.slots()].sum())

    def _refigure(self) -> None:
        """Show new figures in the same order: rows must not jump under the pointer."""
        if len(self.rows):
            last = self.index(len(self.rows) - 1, COLUMNS - 1)
            self.dataChanged.emit(self.index(0, 0), last, [])

    def _settle(self) -> None:
        """Bring in order what is sorted or filtered by figures that were not known."""
        if self.filter.warned or self._column in {AREA, WARNING}:
            slots = self._facts.slots()
            slots = slots[self._passing(slots)]
            same = len(slots) == len(self.rows) and bool(np.isin(slots, self.rows).all())
            if not same or not self._in_order(self._keys(self.rows)):
                self.refresh()


def column_title(column: int) -> str:
    """Return the title of a column."""
    return (
        translate("Swath", "Warnings"),
        translate("Swath", "Class"),
        translate("Swath", "Area"),
        translate("Swath", "Pixels"),
        translate("Swath", "Share"),
        translate("Swath", "Image"),
        translate("Swath", "Time"),
    )[column]
