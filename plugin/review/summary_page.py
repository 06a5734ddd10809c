"""The end of a review: what became of the places, and the ways on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QFont
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...i18n import translate
from ..labeling.class_icons import no_icon, swatch
from .candidates import ACCEPTED, CORRECTED, OPEN, SKIPPED, Candidate, Look, class_name

_MOST_ROWS_SHOWN = 9


class SummaryPage(QWidget):
    """Shows a confusion of what the model said and what it was, and asks for the next step."""

    exportAsked = pyqtSignal()
    tuneAsked = pyqtSignal()
    backAsked = pyqtSignal()
    againAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head, self.counts, self.note = QLabel(), QLabel(), QLabel()
        self.table = QTableWidget(0, 3)
        self.export = QPushButton(translate("Swath", "Export again with the new samples"))
        self.tune = QPushButton(translate("Swath", "Fine-tune the model"))
        self.back = QPushButton(translate("Swath", "Back to the places"))
        self.again = QPushButton(translate("Swath", "Look for other places"))
        self._lay_out()

    def show_places(self, candidates: Sequence[Candidate], note: str, *, can_tune: bool) -> None:
        """Show what became of places; ``note`` is a remark below, ``can_tune`` whether a model is known."""
        states = Counter(item.state for item in candidates)
        left = states[OPEN]
        head = translate("Swath", "All places are reviewed") if not left else translate("Swath", "{n} places are left")
        self.head.setText(head.format(n=left))
        text = translate("Swath", "{accepted} accepted, {corrected} corrected, {skipped} skipped")
        counts = text.format(accepted=states[ACCEPTED], corrected=states[CORRECTED], skipped=states[SKIPPED])
        pairs = confusion(candidates)
        judged = sum(count for *_looks, count in pairs)
        if judged:
            right = sum(count for said, decided, count in pairs if class_name(said) == class_name(decided))
            share = round(100 * right / judged)
            counts += "\n" + translate("Swath", "The model was right in {share} % of them.").format(share=share)
        self.counts.setText(counts)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self._fill(pairs)
        self.tune.setEnabled(can_tune)
        self.tune.setToolTip(
            translate("Swath", "Train the last model further, with the chips of the new samples")
            if can_tune
            else translate("Swath", "Train a model first: none is known in this project")
        )

    def _fill(self, pairs: Sequence[tuple[Look | None, Look, int]]) -> None:
        self.table.setRowCount(len(pairs))
        self.table.setVisible(bool(pairs))
        for row, (said, decided, count) in enumerate(pairs):
            right = class_name(said).casefold() == class_name(decided).casefold()
            for column, look in enumerate((said, decided)):
                item = QTableWidgetItem(class_name(look))
                item.setIcon(swatch(look.color) if look is not None and look.color else no_icon())
                self.table.setItem(row, column, item)
            number = QTableWidgetItem(str(count))
            number.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, 2, number)
            if not right:
                font = QFont(self.font())
                font.setBold(True)
                for column in range(3):
                    self.table.item(row, column).setFont(font)
        rows = min(len(pairs), _MOST_ROWS_SHOWN)
        height = (
            self.table.horizontalHeader().sizeHint().height() + rows * self.table.verticalHeader().defaultSectionSize()
        )
        self.table.setFixedHeight(height + 4)

    def _lay_out(self) -> None:
        font = QFont(self.font())
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.3)
        self.head.setFont(font)
        for label in (self.head, self.counts, self.note):
            label.setWordWrap(True)
        self.table.setHorizontalHeaderLabels(
            [translate("Swath", "Model"), translate("Swath", "You"), translate("Swath", "Places")]
        )
        header = self.table.horizontalHeader()
        for column in (0, 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setAccessibleName(translate("Swath", "What the model said and what it was"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.head, self.counts, self.table, self.note):
            layout.addWidget(widget)
        layout.addSpacing(6)
        for button, signal in (
            (self.export, self.exportAsked),
            (self.tune, self.tuneAsked),
            (self.again, self.againAsked),
            (self.back, self.backAsked),
        ):
            button.clicked.connect(lambda _checked, signal=signal: signal.emit())
            layout.addWidget(button)
        layout.addStretch(1)


def confusion(candidates: Sequence[Candidate]) -> list[tuple[Look | None, Look, int]]:
    """Return what the model said, what the user said, and how often; the most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    looks: dict[tuple[str, str], tuple[Look | None, Look]] = {}
    for item in candidates:
        if item.decided is None or item.state == SKIPPED:
            continue
        key = class_name(item.said).casefold(), class_name(item.decided).casefold()
        counts[key] += 1
        looks.setdefault(key, (item.said, item.decided))
    return [(*looks[key], count) for key, count in counts.most_common()]
