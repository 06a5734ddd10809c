"""Pictures of the samples: how many of each class, how large, how much of the image; and what a chip size gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from qgis.core import QgsDistanceArea, QgsGeometry
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ...i18n import translate
from ..context import DockContext
from .chips_panel import ChipsPanel
from .class_summary import class_totals
from .sample_charts import Bar, BarChart, SizeChart
from .sample_facts import SampleFacts
from .sample_texts import area_text, counted, number_text, share_text

_WAIT_MS = 250


class StatisticsPanel(QScrollArea):
    """Shows the facts of the context's store; works only while it is seen."""

    def __init__(self, context: DockContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._facts = context, None
        self.bars, self.sizes, self.chips = BarChart(), SizeChart(), ChipsPanel(context)
        self.size_text, self.coverage = QLabel(), QLabel()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_WAIT_MS)
        self._later.timeout.connect(self.refresh)
        self._lay_out()
        self.chips.tileChanged.connect(self._show_sizes)

    def show_store(self, facts: SampleFacts | None) -> None:
        """Show the samples of the context's store, of which these are the facts; None: of none."""
        self._facts = facts
        store = self._context.store
        if facts is not None and store is not None:
            facts.edited.connect(self._soon)
            facts.measured.connect(self._soon)
            store.schemaChanged.connect(self._soon)
            store.areasChanged.connect(self._soon)
            store.currentImageChanged.connect(self._soon)
        self.chips.forget()
        self._later.start()

    def state(self) -> dict[str, Any]:
        """Return what is chosen."""
        return {"pixels": self.by_pixels.isChecked(), **self.chips.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Choose as before."""
        (self.by_pixels if state.get("pixels") else self.by_number).setChecked(True)
        self.chips.restore(state)

    def showEvent(self, event: QShowEvent) -> None:
        """Bring up to date what changed while the panel was hidden."""
        super().showEvent(event)
        self._later.start()

    def refresh(self) -> None:
        """Draw everything anew, and ask for the chips."""
        if not self.isVisible():
            return
        self._show_bars()
        self._show_sizes()
        self._show_coverage()
        self.chips.ask()

    # --- parts -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.by_number = QRadioButton(translate("Swath", "Samples"))
        self.by_pixels = QRadioButton(translate("Swath", "Pixels"))
        self.by_number.setChecked(True)
        group = QButtonGroup(self)
        row = QHBoxLayout()
        row.addWidget(_title(translate("Swath", "By class")), 1)
        for button in (self.by_number, self.by_pixels):
            group.addButton(button)
            row.addWidget(button)
        self.by_pixels.toggled.connect(lambda _on: self._show_bars())
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(2, 4, 6, 4)
        layout.addLayout(row)
        layout.addWidget(self.bars)
        layout.addWidget(self.coverage)
        layout.addSpacing(6)
        layout.addWidget(_title(translate("Swath", "Longer side of the samples, in pixels")))
        layout.addWidget(self.sizes)
        layout.addWidget(self.size_text)
        layout.addSpacing(6)
        layout.addWidget(_title(translate("Swath", "What a chip size would give")))
        layout.addWidget(self.chips)
        layout.addStretch(1)
        for label in (self.coverage, self.size_text):
            label.setWordWrap(True)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    # --- pictures ----------------------------------------------------------------------------

    def _show_bars(self) -> None:
        store, facts = self._context.store, self._facts
        if store is None or facts is None:
            self.bars.show_bars(())
            return
        pixels = self.by_pixels.isChecked()
        totals = class_totals(store, facts)
        self.bars.show_bars(
            [Bar(item.name, item.color or "#808080", item.pixels if pixels else item.count) for item in totals]
        )

    def _show_sizes(self) -> None:
        facts, chip = self._facts, self.chips.tile.value()
        sides = facts.side[facts.slots()] if facts is not None else np.zeros(0)
        self.sizes.show_sizes(sides, chip)
        known = sides[np.isfinite(sides)]
        if not len(known):
            self.size_text.clear()
            return
        middle = translate("Swath", "Half of the samples are longer than {side} pixels.")
        text = middle.format(side=number_text(float(np.median(known))))
        larger = int((known > chip).sum())
        if larger:
            one = translate("Swath", "One is longer than a chip of {chip}: no chip shows it whole.")
            many = translate("Swath", "{count} are longer than a chip of {chip}: no chip shows them whole.")
            text += " " + counted(larger, one, many, chip=number_text(chip))
        self.size_text.setText(text)

    def _show_coverage(self) -> None:
        store, facts = self._context.store, self._facts
        image = store.current_image if store is not None else None
        if store is None or facts is None or image is None or image.dataProvider().xSize() <= 0:
            self.coverage.clear()
            return
        slots = facts.slots()
        own = facts.image[slots] == (
            facts.images.index(store.current_image_key) if store.current_image_key in facts.images else -1
        )
        pixels, whole = int(facts.count[slots[own]].sum()), image.width() * image.height()
        text = translate("Swath", "Labeled: {share} of {image} (overlaps count twice).")
        text = text.format(share=share_text(pixels, whole), image=image.name())
        meter = QgsDistanceArea()
        meter.setSourceCrs(store.crs, self._context.project.transformContext())
        meter.setEllipsoid(store.crs.ellipsoidAcronym() or "EPSG:7030")
        shapes = [area.geometry for area in store.areas.values()]
        if shapes:
            marked = translate("Swath", "Fully labeled areas: {size}.")
            text += " " + marked.format(size=area_text(meter.measureArea(QgsGeometry.unaryUnion(shapes))))
        self.coverage.setText(text)

    def _soon(self, *_any: Any) -> None:
        self._later.start()


def _title(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    label.setWordWrap(True)
    return label
