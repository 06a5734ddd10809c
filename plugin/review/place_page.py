"""The page on which one steps through the places: strip, card, and what decisions do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtGui import QMouseEvent
from qgis.PyQt.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...engine.errors import SwathError
from ...i18n import translate
from ..context import DockContext
from ..forms.algorithm_form import scrolled
from ..forms.notice import WARNING, Notice
from ..labeling.schema import ClassEntry, Schema
from .candidates import BACKGROUND
from .place_card import PlaceCard
from .place_strip import PlaceStrip
from .review import Review

AskPath = Callable[[QWidget, bool], str]


class PlacePage(QWidget):
    """Shows the place of a review that is looked at.

    Args:
        ask_path: asks for a file of labels: a new one where its second argument is True; "" gives up.
    """

    finishAsked = pyqtSignal()
    leaveAsked = pyqtSignal()
    optionsChanged = pyqtSignal()

    def __init__(self, context: DockContext, review: Review, ask_path: AskPath | None = None) -> None:
        super().__init__()
        self._context, self._review = context, review
        self.ask_path = ask_path or _ask_path
        self.strip, self.card = PlaceStrip(), PlaceCard()
        self.cut = QCheckBox(translate("Swath", "Cut out of samples of other classes"))
        self.mark = QCheckBox(translate("Swath", "B marks the surroundings as labeled"))
        self.hint, self.missing = Notice(), Notice()
        self.create = QPushButton(translate("Swath", "New labels ..."))
        self.open = QPushButton(translate("Swath", "Open labels ..."))
        self.finish = QPushButton(translate("Swath", "Finish"))
        self.leave = QPushButton(translate("Swath", "Other places"))
        self.offer = QWidget()
        self._lay_out()
        self._connect()

    def show_place(self) -> None:
        """Show the place that is looked at."""
        review = self._review
        if review.current is not None:
            self.card.show_place(review.dressed(review.current), review.index, len(review.candidates))
            self.strip.show_places(review.candidates, review.index)
        self.card.buttons["undo"].setEnabled(review.can_undo())

    def show_classes(self) -> None:
        """Offer the classes there are now."""
        self.card.show_classes(self._review.classes())
        self.show_place()

    def offer_labels(self) -> None:
        """Ask for a file of labels, without which there are no corrections."""
        text = translate("Swath", "No labels are open: corrections become samples in a file of labels.")
        self.missing.say(text, WARNING)
        self.offer.show()
        self.create.setFocus()

    def _lay_out(self) -> None:
        self.cut.setChecked(True)
        self.cut.setToolTip(
            translate("Swath", "So that no pixel has two classes. Samples that are wholly covered are removed.")
        )
        self.mark.setToolTip(
            translate(
                "Swath",
                "With B, the dotted square becomes a fully labeled area: everything in it that has no sample is "
                "background. Tick it only if nothing in there is left to label; chips are then made only within such "
                "areas.",
            )
        )
        buttons = QHBoxLayout()
        buttons.addWidget(self.create)
        buttons.addWidget(self.open)
        inside = QVBoxLayout(self.offer)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.missing)
        inside.addLayout(buttons)
        self.offer.hide()
        self.body = QWidget()
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.offer, self.card, self.hint, self.cut, self.mark):
            column.addWidget(widget)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self.leave)
        foot.addWidget(self.finish)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.strip)
        layout.addWidget(scrolled(self.body), 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        # A click on a button leaves the keys where they were: with the layers, or in another window.
        for clicked in (self.card.asked, self.card.correctAsked, self.strip.clicked):
            clicked.connect(lambda _what: self.card.setFocus())
        self.strip.clicked.connect(self._review.go)
        self.cut.toggled.connect(lambda _on: self.optionsChanged.emit())
        self.mark.toggled.connect(lambda _on: self.optionsChanged.emit())
        self.finish.clicked.connect(lambda _checked: self.finishAsked.emit())
        self.leave.clicked.connect(lambda _checked: self.leaveAsked.emit())
        self.create.clicked.connect(lambda _checked: self._take_labels(new=True))
        self.open.clicked.connect(lambda _checked: self._take_labels(new=False))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the keys back with a click anywhere."""
        self.card.setFocus()
        super().mousePressEvent(event)

    def _take_labels(self, *, new: bool) -> None:
        from ..labeling.store import SampleStore  # noqa: PLC0415 - only where labels are opened here

        path = self.ask_path(self, new)
        if not path:
            return
        try:
            if new:
                store = SampleStore.create(Path(path), self._system(), self._schema())
            else:
                store = SampleStore.open(Path(path))
        except SwathError as error:
            self._context.tell_error(error)
            return
        store.attach(self._context.project)
        self._context.set_store(store)
        self.offer.hide()

    def _system(self):  # noqa: ANN202 - QgsCoordinateReferenceSystem
        """Return the system of new labels: the image's, else the map's, else the project's."""
        image = self._review.image
        for crs in (image.crs() if image is not None else None, self._review.crs):
            if crs is not None and crs.isValid():
                return crs
        return self._context.project.crs()

    def _schema(self) -> Schema:
        """Return the classes of the map as a schema."""
        schema = Schema()
        for look in self._review.looks:
            if look.value != BACKGROUND and schema.find_name(look.name or str(look.value)) is None:
                entry = ClassEntry(look.name or str(look.value), look.value, look.color or schema.next_color())
                schema = schema.add(entry)
        return schema


def _ask_path(parent: QWidget, new: bool) -> str:
    kinds = "GeoPackage (*.gpkg)"
    if new:
        path, _kind = QFileDialog.getSaveFileName(parent, translate("Swath", "New labels"), "labels.gpkg", kinds)
        return path if not path or path.lower().endswith(".gpkg") else f"{path}.gpkg"
    path, _kind = QFileDialog.getOpenFileName(parent, translate("Swath", "Open labels"), "", kinds)
    return path
