"""The samples manager: sums of each class, filters, the table of all samples and what can be done with them."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QByteArray, QSize, Qt, QTimer
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSplitter,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...i18n import translate
from ..context import DockContext
from .class_icons import warning_icon
from .class_summary import AREA, NAME, PIXELS, SHARE, ClassSummary
from .sample_checks import warnings_text
from .sample_facts import SampleFacts
from .sample_texts import image_text, number_text
from .samples_actions import SampleActions
from .samples_model import SampleFilter, SamplesModel
from .samples_table import SamplesTable

_SUM_MS, _TYPE_MS, _QUIET_MS = 60, 180, 12_000


class SamplesPanel(QWidget):
    """Shows the samples of the context's store; ``show_store`` gives it the facts to show."""

    def __init__(self, context: DockContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.actions = SampleActions(context, self)
        self.table = SamplesTable(self.actions)
        self.summary = QTableView()
        self.search, self.image = QLineEdit(), QComboBox()
        self.warned, self.status = QToolButton(), QLabel()
        self.model: SamplesModel | None = None
        self._sums: ClassSummary | None = None
        self._facts: SampleFacts | None = None
        self._only: str | None = None
        self._later, self._typed, self._quiet = QTimer(self), QTimer(self), QTimer(self)
        for timer, wait, slot in (
            (self._later, _SUM_MS, self._sum),
            (self._typed, _TYPE_MS, self._filter),
            (self._quiet, _QUIET_MS, lambda: self.say("")),
        ):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(slot)
        self._lay_out()
        self.actions.done.connect(self.say)
        self.table.selectedChanged.connect(self._tell)

    def show_store(self, facts: SampleFacts | None) -> None:
        """Show the samples of the context's store, of which these are the facts; None: of none."""
        store = self._context.store if facts is not None else None
        self.table.show_samples(None, None)
        for model in (self.model, self._sums):
            if model is not None:
                model.deleteLater()
        self._facts, self.model, self._sums = facts, None, None
        if facts is None or store is None:
            self.summary.setModel(None)
            self._tell()
            return
        self._sums = ClassSummary(store, facts, self)
        self._sums.modelReset.connect(self._choose_class)
        self.summary.setModel(self._sums)
        self.summary.selectionModel().currentRowChanged.connect(lambda *_rows: self._filter())
        self.model = SamplesModel(store, facts, self)
        self.table.show_samples(store, self.model)
        self._choose_class()
        self._fill_images()
        facts.edited.connect(self._edited)
        facts.measured.connect(self._later.start)
        store.schemaChanged.connect(self._later.start)
        store.selectionChanged.connect(self._tell)
        self.model.shownChanged.connect(self._tell)
        self._later.start()
        self._filter()

    def only_image(self, key: str | None) -> None:
        """Show only the samples of one image; None: of all."""
        self._only = key
        self._fill_images()
        self.image.setCurrentIndex(max(self.image.findData(key), 0))

    def say(self, text: str) -> None:
        """Say a sentence below the table for a while."""
        self.status.setText(text)
        self.status.setVisible(bool(text))
        if text:
            self._quiet.start()

    def state(self) -> dict[str, Any]:
        """Return what the panel looks like."""
        return {
            "table": bytes(self.table.look().toHex()).decode(),
            "sizes": self.splitter.sizes(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Look as before."""
        self.table.set_look(QByteArray.fromHex(str(state.get("table", "")).encode()))
        if isinstance(state.get("sizes"), list):
            self.splitter.setSizes([int(size) for size in state["sizes"]])

    # --- parts -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.search.setPlaceholderText(translate("Swath", "Find class, image, warning ..."))
        self.search.setClearButtonEnabled(True)
        self.search.setToolTip(translate("Swath", "Show only samples of this class, image, warning, time or number"))
        self.search.setAccessibleName(translate("Swath", "Filter the samples"))
        self.image.setAccessibleName(translate("Swath", "Image"))
        self.search.textChanged.connect(lambda _text: self._typed.start())
        self.image.setToolTip(translate("Swath", "Show only the samples of one image"))
        self.image.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.image.setMinimumContentsLength(9)
        self.image.currentIndexChanged.connect(lambda _index: self._filter())
        self.warned.setCheckable(True)
        self.warned.setIcon(warning_icon())
        self.warned.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.warned.setAutoRaise(True)
        self.warned.toggled.connect(lambda _on: self._filter())
        filters = QHBoxLayout()
        filters.addWidget(self.search, 3)
        filters.addWidget(self.image, 2)
        filters.addWidget(self.warned)
        self._make_summary()
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.summary)
        self.splitter.addWidget(self.table)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(True)
        self.splitter.setSizes([84, 220])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(filters)
        layout.addWidget(self.splitter, 1)
        layout.addLayout(self._make_buttons())
        self.status.setWordWrap(True)
        self.status.setObjectName("swathSamplesStatus")
        self.status.hide()
        layout.addWidget(self.status)
        self.setMinimumHeight(150)

    def _make_summary(self) -> None:
        view = self.summary
        view.setObjectName("swathClassSummary")
        view.setAccessibleName(translate("Swath", "Sums of the classes"))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setWordWrap(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 5)
        view.horizontalHeader().setHighlightSections(False)
        view.setToolTip(translate("Swath", "The chosen class is shown below"))
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setMinimumHeight(0)

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(1)
        for action in self.actions.all:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAccessibleName(action.iconText())
            button.setAutoRaise(True)
            button.setIconSize(QSize(18, 18))
            if action is self.actions.change:
                button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            row.addWidget(button)
        self.shown = QLabel()
        self.shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self.shown, 1)
        return row

    # --- keeping up --------------------------------------------------------------------------

    def _edited(self, *_slots: Any) -> None:
        self._later.start()
        if self._facts is not None and self.image.count() - 1 != len(self._facts.images):
            self._fill_images()

    def _fill_images(self) -> None:
        keys = {*(self._facts.images if self._facts is not None else []), *([self._only] if self._only else [])}
        wanted = self.image.currentData()
        self.image.blockSignals(True)
        self.image.clear()
        self.image.addItem(translate("Swath", "All images"), None)
        for key in sorted(keys, key=image_text):
            self.image.addItem(image_text(key), key)
            self.image.setItemData(self.image.count() - 1, key, Qt.ItemDataRole.ToolTipRole)
        self.image.setCurrentIndex(max(self.image.findData(wanted), 0))
        self.image.blockSignals(False)
        self.image.setVisible(len(keys) > 1)

    def _choose_class(self) -> None:
        """Keep the chosen class where the classes changed."""
        if self._sums is not None:
            value = self.model.filter.value if self.model is not None else None
            self.summary.selectRow(self._sums.row_of(value))

    def _filter(self) -> None:
        if self.model is None or self._sums is None:
            return
        row = self.summary.currentIndex().row()
        image = self.image.currentData()
        value = self._sums.totals[row].value if 0 <= row < len(self._sums.totals) else None
        wanted = SampleFilter(value, image, self.warned.isChecked(), self.search.text())
        if self._sums.image != image:
            self._sums.image = image
            self._sums.refresh()
        if wanted != self.model.filter:
            self.model.set_filter(wanted)
            self._leave_hidden()

    def _leave_hidden(self) -> None:
        """Take out of the selection what the filter hides: nobody deletes what is not seen."""
        store = self._context.store
        if store is not None and self.model is not None:
            selected = store.selected
            shown = self.model.rows_of(selected)
            if len(shown) < len(selected):
                store.select(self.model.fids(shown))

    def _sum(self) -> None:
        if self._sums is not None and self._facts is not None:
            self._sums.refresh()
            flags = self._facts.flags[self._facts.slots()]
            warned = int((flags != 0).sum())
            self.warned.setText(number_text(warned) + (" …" if self._facts.busy else ""))
            self.warned.setToolTip(warnings_text(flags))
            self.warned.setEnabled(warned > 0 or self.warned.isChecked())
            self._fit_summary()

    def _fit_summary(self) -> None:
        """Give figures what they need and the names the rest; where that is too little, leave figures out."""
        view = self.summary
        for column in range(NAME + 1, SHARE + 1):
            view.setColumnHidden(column, False)
            view.resizeColumnToContents(column)
        rows = view.model().rowCount() * view.verticalHeader().defaultSectionSize()
        space = view.width() - 2 * view.frameWidth()
        if rows > view.viewport().height():
            space -= view.verticalScrollBar().sizeHint().width()
        name = min(view.sizeHintForColumn(NAME) + 6, view.fontMetrics().averageCharWidth() * 14)
        for column in (PIXELS, AREA):
            view.setColumnHidden(column, space < name + self._figures_width())
        view.setColumnWidth(NAME, max(space - self._figures_width(), name))
        view.setMaximumHeight(rows + view.horizontalHeader().sizeHint().height() + 2 * view.frameWidth())

    def _figures_width(self) -> int:
        return sum(self.summary.columnWidth(column) for column in range(NAME + 1, SHARE + 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the sums into the width."""
        super().resizeEvent(event)
        self._later.start()

    def _tell(self) -> None:
        shown = len(self.model.rows) if self.model is not None else 0
        self.actions.refresh(shown)
        store = self._context.store
        if store is None or self.model is None:
            self.shown.clear()
            self.say("")
            return
        text = translate("Swath", "{shown} of {all} shown").format(
            shown=number_text(shown), all=number_text(len(store.samples))
        )
        self.shown.setToolTip(text)
        selected = store.selected
        if selected:
            hidden = len(selected) - len(self.model.rows_of(selected))
            text = translate("Swath", "{count} selected").format(count=number_text(len(selected)))
            if hidden:
                more = translate("Swath", "{count} of the selected samples are hidden by the filter.")
                self.say(more.format(count=number_text(hidden)))
        self.shown.setText(text)
