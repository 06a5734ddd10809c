"""The tab "Label": classes, drawing tools, and below them the samples, areas, images and statistics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import QEvent, Qt, QTimer
from qgis.PyQt.QtGui import QKeyEvent, QKeySequence
from qgis.PyQt.QtWidgets import QSizePolicy, QSplitter, QTabWidget, QVBoxLayout, QWidget

from ...i18n import translate
from ..context import DockContext
from .areas_panel import AreasPanel
from .drawing import DrawingSession
from .image_layers import image_frames
from .images_panel import ImagesPanel
from .label_dialogs import LabelDialogs
from .label_files import LabelFiles
from .sample_facts import SampleFacts
from .samples_panel import SamplesPanel
from .schema_panel import SchemaPanel
from .statistics_panel import StatisticsPanel
from .storage_bar import BeginPage, StorageBar
from .toolbar import DrawingToolbar

_SAMPLES = 0
_FILL = QSizePolicy.Policy.Expanding
_SETTLE_MS = 300


class LabelTab(QWidget):
    """Composes the panels, and gives them the samples at work."""

    def __init__(self, context: DockContext, dialogs: LabelDialogs | None = None) -> None:
        super().__init__()
        self._context = context
        self.facts: SampleFacts | None = None
        self._state: dict[str, Any] = {}
        self.files = LabelFiles(context, self, dialogs or LabelDialogs())
        self.session = _Session(context, self.files.new)
        self.bar, self.begin = StorageBar(context, self.files), BeginPage(context, self.files)
        self.schema = SchemaPanel(context)
        self.toolbar = DrawingToolbar(context, self.session)
        self.samples, self.areas = SamplesPanel(context), AreasPanel(context, self.session)
        self.images, self.statistics = ImagesPanel(context), StatisticsPanel(context)
        self.sections = QTabWidget()
        self._recheck = QTimer(self)
        self._recheck.setSingleShot(True)
        self._recheck.setInterval(_SETTLE_MS)
        self._recheck.timeout.connect(self._check_again)
        self._lay_out()
        self.images.onlyChanged.connect(self.samples.only_image)
        context.storeChanged.connect(self._show_store)
        for signal in (context.project.layersAdded, context.project.layersRemoved):
            signal.connect(self._recheck_soon)  # a method, and no lambda: the project outlives this tab
        context.ended.connect(self.session.close)
        self.destroyed.connect(self.session.deleteLater)
        self._show_store()

    def title(self) -> str:
        """Return the tab's title."""
        return translate("Swath", "Label")

    def state(self) -> dict[str, Any]:
        """Return what the tab looks like, to be kept in the project."""
        image = self._context.store.current_image if self._context.store is not None else None
        return {
            "sizes": self.splitter.sizes(),
            "section": self.sections.currentIndex(),
            "image": image.id() if image is not None else "",
            "buffer": self.session.buffer,
            "samples": self.samples.state(),
            "statistics": self.statistics.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Look as before."""
        sizes = state.get("sizes")
        if isinstance(sizes, list) and len(sizes) == self.splitter.count():
            self.splitter.setSizes([int(size) for size in sizes])
        self.sections.setCurrentIndex(int(state.get("section", _SAMPLES)))
        self.samples.restore(dict(state.get("samples", {})))
        self.statistics.restore(dict(state.get("statistics", {})))
        self.session.set_buffer(float(state.get("buffer", self.session.buffer)))
        image, store = self._context.project.mapLayer(str(state.get("image", ""))), self._context.store
        if image is not None and store is not None:
            store.current_image = image

    def event(self, event: QEvent) -> bool:
        """Take undo and redo before the main window does, wherever in the tab the focus is."""
        if event.type() == QEvent.Type.ShortcutOverride and self._step(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo and redo."""
        step = self._step(event)
        if step is None:
            super().keyPressEvent(event)
        else:
            step()

    # --- parts -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for widget, text in (
            (self.samples, translate("Swath", "Samples")),
            (self.areas, translate("Swath", "Areas")),
            (self.images, translate("Swath", "Images")),
            (self.statistics, translate("Swath", "Statistics")),
        ):
            self.sections.addTab(widget, text)
        self.sections.setDocumentMode(True)
        self.sections.setUsesScrollButtons(True)
        self.below = QWidget()
        below = QVBoxLayout(self.below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(4)
        below.addWidget(self.toolbar)
        below.addWidget(self.sections, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.schema)
        self.splitter.addWidget(self.below)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([130, 440])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 4)
        layout.setSpacing(4)
        layout.addWidget(self.bar)
        layout.addWidget(self.begin)
        layout.addWidget(self.splitter, 1)
        self.blank = QWidget()
        layout.addWidget(self.blank, 1)

    # --- the samples at work -----------------------------------------------------------------

    def _show_store(self) -> None:
        if self.facts is not None:
            self.samples.show_store(None)
            self.facts.stop()
            self.facts.deleteLater()
            self.facts = None
        store, project = self._context.store, self._context.project
        if store is not None:
            self.facts = SampleFacts(store, project, lambda: image_frames(store, project), self)
            store.failed.connect(self._context.tell_error)
        self.samples.show_store(self.facts)
        self.areas.show_store()
        self.images.show_store()
        self.statistics.show_store(self.facts)
        self.bar.refresh()
        self.begin.refresh()
        there = store is not None
        self.begin.setVisible(not there)
        self.schema.setVisible(there)
        self.sections.setVisible(there)
        self.blank.setVisible(not there)
        self.splitter.setSizePolicy(_FILL, _FILL if there else QSizePolicy.Policy.Maximum)
        # Without labels a tool asks where to keep them, and then begins.
        if not there:
            for button in self.toolbar.buttons.values():
                button.setEnabled(True)
            self.toolbar.hint.setText(translate("Swath", "Press a tool to begin: new labels are made for it."))

    def _recheck_soon(self, *_layers: object) -> None:
        self._recheck.start()

    def _check_again(self) -> None:
        if self.facts is not None:
            self.facts.recheck()

    def _step(self, event: QKeyEvent) -> Callable[[], None] | None:
        if event.matches(QKeySequence.StandardKey.Undo):
            return self.session.undo
        again = event.key() == Qt.Key.Key_Y and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        return self.session.redo if again or event.matches(QKeySequence.StandardKey.Redo) else None


class _Session(DrawingSession):
    """Makes new labels where a tool is started without any."""

    def __init__(self, context: DockContext, make: Callable[[], bool]) -> None:
        super().__init__(context.canvas, context.store, context.tell)
        self._make = make

    def start(self, tool: str) -> None:
        """Give the canvas to a tool."""
        if self.store is None and not self._make():
            self.toolChanged.emit(self.tool)
            return
        super().start(tool)
