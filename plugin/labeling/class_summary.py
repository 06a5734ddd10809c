"""The samples of each class in one line: how many, how large, which share; the chosen line filters the table below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from qgis.PyQt.QtGui import QFont

from ...i18n import translate
from .class_icons import no_icon, swatch
from .sample_facts import SampleFacts
from .sample_texts import area_text, number_text, share_text

if TYPE_CHECKING:
    from .store import SampleStore

NAME, COUNT, AREA, PIXELS, SHARE = range(5)


@dataclass(frozen=True)
class ClassTotals:
    """Sums over the samples of one class (``value`` None: of all); ``area`` in square metres, NaN while unknown."""

    value: int | None
    name: str
    color: str
    count: int
    area: float
    pixels: int


def class_totals(store: SampleStore, facts: SampleFacts, image: str | None = None) -> list[ClassTotals]:
    """Return the sums of all classes of the schema in its order, then of values it does not know."""
    slots = facts.slots()
    if image is not None:
        number = facts.images.index(image) if image in facts.images else -1
        slots = slots[facts.image[slots] == number]
    found, where = np.unique(facts.value[slots], return_inverse=True)
    where = where.reshape(-1)
    counts = np.bincount(where, minlength=len(found))
    areas = np.bincount(where, facts.area[slots], minlength=len(found))
    pixels = np.bincount(where, facts.count[slots], minlength=len(found))
    sums = {int(v): (int(c), float(a), int(p)) for v, c, a, p in zip(found, counts, areas, pixels)}
    classes = [(entry.value, entry.name, entry.color) for entry in store.schema.classes()]
    known = {value for value, _, _ in classes}
    classes += [(value, str(value), "") for value in sums if value not in known]
    return [ClassTotals(value, name, color, *sums.get(value, (0, 0.0, 0))) for value, name, color in classes]


class ClassSummary(QAbstractTableModel):
    """One row for all classes, then one for each."""

    def __init__(self, store: SampleStore, facts: SampleFacts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._facts = store, facts
        self.image: str | None = None
        self.totals: list[ClassTotals] = []
        self.refresh()

    def refresh(self) -> None:
        """Sum anew; rows stay where classes stay."""
        totals = class_totals(self._store, self._facts, self.image)
        whole = ClassTotals(
            None,
            translate("Swath", "All classes"),
            "",
            sum(item.count for item in totals),
            sum(item.area for item in totals),
            sum(item.pixels for item in totals),
        )
        totals = [whole, *totals]
        if [item.value for item in totals] == [item.value for item in self.totals]:
            self.totals = totals
            self.dataChanged.emit(self.index(0, 0), self.index(len(totals) - 1, SHARE), [])
            return
        self.beginResetModel()
        self.totals = totals
        self.endResetModel()

    def row_of(self, value: int | None) -> int:
        """Return the row of a class; that of all where it is not there."""
        return next((row for row, item in enumerate(self.totals) if item.value == value), 0)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt names it
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.totals)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt names it
        """Return the number of columns."""
        return 0 if parent.isValid() else SHARE + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            translate("Swath", "Class"),
            translate("Swath", "Samples"),
            translate("Swath", "Area"),
            translate("Swath", "Pixels"),
            translate("Swath", "Share"),
        )[section]

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid() or index.row() >= len(self.totals):
            return None
        item, column = self.totals[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(item, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column != NAME:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole and item.value is None:
            font = QFont()
            font.setBold(True)
            return font
        return self._name(item, role) if column == NAME else None

    @staticmethod
    def _name(item: ClassTotals, role: int) -> Any:
        if role == Qt.ItemDataRole.ToolTipRole:
            return item.name
        if role == Qt.ItemDataRole.DecorationRole and item.value is not None:
            return swatch(item.color) if item.color else no_icon()
        return None

    def _text(self, item: ClassTotals, column: int) -> str:
        if column == NAME:
            return item.name
        if column == COUNT:
            return number_text(item.count)
        if column == AREA:
            return area_text(item.area) if item.count else "–"
        if column == PIXELS:
            return number_text(item.pixels) if item.pixels else "–"
        return share_text(item.pixels, self.totals[0].pixels)
