"""The fully labeled areas: draw them, find them, remove them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication, QgsDistanceArea
from qgis.PyQt.QtCore import QSize, Qt, QTimer
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...engine.errors import SwathError
from ...i18n import translate
from ..context import DockContext
from .sample_texts import area_text, counted, image_text, moment_of, time_text
from .samples_actions import map_box

if TYPE_CHECKING:
    from .drawing import DrawingSession

_FIRST_TOOL = "rectangle"
_FID = Qt.ItemDataRole.UserRole


class AreasPanel(QWidget):
    """Lists the areas of the context's store. ``session`` draws them."""

    def __init__(self, context: DockContext, session: DrawingSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._session = context, session
        self.mark, self.list, self.total = QToolButton(), _List(self), QLabel()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(50)
        self._later.timeout.connect(self.refresh)
        self._lay_out()
        session.targetChanged.connect(lambda target: self.mark.setChecked(target == "areas"))
        self.mark.clicked.connect(self._mark)
        self.list.itemSelectionChanged.connect(self._enable)
        self.list.itemDoubleClicked.connect(lambda *_item: self.zoom_to())
        self.refresh()

    def show_store(self) -> None:
        """Show the areas of the context's store."""
        store = self._context.store
        if store is not None:
            store.areasChanged.connect(self._later.start)
            store.currentImageChanged.connect(self._later.start)
        self.refresh()

    def refresh(self, *_changes: Any) -> None:
        """List the areas anew."""
        chosen = set(self.chosen())
        self.list.clear()
        store = self._context.store
        self.mark.setEnabled(True)
        areas = list(store.areas.values()) if store is not None else []
        meter = self._meter()
        whole = 0.0
        for area in areas:
            size = meter.measureArea(area.geometry) if meter is not None else 0.0
            whole += size
            item = QTreeWidgetItem([area_text(size), image_text(area.image), time_text(moment_of(area.time))])
            item.setTextAlignment(0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(1, area.image)
            item.setData(0, _FID, area.fid)
            self.list.addTopLevelItem(item)
            item.setSelected(area.fid in chosen)
        self._tell(len(areas), whole)
        self._enable()

    def chosen(self) -> list[int]:
        """Return the fids of the areas selected in the list."""
        return [item.data(0, _FID) for item in self.list.selectedItems()]

    def zoom_to(self) -> None:
        """Show the selected areas, or all where none is selected."""
        store = self._context.store
        if store is None:
            return
        wanted = self.chosen() or list(store.areas)
        shapes = [store.areas[fid].geometry for fid in wanted]
        box = map_box(shapes, store, self._context.canvas)
        if box is not None:
            box.scale(1.2)
            self._context.canvas.setExtent(box)
            self._context.canvas.refresh()
            self._context.canvas.flashGeometries(shapes, store.crs)

    def remove(self) -> None:
        """Remove the selected areas."""
        store, fids = self._context.store, self.chosen()
        if store is None or not fids:
            return
        try:
            store.remove_areas(fids)
        except SwathError as error:
            self._context.tell_error(error)
            return
        one = translate("Swath", "One area removed; Ctrl+Z brings it back.")
        many = translate("Swath", "{count} areas removed; Ctrl+Z brings them back.")
        self.refresh()
        self.total.setText(counted(len(fids), one, many))

    # --- parts -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        intro = QLabel(
            translate(
                "Swath",
                "Mark where every object is labeled. Chips are then exported only from inside these areas (they are "
                "the export's mask), so that objects which nobody labeled outside do no harm.",
            )
        )
        intro.setWordWrap(True)
        self.mark.setText(translate("Swath", "Draw areas"))
        self.mark.setIcon(QgsApplication.getThemeIcon("/mActionAddPolygon.svg"))
        self.mark.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.mark.setCheckable(True)
        self.mark.setToolTip(translate("Swath", "While this is pressed, the drawing tools make areas, not samples"))
        self.zoom = self._button("ZoomToSelected", translate("Swath", "Zoom to (Enter)"), self.zoom_to)
        self.delete = self._button("DeleteSelectedFeatures", translate("Swath", "Remove (Delete)"), self.remove)
        row = QHBoxLayout()
        row.addWidget(self.mark)
        row.addStretch(1)
        row.addWidget(self.zoom)
        row.addWidget(self.delete)
        self.total.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(intro)
        layout.addLayout(row)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.total)

    @staticmethod
    def _button(icon: str, text: str, slot: Any) -> QToolButton:
        button = QToolButton()
        button.setIcon(QgsApplication.getThemeIcon(f"/mAction{icon}.svg"))
        button.setIconSize(QSize(18, 18))
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setAutoRaise(True)
        button.clicked.connect(lambda _checked=False: slot())
        return button

    # --- keeping up --------------------------------------------------------------------------

    def _mark(self, on: bool) -> None:
        self._session.set_target("areas" if on else "samples")
        if on and not self._session.tool:
            self._session.start(_FIRST_TOOL)
        self.mark.setChecked(self._session.target == "areas")

    def _enable(self) -> None:
        self.delete.setEnabled(bool(self.list.selectedItems()))
        self.zoom.setEnabled(self.list.topLevelItemCount() > 0)

    def _meter(self) -> QgsDistanceArea | None:
        store = self._context.store
        if store is None:
            return None
        meter = QgsDistanceArea()
        meter.setSourceCrs(store.crs, self._context.project.transformContext())
        meter.setEllipsoid(store.crs.ellipsoidAcronym() or "EPSG:7030")
        return meter

    def _tell(self, count: int, size: float) -> None:
        if not count:
            self.total.setText(translate("Swath", "No area is marked: chips are exported from the whole image."))
            return
        one = translate("Swath", "One area, {size}.")
        many = translate("Swath", "{count} areas, {size} in all.")
        text = counted(count, one, many, size=area_text(size))
        self.total.setText(text)


class _List(QTreeWidget):
    """The list, with its keys."""

    def __init__(self, panel: AreasPanel) -> None:
        super().__init__()
        self._panel = panel
        self.setObjectName("swathAreas")
        self.setRootIsDecorated(False)
        self.setAlternatingRowColors(True)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHeaderLabels([translate("Swath", "Area"), translate("Swath", "Image"), translate("Swath", "Time")])
        self.header().setStretchLastSection(True)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes, Enter shows on the map."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() == Qt.Key.Key_Delete:
            self._panel.remove()
        elif plain and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Z}:
            self._panel.zoom_to()
        else:
            super().keyPressEvent(event)
