"""What the chosen chip size would give: chips with samples, of each class, for training and validation."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...i18n import translate
from ..context import DockContext
from .class_icons import no_icon, swatch
from .sample_texts import counted, number_text
from .statistics import ChipQuestion, ChipTask, ImageGrid
from .statistics_chips import MOST_CELLS, ChipCounts, lattice_cells

_WAIT_MS = 350
_SHARE = 0.1


class ChipsPanel(QWidget):
    """Asks in the background when sizes, samples or the image change."""

    tileChanged = pyqtSignal()
    answered = pyqtSignal(object)  # ChipCounts, when they came

    def __init__(self, context: DockContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: ChipTask | None = None
        self.counts: ChipCounts | None = None
        self.tile, self.stride, self.masked = QSpinBox(), QSpinBox(), QCheckBox()
        self.text, self.note = QLabel(), QLabel()
        self.table = QGridLayout()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_WAIT_MS)
        self._later.timeout.connect(self.ask)
        self._lay_out()

    def state(self) -> dict[str, Any]:
        """Return the sizes."""
        return {"tile": self.tile.value(), "stride": self.stride.value()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take the sizes as before."""
        self.tile.setValue(int(state.get("tile", self.tile.value())))
        self.stride.setValue(int(state.get("stride", self.stride.value())))

    def forget(self) -> None:
        """Let go of a question at work: the samples are others."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self.counts is not None:
            self.counts = None
            self._show()

    def ask(self) -> None:
        """Count anew."""
        if not self.isVisible():
            return
        self.forget()
        store = self._context.store
        # Those of no image belong to each, as in the export.
        keys = {"", store.current_image_key} if store is not None else set()
        areas = [area for area in store.areas.values() if area.image in keys] if store is not None else []
        self.masked.setVisible(bool(areas))
        sentence = self._refusal()
        self.text.setText(sentence or translate("Swath", "Counting ..."))
        if sentence or store is None:
            return
        question = ChipQuestion(
            [(sample.value, sample.geometry) for sample in store.samples.values() if sample.image in keys],
            [area.geometry for area in areas] if self.masked.isChecked() else [],
            ImageGrid.of(store.current_image, store, self._context.project),
            self.tile.value(),
            self.stride.value(),
            _SHARE,
        )
        task = ChipTask(question)
        self._task = task  # QGIS deletes a task that nobody holds
        task.answered.connect(lambda counts: self._take(task, counts))
        QgsApplication.taskManager().addTask(task)

    def _refusal(self) -> str:
        """Return why nothing can be counted; "" where it can."""
        store = self._context.store
        if store is None or not store.samples:
            return translate("Swath", "There are no samples to count yet.")
        if store.current_image is None:
            return translate("Swath", "Choose an image under Images: chips are cut from it.")
        grid = ImageGrid.of(store.current_image, store, self._context.project)
        if grid is None:
            return translate(
                "Swath", "This image is a web map without pixels of its own: the cell size of the export decides."
            )
        if self.tile.value() > min(grid.width, grid.height):
            text = translate("Swath", "The image ({width} x {height} pixels) is smaller than a chip: choose less.")
            return text.format(width=number_text(grid.width), height=number_text(grid.height))
        if lattice_cells((grid.width, grid.height), self.tile.value(), self.stride.value()) > MOST_CELLS:
            return translate("Swath", "These would be too many chips to count here: choose a larger stride.")
        return ""

    def _take(self, task: ChipTask, counts: ChipCounts | None) -> None:
        if task is not self._task or sip.isdeleted(self):
            return
        self._task, self.counts = None, counts
        self._show()
        if counts is not None:
            self.answered.emit(counts)

    # --- parts -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for box, value in ((self.tile, 256), (self.stride, 128)):
            box.setRange(16, 4096)
            box.setSingleStep(32)
            box.setValue(value)
            box.setSuffix(translate("Swath", " px"))
            box.setKeyboardTracking(False)
        self.tile.valueChanged.connect(lambda _value: self._resized())
        self.stride.valueChanged.connect(lambda _value: self._later.start())
        self.masked.setText(translate("Swath", "Only inside of the fully labeled areas"))
        self.masked.setChecked(True)
        self.masked.toggled.connect(lambda _on: self._later.start())
        row = QHBoxLayout()
        for text, box in ((translate("Swath", "Chip"), self.tile), (translate("Swath", "Stride"), self.stride)):
            label = QLabel(text)
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box, 1)
        self.text.setWordWrap(True)
        self.note.setWordWrap(True)
        self.note.setText(
            translate(
                "Swath",
                "Estimated: places of the lattice that a sample reaches. Parts without data are not looked at, for "
                "classified tiles the last sliver of a pixel is not either, and training draws its validation part "
                "({share} %, by blocks of ground) by a finer rule.",
            ).format(share=number_text(100 * _SHARE))
        )
        font = self.note.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        self.note.setFont(font)
        self.table.setColumnStretch(1, 1)
        self.table.setHorizontalSpacing(10)
        self.table.setVerticalSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.masked)
        layout.addWidget(self.text)
        layout.addLayout(self.table)
        layout.addWidget(self.note)
        self._show()

    def _resized(self) -> None:
        self.tileChanged.emit()
        self._later.start()

    # --- the answer --------------------------------------------------------------------------

    def _show(self) -> None:
        while self.table.count():
            item = self.table.takeAt(0)
            item.widget().deleteLater()
        counts = self.counts
        self.note.setVisible(counts is not None)
        if counts is None:
            return
        self.text.setText(self._sentence(counts))
        titles = (
            translate("Swath", "Chips"),
            translate("Swath", "Training"),
            translate("Swath", "Validation"),
        )
        for column, title in enumerate(titles, start=2):
            self._cell(0, column, title, bold=True)
        totals = (counts.featured, counts.train, counts.valid)
        self._row(1, translate("Swath", "With samples"), "", totals, bold=True)
        store = self._context.store
        classes = store.schema.classes() if store is not None else []
        known = {entry.value for entry in classes}
        rows = [(entry.value, entry.name, entry.color) for entry in classes]
        rows += [(value, str(value), "") for value in counts.by_class if value not in known]
        for row, (value, name, color) in enumerate(rows, start=2):
            sides = (counts.by_class, counts.train_by_class, counts.valid_by_class)
            self._row(row, name, color, [side.get(value, 0) for side in sides])

    def _sentence(self, counts: ChipCounts) -> str:
        one = translate("Swath", "One of {places} places shows samples.")
        many = translate("Swath", "{count} of {places} places show samples.")
        text = counted(counts.featured, one, many, places=number_text(counts.places))
        if counts.outside:
            one = translate("Swath", "One more reaches beyond the labeled areas and is left out.")
            many = translate("Swath", "{count} more reach beyond the labeled areas and are left out.")
            text += " " + counted(counts.outside, one, many)
        if counts.dropped:
            one = translate("Swath", "One overlaps both parts and is used in neither.")
            many = translate("Swath", "{count} overlap both parts and are used in neither.")
            text += " " + counted(counts.dropped, one, many)
        if counts.featured and not counts.valid:
            text += " " + translate("Swath", "They overlap too much to set some apart for validation.")
        return text

    def _row(self, row: int, name: str, color: str, numbers: Any, *, bold: bool = False) -> None:
        if not bold:
            picture = QLabel()
            picture.setPixmap((swatch(color) if color else no_icon()).pixmap(14, 14))
            self.table.addWidget(picture, row, 0)
        label = self._cell(row, 1, name, bold=bold, left=True)
        label.setMinimumWidth(40)
        for column, number in enumerate(numbers, start=2):
            self._cell(row, column, number_text(number), bold=bold)

    def _cell(self, row: int, column: int, text: str, *, bold: bool = False, left: bool = False) -> QLabel:
        label = QLabel(text)
        if bold:
            font = label.font()
            font.setBold(True)
            label.setFont(font)
        side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
        label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.table.addWidget(label, row, column)
        return label
