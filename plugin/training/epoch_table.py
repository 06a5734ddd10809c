"""The table of a run, a row an epoch, and the table of the classes at the best one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFont, QPainter, QPalette
from qgis.PyQt.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from ...i18n import translate
from ..forms.run_panel import time_text
from .chart_scale import short_number
from .run_texts import measure_name, measures
from .theme import mixed, series_color

# The share of a cell that a bar fills, 0 to 1.
SHARE_ROLE = Qt.ItemDataRole.UserRole + 1
COLOR_ROLE = Qt.ItemDataRole.UserRole + 2
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Cell = tuple[str, Any]


class EpochModel(QAbstractTableModel):
    """Epochs with their losses and measures, the newest at the bottom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._epochs: list[dict[str, Any]] = []
        self._columns: list[str] = []
        self._best = 0

    def set_epochs(self, epochs: Sequence[dict[str, Any]], headline: str, best: int) -> None:
        """Show these epochs; only new ones are added where the others are the same."""
        names = ["epoch", "train_loss"]
        names += ["valid_loss"] if any("valid_loss" in item for item in epochs[-1:]) else []
        names += [*measures(epochs, headline), "learning_rate", "seconds"]
        known = len(self._epochs)
        if names != self._columns or epochs[:known] != self._epochs or len(epochs) < known:
            self.beginResetModel()
            self._epochs, self._columns = list(epochs), names if epochs else []
            self.endResetModel()
        elif len(epochs) > known:
            self.beginInsertRows(QModelIndex(), known, len(epochs) - 1)
            self._epochs.extend(epochs[known:])
            self.endInsertRows()
        if best != self._best:
            self._best = best
            if self._epochs:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._epochs) - 1, len(self._columns) - 1))

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own form
        """Return the number of epochs."""
        return 0 if parent.isValid() else len(self._epochs)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of values."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name of a value."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        own = {"epoch": translate("Swath", "epoch"), "seconds": translate("Swath", "time")}
        return own.get(self._columns[section]) or measure_name(self._columns[section])

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a value as text, right-aligned; the best epoch in bold."""
        record, name = self._epochs[index.row()], self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(record, name)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_NUMBER)
        if role == Qt.ItemDataRole.FontRole and record["epoch"] == self._best:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ToolTipRole and record["epoch"] == self._best:
            return translate("Swath", "The best epoch")
        return None

    @staticmethod
    def text(record: dict[str, Any], name: str) -> str:
        """Return a value of an epoch as it is shown."""
        value = record.get(name)
        if not isinstance(value, (int, float)):
            return "–"
        if name == "seconds":
            return time_text(value)
        if name in {"epoch", "learning_rate"}:
            return short_number(float(f"{value:.3g}")) if name == "learning_rate" else str(value)
        return f"{value:.4f}"


class ClassModel(QAbstractTableModel):
    """Classes with their measures at one epoch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: list[dict[str, Any]] = []
        self._columns: dict[str, list[Any]] = {}

    def set_classes(self, classes: Sequence[dict[str, Any]], columns: dict[str, list[Any]]) -> None:
        """Show these classes and measures."""
        if (list(classes), columns) != (self._classes, self._columns):
            self.beginResetModel()
            self._classes, self._columns = list(classes), columns
            self.endResetModel()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of classes."""
        return 0 if parent.isValid() else len(self._classes)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of measures, and one for the name."""
        return 0 if parent.isValid() else len(self._columns) + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name of a measure."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return measure_name(list(self._columns)[section - 1]) if section else translate("Swath", "class")

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a name with its colour, or a measure with the length of its bar."""
        item = self._classes[index.row()]
        if index.column() == 0:
            color = item.get("color")
            values = {
                Qt.ItemDataRole.DisplayRole: str(item.get("name", item.get("value", ""))),
                COLOR_ROLE: QColor(*color[:3]) if isinstance(color, list) else None,
            }
            return values.get(role)
        value = list(self._columns.values())[index.column() - 1][index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return "–" if value is None else str(value) if isinstance(value, int) else f"{value:.3f}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_NUMBER)
        if role == SHARE_ROLE and isinstance(value, float):
            return min(max(value, 0.0), 1.0)
        return None


class BarDelegate(QStyledItemDelegate):
    """Paints a faint bar behind numbers from 0 to 1, and a class's colour before its name."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint a cell."""
        share, color = index.data(SHARE_ROLE), index.data(COLOR_ROLE)
        box = QRectF(option.rect)
        if share is not None:
            ground = option.palette.color(QPalette.ColorRole.Base)
            bar = box.adjusted(2, 3, -2, -3)
            bar.setWidth(bar.width() * share)
            painter.fillRect(bar, mixed(ground, series_color(option.palette, 0), 0.3))
        if color is not None:
            square = QRectF(box.left() + 4, box.center().y() - 5, 10, 10)
            painter.fillRect(square, color)
            option.rect.setLeft(option.rect.left() + 18)
        super().paint(painter, option, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return the size of a cell, with room for the colour."""
        size = super().sizeHint(option, index)
        return QSize(size.width() + 22, size.height()) if index.data(COLOR_ROLE) is not None else size


def table_view(model: QAbstractTableModel, name: str) -> QTableView:
    """Return a view of a table: whole rows, columns as wide as what they hold."""
    view = QTableView()
    view.setModel(model)
    view.setAccessibleName(name)
    view.setItemDelegate(BarDelegate(view))
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setAlternatingRowColors(True)
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 8)
    view.horizontalHeader().setHighlightSections(False)
    # Only what is in view decides on the width: of a thousand epochs the rest takes long.
    view.horizontalHeader().setResizeContentsPrecision(0)
    view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return view
