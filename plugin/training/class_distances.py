"""Solid and blur distance by class: for labels that are points or lines. One row sets all classes at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QPixmap
from qgis.PyQt.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ...engine.classes import ClassInfo
from ...i18n import translate
from ..forms.form_parts import Note

_FARTHEST_PX = 1000.0
_MOST_CLASSES = 60
_ALL = 0
_SWATCH_PX, _SPIN_PX = 10, 70
_COLUMNS = 3


class ClassDistances(QWidget):
    """A table of three distances in pixels for each class: solid, and the least and greatest blur."""

    valuesChanged = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spins: dict[int, tuple[QDoubleSpinBox, ...]] = {}
        self._classes: tuple[ClassInfo, ...] = ()
        self._waiting: tuple[str, str] | None = None  # for classes that are not known yet
        self._table = QWidget()
        note = translate(
            "Swath",
            "How far around points and lines pixels are of their class, and how far they fade out beyond, in pixels. "
            "Only for labels of points or lines.",
        )
        self._note = Note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._note)
        layout.addWidget(self._table)
        self._note.say(note)
        self.set_classes(())

    def set_classes(self, classes: Sequence[ClassInfo]) -> None:
        """Show a row for each class; distances of classes that stay are kept."""
        if tuple(classes) == self._classes and self.spins:
            return
        before = {value: [spin.value() for spin in row] for value, row in self.spins.items()}
        self._classes = tuple(classes)
        self.layout().removeWidget(self._table)
        self._table.deleteLater()
        self._table = QWidget()
        grid = QGridLayout(self._table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(3)
        heads = (translate("Swath", "solid"), translate("Swath", "blur from"), translate("Swath", "to"))
        for number, text in enumerate(heads):
            head = QLabel(text)
            head.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(head, 0, number + 1)
        self.spins = {}
        self._add(grid, 1, _ALL, translate("Swath", "Set all to the same value"), None)
        shown = self._classes if len(self._classes) <= _MOST_CLASSES else ()
        for number, item in enumerate(shown):
            self._add(grid, number + 2, item.value, item.name, item)
        grid.setColumnStretch(0, 1)
        self.layout().addWidget(self._table)
        for value, numbers in before.items():
            for spin, number in zip(self.spins.get(value, ()), numbers):
                spin.blockSignals(True)
                spin.setValue(number)
                spin.blockSignals(False)
        if self._waiting is not None and self._classes:
            self.set_texts(*self._waiting)

    def _add(self, grid: QGridLayout, row: int, value: int, name: str, item: ClassInfo | None) -> None:
        grid.addWidget(_named(name, item), row, 0)
        spins = []
        for column in range(_COLUMNS):
            spin = QDoubleSpinBox()
            spin.setRange(0.0, _FARTHEST_PX)
            spin.setDecimals(1)
            spin.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
            spin.setAlignment(Qt.AlignmentFlag.AlignRight)
            spin.setFixedWidth(_SPIN_PX)
            spin.setAccessibleName(f"{name} {column + 1}")
            spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            spin.valueChanged.connect(lambda number, value=value, column=column: self._change(value, column, number))
            grid.addWidget(spin, row, column + 1)
            spins.append(spin)
        self.spins[value] = tuple(spins)

    def _change(self, value: int, column: int, number: float) -> None:
        """Take a change; of the first row for all classes, and the greatest blur is never below the least."""
        self._waiting = None
        for key in list(self.spins) if value == _ALL else [value]:
            row = self.spins[key]
            for spin, wanted in _settled(row, column, number):
                spin.blockSignals(True)
                spin.setValue(wanted)
                spin.blockSignals(False)
        self.valuesChanged.emit()

    def texts(self) -> dict[str, str]:
        """Return SOLID_DISTANCE and BLUR_DISTANCE as the algorithm takes them; "" where all is 0."""
        if self._waiting is not None:
            return dict(zip(("SOLID_DISTANCE", "BLUR_DISTANCE"), self._waiting))
        rows = {value: [spin.value() for spin in row] for value, row in self.spins.items()}
        every = rows.pop(_ALL)
        rows = rows or {_ALL: every}
        solid = {value: row[:1] for value, row in rows.items()}
        blur = {value: row[1:] for value, row in rows.items()}
        return {"SOLID_DISTANCE": _joined(solid), "BLUR_DISTANCE": _joined(blur)}

    def set_texts(self, solid: str, blur: str) -> None:
        """Show distances as :meth:`texts` gives them; classes go by value or name, and may come later."""
        self._waiting = None if self._classes else (solid, blur)
        for text, first, count in ((solid, 0, 1), (blur, 1, 2)):
            found = self._parsed(text, count)
            for value, row in self.spins.items():
                for spin, number in zip(row[first : first + count], found.get(value, found.get(_ALL, [0.0] * count))):
                    spin.blockSignals(True)
                    spin.setValue(number)
                    spin.blockSignals(False)

    def _parsed(self, text: str, count: int) -> Mapping[int, list[float]]:
        names = {item.name.casefold(): item.value for item in self._classes}
        found: dict[int, list[float]] = {}
        for part in filter(None, (item.strip() for item in text.split(";"))):
            words = re.split(r"[\s,]+", part)
            try:
                numbers = [float(word) for word in words[-count:]]
            except ValueError:
                continue
            name = " ".join(words[:-count]).strip("'\"")
            value = _ALL if name in {"", "*"} else names.get(name.casefold(), int(name) if name.isdecimal() else -1)
            found[value] = numbers
        return found


def _settled(row: tuple[QDoubleSpinBox, ...], column: int, number: float) -> list[tuple[QDoubleSpinBox, float]]:
    """Return what else a change sets: the spin box itself in other rows, and the other end of the blur."""
    changes = [(row[column], number)]
    if column == 1 and row[2].value() < number:
        changes.append((row[2], number))
    if column == 2 and row[1].value() > number:
        changes.append((row[1], number))
    return changes


def _joined(rows: Mapping[int, Sequence[float]]) -> str:
    """Return distances by class as text: one for all where they are alike."""
    if not any(number for row in rows.values() for number in row):
        return ""
    if len({tuple(row) for row in rows.values()}) == 1:
        return " ".join(f"{number:g}" for number in next(iter(rows.values())))
    return ";".join(f"{value} " + " ".join(f"{number:g}" for number in row) for value, row in rows.items())


def _named(name: str, item: ClassInfo | None) -> QWidget:
    held = QWidget()
    row = QHBoxLayout(held)
    row.setContentsMargins(0, 0, 0, 0)
    label = QLabel(name)
    label.setToolTip(name)
    label.setMinimumWidth(30)
    if item is None:
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        label.setWordWrap(True)
    else:
        swatch, square = QLabel(), QPixmap(_SWATCH_PX, _SWATCH_PX)
        square.fill(QColor(*item.color))
        swatch.setPixmap(square)
        row.addWidget(swatch)
    row.addWidget(label, 1)
    return held
