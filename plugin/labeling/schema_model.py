"""The classes as a tree for a view: name with colour, value, number of samples, key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFont

from ...i18n import translate
from .class_icons import swatch
from .sample_texts import number_text
from .schema import ClassEntry, ClassGroup, Schema
from .schema_changes import Ref, ref_of
from .schema_nodes import Path

NAME, VALUE, COUNT, KEY = range(4)
KEYS = 9  # classes that have a key of their own
_MIME = "application/x-swath-classes"


@dataclass
class _Item:
    """One row: a class or a group, and where it is. ``number`` is never used twice, so that stale indexes are told."""

    number: int
    node: ClassEntry | ClassGroup
    ref: Ref
    row: int
    parent: _Item | None
    children: list[_Item] = field(default_factory=list)


class SchemaModel(QAbstractItemModel):
    """Shows a schema; asks for changes by signals, because the samples hold the schema."""

    renameAsked = pyqtSignal(object, str)  # what to rename, and how
    moveAsked = pyqtSignal(object, object, object)  # a list of what to move, the path of a group, an index or None

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.schema = Schema()
        self._counts: Mapping[int, int] = {}
        self._current: int | None = None
        self._next = 1
        self._items: dict[int, _Item] = {}
        self._by_ref: dict[Ref, _Item] = {}
        self._top: list[_Item] = []
        self._keys: dict[int, int] = {}

    def show(self, schema: Schema) -> None:
        """Show another schema."""
        self.beginResetModel()
        self.schema = schema
        self._items, self._by_ref = {}, {}
        self._top = self._made(schema.children, (), None)
        self._keys = {entry.value: place for place, entry in enumerate(schema.classes()[:KEYS], 1)}
        self.endResetModel()

    def show_counts(self, counts: Mapping[int, int]) -> None:
        """Show other numbers of samples, by class value."""
        if counts != self._counts:
            self._counts = counts
            self._changed(COUNT)

    def show_current(self, value: int | None) -> None:
        """Mark the class that new samples get."""
        if value != self._current:
            self._current = value
            self._changed(NAME)

    def ref(self, index: QModelIndex) -> Ref | None:
        """Return the class value or the path of the group of a row."""
        item = self._items.get(index.internalId()) if index.isValid() else None
        return item.ref if item else None

    def index_of(self, ref: Ref | None) -> QModelIndex:
        """Return the index of a class or group; an invalid one where it is not there."""
        item = self._by_ref.get(ref) if ref is not None else None
        return self.createIndex(item.row, NAME, item.number) if item else QModelIndex()

    # --- what Qt asks ------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: QModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a row."""
        rows = self._rows(parent)
        return self.createIndex(row, column, rows[row].number) if 0 <= row < len(rows) else QModelIndex()

    def parent(self, index: QModelIndex | None = None) -> Any:
        """Return the index of the group that a row lies in; without an index, the object that owns the model."""
        if index is None:
            return QObject.parent(self)
        item = self._items.get(index.internalId()) if index.isValid() else None
        above = item.parent if item else None
        return self.createIndex(above.row, NAME, above.number) if above else QModelIndex()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows in a group."""
        return len(self._rows(parent)) if parent.column() <= NAME else 0

    def columnCount(self, _parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return 4."""
        return 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role == Qt.ItemDataRole.ToolTipRole and section == KEY:
            return translate("Swath", "The key that chooses the class while you draw")
        titles = (
            translate("Swath", "Class"),
            translate("Swath", "Value"),
            translate("Swath", "Samples"),
            translate("Swath", "Key"),
        )
        return titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        item = self._items.get(index.internalId()) if index.isValid() else None
        if item is None:
            return None
        if role == Qt.ItemDataRole.EditRole:
            return item.node.name
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(item, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return self._look(item, role) if index.column() == NAME else None

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for another name; the schema, and with it the row, changes where that is possible."""
        ref = self.ref(index)
        if role != Qt.ItemDataRole.EditRole or ref is None:
            return False
        self.renameAsked.emit(ref, str(value))
        return True

    def flags(self, index: QModelIndex) -> Any:
        """Let rows be chosen, dragged and renamed, and groups take others."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        if index.column() == NAME:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags | Qt.ItemFlag.ItemIsDropEnabled if isinstance(self.ref(index), tuple) else flags

    def supportedDropActions(self) -> Any:
        """Move, never copy: values and names are unique."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Return the only kind of data that may be dropped: rows of this tree."""
        return [_MIME]

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        """Return what is dragged, in the order of the tree."""
        wanted = {self.ref(index) for index in indexes}
        data = QMimeData()
        refs = [ref for ref in self._by_ref if ref in wanted]
        data.setData(_MIME, json.dumps([id(self), *refs]).encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, _column: int, parent: QModelIndex) -> bool:
        """Ask to move what was dragged; the samples then bring the new tree."""
        if action != Qt.DropAction.MoveAction or not data.hasFormat(_MIME):
            return False
        owner, *listed = json.loads(bytes(data.data(_MIME)).decode())
        group = self.ref(parent) if parent.isValid() else ()
        refs = [tuple(item) if isinstance(item, list) else item for item in listed]
        if owner != id(self) or not isinstance(group, tuple) or not all(ref in self._by_ref for ref in refs):
            return False
        self.moveAsked.emit(refs, group, row if row >= 0 else None)
        return True

    # --- parts -------------------------------------------------------------------------------

    def _made(self, nodes: tuple[ClassEntry | ClassGroup, ...], group: Path, parent: _Item | None) -> list[_Item]:
        made = []
        for row, node in enumerate(nodes):
            item = _Item(self._next, node, ref_of(node, group), row, parent)
            self._next += 1
            self._items[item.number] = self._by_ref[item.ref] = item
            if isinstance(node, ClassGroup):
                item.children = self._made(node.children, (*group, node.name), item)
            made.append(item)
        return made

    def _rows(self, parent: QModelIndex) -> list[_Item]:
        if not parent.isValid():
            return self._top
        item = self._items.get(parent.internalId())
        return item.children if item else []

    def _text(self, item: _Item, column: int) -> str:
        if column == NAME:
            return item.node.name
        if column == COUNT:
            return number_text(self._count(item))
        if isinstance(item.node, ClassGroup):
            return ""
        if column == VALUE:
            return str(item.node.value)
        return str(self._keys.get(item.node.value, ""))

    def _look(self, item: _Item, role: int) -> Any:
        """Return the colour, the description, or the bold letters of the class that new samples get."""
        if role == Qt.ItemDataRole.DecorationRole:
            return swatch(item.node.color) if isinstance(item.node, ClassEntry) else _folder()
        if role == Qt.ItemDataRole.ToolTipRole:
            # Texts come from files, too: no tags, and long ones in several lines.
            return f"<qt>{escape(getattr(item.node, 'description', '') or item.node.name)}</qt>"
        if role == Qt.ItemDataRole.FontRole and item.ref == self._current:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _count(self, item: _Item) -> int:
        """Return the number of samples of a class, or of all classes of a group."""
        if isinstance(item.node, ClassEntry):
            return self._counts.get(item.node.value, 0)
        return sum(self._count(child) for child in item.children)

    def _changed(self, column: int) -> None:
        """Tell that a column shows something else, group by group."""
        for rows in [self._top, *(item.children for item in self._items.values() if item.children)]:
            if rows:
                first, last = rows[0], rows[-1]
                top = self.createIndex(first.row, column, first.number)
                self.dataChanged.emit(top, self.createIndex(last.row, column, last.number))


def _alignment(column: int) -> int:
    """Return where the text of a column stands: numbers at the right."""
    side = Qt.AlignmentFlag.AlignLeft if column == NAME else Qt.AlignmentFlag.AlignRight
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _folder() -> Any:
    return QgsApplication.getThemeIcon("/mIconFolder.svg")
