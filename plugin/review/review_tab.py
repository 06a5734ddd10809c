"""The tab "Review": find the places where a model is in doubt or wrong, and turn each into a sample with a key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsMapLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QHideEvent, QShowEvent
from qgis.PyQt.QtWidgets import QApplication, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ...engine.errors import SwathError
from ...i18n import translate
from ..context import MODEL, PRETRAINED, DockContext
from ..forms.algorithm_form import scrolled
from . import review_keys as keys
from .accuracy_page import OBJECTS as OBJECT_ACCURACY
from .accuracy_page import PIXELS, AccuracyPage
from .candidates import Candidate
from .map_view import MapView
from .place_page import AskPath, PlacePage
from .place_search import PlaceSearch
from .review import Review
from .review_file import SUFFIX
from .source_panel import SourcePanel
from .sources import DIFFERENCES, MATCHES, Search
from .summary_page import SummaryPage


class ReviewTab(QWidget):
    """Four pages: what to look for, the places, the summary, and accuracy.

    Args:
        ask_path: asks for a file of labels, as ``PlacePage`` has it.
    """

    def __init__(self, context: DockContext, ask_path: AskPath | None = None) -> None:
        super().__init__()
        self._context = context
        self.review = Review(context, self)
        self.panel = SourcePanel(context)
        self.page = PlacePage(context, self.review, ask_path)
        self.summary, self.accuracy = SummaryPage(), AccuracyPage(context)
        self.view = MapView(context, self.review, self.page, self.panel, self)
        self.keys = keys.ReviewKeys(self._act, self.view.peek, self._takes, self)
        self.assess = QPushButton(translate("Swath", "Compute the accuracy ..."))
        self.search = PlaceSearch(context, self.panel, self)
        self._store = None
        self._lay_out()
        self._connect()
        self._take_store()

    # --- a tab of the dock -------------------------------------------------------------------

    def title(self) -> str:
        """Return the tab's title."""
        return translate("Swath", "Review")

    def state(self) -> dict[str, Any]:
        """Return what a project keeps."""
        review = self.review
        return {
            "source": self.panel.state(),
            "review": str(review.path) if review.path is not None else "",
            "index": review.index,
            "cut": self.page.cut.isChecked(),
            "accuracy": self.accuracy.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take what a project kept; the review goes on where it was."""
        self.panel.restore(dict(state.get("source", {})))
        self.page.cut.setChecked(bool(state.get("cut", True)))
        self.accuracy.restore(dict(state.get("accuracy", {})))
        path = Path(str(state.get("review", "")))
        if state.get("review") and path.is_file() and self._resume(path):
            self.review.go(int(state.get("index", 0)))
        else:
            self._forget()

    def find(self) -> None:
        """Look for places in the background."""
        self.search.start()

    def _begin(self, search: Search, places: list[Candidate]) -> None:
        self.view.choose_image()
        layer = self.panel.shown_layer()
        about = {**search.about, "layer_id": layer.id() if layer is not None else ""}
        self.review.begin(places, search.crs, about, search.looks)
        self._show_places()

    # --- pages -------------------------------------------------------------------------------

    def _show_places(self) -> None:
        self.stack.setCurrentWidget(self.page)
        self.page.show_classes()
        self.page.card.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.show_place()

    def _show_sources(self) -> None:
        self.view.leave()
        self.stack.setCurrentWidget(self._sources)
        self._offer_review()

    def _show_summary(self) -> None:
        self.view.leave()
        text = ""
        if self.view.samples_outside():
            text = translate(
                "Swath",
                "{n} of the new samples lie outside of the fully labeled areas: no chips are made of them.",
            ).format(n=self.view.samples_outside())
        places = [self.review.dressed(item) for item in self.review.candidates]
        self.summary.show_places(places, text, can_tune=bool(self._context.results.get(MODEL)))
        self.stack.setCurrentWidget(self.summary)
        (self.summary.export if self.review.count("open") == 0 else self.summary.back).setFocus()

    def _show_accuracy(self) -> None:
        source, store = self.panel.source(), self._context.store
        labels = store.layer if store is not None else self.panel.labels.currentLayer()
        objects = source.kind in {"objects", MATCHES}
        layers = {"DETECTED": source.layer} if objects else {"CLASSIFIED": self.panel.map.currentLayer()}
        given = {**layers, "REFERENCE": labels}
        self.accuracy.show_for(
            OBJECT_ACCURACY if objects else PIXELS, {name: layer for name, layer in given.items() if layer is not None}
        )
        self.stack.setCurrentWidget(self.accuracy)

    def _review_matches(self, layer: Any) -> None:
        self.panel.kind.setCurrentIndex(self.panel.kind.findData(MATCHES))
        self.panel.objects.setLayer(layer)
        self._show_sources()
        self.find()

    def _review_differences(self, classified: QgsMapLayer | None, reference: QgsMapLayer | None) -> None:
        self.panel.kind.setCurrentIndex(self.panel.kind.findData(DIFFERENCES))
        for box, layer in ((self.panel.map, classified), (self.panel.labels, reference)):
            if layer is not None:
                box.setLayer(layer)
        self._show_sources()
        self.find()

    def _tune(self) -> None:
        self._context.remember(**{PRETRAINED: self._context.results.get(MODEL, "")})
        self._context.tabAsked.emit("train")

    # --- an earlier review -------------------------------------------------------------------

    def _resume(self, path: Path) -> bool:
        try:
            self.review.resume(path)
        except SwathError as error:
            self._context.tell_error(error)
            return False
        self.view.find_layer()
        self._show_places()
        return True

    def _forget(self) -> None:
        """Another project begins: its places are others."""
        self.search.forget()
        self.view.leave()
        self.review.forget()
        self._show_sources()

    def _offer_review(self) -> None:
        """Offer the review that lies beside the labels, or the one at work."""
        path, store = self.review.path, self._context.store
        if path is None and store is not None:
            beside = store.path.with_name(store.path.stem + SUFFIX)
            path = beside if beside.is_file() else None
        self._earlier = path
        text = translate("Swath", "Go on with the last review")
        self.panel.offer(text if path is not None else "")

    # --- parts -------------------------------------------------------------------------------

    def _act(self, action: str) -> None:
        """Do what a key or a button asks for."""
        review = self.review
        if action.isdigit():
            review.correct(int(action))
        elif action in {keys.PREVIOUS, keys.NEXT}:
            review.go(review.index + (1 if action == keys.NEXT else -1))
        elif action == keys.DRAW:
            self.view.draw()
        else:
            {
                keys.ACCEPT: review.accept,
                keys.BACKGROUND: review.background,
                keys.SKIP: review.skip,
                keys.UNDO: review.undo,
                keys.REDO: review.redo,
            }[action]()

    def _takes(self, action: str) -> bool:
        """Tell whether a key is for the review just now: all on the places, those for undo on the summary."""
        pages = [self.page, self.summary] if action in {keys.UNDO, keys.REDO} else [self.page]
        seen = any(page.isVisible() for page in pages)
        typing = keys.is_typing(QApplication.focusWidget())
        return seen and bool(self.review.candidates) and not typing and not self.view.drawing

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
        column.addStretch(1)
        column.addWidget(self.assess)
        self._sources = scrolled(body)
        self.stack = QStackedWidget()
        for page in (self._sources, self.page, self.summary, self.accuracy):
            self.stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.addWidget(self.stack)

    def _connect(self) -> None:
        self.search.found.connect(self._begin)
        self.panel.resumeAsked.connect(lambda: self._earlier is not None and self._resume(self._earlier))
        self.panel.applyAsked.connect(lambda: self._context.tabAsked.emit("apply"))
        self.assess.clicked.connect(lambda _checked: self._show_accuracy())
        self.page.card.asked.connect(self._act)
        self.page.card.correctAsked.connect(self.review.correct)
        self.page.card.peekAsked.connect(self.view.peek)
        self.page.finishAsked.connect(self._show_summary)
        self.page.leaveAsked.connect(self._show_sources)
        self.review.done.connect(self._show_summary)
        self.review.labelsNeeded.connect(self.page.offer_labels)
        self.summary.backAsked.connect(self._show_places)
        self.summary.againAsked.connect(self._show_sources)
        self.summary.exportAsked.connect(lambda: self._context.tabAsked.emit("export"))
        self.summary.tuneAsked.connect(self._tune)
        self.accuracy.backAsked.connect(self._show_sources)
        self.accuracy.matchesMade.connect(self._review_matches)
        self.accuracy.differencesAsked.connect(self._review_differences)
        self._context.storeChanged.connect(self._take_store)
        self._context.project.cleared.connect(self._forget)
        self.review.returned.connect(lambda: self.summary.isVisible() and self._show_places())
        # What scrolls takes the arrow keys for itself, so that those inside of it are watched, too.
        for widget in (self.page.body, self.page, self.summary):
            self.keys.watch(widget)
        self.keys.watch(self._context.canvas)

    def _take_store(self) -> None:
        earlier, self._store = self._store, self._context.store
        if earlier is not None:
            earlier.schemaChanged.disconnect(self.page.show_classes)
        if self._store is not None:
            self._store.schemaChanged.connect(self.page.show_classes)
            self.page.offer.hide()
        self.view.take_store()
        self.page.show_classes()
        self._offer_review()

    def showEvent(self, event: QShowEvent) -> None:
        """Show the place again on the map; there may be other layers meanwhile."""
        super().showEvent(event)
        self.panel.prefill()
        if self.stack.currentWidget() is self.page:
            self.view.show_place()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the map as it was."""
        self.view.leave()
        super().hideEvent(event)
