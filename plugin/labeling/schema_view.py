"""The view of the tree of classes: keys, colour by double click, rows moved by the mouse."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QItemSelectionModel, QModelIndex, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from .schema_changes import Ref
from .schema_model import COUNT, KEY, NAME, VALUE, SchemaModel
from .schema_nodes import Path

_MARGIN_PX = 4
_INDENT_PX, _NARROW_PX = 16, 300
_STEPS = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "out",
    Qt.Key.Key_Right: "in",
}


class SchemaView(QTreeView):
    """Shows a SchemaModel and keeps what is chosen and open when the schema changes."""

    keyPressed = pyqtSignal(str)  # the key of an action: "add", "remove", "edit"
    numberPressed = pyqtSignal(int)  # 1 to 9
    stepAsked = pyqtSignal(str)  # "up", "down", "out" of a group or "in"
    colorAsked = pyqtSignal(object)  # a class value
    chosen = pyqtSignal(object)  # the row that was gone to: a class value or the path of a group

    def __init__(self, model: SchemaModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._folded: set[Path] = set()
        self._busy = False
        self.setModel(model)
        self.setUniformRowHeights(True)
        self.setIndentation(_INDENT_PX)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.EditKeyPressed | triggers.DoubleClicked)
        self.setExpandsOnDoubleClick(False)  # which renames
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(24)
        header.setResizeContentsPrecision(0)  # only what is seen: a schema may have a thousand classes
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (VALUE, COUNT, KEY):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.collapsed.connect(lambda index: self._fold(index, True))
        self.expanded.connect(lambda index: self._fold(index, False))
        self.selectionModel().currentChanged.connect(self._go)

    def show_schema(self, show: Any) -> None:
        """Call ``show``, which changes the model's tree, and choose and open again what was before."""
        current, selected = self.current_ref(), self.selected_refs()
        self._busy = True
        show()
        self.expandAll()
        for path in self._folded & {*self._model.schema.groups()}:
            self.collapse(self._model.index_of(path))
        self._busy = False
        self._select(current, selected)

    def current_ref(self) -> Ref | None:
        """Return the class or group with the focus."""
        return self._model.ref(self.currentIndex())

    def selected_refs(self) -> list[Ref]:
        """Return the selected classes and groups in the order of the tree."""
        rows = [index for index in self.selectionModel().selectedRows() if index.isValid()]
        refs = [self._model.ref(index) for index in sorted(rows, key=_place)]
        return [ref for ref in refs if ref is not None]

    def choose(self, ref: Ref | None) -> None:
        """Go to a class or group, and select it alone."""
        if ref != self.current_ref() or self.selected_refs() != [ref]:
            self._select(ref, [] if ref is None else [ref])

    def rename(self, ref: Ref) -> None:
        """Go to a class or group, and let its name be typed."""
        self.choose(ref)
        self.setFocus()
        self.edit(self._model.index_of(ref))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room of a very narrow dock to the names."""
        self.setColumnHidden(VALUE, self.width() < _NARROW_PX)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Know the keys of the tree; other keys search in it."""
        key, alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        actions = {Qt.Key.Key_Insert: "add", Qt.Key.Key_Delete: "remove"}
        actions |= {Qt.Key.Key_Return: "edit", Qt.Key.Key_Enter: "edit"}
        if alt and key in _STEPS:
            self.stepAsked.emit(_STEPS[key])
        elif plain and key in actions:
            self.keyPressed.emit(actions[key])
        elif plain and Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.numberPressed.emit(key - Qt.Key.Key_0)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for a colour on the swatch of a class, for all of the class on its numbers; rename elsewhere."""
        index = self.indexAt(event.pos())
        ref = self._model.ref(index)
        icon = self.iconSize().width() if self.iconSize().isValid() else 16
        on_swatch = index.column() == NAME and event.pos().x() < self.visualRect(index).left() + icon + _MARGIN_PX
        if isinstance(ref, int) and on_swatch:
            self.colorAsked.emit(ref)
        elif isinstance(ref, int) and index.column() != NAME:
            self.keyPressed.emit("edit")
        else:
            super().mouseDoubleClickEvent(event)

    def _select(self, current: Ref | None, selected: list[Ref]) -> None:
        model, selection = self._model, self.selectionModel()
        flags = QItemSelectionModel.SelectionFlag
        selection.clearSelection()
        selection.setCurrentIndex(model.index_of(current), flags.NoUpdate)
        for ref in selected:
            if (index := model.index_of(ref)).isValid():
                selection.select(index, flags.Select | flags.Rows)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def _go(self, index: QModelIndex, _before: QModelIndex) -> None:
        ref = self._model.ref(index)
        if ref is not None and not self._busy:
            self.chosen.emit(ref)

    def _fold(self, index: QModelIndex, folded: bool) -> None:
        path = self._model.ref(index)
        if isinstance(path, tuple) and not self._busy:
            (self._folded.add if folded else self._folded.discard)(path)


def _place(index: QModelIndex) -> list[int]:
    """Return the rows that lead to an index, which sort as the tree is drawn."""
    rows: list[int] = []
    while index.isValid():
        rows.insert(0, index.row())
        index = index.parent()
    return rows
