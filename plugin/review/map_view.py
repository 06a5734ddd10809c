"""What the review does on the map canvas: the place, the look below the map, drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsGeometry, QgsMapLayer, QgsRasterLayer
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtGui import QColor

from ...engine.errors import SwathError
from ...i18n import translate
from ..context import IMAGE, MAP, DockContext
from ..forms.notice import INFO
from .candidates import Look
from .decisions import DecisionOptions, entry_for, surroundings, to_store
from .place_marker import LayerPeek, PlaceMarker
from .review import alive
from .review_drawing import TOOL, ReviewDrawing

if TYPE_CHECKING:
    from .place_page import PlacePage
    from .review import Review
    from .source_panel import SourcePanel

# The surroundings of a place: as wide as a usual chip and a stride, in pixels of the map.
_AROUND_PIXELS = 384
_AROUND_OBJECT = 8.0
_NO_COLOR = "#ffd000"


class MapView(QObject):
    """Follows a review on the canvas, while its page is seen."""

    def __init__(
        self, context: DockContext, review: Review, page: PlacePage, panel: SourcePanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._review, self._page, self._panel = context, review, page, panel
        self.marker = PlaceMarker(context.canvas, context.project.transformContext, self)
        self._peek = LayerPeek(self)
        self._layer: QgsMapLayer | None = None
        self.session = ReviewDrawing(context.canvas, None, context.tell, self)
        self.session.outlined.connect(self._take_outline)
        self.session.toolChanged.connect(lambda _tool: self._hint())
        self.session.hintChanged.connect(lambda text: self.drawing and page.hint.say(text, INFO))
        context.ended.connect(self.session.close)
        review.moved.connect(self.show_place)
        review.changed.connect(lambda _index: page.show_place())
        page.optionsChanged.connect(self._take_options)

    @property
    def drawing(self) -> bool:
        """Tell whether an outline is being drawn."""
        return bool(self.session.tool)

    def take_store(self) -> None:
        """Draw into other samples."""
        store = self._context.store
        self.session.set_store(store)
        self._page.mark.setChecked(store is not None and bool(store.areas))
        self._take_options()

    def choose_image(self) -> None:
        """Take the image that corrections belong to, and the layer that is reviewed."""
        self._layer = self._panel.shown_layer()
        self._review.image = self._panel.image.currentLayer() or self._image()
        self._take_options()

    def _image(self) -> QgsRasterLayer | None:
        """Return what the map was made of, else what is labeled, else the only other raster."""
        store, results = self._context.store, self._context.results
        rasters = [item for item in self._context.project.mapLayers().values() if isinstance(item, QgsRasterLayer)]
        if self._layer is not None and self._layer.source() == results.get(MAP):
            found = [item for item in rasters if item.source() == results.get(IMAGE)]
            if found:
                return found[0]
        if store is not None and store.current_image is not None:
            return store.current_image
        made = {self._panel.map.currentLayer(), self._panel.probabilities.currentLayer()}
        others = [item for item in rasters if item not in made]
        return others[0] if len(others) == 1 else None

    def find_layer(self) -> None:
        """Take the layers of a review that was read from its file."""
        self.choose_image()
        layer = self._context.project.mapLayer(str(self._review.about.get("layer_id", "")))
        self._layer = layer or self._layer

    # --- the place ---------------------------------------------------------------------------

    def show_place(self) -> None:
        """Zoom to the place that is looked at, and draw it."""
        self._page.show_place()
        self._peek.back()
        current = self._review.current
        if current is None or not self._page.isVisible():
            self.marker.clear()
            return
        self.session.leave()
        crs, pixel = self._review.crs, self._pixel()
        look = self._review.dressed(current).proposal()
        around = surroundings(current.geometry, self._around()) if self._page.mark.isChecked() else None
        self.marker.zoom(current.geometry, around, crs, pixel)
        self.marker.show(current.geometry, crs, _color(look), around)

    def leave(self) -> None:
        """Take everything off the canvas."""
        self.session.leave()
        self.marker.clear()
        self._peek.back()

    def peek(self, on: bool) -> None:
        """Make the reviewed layer and the samples invisible, or visible again."""
        if on:
            store = self._context.store
            self._peek.hide([self._layer, *([] if store is None else [store.layer, store.areas_layer])])
        else:
            self._peek.back()

    # --- drawing -----------------------------------------------------------------------------

    def draw(self) -> None:
        """Let the user draw the outline, of the class that the model says; the keys 1 to 9 choose another."""
        store, current = self._context.store, self._review.current
        if current is None:
            return
        if store is None:
            self._review.labelsNeeded.emit()
            return
        look = current.proposal()
        if look is not None and look.value != 0:
            entry, new = entry_for(store.schema, look)
            if new:
                store.set_schema(
                    store.schema.add(entry), translate("Swath", "Add class {name}").format(name=entry.name)
                )
            store.current_class = entry.value
        self.session.start(TOOL)
        self._hint()

    def _take_outline(self, geometry: QgsGeometry, value: int) -> None:
        store = self._context.store
        entry = store.schema.find(value) if store is not None else None
        if entry is not None:
            self.session.leave()
            self._review.correct_to(Look(entry.value, entry.name, entry.color), geometry)
            self._page.card.setFocus()

    def _hint(self) -> None:
        text = translate(
            "Swath", "Draw the right outline on the map: 1 to 9 choose the class, Enter ends, Esc gives up."
        )
        self._page.hint.say(text if self.drawing else "", INFO)

    # --- options -----------------------------------------------------------------------------

    def _take_options(self) -> None:
        page = self._page
        self._review.options = DecisionOptions(page.cut.isChecked(), page.mark.isChecked(), self._around())
        if self._review.current is not None and page.isVisible():
            self.show_place()

    def _around(self) -> float:
        """Return the side of the surroundings in units of the review."""
        current, pixel = self._review.current, self._pixel()
        if pixel > 0:
            return _AROUND_PIXELS * pixel
        if current is None:
            return 0.0
        box = current.geometry.boundingBox()
        return _AROUND_OBJECT * max(box.width(), box.height())

    def _pixel(self) -> float:
        """Return the side of a pixel of map or image in units of the review; 0 where it is unknown."""
        for layer in (alive(self._layer), alive(self._review.image)):
            fits = isinstance(layer, QgsRasterLayer) and layer.isValid() and layer.crs() == self._review.crs
            if fits and layer.dataProvider().xSize() > 0:
                return float(layer.rasterUnitsPerPixelX())
        return 0.0

    def samples_outside(self) -> int:
        """Return how many corrections lie outside of the fully labeled areas; 0 where there are none."""
        store = self._context.store
        if store is None or not store.areas:
            return 0
        count = 0
        for item in self._review.candidates:
            if item.decided is None or item.decided.value == 0:
                continue
            try:
                shape = to_store(item.geometry, self._review.crs, store)
            except SwathError:  # it has become no sample either
                continue
            count += not any(area.geometry.contains(shape) for area in store.areas.values())
        return count


def _color(look: Look | None) -> QColor:
    return QColor(look.color if look is not None and look.color else _NO_COLOR)
