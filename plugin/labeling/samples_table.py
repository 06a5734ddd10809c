"""The table of samples: its selection is the store's, in both directions, and keys act on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qgis.PyQt.QtCore import QByteArray, QEvent, QItemSelectionModel, QPoint, QRectF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QTextOption
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from ...i18n import translate
from .samples_actions import SampleActions
from .samples_model import AREA, CLASS, IMAGE, PIXELS, SHARE, TIME, WARNING, SamplesModel, column_title

if TYPE_CHECKING:
    from .store import SampleStore

_WIDTHS = {WARNING: 26, CLASS: 112, AREA: 76, PIXELS: 60, SHARE: 56, IMAGE: 120, TIME: 136}


class SamplesTable(QTableView):
    """Shows a SamplesModel."""

    selectedChanged = pyqtSignal()

    def __init__(self, actions: SampleActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("swathSamplesTable")
        self.setAccessibleName(translate("Swath", "Samples"))
        self._actions = actions
        self._store: SampleStore | None = None
        self._following, self._look = False, QByteArray()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.doubleClicked.connect(lambda _index: actions.zoom_to())
        actions.step.connect(self.step)
        rows, head = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 6)
        head.setMinimumSectionSize(24)
        head.setHighlightSections(False)
        head.setSectionsMovable(False)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._choose_columns)

    def show_samples(self, store: SampleStore | None, model: SamplesModel | None) -> None:
        """Show the samples of a store, or nothing."""
        if self._store is not None:
            self._store.selectionChanged.disconnect(self.pull)
        earlier = self.selectionModel()
        self._look = self.look()
        self._store = store
        self.setSortingEnabled(False)
        self.setModel(model)
        if earlier is not None:
            earlier.deleteLater()
        if store is None or model is None:
            return
        head = self.horizontalHeader()
        if not self._look or not head.restoreState(self._look):
            for column, width in _WIDTHS.items():
                self.setColumnWidth(column, width)
        head.setSortIndicator(TIME, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        # Qt's header looks through the whole selection at each painting: give it an empty one.
        head.setSelectionModel(QItemSelectionModel(model, model))
        store.selectionChanged.connect(self.pull)
        model.shownChanged.connect(self.pull)
        self.selectionModel().selectionChanged.connect(self._push)
        self.pull()

    def look(self) -> QByteArray:
        """Return how wide columns are and which are hidden."""
        return self.horizontalHeader().saveState() if self.model() is not None else self._look

    def set_look(self, look: QByteArray) -> None:
        """Look as before, now or when there are samples."""
        self._look = look
        if self.model() is not None:
            self.horizontalHeader().restoreState(look)

    # --- selection ---------------------------------------------------------------------------

    def shown_selection(self) -> list[int]:
        """Return the fids of the rows that are selected."""
        rows: list[int] = []
        for part in self.selectionModel().selection():
            rows += range(part.top(), part.bottom() + 1)
        return self.model().fids(sorted(rows))

    def pull(self) -> None:
        """Select the rows of what the store has selected, and bring the first into view where none is."""
        model, store = self.model(), self._store
        if model is None or store is None or self._following:
            return
        rows = model.rows_of(store.selected)
        self._following = True
        # A view that updates works out where each of a thousand ranges lies; painted once is quicker.
        self.setUpdatesEnabled(False)
        try:
            self.selectionModel().select(model.selection_of(rows), QItemSelectionModel.SelectionFlag.ClearAndSelect)
            if len(rows):
                self._reveal(rows)
        finally:
            self._following = False
            self.setUpdatesEnabled(True)
        self.selectedChanged.emit()

    def _reveal(self, rows: np.ndarray) -> None:
        model, current = self.model(), self.currentIndex().row()
        if current not in rows:
            index = model.index(int(rows[0]), CLASS)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        top, bottom = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        bottom = model.rowCount() - 1 if bottom < 0 else bottom
        if not ((rows >= top) & (rows <= bottom)).any():
            self.scrollTo(model.index(int(rows[0]), CLASS), QAbstractItemView.ScrollHint.PositionAtCenter)

    def _push(self, *_changed: Any) -> None:
        if self._following or self._store is None:
            return
        self._following = True
        try:
            self._store.select(self.shown_selection())
        finally:
            self._following = False
        self.selectedChanged.emit()

    def step(self, by: int) -> None:
        """Go to the next row (1) or the one before (-1), round at the ends, and show its sample on the map."""
        model = self.model()
        count = model.rowCount() if model is not None else 0
        if not count:
            return
        current = self.currentIndex().row()
        row = (current + by) % count if current >= 0 and self._store.selected else (0 if by > 0 else count - 1)
        self.selectRow(row)
        index = model.index(row, CLASS)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self._actions.go_to()

    # --- keys and menus ----------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep our keys from the shortcuts of the main window."""
        if event.type() == QEvent.Type.ShortcutOverride and _plain(event) and self._actions.takes(event.key()):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Act on the selection; other keys move in the table."""
        if _plain(event):
            if event.key() == Qt.Key.Key_C and self._actions.change.isEnabled():
                place = self.visualRect(self.currentIndex()).bottomLeft()
                self._actions.menu.popup(self.viewport().mapToGlobal(place))
                return
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._actions.zoom_to()
                return
            if self._actions.press(event.key()):
                return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows; where there are none, why."""
        super().paintEvent(event)
        if self._store is None or self.model() is None or self.model().rowCount():
            return
        if self._store.samples:
            text = translate("Swath", "The filter hides all samples.")
        else:
            text = translate("Swath", "No samples yet: choose a tool above and draw the first one on the map.")
        painter = QPainter(self.viewport())
        painter.setPen(self.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text))
        place = QRectF(self.viewport().rect().adjusted(12, 0, -12, 0))
        painter.drawText(place, text, QTextOption(Qt.AlignmentFlag.AlignCenter))

    def keyboardSearch(self, _text: str) -> None:
        """Do not jump to rows by letters: letters are actions here."""

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        for action in self._actions.all:
            if action in {self._actions.change, self._actions.delete}:
                menu.addSeparator()
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(place))

    def _choose_columns(self, place: QPoint) -> None:
        menu = QMenu(self)
        for column in (WARNING, AREA, PIXELS, SHARE, IMAGE, TIME):
            action = menu.addAction(column_title(column))
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.toggled.connect(lambda shown, column=column: self.setColumnHidden(column, not shown))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(place))


def _plain(event: QKeyEvent) -> bool:
    """Tell whether no modifier is held (but for those of a number pad)."""
    return not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
